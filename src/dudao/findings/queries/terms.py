"""Which term holds for an office on a day: its own row, that of the nearest office above, else a shipped pack that applies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from dudao import packs
from dudao.calc.deadlines import SUBJECTS, Term, terms_from
from dudao.calc.recurrence import Likeness, likeness_from
from dudao.core.access import Actor
from dudao.findings.models import Policy
from dudao.orgs.models import Unit


@dataclass(frozen=True, slots=True)
class Held:
    """A term with whose it is: ``unit`` the office that set it, ``None`` for what comes with the platform."""

    term: Term
    unit: Unit | None = None
    since: date | None = None

    @property
    def words(self) -> str:
        """«30 日，自签收之日起»."""
        return self.term.words

    @property
    def basis(self) -> str:
        """What a finding says it rests on."""
        whose = f"{self.unit}规定：" if self.unit is not None else ""
        return f"{SUBJECTS[self.term.subject]} {self.words}（{whose}{self.term.source}）"


@dataclass(frozen=True)
class Terms:
    """All terms of a day, loaded with one query; asked for by the path of an office."""

    day: date
    rows: dict[tuple[str, str], Held] = field(default_factory=dict)

    def find(self, path: str, subject: str) -> Held | None:
        """The term for an office: from its own path upwards, then what is shipped. ``None`` where nobody has said."""
        parts = path.rstrip(".").split(".")
        for length in range(len(parts), 0, -1):
            found = self.rows.get((".".join(parts[:length]) + ".", subject))
            if found is not None:
                return found
        shipped = _shipped(self.day).get(subject)
        return Held(shipped) if shipped is not None else None

    def days(self, path: str, subject: str) -> int:
        """The days of a term that the platform ships a default for (reminders, escalation)."""
        found = self.find(path, subject)
        if found is None:
            raise LookupError(f"no pack of terms that applies says {subject}")
        return found.term.days

    def by_office(self, subject: str) -> list[tuple[str, int]]:
        """(path, days) of every office with a row of its own, the deepest first, and at last ("", days) of the default."""
        own = [(path, held.term.days) for (path, about), held in self.rows.items() if about == subject]
        own.sort(key=lambda pair: -pair[0].count("."))
        return [*own, ("", self.days("", subject))]


def terms_on(day: date) -> Terms:
    """The terms of a day: one query."""
    rows = Policy.objects.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    found: dict[tuple[str, str], Held] = {}
    for row in rows.select_related("unit").order_by("valid_from"):
        found[row.unit.path, row.subject] = Held(term_row(row), row.unit, row.valid_from)
    return Terms(day, found)


def term_row(row: Policy) -> Term:
    return Term(row.subject, row.days, row.is_working, row.start, row.source)


@cache
def _packs() -> tuple[tuple[str, Any, tuple[Term, ...], bool], ...]:
    return tuple(
        (name, packs.about("terms", name), terms_from(data), bool(data["applies"]))
        for name in packs.names("terms")
        for data in (packs.read("terms", name),)
    )


def _shipped(day: date) -> dict[str, Term]:
    return {
        term.subject: term
        for _, about, terms, applies in _packs()
        if applies and about.holds(day, "") and not about.region_code
        for term in terms
    }


def proposals(region: str, day: date) -> list[tuple[str, Any, tuple[Term, ...]]]:
    """(name, facts, terms) of the packs that an office of this region may take over."""
    return [
        (name, about, terms) for name, about, terms, applies in _packs() if not applies and about.holds(day, region)
    ]


@cache
def likeness_bounds() -> Likeness:
    """From how much likeness an earlier finding is offered."""
    return likeness_from(packs.read("terms", "platform"))


def rows_of(unit: Unit) -> QuerySet[Policy]:
    """All rows that an office has set, also past ones, the newest first."""
    return Policy.objects.filter(unit=unit).order_by("subject", "-valid_from")


def term_units(actor: Actor, verb: str = "term.edit") -> Sequence[Unit]:
    """The offices whose terms a person keeps: the highest nodes on which they hold the verb."""
    return list(Unit.objects.filter(path__in=actor.paths(verb)).order_by("depth", "id"))


def units_reading(actor: Actor) -> Iterable[Unit]:
    """The offices whose terms concern a person: those they keep, else the unit they work for."""
    kept = term_units(actor)
    return kept or list(Unit.objects.filter(path__in=actor.paths("finding.view")).order_by("depth", "id")[:20])
