"""Levels, grades and vetoes: what the total becomes."""

import pytest

from calc.score.building import ITEMS, leaf, lines, scored, system, total
from dudao.calc.expr import State, Table, read_table
from dudao.calc.score import explain, score
from dudao.calc.tree import from_data

PRESCHOOL = from_data(
    {
        "code": "PS",
        "name": "普及普惠",
        "indicators": [
            {
                "code": f"P{n}",
                "name": name,
                "rule": {
                    "kind": "attain",
                    "levels": ["合格", "基本合格", "不合格"],
                    "all_of": [f"{item} ≥ {high}"],
                    "any_of": [f"{item} < {low}"],
                },
            }
            for n, (name, item, high, low) in enumerate(
                [
                    ("毛入园率", "入园率", "85%", "80%"),
                    ("普惠覆盖率", "普惠率", "80%", "75%"),
                    ("公办占比", "公办率", "50%", "45%"),
                ],
                1,
            )
        ]
        + [{"code": "P9", "name": "无小学化", "rule": {"kind": "attain", "levels": ["达标", "未达标"]}}],
        "items": [{"name": name, "kind": "amount", "unit": "%"} for name in ("入园率", "普惠率", "公办率")],
        "grades": [
            {"name": "创优", "when": '合格项数 ≥ 3 且 不合格项数 = 0 且 P9等次 = "达标"'},
            {"name": "提高", "when": "合格项数 ≥ 2 且 不合格项数 = 0"},
            {"name": "未通过"},
        ],
        "vetoes": [{"code": "V", "name": "弄虚作假"}],
    }
)


@pytest.mark.parametrize(
    ("row", "level", "grade"),
    [
        ({"入园率": 92, "普惠率": 90, "公办率": 55, "P9": "达标"}, "合格", "创优"),
        ({"入园率": 92, "普惠率": 90, "公办率": 48, "P9": "达标"}, "基本合格", "提高"),
        ({"入园率": 92, "普惠率": 90, "公办率": 44, "P9": "达标"}, "不合格", "未通过"),
        ({"入园率": 92, "普惠率": 90, "公办率": 55, "P9": "未达标"}, "不合格", "提高"),
        ({"入园率": 92, "普惠率": 90, "公办率": 55}, None, None),
        ({"入园率": 92, "普惠率": 90, "公办率": 44}, "不合格", "未通过"),
        ({"入园率": 92, "普惠率": 90, "P9": "达标"}, None, None),
        ({"入园率": 92, "普惠率": 90, "公办率": 55, "P9": "达标", "V": "是"}, "合格", "未通过"),
    ],
)
def test_levels_roll_up_to_the_worst_and_grades_count_them(row: dict, level: str | None, grade: str | None) -> None:
    sheet = scored(PRESCHOOL, row).sheet()
    assert sheet.level("PS").values() == [level]
    assert sheet.grade.values() == [grade]
    assert sheet.total.state.tolist() == [State.ABSENT]
    assert sheet.ranks() == [None]
    assert sheet.ranking.state.tolist() == [State.ABSENT]


def test_two_levels_need_only_one_condition() -> None:
    rule = {"kind": "attain", "levels": ["达标", "未达标"], "all_of": ["教师数 > 3", "在校生数 > 3"], "points": [10, 0]}
    tree = system(leaf("C1", 10, rule), items=ITEMS)
    assert [total(tree, {"教师数": n, "在校生数": 9}) for n in (4, 3)] == [10, 0]
    assert total(tree, {"教师数": 3}) == 0
    assert total(tree, {"教师数": 4}) is None


def test_who_does_not_judge_a_level_has_none_on_the_own_sheet() -> None:
    tree = from_data(
        {
            "code": "T",
            "name": "表",
            "indicators": [
                {"code": "L", "name": "甲", "rule": {"kind": "attain"}, "sources": ["review"]},
                {"code": "M", "name": "乙", "rule": {"kind": "attain"}},
            ],
        }
    )
    tables = {
        "self": read_table(tree.answers, [{"L": "C", "M": "A"}]).table,
        "review": read_table(tree.answers, [{"L": "B", "M": "A"}]).table,
    }
    scores = score(tree, None, tables)
    assert scores.sheet("self").level("T").values() == ["A"]
    assert scores.sheet().level("T").values() == ["B"]
    # A sheet of somebody who has marked nothing does not notice a change by others.
    county = scores.sheet("county")
    assert scores.with_answer(0, "review", "M", "C").sheet("county") is county


