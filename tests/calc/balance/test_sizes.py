"""Class and school sizes: bounds exactly at the edges, shares, plans to get rid of what is too large."""

import copy
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao import packs
from dudao.calc.balance import RulesError, sizes
from dudao.calc.codetables import Stage

PACK = packs.read("sizes", "national")
RULES = sizes.sizes_from(PACK)


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
