"""协商意见: asking a department, the list of what was asked, the page of one question with its answer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.files import hand_out
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run, sent, tried
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.forms import refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, FileRow
from dudao.core.ui.templatetags.ui import deadline
from dudao.findings.actions import consulting as acts
from dudao.findings.actions.notices import draft_consultation
from dudao.findings.forms.office import AnswerForm, AskForm
from dudao.findings.labels import CONSULT_STATES, SEVERITIES
from dudao.findings.models import Consultation
from dudao.findings.queries import consultations as reads
from dudao.findings.queries import findings as rows
from dudao.findings.views.common import finding_form, not_yet, row_or_404
from dudao.papers.labels import drafted


def _answered(row: Any) -> Any:
    return timezone.localtime(row.answered_at).date() if row.answered_at is not None else None


CONSULTATIONS = Listing(
    key="consultations",
    columns=[
        Column("text", "协商事项", lambda row: row.text[:60], link=lambda row: row.get_absolute_url()),
        Column("unit", "协商部门", lambda row: str(row.unit), sort=("unit__sort_no", "unit__sort_key"), nowrap=True),
        Column("finding", "问题", lambda row: str(row.finding), sub=lambda row: str(row.finding.unit)),
        Column("state", "状态", lambda row: CONSULT_STATES[row.state], sort="state", nowrap=True),
        Column(
            "due",
            "答复时限",
            "due_on",
            show=lambda row: deadline(row.due_on, _answered(row)),
            sort="due_on",
            nowrap=True,
        ),
        Column("asked_at", "提出时间", "asked_at", sort="asked_at", nowrap=True),
        Column("answer", "答复", "answer", optional=True, hidden=True),
    ],
    filters=[Search(["text", "answer", "unit__name", "finding__code", "finding__description"], "事项、部门或问题")],
    chips=Chips.of_states("state", CONSULT_STATES),
    order=["-pk"],
    empty=Empty(
        "还没有协商意见", "问题的原因不在责任单位的，可以在问题页“发协商意见”，请有关部门支持。", icon="messages"
    ),
)


@require_GET
def consultations(request: HttpRequest) -> HttpResponse:
    """What one's own department was asked, or what was asked about the findings one sees."""
    may_anywhere(request, "consult.view")
    return CONSULTATIONS.respond(request, reads.consultations(actor_of(request)), title="协商意见")


@require_http_methods(["GET", "POST"])
def consult(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a department about a finding."""
    row = row_or_404(request, pk)
    if (answer := not_yet(request, row, "consult.ask")) is not None:
        return answer
    writes = actor_of(request).may("paper.draft", row.office.path)
    form = AskForm(sent(request), finding=row, writes=writes, initial={"text": row.description})
    if request.method == "POST" and form.is_valid():
        values = form.values
        drafts = values.pop("notice", False)
        made = refused(form, lambda: acts.ask(actor_of(request), finding=row, **values))
        if made is not None:
            messages.success(request, f"已向{made.unit}发出协商意见，对方会收到通知。")
            if drafts:
                _draft(request, made)
            return redirect(row)
    return finding_form(request, row, form, title="发协商意见", save="发出", save_icon="send")


def _draft(request: HttpRequest, asked: Consultation) -> None:
    """Draft the paper too; the question stands when that can't be done, and the reason is told."""
    made, why = tried(lambda: draft_consultation(actor_of(request), consultation=asked))
    if why:
        messages.warning(request, f"协商意见书没有起草：{why}")
    else:
        messages.success(request, drafted("督导协商意见书", made))


def _or_404(request: HttpRequest, pk: int) -> Consultation:
    return found_or_404(reads.consultation(actor_of(request), pk))


@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """A question with its answer, or the form for it."""
    asked = _or_404(request, pk)
    actor = actor_of(request)
    denied, recorded = acts.why_not_answer(actor, asked)
    if request.method == "POST":
        actor.require("consult.answer", asked.unit.path if not recorded else asked.finding.unit.path)
    form = AnswerForm(sent(request), request.FILES or None, asked=asked, recorded=recorded)
    if request.method == "POST" and form.is_valid():
        values = form.values
        done = refused(
            form, lambda: acts.answer(actor, consultation=asked, text=values["answer"], file=values.get("file"))
        )
        if done is not None:
            messages.success(request, "已登记书面答复。" if recorded else f"已答复{asked.finding.office}。")
            return redirect(done)
    sees = rows.finding(actor, asked.finding_id) is not None
    context = {
        "asked": asked,
        "finding": asked.finding,
        "severity": SEVERITIES[asked.finding.severity],
        "state": CONSULT_STATES[asked.state],
        "answered": _answered(asked),
        "crumbs": [Crumb("协商意见", reverse("findings:consultations")), Crumb(str(asked.unit))],
        "paper": asked.paper
        if asked.paper is not None and actor.may("paper.view", asked.finding.office.path)
        else None,
        "finding_url": asked.finding.get_absolute_url() if sees else "",
        "files": [FileRow(asked.file_name, reverse("findings:consultation_file", args=[asked.pk]), asked.file.size)]
        if asked.file is not None
        else [],
        "form": form if denied is None else None,
        "recorded": recorded,
        "withdraws": acts.why_not_withdraw(actor, asked) is None and actor.may_somewhere("consult.withdraw"),
        "events": audit.history(asked),
        "save": "登记答复" if recorded else "答复",
        "save_icon": "send",
        "cancel_url": reverse("findings:consultations"),
        "action": "",
        "wide": False,
        "draft_key": f"{actor.id}:{request.path}",
    }
    return render(request, "findings/consultation.html", context, status=422 if form.errors else 200)


@require_POST
def consultation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _or_404(request, pk)
    may_anywhere(request, "consult.withdraw")
    reason = request.POST.get("reason", "")
    run(request, lambda: acts.withdraw(actor_of(request), consultation=asked, reason=reason), "已撤回协商意见。")
    return redirect(asked)


@require_GET
def consultation_file(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _or_404(request, pk)
    if asked.file is None:
        raise Http404
    answer: HttpResponse = hand_out(request, asked.file, asked.file_name)
    return answer