def test_levels_are_told() -> None:
    row = {"入园率": 92, "普惠率": 78, "公办率": 55, "P9": "达标"}
    assert lines(PRESCHOOL, row, "P2") == (
        "合格的条件 普惠率 78%，要求 ≥ 80%：不成立",
        "不合格的条件 普惠率 78%，要求 < 75%：不成立",
        "定为基本合格",
    )
    assert lines(PRESCHOOL, row, "P9") == ("县评评为达标",)
    assert lines(PRESCHOOL, {}, "P9") == ("—（未评）",)
    assert lines(PRESCHOOL, {}, "P1")[-1] == "等级算不出"
    assert lines(PRESCHOOL, row) == (
        "下级：P1 合格、P2 基本合格、P3 合格、P9 达标；以最低的为准，定为基本合格",
        '创优：合格项数 2，要求 ≥ 3；且 不合格项数 0，要求 = 0；且 P9等次 “达标”，要求 = "达标"：不成立；未达到',
        "提高：合格项数 2，要求 ≥ 2；且 不合格项数 0，要求 = 0：成立；达到",
        "等次：提高",
    )
    assert "下级：P1 —、P2 —、P3 —、P9 —；等级待定" in lines(PRESCHOOL, {})
    assert explain(scored(PRESCHOOL, row), 0, "P2").result == "基本合格"


KINDERGARTEN = system(
    leaf("C1", 60),
    leaf("C2", 40),
    items=[
        {"name": "办学性质", "kind": "choice", "options": ["公办", "民办", "其他"]},
        {"name": "满意度", "kind": "amount", "unit": "%"},
    ],
    grades={
        "by": "办学性质",
        "公办": [
            {"name": "优秀", "total": "≥90", "when": "满意度 ≥ 85%"},
            {"name": "良好", "total": "≥80"},
            {"name": "不合格"},
        ],
        "民办": [{"name": "优秀", "total": "≥95", "ratio": "90%", "blocks": ["C2"]}, {"name": "良好", "total": ">85"}],
    },
    vetoes=[
        {"code": "V1", "name": "责任事故", "grade": "良好"},
        {"code": "V2", "name": "没有自评", "when": "缺失(满意度) 且 总分 > 99"},
        {"code": "V3", "name": "一项过低", "when": "C2得分率 < 10% 或 一级指标最低得分率 < 5%"},
    ],
)


@pytest.mark.parametrize(
    ("row", "grade"),
    [
        ({"办学性质": "公办", "C1": 55, "C2": 36, "满意度": 90}, "优秀"),
        ({"办学性质": "公办", "C1": 55, "C2": 36, "满意度": 80}, "良好"),
        ({"办学性质": "公办", "C1": 55, "C2": 36}, None),
        ({"办学性质": "公办", "C1": 55, "C2": 30}, "良好"),
        ({"办学性质": "公办", "C1": 40, "C2": 30}, "不合格"),
        ({"办学性质": "民办", "C1": 55, "C2": 36, "满意度": 90}, "良好"),
        ({"办学性质": "民办", "C1": 60, "C2": 36}, "优秀"),
        ({"办学性质": "民办", "C1": 60, "C2": 35}, "良好"),
        ({"办学性质": "民办", "C1": 55, "C2": 30}, None),
        ({"办学性质": "其他", "C1": 55, "C2": 30}, None),
        ({"C1": 55, "C2": 30}, None),
        ({"办学性质": "公办", "C1": 55, "C2": 36, "满意度": 90, "V1": "是"}, "良好"),
        ({"办学性质": "公办", "C1": 40, "C2": 30, "V1": "是"}, "不合格"),
        ({"办学性质": "公办", "C1": 55, "C2": 36, "满意度": 90, "V1": "否"}, "优秀"),
        ({"办学性质": "公办", "C1": 55, "C2": 36, "V1": "是"}, None),
        ({"办学性质": "民办", "C1": 60, "C2": 40}, "良好"),
        ({"办学性质": "民办", "C1": 60, "C2": 3, "满意度": 90}, "良好"),
    ],
)
def test_grades_by_category_with_ratios_conditions_and_vetoes(row: dict, grade: str | None) -> None:
    scores = scored(KINDERGARTEN, row)
    found = scores.sheet().grade
    assert found.values() == [grade]
    assert explain(scores, 0).lines[-1] == (
        f"等次：{grade}" if grade else f"等次：—（{State(int(found.state[0])).words}）"
    ) or row.get("办学性质") not in ("公办", "民办")


def test_grades_are_told_from_the_best_down() -> None:
    assert lines(KINDERGARTEN, {"办学性质": "民办", "C1": 60, "C2": 36, "V1": "是"})[1:] == (
        "按“民办”的等次",
        "优秀：总分 96，要求 ≥ 95；最低得分率（C2） 90%，要求 ≥ 90%；达到",
        "一票否决：责任事故，最高定为良好",
        "等次：良好",
    )
    assert lines(KINDERGARTEN, {"办学性质": "其他"})[-1] == "定等：办学性质 其他，没有这一类的等次"
    assert lines(KINDERGARTEN, {})[-1] == "定等：办学性质 —，没有这一类的等次"
    assert lines(KINDERGARTEN, {"办学性质": "民办", "C1": "50.5", "C2": "34.49"})[2:4] == (
        "优秀：总分 84.99，要求 ≥ 95；最低得分率（C2） 86.225%，要求 ≥ 90%；未达到",
        "良好：总分 84.99，要求 > 85；未达到",
    )
    assert lines(KINDERGARTEN, {"办学性质": "民办"})[3] == "优秀：总分 —，要求 ≥ 95；最低得分率 —，要求 ≥ 90%；待定"
    assert lines(KINDERGARTEN, {"办学性质": "公办", "C1": 60, "C2": 40})[-2:] == (
        "一票否决：没有自评，最高定为不合格",
        "等次：不合格",
    )


