"""Who holds a verb on each of many places: asked once for a bulk action, however many objects it touched."""

from collections.abc import Iterable

from django.utils import timezone

from dudao.people.models import Appointment
from dudao.people.roles import ROLES


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
