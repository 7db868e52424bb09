"""The list of cases with the lights of their terms, the list of what member units are asked, and how a case begins."""

import io
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.accountability.actions import deciding, exports
from dudao.accountability.actions.opening import open_case
from dudao.accountability.flow import CASE
from dudao.accountability.forms.cases import AnswerForm, NewForm, WhoForm
from dudao.accountability.grounds import FORMS, TRIGGERS, choices
from dudao.accountability.models import Case
from dudao.accountability.queries import cases as reads
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, sent
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chips, Choice, DateRange, Search
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.core.ui.templatetags.ui import deadline


def _light(row: Any) -> Any:
    """The term that runs now."""
    day = _running(row)[1]
    return deadline(day)


def _running(row: Case) -> tuple[str, Any]:
    if row.state == Case.State.OPENED:
        return "成立工作组", row.group_by
    if row.state == Case.State.NOTIFIED:
        return "陈述申辩", row.defend_by
    if row.state == Case.State.ISSUED:
        waiting = [remedy for remedy in row.remedies.all() if remedy.decided_on is None or remedy.wants_correction]
        if waiting:
            first = waiting[0]
            word = first.get_kind_display()
            return (f"{word}决定", first.decide_by) if first.decided_on is None else (f"{word}纠正", first.correct_by)
    return "", None


CASES = Listing(
    key="cases",
    columns=[
        Column("code", "编号", "code", link=lambda row: row.get_absolute_url(), sort="code", nowrap=True),
        Column("subject", "问责对象", lambda row: row.subject, sort=("unit__sort_no", "unit__sort_key")),
        Column("trigger", "线索", "get_trigger_display", sort="trigger"),
        Column("state", "状态", lambda row: CASE.states[row.state], sort="state", nowrap=True),
        Column(
            "running",
            "当前期限",
            lambda row: _running(row)[0],
            show=_light,
            sub=lambda row: _running(row)[0],
            nowrap=True,
        ),
        Column("office", "问责单位", lambda row: str(row.office), optional=True, hidden=True),
        Column("decided_on", "审定日期", "decided_on", sort="decided_on", nowrap=True),
        Column("created_at", "登记时间", "created_at", sort="created_at", nowrap=True, optional=True, hidden=True),
    ],
    filters=[
        Search(placeholder="编号或单位", apply=reads.containing),
        Choice("trigger", "线索", choices(TRIGGERS)),
        DateRange("decided", "审定日期", lookup="decided_on"),
    ],
    chips=Chips.of_states("state", CASE.states),
    order=["-pk"],
    empty=Empty("还没有问责案件", "逾期不整改、拒绝督导、弄虚作假等情形，调查认定后在这里问责。", icon="scale"),
)


def _exported(request: HttpRequest) -> HttpResponse:
    """The 问责台账 of the rows that the list shows, or the page of a job that writes it."""
    actor = actor_of(request)
    ids = list(CASES.narrowed(request, reads.seen(actor)).values_list("pk", flat=True))
    name = f"问责台账 {timezone.localdate():%Y%m%d}.xlsx"
    if len(ids) > exports.LONG:
        return redirect(exports.begin_export(actor, ids=ids, name=name))
    target = io.BytesIO()
    try:
        exports.export_cases(actor, target=target, ids=ids)
    except ValidationError as problem:
        messages.error(request, "".join(problem.messages))
        return redirect(f"{reverse('accountability:cases')}?{request.GET.urlencode()}")
    return attachment(target.getvalue(), name)


@require_http_methods(["GET", "POST"])
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases of one's scope; for an office also the findings that wait to become one. A POST of ``export`` is a sheet of them."""
    may_anywhere(request, "case.view")
    actor = actor_of(request)
    if request.method == "POST":
        return _exported(request)
    opens = actor.may_somewhere("case.open")
    listing = replace(CASES, export_name="问责台账") if actor.may_somewhere("case.export") else CASES
    return listing.respond(
        request,
        reads.with_units(reads.seen(actor)).prefetch_related("remedies"),
        title="问责案件",
        template="accountability/cases.html",
        triggered=list(reads.triggered(actor)[:20]) if opens else [],
        primary=("登记线索", reverse("accountability:who"), "plus") if opens else None,
    )


