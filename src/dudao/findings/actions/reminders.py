"""Pressing: urge a unit, raise an overdue finding a level, and what is told every morning.

The daily work is safe to kill and to run again: a level is only ever raised, and a notice with a key is given once.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F
from django.urls import reverse
from django.utils import timezone

from dudao.core import audit, notices
from dudao.core.access import SYSTEM, Actor
from dudao.core.many import Done, urge
from dudao.findings.actions.steps import step
from dudao.findings.flow import FINDING, OPEN, TO_DO
from dudao.findings.models import Extension, Finding
from dudao.findings.queries.findings import with_units
from dudao.findings.queries.lights import RUNNING, Lights
from dudao.findings.queries.terms import Terms, terms_on
from dudao.people.queries import nearest_holders

_State = Finding.State
_Level = Finding.Escalation
LEVELS = {_Level.WARNED: "warn", _Level.HEAD: "head", _Level.TRIGGER: "trigger"}
"""A level and the term after which an overdue finding reaches it."""
TOLD = {
    _Level.WARNED: ("finding.report", "个问题整改逾期，请尽快整改并报告"),
    # Who keeps the terms of an office leads it; who signs papers are its head and the leaders above.
    _Level.HEAD: ("term.edit", "个问题整改严重逾期，请督促"),
    _Level.TRIGGER: ("paper.sign", "个问题长期逾期，已列为问责线索"),
}
"""Whom a level is told, by the verb they hold, and in which words."""


@audit.action
def remind(actor: Actor, *, finding: Finding, reason: str = "") -> Finding:
    """Urge the unit (催办): once a day is enough."""
    return remind_many(actor, findings=[finding], reason=reason)[0].row


@audit.action
def remind_many(actor: Actor, *, findings: Iterable[Finding], reason: str = "") -> list[Done[Finding]]:
    """Urge many units; those that can't be urged come back with the reason."""
    keys = [row.pk for row in findings]
    if not keys:
        raise ValidationError("请先勾选要催办的问题。")
    rows = list(with_units(Finding.objects.select_for_update(of=("self",)).filter(pk__in=keys)).order_by("pk"))
    return urge(actor, FINDING, "finding.remind", rows, reason)


@audit.action
def escalate(actor: Actor, *, finding: Finding, reason: str, to: int | None = None) -> Finding:
    """Raise a finding a level by hand, or to a level at once, with the reason: refusal, falsification, nothing moves."""
    row = FINDING.lock(finding)
    FINDING.require(row, "finding.escalate", actor)
    if not reason.strip():
        raise ValidationError({"reason": "请写明升级处理的理由。"})
    if row.escalation >= _Level.TRIGGER:
        raise ValidationError("这个问题已列为问责线索，不能再升级。")
    level = _Level(max(to or 0, row.escalation + 1))
    step(actor, row, "finding.escalate", reason=reason, changes={"escalation": level}, level=level.label)
    _tell([(row, level)], timezone.localdate(), key=f"escalate {row.pk} {level}")
    return row


def escalate_overdue(day: date) -> int:
    """The daily work: raise what has been overdue for as many days as the office's terms say. Answers how many were raised."""
    terms = terms_on(day)
    rows = with_units(Finding.objects.filter(RUNNING, deadline__lt=day, escalation__lt=_Level.TRIGGER))
    raised = [(row, level) for row in rows.order_by("pk") if (level := _level(row, day, terms)) > row.escalation]
    if raised:
        _raise(SYSTEM, raised=raised, day=day)
    return len(raised)


def _level(row: Finding, day: date, terms: Terms) -> _Level:
    assert row.deadline is not None
    late = (day - row.deadline).days
    reached = [level for level, subject in LEVELS.items() if late >= terms.days(row.office.path, subject)]
    return max(reached, default=_Level.NONE)


@audit.action
def _raise(actor: Actor, *, raised: list[tuple[Finding, _Level]], day: date) -> None:
    for level in LEVELS:
        keys = [row.pk for row, reached in raised if reached == level]
        rows = Finding.objects.filter(pk__in=keys, escalation__lt=level)
        rows.update(escalation=level, revision=F("revision") + 1)
    for row, level in raised:
        assert row.deadline is not None
        late = (day - row.deadline).days
        audit.record(actor, "finding.escalate", row, reason=f"逾期 {late} 天", level=level.label, day=day)
    _tell(raised, day, key=f"escalate {day}")


