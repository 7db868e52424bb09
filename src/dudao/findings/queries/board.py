"""Counts for leaders, by county: what was issued, done in time, is overdue, is crossed off.

A county to which nothing was issued has no rate: «零报告» is no 100 %.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from dudao.core.access import Actor
from dudao.core.counts import Rate
from dudao.findings.models import Finding
from dudao.findings.queries.findings import seen
from dudao.findings.queries.lights import RUNNING, Lights
from dudao.orgs.models import Unit

_State = Finding.State


@dataclass(frozen=True, slots=True)
class Count_:
    """How a set of issued findings stands; waived ones are told apart and in no rate."""

    issued: int = 0
    closed: int = 0
    in_time: int = 0
    finished: int = 0
    late: int = 0
    reported: int = 0
    verified: int = 0
    waived: int = 0

    def plus(self, other: "Count_") -> "Count_":
        return Count_(*(getattr(self, name) + getattr(other, name) for name in _NAMES))

    @property
    def due(self) -> int:
        """What counts: everything issued but the waived."""
        return self.issued - self.waived

    @property
    def open(self) -> int:
        return self.due - self.closed

    @property
    def closed_rate(self) -> Rate:
        return Rate(self.closed, self.due, "个应整改问题")

    @property
    def in_time_rate(self) -> Rate:
        """Of all whose deadline has told: those reported done, and those overdue that are not."""
        return Rate(self.in_time, self.finished + self.late, "个到期或已报告问题")


_NAMES = tuple(Count_.__dataclass_fields__)


@dataclass(slots=True)
class Line:
    """One county, or the units of the city itself (``unit`` is the city)."""

    unit: Unit
    count: Count_ = field(default_factory=Count_)
    own: bool = False


def by_county(
    actor: Actor, lights: Lights, *, since: date | None = None, until: date | None = None
) -> tuple[list[Line], Count_]:
    """(a line for every county in the actor's scope, also those without findings; the sum). Three queries.

    ``since`` and ``until`` narrow by the day of issue. Findings of units outside counties are counted to the unit at the top.
    """
    tops = list(Unit.objects.filter(path__in=actor.paths("finding.view")).order_by("depth", "id"))
    counties = list(
        Unit.objects.visible_to(actor, "finding.view")
        .counties()
        .filter(valid_to__isnull=True)
        .order_by("sort_no", "sort_key", "id")
    )
    rows: QuerySet[Any] = seen(actor).filter(issued_at__isnull=False)
    if since is not None:
        rows = rows.filter(issued_at__date__gte=since)
    if until is not None:
        rows = rows.filter(issued_at__date__lte=until)
    cases = [When(unit__path__startswith=unit.path, then=Value(unit.pk)) for unit in (*counties, *reversed(tops))]
    rows = rows.annotate(of=Case(*cases, default=Value(0), output_field=IntegerField()))
    done = Q(finished_on__isnull=False) & ~Q(state=_State.WAIVED)
    late = RUNNING & Q(deadline__lt=lights.today)
    found = {
        row.pop("of"): Count_(**row)
        for row in rows.order_by()
        .values("of")
        .annotate(
            issued=Count("pk"),
            closed=Count("pk", filter=Q(state=_State.CLOSED)),
            finished=Count("pk", filter=done),
            in_time=Count("pk", filter=done & Q(finished_on__lte=F("deadline"))),
            late=Count("pk", filter=late),
            reported=Count("pk", filter=Q(state=_State.REPORTED)),
            verified=Count("pk", filter=Q(state=_State.VERIFIED)),
            waived=Count("pk", filter=Q(state=_State.WAIVED)),
        )
    }
    lines = [Line(unit, found.get(unit.pk, Count_())) for unit in counties]
    named = {unit.pk for unit in counties}
    lines += [Line(unit, found[unit.pk], own=True) for unit in tops if unit.pk in found and unit.pk not in named]
    return lines, _sum(found.values())


def _sum(counts: Iterable[Count_]) -> Count_:
    total = Count_()
    for count in counts:
        total = total.plus(count)
    return total
