"""The pages of visits: the list by week and inspector, the plan, the visit's own page, feedback, statement, decision."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import audit
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, sent
from dudao.core.ui.filters import Chips, Choice, DateRange, Search
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import answered, form_page
from dudao.core.ui.listing import EXPORT_LIMIT, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink
from dudao.evaluations.actions import visit_papers
from dudao.evaluations.actions import visits as acts
from dudao.evaluations.forms.visits import PickForm, PlanForm
from dudao.evaluations.process import VISIT, planned
from dudao.evaluations.queries import visits as reads
from dudao.evaluations.queries.licensing import registered
from dudao.evaluations.views.exporting import offered
from dudao.evaluations.views.visit_sheet import KINDS, outcomes, taken
from dudao.findings.queries.sources import made_from
from dudao.visits import queries as visit_reads
from dudao.visits.actions import why_not_record
from dudao.visits.forms import StatementForm
from dudao.visits.models import SiteVisit


def days(visit: SiteVisit) -> str:
    """«2026年3月5日至6日»-like words for the days of a visit."""
    if visit.from_on == visit.until_on:
        return date_cn(visit.from_on)
    return f"{date_cn(visit.from_on)}至{date_cn(visit.until_on)}"


def _team(row: Any) -> str:
    return "、".join(f"{member.account.name}{'（组长）' if member.leader else ''}" for member in row.members.all())


def _people(request: HttpRequest) -> Sequence[tuple[int, str]]:
    return visit_reads.inspectors(actor_of(request))


def _tools(row: Any, request: HttpRequest) -> list[RowLink]:
    links = [RowLink("查看", row.get_absolute_url(), "eye")]
    if visit_reads.is_of_team(actor_of(request), row) and row.state in {"ongoing", "fed_back"}:
        links.append(RowLink("现场记录", reverse("visits:visit_field", args=[row.pk]), "device-mobile"))
    return links


def _home() -> Crumb:
    return Crumb("实地评估", reverse("visits:visits"))


VISITS = Listing(
    key="site-visits",
    columns=[
        Column(
            "unit",
            "受评单位",
            lambda row: row.unit.name,
            link=lambda row: row.get_absolute_url(),
            sort="unit__sort_key",
        ),
        Column("from_on", "日期", days, sort="from_on", nowrap=True),
        Column("subjects", "服务的项目", lambda row: "、".join(one.campaign.title for one in row.subjects.all())),
        Column("team", "评估组", _team),
        Column("state", "状态", lambda row: VISIT.flow.states[row.state], sort="state", nowrap=True),
        Column("marks", "已评项", lambda row: row.mark_count, numeric=True, optional=True),
        Column("records", "记录", lambda row: row.record_count, numeric=True, optional=True),
        Column("office", "组织单位", lambda row: str(row.office), optional=True, hidden=True),
    ],
    filters=[
        Search(placeholder="单位或项目", apply=reads.containing),
        Choice("inspector", "评估组成员", _people, lookup="members__account_id"),
        DateRange("day", "日期", lookup="from_on"),
    ],
    chips=Chips.of_states("state", VISIT.flow.states),
    sort="-from_on",
    order=["-pk"],
    row_menu=_tools,
    export=taken,
    export_name="实地评估",
    export_kinds=lambda request: KINDS,
    empty=Empty(
        "还没有实地评估", "督导办选定单位、日期和评估组以后，按日期列在这里，并通知评估组和单位。", icon="map-pin"
    ),
)


@require_http_methods(["GET", "POST"])
def visit_list(request: HttpRequest) -> HttpResponse:
    """The visits that one sees; links narrow them to this week and the next."""
    may_anywhere(request, "onsite.view")
    actor = actor_of(request)
    today = timezone.localdate()
    weeks = []
    for word, shift in (("本周", 0), ("下周", 7)):
        first, last = reads.week_of(today + timedelta(shift))
        weeks.append(
            (f"{word}（{first.month}月{first.day}日—{last.month}月{last.day}日）", f"?day_from={first}&day_to={last}")
        )
    plans = actor.may_somewhere("onsite.plan")
    listing, rows = offered(request, VISITS), reads.with_counts(reads.seen(actor))
    if request.method == "POST" and request.POST.get("export") == KINDS[0][0] and listing.export_name is not None:
        return outcomes(request, listing.narrowed(request, rows)[:EXPORT_LIMIT])
    return listing.respond(
        request,
        rows,
        title="实地评估",
        template="evaluations/visits/visits.html",
        weeks=weeks,
        primary=("安排实地评估", reverse("visits:visit_pick"), "plus") if plans else None,
    )


# ---- planning -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def pick(request: HttpRequest) -> HttpResponse:
    """Which unit; the plan comes on the next page."""
    may_anywhere(request, "onsite.plan")
    form = PickForm(sent(request), units=reads.units(actor_of(request)))
    if request.method == "POST" and form.is_valid():
        return redirect("visits:visit_plan", form.cleaned_data["unit"].pk)
    return form_page(
        request,
        form,
        title="安排实地评估",
        save="下一步",
        save_icon="arrow-right",
        cancel_url=_home().url,
        crumbs=[_home(), Crumb("安排")],
    )


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Dates, campaigns and team of a visit to one unit."""
    actor = actor_of(request)
    unit = found_or_404(reads.unit_of(actor, pk))
    given = planned(actor, unit)
    form = PlanForm(sent(request), **given, initial={"subjects": list(given["subjects"]), "announced": True})
    return answered(
        request, form, lambda: acts.plan_visit(actor, unit=unit, **form.values), "已安排，评估组成员会收到通知。",
        title=f"安排对{unit.name}的实地评估", save="保存安排", cancel_url=_home().url, crumbs=[_home(), Crumb(unit.name)],
    )  # fmt: skip


