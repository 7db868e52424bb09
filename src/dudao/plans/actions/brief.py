"""A progress brief is made: noted, since it goes to leaders."""

from datetime import date

from dudao.core import audit
from dudao.core.access import Actor
from dudao.plans.models import WorkPlan


@audit.action
def note_brief(actor: Actor, *, plan: WorkPlan, day: date) -> WorkPlan:
    actor.require("brief.make", plan.unit.path)
    audit.record(actor, "brief.make", plan, day=day)
    return plan
