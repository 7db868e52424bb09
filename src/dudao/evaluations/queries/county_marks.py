"""Marks that counties give in a campaign of their city's (县级评审): who may be asked for them, and for which units."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils import timezone

from dudao.evaluations.models import Campaign
from dudao.evaluations.models.marks import COUNTY
from dudao.evaluations.queries.systems import rules_of
from dudao.orgs.models import Kind, Unit
from dudao.people.models import Account, Appointment
from dudao.selection.queries.recusal import barred, branch_of, candidates


def counties_give(campaign: Campaign, source: str) -> bool:
    """Whether each county marks its own units here: the office is the city's, and the marks are the counties'."""
    return source == COUNTY and campaign.office.kind == Kind.CITY


def place_of(campaign: Campaign, source: str, unit: Unit) -> str:
    """Where one must hold the right to mark: at the campaign's office, or at the unit's own county."""
    return branch_of(campaign.office, unit) if counties_give(campaign, source) else campaign.office.path


def of_county(place: str) -> QuerySet[Account]:
    """Who may mark and is appointed at this county itself."""
    held = Appointment.objects.filter(Appointment.current(timezone.localdate()), unit__path=place)
    return candidates("review.mark", place).filter(pk__in=held.values("account"))


def reviewers(campaign: Campaign, source: str, unit: Unit) -> QuerySet[Account]:
    """Who may be asked to mark one unit."""
    place = place_of(campaign, source, unit)
    return of_county(place) if counties_give(campaign, source) else candidates("review.mark", place)


def away(
    campaign: Campaign, source: str, people: Collection[Account], units: Collection[Unit]
) -> dict[tuple[int, int], str]:
    """(account, unit) → why they must not mark it: recusal; of counties' marks also that they are of another county."""
    county = counties_give(campaign, source)
    bars = barred(campaign.office, people, units, branch=rules_of(campaign).recuse_branch and not county)
    return {**_foreign(campaign, people, units), **bars} if county else bars


def _foreign(campaign: Campaign, people: Iterable[Account], units: Iterable[Unit]) -> dict[tuple[int, int], str]:
    keys = [person.pk for person in people]
    able: dict[str, set[int]] = {}
    found: dict[tuple[int, int], str] = {}
    for unit in units:
        place = branch_of(campaign.office, unit)
        if place not in able:
            able[place] = set(of_county(place).filter(pk__in=keys).values_list("pk", flat=True))
        found |= {(key, unit.pk): f"不是{unit.name}所在县市区的评审人" for key in keys if key not in able[place]}
    return found
