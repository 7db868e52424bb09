"""The page of one finding, and the steps on it that need at most a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dudao.core import audit
from dudao.core.access import VERBS
from dudao.core.files import hand_out
from dudao.core.ui.acting import actor_of, run
from dudao.core.ui.parts import Crumb, FileRow, stages
from dudao.findings import sources
from dudao.findings.actions import clock, issuing, judging, making, pressing, rectifying
from dudao.findings.actions.notices import why_not_notice
from dudao.findings.endings import ENDINGS
from dudao.findings.flow import FINDING, OPEN, WORKING
from dudao.findings.labels import CONSULT_STATES, EXTENSION_STATES, LEVELS, LINE, RESULTS, SEVERITIES, STATES
from dudao.findings.models import Finding
from dudao.findings.queries import findings as reads
from dudao.findings.queries.consultations import consultations_of
from dudao.findings.queries.lookback import visits_of
from dudao.findings.queries.recurrence import earlier_like
from dudao.findings.views.common import lights_of, row_or_404


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the page. With ``url`` a link to a form; else it posts ``verb`` and asks first (``text``, ``reason``)."""

    verb: str
    icon: str
    url: str = ""
    text: str = ""
    reason: str = ""
    primary: bool = False
    danger: bool = False
    denied: str = ""
    label: str = ""

    @property
    def word(self) -> str:
        return self.label or VERBS[self.verb].label

    @property
    def look(self) -> str:
        return "btn-danger-plain" if self.danger else "btn-primary" if self.primary else "btn-plain"


_FORMS: tuple[tuple[str, str, str, str, bool], ...] = (
    ("finding.edit", "findings:edit", "pencil", "修改", False),
    ("finding.issue", "findings:issue", "send", "下达整改", True),
    ("finding.plan", "findings:plan", "file-plus", "报送整改方案", True),
    ("finding.report", "findings:report", "report", "报送进展或完成", True),
    ("finding.verify", "findings:verify", "clipboard-check", "核验通过", True),
    ("finding.send_back", "findings:send_back", "arrow-back-up", "退回整改", False),
    ("finding.reopen", "findings:reopen", "rotate", "重新整改", False),
    ("finding.ask_time", "findings:ask_time", "calendar-time", "申请延期", False),
    ("consult.ask", "findings:consult", "messages", "发协商意见", False),
)
"""Acts with a page of their own: (verb, address, icon, word, primary)."""

_ASKED: tuple[Act, ...] = (
    Act("finding.sign", "signature", text="签收后整改时限开始计算，请按时报送整改方案。", primary=True),
    Act("finding.take_back", "arrow-back-up", text="收回后可以修改再报，已报的内容留在记录里。"),
    Act("finding.close", "checks", text="销号后计入已整改，责任单位会收到通知。", primary=True),
    Act(
        "finding.remind", "bell-ringing", text="责任单位会收到催办通知和您写的话；每天只能催办一次。", reason="催办的话"
    ),
    Act("finding.pause", "player-pause", text="暂停期间不计时、不亮红灯，恢复后时限顺延。", reason="暂停的理由"),
    Act("finding.resume", "player-play", text="从今天起恢复计时，时限按暂停的天数顺延。"),
    Act(
        "finding.escalate",
        "trending-up",
        text="升一级处理：催办责任单位、报督导办负责人、列为问责线索，相关人员会收到通知。",
        reason="升级的理由",
    ),
    Act(
        "finding.recall",
        "arrow-back-up",
        text="撤回后可以修改再下达，编号不变；责任单位会收到通知。",
        reason="撤回的理由",
    ),
    Act(
        "finding.waive",
        "ban",
        text="免予整改的问题不再跟踪，理由会写进台账。",
        reason="免予整改的理由",
        danger=True,
    ),
    Act("finding.discard", "trash", text="删除后不能恢复；已经下达过的不能删除。", danger=True),
)
"""Acts that ask first."""

