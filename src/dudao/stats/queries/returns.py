"""Reads of rounds and returns: what somebody sees, the numbers of this year and the last, progress, failed checks."""

import functools
import operator
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.keys import is_number
from dudao.orgs.models import INSTITUTIONS, Stage, Unit
from dudao.stats.models import CheckHit, CheckRule, Return, Round, Value
from dudao.stats.queries import catalogue

Numbers = dict[int, dict[tuple[int, str], Decimal]]


def today() -> date:
    return timezone.localdate()


def rounds_seen(actor: Actor) -> "QuerySet[Round]":
    return Round.objects.visible_to(actor, "return.view").select_related("unit")


def round_seen(actor: Actor, pk: int) -> Round | None:
    found: Round | None = rounds_seen(actor).filter(pk=pk).first()
    return found


def with_units(returns: Any) -> "QuerySet[Return]":
    found: QuerySet[Return] = returns.select_related("unit", "round__unit")
    return found


def returns_seen(actor: Actor, verb: str = "return.view") -> "QuerySet[Return]":
    return with_units(Return.objects.visible_to(actor, verb))


def return_seen(actor: Actor, pk: int) -> Return | None:
    found: Return | None = returns_seen(actor).filter(pk=pk).first()
    return found


def counties_below(actor: Actor, asked: Round) -> list[Unit]:
    """The counties and zones in the round's region that the actor sees."""
    return list(
        Unit.objects.visible_to(actor, "return.view")
        .counties()
        .filter(path__startswith=asked.unit.path)
        .order_by("sort_no", "sort_key")
    )


def counties_of(unit: Unit) -> list[Unit]:
    """The open counties and zones below a unit, for choosing among them; none when it is one itself."""
    rows = Unit.objects.counties().filter(path__startswith=unit.path, valid_to__isnull=True).exclude(pk=unit.pk)
    return list(rows.order_by("sort_no", "sort_key"))


def county_names() -> list[tuple[str, str]]:
    """(path, name) of all counties and zones, for looking up where units stand."""
    return list(Unit.objects.counties().annotate(n=Length("path")).order_by("-n").values_list("path", "name"))


def of_county(rows: "QuerySet[Return]", key: str) -> "QuerySet[Return]":
    unit = Unit.objects.filter(pk=key).first() if is_number(key) else None
    return rows.filter(unit__path__startswith=unit.path) if unit is not None else rows.none()


def describe(returns: Sequence[Any]) -> None:
    """Give each return its ``county_name`` and ``stage_words``: two queries for a page."""
    counties = county_names()
    stages = stages_of(ret.unit_id for ret in returns)
    for ret in returns:
        if ret.unit.kind in catalogue.COUNTIES:
            ret.county_name, ret.stage_words = "", "县级数据"
            continue
        ret.county_name = next((name for path, name in counties if ret.unit.path.startswith(path)), "")
        words = (word for stage, word in catalogue.STAGE_WORDS.items() if stage in stages[ret.unit_id])
        ret.stage_words = "、".join(words)


