"""Pages of one row handed down: for the unit that does it and for the office that judges it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.files import FileRefused, hand_out
from dudao.core.ui.acting import actor_of, sent
from dudao.core.ui.forms import Form, form_page, refused
from dudao.core.ui.parts import Crumb, FileRow, stages
from dudao.findings.queries.sources import Hook, Hooks, address
from dudao.plans import findings
from dudao.plans.actions import assignments as acts
from dudao.plans.actions.handing import hand_on
from dudao.plans.flow import ASSIGNMENT
from dudao.plans.forms.assignments import ConfirmForm, ExtendForm, MarkForm, ReportForm, SignForm
from dudao.plans.forms.tasks import HandOnForm
from dudao.plans.labels import QUALITY, ROW_LINE, ROW_STATES, SELF_LIGHTS
from dudao.plans.models import Assignment
from dudao.plans.queries import RowFilter, assignment_rows
from dudao.plans.queries.assignments import evidence_file, reports_of
from dudao.plans.views.common import bare_form, lights_of, not_now, refusals, row_or_404, today
from dudao.plans.views.row_list import attach_lights

FORMS = {"assignment.sign", "assignment.progress", "assignment.report", "assignment.confirm"}
"""Steps that have a page of their own; the others are buttons."""


@require_GET
def row_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    actor = actor_of(request)
    shown = lights_of(request).of(row)
    reports: list[Any] = list(reports_of(row))
    for item in reports:
        item.shown = SELF_LIGHTS.get(item.light)
        item.rows = [
            FileRow(file.name, reverse("plans:evidence", args=[file.pk]), file.file.size)
            for file in item.evidence.all()
        ]
    returned = row.state == Assignment.State.RETURNED
    lower = list(
        assignment_rows(actor, lights_of(request), RowFilter(task=row.task_id, handed_on=True)).filter(upper=row)[:300]
    )
    attach_lights(lower, request)
    hook, all_url = _hook(row, actor)
    context = {
        "row": row,
        "hook": hook,
        "all_url": all_url,
        "task": row.task,
        "shown": shown,
        "state": ROW_STATES[row.state],
        "line": stages(ROW_LINE, row.state, back=Assignment.State.WORKING if returned else ""),
        "crumbs": [
            Crumb("承办情况", reverse("plans:assignments")),
            Crumb(f"{row.task.code} {row.task.title}", row.task.get_absolute_url()),
            Crumb(str(row.unit)),
        ],
        "buttons": [
            button
            for button in ASSIGNMENT.available(row, actor)
            if button.step.verb not in FORMS and ASSIGNMENT.concerns(row, button.step.verb, actor)
        ],
        "links": _links(row, actor),
        "remind": _remind(row, actor),
        "reports": reports,
        "lower": lower,
        "lower_states": ROW_STATES,
        "quality": QUALITY.get(row.quality),
        "events": audit.history(row),
        "steps": list(row.task.milestones.all()),
    }
    return render(request, "plans/row/page.html", context)


def _hook(row: Assignment, actor: Any) -> tuple[Hook | None, str]:
    """What an overdue row leads to: its finding, or the way to make one, and one for all units that are late with the task."""
    key = findings.key_of(row)
    hooks = Hooks(actor, key)
    hook = hooks.at(key, row.unit, row.task.title)
    if not findings.is_overdue(row):
        return (hook if hook is not None and hook.made is not None else None), ""
    return hook, address(findings.set_key_of(row)) if hook is not None and hooks.may else ""


_LINKS = (
    ("assignment.sign", "plans:row_sign", "签收", "signature", True),
    ("assignment.progress", "plans:row_report", "报送进展或完成", "send", True),
    ("assignment.confirm", "plans:row_confirm", "确认完成", "check", True),
    ("assignment.hand_on", "plans:row_hand_on", "转办到学校", "arrows-split-2", False),
    ("assignment.extend", "plans:row_extend", "延期", "calendar-due", False),
    ("assignment.mark", "plans:row_mark", "标记质量", "award", False),
)


def _links(row: Assignment, actor: Any) -> list[tuple[str, str, str, bool, str]]:
    """Acts with a page of their own: (word, address, icon, primary, why not). Those of somebody else's trade are left out."""
    links = []
    for verb, name, word, icon, primary in _LINKS:
        if not ASSIGNMENT.concerns(row, verb, actor):
            continue
        if verb in FORMS and row.state not in ASSIGNMENT.step(verb).sources:
            continue
        denied = ASSIGNMENT.why_not(row, verb, actor)
        links.append((word, reverse(name, args=[row.pk]), icon, primary, denied.reason if denied is not None else ""))
    return links


def _remind(row: Assignment, actor: Any) -> str | None:
    """Why one can't urge now, "" if one can, ``None`` if it isn't one's trade."""
    if not actor.may_somewhere("assignment.remind") or not ASSIGNMENT.concerns(row, "assignment.remind", actor):
        return None
    denied = ASSIGNMENT.why_not(row, "assignment.remind", actor)
    return denied.reason if denied is not None else ""


_STEPS = {
    "assignment.withdraw": lambda actor, row, reason: acts.withdraw_report(actor, row=row),
    "assignment.return": lambda actor, row, reason: acts.return_row(actor, row=row, reason=reason),
    "assignment.close": lambda actor, row, reason: acts.close(actor, row=row),
    "assignment.reopen": lambda actor, row, reason: acts.reopen(actor, row=row, reason=reason),
    "assignment.recall": lambda actor, row, reason: acts.recall(actor, row=row, reason=reason),
}


