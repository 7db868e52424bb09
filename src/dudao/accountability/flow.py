"""The flow of a case and of a talk, with their guards: pure functions of a case loaded with its units.

Who is accused never acts for the office: not the person, not anybody appointed at the accused unit. Who asked for the decision
doesn't make it, and only the committee's head decides.
"""

from typing import Any

from dudao.accountability.models import Case, Talk
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.core.workflow import State as Shown
from dudao.orgs.models import Kind
from dudao.orgs.rules import speaks_for

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


def by_head(case: Any, actor: Actor, verb: str) -> Denied | None:
    """The head of the committee of this very office, and another person than who asked for the decision."""
    if actor.everything:
        return None
    if not any(grant.path == case.office.path and grant.covers(verb, case.office.path) for grant in actor.grants):
        return Denied(f"问责决定由{case.office}教育督导委员会主任或副主任审定。", verb)
    if actor.id == case.submitted_by_id:
        return Denied("本案由您报请审定，请由其他人审定。", verb)
    return None


def decides_appeal(case: Any, actor: Actor, verb: str) -> Denied | None:
    """The office above the one that decided; where the platform knows none, the office enters what the one above decided."""
    denied = by_office(case, actor, verb)
    if denied is not None or actor.everything or case.office.kind == Kind.CITY:
        return denied
    above = (grant for grant in actor.grants if grant.covers(verb, case.office.path) and grant.path != case.office.path)
    if any(case.office.path.startswith(grant.path) for grant in above):
        return None
    return Denied("申诉由上一级教育督导委员会办公室处理。", verb)


def by_party(case: Any, actor: Actor, verb: str) -> Denied | None:
    """Who speaks for the accused, or enters what they sent on paper."""
    return party(case, actor, verb)[0]


def party(case: Any, actor: Actor, verb: str) -> tuple[Denied | None, bool]:
    """(why one can't speak for the accused, whether one would enter what they sent on paper).

    A person with an account speaks for themselves; else the unit does. What came on paper is entered by the office.
    """
    if actor.everything:
        return None, False
    denied = actor.why_not(verb, case.unit.path)
    if actor.read_only and denied is not None:
        return denied, False
    if speaks_for(actor, case.unit, verb):
        if case.person_account_id is not None and actor.id != case.person_account_id:
            return Denied(f"由被问责人本人{VERBS[verb].label}。", verb), False
        return denied, False
    if by_office(case, actor, verb) is None:
        return denied, True
    if denied is None:
        denied = Denied(f"只有被问责对象可以{VERBS[verb].label}。", verb)
    return denied, False


def _signs(talk: Any, actor: Actor, verb: str) -> Denied | None:
    """The called unit itself; it has no person of its own in a talk."""
    denied, recorded = party(_AsCase(talk), actor, verb)
    return Denied(f"由{talk.unit}签收。", verb) if denied is None and recorded else denied


class _AsCase:
    """A talk looked at as a case without a person: the same people speak for the unit."""

    person_account_id = None

    def __init__(self, row: Talk) -> None:
        self.unit, self.office = row.unit, row.office


