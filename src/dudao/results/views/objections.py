"""Objections: the list, one of them, making one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import audit
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, sent
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.core.ui.templatetags.ui import deadline
from dudao.evaluations.queries import scores as reads
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.views.exporting import offered, recorded
from dudao.results.actions import objections as acts
from dudao.results.flow import by_unit
from dudao.results.forms import AskForm
from dudao.results.process import OBJECTION
from dudao.results.queries import deciding
from dudao.results.queries import uses as used

OBJECTIONS = Listing(
    key="objections",
    columns=[
        Column(
            "subject",
            "单位",
            lambda row: row.subject.label,
            link=lambda row: row.get_absolute_url(),
            sort="subject__label",
        ),
        Column("campaign", "项目", lambda row: row.subject.campaign.title, sort="subject__campaign__title"),
        Column("code", "指标", lambda row: row.code or "整体结果", sort="code", nowrap=True),
        Column("text", "异议和理由", lambda row: row.text[:60]),
        Column("asked_at", "提出时间", "asked_at", sort="asked_at", nowrap=True),
        Column(
            "decide_by",
            "答复期限",
            "decide_by",
            show=lambda row: deadline(row.decide_by, timezone.localdate(row.answered_at) if row.answered_at else None),
            sort="decide_by",
            nowrap=True,
        ),
        Column("state", "状态", lambda row: OBJECTION.flow.states[row.state], sort="state", nowrap=True),
    ],
    filters=[Search(["subject__label", "subject__campaign__title", "text"], "单位、项目或内容")],
    chips=Chips.of_states("state", OBJECTION.flow.states),
    order=["-pk"],
    export=recorded(lambda row: row.subject.campaign),
    export_name="异议申辩",
    empty=Empty(
        "还没有异议",
        "单位对初步意见或公示的结果有异议时，在期限内从“评估结果”打开本单位的结果提出，列在这里。",
        icon="message-report",
    ),
)


@require_http_methods(["GET", "POST"])
def objection_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "result.view")
    return offered(request, OBJECTIONS).respond(request, used.objections(actor_of(request)), title="异议申辩")


@require_GET
def objection_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = OBJECTION.found_or_404(request, pk)
    actor = actor_of(request)
    sheet = deciding.final_sheet(row.subject.campaign)
    result = None if sheet is None else reads.seen(actor).filter(sheet=sheet, subject=row.subject).first()
    tree = system_of(row.subject.campaign).tree
    inside = reads.is_led(actor, row.subject.campaign)
    context = {
        **OBJECTION.frame(row, actor),
        "node": tree.nodes.get(row.code) if row.code else None,
        "result": result,
        "inside": inside,
        "answered_on": timezone.localdate(row.answered_at) if row.answered_at else None,
        "events": audit.history(row) if inside else [],
    }
    return render(request, "results/objection.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit objects: ``pk`` is the subject, ``?code=`` the indicator."""
    actor = actor_of(request)
    subject = found_or_404(used.subject_to_object(actor, pk))
    window = deciding.objection_window(subject, timezone.localdate())
    denied = by_unit(subject, actor, "objection.ask")
    why = denied.reason if denied is not None else window.why
    if why and request.method == "GET":
        messages.error(request, why)
        return redirect("results:result_list")
    tree = system_of(subject.campaign).tree
    codes = [(code, f"{code} {node.name}") for code, node in tree.nodes.items() if node is not tree.root]
    form = AskForm(sent(request), codes=codes, initial={"code": request.GET.get("code", "")})
    return answered(
        request, form, lambda: acts.ask_objection(actor, subject=subject, **form.values),
        f"已提出异议，{subject.campaign.office}会收到通知。",
        title="提出异议", save="提出异议", save_icon="send", cancel_url=reverse("results:result_list"),
        crumbs=[Crumb("评估结果", reverse("results:result_list")), Crumb(subject.label), Crumb("提出异议")],
        note=f"{subject.campaign.title}。{window.basis}" if window.basis else subject.campaign.title,
    )  # fmt: skip
