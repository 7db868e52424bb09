"""Two reviewers: who counts, when a third decides, how strict somebody is."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.reviewing import agree, number_of, strictness

TEN, FIFTH = Decimal(10), Decimal("0.2")


def _agree(seats, wanted=2, points: Decimal | None = TEN, third_at=FIFTH):
    return agree(seats, wanted=wanted, points=points, third_at=third_at)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("4.5", Decimal("4.5")), (" 3 ", Decimal(3)), (7, Decimal(7)), ("是", None), ("", None), (None, None),
        (True, None), ("NaN", None), ("Infinity", None),
    ],
)  # fmt: skip
def test_numbers_among_cells(cell, number):
    assert number_of(cell) == number


def test_a_single_reviewer_counts_alone():
    assert _agree({1: {"A": "8"}}, wanted=1).cells == {"A": "8"}
    assert _agree({2: {"A": "8"}}, wanted=1).by == "only"
    assert _agree({}, wanted=1).why == "second"


def test_two_that_stand_near_are_averaged_exactly():
    found = _agree({1: {"A": "8.5"}, 2: {"A": "8"}})
    assert (found.cells, found.by, found.gap) == ({"A": "8.25"}, "mean", Decimal("0.5"))


def test_a_difference_of_exactly_the_limit_goes_to_the_third():
    assert _agree({1: {"A": "8"}, 2: {"A": "6"}}).why == "third"
    assert not _agree({1: {"A": "8"}, 2: {"A": "6.01"}}).is_open
    assert _agree({1: {"A": "8"}, 2: {"A": "7.99"}}, points=None).is_open


def test_words_must_be_the_same():
    assert _agree({1: {"A": "是"}, 2: {"A": "是"}}).cells == {"A": "是"}
    assert _agree({1: {"A": "是"}, 2: {"A": "否"}}).why == "third"
    assert _agree({1: {"A": "8"}, 2: {"A": "不适用"}}).why == "third"
    assert _agree({1: {"A": "8", "B": "是"}, 2: {"A": "8"}}).why == "third"


def test_counts_are_never_averaged():
    assert agree({1: {"A": "1"}, 2: {"A": "2"}}, wanted=2, points=TEN, third_at=FIFTH, counted={"A"}).why == "third"
    assert agree({1: {"A": "1"}, 2: {"A": "1"}}, wanted=2, points=TEN, third_at=FIFTH, counted={"A"}).by == "same"


def test_the_third_decides_and_one_alone_waits():
    assert _agree({1: {"A": "8"}, 2: {"A": "2"}, 3: {"A": "5"}}).by == "third"
    assert _agree({1: {"A": "8"}}).why == "second"
    assert _agree({1: {"A": "8"}, 2: {}}).why == "second"


def test_seats_that_do_not_exist():
    with pytest.raises(ValueError, match="席位"):
        _agree({4: {}})
    with pytest.raises(ValueError, match="席位"):
        _agree({1: {}}, wanted=3)


@given(st.decimals(0, 10, places=2), st.decimals(0, 10, places=2))
def test_order_of_reviewers_does_not_matter_and_the_mean_lies_between(a, b):
    one, two = _agree({1: {"A": str(a)}, 2: {"A": str(b)}}), _agree({1: {"A": str(b)}, 2: {"A": str(a)}})
    assert one.why == two.why and one.gap == two.gap
    if not one.is_open:
        value = number_of(one.cells["A"])
        assert value == number_of(two.cells["A"])
        assert min(a, b) <= value <= max(a, b)


def test_how_strict_somebody_is():
    marks = [
        (1, (1, "A"), Decimal(6), TEN),
        (2, (1, "A"), Decimal(8), TEN),
        (2, (2, "A"), Decimal(10), TEN),
        (3, (9, "A"), Decimal(5), TEN),
        (3, (9, "B"), Decimal(5), Decimal(0)),
    ]
    first, second, third = strictness(marks)
    assert (first.reviewer, first.against, first.pairs) == (1, Fraction(-1, 5), 1)
    assert (second.reviewer, second.rate, second.against) == (2, Fraction(9, 10), Fraction(1, 5))
    assert (third.reviewer, third.against, third.marks) == (3, None, 1)
