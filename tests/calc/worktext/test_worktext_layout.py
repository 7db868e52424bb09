"""Page numbers, headers, broken paragraphs, repeated clauses, traditional characters and slips."""

import pytest

from dudao.calc import worktext
from dudao.calc.worktext.characters import half_width
from dudao.calc.worktext.repeats import find_doubled, find_repeats
from dudao.calc.worktext.slips import SLIPS
from dudao.calc.worktext.traced import Piece, Traced, join
from dudao.calc.worktext.traditional import TRADITIONAL

HEAD = "青河市2024年教育督导工作要点\n"


def texts(body: str) -> list[str]:
    return [point.text for point in worktext.parse(HEAD + body).points]


def warned(body: str) -> dict[str, worktext.Remark]:
    return {warning.code: warning for warning in worktext.parse(HEAD + body).warnings}


PAGE_NUMBERS = [
    "— 3 —",
    "－ 3 －",
    "-3-",
    "— １２ —",
    "第3页 共8页",
    "第 3 页，共 8 页",
    "第三页",
    "共8页 第3页",
    "3/8",
    "· 3 ·",
    "Page 3 of 8",
]


@pytest.mark.parametrize("number", PAGE_NUMBERS)
def test_page_numbers_are_dropped_and_the_sentence_joined(number):
    body = f"1. 健全制度。建立联席\n\n{number}\n\n会议制度。\n2. 收尾。乙。\n"
    assert texts(body) == ["建立联席会议制度。", "乙。"]
    found = warned(body)
    assert number in found["page_number"].message and found["page_number"].line == 4
    assert "“" + "健全制度。建立联席"[-8:] + "”" in found["joined"].message


def test_bare_numbers_are_page_numbers_only_as_a_rising_series():
    assert texts("1. 健全制度。甲事\n1\n乙事。\n2. 收尾。乙。\n2\n") == ["甲事乙事。", "乙。"]
    assert "36" in texts("1. 健全制度。督学人数：\n36\n2. 收尾。乙。\n")[0]
    assert "17" in texts("1. 健全制度。督学人数：\n36\n17\n2. 收尾。乙。\n")[0]


@pytest.mark.parametrize("line", ["一、健全制度……………3", "二、收尾 ...... 12", "三、保障····· 4"])
def test_table_of_contents_is_dropped(line):
    plan = worktext.parse(HEAD + line + "\n一、健全制度。甲。\n二、收尾。乙。\n")
    assert [point.text for point in plan.points] == ["甲。", "乙。"]
    assert "contents" in [warning.code for warning in plan.warnings]


def test_many_dropped_lines_are_listed_in_short():
    body = "".join(f"{at}. 任务。做好。\n— {at} —\n" for at in range(1, 12))
    assert "等 行" in warned(body)["page_number"].message


@pytest.mark.parametrize(
    "body",
    [
        "1. 健全制度。建立联席\n— 1 —\n青河市2024年教育督导工作要点\n会议制度。\n2. 收尾。乙。\n",
        "1. 健全制度。建立联席\n青河市2024年教育督导工作要点\n会议制度。\n2. 收尾。乙。\n",
        "1. 健全制度。建立联席\x0c青河市2024年教育督导工作要点\n会议制度。\n2. 收尾。乙。\n",
    ],
)
def test_title_come_again_as_a_header_is_dropped(body):
    assert texts(body) == ["建立联席会议制度。", "乙。"]
    assert "青河市2024年教育督导工作要点" in warned(body)["header"].message


@pytest.mark.parametrize(
    "header",
    [
        "青河市2024年教育督导工作要点 第3页",
        "— 3 — 青河市2024年教育督导工作要点",
        "教育督导工作要点 3/8",
        "教育督导工作要点 | 3",
    ],
)
def test_title_with_a_page_number_on_its_line_is_a_header(header):
    body = f"1. 健全制度。建立联席\n{header}\n会议制度。\n2. 收尾。乙。\n"
    assert texts(body) == ["建立联席会议制度。", "乙。"]
    assert "header" in warned(body)


def test_running_header_that_is_no_title_is_dropped_at_every_turn():
    body = "1. 健全制度。建立联席\n— 1 —\n督导简报\n会议制度。\n2. 抓好队伍。配齐\n— 2 —\n督导简报\n督学。\n3. 收尾。乙。\n"
    assert texts(body) == ["建立联席会议制度。", "配齐督学。", "乙。"]


