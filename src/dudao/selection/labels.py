"""How the states of cycle plans, draws, recusals and teams are shown: word, tone, icon; the step lines."""

from typing import Final

from dudao.core.ui.parts import State
from dudao.selection.models import CycleChange, CyclePlan, Draw, RecusalDeclaration, TeamProposal

CYCLE_STATES: Final[dict[str, State]] = {
    CyclePlan.State.DRAFT: State("待测算", "grey", "pencil"),
    CyclePlan.State.SOLVED: State("待批准", "amber", "clipboard-check"),
    CyclePlan.State.APPROVED: State("执行中", "blue"),
    CyclePlan.State.DISCARDED: State("已作废", "grey", "ban"),
}
CYCLE_LINE: Final = (("draft", "列出学校"), ("solved", "排定学期"), ("approved", "批准执行"))
CHANGE_STATES: Final[dict[str, State]] = {
    CycleChange.State.PROPOSED: State("待采用", "amber", "clock"),
    CycleChange.State.APPLIED: State("已采用", "green"),
    CycleChange.State.DROPPED: State("未采用", "grey", "x"),
}
RECUSAL_STATES: Final[dict[str, State]] = {
    RecusalDeclaration.State.DECLARED: State("待认定", "amber", "clock"),
    RecusalDeclaration.State.APPROVED: State("已认定", "green"),
    RecusalDeclaration.State.REJECTED: State("不予认定", "grey", "x"),
    RecusalDeclaration.State.ENDED: State("已解除", "grey", "ban"),
}
TEAM_STATES: Final[dict[str, State]] = {
    TeamProposal.State.DRAFT: State("组队中", "blue", "hourglass"),
    TeamProposal.State.READY: State("待采用", "amber", "clipboard-check"),
    TeamProposal.State.APPLIED: State("已采用", "green"),
    TeamProposal.State.DROPPED: State("未采用", "grey", "x"),
}
_DRAW = {
    Draw.State.DRAFT: ("grey", "pencil"),
    Draw.State.COMMITTED: ("blue", "lock"),
    Draw.State.DRAWN: ("amber", ""),
    Draw.State.PUBLISHED: ("green", ""),
    Draw.State.VOID: ("grey", "ban"),
}
DRAW_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _DRAW.items()}
DRAW_LINE: Final = [(str(key), str(key.label)) for key in Draw.State if key != Draw.State.VOID]
MEMBER_STATES: Final = {
    "drawn": State("抽中", "green"),
    "in": State("调入", "amber", "user-plus"),
    "out": State("抽中后调出", "purple", "user-x"),
    "excluded": State("已排除", "grey", "ban"),
    "missed": State("未抽中", "grey", "circle"),
    "waiting": State("待抽取", "grey", "clock"),
}
