"""Class and school sizes as the returns have them, by school, county and year; plans to end large classes and their progress."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from dudao.calc.balance.crowding import (
    Counted,
    Pace,
    PlanLine,
    SchoolSize,
    Span,
    count_classes,
    faults,
    pace,
    school_size,
    shortfalls,
)
from dudao.calc.balance.rules import STAGES
from dudao.calc.balance.sizes import SizeRules, sizes_from
from dudao.calc.codetables import Stage as CalcStage
from dudao.calc.rounding import round_half_up
from dudao.core.access import Actor
from dudao.orgs.models import Stage, Unit
from dudao.packs import read
from dudao.stats.models import EliminationPlan, EliminationRow, Return, Value, year_words
from dudao.stats.queries.catalogue import STAGE_WORDS
from dudao.stats.queries.returns import county_names

LEVELS = {level: STAGES[words] for level, words in STAGE_WORDS.items() if words in STAGES}
"""Registered stage → stage of the rules, for the stages that have a standard class size."""
FINAL = (Return.State.ACCEPTED, Return.State.LOCKED)


def rules() -> SizeRules:
    return sizes_from(read("sizes", "national"))


@dataclass(slots=True)
class SchoolLine:
    """One school in one year: its classes by stage, its size against its limit."""

    unit: int
    name: str
    path: str
    county: str
    stages: dict[str, Counted] = field(default_factory=dict)
    pupils: dict[str, int] = field(default_factory=dict)
    size: SchoolSize | None = None

    @property
    def too_large(self) -> bool:
        return self.size is not None and self.size.excess > 0

    @property
    def is_crowded(self) -> bool:
        return any(counted.large.most for counted in self.stages.values())


@dataclass(slots=True)
class CountyLine:
    """All schools of a county, or of the whole region, in one year."""

    name: str
    key: int | None = None
    schools: int = 0
    stages: dict[str, Counted] = field(default_factory=lambda: defaultdict(Counted))
    too_large: int = 0

    @property
    def all(self) -> Counted:
        return sum(self.stages.values(), Counted())

    def add(self, school: SchoolLine) -> None:
        self.schools += 1
        self.too_large += school.too_large
        for stage, counted in school.stages.items():
            self.stages[stage] += counted


@dataclass(frozen=True, slots=True)
class Board:
    """What the returns say. ``years``: newest first; ``schools`` by year; ``expected``: how many returns there are by year."""

    years: Sequence[int]
    schools: Mapping[int, Sequence[SchoolLine]]
    expected: Mapping[int, int]

    def lines(self, year: int, counties: Iterable[Unit]) -> list[CountyLine]:
        made = {unit.path: CountyLine(str(unit), unit.pk) for unit in counties}
        for school in self.schools.get(year, ()):
            line = next((line for path, line in made.items() if school.path.startswith(path)), None)
            if line is not None:
                line.add(school)
        return list(made.values())

    def alike(self, year: int) -> "Board":
        """The board of the schools that ``year`` has: what an earlier year is compared by while some are still missing."""
        units = {school.unit for school in self.schools.get(year, ())}
        schools = {one: [line for line in lines if line.unit in units] for one, lines in self.schools.items()}
        return Board(self.years, schools, self.expected)

    def whole(self, year: int) -> CountyLine:
        line = CountyLine("合计")
        for school in self.schools.get(year, ()):
            line.add(school)
        return line


def counties_seen(actor: Actor, verb: str = "size.view") -> "QuerySet[Unit]":
    seen: QuerySet[Unit] = Unit.objects.visible_to(actor, verb).counties().filter(valid_to__isnull=True)
    return seen.order_by("sort_no", "sort_key")


def board(
    actor: Actor,
    found: SizeRules,
    *,
    within: Unit | None = None,
    years: Iterable[int] | None = None,
    accepted_only: bool = True,
    units: Iterable[int] | None = None,
) -> Board:
    """The sizes of all schools that the actor sees (below ``within``): six queries, however many schools and years."""
    codes = {"pupils", "classes", "migrants", *(item for layout in found.layouts for item in layout)}
    returns = Return.objects.visible_to(actor, "size.view").filter(round__stages__overlap=list(LEVELS))
    if within is not None:
        returns = returns.filter(unit__path__startswith=within.path)
    if units is not None:
        returns = returns.filter(unit__in=list(units))
    if years is not None:
        returns = returns.filter(round__year__in=list(years))
    expected: dict[int, set[int]] = defaultdict(set)
    for year, unit in returns.filter(unit__stages__level__in=["primary", "junior"]).values_list(
        "round__year", "unit_id"
    ):
        expected[year].add(unit)
    states = FINAL if accepted_only else tuple(Return.State.values)
    rows = (
        Value.objects.filter(ret__in=returns.filter(state__in=states).values("pk"), item__code__in=codes)
        .order_by("ret__round_id")
        .values_list("ret__round__year", "ret__unit_id", "stage", "item__code", "number")
    )
    numbers: dict[tuple[int, int], dict[str, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for year, unit, stage, code, number in rows:
        numbers[year, unit][stage][code] = number
    held = {unit for _, unit in numbers}
    registered: dict[int, set[str]] = defaultdict(set)
    for unit, level in Stage.objects.filter(unit__in=held).values_list("unit_id", "level"):
        registered[unit].add(level)
    facts = {
        row["pk"]: row
        for row in Unit.objects.filter(pk__in=held).values("pk", "name", "path", "school_type", "founded")
    }
    names = county_names()
    schools: dict[int, list[SchoolLine]] = defaultdict(list)
    for (year, unit), stages in numbers.items():
        line = _school(facts[unit], stages, registered[unit], found, year)
        if line.stages:
            line.county = next((name for path, name in names if line.path.startswith(path)), "")
            schools[year].append(line)
    for lines in schools.values():
        lines.sort(key=lambda line: line.path)
    return Board(sorted(expected, reverse=True), schools, {year: len(keys) for year, keys in expected.items()})


def _school(
    facts: Mapping[str, Any],
    stages: Mapping[str, Mapping[str, Decimal]],
    registered: Iterable[str],
    found: SizeRules,
    year: int,
) -> SchoolLine:
    line = SchoolLine(facts["pk"], facts["name"], facts["path"], "")
    pupils: dict[CalcStage, int | None] = {LEVELS[level]: None for level in registered if level in LEVELS}
    migrants: int | None = None
    for level, numbers in stages.items():
        stage = LEVELS.get(level)
        if stage is None:
            continue
        whole = {code: int(number) for code, number in numbers.items()}
        if "pupils" in whole:
            pupils[stage] = line.pupils[level] = whole["pupils"]
        if "migrants" in whole:
            migrants = (migrants or 0) + whole["migrants"]
        counted = count_classes(whole, stage, found) if stage in found.standard else None
        if counted is not None:
            line.stages[level] = counted
    line.size = school_size(
        facts["school_type"], pupils, found, date(year, 9, 1), founded=facts["founded"], migrants=migrants
    )
    return line


# --- plans -----------------------------------------------------------------------------------------------------------


def plans_seen(actor: Actor, verb: str = "size.view") -> "QuerySet[EliminationPlan]":
    return EliminationPlan.objects.visible_to(actor, verb).select_related("unit", "previous", "submitted_by")


def plan_seen(actor: Actor, pk: int) -> EliminationPlan | None:
    found: EliminationPlan | None = plans_seen(actor).filter(pk=pk).first()
    return found


def plans_to_approve(actor: Actor) -> "QuerySet[EliminationPlan]":
    waiting = plans_seen(actor, "elimination.approve").filter(state=EliminationPlan.State.SUBMITTED)
    return waiting.exclude(submitted_by=actor.id) if actor.id is not None else waiting


def plans_returned(actor: Actor) -> "QuerySet[EliminationPlan]":
    return plans_seen(actor, "elimination.submit").filter(state=EliminationPlan.State.RETURNED)


def row_faults(plan: EliminationPlan, row: EliminationRow) -> list[str]:
    """What a row lacks before the plan may be handed in."""
    found = faults(line_of(plan, row))
    if not row.measures:
        found.append("没有选措施")
    if not row.responsible:
        found.append("没有填责任人")
    if row.deadline is None:
        found.append("没有填完成时限")
    elif not date(plan.base_year, 9, 1) <= row.deadline <= date(plan.last_year, 12, 31):
        found.append(f"完成时限应在 {plan.base_year} 年 9 月到 {plan.last_year} 年底之间")
    return found


def line_of(plan: EliminationPlan, row: EliminationRow) -> PlanLine:
    return PlanLine(row.start, dict(zip(plan.years, row.targets, strict=True)))


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a row: its target, what was counted, how many too many."""

    year: int
    target: int | None
    actual: int | None

    @property
    def excess(self) -> int | None:
        if self.actual is None or self.target is None:
            return None
        return max(self.actual - self.target, 0)


