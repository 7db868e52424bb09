"""A finding as it is worked with: its acts, each with its form, its words and its place on the page."""

from typing import Any, Final

from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.process import Act, Part, Process
from dudao.core.ui.formats import date_cn
from dudao.findings.actions import clock, issuing, judging, making, rectifying, reminders
from dudao.findings.endings import ENDINGS
from dudao.findings.flow import FINDING as FINDING_FLOW
from dudao.findings.forms.office import EditForm, GiveTimeForm, ReopenForm, SendBackForm, VerifyForm
from dudao.findings.forms.unit import AskTimeForm, PlanForm, ReportForm
from dudao.findings.models import WRITTEN, Extension, Finding, Report
from dudao.findings.queries import findings as reads

Given = dict[str, Any]


def _held(*names: str) -> Any:
    """The form begins with what the row holds, and knows from which revision on it was filled in."""
    return lambda actor, row: {"initial": {name: getattr(row, name) for name in (*names, "revision")}}


def _plan(actor: Actor, row: Finding) -> Given:
    held: Given = _held("measures", "target", "leader", "person", "phone")(actor, row)
    return held | {"actor": actor, "unit": row.unit}


def _reopen(actor: Actor, row: Finding) -> Given:
    day = timezone.localdate()
    ruled = issuing.deadline_for(row, day, issuing.Rules.of(row.office, day))
    if ruled is None:
        return {"said": "没有适用的时限规定，请填写。"}
    return {"said": f"不填则从今天起重新计算，到{date_cn(ruled.deadline)}。"}


def _reported(made: Report) -> str:
    return "已报告整改完成，等待核验。" if made.kind == Report.Kind.DONE else f"已报送第 {made.number} 次。"


def _give_time(actor: Actor, *, extension: Extension, given: str, **values: Any) -> tuple[bool, Finding]:
    return given == "yes", clock.give_time(actor, extension=extension, given=given == "yes", **values)


def _given(answer: tuple[bool, Finding]) -> str:
    given, row = answer
    return f"已同意延期到{date_cn(row.deadline)}。" if given else "已批复：不同意延期。"


FINDING: Final = Process(
    "finding",
    "findings:finding",
    FINDING_FLOW,
    reads.finding,
    lists="findings:findings",
    list_word="问题整改",
    code=lambda row: row.code or row.title,
    template="findings/form.html",
    acts=(
        Act(
            "finding.edit", making.edit, "已保存修改。", "pencil",
            form=EditForm, given=_held(*WRITTEN), title="修改问题", word="修改", save="保存修改",
            save_icon="device-floppy", primary=False,
        ),
        Act("finding.issue", icon="send", page="findings:issue", word="下达整改"),
        Act(
            "finding.plan", rectifying.plan,
            lambda made: f"已报送整改方案，请在{date_cn(made.finding.deadline)}前完成整改。", "file-plus",
            form=PlanForm, given=_plan,
            title="报送整改方案", save="报送方案", save_icon="send", primary=lambda row, actor: row.state == Finding.State.SIGNED,
        ),
        Act(
            # Before the plan, completion is either the next thing to do (a small problem) or not yet to be offered.
            lambda row: "finding.report" if row.state == Finding.State.SIGNED else "finding.progress",
            rectifying.report, _reported, "report",
            form=ReportForm, given=lambda actor, row: {"finding": row, "actor": actor}, name="report",
            fits=lambda row: row.state != Finding.State.SIGNED or not ENDINGS[row.severity].plan,
            shown=lambda row: {"returned": reads.sent_back(row)},
            title="报送整改情况", word="报送进展或完成", save="报送", save_icon="send",
        ),
        Act(
            "finding.verify", judging.verify, "已核验通过，请由另一人确认销号。", "clipboard-check",
            form=VerifyForm, title="核验整改", word="核验通过", save="核验通过",
        ),
        Act(
            "finding.send_back", judging.send_back, lambda row: f"已退回，{row.unit}会收到通知。", "arrow-back-up",
            form=SendBackForm, title="退回整改", save="退回", primary=False,
        ),
        Act(
            "finding.reopen", judging.reopen,
            lambda row: f"已重新整改，时限到{date_cn(row.deadline)}，{row.unit}会收到通知。", "rotate",
            form=ReopenForm, given=_reopen, title="重新整改", primary=False, later=True,
        ),
        Act(
            "finding.ask_time", clock.ask_time,
            lambda made: f"已申请延期到{date_cn(made.until)}，批复前仍按原时限。", "calendar-time",
            form=AskTimeForm, title="申请延期", save="提交申请", primary=False, later=True,
            fits=lambda row: row.paused_since is None,
        ),
        Act("consult.ask", icon="messages", page="findings:consult", word="发协商意见", primary=False, later=True),
        Act("finding.sign", issuing.sign, "已签收。", "signature", ask="签收后整改时限开始计算，请按时报送整改方案。"),
        Act(
            "finding.take_back", rectifying.take_back, "已收回报告。", "arrow-back-up",
            ask="收回后可以修改再报，已报的内容留在记录里。", primary=False,
        ),
        Act("finding.close", judging.close, "已销号。", "checks", ask="销号后计入已整改，责任单位会收到通知。"),
        Act(
            "finding.remind", reminders.remind, "已催办。",
            "bell-ringing", ask="责任单位会收到催办通知和您写的话；每天只能催办一次。", reason="催办的话",
            primary=False, later=True,
        ),
        Act(
            "finding.pause", clock.pause, "已暂停计时。", "player-pause",
            ask="暂停期间不计时、不亮红灯，恢复后时限顺延。", reason="暂停的理由", primary=False, later=True,
            fits=lambda row: row.paused_since is None,
        ),
        Act(
            "finding.resume", clock.resume, "已恢复计时，时限已顺延。", "player-play",
            ask="从今天起恢复计时，时限按暂停的天数顺延。", primary=False, later=True,
            fits=lambda row: row.paused_since is not None,
        ),
        Act(
            "finding.escalate", reminders.escalate, "已升级处理。", "trending-up",
            ask="升一级处理：催办责任单位、报督导办负责人、列为问责线索，相关人员会收到通知。", reason="升级的理由",
            primary=False, later=True,
        ),
        Act(
            "finding.recall", issuing.recall, "已撤回，可以修改后再下达。", "arrow-back-up",
            ask="撤回后可以修改再下达，编号不变；责任单位会收到通知。", reason="撤回的理由", primary=False, later=True,
        ),
        Act(
            "finding.waive", judging.waive, "已免予整改，理由已写进台账。", "ban",
            ask="免予整改的问题不再跟踪，理由会写进台账。", reason="免予整改的理由", danger=True, later=True,
        ),
        Act(
            "finding.discard", making.discard, "已删除。", "trash",
            ask="删除后不能恢复；已经下达过的不能删除。", danger=True, later=True, gone=True,
            fits=lambda row: row.issued_at is None,
        ),
        Act(
            "finding.give_time", _give_time, _given,
            form=GiveTimeForm, given=lambda actor, asked: {"extension": asked}, shown=lambda asked: {"asked": asked},
            title="批复延期", save="批复",
            part=Part("extension", "extensions/<int:pk>/", reads.extension, lambda asked: asked.finding),
        ),
    ),
)  # fmt: skip
