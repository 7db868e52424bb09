"""Reads over the tree of units: today and «as of» a day, searching, ways up, history, the working calendar of a region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, When
from django.utils import timezone

from dudao.calc.calendar import DayException, WorkCalendar, calendar_from
from dudao.core.access import Actor
from dudao.core.keys import is_number
from dudao.core.ui.formats import mask_phone
from dudao.orgs.models import (
    SEARCH_WORDS,
    Contact,
    Kind,
    Licence,
    Licensed,
    SpecialDay,
    Stage,
    Unit,
    UnitLink,
    UnitName,
    UnitSpan,
)
from dudao.orgs.naming import search_pieces, search_terms
from dudao.orgs.values import CODES

# --- today -----------------------------------------------------------------------------------------------------


def parts_to_choose(office: Unit, kinds: Iterable[str]) -> list[tuple[int, str]]:
    """The counties (of a county: the townships) by which units of some kinds are narrowed; none where they are those."""
    below = [Kind.COUNTY, Kind.ZONE] if office.kind == Kind.CITY else [Kind.TOWNSHIP]
    wanted = set(kinds) - {office.kind}
    if not wanted or wanted & set(below) or office.kind not in {Kind.CITY, Kind.COUNTY, Kind.ZONE}:
        return []
    rows = Unit.objects.filter(path__startswith=office.path, kind__in=below, valid_to__isnull=True).order_by("path")
    return [(unit.pk, str(unit)) for unit in rows]


def ancestors(unit: Unit) -> list[Unit]:
    """The units above one, the top first: one query."""
    keys = [int(key) for key in unit.path.split(".")[:-2]]
    found = Unit.objects.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def trails(units: Iterable[Unit]) -> dict[int, list[Unit]]:
    """For each unit the ones above it, the top first: one query for all."""
    units = list(units)
    keys = {unit.pk: [int(key) for key in unit.path.split(".")[:-2]] for unit in units}
    above = Unit.objects.only("name", "short_name", "kind", "path").in_bulk(
        {key for way in keys.values() for key in way}
    )
    return {pk: [above[key] for key in way if key in above] for pk, way in keys.items()}


def ways(units: Iterable[Unit]) -> dict[int, str]:
    """«平江县 / 三阳乡»: where each unit stands, leaving out province and city, which a city's units share."""
    found = {}
    for pk, trail in trails(units).items():
        near = [unit for unit in trail if unit.kind not in {Kind.PROVINCE, Kind.CITY}] or trail[-1:]
        found[pk] = " / ".join(str(unit) for unit in near)
    return found


def search(units: "QuerySet[Unit]", query: str) -> "QuerySet[Unit]":
    """Those found by any piece of a name, alias, former name, pinyin, initials or code; an empty query finds all."""
    terms = search_terms(query)
    if query.strip() and not terms:
        return units.none()
    if pieces := search_pieces(terms):
        # The index narrows; the text decides, since pieces may stand apart.
        units = units.alias(words=SEARCH_WORDS).filter(words__contains=sorted(pieces))  # type: ignore[misc]
    for term in terms:
        units = units.filter(search_text__contains=term)
    return units


def _as_typed(query: str) -> tuple[Q, Q]:
    """(is called just so, begins so) by name, short name, initials or code."""
    typed = query.strip()
    exact = Q(name=typed) | Q(short_name=typed) | Q(initials=typed.lower())
    begins = Q(name__startswith=typed) | Q(short_name__startswith=typed) | Q(initials__startswith=typed.lower())
    for code in CODES:
        begins |= Q(**{f"{code}__startswith": typed.upper()})
    return exact, begins


def best_found(units: "QuerySet[Unit]", query: str, limit: int) -> list[Unit]:
    """The first matches for a picker: what is called as typed, what begins so, the rest. Two queries, neither sorts all matches."""
    exact, begins = _as_typed(query)
    rank = Case(When(exact, then=0), default=1, output_field=IntegerField())
    matching = search(units, query)
    first = list(matching.filter(exact | begins).order_by(rank, "depth", "sort_no", "sort_key", "pk")[:limit])
    if len(first) < limit:
        rest = matching.exclude(pk__in=[unit.pk for unit in first])
        first += rest.order_by("sort_no", "sort_key", "pk")[: limit - len(first)]
    return first


