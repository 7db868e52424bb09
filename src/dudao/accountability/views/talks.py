"""Pages of talks: the list, one talk, calling, the record, following its demands."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.accountability.actions import papers
from dudao.accountability.actions import talks as acts
from dudao.accountability.flow import TALK, by_office
from dudao.accountability.forms.talks import FollowForm, RecordForm, TalkForm
from dudao.accountability.labels import TALK_LINE, TALK_STATES
from dudao.accountability.models import Talk
from dudao.accountability.queries import cases
from dudao.accountability.queries import talks as reads
from dudao.accountability.views.common import actor_of
from dudao.core import audit
from dudao.core.ui.acting import may_anywhere, run, sent
from dudao.core.ui.filters import Chips, DateRange, Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, stages
from dudao.core.ui.templatetags.ui import deadline
from dudao.findings.queries.findings import finding as finding_seen

TALKS = Listing(
    key="talks",
    columns=[
        Column("code", "编号", "code", link=lambda row: row.get_absolute_url(), sort="code", nowrap=True),
        Column(
            "unit",
            "被约谈单位",
            lambda row: str(row.unit),
            sub=lambda row: row.called,
            sort=("unit__sort_no", "unit__sort_key"),
        ),
        Column("held_on", "约谈日期", lambda row: row.recorded_on or row.held_on, sort="held_on", nowrap=True),
        Column("state", "状态", lambda row: TALK_STATES[row.state], sort="state", nowrap=True),
        Column("next_on", "要求时限", "next_on", show=lambda row: deadline(row.next_on), sort="next_on", nowrap=True),
        Column("left", "未落实", "left", numeric=True),
        Column("office", "约谈单位", lambda row: str(row.office), optional=True, hidden=True),
        Column("reason", "事由", "reason", optional=True, hidden=True),
    ],
    filters=[
        Search(["code", "unit__name", "reason"], "编号、单位或事由"),
        DateRange("held", "约谈日期", lookup="held_on"),
    ],
    chips=Chips.of_states("state", TALK_STATES),
    order=["-pk"],
    empty=Empty("还没有约谈", "整改不力、问题突出的单位，约谈其负责人，要求逐条落实。", icon="messages"),
)


@require_GET
def talk_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "talk.view")
    actor = actor_of(request)
    calls = actor.may_somewhere("talk.call")
    primary = ("发起约谈", reverse("accountability:talk_new"), "plus") if calls else None
    return TALKS.respond(request, reads.listed(actor), title="约谈", primary=primary)


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("约谈", reverse("accountability:talks")), *more]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan a talk: ``?case`` or ``?finding`` names what it is about."""
    may_anywhere(request, "talk.call")
    actor = actor_of(request)
    key, other = request.GET.get("case", ""), request.GET.get("finding", "")
    case = cases.case(actor, int(key)) if key.isascii() and key.isdigit() and len(key) < 12 else None
    about = finding_seen(actor, int(other)) if other.isascii() and other.isdigit() and len(other) < 12 else None
    fixed = case.unit if case is not None else about.unit if about is not None else None
    initial = {"reason": about.description} if about is not None else {"reason": case.facts} if case is not None else {}
    form = TalkForm(sent(request), actor=actor, fixed=fixed, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: acts.plan_talk(actor, case=case, finding=about, **form.values))
        if made is not None:
            messages.success(request, f"已登记，编号 {made.code}。核对后发出通知。")
            return redirect(made)
    return form_page(
        request,
        form,
        title="发起约谈",
        save="登记",
        cancel_url=reverse("accountability:talks"),
        crumbs=_crumbs(Crumb("发起约谈")),
        note="登记后对方还看不到，通知时才会知道。",
    )


