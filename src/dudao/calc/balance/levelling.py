"""The least that has to be added so that a coefficient of variation comes under its limit.

With X the per-pupil values, w the schools' shares of pupils and c the limit, «CV ≤ c» is ‖X − X̄‖_w ≤ c·X̄: a convex cone. So
the least costly additions (nothing is ever taken from a school) are where the Karush-Kuhn-Tucker conditions hold: every school
that gets something is lifted to X̄·(1 + c² − θ r), all others keep what they have; r is the price of lifting one pupil (1, or
more where a school shares with another stage), θ is the same for all. One number is searched for, and the conditions are
sufficient: in parts of people or square metres this is the optimum, no approximation. Rounding to whole teachers and rooms can
leave it by a few; `Levelled` says by how many at most. What is built for other reasons first (a school's own thresholds) goes
in with the starting values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dudao.calc.balance.coefficients import Floats
from dudao.calc.balance.evaluation import TOLERANCE
from dudao.calc.balance.needs import STEPS, whole_amount
from dudao.calc.balance.rules import Kind

HALVINGS = 100
MOST_TRIMMED = 2000
"""Additions that are looked at one by one when rounding is undone: with more of them a unit hardly matters."""


@dataclass(frozen=True, slots=True)
class Levelled:
    """``added[i]``: units for school i, such as can be provided. ``bound``: no plan of fewer units comes under the limit."""

    added: Floats
    bound: float

    @property
    def gap(self) -> float:
        """At most so many units could be saved."""
        return float(self.added.sum()) - self.bound


def level(values: Floats, pupils: Floats, raised: Floats, limit: float, kind: Kind) -> Levelled:
    """Bring the coefficient of ``values`` (per pupil) under ``limit``, where one unit lifts school i by ``raised[i]``.

    Raises ``ValueError`` for a limit that is not positive, fewer than two schools, or when none of them has anything.
    """
    if limit <= 0 or len(values) < 2 or not values.any():
        raise ValueError("至少要有两所学校，均值和上限应大于 0。")
    weights = pupils / pupils.sum()
    if _cv(values, weights) <= limit * (1 + TOLERANCE):
        return Levelled(np.zeros(len(values)), 0.0)
    price = 1 / (raised * pupils)
    target = _optimum(values, weights, price / price.min(), limit)
    lifted = np.maximum(target - values, 0) / raised
    bound = whole_amount(float(lifted.sum()), kind)
    added = np.array([whole_amount(amount, kind) for amount in lifted.tolist()])
    steps = STEPS[kind]

    def is_enough(units: Floats) -> bool:
        return _cv(values + units * raised, weights) <= limit * (1 + TOLERANCE)

    while not is_enough(added):
        # The school furthest below gains most by a unit.
        added[np.argmin(values + added * raised)] += 1 / steps
    if kind is Kind.COUNT:
        added = _trimmed(added, values + added * raised, is_enough)
    return Levelled(added, bound)


def _cv(values: Floats, weights: Floats) -> float:
    mean = float(weights @ values)
    return float(np.sqrt(weights @ (values - mean) ** 2) / mean)


def _optimum(values: Floats, weights: Floats, price: Floats, limit: float) -> Floats:
    """Values at the optimum, by halving the interval of θ: at its upper end nobody is lifted, below its lower end all are.

    Where the mean runs away (`_lifted` answers ``None``) the coefficient is c or less: there Σ w k = 1 with 0 ≤ k ≤ 1 + c², so
    that Σ w k² − 1 ≤ c². Hence the limit is crossed on the way.
    """
    low, high = 0.0, 1 + limit**2
    for _ in range(HALVINGS):
        theta = (low + high) / 2
        found = _lifted(values, weights, 1 + limit**2 - theta * price)
        if found is None or _cv(found, weights) <= limit:
            low = theta
        else:
            high = theta
    # The interval is a point by now; above it the coefficient is too large by a rounding error at most.
    found = _lifted(values, weights, 1 + limit**2 - high * price)
    assert found is not None
    return found


def _lifted(values: Floats, weights: Floats, ratio: Floats) -> Floats | None:
    """Every school lifted to ``ratio`` times the mean that results, or ``None`` when the mean would run away.

    Newton's method from below on a convex function of the mean: each step lifts more schools, so there are as many at most.
    """
    mean = float(weights @ values)
    while True:
        is_lifted = values < mean * ratio
        rest = 1 - float(weights[is_lifted] @ ratio[is_lifted])
        if rest <= 0:
            return None
        further = float(weights[~is_lifted] @ values[~is_lifted]) / rest
        if further <= mean * (1 + 1e-15):
            return np.maximum(values, mean * ratio)
        mean = further


def _trimmed(added: Floats, values: Floats, is_enough: Callable[[Floats], bool]) -> Floats:
    """Take back single units that aren't needed, from the school that stands highest first."""
    candidates = np.flatnonzero(added)
    for place in candidates[np.argsort(-values[candidates])][:MOST_TRIMMED].tolist():
        fewer = added.copy()
        fewer[place] -= 1
        if is_enough(fewer):
            added = fewer
    return added
