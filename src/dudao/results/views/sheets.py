"""Pages of a score sheet: the ranking, one indicator, two sheets compared, computed again, low marks, playing with it; opinions."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.tree import Tree
from dudao.core.keys import is_number
from dudao.core.ui.acting import actor_of, found_or_404, run
from dudao.core.ui.filters import Chip, Chips, Choice, Search, YesNo
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.evaluations.models import Campaign, ScoreSheet
from dudao.evaluations.process import campaign_crumbs
from dudao.evaluations.queries import scores as reads
from dudao.evaluations.queries.sheets import grade_names, loaded, replayed, sheet_system
from dudao.evaluations.queries.systems import rules_of
from dudao.evaluations.views.exporting import offered, recorded
from dudao.evaluations.views.figures import block_figure, block_words, deviation_figure, figure, number
from dudao.findings.queries.sources import address
from dudao.frameworks.models import FrameworkVersion
from dudao.frameworks.trials.figures import blocks_chart, decimals, deviation, moved_words, summary
from dudao.frameworks.views.what_if import playing
from dudao.papers.labels import drafted
from dudao.results import findings
from dudao.results.actions import opinions as batches
from dudao.results.actions import results as acts
from dudao.results.actions.result_papers import draft_opinions
from dudao.results.forms import OpinionsForm
from dudao.results.process import results_crumb
from dudao.results.queries import deciding
from dudao.results.queries.comparing import AtIndicator, at_indicator, compared
from dudao.results.queries.low_results import by_indicator, lows_of, threshold_words
from dudao.results.views.results import OF_COUNTIES

MOST_BLOCKS_SHOWN = 6
MOST_AT_INDICATOR = 300
_SIGNS = re.compile(r"[\[\]:*?/\\]")
"""What the name of a worksheet can't have."""


def sheet_or_404(request: HttpRequest, pk: int) -> ScoreSheet:
    return found_or_404(reads.sheet(actor_of(request), pk))


def _crumbs(sheet: ScoreSheet, *more: Crumb) -> list[Crumb]:
    return campaign_crumbs(sheet.campaign, results_crumb(sheet.campaign), *more)


def _sheet_crumb(sheet: ScoreSheet) -> Crumb:
    return Crumb(f"第 {sheet.number} 次计算", sheet.get_absolute_url())


def _comparable(tree: Tree, system: Any) -> bool:
    """Whether a self-evaluation answers everything that others mark: only then are totals compared."""
    keys = {source.key for source in tree.sources}
    return "self" in keys and not any(system.is_foreign(code, "self") for code in tree.nodes)


