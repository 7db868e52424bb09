"""The clock of a finding: more time asked for and decided, stopped with a reason and started again."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.calc.deadlines import resumed
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.many import Done
from dudao.findings.actions.issuing import each
from dudao.findings.actions.steps import day_of, step, stop_pause
from dudao.findings.flow import FINDING
from dudao.findings.models import Extension, Finding, Pause
from dudao.findings.queries.findings import open_extension
from dudao.orgs.queries import work_calendar


@audit.action
def ask_time(actor: Actor, *, finding: Finding, until: date, reason: str, at: datetime | None = None) -> Extension:
    """The unit asks for more time; one request at a time."""
    row = FINDING.lock(finding)
    FINDING.require(row, "finding.ask_time", actor)
    assert row.deadline is not None  # a constraint of the table
    problems = {}
    if not reason.strip():
        problems["reason"] = "请写明为什么需要延期。"
    if until <= row.deadline:
        problems["until"] = f"现在的时限是{chinese_date(row.deadline)}，申请的日期应在它之后。"
    elif until < day_of(at):
        problems["until"] = f"{chinese_date(until)}已经过去，请填今天或以后的日期。"
    if problems:
        raise ValidationError(problems)
    if open_extension(row) is not None:
        raise ValidationError("已经有一份延期申请在等批复，批复后才能再申请。")
    made = Extension.objects.create(
        finding=row,
        until=until,
        reason=reason.strip()[:500],
        asked_by=actor.name[:100],
        asked_at=at or timezone.now(),
    )
    step(actor, row, "finding.ask_time", reason=reason, changes={}, deadline=until, tell_at=row.office.path)
    return made


@audit.action
def give_time(
    actor: Actor,
    *,
    extension: Extension,
    given: bool,
    until: date | None = None,
    answer: str = "",
    at: datetime | None = None,
) -> Finding:
    """The office decides about more time: as asked, until another day (``until``), or not, with the reason."""
    row = FINDING.lock(extension.finding)
    asked = Extension.objects.select_for_update().get(pk=extension.pk)
    return _give_time(actor, row, asked, given=given, until=until, answer=answer, now=at or timezone.now())


def _give_time(
    actor: Actor, row: Finding, asked: Extension, *, given: bool, until: date | None, answer: str, now: datetime
) -> Finding:
    FINDING.require(row, "finding.give_time", actor)
    if asked.state != Extension.State.ASKED:
        raise ValidationError(f"这份申请已经批复：{asked.get_state_display()}。")
    assert row.deadline is not None
    until = until or asked.until
    if given and until <= row.deadline:
        raise ValidationError({"until": f"现在的时限是{chinese_date(row.deadline)}，同意的日期应在它之后。"})
    if not given and not answer.strip():
        raise ValidationError({"answer": "不同意延期的，请写明理由。"})
    Extension.objects.filter(pk=asked.pk).update(
        state=Extension.State.GIVEN if given else Extension.State.REFUSED,
        until=until if given else asked.until,
        answer=answer.strip()[:500],
        decided_at=now,
        decided_by=actor.name[:100],
    )
    changes = {}
    if given:
        basis = f"{chinese_date(day_of(now))}同意延期；原定{chinese_date(row.first_deadline or row.deadline)}"
        changes = {"deadline": until, "deadline_basis": basis, "escalation": Finding.Escalation.NONE}
    return step(
        actor,
        row,
        "finding.give_time",
        reason=answer,
        changes=changes,
        given=given,
        before=row.deadline,
        after=until if given else None,
        tell_at=row.unit.path,
    )


@audit.action
def agree_many(
    actor: Actor, *, findings: Iterable[Finding], reason: str = "", at: datetime | None = None
) -> list[Done[Finding]]:
    """Agree to what the units of many findings ask for, each until the day it named."""
    now = at or timezone.now()

    def act(row: Finding) -> None:
        asked = open_extension(row)
        if asked is None:
            raise Denied("没有等待批复的延期申请。", "finding.give_time")
        _give_time(actor, row, asked, given=True, until=None, answer=reason, now=now)

    return each("finding.give_time", findings, act)


@audit.action
def extend_many(
    actor: Actor, *, findings: Iterable[Finding], until: date, reason: str, at: datetime | None = None
) -> list[Done[Finding]]:
    """Give many findings time until one day of the office's own accord, with the reason: a flood, a holiday put off."""
    now = at or timezone.now()
    problems = {}
    if not reason.strip():
        problems["reason"] = "请写明为什么统一延期。"
    if until < day_of(now):
        problems["until"] = f"{chinese_date(until)}已经过去，请填今天或以后的日期。"
    if problems:
        raise ValidationError(problems)

    def act(row: Finding) -> None:
        FINDING.require(row, "finding.give_time", actor)
        if open_extension(row) is not None:
            raise Denied("有一份延期申请在等批复，请先批复。", "finding.give_time")
        if row.deadline is not None and until <= row.deadline:
            raise Denied(
                f"现在的时限是{chinese_date(row.deadline)}，不早于{chinese_date(until)}。", "finding.give_time"
            )
        made = Extension.objects.create(
            finding=row, until=until, reason=reason.strip()[:500], asked_by=str(row.office)[:100], asked_at=now
        )
        _give_time(actor, row, made, given=True, until=None, answer=f"由{row.office}统一延期", now=now)

    return each("finding.give_time", findings, act)


