"""From a published plan to draft tasks: one for every item, or for a point without items, filled from what was accepted."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.orgs.models import Kind, Unit
from dudao.plans.actions.tasks import create_tasks
from dudao.plans.models import Guess, Task, WorkPlan
from dudao.plans.queries.document import effective_points
from dudao.plans.queries.tasks import guesses_of, points_of
from dudao.plans.queries.units import members


@audit.action
def draft_tasks(actor: Actor, *, plan: WorkPlan, deadline: date | None = None) -> list[Task]:
    """Make the draft tasks that are still missing; ``Denied`` when there are none, so that nothing is made twice.

    Kind, target and time come from accepted guesses, lead and partners from the actors accepted: the office itself unless a
    member unit of the committee is told to act. ``deadline`` is what holds where the text names no time. A point that an
    amendment dropped gets no task, one that it changed gets one task with the words of today.
    """
    plan = WorkPlan.objects.select_related("unit").get(pk=plan.pk)
    if plan.state != WorkPlan.State.PUBLISHED:
        raise Denied("计划发布以后才能生成任务。", "task.create")
    now = {row.pk: row for row in effective_points(plan)}
    made = create_tasks(actor, plan=plan, without=[pk for pk, row in now.items() if row.dropped])
    for task in made:
        if task.deadline is None and deadline is not None and not (task.starts and task.starts > deadline):
            task.deadline = deadline
        row = now[task.point_id]
        if row.amended and task.item_id is None:
            task.title, task.text = (row.title or task.title)[:200], row.text
    _give_owners(plan, made)
    Task.objects.bulk_update(made, ["title", "text", "lead", "deadline"])
    return made


def _give_owners(plan: WorkPlan, tasks: Iterable[Task]) -> None:
    """Lead and partners, as far as the units that the text names exist below the office."""
    units = list(members(plan, timezone.localdate()))
    office = next((unit for unit in units if unit.kind == Kind.OFFICE), plan.unit)
    points = {point.pk: point for point in points_of(plan)}
    partners: list[tuple[Task, Unit]] = []
    for task in tasks:
        point = points[task.point_id]
        item = next((row for row in point.items.all() if row.pk == task.item_id), None)
        actors = [guess for guess in guesses_of(point, item) if guess.sort == Guess.Sort.ACTOR]
        named = [(guess.data.get("role"), unit) for guess in actors if (unit := _unit(guess, units)) is not None]
        task.lead = next((unit for role, unit in named if role == "acts"), office)
        partners += [
            (task, unit) for role, unit in dict.fromkeys(named) if unit != task.lead and role in {"acts", "partner"}
        ]
    through = Task.partners.through
    through.objects.bulk_create(
        (through(task_id=task.pk, unit_id=unit.pk) for task, unit in partners), ignore_conflicts=True
    )


def _unit(guess: Guess, units: list[Unit]) -> Unit | None:
    """The member unit that an actor's words mean: its own words, a name of which they are a part («教体局»), or the only name
    they shorten («人社局»). None when no name or more than one fits; the words stay with the point."""
    words = {str(spot["words"]).replace(" ", "") for spot in guess.data.get("spots", ())} | {str(guess.data["name"])}
    bare = {word.removeprefix("市委" if word.startswith("市委") else "市") for word in words if len(word) > 2}
    departments = [unit for unit in units if unit.kind == Kind.DEPARTMENT]
    for unit in departments:
        if {unit.name, unit.short_name} & words:
            return unit
    for unit in departments:
        if any((len(word) > 2 and word in unit.name) or word == unit.short_name for word in bare):
            return unit
    if guess.data.get("code") not in {"unit", "city_bureau"}:
        return None
    short = [unit for unit in departments if any(_shortens(word, unit.name) for word in bare)]
    return short[0] if len(short) == 1 else None


def _shortens(word: str, name: str) -> bool:
    """The characters of a short name stand in the long one in this order: «卫健委», «卫生健康委员会»."""
    rest = iter(name)
    return len(word) > 1 and all(letter in rest for letter in word)
