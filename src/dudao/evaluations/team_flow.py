"""The flows of a recusal and of a proposal of teams."""

from dudao.core.access import Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.evaluations.models.recusals import RecusalDeclaration
from dudao.evaluations.models.teams import TeamProposal

R, T = RecusalDeclaration.State, TeamProposal.State


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
