"""What may be done with a unit on a day: a closed one stays as it was."""

from typing import Any

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.orgs.models import Kind


def _stands(unit: Any, actor: Actor, verb: str) -> Denied | None:
    return Denied(f"机构已撤销，不能再{VERBS[verb].label}。", verb) if unit.is_closed else None


def _act(verb: str) -> Step:
    """Greyed for a closed unit."""
    return Step(verb, {"standing", "closed"}, guard=_stands)


def _rules_itself_only_on_top(unit: Any, actor: Actor, verb: str) -> Denied | None:
    """An office doesn't free itself from the second person: the office above it does; the one on top has nobody above."""
    denied = _stands(unit, actor, verb)
    if denied is not None or actor.everything or unit.kind == Kind.CITY:
        return denied
    if any(grant.path != unit.path and grant.covers(verb, unit.path) for grant in actor.grants):
        return None
    return Denied("本单位的复核人由上级督导机构规定。", verb)


UNIT = Flow(
    _act("unit.open"),
    _act("unit.edit"),
    _act("unit.licence"),
    _act("unit.rename"),
    _act("unit.move"),
    _act("unit.merge"),
    _act("unit.split"),
    _act("unit.close"),
    Step("unit.second_person", {"standing", "closed"}, guard=_rules_itself_only_on_top),
)
