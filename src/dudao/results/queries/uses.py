"""Reads of objections, of the use of results, of proposals to revise an indicator system."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from dudao.core.access import Actor
from dudao.evaluations.models import Campaign, Subject
from dudao.frameworks.models import Framework
from dudao.orgs.models import Unit
from dudao.results.models import Objection, Proposal, ResultUse


def objections(actor: Actor) -> "QuerySet[Any]":
    """Those of one's own units, and of the campaigns that one's office leads."""
    rows = Objection.objects.select_related(
        "subject__campaign__office", "subject__campaign__version__framework", "subject__unit"
    )
    if actor.everything:
        return rows
    found = Q(pk__in=[])
    for path in actor.paths("result.view"):
        found |= Q(subject__unit__path__startswith=path) | Q(subject__campaign__office__path__startswith=path)
    return rows.filter(found)


def objection(actor: Actor, pk: int) -> Objection | None:
    found: Objection | None = objections(actor).filter(pk=pk).first()
    return found


def subject_to_object(actor: Actor, pk: int) -> Subject | None:
    """A subject for which somebody may object."""
    rows = Subject.objects.visible_to(actor, "objection.ask").select_related(
        "campaign__office", "campaign__version__framework", "unit"
    )
    found: Subject | None = rows.exclude(campaign__state=Campaign.State.DRAFT).filter(pk=pk).first()
    return found


def subjects_of(campaign: Campaign) -> list[tuple[int, str]]:
    rows = Subject.objects.filter(campaign=campaign).exclude(state=Subject.State.OUT).order_by("unit__path", "id")
    return list(rows.values_list("pk", "label"))


def uses(actor: Actor) -> "QuerySet[Any]":
    """Of the campaigns that one's office leads; of others those about one's own units, and what one's own unit did."""
    rows = ResultUse.objects.select_related("campaign__office", "subject__unit", "user")
    if actor.everything:
        return rows
    found = Q(pk__in=[])
    for path in actor.paths("result.view"):
        found |= Q(campaign__office__path__startswith=path) | Q(subject__unit__path__startswith=path)
        found |= Q(user__path__startswith=path)
    return rows.filter(found)


def proposals(actor: Actor) -> "QuerySet[Any]":
    """Those of one's own units, and those to the systems that one's office owns."""
    rows = Proposal.objects.select_related("framework__unit", "unit", "campaign", "carried__framework")
    if actor.everything:
        return rows
    found = Q(pk__in=[])
    for path in actor.paths("proposal.make"):
        found |= Q(unit__path__startswith=path)
    for path in actor.paths("proposal.decide"):
        found |= Q(framework__unit__path__startswith=path)
    return rows.filter(found)


def proposal(actor: Actor, pk: int) -> Proposal | None:
    found: Proposal | None = proposals(actor).filter(pk=pk).first()
    return found


def units_proposing(actor: Actor) -> list[tuple[int, str]]:
    """The units for which somebody proposes: the highest nodes on which they hold the verb."""
    rows = Unit.objects.filter(path__in=actor.paths("proposal.make")).order_by("path")
    return [(unit.pk, str(unit)) for unit in rows]


def frameworks_proposable(actor: Actor) -> list[tuple[int, str]]:
    """The systems by which one's units are (or were) evaluated, and those of one's own office."""
    found = Q(pk__in=[])
    for path in actor.paths("proposal.make"):
        found |= Q(versions__campaigns__subjects__unit__path__startswith=path) | Q(unit__path__startswith=path)
    rows = Framework.objects.filter(found) if not actor.everything else Framework.objects.all()
    return list(rows.order_by("name", "pk").values_list("pk", "name").distinct())


def waiting_to_carry(actor: Actor) -> list[Framework]:
    """Systems of one's office with accepted proposals that are in no version yet; ``waiting`` counts them."""
    rows = Framework.objects.visible_to(actor, "proposal.decide").annotate(
        waiting=Count("proposals", filter=Q(proposals__state=Proposal.State.TAKEN, proposals__carried__isnull=True))
    )
    return list(rows.filter(waiting__gt=0).order_by("name"))


def framework_of(key: str) -> Framework:
    """One of those that a form offered."""
    found: Framework = Framework.objects.select_related("unit").get(pk=key)
    return found


def unit_of(key: str) -> Unit:
    """One of those that a form offered."""
    found: Unit = Unit.objects.get(pk=key)
    return found
