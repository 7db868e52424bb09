"""Campaigns and who sees them. `seen` is the one scope that lists, pages and counts share."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dudao.core.access import Actor
from dudao.core.keys import is_number
from dudao.evaluations.models import Campaign, Subject
from dudao.orgs.models import Kind, Unit


def seen(actor: Actor, verb: str = "campaign.view") -> QuerySet[Any]:
    """What a person may see: campaigns of offices in their scope, and those that evaluate a unit in it.

    From below, a draft does not exist; neither does an inspection without notice (四不两直) until it is decided.
    """
    rows = Campaign.objects.visible_to(actor, verb)
    if actor.everything:
        return rows
    own = Q(pk__in=[])
    for path in actor.paths(verb):
        own |= Q(office__path__startswith=path)
    state = Campaign.State
    below = ~Q(state__in=[state.DRAFT, state.CANCELLED]) & ~Q(state=state.RUNNING, rules__announced=False)
    return rows.filter(own | below)


def counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With ``total`` subjects that take part, and how many have handed in (``handed``); without joins, for a list to count rows."""
    state = Subject.State
    handed = [state.SUBMITTED, state.ACCEPTED]
    return rows.select_related("office", "version__framework").annotate(
        total=_subjects(~Q(state=state.OUT)), handed=_subjects(Q(state__in=handed))
    )


def _subjects(where: Q) -> Coalesce:
    of_campaign = Subject.objects.filter(where, campaign=OuterRef("pk")).order_by().values("campaign")
    return Coalesce(Subquery(of_campaign.annotate(count=Count("pk")).values("count")), 0)


def campaign(actor: Actor, pk: int) -> Campaign | None:
    rows = seen(actor).select_related("office", "version__framework", "basis", "twin", "created_by")
    return rows.filter(pk=pk).first()


def is_inside(actor: Actor, row: Campaign) -> bool:
    """Whether a person sees a campaign from the side of the office that runs it."""
    return actor.everything or any(row.office.path.startswith(path) for path in actor.paths("campaign.view"))


def years(actor: Actor) -> list[int]:
    return list(seen(actor).order_by("-year").values_list("year", flat=True).distinct())


def offices(actor: Actor) -> list[tuple[int, str]]:
    """The offices whose campaigns one sees."""
    found = Unit.objects.filter(pk__in=seen(actor).values("office_id")).order_by("path")
    return [(unit.pk, str(unit)) for unit in found]


def subjects_seen(actor: Actor, row: Campaign) -> QuerySet[Any]:
    """The subjects of a campaign in somebody's scope: all for its office, its own for a county, itself for a unit."""
    rows = row.subjects.select_related("unit__parent")
    if is_inside(actor, row):
        return rows
    inside = Q(pk__in=[])
    for path in actor.paths("evaluation.view"):
        inside |= Q(unit__path__startswith=path)
    return rows.filter(inside)


def amendments_seen(actor: Actor, row: Campaign) -> QuerySet[Any]:
    """What was changed, as far as it concerns somebody: the office reads all, others what is about all or about their own."""
    rows = row.amendments.all()
    if is_inside(actor, row):
        return rows
    return rows.filter(Q(about=[]) | Q(about__overlap=list(subjects_seen(actor, row).values_list("pk", flat=True))))


def branches(row: Campaign) -> list[tuple[int, str]]:
    """What stands directly below the office and has subjects: the counties of a city's campaign, the townships of a county's."""
    depth = row.office.depth + 1
    paths = {".".join(path.split(".")[: depth + 1]) + "." for path in row.subjects.values_list("unit__path", flat=True)}
    return [(unit.pk, str(unit)) for unit in Unit.objects.filter(path__in=paths).order_by("path")]


def in_branch(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    path = Unit.objects.filter(pk=key).values_list("path", flat=True).first() if is_number(key) else None
    return rows.filter(unit__path__startswith=path) if path else rows.none()


def own_offices(actor: Actor) -> list[Unit]:
    """The offices for which somebody may make a campaign: where they hold that right themselves."""
    return list(Unit.objects.filter(_own(actor)).order_by("path"))


def of_own_offices(actor: Actor, campaign: str = "") -> Q:
    """The campaigns of these offices; of rows below a campaign, which ``campaign`` leads to («subject__campaign__»)."""
    return _own(actor, f"{campaign}office__")


def _own(actor: Actor, prefix: str = "") -> Q:
    kinds = [Kind.CITY, Kind.COUNTY, Kind.ZONE]
    return Q(**{f"{prefix}path__in": actor.paths("campaign.create"), f"{prefix}kind__in": kinds})


def to_clone(actor: Actor, office: Unit) -> QuerySet[Any]:
    """The latest campaigns of an office that a next round can be made from."""
    rows = seen(actor).filter(office=office).exclude(state__in=[Campaign.State.DRAFT, Campaign.State.CANCELLED])
    return rows.order_by("-year", "-pk")[:12]


def twins_for(office: Unit) -> QuerySet[Any]:
    """The campaigns over governments beside which one over their leaders may run."""
    rows = Campaign.objects.filter(office=office, objects_kind=Campaign.Objects.COUNTIES)
    return rows.exclude(state=Campaign.State.CANCELLED).order_by("-year", "-pk")[:20]


def beside(actor: Actor, row: Campaign) -> list[Campaign]:
    """What runs beside a campaign over governments: those over their leaders, as far as they are seen."""
    if row.objects_kind != Campaign.Objects.COUNTIES:
        return []
    return list(seen(actor).filter(twin=row).exclude(state=Campaign.State.CANCELLED).order_by("pk"))


def twins_of(row: Campaign) -> list[Campaign]:
    """Those among which a draft may choose its twin: none unless it evaluates leaders. The one chosen before is among them."""
    if row.objects_kind != Campaign.Objects.LEADERS:
        return []
    found = list(twins_for(row.office))
    if row.twin is not None and row.twin not in found:
        found.append(row.twin)
    return found
