"""One finding in a round of looking back: what the inspector fills in on the spot, what the office answers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.files import hand_out
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run, sent
from dudao.core.ui.forms import answered, refused
from dudao.core.ui.parts import Crumb, FileRow
from dudao.findings.actions import lookback as acts
from dudao.findings.actions import lookback_answers as answers
from dudao.findings.flow import FINDING
from dudao.findings.forms.lookback import SettleForm, VisitForm
from dudao.findings.labels import RESULTS, SEVERITIES
from dudao.findings.models import LookBack, LookBackItem
from dudao.findings.queries import findings as rows_
from dudao.findings.queries import lookback as reads

_WORDS = {
    "reopened": {
        "closed": "重新整改：销号作废，退回责任单位再整改",
        "": "退回整改：责任单位按核查意见再整改、再报告",
    },
    "renewed": "登记为新问题：注明与原问题反复出现，另行下达",
    "kept": "不另处理：写明理由，按原来的安排继续",
}


def item_or_404(request: HttpRequest, pk: int) -> LookBackItem:
    return found_or_404(reads.item(actor_of(request), pk))


def _crumbs(row: LookBackItem, last: str) -> list[Crumb]:
    return [
        Crumb("回头看", reverse("findings:lookbacks")),
        Crumb(row.round.title, row.round.get_absolute_url()),
        Crumb(last),
    ]


@require_http_methods(["GET", "POST"])
def item_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found, what the unit says it did, and the form for what is seen now; later the result and the answer to it."""
    row = item_or_404(request, pk)
    actor = actor_of(request)
    if request.method == "POST":
        may_anywhere(request, "lookback.visit")
    denied = acts.why_not_record(row, actor)
    form = VisitForm(sent(request), request.FILES or None, initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.record_visit(actor, item=row, **form.values))
        if done is not None:
            messages.success(request, f"已登记：{done.get_result_display()}。")
            return redirect(done)
    finding = row.finding
    sees = rows_.finding(actor, finding.pk) is not None
    files: list[Any] = list(row.files.select_related("file"))
    office = row.round.office.path
    open_round = row.round.state == LookBack.State.OPEN
    mine = any(one.pk == actor.id for one in row.inspectors.all())
    context = {
        "row": row,
        "finding": finding,
        "finding_url": finding.get_absolute_url() if sees else "",
        "state": RESULTS["dropped" if row.dropped else row.result],
        "now": FINDING.states[finding.state],
        "changed": finding.state != row.was,
        "severity": SEVERITIES[finding.severity],
        "crumbs": _crumbs(row, finding.code),
        "inspectors": "、".join(str(one) for one in row.inspectors.all()),
        "proofs": _proofs(finding) if sees else [],
        "files": [_file(item) for item in files if not item.old],
        "old_files": [_file(item) for item in files if item.old],
        "form": form if denied is None or form.is_bound else None,
        "why": denied.reason if denied is not None and mine and open_round and not (row.result or row.dropped) else "",
        "settles": open_round and row.result in reads.BAD and not row.outcome and actor.may("lookback.settle", office),
        "sends_back": open_round and bool(row.result) and not row.outcome and actor.may("lookback.send_back", office),
        "drops": open_round and not row.result and not row.dropped and actor.may("lookback.drop", office),
        "step_url": reverse("findings:lookback_item_step", args=[row.pk]),
        "events": audit.history(row),
        "save": "登记结果",
        "save_icon": "device-floppy",
        "cancel_url": f"{row.round.get_absolute_url()}?mine=1",
        "action": "",
        "wide": False,
        "draft_key": f"{actor.id}:{request.path}",
    }
    return render(request, "findings/lookback_item.html", context, status=422 if form.errors else 200)


def _proofs(finding: Any) -> list[FileRow]:
    """The files that the responsible unit has sent, the latest report's first."""
    reports: list[Any] = list(rows_.reports_of(finding))
    return [
        FileRow(item.name, reverse("findings:file", args=[item.pk]), item.file.size)
        for report in reports
        for item in report.files.all()
    ]


def _file(item: Any) -> FileRow:
    return FileRow(item.name, reverse("findings:lookback_file", args=[item.pk]), item.file.size)


@require_http_methods(["GET", "POST"])
def item_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The office's answer to a result that isn't good."""
    row = item_or_404(request, pk)
    actor = actor_of(request)
    actor.require("lookback.settle", row.round.office.path)
    if request.method == "GET" and (row.result not in reads.BAD or row.outcome):
        messages.error(request, "没有需要处理的核查结果。")
        return redirect(row)
    choices = [(str(key), _word(row, str(key))) for key in answers.possible(row)]
    form = SettleForm(sent(request), choices=choices)
    return answered(
        request, form, lambda: answers.settle(actor, item=row, **form.values),
        lambda done: f"已处理：{done.get_outcome_display()}。",
        title="处理核查结果", save="确认处理", save_icon="check",
        cancel_url=row.get_absolute_url(), crumbs=_crumbs(row, "处理核查结果"),
        template="findings/lookback_settle.html", row=row, result=RESULTS[row.result],
        now=FINDING.states[row.finding.state],
    )  # fmt: skip


def _word(row: LookBackItem, outcome: str) -> str:
    words: Any = _WORDS[outcome]
    return str(words if isinstance(words, str) else words.get(row.finding.state, words[""]))


@require_POST
def item_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Look no more at an item, or have it looked at again: each with a reason."""
    row = item_or_404(request, pk)
    actor, step = actor_of(request), request.POST.get("step", "")
    reason = request.POST.get("reason", "")
    if step == "lookback.send_back":
        actor.require(step, row.round.office.path)
        run(request, lambda: acts.send_back(actor, item=row, reason=reason), "已退回重查，核查督学会收到通知。")
    else:
        actor.require("lookback.drop", row.round.office.path)
        if step != "lookback.drop":
            raise Http404
        run(request, lambda: acts.drop(actor, item=row, reason=reason), "不再核查，理由已写进记录。")
    return redirect(row)


@require_GET
def item_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a visit, for those who see the item."""
    found = found_or_404(reads.item_file(actor_of(request), pk))
    answer: HttpResponse = hand_out(request, found.file, found.name)
    return answer
