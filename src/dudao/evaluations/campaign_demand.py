"""What campaigns ask of selection: whom they evaluate, what they want visited, and how a planned visit serves them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dudao.calc.scheduling.bundles import Want
from dudao.core.access import Actor
from dudao.evaluations.actions.visits import plan_visit
from dudao.evaluations.models import Campaign, Phase, Subject
from dudao.evaluations.queries.systems import rules_of
from dudao.orgs.models import Unit
from dudao.selection.demand import Planned, Wants
from dudao.selection.models import TeamProposal
from dudao.visits.models import SiteVisit


class CampaignDemand:
    """See `dudao.selection.demand.Demand`."""

    def drawn_for(self, offices: "QuerySet[Unit]") -> "QuerySet[Any]":
        over = [Campaign.State.PUBLISHED, Campaign.State.ARCHIVED, Campaign.State.CANCELLED]
        return Campaign.objects.filter(office__in=offices.values("pk")).exclude(state__in=over)

    def evaluated(self, campaign: Campaign) -> "QuerySet[Unit]":
        return Unit.objects.filter(pk__in=campaign.subjects.exclude(state=Subject.State.OUT).values("unit"))

    def to_visit(self, offices: Iterable[Unit]) -> list[tuple[int, str]]:
        rows = Campaign.objects.filter(office__in=list(offices), state=Campaign.State.RUNNING)
        rows = rows.filter(phases__kind=Phase.Kind.ONSITE).distinct().order_by("-year", "title")
        return [(row.pk, row.title) for row in rows]

    def titles(self, keys: Iterable[int]) -> list[str]:
        rows = Campaign.objects.filter(pk__in=list(keys)).order_by("-year", "title")
        return list(rows.values_list("title", flat=True))

    def wants(
        self, office: Unit, first: date, last: date, days: int, *, campaigns: Sequence[int], places: Sequence[int]
    ) -> Wants:
        served = SiteVisit.objects.exclude(state=SiteVisit.State.CANCELLED).filter(subjects__isnull=False)
        rows = (
            Subject.objects.filter(
                campaign__office=office,
                campaign__state=Campaign.State.RUNNING,
                campaign__phases__kind=Phase.Kind.ONSITE,
            )
            .exclude(state=Subject.State.OUT)
            .exclude(pk__in=served.values("subjects"))
            .select_related("campaign__office", "campaign__version", "unit")
            .distinct()
            .order_by("unit__path", "pk")
        )
        if campaigns:
            rows = rows.filter(campaign__in=campaigns)
        if places:
            inside = Q(pk__in=[])
            for path in Unit.objects.filter(pk__in=places).values_list("path", flat=True):
                inside |= Q(unit__path__startswith=path)
            rows = rows.filter(inside)
        subjects = list(rows)
        rules = {row.campaign_id: rules_of(row.campaign) for row in subjects}
        spans = _spans(rules)
        wants = []
        for row in subjects:
            opens, closes = spans[row.campaign_id]
            if max(opens, first) <= min(closes, last):
                span, needs = (max(opens, first), min(closes, last)), frozenset(rules[row.campaign_id].specialities)
                wants.append(Want(str(row.pk), row.campaign.title, str(row.unit_id), *span, days, needs))
        branch = any(one.recuse_branch for one in rules.values())
        return Wants(wants, {row.unit_id: row.unit for row in subjects}, branch)

    def subjects(self, keys: Iterable[int]) -> Mapping[int, Subject]:
        return Subject.objects.select_related("campaign__office", "unit").in_bulk(keys)

    def plan(self, actor: Actor, row: TeamProposal, visit: Planned) -> SiteVisit:
        return plan_visit(actor, office=row.office, announced=row.announced, demo=row.demo, **visit)


def _spans(campaigns: Iterable[int]) -> dict[int, tuple[date, date]]:
    found: dict[int, tuple[date, date]] = {}
    for phase in Phase.objects.filter(campaign__in=list(campaigns), kind=Phase.Kind.ONSITE):
        found.setdefault(phase.campaign_id, (phase.opens_on, phase.closes_on))
    return found