def _tell(raised: Iterable[tuple[Finding, _Level]], day: date, key: str) -> None:
    """One notice a person and level, however many findings; the unit is told of every level."""
    counts: dict[_Level, dict[str, int]] = {}
    for row, level in raised:
        places = {(_Level.WARNED, row.unit.path)} | ({(level, row.office.path)} if level > _Level.WARNED else set())
        for told, path in places:
            counts.setdefault(told, {})[path] = counts.get(told, {}).get(path, 0) + 1
    for level, by_path in counts.items():
        verb, words = TOLD[level]
        own = level == _Level.WARNED
        url = f"{reverse('findings:findings')}?{'scope=mine&state=late' if own else f'level={level}'}"
        people = _sum(nearest_holders([verb], by_path), by_path)
        for count in sorted(set(people.values())):
            notices.tell(
                [account for account, own_count in people.items() if own_count == count],
                text=f"{count} {words}。",
                url=url,
                verb="finding.escalate",
                key=f"{key} {level}",
                urgent=True,
            )


def _sum(holders: Mapping[str, Iterable[int]], counts: Mapping[str, int]) -> dict[int, int]:
    people: dict[int, int] = {}
    for path, accounts in holders.items():
        for account in accounts:
            people[account] = people.get(account, 0) + counts[path]
    return people


_OWN_WORDS = {"late": "逾期", "near": "临近时限", "returned": "退回整改", "issued": "待签收"}
_OFFICE_WORDS = {_State.REPORTED: "待核验", _State.VERIFIED: "待销号"}


def tell_pressing(day: date) -> int:
    """The morning's line about findings, for those who rectify and those who judge: once a day, however often it is run."""
    own: dict[str, dict[str, int]] = {}
    rows: Any = Finding.objects.filter(state__in=sorted(TO_DO))
    lit = Lights(terms_on(day)).annotate(rows).filter(lit__in=_OWN_WORDS)
    for path, key, count in lit.order_by().values_list("unit__path", "lit").annotate(n=Count("pk")):
        own.setdefault(path, {})[key] = count
    new = _morning(own, day, verb="finding.report", words=_OWN_WORDS, scope="scope=mine", please="请整改")
    office: dict[str, dict[str, int]] = {}
    waiting = Finding.objects.filter(state__in=_OFFICE_WORDS)
    for path, key, count in waiting.order_by().values_list("office__path", "state").annotate(n=Count("pk")):
        office.setdefault(path, {})[key] = count
    asked = Extension.objects.filter(state=Extension.State.ASKED, finding__state__in=OPEN)
    for path, count in asked.order_by().values_list("finding__office__path").annotate(n=Count("pk")):
        office.setdefault(path, {})["asked"] = count
    words = {str(key): word for key, word in _OFFICE_WORDS.items()} | {"asked": "延期申请待批复"}
    return new + _morning(office, day, verb="finding.verify", words=words, scope="scope=all", please="请办理")


def _morning(
    counts: Mapping[str, Mapping[str, int]], day: date, *, verb: str, words: Mapping[str, str], scope: str, please: str
) -> int:
    people: dict[int, dict[str, int]] = {}
    for path, accounts in nearest_holders([verb], counts).items():
        for account in accounts:
            entry = people.setdefault(account, {})
            for key, count in counts[path].items():
                entry[key] = entry.get(key, 0) + count
    texts: dict[str, list[int]] = {}
    for account, entry in people.items():
        parts = [f"{word} {entry[key]} 个" for key, word in words.items() if entry.get(key)]
        texts.setdefault(f"整改问题{please}：{'，'.join(parts)}。", []).append(account)
    url = f"{reverse('findings:findings')}?{scope}"
    return sum(
        notices.tell(accounts, text=text, url=url, verb=verb, key=f"findings {scope} {day}", urgent="逾期" in text)
        for text, accounts in texts.items()
    )
