"""Items as lists and pages show them, with how they stand today."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from dudao.core.access import Actor
from dudao.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from dudao.evidence.queries.policy import library
from dudao.orgs.models import Unit

WITHDRAWN, EXPIRED, SOON, INCOMPLETE, VALID = "withdrawn", "expired", "soon", "incomplete", "valid"


def standing(day: date) -> Case:
    """How an item stands on a day: withdrawn, expired, about to run out (soon), not yet described (incomplete), valid.

    Incomplete is what has no category or no day from which it holds: nobody can tell what it proves, or for when.
    """
    soon = day + timedelta(days=library().limits.soon_days)
    return Case(
        When(state=Evidence.State.WITHDRAWN, then=Value(WITHDRAWN)),
        When(effective_until__lt=day, then=Value(EXPIRED)),
        When(Q(category="") | Q(effective_from__isnull=True), then=Value(INCOMPLETE)),
        When(effective_until__lte=soon, then=Value(SOON)),
        default=Value(VALID),
        output_field=CharField(),
    )


def _with(rows: QuerySet[Any]) -> QuerySet[Any]:
    links = EvidenceLink.objects.filter(version__evidence=OuterRef("pk")).order_by().values("version__evidence")
    return rows.select_related("unit__parent", "origin", "current__file").annotate(
        standing=standing(timezone.localdate()),
        uses=Coalesce(Subquery(links.annotate(n=Count("pk")).values("n")), 0),
    )


def listed(actor: Actor) -> QuerySet[Any]:
    """The items one sees, with ``standing`` and ``uses`` (how often any version is used)."""
    return _with(Evidence.objects.visible_to(actor, "evidence.view"))


def item(actor: Actor, pk: int) -> Any:
    """One item with ``standing`` and ``uses``, or ``None``."""
    return listed(actor).filter(pk=pk).first()


def many(actor: Actor, pks: list[int]) -> list[Any]:
    """The items of these keys that one sees, in this order."""
    found = {row.pk: row for row in listed(actor).filter(pk__in=pks)}
    return [found[pk] for pk in pks if pk in found]


def locked(row: Evidence) -> Evidence:
    fresh: Evidence = (
        Evidence.objects.select_for_update(of=("self",)).select_related("unit__parent", "current").get(pk=row.pk)
    )
    return fresh


def versions(row: Evidence) -> QuerySet[EvidenceVersion]:
    return row.versions.select_related("file", "unit").order_by("-number")


def pickable(actor: Actor, unit: Unit, text: str, key: str) -> QuerySet[Any]:
    """What may be chosen from a unit's library for a place: in use nowhere withdrawn; those already there are marked ``here``."""
    rows = listed(actor).filter(unit=unit, state=Evidence.State.ACTIVE, current__isnull=False)
    for word in text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(category__icontains=word) | Q(number__icontains=word))
    here = EvidenceLink.objects.filter(version__evidence=OuterRef("pk"), key=key)
    return rows.annotate(here=Exists(here)).order_by("-id")


def usable(actor: Actor, unit: Unit, text: str = "") -> QuerySet[Any]:
    """What may be handed on from a unit's library: in use, not withdrawn, with a file that may be opened."""
    return pickable(actor, unit, text, "").filter(
        current__scan__in=[EvidenceVersion.Scan.OFF, EvidenceVersion.Scan.CLEAN]
    )


def categories(unit: Unit | None = None) -> list[str]:
    """The names to choose a category from: the usual ones, and those that the unit has made up itself."""
    found = [category.name for category in library().categories]
    if unit is not None:
        own = Evidence.objects.filter(unit=unit).exclude(category="").order_by("category")
        found += [name for name in own.values_list("category", flat=True).distinct() if name not in found]
    return found


def keepable_units(actor: Actor) -> QuerySet[Any]:
    """The units whose library one keeps oneself: those one is appointed at."""
    paths = [grant.path for grant in actor.grants if "evidence.add" in grant.verbs]
    return Unit.objects.filter(path__in=paths, valid_to__isnull=True).order_by("depth", "sort_no", "sort_key")


def unit_seen(actor: Actor, pk: int) -> Unit | None:
    """A unit whose library one sees."""
    found: Unit | None = Unit.objects.visible_to(actor, "evidence.view").filter(pk=pk).first()
    return found


def unit_name(actor: Actor, pk: int) -> str | None:
    """The name of a unit whose library one sees."""
    found = unit_seen(actor, pk)
    return str(found) if found is not None else None


def ending(actor: Actor, since: date) -> QuerySet[Any]:
    """What runs out soon, or has since a day, in the libraries that one keeps oneself; what ends first comes first."""
    paths = {grant.path for grant in actor.grants if "evidence.edit" in grant.verbs}
    until = timezone.localdate() + timedelta(days=library().limits.soon_days)
    rows = Evidence.objects.filter(unit__path__in=paths, state=Evidence.State.ACTIVE)
    return rows.filter(effective_until__gte=since, effective_until__lte=until).order_by("effective_until", "id")