# --- as of a day -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AsOf:
    """A unit as it was on a day. ``children`` tells whether anything stood under it."""

    unit_id: int
    parent_id: int | None
    name: str
    kind: str
    depth: int
    has_children: bool = False

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


def tree_as_of(day: date, root: Unit, *, limit: int | None = None) -> list[AsOf]:
    """The subtree of a unit on a day, parents before their children; empty when the unit did not exist then."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE held AS (
                SELECT unit_id, parent_id, name, kind FROM orgs_unitspan
                WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
            ), down AS (
                SELECT unit_id, parent_id, name, kind, 0 AS depth FROM held WHERE unit_id = %(root)s
                UNION ALL
                SELECT held.unit_id, held.parent_id, held.name, held.kind, down.depth + 1
                FROM held JOIN down ON held.parent_id = down.unit_id
            )
            SELECT down.unit_id, down.parent_id, down.name, down.kind, down.depth
            FROM down JOIN orgs_unit unit ON unit.id = down.unit_id
            ORDER BY down.depth, unit.sort_no, unit.sort_key, unit.id
            LIMIT %(limit)s
            """,
            {"day": day, "root": root.pk, "limit": limit},
        )
        return [AsOf(*row) for row in cursor.fetchall()]


def children_as_of(day: date, parent_id: int, *, start: int = 0, limit: int = 200) -> list[AsOf]:
    """What stood directly under a unit on a day, a page at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT span.unit_id, span.parent_id, span.name, span.kind, 1, EXISTS (
                SELECT 1 FROM orgs_unitspan child WHERE child.parent_id = span.unit_id
                AND child.valid_from <= %(day)s AND (child.valid_to IS NULL OR child.valid_to > %(day)s)
            )
            FROM orgs_unitspan span JOIN orgs_unit unit ON unit.id = span.unit_id
            WHERE span.parent_id = %(parent)s AND span.valid_from <= %(day)s
              AND (span.valid_to IS NULL OR span.valid_to > %(day)s)
            ORDER BY unit.sort_no, unit.sort_key, unit.id OFFSET %(start)s LIMIT %(limit)s
            """,
            {"day": day, "parent": parent_id, "start": start, "limit": limit},
        )
        return [AsOf(*row) for row in cursor.fetchall()]


# --- the working calendar ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CalendarOf:
    """The rows that hold for a unit and the region that keeps them (``None``: nobody has registered any)."""

    region: Unit | None
    rows: Sequence[SpecialDay]

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({row.day.year for row in self.rows}))

    @property
    def calendar(self) -> WorkCalendar:
        years = self.years
        known_from = known_to = None
        if years:
            # The longest run of known years that ends with the last one: a calendar has no hole.
            first = years[-1]
            while first - 1 in years:
                first -= 1
            known_from, known_to = date(first, 1, 1), date(years[-1], 12, 31)
        return calendar_from(
            (DayException(row.day, row.working, row.name) for row in self.rows),
            known_from=known_from,
            known_to=known_to,
        )


def calendar_of(unit: Unit) -> CalendarOf:
    """The table of the unit itself or of the nearest region above that has one: two queries."""
    keys = [int(key) for key in unit.path.split(".")[:-1]]
    keepers = Unit.objects.filter(pk__in=keys, special_days__isnull=False).order_by("-depth")
    region = keepers.first()
    rows = list(SpecialDay.objects.filter(unit=region).order_by("day")) if region is not None else []
    return CalendarOf(region, rows)


def work_calendar(unit: Unit) -> WorkCalendar:
    """The working days that hold for a unit."""
    return calendar_of(unit).calendar


# --- one unit ----------------------------------------------------------------------------------------------------


def spans_of(unit: Unit) -> "QuerySet[UnitSpan]":
    """The unit's history, the latest first."""
    return UnitSpan.objects.filter(unit=unit).select_related("parent").order_by("-valid_from")


