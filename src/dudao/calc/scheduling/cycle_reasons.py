"""Why a school is visited in its term, and why what was wanted could not be had: sentences for a plan of a cycle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dudao.calc.scheduling.cycle import Cycle, School, term_label

SHOWN = 3
"""Names in a sentence before «等»."""


@dataclass(frozen=True)
class Placement:
    """A school's term; ``why`` is a sentence for the page."""

    school: str
    term: int
    is_fixed: bool
    why: str


class UnmetKind(StrEnum):
    COUNTY_CAPACITY = "county_capacity"
    TOTAL_CAPACITY = "total_capacity"
    WINDOW = "window"
    SPACING = "spacing"
    TOGETHER = "together"


@dataclass(frozen=True)
class Unmet:
    """A wish that could not be met. ``amount``: schools (capacity, together) or terms (window, spacing) it is off."""

    kind: UnmetKind
    amount: int
    text: str
    county: str | None = None
    term: int | None = None
    school: str | None = None


def placements_of(cycle: Cycle, plan: Mapping[str, int]) -> tuple[Placement, ...]:
    """In the order of the cycle's schools."""
    places = _places(cycle)
    company = _company(cycle, plan)
    return tuple(
        Placement(
            school.key,
            plan[school.key],
            school.fixed is not None,
            _why(cycle, school, plan[school.key], places[school.key], company[school.key]),
        )
        for school in cycle.schools
    )


def _places(cycle: Cycle) -> dict[str, int]:
    """The place of each school by risk within its county, equal risk sharing a place."""
    points: defaultdict[str, list[int]] = defaultdict(list)
    for school in cycle.schools:
        points[school.county].append(school.risk_points)
    place: dict[tuple[str, int], int] = {}
    for county, values in points.items():
        for index, value in enumerate(sorted(values, reverse=True), 1):
            place.setdefault((county, value), index)
    return {school.key: place[school.county, school.risk_points] for school in cycle.schools}


def _company(cycle: Cycle, plan: Mapping[str, int]) -> dict[str, str]:
    """School → name of another school it goes together with, or empty."""
    names: dict[str, str] = {}
    for item in cycle.items:
        for school in item.schools:
            names[school.key] = next((other.name for other in item.schools if other is not school), "")
    return names


def _why(cycle: Cycle, school: School, term: int, place: int, company: str) -> str:
    if school.fixed is not None:
        return f"固定在这一学期：{school.fixed_reason}。" if school.fixed_reason else "固定在这一学期。"
    parts = [f"风险 {school.risk_points} 分，在{cycle.county_name(school.county)}列第 {place} 位"]
    if school.last_visited is None:
        parts.append("没有督导过的记录")
    else:
        apart = term - school.last_visited
        parts.append(f"上次督导是{term_label(school.last_visited)}，间隔 {apart} 个学期")
    if company:
        parts.append(f"与“{company}”同一学期")
    return "；".join(parts) + "。"


def unmet_of(cycle: Cycle, plan: Mapping[str, int]) -> tuple[Unmet, ...]:
    """Everything wanted that a plan does not give: capacities by term, then schools in their order."""
    return (*_capacities(cycle, plan), *_apart(cycle), *_windows(cycle, plan), *_spacings(cycle, plan))


def _capacities(cycle: Cycle, plan: Mapping[str, int]) -> Iterator[Unmet]:
    cells = Counter((school.county, plan[school.key]) for school in cycle.schools)
    totals = Counter(plan.values())
    fixed = Counter((school.county, school.fixed) for school in cycle.schools)
    fixed_totals = Counter(school.fixed for school in cycle.schools)
    for number in cycle.numbers:
        for county in sorted(cycle.sizes):
            capacity = cycle.county_capacity.get((county, number))
            if capacity is not None and cells[county, number] > capacity:
                places = [cycle.county_capacity.get((county, each)) for each in cycle.numbers]
                text = _full(
                    cycle.county_name(county),
                    number,
                    capacity,
                    schools=cells[county, number],
                    fixed=fixed[county, number],
                    size=cycle.sizes[county],
                    places=places,
                )
                over = cells[county, number] - capacity
                yield Unmet(UnmetKind.COUNTY_CAPACITY, over, text, county=county, term=number)
        capacity = cycle.total_capacity.get(number)
        if capacity is not None and totals[number] > capacity:
            places = [cycle.total_capacity.get(each) for each in cycle.numbers]
            text = _full(
                "全部地区",
                number,
                capacity,
                schools=totals[number],
                fixed=fixed_totals[number],
                size=len(cycle.schools),
                places=places,
            )
            yield Unmet(UnmetKind.TOTAL_CAPACITY, totals[number] - capacity, text, term=number)


