"""The rows of ledgers as plain dicts, read with a cursor: 200,000 of them need no more memory than a thousand."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from dudao.core.access import Actor
from dudao.core.sheets.cells import fold
from dudao.findings.ledgers import SHEETS, Ledger
from dudao.findings.models import Finding, FindingFile, Verification
from dudao.findings.queries.findings import offices, responsible, seen, with_units
from dudao.findings.queries.lights import Lights
from dudao.orgs.models import Unit

_COLUMNS = {column.key for ledger in SHEETS.values() for column in ledger.table.columns}
_FIELDS = (
    *(field.name for field in Finding._meta.concrete_fields if field.name in _COLUMNS and not field.is_relation),
    "pk", "code", "deadline_basis", "lit", "office__name",
    "unit__name", "unit__path", "unit__institution_code", "unit__uscc", "unit__local_code",
)  # fmt: skip
"""What the sheets show, and what they make it of."""


class _Among(Func):
    """``key = ANY (array)``: one parameter however many keys. It is sent as text: the driver's lists take forty times the room."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


def ledger_rows(actor: Actor, ledger: Ledger, lights: Lights, *, ids: Sequence[int] | None = None) -> QuerySet[Any]:
    """The rows that an actor may take away, in the order of ledgers: by office, then by unit. ``ids`` narrows to the chosen."""
    rows = seen(actor, "finding.export")
    if not ledger.drafts:
        rows = rows.exclude(code="").exclude(state=Finding.State.DRAFT)
    if ids is not None:
        keys = Value(f"{{{','.join(str(int(pk)) for pk in ids)}}}")
        rows = rows.filter(_Among(F("pk"), Cast(keys, ArrayField(BigIntegerField()))))
    rows = lights.annotate(rows)
    fields: tuple[str, ...] = _FIELDS
    if any(column.key == "evidence" for column in ledger.table.columns):
        looks = Verification.objects.filter(finding=OuterRef("pk")).order_by("-pk")
        files = FindingFile.objects.filter(finding=OuterRef("pk"), report__isnull=False).order_by("pk")
        rows = rows.annotate(
            evidence=ArraySubquery(files.values("name")),
            reviewer=Subquery(looks.values("by_name")[:1]),
            opinion=Subquery(looks.values("opinion")[:1]),
        )
        fields = (*fields, "evidence", "reviewer", "opinion")
    return rows.order_by(
        "office__depth", "office__sort_no", "office", "unit__sort_no", "unit__sort_key", "unit", "found_on", "pk"
    ).values(*fields)


def rows_by_key(actor: Actor, keys: Collection[int], *, lock: bool = False) -> dict[int, Finding]:
    """The findings of these keys that the actor may see, with what guards look at."""
    rows = with_units(seen(actor).filter(pk__in=set(keys)))
    if lock:
        rows = rows.select_for_update(of=("self",)).order_by("pk")
    return {row.pk: row for row in rows}


def known_of(office: Unit, units: Collection[int], days: Collection[Any]) -> set[tuple[int, Any, str]]:
    """(unit, day, description) of what the office has registered at these units on these days."""
    rows = Finding.objects.filter(office=office, unit__in=units, found_on__in=days)
    return {(unit, day, text.strip()) for unit, day, text in rows.values_list("unit", "found_on", "description")}


def units_to_name(actor: Actor) -> list[tuple[str, str]]:
    """Name and code of the units that a list of problems may name as responsible, in the order of the register."""
    found: dict[tuple[str, str], None] = {}
    for office in offices(actor, "finding.import"):
        for unit in responsible(actor, office):
            found[unit.name, unit.institution_code or unit.uscc or unit.local_code] = None
    return list(found)


class Register:
    """The units below an office by name and by code, loaded once: whom a sheet may name as responsible."""

    _CODES = ("institution_code", "uscc", "local_code", "region_code")

    def __init__(self, actor: Actor, office: Unit) -> None:
        self.names: dict[str, set[int]] = {}
        self.codes: dict[str, set[int]] = {}
        self.units: dict[int, str] = {}
        for pk, name, short, *codes in responsible(actor, office).values_list("pk", "name", "short_name", *self._CODES):
            self.units[pk] = name
            for text in {fold(name), fold(short)} - {""}:
                self.names.setdefault(text, set()).add(pk)
            for code in set(codes) - {""}:
                self.codes.setdefault(code, set()).add(pk)

    def find(self, name: str, code: str) -> tuple[int | None, str, str]:
        """(key of the unit, the faulty column, the reason): by code where one is given, else by name.

        A code must go with the name that stands beside it; a name that several units have needs a code.
        """
        named = self.names.get(fold(name), set())
        if code:
            coded = self.codes.get(code, set())
            if not coded:
                return None, "unit_code", f"是“{code}”，在您负责的范围内没有这个代码的单位，请核对"
            both = coded & named or (coded if len(coded) == 1 and not named else set())
            if len(both) == 1:
                return both.pop(), "", ""
            whose = "、".join(sorted(self.units[pk] for pk in coded))
            return None, "unit_code", f"是“{code}”，是{whose}的代码，与责任单位“{name}”不一致，请核对"
        if not named:
            return None, "unit", f"是“{name}”，在您负责的范围内没有这个单位，请填全称、简称，或填单位代码"
        if len(named) > 1:
            return None, "unit", f"是“{name}”，有 {len(named)} 个单位叫这个名字，请在“单位代码”里填写代码"
        return next(iter(named)), "", ""

    def by_key(self, keys: Iterable[int]) -> dict[int, Unit]:
        return {unit.pk: unit for unit in Unit.objects.filter(pk__in=set(keys))}
