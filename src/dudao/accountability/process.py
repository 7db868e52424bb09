"""Accountability as it is worked with: the acts of a case and of a talk, each with its form and its words."""

from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone

from dudao.accountability.actions import deciding, effects, opening, papers, remedies, talks
from dudao.accountability.flow import CASE as CASE_FLOW
from dudao.accountability.flow import TALK as TALK_FLOW
from dudao.accountability.flow import party
from dudao.accountability.forms import cases as forms
from dudao.accountability.forms.talks import FollowForm, RecordForm
from dudao.accountability.models import Case, Measure, Remedy, Talk
from dudao.accountability.queries import cases
from dudao.accountability.queries import talks as talk_reads
from dudao.accountability.queries.clock import Clock
from dudao.core.access import Actor
from dudao.core.process import Act, Part, Process
from dudao.core.ui.formats import date_cn
from dudao.papers.labels import draft_done

Given = dict[str, Any]


def _edit(actor: Actor, row: Case) -> Given:
    initial = {"trigger": row.trigger, "article": row.article, "ended_on": row.ended_on, "facts": row.facts}
    initial["findings"] = [str(one.pk) for one in row.findings.all()]
    return {"rows": list(cases.findings_for(actor, row.unit)[:200]), "initial": initial}


def _notify(actor: Actor, row: Case) -> Given:
    counted = Clock.of(row.office, timezone.localdate()).count("objection", timezone.localdate(), "告知之日")
    said = f"不填则按规定到{date_cn(counted.last)}。" if counted is not None else "没有适用的时限规定，请填写。"
    return {"said": said, "initial": {"established": row.facts}}


def _submit(actor: Actor, row: Case) -> Given:
    earlier = cases.earlier_case(row, timezone.localdate())
    said = "一年内再次问责由平台自动认定，本案没有。"
    if earlier is not None:
        said = (
            f"一年内再次问责：与 {earlier.code}（{date_cn(earlier.decided_on)}审定）相隔不超过规定期间，自动列为从重。"
        )
    return {"case": row, "said": said}


def _on_paper(verb: str) -> Callable[[Actor, Case], Given]:
    """Whether the office enters what the accused sent on paper: then it says on which day it came."""
    return lambda actor, row: {"recorded": party(row, actor, verb)[1]}


def _for_them(verb: str, own: str, recorded: str) -> Callable[[Case, Actor], str]:
    return lambda row, actor: recorded if party(row, actor, verb)[1] else own


def _own(verb: str) -> Callable[[Case, Actor], bool]:
    return lambda row, actor: not party(row, actor, verb)[1]


def _no_remedy(kind: str) -> Callable[[Case], bool]:
    return lambda row: not any(remedy.kind == kind for remedy in row.remedies.all())


def _closed(kind: str) -> Callable[[Case, Actor], str]:
    """Why a review or an appeal can't be asked for today."""

    def why(row: Case, actor: Actor) -> str:
        window = remedies.window_of(row, kind)
        if window.why:
            return window.why
        late = window.counted.late(timezone.localdate()) if window.counted is not None else 0
        return f"已经超过期限 {late} 天，不予受理。" if late else ""

    return why


def _ask(kind: str) -> Callable[..., Any]:
    return lambda actor, **values: remedies.ask(actor, kind=kind, **values)


def _execute(actor: Actor, *, measure: Measure, **values: Any) -> Case:
    return effects.execute(actor, case=measure.case, measure=measure.pk, **values)


def _remedy(name: str) -> Part:
    return Part("remedy", f"remedies/<int:pk>/{name}/", cases.remedy, lambda remedy: remedy.case)


def _about(remedy: Remedy) -> Given:
    return {"remedy": remedy}


