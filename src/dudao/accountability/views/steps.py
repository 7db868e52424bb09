"""The forms of a case's steps: one table of acts, one view; apart from it what hangs on a measure, a remedy or an opinion."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dudao.accountability.actions import deciding, effects, opening, remedies
from dudao.accountability.flow import by_party
from dudao.accountability.forms import cases as forms
from dudao.accountability.grounds import FORMS
from dudao.accountability.models import Case
from dudao.accountability.queries import cases as reads
from dudao.accountability.views.common import actor_of, case_form, clock_of, not_yet, row_or_404
from dudao.core.ui.acting import sent
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import Form, refused
from dudao.core.ui.parts import Crumb


@dataclass(frozen=True, slots=True)
class Act:
    """A step with a form: ``more`` answers what the form needs beside the input, ``run`` carries it out."""

    verb: str
    title: str
    save: str
    icon: str
    form: type[Form]
    run: Callable[..., Any]
    done: str
    more: Callable[[HttpRequest, Case], dict[str, Any]] = lambda request, row: {}
    files: bool = False
    primary: bool = True


def _edit(request: HttpRequest, row: Case) -> dict[str, Any]:
    found = list(reads.findings_for(actor_of(request), row.unit)[:200])
    initial = {"trigger": row.trigger, "article": row.article, "ended_on": row.ended_on, "facts": row.facts}
    initial["findings"] = [str(one.pk) for one in row.findings.all()]
    return {"rows": found, "initial": initial}


def _examine(request: HttpRequest, row: Case) -> dict[str, Any]:
    return {"said": row.group_basis}


def _notify(request: HttpRequest, row: Case) -> dict[str, Any]:
    counted = clock_of(row).count("objection", timezone.localdate(), "告知之日")
    said = f"不填则按规定到{date_cn(counted.last)}。" if counted is not None else "没有适用的时限规定，请填写。"
    return {"said": said, "initial": {"established": row.facts}}


def _recorded(verb: str) -> Callable[[HttpRequest, Case], dict[str, Any]]:
    return lambda request, row: {"recorded": by_party(row, actor_of(request), verb)[1]}


def _defend(request: HttpRequest, row: Case) -> dict[str, Any]:
    return {**_recorded("case.defend")(request, row), "initial": {"text": row.defence, "on": timezone.localdate()}}


def _submit(request: HttpRequest, row: Case) -> dict[str, Any]:
    earlier = reads.earlier_case(row, timezone.localdate())
    said = "一年内再次问责由平台自动认定，本案没有。"
    if earlier is not None:
        said = (
            f"一年内再次问责：与 {earlier.code}（{date_cn(earlier.decided_on)}审定）相隔不超过规定期间，自动列为从重。"
        )
    return {"case": row, "said": said}


def _ask(kind: str) -> Callable[..., Any]:
    return lambda actor, *, case, **values: remedies.ask(actor, case=case, kind=kind, **values)


ACTS: Final[dict[str, Act]] = {
    "edit": Act(
        "case.edit",
        "修改线索",
        "保存修改",
        "pencil",
        forms.EditForm,
        opening.edit_case,
        "已保存修改。",
        _edit,
        True,
        False,
    ),
    "examine": Act(
        "case.examine",
        "成立调查认定工作组",
        "成立",
        "users",
        forms.ExamineForm,
        opening.set_up_group,
        "已成立工作组，调查认定后告知对方。",
        _examine,
    ),
    "notify": Act(
        "case.notify",
        "告知拟问责事项",
        "告知",
        "send",
        forms.NotifyForm,
        opening.notify,
        "已告知，对方可以陈述申辩。",
        _notify,
        True,
    ),
    "defend": Act(
        "case.defend",
        "陈述申辩",
        "提交申辩",
        "message",
        forms.DefendForm,
        deciding.defend,
        "已提交陈述申辩，截止前还可以修改。",
        _defend,
        True,
    ),
    "hear": Act(
        "case.hear", "听取申辩", "记录采纳情况", "message-report", forms.HearForm, deciding.hear, "已记录采纳情况。"
    ),
    "consult": Act(
        "case.consult",
        "征求成员单位意见",
        "征求意见",
        "messages",
        forms.ConsultForm,
        deciding.consult,
        "已征求意见，成员单位会收到通知。",
        lambda request, row: {"units": reads.member_units(row)},
    ),
    "submit": Act(
        "case.submit",
        "报请审定",
        "报请审定",
        "send",
        forms.SubmitForm,
        deciding.submit,
        "已报请教育督导委员会负责人审定。",
        _submit,
    ),
    "decide": Act(
        "case.decide",
        "审定问责决定",
        "审定",
        "scale",
        forms.DecideForm,
        deciding.decide,
        "已审定，由督导办起草、印发问责决定。",
    ),
    "send_back": Act(
        "case.send_back",
        "退回补正",
        "退回",
        "arrow-back-up",
        forms.SendBackForm,
        deciding.send_back,
        "已退回补正。",
        primary=False,
    ),
    "receive": Act(
        "case.receive",
        "签收（登记送达）",
        "签收",
        "signature",
        forms.ReceiveForm,
        effects.receive,
        "已签收，复核、申诉期限从这一天起算。",
        _recorded("case.receive"),
    ),
    "publish": Act(
        "case.publish",
        "登记公开情况",
        "登记",
        "eye",
        forms.PublishForm,
        effects.publish,
        "已登记公开情况。",
        primary=False,
    ),
    "ask_review": Act(
        "case.ask_review",
        "申请复核",
        "提交申请",
        "file-plus",
        forms.RemedyForm,
        _ask("review"),
        "已申请复核。复核期间不停止决定的执行。",
        _recorded("case.ask_review"),
        True,
        False,
    ),
    "appeal": Act(
        "case.appeal",
        "提出申诉",
        "提交申诉",
        "file-plus",
        forms.RemedyForm,
        _ask("appeal"),
        "已提出申诉。申诉期间不停止决定的执行。",
        _recorded("case.appeal"),
        True,
        False,
    ),
    "drop": Act(
        "case.drop", "不予问责", "不予问责", "ban", forms.DropForm, opening.drop_case, "已记为不予问责。", primary=False
    ),
}


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of the steps above: its form, and carrying it out."""
    row, step = row_or_404(request, pk), ACTS[name]
    if (answer := not_yet(request, row, step.verb)) is not None:
        return answer
    given = step.more(request, row)
    args = (sent(request), request.FILES or None) if step.files else (sent(request),)
    form = step.form(*args, **given)
    if request.method == "POST" and form.is_valid():
        values = form.values
        if values.get("on", 1) is None:
            del values["on"]
        done = refused(form, lambda: step.run(actor_of(request), case=row, **values))
        if done is not None:
            messages.success(request, step.done)
            return redirect(row)
    return case_form(request, row, form, title=step.title, save=step.save, save_icon=step.icon)


