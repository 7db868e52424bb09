"""Day counts of accountability: whether an act is late, and whether a case is a second one within the year. Pure.

教育督导问责办法: 60 days to set the group up, 30 to ask for a review, 30 to decide it, 15 to appeal, 60 to decide the appeal, 15 to
correct; two cases within a year are graver. The days themselves are data (`dudao.calc.deadlines`), nothing here has a default.
"""

from collections.abc import Iterable
from datetime import date, timedelta

YEAR = 365
"""How many days of a term are a year."""


def days_past(last: date, day: date) -> int:
    """By how many days ``day`` is after the last day of a term; 0 on the last day and before."""
    return max(0, (day - last).days)


def repeats(earlier: Iterable[date], day: date, days: int) -> date | None:
    """The latest earlier decision that makes a decision of ``day`` a second one within ``days`` days; ``None`` if there is none.

    The day exactly ``days`` before still counts, the one before it doesn't; whole years are written as 365 days each and mean the
    same day of the calendar, leap year or not («一年内»). A decision of the same day counts; later ones (a clock set back) don't.
    Raises ``ValueError`` for less than one day.
    """
    if days < 1:
        raise ValueError(f"期间是 {days} 天，至少应为 1 天。")
    first = day - timedelta(days=days) if days % YEAR else years_before(day, days // YEAR)
    return max((past for past in earlier if first <= past <= day), default=None)


def years_before(day: date, years: int) -> date:
    """The same day some years before; of 29 February the 28th where that year has none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
