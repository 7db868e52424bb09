"""Cases and who sees them. `seen` is the one scope that lists, pages, files and counts share."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case as Chosen
from django.db.models import Q, QuerySet, Value, When

from dudao.accountability.models import Case, CaseFile, Measure, Opinion, Remedy
from dudao.calc.accountability import repeats
from dudao.core.access import Actor
from dudao.findings.models import Finding
from dudao.findings.queries.consultations import departments
from dudao.findings.queries.findings import seen as findings_seen
from dudao.findings.queries.terms import terms_on
from dudao.orgs.models import Unit
from dudao.orgs.rules import spoken_for_at
from dudao.people.models import Account


def with_units(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("unit__parent", "office")


def seen(actor: Actor, verb: str = "case.view") -> QuerySet[Any]:
    """What a person may see: cases of units in their scope; a case before its notification only at the office that leads it.

    A case against a person is seen by that person, by those who hold ``case.person`` at their very unit, and by the office that
    leads it; not by an office in between.
    """
    rows = Case.objects.visible_to(actor, verb)
    if actor.everything:
        return rows
    at = {grant.path for grant in actor.grants if "case.person" in grant.verbs}
    personal = Q(person_name="") | Q(person_account=actor.id) | spoken_for_at(at)
    return rows.filter(_led(actor) | Q(notified_on__isnull=False) & personal)


def _led(actor: Actor) -> Q:
    """The cases of the actor's own offices, but for those in which they are accused."""
    found = Q(pk__in=[])
    for path in (*actor.paths("case.open"), *actor.paths("case.decide")):
        found |= Q(office__path__startswith=path)
    return found & (~Q(person_account=actor.id) | Q(person_account__isnull=True))


def is_inside(actor: Actor, row: Case) -> bool:
    """Whether a person sees a case from the side of the office: evidence, opinions, what isn't decided yet."""
    return actor.everything or Case.objects.filter(_led(actor), pk=row.pk).exists()


def ledger_rows(actor: Actor, ids: Sequence[int]) -> QuerySet[Any]:
    """Cases that a person may take away in the order of a ledger: by unit, then as they began. ``led``: whether they lead it."""
    led = Q() if actor.everything else _led(actor)
    rows = with_units(seen(actor, "case.export")).filter(pk__in=list(ids))
    rows = rows.annotate(led=Chosen(When(led, then=Value(True)), default=Value(False)) if led else Value(True))
    return rows.order_by(
        "office__depth", "office__sort_no", "office", "unit__sort_no", "unit__sort_key", "unit", "pk"
    ).prefetch_related("measures", "remedies")


def case(actor: Actor, pk: int) -> Case | None:
    rows = with_units(seen(actor)).select_related("paper", "earlier__unit", "person_account")
    return rows.filter(pk=pk).first()


def offices(actor: Actor, verb: str = "case.open") -> QuerySet[Unit]:
    """The offices in whose name a person opens cases and calls to talks."""
    return Unit.objects.filter(path__in=actor.paths(verb)).order_by("depth", "sort_no", "id")


def accused_units(actor: Actor, verb: str = "case.open") -> QuerySet[Any]:
    """The units that may be accused: open ones below an office of the actor."""
    rows = Unit.objects.visible_to(actor, verb).filter(valid_to__isnull=True)
    return rows.exclude(path__in=actor.paths(verb))


def accounts_of(unit: Unit) -> QuerySet[Account]:
    """The accounts of people appointed at a unit."""
    return Account.objects.filter(appointments__unit=unit, is_active=True).distinct().order_by("name", "id")


def findings_for(actor: Actor, unit: Unit) -> QuerySet[Any]:
    """The findings of a unit that a case may rest on."""
    return (
        findings_seen(actor)
        .filter(unit=unit)
        .exclude(state=Finding.State.DRAFT)
        .order_by("-escalation", "deadline", "pk")
    )


def triggered(actor: Actor) -> QuerySet[Any]:
    """Findings raised to «问责线索» for which there is no case yet, in the offices of the actor."""
    rows = findings_seen(actor).filter(escalation=Finding.Escalation.TRIGGER, cases__isnull=True)
    own = Q(pk__in=[])
    for path in actor.paths("case.open"):
        own |= Q(office__path__startswith=path)
    rows = rows if actor.everything else rows.filter(own)
    return rows.exclude(state__in=[Finding.State.CLOSED, Finding.State.WAIVED]).select_related("unit", "office")


def standing_measures(row: Case) -> QuerySet[Measure]:
    """The forms that hold now."""
    return row.measures.filter(revoked_on__isnull=True)


def earlier_case(row: Case, day: date) -> Case | None:
    """The latest other case against the same unit (the same person) decided within the term before ``day``, if it still stands."""
    rows = Case.objects.filter(unit=row.unit_id, decided_on__isnull=False, revoked=False).exclude(pk=row.pk)
    rows = rows.exclude(state=Case.State.DROPPED)
    if row.person_account_id is not None:
        rows = rows.filter(person_account=row.person_account_id)
    else:
        rows = rows.filter(person_name=row.person_name)
    days = terms_on(day).days(row.office.path, "aggravate")
    found = repeats((past for past in rows.values_list("decided_on", flat=True) if past is not None), day, days)
    return rows.filter(decided_on=found).order_by("-pk").first() if found is not None else None


def member_units(row: Case) -> QuerySet[Any]:
    """Whom the office may ask: the member units of the committee, never the accused."""
    return departments(row.office).exclude(pk=row.unit_id)


def opinions(actor: Actor) -> QuerySet[Any]:
    """What the actor's own unit was asked, and the questions in cases that the actor leads."""
    rows = Opinion.objects.visible_to(actor, "case.answer")
    if not actor.everything:
        led = Q(case__in=seen(actor).filter(_led(actor)).values("pk"))
        rows = rows.filter(Q(unit__path__in=actor.paths("case.answer")) | led)
    return rows.select_related("case__unit__parent", "case__office", "unit")


def opinion(actor: Actor, pk: int) -> Opinion | None:
    return opinions(actor).filter(pk=pk).first()


def measure(actor: Actor, pk: int, measure: int) -> Measure | None:
    """A form that holds in a case one may see."""
    row = case(actor, pk)
    return (
        standing_measures(row).select_related("case__unit__parent", "case__office").filter(pk=measure).first()
        if row
        else None
    )


def remedy(actor: Actor, pk: int) -> Remedy | None:
    rows = Remedy.objects.filter(case__in=seen(actor).values("pk"))
    return rows.select_related("case__unit__parent", "case__office").filter(pk=pk).first()


def file_of(actor: Actor, pk: int) -> CaseFile | None:
    """A file of a case, for those who see the case. Evidence may tell who complained: it stays with the office."""
    rows = CaseFile.objects.filter(pk=pk, case__in=seen(actor).values("pk")).select_related("file", "case")
    found = rows.first()
    if found is None or (found.part == CaseFile.Part.EVIDENCE and not is_inside(actor, found.case)):
        return None
    return found


def containing(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By number or by unit; names of people are not searched."""
    for word in text.split():
        rows = rows.filter(
            Q(code__icontains=word) | Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word)
        )
    return rows