def links_of(unit: Unit) -> tuple[list[UnitLink], list[UnitLink]]:
    """(where it came from, where it went): mergers and splits."""
    came = list(UnitLink.objects.filter(target=unit).select_related("source").order_by("day", "id"))
    went = list(UnitLink.objects.filter(source=unit).select_related("target").order_by("day", "id"))
    return came, went


def visible_unit(actor: Actor, key: Any, verb: str = "unit.view") -> "QuerySet[Unit]":
    return Unit.objects.visible_to(actor, verb).filter(pk=key)


def unit_with_way(actor: Actor, key: int) -> Unit | None:
    """A unit the actor sees, with the ``way`` to it: what is above it, the top first, and whether the actor sees that."""
    found: Any = visible_unit(actor, key).select_related("parent").first()
    if found is not None:
        above = ancestors(found)
        visible = visible_keys(actor, [upper.pk for upper in above])
        found.way = [(upper, upper.pk in visible) for upper in above]
    return found


def today() -> date:
    return timezone.localdate()


def choosable(actor: Actor, verb: str) -> "QuerySet[Unit]":
    """Open units that the actor may see and on which they hold the verb: what a picker offers and a form accepts."""
    units = Unit.objects.visible_to(actor, "unit.view").filter(valid_to__isnull=True)
    return units if verb == "unit.view" else units.filter(pk__in=Unit.objects.visible_to(actor, verb).values("pk"))


def visible_keys(actor: Actor, keys: Iterable[int], verb: str = "unit.view") -> set[int]:
    """Those of the keys whose units the actor sees."""
    return set(Unit.objects.visible_to(actor, verb).filter(pk__in=list(keys)).values_list("pk", flat=True))


def roots_of(actor: Actor, verb: str = "unit.view") -> list[Unit]:
    """The highest units on which the actor holds the verb."""
    if actor.everything:
        return list(Unit.objects.filter(parent__isnull=True))
    return list(Unit.objects.filter(path__in=actor.paths(verb)))


def home_of(actor: Actor, verb: str) -> Unit | None:
    """The highest unit for which an actor holds a verb: who hands a ledger in (填报单位)."""
    return Unit.objects.filter(path__in=actor.paths(verb)).order_by("depth", "pk").first()


def within(units: "QuerySet[Unit]", key: str) -> "QuerySet[Unit]":
    """Those of the units that are the given one or stand below it; an unknown key finds none."""
    top = Unit.objects.filter(pk=key).first() if is_number(key) else None
    return units.filter(path__startswith=top.path) if top is not None else units.none()


def counties_of(actor: Actor) -> list[Unit]:
    """The counties and functional zones that the actor sees."""
    return list(
        Unit.objects.visible_to(actor, "unit.view")
        .counties()
        .filter(valid_to__isnull=True)
        .order_by("sort_no", "sort_key")
    )


def ancestors_as_of(day: date, unit_id: int) -> list[int]:
    """The keys of what a unit stood under on a day, at any height."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE up AS (
                SELECT parent_id FROM orgs_unitspan
                WHERE unit_id = %(unit)s AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
                UNION
                SELECT span.parent_id FROM orgs_unitspan span JOIN up ON span.unit_id = up.parent_id
                WHERE span.valid_from <= %(day)s AND (span.valid_to IS NULL OR span.valid_to > %(day)s)
            )
            SELECT parent_id FROM up WHERE parent_id IS NOT NULL
            """,
            {"unit": unit_id, "day": day},
        )
        return [row[0] for row in cursor.fetchall()]


# --- the list ----------------------------------------------------------------------------------------------------


def listed(actor: Actor, status: str = "") -> "QuerySet[Unit]":
    """What the list shows: open units, unless ended ones (``closed``) or both (``all``) are asked for."""
    units = Unit.objects.visible_to(actor, "unit.view").defer("search_text")
    if status == "all":
        return units
    return units.filter(valid_to__isnull=status != "closed")