CASE: Final = Process(
    "case",
    "accountability:case",
    CASE_FLOW,
    cases.case,
    lists="accountability:cases",
    list_word="问责案件",
    code=lambda row: row.code,
    template="accountability/form.html",
    acts=(
        Act(
            "case.edit", opening.edit_case, "已保存修改。", "pencil",
            form=forms.EditForm, given=_edit, title="修改线索", save="保存修改", primary=False, later=True,
        ),
        Act(
            "case.examine", opening.set_up_group, "已成立工作组，调查认定后告知对方。", "users",
            form=forms.ExamineForm, given=lambda actor, row: {"said": row.group_basis},
            title="成立调查认定工作组", save="成立",
        ),
        Act(
            "case.notify", opening.notify, "已告知，对方可以陈述申辩。", "send",
            form=forms.NotifyForm, given=_notify, title="告知拟问责事项", save="告知",
        ),
        Act(
            "case.defend", deciding.defend, "已提交陈述申辩，截止前还可以修改。", "message",
            form=forms.DefendForm,
            given=lambda actor, row: {
                **_on_paper("case.defend")(actor, row),
                "initial": {"text": row.defence, "on": timezone.localdate()},
            },
            title="陈述申辩", word=_for_them("case.defend", "", "代为登记陈述申辩"), save="提交申辩", primary=_own("case.defend"),
        ),
        Act(
            "case.hear", deciding.hear, "已记录采纳情况。", "message-report",
            form=forms.HearForm, title="听取申辩", save="记录采纳情况",
        ),
        Act(
            "case.consult", deciding.consult, "已征求意见，成员单位会收到通知。", "messages",
            form=forms.ConsultForm, given=lambda actor, row: {"units": cases.member_units(row)},
            title="征求成员单位意见", save="征求意见",
        ),
        Act(
            "case.submit", deciding.submit, "已报请教育督导委员会负责人审定。", "send",
            form=forms.SubmitForm, given=_submit, title="报请审定",
        ),
        Act(
            "case.decide", deciding.decide, "已审定，由督导办起草、印发问责决定。", "scale",
            form=forms.DecideForm, title="审定问责决定", save="审定",
        ),
        Act(
            "case.send_back", deciding.send_back, "已退回补正。", "arrow-back-up",
            form=forms.SendBackForm, title="退回补正", save="退回", primary=False, later=True,
        ),
        Act(
            "case.receive", effects.receive, "已签收，复核、申诉期限从这一天起算。", "signature",
            form=forms.ReceiveForm, given=_on_paper("case.receive"), fits=lambda row: row.received_on is None,
            title="签收（登记送达）", word=_for_them("case.receive", "签收问责决定", "登记送达"), save="签收",
            primary=_own("case.receive"),
        ),
        Act(
            "case.publish", effects.publish, "已登记公开情况。", "eye",
            form=forms.PublishForm, title="登记公开情况", save="登记", primary=False, later=True,
            fits=lambda row: row.publicity not in {"none", "party"} and row.published_on is None,
        ),
        Act(
            "case.ask_review", _ask("review"), "已申请复核。复核期间不停止决定的执行。", "file-plus",
            form=forms.RemedyForm, given=_on_paper("case.ask_review"), fits=_no_remedy("review"), hindered=_closed("review"),
            title="申请复核", word=_for_them("case.ask_review", "", "代为登记申请复核"), save="提交申请", primary=False, later=True,
        ),
        Act(
            "case.appeal", _ask("appeal"), "已提出申诉。申诉期间不停止决定的执行。", "file-plus",
            form=forms.RemedyForm, given=_on_paper("case.appeal"), fits=_no_remedy("appeal"), hindered=_closed("appeal"),
            title="提出申诉", word=_for_them("case.appeal", "", "代为登记提出申诉"), save="提交申诉", primary=False, later=True,
        ),
        Act(
            "case.drop", opening.drop_case, "已记为不予问责。", "ban",
            form=forms.DropForm, title="不予问责", primary=False, later=True,
        ),
        Act(
            "case.issue", papers.draft_decision, draft_done("问责决定"), "file-text",
            word="起草问责决定", fits=papers.has_no_paper,
            ask="按审定的内容起草问责决定，在“文书”里核稿、签发、印发；印发即送达被问责单位。",
        ),
        Act(
            "case.archive", effects.archive, "已归档，案卷不能再改。", "archive",
            ask="归档后案卷不能再改。", hindered=lambda row, actor: effects.why_not_archive(row),
        ),
        Act(
            "case.execute", _execute, "已登记执行情况。",
            form=forms.ExecuteForm,
            given=lambda actor, measure: {
                "initial": {"on": measure.done_on or timezone.localdate(), "note": measure.done_note}
            },
            title=lambda measure: f"登记执行：{measure.get_form_display()}", save="登记",
            part=Part("measure", "<int:pk>/execute/<int:measure>/", cases.measure, lambda measure: measure.case),
        ),
        Act(
            lambda remedy: f"case.decide_{remedy.kind}", remedies.decide,
            lambda remedy: f"已登记{remedy.get_kind_display()}决定：{remedy.get_result_display()}。",
            form=forms.DecideRemedyForm, given=lambda actor, remedy: {"remedy": remedy}, shown=_about,
            title=lambda remedy: f"作出{remedy.get_kind_display()}决定", save="登记决定",
            name="decide_remedy", part=_remedy("decide"),
        ),
        Act(
            "case.correct", remedies.correct, "已纠正，对方会收到通知。",
            form=forms.CorrectForm, given=lambda actor, remedy: {"case": remedy.case, "remedy": remedy}, shown=_about,
            title="纠正问责决定", save="纠正", part=_remedy("correct"),
        ),
    ),
)  # fmt: skip


