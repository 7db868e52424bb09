"""Numberings, hierarchy, headings, what stands around them."""

import pytest

from dudao.calc import worktext
from dudao.calc.numerals import hanzi_of, number_of
from dudao.calc.worktext.labels import SCHEMES, label_of, value_of, write_label


def outline(text: str) -> list:
    """[(section number, section title, [(point number, point title, text)])]"""
    plan = worktext.parse(text)
    return [
        (section.number, section.title, [(point.number, point.title, point.text) for point in section.points])
        for section in plan.sections
    ]


def codes(text: str) -> list[str]:
    return [warning.code for warning in worktext.parse(text).warnings]


@pytest.mark.parametrize(
    ("line", "scheme", "number", "rest"),
    [
        ("一、深化改革", "hanzi", 1, "深化改革"),
        ("十二、深化改革", "hanzi", 12, "深化改革"),
        ("二．深化改革", "hanzi", 2, "深化改革"),
        ("（一）深化改革", "hanzi_bracket", 1, "深化改革"),
        ("(十一) 深化改革", "hanzi_bracket", 11, "深化改革"),
        ("㈢深化改革", "hanzi_bracket", 3, "深化改革"),
        ("1. 深化改革", "digit_dot", 1, "深化改革"),
        ("1.深化改革", "digit_dot", 1, "深化改革"),
        ("１．深化改革", "digit_dot", 1, "深化改革"),
        ("⒉深化改革", "digit_dot", 2, "深化改革"),
        ("3.2024年深化改革", "digit_dot", 3, "2024年深化改革"),
        ("3. 2024 年深化改革", "digit_dot", 3, "2024 年深化改革"),
        ("4、深化改革", "digit_comma", 4, "深化改革"),
        ("（5）深化改革", "digit_brackets", 5, "深化改革"),
        ("(5)深化改革", "digit_brackets", 5, "深化改革"),
        ("⑸深化改革", "digit_brackets", 5, "深化改革"),
        ("6）深化改革", "digit_bracket", 6, "深化改革"),
        ("⑦深化改革", "circled", 7, "深化改革"),
        ("第一条 深化改革", "article", 1, "深化改革"),
        ("第十二条　深化改革", "article", 12, "深化改革"),
        ("第2部分：深化改革", "part", 2, "深化改革"),
        ("第三章 深化改革", "chapter", 3, "深化改革"),
        ("第一节 深化改革", "division", 1, "深化改革"),
        ("第二篇 深化改革", "volume", 2, "深化改革"),
    ],
)
def test_each_numbering_is_recognised(line, scheme, number, rest):
    label = label_of(line)
    assert (label.scheme, label.number, line[label.length :]) == (scheme, number, rest)


@pytest.mark.parametrize(
    "line",
    [
        "1:5的比例",
        "1.5倍以上",
        "1. 5 倍以上",
        "2023年全市工作",
        "2023. 全市工作",
        "1、2号楼的验收",
        "1、2、3年级的监测",
        "一、二年级的监测",
        "一、二、三期项目",
        "一是抓机制",
        "第一，抓机制",
        "第一季度的工作",
        "第一节课的安排",
        "第一条线索",
        "十分重视督导",
        "（2023年度）",
        "（试行）",
        "（含民办）",
        "0. 零",
        "深化改革",
        "",
        "（",
    ],
)
def test_numbers_that_belong_to_the_sentence_are_no_labels(line):
    assert label_of(line) is None


def test_written_labels_read_back():
    for scheme in {entry.name for entry in SCHEMES}:
        for number in (1, 2, 10, 15):
            label = label_of(write_label(scheme, number) + "深化改革")
            assert (label.scheme, label.number) == (scheme, number)
    assert write_label("circled", 21) == "（21）"


def test_chinese_numerals_both_ways():
    assert [number_of(hanzi_of(number)) for number in range(10_000)] == list(range(10_000))
    assert number_of("二〇二三") == 2023
    assert number_of("两") == 2
    assert number_of("百") == 100
    assert number_of("一百零五") == 105
    assert number_of("十十") is None
    assert number_of("") is None
    assert number_of("三a") is None
    assert value_of("⑳") == 20
    assert value_of("圈") is None


