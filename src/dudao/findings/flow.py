"""The flow of a finding, with its guards: who may take which step when.

Guards are pure functions of a finding loaded with its units (``queries.with_units``). Nothing here writes.
"""

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.core.workflow import State as Shown
from dudao.findings.endings import ENDINGS
from dudao.findings.models import Finding
from dudao.orgs.rules import needs_another, speaks_for

State = Finding.State
WORKING = frozenset({State.RECTIFYING, State.PARTLY, State.KEPT_ON, State.RETURNED})
OPEN = frozenset({State.ISSUED, State.SIGNED, *WORKING, State.REPORTED, State.VERIFIED})
"""States in which something is still to be done."""
WORKED_ON = frozenset({State.SIGNED, *WORKING})
TO_DO = frozenset({State.ISSUED, *WORKED_ON})
"""What the responsible unit has before it."""


def by_unit(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    """Only the responsible unit itself answers for a finding, never an office above it."""
    if actor.everything or speaks_for(actor, finding.unit, verb):
        return None
    return Denied(f"只有责任单位（{finding.unit}）自己可以{VERBS[verb].label}。", verb)


def by_office(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    """Only the office that issued the finding, or one above it, decides about it; the responsible unit never does."""
    if actor.everything:
        return None
    place = finding.unit.path
    for grant in actor.grants:
        if finding.office.path.startswith(grant.path) and grant.path != place and grant.covers(verb, place):
            return None
    return Denied(f"这个问题由{finding.office}下达，由{finding.office}{VERBS[verb].label}。", verb)


def four_eyes(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    """Who reported doesn't verify, who verified doesn't cross off."""
    did = same_person(finding, actor, verb)
    return needs_another(finding.office, did, verb) if did else None


def same_person(finding: Finding, actor: Actor, verb: str) -> str:
    """What this person did of the steps before, in words; empty where it was somebody else."""
    if actor.everything or actor.id is None:
        return ""
    if actor.id == finding.reported_by_id:
        return "这个问题由您本人报告完成"
    if verb == "finding.close" and actor.id == finding.verified_by_id:
        return "这个问题由您本人核验"
    return ""


def _planned(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    """Where the route asks for a plan, the plan comes first."""
    if finding.state == State.SIGNED and ENDINGS[finding.severity].plan:
        return Denied("请先报送整改方案，再报告完成。", verb)
    return None


def _never_issued(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    if finding.issued_at is not None:
        return Denied("这个问题下达过又撤回，已有编号和记录，不能删除；不再整改的请“免予整改”。", verb)
    return None


def _paused(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    return Denied("计时没有暂停，不用恢复。", verb) if finding.paused_since is None else None


def _counting(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    if finding.paused_since is not None:
        return Denied(f"计时已经暂停，恢复后才能{VERBS[verb].label}。", verb)
    return None


def _not_paused(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    if finding.paused_since is not None:
        return Denied(f"计时暂停期间不能{VERBS[verb].label}。", verb)
    return None


FINDING = Flow(
    Step(
        "finding.issue",
        {State.DRAFT},
        State.ISSUED,
        by=by_office,
        tells=("finding.sign",),
    ),
    Step("finding.recall", {State.ISSUED}, State.DRAFT, by=by_office, needs_reason=True),
    Step("finding.sign", {State.ISSUED}, State.SIGNED, by=by_unit, tells=("finding.issue",)),
    Step("finding.plan", {State.SIGNED, *WORKING}, State.RECTIFYING, by=by_unit),
    Step("finding.progress", WORKING, State.RECTIFYING, by=by_unit),
    Step("finding.partly", WORKING, State.PARTLY, by=by_unit),
    Step("finding.keep_on", WORKING, State.KEPT_ON, by=by_unit),
    Step(
        "finding.report",
        {State.SIGNED, *WORKING},
        State.REPORTED,
        by=by_unit,
        guard=_planned,
        tells=("finding.verify",),
    ),
    Step("finding.take_back", {State.REPORTED}, State.RECTIFYING, by=by_unit),
    Step(
        "finding.verify",
        {State.REPORTED},
        State.VERIFIED,
        by=by_office,
        guard=four_eyes,
        tells=("finding.close",),
    ),
    Step(
        "finding.send_back",
        {State.REPORTED, State.VERIFIED},
        State.RETURNED,
        by=by_office,
        guard=four_eyes,
        needs_reason=True,
        tells=("finding.report",),
    ),
    Step(
        "finding.close",
        {State.VERIFIED},
        State.CLOSED,
        by=by_office,
        guard=four_eyes,
        tells=("finding.sign",),
    ),
    Step(
        "finding.reopen",
        {State.CLOSED},
        State.RETURNED,
        by=by_office,
        needs_reason=True,
        tells=("finding.report",),
    ),
    Step(
        "finding.waive",
        {State.DRAFT, *OPEN} - {State.VERIFIED},
        State.WAIVED,
        by=by_office,
        needs_reason=True,
    ),
    Step("finding.edit", {State.DRAFT}, by=by_office),
    Step("finding.discard", {State.DRAFT}, by=by_office, guard=_never_issued),
    Step("finding.ask_time", WORKED_ON, by=by_unit, guard=_counting, tells=("finding.give_time",)),
    Step("finding.give_time", OPEN, by=by_office, guard=_counting, tells=("finding.ask_time",)),
    Step("finding.pause", WORKED_ON, by=by_office, guard=_counting, tells=("finding.report",)),
    Step("finding.resume", WORKED_ON, by=by_office, guard=_paused, tells=("finding.report",)),
    Step("finding.remind", TO_DO, by=by_office, guard=_not_paused, tells=("finding.report",)),
    Step("finding.escalate", TO_DO, by=by_office, guard=_not_paused),
    Step("consult.ask", {State.DRAFT, *OPEN}, by=by_office, tells=("consult.answer",)),
    Step("finding.recur", frozenset(State), by=by_office),
    states={
        State.DRAFT: Shown("待下达", "grey", "edit"),
        State.ISSUED: Shown("待签收", "grey"),
        State.SIGNED: Shown("待报方案", "blue"),
        State.RECTIFYING: Shown("整改中", "blue"),
        State.PARTLY: Shown("部分完成", "blue", "circle-half-2"),
        State.KEPT_ON: Shown("长期坚持", "blue", "rotate"),
        State.RETURNED: Shown("退回整改", "purple"),
        State.REPORTED: Shown("待核验", "amber", "hourglass"),
        State.VERIFIED: Shown("待销号", "amber", "checkbox"),
        State.CLOSED: Shown("已销号", "green", "checks"),
        State.WAIVED: Shown("免予整改", "grey", "ban"),
    },
    # Each by what is to be done in that state, so that a step stands as done once it was taken. What lies between belongs to 整改.
    line=(
        (State.DRAFT, "下达"),
        (State.ISSUED, "签收"),
        (State.SIGNED, "开始整改"),
        (State.RECTIFYING, "整改"),
        (State.REPORTED, "核验"),
        (State.VERIFIED, "销号"),
        (State.CLOSED, "办结"),
    ),
    related=("unit__parent", "office"),
    counted=True,
)
