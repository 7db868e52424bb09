"""What the evidence library is told about answers: «answer:12:A2.1» is one indicator of one subject."""

from django.urls import reverse

from dudao.core.access import Actor
from dudao.evaluations.queries.parts import desk_of, desk_on, worked_on
from dudao.evidence.uses import Place


def answer_place(actor: Actor, pk: int, code: str) -> Place | None:
    """The place of one indicator, for whom sees it: the unit, those above it, the department that answers it, reviewers."""
    desk = desk_of(actor, pk)
    if desk is None:
        row = worked_on(actor, pk)
        if row is None:
            return None
        desk = desk_on(actor, row)
    elif not desk.reads(code):
        return None
    leaf = desk.leaves.get(code)
    if leaf is None:
        return None
    row, part, denied = desk.subject, desk.part_at(code), desk.why_not(code)
    is_own = part is not None and part in desk.own_parts
    return Place(
        unit=part.unit if part is not None and is_own else row.unit,
        label=f"{row.campaign.title} {code} {leaf.node.name}",
        url=f"{reverse('evaluations:answer', args=[row.pk])}?at={code}",
        closed="" if denied is None else denied.reason,
    )
