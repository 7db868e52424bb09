"""How states of findings, extensions and consultations read on pages: word, tone, icon, in one place."""

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
