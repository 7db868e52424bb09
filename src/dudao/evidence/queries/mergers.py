"""Units that were merged into others, and what of their libraries can follow."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from dudao.core.access import Actor
from dudao.evidence.models import Evidence, EvidenceVersion
from dudao.orgs.models import Unit, UnitLink


def followers(source: Unit, target: Unit) -> "QuerySet[Evidence]":
    """The items of a merged unit that can go: all but those of which the target has the same bytes, in whatever version."""
    here = EvidenceVersion.objects.filter(unit=target).values("file")
    twice = EvidenceVersion.objects.filter(unit=source, file__in=here).values("evidence")
    found: QuerySet[Evidence] = Evidence.objects.filter(unit=source).exclude(pk__in=twice)
    return found


def mergers_due(today: date) -> Iterator[tuple[Unit, Unit]]:
    """(unit that is no more, unit that goes on in its place) where there is something to follow."""
    keeping = Evidence.objects.filter(unit__valid_to__lte=today).values("unit")
    for source in Unit.objects.filter(pk__in=keeping).order_by("valid_to", "id"):
        target = _heir(source, today)
        if target is not None and followers(source, target).exists():
            yield source, target


def moved(actor: Actor, today: date) -> tuple[Unit, Unit] | None:
    """(unit, unit that goes on in its place) of somebody who kept the library of a unit that is no more, and keeps no other."""
    paths = [grant.path for grant in actor.grants if "evidence.add" in grant.verbs]
    rows = list(Unit.objects.filter(path__in=paths).order_by("valid_to", "id")[:2])
    if len(rows) != 1 or rows[0].valid_to is None or rows[0].valid_to > today:
        return None
    target = _heir(rows[0], today)
    return None if target is None else (rows[0], target)


def _heir(source: Unit, today: date) -> Unit | None:
    """The unit into which this one was merged, through all mergers since; ``None`` where the last of them is no more either."""
    unit, seen = source, {source.pk}
    while unit.valid_to is not None and unit.valid_to <= today:
        link = UnitLink.objects.filter(source=unit, how=UnitLink.How.MERGED, day__lte=today).select_related("target")
        last = link.order_by("-day", "-id").first()
        if last is None or last.target_id in seen:
            return None
        unit = last.target
        seen.add(unit.pk)
    return unit
