"""What may be done with a unit on a day: a closed one stays as it was."""

from typing import Any

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step


def _stands(unit: Any, actor: Actor, verb: str) -> Denied | None:
    return Denied(f"机构已撤销，不能再{VERBS[verb].label}。", verb) if unit.is_closed else None


def _act(verb: str) -> Step:
    """Greyed for a closed unit."""
    return Step(verb, {"standing", "closed"}, guard=_stands)


UNIT = Flow(
    _act("unit.open"),
    _act("unit.edit"),
    _act("unit.licence"),
    _act("unit.rename"),
    _act("unit.move"),
    _act("unit.merge"),
    _act("unit.split"),
    _act("unit.close"),
)
