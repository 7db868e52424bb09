"""What the evidence library is told about answers: «answer:12:A2.1» is one indicator of one subject."""

from django.urls import reverse

from dudao.core.access import Actor
from dudao.evaluations.models import Subject
from dudao.evaluations.queries.answering import leaves_of, seen, why_not_fill, window_of
from dudao.evaluations.queries.systems import system_of
from dudao.evidence.uses import Place

__all__ = ["answer_place"]


def answer_place(actor: Actor, key: str) -> Place | None:
    """The place of one indicator, for whom sees the subject: its unit and those above it, reviewers, a visit's team."""
    number, _, code = key.partition(":")
    if not number.isascii() or not number.isdigit():
        return None
    row = seen(actor).filter(pk=int(number)).first()
    if row is None:
        row = _worked_on(actor, int(number))
        if row is None:
            return None
    window = window_of(row)
    leaf = leaves_of(system_of(row.campaign), window.codes if window is not None else ()).get(code)
    if leaf is None:
        return None
    denied = why_not_fill(row, actor, window)
    return Place(
        unit=row.unit,
        label=f"{row.campaign.title} {code} {leaf.node.name}",
        url=f"{reverse('evaluations:answer', args=[row.pk])}?at={code}",
        closed="" if denied is None else denied.reason,
    )


def _worked_on(actor: Actor, pk: int) -> Subject | None:
    """A subject that somebody reviews or visits, without being of its county."""
    if actor.id is None:
        return None
    rows = Subject.objects.select_related("unit", "campaign__office", "campaign__version__framework").filter(pk=pk)
    reviewed = rows.filter(reviews__reviewer=actor.id, reviews__state__in=["assigned", "done"])
    visited = rows.filter(visits__members__account=actor.id)
    found: Subject | None = reviewed.first() or visited.first()
    return found
