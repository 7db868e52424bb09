"""Word files: automatic numbers, tables, breaks, and what is left out."""

import io

import docx as python_docx
import pytest

from calc.worktext.word_files import docx, level, numbering, paragraph, run, styles, table
from dudao.calc import worktext
from dudao.calc.word.numbering import format_number


def lines(data: bytes) -> list[str]:
    return [line.text for line in worktext.read_document(data, "a.docx").lines]


def codes(data: bytes) -> dict[str, str]:
    return {warning.code: warning.message for warning in worktext.read_document(data, "a.docx").warnings}


def named(name: str, inner: str) -> str:
    """A paragraph style."""
    return f'<w:style w:type="paragraph" w:styleId="{name}">{inner}</w:style>'


THREE = level(0, "chineseCountingThousand", "%1、") + level(1, "chineseCounting", "（%2）") + level(2, "decimal", "%3.")


def test_automatic_numbers_are_read_as_a_reader_sees_them():
    body = "".join(
        paragraph(text, (1, at))
        for at, text in [
            (0, "健全制度"),
            (1, "督政"),
            (2, "自查。甲。"),
            (2, "核查。乙。"),
            (1, "督学"),
            (2, "挂牌。丙。"),
            (0, "保障"),
            (1, "经费"),
        ]
    )
    assert lines(docx(body, numbers=numbering(THREE))) == [
        "一、健全制度", "（一）督政", "1. 自查。甲。", "2. 核查。乙。", "（二）督学", "1. 挂牌。丙。", "二、保障", "（一）经费",
    ]  # fmt: skip
    plan = worktext.parse(worktext.read_document(docx(body, numbers=numbering(THREE)), "a.docx"))
    assert [(p.number, p.title, p.group) for p in plan.points] == [
        (1, "自查", ("（一）督政",)),
        (2, "核查", ("（一）督政",)),
        (1, "挂牌", ("（二）督学",)),
        (1, "经费", ()),
    ]


def test_word_made_by_python_docx_reads_like_the_text():
    document = python_docx.Document()
    document.add_paragraph("青河市2024年教育督导工作要点")
    for text in ("健全制度", "配强人员"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("开会", style="List Bullet")
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    buffer = io.BytesIO()
    document.save(buffer)
    assert lines(buffer.getvalue()) == ["青河市2024年教育督导工作要点", "1. 健全制度", "2. 配强人员", "开会"]


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("decimal", "1 12"),
        ("decimalZero", "01 12"),
        ("decimalFullWidth", "１ １２"),
        ("chineseCounting", "一 十二"),
        ("ideographDigital", "一 一二"),
        ("chineseLegalSimplified", "壹 拾贰"),
        ("ideographTraditional", "甲 乙"),
        ("ideographZodiac", "子 亥"),
        ("decimalEnclosedCircle", "① ⑫"),
        ("decimalEnclosedCircleChinese", "① ⑫"),
        ("decimalEnclosedFullstop", "⒈ ⒓"),
        ("decimalEnclosedParen", "⑴ ⑿"),
        ("ideographEnclosedCircle", "㊀ 12"),
        ("lowerLetter", "a l"),
        ("upperLetter", "A L"),
        ("lowerRoman", "i xii"),
        ("upperRoman", "I XII"),
        ("none", " "),
        ("bullet", " "),
        ("somethingNew", "1 12"),
    ],
)
def test_number_formats(form, numbers):
    assert f"{format_number(1, form)} {format_number(12, form)}" == numbers


def test_numbers_beyond_a_format_count_in_digits():
    assert format_number(0, "chineseCounting") == "0"
    assert format_number(10_000, "chineseCounting") == "10000"
    assert format_number(21, "decimalEnclosedCircle") == "21"
    assert format_number(28, "lowerLetter") == "bb"


def test_instances_of_one_list_go_on_unless_they_start_anew():
    restart = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    go_on = '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "decimal", "第%1条")}</w:lvlOverride>'
    own = f'<w:num w:numId="4"><w:abstractNumId w:val="0"/>{override}</w:num>'
    body = "".join(paragraph("文", (number, 0)) for number in (1, 1, 3, 2, 2, 4))
    found = lines(docx(body, numbers=numbering(level(0, "decimal", "%1."), instances=restart + go_on + own)))
    assert found == ["1. 文", "2. 文", "3. 文", "5. 文", "6. 文", "第7条 文"]