def _ranking(sheet: ScoreSheet, request: HttpRequest, places: Mapping[str, int], *, is_uneven: bool = False) -> Listing:
    """``places``: decimals by column, so that the numbers of one stand below each other. ``is_uneven``: ranks go by rates."""
    system = sheet_system(sheet)
    tree = system.tree
    vetoes = {veto.code: veto.name for veto in tree.vetoes}
    scored = tree.root.points is not None
    columns = [
        Column(
            "name",
            "单位",
            link=lambda row: row.get_absolute_url(),
            sort="name",
            sub=lambda row: (
                "一票否决：" + "、".join(vetoes.get(code, code) for code in row.outcome["vetoes"])
                if row.outcome["vetoes"]
                else ""
            ),
            nowrap=True,
        ),
        Column(
            "county",
            "县市区",
            sort="county",
            nowrap=True,
            optional=True,
            hidden=sheet.campaign.objects_kind in OF_COUNTIES,
        ),
    ]
    ranked = scored and rules_of(sheet.campaign).ranked
    if ranked:
        columns.append(Column("rank", "名次", sort=["rank", "position"], numeric=True))
    if scored:
        columns += [
            Column(
                "total",
                "总分",
                lambda row: figure(row.outcome["total"]),
                show=lambda row: number(row.outcome["total"], places.get("", 0)),
                sort="total",
                numeric=True,
                nowrap=True,
                cells=_decimals(places.get("", 0)),
            ),
        ]
        if is_uneven:
            columns.append(
                Column(
                    "possible",
                    "适用满分",
                    lambda row: figure(row.outcome["possible"]),
                    show=lambda row: number(row.outcome["possible"]),
                    numeric=True,
                )
            )
    if grade_names(tree):
        columns.append(Column("grade", "等次" if tree.scale else "等级", "grade", sort="grade", nowrap=True))
    for place, child in enumerate(tree.root.children):
        columns.append(
            Column(
                f"block_{place}",
                f"{child.code} {child.name}",
                lambda row, code=child.code: block_figure(row.outcome["blocks"].get(code)),  # type: ignore[misc]
                show=lambda row, code=child.code: block_words(  # type: ignore[misc]
                    row.outcome["blocks"].get(code), places.get(code, 0)
                ),
                numeric=scored,
                nowrap=True,
                optional=True,
                hidden=place >= MOST_BLOCKS_SHOWN,
                cells=_decimals(places.get(child.code, 0)),
            )
        )
    if scored and _comparable(tree, system):
        columns += [
            Column(
                "self",
                "自评总分",
                lambda row: figure(row.outcome["totals"].get("self")),
                show=lambda row: number(row.outcome["totals"].get("self"), places.get("", 0)),
                numeric=True,
                optional=True,
                hidden=True,
                cells=_decimals(places.get("", 0)),
            ),
            Column(
                "deviation",
                "与自评的偏差",
                lambda row: deviation_figure(row.outcome, "self"),
                show=lambda row: deviation(row.outcome, "self", places.get("", 0)),
                numeric=True,
                nowrap=True,
                cells="+{0};−{0};0".format(_decimals(places.get("", 0))),
            ),
        ]
    columns.append(
        Column(
            "open",
            "没有得分的指标",
            lambda row: f"{row.open_count} 项" if row.open_count else "无",
            sub=lambda row: (
                "；".join(row.outcome["problems"][:2])
                if row.outcome.get("problems")
                else "、".join(row.outcome["open"][:5]) + ("…" if row.open_count > 5 else "")
            ),
            sort="open_count",
            nowrap=True,
        )
    )
    names = grade_names(tree)
    writes = actor_of(request).may("paper.draft", sheet.campaign.office.path) and sheet.purpose == "final"
    bulk = [BulkAction("起草督导意见书", reverse("results:sheet_opinions", args=[sheet.pk]), "file-text")]
    return Listing(
        key=f"sheet-{sheet.pk}",
        columns=columns,
        filters=[
            Search(["name"], "单位"),
            Choice("county", "县市区", reads.counties_of_sheet(sheet)),
            YesNo("veto", "一票否决", where=~Q(outcome__vetoes=[])),
            YesNo("open", "有指标没有得分", where=Q(open_count__gt=0)),
        ],
        chips=Chips("grade", [Chip(name, name, Q(grade=name)) for name in names]) if names else None,
        sort="rank" if ranked else "",
        order=["position"] if ranked else ["path"],
        bulk=(lambda _request: bulk) if writes else None,
        template="results/sheet.html",
        export=recorded(lambda _row: sheet.campaign),
        export_name=f"得分表 {_SIGNS.sub('', sheet.title)}",
        empty=Empty("没有单位", "这次计算没有参评单位。"),
    )


def _decimals(places: int) -> str:
    """How a workbook writes numbers with so many decimals: «0.00»."""
    return f"0.{'0' * places}" if places else "0"


@require_http_methods(["GET", "POST"])
def sheet_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who came where with what: total, grade, first-level indicators, deviation, vetoes, what is open."""
    sheet = sheet_or_404(request, pk)
    campaign, actor = sheet.campaign, actor_of(request)
    tree = sheet_system(sheet).tree
    rows = reads.results_of(sheet)
    told = list(rows.order_by("position").values_list("name", "outcome"))
    found = summary(told, tree)
    spec, finding = blocks_chart(found, tree)
    counties = reads.county_means(sheet)
    final = deciding.final_sheet(campaign)
    is_last = final is not None and final.pk == sheet.pk
    running = campaign.state in {Campaign.State.RUNNING, Campaign.State.DECIDING, Campaign.State.PUBLICISED}
    sources = [one.label for one in tree.sources if one.counts]
    ranking = _ranking(sheet, request, decimals(tree, (outcome for _, outcome in told)), is_uneven=found.is_uneven)
    return offered(request, ranking).respond(
        request,
        rows.defer("cells"),
        title=sheet.title,
        crumbs=_crumbs(sheet, Crumb(f"第 {sheet.number} 次计算")),
        note=f"{sheet.get_purpose_display()}，{campaign.version}",
        sheet=sheet,
        campaign=campaign,
        summary=found,
        ranked=rules_of(campaign).ranked,
        spec=spec,
        finding=finding,
        county_spec=_by_county(counties),
        county_finding=f"{counties[-1][0]}平均分最低：{counties[-1][1]:.2f} 分" if counties else "",
        labels="、".join(sources),
        is_last=is_last,
        retired=campaign.version.state == FrameworkVersion.State.RETIRED,
        stale=running and is_last and not deciding.is_fresh(sheet),
        others=[one for one in reads.sheets_of(campaign) if one.pk != sheet.pk],
        deletes=sheet.purpose == ScoreSheet.Purpose.TRIAL and actor.may("campaign.try", campaign.office.path),
    )


def _by_county(counties: list[tuple[str, float, int]]) -> dict[str, Any] | None:
    """Mean totals of counties, each bar the way to its subjects."""
    if not counties:
        return None
    return {
        "kind": "rank",
        "categories": [f"{name}（{many} 个）" for name, _, many in counties],
        "series": [{"name": "平均分", "values": [mean for _, mean, _ in counties]}],
        "unit": "分",
        "places": 2,
        "links": [f"?{urlencode({'county': name})}" for name, _, _ in counties],
    }


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = sheet_or_404(request, pk)
    actor = actor_of(request)
    actor.require("campaign.try", sheet.campaign.office.path)
    if run(request, lambda: acts.delete_trial(actor, sheet=sheet), "已删除这次试算。"):
        return redirect("results:results", sheet.campaign_id)
    return redirect(sheet)


@require_GET
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Computed again from what was stored: equal or not, digit by digit. Nothing is written."""
    sheet = sheet_or_404(request, pk)
    found = replayed(sheet)
    context = {
        "sheet": sheet,
        "found": found,
        "crumbs": _crumbs(sheet, _sheet_crumb(sheet), Crumb("核对")),
        "command": f"dudao evaluation replay {sheet.campaign_id} --sheet {sheet.number}",
    }
    return render(request, "results/verify.html", context)


