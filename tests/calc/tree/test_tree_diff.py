"""Differences between two versions, in words; and rules in words."""

from decimal import Decimal

import pytest

from dudao.calc.rules import read_rule, rule_words
from dudao.calc.tree import Adjust, Tree, adjust_words, diff, from_data, grade_words, otherwise_words, scale_words

OLD = {
    "code": "T24",
    "name": "督导评估",
    "points": 100,
    "indicators": [
        {
            "code": "A1",
            "name": "办学思想",
            "points": 60,
            "children": [
                {"code": "B1", "name": "方向", "points": 20, "rule": "judged"},
                {"code": "B2", "name": "规划", "points": 20, "rule": {"kind": "yes_no", "when": "人数 > (3)"}},
                {"code": "B3", "name": "认同", "points": 20, "rule": {"kind": "deduct", "each": 1, "label": "缺"}},
            ],
        },
        {"code": "A2", "name": "安全", "points": 40, "rule": "judged", "text": "查记录", "evidence": ["记录"]},
    ],
    "items": [{"name": "人数", "unit": "人"}, {"name": "类", "kind": "choice", "options": ["公", "民"]}],
    "grades": [{"name": "优", "total": "≥85", "ratio": "85%"}, {"name": "差"}],
    "vetoes": [{"code": "V1", "name": "事故"}],
}


def changed(**more: object) -> dict:
    return {**OLD, **more}


def sentences(old: dict, new: dict) -> list[str]:
    return [change.sentence for change in diff(from_data(old), from_data(new))]


def test_the_same_is_the_same_however_it_is_spelt() -> None:
    new = changed(code="T25")
    new["indicators"] = [
        {
            **OLD["indicators"][0],
            "children": [
                OLD["indicators"][0]["children"][0],
                {"code": "B2", "name": "规划", "points": "20.0", "rule": {"kind": "yes_no", "when": "人数＞3"}},
                OLD["indicators"][0]["children"][2],
            ],
        },
        OLD["indicators"][1],
    ]
    assert sentences(OLD, new) == ["T25“督导评估”的编号由 T24 改为 T25。"]


def test_every_kind_of_change_to_nodes() -> None:
    new = changed(
        indicators=[
            {
                "code": "A1",
                "name": "办学理念",
                "points": 50,
                "children": [
                    {"code": "B1", "name": "方向", "points": 25, "rule": {"kind": "judged", "step": "0.5"}},
                    {"code": "B9", "name": "认同", "points": 20, "rule": {"kind": "deduct", "each": 1, "label": "缺"}},
                    {"code": "B4", "name": "校史", "points": 5, "rule": "judged"},
                ],
            },
            {
                "code": "A3",
                "name": "安全卫生",
                "points": 50,
                "children": [
                    {
                        "code": "A2",
                        "name": "安全",
                        "points": 50,
                        "rule": "judged",
                        "text": "",
                        "evidence": ["记录", "照片"],
                        "applies": "人数 > 3",
                        "otherwise": "exclude",
                        "cap": 45,
                        "sources": ["review"],
                    }
                ],
            },
        ]
    )
    assert sentences(OLD, new) == [
        "A1“办学理念”的分值由 60 改为 50。",
        "A1的名称由“办学思想”改为“办学理念”。",
        "B1“方向”的分值由 20 改为 25。",
        "B1“方向”的计分规则由“由评估人员评分”改为“由评估人员评分，以 0.5 分为一档”。",
        "B9“认同”的编号由 B3 改为 B9。",
        "新增 B4“校史”（5 分），在 A1“办学理念”下。",
        "新增 A3“安全卫生”（50 分）。",
        "A2“安全”由 T24“督导评估”移到 A3“安全卫生”。",
        "A2“安全”的分值由 40 改为 50。",
        "A2“安全”的说明由“查记录”改为“（空）”。",
        "A2“安全”要的材料由“记录”改为“记录；照片”。",
        "A2“安全”的适用条件由“都适用”改为“人数 > 3，不适用时从满分中剔除”。",
        "A2“安全”的计分方式由“计分项，下级分值相加”改为“计分项，下级分值相加，最高 45 分”。",
        "A2“安全”的评分来源由“同上级”改为“复核”。",
        "删除 B2“规划”（20 分），在 A1“办学思想”下。",
    ]


def test_the_whole_is_not_called_by_its_code() -> None:
    new = {**OLD, "name": "2026年督导评估"}
    assert sentences(OLD, new) == ["体系的名称由“督导评估”改为“2026年督导评估”。"]


