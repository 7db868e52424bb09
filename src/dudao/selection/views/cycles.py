"""Pages of cycle plans: the list, a new plan, the plan as a table of counties and terms, its rules and capacities."""

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.scheduling.cycle import term_label
from dudao.core import audit
from dudao.core.ui.acting import actor_of, may_anywhere
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chips, Choice, Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, Tab
from dudao.orgs.models import Unit
from dudao.orgs.queries import choosable
from dudao.selection.actions import cycles as acts
from dudao.selection.forms.cycles import CycleForm, parse_capacities
from dudao.selection.models import CyclePlan
from dudao.selection.papers.cycles import write_cycle
from dudao.selection.process import CHANGE, CYCLE
from dudao.selection.queries import cycles
from dudao.selection.rules import CycleRules

SHOWN = 40
EVENTS = 12


def _proof(plan: CyclePlan) -> str:
    if not plan.levels:
        return "—"
    return "已证明最优" if plan.is_proved else "可行，有差距"


CYCLES = Listing(
    key="cycles",
    columns=[
        Column("title", "规划", link=lambda row: row.get_absolute_url(), sort="title", sub=lambda row: row.span_words),
        Column("kind", "督导对象", "get_objects_kind_display", sort="objects_kind", nowrap=True),
        Column("office", "编制单位", lambda row: str(row.office), sort="office__sort_no", nowrap=True),
        Column("years", "年数", sort="years", numeric=True),
        Column("proof", "求解", _proof, nowrap=True),
        Column("unmet", "未满足的要求", lambda row: len(row.unmet), numeric=True),
        Column("state", "状态", lambda row: CYCLE.flow.states[row.state], sort="state", nowrap=True),
        Column("approved_at", "批准时间", sort="approved_at", nowrap=True, optional=True),
    ],
    filters=[
        Search(["title", "office__name"], "规划或编制单位"),
        Choice("kind", "督导对象", CyclePlan.Objects.choices, lookup="objects_kind"),
    ],
    chips=Chips.of_states("state", CYCLE.flow.states),
    order=["-first_term", "-pk"],
    empty=Empty(
        "还没有周期规划",
        "义务教育学校五年一轮、幼儿园三至五年一轮的督导从这里排定。督导办先列出学校，再测算每学期督导哪些学校，批准后执行。",
        icon="calendar-stats",
    ),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def cycle_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "cycle.view")
    primary = None
    if actor_of(request).may_somewhere("cycle.create"):
        primary = ("编制规划", reverse("selection:cycle_new"), "plus")
    return CYCLES.respond(request, cycles.plans(actor_of(request)), title="周期规划", primary=primary)


def _offices(actor: Any) -> Any:
    return (
        choosable(actor, "cycle.create").filter(kind__in=["city", "county", "zone"]).order_by("depth", "sort_no", "pk")
    )


@require_http_methods(["GET", "POST"])
def cycle_new(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "cycle.create")
    actor = actor_of(request)
    form = CycleForm(request.POST or None, offices=_offices(actor), now=cycles.this_term())
    return answered(
        request, form, lambda: acts.create_cycle(actor, **form.values),
        "已列出全部学校。核对规则、容量和固定日期后开始测算。",
        title="编制周期规划", save="列出学校", save_icon="device-floppy", cancel_url=reverse("selection:cycles"),
        crumbs=[Crumb("周期规划", reverse("selection:cycles")), Crumb("编制")],
    )  # fmt: skip


def tabs_of(plan: CyclePlan, here: str, schools: int | None = None) -> list[Tab]:
    return [
        Tab("总览", plan.get_absolute_url(), here == "page"),
        Tab("学校名单", reverse("selection:cycle_schools", args=[plan.pk]), here == "schools", schools),
    ]