def _demand(name: str) -> Part:
    return Part("demand", f"demands/<int:pk>/{name}/", talk_reads.demand, lambda demand: demand.talk)


def _record(actor: Actor, row: Talk) -> Given:
    return {"initial": {"facts": row.reason, "course": row.matters, "on": timezone.localdate()}}


TALK: Final = Process(
    "talk",
    "accountability:talk",
    TALK_FLOW,
    talk_reads.talk,
    lists="accountability:talks",
    list_word="约谈",
    code=lambda row: row.code,
    note=lambda row: f"{row.unit}：{row.called}",
    slug="talk_",
    acts=(
        Act(
            "talk.call", talks.call, "已通知，对方会收到通知。", "send",
            word="发出通知", ask="对方会收到通知，时间、地点和事由不能再改。",
        ),
        Act(
            "talk.sign", talks.sign, "已签收约谈通知。", "signature",
            word="签收", ask="签收后请按时参加约谈。", fits=lambda row: row.signed_on is None,
        ),
        Act(
            "talk.record", talks.record, "已记录约谈，要求逐条跟踪落实。", "writing",
            form=RecordForm, given=_record, title="记录约谈", save="保存记录",
        ),
        Act(
            "talk.absent", talks.absent, "已登记拒不到场，可以作为问责线索立案。", "user-x",
            ask="登记后约谈结束，可以作为问责线索立案。", reason="通知和未到场的情况", word="登记拒不到场",
            primary=False, later=True, fits=lambda row: row.held_on <= timezone.localdate(),
        ),
        Act(
            "talk.cancel", talks.cancel, "已取消约谈。", "ban",
            ask="取消后不能恢复，已通知的对方会收到通知。", reason="取消的原因", word="取消约谈", danger=True, later=True,
        ),
        Act(
            "talk.call", papers.draft_talk_notice, draft_done("约谈通知"), "file-text",
            word="起草约谈通知", name="notice", listed=False,
        ),
        Act(
            "talk.call", papers.draft_record, draft_done("约谈纪要"), "file-text",
            word="起草约谈纪要", name="record_paper", listed=False,
        ),
        Act(
            "talk.follow", talks.follow, "已登记落实情况。", form=FollowForm, title="登记落实情况", save="登记",
            part=_demand("follow"),
        ),
        Act("talk.follow", talks.to_finding, "已列入问题整改，请下达。", name="demand_finding", part=_demand("finding")),
    ),
)  # fmt: skip
