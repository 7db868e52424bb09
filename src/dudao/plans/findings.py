"""What of a plan becomes a finding: a task that a unit hasn't finished in time, and all units that are late with it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.keys import Kind
from dudao.core.ui.formats import date_cn
from dudao.findings.models import Finding
from dudao.findings.sources import Origin, Problem, register
from dudao.papers.sources import Fact
from dudao.plans.models import Assignment
from dudao.plans.queries.joins import with_units

_State = Assignment.State
SETTLED = (_State.CONFIRMED, _State.CLOSED, _State.WITHDRAWN)


LATE, LATES = Kind("late", int), Kind("lates", int)
"""A row that is late, and all rows of a task that are."""


def is_overdue(row: Assignment) -> bool:
    return row.finished_on is None and row.state not in SETTLED and row.deadline < timezone.localdate()


def _late(actor: Actor) -> QuerySet[Any]:
    rows = Assignment.objects.visible_to(actor, "assignment.view").exclude(state__in=SETTLED)
    return with_units(rows.filter(finished_on__isnull=True, deadline__lt=timezone.localdate()))


def _problem(row: Any) -> Problem:
    due, done = f"应于{date_cn(row.deadline)}完成", f"完成率{row.progress}%"
    text = f"“{row.task.title}”{due}，至今没有报告完成，{done}。"
    facts = [Fact("完成时限", row.deadline.isoformat(), due), Fact("完成率", row.progress, done)]
    return Problem(LATE.key(row.pk), row.unit, text, facts, row.task.code[:40], row.task.title[:300])


def _origin(rows: list[Any], url: str) -> Origin | None:
    if not rows:
        return None
    task = rows[0].task
    label = f"{task.plan}：{task.code} {task.title}"
    return Origin(Finding.Source.TASK, label, url, [_problem(row) for row in rows], "计划任务")


def found_late(actor: Actor, pk: int) -> Origin | None:
    """«12»: one row."""
    row = _late(actor).filter(pk=pk).first()
    return _origin([row], row.get_absolute_url()) if row is not None else None


def found_all_late(actor: Actor, task: int) -> Origin | None:
    """«3»: all rows of a task that are late."""
    rows = list(_late(actor).filter(task=task).order_by("unit__path"))
    return _origin(rows, rows[0].task.get_absolute_url()) if rows else None


def register_all() -> None:
    register(LATE, found_late)
    register(LATES, found_all_late)
