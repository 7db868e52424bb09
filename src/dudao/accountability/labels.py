"""How states of cases and talks read on pages: word, tone, icon, in one place."""

from dudao.accountability.models import Case, Talk
from dudao.core.ui.parts import State

_State = Case.State

STATES: dict[str, State] = {
    _State.OPENED: State("待调查", "grey"),
    _State.EXAMINING: State("调查认定", "blue", "search"),
    _State.NOTIFIED: State("待陈述申辩", "amber", "hourglass"),
    _State.HEARD: State("申辩已听取", "blue", "message"),
    _State.CONSULTING: State("征求意见", "blue", "messages"),
    _State.SUBMITTED: State("待审定", "amber", "hourglass"),
    _State.DECIDED: State("待印发", "amber", "file-text"),
    _State.ISSUED: State("执行中", "blue", "scale"),
    _State.DROPPED: State("不予问责", "grey", "ban"),
    _State.ARCHIVED: State("已归档", "green", "archive"),
}

LINE = [
    (_State.OPENED, "线索"),
    (_State.EXAMINING, "调查认定"),
    (_State.NOTIFIED, "告知申辩"),
    (_State.HEARD, "听取申辩"),
    (_State.CONSULTING, "征求意见"),
    (_State.SUBMITTED, "审定"),
    (_State.DECIDED, "印发"),
    (_State.ISSUED, "执行救济"),
    (_State.ARCHIVED, "归档"),
]

_Talk = Talk.State
TALK_STATES: dict[str, State] = {
    _Talk.PLANNED: State("待通知", "grey", "edit"),
    _Talk.CALLED: State("已通知", "blue", "send"),
    _Talk.HELD: State("落实中", "amber", "progress"),
    _Talk.DONE: State("已落实", "green"),
    _Talk.ABSENT: State("拒不到场", "red", "user-x"),
    _Talk.CANCELLED: State("已取消", "grey", "ban"),
}
TALK_LINE = [(_Talk.PLANNED, "登记"), (_Talk.CALLED, "通知"), (_Talk.HELD, "约谈并落实"), (_Talk.DONE, "完成")]
