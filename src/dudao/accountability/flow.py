"""The flow of a case and of a talk, with their guards: pure functions of a case loaded with its units.

Who is accused never acts for the office: not the person, not anybody appointed at the accused unit. Who asked for the decision
doesn't make it, and only the committee's head decides.
"""

from collections.abc import Callable
from typing import Any

from dudao.accountability.models import Case, Talk
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.orgs.models import Kind

State = Case.State
LIVE = frozenset(State) - {State.ARCHIVED, State.DROPPED}


def by_office(row: Any, actor: Actor, verb: str) -> Denied | None:
    """The office that leads the case (or the talk), or one above it; never somebody who is accused or works for the accused."""
    if actor.everything:
        return None
    if actor.id is not None and actor.id == getattr(row, "person_account_id", None):
        return Denied("您是本案的被问责对象，应当回避。", verb)
    if any(grant.path == row.unit.path for grant in actor.grants):
        return Denied(f"您在被问责（约谈）的{row.unit}任职，应当回避。", verb)
    for grant in actor.grants:
        if row.office.path.startswith(grant.path) and grant.covers(verb, row.office.path):
            return None
    return Denied(f"由{row.office}{VERBS[verb].label}。", verb)


def by_head(case: Any, actor: Actor, verb: str = "case.decide") -> Denied | None:
    """The head of the committee of this very office, and another person than who asked for the decision."""
    denied = by_office(case, actor, verb)
    if denied is not None or actor.everything:
        return denied
    if not any(grant.path == case.office.path and grant.covers(verb, case.office.path) for grant in actor.grants):
        return Denied(f"问责决定由{case.office}教育督导委员会主任或副主任审定。", verb)
    if actor.id == case.submitted_by_id:
        return Denied("本案由您报请审定，请由其他人审定。", verb)
    return None


def decides_appeal(case: Any, actor: Actor) -> Denied | None:
    """The office above the one that decided; where the platform knows none, the office enters what the one above decided."""
    verb = "case.decide_appeal"
    denied = by_office(case, actor, verb)
    if denied is not None or actor.everything or case.office.kind == Kind.CITY:
        return denied
    above = (grant for grant in actor.grants if grant.covers(verb, case.office.path) and grant.path != case.office.path)
    if any(case.office.path.startswith(grant.path) for grant in above):
        return None
    return Denied("申诉由上一级教育督导委员会办公室处理。", verb)


def by_party(case: Any, actor: Actor, verb: str) -> tuple[Denied | None, bool]:
    """(why one can't speak for the accused, whether one would enter what they sent on paper).

    A person with an account speaks for themselves; else the unit does. What came on paper is entered by the office.
    """
    if actor.everything:
        return None, False
    place = case.unit.path
    denied = actor.why_not(verb, place)
    if actor.read_only and denied is not None:
        return denied, False
    own = {place}
    if case.unit.kind in {Kind.OFFICE, Kind.TEACHING_POINT}:
        own.add(place.rstrip(".").rpartition(".")[0] + ".")
    mine = any(grant.path in own and grant.covers(verb, place) for grant in actor.grants)
    if mine:
        if case.person_account_id is not None and actor.id != case.person_account_id:
            return Denied(f"由被问责人本人{VERBS[verb].label}。", verb), False
        return denied, False
    if by_office(case, actor, verb) is None:
        return denied, True
    if denied is None:
        denied = Denied(f"只有被问责对象可以{VERBS[verb].label}。", verb)
    return denied, False


def _office(verb: str) -> Callable[[Any, Actor], Denied | None]:
    return lambda row, actor: by_office(row, actor, verb)


def _party(verb: str) -> Callable[[Any, Actor], Denied | None]:
    return lambda row, actor: by_party(row, actor, verb)[0]


