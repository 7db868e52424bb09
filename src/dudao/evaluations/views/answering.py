"""The unit's side of a self-evaluation: what is asked of it, how one stands, handing in, the receipt, the signed report."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import audit, files
from dudao.core.access import Denied
from dudao.core.documents import DocumentError
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, sent
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.forms import Form, form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State, stages
from dudao.core.ui.templatetags.ui import deadline
from dudao.evaluations.actions.marking import why_not_settle
from dudao.evaluations.actions.submitting import digest_of, lateness, submit_evaluation
from dudao.evaluations.flow import PART
from dudao.evaluations.models import Subject
from dudao.evaluations.papers.selfreport import self_report
from dudao.evaluations.process import SUBJECT, crumbs_of, fills
from dudao.evaluations.queries import answering as reads
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.queries.licensing import is_ungraded
from dudao.evaluations.queries.parts import divides, parts_of
from dudao.evaluations.queries.systems import rules_of, system_of, vetoes_by_code
from dudao.evaluations.queries.work import said_of
from dudao.evaluations.views.progress import FILLED, done_on
from dudao.papers.composing import ComposeError

REMARK_STATES = {
    "open": State("待修改", "amber", "alert-circle"),
    "answered": State("已修改", "blue", "message"),
    "settled": State("已认可", "green", "check"),
}
_SIGNER = Signer(salt="evaluations.submit")


def last_day(row: Any) -> Any:
    """The deadline with its distance, for lists."""
    window = reads.window_of(row)
    return "" if window is None else deadline(window.last, done_on(row))


ANSWERS = Listing(
    key="answers",
    columns=[
        Column("campaign", "项目", lambda row: row.campaign.title, link=lambda row: row.get_absolute_url()),
        Column("year", "年度", "campaign.year", sort="campaign__year", numeric=True),
        Column("office", "组织单位", lambda row: str(row.campaign.office), nowrap=True),
        Column("unit", "填报单位", lambda row: row.label, optional=True, hidden=True),
        FILLED,
        Column("last", "截止", show=last_day, nowrap=True),
        Column("state", "状态", lambda row: SUBJECT.flow.states[row.state], sort="state", nowrap=True),
    ],
    filters=[Search(["campaign__title"], "项目名称")],
    chips=Chips.of_states("state", SUBJECT.flow.states),
    order=["-campaign__year", "-pk"],
    empty=Empty(
        "现在没有要填报的自评",
        "督导办启动评估项目后，要本单位填报的自评会出现在这里，并有通知。",
        icon="clipboard-list",
    ),
)


@require_GET
def answer_list(request: HttpRequest) -> HttpResponse:
    """What is asked of one's own unit."""
    may_anywhere(request, "evaluation.fill")
    return ANSWERS.respond(request, reads.mine(actor_of(request)), title="自评填报")