_SHOWN_LATER = {
    "finding.remind",
    "finding.pause",
    "finding.resume",
    "finding.escalate",
    "finding.recall",
    "finding.waive",
}
_OVER = {Finding.State.CLOSED, Finding.State.WAIVED}
_SHOWN_LATER |= {"finding.discard", "finding.ask_time", "consult.ask", "finding.reopen"}


def _acts(row: Finding, actor: Any) -> tuple[list[Act], list[Act]]:
    """(those of the head, those of the second row): what is this person's trade in this state, possible or greyed."""
    found = []
    for verb, name, icon, word, primary in _FORMS:
        if _stands(row, verb) and FINDING.concerns(row, verb, actor):
            url = reverse(name, args=[row.pk])
            primary = primary and (verb != "finding.plan" or row.state == Finding.State.SIGNED)
            found.append(Act(verb, icon, url, primary=primary, denied=_reason(row, actor, verb), label=word))
    for act in _ASKED:
        if _stands(row, act.verb) and FINDING.concerns(row, act.verb, actor):
            denied = _reason(row, actor, act.verb)
            found.append(Act(act.verb, act.icon, "", act.text, act.reason, act.primary, act.danger, denied))
    if row.state == Finding.State.SIGNED and any(act.verb == "finding.plan" for act in found):
        # Before the plan, completion is either the next thing to do (a small problem) or not yet to be offered.
        found = [act for act in found if act.verb != "finding.report" or not ENDINGS[row.severity].plan]
    return (
        [act for act in found if act.verb not in _SHOWN_LATER],
        [act for act in found if act.verb in _SHOWN_LATER],
    )


def _stands(row: Finding, verb: str) -> bool:
    """Whether the act belongs to the present state at all."""
    if verb in {step.verb for step in FINDING.steps}:
        return row.state in FINDING.step(verb).sources
    if verb in {"finding.edit", "finding.discard"}:
        return row.state == Finding.State.DRAFT and (verb == "finding.edit" or row.issued_at is None)
    if verb == "consult.ask":
        return row.state not in {Finding.State.CLOSED, Finding.State.WAIVED}
    if verb == "finding.resume":
        return row.paused_since is not None
    if verb == "finding.pause":
        return row.paused_since is None and row.state in {Finding.State.SIGNED, *WORKING}
    if verb == "finding.ask_time":
        return row.state in {Finding.State.SIGNED, *WORKING} and row.paused_since is None
    return row.state in {Finding.State.ISSUED, Finding.State.SIGNED, *WORKING}


def _reason(row: Finding, actor: Any, verb: str) -> str:
    denied = FINDING.why_not(row, verb, actor)
    return denied.reason if denied is not None else ""


def _file_rows(files: Any) -> list[FileRow]:
    return [FileRow(item.name, reverse("findings:file", args=[item.pk]), item.file.size) for item in files]


def _line(row: Finding) -> Any:
    inside = WORKING | {Finding.State.RECTIFYING}
    state = Finding.State.RECTIFYING if row.state in inside else row.state
    back = Finding.State.RECTIFYING if row.state == Finding.State.RETURNED else ""
    return stages(LINE, state, back=back)


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
    head, later = _acts(row, actor)
    writes = actor.may_somewhere("paper.draft") and FINDING.concerns(row, "finding.issue", actor)
    drafts = writes and ENDINGS[row.severity].notice and why_not_notice(actor, row) is None
    context = {
        "row": row,
        "state": STATES[row.state],
        "severity": SEVERITIES[row.severity],
        "level": LEVELS.get(row.escalation),
        "light": lights.state_of(row),
        "why": lights.why(row),
        "route": ENDINGS[row.severity].route,
        "line": _line(row),
        "crumbs": [Crumb("问题整改", reverse("findings:findings")), Crumb(row.code or "待下达")],
        "acts": head,
        "more": later,
        "step_url": reverse("findings:step", args=[row.pk]),
        "evidence": _file_rows(reads.evidence_of(row)),
        "reports": reports,
        "looks": looks,
        "looked_back": looked_back,
        "extensions": extensions,
        "decides": decides and row.paused_since is None,
        "pauses": list(row.pauses.all()),
        "asks": asks,
        "parts": list(reads.parts_of(actor, row)[:200]),
        "states": STATES,
        "like": earlier_like(actor, row, lights.terms) if compares else [],
        "can_open_source": sources.opens(actor, row),
        "outdated": sources.outdated(row)
        if row.state not in _OVER and FINDING.concerns(row, "finding.issue", actor)
        else [],
        "drafts_notice": drafts,
        "calls": row.escalation > 0 and row.state in OPEN and actor.may("talk.plan", row.office.path),
        "accuses": row.escalation > 0 and row.state in OPEN and actor.may("case.open", row.office.path),
        "notice": _notice(row, actor),
        "returned": looks[0] if row.state == Finding.State.RETURNED and looks and not looks[0].passed else None,
        "events": audit.history(row),
    }
    return render(request, "findings/finding.html", context)


