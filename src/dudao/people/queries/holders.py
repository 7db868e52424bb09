"""Who holds a verb on each of many places: asked once for a bulk action, however many objects it touched."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Coalesce, Length
from django.utils import timezone

from dudao.orgs.rules import HANGING
from dudao.people.models import Appointment
from dudao.people.roles import ROLES


def held_below(above: str, verb: str, place: str, *but: Any, over: bool = False) -> Exists:
    """The condition «nearer to ``place`` than ``above`` somebody holds the verb»: what lies on their desk doesn't lie on that of
    the office above. ``place`` is a lookup to a path, ``but`` are lookups to accounts that don't count (who took the step
    before); ``over``: the unit at the place itself doesn't count either.
    """
    roles = [key for key, role in ROLES.items() if verb in role.verbs]
    rows = Appointment.objects.filter(
        Appointment.current(timezone.localdate()), role__in=roles, account__is_active=True, unit__path__startswith=above
    )
    rows = rows.annotate(
        of=ExpressionWrapper(OuterRef(place), output_field=TextField()), length=Length("unit__path")
    ).filter(of__startswith=F("unit__path"), length__gt=len(above))
    if over:
        rows = rows.exclude(of=F("unit__path"))
    for account in but:
        rows = rows.exclude(account=Coalesce(OuterRef(account), Value(0)))
    return Exists(rows)


def nobody_at(verb: str, unit: str = "unit") -> Q:
    """The condition «no person of the row's unit holds the verb»: then whoever handed the work down has it on the desk."""
    roles = [key for key, role in ROLES.items() if verb in role.verbs]
    rows = Appointment.objects.filter(
        Appointment.current(timezone.localdate()), role__in=roles, account__is_active=True
    )
    at = Q(Exists(rows.filter(unit=OuterRef(unit))))
    return ~at & ~Q(Exists(rows.filter(unit=OuterRef(f"{unit}__parent"))), **{f"{unit}__kind__in": HANGING})


def holds_still(verb: str, account: str) -> Exists:
    """The condition «the person at ``account`` holds the verb somewhere today»."""
    roles = [key for key, role in ROLES.items() if verb in role.verbs]
    rows = Appointment.objects.filter(
        Appointment.current(timezone.localdate()), role__in=roles, account__is_active=True, account=OuterRef(account)
    )
    return Exists(rows)


def holders_at(verbs: Iterable[str], places: Iterable[str]) -> dict[str, frozenset[int]]:
    """For each place the ids of the active accounts that hold one of the verbs there, at that unit or above it. One query."""
    return {place: frozenset().union(*held) for place, held in _held_along(verbs, places).items()}


def nearest_holders(verbs: Iterable[str], places: Iterable[str]) -> dict[str, frozenset[int]]:
    """Those appointed at the place itself; where nobody is, those at the nearest unit above it that has somebody. One query."""
    return {
        place: frozenset(next((people for people in reversed(held) if people), ()))
        for place, held in _held_along(verbs, places).items()
    }


def _held_along(verbs: Iterable[str], places: Iterable[str]) -> dict[str, list[set[int]]]:
    """For each place the holders at each unit on the way to it, from the top down."""
    wanted = set(verbs)
    roles = [key for key, role in ROLES.items() if wanted & role.verbs]
    above = {place: [place[: end + 1] for end, letter in enumerate(place) if letter == "."] for place in places}
    paths = {path for chain in above.values() for path in chain}
    held: dict[str, set[int]] = {}
    rows = Appointment.objects.filter(
        Appointment.current(timezone.localdate()), role__in=roles, unit__path__in=paths, account__is_active=True
    )
    for path, account in rows.values_list("unit__path", "account"):
        held.setdefault(path, set()).add(account)
    return {place: [held.get(path, set()) for path in chain] for place, chain in above.items()}
