"""Reads over the tree of units: today and «as of» a day, searching, ways up, history, the working calendar of a region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from dudao.calc.calendar import DayException, WorkCalendar, calendar_from
from dudao.core.access import Actor
from dudao.orgs.models import Kind, SpecialDay, Unit, UnitLink, UnitSpan
from dudao.orgs.naming import search_terms

__all__ = [
    "AsOf",
    "CalendarOf",
    "ancestors",
    "calendar_of",
    "children_as_of",
    "known_years",
    "search",
    "trails",
    "tree_as_of",
    "ways",
    "work_calendar",
]  # fmt: skip


# --- today -----------------------------------------------------------------------------------------------------


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


def ways(units: Iterable[Unit], *, below: int = 1) -> dict[int, str]:
    """«平江县 / 三阳乡»: where each unit stands, leaving out the ``below`` topmost levels that all share."""
    return {pk: " / ".join(str(unit) for unit in trail[below:]) for pk, trail in trails(units).items()}


def search(units: "QuerySet[Unit]", query: str) -> "QuerySet[Unit]":
    """Those found by any piece of a name, alias, former name, pinyin, initials or code; an empty query finds all."""
    for term in search_terms(query):
        units = units.filter(search_text__contains=term)
    if query.strip() and not search_terms(query):
        return units.none()
    return units


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


def known_years(unit: Unit) -> tuple[int, ...]:
    return calendar_of(unit).years


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


def today() -> date:
    return timezone.localdate()
