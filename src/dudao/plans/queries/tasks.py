"""Reads over tasks: the list, one task with what its flow looks at, what a new task can be made of."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet

from dudao.calc.names import pinyin
from dudao.core.access import Actor
from dudao.core.desk import HITS
from dudao.plans.models import Assignment, Guess, Item, Point, Section, Task, WorkPlan
from dudao.plans.queries.assignments import RowFilter, assignment_rows
from dudao.plans.queries.counts import FINISHED, Tally, tally
from dudao.plans.queries.lights import Lights


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What narrows the tasks; everything left empty doesn't."""

    plan: int | None = None
    section: int | None = None
    states: tuple[str, ...] = ()


def tasks(actor: Actor, chosen: TaskFilter | None = None) -> QuerySet[Any]:
    """The tasks an actor may see. Drafts and discarded ones show only to those who may edit them."""
    chosen = chosen or TaskFilter()
    rows = Task.objects.visible_to(actor, "task.view").select_related("plan__unit", "point__section", "lead")
    rows = rows.filter(Q(issued_at__isnull=False) | Q(pk__in=Task.objects.visible_to(actor, "task.edit").values("pk")))
    if chosen.plan is not None:
        rows = rows.filter(plan=chosen.plan)
    if chosen.section is not None:
        rows = rows.filter(point__section=chosen.section)
    return rows.filter(state__in=chosen.states) if chosen.states else rows


def found_by(actor: Actor, text: str) -> list[Any]:
    """What a word finds, the newest plan first: by titles, codes and wording, else by the initials of titles."""
    rows = tasks(actor).order_by("-plan__year", "sort_no", "id")
    words = Q()
    for word in text.split():
        words &= Q(title__icontains=word) | Q(code__istartswith=word) | Q(text__icontains=word)
    found = list(rows.filter(words)[: HITS + 1])
    if not found and text.isascii() and text.isalpha() and len(text) > 1:
        # Tasks are a few hundred a year: their initials are made when asked for.
        return [task for task in rows[:2000] if text.lower() in _initials(task.title)]
    return found


@lru_cache(maxsize=8192)
def _initials(title: str) -> str:
    return pinyin(title).initials


def with_counts(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add what the guards of the task's flow look at: how many rows there are, how many open, how many finished."""
    state = Assignment.State
    done = Q(assignments__state__in=sorted(FINISHED))
    live = ~Q(assignments__state=state.WITHDRAWN)
    return rows.annotate(
        row_count=Count("assignments", filter=live & Q(assignments__isnull=False)),
        open_rows=Count("assignments", filter=live & ~done & Q(assignments__isnull=False)),
        done_rows=Count("assignments", filter=done),
    )


def task(actor: Actor, pk: int) -> Task | None:
    """One task with its counts, or ``None`` when it isn't there for this actor."""
    return with_counts(tasks(actor).select_related("item", "responsible")).filter(pk=pk).first()


def attach_tallies(found: list[Any], actor: Actor, lights: Lights) -> None:
    """Put ``tally`` on each task of a page, each piece of work once: one query."""
    rows = assignment_rows(actor, lights, RowFilter(counted=True)).filter(task__in=found)
    by_task = tally(rows, "task")
    for one in found:
        one.tally = by_task.get(one.pk) or Tally()


def having_light(actor: Actor, lights: Lights, light: str) -> Q:
    """The condition «has a row with this light», for tasks."""
    return Q(pk__in=assignment_rows(actor, lights, RowFilter(light=light)).values("task"))


def plans_seen(actor: Actor) -> QuerySet[Any]:
    """The plans an actor has to do with: those of its own office, and published ones of which it has a row."""
    own = WorkPlan.objects.visible_to(actor, "plan.view")
    given = Assignment.objects.visible_to(actor, "assignment.view").values("task__plan")
    return (
        WorkPlan.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=given, state=WorkPlan.State.PUBLISHED))
        .exclude(state=WorkPlan.State.DISCARDED)
        .select_related("unit")
        .order_by("-year", "-id")
    )


def current_plan(actor: Actor, day: date, pk: int | None = None) -> WorkPlan | None:
    """The plan a page is about: the one named, else the newest published one that is not of a later year, else the newest."""
    found = list(plans_seen(actor))
    if pk is not None:
        return next((plan for plan in found if plan.pk == pk), None)
    begun = [plan for plan in found if plan.state == WorkPlan.State.PUBLISHED and plan.year <= day.year]
    return next(iter(begun or found), None)


def plan_for(actor: Actor, pk: int, verb: str) -> WorkPlan | None:
    """A plan on which the actor holds a verb."""
    return WorkPlan.objects.visible_to(actor, verb).select_related("unit").filter(pk=pk).first()


def sections_of(plan: WorkPlan) -> QuerySet[Section]:
    return Section.objects.filter(plan=plan).order_by("position", "id")


def sections_seen(actor: Actor) -> list[tuple[int, str]]:
    """The sections of the plans an actor has to do with: choices of a filter."""
    found = Section.objects.filter(plan__in=plans_seen(actor).values("pk")).select_related("plan")
    return [
        (section.pk, f"{section.plan.year}年 {section}")
        for section in found.order_by("-plan__year", "plan", "position")
    ]


def points_of(plan: WorkPlan) -> QuerySet[Point]:
    return (
        Point.objects.filter(section__plan=plan)
        .select_related("section__plan__unit")
        .prefetch_related("items", "guesses")
        .order_by("section__position", "position", "id")
    )


def guesses_of(point: Point, item: Item | None = None) -> list[Guess]:
    """The accepted guesses that speak about a piece of the point: those of the item and those of no item."""
    found = point.guesses.all()
    return [
        guess
        for guess in found
        if guess.state == Guess.State.ACCEPTED and (guess.item_id is None or item is None or guess.item_id == item.pk)
    ]
