"""To whom a task would go by what the plan's text says: the first choice on the page that hands it down."""

from datetime import date
from typing import Any

from dudao.orgs.models import Kind
from dudao.plans.models import Guess, Task
from dudao.plans.queries.units import counties, members

COUNTY_ACTORS = frozenset({"county", "county_office", "county_bureau", "county_leaders"})
TOLD = frozenset({"acts", "guided", "object"})


def recipients_suggested(task: Task, day: date) -> dict[str, list[Any]]:
    """All counties when the point (or this item of it) names them as those who act, are made to act or are looked at; and the
    member units that lead or take part. Keys are the fields of the form."""
    accepted = Guess.objects.filter(point=task.point_id, sort=Guess.Sort.ACTOR, state=Guess.State.ACCEPTED)
    named = [guess for guess in accepted if task.item_id is None or guess.item_id in {None, task.item_id}]
    told = any(guess.data.get("code") in COUNTY_ACTORS and guess.data.get("role") in TOLD for guess in named)
    takes_part = {task.lead_id, *task.partners.values_list("pk", flat=True)}
    return {
        "counties": list(counties(task.plan, day)) if told else [],
        "members": [unit for unit in members(task.plan, day) if unit.pk in takes_part and unit.kind == Kind.DEPARTMENT],
    }
