"""How the states of statistics are shown: word, tone, icon."""

from dudao.core.ui.parts import State
from dudao.stats.models import CheckRule, Return, Round

__all__ = ["RETURN_LINE", "RETURN_STATES", "ROUND_STATES", "SEVERITY"]

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