def _full(
    where: str, number: int, capacity: int, *, schools: int, fixed: int, size: int, places: list[int | None]
) -> str:
    """Why a term has more schools than it can: fixed ones alone, too few places in all, or nowhere else to go."""
    start = f"{where}{term_label(number)}容量 {capacity} 所，"
    if fixed > capacity:
        return f"{start}固定日期已占 {fixed} 所，超出 {schools - capacity} 所；请放开几所的固定日期或提高容量。"
    known = [place for place in places if place is not None]
    if len(known) == len(places) and sum(known) < size:
        missing = size - sum(known)
        return f"{start}排了 {schools} 所：本轮应督导 {size} 所，各学期容量合计 {sum(known)} 所，还差 {missing} 所。"
    return (
        f"{start}排了 {schools} 所，超出 {schools - capacity} 所：其他有空的学期不符合这些学校的时间范围、间隔、固定日期"
        "或同行要求，移过去代价更大。"
    )


def _apart(cycle: Cycle) -> Iterator[Unmet]:
    """Groups that can't go together because persons fixed their schools in different terms."""
    groups: defaultdict[str, list[School]] = defaultdict(list)
    for school in cycle.schools:
        if school.together is not None and school.fixed is not None:
            groups[school.together].append(school)
    for schools in groups.values():
        terms = sorted({school.fixed for school in schools if school.fixed is not None})
        if len(terms) > 1:
            shown = "、".join(f"“{school.name}”" for school in schools[:SHOWN])
            more = f"等 {len(schools)} 所" if len(schools) > SHOWN else ""
            labels = "、".join(term_label(term) for term in terms)
            text = f"{shown}{more}应在同一学期督导，但分别固定在{labels}；请改成同一学期。"
            yield Unmet(UnmetKind.TOGETHER, len(terms) - 1, text, county=schools[0].county, school=schools[0].key)


def _windows(cycle: Cycle, plan: Mapping[str, int]) -> Iterator[Unmet]:
    for school in cycle.schools:
        term = plan[school.key]
        early = school.not_before is not None and term < school.not_before
        late = school.not_after is not None and term > school.not_after
        if not early and not late:
            continue
        first = school.not_before if school.not_before is not None else cycle.numbers[0]
        last = school.not_after if school.not_after is not None else cycle.numbers[-1]
        limit = f"不早于{term_label(first)}" if early else f"不晚于{term_label(last)}"
        if school.fixed is not None:
            reason = "因为日期已固定；请放开固定日期或改时间范围"
        elif not any(first <= number <= last for number in cycle.numbers):
            reason = "因为本轮没有一个学期在它的时间范围内；请改时间范围或移出本轮"
        else:
            reason = "因为须与同组学校同一学期，或范围内的学期已满"
        text = f"“{school.name}”应{limit}，现排在{term_label(term)}，{reason}。"
        amount = first - term if early else term - last
        yield Unmet(UnmetKind.WINDOW, amount, text, county=school.county, term=term, school=school.key)


def _spacings(cycle: Cycle, plan: Mapping[str, int]) -> Iterator[Unmet]:
    for school in cycle.schools:
        term = plan[school.key]
        off = cycle.spacing.terms_off(school.last_visited, term)
        if school.last_visited is None or not off:
            continue
        apart = term - school.last_visited
        soon = apart < cycle.spacing.shortest
        limit = f"少于最短间隔 {cycle.spacing.shortest} 个" if soon else f"超过最长间隔 {cycle.spacing.longest} 个"
        if school.fixed is not None:
            reason = "因为日期已固定"
        elif all(cycle.spacing.terms_off(school.last_visited, number) for number in cycle.numbers):
            reason = "本轮没有一个学期符合间隔要求"
        else:
            reason = "因为符合间隔的学期已满，或不在它的时间范围内，或须与同组学校同行"
        text = (
            f"“{school.name}”上次督导是{term_label(school.last_visited)}，现排在{term_label(term)}，"
            f"间隔 {apart} 个学期，{limit}，{reason}。"
        )
        yield Unmet(UnmetKind.SPACING, off, text, county=school.county, term=term, school=school.key)
