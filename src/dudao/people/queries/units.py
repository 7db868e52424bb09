"""Units as the pages of people need them: to choose from by a verb, by name, the few that fit."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from dudao.core.access import VERBS, Actor
from dudao.orgs.models import Unit
from dudao.orgs.naming import search_terms

_MOST = 20


def choosable_units(actor: Actor, verb: str, text: str) -> Sequence[tuple[Any, str]]:
    """Up to twenty open units on which the actor holds the verb, with the way to each: two queries. Nothing typed: the highest."""
    if verb not in VERBS:
        return []
    rows = Unit.objects.visible_to(actor, verb).open_on(timezone.localdate())
    for term in search_terms(text[:60]):
        rows = rows.filter(Q(search_text__contains=term) | Q(name__icontains=term))
    units = list(rows.order_by("depth", "sort_no", "pinyin", "pk")[:_MOST])
    names = units_named({path for unit in units for path in _above(unit.path)})
    return [(unit, " / ".join(names[path] for path in _above(unit.path) if path in names)) for unit in units]


def _above(path: str) -> list[str]:
    """The paths above a unit, the top one left out: everything lies in the province."""
    ends = [place for place, letter in enumerate(path) if letter == "."]
    return [path[: end + 1] for end in ends[:-1]][-2:]


def units_named(paths: set[str]) -> dict[str, str]:
    return dict(Unit.objects.filter(path__in=paths).values_list("path", "name"))


def unit_name_of(actor: Actor, verb: str, value: str) -> str | None:
    if not value.isdecimal():
        return None
    unit = Unit.objects.visible_to(actor, verb).filter(pk=int(value)).first()
    return unit.name if unit else None
