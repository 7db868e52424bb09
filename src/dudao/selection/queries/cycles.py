"""Reads about cycle plans: which schools belong in one, what is known of them, the plan as a table, the problem to solve."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from dudao.calc.scheduling.cycle import Cycle, School, Spacing, term_label, term_number, terms_of
from dudao.core.access import Actor
from dudao.findings.flow import OPEN
from dudao.findings.models import Finding
from dudao.orgs.models import Kind, Ownership, Unit, UnitLink
from dudao.selection.models import CycleChange, CycleEntry, CyclePlan
from dudao.selection.rules import CycleRules, Facts
from dudao.stats.queries.pupils import pupils_of
from dudao.visits.models import SiteVisit

_LEVELS = {
    CyclePlan.Objects.COMPULSORY: ["primary", "junior"],
    CyclePlan.Objects.SENIORS: ["senior", "vocational"],
}


def this_term() -> int:
    return term_number(timezone.localdate())


def first_day(term: int) -> date:
    """The first day of a term: February 1 or August 1."""
    return date(term // 2, 8 if term % 2 else 2, 1)


def plans(actor: Actor, verb: str = "cycle.view") -> "QuerySet[CyclePlan]":
    """Counties see a plan of the city only when it is approved."""
    rows = CyclePlan.objects.visible_to(actor, verb).select_related("office")
    if actor.everything:
        return rows
    own = Q(pk__in=[])
    for path in actor.paths(verb):
        own |= Q(office__path__startswith=path)
    return rows.filter(own | Q(state=CyclePlan.State.APPROVED))


def plan(actor: Actor, pk: int, verb: str = "cycle.view") -> CyclePlan | None:
    found: CyclePlan | None = plans(actor, verb).select_related("office", "job").filter(pk=pk).first()
    return found


def entries(actor: Actor, of: CyclePlan, verb: str = "cycle.view") -> "QuerySet[CycleEntry]":
    """The schools of a plan that a person sees, those that left it not."""
    rows = CycleEntry.objects.visible_to(actor, verb).filter(plan=of, left_why="")
    return rows.select_related("school", "county", "plan__office")


def entry(actor: Actor, pk: int, verb: str = "cycle.view") -> CycleEntry | None:
    found: CycleEntry | None = (
        CycleEntry.objects.visible_to(actor, verb)
        .filter(pk=pk, left_why="", plan__in=plans(actor).values("pk"))
        .select_related("school", "county", "plan__office")
        .first()
    )
    return found


def changes_of(actor: Actor, of: CyclePlan) -> "QuerySet[CycleChange]":
    return CycleChange.objects.visible_to(actor, "cycle.view").filter(plan=of).defer("result", "moves")


def change(actor: Actor, pk: int, verb: str = "cycle.view") -> CycleChange | None:
    found: CycleChange | None = (
        CycleChange.objects.visible_to(actor, verb).select_related("plan__office").filter(pk=pk).first()
    )
    return found


# --- what belongs in a plan --------------------------------------------------------------------------------------


def eligible(office: Unit, kind: str, *, private: bool = True) -> "QuerySet[Unit]":
    """The open units that a plan of this kind is about. Teaching points are visited with their central school."""
    rows = Unit.objects.filter(path__startswith=office.path, valid_to__isnull=True)
    if kind == CyclePlan.Objects.KINDERGARTENS:
        rows = rows.filter(kind=Kind.KINDERGARTEN)
    else:
        rows = rows.filter(kind=Kind.SCHOOL, pk__in=_with_levels(_LEVELS[CyclePlan.Objects(kind)]))
    if not private:
        rows = rows.exclude(ownership=Ownership.PRIVATE)
    return rows.order_by("path")


def _with_levels(levels: Sequence[str]) -> Any:
    from dudao.orgs.models import Stage

    return Stage.objects.filter(level__in=levels).values("unit")


def by_townships(office: Unit) -> bool:
    """Whether an office's plans are balanced over townships: a county's are, a city's over counties and zones."""
    return office.kind in {Kind.COUNTY, Kind.ZONE}


def area_word(of: CyclePlan) -> str:
    """What the parts are called over which a plan is balanced."""
    return "乡镇街道" if by_townships(of.office) else "县市区"


