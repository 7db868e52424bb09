"""Reads of on-site evaluation: which visits somebody sees, what can be visited together, what a team has marked so far."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dudao.core.access import Actor
from dudao.evaluations.models import Campaign, Mark, Phase, Subject
from dudao.evaluations.queries.desk import Desk, desk_of
from dudao.evaluations.queries.scores import MARK
from dudao.evaluations.queries.systems import asks, rules_of, system_of
from dudao.evaluations.rules import Rules
from dudao.findings.queries.findings import seen as findings_seen
from dudao.orgs.models import Unit
from dudao.visits import queries as visit_reads
from dudao.visits.models import SiteVisit, VisitRecord

ONSITE = "onsite"
_State = SiteVisit.State


def seen(actor: Actor) -> QuerySet[SiteVisit]:
    """The visits that somebody sees, with what they serve."""
    served = Subject.objects.select_related("campaign__office", "campaign__version", "unit")
    return visit_reads.seen(actor).prefetch_related(Prefetch("subjects", served))


def visit_of(actor: Actor, pk: int) -> SiteVisit | None:
    return seen(actor).filter(pk=pk).first()


def with_counts(rows: QuerySet[SiteVisit]) -> QuerySet[Any]:
    """With how many marks and records there are so far."""

    def counted(model: Any) -> Any:
        one = model.objects.filter(visit=OuterRef("pk")).order_by().values("visit").annotate(n=Count("pk"))
        return Coalesce(Subquery(one.values("n")), 0)

    return rows.annotate(mark_count=counted(Mark), record_count=counted(VisitRecord))


def findings_of(actor: Actor, visits: Iterable[SiteVisit]) -> dict[int, int]:
    """How many findings, as far as the actor sees them, came of the indicators that each visit judged: one query."""
    rows = list(visits)
    served = {subject.pk: visit.pk for visit in rows for subject in visit.subjects.all()}
    keys = findings_seen(actor).filter(unit__in={visit.unit_id for visit in rows}, source_key__startswith=MARK.key())
    counts: Counter[int] = Counter()
    for key in keys.values_list("source_key", flat=True):
        asked = MARK.read(key)
        if asked is not None and asked[0] in served:
            counts[served[asked[0]]] += 1
    return dict(counts)


def containing(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Visits to units, or for campaigns, whose name contains every word."""
    for word in words.split():
        served = Subject.objects.filter(campaign__title__icontains=word)
        through = Subject.visits.through.objects.filter(subject__in=served)
        rows = rows.filter(Q(unit__name__icontains=word) | Q(pk__in=through.values("sitevisit")))
    return rows


# ---- planning -------------------------------------------------------------------------------------------------


def offices(actor: Actor) -> QuerySet[Unit]:
    """In whose name somebody may plan visits: the units at which they hold the right."""
    paths = actor.paths("onsite.plan")
    return Unit.objects.filter(path__in=paths).order_by("path")


def units(actor: Actor) -> QuerySet[Unit]:
    """Units that take part in a running campaign with an on-site phase which one may plan."""
    rows = _open(actor)
    return Unit.objects.filter(pk__in=rows.values("unit")).order_by("path")


def unit_of(actor: Actor, pk: int) -> Unit | None:
    return units(actor).filter(pk=pk).first()


def _open(actor: Actor) -> QuerySet[Subject]:
    scope = Q(pk__in=[])
    for path in actor.paths("onsite.plan"):
        scope |= Q(campaign__office__path__startswith=path)
    if actor.everything:
        scope = Q()
    rows: QuerySet[Subject] = Subject.objects.filter(
        scope,
        campaign__state=Campaign.State.RUNNING,
        campaign__phases__kind=Phase.Kind.ONSITE,
    ).exclude(state=Subject.State.OUT)
    return rows.distinct()


def offered(actor: Actor, unit: Unit, visit: SiteVisit | None = None) -> QuerySet[Subject]:
    """What one visit to a unit can serve: its places in running campaigns that no other open visit serves."""
    rows = _open(actor).filter(unit=unit).select_related("campaign__office", "campaign__version", "unit")
    busy = SiteVisit.objects.filter(unit=unit).exclude(state__in=[_State.SETTLED, _State.CANCELLED])
    if visit is not None and visit.pk is not None:
        busy = busy.exclude(pk=visit.pk)
    return rows.exclude(pk__in=busy.values("subjects"))


def phase_of(campaign: Campaign) -> tuple[str, Sequence[str]]:
    """(source, indicators) that are marked on site."""
    phase = next((one for one in campaign.phases.all() if one.kind == Phase.Kind.ONSITE), None)
    return (phase.source or ONSITE, list(phase.codes)) if phase is not None else (ONSITE, [])


def rules_of_visit(subjects: Iterable[Subject]) -> list[Rules]:
    return [rules_of(one.campaign) for one in subjects]


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday around a day."""
    first = day - timedelta(day.weekday())
    return first, first + timedelta(6)


# ---- on the spot ----------------------------------------------------------------------------------------------


def desks(visit: SiteVisit) -> list[Desk]:
    """For each campaign that the visit serves: what is marked on site, and what the team has given."""
    marks: dict[int, list[Mark]] = {}
    for mark in Mark.objects.filter(visit=visit):
        marks.setdefault(mark.subject_id, []).append(mark)
    found = []
    for subject in visit.subjects.all():
        source, codes = phase_of(subject.campaign)
        found.append(desk_of(subject, source, marks.get(subject.pk, []), codes=codes))
    return found


def subject_at(visit: SiteVisit, pk: int) -> Subject | None:
    return next((one for one in visit.subjects.all() if one.pk == pk), None)


def shows_marks(visit: SiteVisit, subject: Subject) -> bool:
    """Whether the unit sees the marks of the visit: where the campaign says so, once they were told on the spot."""
    told = visit.state in {_State.FED_BACK, _State.SETTLED}
    return told and rules_of(subject.campaign).shown == "feedback"


class CampaignsServed:
    """What visits are told about the campaigns that they serve (see `dudao.visits.served`)."""

    def codes(self, visit: SiteVisit) -> set[str]:
        return {code for subject in visit.subjects.all() for code in marked_at(subject)[1]}


def marked_at(subject: Subject) -> tuple[str, set[str]]:
    """(source, indicators) that are marked on site of a subject."""
    source, codes = phase_of(subject.campaign)
    return source, {ask.node.code for ask in asks(system_of(subject.campaign), source, codes)}
