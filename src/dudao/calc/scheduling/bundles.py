"""One visit for several campaigns: what several of them want of one school within overlapping days is done at one door.

Definition: docs/calculations/teams.md. Each want has a span of days; one visit serves all wants of a school whose spans
hold one of its days. The fewest visits are found by going through the wants by their last day: a visit is set on the last
day of the first want not yet served, and takes all that can wait until then (the classical stabbing of intervals).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dudao.calc.calendar import chinese_date


class BundleError(ValueError):
    """The input does not describe wants; the message says in Chinese which and why."""


@dataclass(frozen=True)
class Want:
    """What one campaign wants of one school: between two days, days of work, specialities needed on the spot."""

    key: str
    campaign: str
    school: str
    earliest: date
    latest: date
    days: int = 1
    specialities: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bundle:
    """One visit: the wants it serves and the days on which it may begin, both included. ``days``: the longest of them."""

    school: str
    wants: tuple[Want, ...]
    earliest: date
    latest: date

    @property
    def days(self) -> int:
        return max(want.days for want in self.wants)

    @property
    def specialities(self) -> frozenset[str]:
        return frozenset().union(*(want.specialities for want in self.wants))

    @property
    def campaigns(self) -> tuple[str, ...]:
        return tuple(sorted({want.campaign for want in self.wants}))


def bundle_visits(wants: Iterable[Want]) -> tuple[Bundle, ...]:
    """The fewest visits, by school and day. Raises `BundleError` for a span that ends before it begins."""
    by_school: defaultdict[str, list[Want]] = defaultdict(list)
    for want in wants:
        if want.latest < want.earliest:
            raise BundleError(
                f"“{want.campaign}”的时间范围{chinese_date(want.earliest)}至{chinese_date(want.latest)}前后颠倒，请改正。"
            )
        by_school[want.school].append(want)
    bundles: list[Bundle] = []
    for school in sorted(by_school):
        waiting = sorted(by_school[school], key=lambda want: (want.latest, want.earliest, want.key))
        while waiting:
            day = waiting[0].latest
            served = tuple(want for want in waiting if want.earliest <= day)
            waiting = [want for want in waiting if want.earliest > day]
            bundles.append(Bundle(school, served, max(want.earliest for want in served), day))
    return tuple(bundles)
