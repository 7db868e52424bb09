"""Counties × tasks, and the progress by section: the office's view of the whole plan in few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dudao.core.access import Actor
from dudao.core.ui.formats import TONE_ICONS
from dudao.orgs.models import Kind, Unit
from dudao.plans.models import Section, Task, WorkPlan
from dudao.plans.queries.assignments import RowFilter, assignment_rows
from dudao.plans.queries.counts import FINISHED, Tally, tally
from dudao.plans.queries.lights import Lights, Shown
from dudao.plans.queries.tasks import TaskFilter, sections_of, tasks
from dudao.plans.queries.units import counties


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit's row of one task: which, how far, under which light."""

    row_id: int
    progress: int
    shown: Shown

    @property
    def icon(self) -> str:
        return self.shown.state.icon or TONE_ICONS[self.shown.state.tone]


@dataclass(frozen=True, slots=True)
class MatrixLine:
    task: Task
    cells: Sequence[Cell | None]
    progress: int | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Lines are tasks, columns units. ``columns`` holds the tally of each unit, in the order of ``units``."""

    units: Sequence[Unit]
    lines: Sequence[MatrixLine]
    columns: Sequence[Tally]
    lights: dict[str, int]


_COLUMNS = (
    "pk", "task_id", "unit_id", "state", "progress", "finished_on", "quality", "light_rule", "light", "days_left", "behind",
)  # fmt: skip


def matrix(actor: Actor, lights: Lights, plan: WorkPlan, section: int | None = None, light: str = "") -> Matrix:
    """The matrix of a plan, or of one of its sections; with a light only cells of that light. Three queries."""
    units = [
        unit
        for unit in counties(plan, lights.today).order_by("sort_no", "sort_key", "id")
        if any(unit.path.startswith(path) or path.startswith(unit.path) for path in seen_paths(actor, plan))
    ]
    chosen = RowFilter(plan=plan.pk, section=section, light=light, counted=True)
    rows = assignment_rows(actor, lights, chosen).filter(unit__kind__in=[Kind.COUNTY, Kind.ZONE])
    cells: dict[tuple[int, int], Cell] = {}
    sums: dict[int, list[Any]] = {}
    counts: dict[str, int] = {}
    for row in rows.order_by().values_list(*_COLUMNS, named=True):
        cells[row.task_id, row.unit_id] = Cell(row.pk, row.progress, lights.of(row))
        entry = sums.setdefault(row.unit_id, [0, 0, 0, 0, {}])
        entry[0] += 1
        entry[1] += row.state in FINISHED
        entry[2] += row.days_left < 0 and row.finished_on is None
        entry[3] += row.progress
        entry[4][row.light] = entry[4].get(row.light, 0) + 1
        counts[row.light] = counts.get(row.light, 0) + 1
    with_rows = {task_id for task_id, _ in cells}
    lines = []
    for task in tasks(actor, TaskFilter(plan=plan.pk, section=section)).order_by("sort_no", "id"):
        if task.pk not in with_rows:
            continue
        line = [cells.get((task.pk, unit.pk)) for unit in units]
        known = [cell.progress for cell in line if cell is not None]
        lines.append(MatrixLine(task, line, round(sum(known) / len(known)) if known else None))
    columns = []
    for unit in units:
        n, done, late, total, by_light = sums.get(unit.pk, (0, 0, 0, 0, {}))
        columns.append(Tally(n, done, late, Decimal(total) / n if n else None, by_light))
    return Matrix(units, lines, columns, counts)


def seen_paths(actor: Actor, plan: WorkPlan) -> tuple[str, ...]:
    """Below which nodes the actor sees rows: a county sees its own column only."""
    return (plan.unit.path,) if actor.everything else actor.paths("assignment.view")


@dataclass(frozen=True, slots=True)
class SectionProgress:
    section: Section
    tasks: int
    drafts: int
    tally: Tally


def section_progress(actor: Actor, lights: Lights, plan: WorkPlan) -> list[SectionProgress]:
    """Each section of the plan with its tasks and how their rows stand: three queries."""
    by_section = tally(assignment_rows(actor, lights, RowFilter(plan=plan.pk, counted=True)), "task__point__section")
    numbers: dict[int, list[int]] = {}
    for section_id, state in tasks(actor, TaskFilter(plan=plan.pk)).values_list("point__section", "state"):
        entry = numbers.setdefault(section_id, [0, 0])
        entry[0] += state != Task.State.WITHDRAWN
        entry[1] += state == Task.State.DRAFT
    return [
        SectionProgress(section, issued, drafts, by_section.get(section.pk, Tally()))
        for section in sections_of(plan)
        for issued, drafts in [numbers.get(section.pk, [0, 0])]
    ]


def upcoming(actor: Actor, lights: Lights, plan: WorkPlan | None, until: date, most: int = 8) -> list[Any]:
    """Open rows by deadline up to a day, the most pressing first."""
    chosen = RowFilter(
        plan=plan.pk if plan else None, states=("issued", "working", "returned"), deadline_to=until, counted=True
    )
    return list(assignment_rows(actor, lights, chosen).order_by("deadline", "id")[:most])
