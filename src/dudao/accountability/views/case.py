"""The page of one case, and the steps on it that need no form."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from dudao.accountability.actions import effects, papers, remedies
from dudao.accountability.flow import BY_PARTY, by_party, concerns, stands, why_not
from dudao.accountability.grounds import AGGRAVATING, LIGHTER
from dudao.accountability.labels import LINE, STATES, TALK_STATES
from dudao.accountability.models import Case
from dudao.accountability.queries import cases as reads
from dudao.accountability.queries.clock import term_rows
from dudao.accountability.queries.talks import seen as talks_seen
from dudao.accountability.views.common import actor_of, clock_of, crumbs, row_or_404
from dudao.accountability.views.steps import ACTS
from dudao.core import audit
from dudao.core.files import hand_out
from dudao.core.ui.acting import run
from dudao.core.ui.parts import FileRow, State, stages


@dataclass(frozen=True, slots=True)
class Button:
    """A step on the page: a link to its form, greyed with the reason when it can't be taken now."""

    word: str
    icon: str
    url: str
    primary: bool
    denied: str


_LATER = {"edit", "drop", "send_back", "publish", "ask_review", "appeal"}


def _buttons(row: Case, actor: Any) -> tuple[list[Button], list[Button]]:
    """(those of the head, those of the second row): this person's trade in this state."""
    head: list[Button] = []
    later: list[Button] = []
    for name, act in ACTS.items():
        if not stands(row, act.verb) or not concerns(row, actor, act.verb) or _settled(row, name):
            continue
        denied = why_not(row, actor, act.verb)
        why = denied.reason if denied is not None else _closed(row, name)
        word = act.title
        by_hand = act.verb in BY_PARTY and by_party(row, actor, act.verb)[1]
        if name == "receive":
            word = "登记送达" if by_hand else "签收问责决定"
        elif by_hand:
            word = f"代为登记{act.title}"
        primary = act.primary and not by_hand
        made = Button(word, act.icon, reverse(f"accountability:{name}", args=[row.pk]), primary, why)
        (later if name in _LATER else head).append(made)
    return head, later


def _settled(row: Case, name: str) -> bool:
    """Whether a step is behind the case, though its state would still allow it."""
    if name == "receive":
        return row.received_on is not None
    if name == "publish":
        return row.publicity in {"none", "party"} or row.published_on is not None
    if name in {"ask_review", "appeal"}:
        kind = "review" if name == "ask_review" else "appeal"
        return any(remedy.kind == kind for remedy in row.remedies.all())
    return False


def _closed(row: Case, name: str) -> str:
    """Why a remedy can't be asked for today."""
    if name not in {"ask_review", "appeal"}:
        return ""
    window = remedies.window_of(row, "review" if name == "ask_review" else "appeal")
    if window.why:
        return window.why
    late = window.counted.late(timezone.localdate()) if window.counted is not None else 0
    return f"已经超过期限 {late} 天，不予受理。" if late else ""


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
    row = row_or_404(request, pk)
    actor, today = actor_of(request), timezone.localdate()
    inside = reads.is_inside(actor, row)
    held = {remedy.kind: remedy for remedy in row.remedies.all()}
    rows: list[Any] = term_rows(row, clock_of(row), held)
    terms = [(term, _TONES[term.late(today) > 0] if term.done_on else None) for term in rows]
    head, later = _buttons(row, actor)
    shown = inside or row.issued_on is not None
    corrects = concerns(row, actor, "case.correct") and row.state == Case.State.ISSUED
    archive = effects.why_not_archive(row) if row.state in {Case.State.ISSUED, Case.State.DROPPED} else "x"
    denied = why_not(row, actor, "case.archive") if archive != "x" else None
    context = {
        "row": row,
        "state": STATES[row.state],
        "line": stages(LINE, row.state),
        "crumbs": crumbs(row),
        "inside": inside,
        "shown": shown,
        "acts": head,
        "more": later,
        "terms": terms,
        "evidence": _files(row, "evidence") if inside else [],
        "defence_files": _files(row, "defence"),
        "remedy_files": _files(row, "remedy"),
        "findings": list(row.findings.order_by("pk")),
        "measures": list(row.measures.all()) if shown else [],
        "executes": why_not(row, actor, "case.execute") is None,
        "opinions": list(row.opinions.select_related("unit")) if inside else [],
        "answers": actor.may_somewhere("case.answer"),
        "graver": [AGGRAVATING[key] for key in row.aggravating] if shown else [],
        "lighter": [LIGHTER[key] for key in row.lighter] if shown else [],
        "remedies": [
            (remedy, _decides(row, actor, remedy), corrects and remedy.wants_correction) for remedy in held.values()
        ],
        "paper": row.paper if row.paper is not None and (inside or row.issued_on) else None,
        "drafts": papers.why_not_draft(actor, row) is None,
        "archives": archive != "x" and concerns(row, actor, "case.archive"),
        "archive_denied": archive if archive not in {"", "x"} else (denied.reason if denied is not None else ""),
        "talks": [(talk, TALK_STATES[talk.state]) for talk in talks_seen(actor).filter(case=row)],
        "calls": inside
        and actor.may("talk.call", row.unit.path)
        and row.state not in {Case.State.ARCHIVED, Case.State.DROPPED},
        "step_url": reverse("accountability:case_step", args=[row.pk]),
        "earlier": row.earlier if shown and row.earlier is not None else None,
        "events": audit.history(row) if inside else [],
    }
    return render(request, "accountability/case.html", context)


def _decides(row: Case, actor: Any, remedy: Any) -> bool:
    verb = f"case.decide_{remedy.kind}"
    return remedy.decided_on is None and row.state == Case.State.ISSUED and concerns(row, actor, verb)


_STEPS = {
    "case.archive": (lambda actor, row: effects.archive(actor, case=row), "已归档，案卷不能再改。"),
    "case.issue": (
        lambda actor, row: papers.draft_decision(actor, case=row),
        "已起草问责决定，请到“文书”核稿、签发、印发。",
    ),
}


@require_POST
def case_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Archive, or draft the decision paper."""
    row = row_or_404(request, pk)
    actor, verb = actor_of(request), request.POST.get("step", "")
    actor.require(verb if verb in _STEPS else "case.archive", row.unit.path)
    if verb not in _STEPS:
        raise Http404
    act, done = _STEPS[verb]
    run(request, lambda: act(actor, row), done)
    return redirect(row)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a case, for those who may see it."""
    found = reads.file_of(actor_of(request), pk)
    if found is None:
        raise Http404
    answer: HttpResponse = hand_out(request, found.file, found.name)
    return answer
