"""What happened: ``@action`` wraps every write in one transaction and demands an event; ``record`` writes it.

Events carry the hash of the one before. To keep the chain's lock short, events are collected while an action runs and appended
just before it commits: writers queue for milliseconds, not for the length of an import.
"""

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from dudao.core.access import VERBS, Actor, place_of
from dudao.core.models import Event, Receipt

P = ParamSpec("P")
R = TypeVar("R")

TELLS: dict[str, tuple[str, ...]] = {}
"""verb → verbs of those who act next; filled by the flows, read by notices."""

LISTENERS: list[Callable[[list[Event]], None]] = []
"""Called with the events of an action, inside its transaction."""

_CHAIN_LOCK = 0x6475_6461  # any fixed number that nobody else locks on
_pending: ContextVar[list[Event] | None] = ContextVar("pending events", default=None)
_token: ContextVar[UUID | None] = ContextVar("token of the next action", default=None)


class NothingRecorded(RuntimeError):
    """An action ended without an event: a fault of the code; the transaction is rolled back."""


@contextmanager
def once(token: UUID | None) -> Iterator[None]:
    """The first action inside happens once for this token: repeated with it, it answers the object that it returned then.

    The token is that action's alone: a second one inside runs as if there were none. Without a token nothing changes.
    """
    if token is None:
        yield
        return
    reset = _token.set(token)
    try:
        yield
    finally:
        _token.reset(reset)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function an action: one transaction, at least one event, once per form token (``once``).

    The first argument is the actor, everything else is keyword-only. Actions may call actions: the outermost commits.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _pending.get()
        if outer is not None:
            before = len(outer)
            result = function(*args, **kwargs)
            if len(outer) == before:
                raise NothingRecorded(f"{function.__name__} recorded no event")
            return result
        token = _token.get()
        _token.set(None)
        with transaction.atomic():
            if token is not None and not _first_time(token, function.__name__):
                earlier: R = _earlier_result(token)
                return earlier
            events: list[Event] = []
            reset = _pending.set(events)
            try:
                result = function(*args, **kwargs)
            finally:
                _pending.reset(reset)
            if not events:
                raise NothingRecorded(f"{function.__name__} recorded no event")
            if token is not None and isinstance(result, models.Model):
                Receipt.objects.filter(token=token).update(
                    content_type=ContentType.objects.get_for_model(result), object_id=result.pk
                )
            _append(events)
            for listener in LISTENERS:
                listener(events)
            return result

    return run


def _first_time(token: UUID, verb: str) -> bool:
    """Claim the token. A second transaction with the same token waits here until the first one ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_receipt (token, at, verb) VALUES (%s, now(), %s) ON CONFLICT (token) DO NOTHING",
            [token, verb[:60]],
        )
        return bool(cursor.rowcount == 1)


def _earlier_result(token: UUID) -> Any:
    receipt = Receipt.objects.select_related("content_type").get(token=token)
    if receipt.content_type is None:
        return None
    return receipt.content_type.get_object_for_this_type(pk=receipt.object_id)


def record(actor: Actor, verb: str, obj: Any, *, reason: str = "", **data: Any) -> None:
    """Note that ``actor`` did ``verb`` to ``obj``. Only inside an action; ``data`` must be plain and free of personal data."""
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("audit.record outside an action: wrap the function in @action")
    if verb not in VERBS:
        raise KeyError(f"unknown verb {verb}: declare it in the app's verbs.py")
    pending.append(
        Event(
            at=timezone.now(),
            actor_id=actor.id,
            actor_name=actor.name,
            verb=verb,
            content_type=ContentType.objects.get_for_model(obj) if isinstance(obj, models.Model) else None,
            object_id=getattr(obj, "pk", None),
            label=str(obj)[:300],
            place=place_of(obj) if hasattr(obj, "SCOPE") or hasattr(obj, "place") else "",
            reason=reason,
            data=json.loads(json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)),
            address=actor.address,
        )
    )


def _digest(event: Event) -> str:
    content = {
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [event.actor_id, event.actor_name],
        "verb": event.verb,
        "object": [event.content_type_id, event.object_id, event.label],
        "place": event.place,
        "reason": event.reason,
        "data": event.data,
        "address": event.address,
        "previous": event.previous,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _append(events: list[Event]) -> None:
    """Chain the events to the log's end. The advisory lock is held from here to the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = Event.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    for event in events:
        event.previous = last
        event.digest = last = _digest(event)
    Event.objects.bulk_create(events, batch_size=1000)


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first event whose hash or predecessor is wrong."""

    event_id: int
    why: str


def verify(chunk: int = 5000) -> tuple[int, BrokenLink | None]:
    """Walk the chain from its start. Answers the number of events checked and the first broken link, if any."""
    checked = 0
    previous = ""
    for event in _stream(chunk):
        if event.previous != previous:
            return checked, BrokenLink(event.id, "前一条记录被删除或改动，链条在此断开")
        if event.digest != _digest(event):
            return checked, BrokenLink(event.id, "本条记录的内容与摘要不符，被改动过")
        previous = event.digest
        checked += 1
    return checked, None


def _stream(chunk: int) -> Iterator[Event]:
    yield from Event.objects.order_by("id").iterator(chunk_size=chunk)


def events_since(moment: datetime, verbs: Iterable[str], place: str) -> "models.QuerySet[Event]":
    """The events of some verbs at a place and below it after a moment."""
    return Event.objects.filter(at__gt=moment, verb__in=list(verbs), place__startswith=place)


def history(obj: models.Model) -> "models.QuerySet[Event]":
    """The events of one object, newest first."""
    kind = ContentType.objects.get_for_model(obj)
    return Event.objects.filter(content_type=kind, object_id=obj.pk).order_by("-id")
