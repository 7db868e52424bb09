"""How the states of statistics are shown: word, tone, icon."""

from dudao.calc.balance.crowding import Pace
from dudao.core.ui.parts import State
from dudao.stats.models import CheckRule, EliminationPlan, Return, Round

__all__ = ["PACES", "PLAN_LINE", "PLAN_STATES", "RETURN_LINE", "RETURN_STATES", "ROUND_STATES", "SEVERITY"]

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
