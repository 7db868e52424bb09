"""When something is due: terms in calendar or working days, counted from issue or receipt, moved by a pause. Pure.

The first day doesn't count (民法典第二百零一条); a term of calendar days that ends on a day off ends on the next working day
(第二百零三条). Terms themselves are data: the office's own table, or packs of the kind ``terms`` that `terms_from` reads.
教育督导条例 names no day counts, so nothing here has a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, field
from msgspec.structs import replace

from dudao.calc.calendar import WorkCalendar
from dudao.calc.declared import Declared, Head, RulesError, among, decode
from dudao.calc.recurrence import Likeness

SUBJECTS: Final[Mapping[str, str]] = {
    "sign": "签收整改通知",
    "plan": "报送整改方案",
    "small": "小问题整改",
    "general": "一般问题整改",
    "serious": "严重问题整改",
    "complex": "复杂问题整改",
    "verify": "核验整改",
    "answer": "答复协商意见",
    "near": "临近提醒（时限前）",
    "warn": "逾期催办责任单位（逾期后）",
    "head": "逾期报督导办负责人（逾期后）",
    "trigger": "逾期列为问责线索（逾期后）",
    "recur": "认定反复出现的期间",
    "look_back": "列入回头看的销号时间范围（销号后）",
    "objection": "陈述申辩",
    "dispute": "答复评估结果异议",
    "members": "成员单位反馈问责意见",
    "examine": "成立调查认定工作组",
    "review_ask": "申请复核",
    "review_decide": "作出复核决定",
    "appeal_ask": "提出申诉",
    "appeal_decide": "作出申诉处理决定",
    "correct": "纠正错误决定",
    "aggravate": "再次问责从重的期间",
}
"""What may have a term, with the words an office uses."""

STARTS: Final[Mapping[str, str]] = {"issue": "自下达之日起", "receipt": "自签收之日起"}
ALARMS: Final = frozenset({"near", "warn", "head", "trigger", "recur", "look_back"})
"""Spans before or after a deadline: they are counted from no issue and no receipt."""
_DECIDED: Final = frozenset(
    {"examine", "review_ask", "review_decide", "appeal_ask", "appeal_decide", "correct", "aggravate"}
)


class Term(Declared, frozen=True):
    """How many days something may take. ``start`` is a key of `STARTS`; ``source`` names what says so."""

    subject: Annotated[str, among(SUBJECTS)]
    days: Annotated[int, Meta(ge=1, le=3650)]
    is_working: bool = field(default=False, name="working")
    start: Annotated[str, among(STARTS)] = "issue"
    source: str = ""

    def __post_init__(self) -> None:
        if self.subject not in SUBJECTS:
            raise RulesError(f"没有“{self.subject}”这个时限事项。")
        if not 1 <= self.days <= 3650:
            raise RulesError(f"“{SUBJECTS[self.subject]}”的天数是 {self.days}，应在 1 到 3650 之间。")
        if self.start not in STARTS:
            raise RulesError(f"“{SUBJECTS[self.subject]}”的起算是“{self.start}”，只能是 issue 或 receipt。")

    @property
    def length(self) -> str:
        """«10 个工作日», «30 日»."""
        return f"{self.days} 个工作日" if self.is_working else f"{self.days} 日"

    @property
    def words(self) -> str:
        """«30 日，自签收之日起»; for decisions «自收到之日起», for alarms the length alone."""
        if self.subject in ALARMS:
            return self.length
        if self.subject in _DECIDED:
            return f"{self.length}，{'自收到之日起' if self.start == 'receipt' else '自作出之日起'}"
        return f"{self.length}，{STARTS[self.start]}"


class Terms(Head, frozen=True, kw_only=True):
    """``applies``: whether an office that has no terms of its own takes these; ``likeness``: from when a problem seems to recur."""

    kind: Literal["terms"]
    applies: bool
    terms: Annotated[tuple[Term, ...], Meta(min_length=1)]
    likeness: Likeness | None = None

    def __post_init__(self) -> None:
        subjects = [term.subject for term in self.terms]
        for number, subject in enumerate(subjects, 1):
            if subject in subjects[: number - 1]:
                raise RulesError(f"terms[{number}]：“{SUBJECTS[subject]}”重复了。")


def due(start: date, days: int, is_working: bool, calendar: WorkCalendar) -> date:
    """The last day of a term of ``days`` that begins to run the day after ``start``.

    Working days are counted one by one over the calendar. Of calendar days the last is moved to the next working day when it is
    one on which nobody works. Raises ``ValueError`` for less than one day.
    """
    if days < 1:
        raise ValueError(f"时限是 {days} 天，至少应为 1 天。")
    if is_working:
        return calendar.add_workdays(start, days)
    return calendar.shift_to_workday(start + timedelta(days=days))


def received_on(issued: date, signed: date, sign_by: date | None) -> date:
    """The day from which a term «from receipt» runs.

    Who signs late doesn't gain by it: the day is at the latest the last day for signing. A day of signing before the issue (a
    clock set back) counts as the day of issue.
    """
    day = max(issued, signed)
    return min(day, max(issued, sign_by)) if sign_by is not None else day


def resumed(deadline: date, since: date, until: date, is_working: bool, calendar: WorkCalendar) -> date:
    """The deadline after a pause from ``since`` to the day before ``until``, on which the clock runs again.

    It moves by as many days (calendar or working) as the clock stood; a pause that began and ended on one day moves nothing. An
    ``until`` before ``since`` (a clock set back) moves nothing either. Never answers an earlier day than ``deadline``.
    """
    stood = (until - since).days
    if stood <= 0:
        return deadline
    if is_working:
        worked = calendar.count_workdays(since, until - timedelta(days=1))
        return calendar.add_workdays(deadline, worked)
    return calendar.shift_to_workday(deadline + timedelta(days=stood))


def urge_again(due_on: date, near: int, urged_on: date | None, today: date) -> bool:
    """Whether who is still waited for is to be reminded today: ``near`` days before the term, on the day before it, and once after.

    ``urged_on``: the last day on which they were reminded, by a person or the platform. A day on which nobody reminds (the
    platform stood still) is made up for on the next; two reminders never fall on one day.
    """
    days = [due_on - timedelta(days=max(near, 1)), due_on - timedelta(days=1), due_on + timedelta(days=1)]
    passed = [day for day in days if day <= today]
    return bool(passed) and (urged_on is None or urged_on < max(passed))


def terms_from(data: Mapping[str, Any]) -> tuple[Term, ...]:
    """The terms of a pack, each with what says so: an article of the pack's document, or the document. Raises `RulesError`."""
    pack = decode(Terms, data)
    whole = f"{pack.name}（{pack.number}）" if pack.number else pack.name
    return tuple(
        replace(term, source=f"{whole}{term.source}" if term.source.startswith("第") else term.source or whole)
        for term in pack.terms
    )
