"""Questions to departments: what a department was asked, what an office asked."""

from typing import Any

from django.db.models import Q, QuerySet

from dudao.core.access import Actor
from dudao.findings.models import Consultation, Finding
from dudao.findings.queries.findings import seen
from dudao.orgs.models import Kind, Unit


def consultations(actor: Actor) -> QuerySet[Any]:
    """What the actor's own department was asked, and the questions about findings that the actor sees."""
    asked = Q(unit__path__in=_own(actor)) | Q(finding__in=seen(actor).values("pk"))
    if actor.everything:
        asked = Q()
    rows = Consultation.objects.visible_to(actor, "consult.view").filter(asked)
    return rows.select_related("finding__unit__parent", "finding__office", "unit", "paper")


def _own(actor: Actor) -> tuple[str, ...]:
    return actor.paths("consult.answer")


def consultation(actor: Actor, pk: int) -> Consultation | None:
    return consultations(actor).filter(pk=pk).select_related("file").first()


def consultations_of(row: Finding) -> QuerySet[Consultation]:
    return row.consultations.select_related("unit").order_by("-id")


def departments(office: Unit) -> QuerySet[Any]:
    """Whom an office may ask: member units beside or above it on the way up to the city, never schools."""
    keys = [int(key) for key in office.path.split(".")[:-1]]
    return Unit.objects.filter(
        parent__in=keys, kind__in=[Kind.DEPARTMENT, Kind.OFFICE, Kind.OTHER], valid_to__isnull=True
    ).order_by("-depth", "sort_no", "sort_key", "id")