def test_header_in_the_middle_of_a_long_sentence_needs_no_page_number():
    long = "建立教育督导部门之间的信息互通、问题移交、结果共享的工作"
    body = f"1. 健全制度。{long}\n督导简报\n机制。\n2. 抓好队伍。{long}\n督导简报\n办法。\n3. 收尾。乙。\n"
    assert texts(body) == [long + "机制。", long + "办法。", "乙。"]


def test_repeated_lines_that_belong_to_the_text_stay():
    body = "1. 健全制度。甲。\n责任单位：办公室\n2. 抓好队伍。乙。\n责任单位：办公室\n"
    assert texts(body) == ["甲。\n责任单位：办公室", "乙。\n责任单位：办公室"]


def test_title_page_repeated_on_the_first_page_is_dropped():
    plan = worktext.parse(
        "青河市教育局\n" + HEAD + "青河市教育局\n" + HEAD + "1. 甲事。甲。\n2. 乙事。乙。\n青河市教育局\n2024年3月5日\n"
    )
    assert (plan.issuer, plan.title) == ("青河市教育局", HEAD.strip())
    assert plan.closing == ("青河市教育局", "2024年3月5日")


JOINS = [
    ("1. 健全制度。按需要，\n\n配齐督学。", "按需要，配齐督学。"),
    ("1. 健全制度。督导联席\n\n会议。", "督导联席会议。"),
    ("1. 健全制度。督导（含\n综合督导）。", "督导（含综合督导）。"),
    ("1. 健全制度。落实《督导\n条例》。", "落实《督导条例》。"),
    ("1. 健全制度。落实“双\n减”要求。", "落实“双减”要求。"),
    ("1. 健全制度。甲事\n，乙事。", "甲事，乙事。"),
    ("1. 健全制度。做好甲事、\n2、3号楼验收。", "做好甲事、2、3号楼验收。"),
    ("1. 健全制度。做好甲事、\n7. 乙事。", "做好甲事、7. 乙事。"),
    ("1. 健全制度。推广 AI\nLab 经验。", "推广 AI Lab 经验。"),
    ("1. 健全制度。甲事。\n乙事。", "甲事。\n乙事。"),
    ("1. 健全制度。做好以下工作：\n甲事。", "做好以下工作：\n甲事。"),
    ("1. 健全制度。要求“甲事。”\n乙事。", "要求“甲事。”\n乙事。"),
    ("1. 健全制度。抓好\n一是甲事；\n二是乙事。", "抓好\n一是甲事；\n二是乙事。"),
    ("1. 健全制度。\n工作目标\n长期坚持不懈。", "工作目标\n长期坚持不懈。"),
    ("1. 健全制度。\n甲事，乙事\n丙事。", "甲事，乙事丙事。"),
    (
        "1. 健全制度。\n没有标点却很长很长的一段说明文字在这里本来是一句完整的话\n丙事。",
        "没有标点却很长很长的一段说明文字在这里本来是一句完整的话丙事。",
    ),
    ("1. 健全制度\n甲事。", "甲事。"),
    ("1. 提高站位，压实责任\n甲事。", "甲事。"),
]


@pytest.mark.parametrize(("body", "text"), JOINS)
def test_joining(body, text):
    assert texts(body + "\n2. 收尾。乙。\n")[0] == text


def test_heading_with_commas_broken_after_forty_five_characters_is_joined():
    heading = "深入学习贯彻全国教育大会精神，全面落实立德树人根本任务，推动督导工作再上台阶，为建设教育强市提供有力"
    plan = worktext.parse(f"{HEAD}1. {heading}\n保障。\n2. 收尾。乙。\n")
    assert plan.points[0].text == heading + "保障。"


def test_next_number_ends_an_unfinished_sentence():
    assert texts("1. 健全制度。配齐督学，\n2. 收尾。乙。\n") == ["配齐督学，", "乙。"]


def test_signature_is_not_joined_to_an_unfinished_last_line():
    plan = worktext.parse(HEAD + "1. 健全制度。甲。\n2. 收尾。做好工作，认真总结\n青河市教育局\n2024年3月5日\n")
    assert plan.points[1].text == "做好工作，认真总结"


WRAPPED = """    一、健全制度
    为建设教育强市提供有力保障，全市教育督导部门要
健全工作机制。统筹推进督政、督学和评估监测三项职能。
各地要压实责任，扎实推进各项改革措施落地见效，确保
按期完成。
    二、开展评估
    做好学校评估。
"""


