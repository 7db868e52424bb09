"""What the office decides: verify, send back, cross off, open again, waive. Never the responsible unit, never one person alone."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, notices
from dudao.core.access import Actor
from dudao.core.files import Attachment
from dudao.core.many import Done
from dudao.findings.actions.issuing import Rules, deadline_for, each
from dudao.findings.actions.rectifying import unfinished
from dudao.findings.actions.steps import attach, day_of, step, stop_pause
from dudao.findings.flow import FINDING, same_person
from dudao.findings.models import Extension, Finding, Verification
from dudao.people.queries import nearest_holders


def _look(
    actor: Actor, row: Finding, *, passed: bool, method: str, opinion: str, on: date | None, now: datetime
) -> Verification:
    """Write down a look at what was reported."""
    today = day_of(now)
    on = on or today
    problems = {}
    if method not in Verification.Method.values:
        problems["method"] = "请选择核验方式：资料核验或实地核验。"
    if not opinion.strip():
        problems["opinion" if passed else "reason"] = "请写明核验意见：看了什么、是否属实、是否改到位。"
    reported = day_of(row.reported_at) if row.reported_at is not None else today
    if on > today:
        problems["on"] = "核验日期晚于今天，请填实际核验的日期。"
    elif on < min(reported, today):
        problems["on"] = f"责任单位{chinese_date(reported)}才报告完成，核验日期不能比它早。"
    if problems:
        raise ValidationError(problems)
    return Verification.objects.create(
        finding=row,
        method=method,
        passed=passed,
        opinion=opinion.strip()[:2000],
        on=on,
        at=now,
        by_id=actor.id,
        by_name=actor.name[:100],
    )


@audit.action
def verify(
    actor: Actor,
    *,
    finding: Finding,
    method: str,
    opinion: str,
    on: date | None = None,
    files: Collection[Attachment] = (),
    at: datetime | None = None,
) -> Finding:
    """It is done as reported: seen on paper or on site (``method``), on a day, with an opinion."""
    row = FINDING.lock(finding)
    now = at or timezone.now()
    _may(row, "finding.verify", actor)
    looked = _look(actor, row, passed=True, method=method, opinion=opinion, on=on, now=now)
    attach(row, files, verification=looked)
    _tell_unit(row, "finding.verify", f"整改已核验通过，等待销号：{row}")
    return step(
        actor,
        row,
        "finding.verify",
        reason=opinion,
        changes={"verified_at": now, "verified_by_id": actor.id, "step_by": None},
        method=looked.get_method_display(),
        tell_at=row.office.path,
        **_alone(row, "finding.verify", actor),
    )


def _tell_unit(row: Finding, verb: str, text: str) -> None:
    """Tell the responsible unit what was decided, where the step itself is told to whoever acts next."""
    accounts = nearest_holders(("finding.report",), [row.unit.path])[row.unit.path]
    notices.tell(accounts, text=text, url=row.get_absolute_url(), place=row.unit.path, verb=verb)


class Look(TypedDict, total=False):
    """How and when one looked at what was reported; on paper and today unless told otherwise."""

    method: str
    on: date | None
    at: datetime | None


@audit.action
def send_back(
    actor: Actor,
    *,
    finding: Finding,
    reason: str,
    deadline: date | None = None,
    files: Collection[Attachment] = (),
    **look: Unpack[Look],
) -> Finding:
    """Not done as reported: back to the unit with the reason, and with a new ``deadline`` where the old one can't be kept."""
    row = FINDING.lock(finding)
    now = look.get("at") or timezone.now()
    _may(row, "finding.send_back", actor)
    method = look.get("method", Verification.Method.PAPER)
    looked = _look(actor, row, passed=False, method=method, opinion=reason, on=look.get("on"), now=now)
    attach(row, files, verification=looked)
    changes = unfinished(row) | _new_deadline(row, deadline, now)
    return step(
        actor, row, "finding.send_back", reason=reason, changes=changes, deadline=deadline, tell_at=row.unit.path
    )


def _new_deadline(row: Finding, deadline: date | None, now: datetime) -> dict[str, Any]:
    if deadline is None:
        return {}
    if deadline < day_of(now):
        raise ValidationError({"deadline": f"{chinese_date(deadline)}已经过去，请填今天或以后的日期。"})
    return {
        "deadline": deadline,
        "deadline_basis": f"{chinese_date(day_of(now))}由{row.office}重新确定",
        "term_days": None,
        "escalation": Finding.Escalation.NONE,
    }


@audit.action
def close(actor: Actor, *, finding: Finding, at: datetime | None = None) -> Finding:
    """Cross it off (销号). Whoever verified it doesn't."""
    row = FINDING.lock(finding)
    _close(actor, row, at or timezone.now())
    return row


def _close(actor: Actor, row: Finding, now: datetime) -> None:
    _may(row, "finding.close", actor)
    _settle(row, now)
    step(
        actor,
        row,
        "finding.close",
        changes={"closed_on": day_of(now), "paused_since": None, "step_by": None},
        tell_at=row.unit.path,
        **_alone(row, "finding.close", actor),
    )


def _alone(row: Finding, verb: str, actor: Actor) -> dict[str, str]:
    """What the record says where an office of one person took two steps itself, as its rule allows."""
    did = same_person(row, actor, verb)
    return {"alone": f"{did}，按规定由同一人办理"} if did else {}


@audit.action
def close_many(actor: Actor, *, findings: Iterable[Finding], at: datetime | None = None) -> list[Done[Finding]]:
    """Cross off many; one that can't be crossed off comes back with the reason."""
    now = at or timezone.now()
    return each("finding.close", findings, lambda row: _close(actor, row, now))


@audit.action
def reopen(
    actor: Actor, *, finding: Finding, reason: str, deadline: date | None = None, at: datetime | None = None
) -> Finding:
    """What was crossed off has come back or never was done. Without ``deadline`` the office's term runs anew from today."""
    row = FINDING.lock(finding)
    now = at or timezone.now()
    _may(row, "finding.reopen", actor)
    if deadline is None:
        ruled = deadline_for(row, day_of(now), Rules.of(row.office, day_of(now)))
        if ruled is None:
            raise ValidationError({"deadline": "没有适用的时限规定，请填写新的完成时限。"})
        deadline = ruled.deadline
    changes = unfinished(row) | {"closed_on": None} | _new_deadline(row, deadline, now)
    return step(actor, row, "finding.reopen", reason=reason, changes=changes, deadline=deadline, tell_at=row.unit.path)


@audit.action
def waive(actor: Actor, *, finding: Finding, reason: str, at: datetime | None = None) -> Finding:
    """Nothing is to be done (免予整改), with the reason, which the ledger shows."""
    row = FINDING.lock(finding)
    now = at or timezone.now()
    _may(row, "finding.waive", actor)
    _settle(row, now)
    issued = row.state != Finding.State.DRAFT
    changes = {"finished_on": None, "step_by": None, "paused_since": None, "remark": reason.strip()[:300] or row.remark}
    if issued:
        _tell_unit(row, "finding.waive", f"免予整改：{row}（理由：{reason.strip()}）")
    return step(actor, row, "finding.waive", reason=reason, changes=changes)


def _settle(row: Finding, now: datetime) -> None:
    """A finding that comes to its end leaves no open pause and no unanswered request for time."""
    stop_pause(row, day_of(now))
    row.extensions.filter(state=Extension.State.ASKED).update(
        state=Extension.State.REFUSED, answer="问题已经办结，不再批复。", decided_at=now, decided_by="系统"
    )


def _may(row: Finding, verb: str, actor: Actor) -> None:
    FINDING.require(row, verb, actor)
