"""Working days and school terms as plain values.

A `WorkCalendar` answers which days are worked and counts over them by arithmetic, never day by day.
Its data (the days on which the State Council's yearly notice moves work and rest, 调休) come from an
editable table; `seed_day_exceptions` gives a first filling. Storing, editing and «today» are left to others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped, unused-ignore]

_SATURDAY = 5
_MAX_ORDINAL = date.max.toordinal()


def _ordinal(day: date) -> int:
    return day.toordinal()


@dataclass(frozen=True)
class WorkCalendar:
    """Monday to Friday, except for the days listed here.

    ``weekend_workdays``: Saturdays and Sundays that are worked. ``weekday_holidays``: Mondays to Fridays
    that are free. ``known_from``/``known_to``: the first and last day for which the lists are complete;
    both ``None`` if no notice is known at all. Outside that span plain Monday-to-Friday holds and
    `is_known` says ``False``, so that a page can mark such dates as provisional.

    Raises ``ValueError`` if a list holds a day of the wrong kind or only one end of the span is given.
    """

    weekend_workdays: frozenset[date] = frozenset()
    weekday_holidays: frozenset[date] = frozenset()
    known_from: date | None = None
    known_to: date | None = None
    _worked: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _free: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for day in self.weekend_workdays:
            if day.weekday() < _SATURDAY:
                raise ValueError(f"{chinese_date(day)}不是周末，不能列为周末上班日。")
        for day in self.weekday_holidays:
            if day.weekday() >= _SATURDAY:
                raise ValueError(f"{chinese_date(day)}是周末，不用列为工作日放假。")
        if (self.known_from is None) != (self.known_to is None):
            raise ValueError("放假安排的已知起止日期要么都填，要么都不填。")
        if self.known_from is not None and self.known_to is not None and self.known_from > self.known_to:
            raise ValueError("放假安排的已知起始日期晚于截止日期。")
        object.__setattr__(self, "_worked", tuple(sorted(map(_ordinal, self.weekend_workdays))))
        object.__setattr__(self, "_free", tuple(sorted(map(_ordinal, self.weekday_holidays))))

    def is_known(self, day: date) -> bool:
        """Whether the moved working days around ``day`` are known, or Monday to Friday is only assumed."""
        return self.known_from is not None and self.known_to is not None and self.known_from <= day <= self.known_to

    def is_workday(self, day: date) -> bool:
        if day.weekday() < _SATURDAY:
            return day not in self.weekday_holidays
        return day in self.weekend_workdays

    def _rank(self, ordinal: int) -> int:
        """Number of working days from 1 January of year 1 (a Monday, ordinal 1) to this day, inclusive."""
        weeks, rest = divmod(ordinal, 7)
        weekdays = weeks * 5 + min(rest, 5)
        return weekdays + bisect_right(self._worked, ordinal) - bisect_right(self._free, ordinal)

    def _day_of_rank(self, rank: int) -> date:
        """The working day with this rank; the inverse of `_rank`, by bisection."""
        if rank < 1 or rank > self._rank(_MAX_ORDINAL):
            raise ValueError("推算出的日期超出可表示的范围（公元1年至9999年）。")
        return date.fromordinal(1 + bisect_left(range(1, _MAX_ORDINAL + 1), rank, key=self._rank))

    def add_workdays(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day`` (before it for a negative ``n``); ``day`` itself for 0.

        ``day`` need not be a working day: one working day after a Saturday is the Monday.
        Raises ``ValueError`` when the result lies outside the years 1 to 9999.
        """
        if n == 0:
            return day
        ordinal = _ordinal(day)
        if n > 0:
            return self._day_of_rank(self._rank(ordinal) + n)
        return self._day_of_rank(self._rank(ordinal - 1) + 1 + n)

    def workdays_between(self, start: date, end: date) -> int:
        """Signed distance in working days, so that ``add_workdays(start, distance) == end`` for a working day ``end``.

        Counts the working days after ``start`` up to and including ``end``; for ``end`` before ``start``
        minus the number of working days from ``end`` up to but not including ``start``.
        """
        first, last = _ordinal(start), _ordinal(end)
        if last >= first:
            return self._rank(last) - self._rank(first)
        return self._rank(last - 1) - self._rank(first - 1)

    def count_workdays(self, first: date, last: date) -> int:
        """Number of working days from ``first`` to ``last``, both included; 0 if ``last`` is before ``first``."""
        return max(0, self._rank(_ordinal(last)) - self._rank(_ordinal(first) - 1))

    def shift_to_workday(self, day: date, *, forward: bool = True) -> date:
        """``day`` if it is worked, else the next working day (the previous one with ``forward=False``)."""
        if self.is_workday(day):
            return day
        return self.add_workdays(day, 1 if forward else -1)