# ---- the visit's page -----------------------------------------------------------------------------------------


@require_GET
def visit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a visit, as far as the side that one is on sees it."""
    row = VISIT.found_or_404(request, pk)
    actor = actor_of(request)
    inside = visit_reads.is_inside(actor, row)
    team = visit_reads.is_of_team(actor, row)
    desks = [desk for desk in reads.desks(row) if inside or reads.shows_marks(row, desk.subject)]
    told = inside or row.state in {SiteVisit.State.FED_BACK, SiteVisit.State.SETTLED}
    denied, recorded = acts.by_head(row, actor)
    return render(
        request,
        "evaluations/visits/visit.html",
        {
            **VISIT.frame(row, actor),
            "crumbs": [_home()],
            "days": days(row),
            "registered": registered(row.unit),
            "inside": inside,
            "told": told,
            "members": list(row.members.all()),
            "subjects": list(row.subjects.all()),
            "desks": desks,
            "records": visit_reads.records_of(row) if inside else [],
            "files": [one for one in visit_reads.files_of(row) if one.record_id is None] if inside else [],
            "paper": visit_papers.notice_of(row) if inside else None,
            "drafts": inside and visit_papers.why_not_notice(actor, row) is None,
            "corrects": actor.may("review.settle", row.office.path) and row.state == SiteVisit.State.SETTLED,
            "field": team and why_not_record(actor, row) is None,
            "states": denied is None,
            "statement_word": "代单位登记说明" if recorded else "说明情况",
            "findings": made_from(actor, row.get_absolute_url()),
            "events": audit.history(row) if inside else [],
        },
    )


@require_http_methods(["GET", "POST"])
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit says to it."""
    row = VISIT.found_or_404(request, pk)
    actor = actor_of(request)
    denied, recorded = acts.by_head(row, actor)
    back = VISIT.back_to(request, row)
    if denied is not None:
        if request.method != "GET":
            raise denied
        messages.error(request, denied.reason)
        return redirect(back)
    by = row.stated_by.removesuffix("（代为登记）") or ("" if recorded else actor.name)
    form = StatementForm(sent(request), initial={"text": row.statement, "by": by})
    title = "代单位登记说明" if recorded else "说明情况"
    return answered(
        request, form, lambda: acts.state_position(actor, visit=row, **form.values), "已记下单位的说明。",
        to=back, title=title, save="提交说明", save_icon="send", cancel_url=back,
        crumbs=VISIT.crumbs(row, "说明情况"), template="evaluations/visits/form.html", row=row, lows=[],
    )  # fmt: skip