def test_levels_restart_unless_told_not_to():
    never = (
        level(0, "decimal", "%1.")
        + level(1, "decimal", "(%2)", '<w:lvlRestart w:val="0"/>')
        + level(2, "decimal", "%3)", '<w:lvlRestart w:val="1"/>')
    )
    body = "".join(paragraph("文", (1, at)) for at in (0, 1, 2, 1, 2, 0, 1, 2))
    assert lines(docx(body, numbers=numbering(never))) == [
        "1. 文",
        "(1) 文",
        "1) 文",
        "(2) 文",
        "2) 文",
        "2. 文",
        "(3) 文",
        "1) 文",
    ]


def test_suffix_legal_numbers_and_upper_levels():
    legal = level(0, "chineseCounting", "%1、", '<w:suff w:val="nothing"/>') + level(
        1, "decimal", "%1.%2", "<w:isLgl/>"
    )
    off = level(1, "decimal", "%1.%2", '<w:isLgl w:val="0"/><w:suff w:val="space"/>')
    body = paragraph("文", (1, 1)) + paragraph("文", (1, 0)) + paragraph("文", (1, 1)) + paragraph("文", (2, 1))
    assert lines(docx(body, numbers=numbering(legal, off))) == ["1.1 文", "一、文", "1.1 文", "1.1 文"]


