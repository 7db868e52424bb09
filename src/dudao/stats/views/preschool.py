"""Pages of preschool runs: the list, a new run, 36 items by county, one county, a judgement by hand, the workbook."""

import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.balance.items import Status
from dudao.calc.preschool import WORDS
from dudao.core import audit, files
from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.findings.queries.sources import Hooks, address
from dudao.orgs.queries import roots_of
from dudao.stats import findings
from dudao.stats.actions import preschool as acts
from dudao.stats.forms.preschool import JudgeForm, PreschoolForm
from dudao.stats.labels import PRESCHOOL, PRESCHOOL_SHORT, preschool_verdict
from dudao.stats.models import PreschoolRun
from dudao.stats.papers.preschool import write_preschool
from dudao.stats.queries import preschool
from dudao.stats.queries.balance import regions_of

SHOWN = 100
EVENTS = 10

RUNS = Listing(
    key="stat-preschools",
    columns=[
        Column(
            "unit", "范围", lambda run: str(run.unit), link=lambda run: run.get_absolute_url(), sort="unit__sort_no"
        ),
        Column("year", "学年", "year_words", sort="year", nowrap=True),
        Column("pack_name", "标准"),
        Column("accepted_only", "只用已通过的数据", nowrap=True),
        Column("kindergartens", "幼儿园数", sort="kindergartens", numeric=True),
        Column("made_by", "测算人", nowrap=True),
        Column("made_at", "测算时间", sort="made_at", nowrap=True),
    ],
    filters=[Search(["unit__name"], "范围")],
    sort="-made_at",
    empty=Empty(
        "还没有普及普惠测算", "幼儿园和县市区的数据通过审核后，可以测算 36 项指标和社会认可度。", icon="chart-bar"
    ),
)


@require_GET
def preschool_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "preschool.view")
    primary = None
    if actor.may_somewhere("preschool.run"):
        primary = ("新的测算", reverse("stats:preschool_new"), "plus")
    rows = preschool.runs_seen(actor).defer("results", "standard")
    return RUNS.respond(request, rows, title="普及普惠测算", primary=primary)


@require_http_methods(["GET", "POST"])
def preschool_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "preschool.run")
    region = next((unit.region_code[:6] for unit in roots_of(actor, "preschool.run") if unit.region_code), "")
    form = PreschoolForm(
        request.POST or None,
        regions=regions_of(actor, "preschool.run"),
        years=preschool.years_reported(actor),
        standards=preschool.standards_for(region, timezone.localdate()),
    )
    return answered(
        request, form, lambda: acts.run_preschool(actor, **form.values),
        lambda made: f"已测算 {made.kindergartens} 所幼儿园，{len(made.results['counties'])} 个县市区。",
        title="普及普惠测算", save="开始测算", save_icon="player-play", cancel_url=reverse("stats:preschools"),
        crumbs=[Crumb("普及普惠", reverse("stats:preschools"))],
    )  # fmt: skip


def _run_or_404(request: HttpRequest, pk: int) -> PreschoolRun:
    return found_or_404(preschool.run_seen(actor_of(request), pk))


def _crumbs(run: PreschoolRun, *more: Crumb) -> list[Crumb]:
    return [Crumb("普及普惠", reverse("stats:preschools")), *more]


@require_GET
def preschool_page(request: HttpRequest, pk: int) -> HttpResponse:
    """All items against all counties; a single county has only its own page."""
    run = _run_or_404(request, pk)
    actor = actor_of(request)
    view = preschool.run_view(run)
    if len(view.counties) == 1:
        return redirect("stats:preschool_county", pk=run.pk, county=view.counties[0].key)
    parts: list[dict[str, Any]] = []
    for place, first in enumerate(view.counties[0].items if view.counties else []):
        item = first.result.item
        if not parts or parts[-1]["title"] != item.part:
            parts.append({"title": item.part, "rows": []})
        cells = [
            {"state": PRESCHOOL_SHORT[county.items[place].result.status], "county": county} for county in view.counties
        ]
        parts[-1]["rows"].append({"code": item.code, "name": item.name, "cells": cells})
    counties = [
        {
            "view": county,
            "verdict": preschool_verdict(county.run.verdict),
            "counts": [county.count(status) for status in Status],
        }
        for county in view.counties
    ]
    events = audit.history(run)
    makes = Hooks(actor, findings.PRESCHOOL.key(run.pk)).may and any(one.failed for one in view.counties)
    return render(
        request,
        "stats/preschool.html",
        {
            "run": run,
            "crumbs": _crumbs(run),
            "counties": counties,
            "gardens": run.kindergartens,
            "attached": sum(county.attached for county in view.counties),
            "words": [WORDS[status] for status in Status],
            "parts": parts,
            "may_export": actor.may("preschool.export", run.unit.path),
            "make_url": address(findings.PRESCHOOLS.key(run.pk, findings.ALL)) if makes else "",
            "events": list(events[:EVENTS]),
            "event_count": events.count(),
        },
    )


