"""Backward schedules (倒排工期): from a deadline and a chain of steps to dates, counted back over working days.

The definition with a worked example is in docs/calculations/backward-schedule.md. An impossible plan is
still drawn: what does not fit comes back as `Problem`s with a Chinese sentence each, so that the person can
see it and move something. Only input that means nothing (two steps of one key, no duration) raises.
Storing plans, drawing the Gantt chart and deciding what «not before» is are left to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from dudao.calc.calendar import WorkCalendar, chinese_date


class ScheduleError(ValueError):
    """The input does not describe a chain of steps; the message says in Chinese which step and why."""


@dataclass(frozen=True)
class Step:
    """One link of the chain.

    ``duration_days``: length in working days, at least 1. ``fixed_start``/``fixed_end``: dates a person has set;
    one of them keeps the duration, both give the span as it is. ``gap_after``: working days that must stay free
    between this step and the next one (after the last step: before the deadline).
    """

    key: str
    name: str
    duration_days: int
    fixed_start: date | None = None
    fixed_end: date | None = None
    gap_after: int = 0

    @property
    def is_fixed(self) -> bool:
        return self.fixed_start is not None or self.fixed_end is not None


class ProblemKind(StrEnum):
    TOO_LATE = "too_late"
    """A fixed step ends after the next step has to begin, or after the deadline."""
    TOO_EARLY = "too_early"
    """A step would have to begin before the earliest allowed day."""
    TOO_SHORT = "too_short"
    """Both ends are fixed and hold fewer working days than the step needs."""
    REST_DAY = "rest_day"
    """A fixed date is not a working day (a notice: the plan still holds)."""


@dataclass(frozen=True)
class Problem:
    """Why a step does not fit: ``workdays`` is how many working days are missing (0 for a notice)."""

    kind: ProblemKind
    step_key: str
    workdays: int
    text: str

    @property
    def blocks(self) -> bool:
        """Whether the plan can't be kept; a notice only informs."""
        return self.kind is not ProblemKind.REST_DAY


@dataclass(frozen=True)
class ScheduledStep:
    """A step with its dates.

    ``latest_end``: the last working day on which it may end without touching the next step or the deadline.
    ``slack``: working days between its end and ``latest_end``; negative if it is too late.
    ``is_known``: the holidays of all days from which its dates follow are known; otherwise they are provisional.
    """

    key: str
    name: str
    start: date
    end: date
    workdays: int
    latest_end: date
    slack: int
    is_fixed: bool
    is_known: bool


@dataclass(frozen=True)
class Schedule:
    """The dated chain, in the order of the steps, with everything that is wrong with it."""

    steps: tuple[ScheduledStep, ...]
    problems: tuple[Problem, ...]
    deadline: date

    @property
    def fits(self) -> bool:
        return not any(problem.blocks for problem in self.problems)

    @property
    def start(self) -> date:
        """The day on which work has to begin."""
        return min(step.start for step in self.steps)

    @property
    def end(self) -> date:
        return max(step.end for step in self.steps)

    @property
    def first_misfit(self) -> Problem | None:
        """Counting back from the deadline, the first thing that no longer fits; those before it follow from it."""
        return next((problem for problem in reversed(self.problems) if problem.blocks), None)

    @property
    def missing_workdays(self) -> int:
        """The largest shortage of any step: how much later the deadline, or shorter the work, would have to be."""
        return max((problem.workdays for problem in self.problems), default=0)

    @property
    def is_known(self) -> bool:
        """``False`` if some dates lie where the holidays are not known yet and Monday to Friday was assumed."""
        return all(step.is_known for step in self.steps)

    def problems_of(self, key: str) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.step_key == key)


def _check(steps: Sequence[Step]) -> None:
    if not steps:
        raise ScheduleError("倒排工期至少要有一个步骤。")
    seen: set[str] = set()
    for step in steps:
        if step.key in seen:
            raise ScheduleError(f"步骤标识“{step.key}”重复，每个步骤的标识必须不同。")
        seen.add(step.key)
        if step.duration_days < 1:
            raise ScheduleError(f"步骤“{step.name}”的工期是 {step.duration_days} 个工作日，至少要 1 个工作日。")
        if step.gap_after < 0:
            raise ScheduleError(f"步骤“{step.name}”之后的间隔是 {step.gap_after} 个工作日，不能是负数。")
        if step.fixed_start is not None and step.fixed_end is not None and step.fixed_end < step.fixed_start:
            raise ScheduleError(
                f"步骤“{step.name}”的结束日期{chinese_date(step.fixed_end)}"
                f"早于开始日期{chinese_date(step.fixed_start)}。"
            )


def _place(step: Step, latest_end: date, calendar: WorkCalendar) -> tuple[date, date]:
    """Start and end of one step. A fixed day counts as worked for its step even if it is a day of rest."""
    length = step.duration_days - 1
    if step.fixed_start is not None:
        return step.fixed_start, step.fixed_end or calendar.add_workdays(step.fixed_start, length)
    end = step.fixed_end or latest_end
    return calendar.add_workdays(end, -length), end


def _span(start: date, end: date, calendar: WorkCalendar) -> int:
    """Working days of a placed step, its own first and last day counted as worked."""
    if start == end:
        return 1
    inner_and_last = calendar.workdays_between(start, end)
    return 1 + inner_and_last + (0 if calendar.is_workday(end) else 1)


