"""The flow of an item, and whose library it is: pure functions of an item loaded with its unit.

A unit keeps its own library. Who stands above it sees and exports, and changes nothing: evidence is what the unit says.
"""

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.evidence.models import Evidence
from dudao.orgs.models import Unit
from dudao.orgs.rules import speaks_for

State = Evidence.State


def keeps(unit: Unit, actor: Actor, verb: str) -> Denied | None:
    """Whether somebody may do a writing verb in the library of a unit: its own people, and those of the unit a part hangs on."""
    denied = actor.why_not(verb, unit.path)
    if denied is not None or actor.everything or speaks_for(actor, unit, verb):
        return denied
    return Denied(f"“{unit}”的资料库由该单位自己维护，您可以查看和导出。", verb)


def why_not(row: Evidence, actor: Actor, verb: str) -> Denied | None:
    """Whether an act outside the flow is possible now: the right, whose library it is, the state."""
    denied = keeps(row.unit, actor, verb)
    if denied is None and row.state != State.ACTIVE:
        return Denied(f"“{row}”已撤下，不能{VERBS[verb].label}。需要时请先恢复。", verb)
    return denied


def _kept(row: Evidence, actor: Actor, verb: str) -> Denied | None:
    return keeps(row.unit, actor, verb)


EVIDENCE = Flow(
    Step(
        "evidence.withdraw",
        {State.ACTIVE},
        State.WITHDRAWN,
        by=_kept,
        needs_reason=True,
        danger=True,
        confirm="撤下后不能再引用，各版本和记录都保留，可以恢复。正在引用的材料不能撤下。",
    ),
    Step("evidence.restore", {State.WITHDRAWN}, State.ACTIVE, by=_kept),
)
