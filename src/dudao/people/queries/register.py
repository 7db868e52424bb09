"""Reads over accounts: the list, one account with all that hangs on it, people found by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils import timezone

from dudao.core.access import VERBS, Actor, Grant, Verb, verbs_of
from dudao.core.models import Event
from dudao.orgs.models import Unit
from dudao.people.guard import normal_username
from dudao.people.models import Account, AdministratorChange, Appointment, LoginSession
from dudao.people.roles import ROLES

_UNUSED_DAYS = 90


def account_of_username(username: str) -> Any:
    return Account.objects.named(normal_username(username)).select_related("home").first()


def account_waiting(pk: int) -> Any:
    """An active account whose second factor is awaited."""
    return Account.objects.filter(pk=pk, is_active=True).first()


def open_sessions(account: Account) -> Sequence[LoginSession]:
    """Log-ins not yet ended, those that ran out without anybody looking left aside."""
    since = timezone.now() - timedelta(hours=12)
    return list(LoginSession.objects.filter(account=account, ended_at=None, started_at__gt=since))


def top_unit() -> Any:
    """The city itself: where the administrators of the platform sit."""
    return Unit.objects.filter(kind="city").order_by("depth", "pk").first()


def path_of(pk: str) -> str:
    """The path of a unit by its number; one that can't be found narrows to nothing."""
    return Unit.objects.filter(pk=int(pk)).values_list("path", flat=True).first() or "?"


def unit_at(path: str) -> Any:
    return Unit.objects.filter(path=path).first()


# The list


def accounts_seen(actor: Actor) -> QuerySet[Any]:
    return Account.objects.visible_to(actor, "account.view").select_related("home")


def unused() -> Q:
    """Active accounts in which nobody has been for ninety days: candidates for disabling (GB/T 22239-2019 8.1.4.2 c)."""
    since = timezone.now() - timedelta(days=_UNUSED_DAYS)
    return Q(is_active=True, last_login__lt=since) | Q(is_active=True, last_login=None, created_at__lt=since)


def with_role(rows: QuerySet[Any], role: str) -> QuerySet[Any]:
    held = Appointment.objects.filter(Appointment.current(timezone.localdate()), account=OuterRef("pk"), role=role)
    return rows.filter(Exists(held))


def find_people(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By name, log-in name, unit, pinyin («zhangsan») or initials («zs»)."""
    rows = rows.alias(joined=Replace("pinyin", Value(" "), Value("")))
    for word in text.split():
        found = Q(name__icontains=word) | Q(username__icontains=word) | Q(home__name__icontains=word)
        if re.fullmatch("[a-zA-Z]{2,20}", word):
            initials = " ".join(f"{letter}[a-z]*" for letter in word.lower())
            found |= Q(joined__icontains=word) | Q(pinyin__regex=rf"(^| ){initials}")
        rows = rows.filter(found)
    return rows


def with_roles(accounts: Sequence[Any]) -> None:
    """Put ``roles_now`` (words) on each account of a page: one query."""
    held = Appointment.objects.filter(
        Appointment.current(timezone.localdate()), account__in=[one.pk for one in accounts]
    ).select_related("unit")
    words: dict[int, list[str]] = {}
    for one in held:
        words.setdefault(one.account_id, []).append(f"{one.unit} · {ROLES[one.role].label}")
    for account in accounts:
        account.roles_now = "；".join(words.get(account.pk, []))


# One account


def held_roles(account: Account) -> Sequence[Any]:
    """All appointments, the present ones first."""
    today = timezone.localdate()
    rows = list(account.appointments.select_related("unit").order_by("-valid_from", "-pk"))
    return sorted(rows, key=lambda one: not one.valid_on(today))


def appointment_seen(actor: Actor, pk: int) -> Any:
    return (
        Appointment.objects.filter(account__in=Account.objects.visible_to(actor, "account.view"), pk=pk)
        .select_related("account__home", "unit")
        .first()
    )


_LOG_INS = ("account.login", "account.logout", "account.login_failed")


def account_events(account: Account) -> Sequence[Any]:
    """What was done to the account and its appointments, newest first; coming and going left out."""
    kinds = ContentType.objects.get_for_models(Account, Appointment)
    own = Q(content_type=kinds[Account], object_id=account.pk)
    given = Q(content_type=kinds[Appointment], object_id__in=account.appointments.values("pk"))
    return list(Event.objects.filter(own | given).exclude(verb__in=_LOG_INS).order_by("-id")[:30])


@dataclass(frozen=True, slots=True)
class Change:
    """One version of an appointment as the database itself recorded it."""

    at: Any
    what: str
    role: str
    unit: str
    valid_from: Any
    valid_to: Any


def appointment_history(account: Account) -> Sequence[Change]:
    """Every version of the account's appointments (pghistory), newest first: also what was changed past the actions."""
    model: Any = apps.get_model("people", "AppointmentEvent")
    rows = model.objects.filter(account_id=account.pk).order_by("-pgh_id")
    names = dict(Unit.objects.filter(pk__in={row.unit_id for row in rows}).values_list("pk", "name"))
    words = {"insert": "任用", "update": "变更"}
    return [
        Change(
            row.pgh_created_at, words.get(row.pgh_label, row.pgh_label), ROLES[row.role].label, names.get(row.unit_id, "—"),
            row.valid_from, row.valid_to,
        )
        for row in rows
    ]  # fmt: skip


# Changes of administrators


def changes_seen(actor: Actor) -> QuerySet[Any]:
    rows = AdministratorChange.objects.visible_to(actor, "administrator.ask")
    return rows.select_related("account__home", "unit", "asked_by__home", "decided_by")


def change_seen(actor: Actor, pk: int) -> Any:
    return changes_seen(actor).filter(pk=pk).first()


# «Why can I see this?»


@dataclass(frozen=True, slots=True)
class Reason:
    """An appointment by which a place is seen: whether it is at this very unit, what it lets one see there, and what do."""

    source: str
    is_own: bool
    sees: tuple[str, ...]
    does: tuple[str, ...]


def reasons(actor: Actor, place: str) -> Sequence[Reason]:
    """By appointment the verbs that the actor holds on the place, each word once. No query."""
    own = verbs_of(["account:own"])
    verbs = [verb for verb in VERBS.values() if not verb.name.startswith("appoint.") and verb.name not in own]
    held: dict[Grant, list[Verb]] = {}
    for verb in verbs:
        for grant in actor.sources(verb.name, place):
            if not (actor.read_only and verb.writes):
                held.setdefault(grant, []).append(verb)

    def words(given: Sequence[Verb], writes: bool) -> tuple[str, ...]:
        return tuple(dict.fromkeys(verb.label for verb in given if verb.writes == writes))

    return [
        Reason(grant.source, grant.path == place, words(given, False), words(given, True))
        for grant, given in held.items()
    ]
