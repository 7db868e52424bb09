"""Log-ins and log-outs: what is recorded of them, and ending sessions, one's own or somebody's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.models import Kind, Unit
from dudao.people.models import Account, LoginSession
from dudao.people.policy import login_policy


@dataclass(frozen=True, slots=True)
class Gate:
    """What a failed log-in with an unknown name is recorded against: the platform's door, at the top of the tree."""

    place: str

    def __str__(self) -> str:
        return "未知登录名"


def _end(rows: Iterable[LoginSession], why: str) -> int:
    """End sessions: the session itself goes, its row stays as history."""
    rows = list(rows)
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    return LoginSession.objects.filter(pk__in=[row.pk for row in rows], ended_at=None).update(
        ended_at=timezone.now(), end=why
    )


def _open_ones(account: Account, but: int | None) -> QuerySet[LoginSession]:
    rows = LoginSession.objects.filter(account=account, ended_at=None)
    return rows if but is None else rows.exclude(pk=but)


def end_all(account: Account, why: str, *, but: int | None = None) -> int:
    """Inside another action: end every session of an account, except perhaps one."""
    return _end(_open_ones(account, but), why)


@audit.action
def open_session(
    actor: Actor, *, account: Account, session_key: str, device_digest: str, device: str, factor: str
) -> LoginSession:
    """Record a log-in. More log-ins at the same time than the policy allows end the ones unused for longest."""
    now = timezone.now()
    Account.objects.select_for_update().get(pk=account.pk)
    open_ones = list(LoginSession.objects.filter(account=account, ended_at=None).order_by("-last_seen_at", "-pk"))
    ended = _end(open_ones[login_policy().sessions - 1 :], LoginSession.End.LIMIT)
    row = LoginSession.objects.create(
        account=account,
        session_key=session_key,
        device_digest=device_digest,
        device=device[:120],
        address=actor.address,
        factor=factor,
        started_at=now,
        last_seen_at=now,
    )
    data: dict[str, Any] = {"factor": factor, "device": device}
    if ended:
        data["ended"] = ended
    audit.record(actor, "account.login", account, **data)
    return row


@audit.action
def close_session(actor: Actor, *, account: Account, session_key: str) -> None:
    """The person logs out."""
    _end(LoginSession.objects.filter(account=account, session_key=session_key), LoginSession.End.LOGOUT)
    audit.record(actor, "account.logout", account)


def expire_session(row: int | None, why: str) -> None:
    """A session has run out by itself: bookkeeping of the log-in table only, no act of anybody, so no event."""
    if row is not None:
        LoginSession.objects.filter(pk=row, ended_at=None).update(ended_at=timezone.now(), end=why)


@audit.action
def end_sessions(
    actor: Actor, *, account: Account, sessions: Iterable[int] | None = None, but: int | None = None
) -> int:
    """The person ends log-ins of their own: those named, or all but the present one."""
    open_ones = _open_ones(account, but)
    if sessions is not None:
        open_ones = open_ones.filter(pk__in=list(sessions))
    ended = _end(open_ones, LoginSession.End.OWNER)
    audit.record(actor, "account.session_end", account, ended=ended)
    return ended


@audit.action
def note_failed_login(actor: Actor, *, account: Account | None, name_digest: str, step: str, locked: int = 0) -> None:
    """Record a failed try. A known account is named; of an unknown name only a keyed hash is kept, because people type passwords
    into that field by mistake; the hash still shows which tries used the same name. ``locked``: minutes, when this try locked."""
    at: Account | Gate
    data = {"step": step}
    if account is not None:
        at = account
    else:
        city = Unit.objects.filter(kind=Kind.CITY).order_by("depth", "pk").first()
        at = Gate(city.path if city else "")
        data["name"] = name_digest[:16]
    audit.record(actor, "account.login_failed", at, **data)
    if locked:
        audit.record(actor, "account.lock", at, minutes=locked, **data)
