"""How each rule, adjustment and silence is told in words and numbers."""

import pytest

from calc.score.building import ITEMS, leaf, lines, scored, system
from dudao.calc.expr import Numbers, State, Table, read_table
from dudao.calc.score import explain, score

# ---- rules told ---------------------------------------------------------------------------------------------

LIMITS = [
    {"within": "≥4.2", "points": 10, "label": "A"},
    {"within": "(3,4.2)", "points": 8},
    {"within": "≤3", "points": 0},
]


@pytest.mark.parametrize(
    ("rule", "row", "said"),
    [
        (
            {"kind": "bands", "value": "每百名学生高于规定学历教师数", "bands": LIMITS},
            {"在校生数": 1180, "教师数": 52},
            ["每百名学生高于规定学历教师数 52 ÷ 1180 × 100 = 4.41，达到 4.2 的要求，为 A，得 10 分"],
        ),
        (
            {"kind": "bands", "value": "教师数 ÷ 在校生数 × 100", "bands": LIMITS},
            {"在校生数": 100000, "教师数": 4199},
            ["指标C1 4199 ÷ 100000 × 100 = 4.199，超过 3，未达到 4.2，得 8 分"],
        ),
        (
            {
                "kind": "bands",
                "value": "教师数",
                "bands": [
                    {"within": ">3", "points": 10},
                    {"within": "[2,3]", "points": 2},
                    {"within": "1", "points": 1},
                    {"within": "<1", "points": 0},
                ],
            },
            {"教师数": 3},
            ["教师数 3，达到 2，不超过 3，得 2 分"],
        ),
        (
            {
                "kind": "bands",
                "value": "教师数",
                "bands": [{"within": ">3", "points": 10}, {"within": "≤3", "points": 2}],
            },
            {"教师数": 4},
            ["教师数 4，超过 3，得 10 分"],
        ),
        (
            {
                "kind": "bands",
                "value": "教师数",
                "bands": [{"within": ">3", "points": 10}, {"within": "≤3", "points": 2}],
            },
            {"教师数": 3},
            ["教师数 3，未达到 3 的要求，得 2 分"],
        ),
        (
            {"kind": "bands", "value": "教师数", "bands": [{"within": "≤3", "points": 10}]},
            {"教师数": 3},
            ["教师数 3，不超过 3，得 10 分"],
        ),
        (
            {
                "kind": "bands",
                "value": "开出率",
                "by": "城乡",
                "bands": {"城市": [{"within": "100%", "points": 10}, {"within": "<100%", "points": 1}]},
            },
            {"开出率": 100, "城乡": "城市"},
            ["按“城市”的标准，开出率 100%，等于 100%，得 10 分"],
        ),
        (
            {"kind": "bands", "value": "开出率", "by": "城乡", "bands": {"城市": [{"within": "≥0%", "points": 10}]}},
            {"开出率": 100, "城乡": "镇"},
            ["按“镇”的标准，开出率 100%，规则没有规定这一类单位怎样计分"],
        ),
        (
            {"kind": "bands", "value": "开出率", "by": "城乡", "bands": {"城市": [{"within": "≥0%", "points": 10}]}},
            {"开出率": 100},
            ["城乡 —（缺数据），开出率 100%，规则没有规定这一类单位怎样计分"],
        ),
        ({"kind": "bands", "value": "开出率", "bands": [{"within": "≥0%", "points": 10}]}, {}, ["开出率 —（缺数据）"]),
        (
            {"kind": "linear", "value": "开出率", "knots": [{"at": "60%", "points": 2}, {"at": "90%", "points": 10}]},
            {"开出率": 70},
            [
                "开出率 70%，在 60%（2 分）与 90%（10 分）之间，2 + (70% − 60%) ÷ (90% − 60%) × 8 = 4.67 分",
                "四舍五入到 2 位小数，得 4.67 分",
            ],
        ),
        (
            {"kind": "linear", "value": "开出率", "knots": [{"at": "2%", "points": 10}, {"at": "10%", "points": 2}]},
            {"开出率": 5},
            ["开出率 5%，在 2%（10 分）与 10%（2 分）之间，10 − (5% − 2%) ÷ (10% − 2%) × 8 = 7 分"],
        ),
        (
            {"kind": "linear", "value": "开出率", "knots": [{"at": "60%", "points": 2}, {"at": "90%", "points": 10}]},
            {"开出率": 50},
            ["开出率 50%，不超过 60%，得 2 分"],
        ),
        (
            {"kind": "linear", "value": "开出率", "knots": [{"at": "60%", "points": 2}, {"at": "90%", "points": 10}]},
            {"开出率": 95},
            ["开出率 95%，达到 90%，得 10 分"],
        ),
        (
            {
                "kind": "linear",
                "value": "开出率",
                "by": "城乡",
                "knots": {"城市": [{"at": 0, "points": 0}, {"at": 1, "points": 10}]},
            },
            {"开出率": 95, "城乡": "农村"},
            ["按“农村”的标准，开出率 95%，规则没有规定这一类单位怎样计分"],
        ),
        (
            {
                "kind": "linear",
                "value": "开出率",
                "by": "城乡",
                "knots": {"城市": [{"at": 0, "points": 0}, {"at": 1, "points": 10}]},
            },
            {"城乡": "城市"},
            ["按“城市”的标准，开出率 —（缺数据）"],
        ),
        ({"kind": "yes_no", "good": False}, {"C1": "否"}, ["县评答“否”，得 10 分"]),
        ({"kind": "yes_no", "good": False, "otherwise": 1}, {"C1": "是"}, ["县评答“是”，得 1 分"]),
        ({"kind": "yes_no"}, {}, ["—（未评）"]),
        ({"kind": "yes_no", "when": "教师数 > 3"}, {"教师数": 5}, ["教师数 5，要求 > 3：成立，得 10 分"]),
        (
            {"kind": "deduct", "each": 2, "count": "在校生数 − 教师数", "label": "缺教师"},
            {"在校生数": 5, "教师数": 3},
            ["缺教师：指标C1 5 − 3 = 2，每项扣 2 分，扣 4 分", "10 − 4 = 6 分"],
        ),
        (
            {
                "kind": "deduct",
                "deductions": [{"each": 1, "label": "缺计划", "most": 2}, {"each": 1, "count": "教师数"}],
            },
            {"C1·缺计划": 5, "教师数": 1},
            [
                "县评查出缺计划 5 项，每项扣 1 分，最多扣 2 分，扣 2 分",
                "教师数 1，每项扣 1 分，扣 1 分",
                "10 − 3 = 7 分",
            ],
        ),
        ({"kind": "deduct", "each": 1}, {}, ["扣分项 —（未评）"]),
        ({"kind": "deduct", "each": 1, "count": "教师数"}, {}, ["教师数 —（缺数据）"]),
        (
            {"kind": "deduct", "deductions": [{"each": 1, "label": "甲"}, {"each": 1, "label": "乙"}]},
            {"C1·乙": 1},
            ["甲 —（未评）", "县评查出乙 1 项，每项扣 1 分，扣 1 分"],
        ),
        (
            {
                "kind": "parts",
                "parts": [{"label": "音乐室", "points": 6}, {"label": "寄宿", "points": 4, "when": "寄宿制"}],
            },
            {"C1·音乐室": "有", "寄宿制": "否"},
            ["音乐室（县评）：有，得 6 分", "寄宿（否）：缺，4 分不得"],
        ),
        ({"kind": "computed", "points": "满分 × 开出率 + 本项"}, {"开出率": 50, "C1": 2}, ["指标C1 10 × 50% + 2 = 7"]),
        ({"kind": "computed", "points": "教师数"}, {"教师数": 99}, ["教师数 99", "不超过满分，得 10 分"]),
        ({"kind": "computed", "points": "1 − 教师数"}, {"教师数": 99}, ["指标C1 1 − 99 = -98", "不低于 0 分，得 0 分"]),
        ({"kind": "attain", "points": [10, 6, 0]}, {"C1": "B"}, ["县评评为B", "B 得 6 分"]),
        (
            {
                "kind": "pick",
                "factor": True,
                "bands": [{"label": "优", "within": "1"}, {"label": "差", "within": "0–0.59"}],
            },
            {"C1": "优"},
            ["县评评为优（1），10 × 1 = 10 分"],
        ),
        (
            {"kind": "pick", "factor": True, "bands": [{"label": "优", "within": "1"}, {"within": "0–0.59"}]},
            {"C1": "0.3"},
            ["县评评为0～0.59，10 × 0.3 = 3 分"],
        ),
        (
            {"kind": "pick", "bands": [{"within": "6–10"}, {"within": "≤4"}]},
            {"C1": 5},
            ["县评评 5，规则没有规定这个数值怎样计分"],
        ),
        ({"kind": "pick", "bands": [{"within": "6–10"}, {"within": "≤4"}]}, {"C1": 7}, ["县评评 7 分，属于6～10"]),
        ({"kind": "pick", "bands": [{"within": "0–10"}]}, {}, ["—（未评）"]),
        ("judged", {}, ["—（未评）"]),
    ],
)
def test_how_rules_are_told(rule: object, row: dict, said: list[str]) -> None:
    tree = system(leaf("C1", 10, rule), items=ITEMS)
    assert list(lines(tree, row, "C1")) == said


