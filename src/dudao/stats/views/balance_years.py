"""Pages over years: runs side by side with what changed, and forecasts of what expected pupils would do."""

import io
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import sheets
from dudao.core.keys import is_number
from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.export import attachment
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb
from dudao.stats.actions import balance as acts
from dudao.stats.actions import balance_inputs as inputs
from dudao.stats.forms.balance import ForecastForm
from dudao.stats.models import BalanceRun, EnrolmentForecast, year_words
from dudao.stats.papers.balance_forecast import read_expected, write_expected
from dudao.stats.queries import balance_forecasts, balance_years
from dudao.stats.views.balance_frame import crumbs_of, frame, judged, run_or_404

CROSSED = 60


@require_GET
def balance_years_page(request: HttpRequest) -> HttpResponse:
    """``?of=unit:pack`` chooses place and standard, ``?run=`` the runs; the newest run of each year by itself."""
    actor = actor_of(request)
    need(actor, "balance.view")
    places = balance_years.places_compared(actor)
    subjects = [(f"{unit}:{pack}", f"{name}，{title}", unit, pack) for unit, name, pack, title in places]
    chosen = next((one for one in subjects if one[0] == request.GET.get("of")), subjects[0] if subjects else None)
    runs = list(balance_years.comparable(actor, chosen[2], chosen[3])) if chosen else []
    asked = {int(key) for key in request.GET.getlist("run") if is_number(key)}
    keys = [run.pk for run in runs if run.pk in asked] or balance_years.latest_of_years(runs)
    found = balance_years.compared(actor, _one_a_year(runs, keys)) if keys else None
    counties = list(found.stages) if found else []
    county = (
        request.GET.get("county", "")
        if request.GET.get("county", "") in counties
        else (counties[0] if counties else "")
    )
    context = {
        "crumbs": [Crumb("均衡测算", reverse("stats:balances"))],
        "subjects": [(key, label, chosen is not None and key == chosen[0]) for key, label, _, _ in subjects],
        "runs": [(run, run.pk in keys) for run in runs],
        "counties": [(name, name == county) for name in counties],
        "county": county,
        "years": [year_words(year) for year in found.years] if found else [],
        "stages": _stages(found.stages.get(county, {}), found.years) if found else [],
        "crossed": _crossed(found.crossed, county) if found else [],
    }
    return render(request, "stats/balance_years.html", context)


def _one_a_year(runs: Sequence[BalanceRun], keys: Sequence[int]) -> list[int]:
    """Of two chosen runs of one year the newer one."""
    by_year: dict[int, int] = {}
    for run in sorted(runs, key=lambda run: run.pk):
        if run.pk in keys:
            by_year[run.round.year] = run.pk
    return list(by_year.values())


def _stages(stages: Mapping[str, Sequence[Mapping[str, Any]]], years: Sequence[int]) -> list[dict[str, Any]]:
    made = []
    for stage, lines in stages.items():
        rows = [
            {**line, "cells": [{**cell, "state": judged(cell["met"])} for cell in line["cells"]]}
            for line in lines
            if "cells" in line
        ]
        passing = next(line["passing"] for line in lines if "passing" in line)
        limit = next((row["limit"] for row in rows if row["limit"] is not None), None)
        made.append(
            {
                "stage": stage,
                "rows": rows,
                "passing": passing,
                "chart": _chart([year_words(year) for year in years], rows, limit),
                "finding": _finding(stage, rows),
            }
        )
    return made


