"""The flow of a finding, with its guards: who may take which step when.

Guards are pure functions of a finding loaded with its units (``queries.with_units``). Nothing here writes.
"""

from collections.abc import Callable
from typing import Any

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.findings.endings import ENDINGS
from dudao.findings.models import Finding
from dudao.orgs.models import Kind

State = Finding.State
WORKING = frozenset({State.RECTIFYING, State.PARTLY, State.KEPT_ON, State.RETURNED})
OPEN = frozenset({State.ISSUED, State.SIGNED, *WORKING, State.REPORTED, State.VERIFIED})
"""States in which something is still to be done."""


def by_unit(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    """Only the responsible unit itself answers for a finding, never an office above it.

    An office without people of its own and a teaching point are spoken for by the unit they belong to.
    """
    if actor.everything:
        return None
    place = finding.unit.path
    own = {place}
    if finding.unit.kind in {Kind.OFFICE, Kind.TEACHING_POINT}:
        own.add(place.rstrip(".").rpartition(".")[0] + ".")
    if any(grant.path in own and grant.covers(verb, place) for grant in actor.grants):
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


def judges(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    """Four eyes: who reported doesn't verify, who verified doesn't cross off."""
    denied = by_office(finding, actor, verb)
    if denied is not None or actor.id is None:
        return denied
    if actor.id == finding.reported_by_id:
        return Denied(f"这个问题由您本人报告完成，请由其他人{VERBS[verb].label}。", verb)
    if verb == "finding.close" and actor.id == finding.verified_by_id:
        return Denied("这个问题由您本人核验，请由其他人确认销号。", verb)
    return None


def _by(rule: Callable[[Finding, Actor, str], Denied | None], verb: str) -> Callable[[Any, Actor], Denied | None]:
    return lambda finding, actor: rule(finding, actor, verb)


def _reports(finding: Any, actor: Actor) -> Denied | None:
    """Where the route asks for a plan, the plan comes first."""
    denied = by_unit(finding, actor, "finding.report")
    if denied is None and finding.state == State.SIGNED and ENDINGS[finding.severity].plan:
        return Denied("请先报送整改方案，再报告完成。", "finding.report")
    return denied


FINDING = Flow(
    Step(
        "finding.issue",
        {State.DRAFT},
        State.ISSUED,
        guard=_by(by_office, "finding.issue"),
        tells=("finding.sign",),
        confirm="下达后责任单位会收到通知，问题描述和整改要求不能再改。",
    ),
    Step("finding.recall", {State.ISSUED}, State.DRAFT, guard=_by(by_office, "finding.recall"), needs_reason=True),
    Step("finding.sign", {State.ISSUED}, State.SIGNED, guard=_by(by_unit, "finding.sign"), tells=("finding.issue",)),
    Step("finding.plan", {State.SIGNED, *WORKING}, State.RECTIFYING, guard=_by(by_unit, "finding.plan")),
    Step("finding.progress", WORKING, State.RECTIFYING, guard=_by(by_unit, "finding.progress")),
    Step("finding.partly", WORKING, State.PARTLY, guard=_by(by_unit, "finding.partly")),
    Step("finding.keep_on", WORKING, State.KEPT_ON, guard=_by(by_unit, "finding.keep_on")),
    Step(
        "finding.report",
        {State.SIGNED, *WORKING},
        State.REPORTED,
        guard=_reports,
        tells=("finding.verify",),
        confirm="报告后由下达单位核验，核验前可以收回。",
    ),
    Step("finding.take_back", {State.REPORTED}, State.RECTIFYING, guard=_by(by_unit, "finding.take_back")),
    Step(
        "finding.verify",
        {State.REPORTED},
        State.VERIFIED,
        guard=_by(judges, "finding.verify"),
        tells=("finding.close",),
    ),
    Step(
        "finding.send_back",
        {State.REPORTED, State.VERIFIED},
        State.RETURNED,
        guard=_by(judges, "finding.send_back"),
        needs_reason=True,
        tells=("finding.report",),
    ),
    Step(
        "finding.close",
        {State.VERIFIED},
        State.CLOSED,
        guard=_by(judges, "finding.close"),
        confirm="销号后计入已整改。",
    ),
    Step(
        "finding.reopen",
        {State.CLOSED},
        State.RETURNED,
        guard=_by(by_office, "finding.reopen"),
        needs_reason=True,
        tells=("finding.report",),
    ),
    Step(
        "finding.waive",
        {State.DRAFT, *OPEN} - {State.VERIFIED},
        State.WAIVED,
        guard=_by(by_office, "finding.waive"),
        needs_reason=True,
        danger=True,
        confirm="免予整改的问题不再跟踪，理由会写进台账。",
    ),
)


BY_UNIT = frozenset(
    {
        "finding.sign",
        "finding.plan",
        "finding.progress",
        "finding.partly",
        "finding.keep_on",
        "finding.report",
        "finding.take_back",
        "finding.ask_time",
    }
)
"""What the responsible unit does; everything else is the office's."""

_TO_DO = frozenset({State.ISSUED, State.SIGNED, *WORKING})
_FREE: dict[str, frozenset[str]] = {
    "finding.edit": frozenset({State.DRAFT}),
    "finding.discard": frozenset({State.DRAFT}),
    "finding.ask_time": frozenset({State.SIGNED, *WORKING}),
    "finding.give_time": OPEN,
    "finding.pause": frozenset({State.SIGNED, *WORKING}),
    "finding.resume": frozenset({State.SIGNED, *WORKING}),
    "finding.remind": _TO_DO,
    "finding.escalate": _TO_DO,
    "consult.ask": frozenset({State.DRAFT, *OPEN}),
}
"""Acts that leave the state as it is, with the states in which they are possible."""


def concerns(finding: Finding, actor: Actor, verb: str) -> bool:
    """Whether an act is the trade of this person on this finding; if not, pages leave it out rather than greying it."""
    rule = by_unit if verb in BY_UNIT else by_office
    return actor.may_somewhere(verb) and rule(finding, actor, verb) is None


def why_not_free(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    """Whether an act outside the flow is possible now: the right, the state, whose it is, and whether the clock stands still."""
    denied = actor.why_not(verb, finding.unit.path)
    if denied is not None:
        return denied
    if finding.state not in _FREE[verb]:
        return Denied(f"当前状态为“{finding.get_state_display()}”，不能{VERBS[verb].label}。", verb)
    rule = by_unit if verb in BY_UNIT else by_office
    denied = rule(finding, actor, verb)
    if denied is not None:
        return denied
    if verb == "finding.discard" and finding.issued_at is not None:
        return Denied("这个问题下达过又撤回，已有编号和记录，不能删除；不再整改的请“免予整改”。", verb)
    if verb == "finding.resume":
        return Denied("计时没有暂停，不用恢复。", verb) if finding.paused_since is None else None
    if finding.paused_since is not None and verb in {"finding.pause", "finding.ask_time", "finding.give_time"}:
        return Denied(f"计时已经暂停，恢复后才能{VERBS[verb].label}。", verb)
    if finding.paused_since is not None and verb in {"finding.remind", "finding.escalate"}:
        return Denied(f"计时暂停期间不能{VERBS[verb].label}。", verb)
    return None


def why_not(finding: Finding, actor: Actor, verb: str) -> Denied | None:
    """The same question for any verb of a finding."""
    if verb in _FREE:
        return why_not_free(finding, actor, verb)
    return FINDING.why_not(finding, verb, actor)
