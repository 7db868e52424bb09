"""What the office does to subjects while a campaign runs: remind, give more time, exempt and restore; and what the platform
hands in at the deadline.
"""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import SYSTEM, Actor, Denied
from dudao.evaluations.actions.amending import keep_amendment
from dudao.evaluations.actions.campaigns import locked, tell_subjects
from dudao.evaluations.actions.submitting import submit_as_it_is
from dudao.evaluations.flow import SUBJECT, by_office
from dudao.evaluations.models import Campaign, Phase, Subject
from dudao.evaluations.queries.answering import window_of

_WAITING = (Subject.State.OPEN, Subject.State.RETURNED)


def waiting(campaign: Campaign) -> "QuerySet[Subject]":
    """The subjects from which a self-evaluation is still wanted."""
    rows: QuerySet[Subject] = campaign.subjects.filter(state__in=_WAITING)
    return rows


def _running(actor: Actor, campaign: Campaign, verb: str) -> Campaign:
    row = locked(campaign)
    denied = by_office(row, actor, verb)
    if denied is not None:
        raise denied
    if row.state != Campaign.State.RUNNING:
        raise Denied(f"项目{row.get_state_display()}，不能这样操作。", verb)
    return row


def _locked_subjects(row: Campaign, keys: Sequence[int]) -> list[Subject]:
    rows = Subject.objects.select_for_update(of=("self",)).filter(campaign=row, pk__in=set(keys)).order_by("pk")
    found = list(rows.select_related("unit", "campaign__office", "campaign__version"))
    if not found:
        raise ValidationError("没有选中可以办理的单位。")
    return found


@audit.action
def remind_subjects(actor: Actor, *, campaign: Campaign, subjects: Sequence[int] | None = None) -> int:
    """Remind those whose self-evaluation is still wanted (of these, or all), once a day. Answers how many units."""
    row = _running(actor, campaign, "campaign.remind")
    today = timezone.localdate()
    wanted = waiting(row).filter(Q(reminded_on__isnull=True) | Q(reminded_on__lt=today))
    if subjects is not None:
        wanted = wanted.filter(pk__in=set(subjects))
    chosen = list(wanted)
    if not chosen:
        raise ValidationError("没有需要催报的单位：已提交的不用催，今天催过的不再催。")
    phase = row.phases.filter(kind=Phase.Kind.SELF).first()
    until = f"，截止日期{chinese_date(phase.closes_on)}" if phase is not None else ""
    tell_subjects(row, chosen, f"的自评还没有提交，请尽快完成{until}", verb="campaign.remind")
    Subject.objects.filter(pk__in=[one.pk for one in chosen]).update(reminded_on=today)
    audit.record(actor, "campaign.remind", row, total=len(chosen))
    return len(chosen)


@audit.action
def extend_subjects(
    actor: Actor, *, campaign: Campaign, subjects: Sequence[int], until: date, reason: str
) -> list[Subject]:
    """Give some subjects more time for their self-evaluation; what was in force before stands in the amendment."""
    row = _running(actor, campaign, "evaluation.extend")
    if not reason.strip():
        raise ValidationError({"reason": "请写明延长的理由。"})
    phase = row.phases.filter(kind=Phase.Kind.SELF).first()
    if phase is None:
        raise ValidationError("这个项目没有自查自评，不用延长。")
    if until < timezone.localdate():
        raise ValidationError({"until": "延长到的日期已经过去，请填今天或以后的日期。"})
    if until < phase.closes_on:
        raise ValidationError({"until": f"不能早于原来的截止日期{chinese_date(phase.closes_on)}。"})
    chosen = [one for one in _locked_subjects(row, subjects) if one.state in _WAITING]
    if not chosen:
        raise ValidationError("所选单位都已提交或不参评，不用延长。")
    Subject.objects.filter(pk__in=[one.pk for one in chosen]).update(due_on=until)
    audit.record(actor, "evaluation.extend", row, total=len(chosen), day=until)
    keep_amendment(actor, row, reason, [f"{_names(chosen)}的自评延长到{chinese_date(until)}。"], chosen)
    Campaign.objects.filter(pk=row.pk).update(revision=row.revision + 1)
    tell_subjects(row, chosen, f"的自评延长到{chinese_date(until)}", verb="evaluation.extend")
    return chosen


@audit.action
def exempt_subjects(actor: Actor, *, campaign: Campaign, subjects: Sequence[int], reason: str) -> list[Subject]:
    """Take subjects out: they keep everything and take no part in scores."""
    row = _running(actor, campaign, "evaluation.exempt")
    chosen = [one for one in _locked_subjects(row, subjects) if one.state != Subject.State.OUT]
    if not chosen:
        raise ValidationError("所选单位都已不参评。")
    _move(actor, chosen, "evaluation.exempt", reason, opinion=reason.strip())
    return _told(actor, row, chosen, "evaluation.exempt", reason)


@audit.action
def restore_subjects(actor: Actor, *, campaign: Campaign, subjects: Sequence[int], reason: str) -> list[Subject]:
    """Take subjects in again. Without a self-evaluation they are received at once."""
    row = _running(actor, campaign, "evaluation.restore")
    chosen = [one for one in _locked_subjects(row, subjects) if one.state == Subject.State.OUT]
    if not chosen:
        raise ValidationError("所选单位都在参评，不用恢复。")
    _move(actor, chosen, "evaluation.restore", reason, opinion="")
    if not row.phases.filter(kind=Phase.Kind.SELF).exists():
        Subject.objects.filter(pk__in=[one.pk for one in chosen]).update(
            state=Subject.State.ACCEPTED, accepted_at=timezone.now()
        )
    return _told(actor, row, chosen, "evaluation.restore", reason)


def _move(actor: Actor, chosen: Sequence[Subject], verb: str, reason: str, *, opinion: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "请写明理由。"})
    for one in chosen:
        SUBJECT.move(one, verb, actor, reason=reason, changes={"opinion": opinion, "revision": one.revision + 1})


def _told(actor: Actor, row: Campaign, chosen: list[Subject], verb: str, reason: str) -> list[Subject]:
    words = "不再参评" if verb == "evaluation.exempt" else "恢复参评"
    keep_amendment(actor, row, reason, [f"{_names(chosen)}{words}。"], chosen)
    Campaign.objects.filter(pk=row.pk).update(revision=row.revision + 1)
    tell_subjects(row, chosen, f"：本单位{words}", verb=verb)
    return chosen


def _names(chosen: Sequence[Subject]) -> str:
    return "、".join(one.label for one in chosen[:10]) + (f"等 {len(chosen)} 个单位" if len(chosen) > 10 else "")


def hand_in_overdue(today: date) -> int:
    """Hand in what is there for every subject whose deadline was before today, where the campaign says so. Once each: what is
    handed in isn't waiting any more. Answers how many.
    """
    rows = (
        Subject.objects.filter(
            state__in=_WAITING, campaign__state=Campaign.State.RUNNING, campaign__rules__late="accept"
        )
        .filter(campaign__phases__kind=Phase.Kind.SELF, campaign__phases__closes_on__lt=today)
        .exclude(due_on__gte=today)
        .select_related("campaign__office", "campaign__version", "unit")
        .prefetch_related("campaign__phases")
        .distinct()
        .order_by("pk")
    )
    done = 0
    for subject in rows.iterator(chunk_size=200):
        window = window_of(subject, today)
        if window is None or not window.is_over(today):
            continue  # frozen days moved its deadline behind today
        submit_as_it_is(SYSTEM, subject=subject)
        done += 1
    return done
