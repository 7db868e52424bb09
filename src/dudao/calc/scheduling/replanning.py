"""Changing a plan of a cycle while it runs: what was carried out stays, as few schools as can be get another term.

`changed` turns what happened (schools opened, closed, merged; capacities and fixed terms changed) into a new cycle;
`replan` plans it anew on three levels: unmet requirements first, then the number of schools that move, then quality. So a
school is only moved where a requirement can't be met otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dudao.calc.scheduling.cycle import Cycle, CycleError, School, cost, greedy, term_label
from dudao.calc.scheduling.cycle_model import QUALITY, UNMET, CyclePlan, build, finish, read_plan
from dudao.calc.scheduling.solving import DEFAULT_LIMITS, Limits, Objective, solve_levels


@dataclass(frozen=True)
class Merger:
    """Schools (by key) that became one; ``into`` may carry the key of one of them."""

    parts: tuple[str, ...]
    into: School


@dataclass(frozen=True)
class Changes:
    """What happened since a plan was made.

    ``first_open``: the first term that can still change; schools planned before it keep their term. ``fixed``: school →
    (term, reason); ``released``: schools whose fixed term is given free. Capacities replace those of the same key.
    """

    first_open: int | None = None
    opened: tuple[School, ...] = ()
    closed: frozenset[str] = frozenset()
    merged: tuple[Merger, ...] = ()
    fixed: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    released: frozenset[str] = frozenset()
    county_capacity: Mapping[tuple[str, int], int] = field(default_factory=dict)
    total_capacity: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """A school that gets another term; ``why`` is a sentence for the page."""

    school: str
    before: int
    after: int
    why: str


@dataclass(frozen=True)
class Replanned:
    plan: CyclePlan
    moves: tuple[Move, ...]


def changed(cycle: Cycle, old: Mapping[str, int], changes: Changes) -> tuple[Cycle, dict[str, int]]:
    """The cycle after the changes, and the old terms of its schools.

    A merged school inherits the earliest term of its parts. Raises `CycleError` if a change names a school that is not in
    the cycle.
    """
    gone = set(changes.closed).union(*(merger.parts for merger in changes.merged))
    for key in sorted(gone | set(changes.fixed) | set(changes.released)):
        if key not in cycle.school_of and key not in {school.key for school in changes.opened}:
            raise CycleError(f"标识为“{key}”的学校不在本轮周期规划之内，不能变更。")
    before = {key: term for key, term in old.items() if key not in gone}
    schools = [school for school in cycle.schools if school.key not in gone]
    for merger in changes.merged:
        terms = [old[part] for part in merger.parts if part in old]
        if terms:
            before[merger.into.key] = min(terms)
        schools.append(merger.into)
    schools += changes.opened
    return (
        replace(
            cycle,
            schools=tuple(_set(school, before.get(school.key), changes) for school in schools),
            county_capacity={**cycle.county_capacity, **changes.county_capacity},
            total_capacity={**cycle.total_capacity, **changes.total_capacity},
        ),
        before,
    )


def _set(school: School, before: int | None, changes: Changes) -> School:
    first = changes.first_open
    if school.key in changes.released:
        school = replace(school, fixed=None, fixed_reason="")
    if first is not None and before is not None and before < first:
        return replace(school, fixed=before, fixed_reason=f"{term_label(before)}已经开始，不再变动")
    if school.key in changes.fixed:
        term, reason = changes.fixed[school.key]
        return replace(school, fixed=term, fixed_reason=reason)
    if first is not None and school.fixed is None:
        return replace(school, not_before=max(first, school.not_before if school.not_before is not None else first))
    return school


def replan(
    cycle: Cycle, old: Mapping[str, int], changes: Changes = Changes(), limits: Limits = DEFAULT_LIMITS
) -> Replanned:
    """A plan for what is now, near the old one; a school without an old term (new, or late) moves for nothing."""
    now, before = changed(cycle, old, changes)
    known = {key: term for key, term in before.items() if key in now.school_of and term in now.numbers}
    made = build(now)
    stays = [
        row.get(known[school.key], 0)
        for item, row in zip(now.items, made.chosen, strict=True)
        for school in item.schools
        if school.key in known
    ]

    def costs(plan: Mapping[str, int]) -> tuple[int, int, int]:
        unmet, quality = cost(now, plan)
        return unmet, sum(plan[key] != term for key, term in known.items()), quality

    plan, levels = solve_levels(
        made.model,
        [
            Objective(*UNMET, sum(made.unmet)),
            Objective("moves", "变动的学校", len(stays) - sum(stays)),
            Objective(*QUALITY, sum(made.quality)),
        ],
        start=greedy(now),
        read=lambda solver: read_plan(now, made, solver),
        cost=costs,
        limits=limits,
    )
    return Replanned(finish(now, plan, levels), _moves(now, known, plan))


def _moves(cycle: Cycle, before: Mapping[str, int], plan: Mapping[str, int]) -> tuple[Move, ...]:
    crowds = Counter((cycle.school_of[key].county, term) for key, term in before.items())
    totals = Counter(before.values())
    moves = []
    for school in cycle.schools:
        old = before.get(school.key)
        if old is None or old == plan[school.key]:
            continue
        capacity = cycle.county_capacity.get((school.county, old))
        most = cycle.total_capacity.get(old)
        if school.fixed is not None:
            why = f"按要求固定：{school.fixed_reason}。" if school.fixed_reason else "按要求固定。"
        elif cycle.misfit(school, old) > cycle.misfit(school, plan[school.key]):
            why = "原学期不符合它的时间范围或间隔要求。"
        elif capacity is not None and crowds[school.county, old] > capacity:
            why = f"{cycle.county_name(school.county)}{term_label(old)}容量 {capacity} 所，原排 {crowds[school.county, old]} 所。"
        elif most is not None and totals[old] > most:
            why = f"{term_label(old)}总容量 {most} 所，原排 {totals[old]} 所。"
        else:
            why = "为变动的学校让出位置，或与同组学校同一学期。"
        moves.append(Move(school.key, old, plan[school.key], why))
    return tuple(moves)
