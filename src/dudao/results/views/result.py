"""One subject's result: every indicator with its mark, where it came from and why; beside it county, all, and earlier years."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dudao.calc.score import ADOPTED, Scores, explain
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.export import attachment
from dudao.core.ui.parts import Crumb
from dudao.evaluations.findings import lost
from dudao.evaluations.models import Result, ScoreSheet
from dudao.evaluations.process import campaign_crumbs
from dudao.evaluations.queries import scores as reads
from dudao.evaluations.queries.sheets import loaded
from dudao.evaluations.views.figures import block_words, number, total
from dudao.findings.queries.sources import Hooks
from dudao.frameworks.models import FrameworkVersion
from dudao.frameworks.trials.figures import block_places, lines_of
from dudao.results.flow import by_unit
from dudao.results.process import RESULT, results_crumb
from dudao.results.queries import deciding
from dudao.results.queries import uses as used


def _result_or_404(request: HttpRequest, pk: int) -> Result:
    return found_or_404(reads.result(actor_of(request), pk))


def _crumbs(request: HttpRequest, row: Result) -> list[Crumb]:
    campaign = row.sheet.campaign
    if reads.is_led(actor_of(request), campaign):
        crumb = Crumb(f"第 {row.sheet.number} 次计算", row.sheet.get_absolute_url())
        return campaign_crumbs(campaign, results_crumb(campaign), crumb, Crumb(row.name))
    return [Crumb("评估结果", reverse("results:result_list")), Crumb(row.name)]


def _blocks(row: Result, scores: Scores) -> list[tuple[str, str, str]]:
    """(name, mark, full points) of the first-level indicators."""
    found = []
    for child in scores.tree.root.children:
        block = row.outcome["blocks"].get(child.code)
        if block is not None:
            words = block_words(block, block_places(scores.tree, child.code))
            found.append((f"{child.code} {child.name}", words or "—", number(block["possible"]) or "—"))
    return found


def _vetoes(row: Result, scores: Scores) -> list[tuple[str, str]]:
    """(name, on what grounds) of those raised."""
    grounds = reads.veto_grounds(row) if row.outcome["vetoes"] else {}
    return [
        (veto.name, grounds.get(veto.code, "")) for veto in scores.tree.vetoes if veto.code in row.outcome["vetoes"]
    ]


@require_GET
def result_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One subject (``?code=``: why it has the mark it has at an indicator)."""
    row = _result_or_404(request, pk)
    actor, campaign = actor_of(request), row.sheet.campaign
    inside = reads.is_led(actor, campaign)
    shows = reads.shows_marks(actor, row)
    table, scores = loaded(row.sheet, [row])
    window = deciding.objection_window(row.subject, timezone.localdate())
    asks = actor.may("objection.ask", row.subject.unit.path) and by_unit(row.subject, actor, "objection.ask") is None
    context: dict[str, Any] = {
        "row": row,
        "sheet": row.sheet,
        "campaign": campaign,
        "crumbs": _crumbs(request, row),
        "inside": inside,
        "shows": shows,
        "vetoes": _vetoes(row, scores),
        "problems": row.outcome.get("problems", []),
        "is_trial": row.sheet.purpose == ScoreSheet.Purpose.TRIAL,
        "retired": inside and campaign.version.state == FrameworkVersion.State.RETIRED,
        "years": reads.years_of(actor, campaign, unit=row.subject.unit_id),
        "objections": used.objections(actor).filter(subject=row.subject),
        "asks": asks,
        "window": window,
        "is_scored": bool(scores.size),
    }
    if shows and scores.size:
        context |= _marks(request, row, scores, table.given)
    return render(request, "results/result.html", context)


def _marks(request: HttpRequest, row: Result, scores: Scores, given: Any) -> dict[str, Any]:
    """The tree with marks, sources, traces, and the means beside it."""
    tree, inside = scores.tree, reads.is_led(actor_of(request), row.sheet.campaign)
    code = request.GET.get("code", tree.root.code)
    if code not in tree.nodes:
        raise Http404
    found = explain(scores, 0, code)
    gone = lost(found if code == tree.root.code else explain(scores, 0))
    hooks = Hooks(actor_of(request), reads.MARK.key(row.subject_id))
    lines = lines_of(scores, ADOPTED, given, even=True)
    who = reads.givers(scores, row.subject, inside=inside)
    labels = {source.key: source.label for source in tree.sources}
    means = reads.means_of(row, inside=inside)
    sources = [labels[key] for key in given] if len(given) > 1 else []
    hooked = reads.is_final(row.sheet)
    return {
        "total": total(tree, row.outcome["total"]),
        "possible": number(row.outcome["possible"]),
        "standing": reads.standing(row),
        "blocks": _blocks(row, scores),
        "sources": sources,
        "lines": [
            (
                line,
                list(zip(sources, line.sources, strict=True)),
                who.get(line.code),
                hooks.at(reads.MARK.key(row.subject_id, line.code), row.subject.unit, f"{line.code} {line.name}")
                if hooked and line.is_leaf and line.code in gone
                else None,
            )
            for line in lines
        ],
        "root": tree.root.code,
        "code": code,
        "node": tree.nodes[code],
        "trace": found.html(open_levels=2 if found.children else 1),
        "means": means,
        "spec": means.chart(row.name) if means.says else None,
    }


@require_GET
def trace(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The whole explanation as a file: ``form`` is "txt" or "json"."""
    row = _result_or_404(request, pk)
    if not reads.shows_marks(actor_of(request), row):
        raise Http404
    _, scores = loaded(row.sheet, [row])
    if not scores.size:
        raise Http404
    found = explain(scores, 0)
    if form == "json":
        content, kind = json.dumps(found.data(), ensure_ascii=False, indent=1), "application/json"
    elif form == "txt":
        content, kind = found.text() + "\n", "text/plain; charset=utf-8"
    else:
        raise Http404
    return attachment(content.encode(), f"{row.name}得分说明.{form}", kind)


@require_GET
def years(request: HttpRequest, pk: int) -> HttpResponse:
    """The same evaluation over the years: all, one county (``?county=``); with what changed in the indicator system."""
    campaign = RESULT.found_or_404(request, pk)
    actor = actor_of(request)
    county = request.GET.get("county", "")
    found = reads.years_of(actor, campaign, county=county)
    last = deciding.final_sheet(campaign)
    rates = [(f"{one.campaign.year}年", one.rate) for one in found]
    spec = None
    if len(rates) > 1:
        spec = {
            "kind": "line",
            "categories": [name for name, _ in rates],
            "series": [{"name": county or "全部平均", "values": [rate for _, rate in rates]}],
            "unit": "%",
            "max": 100,
        }
    context = {
        "campaign": campaign,
        "crumbs": campaign_crumbs(campaign, results_crumb(campaign), Crumb("历年比较")),
        "years": found,
        "county": county,
        "counties": reads.counties_of_sheet(last) if last is not None else [],
        "spec": spec,
        "finding": _trend(rates),
    }
    return render(request, "results/years.html", context)


def _trend(rates: list[tuple[str, float | None]]) -> str:
    known = [(name, rate) for name, rate in rates if rate is not None]
    if len(known) < 2:
        return "平均得分率"
    gap = known[-1][1] - known[-2][1]
    word = "提高" if gap > 0 else "下降"
    return f"平均得分率比{known[-2][0]}{word} {abs(gap):.1f} 个百分点" if gap else f"平均得分率与{known[-2][0]}持平"