CASE = Flow(
    Step("case.examine", {State.OPENED}, State.EXAMINING, guard=_office("case.examine")),
    Step("case.notify", {State.EXAMINING}, State.NOTIFIED, guard=_office("case.notify")),
    Step(
        "case.drop",
        {State.OPENED, State.EXAMINING, State.NOTIFIED, State.HEARD, State.CONSULTING},
        State.DROPPED,
        guard=_office("case.drop"),
        danger=True,
    ),
    Step("case.hear", {State.NOTIFIED}, State.HEARD, guard=_office("case.hear")),
    Step("case.consult", {State.HEARD, State.CONSULTING}, State.CONSULTING, guard=_office("case.consult")),
    Step("case.submit", {State.CONSULTING}, State.SUBMITTED, guard=_office("case.submit"), tells=("case.decide",)),
    Step(
        "case.send_back",
        {State.SUBMITTED},
        State.CONSULTING,
        guard=lambda row, actor: by_head(row, actor, "case.send_back"),
    ),
    Step("case.decide", {State.SUBMITTED}, State.DECIDED, guard=by_head, tells=("case.issue",)),
    Step("case.issue", {State.DECIDED}, State.ISSUED, guard=_office("case.issue")),
    # With the paper of the decision, which is withdrawn: decided again, from another day on.
    Step("case.recall", {State.ISSUED}, State.SUBMITTED, guard=_office("case.recall"), tells=("case.decide",)),
    Step("case.archive", {State.ISSUED, State.DROPPED}, State.ARCHIVED, guard=_office("case.archive")),
)

BY_PARTY = frozenset({"case.defend", "case.receive", "case.ask_review", "case.appeal"})
"""What the accused do; the office enters what came on paper."""

_FREE: dict[str, frozenset[str]] = {
    "case.edit": frozenset({State.OPENED, State.EXAMINING}),
    "case.defend": frozenset({State.NOTIFIED}),
    "case.receive": frozenset({State.ISSUED}),
    "case.execute": frozenset({State.ISSUED}),
    "case.publish": frozenset({State.ISSUED}),
    "case.ask_review": frozenset({State.ISSUED}),
    "case.decide_review": frozenset({State.ISSUED}),
    "case.appeal": frozenset({State.ISSUED}),
    "case.decide_appeal": frozenset({State.ISSUED}),
    "case.correct": frozenset({State.ISSUED}),
}
"""Acts that leave the state as it is, with the states in which they are possible."""


def why_not_free(case: Case, actor: Actor, verb: str) -> Denied | None:
    """Whether an act outside the flow is possible now: the right, the state, whose it is."""
    denied = actor.why_not(verb, case.unit.path)
    if denied is not None:
        return denied
    if case.state not in _FREE[verb]:
        return Denied(f"当前状态为“{case.get_state_display()}”，不能{VERBS[verb].label}。", verb)
    if verb in BY_PARTY:
        return by_party(case, actor, verb)[0]
    return decides_appeal(case, actor) if verb == "case.decide_appeal" else by_office(case, actor, verb)


def why_not(case: Case, actor: Actor, verb: str) -> Denied | None:
    """The same question for any verb of a case."""
    return why_not_free(case, actor, verb) if verb in _FREE else CASE.why_not(case, verb, actor)


def concerns(case: Case, actor: Actor, verb: str) -> bool:
    """Whether an act is this person's trade here; if not, pages leave it out rather than greying it."""
    if not actor.may_somewhere(verb):
        return False
    if verb in BY_PARTY:
        return by_party(case, actor, verb)[0] is None
    return (decides_appeal(case, actor) if verb == "case.decide_appeal" else by_office(case, actor, verb)) is None


def stands(case: Case, verb: str) -> bool:
    """Whether an act belongs to the present state at all."""
    return case.state in (_FREE[verb] if verb in _FREE else CASE.step(verb).sources)


_T = Talk.State
TALK = Flow(
    Step("talk.call", {_T.PLANNED}, _T.CALLED, guard=_office("talk.call"), tells=("talk.sign",)),
    Step("talk.record", {_T.CALLED}, _T.HELD, guard=_office("talk.record"), tells=("talk.sign",)),
    Step("talk.absent", {_T.CALLED}, _T.ABSENT, guard=_office("talk.absent"), tells=("case.open",)),
    Step("talk.follow", {_T.HELD}, _T.DONE, guard=_office("talk.follow")),
    Step("talk.cancel", {_T.PLANNED, _T.CALLED}, _T.CANCELLED, guard=_office("talk.cancel"), tells=("talk.sign",)),
)