def test_changes_of_weights_and_of_broken_formulas() -> None:
    old = {
        "code": "T",
        "name": "表",
        "points": 10,
        "roll": "weighted",
        "indicators": [
            {"code": "C", "name": "甲", "points": 10, "weight": 1, "rule": {"kind": "computed", "points": "1 +"}}
        ],
    }
    new = {
        **old,
        "roll": "sum",
        "indicators": [{"code": "C", "name": "甲", "points": 10, "rule": {"kind": "computed", "points": "1 + ?"}}],
    }
    assert sentences(old, new) == [
        "T“表”的计分方式由“计分项，下级按权重计分”改为“计分项，下级分值相加”。",
        "C“甲”的权重由 1 改为 —。",
        "C“甲”的计分规则由“得分 = 1 +”改为“得分 = 1 + ?”。",
    ]


def test_twins_are_not_taken_for_each_other() -> None:
    twin = {"name": "甲", "points": 5, "rule": "judged"}
    old = {"code": "T", "name": "表", "points": 10, "indicators": [{"code": "C1", **twin}, {"code": "C2", **twin}]}
    new = {"code": "T", "name": "表", "points": 10, "indicators": [{"code": "D1", **twin}, {"code": "D2", **twin}]}
    assert sentences(old, new) == [
        "新增 D1“甲”（5 分）。",
        "新增 D2“甲”（5 分）。",
        "删除 C1“甲”（5 分）。",
        "删除 C2“甲”（5 分）。",
    ]


def test_a_node_that_becomes_the_top_is_said_to_come_from_where_it_was() -> None:
    inner = {"code": "A", "name": "块", "points": 5, "rule": "judged"}
    old = Tree(from_data({"code": "T", "name": "表", "points": 5, "indicators": [inner]}).root)
    new = from_data(
        {
            "code": "X",
            "name": "套",
            "points": 5,
            "indicators": [
                {
                    "code": "A",
                    "name": "块",
                    "points": 5,
                    "children": [{"code": "T", "name": "表", "points": 5, "rule": "judged"}],
                }
            ],
        }
    )
    assert "新增 T“表”（5 分），在 A“块”下。" in [change.sentence for change in diff(old, new)]


def test_changes_of_grades_vetoes_items_and_policies() -> None:
    new = changed(
        grades=[{"name": "优", "total": "≥90", "ratio": "85%"}, {"name": "良", "total": "≥75"}],
        vetoes=[{"code": "V1", "name": "重大事故", "grade": "良"}, {"code": "V2", "name": "瞒报", "when": "人数 > 3"}],
        items=[{"name": "人数", "unit": "名"}, {"name": "率", "formula": "人数 ÷ 3"}],
        lower={"下级": [{"name": "校数"}]},
        places={"mark": None, "total": 1},
        unmarked_is_zero=True,
        sources=[{"key": "self", "label": "自评"}],
    )
    assert sentences(OLD, new) == [
        "等次由“优：总分 ≥ 85，且每个一级指标得分率不低于 85%”改为“优：总分 ≥ 90，且每个一级指标得分率不低于 85%”。",
        "新增等次“良：总分 ≥ 75”。",
        "删除等次“差：其余”。",
        "否决项由“V1 事故”改为“V1 重大事故，定为良”。",
        "新增否决项“V2 瞒报（人数 > 3）”。",
        "数据项由“人数（人）”改为“人数（名）”。",
        "新增数据项“率 = 人数 ÷ 3”。",
        "删除数据项“类：公、民”。",
        "新增下级数据项“校数”。",
        "指标得分的小数位数由 2 位改为不取舍。",
        "总分的小数位数由 2 位改为 1 位。",
        "没有评分的指标改为按 0 分计。",
        "评分来源由“自评、县评、网评、实地评估、复核”改为“自评”。",
    ]
    assert sentences(new, OLD)[-2:] == [
        "没有评分的指标改为总分待定。",
        "评分来源由“自评”改为“自评、县评、网评、实地评估、复核”。",
    ]


