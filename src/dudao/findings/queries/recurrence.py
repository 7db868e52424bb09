"""Which earlier findings of the same unit a finding resembles: offered to a person, who decides."""

from datetime import timedelta
from typing import Any

from dudao.calc.recurrence import Match, Told, matches
from dudao.core.access import Actor
from dudao.findings.models import Finding
from dudao.findings.queries.findings import seen
from dudao.findings.queries.terms import Terms, likeness_bounds

MOST_COMPARED = 2000
"""Earlier findings of one unit that are compared, the latest first: more than any unit has had in years."""


def earlier_like(actor: Actor, row: Finding, terms: Terms, *, most: int = 3) -> list[tuple[Finding, Match]]:
    """Issued findings of the same unit, found within the office's term before this one, that it resembles: two queries."""
    since = row.found_on - timedelta(days=terms.days(row.office.path, "recur"))
    rows = seen(actor).filter(unit=row.unit_id, found_on__gte=since, found_on__lte=row.found_on)
    rows = rows.exclude(pk=row.pk).exclude(state=Finding.State.DRAFT).filter(pk__lt=row.pk)
    told = [
        Told(pk, text, code or name, day)
        for pk, text, code, name, day in rows.order_by("-pk").values_list(
            "pk", "description", "indicator_code", "indicator", "found_on"
        )[:MOST_COMPARED]
    ]
    new = Told(row.pk, row.description, row.indicator_code or row.indicator, row.found_on)
    found = matches(new, told, likeness_bounds(), most=most)
    loaded: dict[Any, Finding] = seen(actor).in_bulk([match.earlier.key for match in found]) if found else {}
    return [(loaded[match.earlier.key], match) for match in found]