def test_text_wrapped_at_a_fixed_width_is_joined_without_a_remark_for_each_line():
    plan = worktext.parse("    " + HEAD + WRAPPED)
    assert [(point.title, point.text) for point in plan.points] == [
        (
            "健全制度",
            "为建设教育强市提供有力保障，全市教育督导部门要健全工作机制。统筹推进督政、督学和评估监测三项职能。"
            "各地要压实责任，扎实推进各项改革措施落地见效，确保按期完成。",
        ),
        ("开展评估", "做好学校评估。"),
    ]
    assert "joined" not in [warning.code for warning in plan.warnings]


def test_wrapped_text_with_an_indented_next_line_is_a_new_paragraph():
    plan = worktext.parse("    " + HEAD + WRAPPED.replace("各地要压实责任", "    各地压实责任"))
    assert plan.points[0].text.count("\n") == 1
    plan = worktext.parse("    " + HEAD + WRAPPED.replace("职能。\n各地要压", "职能强\n    各地压"))
    assert plan.points[0].text.count("\n") == 1


def test_invisible_characters_do_not_get_in_the_way_and_places_stay_right():
    plan = worktext.parse(HEAD + "\ufeff1. 健全\u200b制度。配2\u200b名督学。\n2. 收尾。乙。\n")
    point = plan.points[0]
    assert (point.title, point.text) == ("健全制度", "配2名督学。")
    assert (point.targets[0].spot.words, point.targets[0].spot.line, point.targets[0].spot.column) == ("2名", 2, 12)


REPEATS = [
    ("做好专项督导检查工作的专项督导检查工作的专项督导检查工作。", "做好专项督导检查工作。", 3),
    ("认真组织实施，认真组织实施，认真组织实施，务求实效。", "认真组织实施，务求实效。", 3),
    ("完成年度评估任务完成年度评估任务。", "完成年度评估任务。", 2),
    ("做好年度评估工作。\n做好年度评估工作。\n另做总结。", "做好年度评估工作。\n另做总结。", 2),
    ("一是完成年度评估任务；完成年度评估任务；二是收尾。", "一是完成年度评估任务；二是收尾。", 2),
]


@pytest.mark.parametrize(("text", "kept", "times"), REPEATS)
def test_clause_repeated_by_accident_is_kept_once(text, kept, times):
    point = worktext.parse(f"{HEAD}1. 健全制度。{text}\n2. 收尾。乙。\n").points[0]
    assert (point.text, point.original_text) == (kept, text)
    note = next(note for note in point.notes if note.code == "repeated")
    assert f"连着写了 {times} 遍" in note.message and point.original_text[note.span[0] : note.span[1]] == note.words
    assert sum(segment.length for segment in point.text_segments) == len(kept.replace("\n", ""))


@pytest.mark.parametrize(
    "text",
    [
        "督导督导工作。",
        "2024年2024年2024年。",
        "……………………",
        "____________________",
        "哈哈哈哈哈哈哈哈哈哈哈哈",
        "一步一步一步一步一步一步",
        "甲乙丙\n丁戊己甲乙丙\n丁戊己",
        "开展督导评估工作，推进督导评估工作。",
    ],
)
def test_short_or_deliberate_repeats_stay(text):
    assert list(find_repeats(text)) == []


def test_repeats_in_title_section_and_preamble_are_reported_and_left():
    clause = "认真组织开展督导评估"
    plan = worktext.parse(
        f"{clause}{clause}工作要点\n坚持{clause}{clause}。\n一、{clause}{clause}\n抓好{clause}{clause}。\n"
        f"1. {clause}{clause}。甲。\n二、收尾\n2. 乙。\n"
    )
    assert plan.title == clause * 2 + "工作要点" and clause * 2 in plan.preamble
    assert plan.sections[0].title == clause * 2 and clause * 2 in plan.sections[0].intro
    assert plan.points[0].title == clause
    assert [w.field for w in plan.warnings if w.code == "repeated"] == [
        "document",
        "preamble",
        "section",
        "section",
        "original_title",
    ]


def test_a_sentence_that_comes_again_later_is_reported_and_left():
    sentence = "各县市区要认真组织实施年度督导评估工作"
    text = f"{sentence}。做好总结。{sentence}。"
    point = worktext.parse(f"{HEAD}1. 健全制度。{text}\n2. 收尾。乙。\n").points[0]
    assert point.text == text
    note = next(note for note in point.notes if note.code == "sentence_twice")
    assert point.text[note.span[0] : note.span[1]] == sentence == note.words


