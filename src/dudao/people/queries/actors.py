"""Who somebody is today: the appointments they hold, the actor made of them, the one they have switched to.

A person acts with *all* their grants at once; the switch only says whose menu they see. For the shell:
``current_appointment(request)`` (with ``menu``, ``unit_name``, ``label``), ``held_of(request)``, ``viewing_as(request)``.
None of the three asks the database: the middleware has loaded what they read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from dudao.core.access import Actor, Grant
from dudao.people.models import Account, Appointment
from dudao.people.roles import ADMINISTRATORS, ROLES, Role

SWITCH_KEY = "appointment"


@dataclass(frozen=True, slots=True)
class Held:
    """An appointment valid today, as plain values. ``key`` names it in the switch."""

    key: str
    role: Role
    unit_id: int
    unit_name: str
    path: str

    @property
    def label(self) -> str:
        return self.role.label

    @property
    def menu(self) -> str:
        return self.role.menu

    @property
    def grant(self) -> Grant:
        return Grant(self.role.verbs, self.path, f"{self.unit_name} · {self.role.label}")


@dataclass(frozen=True, slots=True)
class ViewAs:
    """Somebody looks as somebody else: ``account`` is the person looked at, ``viewer`` the one who looks."""

    account: Account
    viewer: Account
    until: datetime


def held_by(account: Account, day: date | None = None) -> tuple[Held, ...]:
    """The appointments valid on a day, the widest unit first: one query."""
    appointments = account.appointments.filter(Appointment.current(day or timezone.localdate())).order_by()
    rows = appointments.values_list("pk", "role", "unit_id", "unit__name", "unit__path")
    held = [Held(str(key), ROLES[role], unit, name, path) for key, role, unit, name, path in rows]
    return tuple(sorted(held, key=lambda one: (one.path.count("."), int(one.key))))


def actor_of(account: Account, held: Iterable[Held], address: str = "", *, read_only: bool = False) -> Actor:
    return Actor(
        id=account.pk,
        name=account.name,
        grants=tuple(one.grant for one in held),
        read_only=read_only,
        address=address,
    )


def actor_for(account: Account, address: str = "", *, day: date | None = None, read_only: bool = False) -> Actor:
    """The actor of an account with the grants of its appointments valid today: one query."""
    return actor_of(account, held_by(account, day), address, read_only=read_only)


def is_administrator(held: Iterable[Held]) -> bool:
    return any(one.role.key in ADMINISTRATORS for one in held)


def holders_of(verbs: Iterable[str], place: str) -> QuerySet[Account]:
    """Active accounts that hold one of the verbs on a place: who gets a notice."""
    wanted = set(verbs)
    roles = [key for key, role in ROLES.items() if wanted & role.verbs]
    above = [place[: end + 1] for end, letter in enumerate(place) if letter == "."]
    held = Appointment.objects.filter(Appointment.current(timezone.localdate()), role__in=roles, unit__path__in=above)
    return Account.objects.filter(is_active=True, pk__in=held.values("account"))


# What the middleware has put on the request


def held_of(request: HttpRequest) -> Sequence[Held]:
    """The appointments of today of the person whose pages these are."""
    return getattr(request, "held", ())


def current_appointment(request: HttpRequest) -> Held | None:
    """The appointment whose menu is shown: the one switched to, else the widest. None: nobody, or nothing held today."""
    held = held_of(request)
    chosen = request.session.get(SWITCH_KEY) if hasattr(request, "session") else None
    return next((one for one in held if one.key == chosen), held[0] if held else None)


def viewing_as(request: HttpRequest) -> ViewAs | None:
    return getattr(request, "view_as", None)
