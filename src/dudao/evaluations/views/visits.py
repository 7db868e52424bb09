"""The pages of visits: the list by week and inspector, the plan, the visit's own page, feedback, statement, decision."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.ui.acting import actor_of, may_anywhere, run, sent
from dudao.core.ui.filters import Chips, Choice, DateRange, Search
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import EXPORT_LIMIT, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink, stages
from dudao.evaluations.actions import visit_papers
from dudao.evaluations.actions import visits as acts
from dudao.evaluations.forms.visits import FeedBackForm, PickForm, PlanForm, SettleVisitForm, StatementForm
from dudao.evaluations.queries import visits as reads
from dudao.evaluations.queries.licensing import registered
from dudao.evaluations.views.exporting import offered
from dudao.evaluations.views.visit_sheet import KINDS, outcomes, taken
from dudao.orgs.models import Unit
from dudao.selection.queries.recusal import candidates, inspectors_among
from dudao.visits import queries as visit_reads
from dudao.visits.actions import why_not_record
from dudao.visits.flow import VISIT
from dudao.visits.labels import VISIT_LINE, VISIT_STATES
from dudao.visits.models import SiteVisit


def visit_or_404(request: HttpRequest, pk: int) -> SiteVisit:
    found = reads.visit_of(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


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
        Column("state", "状态", lambda row: VISIT_STATES[row.state], sort="state", nowrap=True),
        Column("marks", "已评项", lambda row: row.mark_count, numeric=True, optional=True),
        Column("records", "记录", lambda row: row.record_count, numeric=True, optional=True),
        Column("office", "组织单位", lambda row: str(row.office), optional=True, hidden=True),
    ],
    filters=[
        Search(placeholder="单位或项目", apply=reads.containing),
        Choice("inspector", "评估组成员", _people, lookup="members__account_id"),
        DateRange("day", "日期", lookup="from_on"),
    ],
    chips=Chips.of_states("state", VISIT_STATES),
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


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("实地评估", reverse("visits:visits")), *more]


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
        cancel_url=reverse("visits:visits"),
        crumbs=_crumbs(Crumb("安排")),
    )


def _plan_form(request: HttpRequest, unit: Unit, visit: SiteVisit | None, initial: dict[str, Any]) -> PlanForm:
    actor = actor_of(request)
    people = candidates("onsite.mark", unit.path)
    offices = reads.offices(actor).filter(
        path__in=[unit.path[: end + 1] for end, one in enumerate(unit.path) if one == "."]
    )
    return PlanForm(
        sent(request),
        offices=offices.exclude(pk=unit.pk),
        subjects=reads.offered(actor, unit, visit),
        people=people,
        inspectors=inspectors_among(people),
        at=unit.pk,
        initial=initial,
    )


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Dates, campaigns and team of a visit to one unit."""
    actor = actor_of(request)
    unit = reads.unit_of(actor, pk)
    if unit is None:
        raise Http404
    form = _plan_form(request, unit, None, {"subjects": list(reads.offered(actor, unit)), "announced": True})
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: acts.plan_visit(actor, unit=unit, **form.values))
        if made is not None:
            messages.success(request, "已安排，评估组成员会收到通知。")
            return redirect(made)
    return form_page(
        request,
        form,
        title=f"安排对{unit.name}的实地评估",
        save="保存安排",
        cancel_url=reverse("visits:visits"),
        crumbs=_crumbs(Crumb(unit.name)),
    )


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = visit_or_404(request, pk)
    actor = actor_of(request)
    actor.require("onsite.plan", row.unit.path)
    leader = next((member.account_id for member in row.members.all() if member.leader), None)
    form = _plan_form(
        request,
        row.unit,
        row,
        {
            "office": row.office_id,
            "subjects": [one.pk for one in row.subjects.all()],
            "from_on": row.from_on,
            "until_on": row.until_on,
            "announced": row.announced,
            "agenda": row.agenda,
            "leader": leader,
            "members": [member.account_id for member in row.members.all() if not member.leader],
        },
    )
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.values.items() if name != "office"}
        revision = int(request.POST["revision"]) if request.POST.get("revision", "").isdigit() else row.revision
        done = refused(form, lambda: acts.edit_visit(actor, visit=row, revision=revision, **values))
        if done is not None:
            messages.success(request, "已修改安排。")
            return redirect(row)
    return form_page(
        request,
        form,
        title="修改实地评估安排",
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(Crumb(row.unit.name, row.get_absolute_url()), Crumb("修改安排")),
        template="evaluations/visits/edit.html",
        revision=row.revision,
    )


