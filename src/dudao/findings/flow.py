"""The flow of a finding, with its guards: who may take which step when.

Guards are pure functions of a finding loaded with its units (``queries.with_units``). Nothing here writes.
"""

from collections.abc import Callable
from typing import Any

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.findings.models import Finding
from dudao.orgs.models import Kind

__all__ = ["FINDING", "OPEN", "WORKING", "by_office", "by_unit", "judges"]

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


def _skips_plan(finding: Any, actor: Actor) -> Denied | None:
    """A small problem is put right on the spot; all others want a plan first."""
    if finding.state == State.SIGNED and finding.severity != Finding.Severity.SMALL:
        return Denied("请先报送整改方案。", "finding.report")
    return by_unit(finding, actor, "finding.report")


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
        guard=_skips_plan,
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
