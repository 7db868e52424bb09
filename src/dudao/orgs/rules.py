"""Who speaks for a unit: what the flows of other apps ask of a unit and an actor."""

from collections.abc import Collection

from django.db.models import Q

from dudao.core.access import VERBS, Actor, Denied
from dudao.orgs.models import Kind, SecondPerson, Unit

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


def needs_another(office: Unit, did: str, verb: str) -> Denied | None:
    """Why somebody who ``did`` the step before («由您本人核验») doesn't take this one; ``None`` where the office may act alone."""
    if office.second_person == SecondPerson.ALONE:
        return None
    who = "上级督导机构"
    if office.second_person == SecondPerson.COLLEAGUE:
        who = f"{office}的另一人（没有另一人的，由上级督导机构）"
    return Denied(f"{did}，请由{who}{VERBS[verb].label}。", verb)