def stages_of(units: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The registered stages of each unit: one query."""
    found: dict[int, list[str]] = defaultdict(list)
    for key, level in Stage.objects.filter(unit__in=list(units)).values_list("unit_id", "level"):
        found[key].append(level)
    return defaultdict(tuple, {key: tuple(levels) for key, levels in found.items()})


def units_asked(asked: Round) -> "QuerySet[Unit]":
    """Whom a round asks: the open institutions that run one of its stages, and the counties if it has items of counties."""
    schools, counties = catalogue.asks(catalogue.items_of(asked))
    wanted = Q(pk__in=[])
    if schools:
        staged = Stage.objects.filter(level__in=asked.stages).values("unit")
        wanted |= Q(kind__in=INSTITUTIONS, pk__in=staged)
    if counties:
        wanted |= Q(kind__in=catalogue.COUNTIES)
    within = Q(path__startswith=asked.unit.path)
    regions = list(asked.regions.values_list("path", flat=True))
    if regions:
        within &= functools.reduce(operator.or_, (Q(path__startswith=path) for path in regions))
    return Unit.objects.filter(wanted & within, valid_to__isnull=True)


def of_schools(rows: "QuerySet[Return]") -> "QuerySet[Return]":
    """Without the returns of counties."""
    return rows.filter(unit__kind__in=INSTITUTIONS)


def of_counties(rows: "QuerySet[Return]") -> "QuerySet[Return]":
    return rows.filter(unit__kind__in=catalogue.COUNTIES)


def numbers_of(returns: Iterable[int]) -> Numbers:
    """Return → (item, stage) → number: one query."""
    found: Numbers = defaultdict(dict)
    rows = Value.objects.filter(ret__in=list(returns)).values_list("ret_id", "item_id", "stage", "number")
    for key, item, stage, number in rows:
        found[key][item, stage] = number
    return found


def last_year(returns: Sequence[Return]) -> Numbers:
    """Return → (item, stage) → the same unit's number a year before, from the latest submitted round: one query."""
    if not returns:
        return {}
    by_unit = {(ret.unit_id, ret.round.year): ret.pk for ret in returns}
    years = {ret.round.year - 1 for ret in returns}
    rows = (
        Value.objects.filter(ret__unit__in={ret.unit_id for ret in returns}, ret__round__year__in=years)
        .filter(ret__state__in=[Return.State.SUBMITTED, Return.State.ACCEPTED, Return.State.LOCKED])
        .order_by("ret_id")
        .values_list("ret__unit_id", "ret__round__year", "item_id", "stage", "number")
    )
    found: Numbers = defaultdict(dict)
    for unit, year, item, stage, number in rows:
        key = by_unit.get((unit, year + 1))
        if key is not None:
            found[key][item, stage] = number
    return found


def notes_of(ret: Return) -> dict[tuple[int, str], str]:
    rows = Value.objects.filter(ret=ret).exclude(note="").values_list("item_id", "stage", "note")
    return {(item, stage): note for item, stage, note in rows}


def taken_of(ret: Return) -> dict[tuple[int, str], str]:
    """Cell → where its number was taken over from, as long as nobody has confirmed it."""
    words = dict(Value.Taken.choices)
    rows = Value.objects.filter(ret=ret).exclude(taken="").values_list("item_id", "stage", "taken")
    return {(item, stage): str(words[taken]) for item, stage, taken in rows}


# --- progress --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Progress:
    """How far the schools of one county are, and the county's own return if it is asked for one."""

    unit: Unit
    own: Return | None = None
    total: int = 0
    untouched: int = 0
    draft: int = 0
    submitted: int = 0
    returned: int = 0
    accepted: int = 0
    locked: int = 0
    errors: int = 0
    warnings: int = 0

    @property
    def handed_in(self) -> int:
        return self.submitted + self.accepted + self.locked

    @property
    def percent(self) -> int:
        return 100 * self.handed_in // self.total if self.total else 0


def progress_of(actor: Actor, asked: Round, counties: Sequence[Unit]) -> list[Progress]:
    """A line a county: two queries over the round's returns."""
    lines = {unit.path: Progress(unit) for unit in counties}
    rows = Return.objects.visible_to(actor, "return.view").filter(round=asked)
    for ret in of_counties(rows).select_related("unit"):
        if ret.unit.path in lines:
            lines[ret.unit.path].own = ret
    for path, state, version, errors, warnings in of_schools(rows).values_list(
        "unit__path", "state", "version", "errors", "warnings"
    ):
        line = next((line for prefix, line in lines.items() if path.startswith(prefix)), None)
        if line is None:
            continue
        line.total += 1
        if state == Return.State.DRAFT and version == 0:
            line.untouched += 1
        else:
            setattr(line, state, getattr(line, state) + 1)
        line.errors += bool(errors)
        line.warnings += bool(warnings)
    return list(lines.values())


def hits_of(ret: Return) -> list[CheckHit]:
    return list(CheckHit.objects.filter(ret=ret).select_related("item", "rule").order_by("severity", "id"))


def hits_seen(actor: Actor, asked: Round) -> "QuerySet[CheckHit]":
    """The failed checks of the round's returns that the actor sees."""
    seen = Return.objects.visible_to(actor, "return.view").filter(round=asked).values("pk")
    return CheckHit.objects.filter(ret__in=seen).select_related("ret__unit", "item", "rule__item")


@dataclass(slots=True)
class Failure:
    """How often a rule is broken: in all, and by county. ``returns`` counts units, ``explained`` warnings with an explanation."""

    rule: CheckRule
    words: str
    hits: int = 0
    explained: int = 0
    by_county: dict[int, int] = field(default_factory=dict)

    def row(self, counties: Sequence[Unit]) -> list[int]:
        return [self.by_county.get(unit.pk, 0) for unit in counties]


def failures_of(actor: Actor, asked: Round, counties: Sequence[Unit]) -> list[Failure]:
    """The rules that the round's returns break, the most broken first: three queries."""
    names = catalogue.item_names()
    rules = {rule.pk: rule for rule in catalogue.rule_rows()}
    found: dict[int, Failure] = {}
    for key, path, explanation in hits_seen(actor, asked).values_list("rule_id", "ret__unit__path", "explanation"):
        line = found.get(key)
        if line is None:
            line = found[key] = Failure(rules[key], catalogue.rule_sentence(rules[key], names))
        line.hits += 1
        line.explained += bool(explanation)
        county = next((unit for unit in counties if path.startswith(unit.path)), None)
        if county is not None:
            line.by_county[county.pk] = line.by_county.get(county.pk, 0) + 1
    return sorted(found.values(), key=lambda line: (-line.hits, line.rule.code))


def rule_choices(asked: int) -> list[tuple[int, str]]:
    """The rules that some return of a round breaks."""
    names = catalogue.item_names()
    broken = CheckHit.objects.filter(ret__round=asked).values("rule")
    return [(rule.pk, catalogue.rule_sentence(rule, names)) for rule in catalogue.rule_rows().filter(pk__in=broken)]


def county_choices() -> list[tuple[str, str]]:
    return [(str(unit.pk), str(unit)) for unit in Unit.objects.counties().order_by("sort_no", "sort_key")]


def hits_of_county(rows: "QuerySet[CheckHit]", key: str) -> "QuerySet[CheckHit]":
    unit = Unit.objects.filter(pk=key).first() if is_number(key) else None
    return rows.filter(ret__unit__path__startswith=unit.path) if unit is not None else rows.none()


def of_sort(rows: "QuerySet[Return]", sort: str) -> "QuerySet[Return]":
    """The returns of schools or those of counties, for a filter."""
    return of_counties(rows) if sort == "county" else of_schools(rows)


def own(actor: Actor) -> Q:
    """The returns of units at which the actor themself holds the right to fill in."""
    return Q(unit__path__in=actor.paths("return.fill"))


def own_returns(actor: Actor) -> "QuerySet[Return]":
    """What the actor's own units have to fill in now."""
    open_now = Q(state=Return.State.DRAFT, round__state=Round.State.OPEN) | Q(state=Return.State.RETURNED)
    return returns_seen(actor, "return.fill").filter(own(actor)).filter(open_now)


def waiting_returns(actor: Actor) -> "QuerySet[Return]":
    """The returns that wait for a verdict of the actor."""
    rows = returns_seen(actor, "return.accept").filter(state=Return.State.SUBMITTED)
    return rows.exclude(submitted_by=actor.id) if actor.id is not None else rows


def waiting_by_round(actor: Actor) -> list[tuple[int, str, int]]:
    """(round, title, how many of its returns wait for a verdict of the actor): one query."""
    counted = waiting_returns(actor).order_by("round").values_list("round", "round__title").annotate(n=Count("pk"))
    return [(key, title, count) for key, title, count in counted]
