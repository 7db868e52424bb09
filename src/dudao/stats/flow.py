"""The flows of a round, a return and a plan against large classes, with their guards. Nothing here writes or queries.

Guards need the unit of a return and its round at hand: load returns with ``queries.returns.with_units``.
"""

from dudao.core import audit
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.workflow import Flow, State, Step
from dudao.stats.models import EliminationPlan, Return, Round

DRAFT, SUBMITTED, RETURNED, ACCEPTED, LOCKED = (
    Return.State.DRAFT,
    Return.State.SUBMITTED,
    Return.State.RETURNED,
    Return.State.ACCEPTED,
    Return.State.LOCKED,
)
EDITABLE = frozenset({DRAFT, RETURNED})
"""States in which numbers may be changed."""


def why_not_fill(ret: Return, actor: Actor) -> Denied | None:
    """Why numbers can't be changed now: the right, the state, the round.

    The school fills in its own return; the office above it may do so for schools without a clerk (teaching points).
    """
    denied = actor.why_not("return.fill", ret.unit.path)
    if denied is not None:
        return denied
    if ret.state not in EDITABLE:
        return Denied(f"报表“{ret.get_state_display()}”，不能再改；确需更正请联系审核单位退回。", "return.fill")
    return _in_time(ret)


def _in_time(ret: Return) -> Denied | None:
    """A return that was sent back may be corrected after the end too."""
    if ret.round.state == Round.State.DRAFT:
        return Denied("本次报送还没有开始。")
    if ret.round.state == Round.State.CLOSED and ret.state != RETURNED:
        return Denied("本次报送已经结束；确需补报请联系布置单位重新开放。")
    return None


def complete(ret: Return, actor: Actor, verb: str) -> Denied | None:
    """Errors block, warnings must be explained."""
    late = _in_time(ret)
    if late is not None:
        return late
    if ret.filled < ret.expected:
        return Denied(f"还有 {ret.expected - ret.filled} 项没有填，请填完再提交；没有的填 0。")
    if ret.taken:
        return Denied(f"还有 {ret.taken} 项沿用的数没有核对，请逐项核对或点“沿用的数都核对无误”。")
    if ret.errors:
        return Denied(f"还有 {ret.errors} 处错误，请改正后再提交。")
    if ret.warnings:
        return Denied(f"还有 {ret.warnings} 处提醒没有说明情况，请逐条说明后再提交。")
    return None


def judges(ret: Return, actor: Actor, verb: str) -> Denied | None:
    """An office above the unit judges, and never the person who submitted."""
    if actor.everything:
        return None
    place = ret.unit.path
    if not any(grant.covers(verb, place) and grant.path != place for grant in actor.grants):
        return Denied(f"由上级单位{VERBS[verb].label}，本单位不能自己办理。", verb)
    if actor.id is not None and actor.id == ret.submitted_by_id:
        return Denied(f"这份报表是您本人提交的，请由其他人{VERBS[verb].label}。", verb)
    return None


RETURN = Flow(
    Step("return.submit", {DRAFT, RETURNED}, SUBMITTED, guard=complete, tells=("return.accept",)),
    Step("return.accept", {SUBMITTED}, ACCEPTED, by=judges),
    Step("return.send_back", {SUBMITTED, ACCEPTED}, RETURNED, by=judges, needs_reason=True, tells=("return.fill",)),
    Step("return.lock", {ACCEPTED}, LOCKED, by=judges),
    Step("return.reopen", {LOCKED}, RETURNED, needs_reason=True, tells=("return.fill",)),
    states={
        DRAFT: State("填报中", "grey", "pencil"),
        SUBMITTED: State("待审核", "amber", "clipboard-check"),
        RETURNED: State("已退回", "purple"),
        ACCEPTED: State("已通过", "green"),
        LOCKED: State("已锁定", "green", "lock"),
    },
    line=((DRAFT, "填报"), (SUBMITTED, "审核"), (ACCEPTED, "通过"), (LOCKED, "锁定")),
)


def planned(plan: EliminationPlan, actor: Actor, verb: str) -> Denied | None:
    """Handed in when every row says how much is left by when, by which measure, and who answers for it."""
    if not plan.lines:
        return Denied("计划里还没有学校，请先“重新取数”；没有大班额、大校额就不需要计划。")
    if plan.faults:
        return Denied(f"还有 {plan.faults} 处没有填或填得不对，请在“填写计划”里补全再提交。")
    return None


def _approves(plan: EliminationPlan, actor: Actor, verb: str) -> Denied | None:
    if actor.id is not None and actor.id == plan.submitted_by_id:
        return Denied("这份计划是您本人提交的，请由其他人批准。", "elimination.approve")
    return None


_Plan = EliminationPlan.State
ELIMINATION = Flow(
    Step("elimination.edit", {_Plan.DRAFT, _Plan.RETURNED}),
    Step("elimination.import", {_Plan.DRAFT, _Plan.RETURNED}),
    Step(
        "elimination.submit",
        {_Plan.DRAFT, _Plan.RETURNED},
        _Plan.SUBMITTED,
        guard=planned,
        tells=("elimination.approve",),
    ),
    Step("elimination.approve", {_Plan.SUBMITTED}, _Plan.APPROVED, guard=_approves, tells=("elimination.edit",)),
    Step(
        "elimination.send_back",
        {_Plan.SUBMITTED},
        _Plan.RETURNED,
        guard=_approves,
        needs_reason=True,
        tells=("elimination.edit",),
    ),
    Step("elimination.amend", {_Plan.APPROVED}),
    states={
        _Plan.DRAFT: State("编制中", "grey", "pencil"),
        _Plan.SUBMITTED: State("待批准", "amber", "clipboard-check"),
        _Plan.RETURNED: State("已退回", "purple"),
        _Plan.APPROVED: State("已批准", "green"),
        _Plan.REPLACED: State("已修订", "grey", "versions"),
    },
    line=((_Plan.DRAFT, "编制"), (_Plan.SUBMITTED, "批准"), (_Plan.APPROVED, "执行")),
)

_Round = Round.State
ROUND = Flow(
    Step("round.edit", {_Round.DRAFT}),
    Step("round.discard", {_Round.DRAFT}),
    Step("round.open", {_Round.DRAFT}, _Round.OPEN),
    Step("round.extend", {_Round.OPEN}),
    Step("round.close", {_Round.OPEN}, _Round.CLOSED),
    Step("round.reopen", {_Round.CLOSED}, _Round.OPEN, needs_reason=True),
    states={
        _Round.DRAFT: State("准备中", "grey"),
        _Round.OPEN: State("报送中", "blue"),
        _Round.CLOSED: State("已结束", "green", "archive"),
    },
)

audit.TELLS["return.ask"] = ("return.fill",)
audit.TELLS["return.remind"] = ("return.fill",)
audit.TELLS["return.extend"] = ("return.fill",)
"""A unit is told that it is asked by the opening of a round, that it is waited for, that it gets more time."""