def _notice(row: Finding, actor: Any) -> Any:
    """The 整改通知书, once it is issued; for its office from the first draft on."""
    paper = row.notice
    if paper is None or not (paper.issued_at is not None or actor.may("paper.view", row.office.path)):
        return None
    return paper


_STEPS: dict[str, tuple[Callable[[Any, Finding, str], Any], str]] = {
    "finding.sign": (lambda actor, row, reason: issuing.sign(actor, finding=row), "已签收。"),
    "finding.recall": (
        lambda actor, row, reason: issuing.recall(actor, finding=row, reason=reason),
        "已撤回，可以修改后再下达。",
    ),
    "finding.take_back": (lambda actor, row, reason: rectifying.take_back(actor, finding=row), "已收回报告。"),
    "finding.close": (lambda actor, row, reason: judging.close(actor, finding=row), "已销号。"),
    "finding.waive": (
        lambda actor, row, reason: judging.waive(actor, finding=row, reason=reason),
        "已免予整改，理由已写进台账。",
    ),
    "finding.remind": (lambda actor, row, reason: pressing.remind(actor, finding=row, text=reason), "已催办。"),
    "finding.pause": (lambda actor, row, reason: clock.pause(actor, finding=row, reason=reason), "已暂停计时。"),
    "finding.resume": (lambda actor, row, reason: clock.resume(actor, finding=row), "已恢复计时，时限已顺延。"),
    "finding.escalate": (
        lambda actor, row, reason: pressing.escalate(actor, finding=row, reason=reason),
        "已升级处理。",
    ),
}


@require_POST
def finding_step(request: HttpRequest, pk: int) -> HttpResponse:
    """A step that needs at most a reason."""
    row = row_or_404(request, pk)
    actor, verb = actor_of(request), request.POST.get("step", "")
    reason = request.POST.get("reason", "")
    actor.require(verb if verb in VERBS else "finding.edit", row.unit.path)
    if verb == "finding.discard":
        gone = run(request, lambda: making.discard(actor, finding=row), "已删除。")
        return redirect(reverse("findings:findings") if gone else row)
    if verb not in _STEPS:
        raise Http404
    act, done = _STEPS[verb]
    run(request, lambda: act(actor, row, reason), done)
    return redirect(row)


@require_POST
def recurrence(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody decides whether a finding repeats an earlier one (``earlier``, empty for none)."""
    row = row_or_404(request, pk)
    actor = actor_of(request)
    actor.require("finding.recur", row.unit.path)
    key = request.POST.get("earlier", "")
    earlier = reads.finding(actor, int(key)) if key.isascii() and key.isdigit() and len(key) < 12 else None
    if key and earlier is None:
        messages.error(request, "所选的问题已不存在，请重新选择。")
        return redirect(row)
    word = "已列为反复出现。" if earlier is not None else "已记为不是同一问题。"
    run(request, lambda: making.settle_recurrence(actor, finding=row, earlier=earlier), word)
    return redirect(row)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a finding, for those who may see it."""
    found = reads.file_of(actor_of(request), pk)
    if found is None:
        raise Http404
    answer: HttpResponse = hand_out(request, found.file, found.name)
    return answer
