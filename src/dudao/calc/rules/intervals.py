"""Intervals of numbers as tables write them («36–40», «≥95», «80～100（不含 100）»), and the holes between them.

A table's bands are compared as they stand: what they leave out or say twice is reported, never filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from dudao.calc.expr import decimal_text, show_number

_NUMBER: Final = r"([+-]?\d+(?:\.\d+)?%?)"
_WIDE: Final = str.maketrans("０１２３４５６７８９．％（）［］，＜＞＝～－—–至　", "0123456789.%()[],<>=~---~ ")
_RANGE: Final = re.compile(rf"{_NUMBER}[~-]{_NUMBER}")
_BRACKETS: Final = re.compile(rf"([\[(]){_NUMBER},{_NUMBER}([\])])")
_BOUND: Final = re.compile(
    rf"(≥|>=|>|≤|<=|<|=|不低于|不少于|不小于|不高于|不超过|不大于|低于|不足|少于|小于|高于|超过|大于)?{_NUMBER}(以上|以下)?"
)
_LOW: Final = {"≥", ">=", "不低于", "不少于", "不小于"}
_ABOVE: Final = {">", "高于", "超过", "大于"}
_HIGH: Final = {"≤", "<=", "不高于", "不超过", "不大于"}
_BELOW: Final = {"<", "低于", "不足", "少于", "小于"}


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``, ends included unless open; ``None`` is without end."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False
    percent: bool = False
    """Written in percents: «95%» is stored as 0.95."""

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Read «36–40», «[80,100)», «≥95», «60以上» (included, as in law), «≥80且<100», «100»; raises ``ValueError``."""
        plain = text.replace("——", "～").translate(_WIDE).replace(" ", "")
        if (found := _BRACKETS.fullmatch(plain)) is not None:
            opening, low, high, closing = found.groups()
            return cls._made(text, low, high, opening == "(", closing == ")")
        if (found := _RANGE.fullmatch(plain)) is not None:
            return cls._made(text, found[1], found[2], low_open=False, high_open=False)
        result: Interval | None = None
        for part in re.split("且|,", plain):
            bound = cls._bound(text, part)
            result = bound if result is None else result._both(text, bound)
        assert result is not None
        return result

    @classmethod
    def _bound(cls, text: str, part: str) -> Interval:
        found = _BOUND.fullmatch(part)
        if found is None or (found[1] and found[3]):
            raise ValueError(f"“{text}”不是一个区间；可以写 36–40、≥95、<60、[80,100)。")
        sign, number, word = found.groups()
        value, percent = _number(number)
        if sign in _LOW or word == "以上":
            return cls(low=value, percent=percent)
        if sign in _ABOVE:
            return cls(low=value, low_open=True, percent=percent)
        if sign in _HIGH or word == "以下":
            return cls(high=value, percent=percent)
        if sign in _BELOW:
            return cls(high=value, high_open=True, percent=percent)
        return cls(low=value, high=value, percent=percent)

    @classmethod
    def _made(cls, text: str, low: str, high: str, low_open: bool, high_open: bool) -> Interval:
        (least, _), (most, percent) = _number(low), _number(high)
        if percent and not low.endswith("%"):
            least /= 100
        made = cls(least, most, low_open, high_open, percent)
        if made.is_empty:
            raise ValueError(f"区间“{text}”里没有数：下限不能大于上限。")
        return made

    def _both(self, text: str, other: Interval) -> Interval:
        if self.low is not None and other.low is None:
            made = Interval(self.low, other.high, self.low_open, other.high_open, self.percent or other.percent)
        elif other.low is not None and self.low is None:
            made = Interval(other.low, self.high, other.low_open, self.high_open, self.percent or other.percent)
        else:
            raise ValueError(f"“{text}”不是一个区间：要有一个下限和一个上限。")
        if made.is_empty:
            raise ValueError(f"区间“{text}”里没有数：下限不能大于上限。")
        return made

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high

    @property
    def ends(self) -> list[Decimal]:
        return [end for end in (self.low, self.high) if end is not None]

    def holds(self, value: Fraction | Decimal) -> bool:
        value = Fraction(value)
        if self.low is not None and (value < Fraction(self.low) or (self.low_open and value == self.low)):
            return False
        return self.high is None or not (value > Fraction(self.high) or (self.high_open and value == self.high))

    def plain(self) -> str:
        """Exactly, as `parse` reads it."""

        def exact(value: Decimal) -> str:
            return f"{decimal_text(Fraction(value) * 100)}%" if self.percent else decimal_text(Fraction(value))

        if self.low is not None and self.low == self.high:
            return exact(self.low)
        if self.low is not None and self.high is not None:
            opening, closing = "(" if self.low_open else "[", ")" if self.high_open else "]"
            return f"{opening}{exact(self.low)},{exact(self.high)}{closing}"
        if self.low is not None:
            return f"{'>' if self.low_open else '≥'}{exact(self.low)}"
        assert self.high is not None
        return f"{'<' if self.high_open else '≤'}{exact(self.high)}"

    @property
    def missed(self) -> str:
        """What is said of a number outside, as a letter says it: «未达到85%»."""
        low, high = _shown(self.low, self.percent), _shown(self.high, self.percent)
        if self.is_point:
            return f"应为{low}"
        if self.low is not None and self.high is not None:
            return f"不在{low}至{high}之间"
        if self.low is not None:
            return f"没有超过{low}" if self.low_open else f"未达到{low}"
        return f"没有低于{high}" if self.high_open else f"超过{high}"

    def __str__(self) -> str:
        if self.is_point:
            return _shown(self.low, self.percent)
        low, high = _shown(self.low, self.percent), _shown(self.high, self.percent)
        if self.low is not None and self.high is not None and not self.low_open and not self.high_open:
            return f"{low}～{high}"
        parts = []
        if self.low is not None:
            parts.append(f"{'>' if self.low_open else '≥'} {low}")
        if self.high is not None:
            parts.append(f"{'<' if self.high_open else '≤'} {high}")
        return " 且 ".join(parts) or "任何数"


