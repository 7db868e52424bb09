"""Columns of exact numbers: one a row, each with a `State`. The arithmetic of the whole indicator engine.

A number is a fraction of integers. Columns whose rows share one denominator (counts, scores with a fixed number
of decimals) keep it once, as `scale`; after a division each row has its own, in `den`. So results never depend on the
number of rows or on their neighbours, and no digit is ever lost: rounding happens only in `rounded`. How integers are
kept from overflowing is in `ints`.

A cell that is not KNOWN holds an arbitrary number with a positive denominator, which nobody may read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import gcd, isqrt, lcm
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

import numpy as np

from dudao.calc.expr.ints import (
    LIMIT,
    Bools,
    Index,
    Ints,
    States,
    added,
    grouped_state,
    objects,
    scaled,
    times,
    top_of,
)
from dudao.calc.expr.states import State
from dudao.calc.expr.words import Truths

MAX_BITS: Final = 16_384
"""A numerator or denominator beyond this many bits makes the cell `State.TOO_LARGE`."""

COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {"=": eq, "≠": ne, "<": lt, "≤": le, ">": gt, "≥": ge}

_KNOWN: Final[States] = np.zeros(1, np.uint8)


class Numbers:
    """A column of exact fractions. ``den is None``: every row has the denominator ``scale``."""

    __slots__ = ("den", "den_top", "num", "num_top", "scale", "state")

    def __init__(  # noqa: PLR0917  # one call for each operation on a column: keywords would cost a tenth of its time
        self, num: Ints, state: States, num_top: int, scale: int = 1, den: Ints | None = None, den_top: int = 0
    ) -> None:
        self.num = num
        self.state = state
        self.num_top = num_top
        self.scale = scale
        self.den = den
        self.den_top = den_top

    # ---- making ---------------------------------------------------------------------------------------------

    @classmethod
    def constant(cls, value: Decimal | Fraction | int) -> Numbers:
        """A column of length one, which broadcasts to any length."""
        exact = Fraction(value)
        num, top = exact.numerator, abs(exact.numerator)
        return cls(np.array([num], np.int64 if top <= LIMIT else object), _KNOWN, top, exact.denominator)

    @classmethod
    def integers(cls, num: Ints, state: States | None = None, scale: int = 1) -> Numbers:
        """``num / scale`` for int64 ``num``; all known unless said."""
        return cls(num, np.zeros(num.size, np.uint8) if state is None else state, top_of(num), scale)

    @classmethod
    def unknown(cls, size: int, state: State) -> Numbers:
        return cls(np.zeros(size, np.int64), np.full(size, state, np.uint8), 0)

    @classmethod
    def of(cls, values: Sequence[Decimal | Fraction | int | None], absent: State = State.ABSENT) -> Numbers:
        """From Python's exact numbers; ``None`` becomes ``absent``."""
        ratios = [(0, 1) if value is None else value.as_integer_ratio() for value in values]
        state = np.fromiter((absent if value is None else 0 for value in values), np.uint8, len(ratios))
        scale = 1
        for den in {den for _, den in ratios}:
            scale = lcm(scale, den)
            if scale > 10**18:
                return _settled(objects(num for num, _ in ratios), objects(den for _, den in ratios), state)
        nums = [num * (scale // den) for num, den in ratios]
        top = max(map(abs, nums), default=0)
        return cls(np.array(nums, np.int64 if top <= LIMIT else object), state, top, scale)

    # ---- reading --------------------------------------------------------------------------------------------

    @classmethod
    def of_truths(cls, truths: Truths) -> Numbers:
        """1 for yes, 0 for no."""
        return cls(truths.value.astype(np.int64), truths.state, 1)

    def __len__(self) -> int:
        return len(self.state)

    def at(self, row: int) -> Fraction | None:
        """The exact value of a row, ``None`` if it is not known."""
        if self.state[row]:
            return None
        return Fraction(int(self.num[row]), self.scale if self.den is None else int(self.den[row]))

    def values(self) -> list[Fraction | None]:
        return [self.at(row) for row in range(len(self))]

    def take(self, rows: Index | slice) -> Numbers:
        den = None if self.den is None else self.den[rows]
        return Numbers(self.num[rows], self.state[rows], self.num_top, self.scale, den, self.den_top)

    def spread(self, size: int) -> Numbers:
        """A column of ``size`` rows: itself, or its only value in every row."""
        if len(self) == size:
            return self
        den = None if self.den is None else np.broadcast_to(self.den, size)
        num, state = np.broadcast_to(self.num, size), np.broadcast_to(self.state, size)
        return Numbers(num, state, self.num_top, self.scale, den, self.den_top)

    def with_state(self, state: States) -> Numbers:
        return Numbers(self.num, state, self.num_top, self.scale, self.den, self.den_top)

    def _dens(self) -> tuple[Ints, int]:
        if self.den is not None:
            return self.den, self.den_top
        return np.array([self.scale], np.int64 if self.scale <= LIMIT else object), self.scale

    # ---- arithmetic -----------------------------------------------------------------------------------------

    def _on_common(self, other: Numbers) -> tuple[Ints, int, Ints, int, int, Ints | None, int]:
        """Both numerators over one denominator: (mine, top, theirs, top, scale, den, den_top)."""
        if self.den is None and other.den is None:
            if self.scale == other.scale:
                return self.num, self.num_top, other.num, other.num_top, self.scale, None, 0
            common = lcm(self.scale, other.scale)
            mine, mine_top = scaled(self.num, self.num_top, common // self.scale)
            theirs, theirs_top = scaled(other.num, other.num_top, common // other.scale)
            return mine, mine_top, theirs, theirs_top, common, None, 0
        my_den, my_top = self._dens()
        their_den, their_top = other._dens()
        mine, mine_top = times(self.num, self.num_top, their_den, their_top)
        theirs, theirs_top = times(other.num, other.num_top, my_den, my_top)
        den, den_top = times(my_den, my_top, their_den, their_top)
        return mine, mine_top, theirs, theirs_top, 1, den, den_top

    def _sum(self, other: Numbers, minus: bool) -> Numbers:
        mine, mine_top, theirs, theirs_top, scale, den, den_top = self._on_common(other)
        num, top = added(mine, mine_top, theirs, theirs_top, minus)
        return _made(num, np.maximum(self.state, other.state), top, scale, den, den_top)

    def __add__(self, other: Numbers) -> Numbers:
        return self._sum(other, minus=False)

    def __sub__(self, other: Numbers) -> Numbers:
        return self._sum(other, minus=True)

    def __neg__(self) -> Numbers:
        return Numbers(-self.num, self.state, self.num_top, self.scale, self.den, self.den_top)

    def __abs__(self) -> Numbers:
        return Numbers(np.abs(self.num), self.state, self.num_top, self.scale, self.den, self.den_top)

    def __mul__(self, other: Numbers) -> Numbers:
        num, top = times(self.num, self.num_top, other.num, other.num_top)
        state = np.maximum(self.state, other.state)
        if self.den is None and other.den is None:
            return _made(num, state, top, self.scale * other.scale, None, 0)
        my_den, my_top = self._dens()
        their_den, their_top = other._dens()
        den, den_top = times(my_den, my_top, their_den, their_top)
        return _made(num, state, top, 1, den, den_top)

    def times(self, factor: Fraction) -> Numbers:
        """Every row times one constant; keeps a shared denominator shared."""
        num, top = scaled(self.num, self.num_top, abs(factor.numerator))
        if factor < 0:
            num = -num
        if self.den is None:
            return _made(num, self.state, top, self.scale * factor.denominator, None, 0)
        den, den_top = scaled(self.den, self.den_top, factor.denominator)
        return _made(num, self.state, top, 1, den, den_top)

    def __truediv__(self, other: Numbers) -> Numbers:
        if other.den is None and len(other) == 1 and other.num[0] and not other.state[0]:
            return self.times(Fraction(other.scale, int(other.num[0])))
        my_den, my_top = self._dens()
        their_den, their_top = other._dens()
        num, num_top = times(self.num, self.num_top, their_den, their_top)
        den, den_top = times(my_den, my_top, other.num, other.num_top)
        state = np.maximum(self.state, other.state)
        zero = den == 0
        if zero.any():
            # Where the divisor is unknown its number means nothing, and the reason stays its own.
            by_zero = zero & (other.state == 0)
            state = np.maximum(state, np.where(by_zero, np.uint8(State.ZERO_DIVISION), np.uint8(0)))
            den = np.where(zero, 1, den)
        negative = den < 0
        if negative.any():
            num, den = np.where(negative, -num, num), np.abs(den)
        return _made(num, state, num_top, 1, den, max(den_top, 1))

    def compare(self, operator: str, other: Numbers) -> Truths:
        mine, _, theirs, *_ = self._on_common(other)
        return Truths(COMPARE[operator](mine, theirs), np.maximum(self.state, other.state))

    def rounded(self, places: int, mode: str = "half") -> Numbers:
        """To ``places`` decimals: a half away from zero, or ``"up"``/``"down"`` along the number line."""
        target = 10**places
        if self.den is None and target % self.scale == 0:
            num, top = scaled(self.num, self.num_top, target // self.scale)
            return _made(num, self.state, top, target, None, 0)
        den, den_top = self._dens()
        num, top = scaled(self.num, self.num_top, 2 * target)
        if max(top + den_top, 2 * den_top) > LIMIT:
            num, den = num.astype(object), den.astype(object)
        if mode == "up":
            whole = -(-num // (2 * den))
        elif mode == "down":
            whole = num // (2 * den)
        elif num.size and num.min() < 0:
            whole = np.where(num < 0, -1, 1) * ((np.abs(num) + den) // (2 * den))
        else:
            whole = (num + den) // (2 * den)
        if whole.dtype == object:
            return _made(whole, self.state, LIMIT + 1, target, None, 0)
        return Numbers(whole, self.state, top // 2 + 1, target)

    def choose(self, where: Bools, other: Numbers) -> Numbers:
        """This column's row where ``where``, the other's row elsewhere, states included."""
        mine, mine_top, theirs, theirs_top, scale, den, den_top = (
            (self.num, self.num_top, other.num, other.num_top, self.scale, None, 0)
            if self.den is None and other.den is None and self.scale == other.scale
            else self._on_common(other)
        )
        num = np.where(where, mine, theirs)
        return _made(num, np.where(where, self.state, other.state), max(mine_top, theirs_top), scale, den, den_top)

    def clamped(self, low: Fraction | None, high: Fraction | None) -> Numbers:
        """Every row not below ``low`` and not above ``high``."""
        if self.den is not None:
            result = self
            for bound, operator in ((low, "<"), (high, ">")):
                if bound is not None:
                    limit = Numbers.constant(bound)
                    result = limit.with_state(result.state).choose(result.compare(operator, limit).value, result)
            return result
        scale = lcm(self.scale, 1 if low is None else low.denominator, 1 if high is None else high.denominator)
        num, top = scaled(self.num, self.num_top, scale // self.scale)
        for bound, limiting in ((low, np.maximum), (high, np.minimum)):
            if bound is not None:
                limit_num = bound.numerator * (scale // bound.denominator)
                if abs(limit_num) > LIMIT:
                    num = num.astype(object)
                num, top = limiting(num, limit_num), max(top, abs(limit_num))
        return _made(num, self.state, top, scale, None, 0)

    def with_row(self, row: int, one: Numbers) -> Numbers:
        """A copy in which one row is that of a column of length one."""
        if self.den is None and one.den is None and self.scale == one.scale and self.num.dtype == one.num.dtype:
            num, state = self.num.copy(), self.state.copy()
            num[row], state[row] = one.num[0], one.state[0]
            return Numbers(num, state, max(self.num_top, one.num_top), self.scale)
        where = np.zeros(len(self), np.bool_)
        where[row] = True
        return one.choose(where, self)

    # ---- over groups of rows --------------------------------------------------------------------------------

    def summed(self, starts: Index) -> Numbers:
        """One row a group: the sum of rows ``starts[i]:starts[i + 1]``."""
        state = grouped_state(self.state, starts)
        if self.den is not None:
            return Numbers.of([_known_sum(part.values()) for part in self.parts(starts)]).with_state(state)
        top = self.num_top * int(np.diff(starts).max(initial=0))
        num = self.num
        if top > LIMIT:
            top = top_of(num) * int(np.diff(starts).max(initial=0))
            if top > LIMIT:
                num = num.astype(object)
        # In int64 the running total may wrap around; the difference of two totals is right all the same.
        total = np.concatenate([np.zeros(1, num.dtype), np.cumsum(num, dtype=num.dtype)])
        return _made(total[starts[1:]] - total[starts[:-1]], state, top, self.scale, None, 0)

    def parts(self, starts: Index) -> list[Numbers]:
        return [self.take(slice(low, high)) for low, high in pairwise(starts)]

    def square_root(self, places: int) -> Numbers:
        """To ``places`` decimals, half up; a negative row comes out as 0."""
        square = 10 ** (2 * places)
        roots: list[Fraction | None] = []
        for value in self.values():
            if value is None or value < 0:
                roots.append(None)
                continue
            # Half up: the root is at least n + ½ exactly if 4·v·10^2p ≥ (2n + 1)².
            doubled = isqrt(4 * value.numerator * square // value.denominator)
            roots.append(Fraction((doubled + 1) // 2, 10**places))
        return Numbers.of(roots).with_state(self.state)


def _known_sum(values: Iterable[Fraction | None]) -> Fraction:
    return sum((value for value in values if value is not None), Fraction(0))


def _made(  # noqa: PLR0917  # as above
    num: Ints, state: States, num_top: int, scale: int, den: Ints | None, den_top: int
) -> Numbers:
    """A result of arithmetic, returned to int64 wherever it fits."""
    if num.dtype != object and (den is None or den.dtype != object) and scale <= LIMIT:
        if den is not None and not num.shape == den.shape == state.shape:
            size = np.broadcast_shapes(num.shape, den.shape, state.shape)
            num, den, state = np.broadcast_to(num, size), np.broadcast_to(den, size), np.broadcast_to(state, size)
        return Numbers(num, state, num_top, scale, den, den_top)
    if den is None:
        common = gcd(scale, *map(int, num))
        if common > 1:
            num, scale = num.astype(object) // common, scale // common
        top = top_of(num)
        if max(top, scale) <= LIMIT:
            return Numbers(num.astype(np.int64), state, top, scale)
        den = objects([scale])
    size = np.broadcast_shapes(num.shape, den.shape, state.shape)
    return _settled(np.broadcast_to(num, size), np.broadcast_to(den, size), np.broadcast_to(state, size))


def _settled(num: Ints, den: Ints, state: States) -> Numbers:
    """Lowest terms row by row; rows beyond `MAX_BITS` become TOO_LARGE."""
    state = state.copy()
    nums, dens = [], []
    for row, (top, bottom) in enumerate(zip(num.tolist(), den.tolist(), strict=True)):
        common = gcd(top, bottom)
        if common != 1:
            top, bottom = top // common, bottom // common
        if top.bit_length() > MAX_BITS or bottom.bit_length() > MAX_BITS:
            top, bottom = 0, 1
            state[row] = max(int(state[row]), State.TOO_LARGE)
        nums.append(top)
        dens.append(bottom)
    num_top, den_top = max(map(abs, nums), default=0), max(dens, default=1)
    num, den = objects(nums), objects(dens)
    if num_top <= LIMIT:
        num = num.astype(np.int64)
    if den_top <= LIMIT:
        den = den.astype(np.int64)
    return Numbers(num, state, num_top, 1, den, den_top)


def side_by_side(columns: Sequence[Numbers]) -> tuple[Numbers, Index]:
    """Columns side by side as groups: row by row all their values, and where each row's group starts."""
    size = max(len(column) for column in columns)
    spread = [column.spread(size) for column in columns]
    starts = np.arange(size + 1, dtype=np.intp) * len(columns)
    state = np.stack([column.state for column in spread], axis=1).ravel()
    if all(column.den is None for column in spread):
        scale = lcm(*(column.scale for column in spread))
        pairs = [scaled(column.num, column.num_top, scale // column.scale) for column in spread]
        num = np.stack([num for num, _ in pairs], axis=1).ravel()
        return _made(num, state, max(top for _, top in pairs), scale, None, 0), starts
    dens = [column._dens() for column in spread]
    num = np.stack([column.num for column in spread], axis=1).ravel()
    den = np.stack([np.broadcast_to(den, size) for den, _ in dens], axis=1).ravel()
    return _made(num, state, max(c.num_top for c in spread), 1, den, max(top for _, top in dens)), starts
