"""The flow of a part of a self-evaluation: the department answers and hands in, its government's office merges or returns.

Only who is appointed at the evaluated government itself acts for it: that a city stands above a county doesn't make the division
of the county's work its business.
"""

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.evaluations.flow import is_own
from dudao.evaluations.models import Campaign, Part, Subject

P = Part.State


def _is_open(subject: Subject, verb: str) -> Denied | None:
    """Parts move while the self-evaluation is written."""
    if subject.campaign.state != Campaign.State.RUNNING:
        return Denied(f"项目{subject.campaign.get_state_display()}，不能{VERBS[verb].label}。", verb)
    if subject.state not in {Subject.State.OPEN, Subject.State.RETURNED}:
        return Denied(f"自评当前为“{subject.get_state_display()}”，不能{VERBS[verb].label}。", verb)
    return None


def by_spreader(subject: Subject, actor: Actor, verb: str) -> Denied | None:
    """Who divides a self-evaluation: the office of the evaluated government, and nobody above or beside it."""
    if not actor.everything and not is_own(actor, subject.unit.path):
        return Denied(f"由{subject.unit}的督导机构{VERBS[verb].label}。", verb)
    denied = actor.why_not(verb, subject.unit.path)
    return denied if denied is not None else _is_open(subject, verb)


def by_contributor(part: Part, actor: Actor, verb: str) -> Denied | None:
    """Who answers a part: somebody appointed at its unit."""
    if not actor.everything and not is_own(actor, part.unit.path):
        return Denied(f"由{part.unit}{VERBS[verb].label}。", verb)
    denied = actor.why_not(verb, part.unit.path)
    return denied if denied is not None else _is_open(part.subject, verb)


def _spreads(part: Part, actor: Actor, verb: str) -> Denied | None:
    return by_spreader(part.subject, actor, verb)


PART = Flow(
    Step("part.submit", {P.OPEN, P.RETURNED}, P.SUBMITTED, by=by_contributor, tells=("part.merge",)),
    Step("part.take_back", {P.SUBMITTED}, P.OPEN, by=by_contributor),
    Step(
        "part.return",
        {P.SUBMITTED, P.MERGED},
        P.RETURNED,
        by=_spreads,
        needs_reason=True,
        tells=("part.submit",),
    ),
    Step("part.merge", {P.SUBMITTED}, P.MERGED, by=_spreads),
    Step(
        "part.withdraw",
        {P.OPEN, P.RETURNED, P.SUBMITTED},
        P.WITHDRAWN,
        by=_spreads,
        needs_reason=True,
        danger=True,
        tells=("part.submit",),
    ),
)
