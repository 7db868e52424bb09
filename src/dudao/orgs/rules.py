"""Who speaks for a unit: what the flows of other apps ask of a unit and an actor."""

from collections.abc import Collection

from django.db.models import Q

from dudao.core.access import Actor
from dudao.orgs.models import Kind, Unit

HANGING = frozenset({Kind.OFFICE, Kind.TEACHING_POINT})
"""An office without people of its own (督导机构) and a teaching point are spoken for by the unit they belong to."""


def speaks_for(actor: Actor, unit: Unit, verb: str) -> bool:
    """Whether somebody holds the verb at the unit itself, or at the one it belongs to; what is held further above doesn't count."""
    place = unit.path
    own = {place, place.rstrip(".").rpartition(".")[0] + "."} if unit.kind in HANGING else {place}
    return any(grant.path in own and grant.covers(verb, place) for grant in actor.grants)


def spoken_for_at(paths: Collection[str]) -> Q:
    """The rows with a ``unit`` that is spoken for at one of these places."""
    return Q(unit__path__in=paths) | Q(unit__kind__in=HANGING, unit__parent__path__in=paths)
