"""To whom a task can be handed down: counties, member units and offices of a city, townships and institutions of a county."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from dudao.core.access import Actor
from dudao.orgs.models import Kind, Unit, UnitQuerySet
from dudao.people.models import Account, Appointment
from dudao.plans.models import Assignment, Task, WorkPlan


@dataclass(frozen=True, slots=True)
class InstitutionFilter:
    """Which institutions: below ``under``, of these kinds, running one of these stages (学段)."""

    under: str
    kinds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    ownership: str = ""


def _open(place: str, day: date) -> UnitQuerySet:
    return Unit.objects.open_on(day).filter(path__startswith=place).exclude(path=place)


def counties(plan: WorkPlan, day: date) -> QuerySet[Any]:
    """县市区 of the plan's city, in the order the office keeps."""
    return _open(plan.unit.path, day).counties()


def members(plan: WorkPlan, day: date) -> QuerySet[Any]:
    """Member units (成员单位) of the committee and the office itself: what hangs directly under the city."""
    return _open(plan.unit.path, day).filter(parent=plan.unit_id, kind__in=[Kind.DEPARTMENT, Kind.OFFICE, Kind.OTHER])


def institutions(chosen: InstitutionFilter, day: date) -> QuerySet[Any]:
    """Schools and kindergartens that pass the filter."""
    found = _open(chosen.under, day).institutions()
    if chosen.kinds:
        found = found.filter(kind__in=chosen.kinds)
    if chosen.stages:
        found = found.filter(pk__in=Unit.objects.filter(stages__level__in=chosen.stages).values("pk"))
    return found.filter(ownership=chosen.ownership) if chosen.ownership else found


def schools_below(unit: Unit, day: date) -> QuerySet[Any]:
    """To whom a county can hand on: its townships and institutions."""
    return _open(unit.path, day).filter(kind__in=[Kind.TOWNSHIP, Kind.SCHOOL, Kind.TEACHING_POINT, Kind.KINDERGARTEN])


def recipients(place: str, ids: Iterable[int], day: date) -> list[Unit]:
    """The open units of these ids below a place, in order; others are left out, and the caller sees that by their number."""
    return list(
        _open(place, day).filter(pk__in=list(ids)).select_related("parent").order_by("sort_no", "sort_key", "id")
    )


def having(task: Task) -> set[int]:
    """Ids of the units that have a row of this task already, withdrawn ones too."""
    return set(Assignment.objects.filter(task=task).values_list("unit_id", flat=True))


def handed_down(tasks: Iterable[Task]) -> frozenset[tuple[int, int]]:
    """(task, unit) of the rows that stand."""
    rows = Assignment.objects.filter(task__in=list(tasks)).exclude(state=Assignment.State.WITHDRAWN)
    return frozenset(rows.values_list("task_id", "unit_id"))


def people_of(plan: WorkPlan) -> QuerySet[Account]:
    """Who can be the responsible person of a task: active people of the office that makes the plan."""
    return Account.objects.filter(is_active=True, home__path__startswith=plan.unit.path).filter(
        home__kind__in=[Kind.CITY, Kind.OFFICE, Kind.DEPARTMENT]
    )


def people_in_roles(paths: Iterable[str], roles: Iterable[str], day: date) -> dict[tuple[str, str], set[int]]:
    """Active accounts by (path of the unit, role) among those appointed on the day: one query."""
    found: dict[tuple[str, str], set[int]] = {}
    rows = Appointment.objects.filter(
        Appointment.current(day), unit__path__in=set(paths), role__in=set(roles), account__is_active=True
    )
    for path, role, account in rows.values_list("unit__path", "role", "account"):
        found.setdefault((path, role), set()).add(account)
    return found


def units_leading(actor: Actor) -> QuerySet[Any]:
    """Units that lead a task the actor may see: choices of a filter."""
    return Unit.objects.filter(pk__in=Task.objects.visible_to(actor, "task.view").values("lead"))


def lighting_unit(actor: Actor) -> Unit | None:
    """The unit whose rules of the lights the actor keeps: the highest node on which it holds ``lights.edit``."""
    paths = actor.paths("lights.edit")
    return Unit.objects.filter(path__in=paths).order_by("depth", "id").first() if paths else None
