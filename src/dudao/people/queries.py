"""Reads over accounts and appointments; what ``core`` asks of people: who is this actor, who holds a verb on a place."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from dudao.core.access import Actor, Grant
from dudao.people.models import Account, Appointment
from dudao.people.roles import ROLES

__all__ = ["actor_for", "holders_of"]


def actor_for(account: Account, address: str = "", *, day: date | None = None, read_only: bool = False) -> Actor:
    """The actor of an account with the grants of its appointments valid today: one query."""
    day = day or timezone.localdate()
    appointments = account.appointments.filter(Appointment.current(day)).select_related("unit")
    grants = tuple(
        Grant(ROLES[item.role].verbs, item.unit.path, f"{item.unit.name} · {ROLES[item.role].label}")
        for item in appointments
    )
    return Actor(id=account.pk, name=account.name, grants=grants, read_only=read_only, address=address)


def holders_of(verbs: Iterable[str], place: str) -> QuerySet[Account]:
    """Active accounts that hold one of the verbs on a place: who gets a notice."""
    wanted = set(verbs)
    roles = [key for key, role in ROLES.items() if wanted & role.verbs]
    above = [place[: end + 1] for end, letter in enumerate(place) if letter == "."]
    held = Appointment.objects.filter(Appointment.current(timezone.localdate()), role__in=roles, unit__path__in=above)
    return Account.objects.filter(is_active=True, pk__in=held.values("account"))
