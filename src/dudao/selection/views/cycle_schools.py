"""The schools of a cycle plan: the list, one school, fixed terms from a workbook; re-planning and what came of it."""

from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from dudao.calc.scheduling.cycle import term_label
from dudao.core.imports.pages import sheet_page
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.filters import Choice, Search, YesNo
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import State
from dudao.core.ui.templatetags.ui import badge, label
from dudao.orgs.models import Ownership
from dudao.selection.actions import cycles as acts
from dudao.selection.forms.cycles import EntryForm, FixedUploadForm
from dudao.selection.models import CycleEntry
from dudao.selection.papers.cycles import read_fixes
from dudao.selection.process import CHANGE, CYCLE
from dudao.selection.queries import cycles
from dudao.selection.views.cycles import tabs_of

SHOWN = 200


def _counties(request: HttpRequest) -> list[tuple[int, str]]:
    plan = cycles.plan(actor_of(request), _pk(request))
    if plan is None:
        return []
    return cycles.county_choices(actor_of(request), plan)


def _terms(request: HttpRequest) -> list[tuple[int, str]]:
    plan = cycles.plan(actor_of(request), _pk(request))
    return cycles.term_choices(plan) if plan is not None else []


def _pk(request: HttpRequest) -> int:
    match = request.resolver_match
    return int(match.kwargs["pk"]) if match is not None else 0


def _term(term: int | None) -> str:
    return "—" if term is None else term_label(term)


def _planned(row: Any) -> Any:
    if row.is_pending:
        return badge(State(f"{_term(row.term)} → {term_label(row.fixed_term)}", "amber", "clock"))
    if row.done:
        return badge(State(_term(row.term), "green", "check"))
    return _term(row.term)


