"""Working days against a day-by-day count, the seed, and school terms."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.calendar import (
    WEEKDAYS_ONLY,
    DayException,
    Term,
    WorkCalendar,
    calendar_from,
    chinese_date,
    seed_day_exceptions,
    term_of,
)

SEED = seed_day_exceptions(range(2023, 2027))
REAL = calendar_from(SEED.exceptions, known_from=SEED.known_from, known_to=SEED.known_to)

days = st.dates(date(2022, 6, 1), date(2027, 6, 1))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    picked = draw(st.sets(days, max_size=60))
    return WorkCalendar(
        weekend_workdays=frozenset(day for day in picked if day.weekday() >= 5),
        weekday_holidays=frozenset(day for day in picked if day.weekday() < 5),
    )


def step_by_step(calendar: WorkCalendar, day: date, n: int) -> date:
    """The definition of add_workdays, walked one day at a time."""
    direction = timedelta(days=1 if n > 0 else -1)
    left = abs(n)
    while left:
        day += direction
        left -= calendar.is_workday(day)
    return day


def test_the_national_holiday_of_2026_and_its_moved_days() -> None:
    assert REAL.is_workday(date(2026, 9, 20))  # Sunday, worked
    assert not REAL.is_workday(date(2026, 10, 1))  # Thursday, free
    assert REAL.is_workday(date(2026, 10, 8))
    assert REAL.is_workday(date(2026, 10, 10))  # Saturday, worked
    assert REAL.add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert REAL.add_workdays(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert REAL.add_workdays(date(2026, 10, 9), 1) == date(2026, 10, 10)


@given(calendars(), days, st.integers(-200, 200))
def test_add_workdays_agrees_with_walking(calendar: WorkCalendar, day: date, n: int) -> None:
    assert calendar.add_workdays(day, n) == step_by_step(calendar, day, n)


@given(days, st.integers(-200, 200))
def test_add_workdays_agrees_with_walking_on_real_holidays(day: date, n: int) -> None:
    assert REAL.add_workdays(day, n) == step_by_step(REAL, day, n)


@given(calendars(), days, days)
def test_counts_agree_with_walking(calendar: WorkCalendar, first: date, last: date) -> None:
    span = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    assert calendar.count_workdays(first, last) == sum(map(calendar.is_workday, span))
    if first <= last:
        assert calendar.workdays_between(first, last) == sum(map(calendar.is_workday, span[1:]))
        assert calendar.workdays_between(last, first) == -sum(map(calendar.is_workday, span[:-1]))


@given(calendars(), days, st.integers(-200, 200))
def test_distance_undoes_adding(calendar: WorkCalendar, day: date, n: int) -> None:
    assert calendar.workdays_between(day, calendar.add_workdays(day, n)) == n


@given(calendars(), days, st.booleans())
def test_shifting_gives_the_nearest_workday_in_that_direction(calendar: WorkCalendar, day: date, forward: bool) -> None:
    shifted = calendar.shift_to_workday(day, forward=forward)
    assert calendar.is_workday(shifted)
    low, high = sorted((day, shifted))
    assert (shifted >= day) if forward else (shifted <= day)
    assert calendar.count_workdays(low, high) == 1


def test_zero_workdays_is_the_day_itself_even_on_a_sunday() -> None:
    assert WEEKDAYS_ONLY.add_workdays(date(2026, 3, 8), 0) == date(2026, 3, 8)


def test_days_beyond_the_known_span_are_monday_to_friday_and_say_so() -> None:
    assert REAL.is_known(date(2026, 12, 31))
    assert not REAL.is_known(date(2027, 1, 1))
    assert not REAL.is_known(date(2022, 12, 31))
    assert REAL.is_workday(date(2027, 1, 1))  # a Friday; the holiday is not announced yet
    assert not WEEKDAYS_ONLY.is_known(date(2026, 1, 1))


def test_far_distances_cost_no_more_than_near_ones() -> None:
    assert WEEKDAYS_ONLY.add_workdays(date(2026, 3, 2), 5 * 52_000) == date(2026, 3, 2) + timedelta(weeks=52_000)


@pytest.mark.parametrize("n", [-(10**7), 10**7])
def test_leaving_the_calendar_is_an_error_in_words(n: int) -> None:
    with pytest.raises(ValueError, match="超出可表示的范围"):
        REAL.add_workdays(date(2026, 1, 1), n)


def test_the_first_and_last_days_of_all() -> None:
    assert WEEKDAYS_ONLY.count_workdays(date.min, date.min) == 1  # a Monday
    assert WEEKDAYS_ONLY.add_workdays(date(1, 1, 2), -1) == date.min
    assert WEEKDAYS_ONLY.add_workdays(date(9999, 12, 30), 1) == date.max  # a Friday


def test_contradicting_data_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="2026年3月2日不是周末"):
        WorkCalendar(weekend_workdays=frozenset({date(2026, 3, 2)}))
    with pytest.raises(ValueError, match="2026年3月1日是周末"):
        WorkCalendar(weekday_holidays=frozenset({date(2026, 3, 1)}))
    with pytest.raises(ValueError, match="要么都填"):
        WorkCalendar(known_from=date(2026, 1, 1))
    with pytest.raises(ValueError, match="晚于"):
        WorkCalendar(known_from=date(2026, 1, 2), known_to=date(2026, 1, 1))


def test_calendars_of_equal_data_are_equal_and_hashable() -> None:
    again = calendar_from(SEED.exceptions, known_from=SEED.known_from, known_to=SEED.known_to)
    assert again == REAL
    assert hash(again) == hash(REAL)


def test_the_seed_names_years_it_does_not_know_and_never_fails() -> None:
    seed = seed_day_exceptions([2026, 2999, 2025, 1999])
    assert (seed.known_from, seed.known_to) == (date(2025, 1, 1), date(2026, 12, 31))
    assert seed.unknown_years == (1999, 2999)
    assert {row.day.year for row in seed.exceptions} == {2025, 2026}
    nothing = seed_day_exceptions([2999])
    assert nothing.exceptions == ()
    assert nothing.known_from is None
    assert nothing.known_to is None


def test_the_seed_leaves_no_hole_in_the_known_span() -> None:
    seed = seed_day_exceptions([2020, 2022, 2023])
    assert (seed.known_from, seed.known_to) == (date(2022, 1, 1), date(2023, 12, 31))
    assert any(row.day.year == 2020 for row in seed.exceptions)


def test_seed_rows_carry_the_day_and_a_chinese_reason() -> None:
    assert DayException(date(2026, 10, 1), False, "国庆节") in SEED.exceptions
    assert DayException(date(2026, 9, 20), True, "国庆节调休上班") in SEED.exceptions
    assert list(SEED.exceptions) == sorted(SEED.exceptions)


def test_rows_that_change_nothing_are_ignored() -> None:
    sunday, monday = date(2026, 3, 1), date(2026, 3, 2)
    rows = [DayException(sunday, False, "停课"), DayException(monday, True, "上班")]
    assert calendar_from(rows) == WEEKDAYS_ONLY


def test_dates_are_written_without_leading_zeros() -> None:
    assert chinese_date(date(2026, 3, 5)) == "2026年3月5日"


FIRST = Term(2025, 1, date(2025, 9, 1), date(2026, 1, 30))
SECOND = Term(2025, 2, date(2026, 3, 4), date(2026, 7, 3))  # begins on a Wednesday


def test_terms_have_names_and_weeks_that_begin_on_monday() -> None:
    assert FIRST.name == "2025—2026学年第一学期"
    assert SECOND.name == "2025—2026学年第二学期"
    assert SECOND.week_of(date(2026, 3, 4)) == 1
    assert SECOND.week_of(date(2026, 3, 8)) == 1
    assert SECOND.week_of(date(2026, 3, 9)) == 2
    assert SECOND.week_of(date(2026, 3, 3)) is None


def test_a_day_finds_its_term_or_none_in_the_holidays() -> None:
    terms = (FIRST, SECOND)
    assert term_of(date(2025, 10, 8), terms) is FIRST
    assert term_of(date(2026, 7, 3), terms) is SECOND
    assert term_of(date(2026, 2, 17), terms) is None


def test_impossible_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="第一学期或第二学期"):
        Term(2025, 3, date(2025, 9, 1), date(2026, 1, 30))
    with pytest.raises(ValueError, match="2025—2026学年第一学期的结束日期早于"):
        Term(2025, 1, date(2025, 9, 2), date(2025, 9, 1))
