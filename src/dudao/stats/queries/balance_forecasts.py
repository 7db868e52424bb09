"""Coming years of a run: expected pupils by school, and the coefficients if nothing is built and nobody is hired.

Expected pupils come, for each stage of each school, from the first of: numbers somebody entered; grades that move up a year
(`years.project_enrolment`); this year's pupils with a growth in percent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import polars as pl
from django.db.models import QuerySet

from dudao.calc.balance import evaluate
from dudao.calc.balance.rules import STAGES, Rules, pupils_column
from dudao.calc.balance.table import COUNTY, NAME
from dudao.calc.balance.years import project_enrolment, with_pupils
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.stats.models import BalanceRun, EnrolmentForecast
from dudao.stats.queries.balance import columns_of, frame_of_columns, kept_rules

MOST_YEARS = 6


@dataclass(frozen=True, slots=True)
class Expected:
    """What somebody entered for one stage of one school: pupils by year, or grades with those who will enter each year."""

    row: int
    stage: str
    pupils: Sequence[int | None] = ()
    grades: Sequence[int] = ()
    entrants: Sequence[int] = ()


@dataclass(slots=True)
class Forecast:
    """``pupils``: year → stage → numbers in the order of the table. ``results``: year → counties as a run keeps them."""

    pupils: dict[str, dict[str, list[int | None]]] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)


def forecasts_of(run: BalanceRun) -> "QuerySet[EnrolmentForecast]":
    return EnrolmentForecast.objects.filter(run=run).defer("pupils", "results")


def forecast_seen(actor: Actor, pk: int) -> EnrolmentForecast | None:
    found: EnrolmentForecast | None = (
        EnrolmentForecast.objects.visible_to(actor, "balance.view")
        .filter(pk=pk)
        .select_related("run__unit", "run__round")
        .defer("pupils", "run__table")
        .first()
    )
    return found


def stage_rows(run: BalanceRun) -> list[dict[str, Any]]:
    """Every stage of every school that has pupils this year: row, county, school, stage, pupils."""
    columns = columns_of(run, relieved=False)
    rules = kept_rules(run)
    found = []
    for place, name in enumerate(columns[NAME]):
        for stage in rules.stages:
            pupils = columns[pupils_column(stage)][place]
            if pupils is not None and Decimal(pupils):
                found.append(
                    {
                        "row": place + 1,
                        "county": columns[COUNTY][place],
                        "school": name,
                        "stage": stage.label,
                        "pupils": int(Decimal(pupils)),
                    }
                )
    return found


def forecast_results(
    run: BalanceRun, years: Sequence[int], growth: Mapping[str, Decimal], stays: Decimal, expected: Sequence[Expected]
) -> Forecast:
    """``growth``: stage → percent a year; ``stays``: percent of a grade that moves up."""
    if not 1 <= len(years) <= MOST_YEARS:
        raise Conflict(f"请预测 1 至 {MOST_YEARS} 年。")
    rules = kept_rules(run)
    columns = columns_of(run)
    frame = frame_of_columns(columns)
    entered = {(one.row, one.stage): one for one in expected}
    made = Forecast()
    for step, year in enumerate(years):
        pupils = {
            stage: [
                _expected(entered.get((place, stage)), number, growth.get(stage, Decimal(0)), stays, step)
                for place, number in enumerate(columns[pupils_column(STAGES[stage])], 1)
            ]
            for stage in (one.label for one in rules.stages)
        }
        made.pupils[str(year)] = pupils
        made.results[str(year)] = _results(run, rules, frame, pupils)
    return made


def _expected(entered: Expected | None, now: str | None, growth: Decimal, stays: Decimal, step: int) -> int | None:
    """The pupils of one stage of one school ``step`` + 1 years ahead."""
    if entered is not None and entered.grades:
        survival = Fraction(stays) / 100
        return sum(project_enrolment(entered.grades, entered.entrants[: step + 1], survival)[-1])
    given = entered.pupils[step] if entered is not None and step < len(entered.pupils) else None
    if given is not None:
        return given
    if now is None:
        return None
    number = Decimal(now) * (1 + growth / 100) ** (step + 1)
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def _results(
    run: BalanceRun, rules: Rules, frame: pl.DataFrame, pupils: Mapping[str, Sequence[int | None]]
) -> dict[str, Any]:
    data = {pupils_column(STAGES[stage]): pl.Series(values, dtype=pl.Float64) for stage, values in pupils.items()}
    table = pl.DataFrame({NAME: frame[NAME], COUNTY: frame[COUNTY], **data})
    # A school that is expected to have no pupils any more drops out; teachers without pupils would be a fault of the table.
    gone = pl.all_horizontal(pl.col(column) == 0 for column in data)
    closed = table.filter(gone).select(NAME, COUNTY)
    changed = with_pupils(frame, table, rules).join(closed, on=[NAME, COUNTY], how="anti")
    result = evaluate(changed, rules, run.day, run.region)
    counties = {}
    for number, name in enumerate(result.counties):
        verdict, stages = result.county(number)
        counties[name] = {
            "verdict": verdict.value,
            "stages": {
                stage.label: {
                    "schools": item.schools,
                    "pupils": item.pupils,
                    "passing": item.schools_passing,
                    "verdict": item.verdict.value,
                    "cv": {code: found.cv for code, found in item.indicators.items()},
                    "met": {code: found.passed for code, found in item.indicators.items()},
                    "boundary": [code for code, found in item.indicators.items() if found.at_boundary],
                }
                for stage, item in stages.items()
            },
        }
    return {"counties": counties, "faults": len(result.problems)}
