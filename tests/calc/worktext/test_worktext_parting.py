"""Headings that lost their line breaks, decimal numbers, and who the remarks are about."""

import pytest

from dudao.calc import worktext


def outline(text: str) -> list:
    plan = worktext.parse(text)
    return [(s.number, s.title, [(p.number, p.title, p.text) for p in s.points]) for s in plan.sections]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1、完成任务；2、建成责任区；3、培训督学。",
            [(None, "", [(1, "完成任务", ""), (2, "建成责任区", ""), (3, "培训督学", "")])],
        ),
        (
            "1.加强领导。压实责任。2.加强宣传。办好简报。",
            [(None, "", [(1, "加强领导", "压实责任。"), (2, "加强宣传", "办好简报。")])],
        ),
        (
            "一、深化改革。1. 健全制度。甲事。2. 配强人员。乙事。二、开展评估。3. 评估学校。丙事。",
            [
                (1, "深化改革", [(1, "健全制度", "甲事。"), (2, "配强人员", "乙事。")]),
                (2, "开展评估", [(3, "评估学校", "丙事。")]),
            ],
        ),
        (
            "1. 健全制度。占比1.5倍。2倍以上。3、4号楼。",
            [(None, "", [(1, "健全制度", "占比1.5倍。2倍以上。3、4号楼。")])],
        ),
        (
            "1. 健全制度。甲事。（1）细目；（2）细目二。",
            [(None, "", [(1, "健全制度", "甲事。（1）细目；（2）细目二。")])],
        ),
        ("1. 健全制度。甲事。1. 乙事。", [(None, "", [(1, "健全制度", "甲事。1. 乙事。")])]),
        ("1. 健全制度。甲事。一、乙事。", [(None, "", [(1, "健全制度", "甲事。一、乙事。")])]),
    ],
)
def test_headings_on_one_line_are_parted_when_their_numbers_go_on(text, expected):
    assert outline(text) == expected


def test_parting_is_said():
    plan = worktext.parse("2024年要点\n1. 加强领导。甲。2. 加强宣传。乙。\n")
    warning = next(w for w in plan.warnings if w.code == "parted")
    assert "写了 2 个编号" in warning.message and warning.places == ((2, 1), (2, 11))


def test_decimal_numbers_count_below_their_heading():
    text = "1. 督政工作\n1.1 迎接评价。\n1.2 组织评价。\n1.4 评价乡镇。\n2. 督学工作\n2.1年度评估。\n1.5倍的目标\n7.1 另一事\n"
    assert [(title, [number for number, _, _ in points]) for _, title, points in outline(text)] == [
        ("督政工作", [1, 2, 4]),
        ("督学工作", [1]),
    ]
    plan = worktext.parse(text)
    assert plan.sections[1].points[0].text == "1.5倍的目标\n7.1 另一事"
    assert next(w.suggestion for w in plan.warnings if w.code == "number_gap") == "1.3"


def test_joined_lines_are_told_with_their_point():
    plan = worktext.parse("2024年要点\n一、甲部\n1. 健全制度。建立联席\n会议制度。\n二、乙部\n2. 收尾。乙。\n")
    warning = next(w for w in plan.warnings if w.code == "joined")
    assert (warning.section, warning.point, warning.field) == (1, 1, "text")
    assert plan.points[0].notes == (warning,)