def _chosen_code(request: HttpRequest, tree: Tree) -> str:
    code = request.GET.get("code", "")
    if not code:
        return tree.root.children[0].code
    if code not in tree.nodes:
        raise Http404
    return code


@require_GET
def indicator(request: HttpRequest, pk: int) -> HttpResponse:
    """One indicator over all subjects: who has what, how far from the self-evaluation, how it is spread."""
    sheet = sheet_or_404(request, pk)
    tree = sheet_system(sheet).tree
    code = _chosen_code(request, tree)
    county = request.GET.get("county", "")
    rows = reads.results_of(sheet).order_by("position")
    if county:
        rows = rows.filter(county=county)
    sources, found = at_indicator(sheet, list(rows), code)
    ordered = sorted(found, key=lambda one: (one.rate is None, one.rate or 0.0))
    low = findings.set_key_of(sheet.pk, code)
    context = {
        "sheet": sheet,
        "crumbs": _crumbs(sheet, _sheet_crumb(sheet), Crumb("按指标查看")),
        "node": tree.nodes[code],
        "code": code,
        "codes": [(one, f"{one} {node.name}") for one, node in tree.nodes.items() if node is not tree.root],
        "counties": reads.counties_of_sheet(sheet),
        "county": county,
        "sources": sources,
        "rows": [(one, list(zip(sources, one.given, strict=True))) for one in ordered[:MOST_AT_INDICATOR]],
        "count": len(ordered),
        "spec": _spread(found),
        "finding": _spread_finding(found),
        "low_url": address(low) if not tree.nodes[code].children and _makes_findings(request, sheet) else "",
        "threshold": threshold_words(sheet),
    }
    return render(request, "results/indicator.html", context)


_BANDS = ((0, 60, "60%以下"), (60, 70, "60—70%"), (70, 80, "70—80%"), (80, 90, "80—90%"), (90, 101, "90%以上"))


def _spread(found: list[AtIndicator]) -> dict[str, Any] | None:
    """How many subjects there are in each band of rates."""
    rates = [one.rate for one in found if one.rate is not None]
    if len(rates) < 2:
        return None
    counts = [sum(low <= rate < high for rate in rates) for low, high, _ in _BANDS]
    return {
        "kind": "bar",
        "categories": [label for _, _, label in _BANDS],
        "series": [{"name": "单位数", "values": counts}],
        "unit": "个",
    }


def _spread_finding(found: list[AtIndicator]) -> str:
    rates = [(one.rate, one.row.name) for one in found if one.rate is not None]
    if not rates:
        return ""
    mean = sum(rate for rate, _ in rates) / len(rates)
    worst = min(rates)
    return f"平均得分率 {mean:.1f}%，最低的是{worst[1]}（{worst[0]:.1f}%）"


