"""Reads about recusals and teams: what campaigns want of whom, joined into visits with days, and who could go."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from dudao.calc.scheduling.bundles import Bundle, bundle_visits
from dudao.calc.scheduling.teams import Inspector, TeamTask, Visit
from dudao.core.access import Actor
from dudao.orgs.models import Kind, Unit
from dudao.orgs.queries import parts_to_choose, work_calendar
from dudao.people.models import Account, Appointment
from dudao.selection.demand import demand
from dudao.selection.models import RecusalDeclaration, TeamProposal, Travel
from dudao.selection.queries.recusal import barred
from dudao.selection.queries.travel import MINUTES_PER_STEP, ways_of
from dudao.visits.models import SiteVisit

MOST = 150
"""Visits of one proposal: what the solver proves in a minute."""
_INSPECTORS = ("city_inspector", "county_inspector")
_OVER = (SiteVisit.State.CANCELLED,)


# --- recusals --------------------------------------------------------------------------------------------------------


def recusals(actor: Actor) -> "QuerySet[RecusalDeclaration]":
    """One's own, and those of the people whom one's office keeps. Deciding is a right of offices, declaring is one's own."""
    rows = RecusalDeclaration.objects.select_related("account__home", "unit")
    if actor.everything:
        return rows
    scope = Q(account_id=actor.id)
    for path in actor.paths("recusal.approve") + actor.paths("team.view"):
        scope |= Q(account__home__path__startswith=path)
    found: QuerySet[RecusalDeclaration] = rows.filter(scope)
    return found


def own_schools(actor: Actor, day: date) -> "QuerySet[RecusalDeclaration]":
    """The schools whose responsible inspector (责任督学) one is on a day, as it was declared and not rejected since."""
    state = RecusalDeclaration.State
    rows = RecusalDeclaration.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=day), account_id=actor.id or 0, from_on__lte=day
    )
    return rows.filter(relation=RecusalDeclaration.Relation.OWN, state__in=[state.DECLARED, state.APPROVED])


def recusal(actor: Actor, pk: int) -> RecusalDeclaration | None:
    return recusals(actor).filter(pk=pk).first()


def may_declare_for(actor: Actor) -> "QuerySet[Account]":
    """Inspectors and experts of whom one may declare: oneself, and for an office those whom it keeps."""
    held = Appointment.objects.filter(
        Appointment.current(timezone.localdate()), role__in=[*_INSPECTORS, "expert"], account__is_active=True
    )
    scope = Q(pk=actor.id)
    for path in actor.paths("team.create"):
        scope |= Q(home__path__startswith=path)
    return Account.objects.filter(scope if not actor.everything else Q(), pk__in=held.values("account")).order_by(
        "pinyin", "id"
    )


# --- what is wanted --------------------------------------------------------------------------------------------------


def proposals(actor: Actor) -> "QuerySet[TeamProposal]":
    return TeamProposal.objects.visible_to(actor, "team.view").select_related("office")


def proposal(actor: Actor, pk: int) -> TeamProposal | None:
    found: TeamProposal | None = proposals(actor).select_related("office", "job").filter(pk=pk).first()
    return found