def _chart(labels: Sequence[str], rows: Sequence[Mapping[str, Any]], limit: float | None) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "kind": "line",
        "categories": list(labels),
        "series": [
            {"name": row["code"], "values": [_rounded(cell["cv"]) for cell in row["cells"]]}
            for row in rows
            if row["code"]
        ],
    }
    if limit is not None:
        known = [value for one in spec["series"] for value in one["values"] if value is not None]
        spec["max"] = math.ceil(max([limit, *known]) * 10 + 0.5) / 10  # The limit is always to be seen.
        spec["mark"] = {"value": limit, "label": f"上限 {limit:g}"}
    return spec


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _finding(stage: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """What the chart shows, in words: whose coefficient is beyond its limit at the end, or which moved most from first to last."""
    named = [row for row in rows if row["code"]]
    over = [row["code"] for row in named if row["cells"][-1]["met"] is False]
    if over:
        return f"{stage}最后一年{'、'.join(over)}的差异系数超过上限"
    known = [(row["code"], [cell["cv"] for cell in row["cells"] if cell["cv"] is not None]) for row in named]
    moved = {code: values[-1] - values[0] for code, values in known if len(values) > 1}
    if not moved:
        return f"{stage}各项差异系数"
    code = max(moved, key=lambda one: abs(moved[one]))
    if abs(moved[code]) < 0.0005:
        return f"{stage}各项差异系数各年基本相同"
    return f"{stage} {code} 的差距变化最大：{'扩大' if moved[code] > 0 else '缩小'} {abs(moved[code]):.3f}"


def _crossed(crossed: Sequence[Any], county: str) -> list[dict[str, Any]]:
    made = []
    for before, after, found in crossed:
        groups: dict[str, list[str]] = {}
        for row in found.get(county, []):
            groups.setdefault(row["change"], []).append(f"{row['school']}（{row['stage']}）")
        shown = [(word, len(names), names[:CROSSED]) for word, names in sorted(groups.items())]
        made.append({"before": year_words(before), "after": year_words(after), "groups": shown})
    return made


# --- forecasts -------------------------------------------------------------------------------------------------------


@require_GET
def balance_forecasts_page(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk)
    context = {
        **frame(run, "stats:balance_forecasts"),
        "forecasts": list(balance_forecasts.forecasts_of(run)),
        "may_forecast": actor_of(request).may("balance.forecast", run.unit.path),
    }
    return render(request, "stats/balance_forecasts.html", context)


@require_http_methods(["GET", "POST"])
def balance_forecast_new(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk, table=True)
    actor = actor_of(request)
    actor.require("balance.forecast", run.unit.path)
    form = ForecastForm(request.POST or None, request.FILES or None)
    back = reverse("stats:balance_forecasts", args=[run.pk])
    return answered(
        request, form, lambda: _forecast(request, run, form), "已按预计学生数测算，结果都是预测。",
        title="新的入学预测", save="开始预测", save_icon="player-play", cancel_url=back, crumbs=crumbs_of(run, "入学预测"),
        template="stats/balance_forecast_new.html", table_url=reverse("stats:balance_forecast_table", args=[run.pk]),
    )  # fmt: skip


def _forecast(request: HttpRequest, run: BalanceRun, form: ForecastForm) -> EnrolmentForecast:
    given = form.cleaned_data
    expected = read_expected(run, sheets.read_upload(given["file"]), given["years"]) if given["file"] else []
    made: EnrolmentForecast = inputs.make_forecast(
        actor_of(request),
        run=run,
        years=given["years"],
        growth={"小学": given["growth_primary"], "初中": given["growth_junior"]},
        stays=given["stays"],
        note=given["note"],
        expected=expected,
    )
    return made


@require_POST
def balance_forecast_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The table to fill in, with this year's pupils."""
    run = run_or_404(request, pk, table=True)
    actor_of(request).require("balance.forecast", run.unit.path)
    acts.note_balance_export(actor_of(request), run=run, what="pupils")
    target = io.BytesIO()
    write_expected(run, target)
    return attachment(target.getvalue(), f"{run.unit}预计学生数.xlsx")


@require_GET
def balance_forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """Coming years beside this one, marked as forecasts everywhere."""
    forecast = found_or_404(balance_forecasts.forecast_seen(actor_of(request), pk))
    run = forecast.run
    counties = [county["county"] for county in run.results["counties"]]
    asked = request.GET.get("county", "")
    county = asked if asked in counties else (counties[0] if counties else "")
    now = next((one for one in run.results["counties"] if one["county"] == county), None)
    stages = [_forecast_stage(forecast, county, stage) for stage in now["stages"]] if now else []
    context = {
        **frame(run, "stats:balance_forecasts"),
        "crumbs": crumbs_of(run, "入学预测"),
        "forecast": forecast,
        "growth": "，".join(
            f"{stage} {forecast.growth[stage]}%" for stage in ("小学", "初中") if stage in forecast.growth
        ),
        "now": run.round.year_words,
        "years": [year_words(year) for year in forecast.years],
        "counties": [(name, name == county) for name in counties],
        "county": county,
        "stages": stages,
        "faults": sum(found["faults"] for found in forecast.results.values()),
    }
    return render(request, "stats/balance_forecast.html", context)


def _forecast_stage(forecast: EnrolmentForecast, county: str, stage: Mapping[str, Any]) -> dict[str, Any]:
    """This year's cells from the run, then one a year of the forecast."""
    ahead = [
        forecast.results[str(year)]["counties"].get(county, {}).get("stages", {}).get(stage["stage"])
        for year in forecast.years
    ]
    names = {one["code"]: one["name"] for one in forecast.run.results["indicators"]}
    rows = []
    for one in stage["indicators"]:
        code = one["code"]
        first = {"cv": one["cv"], "met": one["passed"], "boundary": one["boundary"], "change": None}
        cells = [first, *(_ahead(found, code) for found in ahead)]
        for before, after in itertools.pairwise(cells):
            known = before["cv"] is not None and after["cv"] is not None
            after["change"] = after["cv"] - before["cv"] if known else None
        rows.append(
            {
                "code": code,
                "name": names[code],
                "limit": one["limit"],
                "cells": [{**cell, "state": judged(cell["met"])} for cell in cells],
            }
        )
    passing = [
        {"words": f"{stage['passing']}/{stage['schools']}", "pupils": stage["pupils"]},
        *(
            {"words": f"{found['passing']}/{found['schools']}", "pupils": found["pupils"]}
            if found
            else {"words": "—", "pupils": None}
            for found in ahead
        ),
    ]
    labels = [forecast.run.round.year_words, *(f"{year_words(year)}（预测）" for year in forecast.years)]
    limit = next((row["limit"] for row in rows if row["limit"] is not None), None)
    finding = f"预测：{_finding(stage['stage'], rows)}"
    return {
        "stage": stage["stage"],
        "rows": rows,
        "passing": passing,
        "chart": _chart(labels, rows, limit),
        "finding": finding,
    }


def _ahead(found: Mapping[str, Any] | None, code: str) -> dict[str, Any]:
    if found is None:
        return {"cv": None, "met": None, "boundary": False, "change": None}
    return {"cv": found["cv"][code], "met": found["met"][code], "boundary": code in found["boundary"], "change": None}
