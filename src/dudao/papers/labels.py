"""How the states of papers are shown: word, tone, icon."""

from collections.abc import Callable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dudao.core.ui.parts import State
from dudao.papers.comparing import Sort
from dudao.papers.flow import PAPER
from dudao.papers.models import Delivery, Number, Paper

DIFFERENCES: dict[str, State] = {
    Sort.CHANGED: State("数字已变", "red", "alert-circle"),
    Sort.ABSENT: State("与数据库不符", "red", "alert-circle"),
    Sort.LETTER: State("缺字", "red", "alert-circle"),
    Sort.IGNORED: State("不能印出", "red", "alert-circle"),
    Sort.COUNT: State("与表不符", "amber", "question-mark"),
    Sort.UNKNOWN: State("来源不明", "amber", "question-mark"),
}
ANSWERED = State("已说明", "green", "check")


def drafted(what: str, made: Paper | Sequence[Paper]) -> SafeString:
    """What is said after a draft was made, with the way to it: «已起草督导通报，核稿、签发请到文书».

    ``what`` with «{}» says how many.
    """
    rows = [made] if isinstance(made, Paper) else made
    url = rows[0].get_absolute_url() if len(rows) == 1 else f"{reverse('papers:papers')}?mine=1"
    return format_html('已起草{}，<a href="{}">到“文书”核稿、签发</a>。', what.format(len(rows)), url)


def draft_done(what: str) -> Callable[[Paper], SafeString]:
    """For the act of a process."""
    return lambda made: drafted(what, made)


def delivery_state(delivery: Delivery, today: date) -> State:
    """Signed, or how its deadline stands."""
    if delivery.state == Delivery.State.SIGNED:
        return State("已签收", "green")
    if delivery.due_on is None or delivery.due_on > today:
        return State("待签收", "blue", "mail")
    return State("今天到期", "amber", "clock") if delivery.due_on == today else State("逾期未签收", "red", "alarm")


def number_state(number: Number) -> State:
    """How a number of the register was used."""
    if number.void_reason and number.paper.state != Paper.State.WITHDRAWN:
        return State("已作废", "grey", "ban")
    return PAPER.states[number.paper.state]