def offices(actor: Actor) -> "QuerySet[Unit]":
    paths = actor.paths("team.create")
    return Unit.objects.filter(path__in=paths).order_by("path")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of an office in a span of days, as visits with their days."""

    bundles: Sequence[Bundle]
    days: Sequence[Sequence[date]]
    units: Mapping[int, Unit]
    branch: bool


def places_in(offices_: Iterable[Unit]) -> list[tuple[int, str]]:
    """The counties (or townships) by which what is wanted can be narrowed."""
    return [pair for office in offices_ for pair in parts_to_choose(office, [Kind.SCHOOL, Kind.KINDERGARTEN])]


def scope_words(row: TeamProposal) -> str:
    """«2026年幼儿园督导评估；平江县、湘阴县», «全部»."""
    names = [str(unit) for unit in Unit.objects.filter(pk__in=row.places).order_by("path")]
    return "；".join("、".join(words) for words in (demand().titles(row.campaigns), names) if words) or "全部"


def asked(
    office: Unit,
    first: date,
    last: date,
    days: int,
    *,
    campaigns: Sequence[int] = (),
    places: Sequence[int] = (),
) -> Asked:
    """Places in running campaigns of this office (of these, or all) with an on-site phase in the span, that no visit serves yet,
    in these counties or all, joined by unit.

    Each visit gets working days of its own, spread evenly; the earliest of equally free ones.
    """
    wanted = demand().wants(office, first, last, days, campaigns=campaigns, places=places)
    bundles, units = bundle_visits(wanted.wants), wanted.units
    calendar = work_calendar(office)
    working = [day for day in _each(first, last) if calendar.is_workday(day)]
    taken: Counter[date] = Counter()
    placed: list[Sequence[date]] = []
    kept = []
    for bundle in sorted(bundles, key=lambda one: (one.latest, units[int(one.school)].path)):
        starts = [
            place
            for place, day in enumerate(working)
            if bundle.earliest <= day <= bundle.latest and place + days <= len(working)
        ]
        if not starts:
            continue
        start = min(starts, key=lambda place: (taken[working[place]], place))
        chosen = working[start : start + days]
        taken.update(chosen)
        kept.append(bundle)
        placed.append(chosen)
    return Asked(kept, placed, units, wanted.branch)


def keys_of(wanted: Asked) -> list[str]:
    """The key of each visit in what the solver is asked and answers; a unit may be visited twice."""
    return [f"{place:04}" for place in range(len(wanted.bundles))]


def _each(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(shift) for shift in range((last - first).days + 1))


# --- who could go ------------------------------------------------------------------------------------------------------


def inspectors_of(office: Unit) -> dict[int, tuple[Account, set[str]]]:
    """Inspectors (督学) appointed today at the office or below it: account → (account, paths of the appointments)."""
    held = Appointment.objects.filter(
        Appointment.current(timezone.localdate()),
        role__in=_INSPECTORS,
        account__is_active=True,
        unit__path__startswith=office.path,
    ).select_related("account__home", "unit")
    found: dict[int, tuple[Account, set[str]]] = {}
    for row in held.order_by("account__pinyin", "account_id"):
        found.setdefault(row.account_id, (row.account, set()))[1].add(row.unit.path)
    return found


def task_of(row: TeamProposal, wanted: Asked) -> TeamTask:
    """What the solver is asked: visits with their days, inspectors with recusals, rights, days already taken."""
    people = inspectors_of(row.office)
    accounts = [account for account, _ in people.values()]
    units = [wanted.units[int(bundle.school)] for bundle in wanted.bundles]
    ways = ways_of(row.office)
    bars = barred(row.office, accounts, units, branch=wanted.branch)
    busy: defaultdict[int, set[date]] = defaultdict(set)
    open_visits = SiteVisit.objects.exclude(state__in=_OVER).filter(
        from_on__lte=row.until_on, until_on__gte=row.from_on, members__account__in=[*people]
    )
    for account, start, end in open_visits.values_list("members__account", "from_on", "until_on"):
        busy[account].update(_each(start, end))
    visits = tuple(
        Visit(
            key=key,
            name=unit.name,
            school=bundle.school,
            county=ways.part(unit),
            window="{}-{}".format(*days[0].isocalendar()[:2]),
            days=len(days),
            dates=frozenset(days),
            size=row.size,
            specialities=bundle.specialities,
        )
        for key, bundle, unit, days in zip(keys_of(wanted), wanted.bundles, units, wanted.days, strict=True)
    )
    return TeamTask(
        visits,
        tuple(
            Inspector(
                key=str(key),
                name=account.name,
                county=ways.part(account.home),
                may_lead=row.office.path in paths or not any(row.office.path in held for _, held in people.values()),
                specialities=frozenset(account.specialities),
                recusals={str(unit.pk): bars[key, unit.pk] for unit in units if (key, unit.pk) in bars},
                elsewhere=frozenset(
                    str(unit.pk) for unit in units if not any(unit.path.startswith(path) for path in paths)
                ),
                limit=row.limit,
                away=frozenset(busy[key]),
            )
            for key, (account, paths) in people.items()
        ),
        ways.distance,
        round(Travel.FAR / MINUTES_PER_STEP),
    )


def people_of(keys: Iterable[int]) -> dict[int, Account]:
    """The accounts of these keys with their homes."""
    return {one.pk: one for one in Account.objects.filter(pk__in=list(keys)).select_related("home")}
