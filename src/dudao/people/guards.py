"""Who acts for an office: people of its own, never somebody of the unit that it looks at."""

from typing import Any

from dudao.core.access import VERBS, Actor, Denied
from dudao.orgs.models import Unit


def is_own(actor: Actor, path: str) -> bool:
    """Whether somebody is appointed at this very unit."""
    return any(grant.path == path for grant in actor.grants)


def acts_for(office: Unit, actor: Actor, verb: str, unit: Unit | None = None) -> Denied | None:
    """The office itself, by people of its own: who stands above it looks on (市级可以看到，不能代替县级改).
    Never somebody of the ``unit`` that it looks at.
    """
    if actor.everything:
        return None
    if unit is not None and unit.pk != office.pk and is_own(actor, unit.path):
        return Denied(f"您在{unit}任职，应当回避。", verb)
    if any(grant.path == office.path and grant.covers(verb, office.path) for grant in actor.grants):
        return None
    return Denied(f"由{office}{VERBS[verb].label}。", verb)


def by_office(row: Any, actor: Actor, verb: str) -> Denied | None:
    """The office of a row, as `acts_for`; the row's ``unit`` is what it looks at, if it has one."""
    return acts_for(row.office, actor, verb, getattr(row, "unit", None))
