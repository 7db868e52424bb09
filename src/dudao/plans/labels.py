"""How states and lights read on pages: word, tone and icon of each, in one place."""

from dudao.core.ui.parts import State
from dudao.plans.models import Assignment, Light, LightRule, Task, WorkPlan

SELF_LIGHTS: dict[str, State] = {
    Light.GREEN: State("顺利推进", "green"),
    Light.AMBER: State("存在困难", "amber"),
    Light.RED: State("难以按期完成", "red"),
}

ROW_STATES: dict[str, State] = {
    Assignment.State.ISSUED: State("待签收", "grey"),
    Assignment.State.WORKING: State("进行中", "blue"),
    Assignment.State.REPORTED: State("待确认", "amber", "hourglass"),
    Assignment.State.RETURNED: State("已退回", "purple"),
    Assignment.State.CONFIRMED: State("已确认", "green", "check"),
    Assignment.State.CLOSED: State("已销号", "green", "checks"),
    Assignment.State.WITHDRAWN: State("已撤回", "grey", "arrow-back-up"),
}
ROW_LINE = [
    (Assignment.State.ISSUED, "下达"),
    (Assignment.State.WORKING, "签收办理"),
    (Assignment.State.REPORTED, "报送完成"),
    (Assignment.State.CONFIRMED, "确认"),
    (Assignment.State.CLOSED, "销号"),
]

TASK_STATES: dict[str, State] = {
    Task.State.DRAFT: State("待下达", "grey"),
    Task.State.ISSUED: State("已下达", "blue"),
    Task.State.CLOSED: State("已办结", "green"),
    Task.State.WITHDRAWN: State("已撤回", "grey", "arrow-back-up"),
}
TASK_LINE = [(Task.State.DRAFT, "拟定"), (Task.State.ISSUED, "下达"), (Task.State.CLOSED, "办结")]

QUALITY: dict[str, State] = {
    LightRule.Quality.GOOD: State("优", "green"),
    LightRule.Quality.FAIR: State("合格", "blue"),
    LightRule.Quality.POOR: State("质量不高", "amber"),
}

PLAN_STATES: dict[str, State] = {
    WorkPlan.State.DRAFT: State("校对中", "blue"),
    WorkPlan.State.PUBLISHED: State("已发布", "green", "flag"),
    WorkPlan.State.DISCARDED: State("已作废", "grey", "trash"),
}
