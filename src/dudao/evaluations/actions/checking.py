"""A self-evaluation is checked by the county or the office: remarks at indicators, sent back, accepted; moved to a successor."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit, many
from dudao.core.access import Actor, Denied
from dudao.core.many import Done
from dudao.evaluations.actions.answering import held
from dudao.evaluations.flow import SUBJECT, by_office, handed_in_by
from dudao.evaluations.models import Remark, Subject
from dudao.evaluations.queries.answering import ANSWER, leaves_of, why_not_check, window_of
from dudao.evaluations.queries.systems import system_of
from dudao.evidence.actions.links import thaw
from dudao.orgs.models import Unit

_HANDED_IN = (Subject.State.SUBMITTED, Subject.State.ACCEPTED)


def _checked(actor: Actor, subject: Subject, verb: str) -> Subject:
    row = held(subject)
    denied = why_not_check(row, actor, verb)
    if denied is not None:
        raise denied
    return row


@audit.action
def remark_on(actor: Actor, *, subject: Subject, code: str, text: str) -> Remark:
    """Write down what must be put right at one indicator («» for the whole). The unit reads it when it is sent back."""
    row = _checked(actor, subject, "evaluation.remark")
    if row.state not in _HANDED_IN:
        raise Denied(f"当前状态为“{row.get_state_display()}”，提交后才能提修改意见。", "evaluation.remark")
    window = window_of(row)
    if code and code not in leaves_of(system_of(row.campaign), window.codes if window is not None else ()):
        raise ValidationError({"code": f"这次自评没有代码为“{code[:40]}”的指标。"})
    words = text.strip()
    if not words:
        raise ValidationError({"text": "请写明要修改什么。"})
    if len(words) > 1000:
        raise ValidationError({"text": "意见最多 1000 字，请精简。"})
    made: Remark = Remark.objects.create(
        subject=row, code=code, text=words, by=actor.name[:100], by_account_id=actor.id
    )
    audit.record(actor, "evaluation.remark", row, code=code)
    return made


def _open_remark(actor: Actor, remark: Remark) -> tuple[Subject, Remark]:
    row = _checked(actor, remark.subject, "evaluation.remark")
    fresh: Remark = Remark.objects.select_for_update().get(pk=remark.pk, subject=row)
    return row, fresh


@audit.action
def drop_remark(actor: Actor, *, remark: Remark) -> Subject:
    """Take back a remark that the unit hasn't read yet."""
    row, fresh = _open_remark(actor, remark)
    if fresh.state != Remark.State.OPEN or row.state not in _HANDED_IN:
        raise Denied("这条意见已经退回给填报单位，不能删除；不再需要时请认可它。", "evaluation.remark")
    fresh.delete()
    audit.record(actor, "evaluation.remark", row, code=fresh.code, removed=1)
    return row


@audit.action
def settle_remark(actor: Actor, *, remark: Remark, reopen: str = "") -> Remark:
    """Say that a remark is settled, or (``reopen``: why) that it isn't: it is open again and goes back with the next return."""
    row, fresh = _open_remark(actor, remark)
    if row.state not in _HANDED_IN:
        raise Denied(f"当前状态为“{row.get_state_display()}”，提交后再处理意见。", "evaluation.remark")
    if reopen.strip():
        fresh.state, fresh.text = Remark.State.OPEN, f"{fresh.text}\n再次退回：{reopen.strip()}"[:1000]
    else:
        fresh.state = Remark.State.SETTLED
    fresh.save(update_fields=["state", "text"])
    audit.record(actor, "evaluation.remark", row, code=fresh.code, now=fresh.get_state_display())
    return fresh


