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

__all__ = ["Floats", "Grouping", "Spread", "coefficient_of_variation", "spread"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows sorted by group: ``starts`` is the first row of each group that has any, ``sizes`` how many it has."""

    starts: Integers
    sizes: Integers

    @classmethod
    def of(cls, sorted_codes: NDArray[np.integer]) -> Grouping:
        """From the group number of every row, in ascending order."""
        edges = np.flatnonzero(np.diff(sorted_codes)) + 1
        starts = np.concatenate(([0], edges)) if len(sorted_codes) else np.empty(0, dtype=np.int64)
        return cls(starts, np.diff(np.concatenate((starts, [len(sorted_codes)]))))

    def sum(self, values: NDArray[np.generic]) -> Floats:
        """One sum a group, as floats: counts of flags are exact in them."""
        if not len(self.starts):
            return np.empty(0)
        return np.add.reduceat(values, self.starts, dtype=np.float64)

    def spread_out(self, values: Floats) -> Floats:
        """One value a group back to one value a row."""
        return np.repeat(values, self.sizes)


@dataclass(frozen=True, slots=True)
class Spread:
    """One value a group: weighted mean, weighted standard deviation, coefficient (NaN where the mean is not positive)."""

    mean: Floats
    sd: Floats
    cv: Floats


def spread(resource: Floats, pupils: Floats, groups: Grouping) -> Spread:
    """Mean, deviation and coefficient of ``resource / pupils`` in every group; pupils must be positive."""
    total = groups.sum(pupils)
    mean = groups.sum(resource) / total
    deviation = resource / pupils
    deviation -= groups.spread_out(mean)
    deviation *= deviation
    deviation *= pupils
    sd = np.sqrt(groups.sum(deviation) / total)
    cv = np.full_like(mean, np.nan)
    np.divide(sd, mean, out=cv, where=mean > 0)
    return Spread(mean, sd, cv)


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
    return float(spread(x, p, Grouping.of(np.zeros(len(x), dtype=np.int64))).cv[0])