def test_lines_may_lie_level_and_values_may_come_from_below() -> None:
    knots = [{"at": 0, "points": 0}, {"at": 2, "points": 10}, {"at": 9, "points": 10}]
    rule = {"kind": "linear", "value": "合计(下级, 校数)", "knots": knots}
    tree = system(leaf("C1", 10, rule), lower={"下级": [{"name": "校数", "kind": "count"}]})
    below = read_table(tree.catalogue.lower["下级"], [{"校数": 1}, {"校数": 3}, {"校数": 1}]).table
    scores = score(tree, Table(tree.catalogue, 2).with_lower("下级", below, [0, 1, 1]))
    assert scores.sheet().total.values() == [5, 10]
    assert explain(scores, 1, "C1").lines == (
        "指标C1 4，在 2（10 分）与 9（10 分）之间，10 + (4 − 2) ÷ (9 − 2) × 0 = 10 分",
    )


def test_marks_outside_the_range_are_not_used() -> None:
    tree = system(leaf("C1", 10))
    answers = Table(tree.answers, 1, {"C1": Numbers.of([11])})
    scores = score(tree, None, {"county": answers})
    assert scores.sheet().total.state.tolist() == [State.NO_BAND]
    assert explain(scores, 0, "C1").lines == ("县评评 11 分，不在 0～10 分之间，不能采用",)