@require_GET
def cycle_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan against counties and terms, with proof, what is unmet, changes and history."""
    plan = CYCLE.found_or_404(request, pk)
    actor = actor_of(request)
    matrix = cycles.own_matrix(actor, plan)
    inside = actor.may("cycle.view", plan.office.path)
    unmet = cycles.unmet_seen(plan.unmet, [line.unit.pk for line in matrix.lines if line.unit is not None])
    changes = list(cycles.changes_of(actor, plan))
    busy = plan.job if plan.job is not None and not plan.job.over else None
    years = matrix.by_year
    return render(
        request,
        "selection/cycles/cycle.html",
        {
            **CYCLE.frame(plan, actor),
            "plan": plan,
            "inside": inside,
            "may_replan": CYCLE.flow.why_not(plan, "cycle.replan", actor) is None,
            "may_export": actor.may("cycle.export", plan.office.path),
            "busy": busy if busy is None or busy.owner_id == actor.id else None,
            "tabs": tabs_of(plan, "page", matrix.total.schools),
            "matrix": matrix,
            "area": cycles.area_word(plan),
            "title": f"各{cycles.area_word(plan)}、各学期",
            "heads": [(term, term_label(term)[5:]) for term in matrix.terms],
            "levels": cycles.levels_seen(plan.levels),
            "unmet": unmet[:SHOWN],
            "unmet_count": len(unmet),
            "done": sum(done for _, _, done in years),
            "chart": _chart(years),
            "finding": _finding(years),
            "changes": [(one, CHANGE.flow.states[one.state]) for one in changes],
            "open_change": next((one for one in changes if one.state == "proposed"), None),
            "events": audit.history(plan)[:EVENTS],
        },
    )


def _chart(years: list[tuple[str, int, int]]) -> dict[str, Any]:
    return {
        "kind": "stack",
        "categories": [words for words, _, _ in years],
        "series": [
            {"name": "已督导", "values": [done for _, _, done in years], "tone": "green"},
            {"name": "待督导", "values": [planned - done for _, planned, done in years], "tone": "blue"},
        ],
        "unit": "所",
    }


def _finding(years: list[tuple[str, int, int]]) -> str:
    counts = [planned for _, planned, _ in years]
    if not any(counts):
        return "还没有排定"
    if max(counts) - min(counts) <= 1:
        return f"每学年 {min(counts)}～{max(counts)} 所" if min(counts) != max(counts) else f"每学年 {counts[0]} 所"
    most = max(years, key=lambda year: year[1])
    least = min(years, key=lambda year: year[1])
    return f"{most[0]}最多，{most[1]} 所；{least[0]}最少，{least[1]} 所"


@require_http_methods(["GET", "POST"])
def cycle_capacity(request: HttpRequest, pk: int) -> HttpResponse:
    """Every county and term in one table; an empty field is no limit."""
    plan = CYCLE.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("cycle.edit", plan.office.path)
    matrix = cycles.own_matrix(actor, plan)
    units: list[Unit] = [line.unit for line in matrix.lines if line.unit is not None]
    keys = [*(unit.pk for unit in units), 0]
    faults: dict[str, str] = {}
    if request.method == "POST":
        found, faults = parse_capacities(request.POST, keys, plan.terms)
        if not faults:
            revision = request.POST.get("revision", "")
            acts.set_capacities(
                actor, plan=plan, revision=int(revision) if revision.isdecimal() else -1, capacity=found
            )
            messages.success(request, "容量已保存，重新测算或重排后生效。")
            return redirect(plan)
    rules = CycleRules.of(plan.rules)
    area = cycles.area_word(plan)
    lines = []
    for line, key in zip((*matrix.lines, matrix.total), keys, strict=True):
        cells = []
        for cell in line.cells:
            name = f"c-{key}-{cell.term}"
            held = rules.cell(key, cell.term)
            typed = request.POST.get(name, "") if request.method == "POST" else ("" if held is None else held)
            cells.append(
                {
                    "name": name,
                    "value": typed,
                    "fault": name in faults,
                    "planned": cell.planned,
                    "term": term_label(cell.term),
                }
            )
        lines.append({"name": line.name if key else "合计", "schools": line.schools, "cells": cells})
    return render(
        request,
        "selection/cycles/capacity.html",
        {
            "plan": plan,
            "area": area,
            "title": f"各{area}、各学期的容量",
            "note": f"每个{area}每学期最多督导多少所；留空不限。合计行限制全部。",
            "crumbs": CYCLE.crumbs(plan, "容量"),
            "heads": [(term, term_label(term)) for term in plan.terms],
            "lines": lines,
            "faults": [f"“{typed}”不是 0 到 9999 的整数。" for typed in faults.values()],
        },
        status=422 if faults else 200,
    )


@require_POST
def cycle_export(request: HttpRequest, pk: int) -> HttpResponse:
    plan = CYCLE.found_or_404(request, pk)
    actor = actor_of(request)
    rows = list(cycles.entries(actor, plan).order_by("county__sort_no", "county_id", "term", "-risk", "pk"))
    matrix = cycles.own_matrix(actor, plan)
    acts.note_cycle_export(actor, plan=plan, count=len(rows))
    unmet = cycles.unmet_seen(plan.unmet, [line.unit.pk for line in matrix.lines if line.unit is not None])
    target = io.BytesIO()
    write_cycle(plan, matrix, rows, unmet, target)
    return attachment(target.getvalue(), f"{plan}.xlsx")