def test_results_hide_behind_data_items_of_the_same_name() -> None:
    tree = system(
        leaf("C1"),
        items=[{"name": "总分"}, {"name": "双倍", "formula": "总分 × 2"}],
        grades=[{"name": "优", "when": "总分 > 100 且 双倍 > 3 且 得分率 ≥ 50% 且 满分 = 10"}, {"name": "差"}],
    )
    assert scored(tree, {"C1": 5, "总分": 101}).sheet().grade.values() == ["优"]
    assert scored(tree, {"C1": 4, "总分": 101}).sheet().grade.values() == ["差"]


def test_conditions_may_look_at_units_below() -> None:
    tree = system(
        leaf("C1"),
        lower={"下级": [{"name": "达标", "kind": "truth"}]},
        grades=[{"name": "优", "when": "占比(下级, 达标) = 100%"}, {"name": "差"}],
    )
    below = read_table(tree.catalogue.lower["下级"], [{"达标": "是"}, {"达标": "否"}, {"达标": "是"}]).table
    data = Table(tree.catalogue, 2).with_lower("下级", below, [0, 1, 0])
    answers = read_table(tree.answers, [{"C1": 1}, {"C1": 1}]).table
    scores = score(tree, data, {"review": answers})
    assert scores.sheet().grade.values() == ["优", "差"]
    assert scores.with_answer(1, "review", "C1", 9).sheet().grade.values() == ["优", "差"]
    assert explain(scores, 1).lines[-2:] == ("差：达到", "等次：差")


def test_marks_and_levels_of_nodes_that_have_none() -> None:
    tree = from_data(
        {
            "code": "T",
            "name": "表",
            "points": 10,
            "indicators": [{"code": "L", "name": "档", "rule": {"kind": "attain"}}, leaf("C1")],
            "grades": [
                {"name": "优", "when": "缺失(L得分率) 且 缺失(L得分) 且 缺失(C1等次) 且 C1得分 > 3", "ratio": "50%"},
                {"name": "差"},
            ],
        }
    )
    sheet = scored(tree, {"C1": 9, "L": "B"}).sheet()
    assert sheet.grade.values() == ["优"]
    assert sheet.level("L").values() == ["B"]
    assert sheet.level("C1") is None
    assert sheet.mark("L").state.tolist() == [State.ABSENT]


def test_ratios_of_systems_without_marks_ask_for_nothing() -> None:
    tree = from_data(
        {
            "code": "T",
            "name": "表",
            "indicators": [{"code": "L", "name": "档", "rule": {"kind": "attain"}}],
            "grades": [{"name": "优", "ratio": "50%", "when": "缺失(一级指标最低得分率)"}, {"name": "差"}],
        }
    )
    assert scored(tree, {"L": "A"}).sheet().grade.values() == ["优"]
    assert "优：最低得分率 —，要求 ≥ 50%；缺失(—（缺数据）)：成立；达到" in lines(tree, {"L": "A"})


def test_a_changed_veto_changes_the_grade_alone() -> None:
    scores = scored(PRESCHOOL, {"入园率": 92, "普惠率": 90, "公办率": 55, "P9": "达标"})
    assert scores.sheet().grade.values() == ["创优"]
    assert scores.with_answer(0, "review", "V", "是").sheet().grade.values() == ["未通过"]
    assert scores.source_of(0, "V") is None


def test_a_grade_below_all_others_is_given_by_a_veto_alone() -> None:
    """不参评: nobody falls into it by points; a veto that names no grade leaves the lowest that points give."""
    tree = system(
        leaf("C1"),
        grades=[{"name": "优秀", "total": "≥8"}, {"name": "不合格"}, {"name": "不参评"}],
        vetoes=[{"code": "V1", "name": "未满一年", "grade": "不参评"}, {"code": "V2", "name": "弄虚作假"}],
    )
    sheet = scored(tree, {"C1": 9}, {"C1": 9, "V1": True}, {"C1": 9, "V2": True}, {"C1": 1}, {"V1": True}).sheet()
    assert sheet.grade is not None
    assert sheet.grade.values() == ["优秀", "不参评", "不合格", "不合格", "不参评"]
    assert sheet.ranks() == [1, None, None, 2, None]
    assert sheet.vetoes() == [[], ["V1"], ["V2"], [], ["V1"]]
