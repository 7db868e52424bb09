"""What the engine does with grades, vetoes, components, sources, ranks, what-if, and how it tells why."""

from decimal import Decimal
from fractions import Fraction

import pytest

from calc.score.building import ITEMS, leaf, lines, scored, system, total
from dudao.calc.expr import State, Table, read_table
from dudao.calc.score import InvalidTree, System, explain, movements, rate, score
from dudao.calc.tree import Tree, from_data

# ---- components, sources ------------------------------------------------------------------------------------

COUNTY = system(
    {
        "code": "M",
        "name": "综合材料",
        "points": 50,
        "weight": "0.3",
        "sources": ["online"],
        "children": [leaf("M1", 50)],
    },
    {
        "code": "D",
        "name": "数据监测",
        "points": 40,
        "weight": "0.4",
        "children": [
            leaf(
                "D1",
                40,
                {"kind": "linear", "value": "达标率", "knots": [{"at": 0, "points": 0}, {"at": "100%", "points": 40}]},
            )
        ],
    },
    {
        "code": "R",
        "name": "常规管理",
        "points": 100,
        "weight": "0.3",
        "sources": ["county", "onsite"],
        "children": [leaf("R1", 100)],
    },
    leaf("B", 3, role="bonus"),
    leaf("P", 5, {"kind": "deduct", "each": 1}, role="penalty") | {"rule": {"kind": "computed", "points": "事故数"}},
    points=100,
    roll="weighted",
    cap=100,
    items=[{"name": "达标率", "kind": "amount", "unit": "%"}, {"name": "事故数", "kind": "count"}],
    grades=[
        {"name": "优秀", "total": "≥90"},
        {"name": "良好", "total": "≥80"},
        {"name": "合格", "total": "≥60"},
        {"name": "不合格"},
    ],
)


def test_components_are_weighted_parts_with_sources_of_their_own() -> None:
    data = read_table(COUNTY.catalogue, [{"达标率": 90, "事故数": 2}]).table
    online = read_table(COUNTY.answers, [{"M1": 45, "R1": 1}]).table
    county = read_table(COUNTY.answers, [{"R1": 95, "M1": 2, "B": 3}]).table
    onsite = read_table(COUNTY.answers, [{"R1": 80}]).table
    scores = score(COUNTY, data, {"online": online, "county": county, "onsite": onsite})
    # 0.3 × 45/50 × 100 + 0.4 × 36/40 × 100 + 0.3 × 80 + 3 − 2
    assert scores.sheet().total.values() == [27 + 36 + 24 + 3 - 2]
    assert scores.sheet("county").mark("M").state.tolist() == [State.NOT_APPLICABLE]
    # What the county does not mark is left out of its sheet: (0.4 × 90 + 0.3 × 95) of 70, and 3 − 2 on top.
    assert scores.sheet("county").total.values() == [Fraction("36") + Fraction("28.5") + 1]
    assert scores.sheet("county").possible("T").values() == [70]
    assert explain(scores, 0, "M1", "county").lines == ("由别的来源评分，本表不计",)
    assert explain(scores, 0).lines[:3] == (
        "0.3 × 45 ÷ 50 × 100 + 0.4 × 36 ÷ 40 × 100 + 0.3 × 80 = 87",
        "B“指标B”加分 3（最多 3），为 90",
        "P“指标P”减分 2（最多 5），为 88",
    )
    assert scores.deviation("R1", "county", "onsite").values() == [-15]
    assert rate(scores.sheet().nodes["M"]).values() == [Fraction(9, 10)]


def test_bonus_is_capped_and_penalty_ends_at_nothing() -> None:
    full = {"达标率": 100, "事故数": 0}
    answers = {"online": {"M1": 50}, "county": {"R1": 100, "B": 3}}
    tables = {key: read_table(COUNTY.answers, [row]).table for key, row in answers.items()}
    best = score(COUNTY, read_table(COUNTY.catalogue, [full]).table, tables)
    assert best.sheet().total.values() == [100]
    assert "最高 100 分" in explain(best, 0).lines
    assert "P" not in "".join(explain(best, 0).lines)
    none = {
        key: read_table(COUNTY.answers, [row]).table for key, row in {"online": {"M1": 0}, "county": {"R1": 0}}.items()
    }
    worst = score(COUNTY, read_table(COUNTY.catalogue, [{"达标率": 0, "事故数": 99}]).table, none)
    assert worst.sheet().mark("P").values() == [5]
    assert worst.sheet().total.values() == [0]
    assert "减到 0 为止" in explain(worst, 0).lines