SCHOOLS = Listing(
    key="cycle-schools",
    columns=[
        Column(
            "school", "学校", lambda row: str(row.school), link=lambda row: row.get_absolute_url(),
            sort=("school__sort_no", "school__sort_key"),
        ),
        Column(
            "county", "地区", lambda row: cycles.county_name(row.county, row.plan), sort=("county__sort_no", "county_id"),
            nowrap=True,
        ),
        Column(
            "ownership", "公民办", lambda row: row.school.get_ownership_display(), sort="school__ownership", nowrap=True,
            show=lambda row: label("民办") if row.school.ownership == Ownership.PRIVATE else row.school.get_ownership_display(),
        ),
        Column("term", "学期", lambda row: _term(row.term), show=_planned, sort="term", nowrap=True),
        Column("fixed", "固定", lambda row: row.fixed_reason, sort="fixed_term"),
        Column("risk", "风险分", "risk", sort="risk", numeric=True),
        Column("last", "上次督导", lambda row: _term(row.last_visited), sort="last_visited", nowrap=True),
        Column("why", "为什么在这一学期", "why", optional=True),
    ],
    filters=[
        Search(["school__name", "school__short_name"], "学校名称"),
        Choice("county", "地区", _counties, lookup="county_id"),
        Choice("term", "学期", _terms),
        Choice("owner", "公民办", Ownership.choices, lookup="school__ownership"),
        YesNo("fixed", "固定了学期", where=Q(fixed_term__isnull=False)),
        YesNo("pending", "固定学期未排入", where=Q(fixed_term__isnull=False, term__isnull=False) & ~Q(fixed_term=F("term"))),
        YesNo("done", "已督导", lookup="done"),
    ],
    sort="term",
    order=["-risk", "pk"],
    export_name="周期规划学校",
    empty=Empty("没有学校", "规划的学校在编制时列出。", icon="school"),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def cycle_schools(request: HttpRequest, pk: int) -> HttpResponse:
    plan = CYCLE.found_or_404(request, pk)
    actor = actor_of(request)
    if request.method == "POST":
        acts.note_cycle_export(actor, plan=plan, count=cycles.entries(actor, plan).count())
    return SCHOOLS.respond(
        request,
        cycles.with_done(cycles.entries(actor, plan), plan),
        title=f"{plan}：学校名单",
        template="selection/cycles/schools.html",
        crumbs=CYCLE.crumbs(plan, "学校名单"),
        tabs=tabs_of(plan, "schools"),
        plan=plan,
        may_fix=actor.may("cycle.fix", plan.office.path) and plan.state != "discarded",
    )


def _entry_or_404(request: HttpRequest, pk: int) -> CycleEntry:
    return found_or_404(cycles.entry(actor_of(request), pk))


@require_http_methods(["GET", "POST"])
def cycle_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One school: why it stands where it does; and, for the office, a form to fix it."""
    entry = _entry_or_404(request, pk)
    plan = entry.plan
    actor = actor_of(request)
    may_fix = actor.may("cycle.fix", plan.office.path) and plan.state != "discarded"
    context: dict[str, Any] = {
        "entry": entry,
        "plan": plan,
        "term": _term(entry.term),
        "fixed": _term(entry.fixed_term),
        "last": _term(entry.last_visited),
        "county": cycles.county_name(entry.county, plan),
        "area": cycles.area_word(plan),
        "private": entry.school.ownership == Ownership.PRIVATE,
        "state": CYCLE.flow.states[plan.state],
    }
    way = CYCLE.crumbs(plan, str(entry.school))
    if not may_fix:
        actor.require("cycle.view", entry.county.path)
        if request.method == "POST":
            actor.require("cycle.fix", plan.office.path)
        return render(request, "selection/cycles/entry.html", {**context, "crumbs": way})
    form = EntryForm(
        request.POST or None,
        plan=plan,
        initial={
            "term": entry.fixed_term,
            "reason": entry.fixed_reason,
            "not_before": entry.not_before,
            "not_after": entry.not_after,
            "last_visited": entry.last_visited,
        },
    )
    return answered(
        request, form, lambda: acts.fix_schools(actor, plan=plan, fixes={entry.pk: acts.Fix(**form.values)}),
        "已保存，重排并采用以后生效。" if plan.state == "approved" else "已保存，测算或重排以后生效。",
        to=plan, title=str(entry.school), save="保存", cancel_url=plan.get_absolute_url(), crumbs=way,
        template="selection/cycles/entry_form.html", **context,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def cycle_import(request: HttpRequest, pk: int) -> HttpResponse:
    """A filled-in workbook: all of it or, with a list of what is wrong where, nothing."""
    plan = CYCLE.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("cycle.fix", plan.office.path)
    form = FixedUploadForm(request.POST or None, request.FILES or None)
    return sheet_page(
        request, form, lambda data: read_fixes(data, plan),
        lambda fixes: acts.fix_schools(actor, plan=plan, fixes=fixes, source=form.cleaned_data["file"].name[:200]),
        lambda count: f"已改动 {count} 所学校，测算或重排以后生效。", to=plan,
        title="导入固定学期", cancel_url=plan.get_absolute_url(), crumbs=CYCLE.crumbs(plan, "导入固定学期"),
    )  # fmt: skip


@require_GET
def cycle_change(request: HttpRequest, pk: int) -> HttpResponse:
    """What a re-planning would change, or has changed."""
    made = CHANGE.found_or_404(request, pk)
    plan = made.plan
    actor = actor_of(request)
    counties = cycles.county_names(plan)
    frame = CHANGE.frame(made, actor)
    return render(
        request,
        "selection/cycles/change.html",
        {
            **frame,
            "change": made,
            "plan": plan,
            "area": cycles.area_word(plan),
            "waits": made.state == "proposed" and all(button.denied for button in frame["acts"]),
            "moves": [
                {
                    **one,
                    "before": _term(one["before"]),
                    "after": _term(one["after"]),
                    "county": counties.get(one["county"], ""),
                }
                for one in made.moves
            ],
            "joined": [
                {**one, "after": _term(one["after"]), "county": counties.get(one["county"], "")} for one in made.joined
            ],
            "left": made.left,
            "levels": cycles.levels_seen(made.levels),
            "unmet": made.unmet[:SHOWN],
            "unmet_count": len(made.unmet),
        },
    )
