"""倒排工期 as values: a task's steps counted back from its deadline over the working days of its office."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dudao.calc.calendar import WorkCalendar
from dudao.calc.scheduling import Schedule, Step, schedule_backward
from dudao.orgs.queries import work_calendar
from dudao.plans.models import Milestone, Task
from dudao.plans.presets.chains import chain_for


@dataclass(frozen=True, slots=True)
class StepInput:
    """A step as a person edits it. ``pk`` names the milestone it was, if any."""

    name: str
    workdays: int
    gap_after: int = 0
    fixed_end: date | None = None
    pk: int | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A chain with its dates and the calendar they were counted over."""

    steps: Sequence[StepInput]
    schedule: Schedule
    calendar: WorkCalendar


def counted_back(
    steps: Sequence[StepInput], deadline: date, calendar: WorkCalendar, not_before: date | None
) -> Schedule:
    """The steps with their dates; keys are the places in the chain."""
    chain = [
        Step(str(place), step.name, step.workdays, fixed_end=step.fixed_end, gap_after=step.gap_after)
        for place, step in enumerate(steps)
    ]
    return schedule_backward(chain, deadline, calendar, not_before)


def saved_steps(milestones: Iterable[Milestone]) -> list[StepInput]:
    return [StepInput(row.name, row.workdays, row.gap_after, row.fixed_end, row.pk, row.done_on) for row in milestones]


def proposed(task: Task) -> list[StepInput]:
    """The default chain of the task's kind of work."""
    return [StepInput(name, workdays, gap) for name, workdays, gap in chain_for(task.kind)]


def plan_of(task: Task, steps: Sequence[StepInput] | None = None) -> Plan | None:
    """A task's schedule; ``None`` without deadline or steps. Given steps are counted instead of the stored ones (a preview)."""
    if steps is None:
        steps = saved_steps(task.milestones.order_by("position", "id"))
    if task.deadline is None or not steps:
        return None
    calendar = work_calendar(task.plan.unit)
    return Plan(steps, counted_back(steps, task.deadline, calendar, task.starts), calendar)