def test_an_extra_whose_data_are_absent_leaves_the_total_open() -> None:
    tables = {
        key: read_table(COUNTY.answers, [row]).table
        for key, row in {"online": {"M1": 50}, "county": {"R1": 90}}.items()
    }
    scores = score(COUNTY, read_table(COUNTY.catalogue, [{"达标率": 100}]).table, tables)
    assert scores.sheet().total.state.tolist() == [State.ABSENT]
    assert "P“指标P”减分 —（最多 5），为 —" in explain(scores, 0).lines


def test_a_bonus_block_of_several_items_has_one_cap() -> None:
    tree = system(
        leaf("C1"),
        {"code": "B", "name": "专项加分", "points": 3, "role": "bonus", "children": [leaf("B1", 2), leaf("B2", 2)]},
        {"code": "X", "name": "扣分", "points": 4, "role": "penalty", "children": [leaf("X1", 4)]},
    )
    assert total(tree, {"C1": 5, "B1": 2, "B2": 2}) == 8
    assert total(tree, {"C1": 5}) == 5
    assert "没有评分，计 0 分" in lines(tree, {"C1": 5}, "B1")


def test_the_last_who_marks_has_the_last_word() -> None:
    tree = system(leaf("C1"), leaf("C2", sources=["self", "county"]))
    tables = {
        "self": read_table(tree.answers, [{"C1": 10, "C2": 10}, {"C1": 10}]).table,
        "county": read_table(tree.answers, [{"C1": 8, "C2": 7}, {"C1": 9}]).table,
        "review": read_table(tree.answers, [{"C1": 6, "C2": 1}, {}]).table,
    }
    scores = score(tree, None, tables)
    assert scores.sheet().mark("C1").values() == [6, 9]
    assert scores.sheet().mark("C2").values() == [7, None]
    assert scores.sheet("review").total.values() == [6, None]
    assert scores.sheet("online").total.values() == [None, None]
    assert scores.source_of(0, "C1") == "review"
    assert scores.source_of(1, "C1") == "county"
    assert scores.source_of(1, "C2") is None
    assert scores.sheet().open_items(1) == ["C2"]


# ---- what does not apply ------------------------------------------------------------------------------------


def boarding(otherwise: str) -> Tree:
    return system(
        leaf("C1", 60),
        leaf("C2", 40, applies="寄宿制", otherwise=otherwise),
        items=[{"name": "寄宿制", "kind": "truth"}],
        grades=[{"name": "优秀", "total": "≥90"}, {"name": "合格"}],
    )


@pytest.mark.parametrize(
    ("otherwise", "mark", "possible", "grade", "line"),
    [
        ("exclude", 54, 60, "优秀", "C2 不适用，从满分中剔除"),
        ("redistribute", 90, 100, "优秀", "C2 不适用，分值由同级分摊：54 × 100 ÷ 60 = 90"),
        ("full", 94, 100, "优秀", "54 + 40 = 94"),
    ],
)
def test_points_of_what_does_not_apply(otherwise: str, mark: int, possible: int, grade: str, line: str) -> None:
    tree = boarding(otherwise)
    sheet = scored(tree, {"C1": 54, "寄宿制": "否"}).sheet()
    assert sheet.total.values() == [mark]
    assert sheet.possible("T").values() == [possible]
    assert sheet.grade.values() == [grade]
    assert sheet.open_items(0) == []
    assert line in lines(tree, {"C1": 54, "寄宿制": "否"})
    assert lines(tree, {"寄宿制": "否"}, "C2")[0].startswith("不适用（寄宿制不成立），不适用时")
    assert total(tree, {"C1": 54, "C2": 20, "寄宿制": "是"}) == 74
    assert total(tree, {"C1": 54, "C2": "不适用", "寄宿制": "是"}) == mark
    assert lines(tree, {"C2": "不适用", "寄宿制": "是"}, "C2")[0].startswith("不适用时")


def test_levels_may_not_apply_either() -> None:
    level = {"code": "L", "name": "档", "rule": {"kind": "attain"}, "applies": "寄宿制", "otherwise": "exclude"}
    other = {"code": "M", "name": "乙", "rule": {"kind": "attain"}}
    tree = from_data(
        {"code": "T", "name": "表", "indicators": [level, other], "items": [{"name": "寄宿制", "kind": "truth"}]}
    )
    row = {"L": "C", "M": "A"}
    assert scored(tree, {**row, "寄宿制": "是"}).sheet().level("T").values() == ["C"]
    assert scored(tree, {**row, "寄宿制": "否"}).sheet().level("T").values() == ["A"]
    assert scored(tree, row).sheet().level("T").values() == [None]


def test_whether_it_applies_must_be_known() -> None:
    tree = boarding("exclude")
    assert total(tree, {"C1": 54, "C2": 20}) is None
    assert lines(tree, {"C1": 54, "C2": 20}, "C2") == ("是否适用算不出（寄宿制）",)


