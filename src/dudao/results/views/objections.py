"""Objections: the list, one of them, making one, answering it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.ui.acting import actor_of, may_anywhere, run, sent
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State
from dudao.core.ui.templatetags.ui import deadline
from dudao.evaluations.queries import scores as reads
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.views.exporting import offered, recorded
from dudao.results.actions import objections as acts
from dudao.results.flow import OBJECTION
from dudao.results.forms import AnswerForm, AskForm, ChangeForm
from dudao.results.models import Objection
from dudao.results.queries import deciding
from dudao.results.queries import uses as used

STATES = {
    str(Objection.State.ASKED): State("待处理", "amber", "clock"),
    str(Objection.State.UPHELD): State("维持原评", "blue", "check"),
    str(Objection.State.CHANGED): State("已调整", "green", "pencil"),
    str(Objection.State.WITHDRAWN): State("已撤回", "grey", "ban"),
}

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
        Column("state", "状态", lambda row: STATES[row.state], sort="state", nowrap=True),
    ],
    filters=[Search(["subject__label", "subject__campaign__title", "text"], "单位、项目或内容")],
    chips=Chips.of_states("state", STATES),
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


def _row_or_404(request: HttpRequest, pk: int) -> Objection:
    found = used.objection(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


def _crumbs(row: Objection, *more: Crumb) -> list[Crumb]:
    here = Crumb(f"{row.subject.label}的异议", row.get_absolute_url() if more else "")
    return [Crumb("异议申辩", reverse("results:objections")), here, *more]


@require_GET
def objection_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row_or_404(request, pk)
    actor = actor_of(request)
    sheet = deciding.final_sheet(row.subject.campaign)
    result = None if sheet is None else reads.seen(actor).filter(sheet=sheet, subject=row.subject).first()
    tree = system_of(row.subject.campaign).tree
    inside = reads.is_led(actor, row.subject.campaign)
    context = {
        "row": row,
        "state": STATES[row.state],
        "crumbs": _crumbs(row),
        "node": tree.nodes.get(row.code) if row.code else None,
        "result": result,
        "inside": inside,
        "answered_on": timezone.localdate(row.answered_at) if row.answered_at else None,
        "buttons": [
            (button, button.step.verb.partition(".")[2])
            for button in OBJECTION.available(row, actor)
            if button.step.verb != "objection.withdraw" or acts.by_unit(row.subject, actor, button.step.verb) is None
        ],
        "step_url": reverse("results:objection_step", args=[row.pk]),
        "events": audit.history(row) if inside else [],
    }
    return render(request, "results/objection.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit objects: ``pk`` is the subject, ``?code=`` the indicator."""
    actor = actor_of(request)
    subject = used.subject_to_object(actor, pk)
    if subject is None:
        raise Http404
    window = deciding.objection_window(subject, timezone.localdate())
    denied = acts.by_unit(subject, actor, "objection.ask")
    why = denied.reason if denied is not None else window.why
    if why and request.method == "GET":
        messages.error(request, why)
        return redirect("results:result_list")
    tree = system_of(subject.campaign).tree
    codes = [(code, f"{code} {node.name}") for code, node in tree.nodes.items() if node is not tree.root]
    form = AskForm(sent(request), codes=codes, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: acts.ask_objection(actor, subject=subject, **form.values))
        if made is not None:
            messages.success(request, f"已提出异议，{subject.campaign.office}会收到通知。")
            return redirect(made)
    return form_page(
        request,
        form,
        title="提出异议",
        save="提出异议",
        save_icon="send",
        cancel_url=reverse("results:result_list"),
        crumbs=[Crumb("评估结果", reverse("results:result_list")), Crumb(subject.label), Crumb("提出异议")],
        note=f"{subject.campaign.title}。{window.basis}" if window.basis else subject.campaign.title,
    )


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw."""
    row = _row_or_404(request, pk)
    actor = actor_of(request)
    actor.require("objection.withdraw", row.subject.unit.path)
    if request.POST.get("step") != "objection.withdraw":
        raise Http404
    run(request, lambda: acts.withdraw_objection(actor, objection=row), "已撤回异议。")
    return redirect(row)


@require_http_methods(["GET", "POST"])
def uphold(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row_or_404(request, pk)
    actor = actor_of(request)
    actor.require("objection.uphold", row.subject.unit.path)
    if (answer := _not_now(request, row, "objection.uphold")) is not None:
        return answer
    form = AnswerForm(sent(request), initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.uphold_objection(actor, objection=row, **form.values))
        if done is not None:
            messages.success(request, f"已答复，维持原评，{row.subject.label}会收到通知。")
            return redirect(row)
    return form_page(
        request,
        form,
        title="维持原评",
        save="维持原评并答复",
        save_icon="check",
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(row, Crumb("维持原评")),
        note=row.text[:200],
    )


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row_or_404(request, pk)
    actor = actor_of(request)
    actor.require("objection.change", row.subject.unit.path)
    if (answer := _not_now(request, row, "objection.change")) is not None:
        return answer
    labels = {source.key: source.label for source in system_of(row.subject.campaign).tree.sources}
    cells = acts.changeable(row.subject, row.code)
    form = ChangeForm(sent(request), cells=cells, labels=labels, initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        values = {"revision": form.cleaned_data["revision"], "answer": form.cleaned_data["answer"]}
        done = refused(form, lambda: acts.change_objection(actor, objection=row, cells=form.changed, **values))
        if done is not None:
            messages.success(request, f"已调整并答复，{row.subject.label}会收到通知；得分表已重新计算。")
            return redirect(row)
    return form_page(
        request,
        form,
        title="调整评定",
        save="调整并答复",
        save_icon="pencil",
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(row, Crumb("调整评定")),
        note=row.text[:200],
    )


def _not_now(request: HttpRequest, row: Objection, verb: str) -> HttpResponse | None:
    """The answer instead of a form that can't be filled in now."""
    denied = OBJECTION.why_not(row, verb, actor_of(request))
    if denied is None or request.method != "GET":
        return None
    messages.error(request, denied.reason)
    return redirect(row)
