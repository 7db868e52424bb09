"""The coefficient by itself: the published example, what it must not depend on, and what it refuses."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calc.balance.oracle import exact, root
from dudao.calc.balance import coefficient_of_variation

PUPILS = [45, 37, 89, 76, 55]
BOOKS = [279, 137, 935, 160, 402]

pupil_numbers = st.integers(1, 5000)
amounts = st.integers(0, 10**7).map(lambda cents: cents / 100)
groups = st.lists(st.tuples(amounts, pupil_numbers), min_size=2, max_size=30)


def cv(schools):
    return coefficient_of_variation([x for x, _ in schools], [p for _, p in schools])


def slow_cv(schools):
    pairs = [(exact(x), exact(p)) for x, p in schools]
    total = sum(p for _, p in pairs)
    mean = sum(x for x, _ in pairs) / total
    return root(sum(p / total * (x / p - mean) ** 2 for x, p in pairs) / mean**2)


def test_the_published_example_of_five_schools():
    assert coefficient_of_variation(BOOKS, PUPILS) == pytest.approx(0.5152566298844764, rel=1e-14)
    assert round(coefficient_of_variation(BOOKS, PUPILS), 7) == 0.5152566


def test_the_usual_shortcuts_would_turn_its_fail_into_a_pass():
    values = [x / p for x, p in zip(BOOKS, PUPILS, strict=True)]
    mean = sum(values) / 5
    spread = sum((value - mean) ** 2 for value in values)
    unweighted, sample = math.sqrt(spread / 5) / mean, math.sqrt(spread / 4) / mean
    assert (round(unweighted, 7), round(sample, 7)) == (0.4887707, 0.5464622)
    assert unweighted < 0.5 < coefficient_of_variation(BOOKS, PUPILS)


@given(groups)
def test_agrees_with_exact_fractions(schools):
    assume(any(x for x, _ in schools))
    assert cv(schools) == pytest.approx(float(slow_cv(schools)), rel=1e-12, abs=1e-12)


@given(groups, st.integers(1, 1000), st.randoms())
def test_neither_the_unit_nor_the_order_matters(schools, factor, random):
    assume(any(x for x, _ in schools))
    mixed = [(x * factor, p) for x, p in schools]
    random.shuffle(mixed)
    assert cv(mixed) == pytest.approx(cv(schools), rel=1e-12, abs=1e-12)


@given(groups, st.integers(2, 9))
def test_twice_the_county_is_as_balanced(schools, times):
    assume(any(x for x, _ in schools))
    assert cv(schools * times) == pytest.approx(cv(schools), rel=1e-12, abs=1e-12)
    larger = [(x * times, p * times) for x, p in schools]
    assert cv(larger) == pytest.approx(cv(schools), rel=1e-12, abs=1e-12)


@given(st.lists(pupil_numbers, min_size=2, max_size=30), st.integers(1, 10**6))
def test_schools_with_the_same_ratio_have_none(pupils, per_pupil):
    assert coefficient_of_variation([p * per_pupil for p in pupils], pupils) == 0


@given(groups, pupil_numbers)
def test_a_school_at_the_mean_can_only_lower_it(schools, more):
    assume(any(x for x, _ in schools))
    mean = sum(x for x, _ in schools) / sum(p for _, p in schools)
    assert cv([*schools, (mean * more, more)]) <= cv(schools) * (1 + 1e-12) + 1e-12


@given(groups)
def test_splitting_a_school_in_proportion_changes_nothing(schools):
    assume(any(x for x, _ in schools))
    (x, p), *rest = schools
    assert cv([(x / 2, p / 2), (x / 2, p / 2), *rest]) == pytest.approx(cv(schools), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("resource", "pupils"), [([5], [10]), ([], []), ([0, 0], [3, 4])])
def test_without_two_schools_or_a_mean_there_is_none(resource, pupils):
    assert coefficient_of_variation(resource, pupils) is None


@pytest.mark.parametrize(
    ("resource", "pupils", "words"),
    [
        ([1, 2], [3], "个数不同"),
        ([[1, 2]], [[3, 4]], "个数不同"),
        ([1, 2], [3, 0], "大于 0"),
        ([1, -2], [3, 4], "不小于 0"),
        ([1, math.nan], [3, 4], "不小于 0"),
        ([1, math.inf], [3, 4], "不小于 0"),
        ([1, 2], [3, math.inf], "大于 0"),
    ],
)
def test_what_is_no_group_of_schools_is_refused(resource, pupils, words):
    with pytest.raises(ValueError, match=words):
        coefficient_of_variation(resource, pupils)
