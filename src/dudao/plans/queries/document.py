"""Reads over plans as documents: what a list, the review screen and the published page show, and the text in force today."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dudao.core.access import Actor
from dudao.orgs.models import Kind, Unit
from dudao.plans.models import Amendment, Assignment, Guess, Point, Remark, Section, Task, WorkPlan


def plans(actor: Actor, verb: str = "plan.view") -> QuerySet[Any]:
    """The plans an actor holds ``verb`` on. To read: also published ones of which it has a row; drafts only for who edits them."""
    held = WorkPlan.objects.visible_to(actor, verb).select_related("unit")
    if verb != "plan.view":
        return held
    edited = WorkPlan.objects.visible_to(actor, "plan.edit").values("pk")
    given = Assignment.objects.visible_to(actor, "assignment.view").values("task__plan")
    issued = Q(state=WorkPlan.State.PUBLISHED) & (Q(pk__in=held.values("pk")) | Q(pk__in=given))
    return WorkPlan.objects.filter(issued | Q(pk__in=edited)).select_related("unit")


def with_counts(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add what the plan's flow and the list look at, each counted by a query of its own (joins would multiply)."""

    def count(model: Any, path: str, condition: Q | None = None) -> Any:
        found = model.objects.filter(condition or Q(), **{path: OuterRef("pk")}).order_by().values(path)
        return Coalesce(Subquery(found.annotate(n=Count("pk")).values("n")), 0)

    return rows.select_related("unit").annotate(
        section_count=count(Section, "plan"),
        point_count=count(Point, "section__plan"),
        checked_points=count(Point, "section__plan", Q(checked=True)),
        empty_points=count(Point, "section__plan", Q(title="", text="")),
        open_checks=count(Remark, "plan", Q(state=Remark.State.OPEN, level=Remark.Level.CHECK)),
        open_guesses=count(Guess, "point__section__plan", Q(state=Guess.State.PROPOSED)),
        guess_count=count(Guess, "point__section__plan"),
        task_count=count(Task, "plan", ~Q(state=Task.State.WITHDRAWN)),
        amendment_count=Coalesce(
            Subquery(Amendment.objects.filter(plan=OuterRef("pk")).order_by("-number").values("number")[:1]), 0
        ),
    )


def plan_of(actor: Actor, pk: int, verb: str = "plan.view") -> WorkPlan | None:
    """One plan with its counts, or ``None`` when it isn't there for this actor."""
    return with_counts(plans(actor, verb)).filter(pk=pk).first()


@dataclass(slots=True)
class EffectivePoint:
    """A point as it holds today: as issued, or as the last amendment left it (``amended`` is its number, else 0)."""

    point: Point
    title: str
    text: str
    dropped: bool = False
    amended: int = 0
    amendments: list[Amendment] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.point.pk

    @property
    def heading(self) -> str:
        return f"{self.point.label or self.point.number} {self.title}".strip()

    def __str__(self) -> str:
        return self.heading or self.text[:30]


def effective_points(plan: WorkPlan, points: Iterable[Point] | None = None) -> list[EffectivePoint]:
    """All points of a plan in their order, with the amendments made to each."""
    if points is None:
        points = Point.objects.filter(section__plan=plan).order_by("section__position", "position", "id")
    found = [EffectivePoint(point, point.title, point.text) for point in points]
    by_point = {row.pk: row for row in found}
    for amendment in Amendment.objects.filter(plan=plan).order_by("number", "id"):
        row = by_point.get(amendment.point_id)
        if row is None:
            continue
        row.amendments.append(amendment)
        row.amended, row.dropped = amendment.number, amendment.dropped
        if not amendment.dropped:
            row.title, row.text = amendment.title, amendment.text
    return found


def offices(actor: Actor) -> list[Unit]:
    """The units in whose name the actor can bring a plan in: where the right itself is held, not everything below."""
    if actor.everything:
        return list(Unit.objects.filter(kind=Kind.CITY))
    return list(Unit.objects.filter(path__in=actor.paths("plan.import"), valid_to__isnull=True))


def years(actor: Actor) -> list[int]:
    """The years of which there are plans to see, newest first."""
    return sorted(set(plans(actor).order_by().values_list("year", flat=True)), reverse=True)
