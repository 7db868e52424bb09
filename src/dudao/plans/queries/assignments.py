"""Reads over the rows handed down. `assignment_rows` is the one queryset that lists, matrix, ledger and brief share."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dudao.core.access import Actor
from dudao.orgs.models import Unit
from dudao.orgs.rules import spoken_for_at
from dudao.plans.models import Assignment, Evidence, ProgressReport
from dudao.plans.queries.counts import counted
from dudao.plans.queries.joins import with_units
from dudao.plans.queries.lights import Lights


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What narrows the rows; everything left empty doesn't. ``under`` is a unit's path, ``mine`` means the actor's own units,
    ``counted`` each piece of work once (`counts.counted`).
    """

    plan: int | None = None
    section: int | None = None
    point: int | None = None
    task: int | None = None
    unit: int | None = None
    under: str = ""
    states: tuple[str, ...] = ()
    light: str = ""
    kind: str = ""
    deadline_from: date | None = None
    deadline_to: date | None = None
    words: str = ""
    mine: bool = False
    counted: bool = False
    withdrawn: bool = False


def mine(actor: Actor) -> Q:
    """The rows which the actor's own units have to do."""
    return spoken_for_at(actor.paths("assignment.report"))


def assignment_rows(
    actor: Actor, lights: Lights, chosen: RowFilter | None = None, *, verb: str = "assignment.view"
) -> QuerySet[Any]:
    """Every row the actor may see, with its units, its task and its light (see `Lights.annotate`). Withdrawn rows are left out."""
    chosen = chosen or RowFilter()
    rows = with_units(Assignment.objects.visible_to(actor, verb))
    if not chosen.withdrawn:
        rows = rows.exclude(state=Assignment.State.WITHDRAWN)
    columns = {
        "task__plan": chosen.plan,
        "task__point__section": chosen.section,
        "task__point": chosen.point,
        "task": chosen.task,
        "unit": chosen.unit,
        "deadline__gte": chosen.deadline_from,
        "deadline__lte": chosen.deadline_to,
    }
    rows = rows.filter(**{name: value for name, value in columns.items() if value is not None})
    if chosen.under:
        rows = rows.filter(unit__path__startswith=chosen.under)
    if chosen.states:
        rows = rows.filter(state__in=chosen.states)
    if chosen.kind:
        rows = rows.filter(task__kind=chosen.kind)
    for word in chosen.words.split():
        rows = rows.filter(
            Q(task__title__icontains=word) | Q(task__code__icontains=word) | Q(unit__name__icontains=word)
        )
    if chosen.mine:
        rows = rows.filter(mine(actor))
    if chosen.counted:
        rows = rows.filter(counted(actor, verb))
    rows = lights.annotate(rows)
    return rows.filter(light=chosen.light) if chosen.light else rows


def assignment(actor: Actor, pk: int, lights: Lights) -> Assignment | None:
    """One row with everything its page shows, its light as ``shown``, or ``None`` when it isn't there for this actor."""
    found: Any = assignment_rows(actor, lights, RowFilter(withdrawn=True)).filter(pk=pk).first()
    if found is not None:
        found.shown = lights.of(found)
    return found


def units_handed_to(actor: Actor) -> QuerySet[Unit]:
    """The units that got rows from a plan's office, as far as the actor sees them: choices of a filter."""
    rows = Assignment.objects.visible_to(actor, "assignment.view").filter(upper__isnull=True)
    return Unit.objects.filter(pk__in=rows.values("unit")).order_by("sort_no", "sort_key", "pk")


def reports_of(row: Assignment) -> QuerySet[ProgressReport]:
    """The unit's reports, newest first, with their files."""
    return row.reports.prefetch_related("evidence__file").order_by("-number")


def evidence_count(row: Assignment) -> int:
    return Evidence.objects.filter(report__assignment=row).count()


def evidence_file(actor: Actor, pk: int) -> Evidence | None:
    """A file of a report, if the actor may see the row and open files there."""
    rows = Assignment.objects.visible_to(actor, "assignment.view")
    found = Evidence.objects.visible_to(actor, "file.view").filter(pk=pk, report__assignment__in=rows.values("pk"))
    return found.select_related("file").first()
