"""What somebody has to do about cases and talks: to defend oneself, to sign, to answer, to decide; the office's next steps.

Each group is one query (and a count when there is more than is shown).
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from dudao.accountability.models import Case, Talk
from dudao.accountability.queries import cases, talks
from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.groups import SHOWN, TodoGroup

__all__ = ["accountability_groups"]

_State = Case.State


def accountability_groups(actor: Actor) -> list[TodoGroup]:
    """The groups of one's trade, in the order in which one would work; empty ones among them."""
    groups = []
    if actor.may_somewhere("case.decide"):
        at = _at(actor, "case.decide", "office__path")
        rows = cases.seen(actor).filter(at, state=_State.SUBMITTED).exclude(submitted_by=actor.id)
        groups.append(_group("问责待审定", "scale", rows, "审定", "decided_on"))
    if actor.may_somewhere("case.defend"):
        own = cases.seen(actor).filter(_at(actor, "case.defend", "unit__path"))
        own = own.filter(Q(person_account__isnull=True) | Q(person_account=actor.id))
        groups.append(
            _group("待陈述申辩", "message", own.filter(state=_State.NOTIFIED, defence=""), "申辩", "defend_by")
        )
        unsigned = own.filter(state=_State.ISSUED, received_on__isnull=True)
        groups.append(_group("问责决定待签收", "signature", unsigned, "签收", "issued_on"))
    if actor.may_somewhere("talk.sign"):
        called = talks.with_units(talks.seen(actor)).filter(
            _at(actor, "talk.sign", "unit__path"), state=Talk.State.CALLED, signed_on__isnull=True
        )
        groups.append(_group("约谈通知待签收", "messages", called, "签收", "held_on"))
    if actor.may_somewhere("case.answer"):
        rows = cases.opinions(actor).filter(
            _at(actor, "case.answer", "unit__path"), answered_on__isnull=True, case__state=_State.CONSULTING
        )
        groups.append(_group("问责意见待反馈", "message-report", rows, "反馈", "due_on"))
    if actor.may_somewhere("case.open"):
        led = cases.seen(actor).filter(_at(actor, "case.open", "office__path"))
        over = Q(state=_State.NOTIFIED) & (~Q(defence="") | Q(defend_by__lt=timezone.localdate()))
        going = Q(state__in=[_State.EXAMINING, _State.HEARD, _State.CONSULTING, _State.DECIDED]) | over
        groups.append(_group("问责线索待调查", "search", led.filter(state=_State.OPENED), "成立工作组", "group_by"))
        groups.append(_group("问责案件待办理", "scale", led.filter(going), "办理", "id"))
        asked = led.filter(state=_State.ISSUED, remedies__result="", remedies__kind="review")
        groups.append(_group("复核待决定", "rotate", asked, "决定", "received_on"))
    return groups


def _at(actor: Actor, verb: str, lookup: str) -> Q:
    """At the very places at which one is appointed: that a city's officers see every county's cases doesn't make them theirs."""
    return Q(**{f"{lookup}__in": {grant.path for grant in actor.grants if verb in grant.verbs}})


def _group(title: str, icon: str, rows: QuerySet[Any], act: str, day: str) -> TodoGroup:
    """``day``: the column that says until when."""
    rows = rows.select_related("unit", *(["case__unit"] if rows.model._meta.model_name == "opinion" else ["office"]))
    found = list(rows.order_by(day, "id")[: SHOWN + 1])
    items = [
        Todo(
            _title(row),
            row.get_absolute_url(),
            _note(row),
            getattr(row, day) if day.endswith(("_by", "due_on")) else None,
            act=act,
        )
        for row in found[:SHOWN]
    ]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    page = {"talk": "talks", "opinion": "opinions"}.get(str(rows.model._meta.model_name), "cases")
    return TodoGroup(title, icon, items, total, reverse(f"accountability:{page}"))


def _title(row: Any) -> str:
    return f"对{row.case.subject}问责" if hasattr(row, "case_id") and not isinstance(row, Talk) else str(row)


def _note(row: Any) -> str:
    return str(row.case.code) if hasattr(row, "case_id") and not isinstance(row, Talk) else str(row.office)
