"""Several runs of the same place and standard side by side: coefficients, passing schools, who crossed the line."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import QuerySet

from dudao.calc.balance.rules import COMPOSITE
from dudao.calc.balance.years import crossings, side_by_side
from dudao.core.access import Actor
from dudao.stats.models import BalanceRun
from dudao.stats.queries.balance import evaluated, runs_seen

MOST = 6


@dataclass(frozen=True, slots=True)
class Comparison:
    """``stages``: county → stage → rows (an indicator or the schools) with a cell a year. ``crossed``: years → county → schools."""

    runs: Sequence[BalanceRun]
    years: Sequence[int]
    stages: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
    crossed: Sequence[tuple[int, int, Mapping[str, Sequence[Mapping[str, str]]]]]


def places_compared(actor: Actor) -> list[tuple[int, str, str, str]]:
    """(unit, its name, pack, its name) of which there are runs of at least one year."""
    rows = runs_seen(actor).order_by("unit__sort_no", "unit__name", "pack")
    found = rows.values_list("unit", "unit__name", "pack", "pack_name").distinct()
    return list(dict.fromkeys(found))


def comparable(actor: Actor, unit: int, pack: str) -> "QuerySet[BalanceRun]":
    """The runs of a place by a standard, the newest first; older ones that kept no table can't be compared."""
    return (
        runs_seen(actor)
        .filter(unit=unit, pack=pack)
        .exclude(table={})
        .defer("table", "results", "reliefs")
        .order_by("-round__year", "-id")
    )


def latest_of_years(runs: Sequence[BalanceRun]) -> list[int]:
    """The newest run of each year, of accepted numbers where there is one."""
    chosen: dict[int, BalanceRun] = {}
    for run in sorted(runs, key=lambda run: (run.accepted_only, run.pk)):
        chosen[run.round.year] = run
    return [run.pk for year, run in sorted(chosen.items())][-MOST:]


def compared(actor: Actor, keys: Sequence[int]) -> Comparison:
    """Runs of one place and standard, one a year. They are computed again from what they kept: tens of milliseconds each."""
    runs = sorted(runs_seen(actor).filter(pk__in=keys), key=lambda run: run.round.year)
    results = {run.round.year: evaluated(run) for run in runs}
    years = sorted(results)
    table = side_by_side(results)
    limits = results[years[-1]].standards.limits
    composites = {stage.label: bound for (code, stage), bound in limits.items() if code == COMPOSITE}
    codes = [one["code"] for one in runs[0].results["indicators"]]
    names = {one["code"]: one["name"] for one in runs[0].results["indicators"]}
    stages: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for (county, stage), part in table.group_by("county", "stage", maintain_order=True):
        rows = {row["year"]: row for row in part.iter_rows(named=True)}
        lines: list[Mapping[str, Any]] = [
            {
                "code": code,
                "name": names[code],
                "limit": next((row[f"{code}_limit"] for row in rows.values()), None),
                "cells": [_cell(rows.get(year), code) for year in years],
            }
            for code in codes
        ]
        whole = composites.get(str(stage))
        lines.append(
            {
                "code": "",
                "name": "综合（参考）" if whole is None else "综合",
                "limit": None if whole is None else float(whole.value),
                "cells": [_cell(rows.get(year), "composite") for year in years],
            }
        )
        passing = [_passing(rows.get(year)) for year in years]
        stages.setdefault(str(county), {})[str(stage)] = [*lines, {"passing": passing}]
    order = [county["county"] for county in runs[-1].results["counties"]]
    order += [county for county in stages if county not in order]
    of_rules = [stage.label for stage in results[years[-1]].rules.stages]
    stages = {
        county: {stage: stages[county][stage] for stage in of_rules if stage in stages[county]}
        for county in order
        if county in stages
    }
    crossed = []
    for before, after in itertools.pairwise(years):
        found: dict[str, list[Mapping[str, str]]] = {}
        for row in crossings(results[before], results[after]).filter(pl.col("change") != "").iter_rows(named=True):
            found.setdefault(row["county"], []).append(row)
        crossed.append((before, after, found))
    return Comparison(runs, years, stages, crossed)


def _cell(row: Mapping[str, Any] | None, code: str) -> dict[str, Any]:
    if row is None:
        return {"cv": None, "met": None, "boundary": False, "change": None}
    return {
        "cv": row[f"{code}_cv"],
        "met": row.get(f"{code}_pass"),
        "boundary": bool(row.get(f"{code}_boundary")),
        "change": row.get(f"{code}_cv_change"),
    }


def _passing(row: Mapping[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"words": "—", "share": None, "verdict": "无法计算"}
    share = row["schools_passing"] / row["schools"] if row["schools"] else None
    return {"words": f"{row['schools_passing']}/{row['schools']}", "share": share, "verdict": row["verdict"]}