def ends_of(intervals: Iterable[Interval]) -> list[Decimal]:
    """Every number at which one of them begins or ends, in order."""
    return sorted({end for interval in intervals for end in interval.ends})


def _number(text: str) -> tuple[Decimal, bool]:
    return (Decimal(text[:-1]) / 100, True) if text.endswith("%") else (Decimal(text), False)


def _shown(value: Decimal | None, percent: bool) -> str:
    return "" if value is None else show_number(Fraction(value), percent)


@dataclass(frozen=True, slots=True)
class Seam:
    """Two neighbouring intervals that don't fit: ``between`` is what neither holds, or both do."""

    kind: str
    """"gap" or "overlap"."""
    between: Interval


def seams(
    intervals: Sequence[Interval],
    step: Decimal | None = None,
    low: Decimal | None = None,
    high: Decimal | None = None,
    has_domain: bool = True,
) -> list[Seam]:
    """Gaps and overlaps of intervals meant to cover ``low`` to ``high`` (``None``: without end).

    ``step``: values only occur in such steps, so 31–35 and 36–40 fit if it is 1. ``has_domain=False`` looks only
    between the intervals, not at the ends.
    """
    percent = any(interval.percent for interval in intervals)
    ordered = sorted(
        (interval for interval in intervals if not interval.is_empty),
        key=lambda interval: (interval.low is not None, interval.low or Decimal(0), interval.low_open),
    )
    if step is not None:
        ordered = [_on_grid(interval, step) for interval in ordered]
    found: list[Seam] = []
    if not ordered:
        return found
    # How far is covered: up to `edge`, included or not.
    first = ordered[0]
    if (
        has_domain
        and first.low is not None
        and (low is None or first.low > low or (first.low == low and first.low_open))
    ):
        found.append(Seam("gap", _grid_gap(low, first.low, None, not first.low_open, step, percent)))
    edge, edge_open = first.high, first.high_open
    for interval in ordered[1:]:
        if edge is None:
            found.append(
                Seam("overlap", Interval(interval.low, interval.high, interval.low_open, interval.high_open, percent))
            )
            continue
        start, start_open = interval.low, interval.low_open
        if start is None or start < edge or (start == edge and not start_open and not edge_open):
            top, top_open = _lesser(edge, edge_open, interval.high, interval.high_open)
            found.append(Seam("overlap", Interval(start, top, start_open, top_open, percent)))
        elif _leaves_gap(edge, edge_open, start, start_open, step):
            found.append(Seam("gap", _grid_gap(edge, start, not edge_open, not start_open, step, percent)))
        if interval.high is None or interval.high > edge or (interval.high == edge and edge_open):
            edge, edge_open = interval.high, interval.high_open
    if has_domain and edge is not None and (high is None or edge < high or (edge == high and edge_open)):
        found.append(Seam("gap", _grid_gap(edge, high, not edge_open, None, step, percent)))
    return found


def _on_grid(interval: Interval, step: Decimal) -> Interval:
    """The same values in closed ends, for values that come in steps."""
    low = interval.low + step if interval.low is not None and interval.low_open else interval.low
    high = interval.high - step if interval.high is not None and interval.high_open else interval.high
    return Interval(low, high, percent=interval.percent)


def _leaves_gap(edge: Decimal, edge_open: bool, start: Decimal, start_open: bool, step: Decimal | None) -> bool:
    if step is not None:
        return start - edge > step
    return start > edge or (edge_open and start_open)


def _grid_gap(  # noqa: PLR0917  # two ends, what holds them, and the step
    low: Decimal | None,
    high: Decimal | None,
    low_held: bool | None,
    high_held: bool | None,
    step: Decimal | None,
    percent: bool,
) -> Interval:
    """What lies between; ``*_held``: the end belongs to a neighbour (``None``: it is an end of the domain)."""
    if step is None:
        return Interval(low, high, bool(low_held) and low is not None, bool(high_held) and high is not None, percent)
    low = low + step if low is not None and low_held else low
    high = high - step if high is not None and high_held else high
    return Interval(low, high, percent=percent)


def _lesser(a: Decimal, a_open: bool, b: Decimal | None, b_open: bool) -> tuple[Decimal, bool]:
    if b is None or a < b:
        return a, a_open
    return (b, b_open) if b < a else (a, a_open or b_open)