# ---- the visit's page -----------------------------------------------------------------------------------------


@require_GET
def visit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a visit, as far as the side that one is on sees it."""
    row = visit_or_404(request, pk)
    actor = actor_of(request)
    inside = visit_reads.is_inside(actor, row)
    team = visit_reads.is_of_team(actor, row)
    desks = [desk for desk in reads.desks(row) if inside or reads.shows_marks(row, desk.subject)]
    told = inside or row.state in {SiteVisit.State.FED_BACK, SiteVisit.State.SETTLED}
    denied, recorded = acts.by_head(row, actor)
    buttons = [
        one
        for one in VISIT.available(row, actor)
        if one.step.verb in {"onsite.notify", "onsite.begin", "onsite.cancel"}
        and (inside and _fits(row, one.step.verb))
    ]
    plans = actor.may("onsite.plan", row.unit.path) and actor.may("onsite.plan", row.office.path)
    leads = VISIT.why_not(row, "onsite.feed_back", actor) is None
    return render(
        request,
        "evaluations/visits/visit.html",
        {
            "row": row,
            "state": VISIT_STATES[row.state],
            "line": stages(VISIT_LINE, row.state),
            "crumbs": _crumbs(),
            "days": days(row),
            "registered": registered(row.unit),
            "inside": inside,
            "told": told,
            "members": list(row.members.all()),
            "subjects": list(row.subjects.all()),
            "desks": desks,
            "records": visit_reads.records_of(row) if inside else [],
            "files": [one for one in visit_reads.files_of(row) if one.record_id is None] if inside else [],
            "buttons": buttons,
            "step_url": reverse("visits:visit_step", args=[row.pk]),
            "edits": plans and row.state in {SiteVisit.State.PLANNED, SiteVisit.State.NOTIFIED},
            "paper": visit_papers.notice_of(row) if inside else None,
            "drafts": inside and visit_papers.why_not_notice(actor, row) is None,
            "corrects": actor.may("review.settle", row.office.path) and row.state == SiteVisit.State.SETTLED,
            "field": team and why_not_record(actor, row) is None,
            "feeds": leads,
            "states": denied is None,
            "statement_word": "代单位登记说明" if recorded else "说明情况",
            "settles": VISIT.why_not(row, "onsite.settle", actor) is None,
            "events": audit.history(row) if inside else [],
        },
    )


def _fits(row: SiteVisit, verb: str) -> bool:
    """A visit with notice is begun after it; one without has none."""
    if verb == "onsite.notify":
        return row.announced
    return verb != "onsite.begin" or not (row.announced and row.state == SiteVisit.State.PLANNED)


_STEPS = {
    "onsite.notify": "已通知单位。",
    "onsite.begin": "已开始，可以在手机上记录和评分。",
    "onsite.cancel": "已取消。",
    "paper.draft": "已起草督导通知，请到“文书”里核稿、签发、印发。",
}


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Notify, begin, cancel."""
    row = visit_or_404(request, pk)
    actor, verb = actor_of(request), request.POST.get("step", "")
    actor.require(
        verb if verb in _STEPS else "onsite.plan", row.office.path if verb == "paper.draft" else row.unit.path
    )
    if verb not in _STEPS:
        raise Http404
    act: Any = {
        "onsite.notify": lambda: acts.notify(actor, visit=row),
        "onsite.begin": lambda: acts.begin(actor, visit=row),
        "onsite.cancel": lambda: acts.cancel(actor, visit=row, reason=request.POST.get("reason", "")),
        "paper.draft": lambda: visit_papers.draft_visit_notice(actor, visit=row),
    }[verb]
    if run(request, act, _STEPS[verb]) and verb == "onsite.begin":
        return redirect("visits:visit_field", row.pk)
    return redirect(row)


