"""Pages of talks: the list, one talk, calling, the record, following its demands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.accountability.actions import talks as acts
from dudao.accountability.flow import by_office
from dudao.accountability.forms.talks import TalkForm
from dudao.accountability.models import Talk
from dudao.accountability.process import TALK
from dudao.accountability.queries import cases
from dudao.accountability.queries import talks as reads
from dudao.core.keys import is_number
from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.filters import Chips, DateRange, Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
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
        Column("state", "状态", lambda row: TALK.flow.states[row.state], sort="state", nowrap=True),
        Column("next_on", "要求时限", "next_on", show=lambda row: deadline(row.next_on), sort="next_on", nowrap=True),
        Column("left", "未落实", "left", numeric=True),
        Column("office", "约谈单位", lambda row: str(row.office), optional=True, hidden=True),
        Column("reason", "事由", "reason", optional=True, hidden=True),
    ],
    filters=[
        Search(["code", "unit__name", "reason"], "编号、单位或事由"),
        DateRange("held", "约谈日期", lookup="held_on"),
    ],
    chips=Chips.of_states("state", TALK.flow.states),
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


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan a talk: ``?case`` or ``?finding`` names what it is about."""
    may_anywhere(request, "talk.call")
    actor = actor_of(request)
    key, other = request.GET.get("case", ""), request.GET.get("finding", "")
    case = cases.case(actor, int(key)) if is_number(key) else None
    about = finding_seen(actor, int(other)) if is_number(other) else None
    fixed = case.unit if case is not None else about.unit if about is not None else None
    initial = {"reason": about.description} if about is not None else {"reason": case.facts} if case is not None else {}
    form = TalkForm(sent(request), actor=actor, fixed=fixed, initial=initial)
    return answered(
        request, form, lambda: acts.plan_talk(actor, case=case, finding=about, **form.values),
        lambda made: f"已登记，编号 {made.code}。核对后发出通知。",
        title="发起约谈", save="登记", cancel_url=reverse("accountability:talks"),
        crumbs=[Crumb("约谈", reverse("accountability:talks")), Crumb("发起约谈")], note="登记后对方还看不到，通知时才会知道。",
    )  # fmt: skip


@require_GET
def talk_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = TALK.found_or_404(request, pk)
    actor = actor_of(request)
    leads = actor.may_somewhere("talk.call") and by_office(row, actor, "talk.call") is None
    demands: list[Any] = list(row.demands.select_related("finding"))
    context = {
        **TALK.frame(row, actor),
        "leads": leads,
        "follows": leads and row.state == Talk.State.HELD,
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
        "new_case": f"{reverse('accountability:new', args=[row.unit_id])}?office={row.office_id}",
    }
    return render(request, "accountability/talk.html", context)
