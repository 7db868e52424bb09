"""Notices: one line in a person's list for what they should know or act on.

They come from the flows: a step names in ``tells`` the verbs of those who act next, and whoever holds one of them at the
object's place (or above it) gets a line, in the transaction of the action. An event that says ``tell_at`` is narrower: it is told
to those appointed at that unit, or at the nearest one above it where somebody is; else a city's officers, whose verbs reach every
county, would be told what a county has to do. Many events of one action about the same verb are told in one line. Reading a notice
is no act worth recording, so ``mark_read`` leaves no event.
"""

import importlib
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Func, QuerySet, Value
from django.urls import NoReverseMatch
from django.utils import timezone

from dudao.core.access import VERBS, Actor, Denied
from dudao.core.audit import TELLS
from dudao.core.models import Event, Notice

log = logging.getLogger(__name__)

SINGLE_UP_TO = 3
"""Events of one verb in one action that a person is told one by one; more become a single line."""


def tell(
    accounts: Iterable[int],
    *,
    text: str,
    url: str = "",
    place: str = "",
    verb: str = "",
    key: str = "",
    urgent: bool = False,
) -> int:
    """Give accounts a notice. With a ``key`` a person gets it once, however often it is told. Answers how many were new."""
    now = timezone.now()
    before = Notice.objects.filter(key=key).count() if key else 0
    rows = [
        Notice(
            account_id=account, verb=verb, text=_cut(text), url=url, place=place, at=now, key=key[:100], urgent=urgent
        )
        for account in dict.fromkeys(accounts)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=bool(key), batch_size=2000)
    return Notice.objects.filter(key=key).count() - before if key else len(rows)


def on_events(events: list[Event]) -> None:
    """The listener of the audit log: tells those who act next. The number of queries doesn't grow with the events."""
    _done(events)
    telling = [event for event in events if TELLS.get(event.verb)]
    if not telling:
        return
    holders = _holders(telling)
    urls = _urls(telling)
    lines: dict[tuple[int, str], list[Event]] = {}
    for event in telling:
        for account in holders[event.verb, _place(event)]:
            if account != event.actor_id:
                lines.setdefault((account, event.verb), []).append(event)
    notices: list[Notice] = []
    for (account, verb), group in lines.items():
        if len(group) <= SINGLE_UP_TO:
            notices += [_notice(account, verb, [event], urls) for event in group]
        else:
            notices.append(_notice(account, verb, group, urls))
    Notice.objects.bulk_create(notices, batch_size=2000)


class _Without(Func):
    """An array without the elements of another."""

    template = "ARRAY(SELECT unnest(%(expressions)s))"
    arg_joiner = ") EXCEPT SELECT unnest("


def _done(events: list[Event]) -> None:
    """What asked for the steps that were taken counts as read, whoever took them: there is nothing left to do about it.

    A line about many is read with the last of them.
    """
    asks: dict[str, list[str]] = {}
    for verb, told in TELLS.items():
        for step in told:
            asks.setdefault(step, []).append(verb)
    groups: dict[tuple[str, int], list[int]] = {}
    for event in events:
        if event.verb in asks and event.content_type_id is not None and event.object_id is not None:
            groups.setdefault((event.verb, event.content_type_id), []).append(event.object_id)
    newest = max((event.pk for event in events), default=0)
    for (verb, kind), objects in groups.items():
        asked = Event.objects.filter(content_type=kind, object_id__in=objects, verb__in=asks[verb], pk__lt=newest)
        done = list(asked.order_by().values_list("pk", flat=True))
        unread = Notice.objects.filter(read_at__isnull=True, event_ids__overlap=done)
        unread.filter(event_ids__contained_by=done).update(read_at=timezone.now())
        unread.update(event_ids=_Without("event_ids", Value(done, output_field=Notice._meta.get_field("event_ids"))))


def _holders(events: list[Event]) -> dict[tuple[str, str], frozenset[int]]:
    """Whom each verb and place is told to: a query or two for each verb, whatever the number of places."""
    directory = importlib.import_module(settings.DUDAO_DIRECTORY)
    wide: dict[str, set[str]] = {}
    narrow: dict[str, set[str]] = {}
    for event in events:
        places = narrow if "tell_at" in event.data else wide
        places.setdefault(event.verb, set()).add(_place(event))
    found: dict[tuple[str, str], frozenset[int]] = {}
    for ask, asked in ((directory.holders_at, wide), (directory.nearest_holders, narrow)):
        for verb, places_of_verb in asked.items():
            for place, accounts in ask(TELLS[verb], places_of_verb).items():
                found[verb, place] = accounts
    return found


def _place(event: Event) -> str:
    return str(event.data.get("tell_at", event.place))


def _urls(events: list[Event]) -> dict[tuple[int | None, int | None], str]:
    """The page of each event's object as it is today, loaded by one query a model."""
    wanted: dict[int, set[int]] = {}
    for event in events:
        if event.content_type_id is not None and event.object_id is not None:
            wanted.setdefault(event.content_type_id, set()).add(event.object_id)
    urls: dict[tuple[int | None, int | None], str] = {}
    for kind, keys in wanted.items():
        model = ContentType.objects.get_for_id(kind).model_class()
        if model is None or not hasattr(model, "get_absolute_url"):
            continue
        for obj in model._base_manager.filter(pk__in=keys):
            page: Any = obj
            try:
                urls[kind, obj.pk] = page.get_absolute_url()
            except NoReverseMatch:
                # A notice without a link is worth more than an action that fails for want of one.
                log.exception("no page for %s", obj)
    return urls


def _notice(account: int, verb: str, group: list[Event], urls: dict[tuple[int | None, int | None], str]) -> Notice:
    first = group[0]
    label = VERBS[verb].label
    if len(group) == 1:
        text = f"{first.actor_name}{label}：{first.label}"
        if first.reason:
            text += f"（理由：{first.reason}）"
    else:
        text = f"{first.actor_name}{label} {len(group)} 项：{first.label}、{group[1].label}等"
    return Notice(
        account_id=account,
        verb=verb,
        text=_cut(text),
        url=urls.get((first.content_type_id, first.object_id), ""),
        place=first.place,
        event_ids=[event.pk for event in group],
        at=first.at,
    )


def _cut(text: str) -> str:
    return text if len(text) <= 300 else text[:299] + "…"


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """A person's own notices, newest first."""
    return Notice.objects.filter(account_id=actor.id) if actor.id is not None else Notice.objects.none()


def unread_count(actor: Actor, most: int = 100) -> int:
    """How many are unread, counted to ``most`` at the furthest: the bell says 99+ anyway."""
    return len(notices_of(actor).filter(read_at__isnull=True).order_by().values_list("pk")[:most])


def mark_read(actor: Actor, notice: Notice) -> None:
    """A person has seen one of their own notices."""
    if actor.read_only:
        raise Denied("当前为只读查看，不能进行任何操作。")
    notices_of(actor).filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(actor: Actor) -> int:
    if actor.read_only:
        raise Denied("当前为只读查看，不能进行任何操作。")
    return notices_of(actor).filter(read_at__isnull=True).update(read_at=timezone.now())
