"""What the platform reminds of by itself: self-evaluations and parts of them whose term is near or has just passed.

By the office's own days of «临近提醒». Safe to run again: whoever was reminded, by a person too, isn't reminded twice a day.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from dudao.calc.calendar import chinese_date
from dudao.calc.deadlines import urge_again
from dudao.core import audit
from dudao.core.access import SYSTEM, Actor
from dudao.evaluations.actions.campaigns import tell_subjects
from dudao.evaluations.actions.parts import remind_parts
from dudao.evaluations.models import Campaign, Part, Phase, Subject
from dudao.evaluations.queries.answering import window_of
from dudao.evaluations.queries.systems import rules_of
from dudao.findings.queries.terms import Terms, terms_on

_WAITING = (Subject.State.OPEN, Subject.State.RETURNED)


def urge_all(today: date) -> int:
    """Remind whom it is time to remind. Answers how many self-evaluations and parts."""
    terms = terms_on(today)
    return _urge_parts(terms, today) + _urge_subjects(terms, today)


def _urge_parts(terms: Terms, today: date) -> int:
    rows = Part.objects.filter(
        state__in=[Part.State.OPEN, Part.State.RETURNED],
        subject__state__in=_WAITING,
        subject__campaign__state=Campaign.State.RUNNING,
    ).select_related("subject__unit")
    wanted: dict[int, tuple[Subject, list[int]]] = {}
    for part in rows.order_by("pk"):
        near = terms.days(part.subject.unit.path, "near")
        if urge_again(part.due_on, near, part.reminded_on, today):
            wanted.setdefault(part.subject_id, (part.subject, []))[1].append(part.pk)
    return sum(remind_parts(SYSTEM, subject=subject, parts=keys) for subject, keys in wanted.values())


def _urge_subjects(terms: Terms, today: date) -> int:
    """Of campaigns that tell beforehand, as the days of their office say; nobody on a frozen day."""
    done = 0
    running = Campaign.objects.filter(state=Campaign.State.RUNNING, phases__kind=Phase.Kind.SELF)
    for row in running.select_related("office").distinct().order_by("pk"):
        if rules_of(row).announced:
            done += _urge_campaign(row, terms.days(row.office.path, "near"), today)
    return done


def _urge_campaign(row: Campaign, near: int, today: date) -> int:
    over = rules_of(row).late != "mark"  # after its last day nothing can be handed in, or the platform did so by itself
    rows: Any = Subject.objects.filter(campaign=row, state__in=_WAITING).select_related("campaign", "unit")
    by_last: dict[date, list[Subject]] = {}
    for subject in rows.prefetch_related("campaign__phases").order_by("pk"):
        window = window_of(subject, today)
        if window is None or window.frozen is not None or not window.is_open(today) or (over and window.is_over(today)):
            continue
        if urge_again(window.last, near, subject.reminded_on, today):
            by_last.setdefault(window.last, []).append(subject)
    return sum(_urge(SYSTEM, campaign=row, last=last, subjects=found, today=today) for last, found in by_last.items())


@audit.action
def _urge(actor: Actor, *, campaign: Campaign, last: date, subjects: Iterable[Subject], today: date) -> int:
    """Those of a campaign with the same last day, in one transaction."""
    keys = [one.pk for one in subjects]
    locked = Subject.objects.select_for_update(of=("self",)).filter(pk__in=keys, state__in=_WAITING)
    chosen = list(locked.select_related("unit"))
    until = f"，{chinese_date(last)}截止，请尽快完成" if last >= today else f"，已过{chinese_date(last)}的期限"
    tell_subjects(campaign, chosen, f"的自评还没有提交{until}", verb="campaign.remind")
    Subject.objects.filter(pk__in=[one.pk for one in chosen]).update(reminded_on=today)
    audit.record(actor, "campaign.remind", campaign, total=len(chosen))
    return len(chosen)
