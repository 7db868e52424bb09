"""To whom tasks would go by what the plan's text says: the first choice on the pages that hand them down."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dudao.orgs.models import Kind, Unit
from dudao.plans.models import Guess, Task
from dudao.plans.queries.units import counties, members

COUNTY_ACTORS = frozenset({"county", "county_office", "county_bureau", "county_leaders"})
TOLD = frozenset({"acts", "guided", "object"})


@dataclass(frozen=True, slots=True)
class Suggested:
    """All counties when the text names them as those who act, are made to act or are looked at; the member units that lead or take
    part."""

    counties: Sequence[Unit]
    members: Sequence[Unit]
    lead: Unit | None

    @property
    def units(self) -> list[Unit]:
        return [*self.counties, *self.members]


def suggested(tasks: Sequence[Task], day: date) -> dict[int, Suggested]:
    """By task, for tasks of one plan: a fixed number of queries."""
    if not tasks:
        return {}
    plan = tasks[0].plan
    every, own = list(counties(plan, day)), list(members(plan, day))
    named: dict[int, list[Guess]] = defaultdict(list)
    points = {task.point_id for task in tasks}
    for guess in Guess.objects.filter(point__in=points, sort=Guess.Sort.ACTOR, state=Guess.State.ACCEPTED):
        named[guess.point_id].append(guess)
    partners: dict[int, set[int]] = defaultdict(set)
    for key, unit in Task.partners.through.objects.filter(task__in=tasks).values_list("task", "unit"):
        partners[key].add(unit)
    made = {}
    for task in tasks:
        said = [one for one in named[task.point_id] if task.item_id is None or one.item_id in {None, task.item_id}]
        told = any(one.data.get("code") in COUNTY_ACTORS and one.data.get("role") in TOLD for one in said)
        joined = {task.lead_id, *partners[task.pk]}
        takes_part = [unit for unit in own if unit.pk in joined and unit.kind == Kind.DEPARTMENT]
        lead = next((unit for unit in own if unit.pk == task.lead_id), None)
        made[task.pk] = Suggested(every if told else [], takes_part, lead)
    return made


def recipients_suggested(task: Task, day: date) -> dict[str, list[Any]]:
    """The same of one task, by the fields of its form."""
    one = suggested([task], day)[task.pk]
    return {"counties": list(one.counties), "members": list(one.members)}
