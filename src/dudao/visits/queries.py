"""Reads of visits: which somebody sees, who is of the team, what was noted down."""

from django.db.models import Prefetch, Q, QuerySet

from dudao.core.access import Actor
from dudao.visits.models import SiteVisit, VisitFile, VisitMember, VisitRecord

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
        Prefetch("members", VisitMember.objects.select_related("account"))
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


def is_of_team(actor: Actor, visit: SiteVisit) -> bool:
    return actor.everything or any(member.account_id == actor.id for member in visit.members.all())


def is_inside(actor: Actor, visit: SiteVisit) -> bool:
    """Whether somebody stands on the side of the team and its office, and reads what they noted down."""
    return is_of_team(actor, visit) or any(
        grant.covers("onsite.view", visit.office.path) and "onsite.plan" in grant.verbs for grant in actor.grants
    )


def inspectors(actor: Actor) -> list[tuple[int, str]]:
    """The people of the teams that one sees, for a filter."""
    rows = VisitMember.objects.filter(visit__in=seen(actor).values("pk")).select_related("account")
    found = {member.account_id: member.account.name for member in rows.order_by("account__pinyin")}
    return list(found.items())


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
