"""The pupil-weighted coefficient of variation, for many counties at once.

With raw resource x, pupils P, N = Σ P over the schools of a group::

    X_i = x_i / P_i       X̄ = Σ x_i / N       S = sqrt(Σ P_i/N · (X_i − X̄)²)       CV = S / X̄

Weighted by pupils, population form. Programs in use leave the weights out, which can turn a fail into a pass
(docs/calculations/balance.md has the numbers). The mean is taken before the deviations: the shorter form
Σ P X² / N − X̄² loses all digits where schools hardly differ. Limits and verdicts are left to `evaluation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which of ``size`` groups every row belongs to; rows may be in any order, groups may be empty."""

    codes: Integers
    size: int

    @property
    def counts(self) -> Integers:
        """How many rows each group has."""
        return np.bincount(self.codes, minlength=self.size)

    def sum(self, values: Floats) -> Floats:
        """One sum a group."""
        # NumPy answers whole zeros when there are no rows at all.
        return np.bincount(self.codes, weights=values, minlength=self.size).astype(np.float64, copy=False)

    def count(self, flags: NDArray[np.bool_]) -> Integers:
        """How many rows of each group are flagged."""
        # As a sum of ones: choosing the flagged rows first takes several times as long.
        return self.sum(flags.astype(np.float64)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Spread:
    """One value a group: weighted mean, weighted standard deviation, coefficient.

    A group without rows has none of them (NaN); one whose mean is 0 has no coefficient.
    """

    mean: Floats
    sd: Floats
    cv: Floats


def spread(resource: Floats, per_pupil: Floats, pupils: Floats, groups: Grouping) -> Spread:
    """Mean, deviation and coefficient of ``per_pupil = resource / pupils`` in every group; pupils must be positive."""
    total = groups.sum(pupils)
    mean = _ratio(groups.sum(resource), total)
    deviation = per_pupil - mean[groups.codes]
    deviation *= deviation
    deviation *= pupils
    sd = np.sqrt(_ratio(groups.sum(deviation), total))
    return Spread(mean, sd, _ratio(sd, mean))


def _ratio(dividend: Floats, divisor: Floats) -> Floats:
    return np.divide(dividend, divisor, out=np.full_like(divisor, np.nan), where=divisor > 0)


def coefficient_of_variation(resource: Sequence[float], pupils: Sequence[float]) -> float | None:
    """The coefficient of one group of schools, ``None`` (无法计算) for fewer than two schools or a mean of 0.

    ``resource[i]`` is what school ``i`` has in all, ``pupils[i]`` its pupils. Raises ``ValueError`` when the two differ
    in length, pupils are not positive, or a resource is negative or no finite number.
    """
    x, p = np.asarray(resource, dtype=np.float64), np.asarray(pupils, dtype=np.float64)
    if x.shape != p.shape or x.ndim != 1:
        raise ValueError("资源数和学生数的个数不同，请逐校对应。")
    if not (np.isfinite(x).all() and np.isfinite(p).all() and (x >= 0).all() and (p > 0).all()):
        raise ValueError("资源数应为不小于 0 的数，学生数应为大于 0 的数。")
    if len(x) < 2 or not x.any():
        return None
    return float(spread(x, x / p, p, Grouping(np.zeros(len(x), dtype=np.int64), 1)).cv[0])
