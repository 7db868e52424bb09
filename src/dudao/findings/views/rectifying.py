"""Forms of the responsible unit: its plan, its reports, a request for time. Read on phones too."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from dudao.core.ui.acting import actor_of, sent
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import refused
from dudao.findings.actions import clock, rectifying
from dudao.findings.forms.unit import AskTimeForm, PlanForm, ReportForm
from dudao.findings.models import Finding, Report
from dudao.findings.views.common import finding_form, not_yet, row_or_404

_PLANNED = ("measures", "target", "leader", "person", "phone")


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := not_yet(request, row, "finding.plan")) is not None:
        return answer
    initial = {name: getattr(row, name) for name in _PLANNED} | {"revision": row.revision}
    form = PlanForm(sent(request), request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: rectifying.plan(actor_of(request), finding=row, **form.values))
        if made is not None:
            messages.success(request, f"已报送整改方案，请在{date_cn(row.deadline)}前完成整改。")
            return redirect(row)
    return finding_form(request, row, form, title="报送整改方案", save="报送方案", save_icon="send")


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress, part completion, lasting work or completion: one form, the choice says which."""
    row = row_or_404(request, pk)
    verb = "finding.report" if row.state == Finding.State.SIGNED else "finding.progress"
    if (answer := not_yet(request, row, verb)) is not None:
        return answer
    form = ReportForm(sent(request), request.FILES or None, finding=row)
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: rectifying.report(actor_of(request), finding=row, **form.values))
        if made is not None:
            word = "已报告整改完成，等待核验。" if made.kind == Report.Kind.DONE else f"已报送第 {made.number} 次。"
            messages.success(request, word)
            return redirect(row)
    return finding_form(request, row, form, title="报送整改情况", save="报送", save_icon="send")


@require_http_methods(["GET", "POST"])
def ask_time(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := not_yet(request, row, "finding.ask_time")) is not None:
        return answer
    form = AskTimeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: clock.ask_time(actor_of(request), finding=row, **form.values))
        if made is not None:
            messages.success(request, f"已申请延期到{date_cn(made.until)}，批复前仍按原时限。")
            return redirect(row)
    return finding_form(request, row, form, title="申请延期", save="提交申请", save_icon="calendar-time")
