"""What a ledger (台账) shows beside the rows themselves: the last report, the evidence, whom to call. A fixed number of queries."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, QuerySet, Subquery

from dudao.core.access import Actor
from dudao.orgs.models import Contact, Unit
from dudao.plans.models import Assignment, Evidence, ProgressReport
from dudao.plans.queries.assignments import RowFilter, assignment_rows
from dudao.plans.queries.counts import counted
from dudao.plans.queries.joins import with_units
from dudao.plans.queries.lights import Lights


def ledger_rows(
    actor: Actor, lights: Lights, *, plan: int | None = None, ids: Sequence[int] | None = None
) -> QuerySet[Any]:
    """The rows that an actor may take away as a ledger, in the order of the plan: by task, then by unit.

    ``counts`` says whether a row is counted, or stands below one that is (`counts.counted`).
    """
    rows = assignment_rows(actor, lights, RowFilter(plan=plan), verb="ledger.export")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    rows = rows.annotate(counts=ExpressionWrapper(counted(actor, "ledger.export"), BooleanField()))
    files = Evidence.objects.filter(report__assignment=OuterRef("pk")).order_by("pk")
    return (
        with_last_report(rows)
        .annotate(evidence_names=ArraySubquery(files.values("name")))
        .order_by("task__plan", "task__sort_no", "task", "unit__sort_no", "unit__pinyin", "unit", "pk")
    )


def with_last_report(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add what each row's last report says, ``None`` where there is none."""
    last = ProgressReport.objects.filter(assignment=OuterRef("pk")).order_by("-number")
    return rows.annotate(
        last_text=Subquery(last.values("text")[:1]), last_difficulties=Subquery(last.values("difficulties")[:1])
    )


def units_of(keys: Iterable[int]) -> list[Unit]:
    """Units by their keys, in the order offices keep."""
    return list(Unit.objects.filter(pk__in=list(keys)).order_by("sort_no", "pinyin", "pk"))


def open_rows() -> QuerySet[Any]:
    """All rows on which a unit still has something to do, whoever asks: for the platform's own work."""
    state = Assignment.State
    return Assignment.objects.filter(state__in=[state.ISSUED, state.WORKING, state.RETURNED])


def contacts_of(units: Iterable[int]) -> dict[int, Contact]:
    """The first contact of each unit who has a phone, leaders last: whom one calls. One query."""
    found: dict[int, Contact] = {}
    rows = Contact.objects.filter(unit__in=set(units)).exclude(phone="").select_related("unit")
    for contact in rows.order_by("unit", "leader", "sort_no", "pk"):
        found.setdefault(contact.unit_id, contact)
    return found


def rows_by_number(numbers: Iterable[int], *, lock: bool = False) -> dict[int, Assignment]:
    """Rows by their key, with what rights and flow look at, and their last report."""
    rows = with_last_report(with_units(Assignment.objects.filter(pk__in=set(numbers))))
    if lock:
        rows = rows.select_for_update(of=("self",)).order_by("pk")
    return {row.pk: row for row in rows}
