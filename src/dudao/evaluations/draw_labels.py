"""How the states of draws are shown: word and tone, and the step line."""

from typing import Final

from dudao.core.ui.parts import State
from dudao.evaluations.models import Draw

_LOOK = {
    Draw.State.DRAFT: ("grey", "pencil"),
    Draw.State.COMMITTED: ("blue", "lock"),
    Draw.State.DRAWN: ("amber", ""),
    Draw.State.PUBLISHED: ("green", ""),
    Draw.State.VOID: ("grey", "ban"),
}
DRAW_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _LOOK.items()}
DRAW_LINE: Final = [(str(key), str(key.label)) for key in Draw.State if key != Draw.State.VOID]
MEMBER_STATES: Final = {
    "drawn": State("抽中", "green"),
    "in": State("调入", "amber", "user-plus"),
    "out": State("抽中后调出", "purple", "user-x"),
    "excluded": State("已排除", "grey", "ban"),
    "missed": State("未抽中", "grey", "circle"),
    "waiting": State("待抽取", "grey", "clock"),
}