def test_scales_of_another_shape_are_told_whole() -> None:
    by = changed(grades={"by": "类", "公": [{"name": "优"}], "民": [{"name": "良"}]})
    none = changed(grades=None, vetoes=[])
    assert sentences(OLD, by) == [
        "等次由“优：总分 ≥ 85，且每个一级指标得分率不低于 85%；差：其余”改为“按类〔公〕优：其余〔民〕良：其余”。"
    ]
    assert sentences(none, OLD)[0].startswith("等次由“不定等次”改为")
    turned = changed(grades=[OLD["grades"][1], OLD["grades"][0]])
    assert sentences(OLD, turned) == ["等次的顺序改为差、优。"]
    other = changed(grades={"by": "类", "公": [{"name": "良"}], "民": [{"name": "良"}]})
    assert sentences(by, other) == ["新增〔公〕等次“良：其余”。", "删除〔公〕等次“优：其余”。"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("judged", "由评估人员评分"),
        (
            {"kind": "pick", "bands": [{"label": "好", "within": "36–40"}, {"within": "≤25"}]},
            "由评估人员定档并评分：好 36～40；≤ 25",
        ),
        (
            {"kind": "pick", "factor": True, "bands": [{"label": "优", "within": "1"}]},
            "由评估人员定档并按满分的比例评分：优 1",
        ),
        ({"kind": "deduct", "each": 1, "label": "少一项"}, "每少 1 项扣 1 分，扣完为止"),
        (
            {
                "kind": "deduct",
                "floor": 2,
                "deductions": [{"each": "0.5", "count": "4 − 次数", "most": 1}, {"each": 1}],
            },
            "4 − 次数，每项扣 0.5 分（最多扣 1 分）；每少 1 项扣 1 分，最低 2 分",
        ),
        ({"kind": "parts", "parts": [{"label": "音乐室", "points": 3}]}, "按要点计分：音乐室 3 分"),
        (
            {
                "kind": "bands",
                "value": "占地",
                "bands": [{"label": "A", "within": "≥80", "points": 4}, {"within": "<80", "points": 0}],
            },
            "按占地分档计分：A（≥ 80）得 4 分；< 80 得 0 分",
        ),
        (
            {"kind": "bands", "value": "占地", "by": "城乡", "bands": {"城市": [{"within": "≥80", "points": 4}]}},
            "按占地分档计分（按城乡）〔城市〕≥ 80 得 4 分",
        ),
        (
            {"kind": "linear", "value": "率", "knots": [{"at": "0.6", "points": 0}, {"at": "0.9", "points": 5}]},
            "按率线性插值计分：0.6 得 0 分，0.9 得 5 分",
        ),
        ("yes_no", "回答“是”得满分"),
        (
            {"kind": "yes_no", "when": "人数 > 3", "good": False, "otherwise": 1},
            "“人数 > 3”不成立，得满分，否则得 1 分",
        ),
        ({"kind": "attain", "points": [3, 2, 0]}, "由评估人员评为A、B、C之一（A 3 分、B 2 分、C 0 分）"),
        (
            {"kind": "attain", "all_of": ["甲", "乙"], "any_of": ["丙"]},
            "全部符合为A：甲；乙。有一项即为C：丙。其余为B",
        ),
        ({"kind": "attain", "all_of": ["甲"], "levels": ["达标", "未达标"]}, "全部符合为达标：甲。其余为未达标"),
        ({"kind": "computed", "points": "满分 × 率"}, "得分 = 满分 × 率"),
    ],
)
def test_rules_in_words(rule: object, words: str) -> None:
    assert rule_words(read_rule(rule)) == words


def test_other_words() -> None:
    assert rule_words(None) == "没有计分规则"
    assert adjust_words(Adjust(Decimal(0), reason="迟交")) == "迟交时整项不得分"
    assert adjust_words(Adjust(Decimal("0.5"), when="人数 < 3")) == "人数 < 3时得分减半"
    assert adjust_words(Adjust(Decimal("0.9"), reason="晚")) == "晚时得分乘以 0.9"
    tree = from_data(OLD)
    assert tree.scale is not None
    assert grade_words(tree.scale.grades[""][0]) == "优：总分 ≥ 85，且每个一级指标得分率不低于 85%"
    assert scale_words(None) == "不定等次"
    named = from_data(
        changed(grades=[{"name": "优", "ratio": "90%", "blocks": ["A1", "A2"], "when": "人数 > 3"}])
    ).scale
    assert named is not None
    assert grade_words(named.grades[""][0]) == "优：A1、A2得分率不低于 90%，且人数 > 3"
    assert [otherwise_words(word) for word in ("exclude", "redistribute", "full")] == [
        "不适用时从满分中剔除",
        "不适用时分值由同级指标按比例分摊",
        "不适用时按满分计",
    ]