NESTED = {
    "一、 / 1.": ("一、", "二、", "1. ", "2. "),
    "（一） / 1、": ("（一）", "（二）", "1、", "2、"),
    "第一部分 / 一、": ("第一部分 ", "第二部分 ", "一、", "二、"),
    "第一章 / 第一条": ("第一章 ", "第二章 ", "第一条 ", "第二条 "),
    "1. / 一、": ("1. ", "2. ", "一、", "二、"),
    "1. / （一）": ("1. ", "2. ", "（一）", "（二）"),
    "一、 / （1）": ("一、", "二、", "（1）", "（2）"),
    "1、 / 1.": ("1、", "2、", "1. ", "2. "),
}


@pytest.mark.parametrize("marks", NESTED.values(), ids=NESTED.keys())
@pytest.mark.parametrize("ending", ["。", "\n"], ids=["full stop", "line break"])
def test_hierarchy_follows_the_order_of_appearance(marks, ending):
    first, second, inner_first, inner_second = marks
    text = (
        f"{first}建立机制\n{inner_first}健全制度{ending}制定三项制度。\n{inner_second}配强人员{ending}调配人员。\n"
        f"{second}开展评估\n{inner_first}评估学校{ending}组织实地评估。\n"
    )
    assert outline(text) == [
        (1, "建立机制", [(1, "健全制度", "制定三项制度。"), (2, "配强人员", "调配人员。")]),
        (2, "开展评估", [(1, "评估学校", "组织实地评估。")]),
    ]


@pytest.mark.parametrize(
    "marks", [("一、", "二、"), ("1. ", "2. "), ("（一）", "（二）"), ("第一条 ", "第二条 "), ("①", "②")]
)
def test_one_numbering_makes_points_without_sections(marks):
    text = f"{marks[0]}健全制度。制定制度。\n{marks[1]}配强人员。\n"
    assert outline(text) == [(None, "", [(1, "健全制度", "制定制度。"), (2, "配强人员", "")])]


def test_different_schemes_below_different_sections():
    text = (
        "一、建立机制\n（一）健全制度。甲。\n（二）配强人员。乙。\n二、开展评估\n1. 评估学校。丙。\n2. 评估县区。丁。\n"
    )
    assert [number for _, _, points in outline(text) for number, _, _ in points] == [1, 2, 1, 2]
    assert "number_gap" not in codes(text)


def test_dot_and_comma_mixed_by_a_sloppy_typist_are_one_series():
    text = "一、建立机制\n1. 健全制度。甲。\n2、配强人员。乙。\n3. 落实经费。丙。\n"
    assert outline(text) == [
        (1, "建立机制", [(1, "健全制度", "甲。"), (2, "配强人员", "乙。"), (3, "落实经费", "丙。")])
    ]


def test_points_may_go_on_from_section_to_section_or_begin_again():
    going_on = "一、甲部\n1. 健全制度。甲。\n二、乙部\n2. 配强人员。乙。\n"
    again = "一、甲部\n1. 健全制度。甲。\n二、乙部\n1. 配强人员。乙。\n"
    assert not {"number_gap", "number_back", "number_double"} & {*codes(going_on), *codes(again)}


@pytest.mark.parametrize(
    ("numbers", "code", "suggestion"),
    [
        ((1, 3), "number_gap", "2."),
        ((1, 1), "number_double", "2."),
        ((1, 2, 1), "number_back", "3."),
        ((2, 3), "number_gap", "1."),
    ],
)
def test_broken_numbering_is_reported_and_kept(numbers, code, suggestion):
    text = "".join(f"{number}. 任务{number}。做好。\n" for number in numbers)
    plan = worktext.parse(text)
    assert [point.number for point in plan.points] == list(numbers)
    warning = next(warning for warning in plan.warnings if warning.code == code)
    assert (
        warning.suggestion == suggestion and "请核对" in warning.message and f"第 {warning.line} 行" in warning.message
    )


def test_broken_numbering_of_sections_says_section():
    text = "一、甲部\n1. 健全制度。甲。\n三、乙部\n2. 配强人员。乙。\n"
    assert "漏了一部分" in next(w.message for w in worktext.parse(text).warnings if w.code == "number_gap")


