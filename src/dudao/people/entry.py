"""What a browser's session knows about the log-in: begun by the log-in pages, checked by the middleware on every request.

Times are whole seconds in the session itself, so that checking them costs no query. The numbers of the policy are copied in
at log-in; a stricter policy holds from the next log-in on.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from dudao.core.access import Actor
from dudao.people import actions
from dudao.people.address import client_address, device_words, ensure_device
from dudao.people.models import Account, LoginPolicy, LoginSession
from dudao.people.policy import login_policy
from dudao.people.queries.actors import held_by, is_administrator

KEY = "entry"
TOUCH_SECONDS = 60


@dataclass(slots=True)
class Entry:
    """``row``: the LoginSession; ``second``: whether a second factor was shown; ``by``: password or code; ``kept``: for how many
    days it stays on a device of the person's own, 0 where it ends like any other.
    """

    started: int
    seen: int
    row: int | None = None
    second: bool = False
    by: str = "password"
    idle: int = 30
    admin_idle: int = 15
    hours: int = 10
    password_days: int = 90
    kept: int = 0

    def over(self, now: int, *, administrator: bool) -> str:
        """Why the log-in has ended by itself, or ""."""
        if self.kept and not administrator:
            return LoginSession.End.LONG if now - self.started >= self.kept * 86400 else ""
        if now - self.started >= self.hours * 3600:
            return LoginSession.End.LONG
        if now - self.seen >= (min(self.idle, self.admin_idle) if administrator else self.idle) * 60:
            return LoginSession.End.IDLE
        return ""

    def limit(self, policy: LoginPolicy) -> None:
        self.idle, self.admin_idle = policy.idle_minutes, policy.admin_idle_minutes
        self.hours, self.password_days = policy.session_hours, policy.password_days

    def store(self, session: SessionBase) -> None:
        session[KEY] = {name: getattr(self, name) for name in self.__slots__}


def entry_of(session: SessionBase) -> Entry:
    """The entry of a session; a new one where the session has none (it then starts to count now)."""
    stored: dict[str, Any] | None = session.get(KEY)
    if stored is not None:
        return Entry(**stored)
    now = int(time.time())
    entry = Entry(now, now)
    entry.limit(LoginPolicy())
    entry.store(session)
    return entry


def begin(request: HttpRequest, account: Account, *, by: str, factor: str = "", keep: bool = False) -> LoginSession:
    """Log the account in: a fresh session key, the entry, the LoginSession, the event. The view sets the device cookie.

    ``keep``: the person asked to stay logged in on this device, which the policy may allow.
    """
    login(request, account, backend="dudao.people.backends.AccountBackend")
    now = int(time.time())
    entry = Entry(now, now, second=bool(factor), by=by)
    policy = login_policy()
    entry.limit(policy)
    if keep and policy.keep_days and not is_administrator(held_by(account)):
        entry.kept = policy.keep_days
        request.session.set_expiry(policy.keep_days * 86400)
    entry.store(request.session)
    request.session.save()
    row = actions.open_session(
        Actor(id=account.pk, name=account.name, address=client_address(request)),
        account=account,
        session_key=str(request.session.session_key),
        device_digest=ensure_device(request),
        device=device_words(request.META.get("HTTP_USER_AGENT", "")),
        factor=factor or by,
    )
    entry.row = row.pk
    entry.store(request.session)
    return row


def touch(request: HttpRequest, entry: Entry, now: int) -> None:
    """Note that the person is there; at most once a minute, so that reading costs no writing."""
    if now - entry.seen < TOUCH_SECONDS:
        return
    entry.seen = now
    entry.store(request.session)
    if entry.row is not None:
        LoginSession.objects.filter(pk=entry.row, ended_at=None).update(last_seen_at=timezone.now())


def rekey(request: HttpRequest, entry: Entry) -> None:
    """The session got another key (the password was changed): the LoginSession follows."""
    request.session.save()
    if entry.row is not None:
        LoginSession.objects.filter(pk=entry.row).update(session_key=request.session.session_key)
