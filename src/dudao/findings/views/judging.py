"""Forms of the office: verify, send back, open again, decide about time."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.findings.actions import clock, issuing, judging
from dudao.findings.forms.office import ExtendManyForm, GiveTimeForm, ReopenForm, SendBackForm, VerifyForm
from dudao.findings.queries import findings as reads
from dudao.findings.views.common import finding_form, not_yet, row_or_404
from dudao.findings.views.listing import picked, tell_done


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := not_yet(request, row, "finding.verify")) is not None:
        return answer
    form = VerifyForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: judging.verify(actor_of(request), finding=row, **form.values))
        if done is not None:
            messages.success(request, "已核验通过，请由另一人确认销号。")
            return redirect(done)
    return finding_form(request, row, form, title="核验整改", save="核验通过", save_icon="clipboard-check")


@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := not_yet(request, row, "finding.send_back")) is not None:
        return answer
    form = SendBackForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: judging.send_back(actor_of(request), finding=row, **form.values))
        if done is not None:
            messages.success(request, f"已退回，{row.unit}会收到通知。")
            return redirect(done)
    return finding_form(request, row, form, title="退回整改", save="退回", save_icon="arrow-back-up")


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(request, pk)
    if (answer := not_yet(request, row, "finding.reopen")) is not None:
        return answer
    day = timezone.localdate()
    ruled = issuing.deadline_for(row, day, issuing.Rules.of(row.office, day))
    said = (
        f"不填则从今天起重新计算，到{date_cn(ruled.deadline)}。"
        if ruled is not None
        else "没有适用的时限规定，请填写。"
    )
    form = ReopenForm(sent(request), said=said)
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: judging.reopen(actor_of(request), finding=row, **form.values))
        if done is not None:
            messages.success(request, f"已重新整改，时限到{date_cn(done.deadline)}，{row.unit}会收到通知。")
            return redirect(done)
    return finding_form(request, row, form, title="重新整改", save="重新整改", save_icon="rotate")


@require_http_methods(["GET", "POST"])
def give_time(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about one request for more time."""
    asked: Any = reads.extension(actor_of(request), pk)
    if asked is None:
        raise Http404
    row = asked.finding
    if (answer := not_yet(request, row, "finding.give_time")) is not None:
        return answer
    form = GiveTimeForm(sent(request), extension=asked)
    if request.method == "POST" and form.is_valid():
        values = form.values
        given = values.pop("given") == "yes"
        done = refused(form, lambda: clock.give_time(actor_of(request), extension=asked, given=given, **values))
        if done is not None:
            word = f"已同意延期到{date_cn(done.deadline)}。" if given else "已批复：不同意延期。"
            messages.success(request, word)
            return redirect(done)
    return finding_form(request, row, form, title="批复延期", save="批复", save_icon="check", asked=asked)


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