@require_POST
def row_step(request: HttpRequest, pk: int) -> HttpResponse:
    """A step that needs at most a reason."""
    row = row_or_404(request, pk)
    verb = request.POST.get("step", "")
    if verb not in _STEPS:
        raise Http404
    actor_of(request).require(verb, row.unit.path)
    form = bare_form()
    if refused(form, lambda: _STEPS[verb](actor_of(request), row, request.POST.get("reason", ""))) is None:
        messages.error(request, "；".join(refusals(form)))
    else:
        messages.success(request, f"已办理：{row.task.title}（{row.unit}）现为“{row.get_state_display()}”。")
    return redirect(row)


@require_POST
def row_remind(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    actor_of(request).require("assignment.remind", row.unit.path)
    form = bare_form()
    if refused(form, lambda: acts.remind(actor_of(request), row=row, text=request.POST.get("reason", ""))) is None:
        messages.error(request, "；".join(refusals(form)))
    else:
        messages.success(request, f"已催办{row.unit}。")
    return redirect(row)


def _closed(row: Assignment, verb: str, request: HttpRequest) -> HttpResponse | None:
    """The answer instead of a form that can't be filled in now. A sent one is the action's, which knows a form sent twice."""
    actor = actor_of(request)
    actor.require(verb, row.unit.path)
    denied = ASSIGNMENT.why_not(row, verb, actor)
    return not_now(request, denied, row) if denied is not None and request.method == "GET" else None


def _row_form(request: HttpRequest, row: Assignment, form: Form, title: str, save: str, **context: Any) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        save=save,
        cancel_url=row.get_absolute_url(),
        crumbs=[Crumb("承办情况", reverse("plans:assignments")), Crumb(str(row), row.get_absolute_url())],
        template="plans/row/form.html",
        row=row,
        task=row.task,
        shown=lights_of(request).of(row),
        **context,
    )


@require_http_methods(["GET", "POST"])
def row_sign(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := _closed(row, "assignment.sign", request)) is not None:
        return answer
    form = SignForm(sent(request), initial={"leader": row.leader, "person": row.person})
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.sign(actor_of(request), row=row, **form.values))
        if done is not None:
            messages.success(request, f"已签收“{row.task.title}”，请在{row.deadline:%Y年%-m月%-d日}前完成。")
            return redirect(row)
    return _row_form(request, row, form, "签收任务", "签收", save_icon="signature")


@require_http_methods(["GET", "POST"])
def row_report(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := _closed(row, "assignment.progress", request)) is not None:
        return answer
    form = ReportForm(sent(request), request.FILES or None, row=row)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.values.items() if name != "files"}
        uploads = form.cleaned_data.get("files") or []
        try:
            made = refused(form, lambda: acts.report(actor_of(request), row=row, files=uploads, **values))
        except FileRefused as problem:
            form.add_error("files", str(problem))
            made = None
        if made is not None:
            word = "已报送完成，等待确认。" if made.complete else f"已报送第 {made.number} 次进展。"
            messages.success(request, word)
            return redirect(row)
    return _row_form(request, row, form, "报送进展", "报送", save_icon="send")


@require_http_methods(["GET", "POST"])
def row_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := _closed(row, "assignment.confirm", request)) is not None:
        return answer
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.confirm(actor_of(request), row=row, **form.values))
        if done is not None:
            messages.success(request, f"已确认{row.unit}完成，可以销号。")
            return redirect(row)
    return _row_form(
        request, row, form, "确认完成", "确认完成", save_icon="check", note=f"{row.task.title}（{row.unit}）"
    )


@require_http_methods(["GET", "POST"])
def row_extend(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := _closed(row, "assignment.extend", request)) is not None:
        return answer
    form = ExtendForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.extend(actor_of(request), row=row, **form.values))
        if done is not None:
            messages.success(request, f"已延期到{row.deadline:%Y年%-m月%-d日}。")
            return redirect(row)
    return _row_form(request, row, form, "延期", "延期", save_icon="calendar-due")


@require_http_methods(["GET", "POST"])
def row_mark(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := _closed(row, "assignment.mark", request)) is not None:
        return answer
    form = MarkForm(sent(request), initial={"quality": row.quality})
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.mark_quality(actor_of(request), row=row, **form.values))
        if done is not None:
            messages.success(request, "已标记质量。")
            return redirect(row)
    return _row_form(request, row, form, "标记质量", "保存标记", save_icon="award")


@require_http_methods(["GET", "POST"])
def row_hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := _closed(row, "assignment.hand_on", request)) is not None:
        return answer
    form = HandOnForm(sent(request), unit=row.unit, day=today())
    if request.method == "POST" and form.is_valid():
        chosen = form.recipients
        made = refused(
            form, lambda: hand_on(actor_of(request), row=row, units=chosen, deadline=form.cleaned_data["deadline"])
        )
        if not form.errors:
            messages.success(request, f"已转办到 {len(made or chosen)} 个单位，它们会收到通知。")
            return redirect(row)
    return _row_form(request, row, form, "转办到学校", "转办", save_icon="arrows-split-2")


@require_GET
def row_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a report, for those who may see the row."""
    found = evidence_file(actor_of(request), pk)
    if found is None:
        raise Http404
    answer: HttpResponse = hand_out(request, found.file, found.name)
    return answer
