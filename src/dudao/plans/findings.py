"""What of a plan becomes a finding: a task that a unit hasn't finished in time, and all units that are late with it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.formats import date_cn
from dudao.findings.models import Finding
from dudao.findings.sources import Origin, Problem, register
from dudao.papers.sources import Fact
from dudao.plans.models import Assignment
from dudao.plans.queries.joins import with_units

_State = Assignment.State
SETTLED = (_State.CONFIRMED, _State.CLOSED, _State.WITHDRAWN)


def key_of(row: Assignment) -> str:
    return f"late:{row.pk}"


def set_key_of(row: Assignment) -> str:
    """All units that are late with the task of a row."""
    return f"lates:{row.task_id}"


def is_overdue(row: Assignment) -> bool:
    return row.finished_on is None and row.state not in SETTLED and row.deadline < timezone.localdate()


def _late(actor: Actor) -> QuerySet[Any]:
    rows = Assignment.objects.visible_to(actor, "assignment.view").exclude(state__in=SETTLED)
    return with_units(rows.filter(finished_on__isnull=True, deadline__lt=timezone.localdate()))


def _problem(row: Any) -> Problem:
    due, done = f"应于{date_cn(row.deadline)}完成", f"完成率{row.progress}%"
    text = f"“{row.task.title}”{due}，至今没有报告完成，{done}。"
    facts = [Fact("完成时限", row.deadline.isoformat(), due), Fact("完成率", row.progress, done)]
    return Problem(key_of(row), row.unit, text, facts, row.task.code[:40], row.task.title[:300])


def _origin(rows: list[Any], url: str) -> Origin | None:
    if not rows:
        return None
    task = rows[0].task
    label = f"{task.plan}：{task.code} {task.title}"
    return Origin(Finding.Source.TASK, label, url, [_problem(row) for row in rows], "计划任务")


def found_late(actor: Actor, key: str) -> Origin | None:
    """«12»: one row."""
    row = _late(actor).filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
    return _origin([row], row.get_absolute_url()) if row is not None else None


def found_all_late(actor: Actor, key: str) -> Origin | None:
    """«3»: all rows of a task that are late."""
    if not (key.isascii() and key.isdigit() and len(key) < 18):
        return None
    rows = list(_late(actor).filter(task=key).order_by("unit__path"))
    return _origin(rows, rows[0].task.get_absolute_url()) if rows else None


def register_all() -> None:
    register("late", found_late)
    register("lates", found_all_late)