@require_GET
def subject_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How a self-evaluation stands: by block, with remarks, what was handed in, and what can be done."""
    row = SUBJECT.found_or_404(request, pk)
    actor = actor_of(request)
    window = reads.window_of(row)
    codes = window.codes if window is not None else ()
    system, rules = system_of(row.campaign), rules_of(row.campaign)
    cells = {code: answer.cells for code, answer in reads.answers_of(row).items()}
    checks = reads.why_not_check(row, actor) is None
    fill = reads.why_not_fill(row, actor, window)
    may_fill = actor.may("evaluation.fill", row.unit.path)
    back = "open" if row.state == Subject.State.RETURNED else ""
    line = SUBJECT.flow.line if rules.check else [SUBJECT.flow.line[0], SUBJECT.flow.line[2]]
    frame = SUBJECT.frame(row, actor, back=back)
    if not fills(actor, row):
        # An office that fills in for a unit doesn't take back what the unit itself handed in.
        frame["acts"] = [button for button in frame["acts"] if button.act.verb != "evaluation.take_back"]
    return render(
        request,
        "evaluations/answering/subject.html",
        {
            **frame,
            "campaign": row.campaign,
            "window": window,
            "done_on": done_on(row),
            "ungraded": is_ungraded(row),
            "line": stages(line, back or row.state, back=back),
            "blocks": reads.blocks_filled(system, codes, cells, reads.cells_of(reads.figures_of(row))),
            "root": system.tree.root.code,
            "figures": len(reads.asked_figures(system, codes)),
            "fills": may_fill and fill is None,
            "fill_denied": fill.reason if fill is not None else "",
            "own": may_fill,
            "checks": checks,
            "may_veto": why_not_settle(row, actor) is None and bool(vetoes_by_code(system)),
            "remarks": [(remark, REMARK_STATES[remark.state]) for remark in reads.remarks_of(row, inside=checks)],
            "submissions": list(row.submissions.order_by("-number")),
            "self_report": rules.self_report,
            "divided": divides(row) and window is not None,
            "parts": [(part, PART.states[part.state]) for part in parts_of(row)] if divides(row) else [],
            "events": audit.history(row).exclude(verb="evaluation.fill"),
        },
    )


def _reason(denied: Denied | None) -> str:
    return "" if denied is None else denied.reason


class SubmitForm(Form):
    """Nothing to fill in but the token that makes a double click one submission."""


@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is missing, and handing in. The page notes (signed) when it was opened: who was here before the deadline is in time."""
    received = timezone.now()
    row = SUBJECT.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("evaluation.submit", row.unit.path)
    form = SubmitForm(sent(request))
    if request.method == "POST" and form.is_valid():
        begun = _begun(request.POST.get("begun", ""), row)
        made = refused(form, lambda: submit_evaluation(actor, subject=row, received_at=received, begun_at=begun))
        if made is not None:
            messages.success(request, f"已提交，这是第 {made.number} 次提交的回执。")
            return redirect("evaluations:submission", made.pk)
        row = SUBJECT.found_or_404(request, pk)
    window = reads.window_of(row)
    if window is None:
        raise Denied("这个项目没有自查自评阶段，不用提交。", "evaluation.submit")
    found = completeness_of(row, window)
    late, denied = lateness(row, window, received)
    before, last = reads.last_submissions(row)
    return form_page(
        request,
        form,
        title="检查并提交",
        template="evaluations/answering/submit.html",
        crumbs=crumbs_of(actor_of(request), row, Crumb("检查并提交")),
        row=row,
        window=window,
        done_on=done_on(row),
        found=found,
        late=late,
        blocked=_reason(SUBJECT.flow.why_not(row, "evaluation.submit", actor)) or _reason(denied),
        begun=_SIGNER.sign_object({"subject": row.pk, "at": received.isoformat()}),
        again=last is not None,
        checked=rules_of(row.campaign).check,
        shared=None if before is None else before.number,
    )


def _begun(signed: str, row: Subject) -> datetime | None:
    """When the page was opened, if the server itself said so for this very subject."""
    try:
        said = _SIGNER.unsign_object(signed)
    except BadSignature:
        return None
    return datetime.fromisoformat(said["at"]) if said["subject"] == row.pk else None


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What was handed in: number, time, digest, computed again here; its contents to print."""
    found = found_or_404(reads.submission_of(actor_of(request), pk))
    row, content = found.subject, found.content
    system = system_of(row.campaign)
    nodes, leaves = system.tree.nodes, reads.leaves_of(system)
    answers = [
        (
            code,
            nodes[code].name if code in nodes else "",
            said_of(leaves.get(code), said["cells"]),
            said["text"],
            content["evidence"].get(code, []),
        )
        for code, said in content["answers"].items()
    ]
    return render(
        request,
        "evaluations/answering/receipt.html",
        {
            "found": found,
            "row": row,
            "crumbs": crumbs_of(actor_of(request), row, Crumb(f"第 {found.number} 次提交")),
            "answers": answers,
            "figures": list(content["figures"].items()),
            "evidence": sum(len(links) for links in content["evidence"].values()),
            "report": content.get("report", {}).get("report"),
            "holds": digest_of(content) == found.digest,
        },
    )


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The signed self-report."""
    row = SUBJECT.found_or_404(request, pk)
    if row.report is None:
        raise Http404
    return files.serve(row.report, row.report_name or "自评报告.pdf")


@require_GET
def report_word(request: HttpRequest, pk: int) -> HttpResponse:
    """The self-report as Word, filled in with what is answered, to be completed, signed and scanned."""
    row = SUBJECT.found_or_404(request, pk)
    try:
        content = self_report(row)
    except (ComposeError, DocumentError) as problem:
        messages.error(request, f"自评报告没有生成：{problem}")
        return redirect(row)
    return attachment(
        content,
        f"{row.label}自评报告（{row.campaign.year}年）.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
