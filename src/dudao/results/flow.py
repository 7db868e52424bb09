"""The flow of an objection."""

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, State, Step
from dudao.evaluations.flow import by_office, by_subject
from dudao.evaluations.models import Subject
from dudao.people.guards import is_own
from dudao.results.models import Objection

O = Objection.State  # noqa: E741


def by_unit(row: Subject | Objection, actor: Actor, verb: str) -> Denied | None:
    """The unit itself, or an office between it and the one that runs the campaign: who decides on objections makes and withdraws
    none.
    """
    subject = row if isinstance(row, Subject) else row.subject
    if actor.everything or is_own(actor, subject.unit.path):
        return None
    if any(grant.covers(verb, subject.campaign.office.path) for grant in actor.grants):
        return Denied(f"由被评单位{VERBS[verb].label}。", verb)
    return None


OBJECTION = Flow(
    Step("objection.withdraw", {O.ASKED}, O.WITHDRAWN, by=by_unit, guard=by_subject),
    Step("objection.uphold", {O.ASKED}, O.UPHELD, by=by_office),
    Step("objection.change", {O.ASKED}, O.CHANGED, by=by_office),
    states={
        O.ASKED: State("待处理", "amber", "clock"),
        O.UPHELD: State("维持原评", "blue", "check"),
        O.CHANGED: State("已调整", "green", "pencil"),
        O.WITHDRAWN: State("已撤回", "grey", "ban"),
    },
    related=("subject__campaign__office", "subject__campaign__version", "subject__unit"),
    counted=True,
)
