"""Cases and talks on the shared pages. What waits: to defend oneself, to sign, to answer, to decide; the office's next steps."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from dudao.accountability.models import Case, Opinion, Remedy, Talk
from dudao.accountability.queries import cases, talks
from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry
from dudao.core.ui.parts import Todo
from dudao.core.waiting import ALL, Kind, Pile, at

_State = Case.State
_CASES: QuerySet[Any] = Case.objects.select_related("unit", "office")
_TALKS: QuerySet[Any] = Talk.objects.select_related("unit", "office")
_OPINIONS: QuerySet[Any] = Opinion.objects.select_related("case__unit")


def accountability_piles(actor: Actor) -> list[Pile]:
    """The piles of one's trade, in the order in which one would work."""
    piles = []
    seen = cases.seen(actor)
    if actor.may_somewhere("case.decide"):
        rows = seen.filter(at(actor, "case.decide", "office__path"), state=_State.SUBMITTED)
        rows = rows.exclude(submitted_by=actor.id or 0)
        piles.append(Pile(rows, (_kind("问责待审定", "scale", "审定"),), read=_CASES))
    if actor.may_somewhere("case.defend"):
        own = seen.filter(at(actor, "case.defend", "unit__path"))
        own = own.filter(Q(person_account__isnull=True) | Q(person_account=actor.id))
        notified = Q(state=_State.NOTIFIED, defence="")
        issued = Q(state=_State.ISSUED, received_on__isnull=True)
        defending = (
            _kind("待陈述申辩", "message", "申辩", notified, "defend_by"),
            _kind("问责决定待签收", "signature", "签收", issued),
        )
        piles.append(Pile(own, defending, ("issued_on", "defend_by"), _CASES))
    if actor.may_somewhere("talk.sign"):
        rows = talks.seen(actor).filter(at(actor, "talk.sign", "unit__path"))
        rows = rows.filter(state=Talk.State.CALLED, signed_on__isnull=True)
        kind = Kind("约谈通知待签收", "messages", reverse("accountability:talks"), _talk)
        piles.append(Pile(rows, (kind,), ("held_on",), _TALKS))
    if actor.may_somewhere("case.answer"):
        rows = cases.opinions(actor).filter(at(actor, "case.answer", "unit__path"))
        rows = rows.filter(answered_on__isnull=True, case__state=_State.CONSULTING)
        kind = Kind("问责意见待反馈", "message-report", reverse("accountability:opinions"), _opinion)
        piles.append(Pile(rows, (kind,), ("due_on",), _OPINIONS))
    if actor.may_somewhere("case.open"):
        led = seen.filter(at(actor, "case.open", "office__path"))
        heard = Q(state=_State.NOTIFIED) & (~Q(defence="") | Q(defend_by__lt=timezone.localdate()))
        going = Q(state__in=[_State.EXAMINING, _State.HEARD, _State.CONSULTING, _State.DECIDED])
        asked = Remedy.objects.filter(kind=Remedy.Kind.REVIEW, result="")
        reviewed = Q(state=_State.ISSUED, pk__in=asked.values("case"))
        leading = (
            _kind("问责线索待调查", "search", "成立工作组", Q(state=_State.OPENED), "group_by"),
            _kind("问责案件待办理", "scale", "办理", going | heard),
            _kind("复核待决定", "rotate", "决定", reviewed),
        )
        piles.append(Pile(led, leading, ("received_on", "group_by"), _CASES))
    return piles


def _kind(title: str, icon: str, act: str, when: Q = ALL, day: str = "") -> Kind:
    """``day``: the column that says until when."""
    return Kind(title, icon, reverse("accountability:cases"), _case(act, day), when)


def _case(act: str, day: str) -> Callable[[Case], Todo]:
    def todo(row: Case) -> Todo:
        until = getattr(row, day) if day else None
        return Todo(str(row), row.get_absolute_url(), str(row.office), until, act=act)

    return todo


def _talk(row: Talk) -> Todo:
    return Todo(str(row), row.get_absolute_url(), str(row.office), act="签收")


def _opinion(row: Opinion) -> Todo:
    return Todo(f"对{row.case.subject}问责", row.get_absolute_url(), str(row.case.code), row.due_on, act="反馈")


_CASES_PAGE = Entry("问责案件", "scale", "accountability:cases", "case.view")
_TALKS_PAGE = Entry("约谈", "messages", "accountability:talks", "talk.view")
_OPINIONS_PAGE = Entry("征求意见", "message-report", "accountability:opinions", "case.answer")


def _entry(*below: Entry) -> Entry:
    return Entry("问责约谈", "scale", "accountability:cases", "case.view", below=below)


DESK = Desk(
    menu=(
        (60, (("office", "county"), _entry(_CASES_PAGE, _TALKS_PAGE, _OPINIONS_PAGE))),
        (60, (("school", "leader"), _entry(_CASES_PAGE, _TALKS_PAGE))),
    ),
    waiting=((60, accountability_piles),),
)
