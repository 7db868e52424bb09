"""What a letter may state of an indicator that has not all its points: the fact from rule and values, no word of points."""

import pytest

from calc.score.building import ITEMS, leaf, scored, system
from dudao.calc.score import explain

BANDS = [{"within": "≥4.2", "points": 10}, {"within": "(3,4.2)", "points": 8}, {"within": "≤3", "points": 0}]


def fact(rule, row, **more):
    return explain(scored(system(leaf("C1", 10, rule, **more), items=ITEMS), row), 0, "C1").fact


@pytest.mark.parametrize(
    ("rule", "row", "said"),
    [
        (
            {"kind": "bands", "value": "每百名学生高于规定学历教师数", "bands": BANDS},
            {"在校生数": 1000, "教师数": 40},
            "每百名学生高于规定学历教师数为4，未达到4.2",
        ),
        (
            {"kind": "linear", "value": "开出率", "knots": [{"at": "60%", "points": 0}, {"at": "95%", "points": 10}]},
            {"开出率": 80},
            "开出率为80%，未达到95%",
        ),
        ({"kind": "yes_no"}, {"C1": "否"}, "没有做到“指标C1”"),
        ({"kind": "yes_no", "good": False}, {"C1": "是"}, "存在“指标C1”的情形"),
        ({"kind": "yes_no", "when": "教师数 ≥ 3"}, {"教师数": 2}, "不符合“教师数 ≥ 3”的要求（教师数2）"),
        (
            {"kind": "parts", "parts": [{"label": "应急预案", "points": 6}, {"label": "演练记录", "points": 4}]},
            {"C1·应急预案": "是", "C1·演练记录": "否"},
            "“指标C1”中没有落实：演练记录",
        ),
        (
            {"kind": "deduct", "deductions": [{"each": 2, "label": "未开展的会议"}]},
            {"C1": 3},
            "未开展的会议3项",
        ),
        (
            {
                "kind": "pick",
                "factor": True,
                "bands": [{"within": "1", "label": "优"}, {"within": "0.6", "label": "中"}],
            },
            {"C1": "中"},
            "“指标C1”评为“中”",
        ),
        ("judged", {"C1": 4}, ""),
        ({"kind": "computed", "points": "教师数 ÷ 2"}, {"教师数": 6}, "教师数为6"),
        ({"kind": "yes_no"}, {}, "没有提供“指标C1”的材料或者数据"),
        # Who has all points lacks nothing.
        ({"kind": "yes_no"}, {"C1": "是"}, ""),
        ({"kind": "bands", "value": "教师数", "bands": BANDS}, {"教师数": 5}, ""),
    ],
)
def test_a_rule_says_what_is_missing(rule, row, said):
    assert fact(rule, row) == said


def test_an_adjustment_that_took_the_points_is_the_fact():
    adjust = [{"factor": 0, "when": "寄宿制", "reason": "发生责任事故"}]
    assert fact({"kind": "yes_no"}, {"C1": "是", "寄宿制": "是"}, adjust=adjust) == "存在“发生责任事故”的情形"
