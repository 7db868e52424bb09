"""Class and school sizes: bounds exactly at the edges, shares, plans to get rid of what is too large."""

import copy
from fractions import Fraction
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao import packs
from dudao.calc.balance import RulesError, sizes
from dudao.calc.codetables import Stage

PACK = packs.read("sizes", "national")
RULES = sizes.sizes_from(PACK)


def classes(*rows):
    """(stage, county, size → classes)"""
    table = []
    for stage, county, counts in rows:
        bands = dict.fromkeys(RULES.band_columns, 0)
        for size, count in counts.items():
            bands[RULES.band_columns[sum(size > most for most in RULES.bands)]] += count
        table.append({"县区": county, "学段": stage, **bands})
    return pl.DataFrame(table)


def test_the_bands_of_the_form():
    assert RULES.band_columns == (
        "25人及以下", "26-30人", "31-35人", "36-40人", "41-45人", "46-50人", "51-55人", "56-60人", "61-65人", "66人及以上",
    )  # fmt: skip


def test_the_edges_are_where_the_rules_say():
    """大班额 56 on, 超大班额 66 on, standard 45 and 50."""
    table = classes(
        ("小学", "甲县", {45: 10, 46: 1, 55: 2, 56: 4, 65: 8, 66: 16}), ("初中", "甲县", {50: 10, 51: 1, 56: 2})
    )
    found = sizes.class_sizes(table, RULES)
    assert found["小学",] == sizes.ClassSizes(classes=41, above_standard=31, large=28, extra_large=16)
    assert found["初中",] == sizes.ClassSizes(classes=13, above_standard=3, large=2, extra_large=0)
    assert found["初中",].share(found["初中",].large) == Fraction(2, 13)


@given(st.dictionaries(st.integers(1, 90), st.integers(0, 50)))
def test_counts_agree_with_counting_classes(counts):
    found = sizes.class_sizes(classes(("小学", "甲县", counts)), RULES)["小学",]
    each = [size for size, count in counts.items() for _ in range(count)]
    assert found.classes == len(each)
    assert found.above_standard == sum(size > 45 for size in each)
    assert found.large == sum(size >= 56 for size in each)
    assert found.extra_large == sum(size >= 66 for size in each)


def test_by_county_and_no_classes_have_no_share():
    table = classes(("小学", "甲县", {60: 2}), ("小学", "乙县", {}), ("小学", "甲县", {30: 1}))
    found = sizes.class_sizes(table, RULES, ["县区"])
    assert found["甲县", "小学"].large == 2 and found["甲县", "小学"].classes == 3
    assert found["乙县", "小学"].share(0) is None


@pytest.mark.parametrize(
    ("count", "shown"),
    [(None, "空的"), (-1, "“-1.0”"), (1.5, "“1.5”"), (float("nan"), "“nan”"), (float("inf"), "“inf”")],
)
def test_a_faulty_cell_is_named(count, shown):
    table = classes(("小学", "甲县", {}), ("小学", "甲县", {})).with_columns(
        pl.Series("26-30人", [0.0, count], dtype=pl.Float64)
    )
    with pytest.raises(ValueError, match=f"第 3 行“26-30人”是{shown}，请填不小于 0 的整数"):
        sizes.class_sizes(table, RULES)


def test_a_missing_column_a_text_and_an_unknown_stage():
    with pytest.raises(ValueError, match="缺少“26-30人”"):
        sizes.class_sizes(classes(("小学", "甲县", {})).drop("26-30人"), RULES)
    with pytest.raises(ValueError, match="第 2 行“26-30人”是“三”"):
        sizes.class_sizes(classes(("小学", "甲县", {})).with_columns(pl.Series("26-30人", ["三"])), RULES)
    with pytest.raises(ValueError, match="没有学段“高中”的标准班额，请填：小学、初中。"):
        sizes.class_sizes(classes(("高中", "甲县", {})), RULES)


@pytest.mark.parametrize(
    ("kind", "pupils", "relief", "excess"),
    [
        ("211", {Stage.PRIMARY: 2000}, False, 0),
        ("211", {Stage.PRIMARY: 2001}, False, 1),
        ("211", {Stage.PRIMARY: 2401}, True, 1),
        ("311", {Stage.JUNIOR: 2500}, False, 500),
        ("312", {Stage.PRIMARY: 1500, Stage.JUNIOR: 1000}, False, 0),
        ("312", {Stage.PRIMARY: 1500, Stage.JUNIOR: 1600}, True, 100),
        ("345", {Stage.PRIMARY: 1500, Stage.JUNIOR: 1000, Stage.SENIOR: 900}, False, 0),
        ("341", {Stage.JUNIOR: 2100, Stage.SENIOR: 900}, False, 100),
        ("342", {Stage.SENIOR: 3200}, False, 200),
        ("511", {}, False, None),
    ],
)
def test_schools_that_are_too_large(kind, pupils, relief, excess):
    assert sizes.oversized(kind, pupils, RULES, relief=relief) == excess


def test_classes_that_are_needed():
    assert sizes.classes_needed([(220, 4), (180, 4), (0, 0), (91, 2)], 45) == 1 + 0 + 0 + 1
    for grades, most in (([(-1, 1)], 45), ([(1, -1)], 45), ([(1, 1)], 0)):
        with pytest.raises(ValueError, match="不能是负数"):
            sizes.classes_needed(grades, most)


def test_a_plan_in_even_steps_and_its_progress():
    targets = sizes.yearly_targets(2023, 100, 2026)
    assert targets == {2024: 66, 2025: 33, 2026: 0}
    years = sizes.elimination(targets, {2023: 100, 2024: 66, 2025: 40})
    assert [(year.year, year.actual, year.excess, year.is_met) for year in years] == [
        (2024, 66, 0, True),
        (2025, 40, 7, False),
        (2026, None, None, None),
    ]


@given(st.integers(0, 5000), st.integers(1, 10), st.data())
def test_steps_fall_to_the_end_and_are_even(start, years, data):
    end = data.draw(st.integers(0, start))
    path = [start, *sizes.yearly_targets(2020, start, 2020 + years, end).values()]
    steps = [before - after for before, after in pairwise(path)]
    assert path[-1] == end and min(steps) >= 0 and max(steps) - min(steps) <= 1


@pytest.mark.parametrize(("start", "last", "end"), [(10, 2020, 0), (10, 2022, 11), (10, 2022, -1)])
def test_a_plan_without_meaning(start, last, end):
    with pytest.raises(ValueError, match="完成年份应晚于"):
        sizes.yearly_targets(2020, start, last, end)


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        (("kind",), "balance", "kind 是“balance”，只能是：sizes"),
        (("bands",), [], "bands 只有 0 项，至少要有 1 项"),
        (("bands",), [30, 25], "bands 应为从小到大"),
        (("classes", "large", "from"), 58, "界限 57 不在班额分段的边上"),
        (("classes", "standard", "小学"), 44, "界限 44 不在"),
        (("classes",), {}, "classes：缺少 large、extra_large、standard"),
        (("schools", 0, "types"), ["999"], "没有办学类型“999”"),
        (("schools", 0, "stages"), ["大学"], r"schools\[1\].stages\[1\] 是“大学”，只能是"),
    ],
)
def test_a_faulty_pack(path, to, words):
    pack = copy.deepcopy(dict(PACK))
    place = pack
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    with pytest.raises(RulesError, match=words):
        sizes.sizes_from(pack)
