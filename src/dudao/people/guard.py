"""Brakes on guessing passwords and codes: nothing is looked at without a reserved try (`backends`, the second step).

Three counters, all over failures only, all gone ``lock_minutes`` after the last counted failure:

* one account from one place (address, or known device): ``failures``;
* one account from all unknown places together: ``account_failures``;
* one address over all accounts: ``address_failures``.

Somebody who hammers on a known log-in name elsewhere locks that place and, at most, other *unknown* places. A browser in which
the account has logged in before (its device cookie) is counted by itself alone, so its owner still gets in: the lock can't be
turned against them. An attempt is written before the password is checked and taken back on success, under a lock per name and
address; a hundred parallel guesses count as a hundred. Refused attempts are not counted, so a lock always ends.
The reasoning stands in docs/threat-model.md.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from dudao.people.address import address_group, client_address, device_digest
from dudao.people.models import Account, LoginAttempt, LoginPolicy, LoginSession
from dudao.people.policy import login_policy
from dudao.people.secrets import keyed_digest

_KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``wait``: how long the lock still lasts (None: not locked). ``left``: further failures until a lock."""

    attempt: int | None
    wait: timedelta | None = None
    left: int = 0
    lock_minutes: int = 0

    @property
    def allowed(self) -> bool:
        return self.wait is None

    @property
    def minutes(self) -> int:
        return max(1, math.ceil(self.wait.total_seconds() / 60)) if self.wait else 0


def normal_username(typed: str) -> str:
    """Full-width letters and spaces around a name are slips of the keyboard, and case does not distinguish people."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()[:150]


def name_digest(username: str) -> str:
    return keyed_digest("login name", normal_username(username))


def reserve(request: HttpRequest, username: str) -> Verdict:
    """Ask for one try. Allowed: it already counts as failed until ``take_back``."""
    policy = login_policy()
    address, device, name = address_group(client_address(request)), device_digest(request), name_digest(username)
    now = timezone.now()
    since = now - 2 * timedelta(minutes=policy.lock_minutes)
    with transaction.atomic():
        _queue(address, name)
        known = bool(device) and _known(username, device, now)
        recent = LoginAttempt.objects.filter(at__gt=since).order_by("-at")
        left = policy.failures
        for rows, limit in _counters(recent, name, address, device if known else "", policy=policy):
            times = list(rows.values_list("at", flat=True)[:limit])
            until = _locked_until(times, limit, policy.lock_minutes)
            if until is not None and now < until:
                return Verdict(None, until - now, 0, policy.lock_minutes)
            window = now - timedelta(minutes=policy.lock_minutes)
            left = min(left, limit - sum(at > window for at in times) - 1)
        LoginAttempt.objects.filter(at__lte=since, name_digest=name).delete()
        attempt = LoginAttempt.objects.create(
            name_digest=name, address=address, device_digest=device if known else "", known_device=known, at=now
        )
    return Verdict(attempt.pk, None, max(left, 0), policy.lock_minutes)


def _queue(address: str, name: str) -> None:
    """Tries from one address or at one name pass one after the other, always in this order (no deadlock)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [address])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 12))", [name])


def _known(username: str, device: str, now: datetime) -> bool:
    return LoginSession.objects.filter(
        account__in=Account.objects.named(normal_username(username)),
        device_digest=device,
        started_at__gt=now - _KNOWN_FOR,
    ).exists()


def _counters(
    recent: QuerySet[LoginAttempt], name: str, address: str, known_device: str, *, policy: LoginPolicy
) -> Sequence[tuple[QuerySet[LoginAttempt], int]]:
    mine = recent.filter(name_digest=name)
    if known_device:
        return [(mine.filter(device_digest=known_device), policy.failures)]
    unknown = mine.filter(known_device=False)
    return [
        (unknown.filter(address=address), policy.failures),
        (unknown, policy.account_failures),
        (recent.filter(address=address, known_device=False), policy.address_failures),
    ]


def _locked_until(times: Sequence[datetime], limit: int, minutes: int) -> datetime | None:
    """``times``: the latest failures, newest first. Locked when ``limit`` of them lie within one lock time of the last."""
    span = timedelta(minutes=minutes)
    if len(times) < limit or times[limit - 1] <= times[0] - span:
        return None
    return times[0] + span


def take_back(verdict: Verdict) -> None:
    """The try was right: it doesn't count."""
    if verdict.attempt is not None:
        LoginAttempt.objects.filter(pk=verdict.attempt).delete()


def forgive(request: HttpRequest, username: str) -> None:
    """After a whole log-in (both factors): the failures of this account from this place are forgotten, no others."""
    place = Q(address=address_group(client_address(request)), known_device=False)
    device = device_digest(request)
    if device:
        place |= Q(device_digest=device)
    LoginAttempt.objects.filter(place, name_digest=name_digest(username)).delete()
