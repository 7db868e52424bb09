"""The one rounding policy: exact decimals, half away from zero, a stated number of places.

Scores, rates and amounts that people sign are decimals and go through here. Statistics on floats
(estimates, coefficients of variation) are not rounded here, and floats are refused so that the two
kinds never mix unnoticed. How a number looks on a page (signs, «—» for unknown) is left to the pages.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

_NOT_EXACT = "只接受精确的数（Decimal、整数或分数），不接受 {kind}：二进制小数会带来看不见的误差。"

# A number typed by a person never comes near this; without the limit «1e999999999» would fill the memory.
MAX_EXPONENT = 200

_MOST_PLACES = 12

Exact = Decimal | Fraction | int


def _exact(value: Exact) -> Fraction:
    """Return the value as a fraction; refuse floats, booleans, NaN, infinities and absurd magnitudes."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, Fraction, int)):
        raise TypeError(_NOT_EXACT.format(kind=type(value).__name__))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("不是一个有限的数，不能取舍。")
        if not value:
            return Fraction(0)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)  # finite, see above
        if value.adjusted() > MAX_EXPONENT or exponent < -MAX_EXPONENT:
            raise ValueError("数值过大或小数位过多，不能取舍。")
    return Fraction(value)


def round_half_up(value: Exact, places: int) -> Decimal:
    """Round to ``places`` decimals, a half away from zero (四舍五入), and return exactly that many decimals.

    ``2.345 → 2.35`` and ``-2.345 → -2.35`` at two places. The result never is a negative zero.
    Fractions are rounded from their exact value, never from an intermediate decimal, so there is no
    double rounding. Raises ``TypeError`` for floats and booleans, ``ValueError`` for NaN, infinities,
    more than 200 digits before or after the point, and a negative number of places.
    """
    if places < 0:
        raise ValueError("小数位数不能是负数。")
    exact = _exact(value)
    scaled = abs(exact) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = tuple(int(digit) for digit in str(units))
    # Built from digits: arithmetic would round again to the precision of the current context.
    return Decimal((1 if exact < 0 and units else 0, digits, -places))


def round_apart(value: Exact, bound: Exact, places: int) -> Decimal:
    """Round to ``places`` decimals, or to as many more (12 at the most) as it takes not to look like the ``bound`` that it isn't.

    ``round_apart(Decimal("94.96"), 95, 1) == Decimal("94.96")``: shown as 95.0 it would have failed at its own bound.
    """
    exact, limit = _exact(value), _exact(bound)
    found = round_half_up(exact, places)
    while places < _MOST_PLACES and exact != limit and (found > limit, found < limit) != (exact > limit, exact < limit):
        places += 1
        found = round_half_up(exact, places)
    return found


def percent(numerator: Exact, denominator: Exact, places: int = 1) -> Decimal | None:
    """Return ``numerator / denominator`` in percent, rounded once; ``None`` (unknown) for a zero denominator.

    ``percent(2, 3) == Decimal("66.7")``. A rate of nothing is unknown, neither 0 % nor 100 %.
    """
    part, whole = _exact(numerator), _exact(denominator)
    if not whole:
        return None
    return round_half_up(part * 100 / whole, places)