def test_a_block_none_of_which_applies_does_not_apply() -> None:
    block = {
        "code": "A",
        "name": "寄宿管理",
        "points": 20,
        "children": [leaf("A1", 20, applies="寄宿制", otherwise="exclude")],
    }
    tree = system(
        leaf("C1", 80),
        block,
        items=[{"name": "寄宿制", "kind": "truth"}],
        grades=[{"name": "优秀", "total": ">75", "ratio": "75%"}, {"name": "差"}],
    )
    scores = scored(tree, {"C1": 64, "寄宿制": "否"})
    assert scores.sheet().mark("A").state.tolist() == [State.NOT_APPLICABLE]
    assert scores.sheet().ranking.values() == [80]
    assert scores.sheet().grade.values() == ["优秀"]
    assert "下级指标都不适用" in explain(scores, 0, "A").lines
    assert explain(scores, 0, "A").result == "—（不适用）（满分 20 分）"
    none = system(block | {"code": "Z"}, items=[{"name": "寄宿制", "kind": "truth"}], grades=[{"name": "差"}])
    assert scored(none, {"寄宿制": "否"}).sheet().grade.state.tolist() == [State.NOT_APPLICABLE]


# ---- changing, comparing ------------------------------------------------------------------------------------

PLAIN = system(leaf("C1", 60), leaf("C2", 40), grades=[{"name": "优", "total": "≥80"}, {"name": "差"}])


def test_what_if_moves_ranks_without_saving() -> None:
    scores = scored(PLAIN, {"C1": 60, "C2": 10}, {"C1": 30, "C2": 40}, {"C1": 30}, {"C1": 30, "C2": 40})
    assert scores.sheet().ranks() == [1, 1, None, 1]
    answers = scores.answers["county"]
    other = score(PLAIN.with_node("T", cap=Decimal(65)), scores.data, {"county": answers})
    moved = movements(scores, other)
    assert [m.total for m in moved] == [(70, 65), (70, 65), (None, None), (70, 65)]
    assert [m.is_same for m in moved] == [False, False, True, False]
    better = scores.with_answer(1, "county", "C2", 39).with_answer(3, "review", "C1", 55)
    assert [m.rank for m in movements(scores, better)] == [(1, 2), (1, 3), (None, None), (1, 1)]
    assert movements(scores, better)[3].grade == ("差", "优")
    with pytest.raises(ValueError, match="单位数不同"):
        movements(scores, scored(PLAIN, {}))
    assert movements(scored(system(leaf("C1")), {"C1": 1}), scored(system(leaf("C1")), {"C1": 2}))[0].grade == (
        None,
        None,
    )


def test_last_year_under_a_new_version() -> None:
    old = system(
        leaf("C1", 60),
        leaf("C2", 40, {"kind": "bands", "value": "率", "bands": [{"within": "≥0", "points": 40}]}),
        items=[{"name": "率"}, {"name": "旧"}, {"name": "变"}],
        lower={"下级": [{"name": "校数"}], "学段": [{"name": "班数"}]},
    )
    new = system(
        leaf("C1", 60),
        leaf(
            "C2",
            30,
            {"kind": "bands", "value": "率", "bands": [{"within": "≥5", "points": 30}, {"within": "<5", "points": 10}]},
        ),
        leaf("C3", 10, {"kind": "computed", "points": "合计(下级, 校数) + 上年(率) + 计数(下级, 缺失(新))"}),
        items=[{"name": "率"}, {"name": "变", "kind": "truth"}, {"name": "和", "formula": "率"}],
        lower={"下级": [{"name": "校数"}, {"name": "新"}], "学段": [{"name": "班数"}]},
        sources=[{"key": "county", "label": "县评"}],
    )
    below = read_table(old.catalogue.lower["下级"], [{"校数": 2}]).table
    past = read_table(old.catalogue, [{"率": 3}]).table
    data = (
        read_table(old.catalogue, [{"率": 4, "旧": 1, "变": 1}])
        .table.with_lower("下级", below, [0])
        .with_previous(past, [0])
    )
    answers = read_table(old.answers, [{"C1": 50}]).table
    scores = score(old, data, {"county": answers, "review": read_table(old.answers, [{"C1": 1}]).table})
    assert scores.sheet("county").total.values() == [90]
    under = scores.under(new)
    assert under.sheet("county").total.values() == [50 + 10 + 2 + 3 + 1]
    assert set(under.answers) == {"county"}
    assert movements(scores, scores.under(System(old)))[0].is_same


