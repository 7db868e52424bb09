"""A cycle of visits: every school once within some years, in a term that suits it, the county and the whole.

Here is what a cycle is, what a plan costs (counted from the plan, whoever made it), and a plan made by taking one school
after the other. `cycle_model` finds the best one. The definition with a worked example is in docs/calculations/cycles.md.
Which schools there are, where risk comes from and who approves a plan is left to others.

Terms are counted on one axis: 2 × year for spring, 2 × year + 1 for autumn, so that differences are numbers of terms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

STEEPEST = 6
"""From this many schools away from an even share on, every further one weighs the same."""


class CycleError(ValueError):
    """The input does not describe a cycle; the message says in Chinese what and where."""


def term_label(number: int) -> str:
    return f"{number // 2}年{'秋季' if number % 2 else '春季'}"


def term_number(day: date) -> int:
    """The term of a day: February to July is spring; August to January is the autumn of the year it began in."""
    if day.month == 1:
        return 2 * day.year - 1
    return 2 * day.year + (1 if day.month >= 8 else 0)


@dataclass(frozen=True)
class Term:
    """``share``: how much of a year's visits it takes compared with other terms (0: none by plan)."""

    number: int
    share: int = 1

    @property
    def label(self) -> str:
        return term_label(self.number)


def terms_of(first: int, years: int) -> tuple[Term, ...]:
    """The terms of a cycle: two a year, from the term ``first``."""
    return tuple(Term(first + place) for place in range(2 * years))


@dataclass(frozen=True)
class School:
    """One school of a cycle.

    ``risk``: 0 (none) to 1; high risk is visited early. Terms are numbers (see `term_number`): ``last_visited`` (``None``:
    never), ``fixed`` (set by a person and kept), ``not_before`` and ``not_after``. Schools of one ``together`` are
    visited in one term (campuses of one school, a group under one head).
    """

    key: str
    name: str
    county: str
    risk: float = 0.0
    last_visited: int | None = None
    fixed: int | None = None
    fixed_reason: str = ""
    not_before: int | None = None
    not_after: int | None = None
    together: str | None = None

    @property
    def risk_points(self) -> int:
        """Risk as whole points of 100."""
        return round(self.risk * 100)


@dataclass(frozen=True)
class Spacing:
    """Terms from one visit to the next: at least ``shortest``, at most ``longest`` (``None``: no limit)."""

    shortest: int = 0
    longest: int | None = None

    def terms_off(self, last: int | None, term: int) -> int:
        if last is None:
            return 0
        apart = term - last
        late = apart - self.longest if self.longest is not None else 0
        return max(0, self.shortest - apart, late)


@dataclass(frozen=True)
class Weights:
    """What weighs how much. The first three make the level «unmet», the others the level «quality».

    ``outside``: a term outside a school's own window. ``spacing``: a term too soon or too late after the last visit.
    ``over_capacity``: a school too many in a county's term, or in a term of the whole. ``county_balance`` and
    ``total_balance``: times `unevenness`. ``risk``: a point of risk (of 100) that waits for a term.
    """

    outside: int = 100
    spacing: int = 1
    over_capacity: int = 10
    county_balance: int = 1000
    total_balance: int = 1000
    risk: int = 1


@dataclass(frozen=True)
class Item:
    """Schools that get one term together; ``fixed`` is the term if a person has set it."""

    schools: tuple[School, ...]
    fixed: int | None

    @cached_property
    def risk_points(self) -> int:
        return sum(school.risk_points for school in self.schools)

    @cached_property
    def counties(self) -> Counter[str]:
        return Counter(school.county for school in self.schools)