@audit.action
def return_evaluation(actor: Actor, *, subject: Subject, reason: str, due_on: date | None = None) -> Subject:
    """Send back with the open remarks. ``due_on``: until when it must come again; without it the deadline stays, if ahead."""
    row = _checked(actor, subject, "evaluation.return")
    if row.state == Subject.State.ACCEPTED and row.reviews.filter(marked__gt=0).exists():
        denied = by_office(row, actor, "evaluation.return")
        if denied is not None:
            raise Denied(f"评审已经开始，需要退回的由{row.campaign.office}办理。", "evaluation.return")
    window, today = window_of(row), timezone.localdate()
    if due_on is not None and due_on < today:
        raise ValidationError({"due_on": "重新提交的截止日期不能早于今天。"})
    if due_on is None and window is not None and window.is_over(today):
        raise ValidationError({"due_on": "自评期限已过，请写明重新提交的截止日期。"})
    changes = {
        "opinion": reason.strip()[:2000],
        "accepted_at": None,
        "asked_by_id": actor.id,
        "due_on": due_on or row.due_on,
        "revision": row.revision + 1,
    }
    count = Remark.objects.filter(subject=row, state=Remark.State.OPEN).count()
    SUBJECT.move(row, "evaluation.return", actor, reason=reason, changes=changes, count=count, tell_at=row.unit.path)
    thaw(actor, prefix=ANSWER.key(row.pk), unit=row.unit)
    return row


@audit.action
def accept_evaluation(actor: Actor, *, subject: Subject) -> Subject:
    """Receive it. Answered remarks are settled with it; an open one must be sent back or dropped first."""
    return _accept(actor, _checked(actor, subject, "evaluation.accept"))


def _accept(actor: Actor, row: Subject) -> Subject:
    if row.remarks.filter(state=Remark.State.OPEN).exists():
        raise Denied("还有没退回的修改意见，请先退回修改，或删除意见后再通过。", "evaluation.accept")
    changes = {"accepted_at": timezone.now(), "asked_by_id": None, "revision": row.revision + 1}
    alone = {"alone": "由提交人本人核查，按规定由同一人办理"} if handed_in_by(row, actor) else {}
    SUBJECT.move(row, "evaluation.accept", actor, changes=changes, tell_at=row.unit.path, **alone)
    row.remarks.filter(state=Remark.State.ANSWERED).update(state=Remark.State.SETTLED)
    return row


@audit.action
def accept_many(actor: Actor, *, subjects: Sequence[Subject], place: Unit) -> list[Done[Subject]]:
    """Receive several at once. Those that can't be are left as they are and named."""
    actor.require("evaluation.accept", place.path)

    def act(subject: Subject) -> None:
        row = held(subject)
        SUBJECT.require(row, "evaluation.accept", actor)
        _accept(actor, row)

    done = many.each(sorted(subjects, key=lambda one: one.pk), act)
    if all(one.refused for one in done):
        audit.record(actor, "evaluation.accept", place, done=0, refused=len(done), tell_at="")
    return done


@audit.action
def move_subject(actor: Actor, *, subject: Subject, unit: Unit, reason: str) -> Subject:
    """A unit was merged or split in mid-campaign: its successor goes on with what is there. Name in the results, answers, figures,
    evidence, remarks stay as they are; the successor sees them, and finishes.
    """
    row = held(subject)
    denied = by_office(row, actor, "evaluation.move")
    if denied is not None:
        raise denied
    actor.require("evaluation.move", unit.path)
    if row.state == Subject.State.OUT:
        raise Denied("该单位已列为不参评，请先恢复参评。", "evaluation.move")
    if not reason.strip():
        raise ValidationError({"reason": "请写明理由，如撤并文件的名称和文号。"})
    if unit.is_closed:
        raise ValidationError({"unit": f"{unit}已撤销，不能承担。"})
    if not unit.path.startswith(row.campaign.office.path):
        raise ValidationError({"unit": f"{unit}不在{row.campaign.office}之下，不能承担。"})
    if row.campaign.subjects.filter(unit=unit).exists():
        raise ValidationError({"unit": f"{unit}本身就是这个项目的评估对象，请把原单位列为不参评。"})
    was = row.unit
    Subject.objects.filter(pk=row.pk).update(unit=unit, revision=row.revision + 1)
    row.unit, row.revision = unit, row.revision + 1
    audit.record(actor, "evaluation.move", row, reason=reason.strip()[:500], **{"from": was.name, "to": unit.name})
    return row
