"""What a school lacks: how many teachers, square metres, yuan, classrooms until it reaches a threshold, and until it passes.

A school passes with all but one indicator at the threshold and that one at its floor. Which one to leave at the floor is a choice
of money: with prices it is the one that saves most (for all stages of a school together, which share rooms and grounds), without
prices it is left open and only the single amounts are given.
Bringing a county's coefficients under their limits is another question, see `levelling`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product
from math import ceil

import numpy as np

from dudao.calc.balance.coefficients import Floats
from dudao.calc.balance.evaluation import Balance
from dudao.calc.balance.rules import Kind
from dudao.calc.balance.table import Codes
from dudao.calc.codetables import Stage
from dudao.calc.declared import RulesError

STEPS: Mapping[Kind, int] = {Kind.COUNT: 1, Kind.AMOUNT: 100}
"""Steps a unit: people and rooms are whole, square metres and 万元 have two decimals."""


@dataclass(frozen=True, slots=True)
class Need:
    """One indicator of one school that is below its threshold.

    ``to_reach`` and ``to_floor`` are in the unit of the table's column (people, rooms, ㎡, 万元), rounded up to what can be built
    or hired, and for the whole school where the resource belongs to it: of two stages the larger amount serves both.
    ``left_at_floor``: the cheapest way to pass leaves it there.
    """

    indicator: str
    column: str
    value: float
    threshold: float
    to_reach: float
    to_floor: float
    left_at_floor: bool

    @property
    def to_pass(self) -> float:
        return self.to_floor if self.left_at_floor else self.to_reach


@dataclass(frozen=True, slots=True)
class SchoolNeed:
    """A stage of a school that does not pass. ``cost``: of its needs by itself, ``None`` without prices. What is chosen costs least
    for the school in all: a resource that two stages need is paid once.
    """

    row: int
    county: str
    school: str
    stage: Stage
    needs: tuple[Need, ...]
    cost: float | None


def whole_amount(amount: float, kind: Kind) -> float:
    """The least that can be provided: whole people and rooms, hundredths of square metres and of 万元; 0 for nothing lacking.

    A millionth above a step is the error of binary numbers: thresholds and weights put needs at multiples of 1e-4 steps or more.
    """
    return max(ceil(amount * STEPS[kind] - 1e-6), 0) / STEPS[kind]


def needs(
    result: Balance, prices: Mapping[str, Decimal | float] | None = None, *, county: int | None = None
) -> tuple[SchoolNeed, ...]:
    """Every stage of a school that does not pass, in the order of the table, with what it lacks; of one county or of all.

    ``prices``: indicator → cost of one unit (a teacher, ㎡, 万元, a room). Raises `RulesError` if the rules judge no schools, and
    ``ValueError`` for prices that are missing or negative.
    """
    rule = result.rules.school_rule
    if rule is None:
        raise RulesError(f"{result.rules.number}不判定单所学校，没有各校的缺口。")
    costs = None if prices is None else _costs(result, prices)
    spare = len(result.rules.indicators) - rule.reached
    by_row: dict[int, dict[Stage, list[Need]]] = {}
    for stage, part in result.results.items():
        chosen = ~part.passed if county is None else ~part.passed & (part.sections.groups.codes == county)
        for place in np.flatnonzero(chosen).tolist():
            lacking = [i for i, reached in enumerate(part.reached) if not reached[place]]
            items = [_need(result, stage, place, i) for i in lacking]
            by_row.setdefault(int(part.sections.index[place]), {})[stage] = items
    return tuple(
        SchoolNeed(
            row=int(result.checked.rows[index]),
            county=result.counties[result.checked.county_of[index]],
            school=str(result.checked.names[index]).strip(),
            stage=stage,
            needs=found,
            cost=None if costs is None else sum((costs[item.indicator] * item.to_pass for item in found), 0.0),
        )
        for index, of_school in sorted(by_row.items())
        for stage, found in zip(of_school, _cheapest(list(of_school.values()), spare, costs), strict=True)
    )


def _costs(result: Balance, prices: Mapping[str, Decimal | float]) -> Mapping[str, float]:
    missing = [indicator.code for indicator in result.rules.indicators if indicator.code not in prices]
    if missing:
        raise ValueError(f"缺少单价：{'、'.join(missing)}。")
    costs = {code: float(price) for code, price in prices.items()}
    if not all(np.isfinite(price) and price >= 0 for price in costs.values()):
        raise ValueError("单价应为不小于 0 的数。")
    return costs


def _need(result: Balance, stage: Stage, place: int, i: int) -> Need:
    part = result.results[stage]
    indicator = result.rules.indicators[i]
    threshold = result.standards.thresholds[indicator.code, stage].value
    rule = result.rules.school_rule
    assert rule is not None
    return Need(
        indicator=indicator.code,
        column=indicator.columns[stage],
        value=float(part.values[i][place]),
        threshold=float(threshold),
        to_reach=_missing(result, stage, place, i, threshold),
        to_floor=_missing(result, stage, place, i, threshold * rule.floor),
        left_at_floor=False,
    )


def per_unit(result: Balance, stage: Stage, i: int, places: Codes) -> Floats:
    """By how much one more unit of the column raises the per-pupil value of the schools at ``places`` of the stage."""
    part = result.results[stage].sections
    indicator = result.rules.indicators[i]
    raised = float(indicator.per) / part.pupils[places]
    return raised * part.share[places] if indicator.is_shared else raised


def _missing(result: Balance, stage: Stage, place: int, i: int, bound: Decimal) -> float:
    lacking = float(bound) - float(result.results[stage].values[i][place])
    return whole_amount(
        lacking / float(per_unit(result, stage, i, np.array([place]))[0]), result.rules.indicators[i].kind
    )


def _cheapest(stages: list[list[Need]], spare: int, costs: Mapping[str, float] | None) -> tuple[tuple[Need, ...], ...]:
    """The needs of a school's stages with those marked that stay at their floor: all of few; of many, prices decide.

    The stages are decided on together: of a room that both need the larger amount is paid once.
    """
    if costs is None:
        return tuple(_kept(items, range(len(items)) if len(items) <= spare else ()) for items in stages)

    def cost(found: tuple[tuple[Need, ...], ...]) -> float:
        amounts: dict[tuple[str, str], float] = {}
        for item in (item for items in found for item in items):
            key = item.indicator, item.column
            amounts[key] = max(amounts.get(key, 0.0), item.to_pass)
        return sum(costs[code] * amount for (code, _), amount in amounts.items())

    choices = [
        [_kept(items, kept) for kept in combinations(range(len(items)), min(spare, len(items)))] for items in stages
    ]
    return min(product(*choices), key=cost)


def _kept(items: list[Need], kept: Collection[int]) -> tuple[Need, ...]:
    return tuple(replace(item, left_at_floor=number in kept) for number, item in enumerate(items))
