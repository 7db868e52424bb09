"""The flows of cycle plans and changes to them, of draws, of recusals and of proposals of teams."""

from dudao.core.access import Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.people.guards import by_office
from dudao.selection.models import CycleChange, CyclePlan, Draw, RecusalDeclaration, TeamProposal

P, C, D, R, T = CyclePlan.State, CycleChange.State, Draw.State, RecusalDeclaration.State, TeamProposal.State


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


DRAW = Flow(
    Step("draw.commit", {D.DRAFT}, D.COMMITTED, by=by_office),
    Step("draw.draw", {D.COMMITTED}, D.DRAWN, by=by_office, tells=("draw.publish",)),
    Step("draw.publish", {D.DRAWN}, D.PUBLISHED, by=by_office),
    Step(
        "draw.void",
        {D.DRAFT, D.COMMITTED, D.DRAWN, D.PUBLISHED},
        D.VOID,
        by=by_office,
        needs_reason=True,
        danger=True,
    ),
)


def _other(row: RecusalDeclaration, actor: Actor, verb: str) -> Denied | None:
    """Nobody decides on their own declaration."""
    return Denied("不能认定自己的申报。", verb) if actor.id == row.account_id else None


RECUSAL = Flow(
    Step("recusal.approve", {R.DECLARED}, R.APPROVED, by=_other),
    Step("recusal.reject", {R.DECLARED}, R.REJECTED, by=_other, needs_reason=True, danger=True),
    Step("recusal.end", {R.APPROVED}, R.ENDED, by=_other, needs_reason=True, danger=True),
)

TEAMS = Flow(
    Step(
        "team.apply",
        {T.READY},
        T.APPLIED,
        confirm="采用后按此安排实地评估，评估组成员会收到通知；缺人的不安排，请另行处理。",
    ),
    Step("team.drop", {T.READY, T.DRAFT}, T.DROPPED, danger=True, confirm="不采用，什么也不安排。"),
)
