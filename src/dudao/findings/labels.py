"""How states of findings, extensions and consultations read on pages: word, tone, icon, in one place."""

from collections.abc import Mapping
from typing import Final

from dudao.core.lights import Light
from dudao.core.ui.parts import State
from dudao.findings.models import Consultation, Extension, Feedback, Finding, LookBack, LookBackItem

SEVERITIES: dict[str, State] = {
    Finding.Severity.SMALL: State("小问题", "grey", "circle"),
    Finding.Severity.GENERAL: State("一般问题", "blue", "info-circle"),
    Finding.Severity.SERIOUS: State("严重问题", "red", "alert-triangle"),
    Finding.Severity.COMPLEX: State("复杂问题", "purple", "hierarchy-2"),
}

LEVELS: dict[int, State] = {
    Finding.Escalation.WARNED: State("已催办责任单位", "amber", "bell-ringing"),
    Finding.Escalation.HEAD: State("已报督导办负责人", "amber", "user-star"),
    Finding.Escalation.TRIGGER: State("已列为问责线索", "red", "scale"),
}

EXTENSION_STATES: dict[str, State] = {
    Extension.State.ASKED: State("待批复", "amber", "hourglass"),
    Extension.State.GIVEN: State("同意延期", "green"),
    Extension.State.REFUSED: State("不同意", "red", "circle-x"),
}

CONSULT_STATES: dict[str, State] = {
    Consultation.State.ASKED: State("待答复", "amber", "hourglass"),
    Consultation.State.ANSWERED: State("已答复", "green"),
    Consultation.State.WITHDRAWN: State("已撤回", "grey", "arrow-back-up"),
}

LOOK_BACK_STATES: dict[str, State] = {
    LookBack.State.OPEN: State("核查中", "blue", "eye"),
    LookBack.State.CLOSED: State("已结束", "green"),
}

RESULTS: dict[str, State] = {
    "": State("待核查", "grey"),
    LookBackItem.Result.DONE: State("已整改到位", "green"),
    LookBackItem.Result.PARTLY: State("部分到位", "amber", "circle-half-2"),
    LookBackItem.Result.NOT: State("未整改", "red", "circle-x"),
    LookBackItem.Result.AGAIN: State("反弹", "purple", "rotate"),
    LookBackItem.Result.FALSE: State("虚假整改", "red", "alert-triangle"),
    "dropped": State("不再核查", "grey", "ban"),
}
"""The result of a look back; «» is one that nobody has taken yet."""

FEEDBACK_STATES: dict[str, State] = {
    Feedback.State.OPEN: State("整改中", "blue"),
    Feedback.State.REPORTED: State("已报告", "green"),
}

WHOLE_STATES: dict[str, State] = {
    "none": State("待分解", "grey", "subtask"),
    "draft": State("待下达", "grey", "edit"),
    "open": State("整改中", "blue"),
    "checking": State("待核验销号", "amber", "hourglass"),
    "done": State("已完成", "green", "checks"),
    "waived": State("免予整改", "grey", "ban"),
}
"""How a problem of a superior stands as a whole (`queries.feedback.WHOLE`)."""

LIT: Final[Mapping[str, tuple[Light, str]]] = {
    "waived": (Light.GREY, "免予整改"),
    "draft": (Light.GREY, "待下达"),
    "done_late": (Light.AMBER, "逾期完成"),
    "closed": (Light.GREEN, "按期销号"),
    "done": (Light.BLUE, "按期报告"),
    "paused": (Light.GREY, "暂停计时"),
    "late": (Light.RED, "逾期"),
    "returned": (Light.PURPLE, "退回整改"),
    "near": (Light.AMBER, "临近时限"),
    "step_late": (Light.AMBER, "本步超时"),
    "issued": (Light.GREY, "待签收"),
    "running": (Light.BLUE, "整改中"),
}
"""What a finding can be lit as, in the order in which the rules are tried, with colour and word."""


def lit_as(light: str) -> list[str]:
    """The keys of `LIT` of one colour."""
    return [key for key, (colour, _) in LIT.items() if colour == light]