def _back(request: HttpRequest, row: SiteVisit) -> str:
    """To the phone's page where one came from there."""
    if request.GET.get("from") == "field":
        return f"{reverse('visits:visit_field', args=[row.pk])}?tab=feedback"
    return row.get_absolute_url()


def _stop(request: HttpRequest, row: SiteVisit, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(_back(request, row))


@require_http_methods(["GET", "POST"])
def feed_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What is told before leaving."""
    row = visit_or_404(request, pk)
    actor = actor_of(request)
    actor.require("onsite.feed_back", row.unit.path)
    denied = VISIT.why_not(row, "onsite.feed_back", actor)
    if denied is not None and request.method == "GET":
        return _stop(request, row, denied.reason)
    form = FeedBackForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.feed_back(actor, visit=row, **form.values))
        if done is not None:
            messages.success(request, "已反馈，单位可以看到初步意见并作说明。")
            return redirect(_back(request, row))
    return form_page(
        request,
        form,
        title="现场反馈初步意见",
        save="反馈",
        save_icon="message",
        cancel_url=_back(request, row),
        crumbs=_crumbs(Crumb(row.unit.name, row.get_absolute_url()), Crumb("现场反馈")),
        template="evaluations/visits/form.html",
        row=row,
        lows=[(desk.subject, item) for desk in reads.desks(row) for item in desk.items if item.is_low],
    )


@require_http_methods(["GET", "POST"])
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit says to it."""
    row = visit_or_404(request, pk)
    actor = actor_of(request)
    denied, recorded = acts.by_head(row, actor)
    if denied is not None:
        if request.method == "GET":
            return _stop(request, row, denied.reason)
        raise denied
    by = row.stated_by.removesuffix("（代为登记）") or ("" if recorded else actor.name)
    form = StatementForm(sent(request), initial={"text": row.statement, "by": by})
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.state_position(actor, visit=row, **form.values))
        if done is not None:
            messages.success(request, "已记下单位的说明。")
            return redirect(_back(request, row))
    return form_page(
        request,
        form,
        title="代单位登记说明" if recorded else "说明情况",
        save="提交说明",
        save_icon="send",
        cancel_url=_back(request, row),
        crumbs=_crumbs(Crumb(row.unit.name, row.get_absolute_url()), Crumb("说明情况")),
        template="evaluations/visits/form.html",
        row=row,
        lows=[],
    )


@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """What the team decides; its marks stand from then on."""
    row = visit_or_404(request, pk)
    actor = actor_of(request)
    actor.require("onsite.settle", row.unit.path)
    denied = VISIT.why_not(row, "onsite.settle", actor)
    if denied is not None and request.method == "GET":
        return _stop(request, row, denied.reason)
    form = SettleVisitForm(sent(request), initial={"conclusion": row.conclusion or row.preliminary})
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.settle(actor, visit=row, **form.values))
        if done is not None:
            messages.success(request, "已形成评估组意见，评分不再改动。")
            return redirect(row)
    return form_page(
        request,
        form,
        title="形成评估组意见",
        save="形成意见",
        save_icon="check",
        cancel_url=_back(request, row),
        crumbs=_crumbs(Crumb(row.unit.name, row.get_absolute_url()), Crumb("形成意见")),
        template="evaluations/visits/form.html",
        row=row,
        lows=[],
    )