@dataclass(frozen=True, slots=True)
class RowView:
    row: EliminationRow
    county: str
    years: Sequence[Year]
    pace: Pace
    faults: Sequence[str]

    @property
    def stage_words(self) -> str:
        return STAGE_WORDS.get(self.row.stage, "全校")

    @property
    def left(self) -> int:
        """What was left by the newest count, or at the start."""
        return next((year.actual for year in reversed(self.years) if year.actual is not None), self.row.start)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with what came of it."""

    plan: EliminationPlan
    rows: Sequence[RowView]
    shortfalls: Sequence[str]
    totals: Mapping[str, Sequence[Year]]
    starts: Mapping[str, int]

    def count(self, found: Pace) -> int:
        return sum(row.pace is found for row in self.rows)


def plan_view(actor: Actor, plan: EliminationPlan) -> PlanView:
    """The rows held against the accepted returns of the years since: a constant number of queries."""
    found = rules()
    held = list(plan.rows.select_related("school"))
    seen = board(actor, found, within=plan.unit, years=plan.years, units={row.school_id for row in held})
    by_year = {year: {line.unit: line for line in seen.schools.get(year, ())} for year in plan.years}
    views = []
    for row in held:
        counted: dict[int, int] = {}
        for year in plan.years:
            number = _now(by_year[year].get(row.school_id), row)
            if number is not None:
                counted[year] = number
        line = line_of(plan, row)
        years = [Year(year, line.targets[year], counted.get(year)) for year in plan.years]
        views.append(RowView(row, "", years, pace(line, counted), row_faults(plan, row)))
    lines = {
        sort: [line_of(plan, view.row) for view in views if view.row.sort == sort]
        for sort in EliminationRow.Sort.values
    }
    short = shortfalls(lines["classes"], plan.classes, found.shares.get("large"))
    short = [f"大班额：{words}" for words in short]
    short += [f"大校额：{words.replace('个，', '人，')}" for words in shortfalls(lines["school"], 0, None)]
    return PlanView(
        plan,
        views,
        short,
        {sort: _totals(plan, [view for view in views if view.row.sort == sort]) for sort in lines},
        {sort: sum(line.start for line in part) for sort, part in lines.items()},
    )


def _now(school: SchoolLine | None, row: EliminationRow) -> int | None:
    """What a school has of what the row is about; ``None``: it hasn't reported that."""
    if school is None:
        return None
    if row.sort == EliminationRow.Sort.SCHOOL:
        return None if school.size is None else school.size.excess
    counted = school.stages.get(row.stage)
    return counted.large.most if counted is not None else None


