"""How the findings of statistics are shown: word, tone, icon. (The states of rounds, returns and plans stand in their flows.)"""

from dudao.calc.balance.crowding import Pace
from dudao.calc.balance.items import Status
from dudao.calc.preschool import WORDS
from dudao.core.ui.parts import State
from dudao.stats.models import CheckRule

SEVERITY: dict[str, State] = {
    CheckRule.Severity.ERROR: State("错误", "red"),
    CheckRule.Severity.WARNING: State("提醒", "amber"),
}
PACES: dict[str, State] = {
    Pace.DONE: State("已消除", "green", "circle-check"),
    Pace.ON_TRACK: State("按计划", "blue", "progress-check"),
    Pace.LATE: State("落后", "red", "alert-circle"),
    Pace.WAITING: State("待数据", "grey", "hourglass"),
}
_LOOKS = {
    Status.MET: ("green", ""),
    Status.BASIC: ("amber", "circle-half-2"),
    Status.FAILED: ("red", "circle-x"),
    Status.MISSING: ("grey", "hourglass"),
    Status.OPEN: ("purple", "user-question"),
}
PRESCHOOL: dict[Status, State] = {status: State(WORDS[status], *look) for status, look in _LOOKS.items()}
_SHORT = {Status.BASIC: "基本", Status.MISSING: "待填", Status.OPEN: "待判"}
PRESCHOOL_SHORT: dict[Status, State] = {
    status: State(_SHORT.get(status, WORDS[status]), *look) for status, look in _LOOKS.items()
}
"""For a table of thirteen counties: two or three characters a cell."""


def preschool_verdict(level: str | None) -> State:
    """The verdict of a county: a level of the standard, 未达标, or not yet known."""
    if level is None:
        return State("待定", "grey", "hourglass")
    return State(level, "red" if level == "未达标" else "green")