def test_adjustments_are_told() -> None:
    adjust = [{"factor": "0.5", "when": "教师数 < 3", "reason": "教师不足"}, {"factor": 0, "reason": "造假"}]
    tree = system(leaf("C1", 10, adjust=adjust), items=ITEMS)
    assert lines(tree, {"C1": 8, "教师数": 2}, "C1") == ("县评评 8 分", "因“教师不足”，得分乘以 0.5：8 × 0.5 = 4")
    assert lines(tree, {"C1": 8, "教师数": 9, "C1·造假": "是"}, "C1") == ("县评评 8 分", "因“造假”，整项不得分")
    assert lines(tree, {"C1": 8}, "C1") == ("县评评 8 分", "“教师不足”是否成立算不出（缺数据）")
    assert lines(tree, {"教师数": 1}, "C1") == ("—（未评）", "因“教师不足”，得分乘以 0.5")
    parent = system(
        {"code": "A", "name": "块", "points": 7, "adjust": adjust, "children": [leaf("A1", 7)]},
        items=ITEMS,
        places={"node": 0},
    )
    assert lines(parent, {"A1": "6.5", "教师数": 1}, "A") == (
        "6.5",
        "因“教师不足”，得分乘以 0.5：6.5 × 0.5 = 3.25",
        "四舍五入到 0 位小数，得 3 分",
    )


def test_silence_counts_nothing_where_the_system_says_so() -> None:
    tree = system(
        leaf("C1"), leaf("C2", 10, {"kind": "computed", "points": "教师数"}), items=ITEMS, unmarked_is_zero=True
    )
    scores = scored(tree, {})
    assert scores.sheet().total.values() == [0]
    assert explain(scores, 0, "C1").lines == ("—（未评）", "没有评分，计 0 分")
    assert "总评：0 分（满分 20 分）" in explain(scores, 0).text()


def test_formulas_of_a_trace_can_be_rendered() -> None:
    tree = system(
        leaf("C1", 10, {"kind": "bands", "value": "每百名学生高于规定学历教师数", "bands": LIMITS}), items=ITEMS
    )
    trace = explain(scored(tree, {"在校生数": 1180, "教师数": 52}), 0)
    assert trace.text().splitlines()[-1] == (
        "\u3000\u3000每百名学生高于规定学历教师数 52 ÷ 1180 × 100 = 4.41，达到 4.2 的要求，为 A，得 10 分"
    )
    [child] = trace.children
    [formula] = child.formulas
    assert formula.steps[0][1].sentence == "52 ÷ 1180 × 100 = 4.41"
    assert child.data()["formulas"][0]["value"] == "260/59"
    assert [part.code for part in trace.walk()] == ["T", "C1"]
