"""What it would take: the changes by which every school of a county passes and every coefficient comes under its limit.

First each school gets what it lacks to pass (`needs`), then the coefficients are levelled (`levelling`), given that. For
teachers, who belong to a stage, each levelling is the least there is, up to rounding. A room or a sports ground of a nine-year
school serves both of its stages, so that these two are levelled in turn until both are under their limits; the sum is then no
longer proved to be the least, and `Total.bound` says how much any such plan needs. A plan can be checked by evaluating the table
that `changed_table` makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import polars as pl

from dudao.calc.balance.coefficients import Floats
from dudao.calc.balance.evaluation import Balance, Verdict
from dudao.calc.balance.levelling import level
from dudao.calc.balance.needs import STEPS, needs, per_unit
from dudao.calc.balance.table import ROW, Codes
from dudao.calc.codetables import Stage
from dudao.calc.declared import RulesError

ROUNDS = 50


class PlanError(ValueError):
    """No plan can be made; the message says in Chinese why."""


@dataclass(frozen=True, slots=True)
class Change:
    """``amount`` more of a column of one school: ``for_school`` of it so that the school passes, the rest to level the county."""

    row: int
    school: str
    column: str
    amount: float
    for_school: float


@dataclass(frozen=True, slots=True)
class Total:
    """All changes of a column. ``bound``: what the schools' own needs and each single limit require, so no such plan has less."""

    column: str
    amount: float
    bound: float


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """The changes in the order of the table, the totals by column, the cost with the given prices (``None`` without)."""

    county: str
    changes: tuple[Change, ...]
    totals: tuple[Total, ...]
    cost: float | None


def county_plan(result: Balance, county: int, prices: Mapping[str, Decimal | float] | None = None) -> CountyPlan:
    """A plan for county ``county`` of ``result.counties``; ``prices`` as in `needs`.

    Raises `PlanError` where a stage has fewer than two schools or faulty rows: what can't be computed can't be planned; and
    `RulesError` for rules that limit only the mean of the coefficients.
    """
    rules, name = result.rules, result.counties[county]
    for stage, part in result.results.items():
        for indicator in rules.indicators:
            if (indicator.code, stage) not in result.standards.limits:
                raise RulesError(f"{rules.number}没有{stage.label} {indicator.code} 的差异系数上限，不能据此测算。")
        if part.is_unsure[county] or part.schools[county] < 2:
            raise PlanError(f"{name}的{stage.label}{Verdict.UNKNOWN.value}，改正数据或有两所以上学校后才能测算。")
    own: dict[tuple[int, str], float] = {}
    for school in needs(result, prices, county=county):
        for need in school.needs:
            key = school.row, need.column
            own[key] = max(own.get(key, 0.0), need.to_pass)
    places = {stage: np.flatnonzero(part.sections.groups.codes == county) for stage, part in result.results.items()}
    changes, totals, cost = [], [], 0.0
    for i, indicator in enumerate(rules.indicators):
        for stages in (list(rules.stages),) if indicator.is_shared else [[stage] for stage in rules.stages]:
            column = indicator.columns[stages[0]]
            rows, given, amounts, bound = _column_plan(result, i, {stage: places[stage] for stage in stages}, own)
            rounded = np.round(amounts * STEPS[indicator.kind]) / STEPS[indicator.kind]
            totals.append(Total(column, float(rounded.sum().round(2)), bound))
            cost += float(prices[indicator.code]) * float(rounded.sum()) if prices else 0.0
            changes += [
                Change(
                    row=int(result.checked.rows[rows[place]]),
                    school=str(result.checked.names[int(rows[place])]).strip(),
                    column=column,
                    amount=float(rounded[place]),
                    for_school=float(given[place]),
                )
                for place in np.flatnonzero(rounded).tolist()
            ]
    changes.sort(key=lambda change: change.row)
    return CountyPlan(name, tuple(changes), tuple(totals), cost if prices else None)


def _column_plan(
    result: Balance, i: int, places: Mapping[Stage, Codes], own: Mapping[tuple[int, str], float]
) -> tuple[Codes, Floats, Floats, float]:
    """One column of one county, whose schools are at ``places`` of each stage.

    Rows of the table; for each the units for the school's own needs, and those in all; the bound of the sum.
    """
    indicator, columns = result.rules.indicators[i], result.rules.indicators[i].columns
    parts = {stage: result.results[stage] for stage in places}
    rows = np.unique(np.concatenate([part.sections.index[places[stage]] for stage, part in parts.items()]))
    column = columns[next(iter(places))]
    given = np.array([own.get((int(row), column), 0.0) for row in result.checked.rows[rows]])
    amounts = given.copy()
    least = []
    for turn in range(ROUNDS):
        is_settled = True
        for stage, part in parts.items():
            chosen = places[stage]
            local = np.searchsorted(rows, part.sections.index[chosen])
            pupils, raised = part.sections.pupils[chosen], per_unit(result, stage, i, chosen)
            limit = float(result.standards.limits[indicator.code, stage].value)
            if turn == 0:
                alone = part.values[i][chosen] + given[local] * raised
                least.append(level(alone, pupils, raised, limit, indicator.kind).bound)
            found = level(part.values[i][chosen] + amounts[local] * raised, pupils, raised, limit, indicator.kind)
            if found.added.any():
                is_settled = False
                amounts[local] += found.added
        if is_settled:
            return rows, given, amounts, round(float(given.sum()) + max(least), 2)
    raise PlanError(f"{indicator.code} 两个学段的差异系数不能同时降到上限以内，请分别测算。")


def changed_table(frame: pl.DataFrame, plan: CountyPlan) -> pl.DataFrame:
    """The table after the plan; columns that change become float64."""
    rows = frame[ROW] if ROW in frame.columns else pl.Series(ROW, range(2, frame.height + 2))
    place_of = {row: place for place, row in enumerate(rows.to_list())}
    added: dict[str, list[float]] = {}
    for change in plan.changes:
        added.setdefault(change.column, [0.0] * frame.height)[place_of[change.row]] = change.amount
    return frame.with_columns(
        (pl.col(column).cast(pl.Float64) + pl.Series(amounts)).round(6) for column, amounts in added.items()
    )