def _or_404(request: HttpRequest, pk: int) -> Talk:
    found = reads.talk(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


@require_GET
def talk_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = _or_404(request, pk)
    actor = actor_of(request)
    leads = actor.may_somewhere("talk.call") and by_office(row, actor, "talk.call") is None
    demands: list[Any] = list(row.demands.select_related("finding"))
    context = {
        "row": row,
        "state": TALK_STATES[row.state],
        "line": stages(TALK_LINE, row.state) if row.state not in {Talk.State.ABSENT, Talk.State.CANCELLED} else [],
        "crumbs": _crumbs(Crumb(row.code)),
        "leads": leads,
        "may": {step.verb.partition(".")[2]: TALK.why_not(row, step.verb, actor) is None for step in TALK.steps},
        "follows": leads and row.state == Talk.State.HELD,
        "signs": row.state == Talk.State.CALLED
        and row.signed_on is None
        and not leads
        and actor.may_somewhere("talk.sign"),
        "demands": demands,
        "case": row.case if row.case is not None and cases.case(actor, row.case.pk) is not None else None,
        "finding": row.finding if row.finding is not None and finding_seen(actor, row.finding.pk) is not None else None,
        "papers": [
            (paper, word)
            for paper, word in ((row.notice, "约谈通知"), (row.record, "约谈纪要"))
            if paper is not None and (leads or paper.issued_at is not None)
        ],
        "drafts_notice": leads and row.state == Talk.State.CALLED and row.notice is None,
        "drafts_record": leads and row.recorded_on is not None and row.record is None,
        "due": row.held_on <= timezone.localdate(),
        "step_url": reverse("accountability:talk_step", args=[row.pk]),
        "new_case": f"{reverse('accountability:new', args=[row.unit_id])}?office={row.office_id}",
        "events": audit.history(row),
    }
    return render(request, "accountability/talk.html", context)


_STEPS = {
    "talk.call": (lambda actor, row, words: acts.call(actor, talk=row), "已通知，对方会收到通知。"),
    "talk.sign": (lambda actor, row, words: acts.sign(actor, talk=row), "已签收约谈通知。"),
    "talk.absent": (
        lambda actor, row, words: acts.absent(actor, talk=row, note=words),
        "已登记拒不到场，可以作为问责线索立案。",
    ),
    "talk.cancel": (lambda actor, row, words: acts.cancel(actor, talk=row, note=words), "已取消约谈。"),
}
_DRAFTS = {
    "notice": (lambda actor, row: papers.draft_talk_notice(actor, talk=row), "已起草约谈通知，请到“文书”核稿、签发。"),
    "record": (lambda actor, row: papers.draft_record(actor, talk=row), "已起草约谈纪要，请到“文书”核稿、签发。"),
}


@require_POST
def talk_step(request: HttpRequest, pk: int) -> HttpResponse:
    """A step that needs at most a reason, or the draft of a paper."""
    row = _or_404(request, pk)
    actor, verb = actor_of(request), request.POST.get("step", "")
    if verb in _DRAFTS:
        draft, done = _DRAFTS[verb]
        actor.require("talk.call", row.unit.path)
        run(request, lambda: draft(actor, row), done)
        return redirect(row)
    actor.require(verb if verb in _STEPS else "talk.call", row.unit.path)
    if verb not in _STEPS:
        raise Http404
    act, done = _STEPS[verb]
    run(request, lambda: act(actor, row, request.POST.get("reason", "")), done)
    return redirect(row)


def _form(request: HttpRequest, row: Talk, form: Any, title: str, save: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        save=save,
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(Crumb(row.code, row.get_absolute_url()), Crumb(title)),
        note=f"{row.unit}：{row.called}",
    )


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a talk down."""
    row = _or_404(request, pk)
    actor = actor_of(request)
    actor.require("talk.record", row.unit.path)
    denied = TALK.why_not(row, "talk.record", actor)
    if denied is not None and request.method == "GET":
        messages.error(request, denied.reason)
        return redirect(row)
    form = RecordForm(sent(request), initial={"facts": row.reason, "course": row.matters, "on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.record(actor, talk=row, **form.values))
        if done is not None:
            messages.success(request, "已记录约谈，要求逐条跟踪落实。")
            return redirect(row)
    return _form(request, row, form, "记录约谈", "保存记录")


def _demand_or_404(request: HttpRequest, pk: int) -> Any:
    found = reads.demand(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a demand was met."""
    demand = _demand_or_404(request, pk)
    actor = actor_of(request)
    actor.require("talk.follow", demand.talk.unit.path)
    form = FollowForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.follow(actor, demand=demand, **form.values))
        if done is not None:
            messages.success(request, "已登记落实情况。")
            return redirect(done)
    return _form(request, demand.talk, form, "登记落实情况", "登记")


@require_POST
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a finding of a demand."""
    demand = _demand_or_404(request, pk)
    actor = actor_of(request)
    actor.require("talk.follow", demand.talk.unit.path)
    run(request, lambda: acts.to_finding(actor, demand=demand), "已列入问题整改，请下达。")
    return redirect(demand.talk)
