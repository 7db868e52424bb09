"""The best plan of a cycle: the model for the solver, and the plan with its proof and its explanations.

Level «unmet»: own windows, spacing, capacities, as few violations as can be. Level «quality»: even terms of each county
and of the whole, high risk early. Every item takes exactly one term; a cell (county, term) knows its number of schools;
unevenness is bounded from below by one line for each of its steps, which is exact because it is minimised and convex.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dudao.calc.scheduling.cycle import STEEPEST, Cycle, cost, greedy
from dudao.calc.scheduling.cycle_reasons import Placement, Unmet, placements_of, unmet_of
from dudao.calc.scheduling.solving import DEFAULT_LIMITS, Level, Limits, Objective, solve_levels

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

UNMET = ("unmet", "未满足的要求")
QUALITY = ("quality", "均衡与风险优先")


@dataclass(frozen=True)
class CyclePlan:
    """A plan: each school's term and why, what was reached against what is possible, and what could not be had."""

    placements: tuple[Placement, ...]
    levels: tuple[Level, ...]
    unmet: tuple[Unmet, ...]

    @property
    def term_of(self) -> dict[str, int]:
        return {placement.school: placement.term for placement in self.placements}

    @property
    def proved(self) -> bool:
        """Whether no better plan exists, on any level."""
        return all(level.proved for level in self.levels)

    @property
    def quality(self) -> Level:
        """The last level: what pages show as value, bound and gap."""
        return self.levels[-1]


@dataclass
class CycleModel:
    """A model under construction: the variable of every (item, term), and the terms of both levels."""

    model: cp_model.CpModel
    chosen: list[dict[int, cp_model.LinearExprT]]
    unmet: list[cp_model.LinearExprT]
    quality: list[cp_model.LinearExprT]


def build(cycle: Cycle) -> CycleModel:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen: list[dict[int, cp_model.LinearExprT]] = []
    made = CycleModel(model, chosen, [], [])
    cells: defaultdict[tuple[str, int], list[cp_model.LinearExprT]] = defaultdict(list)
    totals: defaultdict[int, list[cp_model.LinearExprT]] = defaultdict(list)
    for index, item in enumerate(cycle.items):
        if item.fixed is None:
            row = {number: model.new_bool_var(f"{index}@{number}") for number in cycle.numbers}
            model.add_exactly_one(row.values())
            chosen.append(dict(row))
        else:
            chosen.append({item.fixed: 1})
        for place, number in enumerate(cycle.numbers):
            variable = chosen[-1].get(number, 0)
            misfit = sum(cycle.misfit(school, number) for school in item.schools)
            made.unmet.append(misfit * variable)
            made.quality.append(cycle.weights.risk * item.risk_points * place * variable)
            for county, schools in item.counties.items():
                cells[county, number].append(schools * variable)
            totals[number].append(len(item.schools) * variable)
    for place, number in enumerate(cycle.numbers):
        term = cycle.terms[place]
        counts: list[cp_model.LinearExprT] = []
        for county, size in sorted(cycle.sizes.items()):
            count = model.new_int_var(0, size, f"{county}@{number}")
            model.add(count == sum(cells[county, number]))
            counts.append(count)
            _cap(made, cycle, count, size, cycle.county_capacity.get((county, number)))
            _even(made, count, size, cycle.share(size, term), cycle.weights.county_balance)
        total = model.new_int_var(0, len(cycle.schools), f"@{number}")
        model.add(total == sum(counts))
        _cap(made, cycle, total, len(cycle.schools), cycle.total_capacity.get(number))
        _even(made, total, len(cycle.schools), cycle.share(len(cycle.schools), term), cycle.weights.total_balance)
    return made


def _cap(made: CycleModel, cycle: Cycle, count: cp_model.IntVar, most: int, capacity: int | None) -> None:
    if capacity is not None:
        over = made.model.new_int_var(0, most, "")
        made.model.add(over >= count - capacity)
        made.unmet.append(cycle.weights.over_capacity * over)


def _even(made: CycleModel, count: cp_model.IntVar, most: int, share: tuple[int, int], weight: int) -> None:
    uneven = made.model.new_int_var(0, STEEPEST * most, "")
    for step in range(1, STEEPEST + 1):
        below = step * (step - 1) // 2
        made.model.add(uneven >= step * (count - share[1]) - below)
        made.model.add(uneven >= step * (share[0] - count) - below)
    made.quality.append(weight * uneven)


def read_plan(cycle: Cycle, made: CycleModel, solver: cp_model.CpSolver) -> dict[str, int]:
    """School → term in a solved model."""
    plan: dict[str, int] = {}
    for item, row in zip(cycle.items, made.chosen, strict=True):
        number = next(number for number, variable in row.items() if solver.value(variable))
        plan.update((school.key, number) for school in item.schools)
    return plan


def finish(cycle: Cycle, plan: Mapping[str, int], levels: tuple[Level, ...]) -> CyclePlan:
    return CyclePlan(placements_of(cycle, plan), levels, unmet_of(cycle, plan))


def plan_cycle(cycle: Cycle, limits: Limits = DEFAULT_LIMITS) -> CyclePlan:
    """The best plan there is, or the best found within the limits with its bound.

    There always is a plan: what can't be kept is broken as little as can be and comes back in ``unmet`` with its reason.
    """
    made = build(cycle)
    plan, levels = solve_levels(
        made.model,
        [Objective(*UNMET, sum(made.unmet)), Objective(*QUALITY, sum(made.quality))],
        start=greedy(cycle),
        read=lambda solver: read_plan(cycle, made, solver),
        cost=lambda plan: cost(cycle, plan),
        limits=limits,
    )
    return finish(cycle, plan, levels)
