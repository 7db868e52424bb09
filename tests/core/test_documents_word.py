"""A letter as Word: the numbers of GB/T 9704-2012 measured in the file, the order of its parts, the same bytes each time."""

import io
import zipfile
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from dudao import packs
from dudao.calc.numerals import hanzi_of
from dudao.core.documents import (
    Annex,
    Entry,
    Form,
    Grid,
    Letter,
    Line,
    layout_from,
    read_word,
    text_of,
    written,
)

LAYOUT = layout_from(packs.read("papers", "gb-t-9704-2012"))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OFFICE = "某市人民政府教育督导委员会办公室"


def letter(**more):
    said = {
        "title": "关于开展规范办学行为专项督导的通知",
        "office": OFFICE,
        "masthead": f"{OFFICE}文件",
        "number": "某政教督办〔2026〕1号",
        "addressees": "各县市区人民政府",
        "body": [Line("现将有关事项通知如下。"), Line("一、总体要求", 1), Line("（一）内容。", 2, rest="全面落实。")],
        "day": date(2026, 3, 5),
        "copies": "市教育局",
        "printed_by": OFFICE,
        "printed_on": date(2026, 3, 5),
    }
    return Letter(**said | more)


def opened(made):
    return docx.Document(io.BytesIO(made))


def part(made, name):
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return etree.fromstring(package.read(name))


def style(made, name):
    return next(style for style in opened(made).styles if style.name == name)


def paragraph(made, text):
    return next(each for each in opened(made).paragraphs if text in each.text)


