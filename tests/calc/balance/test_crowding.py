"""Crowded classes from whichever bands were reported, what ending them takes at least, and plans to end them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao import packs
from dudao.calc.balance.crowding import (
    Counted,
    Effort,
    Pace,
    PlanLine,
    SchoolSize,
    Span,
    count_classes,
    effort,
    faults,
    pace,
    school_size,
    shortfalls,
)
from dudao.calc.balance.sizes import sizes_from
from dudao.calc.codetables import Stage
from dudao.calc.declared import RulesError

PACK = packs.read("sizes", "national")
RULES = sizes_from(PACK)
FINE, COARSE = RULES.layouts


def coarse(up_to_45=0, up_to_55=0, up_to_65=0, more=0):
    return dict(zip(COARSE, (up_to_45, up_to_55, up_to_65, more), strict=True))


def test_four_bands_say_all_of_a_primary_school_and_leave_a_junior_one_open():
    found = count_classes(coarse(10, 4, 2, 1), Stage.PRIMARY, RULES)
    assert (found.classes, str(found.above_standard), str(found.large), str(found.extra_large)) == (17, "7", "3", "1")
    found = count_classes(coarse(10, 4, 2, 1), Stage.JUNIOR, RULES)
    assert found.above_standard == Span(3, 7) and str(found.above_standard) == "3—7", "46 to 55 lies across 50"
    assert found.share(found.above_standard) is None and found.share(found.large) == pytest.approx(3 / 17)
    assert Counted().share(Span()) is None


def test_ten_bands_say_all_of_a_junior_school():
    fine = dict.fromkeys(FINE, 0) | {"band_50": 3, "band_55": 1, "band_60": 2}
    found = count_classes(coarse(0, 4, 2) | fine | {"classes": 6}, Stage.JUNIOR, RULES)
    assert found.above_standard == Span(3, 3) and found.large == Span(2, 2)


def test_bands_that_do_not_sum_up_or_have_gaps_are_passed_over():
    fine = dict.fromkeys(FINE, 1)
    assert len(count_classes(fine | coarse(4) | {"classes": 4}, Stage.PRIMARY, RULES).bands) == 4
    assert count_classes(fine | {"classes": 4}, Stage.PRIMARY, RULES) is None
    assert count_classes({"classes_45": 3}, Stage.PRIMARY, RULES) is None


@given(st.lists(st.integers(1, 90), max_size=30), st.sampled_from([Stage.PRIMARY, Stage.JUNIOR]))
def test_the_span_holds_the_truth_and_effort_is_a_lower_bound(sizes, stage):
    numbers = dict.fromkeys(COARSE, 0)
    for size in sizes:
        numbers[next(item for item, most in COARSE.items() if most is None or size <= most)] += 1
    found = count_classes(numbers, stage, RULES)
    standard = RULES.standard[stage]
    assert found.above_standard.least <= sum(size > standard for size in sizes) <= found.above_standard.most
    assert found.large == Span(*[sum(size >= 56 for size in sizes)] * 2)
    needed = effort(found, sum(sizes), 55)
    real = sum(max(size - 55, 0) for size in sizes)
    assert needed.moved <= real
    assert needed.moved_most is None or real <= needed.moved_most
    assert sum(sizes) <= (found.classes + needed.classes) * 55
    assert not needed.classes or sum(sizes) > (found.classes + needed.classes - 1) * 55


def test_what_it_takes():
    """Four classes of 56–65 and one above 65 in a school of 20: room inside, so nobody has to leave."""
    found = count_classes(coarse(12, 3, 4, 1), Stage.PRIMARY, RULES)
    assert effort(found, 900, 55) == Effort(most=55, moved=4 * 1 + 1 * 11, moved_most=None, classes=0, outside=0)
    assert effort(found, 1200, 55) == Effort(most=55, moved=100, moved_most=None, classes=2, outside=100)
    found = count_classes(coarse(0, 0, 2, 0), Stage.PRIMARY, RULES)
    assert effort(found, 130, 55) == Effort(most=55, moved=20, moved_most=20, classes=1, outside=20)
    for pupils, most in ((-1, 55), (10, 0)):
        with pytest.raises(ValueError, match="不能是负数"):
            effort(found, pupils, most)


def test_counts_of_schools_add_up():
    one = count_classes(coarse(1, 2, 3, 4), Stage.JUNIOR, RULES)
    both = one + one
    assert (both.classes, both.above_standard, both.large) == (20, Span(14, 18), Span(14, 14))


@pytest.mark.parametrize(
    ("kind", "pupils", "day", "school", "expected"),
    [
        ("211", {Stage.PRIMARY: 2100}, date(2025, 9, 1), {"founded": 1998}, SchoolSize(2100, 2000, 100, "")),
        ("211", {Stage.PRIMARY: 2100}, date(2021, 9, 1), {"founded": 1998},
         SchoolSize(2100, 2400, 0, "1998 年建成，在 2010 年及以前")),
        ("211", {Stage.PRIMARY: 2100}, date(2021, 9, 1), {"founded": 2015}, SchoolSize(2100, 2000, 100, "")),
        ("211", {Stage.PRIMARY: 2000}, date(2021, 9, 1), {"migrants": 1001},
         SchoolSize(2000, 2400, 0, "随迁子女占 50.05 %，超过 50 %")),
        ("211", {Stage.PRIMARY: 2500}, date(2021, 9, 1), {"migrants": 1250}, SchoolSize(2500, 2000, 500, "")),
        ("312", {Stage.PRIMARY: 1500, Stage.JUNIOR: 1400}, date(2018, 9, 1), {"founded": 1990}, SchoolSize(2900, 2500, 400, "")),
        ("511", {}, date(2021, 9, 1), {}, None),
        ("211", {Stage.PRIMARY: None}, date(2026, 9, 1), {}, None),
        ("312", {Stage.PRIMARY: 1500, Stage.JUNIOR: None}, date(2026, 9, 1), {}, None),
        ("312", {Stage.PRIMARY: None, Stage.JUNIOR: 2501}, date(2026, 9, 1), {}, SchoolSize(2501, 2500, 1, "")),
        ("341", {Stage.JUNIOR: 2001, Stage.SENIOR: None}, date(2026, 9, 1), {}, SchoolSize(2001, 2000, 1, "")),
    ],
)  # fmt: skip
def test_a_school_against_its_limit_with_relief_by_day_and_reason(kind, pupils, day, school, expected):
    assert school_size(kind, pupils, RULES, day, **school) == expected


def test_pace():
    line = PlanLine(10, {2026: 6, 2027: 0})
    assert pace(line, {2025: 10}) is Pace.WAITING
    assert pace(line, {2025: 10, 2026: 6}) is Pace.ON_TRACK
    assert pace(line, {2026: 7}) is Pace.LATE
    assert pace(line, {2026: 7, 2027: 0}) is Pace.DONE
    assert pace(line, {2029: 1}) is Pace.LATE, "after the last year its target stays due"
    assert pace(PlanLine(3, {2026: None}), {2026: 0}) is Pace.WAITING


def test_what_makes_a_line_no_plan():
    assert faults(PlanLine(5, {2026: 3, 2027: 0})) == []
    assert faults(PlanLine(5, {2026: None, 2027: 7})) == ["没有填 2026 年底的目标", "2027 年底的目标 7 比现有数 5 还多"]
    assert faults(PlanLine(5, {2026: 2, 2027: 3})) == ["2027 年底的目标 3 比 2026 年底的 2 还多"]


def test_a_plan_that_can_not_reach_the_limit_says_so():
    lines = [PlanLine(40, {2026: 30, 2027: 12}), PlanLine(3, {2026: 1, 2027: 0})]
    assert shortfalls(lines, 200, 5) == [
        "按计划到 2027 年底还剩 12 个，涉及 1 处，没有全部消除。",
        "占全部班级的 6.00 %，高于“基本消除”的 5 %，各校目标都完成也达不到要求。",
    ]
    assert len(shortfalls(lines, 1000, 5)) == len(shortfalls(lines, 200, None)) == 1
    assert shortfalls([PlanLine(3, {2026: 0})], 10, 5) == shortfalls([], 10, 5) == []


@pytest.mark.parametrize("layout", [{"a": 5, "b": 6}, {"a": 6, "b": 5, "c": None}, {"a": None, "b": None}])
def test_a_faulty_layout(layout):
    with pytest.raises(RulesError, match="layouts 的每一组"):
        sizes_from({**PACK, "layouts": [layout]})
    with pytest.raises(RulesError, match="只有 0 项，至少要有 2 项"):
        sizes_from({**PACK, "layouts": [{}]})
