"""The page of one case, and its files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dudao.accountability.grounds import AGGRAVATING, LIGHTER
from dudao.accountability.models import Case
from dudao.accountability.process import CASE, TALK
from dudao.accountability.queries import cases as reads
from dudao.accountability.queries.clock import Clock, term_rows
from dudao.accountability.queries.talks import seen as talks_seen
from dudao.core import audit
from dudao.core.files import hand_out
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.parts import FileRow, State


def _files(row: Case, part: str) -> list[FileRow]:
    return [
        FileRow(item.name, reverse("accountability:file", args=[item.pk]), item.file.size)
        for item in row.files.all()
        if item.part == part
    ]


_TONES = {True: State("逾期", "red"), False: State("按期", "green")}


@require_GET
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one case, as far as the side that one is on sees it."""
    row = CASE.found_or_404(request, pk)
    actor, today = actor_of(request), timezone.localdate()
    inside = reads.is_inside(actor, row)
    held = {remedy.kind: remedy for remedy in row.remedies.all()}
    rows: list[Any] = term_rows(row, Clock.of(row.office, today), held)
    terms = [(term, _TONES[term.late(today) > 0] if term.done_on else None) for term in rows]
    shown = inside or row.issued_on is not None
    corrects = CASE.flow.concerns(row, "case.correct", actor) and row.state == Case.State.ISSUED
    context = {
        **CASE.frame(row, actor),
        "inside": inside,
        "shown": shown,
        "terms": terms,
        "evidence": _files(row, "evidence") if inside else [],
        "defence_files": _files(row, "defence"),
        "remedy_files": _files(row, "remedy"),
        "findings": list(row.findings.order_by("pk")),
        "measures": list(row.measures.all()) if shown else [],
        "executes": CASE.flow.why_not(row, "case.execute", actor) is None,
        "opinions": list(row.opinions.select_related("unit")) if inside else [],
        "answers": actor.may_somewhere("case.answer"),
        "graver": [AGGRAVATING[key] for key in row.aggravating] if shown else [],
        "lighter": [LIGHTER[key] for key in row.lighter] if shown else [],
        "remedies": [
            (remedy, _decides(row, actor, remedy), corrects and remedy.wants_correction) for remedy in held.values()
        ],
        "paper": row.paper if row.paper is not None and (inside or row.issued_on) else None,
        "talks": [(talk, TALK.flow.states[talk.state]) for talk in talks_seen(actor).filter(case=row)],
        "calls": inside
        and actor.may("talk.call", row.unit.path)
        and row.state not in {Case.State.ARCHIVED, Case.State.DROPPED},
        "earlier": row.earlier if shown and row.earlier is not None else None,
        "events": audit.history(row) if inside else (),
    }
    return render(request, "accountability/case.html", context)


def _decides(row: Case, actor: Any, remedy: Any) -> bool:
    verb = f"case.decide_{remedy.kind}"
    return remedy.decided_on is None and row.state == Case.State.ISSUED and CASE.flow.concerns(row, verb, actor)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a case, for those who may see it."""
    found = found_or_404(reads.file_of(actor_of(request), pk))
    answer: HttpResponse = hand_out(request, found.file, found.name)
    return answer