def test_a_subject_as_plain_data() -> None:
    tree = from_data(
        {
            "code": "T",
            "name": "表",
            "points": 6,
            "indicators": [
                leaf("C1", 6, {"kind": "computed", "points": "率 ÷ 3"}),
                {"code": "L", "name": "档", "rule": {"kind": "attain"}},
            ],
            "items": [{"name": "率"}],
            "places": {"mark": None, "total": 2},
            "grades": [{"name": "优"}],
        }
    )
    assert scored(tree, {"率": 5, "L": "B"}).sheet().row(0) == {
        "sheet": "adopted",
        "total": "1.67",
        "grade": "优",
        "nodes": {
            "C1": {"mark": "5/3", "possible": "6", "level": None, "state": "known"},
            "L": {"mark": None, "possible": "0", "level": "B", "state": "known"},
            "T": {"mark": "1.67", "possible": "6", "level": "B", "state": "known"},
        },
    }
    assert scored(system(leaf("C1")), {}).sheet().row(0)["nodes"]["C1"]["state"] == "unmarked"
    assert scored(system(leaf("C1")), {}).sheet().row(0)["grade"] is None


def test_a_change_leaves_the_scores_it_came_from_alone() -> None:
    scores = scored(PLAIN, {"C1": 60, "C2": 10}, {"C1": 50, "C2": 40})
    before = scores.sheet()
    changed = scores.with_answer(0, "county", "C2", "40")
    assert before.total.values() == [70, 90]
    assert changed.sheet().total.values() == [100, 90]
    assert changed.sheet().nodes["C1"].mark is before.nodes["C1"].mark
    assert changed.sheet().grade.values() == ["优", "优"]
    assert changed.with_answer(0, "county", "C2", "").sheet().total.values() == [None, 90]
    # Before any sheet was asked for, there is nothing to patch.
    assert scored(PLAIN, {"C1": 1, "C2": 1}).with_answer(0, "self", "C1", 5).sheet("self").mark("C1").values() == [5]
    with pytest.raises(ValueError, match="不能大于 40"):
        scores.with_answer(0, "county", "C2", 41)
    with pytest.raises(KeyError):
        scores.with_answer(0, "county", "C9", 1)
    with pytest.raises(KeyError):
        scores.with_data(0, {"人数": 1})


def test_wide_changes_follow_the_order_of_the_document() -> None:
    wide = system(*(leaf(f"C{n}", 1, {"kind": "computed", "points": "教师数"}) for n in range(60)), items=ITEMS)
    scores = scored(wide, {"教师数": 0})
    assert scores.sheet().total.values() == [0]
    assert scores.with_data(0, {"教师数": 1}).sheet().total.values() == [60]


def test_systems_with_errors_and_unknown_sources_are_refused() -> None:
    with pytest.raises(InvalidTree, match="下级分值合计 10，与本级满分 11 不符"):
        System(system(leaf("C1"), points=11))
    answers = read_table(PLAIN.answers, [{}]).table
    with pytest.raises(ValueError, match="没有评分来源“boss”"):
        score(PLAIN, None, {"boss": answers})
    with pytest.raises(ValueError, match="“self”的评分有 1 行，数据有 2 行"):
        score(PLAIN, Table(PLAIN.catalogue, 2), {"self": answers})
    with pytest.raises(KeyError):
        score(PLAIN, None).sheet("boss")
    empty = score(PLAIN, None).sheet()
    assert empty.total.values() == []
    assert empty.ranks() == []


def test_no_grades_is_no_grade() -> None:
    tree = system(leaf("C1"))
    assert scored(tree, {"C1": 3}).sheet().grade is None
    assert lines(tree, {"C1": 3}) == ("3",)


def test_a_huge_number_is_a_stated_result_to_the_top() -> None:
    tree = system(leaf("C1", 10, {"kind": "computed", "points": "教师数 ÷ 10000000000000000"}), items=ITEMS)
    assert total(tree, {"教师数": 10**15}) == Fraction("0.1")


def test_questions_are_found_by_their_names_with_full_width_brackets() -> None:
    parts = {"kind": "parts", "parts": [{"label": "村（社区）联系人", "points": 4}, {"label": "专干", "points": 6}]}
    tree = system(leaf("C１", 10, parts), sources=[{"key": "county"}, {"key": "review"}])
    scores = scored(tree, {"C１·村（社区）联系人": "有", "C１·专干": "无"})
    assert scores.sheet().total.values() == [4]
    assert scores.source_of(0, "C１·村（社区）联系人") == "county"
    assert scores.with_answer(0, "review", "C１·村（社区）联系人", "无").sheet().total.values() == [0]
    assert "村（社区）联系人（county）：有，得 4 分" in lines(tree, {"C１·村（社区）联系人": "有"}, "C１")
