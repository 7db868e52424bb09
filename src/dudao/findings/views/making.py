"""Pages on which a problem is written down, changed and handed down."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, may_anywhere, sent, tried
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.findings import sources
from dudao.findings.actions import clock, issuing, making, notices
from dudao.findings.endings import ENDINGS
from dudao.findings.forms.office import DraftForm, ExtendManyForm, IssueForm, IssueManyForm
from dudao.findings.models import Finding
from dudao.findings.views.common import finding_form, not_yet, row_or_404
from dudao.findings.views.listing import picked, tell_done
from dudao.papers.labels import drafted


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a problem down, at one unit or several."""
    may_anywhere(request, "finding.create")
    actor = actor_of(request)
    form = DraftForm(sent(request), request.FILES or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: making.create_findings(actor, **form.values))
        if made is not None or not form.errors:
            count = len(made or form.cleaned_data["units"])
            messages.success(request, f"已登记 {count} 个问题，核对后下达。")
            only = made[0] if made is not None and count == 1 else None
            return redirect(only or f"{reverse('findings:findings')}?state=draft")
    return form_page(
        request,
        form,
        title="登记问题",
        save="登记",
        cancel_url=reverse("findings:findings"),
        crumbs=[Crumb("问题整改", reverse("findings:findings")), Crumb("登记问题")],
        note="登记后责任单位还看不到，下达时才会通知。",
    )


def draft_for(request: HttpRequest, rows: Sequence[Finding]) -> None:
    """Draft the 整改通知书 for what was just issued; the issue stands when that can't be done, and the reason is told."""
    made, why = tried(lambda: notices.draft_notices(actor_of(request), findings=rows))
    if why:
        messages.warning(request, f"整改通知书没有起草：{why}")
    else:
        messages.success(request, drafted(" {} 份整改通知书", made))


@require_POST
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the 整改通知书 for one issued finding."""
    row = row_or_404(request, pk)
    actor_of(request).require("paper.draft", row.unit.path)
    draft_for(request, [row])
    return redirect(row)


def _said(row: Finding) -> str:
    """What is said beside the deadline: what the terms give."""
    day = timezone.localdate()
    ruled = issuing.deadline_for(row, day, issuing.Rules.of(row.office, day))
    if ruled is None:
        return f"{row.office}还没有“{row.get_severity_display()}整改”的时限规定，请填写。"
    most = "最迟" if ruled.start == "receipt" else ""
    return f"不填则按规定{most}到{date_cn(ruled.deadline)}：{ruled.basis}。"


def _doubts(rows: Sequence[Finding]) -> list[tuple[Finding, list[str]]]:
    """Those among the first that state numbers which their sources no longer do, with the sentences that say so."""
    told = [(row, sources.outdated(row)) for row in rows[:CHECKED] if row.facts]
    return [(row, sentences) for row, sentences in told if sentences]


@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand one finding down."""
    row = row_or_404(request, pk)
    if (answer := not_yet(request, row, "finding.issue")) is not None:
        return answer
    actor = actor_of(request)
    writes = actor.may("paper.draft", row.office.path)
    initial = {"notice": ENDINGS[row.severity].notice}
    form = IssueForm(sent(request), said=_said(row), writes=writes, initial=initial)
    if request.method == "POST" and form.is_valid():
        deadline = form.cleaned_data["deadline"]
        done = refused(form, lambda: issuing.issue(actor, finding=row, deadline=deadline))
        if done is not None:
            messages.success(request, f"已下达，编号 {done.code}，{done.unit}会收到通知。")
            if form.cleaned_data.get("notice"):
                draft_for(request, [done])
            return redirect(done)
    return finding_form(request, row, form, title="下达整改", save="下达", save_icon="send", doubts=_doubts([row]))


@require_POST
def issue_many(request: HttpRequest) -> HttpResponse:
    """Hand many findings down: first say what will happen, then do it."""
    may_anywhere(request, "finding.issue")
    actor = actor_of(request)
    rows, confirmed = picked(request, "finding.issue")
    units = len({row.unit_id for row in rows})
    said = "不填则各按本单位的时限规定；填了则所选问题都用这一天。"
    initial = {"rows": ",".join(str(row.pk) for row in rows)}
    writes = actor.may_somewhere("paper.draft")
    form = IssueManyForm(request.POST if confirmed else None, said=said, writes=writes, initial=initial)
    if confirmed and form.is_valid():
        done = refused(form, lambda: issuing.issue_many(actor, findings=rows, deadline=form.cleaned_data["deadline"]))
        if done is not None or not form.errors:
            tell_done(request, done or [], "下达")
            if form.cleaned_data.get("notice") and done:
                draft_for(request, [one.row for one in done if not one.refused])
            return redirect(f"{reverse('findings:findings')}?state=issued")
    return form_page(
        request,
        form,
        title=f"下达 {len(rows)} 个问题",
        save="下达",
        save_icon="send",
        cancel_url=f"{reverse('findings:findings')}?state=draft",
        crumbs=[Crumb("问题整改", reverse("findings:findings")), Crumb("下达")],
        note=f"涉及 {units} 个单位，下达后它们会收到通知，问题描述和整改要求不能再改。",
        action=reverse("findings:issue_many"),
        template="findings/issue_many.html",
        doubts=_doubts(rows),
    )


CHECKED = 100
"""Findings whose sources are asked again before they are handed down together."""


@require_POST
def extend_many(request: HttpRequest) -> HttpResponse:
    """Give many findings time of the office's own accord: first say for how many, then until when and why."""
    may_anywhere(request, "finding.give_time")
    rows, again = picked(request, "finding.give_time")
    initial = {"rows": ",".join(str(row.pk) for row in rows)}
    form = ExtendManyForm(request.POST if again else None, initial=initial)
    if again and form.is_valid():
        until, reason = form.cleaned_data["until"], form.cleaned_data["reason"]
        done = refused(form, lambda: clock.extend_many(actor_of(request), findings=rows, until=until, reason=reason))
        if done is not None or not form.errors:
            tell_done(request, done or [], f"延期到{date_cn(until)}，共")
            return redirect(reverse("findings:findings"))
    units = len({row.unit_id for row in rows})
    return form_page(
        request,
        form,
        title=f"统一延期 {len(rows)} 个问题",
        save="延期",
        save_icon="calendar-event",
        cancel_url=reverse("findings:findings"),
        crumbs=[Crumb("问题整改", reverse("findings:findings")), Crumb("统一延期")],
        note=f"涉及 {units} 个单位，它们会收到通知。暂停计时的、有申请待批复的不能办理，会列出原因。",
        action=reverse("findings:extend_many"),
    )