def test_doubled_words_and_marks_are_pointed_at():
    assert [r.words for r in find_doubled("教育教育督导的的工作，，完成。。")] == ["教育", "的", "，", "。"]
    assert [
        r.words
        for r in find_doubled("一步一步推进，研究研究，每天每天，刚刚刚刚，慢慢来，为了了解，以及及时，的的确确")
    ] == []
    note = warned("1. 健全制度。教育教育督导。\n2. 收尾。乙。\n")["doubled"]
    assert (note.words, note.suggestion, note.point) == ("教育教育", "教育", 1)


def test_traditional_characters_are_reported_never_changed():
    plan = worktext.parse("青河市2024年教育督導體制改革要点\n1. 深化督導體制改革。健全網絡。\n2. 收尾。乙。\n")
    assert plan.title == "青河市2024年教育督導體制改革要点"
    found = [warning for warning in plan.warnings if warning.code == "traditional"]
    assert [(w.words, w.suggestion, len(w.places)) for w in found] == [("導體", "导体", 2), ("網絡", "网络", 0)]
    assert "“教育督導體制改革”" in found[0].message and "教育督导体制改革" in found[0].message
    assert "同样的还有 1 处（第 2 行）" in found[0].message
    assert [note.code for note in plan.points[0].notes] == ["traditional", "traditional"]


def test_a_wholly_traditional_document_is_left_alone():
    plan = worktext.parse("教育督導工作計劃\n1. 健全督導機構。開展學校評價，監測質量。\n2. 結語。總結經驗。\n")
    assert "traditional" not in [warning.code for warning in plan.warnings]


def test_tables_of_characters_and_slips_are_sound():
    assert len(TRADITIONAL) > 500
    assert not set(TRADITIONAL) & set(TRADITIONAL.values())
    assert all(slip.wrong != slip.right for slip in SLIPS)
    assert len({slip.wrong for slip in SLIPS}) == len(SLIPS)
    for slip in SLIPS:
        assert slip.wrong not in slip.right and not any(other.wrong in slip.right for other in SLIPS)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.wrong)
def test_each_slip_is_found_with_its_suggestion(slip):
    companion = f"并做好{slip.only_with}。" if slip.only_with else ""
    found = warned(f"1. 健全制度。做好{slip.wrong}。{companion}\n2. 收尾。乙。\n")
    assert (found["slip"].words, found["slip"].suggestion) == (slip.wrong, slip.right)


def test_a_slip_that_needs_its_companion_is_silent_without():
    assert "slip" not in warned("1. 健全制度。做好质量检测。\n2. 收尾。乙。\n")


def test_half_width_punctuation_between_chinese_is_pointed_at():
    point = worktext.parse(HEAD + "1. 健全制度。甲事,乙事;丙事。比例1:5,占3.5%，丁事.戊事。\n2. 收尾。乙。\n").points[0]
    assert [(n.code, n.level, n.words, n.suggestion) for n in point.notes] == [
        ("half_punctuation", "info", ",", "，"),
        ("half_punctuation", "info", ";", "；"),
        ("half_punctuation", "info", ".", "。"),
    ]


def test_half_width_keeps_the_length():
    text = "（１）：．％　ＡＢ～，。"
    assert half_width(text) == "(1):.%  AB~，。".replace("  ", " ") and len(half_width(text)) == len(text)


def test_traced_text():
    text = Traced([Piece("一二", 1, 5), Piece("", 9, 9), Piece("三四", 3, 1)])
    assert (text.text, len(text), bool(text), text.first_line, text.last_line) == ("一二三四", 4, True, 1, 3)
    assert [text.place(at) for at in (-1, 0, 1, 2, 4, 9)] == [(1, 5), (1, 5), (1, 6), (3, 1), (3, 3), (3, 3)]
    assert [(p.text, p.line, p.column) for p in text.cut(1, 3).pieces] == [("二", 1, 6), ("三", 3, 1)]
    assert text.without(1, 3).text == "一四"
    assert text.cut(3, 2).text == text.cut(9).text == ""
    empty = Traced()
    assert (bool(empty), empty.place(0), empty.first_line, empty.last_line, empty.strip().text) == (
        False,
        (0, 0),
        0,
        0,
        "",
    )
    assert Traced([Piece(" 　 ", 1, 1)]).strip().text == ""
    assert join([empty, text, text], "\n").text == "一二三四\n一二三四"
    assert [s.to_json() for s in join([text.cut(0, 1), text.cut(2)], "\n").segments()] == [
        {"start": 0, "line": 1, "column": 5, "length": 1},
        {"start": 2, "line": 3, "column": 1, "length": 2},
    ]