@dataclass(frozen=True)
class Cycle:
    """The terms of a cycle, its schools, and the rules.

    ``county_capacity``: (county, term number) → schools that can be visited there; without an entry there is no limit.
    ``total_capacity``: term number → schools of all counties. ``names``: county → name for sentences. Raises `CycleError`.
    """

    terms: tuple[Term, ...]
    schools: tuple[School, ...]
    county_capacity: Mapping[tuple[str, int], int] = field(default_factory=dict)
    total_capacity: Mapping[int, int] = field(default_factory=dict)
    spacing: Spacing = Spacing()
    weights: Weights = Weights()
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise CycleError(problem)

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        return tuple(term.number for term in self.terms)

    @cached_property
    def school_of(self) -> Mapping[str, School]:
        return {school.key: school for school in self.schools}

    @cached_property
    def sizes(self) -> Counter[str]:
        """County → number of its schools."""
        return Counter(school.county for school in self.schools)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What is placed as one, in the order of keys: the order of input changes nothing.

        A group whose schools are fixed in different terms falls apart; its free schools go with the earliest.
        """
        groups: defaultdict[tuple[bool, str], list[School]] = defaultdict(list)
        for school in sorted(self.schools, key=lambda school: school.key):
            alone = school.together is None
            groups[alone, school.key if school.together is None else school.together].append(school)
        return tuple(item for key in sorted(groups) for item in _items(groups[key]))

    def county_name(self, county: str) -> str:
        return self.names.get(county, county)

    def share(self, schools: int, term: Term) -> tuple[int, int]:
        """The even share of a term: the whole numbers below and above its part of that many schools."""
        whole = sum(each.share for each in self.terms)
        return schools * term.share // whole, -(-schools * term.share // whole)

    def misfit(self, school: School, term: int) -> int:
        """What it costs on the level «unmet» that this school is visited in this term, its own wishes only."""
        early = school.not_before - term if school.not_before is not None else 0
        late = term - school.not_after if school.not_after is not None else 0
        outside = max(0, early, late) * self.weights.outside
        return outside + self.spacing.terms_off(school.last_visited, term) * self.weights.spacing


def _problems(cycle: Cycle) -> Iterator[str]:
    numbers = cycle.numbers
    if not numbers or list(numbers) != sorted(set(numbers)):
        yield "周期规划至少要有一个学期，学期须按先后排列且不重复。"
    if any(term.share < 0 for term in cycle.terms) or not any(term.share for term in cycle.terms):
        yield "各学期的份额不能是负数，也不能全部是 0。"
    if cycle.spacing.longest is not None and cycle.spacing.longest < cycle.spacing.shortest:
        yield f"最长间隔 {cycle.spacing.longest} 个学期小于最短间隔 {cycle.spacing.shortest} 个学期，请改正。"
    for key, times in Counter(school.key for school in cycle.schools).items():
        if times > 1:
            yield f"学校“{cycle.school_of[key].name}”（{key}）出现了 {times} 次，每所学校一轮只排一次。"
    for school in cycle.schools:
        if not 0 <= school.risk <= 1:
            yield f"“{school.name}”的风险值是 {school.risk}，应在 0 到 1 之间。"
        if school.fixed is not None and school.fixed not in numbers:
            yield f"“{school.name}”固定在{term_label(school.fixed)}，不在本轮的学期之内，请改为本轮的学期。"
    for (county, number), capacity in cycle.county_capacity.items():
        if capacity < 0:
            yield f"{cycle.county_name(county)}{term_label(number)}的容量是 {capacity} 所，不能是负数。"
    for number, capacity in cycle.total_capacity.items():
        if capacity < 0:
            yield f"{term_label(number)}的总容量是 {capacity} 所，不能是负数。"


def _items(schools: list[School]) -> Iterator[Item]:
    fixed = sorted({school.fixed for school in schools if school.fixed is not None})
    if not fixed:
        yield Item(tuple(schools), None)
    for term in fixed:
        free = None if term == fixed[0] else term
        yield Item(tuple(school for school in schools if school.fixed in (term, free)), term)


def unevenness(schools: int, share: tuple[int, int]) -> int:
    """How far a number of schools is from an even share: the first school off counts 1, the second 2, … the sixth and
    each further one 6. Growing steps spread what can't be avoided over many terms."""
    off = max(0, schools - share[1], share[0] - schools)
    steep = min(off, STEEPEST)
    return steep * (steep + 1) // 2 + (off - steep) * STEEPEST


def cost(cycle: Cycle, plan: Mapping[str, int]) -> tuple[int, int]:
    """What a plan (school key → term number) costs on the levels «unmet» and «quality»."""
    weights = cycle.weights
    cells = Counter((school.county, plan[school.key]) for school in cycle.schools)
    totals = Counter(plan[school.key] for school in cycle.schools)
    unmet = sum(cycle.misfit(school, plan[school.key]) for school in cycle.schools)
    unmet += weights.over_capacity * sum(max(0, cells[cell] - most) for cell, most in cycle.county_capacity.items())
    unmet += weights.over_capacity * sum(max(0, totals[number] - most) for number, most in cycle.total_capacity.items())
    place = {number: index for index, number in enumerate(cycle.numbers)}
    quality = weights.risk * sum(school.risk_points * place[plan[school.key]] for school in cycle.schools)
    for term in cycle.terms:
        quality += weights.total_balance * unevenness(totals[term.number], cycle.share(len(cycle.schools), term))
        quality += weights.county_balance * sum(
            unevenness(cells[county, term.number], cycle.share(size, term)) for county, size in cycle.sizes.items()
        )
    return unmet, quality


def greedy(cycle: Cycle) -> dict[str, int]:
    """A plan by taking one school after the other, highest risk first, each to the term that costs least then."""
    plan: dict[str, int] = {}
    cells: Counter[tuple[str, int]] = Counter()
    totals: Counter[int] = Counter()
    items = sorted(cycle.items, key=lambda item: (item.fixed is None, -item.risk_points / len(item.schools)))
    for item in items:
        chosen = item.fixed
        if chosen is None:
            costs = {number: _marginal(cycle, item, number, cells, totals) for number in cycle.numbers}
            chosen = min(cycle.numbers, key=costs.__getitem__)
        for school in item.schools:
            plan[school.key] = chosen
            cells[school.county, chosen] += 1
            totals[chosen] += 1
    return plan


def _marginal(
    cycle: Cycle, item: Item, number: int, cells: Counter[tuple[str, int]], totals: Counter[int]
) -> tuple[int, int, int]:
    """What one more item costs in a term: unmet, schools above the upper share, and the term itself (earlier is better)."""
    term = cycle.terms[cycle.numbers.index(number)]
    unmet = sum(cycle.misfit(school, number) for school in item.schools)
    above = 0
    for county, schools in item.counties.items():
        after = cells[county, number] + schools
        most = cycle.county_capacity.get((county, number), after)
        unmet += cycle.weights.over_capacity * min(schools, max(0, after - most))
        above += max(0, after - cycle.share(cycle.sizes[county], term)[1])
    after = totals[number] + len(item.schools)
    unmet += cycle.weights.over_capacity * min(
        len(item.schools), max(0, after - cycle.total_capacity.get(number, after))
    )
    above += max(0, after - cycle.share(len(cycle.schools), term)[1])
    return unmet, above, number
