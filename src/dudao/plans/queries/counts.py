"""What is counted of rows handed down, once for pages, papers, briefs and exports: see ``docs/calculations/counts.md``."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from dudao.core.access import Actor
from dudao.core.counts import Rate
from dudao.plans.models import Assignment

FINISHED = frozenset({Assignment.State.CONFIRMED, Assignment.State.CLOSED})
"""States in which a row counts as done: whoever handed it down has said so."""
DONE = Q(state__in=sorted(FINISHED))
LATE = Q(days_left__lt=0, finished_on__isnull=True)
"""Past its deadline and not reported done."""


def counted(actor: Actor, verb: str = "assignment.view") -> Q:
    """Each piece of work once: a row that was handed on counts in the row above it, where the actor sees that one."""
    if actor.everything:
        return Q(upper__isnull=True)
    above = Q(pk__in=[])
    for path in actor.paths(verb):
        above |= Q(upper__unit__path__startswith=path)
    return Q(upper__isnull=True) | ~above


@dataclass(frozen=True, slots=True)
class Tally:
    """How a set of rows stands.

    ``progress`` is the plain mean of the rows' completion, ``None`` without rows; ``finished_on`` is the day on which the last of
    those that are finished was.
    """

    rows: int = 0
    done: int = 0
    late: int = 0
    progress: Decimal | None = None
    lights: dict[str, int] = field(default_factory=dict)
    finished_on: date | None = None

    @property
    def done_rate(self) -> Rate:
        return Rate(self.done, self.rows, "项次")


def tally(rows: QuerySet[Any], by: str = "") -> dict[Any, Tally]:
    """Count annotated rows by one column (or all of them under the key ``None``): one query."""
    keys = ["group", "light"] if by else ["light"]
    if by:
        rows = rows.annotate(group=F(by))
    found = (
        rows.order_by()
        .values(*keys)
        .annotate(
            n=Count("pk"),
            done=Count("pk", filter=DONE),
            late=Count("pk", filter=LATE),
            sum=Sum("progress"),
            last=Max("finished_on"),
        )
    )
    sums: dict[Any, list[Tally]] = {}
    for row in found:
        one = Tally(
            row["n"], row["done"], row["late"], Decimal(row["sum"]) / row["n"], {row["light"]: row["n"]}, row["last"]
        )
        sums.setdefault(row.get("group"), []).append(one)
    return {key: added(tallies) for key, tallies in sums.items()}


def tally_of(rows: QuerySet[Any]) -> Tally:
    """How these rows stand, all together: one query."""
    return tally(rows).get(None) or Tally()


def added(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one; the mean is that of all rows, not of the means."""
    several = list(tallies)
    rows = sum(one.rows for one in several)
    total = sum((one.progress * one.rows for one in several if one.progress is not None), Decimal(0))
    lights: dict[str, int] = {}
    for one in several:
        for light, count in one.lights.items():
            lights[light] = lights.get(light, 0) + count
    return Tally(
        rows,
        sum(one.done for one in several),
        sum(one.late for one in several),
        total / rows if rows else None,
        lights,
        max((one.finished_on for one in several if one.finished_on is not None), default=None),
    )