def counties_of(office: Unit) -> list[Unit]:
    """The parts over which plans of an office are balanced (`CycleEntry.county`): counties and zones of a city, townships of a
    county; last the office itself, for schools that stand in none of them."""
    below = Unit.objects.below(office).filter(valid_to__isnull=True).exclude(pk=office.pk)
    parts = below.filter(kind=Kind.TOWNSHIP) if by_townships(office) else below.counties()
    return [*parts.order_by("sort_no", "sort_key", "id"), office]


def county_for(unit: Unit, counties: Sequence[Unit]) -> Unit:
    return next(county for county in counties if unit.path.startswith(county.path))


def facts_of(keys: Iterable[int], day: date) -> dict[int, Facts]:
    """What is known of schools: open and overdue findings, the last visit, pupils of the newest accepted return."""
    keys = list(keys)
    late = Q(deadline__lt=day, paused_since__isnull=True, finished_on__isnull=True)
    findings = {
        row["unit"]: row
        for row in Finding.objects.filter(unit__in=keys, state__in=OPEN)
        .order_by()
        .values("unit")
        .annotate(all=Count("pk"), late=Count("pk", filter=late))
    }
    visited = dict(
        SiteVisit.objects.filter(unit__in=keys, state=SiteVisit.State.SETTLED)
        .order_by()
        .values_list("unit")
        .annotate(Max("until_on"))
    )
    pupils = pupils_of(keys)
    return {
        key: Facts(
            overdue=findings[key]["late"] if key in findings else 0,
            open=findings[key]["all"] - findings[key]["late"] if key in findings else 0,
            last_visited=term_number(visited[key]) if key in visited else None,
            pupils=pupils.get(key),
        )
        for key in keys
    }


def mergers(keys: Iterable[int]) -> dict[int, Unit]:
    """School that is no more → the unit it was merged into."""
    rows = UnitLink.objects.filter(source__in=list(keys), how=UnitLink.How.MERGED).select_related("target")
    return {row.source_id: row.target for row in rows}


# --- the problem to solve ------------------------------------------------------------------------------------------


def school_of(row: CycleEntry) -> School:
    return School(
        key=f"{row.school_id:010}",
        name=str(row.school),
        county=str(row.county_id),
        risk=row.risk / 100,
        last_visited=row.last_visited,
        fixed=row.fixed_term,
        fixed_reason=row.fixed_reason,
        not_before=row.not_before,
        not_after=row.not_after,
    )


def problem(of: CyclePlan, rows: Sequence[CycleEntry]) -> Cycle:
    """What the solver is asked. Entries must be loaded with school and county."""
    rules = CycleRules.of(of.rules)
    return Cycle(
        terms=terms_of(of.first_term, of.years),
        schools=tuple(school_of(row) for row in rows),
        county_capacity=rules.county_capacity(),
        total_capacity=rules.total_capacity(),
        spacing=Spacing(rules.shortest, rules.longest),
        names={str(row.county_id): county_name(row.county, of) for row in rows},
    )


def county_name(county: Unit, of: CyclePlan) -> str:
    return f"{county}直属" if county.pk == of.office_id else str(county)


def digest_of(of: CyclePlan, rows: Iterable[CycleEntry]) -> str:
    """SHA-256 of what a plan was computed from and what came out, in one fixed form."""
    told = {
        "first_term": of.first_term,
        "years": of.years,
        "rules": of.rules,
        "schools": sorted(
            [
                row.school_id, row.county_id, row.term, row.risk, row.last_visited, row.not_before, row.not_after,
                row.fixed_term,
            ]
            for row in rows
        ),
    }  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# --- the table -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """Schools of a county (or of all) in a term against what can be done."""

    term: int
    planned: int
    done: int
    capacity: int | None

    @property
    def tone(self) -> str:
        if self.capacity is not None and self.planned > self.capacity:
            return "red"
        if self.planned and self.done == self.planned:
            return "green"
        if self.capacity is not None and self.planned == self.capacity:
            return "amber"
        return "blue" if self.planned else "none"

    @property
    def words(self) -> str:
        parts = [f"{self.planned} 所"]
        if self.capacity is not None:
            parts.append(f"容量 {self.capacity} 所")
        if self.done:
            parts.append(f"已督导 {self.done} 所")
        return "，".join(parts)


