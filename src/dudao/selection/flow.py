"""The flows of cycle plans and changes to them, of draws, of recusals and of proposals of teams."""

from dudao.core.access import Actor, Denied
from dudao.core.workflow import Flow, State, Step
from dudao.people.guards import by_office
from dudao.selection.models import CycleChange, CyclePlan, Draw, RecusalDeclaration, TeamProposal

P, C, D, R, T = CyclePlan.State, CycleChange.State, Draw.State, RecusalDeclaration.State, TeamProposal.State
LIVE = (P.DRAFT, P.SOLVED, P.APPROVED)


def _holds(plan: CyclePlan, actor: Actor, verb: str) -> Denied | None:
    """Counties see the plan of their city, and hold the same verbs for their own."""
    return actor.why_not(verb, plan.office.path)


def _settled(plan: CyclePlan, actor: Actor, verb: str) -> Denied | None:
    if plan.pending:
        return Denied(f"还有 {plan.pending} 所学校的固定学期没有排入，请先测算或重排。", "cycle.approve")
    return None


CYCLE = Flow(
    Step("cycle.edit", LIVE, by=_holds),
    Step("cycle.fix", LIVE, by=_holds),
    Step("cycle.compute", {P.DRAFT, P.SOLVED}, by=_holds),
    Step("cycle.solve", {P.DRAFT, P.SOLVED}, P.SOLVED),
    Step("cycle.replan", {P.SOLVED, P.APPROVED}, by=_holds),
    Step("cycle.approve", {P.SOLVED}, P.APPROVED, by=_holds, guard=_settled),
    Step("cycle.discard", LIVE, P.DISCARDED, by=_holds, needs_reason=True),
    states={
        P.DRAFT: State("待测算", "grey", "pencil"),
        P.SOLVED: State("待批准", "amber", "clipboard-check"),
        P.APPROVED: State("执行中", "blue"),
        P.DISCARDED: State("已作废", "grey", "ban"),
    },
    line=((P.DRAFT, "列出学校"), (P.SOLVED, "排定学期"), (P.APPROVED, "批准执行")),
    related=("office",),
    counted=True,
)

CHANGE = Flow(
    Step("cycle.apply", {C.PROPOSED}, C.APPLIED),
    Step("cycle.drop", {C.PROPOSED}, C.DROPPED),
    states={
        C.PROPOSED: State("待采用", "amber", "clock"),
        C.APPLIED: State("已采用", "green"),
        C.DROPPED: State("未采用", "grey", "x"),
    },
    related=("plan__office",),
)

DRAW = Flow(
    Step("draw.edit", {D.DRAFT}, by=by_office),
    Step("draw.commit", {D.DRAFT}, D.COMMITTED, by=by_office),
    Step("draw.draw", {D.COMMITTED}, D.DRAWN, by=by_office, tells=("draw.publish",)),
    Step("draw.override", {D.DRAWN, D.PUBLISHED}, by=by_office),
    Step("draw.publish", {D.DRAWN}, D.PUBLISHED, by=by_office),
    Step("draw.void", {D.DRAFT, D.COMMITTED, D.DRAWN, D.PUBLISHED}, D.VOID, by=by_office, needs_reason=True),
    states={
        D.DRAFT: State("准备中", "grey", "pencil"),
        D.COMMITTED: State("已承诺", "blue", "lock"),
        D.DRAWN: State("已抽取", "amber"),
        D.PUBLISHED: State("已公布", "green"),
        D.VOID: State("已作废", "grey", "ban"),
    },
    line=[(str(state), str(state.label)) for state in D if state != D.VOID],
    related=("office", "campaign"),
)


def _other(row: RecusalDeclaration, actor: Actor, verb: str) -> Denied | None:
    """Nobody decides on their own declaration."""
    return Denied("不能认定自己的申报。", verb) if actor.id == row.account_id else None


RECUSAL = Flow(
    Step("recusal.approve", {R.DECLARED}, R.APPROVED, guard=_other),
    Step("recusal.reject", {R.DECLARED}, R.REJECTED, guard=_other, needs_reason=True),
    Step("recusal.end", {R.APPROVED}, R.ENDED, guard=_other, needs_reason=True),
    states={
        R.DECLARED: State("待认定", "amber", "clock"),
        R.APPROVED: State("已认定", "green"),
        R.REJECTED: State("不予认定", "grey", "x"),
        R.ENDED: State("已解除", "grey", "ban"),
    },
    related=("account__home", "unit"),
)

TEAMS = Flow(
    Step("team.apply", {T.READY}, T.APPLIED),
    Step("team.drop", {T.READY, T.DRAFT}, T.DROPPED),
    states={
        T.DRAFT: State("组队中", "blue", "hourglass"),
        T.READY: State("待采用", "amber", "clipboard-check"),
        T.APPLIED: State("已采用", "green"),
        T.DROPPED: State("未采用", "grey", "x"),
    },
    related=("office",),
)
