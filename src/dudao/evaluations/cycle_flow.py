"""The flow of a cycle plan, and of a change to one."""

from dudao.core.access import Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.evaluations.models.cycles import CycleChange, CyclePlan

P, C = CyclePlan.State, CycleChange.State


def _settled(plan: CyclePlan, actor: Actor, verb: str) -> Denied | None:
    if plan.pending:
        return Denied(f"还有 {plan.pending} 所学校的固定学期没有排入，请先测算或重排。", "cycle.approve")
    return None


CYCLE = Flow(
    Step("cycle.solve", {P.DRAFT, P.SOLVED}, P.SOLVED),
    Step(
        "cycle.approve",
        {P.SOLVED},
        P.APPROVED,
        guard=_settled,
        confirm="批准后按此规划执行，各县市区督导办可以看到本县的安排；以后的调整须写明事由。",
    ),
    Step("cycle.discard", {P.DRAFT, P.SOLVED, P.APPROVED}, P.DISCARDED, needs_reason=True, danger=True),
)

CHANGE = Flow(
    Step(
        "cycle.apply",
        {C.PROPOSED},
        C.APPLIED,
        confirm="采用后学校的学期按此调整，原安排留在调整记录里。",
    ),
    Step("cycle.drop", {C.PROPOSED}, C.DROPPED, danger=True, confirm="不采用，规划保持不变；以后可以再重排。"),
)