def _slack(end: date, latest_end: date, first_taken: date, calendar: WorkCalendar) -> int:
    """Working days left before ``latest_end``; negative: how many have to be given up.

    ``first_taken`` is the first day the step must not touch. Days of rest between ``latest_end`` and it may be used
    by a step that was put there on purpose, so only working days after ``latest_end`` count as too late.
    """
    too_late = calendar.count_workdays(latest_end + timedelta(days=1), end)
    if too_late or end >= first_taken:
        return -max(1, too_late)
    return max(0, calendar.workdays_between(end, latest_end))


def schedule_backward(
    steps: Iterable[Step], deadline: date, calendar: WorkCalendar, not_before: date | None = None
) -> Schedule:
    """Give every step of the chain its dates, counted back from the deadline over working days.

    The last step ends on the last working day not after the deadline (less its gap); each earlier step ends
    ``gap_after + 1`` working days before the next one starts. A step with a fixed date stays where it was put
    and moves those before it, and only those. Steps before ``not_before``, fixed steps that reach into the next
    one or past the deadline, and fixed spans that are too short are reported in ``problems``, in chain order.

    Raises `ScheduleError` for an empty chain, repeated keys, a duration below 1, a negative gap, a fixed end
    before its start or the last day there is as deadline; ``ValueError`` if a date leaves the years 1 to 9999.
    """
    chain = tuple(steps)
    _check(chain)
    if deadline == date.max:  # commonly stored for «no deadline», from which nothing can be counted back
        raise ScheduleError(f"完成时限{chinese_date(deadline)}不是真实的日期，不能倒排。")
    placed: list[ScheduledStep] = []
    problems: list[list[Problem]] = []
    following: ScheduledStep | None = None
    for step in reversed(chain):
        if following is None:
            first_taken = deadline + timedelta(days=1)
            limit = f"完成时限{chinese_date(deadline)}"
            anchor_is_known = calendar.is_known(deadline)
        else:
            first_taken = following.start
            limit = f"下一步“{following.name}”的开始日期{chinese_date(following.start)}"
            anchor_is_known = following.is_known
        latest_end = calendar.add_workdays(first_taken, -1 - step.gap_after)
        start, end = _place(step, latest_end, calendar)
        placed_step = ScheduledStep(
            key=step.key,
            name=step.name,
            start=start,
            end=end,
            workdays=_span(start, end, calendar),
            latest_end=latest_end,
            slack=_slack(end, latest_end, first_taken, calendar),
            is_fixed=step.is_fixed,
            is_known=calendar.is_known(start) and calendar.is_known(end) and (step.is_fixed or anchor_is_known),
        )
        problems.append(
            [
                *_too_late(step, placed_step, limit),
                *_too_early(step, placed_step, not_before, calendar),
                *_too_short(step, placed_step),
                *_rest_days(step, calendar),
            ]
        )
        placed.append(placed_step)
        following = placed_step
    return Schedule(
        steps=tuple(reversed(placed)),
        problems=tuple(problem for group in reversed(problems) for problem in group),
        deadline=deadline,
    )


def _too_late(step: Step, placed: ScheduledStep, limit: str) -> Iterator[Problem]:
    if placed.slack < 0:
        gap = f"（其间须留 {step.gap_after} 个工作日）" if step.gap_after else ""
        text = (
            f"“{step.name}”排不下：定在{chinese_date(placed.end)}结束，赶不上{limit}{gap}，"
            f"最迟应在{chinese_date(placed.latest_end)}结束，超出 {-placed.slack} 个工作日。"
        )
        yield Problem(ProblemKind.TOO_LATE, step.key, -placed.slack, text)


def _too_early(step: Step, placed: ScheduledStep, not_before: date | None, calendar: WorkCalendar) -> Iterator[Problem]:
    if not_before is not None and placed.start < not_before:
        missing = calendar.workdays_between(placed.start, calendar.shift_to_workday(not_before))
        text = (
            f"“{step.name}”排不下：须在{chinese_date(placed.start)}开始，"
            f"早于最早可开始的{chinese_date(not_before)}，差 {missing} 个工作日。"
        )
        yield Problem(ProblemKind.TOO_EARLY, step.key, missing, text)


def _too_short(step: Step, placed: ScheduledStep) -> Iterator[Problem]:
    missing = step.duration_days - placed.workdays
    if missing > 0:
        text = (
            f"“{step.name}”排不下：{chinese_date(placed.start)}至{chinese_date(placed.end)}"
            f"只有 {placed.workdays} 个工作日，需要 {step.duration_days} 个，差 {missing} 个工作日。"
        )
        yield Problem(ProblemKind.TOO_SHORT, step.key, missing, text)


def _rest_days(step: Step, calendar: WorkCalendar) -> Iterator[Problem]:
    for day, what in ((step.fixed_start, "开始"), (step.fixed_end, "结束")):
        if day is not None and not calendar.is_workday(day):
            text = f"“{step.name}”定在{chinese_date(day)}{what}，这一天不是工作日，请确认是否安排加班。"
            yield Problem(ProblemKind.REST_DAY, step.key, 0, text)


def move_step(
    steps: Iterable[Step], key: str, *, start: date | None = None, end: date | None = None
) -> tuple[Step, ...]:
    """The same chain with one step fixed to new dates, or set free again when both are ``None``.

    Raises `ScheduleError` if no step has this key.
    """
    chain = tuple(steps)
    if all(step.key != key for step in chain):
        raise ScheduleError(f"没有标识为“{key}”的步骤，不能移动。")
    return tuple(replace(step, fixed_start=start, fixed_end=end) if step.key == key else step for step in chain)
