"""Reads of on-site evaluation: which visits somebody sees, what can be visited together, what a team has marked so far."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dudao.core.access import Actor
from dudao.evaluations.models import (
    Campaign,
    Mark,
    Phase,
    SiteVisit,
    Subject,
    VisitFile,
    VisitMember,
    VisitRecord,
)
from dudao.evaluations.queries.desk import Desk, desk_of
from dudao.evaluations.queries.systems import rules_of
from dudao.evaluations.rules import Rules
from dudao.findings.queries.findings import seen as findings_seen
from dudao.orgs.models import Unit

ONSITE = "onsite"
_State = SiteVisit.State


def seen(actor: Actor) -> QuerySet[SiteVisit]:
    """The visits that somebody sees: of one's team; all that one's office plans; of the units below or at one's own unit from the
    notice on (or from the moment the team stands at the door). Inspectors and experts see those of their team only.
    """
    rows = SiteVisit.objects.visible_to(actor, "onsite.view")
    if not actor.everything:
        scope = Q(pk__in=VisitMember.objects.filter(account_id=actor.id or 0).values("visit"))
        for grant in actor.grants:
            if "onsite.view" not in grant.verbs or (
                "onsite.record" in grant.verbs and "onsite.plan" not in grant.verbs
            ):
                continue
            told = ~Q(state=_State.PLANNED) & ~Q(state=_State.CANCELLED, notified_at__isnull=True)
            scope |= Q(unit__path__startswith=grant.path) & (Q(office__path__startswith=grant.path) | told)
        rows = rows.filter(scope)
    return rows.select_related("office", "unit").prefetch_related(
        Prefetch("members", VisitMember.objects.select_related("account")),
        Prefetch("subjects", Subject.objects.select_related("campaign__office", "campaign__version", "unit")),
    )


def visit_of(actor: Actor, pk: int) -> SiteVisit | None:
    found: SiteVisit | None = seen(actor).filter(pk=pk).first()
    return found


def mine(actor: Actor) -> QuerySet[SiteVisit]:
    """The visits of whose team one is."""
    return seen(actor).filter(members__account_id=actor.id or 0)


def waiting_for_statement(actor: Actor) -> QuerySet[SiteVisit]:
    """What was told to the very units at which one is appointed, and what they have not answered yet."""
    own = [grant.path for grant in actor.grants if "onsite.state" in grant.verbs]
    return seen(actor).filter(state=_State.FED_BACK, statement="", unit__path__in=own)


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
    keys = findings_seen(actor).filter(unit__in={visit.unit_id for visit in rows}, source_key__startswith="mark:")
    counts: Counter[int] = Counter()
    for key in keys.values_list("source_key", flat=True):
        subject = key.split(":")[1]
        if subject.isdigit() and int(subject) in served:
            counts[served[int(subject)]] += 1
    return dict(counts)


def containing(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Visits to units, or for campaigns, whose name contains every word."""
    for word in words.split():
        served = Subject.objects.filter(campaign__title__icontains=word)
        through = SiteVisit.subjects.through.objects.filter(subject__in=served)
        rows = rows.filter(Q(unit__name__icontains=word) | Q(pk__in=through.values("sitevisit")))
    return rows


def is_of_team(actor: Actor, visit: SiteVisit) -> bool:
    return actor.everything or any(member.account_id == actor.id for member in visit.members.all())


def is_inside(actor: Actor, visit: SiteVisit) -> bool:
    """Whether somebody stands on the side of the team and its office, and reads what they noted down."""
    return is_of_team(actor, visit) or any(
        grant.covers("onsite.view", visit.office.path) and "onsite.plan" in grant.verbs for grant in actor.grants
    )


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


def inspectors(actor: Actor) -> list[tuple[int, str]]:
    """The people of the teams that one sees, for a filter."""
    rows = VisitMember.objects.filter(visit__in=seen(actor).values("pk")).select_related("account")
    found = {member.account_id: member.account.name for member in rows.order_by("account__pinyin")}
    return list(found.items())


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


def team_of(visit: SiteVisit) -> list[VisitMember]:
    """The team with where each is at home, the leader first."""
    return list(VisitMember.objects.filter(visit=visit).select_related("account__home"))


def records_of(visit: SiteVisit) -> list[VisitRecord]:
    return list(VisitRecord.objects.filter(visit=visit).prefetch_related("files__file"))


def record_of(visit: SiteVisit, pk: int) -> VisitRecord | None:
    return VisitRecord.objects.filter(visit=visit, pk=pk).first()


def files_of(visit: SiteVisit) -> list[VisitFile]:
    return list(VisitFile.objects.filter(visit=visit).select_related("file", "record"))


def file_of(actor: Actor, pk: int) -> VisitFile | None:
    """A photo or file, for the team and its office."""
    found: VisitFile | None = VisitFile.objects.select_related("file", "visit").filter(pk=pk).first()
    if found is None:
        return None
    visit = visit_of(actor, found.visit_id)
    return found if visit is not None and is_inside(actor, visit) else None


def shows_marks(visit: SiteVisit, subject: Subject) -> bool:
    """Whether the unit sees the marks of the visit: where the campaign says so, once they were told on the spot."""
    told = visit.state in {_State.FED_BACK, _State.SETTLED}
    return told and rules_of(subject.campaign).shown == "feedback"
