"""On whose desk lies what was reported done: that of the office which issued it, or of the one above where nobody there may."""

from typing import Final

from django.db.models import Q

from dudao.core.access import Actor
from dudao.findings.models import Finding
from dudao.orgs.models import SecondPerson
from dudao.people.queries import held_below

_DONE_BY: Final = {
    (Finding.State.REPORTED, "finding.verify"): ("reported_by",),
    (Finding.State.VERIFIED, "finding.close"): ("reported_by", "verified_by"),
}


def to_judge(actor: Actor) -> Q:
    """What waits for this person's verifying or crossing off, whoever took the step before."""
    found = Q(pk__in=[])
    for (state, verb), before in _DONE_BY.items():
        alone, up = Q(office__second_person=SecondPerson.ALONE), Q(office__second_person=SecondPerson.SUPERIOR)
        mine, others = Q(), Q(pk__in=[])
        for name in before:
            mine &= ~Q(**{name: actor.id or 0})
            others |= Q(**{f"{name}__isnull": False})
        for path in actor.paths(verb):
            at = Q(office__path=path)
            above = Q(office__path__startswith=path) & (
                (alone & ~held_below(path, verb, "office__path"))
                | (~alone & ~held_below(path, verb, "office__path", *before))
                | (up & others)
            )
            found |= Q(state=state) & ((at & (alone | mine)) | (~at & above & mine))
    return found