def test_third_level_of_single_sentences_makes_items():
    text = "一、重点任务\n（一）加强督政\n1. 开展自查；\n2. 组织核查。\n（二）加强督学\n1. 挂牌督导；\n2. 随机督导。\n"
    plan = worktext.parse(text)
    assert [(p.number, p.title, [(i.ordinal, i.text) for i in p.items]) for p in plan.points] == [
        (1, "加强督政", [(1, "开展自查；"), (2, "组织核查。")]),
        (2, "加强督学", [(1, "挂牌督导；"), (2, "随机督导。")]),
    ]


def test_third_level_with_texts_makes_points_in_groups():
    text = (
        "一、总体要求\n坚持问题导向。\n二、重点任务\n（一）加强督政\n为此抓好两件事。\n"
        "1. 开展自查。一是发文；二是汇总。\n2. 组织核查。抽查三成。\n"
        "（二）加强督学\n3. 挂牌督导。每月一次。\n（三）加强监测。按时完成。\n"
    )
    plan = worktext.parse(text)
    assert [(p.number, p.title, p.group) for p in plan.points] == [
        (None, "总体要求", ()),
        (1, "开展自查", ("（一）加强督政",)),
        (2, "组织核查", ("（一）加强督政",)),
        (3, "挂牌督导", ("（二）加强督学",)),
        (3, "加强监测", ()),
    ]
    assert plan.sections[1].intro == "为此抓好两件事。"
    assert "number_gap" not in [warning.code for warning in plan.warnings]
    assert [p.group for p in worktext.parse(worktext.render(plan)).points] == [p.group for p in plan.points]


def test_brackets_below_numbers_are_items_with_their_own_paragraphs():
    text = "1. 加强队伍。\n（1）配齐督学。按比例配。\n另行安排。\n（2）加强培训。每年一次。\n2. 加强宣传。\n①办简报；\n②开专栏。\n"
    plan = worktext.parse(text)
    assert [p.title for p in plan.points] == ["加强队伍", "加强宣传"]
    assert [i.text for i in plan.points[0].items] == ["配齐督学。按比例配。\n另行安排。", "加强培训。每年一次。"]
    assert [i.text for i in plan.points[1].items] == ["办简报；", "开专栏。"]


def test_circles_directly_below_a_section_are_items_of_one_point():
    plan = worktext.parse("一、加强宣传\n①办简报。每月一期。\n②开专栏。长期开。\n二、加强培训\n①办班。\n")
    assert [(p.number, p.title, len(p.items)) for p in plan.points] == [(1, "加强宣传", 2), (2, "加强培训", 1)]


@pytest.mark.parametrize("mark", ["{}. ", "{}、", "（{}）"])
def test_points_may_be_single_sentences(mark):
    lines = [mark.format(at) + words for at, words in ((1, "健全制度。"), (2, "配强人员。"))]
    text = "一、建立机制\n" + "\n".join(lines) + "\n二、开展评估\n" + lines[0]
    assert outline(text) == [
        (1, "建立机制", [(1, "健全制度", ""), (2, "配强人员", "")]),
        (2, "开展评估", [(1, "健全制度", "")]),
    ]


def test_other_headings_between_dots_and_commas():
    text = "1. 甲部\n（一）健全制度。甲。\n1、细目。乙。\n2. 乙部\n（一）配强人员。丙。\n"
    assert [title for _, title, _ in outline(text)] == ["甲部", "乙部"]


def test_section_without_points_keeps_its_text_as_one_task():
    plan = worktext.parse("一、总体要求\n坚持问题导向。\n突出实效。\n二、重点任务\n1. 健全制度。甲。\n三、保障\n")
    first, _, last = plan.sections
    assert [(p.number, p.title, p.text) for p in first.points] == [(None, "总体要求", "坚持问题导向。\n突出实效。")]
    assert last.points == ()
    warnings = {warning.code: warning for warning in plan.warnings}
    assert warnings["section_without_points"].section == 1
    assert warnings["empty_section"].section == 3 and "请核对" in warnings["empty_section"].message