@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Against another sheet of the campaign: who moved, and which marks made it so."""
    sheet = sheet_or_404(request, pk)
    others = [one for one in reads.sheets_of(sheet.campaign) if one.pk != sheet.pk]
    asked = request.GET.get("with", "")
    other = next((one for one in others if str(one.pk) == asked), None) if asked else (others[0] if others else None)
    if asked and other is None:
        raise Http404
    found = None
    if other is not None:
        other.campaign = sheet.campaign
        pair = (other, sheet) if other.number < sheet.number else (sheet, other)
        found = compared(*pair)
    context = {
        "sheet": sheet,
        "crumbs": _crumbs(sheet, _sheet_crumb(sheet), Crumb("两次比较")),
        "others": others,
        "other": other,
        "first": min(sheet.number, other.number) if other else 0,
        "last": max(sheet.number, other.number) if other else 0,
        "found": found,
        "rows": found.moves[:200] if found else [],
        "cells": found.cells[:500] if found else [],
        "words": moved_words(found.moves) if found and found.moves else "",
    }
    return render(request, "results/compare.html", context)


def _makes_findings(request: HttpRequest, sheet: ScoreSheet) -> bool:
    return reads.is_final(sheet) and actor_of(request).may_somewhere("finding.create")


@require_GET
def low(request: HttpRequest, pk: int) -> HttpResponse:
    """Indicators at which subjects did badly, each the way to findings of all of them."""
    sheet = sheet_or_404(request, pk)
    found = by_indicator(lows_of(sheet))
    may = _makes_findings(request, sheet)
    context = {
        "sheet": sheet,
        "is_final": reads.is_final(sheet),
        "crumbs": _crumbs(sheet, _sheet_crumb(sheet), Crumb("低分问题")),
        "groups": [
            (code, lows[0].name, lows, address(findings.set_key_of(sheet.pk, code)) if may else "")
            for code, lows in found.items()
        ],
        "total": sum(len(lows) for lows in found.values()),
        "all_url": address(findings.set_key_of(sheet.pk)) if may and found else "",
        "threshold": threshold_words(sheet),
    }
    return render(request, "results/low.html", context)


@require_GET
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """Weights, limits, rules or a mark differ: who moves. Nothing is stored."""
    sheet = sheet_or_404(request, pk)
    rows = list(reads.results_of(sheet).only("name", "cells", "sheet").order_by("position"))
    system = sheet_system(sheet)
    context = playing(
        request, system, names=[row.name for row in rows], load=lambda: loaded(sheet, rows)[0], apart=True
    )
    return render(
        request,
        "frameworks/what_if.html",
        {
            "crumbs": _crumbs(sheet, _sheet_crumb(sheet), Crumb("假设调整")),
            "note": sheet.title,
            "play_url": reverse("results:sheet_what_if", args=[pk]),
            **context,
        },
    )


@require_http_methods(["GET", "POST"])
def opinions(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the 督导意见书 of the chosen subjects: first the deadline, then the papers."""
    sheet = sheet_or_404(request, pk)
    actor = actor_of(request)
    actor.require("paper.draft", sheet.campaign.office.path)
    listing = _ranking(sheet, request, {})
    rows = reads.results_of(sheet).select_related("subject__unit")
    keys = [key for key in request.POST.get("keys", "").split(",") if is_number(key)]
    chosen = list(rows.filter(pk__in=keys) if keys else listing.chosen(request, rows))
    if not chosen:
        messages.error(request, "没有选择单位，请在得分表里选择。")
        return redirect(sheet)
    carried = {"keys": ",".join(str(row.pk) for row in chosen)}
    form = OpinionsForm(request.POST if "due_on" in request.POST else None, initial=carried)
    if "due_on" in request.POST and form.is_valid():
        due_on, many = form.cleaned_data["due_on"], len(chosen) > batches.AT_ONCE
        act = batches.begin_opinions if many else draft_opinions
        made = refused(form, lambda: act(actor, sheet=sheet, rows=chosen, due_on=due_on))
        if many and made is not None:
            return redirect(made)
        if made is not None or not form.errors:
            told = (
                ""
                if made is None or len(made) == len(chosen)
                else f"{len(chosen) - len(made)} 个单位已有或还没有评定结果，没有起草。"
            )
            said = " {} 份督导意见书"
            messages.success(request, drafted(said, made) if made else f"已起草{said.format(len(chosen))}。")
            if told:
                messages.info(request, told)
            return redirect(sheet)
    return form_page(
        request,
        form,
        title="起草督导意见书",
        save="起草",
        save_icon="file-text",
        cancel_url=sheet.get_absolute_url(),
        crumbs=_crumbs(sheet, _sheet_crumb(sheet), Crumb("起草督导意见书")),
        note=f"{len(chosen)} 个单位：{'、'.join(row.name for row in chosen[:8])}{'等' if len(chosen) > 8 else ''}",
        template="results/opinions.html",
    )
