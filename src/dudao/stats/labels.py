"""How the states of statistics are shown: word, tone, icon."""

from dudao.calc.balance.crowding import Pace
from dudao.calc.balance.items import Status
from dudao.calc.preschool import WORDS
from dudao.core.ui.parts import State
from dudao.stats.models import CheckRule, EliminationPlan, Return, Round

ROUND_STATES: dict[str, State] = {
    Round.State.DRAFT: State("准备中", "grey"),
    Round.State.OPEN: State("报送中", "blue"),
    Round.State.CLOSED: State("已结束", "green", "archive"),
}
RETURN_STATES: dict[str, State] = {
    Return.State.DRAFT: State("填报中", "grey", "pencil"),
    Return.State.SUBMITTED: State("待审核", "amber", "clipboard-check"),
    Return.State.RETURNED: State("已退回", "purple"),
    Return.State.ACCEPTED: State("已通过", "green"),
    Return.State.LOCKED: State("已锁定", "green", "lock"),
}
RETURN_LINE = (("draft", "填报"), ("submitted", "审核"), ("accepted", "通过"), ("locked", "锁定"))
SEVERITY: dict[str, State] = {
    CheckRule.Severity.ERROR: State("错误", "red"),
    CheckRule.Severity.WARNING: State("提醒", "amber"),
}
PLAN_STATES: dict[str, State] = {
    EliminationPlan.State.DRAFT: State("编制中", "grey", "pencil"),
    EliminationPlan.State.SUBMITTED: State("待批准", "amber", "clipboard-check"),
    EliminationPlan.State.RETURNED: State("已退回", "purple"),
    EliminationPlan.State.APPROVED: State("已批准", "green"),
    EliminationPlan.State.REPLACED: State("已修订", "grey", "versions"),
}
PLAN_LINE = (("draft", "编制"), ("submitted", "批准"), ("approved", "执行"))
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
