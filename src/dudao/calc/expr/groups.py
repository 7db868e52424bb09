"""Totals, averages, shares, spreads over groups of rows: the units below a unit, the stages of a school, or arguments.

Standard deviations are those of the whole group (divided by n, or by the sum of weights), as the national method for
the coefficient of variation has it. Roots are irrational, so the standard deviation and the coefficient of variation
are exact to 12 decimals (half up); everything else here is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

import numpy as np

from dudao.calc.expr.ints import Index, grouped_state
from dudao.calc.expr.numbers import Numbers
from dudao.calc.expr.states import State
from dudao.calc.expr.words import Truths

ROOT_PLACES: Final = 12


def grouped(
    function: str,
    value: Numbers | Truths | None,
    starts: Index,
    weight: Numbers | None = None,
    keep: Truths | None = None,
) -> Numbers:
    """One row a group. ``keep`` drops rows known to be false; a row for which it is unknown makes its group unknown."""
    if value is None:
        return Numbers.integers(np.diff(starts).astype(np.int64))
    numbers = Numbers.of_truths(value) if isinstance(value, Truths) else value
    rows = int(starts[-1])
    numbers = numbers.spread(rows)
    weight = None if weight is None else weight.spread(rows)
    if keep is not None:
        numbers, weight, starts = _kept(numbers, weight, starts, keep.spread(rows))
    match function:
        case "合计" | "计数":
            return numbers.summed(starts)
        case "平均" | "占比":
            return _mean(numbers, starts, weight)
        case "最大" | "最小":
            return _extreme(numbers, starts, function == "最大")
        case "中位数":
            return _per_group(numbers, starts, _median)
        case _:
            return _spread(numbers, starts, weight, relative=function == "差异系数")


def _kept(
    numbers: Numbers, weight: Numbers | None, starts: Index, keep: Truths
) -> tuple[Numbers, Numbers | None, Index]:
    chosen = keep.value | (keep.state > 0)
    before = np.concatenate([np.zeros(1, np.intp), np.cumsum(chosen, dtype=np.intp)])
    rows = np.flatnonzero(chosen)
    numbers = numbers.take(rows)
    numbers = numbers.with_state(np.maximum(numbers.state, keep.state[rows]))
    return numbers, None if weight is None else weight.take(rows), before[starts]


def _with_empty(result: Numbers, starts: Index, least: int = 1) -> Numbers:
    """Groups of fewer than ``least`` rows have no value."""
    few = np.diff(starts) < least
    return result.with_state(np.maximum(result.state, np.where(few, np.uint8(State.EMPTY_GROUP), np.uint8(0))))


def _mean(numbers: Numbers, starts: Index, weight: Numbers | None) -> Numbers:
    if weight is None:
        mean = numbers.summed(starts) / Numbers.integers(np.maximum(np.diff(starts), 1).astype(np.int64))
    else:
        negative = weight.compare("<", Numbers.constant(0)).true()
        state = np.maximum(weight.state, np.where(negative, np.uint8(State.NEGATIVE_WEIGHT), np.uint8(0)))
        weight = weight.with_state(state)
        mean = (numbers * weight).summed(starts) / weight.summed(starts)
    return _with_empty(mean, starts)


def _extreme(numbers: Numbers, starts: Index, greatest: bool) -> Numbers:
    if numbers.den is not None:
        return _per_group(numbers, starts, max if greatest else min)
    found = np.zeros(len(starts) - 1, numbers.num.dtype)
    filled = starts[1:] > starts[:-1]
    if filled.any():
        function = np.maximum if greatest else np.minimum
        found[filled] = function.reduceat(numbers.num, starts[:-1][filled])
    state = grouped_state(numbers.state, starts)
    return _with_empty(Numbers(found, state, numbers.num_top, numbers.scale), starts)


def _median(values: list[Fraction]) -> Fraction:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _per_group(numbers: Numbers, starts: Index, function: Callable[[list[Fraction]], Fraction]) -> Numbers:
    found = []
    for part in numbers.parts(starts):
        known = [value for value in part.values() if value is not None]
        found.append(function(known) if known else None)
    return _with_empty(Numbers.of(found).with_state(grouped_state(numbers.state, starts)), starts)


def _spread(numbers: Numbers, starts: Index, weight: Numbers | None, relative: bool) -> Numbers:
    mean = _mean(numbers, starts, weight)
    group = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    difference = numbers - mean.take(group)
    variance = _mean(difference * difference, starts, weight)
    if not relative:
        return variance.square_root(ROOT_PLACES)
    # The root of one quotient, so that only one rounding takes place.
    return _with_empty((variance / (mean * mean)).square_root(ROOT_PLACES), starts, 2)