@dataclass(frozen=True, slots=True)
class Line:
    unit: Unit | None
    name: str
    schools: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counties against terms. ``years``: (year words, number of its terms), for the upper head."""

    terms: Sequence[int]
    years: Sequence[tuple[str, int]]
    lines: Sequence[Line]
    total: Line

    @property
    def by_year(self) -> list[tuple[str, int, int]]:
        """(school year, planned, done)"""
        found: list[tuple[str, int, int]] = []
        place = 0
        for words, count in self.years:
            cells = self.total.cells[place : place + count]
            found.append((words, sum(cell.planned for cell in cells), sum(cell.done for cell in cells)))
            place += count
        return found


def with_done(rows: "QuerySet[Any]", of: CyclePlan) -> "QuerySet[Any]":
    """With ``done``: whether the school was visited (a settled visit) since the cycle began."""
    visits = SiteVisit.objects.filter(
        unit=OuterRef("school"), state=SiteVisit.State.SETTLED, until_on__gte=first_day(of.first_term)
    )
    return rows.annotate(done=Exists(visits))


def own_matrix(actor: Actor, of: CyclePlan) -> Matrix:
    """The part of the table that a person sees. Two queries."""
    rows: Any = with_done(entries(actor, of), of).order_by()
    rows = rows.values_list("county", "term", "done").annotate(Count("pk"))
    planned: Counter[tuple[int, int]] = Counter()
    done: Counter[tuple[int, int]] = Counter()
    sizes: Counter[int] = Counter()
    for county, term, visited, count in rows:
        sizes[county] += count
        if term is not None:
            planned[county, term] += count
            if visited:
                done[county, term] += count
    rules = CycleRules.of(of.rules)
    counties = Unit.objects.filter(pk__in=sizes).order_by("sort_no", "sort_key", "id")
    lines = [
        Line(
            unit,
            county_name(unit, of),
            sizes[unit.pk],
            [Cell(term, planned[unit.pk, term], done[unit.pk, term], rules.cell(unit.pk, term)) for term in of.terms],
        )
        for unit in sorted(counties, key=lambda unit: unit.pk == of.office_id)
    ]
    total = Line(
        None,
        "合计",
        sum(sizes.values()),
        [
            Cell(
                term,
                sum(planned[key, term] for key in sizes),
                sum(done[key, term] for key in sizes),
                rules.cell(0, term),
            )
            for term in of.terms
        ],
    )
    years: defaultdict[str, int] = defaultdict(int)
    for term in of.terms:
        years[year_words(term)] += 1
    return Matrix(of.terms, list(years.items()), lines, total)


def year_words(term: int) -> str:
    """The school year of a term: autumn and the spring after it."""
    first = term // 2 if term % 2 else term // 2 - 1
    return f"{first}—{first + 1}学年"


def term_choices(of: CyclePlan) -> list[tuple[int, str]]:
    return [(term, term_label(term)) for term in of.terms]


def unmet_seen(rows: Sequence[Mapping[str, Any]], counties: Iterable[int]) -> list[dict[str, Any]]:
    """What could not be had, of the counties a person sees and of all together."""
    seen = {str(key) for key in counties}
    return [dict(row) for row in rows if row.get("county") is None or row["county"] in seen]


def county_names(of: CyclePlan) -> dict[int, str]:
    """County → its name in this plan."""
    units = Unit.objects.filter(pk__in=of.entries.values("county"))
    return {unit.pk: county_name(unit, of) for unit in units}


def county_choices(actor: Actor, of: CyclePlan) -> list[tuple[int, str]]:
    units = Unit.objects.filter(pk__in=entries(actor, of).order_by().values("county"))
    return [(unit.pk, county_name(unit, of)) for unit in units.order_by("sort_no", "sort_key", "id")]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a re-planning would have to deal with: schools that came and went, pending terms, terms that are over unvisited."""

    joined: Sequence[str]
    gone: Sequence[str]
    pending: Sequence[str]
    missed: int


def outlook(of: CyclePlan) -> Outlook:
    held = {row.school_id: row for row in with_done(of.entries.filter(left_why=""), of).select_related("school")}
    rules = CycleRules.of(of.rules)
    now = {unit.pk: unit for unit in eligible(of.office, of.objects_kind, private=rules.private)}
    first = this_term()
    return Outlook(
        joined=[str(unit) for key, unit in now.items() if key not in held],
        gone=[str(row.school) for key, row in held.items() if key not in now],
        pending=[str(row.school) for row in held.values() if row.is_pending],
        missed=sum(row.term is not None and row.term < first and not row.done for row in held.values()),
    )


def levels_seen(levels: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """With ``gap_words``: how much of the value could still be saved at most."""
    return [
        {**level, "gap_words": f"{(level['value'] - level['bound']) / level['value']:.1%}" if level["value"] else "0"}
        for level in levels
    ]