def test_text_between_section_and_first_point_is_said_not_lost():
    plan = worktext.parse("一、重点任务\n抓好以下工作。\n1. 健全制度。甲。\n")
    assert plan.sections[0].intro == "抓好以下工作。"
    assert "抓好以下工作。" in next(w.words for w in plan.warnings if w.code == "section_intro")


def test_text_without_structure_is_one_point_with_advice():
    plan = worktext.parse("2024年工作打算\n今年要做好督导。一是抓机制；二是抓队伍。\n还要做好宣传。\n")
    assert [(s.number, s.title, len(s.points)) for s in plan.sections] == [(None, "", 1)]
    point = plan.points[0]
    assert (point.number, point.text) == (None, "今年要做好督导。一是抓机制；二是抓队伍。\n还要做好宣传。")
    assert [item.ordinal for item in point.items] == [1, 2]
    assert "请在每项任务前加上编号" in next(w.message for w in plan.warnings if w.code == "no_structure")


def test_a_single_line_without_structure_is_a_title_and_no_point():
    plan = worktext.parse("2024年工作打算")
    assert (plan.title, plan.year, plan.sections) == ("2024年工作打算", 2024, ())


def test_notice_text_alone_becomes_the_point():
    plan = worktext.parse("认真做好督导工作，务求实效。\n2024年工作打算\n")
    assert plan.points[0].text == "认真做好督导工作，务求实效。"
    assert plan.front == ()


@pytest.mark.parametrize("text", ["", " \n　\n\t", "\u200b\x00", "— 1 —"])
def test_empty_text_says_so(text):
    plan = worktext.parse(text)
    assert (plan.title, plan.year, plan.sections) == ("", None, ())
    if text == "— 1 —":
        return
    assert codes(text) == ["empty"]


HEADINGS = [
    ("1. 健全制度。制定办法。", "健全制度", "制定办法。"),
    ("1. 健全制度！制定办法。", "健全制度", "制定办法。"),
    ("1. 健全制度：制定办法。", "健全制度", "制定办法。"),
    ("1. 健全制度.制定3.5版办法.", "健全制度", "制定3.5版办法."),
    ("1. 按1:5配备督学。分两年到位。", "按1:5配备督学", "分两年到位。"),
    ("1. 按1：5配备督学。", "按1：5配备督学", ""),
    ("1. 健全制度：", "健全制度", ""),
    ("1. 健全制度；", "健全制度", ""),
    ("1. 健全制度 一是制定办法；二是抓落实。", "健全制度", "一是制定办法；二是抓落实。"),
    ("1. 健全制度\n制定办法。", "健全制度", "制定办法。"),
    ("1.\n健全制度\n制定办法。", "健全制度", "制定办法。"),
    ("1. 召开会议，总结去年工作，部署今年任务。", "召开会议，总结去年工作，部署今年任务", ""),
    ("1. 一是制定办法；二是抓落实。", "", "一是制定办法；二是抓落实。"),
    ("1. 做好两件事，一是制定办法；二是抓落实。", "做好两件事", "做好两件事，一是制定办法；二是抓落实。"),
    ("1. " + "认真学习贯彻" * 10 + "精神。", "认真学习贯彻" * 1, None),
    ("1. 贯彻精神，" + "组织学习讨论交流" * 1 + "、" + "甲乙丙丁戊己庚辛" * 6 + "。", "贯彻精神", None),
]


@pytest.mark.parametrize(("line", "title", "text"), HEADINGS)
def test_headings_end_with_stop_colon_mark_or_line(line, title, text):
    point = worktext.parse(line).points[0]
    if text is None:
        assert point.title.startswith(title) and len(point.title) <= 30 and point.text.startswith(point.title)
        assert "title_guessed" in [note.code for note in point.notes]
    else:
        assert (point.title, point.text) == (title, text)


def test_label_alone_on_its_line_before_a_long_paragraph_keeps_the_paragraph():
    point = worktext.parse("第一条\n" + "各单位应当按照规定认真履行职责" * 5 + "。\n第二条\n附则").points[0]
    assert point.title == "" and point.text.startswith("各单位应当")
    assert "没有标题" in next(note.message for note in point.notes if note.code == "title_missing")


