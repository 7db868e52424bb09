"""Pages of what becomes of results: who used them for what; proposals to revise an indicator system."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run, sent
from dudao.core.ui.filters import Chips, Choice, DateRange, Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink, State
from dudao.evaluations.views.exporting import offered, recorded
from dudao.results.actions import uses as acts
from dudao.results.forms import DecideProposalForm, ProposalForm, UseForm
from dudao.results.models import Proposal, ResultUse
from dudao.results.process import RESULT
from dudao.results.queries import uses as reads

USES = Listing(
    key="uses",
    columns=[
        Column("used_on", "日期", "used_on", sort="used_on", nowrap=True),
        Column("user", "运用单位", lambda row: str(row.user), sort="user__sort_key", nowrap=True),
        Column("purpose", "用途", "get_purpose_display", sort="purpose", nowrap=True),
        Column("text", "运用情况", "text"),
        Column("subject", "涉及单位", lambda row: row.subject.label if row.subject else "全部参评单位"),
        Column("campaign", "项目", lambda row: row.campaign.title, sort="campaign__title"),
        Column("by", "登记人", "by", optional=True, hidden=True, nowrap=True),
    ],
    filters=[
        Search(["text", "user__name", "campaign__title", "subject__label"], "单位、项目或内容"),
        Choice("purpose", "用途", ResultUse.Purpose.choices),
        DateRange("used_on", "日期"),
    ],
    order=["-used_on", "-pk"],
    export=recorded(lambda row: row.campaign),
    export_name="结果运用台账",
    empty=Empty(
        "还没有登记结果运用",
        "结果公布后，哪个单位在什么时候把它用在考核、表彰、经费安排上，由督导办在项目的“得分”页登记，列在这里。",
        icon="report-analytics",
    ),
)


@require_http_methods(["GET", "POST"])
def use_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "result.view")
    return offered(request, USES).respond(request, reads.uses(actor_of(request)), title="结果运用")


@require_http_methods(["GET", "POST"])
def use_new(request: HttpRequest, pk: int) -> HttpResponse:
    """``pk`` is the campaign."""
    row = RESULT.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("result.use", row.office.path)
    subjects = reads.subjects_of(row)
    form = UseForm(sent(request), actor=actor, subjects=subjects, initial={"used_on": timezone.localdate()})

    def record() -> ResultUse:
        values = form.values
        chosen = values.pop("subject")
        subject = row.subjects.filter(pk=chosen).first() if chosen else None
        return acts.record_use(actor, campaign=row, subject=subject, **values)

    return answered(
        request, form, record, "已登记结果运用。",
        to=reverse("results:results", args=[pk]), title="登记结果运用", save="登记",
        cancel_url=reverse("results:results", args=[pk]),
        crumbs=RESULT.crumbs(row, "登记结果运用"), note=row.title,
    )  # fmt: skip


# ---- proposals ------------------------------------------------------------------------------------------------

STATES = {
    str(Proposal.State.MADE): State("待研究", "amber", "clock"),
    str(Proposal.State.TAKEN): State("采纳", "green", "check"),
    str(Proposal.State.DECLINED): State("不采纳", "grey", "ban"),
}


def _menu(row: Proposal, request: HttpRequest) -> list[RowLink]:
    if not actor_of(request).may("proposal.decide", row.framework.unit.path):
        return []
    denied = "已经带入新版本。" if row.carried_id else ""
    return [RowLink("研究处理", reverse("results:proposal_decide", args=[row.pk]), "check", denied=denied)]


PROPOSALS = Listing(
    key="proposals",
    columns=[
        Column("text", "建议", "text"),
        Column("code", "指标", lambda row: row.code or "整体", sort="code", nowrap=True),
        Column("framework", "指标体系", lambda row: row.framework.name, sort="framework__name"),
        Column("unit", "提出单位", lambda row: str(row.unit), sort="unit__sort_key", nowrap=True),
        Column("at", "提出时间", "at", sort="at", nowrap=True),
        Column("state", "状态", lambda row: STATES[row.state], sort="state", nowrap=True, sub=lambda row: row.answer),
        Column(
            "carried",
            "带入版本",
            lambda row: f"第 {row.carried.number} 版" if row.carried else "",
            link=lambda row: row.carried.get_absolute_url() if row.carried else "",
            nowrap=True,
        ),
    ],
    filters=[
        Search(["text", "unit__name", "framework__name", "code"], "内容、单位或指标"),
        Choice(
            "framework", "指标体系", lambda request: reads.frameworks_proposable(actor_of(request)), lookup="framework"
        ),
    ],
    chips=Chips.of_states("state", STATES),
    order=["-pk"],
    row_menu=_menu,
    export=recorded(lambda row: row),
    export_name="指标修订建议",
    template="results/proposals.html",
    empty=Empty("还没有修订建议", "用指标体系时发现的不合理之处随时提出来，修订下一版时一起研究。", icon="message-2"),
)


@require_http_methods(["GET", "POST"])
def proposal_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "proposal.make")
    actor = actor_of(request)
    return offered(request, PROPOSALS).respond(
        request,
        reads.proposals(actor),
        title="指标修订建议",
        primary=("提出建议", reverse("results:proposal_new"), "plus"),
        waiting=reads.waiting_to_carry(actor),
    )


@require_http_methods(["GET", "POST"])
def proposal_new(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "proposal.make")
    actor = actor_of(request)
    frameworks, units = reads.frameworks_proposable(actor), reads.units_proposing(actor)
    initial = {"framework": request.GET.get("framework", ""), "code": request.GET.get("code", "")}
    form = ProposalForm(sent(request), frameworks=frameworks, units=units, actor=actor, initial=initial)

    def make() -> Proposal:
        values = form.values
        framework, unit = reads.framework_of(values.pop("framework")), reads.unit_of(values.pop("unit"))
        return acts.make_proposal(actor, framework=framework, unit=unit, **values)

    return answered(
        request, form, make, lambda made: f"已提出，由{made.framework.unit}研究。",
        to=reverse("results:proposals"), title="提出修订建议", save="提出", save_icon="send",
        cancel_url=reverse("results:proposals"),
        crumbs=[Crumb("指标修订建议", reverse("results:proposals")), Crumb("提出建议")],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def proposal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = found_or_404(reads.proposal(actor, pk))
    actor.require("proposal.decide", row.framework.unit.path)
    form = DecideProposalForm(sent(request))
    return answered(
        request, form, lambda: acts.decide_proposal(actor, proposal=row, **form.values), "已登记研究结果。",
        to=reverse("results:proposals"), title="研究修订建议", save="登记", cancel_url=reverse("results:proposals"),
        crumbs=[Crumb("指标修订建议", reverse("results:proposals")), Crumb("研究")],
        note=f"{row.framework.name} {row.code}：{row.text}"[:300],
    )  # fmt: skip


@require_POST
def carry(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the next draft of a system (``pk``) with its accepted proposals."""
    actor = actor_of(request)
    framework = found_or_404(next((one for one in reads.waiting_to_carry(actor) if one.pk == pk), None))
    actor.require("proposal.decide", framework.unit.path)
    run(
        request,
        lambda: acts.carry_proposals(actor, framework=framework),
        "已带入新版本的草稿，照“带入版本”一栏的链接逐条修改。",
    )
    return redirect("results:proposals")