def test_page_margins_and_grid_are_those_of_the_standard():
    section = opened(written(letter(), LAYOUT)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    # 225 mm hold 22 lines: 28.99 points; 156 mm hold 28 characters: 15.79 points, 0.21 less than the font.
    assert int(grid.get(qn("w:linePitch"))) == 579
    assert round(int(grid.get(qn("w:charSpace"))) / 4096, 2) == -0.21


def test_an_office_may_have_other_lines_and_margins():
    data = packs.read("papers", "gb-t-9704-2012")
    other = layout_from({**data, "grid": {"lines": 20, "characters": 25}, "margins": {**data["margins"], "bottom": 30}})
    section = opened(written(letter(), other)).sections[0]
    assert round(section.bottom_margin.mm) == 30
    assert int(section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch"))) == int(230 / 25.4 * 72)


@pytest.mark.parametrize(
    ("name", "font", "points"),
    [
        ("公文正文", "仿宋_GB2312", 16),
        ("公文标题", "方正小标宋简体", 22),
        ("公文1级标题", "黑体", 16),
        ("公文2级标题", "楷体_GB2312", 16),
        ("公文3级标题", "仿宋_GB2312", 16),
        ("公文4级标题", "仿宋_GB2312", 16),
        ("发文机关标志", "方正小标宋简体", 40),
        ("版记", "仿宋_GB2312", 14),
        ("页码", "宋体", 14),
    ],
)
def test_every_part_has_its_font_under_the_name_that_word_and_wps_know(name, font, points):
    found = style(written(letter(), LAYOUT), name)
    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert found.font.size.pt == points
    # A theme would win over the name.
    assert not [key for key in found.element.rPr.rFonts.attrib if "Theme" in key]


def test_the_defaults_name_an_east_asian_font_too():
    defaults = part(written(letter(), LAYOUT), "word/styles.xml").find(f".//{W}rPrDefault//{W}rFonts")
    assert defaults.get(f"{W}eastAsia") == "仿宋_GB2312"
    assert defaults.get(f"{W}ascii") == "Times New Roman"


def test_the_text_is_indented_by_two_characters_and_its_lines_stand_on_the_grid():
    made = written(letter(), LAYOUT)
    body = style(made, "公文正文")
    assert body.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert round(body.paragraph_format.first_line_indent.pt, 1) == 31.6
    spacing = style(made, "Normal").element.pPr.find(qn("w:spacing"))
    assert (spacing.get(qn("w:lineRule")), spacing.get(qn("w:line"))) == ("exact", "579")


def test_the_head_is_red_with_a_rule_under_the_number():
    made = written(letter(masthead="某市教育局文件"), LAYOUT)
    head = paragraph(made, "某市教育局文件")
    assert str(head.style.font.color.rgb) == "E60012"
    # 35 mm to the letters, which begin a fifth of their size below the upper edge of their line.
    assert round(head.paragraph_format.space_before.mm + 0.2 * 40 / 72 * 25.4) == 35
    assert head.runs[0].font.size.pt == 40
    rule = paragraph(made, "〔2026〕1号")._element.pPr.find(f"{qn('w:pBdr')}/{qn('w:bottom')}")
    assert (rule.get(qn("w:color")), rule.get(qn("w:space"))) == (
        "E60012",
        "6",
    )  # 4 mm are 11 points, 5 of them in its line


def test_a_long_head_is_narrowed_before_it_gets_smaller():
    run = paragraph(written(letter(), LAYOUT), f"{OFFICE}文件").runs[0]
    scale = int(run._element.rPr.find(qn("w:w")).get(qn("w:val")))
    width = len(f"{OFFICE}文件") * run.font.size.pt * scale / 100
    assert 66 <= scale < 100
    assert width <= LAYOUT.width / 25.4 * 72


def test_a_paper_to_a_superior_names_who_signs():
    line = paragraph(written(letter(signatory="李某"), LAYOUT), "签发人")
    assert line.text == "　某政教督办〔2026〕1号\t签发人：李某　"
    assert line.alignment == 0


def test_with_a_seal_the_office_stands_centred_over_the_day():
    made = written(letter(office="某市教育局"), LAYOUT)
    office, day = paragraph(made, "某市教育局"), paragraph(made, "2026年3月5日")
    office = [each for each in opened(made).paragraphs if each.text == "某市教育局"][-1]
    right = [int(each._element.pPr.find(qn("w:ind")).get(qn("w:rightChars"))) / 100 for each in (office, day)]
    assert right[1] == 4
    # Their middles: half of five characters, half of six (digits are half as wide).
    assert right[0] + 2.5 == right[1] + 3


def test_a_long_office_keeps_within_the_margin():
    made = written(letter(), LAYOUT)
    office, day = (
        [each for each in opened(made).paragraphs if each.text == text][-1] for text in (OFFICE, "2026年3月5日")
    )
    right = [int(each._element.pPr.find(qn("w:ind")).get(qn("w:rightChars"))) / 100 for each in (office, day)]
    assert right[0] == 1
    assert right[0] + len(OFFICE) / 2 == right[1] + 3


@pytest.mark.parametrize(("office", "rights"), [("某市教育局办公室", (2, 2)), ("教育局", (7, 2))])
def test_without_a_seal_office_and_day_stand_as_the_standard_says(office, rights):
    # 7.3.5.2: the office two characters from the margin, the day begins two right of it; a longer day keeps two characters.
    made = written(letter(office=office, sealed=False), LAYOUT)
    found = [[each for each in opened(made).paragraphs if each.text == text][-1] for text in (office, "2026年3月5日")]
    right = tuple(int(each._element.pPr.find(qn("w:ind")).get(qn("w:rightChars"))) / 100 for each in found)
    assert right == rights


def test_a_draft_leaves_room_for_its_day():
    made = written(letter(day=None, printed_on=None), LAYOUT)
    assert "　　　　年　月　日" in text_of(read_word(made)).splitlines()
    assert f"{OFFICE}\t　　　　年　月　日印发" in text_of(read_word(made))


def test_a_name_of_sixty_characters_stays_within_the_type_area_with_its_day():
    name = (
        "岳阳市君山区良心堡镇人民政府教育督导委员会办公室与"
        "华容县三封寺镇中心学校附属九年一贯制实验学校联合教学点筹备委员会办公室"
    )
    made = written(letter(office=name, masthead=f"{name}文件", printed_by=name), LAYOUT)
    rights = {}
    for each in opened(made).paragraphs:
        if each.style.name == "署名":
            rights[each.text] = int(each._element.pPr.find(qn("w:ind")).get(qn("w:rightChars"))) / 100
    *office, day = rights
    assert "".join(office) == name and len(office) == 3
    assert all(28 - rights[line] - len(line) >= 1 for line in office)
    assert 28 - rights[day] - 6 >= 1
    heads = [each for each in opened(made).paragraphs if each.style.name == "发文机关标志"]
    assert "".join(each.text for each in heads) == f"{name}文件" and len(heads) > 1
    assert all(each.runs[0].font.size.pt >= 22 for each in heads)


def test_a_paper_to_a_superior_names_who_signed_in_another_font():
    made = written(letter(signatory="王示例"), LAYOUT)
    head = paragraph(made, "签发人：王示例")
    faces = {run.text.strip("　"): run._element.rPr for run in head.runs}
    assert faces["王示例"].rFonts.get(qn("w:eastAsia")) == "楷体_GB2312"
    assert all(face is None for text, face in faces.items() if text != "王示例")


def test_the_imprint_stands_at_the_foot_between_rules():
    made = written(letter(), LAYOUT)
    table = opened(made).tables[-1]._tbl
    assert table.tblPr.find(qn("w:tblpPr")).get(qn("w:tblpYSpec")) == "bottom"
    borders = {line.tag.split("}")[1]: line.get(qn("w:sz")) for line in table.tblPr.find(qn("w:tblBorders"))}
    assert borders == {"top": "8", "bottom": "8", "insideH": "6"}  # 0.35 mm and 0.25 mm, in eighths of a point
    assert [cell.text for cell in opened(made).tables[-1].columns[0].cells] == [
        "抄送：市教育局。",
        f"{OFFICE}\t2026年3月5日印发",
    ]


def test_page_numbers_stand_outside_one_character_from_the_edge():
    made = written(letter(), LAYOUT)
    for name, side in (("word/footer1.xml", "right"), ("word/footer2.xml", "left")):
        footer = part(made, name)
        assert footer.find(f".//{W}jc").get(f"{W}val") == side
        assert footer.find(f".//{W}ind").get(f"{W}{side}Chars") == "100"
        assert "".join(footer.itertext()) == "—  PAGE 1 —"
    assert part(made, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    # The dash, in the middle of a line of 4.9 mm, 7 mm below the type area: 35 - 7 - 2.5 mm from the paper's edge.
    assert round(opened(made).sections[0].footer_distance.mm, 1) == 25.5


def test_attachments_are_named_below_the_text_and_come_before_the_imprint():
    annex = Annex("问题清单", [Grid(["序号", "问题"], [["1", "甲"]])])
    made = written(letter(attachments=["方案"], annexes=[annex]), LAYOUT)
    texts = [each.text for each in opened(made).paragraphs]
    assert (
        texts.index("附件：1. 方案") + 1
        == texts.index("　　　2. 问题清单")
        < texts.index(OFFICE)
        < texts.index("附件2")
    )
    mark = paragraph(made, "附件2")
    assert mark._element.pPr.find(qn("w:pageBreakBefore")) is not None
    assert "抄送" in opened(made).tables[-1].cell(0, 0).text
    alone = written(letter(annexes=[annex]), LAYOUT)
    assert "附件：问题清单" in [each.text for each in opened(alone).paragraphs]


def test_a_table_repeats_its_head_and_keeps_rows_whole():
    rows = [["1", "甲" * 20], ["2", "乙" * 900]]
    made = written(letter(body=[Grid(["序号", "问题"], rows, [1, 5], frozenset({0}), "问题清单")]), LAYOUT)
    found = opened(made).tables[0]._tbl.tr_lst
    assert found[0].trPr.find(qn("w:tblHeader")) is not None
    assert [row.trPr is not None and row.trPr.find(qn("w:cantSplit")) is not None for row in found] == [
        True,
        True,
        False,
    ]
    widths = [int(column.get(qn("w:w"))) for column in opened(made).tables[0]._tbl.tblGrid]
    assert round(widths[1] / widths[0]) == 5
    assert round(sum(widths) / 1440 * 25.4) == 156


def test_a_form_has_labels_beside_what_is_filled_in():
    form = Form([[Entry("学校", "甲校"), Entry("日期", "3月5日")], [Entry("问题", "一\n二", 4)]])
    table = opened(written(letter(body=[form]), LAYOUT)).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["学校", "甲校", "日期", "3月5日"]
    assert table.rows[1].cells[1].text == table.rows[1].cells[3].text == "一\n二"
    assert table.rows[1].height > table.rows[0].height


def test_a_cover_has_a_page_of_its_own_without_a_number():
    made = written(letter(cover=True), LAYOUT)
    section = opened(made).sections[0]
    assert section.different_first_page_header_footer
    # Counted as page 1: programs differ in what is left and right when the first page is page 0.
    assert section._sectPr.find(qn("w:pgNumType")) is None
    titles = [each for each in opened(made).paragraphs if each.text.startswith("关于开展")]
    assert [each.style.name for each in titles] == ["封面标题", "公文标题"]
    assert read_word(made).page.bare


def test_no_signature_stands_alone_on_a_page():
    made = written(letter(), LAYOUT)
    texts = [(each.text, each._element.pPr is not None and each._element.pPr.find(qn("w:keepNext")) is not None)
             for each in opened(made).paragraphs]  # fmt: skip
    start = next(place for place, (text, _) in enumerate(texts) if text.startswith("（一）"))
    assert [keeps for _, keeps in texts[start : start + 4]] == [True, True, True, True]


@pytest.mark.parametrize("text", ["a\x00b\x1f", "<w:p/> & {{ 1 }}", "喆堃玥㛃", "\ud800x", "一\r\n二"])
def test_texts_are_only_texts(text):
    made = written(letter(title=f"关于{text}", body=[Line(text)], office=text), LAYOUT)
    said = text.replace("\x00", "").replace("\x1f", "").replace("\ud800", "").replace("\r\n", "\n")
    assert said.split("\n")[0] in text_of(read_word(made))


def test_the_same_letter_gives_the_same_bytes():
    assert written(letter(), LAYOUT) == written(letter(), LAYOUT)


ORDER = ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "pBdr", "tabs", "overflowPunct", "autoSpaceDE",
         "autoSpaceDN", "snapToGrid", "spacing", "ind", "jc", "outlineLvl"]  # fmt: skip


def test_properties_stand_in_the_order_of_the_schema():
    # Word calls a file damaged when they don't.
    everything = letter(
        annexes=[Annex("清单", [Grid(["甲"], [["乙"]], caption="表")])], receipt="收到。", note="联系人：某", signatory="李某",
    )  # fmt: skip
    for made in (written(everything, LAYOUT), written(letter(cover=True, dated_head=True), LAYOUT)):
        for name in ("word/document.xml", "word/styles.xml"):
            for properties in part(made, name).iter(f"{W}pPr"):
                places = [ORDER.index(child.tag[len(W) :]) for child in properties if child.tag != f"{W}rPr"]
                assert places == sorted(places), etree.tostring(properties)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九"), (100, "一百")]
)
def test_headings_are_counted_in_chinese(number, words):
    assert hanzi_of(number) == words
