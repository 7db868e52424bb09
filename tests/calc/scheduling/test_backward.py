"""Backward schedules: the worked example, what moves and what stays, and what no longer fits."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.calendar import WEEKDAYS_ONLY, WorkCalendar, calendar_from, seed_day_exceptions
from dudao.calc.scheduling import ProblemKind, Schedule, ScheduleError, Step, move_step, schedule_backward

SEED = seed_day_exceptions([2025, 2026])
REAL = calendar_from(SEED.exceptions, known_from=SEED.known_from, known_to=SEED.known_to)

CHAIN = (
    Step("plan", "制定方案", 5),
    Step("self", "自查自评", 10),
    Step("visit", "实地核查", 5, gap_after=2),
    Step("report", "形成报告", 5),
)
DEADLINE = date(2026, 10, 31)  # a Saturday


def dates(schedule: Schedule) -> dict[str, tuple[date, date]]:
    return {step.key: (step.start, step.end) for step in schedule.steps}


def kinds(schedule: Schedule) -> list[tuple[ProblemKind, str, int]]:
    return [(problem.kind, problem.step_key, problem.workdays) for problem in schedule.problems]


def test_the_worked_example_of_the_documentation() -> None:
    schedule = schedule_backward(CHAIN, DEADLINE, REAL, not_before=date(2026, 9, 18))
    assert dates(schedule) == {
        "plan": (date(2026, 9, 18), date(2026, 9, 23)),
        "self": (date(2026, 9, 24), date(2026, 10, 14)),
        "visit": (date(2026, 10, 15), date(2026, 10, 21)),
        "report": (date(2026, 10, 26), date(2026, 10, 30)),
    }
    assert schedule.fits
    assert schedule.is_known
    assert schedule.problems == ()
    assert schedule.first_misfit is None
    assert schedule.missing_workdays == 0
    assert (schedule.start, schedule.end) == (date(2026, 9, 18), date(2026, 10, 30))
    assert [step.workdays for step in schedule.steps] == [5, 10, 5, 5]
    assert [step.slack for step in schedule.steps] == [0, 0, 0, 0]
    assert not any(step.is_fixed for step in schedule.steps)


def test_a_moved_step_moves_those_before_it_and_only_those() -> None:
    before = dates(schedule_backward(CHAIN, DEADLINE, REAL))
    moved = schedule_backward(move_step(CHAIN, "visit", end=date(2026, 10, 16)), DEADLINE, REAL)
    assert dates(moved)["report"] == before["report"]
    assert dates(moved)["visit"] == (date(2026, 10, 12), date(2026, 10, 16))
    # Three working days earlier than before: 10 October is a worked Saturday.
    assert dates(moved)["self"] == (date(2026, 9, 21), date(2026, 10, 10))
    assert dates(moved)["plan"] == (date(2026, 9, 15), date(2026, 9, 20))
    assert moved.fits
    assert [step.slack for step in moved.steps] == [0, 0, 3, 0]
    assert [step.is_fixed for step in moved.steps] == [False, False, True, False]


def test_a_fixed_start_keeps_the_duration() -> None:
    moved = schedule_backward(move_step(CHAIN, "visit", start=date(2026, 10, 9)), DEADLINE, REAL)
    assert dates(moved)["visit"] == (date(2026, 10, 9), date(2026, 10, 14))
    assert dates(moved)["self"][1] == date(2026, 10, 8)


def test_a_released_step_returns_to_its_computed_dates() -> None:
    moved = move_step(CHAIN, "visit", start=date(2026, 10, 9))
    assert move_step(moved, "visit") == CHAIN


def test_moving_an_unknown_step_is_refused() -> None:
    with pytest.raises(ScheduleError, match="“absent”"):
        move_step(CHAIN, "absent")


def test_a_plan_that_starts_too_early_names_the_first_step_that_no_longer_fits() -> None:
    schedule = schedule_backward(CHAIN, DEADLINE, REAL, not_before=date(2026, 9, 28))
    assert not schedule.fits
    assert kinds(schedule) == [(ProblemKind.TOO_EARLY, "plan", 6), (ProblemKind.TOO_EARLY, "self", 1)]
    assert schedule.missing_workdays == 6
    misfit = schedule.first_misfit
    assert misfit is not None
    assert misfit.step_key == "self"
    assert misfit.text == "“自查自评”排不下：须在2026年9月24日开始，早于最早可开始的2026年9月28日，差 1 个工作日。"
    assert schedule.problems_of("self") == (misfit,)
    assert schedule.problems_of("report") == ()


def test_a_fixed_step_that_reaches_into_the_next_one_is_reported() -> None:
    schedule = schedule_backward(move_step(CHAIN, "self", end=date(2026, 10, 16)), DEADLINE, REAL)
    assert kinds(schedule) == [(ProblemKind.TOO_LATE, "self", 2)]
    assert schedule.problems[0].text == (
        "“自查自评”排不下：定在2026年10月16日结束，赶不上下一步“实地核查”的开始日期2026年10月15日，"
        "最迟应在2026年10月14日结束，超出 2 个工作日。"
    )
    assert [step.slack for step in schedule.steps] == [0, -2, 0, 0]


def test_a_gap_to_the_next_step_is_kept_and_named() -> None:
    schedule = schedule_backward(move_step(CHAIN, "visit", end=date(2026, 10, 22)), DEADLINE, REAL)
    assert kinds(schedule) == [(ProblemKind.TOO_LATE, "visit", 1)]
    assert "的开始日期2026年10月26日（其间须留 2 个工作日）" in schedule.problems[0].text


def test_a_fixed_step_past_the_deadline_is_reported() -> None:
    schedule = schedule_backward(move_step(CHAIN, "report", end=date(2026, 11, 3)), DEADLINE, REAL)
    assert kinds(schedule) == [(ProblemKind.TOO_LATE, "report", 2)]
    assert schedule.problems[0].text == (
        "“形成报告”排不下：定在2026年11月3日结束，赶不上完成时限2026年10月31日，"
        "最迟应在2026年10月30日结束，超出 2 个工作日。"
    )


def test_a_gap_after_the_last_step_stays_free_before_the_deadline() -> None:
    schedule = schedule_backward([Step("a", "报送", 1, gap_after=3)], date(2026, 3, 6), REAL)
    assert dates(schedule)["a"] == (date(2026, 3, 3), date(2026, 3, 3))


def test_a_span_fixed_at_both_ends_is_kept_and_checked_against_the_duration() -> None:
    fixed = move_step(CHAIN, "self", start=date(2026, 9, 28), end=date(2026, 10, 9))
    schedule = schedule_backward(fixed, DEADLINE, REAL)
    assert dates(schedule)["self"] == (date(2026, 9, 28), date(2026, 10, 9))
    assert kinds(schedule) == [(ProblemKind.TOO_SHORT, "self", 5)]
    assert schedule.problems[0].text == (
        "“自查自评”排不下：2026年9月28日至2026年10月9日只有 5 个工作日，需要 10 个，差 5 个工作日。"
    )


def test_a_fixed_day_of_rest_counts_as_worked_and_is_only_a_notice() -> None:
    sunday = date(2026, 3, 15)
    steps = [Step("a", "筹备", 3), Step("b", "培训", 2, fixed_end=sunday), Step("c", "总结", 1)]
    schedule = schedule_backward(steps, date(2026, 3, 16), REAL)
    assert dates(schedule)["b"] == (date(2026, 3, 13), sunday)
    assert dates(schedule)["a"] == (date(2026, 3, 10), date(2026, 3, 12))
    assert schedule.fits
    assert schedule.steps[1].slack == 0
    assert schedule.steps[1].workdays == 2
    assert kinds(schedule) == [(ProblemKind.REST_DAY, "b", 0)]
    assert schedule.problems[0].text == "“培训”定在2026年3月15日结束，这一天不是工作日，请确认是否安排加班。"


def test_a_step_may_be_put_on_the_weekend_before_a_weekend_deadline() -> None:
    saturday = date(2026, 3, 14)
    schedule = schedule_backward([Step("a", "考试", 1, fixed_start=saturday)], saturday + timedelta(days=1), REAL)
    assert dates(schedule)["a"] == (saturday, saturday)
    assert schedule.fits


def test_two_steps_on_one_day_of_rest_collide() -> None:
    sunday = date(2026, 3, 15)
    steps = [Step("a", "培训", 1, fixed_end=sunday), Step("b", "考试", 1, fixed_start=sunday)]
    schedule = schedule_backward(steps, date(2026, 3, 31), REAL)
    assert (ProblemKind.TOO_LATE, "a", 1) in kinds(schedule)
    assert not schedule.fits


def test_dates_without_known_holidays_are_provisional() -> None:
    schedule = schedule_backward(CHAIN, date(2027, 1, 15), REAL)
    assert dates(schedule)["self"][1] == date(2026, 12, 30)
    # Counted back over days of 2027 whose holidays are not announced: provisional although it lies in 2026.
    assert [step.is_known for step in schedule.steps] == [False, False, False, False]
    assert not schedule.is_known
    fixed = schedule_backward(move_step(CHAIN, "self", end=date(2026, 12, 30)), date(2027, 1, 15), REAL)
    assert [step.is_known for step in fixed.steps] == [True, True, False, False]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "至少要有一个步骤"),
        ([Step("a", "甲", 1), Step("a", "乙", 1)], "步骤标识“a”重复"),
        ([Step("a", "甲", 0)], "“甲”的工期是 0 个工作日"),
        ([Step("a", "甲", 1, gap_after=-1)], "“甲”之后的间隔是 -1"),
        (
            [Step("a", "甲", 1, fixed_start=date(2026, 3, 3), fixed_end=date(2026, 3, 2))],
            "“甲”的结束日期2026年3月2日早于开始日期2026年3月3日",
        ),
    ],
)
def test_meaningless_input_is_refused(steps: list[Step], message: str) -> None:
    with pytest.raises(ScheduleError, match=message):
        schedule_backward(steps, DEADLINE, REAL)


def test_a_deadline_that_means_none_is_refused() -> None:
    with pytest.raises(ScheduleError, match="9999年12月31日不是真实的日期"):
        schedule_backward(CHAIN, date.max, REAL)


def test_a_chain_that_leaves_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="超出可表示的范围"):
        schedule_backward([Step("a", "甲", 10)], date(1, 1, 5), WEEKDAYS_ONLY)


# --- properties ------------------------------------------------------------------------------------------------

days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    picked = draw(st.sets(days, max_size=50))
    return WorkCalendar(
        weekend_workdays=frozenset(day for day in picked if day.weekday() >= 5),
        weekday_holidays=frozenset(day for day in picked if day.weekday() < 5),
    )


@st.composite
def chains(draw: st.DrawFn, *, fixed: bool = False) -> list[Step]:
    count = draw(st.integers(1, 7))
    maybe_day = st.none() | days if fixed else st.none()
    steps = []
    for index in range(count):
        start, end = draw(maybe_day), draw(maybe_day)
        if start and end and end < start:
            start, end = end, start
        length, gap = draw(st.integers(1, 30)), draw(st.integers(0, 5))
        steps.append(Step(f"s{index}", f"步骤{index + 1}", length, start, end, gap))
    return steps


@given(chains(), days, calendars())
def test_a_free_chain_is_tight_ordered_and_ends_by_the_deadline(
    steps: list[Step], deadline: date, calendar: WorkCalendar
) -> None:
    schedule = schedule_backward(steps, deadline, calendar)
    assert [step.key for step in schedule.steps] == [step.key for step in steps]
    assert schedule.problems == ()
    for step, placed in zip(steps, schedule.steps, strict=True):
        assert calendar.is_workday(placed.start)
        assert calendar.is_workday(placed.end)
        assert calendar.count_workdays(placed.start, placed.end) == placed.workdays == step.duration_days
    for step, one, other in zip(steps, schedule.steps, schedule.steps[1:], strict=False):
        assert one.end < other.start
        assert calendar.workdays_between(one.end, other.start) == step.gap_after + 1
    assert schedule.end <= deadline
    assert calendar.workdays_between(schedule.end, deadline) == steps[-1].gap_after


@given(chains(fixed=True), days, calendars())
def test_moving_the_deadline_one_workday_moves_free_steps_one_workday(
    steps: list[Step], deadline: date, calendar: WorkCalendar
) -> None:
    last_fixed = max((index for index, step in enumerate(steps) if step.is_fixed), default=-1)
    before = schedule_backward(steps, deadline, calendar).steps
    after = schedule_backward(steps, calendar.add_workdays(deadline, 1), calendar).steps
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        shift = 1 if index > last_fixed else 0
        assert new.start == calendar.add_workdays(old.start, shift)
        assert new.end == calendar.add_workdays(old.end, shift)


@given(chains(fixed=True), days, calendars(), st.data())
def test_fixing_a_step_never_touches_those_after_it(
    steps: list[Step], deadline: date, calendar: WorkCalendar, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(steps) - 1))
    moved = move_step(steps, f"s{index}", end=data.draw(days))
    before = schedule_backward(steps, deadline, calendar).steps
    after = schedule_backward(moved, deadline, calendar).steps
    assert after[index + 1 :] == before[index + 1 :]
    assert after[index].end == moved[index].fixed_end


@given(chains(fixed=True), days, calendars(), st.none() | days)
def test_a_plan_without_blocking_problems_keeps_every_rule(
    steps: list[Step], deadline: date, calendar: WorkCalendar, not_before: date | None
) -> None:
    schedule = schedule_backward(steps, deadline, calendar, not_before)
    overlaps = any(one.end >= other.start for one, other in zip(schedule.steps, schedule.steps[1:], strict=False))
    too_early = not_before is not None and schedule.start < not_before
    too_late = schedule.steps[-1].end > deadline
    too_short = any(placed.workdays < step.duration_days for step, placed in zip(steps, schedule.steps, strict=True))
    gaps_kept = all(
        calendar.count_workdays(one.end + timedelta(days=1), other.start - timedelta(days=1)) >= step.gap_after
        for step, one, other in zip(steps, schedule.steps, schedule.steps[1:], strict=False)
    )
    last_gap_kept = calendar.count_workdays(schedule.steps[-1].end + timedelta(days=1), deadline) >= steps[-1].gap_after
    broken = overlaps or too_early or too_late or too_short or not gaps_kept or not last_gap_kept
    assert schedule.fits is not broken
    for problem in schedule.problems:
        assert problem.blocks == (problem.workdays > 0)


@given(chains(), days)
def test_a_shortage_is_exactly_what_a_later_deadline_must_give(steps: list[Step], deadline: date) -> None:
    """The stated number of working days is enough, and one fewer is not."""
    not_before = WEEKDAYS_ONLY.shift_to_workday(date(2026, 6, 1))
    missing = schedule_backward(steps, deadline, WEEKDAYS_ONLY, not_before).missing_workdays
    enough = WEEKDAYS_ONLY.add_workdays(deadline, missing)
    assert schedule_backward(steps, enough, WEEKDAYS_ONLY, not_before).fits
    if missing:
        almost = WEEKDAYS_ONLY.add_workdays(enough, -1)
        assert not schedule_backward(steps, almost, WEEKDAYS_ONLY, not_before).fits