@require_http_methods(["GET", "POST"])
def execute(request: HttpRequest, pk: int, measure: int) -> HttpResponse:
    row = row_or_404(request, pk)
    found = reads.standing_measures(row).filter(pk=measure).first()
    if found is None:
        raise Http404
    if (answer := not_yet(request, row, "case.execute")) is not None:
        return answer
    initial = {"on": found.done_on or timezone.localdate(), "note": found.done_note}
    form = forms.ExecuteForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: effects.execute(actor_of(request), case=row, measure=measure, **form.values))
        if done is not None:
            messages.success(request, "已登记执行情况。")
            return redirect(row)
    return case_form(request, row, form, title=f"登记执行：{found.get_form_display()}", save="登记", save_icon="check")


def _remedy_or_404(request: HttpRequest, pk: int) -> Any:
    found = reads.remedy(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def decide_remedy(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision about a review or an appeal."""
    remedy = _remedy_or_404(request, pk)
    row = remedy.case
    if (answer := not_yet(request, row, f"case.decide_{remedy.kind}")) is not None:
        return answer
    form = forms.DecideRemedyForm(sent(request), remedy=remedy)
    word = remedy.get_kind_display()
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: remedies.decide(actor_of(request), remedy=remedy, **form.values))
        if done is not None:
            messages.success(request, f"已登记{word}决定：{done.get_result_display()}。")
            return redirect(row)
    return case_form(request, row, form, title=f"作出{word}决定", save="登记决定", save_icon="check", remedy=remedy)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the decision after a review or an appeal."""
    remedy = _remedy_or_404(request, pk)
    row = remedy.case
    if (answer := not_yet(request, row, "case.correct")) is not None:
        return answer
    form = forms.CorrectForm(sent(request), case=row, remedy=remedy)
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: remedies.correct(actor_of(request), remedy=remedy, **form.values))
        if done is not None:
            messages.success(request, "已纠正，对方会收到通知。")
            return redirect(row)
    return case_form(request, row, form, title="纠正问责决定", save="纠正", save_icon="check", remedy=remedy)


@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """What a member unit is asked, and its answer: it sees the proposal, not the case's page."""
    actor = actor_of(request)
    asked = reads.opinion(actor, pk)
    if asked is None:
        raise Http404
    denied, recorded = deciding.why_not_answer(actor, asked)
    form = forms.AnswerForm(sent(request))
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
