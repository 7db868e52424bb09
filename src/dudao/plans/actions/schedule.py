"""倒排工期: the steps of a task are set as a whole and dated backwards; a step is marked as done."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.calc.scheduling import ScheduleError
from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.plans.flow import TASK
from dudao.plans.models import Milestone, Task
from dudao.plans.queries.schedule import StepInput, plan_of

MOST_STEPS = 40


@audit.action
def set_schedule(actor: Actor, *, task: Task, steps: Sequence[StepInput]) -> list[Milestone]:
    """Replace the chain. A plan that doesn't fit is refused with the step that no longer fits; done steps keep their mark."""
    TASK.require(task, "task.schedule", actor)
    if len(steps) > MOST_STEPS:
        raise ValidationError(f"步骤有 {len(steps)} 个，最多 {MOST_STEPS} 个，请合并。")
    for place, step in enumerate(steps, start=1):
        if not step.name.strip():
            raise ValidationError(f"第 {place} 步没有名称，请填写。")
    Task.objects.select_for_update().get(pk=task.pk)
    try:
        plan = plan_of(task, steps)
    except ScheduleError as error:
        raise ValidationError(str(error)) from error
    if plan is None:
        raise ValidationError("倒排工期至少要有一个步骤。")
    if not plan.schedule.fits:
        misfit = plan.schedule.first_misfit
        assert misfit is not None
        raise ValidationError(misfit.text)
    present = {row.pk: row for row in task.milestones.all()}
    if any(step.pk is not None and step.pk not in present for step in steps):
        raise Conflict("步骤刚刚被他人改过，请刷新页面后再排。")
    rows = []
    for place, (step, dated) in enumerate(zip(steps, plan.schedule.steps, strict=True)):
        old = present.get(step.pk) if step.pk is not None else None
        rows.append(
            Milestone(
                task=task,
                position=place,
                name=step.name.strip(),
                workdays=step.workdays,
                gap_after=step.gap_after,
                fixed_end=step.fixed_end,
                starts=dated.start,
                ends=dated.end,
                done_on=old.done_on if old else None,
            )
        )
    Milestone.objects.filter(task=task).delete()
    Milestone.objects.bulk_create(rows)
    audit.record(actor, "task.schedule", task, steps=[[row.name, row.workdays, row.starts, row.ends] for row in rows])
    return rows


@audit.action
def mark_step(actor: Actor, *, step: Milestone, done_on: date | None) -> Milestone:
    """A step is done on a day, or (without a day) not done after all."""
    task = step.task
    actor.require("task.step_done", task.place)
    if done_on is not None and done_on > timezone.localdate():
        raise ValidationError({"done_on": f"{chinese_date(done_on)}还没有到，请填今天或以前的日期。"})
    if Milestone.objects.filter(pk=step.pk).update(done_on=done_on) != 1:
        raise Conflict("步骤刚刚被他人改过，请刷新页面。")
    step.done_on = done_on
    audit.record(actor, "task.step_done", task, step=step.name, done_on=done_on)
    return step
