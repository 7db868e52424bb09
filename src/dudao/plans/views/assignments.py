"""Pages of one row handed down: for the unit that does it and for the office that judges it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dudao.core.files import hand_out
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.parts import FileRow
from dudao.findings.queries.sources import Hook, Hooks, address
from dudao.plans import findings
from dudao.plans.labels import QUALITY, SELF_LIGHTS
from dudao.plans.models import Assignment
from dudao.plans.process import ROW
from dudao.plans.queries import RowFilter, assignment_rows
from dudao.plans.queries.assignments import assignment, evidence_file, reports_of
from dudao.plans.views.common import lights_of
from dudao.plans.views.row_list import attach_lights


@require_GET
def row_page(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row: Any = found_or_404(assignment(actor, pk, lights_of(request)))
    reports: list[Any] = list(reports_of(row))
    for item in reports:
        item.shown = SELF_LIGHTS.get(item.light)
        item.rows = [
            FileRow(file.name, reverse("plans:evidence", args=[file.pk]), file.file.size)
            for file in item.evidence.all()
        ]
    returned = row.state == Assignment.State.RETURNED
    lower = list(assignment_rows(actor, lights_of(request), RowFilter(task=row.task_id)).filter(upper=row)[:300])
    attach_lights(lower, request)
    hook, all_url = _hook(row, actor)
    context = {
        **ROW.frame(row, actor, back=Assignment.State.WORKING if returned else ""),
        "hook": hook,
        "all_url": all_url,
        "task": row.task,
        "reports": reports,
        "lower": lower,
        "quality": QUALITY.get(row.quality),
        "steps": list(row.task.milestones.all()),
    }
    return render(request, "plans/row/page.html", context)


def _hook(row: Assignment, actor: Any) -> tuple[Hook | None, str]:
    """What an overdue row leads to: its finding, or the way to make one, and one for all units that are late with the task."""
    key = findings.LATE.key(row.pk)
    hooks = Hooks(actor, key)
    hook = hooks.at(key, row.unit, row.task.title)
    if not findings.is_overdue(row):
        return (hook if hook is not None and hook.made is not None else None), ""
    return hook, address(findings.LATES.key(row.task_id)) if hook is not None and hooks.may else ""


@require_GET
def row_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a report, for those who may see the row."""
    found = found_or_404(evidence_file(actor_of(request), pk))
    answer: HttpResponse = hand_out(request, found.file, found.name)
    return answer