def test_numbers_may_come_from_the_style():
    style = styles(
        '<w:style w:type="character" w:styleId="c"/>',
        named("base", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'),
        named("child", '<w:basedOn w:val="base"/>'),
        named("second", '<w:basedOn w:val="child"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>'),
        named("linked", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'),
        named("off", '<w:basedOn w:val="base"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>'),
        named("loop", '<w:basedOn w:val="loop"/>'),
        named("exact", '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>'),
        named("lost", '<w:pPr><w:numPr><w:numId w:val="9"/></w:numPr></w:pPr>'),
    )
    lists = numbering(level(0, "chineseCounting", "%1、") + level(1, "decimal", "%2.", '<w:pStyle w:val="linked"/>'))
    names = ("base", "child", "second", "linked", "off", "loop", "exact", "lost", "unknown", "")
    body = "".join(paragraph("文", style=name) for name in names) + paragraph("文", (0, 0), style="base") + "<w:p/>"
    found = lines(docx(body, numbers=lists, style=style))
    assert found == ["一、文", "二、文", "1. 文", "2. 文", "文", "文", "3. 文", "文", "文", "文", "文", ""]


def test_default_style_may_number_everything():
    style = styles(
        '<w:style w:type="paragraph" w:default="1" w:styleId="n"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    assert lines(
        docx(paragraph("文") + paragraph("文"), numbers=numbering(level(0, "decimal", "%1、")), style=style)
    ) == ["1、文", "2、文"]


def test_lists_linked_through_a_style():
    lists = numbering(
        '<w:numStyleLink w:val="s"/>',
        '<w:styleLink w:val="s"/>' + level(0, "decimal", "%1、"),
        '<w:numStyleLink w:val="missing"/>',
    )
    body = paragraph("文", (1, 0)) + paragraph("文", (2, 0)) + paragraph("文", (3, 0))
    assert lines(docx(body, numbers=lists)) == ["1、文", "2、文", "文"]


def test_broken_numbering_leaves_the_text_alone():
    lists = numbering(
        level(0, "decimal", "%1%9.", start='<w:start w:val="x"/>'),
        instances='<w:num w:numId="7"><w:abstractNumId w:val="70"/></w:num>',
    )
    body = (
        paragraph("文", (1, 0))
        + paragraph("文", (1, 5))
        + paragraph("文", (7, 0))
        + paragraph("文", (8, 0))
        + paragraph("", (1, 0))
    )
    assert lines(docx(body, numbers=lists)) == ["11. 文", "文", "文", "文", ""]


def test_breaks_tabs_and_hyphens():
    body = (
        "<w:p>" + run("甲") + "<w:r><w:br/></w:r>" + run("乙")
        + "<w:r><w:tab/><w:noBreakHyphen/><w:softHyphen/><w:cr/></w:r>" + run("丙")
        + '<w:r><w:br w:type="page"/></w:r>' + run("丁") + "</w:p>"
    )  # fmt: skip
    body += (
        '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + paragraph("戊") + paragraph("己", extra="<w:pageBreakBefore/>")
    )
    body += paragraph("庚", extra='<w:pageBreakBefore w:val="0"/>')
    source = worktext.read_document(docx(body), "a.docx")
    assert [(line.text, line.new_page) for line in source.lines] == [
        ("甲", False), ("乙\t-", False), ("丙", False), ("丁", True), ("", False), ("戊", True), ("己", True), ("庚", False),
    ]  # fmt: skip


def test_running_header_typed_into_the_body_is_dropped_at_a_page_break():
    body = (
        paragraph("青河市2024年督导要点")
        + paragraph("1. 健全制度。制定办法，建立督导")
        + paragraph("青河市2024年督导要点", extra="<w:pageBreakBefore/>")
    )
    body += paragraph("工作制度。") + paragraph("2. 收尾。乙。")
    plan = worktext.parse(worktext.read_document(docx(body), "a.docx"))
    assert plan.points[0].text == "制定办法，建立督导工作制度。"


def test_tables_are_read_row_by_row():
    body = (
        paragraph("1. 健全制度。甲。")
        + table(("序号", "任务"), ("1", "制定\t办法"))
        + table(("单列",), ("1. 又一条",))
        + paragraph("2. 收尾。乙。")
    )
    source = worktext.read_document(docx(body), "a.docx")
    assert [(line.text, line.kind) for line in source.lines] == [
        ("1. 健全制度。甲。", "line"), ("序号\t任务", "table"), ("1\t制定 办法", "table"), ("单列", "line"), ("1. 又一条", "line"),
        ("2. 收尾。乙。", "line"),
    ]  # fmt: skip
    assert "2 个表格" in codes(docx(body))["word_table"]
    assert worktext.parse(source).points[0].text == "甲。\n序号\t任务\n1\t制定 办法\n单列"


def test_table_within_a_table_stays_in_its_cell():
    inner = table(("内", "表"))
    body = f"<w:tbl><w:tr><w:tc>{paragraph('外')}{inner}{paragraph('尾')}</w:tc><w:tc>{paragraph('右')}</w:tc></w:tr></w:tbl>"
    assert lines(docx(body)) == ["外 内 表 尾\t右"]


def test_rows_and_cells_in_content_controls_are_read():
    cell = f"<w:sdt><w:sdtPr/><w:sdtContent><w:tc>{paragraph('左')}</w:tc></w:sdtContent></w:sdt><w:tc>{paragraph('右')}</w:tc>"
    body = f"<w:tbl><w:tblPr/><w:sdt><w:sdtContent><w:tr><w:trPr/>{cell}</w:tr></w:sdtContent></w:sdt></w:tbl>"
    assert lines(docx(body)) == ["左\t右"]


def test_what_is_left_out_is_said():
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>'
        + paragraph("目录行")
        + "</w:sdtContent></w:sdt>"
    )
    control = "<w:sdt><w:sdtPr/><w:sdtContent>" + paragraph("控件里的文字") + "</w:sdtContent></w:sdt>"
    hidden = "<w:p>" + run("藏", "<w:vanish/>") + run("显", '<w:vanish w:val="false"/>') + "</w:p>"
    noted = "<w:p>" + run("注") + "<w:r><w:footnoteReference/></w:r><w:r><w:endnoteReference/></w:r></w:p>"
    changed = (
        "<w:p><w:ins>" + run("增") + "</w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        + "<w:moveFrom>" + run("移") + "</w:moveFrom></w:p>"
    )  # fmt: skip
    field = "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:fldSimple>" + run("域") + "</w:fldSimple></w:p>"
    ruby = (
        "<w:p><w:r><w:ruby><w:rt>"
        + run("zhù")
        + "</w:rt><w:rubyBase>"
        + run("注")
        + "</w:rubyBase></w:ruby></w:r></w:p>"
    )
    box = (
        "<w:p>" + run("前") + "<w:r><mc:AlternateContent>"
        + "<mc:Choice><w:txbxContent>" + paragraph("框") + "</w:txbxContent></mc:Choice>"
        + "<mc:Fallback><w:txbxContent>" + paragraph("框") + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )  # fmt: skip
    data = docx(contents + contents + control + hidden + noted + changed + field + ruby + box)
    source = worktext.read_document(data, "a.docx")
    assert [line.text for line in source.lines] == ["控件里的文字", "显", "注", "增", "域", "注", "前", "框"]
    assert source.lines[-1].kind == "box"
    assert codes(data) == {
        "word_box": "文档里有 1 个文本框，读在所在段落之后。请核对。",
        "word_contents": "略去文档里的目录。",
        "word_hidden": "文档里有 1 处隐藏文字，未读入。请在 Word 里核对是否需要。",
        "word_note": "文档里有 2 处脚注或尾注，未读入。请核对是否写有任务。",
        "word_change": "文档里有 3 处未接受的修订，按接受修订后的文字读入。请核对是否定稿。",
    }


def test_deeply_nested_xml_does_not_exhaust_the_stack():
    depth = 3000
    body = "<w:p>" + "<w:smartTag>" * depth + run("深") + "</w:smartTag>" * depth + "</w:p>"
    assert lines(docx(body)) == ["深"]


HEAD_ROW = ("序号", "工作任务", "具体措施", "责任单位", "完成时限")


def test_a_plan_issued_as_a_table_is_read_row_by_row():
    rows = (
        HEAD_ROW,
        ("一、健全机制",),
        ("1", "修订方案", "修订评价方案", "市政府教育督导办", "6月底前"),
        ("2.", "配齐督学", "聘用2名专职督学", "各县市区", "年底前"),
        ("", "", "聘用3名兼职督学", "", ""),
        HEAD_ROW,
        ("二、开展评估",),
        ("三", "评估学校", "", "", ""),
        ("说明",),
        ("备注", "见附表"),
        ("",) * 5,
    )
    data = docx(paragraph("青河市2024年教育督导任务清单") + table(*rows))
    plan = worktext.parse(worktext.read_document(data, "a.docx"))
    assert plan.title == "青河市2024年教育督导任务清单"
    assert [(s.number, s.title, [(p.number, p.title, p.text) for p in s.points]) for s in plan.sections] == [
        (
            1,
            "健全机制",
            [
                (1, "修订方案", "修订评价方案\n市政府教育督导办\n6月底前"),
                (2, "配齐督学", "聘用2名专职督学\n各县市区\n年底前\n聘用3名兼职督学"),
            ],
        ),
        (2, "开展评估", [(3, "评估学校", "说明\n备注\n见附表")]),
    ]
    assert [target.text for target in plan.points[1].targets] == ["2名", "3名"]
    assert plan.points[0].deadline.date.isoformat() == "2024-06-30"
    assert "一行一项任务" in next(w.message for w in plan.warnings if w.code == "task_table")
    again = worktext.parse(worktext.render(plan))
    assert [(p.number, p.title) for p in again.points] == [(p.number, p.title) for p in plan.points]


def test_a_table_pasted_as_text_is_read_the_same():
    text = "2024年任务清单\n序号\t任务\t责任单位\n1\t修订方案\t市政府教育督导办\n2\t配齐督学\t各县市区\n"
    assert [(p.number, p.title, p.text) for p in worktext.parse(text).points] == [
        (1, "修订方案", "市政府教育督导办"),
        (2, "配齐督学", "各县市区"),
    ]


@pytest.mark.parametrize("head", ["姓名\t任务\t电话", "序号\t姓名\t电话"])
def test_another_table_stays_text(head):
    plan = worktext.parse(f"2024年任务清单\n{head}\n1\t张三\t123\n")
    assert plan.points[0].text == f"{head}\n1\t张三\t123"


def test_a_table_beside_numbered_headings_stays_text():
    plan = worktext.parse("2024年要点\n1. 健全制度。甲。\n序号\t任务\t单位\n1\t乙\t丙\n2. 收尾。丁。\n")
    assert [p.number for p in plan.points] == [1, 2]