def test_title_issuer_number_recipients_and_signature():
    plan = worktext.parse(
        "青河市教育督导委员会办公室文件\n青教督办〔2024〕7号\n关于印发《青河市2024年教育督导工作计划》的通知\n"
        "各县（市、区）人民政府，市直有关单位：\n现将计划印发给你们，请认真执行。\n青河市2024年\n教育督导工作计划\n（2024年3月5日）\n"
        "为做好工作，制定本计划。\n一、健全制度。甲。\n二、配强人员。乙。\n青河市教育督导委员会办公室\n"
        "2024年3月5日\n附件：任务分解表\n1. 表格\n"
    )
    assert (plan.title, plan.issuer, plan.year) == ("青河市2024年教育督导工作计划", "青河市教育督导委员会办公室", 2024)
    assert plan.document_number == "青教督办〔2024〕7号"
    assert plan.recipients == "各县（市、区）人民政府，市直有关单位："
    assert plan.front == (
        "关于印发《青河市2024年教育督导工作计划》的通知",
        "现将计划印发给你们，请认真执行。",
        "（2024年3月5日）",
    )
    assert plan.preamble == "为做好工作，制定本计划。"
    assert [point.title for point in plan.points] == ["健全制度", "配强人员"]
    assert plan.closing == ("青河市教育督导委员会办公室", "2024年3月5日", "附件：任务分解表", "1. 表格")
    found = {warning.code for warning in plan.warnings}
    assert found == {"document_number", "recipients", "front_date", "front", "attachment"}


def test_signature_gives_issuer_and_year_when_the_head_does_not():
    plan = worktext.parse(
        "教育督导工作要点\n一、健全制度。甲。\n二、配强人员。乙。\n青河市教育局\n二〇二四年三月五日\n"
    )
    assert (plan.issuer, plan.year) == ("青河市教育局", 2024)
    assert "落款日期" in next(w.message for w in plan.warnings if w.code == "year_elsewhere")
    assert [point.text for point in plan.points] == ["甲。", "乙。"]


@pytest.mark.parametrize(
    ("title", "issuer"),
    [
        ("青河县教育局2024年督导工作要点", "青河县教育局"),
        ("青河县人民政府教育督导委员会办公室关于印发2024年工作要点的通知", "青河县人民政府教育督导委员会办公室"),
        ("青河市2024年教育督导工作要点", ""),
    ],
)
def test_issuer_may_stand_in_the_title(title, issuer):
    plan = worktext.parse(f"{title}\n1. 健全制度。甲。\n2. 收尾。乙。\n")
    assert plan.issuer == issuer
    assert ("no_issuer" in [w.code for w in plan.warnings]) == (not issuer)


@pytest.mark.parametrize(
    ("head", "title", "year"),
    [
        ("青河市 2024 年教育督导工作要点\n", "青河市 2024 年教育督导工作要点", 2024),
        ("青河市２０２４年教育督导工作要点\n", "青河市２０２４年教育督导工作要点", 2024),
        ("二〇二四年教育督导工作要点\n", "二〇二四年教育督导工作要点", 2024),
        ("青河市2024—2026年教育督导规划\n", "青河市2024—2026年教育督导规划", 2024),
        ("2024年\n工　作　要　点\n", "2024年工　作　要　点", 2024),
        ("教育督导工作要点\n2024年3月\n", "教育督导工作要点", 2024),
        ("教育督导工作要点\n2024年，全市工作要上台阶。\n", "教育督导工作要点", 2024),
        ("青教督〔2024〕3号\n教育督导工作要点\n", "教育督导工作要点", 2024),
        ("教育督导一览\n", "教育督导一览", None),
        ("", "", None),
    ],
)
def test_title_and_year(head, title, year):
    plan = worktext.parse(head + "一、健全制度。甲。\n二、配强人员。乙。\n")
    assert (plan.title, plan.year) == (title, year)
    assert ("no_year" in [w.code for w in plan.warnings]) == (year is None)
    assert ("no_title" in [w.code for w in plan.warnings]) == (not title)


