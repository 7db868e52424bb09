"""Everybody of a sheet who did badly becomes findings («low:3:B2», «low:3:*»)."""

from dudao.core.access import Actor
from dudao.core.keys import Kind
from dudao.evaluations.findings import part_of, problem_of, reasons_of
from dudao.evaluations.queries import scores as results
from dudao.evaluations.queries.sheets import loaded
from dudao.findings.models import Finding
from dudao.findings.sources import Origin, register
from dudao.results.queries.low_results import lows_of

ALL = "*"
LOW = Kind("low", int, str)


def set_key_of(sheet: int, code: str = ALL) -> str:
    """All subjects of a sheet that did badly at an indicator, or anywhere."""
    return LOW.key(sheet, code)


def found_low(actor: Actor, pk: int, at: str) -> Origin | None:
    """«3:B2», «3:*»: all subjects of a sheet that did badly, on the sheet that counts; for the office."""
    sheet = results.sheet(actor, pk)
    if sheet is None or not results.is_final(sheet):
        return None
    code = "" if at == ALL else at
    lows = lows_of(sheet, code)
    if not lows:
        return None
    rows = list({low.row.pk: low.row for low in lows}.values())
    table, scores = loaded(sheet, rows)
    places = {rows[line - 1].pk: place for place, line in enumerate(table.rows)}
    written = reasons_of({row.subject_id for row in rows}, {low.code for low in lows})
    problems = [
        problem_of(
            low.row.subject,
            scores,
            places[low.row.pk],
            low.code,
            written.get((low.row.subject_id, low.code), ()),
        )
        for low in lows
    ]
    category = part_of(scores, code) if code else ""
    kept = [problem for problem in problems if problem is not None]
    return Origin(Finding.Source.SCORE, str(sheet), f"{sheet.get_absolute_url()}low/", kept, category)


def register_all() -> None:
    register(LOW, found_low)
