"""Relief claims that somebody sees, and what of a school a clause looks at."""

from decimal import Decimal

from django.db.models import QuerySet

from dudao.calc.balance.reliefs import SchoolFacts
from dudao.core.access import Actor
from dudao.orgs.models import INSTITUTIONS, Unit
from dudao.stats.models import ReliefClaim, Return, Round, Value


def claims_seen(actor: Actor, asked: Round) -> "QuerySet[ReliefClaim]":
    return (
        ReliefClaim.objects.visible_to(actor, "balance.view")
        .filter(round=asked)
        .select_related("unit__parent", "round")
    )


def claim_seen(actor: Actor, pk: int) -> ReliefClaim | None:
    found: ReliefClaim | None = (
        ReliefClaim.objects.visible_to(actor, "balance.view")
        .filter(pk=pk)
        .select_related("unit", "round__unit")
        .first()
    )
    return found


def schools_for(actor: Actor, asked: Round) -> "QuerySet[Unit]":
    """The schools of a round for which the actor may claim."""
    asked_of = Return.objects.filter(round=asked).values("unit")
    return Unit.objects.visible_to(actor, "balance.relief").filter(pk__in=asked_of, kind__in=INSTITUTIONS)


def facts_of(asked: Round, unit: Unit) -> SchoolFacts:
    """The school's pupils of compulsory age as reported, and what the register says of it."""
    rows = Value.objects.filter(
        ret__round=asked, ret__unit=unit, item__code__in=["pupils", "migrants"], stage__in=["primary", "junior"]
    ).values_list("item__code", "number")
    sums: dict[str, Decimal] = {}
    for code, number in rows:
        sums[code] = sums.get(code, Decimal(0)) + number
    rural = unit.urban_rural
    return SchoolFacts(
        pupils=int(sums["pupils"]) if "pupils" in sums else None,
        migrants=int(sums["migrants"]) if "migrants" in sums else None,
        founded=unit.founded,
        is_teaching_point=unit.kind == "teaching_point",
        # GB/T 33782 table 5: 1xx are cities and towns, 2xx villages.
        is_rural=rural.startswith("2") if rural else None,
    )
