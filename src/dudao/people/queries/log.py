"""Reads over the event log, for the audit administrator."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from dudao.core.access import Actor
from dudao.core.models import Event
from dudao.people.models import Account, LoginPolicy
from dudao.people.queries.event_words import data_words
from dudao.people.queries.units import units_named


def events_seen(actor: Actor) -> QuerySet[Any]:
    return Event.objects.visible_to(actor, "audit.view").select_related("content_type")


def find_events(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    for word in text.split():
        rows = rows.filter(Q(actor_name__icontains=word) | Q(label__icontains=word) | Q(reason__icontains=word))
    return rows


def with_units(events: Sequence[Any]) -> None:
    """Put the unit's name and the event's data in words on each event of a page: one query."""
    names = units_named({event.place for event in events if event.place})
    for event in events:
        event.unit_name = names.get(event.place, "")
        event.data_words = data_words(event)


def person_name(actor: Actor, value: str) -> str | None:
    if not value.isdecimal():
        return None
    found: Any = Account.objects.visible_to(actor, "account.view").filter(pk=int(value)).first()
    return found.name if found else None


def policy_history() -> Sequence[LoginPolicy]:
    return list(LoginPolicy.objects.order_by("-id")[:20])
