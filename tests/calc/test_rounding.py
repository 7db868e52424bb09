"""The one rounding policy."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.rounding import percent, round_apart, round_half_up

decimals = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=6)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Decimal("2.345"), 2, "2.35"),
        (Decimal("-2.345"), 2, "-2.35"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("3.5"), 0, "4"),
        (Decimal("0.0049"), 2, "0.00"),
        (Decimal("-0.0049"), 2, "0.00"),
        (Decimal("1E+3"), 1, "1000.0"),
        (Decimal("0E-999999"), 1, "0.0"),
        (7, 2, "7.00"),
        (Fraction(2, 3), 3, "0.667"),
        (Fraction(1, 8), 2, "0.13"),
    ],
)
def test_a_half_goes_away_from_zero(value: Decimal | int | Fraction, places: int, expected: str) -> None:
    assert str(round_half_up(value, places)) == expected


def test_more_digits_than_the_default_context_survive() -> None:
    long = Decimal("123456789012345678901234567890123456789.125")
    assert str(round_half_up(long, 2)) == "123456789012345678901234567890123456789.13"


def test_a_fraction_is_rounded_once_not_twice() -> None:
    just_below_half = Fraction(1, 2) - Fraction(1, 10**40)
    assert round_half_up(just_below_half, 0) == 0


@pytest.mark.parametrize(
    ("value", "bound", "places", "expected"),
    [
        ("94.96", "95", 1, "94.96"),
        ("94.9", "95", 1, "94.9"),
        ("95", "95", 1, "95.0"),
        ("0.50004", "0.5", 4, "0.50004"),
        ("0.49996", "0.5", 4, "0.49996"),
        ("0.500000000000001", "0.5", 4, "0.500000000000"),
    ],
)
def test_a_number_is_not_shown_as_the_bound_that_it_is_not(value: str, bound: str, places: int, expected: str) -> None:
    assert str(round_apart(Decimal(value), Decimal(bound), places)) == expected


@given(decimals, st.integers(0, 6))
def test_agrees_with_the_decimal_module(value: Decimal, places: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), context=Context(prec=60, rounding=ROUND_HALF_UP))
    assert round_half_up(value, places) == expected


@given(decimals, st.integers(0, 6))
def test_rounding_twice_changes_nothing_and_is_symmetric(value: Decimal, places: int) -> None:
    once = round_half_up(value, places)
    assert round_half_up(once, places) == once
    assert round_half_up(-value, places) == -once


@pytest.mark.parametrize("value", [0.1, True, "1.5", None])
def test_inexact_kinds_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        round_half_up(value, 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        percent(1, value, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1E+999999999", "1E-999999999"])
def test_values_that_are_no_amounts_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="不能取舍"):
        round_half_up(Decimal(value), 1)


def test_negative_places_are_refused() -> None:
    with pytest.raises(ValueError, match="小数位数"):
        round_half_up(Decimal(15), -1)


@pytest.mark.parametrize(
    ("part", "whole", "places", "expected"),
    [
        (2, 3, 1, "66.7"),
        (1, 8, 1, "12.5"),
        (1, 8, 0, "13"),
        (40, 50, 1, "80.0"),
        (0, 50, 1, "0.0"),
        (Decimal("1.5"), Decimal("0.5"), 2, "300.00"),
    ],
)
def test_percent(part: Decimal | int, whole: Decimal | int, places: int, expected: str) -> None:
    assert str(percent(part, whole, places)) == expected


def test_percent_of_nothing_is_unknown() -> None:
    assert percent(0, 0) is None
    assert percent(3, Decimal("0.00")) is None
