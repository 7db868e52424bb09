"""Handing down and on: how units get their rows. One transaction, a fixed number of queries, an event for every row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.orgs.models import Unit
from dudao.plans.actions.tasks import edit_task
from dudao.plans.flow import ASSIGNMENT, TASK
from dudao.plans.models import Assignment, Task
from dudao.plans.queries.units import recipients

audit.TELLS["assignment.issue"] = ("assignment.sign",)
UNDATED = "还没有完成时限，请填写。"


@dataclass(frozen=True, slots=True)
class Given:
    """What becomes of one task when several are handed down: to whom, until when and led by whom (``None``: as the task says)."""

    task: Task
    units: Sequence[Unit]
    deadline: date | None = None
    lead: Unit | None = None


@audit.action
def hand_down(
    actor: Actor,
    *,
    task: Task,
    units: Collection[Unit],
    starts: date | None = None,
    deadline: date | None = None,
    at: datetime | None = None,
) -> Task:
    """Give every unit its row: counties, member units or schools below the plan's office. Issued once, the task's content is fixed.

    Units that have a row already are left alone; one whose row was withdrawn gets it back. ``at`` is the time of hand-down
    (default now), ``deadline`` another one than the task's for these units; a task that has none yet takes it as its own.
    """
    now = at or timezone.now()
    day = timezone.localtime(now).date()
    Task.objects.select_for_update().get(pk=task.pk)
    due = task.deadline = task.deadline or deadline
    changes = {} if task.issued_at else {"issued_at": now, "deadline": due}
    office = task.plan.unit
    chosen = _checked(office, units, day)
    TASK.require(task, "task.hand_down", actor)
    if due is None:
        raise ValidationError({"deadline": UNDATED})
    TASK.move(task, "task.hand_down", actor, changes=changes, units=len(chosen))
    rows = _issue(
        actor, task, chosen, starts=starts or task.starts or day, deadline=deadline or due, now=now, upper=None
    )
    if not rows:
        raise ValidationError("所选单位都已经下达过，没有新增。")
    return task


@audit.action
def hand_down_many(actor: Actor, *, given: Sequence[Given]) -> list[Task]:
    """Hand several tasks down, each to its own units: all of them or, when some can't be, none, with what each of those lacks."""
    if not given:
        raise ValidationError("请先勾选要下达的任务。")
    lacking = [f"“{one.task}”：{why}" for one in given if (why := _lacks(actor, one))]
    if lacking:
        raise ValidationError([f"有 {len(lacking)} 项任务还不能下达，一项都没有下达：", *lacking])
    done = []
    for one in given:
        task = one.task
        if one.lead is not None and one.lead.pk != task.lead_id and task.state == Task.State.DRAFT:
            task = edit_task(actor, task=task, lead=one.lead)
        done.append(hand_down(actor, task=task, units=one.units, deadline=one.deadline))
    return done


def _lacks(actor: Actor, one: Given) -> str:
    denied = TASK.why_not(one.task, "task.hand_down", actor)
    if denied is not None:
        return denied.reason
    lacks = [] if one.units else ["还没有选择承办单位"]
    lacks += [] if one.deadline or one.task.deadline else ["还没有完成时限"]
    return "，".join(lacks)


@audit.action
def hand_on(
    actor: Actor,
    *,
    row: Assignment,
    units: Collection[Unit],
    deadline: date | None = None,
    at: datetime | None = None,
) -> list[Assignment]:
    """A county passes its row on to its schools and townships; it confirms theirs, the city confirms its own."""
    ASSIGNMENT.require(row, "assignment.hand_on", actor)
    now = at or timezone.now()
    due = deadline or row.deadline
    if due > row.deadline:
        raise ValidationError({"deadline": "给学校的时限不能晚于本单位的完成时限。"})
    Assignment.objects.select_for_update().get(pk=row.pk)
    chosen = _checked(row.unit, units, timezone.localtime(now).date())
    starts = min(max(row.starts, timezone.localtime(now).date()), due)
    rows = _issue(actor, row.task, chosen, starts=starts, deadline=due, now=now, upper=row)
    if not rows:
        raise ValidationError("所选学校都已经转办过，没有新增。")
    audit.record(actor, "assignment.hand_on", row, units=len(rows))
    return rows


def _checked(office: Unit, units: Collection[Unit], day: date) -> list[Unit]:
    if not units:
        raise ValidationError("请至少选择一个单位。")
    found = recipients(office.path, {unit.pk for unit in units}, day)
    if len(found) != len({unit.pk for unit in units}):
        known = {unit.pk for unit in found}
        missing = next(unit for unit in units if unit.pk not in known)
        raise Denied(f"“{missing}”不在{office}之下，或者已经撤销，不能下达给它。", "task.hand_down")
    return found


def _issue(
    actor: Actor,
    task: Task,
    units: list[Unit],
    *,
    starts: date,
    deadline: date,
    now: datetime,
    upper: Assignment | None,
) -> list[Assignment]:
    """Make the rows that are missing and wake the withdrawn ones."""
    starts = min(starts, deadline)
    present = {
        row.unit_id: row
        for row in Assignment.objects.filter(task=task, unit__in=units).select_related("unit", "upper__unit")
    }
    fresh = [
        Assignment(task=task, unit=unit, upper=upper, starts=starts, deadline=deadline, issued_at=now)
        for unit in units
        if unit.pk not in present
    ]
    Assignment.objects.bulk_create(fresh, batch_size=1000)
    woken = [row for row in present.values() if row.state == Assignment.State.WITHDRAWN]
    if woken:
        values = {
            "state": Assignment.State.ISSUED, "starts": starts, "deadline": deadline, "issued_at": now, "signed_at": None,
            "upper": upper, "first_deadline": None,
        }  # fmt: skip
        Assignment.objects.filter(pk__in=[row.pk for row in woken]).update(**values)
        for row in woken:
            row.task = task
            for name, value in values.items():
                setattr(row, name, value)
    for row in (*fresh, *woken):
        audit.record(
            actor, "assignment.issue", row, deadline=deadline, again=row in woken or None, tell_at=row.unit.path
        )
    return [*fresh, *woken]