OPINIONS = Listing(
    key="opinions",
    columns=[
        Column(
            "case", "征求意见的事项", lambda row: f"对{row.case.subject}问责", link=lambda row: row.get_absolute_url()
        ),
        Column("unit", "成员单位", lambda row: str(row.unit), nowrap=True),
        Column("asked_on", "征求日期", "asked_on", sort="asked_on", nowrap=True),
        Column(
            "due_on",
            "反馈时限",
            "due_on",
            show=lambda row: deadline(row.due_on, row.answered_on),
            sort="due_on",
            nowrap=True,
        ),
        Column("agrees", "意见", lambda row: {True: "同意", False: "不同意"}.get(row.agrees, "")),
    ],
    filters=[Search(["case__code", "case__unit__name", "unit__name"], "编号或单位")],
    order=["-pk"],
    empty=Empty("还没有征求意见", "教育督导委员会征求成员单位意见时，会出现在这里。", icon="messages"),
)


@require_GET
def opinions(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "case.answer")
    return OPINIONS.respond(request, reads.opinions(actor_of(request)), title="问责征求意见")


@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Against whom a case is; the facts come on the next page."""
    may_anywhere(request, "case.open")
    form = WhoForm(sent(request), actor=actor_of(request))
    if request.method == "POST" and form.is_valid():
        office, unit = form.cleaned_data["office"], form.cleaned_data["unit"]
        return redirect(f"{reverse('accountability:new', args=[unit.pk])}?office={office.pk}")
    return form_page(
        request,
        form,
        title="登记问责线索",
        save="下一步",
        save_icon="arrow-right",
        cancel_url=reverse("accountability:cases"),
        crumbs=[Crumb("问责案件", reverse("accountability:cases")), Crumb("登记线索")],
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A case against a unit: ``?finding`` names the finding it comes from, ``?office`` whose case it is."""
    actor = actor_of(request)
    unit = found_or_404(reads.accused_units(actor).filter(pk=pk).first())
    offices = [office for office in reads.offices(actor) if unit.path.startswith(office.path)]
    office = next((office for office in offices if str(office.pk) == request.GET.get("office")), offices[0])
    initial: dict[str, Any] = {"ended_on": timezone.localdate()}
    rows = list(reads.findings_for(actor, unit)[:200])
    first = next((row for row in rows if str(row.pk) == request.GET.get("finding")), None)
    if first is not None:
        initial |= {
            "trigger": "overdue",
            "findings": [str(first.pk)],
            "facts": first.description,
            "source_label": first.code,
        }
        initial["ended_on"] = first.deadline or initial["ended_on"]
    form = NewForm(sent(request), request.FILES or None, rows=rows, unit=unit, initial=initial)
    return answered(
        request, form, lambda: open_case(actor, office=office, unit=unit, **form.values),
        lambda made: f"已登记，编号 {made.code}。告知以前，被问责单位看不到。",
        title=f"登记对{unit}的问责线索", save="登记", cancel_url=reverse("accountability:cases"),
        crumbs=[Crumb("问责案件", reverse("accountability:cases")), Crumb("登记线索")],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """What a member unit is asked, and its answer: it sees the proposal, not the case's page."""
    actor = actor_of(request)
    asked = found_or_404(reads.opinion(actor, pk))
    denied, recorded = deciding.why_not_answer(actor, asked)
    form = AnswerForm(sent(request))
    if request.method == "POST":
        actor.require("case.answer", asked.unit.path)
        if form.is_valid():
            done = refused(form, lambda: deciding.answer(actor, opinion=asked, **form.values))
            if done is not None:
                messages.success(request, "已登记反馈意见。")
                return redirect(asked)
    context = {
        "asked": asked,
        "case": asked.case,
        "form": form if denied is None else None,
        "recorded": recorded,
        "case_url": asked.case.get_absolute_url() if reads.case(actor, asked.case_id) is not None else "",
        "crumbs": [Crumb("问责征求意见", reverse("accountability:opinions")), Crumb(str(asked.unit))],
        "forms": FORMS,
        "save": "反馈意见",
        "save_icon": "send",
        "cancel_url": reverse("accountability:opinions"),
        "action": "",
        "wide": False,
        "draft_key": f"{actor.id}:{request.path}",
    }
    return render(request, "accountability/opinion.html", context, status=422 if form.errors else 200)
