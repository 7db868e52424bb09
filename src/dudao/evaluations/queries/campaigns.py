"""Campaigns and who sees them. `seen` is the one scope that lists, pages and counts share."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from dudao.core.access import Actor
from dudao.evaluations.models import Campaign, Subject
from dudao.orgs.models import Unit

__all__ = ["campaign", "counted", "is_inside", "led_by", "offices", "seen", "years"]


def led_by(actor: Actor, verb: str = "campaign.edit", prefix: str = "") -> Q:
    """The campaigns of the actor's own offices, and of those below them."""
    if actor.everything:
        return Q()
    found = Q(pk__in=[])
    for path in actor.paths(verb):
        found |= Q(**{f"{prefix}office__path__startswith": path})
    return found


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
    """With ``total`` subjects that take part, and how many have handed in (``handed``) or been received (``received``)."""
    part = ~Q(subjects__state=Subject.State.OUT) & Q(subjects__isnull=False)
    return rows.select_related("office", "version__framework").annotate(
        total=Count("subjects", filter=part),
        handed=Count("subjects", filter=Q(subjects__state__in=[Subject.State.SUBMITTED, Subject.State.ACCEPTED])),
    )


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