ITEMS = [
    ("一是甲事；二是乙事；三是丙事。", [(1, "甲事；"), (2, "乙事；"), (3, "丙事。")]),
    ("一要抓甲事；二要抓乙事。", [(1, "抓甲事；"), (2, "抓乙事。")]),
    ("抓好两项：第一，做甲事；第二，做乙事。", [(1, "做甲事；"), (2, "做乙事。")]),
    ("（1）甲事；（2）乙事。", [(1, "甲事；"), (2, "乙事。")]),
    ("⑴甲事；⑵乙事。", [(1, "甲事；"), (2, "乙事。")]),
    ("1）甲事；2）乙事。", [(1, "甲事；"), (2, "乙事。")]),
    ("①甲事；②乙事。", [(1, "甲事；"), (2, "乙事。")]),
    ("一是甲事：（1）细目；（2）细目二。二是乙事。", [(1, "甲事：（1）细目；（2）细目二。"), (2, "乙事。")]),
    ("（1）甲事，一是细目；二是细目二。（2）乙事。", [(1, "甲事，一是细目；二是细目二。"), (2, "乙事。")]),
    ("一是甲事。\n补充说明甲事。\n二是乙事。\n收尾的话。", [(1, "甲事。\n补充说明甲事。"), (2, "乙事。")]),
    ("统一是关键，之一是重点。", []),
    ("做好工作，一要抓紧办理。", []),
    ("见表（2）和第（3）项。", []),
    ("重点做好甲事和乙事。", []),
    ("三是丙事。", []),
    ("（0）甲事；（1）乙事。", [(1, "乙事。")]),
]


@pytest.mark.parametrize(("text", "items"), ITEMS)
def test_items(text, items):
    point = worktext.parse("1. 标题文字。" + text).points[0]
    assert [(item.ordinal, item.text) for item in point.items] == items
    assert point.text == text
    assert all(point.text[item.span[0] : item.span[1]] == item.text for item in point.items)
    assert "item_sequence" not in [note.code for note in point.notes]


@pytest.mark.parametrize(
    "text", ["一是甲事；三是丙事。", "二是甲事；三是乙事。", "一是甲事；一是乙事。", "①甲事；③乙事。"]
)
def test_broken_sequence_of_items_is_reported(text):
    point = worktext.parse("1. 标题文字。" + text).points[0]
    note = next(note for note in point.notes if note.code == "item_sequence")
    assert len(point.items) == 2 and "请核对" in note.message and note.words in text


def test_items_from_headings_follow_a_cut_clause():
    text = "1. 标题文字。\n完成开学条件保障专项督导任务的开学条件保障专项督导任务的开学条件保障专项督导任务。\n"
    text += "（1）甲事；\n（2）乙事。\n2. 其他。丙。\n"
    point = worktext.parse(text).points[0]
    assert [item.text for item in point.items] == ["甲事；", "乙事。"]
    assert point.text == "完成开学条件保障专项督导任务。\n（1）甲事；\n（2）乙事。"
    assert [point.text[item.span[0] : item.span[1]] for item in point.items] == ["甲事；", "乙事。"]


def test_a_plan_made_by_hand_is_rendered_with_usual_labels():
    points = (
        worktext.Point(number=1, title="健全制度", text="制定办法。"),
        worktext.Point(number=2, title="", text="配强人员。"),
        worktext.Point(number=None, title="其他", text="另行安排。"),
    )
    section = worktext.Section(number=1, title="建立机制", points=points, intro="抓好以下工作。")
    plan = worktext.WorkPlanText(
        title="青河市2024年要点", issuer="", year=2024, preamble="", sections=(section,), warnings=()
    )
    assert worktext.render(plan) == (
        "青河市2024年要点\n一、建立机制\n抓好以下工作。\n1. 健全制度。制定办法。\n2. 配强人员。\n另行安排。\n"
    )


def test_deeper_marks_stay_inside_the_items():
    text = "一、甲部\n1. 健全制度。\n（1）制定办法；\n①起草；\n②印发。\n（2）抓好落实。\n2. 收尾。乙。\n"
    point = worktext.parse(text).points[0]
    assert [item.text for item in point.items] == ["制定办法；\n①起草；\n②印发。", "抓好落实。"]
