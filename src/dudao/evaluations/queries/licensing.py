"""Kindergartens without a licence (无证园): in the register and visited like others, graded only where the campaign says so."""

from typing import Any

from django.db.models import QuerySet

from dudao.evaluations.models import Campaign, Subject
from dudao.evaluations.queries.systems import rules_of
from dudao.orgs.models import Licence, Licensed, Unit
from dudao.orgs.queries import standings, today


def _unlicensed() -> QuerySet[Any]:
    day = today()
    found: QuerySet[Any] = Licence.objects.on(day).standing(Licensed.NONE, day).values("unit")
    return found


def graded(campaign: Campaign, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of a campaign's subjects that get a grade: all but the unlicensed ones, unless the rules let these take part."""
    return rows if rules_of(campaign).grade_unlicensed else rows.exclude(unit__in=_unlicensed())


def ungraded(campaign: Campaign) -> int:
    """How many take part, and get no grade since they have no licence."""
    if rules_of(campaign).grade_unlicensed:
        return 0
    rows: QuerySet[Any] = Subject.objects.filter(campaign=campaign, unit__in=_unlicensed())
    return rows.exclude(state=Subject.State.OUT).count()


def is_ungraded(subject: Subject) -> bool:
    """Whether a subject gets no grade since its unit has no licence."""
    return not graded(subject.campaign, Subject.objects.filter(pk=subject.pk)).exists()


def registered(unit: Unit) -> str:
    """What the register says against a kindergarten, for those who look at its papers: «名录登记：无证». Empty if nothing does."""
    standing = standings([unit.pk]).get(unit.pk)
    return f"名录登记：{standing.label}" if standing in {Licensed.NONE, Licensed.EXPIRED} else ""


def standing_so(rows: QuerySet[Any], status: str) -> QuerySet[Any]:
    """Subjects whose units stand so with their licence today."""
    units: QuerySet[Any] = Unit.objects.licensed(status, today())
    return rows.filter(unit__in=units.values("pk"))


def mark_standings(rows: list[Any]) -> None:
    """Give each subject its ``standing`` (nothing where none is registered). One query."""
    found = standings(row.unit_id for row in rows)
    for row in rows:
        row.standing = found.get(row.unit_id)
