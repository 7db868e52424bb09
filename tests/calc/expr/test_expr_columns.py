"""Columns compute exactly, whatever the size of the numbers and whoever stands beside them."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.expr.oracle import _half_up as half_up
from dudao.calc.expr import Catalogue, Item, Kind, Numbers, State, Table, Texts, Truths, compile_formula, read_table
from dudao.calc.expr.numbers import MAX_BITS, side_by_side

huge = st.integers(-(10**40), 10**40)
exact = st.one_of(
    st.builds(Fraction, huge, st.integers(1, 10**25)),
    st.builds(Fraction, st.integers(-100, 100), st.integers(1, 100)),
    st.integers(-(2**63), 2**63).map(Fraction),
)
columns = st.lists(st.one_of(st.none(), exact), min_size=1, max_size=5)


@given(columns, columns, st.data())
def test_arithmetic_is_that_of_fractions(mine: list, theirs: list, data: st.DataObject) -> None:
    size = min(len(mine), len(theirs))
    mine, theirs = mine[:size], theirs[:size]
    a, b = Numbers.of(mine), Numbers.of(theirs)
    places = data.draw(st.integers(0, 12))
    low, high = sorted(data.draw(st.tuples(exact, exact)))
    for row, (x, y) in enumerate(zip(mine, theirs, strict=True)):
        if x is None or y is None:
            assert (a + b).at(row) is None
            continue
        assert (a + b).at(row) == x + y
        assert (a - b).at(row) == x - y
        assert (a * b).at(row) == x * y
        assert (a / b).at(row) == (x / y if y else None)
        assert (-a).at(row) == -x
        assert abs(a).at(row) == abs(x)
        assert a.times(y).at(row) == x * y
        assert a.compare("<", b).at(row) == (x < y)
        assert a.compare("≥", b).at(row) == (x >= y)
        assert a.clamped(low, high).at(row) == min(max(x, low), high)
        assert a.clamped(None, high).at(row) == min(x, high)
        assert a.rounded(places).at(row) == half_up(x, places)
        assert a.with_row(row, b.take(slice(row, row + 1))).at(row) == y
        assert a.choose(np.arange(size) == row, b).at(row) == x
        assert b.choose(np.arange(size) == row, a).values()[:row] == mine[:row]


@given(st.lists(exact, max_size=6), st.lists(st.integers(0, 6), max_size=4))
def test_sums_of_groups(values: list, cuts: list) -> None:
    column = Numbers.of(values)
    starts = np.array([0, *sorted(min(cut, len(values)) for cut in cuts), len(values)], np.intp)
    expected = [sum(values[low:high], Fraction(0)) for low, high in pairwise(starts)]
    assert column.summed(starts).values() == expected


def test_totals_may_pass_int64_between_groups() -> None:
    column = Numbers.integers(np.full(6, 2**62, np.int64))
    assert column.summed(np.array([0, 1, 2, 3, 4, 5, 6])).values() == [2**62] * 6
    assert column.summed(np.array([0, 6])).values() == [6 * 2**62]


def test_bounds_that_are_too_high_are_measured_anew() -> None:
    column = Numbers(np.array([3, 4], np.int64), np.zeros(2, np.uint8), 2**62, 1)
    assert column.summed(np.array([0, 2])).values() == [7]
    assert (column + column).num.dtype == np.int64
    assert (column * column).values() == [9, 16]
    assert column.times(Fraction(5)).values() == [15, 20]
    far = Numbers.of([2**62 + 1, -(2**62) - 1])
    assert far.rounded(0, "up").values() == [2**62 + 1, -(2**62) - 1]
    assert (far / Numbers.of([3, 3])).rounded(1, "down").values() == [
        Fraction((2**62 + 1) * 10 // 3, 10),
        Fraction((-(2**62) - 1) * 10 // 3, 10),
    ]


def test_one_huge_neighbour_changes_nothing() -> None:
    alone = Numbers.of([Fraction(1, 3)]) * Numbers.of([Fraction(7, 11)])
    beside = Numbers.of([Fraction(1, 3), Fraction(10**35, 3)]) * Numbers.of([Fraction(7, 11), Fraction(10**35, 7)])
    assert beside.at(0) == alone.at(0)
    assert beside.at(1) == Fraction(10**70, 21)


def test_too_many_digits_are_a_stated_result() -> None:
    value = Numbers.of([2, 3])
    for _ in range(16):
        value = value * value
    assert value.values() == [None, None]
    assert value.state.tolist() == [State.TOO_LARGE] * 2
    assert Numbers.of([2 ** (MAX_BITS - 2)]).values() == [2 ** (MAX_BITS - 2)]


def test_roots_are_exact_to_the_last_place() -> None:
    column = Numbers.of([Fraction(4), Fraction(2), Fraction(1, 3), None, Fraction(-1)])
    root = column.square_root(12)
    assert [None if v is None else str(Decimal(v.numerator) / v.denominator) for v in root.values()] == [
        "2",
        "1.414213562373",
        "0.57735026919",
        None,
        "0",
    ]


def test_constants_spread_and_broadcast() -> None:
    one = Numbers.constant(Decimal("0.5"))
    assert one.spread(3).values() == [Fraction(1, 2)] * 3
    assert (Numbers.constant(1) / Numbers.of([3, 4])).spread(2).values() == [Fraction(1, 3), Fraction(1, 4)]
    ratio = Numbers.of([1]) / Numbers.of([3])
    assert ratio.spread(2).values() == [Fraction(1, 3)] * 2
    assert Numbers.constant(10**40).values() == [10**40]
    assert (Numbers.of([7]) / Numbers.constant(0)).state.tolist() == [State.ZERO_DIVISION]
    assert Numbers.integers(np.array([150]), scale=100).values() == [Fraction(3, 2)]
    joined, starts = side_by_side([Numbers.of([1, 2]), Numbers.constant(5), Numbers.of([3, 4]) / Numbers.of([7, 9])])
    assert joined.values() == [1, 5, Fraction(3, 7), 2, 5, Fraction(4, 9)]
    assert starts.tolist() == [0, 3, 6]


def test_truths_know_three_values() -> None:
    yes, no, open_ = Truths.constant(True), Truths.constant(False), Truths.of([None])
    assert [yes.both(open_).at(0), no.both(open_).at(0), open_.both(no).at(0)] == [None, False, False]
    assert [yes.either(open_).at(0), no.either(open_).at(0), open_.either(yes).at(0)] == [True, None, True]
    assert (~open_).at(0) is None
    assert yes.spread(2).values() == [True, True]
    assert len(yes.spread(1)) == 1
    assert Truths.of([True, False]).with_row(1, yes).values() == [True, True]
    assert yes.with_state(np.array([1], np.uint8)).at(0) is None


def test_words_compare_across_lists_of_labels() -> None:
    mine, theirs = Texts.of(["城", "乡", None]), Texts.of(["乡", "乡", "镇"])
    assert mine.equals(theirs).values() == [False, True, None]
    assert mine.choose(np.array([True, False, False]), theirs).values() == ["城", "乡", "镇"]
    assert mine.among(["乡"]).tolist() == [False, True, False]
    assert mine.with_state(np.array([0, 2, 2], np.uint8)).values() == ["城", None, None]
    assert mine.with_row(0, Texts.constant("镇")).values() == ["镇", "乡", None]
    assert Texts.constant("甲").spread(2).values() == ["甲", "甲"]
    assert mine.recoded(("乡", "城")).code.tolist()[:2] == [1, 0]
    assert Texts.of([None]).values() == [None]


# ---- tables -------------------------------------------------------------------------------------------------

STAGE = Catalogue([Item("班数", Kind.COUNT)])
SCHOOL = Catalogue(
    [Item("人数", Kind.COUNT), Item("城乡", Kind.CHOICE), Item("每班", formula="人数 ÷ 合计(学段, 班数)")],
    {"学段": STAGE},
)
COUNTY = Catalogue([Item("人口")], {"下级": SCHOOL})


def county() -> Table:
    stages = Table(STAGE, 4, {"班数": Numbers.of([1, 2, 3, 4])})
    schools = Table(SCHOOL, 3, {"人数": Numbers.of([30, 60, 90]), "城乡": Texts.of(["城", "乡", "城"])})
    schools = schools.with_lower("学段", stages, [2, 0, 1, 2]).with_previous(
        Table(SCHOOL, 1, {"人数": Numbers.of([10])}), [0, -1, 0]
    )
    return Table(COUNTY, 2, {"人口": Numbers.of([5, 6])}).with_lower("下级", schools, [1, 0, 1])


def compute(text: str, table: Table) -> list:
    return compile_formula(text, table.catalogue).evaluate(table).values()


def test_units_below_are_found_through_any_number_of_levels() -> None:
    table = county()
    assert compute("合计(下级, 人数)", table) == [60, 120]
    assert compute("最大(下级, 每班)", table) == [20, 18]
    assert compute('合计(下级, 合计(学段, 班数), 城乡 = "城")', table) == [0, 7]
    assert compute("合计(下级, 增长率(人数))", table) == [None, Fraction(2) + 8]
    assert compute("合计(下级, 每班)", table.row(1)) == [15 + 18]
    assert compute("合计(下级, 合计(学段, 班数))", table.part(1, 2).row(0)) == [7]
    assert compute("合计(下级, 人数) + 计数(下级)", Table(COUNTY, 2)) == [None, None]
    assert compute("合计(下级, 人数)", Table(COUNTY, 2).row(0)) == [None]
    assert compute("合计(下级, 合计(学段, 班数))", Table(COUNTY, 1).with_lower("下级", Table(SCHOOL, 1), [0])) == [None]
    city = Table(Catalogue([], {"下级": COUNTY}), 2).with_lower("下级", table, [1, 0])
    assert compute("合计(下级, 合计(下级, 合计(学段, 班数)))", city) == [7, 3]


@pytest.mark.parametrize("function", ["平均", "最大", "最小", "中位数", "标准差", "差异系数"])
def test_no_units_below_have_no_average(function: str) -> None:
    table = Table(COUNTY, 2).with_lower("下级", Table(SCHOOL, 0), [])
    found = compile_formula(f"{function}(下级, 人数)", COUNTY).evaluate(table)
    assert found.state.tolist() == [State.EMPTY_GROUP] * 2
    assert compute("合计(下级, 人数) + 计数(下级)", table) == [0, 0]


def test_a_share_of_nothing_and_a_part_above_the_whole_have_no_value() -> None:
    catalogue = Catalogue([Item("部分", Kind.COUNT), Item("全体", Kind.COUNT)])
    table = read_table(
        catalogue, [{"部分": part, "全体": whole} for part, whole in ((3, 4), (0, 0), (5, 4), (1, 0))]
    ).table
    found = compile_formula("比例(部分, 全体) ≥ 75%", catalogue).evaluate(table)
    assert found.values() == [True, None, None, None]
    above = State.PART_ABOVE_WHOLE
    assert found.state.tolist() == [State.KNOWN, State.ZERO_DIVISION, above, above]


def test_a_year_before_that_is_not_there_is_absent() -> None:
    table = county()
    assert compute("上年(人口)", table) == [None, None]
    assert compute("上年(人口)", table.row(0)) == [None]
    assert compute("缺失(上年(人口))", table.with_previous(Table(COUNTY, 0), [-1, -1])) == [True, True]
    later = table.with_previous(Table(COUNTY, 1, {"人口": Numbers.of([4])}), [0, -1])
    assert compute("增长率(人口)", later) == [Fraction(1, 4), None]
    assert compute("合计(下级, 人数)", later) == [60, 120]
    assert compute('"甲"', table) == ["甲", "甲"]
    assert compute("如果(缺失(上年(人口)), 否, 上年(人口 > 3))", later) == [True, False]


def test_changed_values_make_a_new_table() -> None:
    table = county()
    changed = table.with_values(1, {"人口": Numbers.of([9])})
    assert compute("人口", changed) == [5, 9]
    assert compute("人口", table) == [5, 6]
    assert compute("合计(下级, 人数) + 人口", changed.row(1).with_values(0, {"人口": Numbers.of([1])})) == [121]
    assert changed.row(1).with_values(0, {"人口": Numbers.of([1])}).names() == ["人口"]
    with pytest.raises(ValueError, match="没有数据项“面积”"):
        table.with_values(0, {"面积": Numbers.of([1])})
    with pytest.raises(ValueError, match="由公式算出，不能填报"):
        Table(SCHOOL, 1).with_values(0, {"每班": Numbers.of([1])})


def test_tables_refuse_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="没有数据项“面积”"):
        Table(COUNTY, 1, {"面积": Numbers.of([1])})
    with pytest.raises(ValueError, match="由公式算出，不能填报"):
        Table(SCHOOL, 1, {"每班": Numbers.of([1])})
    with pytest.raises(ValueError, match="“人口”有 1 行，应当是 2 行"):
        Table(COUNTY, 2, {"人口": Numbers.of([1])})
    for parents in ([0, 1], [0], [-1, 0, 0], [2, 0, 0]):
        with pytest.raises(ValueError, match="每一行都应当属于本表的一行"):
            Table(COUNTY, 2).with_lower("下级", Table(SCHOOL, 3), parents)


def test_derived_items_are_computed_once() -> None:
    schools = county().lower("下级")
    assert schools is not None
    formula = compile_formula("每班", SCHOOL)
    assert formula.evaluate(schools.table) is not None
    first = schools.table.derived("每班", formula.evaluate)
    assert schools.table.derived("每班", formula.evaluate) is first


def test_an_empty_table_gives_empty_columns() -> None:
    assert compute("人口 × 2 ÷ 3 + 1", Table(COUNTY, 0, {"人口": Numbers.of([])})) == []
    assert compute("四舍五入(人口 ÷ 3, 2)", Table(COUNTY, 0, {"人口": Numbers.of([])})) == []


def test_the_five_schools_of_the_national_method() -> None:
    """Pupil-weighted coefficient of variation: 0.106117838489 for these five, by hand."""
    pupils, teachers = [250, 480, 900, 1300, 2000], [16, 25, 38, 60, 105]
    schools = Table(
        Catalogue([Item("人数"), Item("教师")]), 5, {"人数": Numbers.of(pupils), "教师": Numbers.of(teachers)}
    )
    table = Table(Catalogue([], {"下级": schools.catalogue}), 1).with_lower("下级", schools, [0] * 5)
    [found] = compute("差异系数(下级, 教师 ÷ 人数 × 100, 人数)", table)
    mean = sum(teachers) / sum(pupils)
    by_hand = (sum(p / sum(pupils) * (t / p - mean) ** 2 for p, t in zip(pupils, teachers, strict=True))) ** 0.5 / mean
    assert abs(float(found) - by_hand) < 1e-12
