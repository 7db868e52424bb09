"""What the page of a published plan shows: the text in force with its amendments, and how far the tasks of each point are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dudao.core.access import Actor
from dudao.plans.models import Amendment, Item, Point, Section, Task, WorkPlan
from dudao.plans.queries.document import EffectivePoint, effective_points
from dudao.plans.queries.lights import Lights
from dudao.plans.queries.tasks import TaskFilter, attach_tallies, tasks


@dataclass(slots=True)
class PagePoint:
    """A point as it holds today, with its items and the tasks this actor sees."""

    row: EffectivePoint
    items: list[Item] = field(default_factory=list)
    tasks: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class PlanPage:
    sections: list[tuple[Section, list[PagePoint]]]
    amendments: list[tuple[int, list[Amendment]]]
    missing: int
    """How many items (or points without items) never had a task."""
    tasks: int
    issued: int

    @property
    def drafts(self) -> int:
        """Tasks that wait to be handed down."""
        return self.tasks - self.issued

    @property
    def amended(self) -> str:
        return f"{len(self.amendments)} 次"


def plan_page(actor: Actor, plan: WorkPlan, lights: Lights) -> PlanPage:
    """A fixed number of queries, however long the plan is."""
    points = list(
        Point.objects.filter(section__plan=plan)
        .select_related("section")
        .prefetch_related("items")
        .order_by("section__position", "position", "id")
    )
    rows = effective_points(plan, points)
    shown = {row.pk: PagePoint(row, list(row.point.items.all())) for row in rows}
    found = list(tasks(actor, TaskFilter(plan=plan.pk)).exclude(state=Task.State.WITHDRAWN).order_by("sort_no", "id"))
    attach_tallies(found, actor, lights)
    for task in found:
        task.how = f"{task.tally.done}/{task.tally.rows}"
        shown[task.point_id].tasks.append(task)
    sections: dict[int, tuple[Section, list[PagePoint]]] = {
        section.pk: (section, []) for section in Section.objects.filter(plan=plan)
    }
    for point in shown.values():
        sections[point.row.point.section_id][1].append(point)
    return PlanPage(
        list(sections.values()),
        _numbered(rows),
        _missing(plan, shown.values()),
        len(found),
        sum(task.state != Task.State.DRAFT for task in found),
    )


def _numbered(rows: Iterable[EffectivePoint]) -> list[tuple[int, list[Amendment]]]:
    """The amendments by their number, newest first."""
    by_number: dict[int, list[Amendment]] = {}
    for row in rows:
        for amendment in row.amendments:
            amendment.point = row.point
            by_number.setdefault(amendment.number, []).append(amendment)
    return sorted(by_number.items(), reverse=True)


def _missing(plan: WorkPlan, points: Iterable[PagePoint]) -> int:
    having = set(Task.objects.filter(plan=plan).values_list("point_id", "item_id"))
    count = 0
    for point in points:
        pk = point.row.pk
        if point.row.dropped or (pk, None) in having:
            continue
        count += sum((pk, item.pk) not in having for item in point.items) if point.items else 1
    return count