CASE = Flow(
    Step("case.edit", {State.OPENED, State.EXAMINING}, by=by_office),
    Step("case.examine", {State.OPENED}, State.EXAMINING, by=by_office),
    Step("case.notify", {State.EXAMINING}, State.NOTIFIED, by=by_office),
    Step("case.defend", {State.NOTIFIED}, by=by_party, tells=("case.hear",)),
    Step("case.hear", {State.NOTIFIED}, State.HEARD, by=by_office),
    Step("case.consult", {State.HEARD, State.CONSULTING}, State.CONSULTING, by=by_office),
    Step("case.submit", {State.CONSULTING}, State.SUBMITTED, by=by_office, tells=("case.decide",)),
    Step("case.send_back", {State.SUBMITTED}, State.CONSULTING, by=by_office, guard=by_head),
    Step("case.decide", {State.SUBMITTED}, State.DECIDED, by=by_office, guard=by_head, tells=("case.issue",)),
    Step("case.issue", {State.DECIDED}, State.ISSUED, by=by_office),
    # With the paper of the decision, which is withdrawn: decided again, from another day on.
    Step("case.recall", {State.ISSUED}, State.SUBMITTED, by=by_office, tells=("case.decide",)),
    Step("case.receive", {State.ISSUED}, by=by_party),
    Step("case.execute", {State.ISSUED}, by=by_office),
    Step("case.publish", {State.ISSUED}, by=by_office),
    Step("case.ask_review", {State.ISSUED}, by=by_party, tells=("case.decide_review",)),
    Step("case.decide_review", {State.ISSUED}, by=by_office),
    Step("case.appeal", {State.ISSUED}, by=by_party, tells=("case.decide_appeal",)),
    Step("case.decide_appeal", {State.ISSUED}, by=decides_appeal, tells=("case.correct",)),
    Step("case.correct", {State.ISSUED}, by=by_office),
    Step("case.drop", LIVE - {State.SUBMITTED, State.DECIDED, State.ISSUED}, State.DROPPED, by=by_office),
    Step("case.archive", {State.ISSUED, State.DROPPED}, State.ARCHIVED, by=by_office),
    states={
        State.OPENED: Shown("待调查", "grey"),
        State.EXAMINING: Shown("调查认定", "blue", "search"),
        State.NOTIFIED: Shown("待陈述申辩", "amber", "hourglass"),
        State.HEARD: Shown("申辩已听取", "blue", "message"),
        State.CONSULTING: Shown("征求意见", "blue", "messages"),
        State.SUBMITTED: Shown("待审定", "amber", "hourglass"),
        State.DECIDED: Shown("待印发", "amber", "file-text"),
        State.ISSUED: Shown("执行中", "blue", "scale"),
        State.DROPPED: Shown("不予问责", "grey", "ban"),
        State.ARCHIVED: Shown("已归档", "green", "archive"),
    },
    line=(
        (State.OPENED, "线索"),
        (State.EXAMINING, "调查认定"),
        (State.NOTIFIED, "告知申辩"),
        (State.HEARD, "听取申辩"),
        (State.CONSULTING, "征求意见"),
        (State.SUBMITTED, "审定"),
        (State.DECIDED, "印发"),
        (State.ISSUED, "执行救济"),
        (State.ARCHIVED, "归档"),
    ),
    related=("unit__parent", "office"),
    counted=True,
)

_T = Talk.State
TALK = Flow(
    Step("talk.call", {_T.PLANNED}, _T.CALLED, by=by_office, tells=("talk.sign",)),
    Step("talk.sign", {_T.CALLED}, by=_signs),
    Step("talk.record", {_T.CALLED}, _T.HELD, by=by_office, tells=("talk.sign",)),
    Step("talk.absent", {_T.CALLED}, _T.ABSENT, by=by_office, tells=("case.open",)),
    Step("talk.follow", {_T.HELD}, _T.DONE, by=by_office),
    Step("talk.cancel", {_T.PLANNED, _T.CALLED}, _T.CANCELLED, by=by_office, tells=("talk.sign",)),
    states={
        _T.PLANNED: Shown("待通知", "grey", "edit"),
        _T.CALLED: Shown("已通知", "blue", "send"),
        _T.HELD: Shown("落实中", "amber", "progress"),
        _T.DONE: Shown("已落实", "green"),
        _T.ABSENT: Shown("拒不到场", "red", "user-x"),
        _T.CANCELLED: Shown("已取消", "grey", "ban"),
    },
    line=((_T.PLANNED, "登记"), (_T.CALLED, "通知"), (_T.HELD, "约谈并落实"), (_T.DONE, "完成")),
    related=("unit__parent", "office"),
    counted=True,
)
