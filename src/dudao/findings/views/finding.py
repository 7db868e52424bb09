"""The page of one finding, and the steps on it that need at most a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dudao.core.files import hand_out
from dudao.core.keys import is_number
from dudao.core.ui.acting import actor_of, found_or_404, run
from dudao.core.ui.parts import Crumb, FileRow, stages
from dudao.findings import sources
from dudao.findings.actions import making
from dudao.findings.actions.notices import why_not_notice
from dudao.findings.endings import ENDINGS
from dudao.findings.flow import FINDING, OPEN, WORKING
from dudao.findings.labels import CONSULT_STATES, EXTENSION_STATES, LEVELS, RESULTS, SEVERITIES
from dudao.findings.models import Finding
from dudao.findings.process import FINDING as PROCESS
from dudao.findings.queries import findings as reads
from dudao.findings.queries.consultations import consultations_of
from dudao.findings.queries.lookback import visits_of
from dudao.findings.queries.recurrence import earlier_like
from dudao.findings.views.common import lights_of, row_or_404

_OVER = {Finding.State.CLOSED, Finding.State.WAIVED}


def _file_rows(files: Any) -> list[FileRow]:
    return [FileRow(item.name, reverse("findings:file", args=[item.pk]), item.file.size) for item in files]


def _line(row: Finding) -> Any:
    inside = WORKING | {Finding.State.RECTIFYING}
    state = Finding.State.RECTIFYING if row.state in inside else row.state
    back = Finding.State.RECTIFYING if row.state == Finding.State.RETURNED else ""
    return stages(FINDING.line, state, back=back)


@require_GET
def finding_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one finding."""
    row = row_or_404(request, pk)
    actor, lights = actor_of(request), lights_of(request)
    annotated: Any = lights.annotate(reads.seen(actor)).filter(pk=row.pk).values("lit", "days_left", "near").get()
    for name, value in annotated.items():
        setattr(row, name, value)
    reports: list[Any] = list(reads.reports_of(row))
    looks: list[Any] = list(reads.verifications_of(row))
    for item in (*reports, *looks):
        item.rows = _file_rows(item.files.all())
    extensions: list[Any] = list(row.extensions.all())
    asks: list[Any] = list(consultations_of(row))
    looked_back: list[Any] = list(visits_of(row))
    for item in looked_back:
        item.shown = RESULTS[item.result]
    for item in extensions:
        item.shown = EXTENSION_STATES[item.state]
    for item in asks:
        item.shown = CONSULT_STATES[item.state]
    decides = FINDING.concerns(row, "finding.give_time", actor)
    compares = (
        not row.looked_back and FINDING.concerns(row, "finding.recur", actor) and row.state != Finding.State.WAIVED
    )
    writes = actor.may_somewhere("paper.draft") and FINDING.concerns(row, "finding.issue", actor)
    drafts = writes and ENDINGS[row.severity].notice and why_not_notice(actor, row) is None
    context = {
        **PROCESS.frame(row, actor),
        "severity": SEVERITIES[row.severity],
        "level": LEVELS.get(row.escalation),
        "light": lights.state_of(row),
        "why": lights.why(row),
        "route": ENDINGS[row.severity].route,
        "line": _line(row),
        "crumbs": [Crumb("问题整改", reverse("findings:findings")), Crumb(row.code or "待下达")],
        "evidence": _file_rows(reads.evidence_of(row)),
        "reports": reports,
        "looks": looks,
        "looked_back": looked_back,
        "extensions": extensions,
        "decides": decides and row.paused_since is None,
        "pauses": list(row.pauses.all()),
        "asks": asks,
        "parts": list(reads.parts_of(actor, row)[:200]),
        "states": FINDING.states,
        "like": earlier_like(actor, row, lights.terms) if compares else [],
        "can_open_source": sources.opens(actor, row),
        "outdated": sources.outdated(row)
        if row.state not in _OVER and FINDING.concerns(row, "finding.issue", actor)
        else [],
        "drafts_notice": drafts,
        "calls": row.escalation > 0 and row.state in OPEN and actor.may("talk.plan", row.office.path),
        "accuses": row.escalation > 0 and row.state in OPEN and actor.may("case.open", row.office.path),
        "notice": _notice(row, actor),
        "overtaken": row.state in {Finding.State.VERIFIED, Finding.State.CLOSED, Finding.State.WAIVED},
        "returned": reads.sent_back(row),
    }
    return render(request, "findings/finding.html", context)


def _notice(row: Finding, actor: Any) -> Any:
    """The 整改通知书, once it is issued; for its office from the first draft on."""
    paper = row.notice
    if paper is None or not (paper.issued_at is not None or actor.may("paper.view", row.office.path)):
        return None
    return paper


@require_POST
def recurrence(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody decides whether a finding repeats an earlier one (``earlier``, empty for none)."""
    row = row_or_404(request, pk)
    actor = actor_of(request)
    actor.require("finding.recur", row.unit.path)
    key = request.POST.get("earlier", "")
    earlier = reads.finding(actor, int(key)) if is_number(key) else None
    if key and earlier is None:
        messages.error(request, "所选的问题已不存在，请重新选择。")
        return redirect(row)
    word = "已列为反复出现。" if earlier is not None else "已记为不是同一问题。"
    run(request, lambda: making.settle_recurrence(actor, finding=row, earlier=earlier), word)
    return redirect(row)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a finding, for those who may see it."""
    found = found_or_404(reads.file_of(actor_of(request), pk))
    answer: HttpResponse = hand_out(request, found.file, found.name)
    return answer