@audit.action
def pause(actor: Actor, *, finding: Finding, reason: str, at: datetime | None = None) -> Finding:
    """Stop the clock from today on, with the reason. The deadline moves when it runs again."""
    row = FINDING.lock(finding)
    _pause(actor, row, reason, day_of(at))
    return row


@audit.action
def pause_many(
    actor: Actor, *, findings: Iterable[Finding], reason: str, at: datetime | None = None
) -> list[Done[Finding]]:
    """Stop the clocks of many from today on, all for one reason."""
    return each("finding.pause", findings, lambda row: _pause(actor, row, reason, day_of(at)))


def _pause(actor: Actor, row: Finding, reason: str, day: date) -> None:
    FINDING.require(row, "finding.pause", actor)
    if not reason.strip():
        raise ValidationError({"reason": "请写明为什么暂停计时。"})
    step(actor, row, "finding.pause", reason=reason, changes={"paused_since": day}, tell_at=row.unit.path)
    Pause.objects.create(finding=row, since=day, reason=reason.strip()[:300], by_name=actor.name[:100])


@audit.action
def resume(actor: Actor, *, finding: Finding, at: datetime | None = None) -> Finding:
    """Let the clock run again from today on: the deadline moves by the days that it stood, in the days it is counted in."""
    row = FINDING.lock(finding)
    return _resume(actor, row, day_of(at))


@audit.action
def resume_many(actor: Actor, *, findings: Iterable[Finding], at: datetime | None = None) -> list[Done[Finding]]:
    """Let the clocks of many run again from today on."""
    return each("finding.resume", findings, lambda row: _resume(actor, row, day_of(at)))


def _resume(actor: Actor, row: Finding, day: date) -> Finding:
    FINDING.require(row, "finding.resume", actor)
    before = row.deadline
    changes = run_again(row, day)
    return step(
        actor, row, "finding.resume", changes=changes, before=before, after=changes["deadline"], tell_at=row.unit.path
    )


def run_again(row: Finding, day: date) -> dict[str, Any]:
    """End the pause and answer what changes: the deadline moves by the days that the clock stood, as it is counted.

    The term of the step (to send a plan) moves by calendar days. Nothing is asked of a finding whose clock runs.
    """
    ended = stop_pause(row, day)
    if ended is None:
        return {}
    calendar = work_calendar(row.office)
    changes: dict[str, Any] = {
        name: resumed(getattr(row, name), ended.since, day, working, calendar)
        for name, working in (("deadline", row.term_working), ("step_by", False))
        if getattr(row, name) is not None
    }
    if changes["deadline"] >= day:
        changes["escalation"] = Finding.Escalation.NONE
    return changes | {"paused_since": None}