WEEKDAYS_ONLY = WorkCalendar()
"""Monday to Friday with no notice known; every day is provisional."""


def chinese_date(day: date) -> str:
    """``2026年3月5日``: no leading zeros, as official documents write it (GB/T 9704)."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, order=True)
class DayException:
    """One row of the editable table: a weekend day that is worked or a weekday that is free, and why."""

    day: date
    is_workday: bool
    name: str


@dataclass(frozen=True)
class CalendarSeed:
    """What the bundled holiday data know: rows for the table, the span they cover, the years asked for in vain."""

    exceptions: tuple[DayException, ...]
    known_from: date | None
    known_to: date | None
    unknown_years: tuple[int, ...]


def seed_day_exceptions(years: Iterable[int]) -> CalendarSeed:
    """Rows for the years that the bundled data know; a year beyond them is named, never an error.

    The known span is the longest run of known years that ends with the last known one, so that it has no hole.
    """
    names = {item.value: item.chinese for item in chinese_calendar.Holiday}
    covered = {day.year for day in chinese_calendar.holidays}
    wanted = sorted(set(years))
    known = [year for year in wanted if year in covered]
    rows = [
        DayException(day, False, names[label])
        for day, label in chinese_calendar.holidays.items()
        if day.year in known and day.weekday() < _SATURDAY
    ]
    rows += [
        DayException(day, True, f"{names[label]}调休上班")
        for day, label in chinese_calendar.workdays.items()
        if day.year in known and day.weekday() >= _SATURDAY
    ]
    first = known[-1] if known else 0
    while first - 1 in known:
        first -= 1
    return CalendarSeed(
        exceptions=tuple(sorted(rows)),
        known_from=date(first, 1, 1) if known else None,
        known_to=date(known[-1], 12, 31) if known else None,
        unknown_years=tuple(year for year in wanted if year not in covered),
    )


def calendar_from(
    exceptions: Iterable[DayException], *, known_from: date | None = None, known_to: date | None = None
) -> WorkCalendar:
    """Build the calendar from table rows; rows that say what holds anyway (a free Sunday) are ignored."""
    rows = list(exceptions)
    return WorkCalendar(
        weekend_workdays=frozenset(row.day for row in rows if row.is_workday and row.day.weekday() >= _SATURDAY),
        weekday_holidays=frozenset(row.day for row in rows if not row.is_workday and row.day.weekday() < _SATURDAY),
        known_from=known_from,
        known_to=known_to,
    )


@dataclass(frozen=True)
class Term:
    """A school term with the dates its city has set; ``school_year`` is the year in which the school year began."""

    school_year: int
    number: int
    start: date
    end: date

    def __post_init__(self) -> None:
        if self.number not in (1, 2):
            raise ValueError("学期只能是第一学期或第二学期。")
        if self.end < self.start:
            raise ValueError(f"{self.name}的结束日期早于开始日期。")

    @property
    def name(self) -> str:
        return f"{self.school_year}—{self.school_year + 1}学年第{'一二'[self.number - 1]}学期"

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def week_of(self, day: date) -> int | None:
        """第几周: weeks begin on Monday and week 1 holds the first day of term; ``None`` outside the term."""
        if day not in self:
            return None
        monday = self.start - timedelta(days=self.start.weekday())
        return (day - monday).days // 7 + 1


def term_of(day: date, terms: Sequence[Term]) -> Term | None:
    """The term in which this day falls; ``None`` in the holidays between two terms."""
    for term in terms:
        if day in term:
            return term
    return None