def _totals(plan: EliminationPlan, views: Sequence[RowView]) -> list[Year]:
    """Year by year; a sum with an unknown part is unknown."""
    made = []
    for place, year in enumerate(plan.years):
        parts = [view.years[place] for view in views]
        made.append(Year(year, _sum([part.target for part in parts]), _sum([part.actual for part in parts])))
    return made


def _sum(parts: Sequence[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """The plan in force of a county in one year: what is to be left of large classes at its end, what is; how its rows go."""

    plan: EliminationPlan
    year: Year
    paces: Mapping[Pace, int]


def plans_in_force(actor: Actor, seen: Board, year: int) -> dict[int, CountyPlan]:
    """County → its plan held against the year's accepted returns in ``seen``: two queries. A year outside a plan has no target."""
    plans = list(plans_seen(actor).filter(state=EliminationPlan.State.APPROVED))
    rows: dict[int, list[EliminationRow]] = defaultdict(list)
    for row in EliminationRow.objects.filter(plan__in=plans):
        rows[row.plan_id].append(row)
    by_year = {one: {line.unit: line for line in lines} for one, lines in seen.schools.items()}
    made = {}
    for plan in plans:
        until = [one for one in plan.years if one <= year]
        paces: dict[Pace, int] = defaultdict(int)
        targets: list[int | None] = []
        actuals: list[int | None] = []
        for row in rows[plan.pk]:
            line = line_of(plan, row)
            counted = {one: _now(by_year.get(one, {}).get(row.school_id), row) for one in until}
            paces[pace(line, {one: number for one, number in counted.items() if number is not None})] += 1
            if row.sort == EliminationRow.Sort.CLASSES:
                targets.append(line.targets.get(year))
                actuals.append(counted.get(year))
        made[plan.unit_id] = CountyPlan(plan, Year(year, _sum(targets), _sum(actuals)), paces)
    return made


def band_table(schools: Iterable[SchoolLine], found: SizeRules) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """(heads, rows): classes by band and stage; the ten bands when every school reported them, else the coarser ones."""
    parts = [(stage, counted) for school in schools for stage, counted in school.stages.items()]
    layout = next(
        (
            layout
            for layout in found.layouts
            if all(len(counted.bands) >= len(layout) or not counted.classes for _, counted in parts)
        ),
        found.layouts[-1],
    )
    edges = list(layout.values())
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(edges))
    for stage, counted in parts:
        for _, high, count in counted.bands:
            place = next(
                (at for at, edge in enumerate(edges) if edge is not None and high is not None and high <= edge), -1
            )
            sums[stage][place] += count
    heads, low = [], 0
    for edge in edges:
        heads.append(f"{low} 人及以上" if edge is None else (f"{edge} 人及以下" if low == 0 else f"{low}—{edge} 人"))
        low = (edge or 0) + 1
    return heads, [(STAGE_WORDS[stage], sums[stage]) for stage in LEVELS if stage in sums]


def trend(seen: Board, until: int) -> list[tuple[str, Decimal | None, Decimal | None]]:
    """(school year, share of large classes, of extra large ones) in percent, oldest first; a year says when schools are missing."""
    made = []
    for year in sorted(year for year in seen.years if year <= until):
        found, expected = len(seen.schools.get(year, ())), seen.expected[year]
        words = year_words(year) if found >= expected else f"{year_words(year)}（{found}/{expected} 所）"
        everybody = seen.whole(year).all
        made.append((words, percent(everybody, everybody.large), percent(everybody, everybody.extra_large)))
    return made


def percent(counted: Counted, count: Span) -> Decimal | None:
    """A share of classes as percent with two decimals, «—» where it isn't known."""
    share = counted.share(count)
    return None if share is None else round_half_up(share * 100, 2)
