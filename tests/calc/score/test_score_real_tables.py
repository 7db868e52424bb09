"""Tables that offices really use: they validate, their holes are reported, and they score as published."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from dudao.calc.expr import State, read_table
from dudao.calc.score import Scores, explain, score
from dudao.calc.tree import Tree, diff, from_data, to_data, validate

TABLES = Path(__file__).parent / "tables"
NAMES = sorted(path.stem for path in TABLES.glob("*.yaml"))


def load(name: str) -> Tree:
    return from_data(yaml.safe_load((TABLES / f"{name}.yaml").read_text(encoding="utf-8")))


def scored(tree: Tree, row: dict, source: str = "review") -> Scores:
    data = read_table(tree.catalogue, [row])
    answers = read_table(tree.answers, [row])
    assert not data.problems + answers.problems
    return score(tree, data.table, {source: answers.table})


@pytest.mark.parametrize("name", NAMES)
def test_no_table_has_errors_and_each_survives_a_round_trip(name: str) -> None:
    tree = load(name)
    assert [finding.sentence for finding in validate(tree) if finding.is_error] == []
    again = from_data(to_data(tree))
    assert again == tree
    assert diff(tree, again) == ()


def warnings(name: str) -> list[str]:
    return [finding.sentence for finding in validate(load(name))]


def test_the_holes_of_the_real_tables_are_reported() -> None:
    assert warnings("teaching_100") == ["J1：评分 26～30 没有规定。"]
    assert warnings("sport_30") == ["C3：数值 > 80% 且 < 100% 没有规定。", "C3：数值 > 100% 没有规定。"]
    assert warnings("vocational_2003") == [
        "M1-1-1：〔城市〕数值 ≥ 0 且 < 10 没有规定。",
        "M1-1-1：〔农村〕数值 ≥ 0 且 < 25 没有规定。",
        "M1-1-2：〔城市〕数值 ≥ 0 且 < 1 没有规定。",
        "M1-1-2：〔农村〕数值 ≥ 0 且 < 0.6 没有规定。",
        "M1-2-1：数值 ≥ 0 且 < 2 没有规定。",
        "M1-2-2：数值 ≥ 0 且 < 30 没有规定。",
        "M1-2-3：数值 ≥ 0 且 < 10 没有规定。",
        "M1-3-1：数值 ≥ 0% 且 < 70% 没有规定。",
        "M1-3-2：数值 ≥ 0% 且 < 70% 没有规定。",
        "M1-3-3：数值 ≥ 0 且 < 50 没有规定。",
    ]
    assert warnings("quality_1000") == [
        "总分 299.01～299.99 没有规定，按达到下限的等次处理。",
        "总分 339.01～339.99 没有规定，按达到下限的等次处理。",
    ]
    assert warnings("safety_36") == []
    assert warnings("kindergarten_2016") == []


SELF = {
    "C1": 25,
    "C2": 25,
    "C3": 24,
    "C4": 24,
    "C5": 39,
    "C6": 29,
    "C7": 9,
    "C8": 9,
    "C9": 9,
    "C10": 29,
    "C11": 14,
    "C12": 4,
    "C13": 9,
    "C14": 25,
    "C15": 20,
    "C16": 25,
    "C17": 19,
    "C18": 10,
    "C19": 20,
}


def test_the_self_evaluation_of_a_village_school_adds_up_as_it_did_on_paper() -> None:
    tree = load("quality_1000")
    sheet = scored(tree, SELF, "self").sheet("self")
    assert sheet.mark("A1").values() == [98]
    assert sheet.mark("A2").values() == [142]
    assert sheet.mark("A3").values() == [None]
    assert sheet.open_items(0) == ["C20"]
    assert sheet.total.state.tolist() == [State.UNMARKED]
    assert sheet.grade is not None
    assert sheet.grade.values() == [None]


def test_self_and_review_marks_are_kept_apart_with_their_deviation() -> None:
    tree = load("quality_1000")
    own = read_table(tree.answers, [{**SELF, "C20": 20}]).table
    review = read_table(tree.answers, [{**SELF, "C20": 18, "C12": 1, "C5": 30}]).table
    scores = score(tree, None, {"self": own, "review": review})
    assert scores.sheet("self").total.values() == [388]
    assert scores.sheet().total.values() == [374]
    assert scores.deviation("A2", "self", "review").values() == [-12]
    assert scores.deviation("JN", "self").values() == [-14]
    assert scores.sheet().grade.values() == ["优秀"]
    assert scores.source_of(0, "C5") == "review"
    assert "复核评 30 分" in explain(scores, 0, "C5").text()


def test_a_high_total_with_one_weak_block_is_not_excellent() -> None:
    tree = load("quality_1000")
    full = {code: node.points for code, node in tree.nodes.items() if node.rule is not None}
    weak = scored(tree, {**full, "C14": 0}).sheet()
    assert weak.total.values() == [375]
    assert weak.grade.values() == ["良好"]
    weaker = scored(tree, {**full, "C14": 0, "C16": 0}).sheet()
    assert weaker.total.values() == [350]
    assert weaker.grade.values() == ["合格"]
    weakest = scored(tree, {**full, "C14": 0, "C16": 0, "C15": 0}).sheet()
    assert weakest.grade.values() == ["不合格"]
    between = scored(tree, {**full, "C1": 1, "C2": "0.5", "C5": 24})
    assert between.sheet().total.values() == [Fraction(3355, 10)]


def test_the_weighted_total_of_kindergartens() -> None:
    tree = load("kindergarten_2016")
    full = {code: node.points for code, node in tree.nodes.items() if node.rule is not None}
    assert scored(tree, full).sheet().total.values() == [100]
    sheet = scored(tree, {**full, "C16": 4, "C31": 15, "C60": "3.5"}).sheet()
    assert sheet.mark("A1").values() == [94]
    # 100 − 0.15 × 6 − 0.25 × 10 − 0.15 × 3.5
    assert sheet.total.values() == [Fraction("96.08")]
    assert explain(scored(tree, {**full, "C16": 4}), 0).lines[0] == (
        "0.15 × 94 + 0.2 × 100 + 0.25 × 100 + 0.25 × 100 + 0.15 × 100 = 99.1"
    )


def test_changing_the_weights_of_a_version_moves_the_total() -> None:
    new, old = load("kindergarten_2016"), load("kindergarten_2016")
    for code, weight in {"A1": "0.20", "A2": "0.25", "A3": "0.20", "A4": "0.20", "A5": "0.15"}.items():
        old = old.with_node(code, weight=Decimal(weight))
    assert [change.sentence for change in diff(old, new)] == [
        "A1“办园资格与办园条件”的权重由 0.2 改为 0.15。",
        "A2“办园宗旨与园务管理”的权重由 0.25 改为 0.2。",
        "A3“安全防护与卫生保健”的权重由 0.2 改为 0.25。",
        "A4“环境创设与保教活动”的权重由 0.2 改为 0.25。",
    ]


def test_deductions_end_at_nothing_left() -> None:
    tree = load("safety_36")
    full = {code: node.points for code, node in tree.nodes.items() if node.rule is not None}
    row = {**full, "SF1.1": 0, "SF3.3": 0, "会议次数": 4}
    assert scored(tree, row).sheet().total.values() == [36]
    assert scored(tree, {**row, "SF1.1": 5, "SF3.3": 3, "会议次数": 1}).sheet().total.values() == [31]
    # More meetings than asked for win nothing back.
    assert scored(tree, {**row, "会议次数": 9}).sheet().total.values() == [36]


def test_a_mark_in_the_hole_is_no_mark_and_late_is_nothing() -> None:
    tree = load("teaching_100")
    row = {"J1": 38, "J2": 26, "J3": 9, "J4": 4, "J5": 8}
    assert scored(tree, row).sheet().total.values() == [85]
    assert scored(tree, {**row, "J1·迟交": "是"}).sheet().total.values() == [47]
    assert scored(tree, {**row, "J1·迟交": "否"}).sheet().total.values() == [85]
    for mark in (28, "35.5"):
        sheet = scored(tree, {**row, "J1": mark}).sheet()
        assert sheet.total.state.tolist() == [State.NO_BAND]
        assert sheet.open_items(0) == ["J1"]


@pytest.mark.parametrize(
    ("kind", "area", "points"),
    [
        ("城市", 80, "4"),
        ("城市", "79.99", "3.2"),
        ("农村", 80, "3.2"),
        ("城市", 30, "2.6"),
        ("农村", 30, "2"),
        ("城市", 10, "2"),
    ],
)
def test_thresholds_by_town_and_country(kind: str, area: object, points: str) -> None:
    sheet = scored(load("vocational_2003"), {"城乡": kind, "校园占地": area}).sheet()
    assert sheet.mark("M1-1-1").values() == [Fraction(points)]


def test_points_of_a_whole_vocational_school_and_a_value_below_the_last_band() -> None:
    row = {
        "城乡": "农村",
        "校园占地": 120,
        "校舍面积": "1.4",
        "藏书量": 6,
        "阅览室座位": 80,
        "电子阅览室台数": 10,
        "实验开出率": 95,
        "实习实训开出率": "84.9%",
        "专业教室座位": 199,
    }
    tree = load("vocational_2003")
    assert scored(tree, row).sheet().total.values() == [
        sum(map(Fraction, ["4", "4.8", "2", "2.5", "1", "3", "1.5", "1.6"]))
    ]
    low = scored(tree, {**row, "藏书量": 1})
    assert low.sheet().mark("M1-2-1").state.tolist() == [State.NO_BAND]
    assert explain(low, 0, "M1-2-1").lines == ("藏书量 1，规则没有规定这个数值怎样计分",)


def test_yes_no_and_the_undefined_share_of_lessons() -> None:
    tree = load("sport_30")
    row = {"C1": "是", "C2": "否", "实际开设课时": 140, "国家规定课时": 140}
    assert scored(tree, row).sheet().total.values() == [6]
    assert scored(tree, {**row, "实际开设课时": 100}).sheet().mark("C3").values() == [2]
    assert scored(tree, {**row, "实际开设课时": 126}).sheet().mark("C3").state.tolist() == [State.NO_BAND]
    assert scored(tree, {**row, "国家规定课时": 0}).sheet().mark("C3").state.tolist() == [State.ZERO_DIVISION]
    assert explain(scored(tree, {**row, "实际开设课时": 126}), 0, "C3").lines == (
        "体育课开足率 126 ÷ 140 = 90%，规则没有规定这个数值怎样计分",
    )
