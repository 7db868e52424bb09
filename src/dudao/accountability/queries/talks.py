"""Talks and who sees them: the office that calls, and the unit once it is called."""

from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dudao.accountability.models import Demand, Talk
from dudao.core.access import Actor


def with_units(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("unit__parent", "office")


def seen(actor: Actor) -> QuerySet[Any]:
    """Talks of units in one's scope; one that isn't called yet only at its office."""
    rows = Talk.objects.visible_to(actor, "talk.view")
    if actor.everything:
        return rows
    leads = Q(called_on__isnull=False)
    for path in (*actor.paths("talk.call"), *actor.paths("case.decide")):
        leads |= Q(office__path__startswith=path)
    return rows.filter(leads)


def listed(actor: Actor) -> QuerySet[Any]:
    """With how many demands are open and when the next is due: ``left`` and ``next_on``."""
    waiting = Demand.objects.filter(talk=OuterRef("pk"), done_on__isnull=True).order_by().values("talk")
    return with_units(seen(actor)).annotate(
        left=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0),
        next_on=Subquery(waiting.annotate(first=Min("due_on")).values("first")),
    )


def talk(actor: Actor, pk: int) -> Talk | None:
    rows = with_units(seen(actor)).select_related("case__unit", "finding", "notice", "record")
    return rows.filter(pk=pk).first()


def demand(actor: Actor, pk: int) -> Demand | None:
    rows = Demand.objects.filter(talk__in=seen(actor).values("pk"))
    return rows.select_related("talk__unit__parent", "talk__office", "finding").filter(pk=pk).first()
