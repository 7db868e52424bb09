"""The rules of a campaign: what it lets happen, read from one JSON value. Pure.

Every rule is the office's choice; the campaign templates (`dudao.packs`, kind «campaigns») bring defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

Late = Literal["refuse", "mark", "accept"]
Shown = Literal["never", "feedback", "publicity", "published"]
Open = Literal["refuse", "reason"]

LATE: Final[Mapping[str, str]] = {
    "refuse": "截止后不能提交，须先延长期限",
    "mark": "截止后仍可提交，记为逾期",
    "accept": "截止时自动按已填内容提交",
}
SHOWN: Final[Mapping[str, str]] = {
    "never": "不公开得分，只公布等次",
    "feedback": "实地反馈后本单位可见",
    "publicity": "公示时本单位可见",
    "published": "公布后本单位可见",
}

OPEN: Final[Mapping[str, str]] = {
    "refuse": "还有没评的项目就不能形成评定结果",
    "reason": "还有没评的项目须写明理由",
}
_SHARES: Final = ("third_at", "findings_below", "reason_at")


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days on which nothing can be handed in (放假、统一考试): from and until, both included."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """``announced``: who is evaluated hears of it when it starts (False: 四不两直, not before it is decided; the team shows its
    notice at the gate). ``check``: the county looks before a self-evaluation counts as received. ``self_report``: a signed report
    is handed in. ``reviewers``: independent reviewers a subject (0: no online review). ``third_at``: from which difference of two
    reviewers' marks of one indicator, as a share of its points, a third decides. ``blind``: a reviewer sees neither the other's
    marks nor who the other is. ``late``: what happens at the deadline. ``shown``: from when a subject sees its marks.
    ``objection_days``, ``publicity_days``: terms in working days (教育督导条例 names none: the office's own). ``counts``: keys of
    the sources whose marks count (empty: as the indicator system says). ``visible_below``: lower offices see the marks of their
    subjects as they are given. ``findings_below``: the share of an indicator's points under which a finding is offered.
    ``open_marks``: what happens when the result is formed and something has no mark yet. ``recuse_branch``: nobody reviews or
    visits a unit of their own county (or township), beside their own unit, which nobody ever does. ``reason_at``: from which
    difference to the self-evaluation, as a share of the points, a mark wants a reason; one below the full points always does.
    ``specialities``: what somebody of each team on site must be good at (校园安全 …; `dudao.people.specialities`).
    ``grade_unlicensed``: whether a kindergarten without a licence (无证) gets a grade; visited it is in any case.
    ``ranked``: whether places are told. Without it nobody is ranked, on no page and in no paper (幼儿园、学校的督导结果不用于排名).
    ``grace_minutes``: how long after the deadline a submission still counts as in time whose page was opened before it.
    """

    announced: bool = True
    self_report: bool = False
    check: bool = False
    reviewers: int = 1
    third_at: Decimal = Decimal("0.2")
    blind: bool = True
    late: Late = "mark"
    shown: Shown = "publicity"
    objection_days: int = 5
    publicity_days: int = 5
    counts: tuple[str, ...] = ()
    visible_below: bool = True
    findings_below: Decimal = Decimal("0.6")
    freezes: tuple[Freeze, ...] = ()
    grace_minutes: int = 10
    open_marks: Open = "reason"
    recuse_branch: bool = False
    grade_unlicensed: bool = False
    reason_at: Decimal = Decimal("0.2")
    specialities: tuple[str, ...] = ()
    ranked: bool = True

    def data(self) -> dict[str, Any]:
        """As it is stored."""
        plain = asdict(self)
        for name in _SHARES:
            plain[name] = str(plain[name])
        plain["counts"] = list(self.counts)
        plain["specialities"] = list(self.specialities)
        plain["freezes"] = [
            {"first": freeze.first.isoformat(), "last": freeze.last.isoformat(), "reason": freeze.reason}
            for freeze in self.freezes
        ]
        return plain

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Rules:
        """From stored (or a template's) data; what it doesn't say is the default. Raises ``ValueError`` in words."""
        known = {each.name for each in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise ValueError(f"不认识的规则：{'、'.join(unknown)}。")
        values: dict[str, Any] = dict(data)
        for name in _SHARES:
            if name in values:
                values[name] = Decimal(str(values[name]))
                if not 0 <= values[name] <= 1:
                    raise ValueError(f"{name} 应在 0 到 1 之间。")
        for name in ("counts", "specialities"):
            if name in values:
                values[name] = tuple(map(str, values[name]))
        if "freezes" in values:
            values["freezes"] = tuple(
                Freeze(date.fromisoformat(str(one["first"])), date.fromisoformat(str(one["last"])), str(one["reason"]))
                for one in values["freezes"]
            )
        if values.get("late", "mark") not in LATE:
            raise ValueError(f"late 只能是：{'、'.join(LATE)}。")
        if values.get("shown", "published") not in SHOWN:
            raise ValueError(f"shown 只能是：{'、'.join(SHOWN)}。")
        if values.get("open_marks", "reason") not in OPEN:
            raise ValueError(f"open_marks 只能是：{'、'.join(OPEN)}。")
        if values.get("reviewers", 1) not in {0, 1, 2}:
            raise ValueError("reviewers 只能是 0、1 或 2。")
        for name in ("objection_days", "publicity_days"):
            if not 0 <= int(values.get(name, 5)) <= 90:
                raise ValueError(f"{name} 应在 0 到 90 之间。")
        if not 0 <= int(values.get("grace_minutes", 10)) <= 120:
            raise ValueError("grace_minutes 应在 0 到 120 之间。")
        return cls(**values)

    def frozen_on(self, day: date) -> Freeze | None:
        """The freeze that a day falls into."""
        return next((freeze for freeze in self.freezes if freeze.first <= day <= freeze.last), None)