@require_GET
def preschool_county(request: HttpRequest, pk: int, county: int) -> HttpResponse:
    """One county: every item with number, demand, verdict, gap and judgement; kindergartens that lack something; other years."""
    run = _run_or_404(request, pk)
    actor = actor_of(request)
    view = preschool.run_view(run)
    found = found_or_404(view.county(county))
    others = [
        (other, one)
        for other in preschool.earlier_runs(actor, run, county)
        if (one := preschool.run_view(other).county(county)) is not None
    ]
    last = next((one for other, one in others if other.year == run.year - 1), None)
    before = {shown.code: PRESCHOOL_SHORT[shown.result.status] for shown in last.items} if last else {}
    parts: list[dict[str, Any]] = []
    for shown in found.items:
        if not parts or parts[-1]["title"] != shown.result.item.part:
            parts.append({"title": shown.result.item.part, "rows": []})
        parts[-1]["rows"].append(
            {"item": shown, "state": PRESCHOOL[shown.result.status], "before": before.get(shown.code)}
        )
    asked = request.GET.get("lack", "")
    failing = [
        {**garden, "lacks": [lack for lack in garden["lacks"] if not asked or lack["code"] == asked]}
        for garden in found.failing
        if not asked or any(lack["code"] == asked for lack in garden["lacks"])
    ]
    hooks = Hooks(actor, findings.PRESCHOOL.key(run.pk, county))
    place = preschool.place_of(found)
    codes = sorted({lack["code"] for garden in found.failing for lack in garden["lacks"]})
    years = [(run, found), *others]
    return render(
        request,
        "stats/preschool_county.html",
        {
            "run": run,
            "county": found,
            "gardens": found.kindergartens,
            "attached": found.attached,
            "verdict": preschool_verdict(found.run.verdict),
            "crumbs": _crumbs(run, *([Crumb(str(run), run.get_absolute_url())] if len(view.counties) > 1 else [])),
            "counts": [(PRESCHOOL[status], found.count(status)) for status in Status],
            "parts": parts,
            "has_before": bool(before),
            "may_judge": actor.may("preschool.judge", run.unit.path),
            "may_export": actor.may("preschool.export", run.unit.path),
            "undecided": found.undecided,
            "failed": [
                (
                    shown,
                    hooks.at(findings.PRESCHOOL.key(run.pk, county, shown.code), place, f"{shown.code} {shown.name}"),
                )
                for shown in found.failed
            ],
            "make_url": address(findings.PRESCHOOLS.key(run.pk, county))
            if len(found.failed) > 1 and hooks.at(findings.PRESCHOOLS.key(run.pk, county), place) is not None
            else "",
            "failing": failing[:SHOWN],
            "failing_count": len(failing),
            "all_failing": len(found.failing),
            "codes": codes,
            "asked": asked,
            "missing": found.missing[:SHOWN],
            "unknown": found.unknown[:SHOWN],
            "years": [
                {
                    "run": other,
                    "counts": [one.count(status) for status in Status],
                    "verdict": preschool_verdict(one.run.verdict),
                }
                for other, one in years
            ],
            "words": [WORDS[status] for status in Status],
        },
    )


@require_http_methods(["GET", "POST"])
def preschool_judge(request: HttpRequest, pk: int, county: int, item: str) -> HttpResponse:
    """Judge one item by hand; afterwards the next one that waits, else back to the county."""
    run = _run_or_404(request, pk)
    actor = actor_of(request)
    actor.require("preschool.judge", run.unit.path)
    found = preschool.run_view(run).county(county)
    shown = found.item(item) if found else None
    if found is None or shown is None or not shown.result.item.judged:
        raise Http404
    back = reverse("stats:preschool_county", args=[run.pk, county])
    held = shown.judgement
    form = JudgeForm(
        request.POST or None,
        request.FILES or None,
        initial={
            "status": held.status if held else None,
            "note": held.note if held else "",
            "version": held.version if held else 0,
        },
    )
    rest = [code for code in found.undecided if code != item]
    following = next((code for code in rest if _order(found, code) > _order(found, item)), next(iter(rest), None))
    goes_on = held is None and following is not None
    to = reverse("stats:preschool_judge", args=[run.pk, county, following]) if goes_on else back
    return answered(
        request, form, lambda: acts.judge_item(actor, run=run, county=county, item=item, **form.values),
        lambda made: f"已判定 {item}：{made.get_status_display()}。还有 {len(rest)} 项待判定。", to=to,
        title=f"{item} {shown.name}", save="保存判定", save_icon="check", cancel_url=back,
        crumbs=_crumbs(run, Crumb(str(run), run.get_absolute_url()), Crumb(found.name, back)),
        template="stats/preschool_judge.html", shown=shown, state=PRESCHOOL[shown.result.status],
    )  # fmt: skip


def _order(county: preschool.CountyView, code: str) -> int:
    return next(place for place, one in enumerate(county.items) if one.code == code)


@require_GET
def preschool_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = preschool.judgement_seen(actor_of(request), pk)
    if found is None or found.file is None:
        raise Http404
    return files.serve(found.file, found.file_name)


@require_POST
def preschool_export(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run_or_404(request, pk)
    acts.note_preschool_export(actor_of(request), run=run)
    target = io.BytesIO()
    write_preschool(preschool.run_view(run), target)
    return attachment(target.getvalue(), f"{run}.xlsx")
