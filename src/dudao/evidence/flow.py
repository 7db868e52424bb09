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


def adds(actor: Actor, unit: Unit, row: Evidence | None) -> None:
    """Raise ``Denied`` unless a file may come into the library of a unit: as a new item, or as a version of ``row``."""
    denied = keeps(unit, actor, "evidence.add") if row is None else EVIDENCE.why_not(row, "evidence.add", actor)
    if denied is not None:
        raise denied


def _kept(row: Evidence, actor: Actor, verb: str) -> Denied | None:
    return keeps(row.unit, actor, verb)


def _in_use(row: Evidence, actor: Actor, verb: str) -> Denied | None:
    if row.state == State.ACTIVE:
        return None
    return Denied(f"“{row}”已撤下，不能{VERBS[verb].label}。需要时请先恢复。", verb)


EVIDENCE = Flow(
    Step("evidence.edit", State, by=_kept, guard=_in_use),
    Step("evidence.add", State, by=_kept, guard=_in_use),
    Step("evidence.withdraw", {State.ACTIVE}, State.WITHDRAWN, by=_kept, needs_reason=True),
    Step("evidence.restore", {State.WITHDRAWN}, State.ACTIVE, by=_kept),
)
