"""Teams for visits: who goes where. The data, what an assignment costs, and the reasons; `team_model` finds the best.

Definition with a worked example: docs/calculations/teams.md. Never broken: a person who must be recused (教育督导条例
第十条) stays away, nobody is at two places on one day or goes more days in a window than agreed. Broken as little as can
be, and then said with the reason: at least three inspectors, one who may lead, the specialities a visit asks for. Among
those the way people travel and an even load decide. Where recusals come from and who decides on them is left to others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from dudao.calc.scheduling.cycle import unevenness


class TeamError(ValueError):
    """The input does not describe a task; the message says in Chinese what and where."""


@dataclass(frozen=True)
class Visit:
    """A visit that needs a team.

    ``window``: the span (a week, a month) in which load is counted. ``days``: working days it takes, at least 1.
    ``dates``: the days if they are set; two visits with a common date can't share a person. ``size``: inspectors wanted.
    """

    key: str
    name: str
    school: str
    county: str
    window: str
    days: int = 1
    dates: frozenset[date] = frozenset()
    size: int = 3
    specialities: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Inspector:
    """``recusals``: school → why this person must stay away from it. ``elsewhere``: schools that are not this person's to visit.
    ``limit``: days of visits in one window at most. ``away``: days on which the person can't come."""

    key: str
    name: str
    county: str
    may_lead: bool = False
    specialities: frozenset[str] = frozenset()
    recusals: Mapping[str, str] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    limit: int = 5
    away: frozenset[date] = frozenset()


@dataclass(frozen=True)
class TeamWeights:
    """Second level (the first counts the visits that lack anything): a missing inspector, a visit without a leader, a missing
    speciality. Third level: a unit of distance, and `unevenness` of a person's days over all windows against an even share."""

    short: int = 10
    leaderless: int = 25
    speciality: int = 15
    distance: int = 1
    load: int = 20


@dataclass(frozen=True)
class TeamTask:
    """``distance``: (county of the inspector, county of the visit) → cost of the way in whole units; absent: 0 within a
    county, ``far`` otherwise. Raises `TeamError`."""

    visits: tuple[Visit, ...]
    inspectors: tuple[Inspector, ...]
    distance: Mapping[tuple[str, str], int] = field(default_factory=dict)
    far: int = 10
    weights: TeamWeights = TeamWeights()

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise TeamError(problem)

    @cached_property
    def share(self) -> tuple[int, int]:
        """The whole numbers of days below and above what each inspector would do if all did the same."""
        wanted = sum(visit.size * visit.days for visit in self.visits)
        people = max(1, len(self.inspectors))
        return wanted // people, -(-wanted // people)

    def way(self, inspector: Inspector, visit: Visit) -> int:
        near = 0 if inspector.county == visit.county else self.far
        return self.distance.get((inspector.county, visit.county), near)

    def may_go(self, inspector: Inspector, visit: Visit) -> bool:
        """Whether nothing of the visit itself keeps this person away: recusal, absence, more days than the limit."""
        return (
            visit.school not in inspector.recusals
            and visit.school not in inspector.elsewhere
            and not visit.dates & inspector.away
            and visit.days <= inspector.limit
        )


@dataclass(frozen=True)
class Teams:
    """visit key → keys of its inspectors, the leader first where ``leaders`` names one."""

    members: Mapping[str, tuple[str, ...]]
    leaders: Mapping[str, str]


def _problems(task: TeamTask) -> Iterator[str]:
    for what, keys in (
        ("入校任务", [visit.key for visit in task.visits]),
        ("督学", [person.key for person in task.inspectors]),
    ):
        for key, times in Counter(keys).items():
            if times > 1:
                yield f"{what}标识“{key}”出现了 {times} 次，应当只有一次。"
    for visit in task.visits:
        if visit.days < 1 or visit.size < 1:
            yield f"“{visit.name}”需要 {visit.days} 天、{visit.size} 人，都至少是 1。"
    if any(way < 0 for way in task.distance.values()) or task.far < 0:
        yield "县与县之间的路程不能是负数。"


def fits(task: TeamTask, teams: Teams) -> bool:
    """Whether nothing that must never be broken is broken."""
    people = {person.key: person for person in task.inspectors}
    taken: Counter[tuple[str, date]] = Counter()
    loads: Counter[tuple[str, str]] = Counter()
    for visit in task.visits:
        members = teams.members[visit.key]
        leader = teams.leaders.get(visit.key)
        if leader is not None and (leader not in members or not people[leader].may_lead):
            return False
        if len(members) > visit.size or len(set(members)) != len(members):
            return False
        for key in members:
            if not task.may_go(people[key], visit):
                return False
            loads[key, visit.window] += visit.days
            taken.update((key, day) for day in visit.dates)
    return all(times == 1 for times in taken.values()) and all(
        days <= people[key].limit for (key, _), days in loads.items()
    )


def cost(task: TeamTask, teams: Teams) -> tuple[int, int, int]:
    """What teams cost on the levels «whole» (visits that lack anything), «unmet» and «quality»."""
    people = {person.key: person for person in task.inspectors}
    weights = task.weights
    lacking = unmet = quality = 0
    days: Counter[str] = Counter()
    for visit in task.visits:
        members = [people[key] for key in teams.members[visit.key]]
        covered = frozenset().union(*(person.specialities for person in members))
        missing = (
            weights.short * (visit.size - len(members))
            + weights.leaderless * (visit.key not in teams.leaders)
            + weights.speciality * len(visit.specialities - covered)
        )
        lacking += missing > 0
        unmet += missing
        quality += weights.distance * sum(task.way(person, visit) for person in members)
        days.update({person.key: visit.days for person in members})
    quality += weights.load * sum(unevenness(days[person.key], task.share) for person in task.inspectors)
    return lacking, unmet, quality