def with_stage(units: "QuerySet[Unit]", level: str) -> "QuerySet[Unit]":
    return units.filter(pk__in=Stage.objects.filter(level=level).values("unit"))


def licensed(units: "QuerySet[Unit]", status: str) -> "QuerySet[Unit]":
    """Kindergartens that stand so with their licence today."""
    found: QuerySet[Unit] = units.licensed(status, today())  # type: ignore[attr-defined]
    return found


def standings(keys: Iterable[int]) -> dict[int, Licensed]:
    """How kindergartens stand with their licence today; nothing of those of which nothing is registered. One query."""
    day = today()
    return {row.unit_id: row.standing(day) for row in Licence.objects.on(day).filter(unit__in=list(keys))}


def describe(units: Sequence[Any]) -> None:
    """Give each unit its ``way`` («平江县 / 三阳乡»), ``stage_words`` and ``standing``: three queries for a page."""
    way = ways(units)
    standing = standings(unit.pk for unit in units if unit.kind == Kind.KINDERGARTEN)
    levels: dict[int, list[str]] = {}
    labels = dict(Stage.Level.choices)
    rank = {level: place for place, level in enumerate(Stage.Level.values)}
    for key, level in Stage.objects.filter(unit__in=[unit.pk for unit in units]).values_list("unit_id", "level"):
        levels.setdefault(key, []).append(level)
    for unit in units:
        unit.way = way[unit.pk]
        unit.standing = standing.get(unit.pk, Licensed.UNKNOWN) if unit.kind == Kind.KINDERGARTEN else None
        unit.stage_words = "、".join(
            str(labels[level]) for level in sorted(levels.get(unit.pk, ()), key=rank.__getitem__)
        )


# --- the page of a unit --------------------------------------------------------------------------------------------


def levels_of(unit: Unit) -> list[str]:
    """The stages a school runs, in the order of schooling."""
    held = set(Stage.objects.filter(unit=unit).values_list("level", flat=True))
    return [level for level in Stage.Level.values if level in held]


def stage_words(unit: Unit) -> str:
    labels = dict(Stage.Level.choices)
    return "、".join(str(labels[level]) for level in levels_of(unit))


def names_of(unit: Unit, sort: str) -> list[str]:
    return list(UnitName.objects.filter(unit=unit, sort=sort).order_by("id").values_list("name", flat=True))


def licences_of(unit: Unit) -> list[Licence]:
    """What was registered of a kindergarten's licence, the latest first."""
    return list(Licence.objects.filter(unit=unit).order_by("-valid_from"))


def contacts_of(unit: Unit) -> "QuerySet[Contact]":
    return Contact.objects.filter(unit=unit).order_by("-leader", "sort_no", "id")


def visible_contacts(actor: Actor) -> "QuerySet[Contact]":
    return Contact.objects.visible_to(actor, "unit.view").select_related("unit")


def masked_phone(contact: Contact) -> str:
    return mask_phone(contact.phone) if contact.phone else ""


def count_children(unit: Unit) -> int:
    return Unit.objects.filter(parent=unit, valid_to__isnull=True).count()


def count_below(unit: Unit) -> int:
    """How many open units stand under one, at any depth."""
    return Unit.objects.filter(path__startswith=unit.path, valid_to__isnull=True).exclude(pk=unit.pk).count()


# --- the calendar's page ---------------------------------------------------------------------------------------------


def calendar_regions(actor: Actor) -> list[Unit]:
    """The regions whose working calendar the actor may look at: those they may edit, else the units they hold."""
    verb = "calendar.edit" if actor.may_somewhere("calendar.edit") else "unit.view"
    tops = roots_of(actor, verb)
    below = (
        Unit.objects.visible_to(actor, verb).counties().filter(valid_to__isnull=True).order_by("sort_no", "sort_key")
    )
    return list({unit.pk: unit for unit in (*tops, *below)}.values())


def visible_days(actor: Actor) -> "QuerySet[SpecialDay]":
    return SpecialDay.objects.visible_to(actor, "calendar.edit").select_related("unit")
