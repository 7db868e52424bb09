"""Evaluations as they are worked with: what is done with a campaign, a self-evaluation, a part of it, a review and a visit.

Each act stands once, with its form and its words.
"""

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dudao.core import files
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.process import Act, Process, as_seen
from dudao.core.ui.parts import Crumb
from dudao.evaluations.actions import answering, checking, editing, parts, reviewing, submitting, visit_papers, visits
from dudao.evaluations.actions.amending import amend_campaign
from dudao.evaluations.actions.campaigns import set_phases, start_campaign
from dudao.evaluations.flow import CAMPAIGN as CAMPAIGN_FLOW
from dudao.evaluations.flow import CHANGING
from dudao.evaluations.flow import PART as PART_FLOW
from dudao.evaluations.flow import REVIEW as REVIEW_FLOW
from dudao.evaluations.flow import SUBJECT as SUBJECT_FLOW
from dudao.evaluations.forms.answering import MoveForm, ReportForm, ReturnForm
from dudao.evaluations.forms.campaigns import AmendForm, HeadForm, PhasesForm
from dudao.evaluations.forms.parts import PartForm, PartReturnForm
from dudao.evaluations.forms.rules import RulesForm
from dudao.evaluations.forms.visits import PlanForm, SettleVisitForm
from dudao.evaluations.models import Campaign, Part, Review, Subject
from dudao.evaluations.queries import answering as answering_reads
from dudao.evaluations.queries import campaigns
from dudao.evaluations.queries import reviewing as review_reads
from dudao.evaluations.queries import visits as reads
from dudao.evaluations.queries.parts import part_of
from dudao.evaluations.queries.pools import units_to_add
from dudao.evaluations.queries.systems import rules_of
from dudao.evaluations.queries.templates import usable_versions
from dudao.orgs.models import Unit
from dudao.papers.labels import draft_done
from dudao.people.guards import is_own
from dudao.selection.queries.recusal import candidates, inspectors_among
from dudao.visits.flow import VISIT as VISIT_FLOW
from dudao.visits.forms import FeedBackForm
from dudao.visits.models import SiteVisit

Given = dict[str, Any]
ASKED: Final = "请写明理由，对方会看到。"


def fills(actor: Actor, row: Subject) -> bool:
    """Whether somebody fills it in at the unit itself."""
    return any(grant.path == row.unit.path and "evaluation.fill" in grant.verbs for grant in actor.grants)


def crumbs_of(actor: Actor, row: Subject, *more: Crumb) -> list[Crumb]:
    """From the list one came from: the unit's own, or that of who checks."""
    if fills(actor, row):
        home, name = Crumb("自评填报", reverse("evaluations:answers")), row.campaign.title
    elif actor.may_somewhere("evaluation.accept"):
        home, name = Crumb("自评核查", reverse("evaluations:checks")), row.label
    else:
        home, name = Crumb("督导项目", reverse("evaluations:campaigns")), row.label
    return [home, Crumb(name, row.get_absolute_url() if more else ""), *more]


# --- campaigns -----------------------------------------------------------------------------------------------------------


def campaign_crumbs(row: Campaign, *more: Crumb) -> list[Crumb]:
    """To what is found below a campaign."""
    return [Crumb("督导项目", reverse("evaluations:campaigns")), Crumb(row.title, row.get_absolute_url()), *more]


def _head(actor: Actor, row: Campaign) -> Given:
    versions = usable_versions(row.office)
    if row.version_id not in {one.pk for one in versions}:
        versions.append(row.version)  # retired meanwhile: shown as it is, refused when it is kept
    return {"campaign": row, "versions": versions, "twins": campaigns.twins_of(row)}


def _of_campaign(actor: Actor, row: Campaign) -> Given:
    return {"campaign": row}


def _amended(actor: Actor, row: Campaign) -> Given:
    return {"campaign": row, "objects": lambda: units_to_add(row)}


def _amend_note(row: Campaign) -> str:
    told = "被评单位会收到通知。" if rules_of(row).announced else "不通知被评单位。"
    return f"只改要变的地方，其余保持原样。变更前后的内容和理由会留在“变更”里，{told}"


def _start_asks(row: Campaign) -> str:
    told = "，全部被评单位会收到通知" if rules_of(row).announced else "；不通知被评单位，评定以前他们看不到这个项目"
    return f"启动后固定指标体系版本{told}。之后的修改要写明理由。"


def _started(row: Campaign) -> str:
    told = "，被评单位收到了通知" if rules_of(row).announced else "；没有通知被评单位"
    return f"项目已启动，指标体系已固定{told}。"


def _cancel_asks(row: Campaign) -> str:
    told = "，被评单位会收到通知" if rules_of(row).announced and row.state != Campaign.State.DRAFT else ""
    return f"取消后不能恢复；已填的内容保留在办公室{told}。"


def _wide(row: Campaign) -> Given:
    return {"wide": True}


CAMPAIGN: Final = Process(
    "campaign",
    "evaluations:campaign",
    CAMPAIGN_FLOW,
    campaigns.campaign,
    lists="evaluations:campaigns",
    list_word="督导项目",
    slug="campaign_",
    acts=(
        Act(
            "campaign.try", icon="player-play", page="evaluations:campaign_try", word="试评", primary=False,
            fits=lambda row: row.state == Campaign.State.DRAFT,
        ),
        Act(
            "campaign.create", icon="copy", page="evaluations:campaign_clone", word="建立下一轮", primary=False,
            fits=lambda row: row.state != Campaign.State.DRAFT,
        ),
        Act(
            "campaign.amend", as_seen(amend_campaign, "campaign"), lambda made: f"已变更：{''.join(made.changes)}", "edit",
            form=AmendForm, given=_amended, title="变更项目", save="确认变更", save_icon="device-floppy", note=_amend_note,
            primary=False, shown=_wide, fits=lambda row: row.state in CHANGING,
            to=lambda made: f"{made.campaign.get_absolute_url()}?tab=amendments",
        ),
        Act(
            "campaign.start", as_seen(start_campaign, "campaign"), _started, "player-play", word="启动项目", ask=_start_asks,
        ),
        Act(
            "campaign.cancel", as_seen(editing.cancel_campaign, "campaign"), "项目已取消，已填的内容保留在办公室。", "ban",
            word="取消项目", ask=_cancel_asks, reason="理由", danger=True,
        ),
        Act(
            "campaign.edit", as_seen(editing.edit_campaign, "campaign"), "已保存。", "device-floppy",
            form=HeadForm, given=_head, title="修改项目", save="保存", listed=False,
        ),
        Act(
            "campaign.edit", as_seen(set_phases, "campaign"), lambda row: f"已保存 {row.phases.count()} 个阶段。",
            "device-floppy", form=PhasesForm, given=_of_campaign, name="phases", title="修改阶段", save="保存阶段",
            note="把名称清空，这个阶段就去掉；次序按页面从上到下。", shown=_wide, listed=False,
        ),
        Act(
            "campaign.edit", as_seen(editing.set_rules, "campaign"), "规则已保存。", "device-floppy",
            form=RulesForm, given=_of_campaign, name="rules", title="修改规则", save="保存规则", listed=False,
            to=lambda row: f"{row.get_absolute_url()}?tab=rules",
        ),
    ),
)  # fmt: skip


# --- self-evaluations ----------------------------------------------------------------------------------------------------


def _subject_trail(row: Subject, title: str, actor: Actor) -> list[Crumb]:
    return crumbs_of(actor, row, *([Crumb(title)] if title else []))


def _returned(row: Subject) -> Given:
    remarks = [remark for remark in answering_reads.remarks_of(row, inside=True) if remark.state == "open"]
    return {"remarks": remarks, "window": answering_reads.window_of(row)}


def _report(actor: Actor, *, subject: Subject, file: Any) -> Subject:
    return answering.attach_report(actor, subject=subject, file=files.store(file, file.name), name=file.name)


SUBJECT: Final = Process(
    "subject",
    "evaluations:subject",
    SUBJECT_FLOW,
    answering_reads.subject_of,
    lists="evaluations:answers",
    trail_of=_subject_trail,
    slug="subject_",
    acts=(
        Act(
            "evaluation.accept", checking.accept_evaluation, "已核查通过。", "checks",
            ask="通过后自评正式受理，进入下一阶段。",
        ),
        Act(
            "evaluation.return", checking.return_evaluation, lambda row: f"已退回{row.label}修改，对方已收到通知。",
            "arrow-back-up", form=ReturnForm, primary=False, template="evaluations/answering/return.html", shown=_returned,
        ),
        Act(
            "evaluation.take_back", submitting.take_back, "已撤回，可以继续修改，改好后请重新提交。", "rotate",
            word="撤回", ask="撤回后可以修改，截止前必须重新提交；这次提交的内容仍留有记录。", primary=False,
            fits=lambda row: row.submitted_at is not None,
            hindered=lambda row, actor: answering_reads.has_been_looked_at(row),
        ),
        Act(
            "evaluation.fill", _report, "自评报告已上传。", "upload",
            form=ReportForm, name="report_new", title="上传自评报告", save="上传", listed=False,
        ),
        Act(
            "evaluation.move", checking.move_subject, lambda row: f"已转由{row.unit}承担，原来填的内容都在。",
            "switch-horizontal", form=MoveForm, given=lambda actor, row: {"actor": actor}, save="确认转交",
            save_icon="device-floppy", note=str, primary=False, later=True,
        ),
    ),
)  # fmt: skip


# --- parts of a self-evaluation that departments answer ------------------------------------------------------------------


def _part_trail(part: Part, title: str, actor: Actor) -> list[Crumb]:
    more = [Crumb("退回" if title == VERBS["part.return"].label else "修改分工")] if title else []
    above = part.get_absolute_url() if title else ""
    if is_own(actor, part.unit.path):
        return [Crumb("自评分工", reverse("evaluations:parts")), Crumb(part.subject.campaign.title, above), *more]
    division = Crumb("成员单位分工", reverse("evaluations:division", args=[part.subject_id]))
    return crumbs_of(actor, part.subject, division, Crumb(str(part.unit), above), *more)


def _share(actor: Actor, part: Part) -> Given:
    initial = {name: getattr(part, name) for name in ("contact", "due_on", "demand", "reads_all", "codes")}
    return {"subject": part.subject, "part": part, "initial": initial}


def _change_part(actor: Actor, *, part: Part, **share: Any) -> Part:
    return parts.change_part(actor, part=part, revision=part.revision, **share)


def _lacking(part: Part, actor: Actor) -> str:
    return "还有必填内容没有填完，见下。" if getattr(part, "gaps", ()) else ""


def _urged(part: Part, actor: Actor) -> str:
    return "今天已经催办过，同一单位一天催一次。" if part.reminded_on == timezone.localdate() else ""


PART: Final = Process(
    "part",
    "evaluations:part",
    PART_FLOW,
    part_of,
    lists="evaluations:parts",
    trail_of=_part_trail,
    slug="part_",
    acts=(
        Act(
            "part.submit", parts.submit_part, "已交出，等待汇总。", "send",
            word="交出", ask="交出后内容锁定，由下达单位汇总；汇总前可以撤回。", hindered=_lacking,
        ),
        Act(
            "part.take_back", parts.take_back_part, "已撤回，改好后请重新交出。", "rotate",
            word="撤回", ask="撤回后可以修改，改好后请重新交出。", primary=False,
        ),
        Act(
            "part.merge", lambda actor, part: parts.merge_parts(actor, subject=part.subject, parts=[part.pk]),
            "已汇总到自评。", "checks",
            word="汇总", ask="汇总后内容并入自评，由本级督导机构核改；需要时仍可退回。",
        ),
        Act(
            "part.remind", lambda actor, part: parts.remind_parts(actor, subject=part.subject, parts=[part.pk]),
            "已催办，该单位收到了通知。", "bell-ringing",
            word="催办", ask="该单位会收到催办通知，一天催一次。", primary=False, hindered=_urged,
        ),
        Act(
            "part.return", parts.return_part, lambda part: f"已退回{part.unit}，对方已收到通知。", "arrow-back-up",
            form=PartReturnForm, save="退回", primary=False,
        ),
        Act(
            "part.edit", _change_part, "已修改分工，该单位收到了通知。", "pencil",
            form=PartForm, given=_share, title=lambda part: f"修改{part.unit}的分工", word="修改分工", save="保存",
            save_icon="device-floppy", primary=False,
        ),
        Act(
            "part.withdraw", parts.withdraw_part, "已收回分工。", "x",
            word="收回分工", ask="收回后由本级督导机构自己填或改分给别的单位，已填的内容保留。", reason="收回的理由", danger=True,
        ),
    ),
)  # fmt: skip


# --- reviews -------------------------------------------------------------------------------------------------------------


def _review(actor: Actor, pk: int) -> Review | None:
    """A task that one sees; during a blind review nobody who reviews a unit looks into the other's task."""
    found = review_reads.review_of(actor, pk)
    if found is not None and review_reads.is_blind_to(actor, found):
        raise Denied("盲评期间，您评审的单位看不到另一位评审人的评分。", "review.view")
    return found


def _review_trail(row: Review, title: str, actor: Actor) -> list[Crumb]:
    more = [Crumb(row.subject.label, row.get_absolute_url()), Crumb(title)] if title else []
    if row.reviewer_id == actor.id:
        return [Crumb("网上评审", reverse("evaluations:reviews")), *more]
    return campaign_crumbs(row.subject.campaign, Crumb("评审", _reviewing(row)), *more)


def _reviewing(row: Review) -> str:
    """Where the office sees all reviews of the campaign."""
    return reverse("evaluations:reviewing", args=[row.subject.campaign_id])


REVIEW: Final = Process(
    "review",
    "evaluations:review",
    REVIEW_FLOW,
    _review,
    lists="evaluations:reviews",
    trail_of=_review_trail,
    slug="review_",
    acts=(
        Act(
            "review.reopen", reviewing.reopen, "已退回重评，评审人会收到通知。", "",
            ask=ASKED, reason="理由", primary=False, to=_reviewing,
        ),
        Act(
            "review.hand_back", reviewing.hand_back, "已交回，督导办会改派他人。", "",
            ask=ASKED, reason="理由", primary=False, gone=True,
        ),
        Act(
            "review.revoke", reviewing.revoke, "已撤销，这项任务的评分不再计入。", "",
            ask=ASKED, reason="理由", primary=False, to=_reviewing,
        ),
    ),
)  # fmt: skip


# --- visits --------------------------------------------------------------------------------------------------------------


def planned(actor: Actor, unit: Unit, visit: SiteVisit | None = None) -> Given:
    """What a plan for a unit chooses from: its offices, the campaigns to serve, who may go there."""
    people = candidates("onsite.mark", unit.path)
    above = [unit.path[: end + 1] for end, one in enumerate(unit.path) if one == "."]
    return {
        "offices": reads.offices(actor).filter(path__in=above).exclude(pk=unit.pk),
        "subjects": reads.offered(actor, unit, visit),
        "people": people,
        "inspectors": inspectors_among(people),
        "at": unit.pk,
    }


def _plan(actor: Actor, row: SiteVisit) -> Given:
    members = list(row.members.all())
    initial = {
        "office": row.office_id,
        "subjects": [one.pk for one in row.subjects.all()],
        "leader": next((member.account_id for member in members if member.leader), None),
        "members": [member.account_id for member in members if not member.leader],
    } | {name: getattr(row, name) for name in ("from_on", "until_on", "announced", "agenda")}
    return {**planned(actor, row.unit, row), "initial": initial}


def _edit(actor: Actor, *, visit: SiteVisit, office: Unit, **plan: Any) -> SiteVisit:
    """The office stays; what else is planned may change."""
    return visits.edit_visit(actor, visit=visit, revision=visit.revision, **plan)


def _lows(row: SiteVisit) -> Given:
    return {"lows": [(desk.subject, item) for desk in reads.desks(row) for item in desk.items if item.is_low]}


def _back(request: HttpRequest, row: SiteVisit) -> str:
    """To the phone's page where one came from there."""
    if request.GET.get("from") == "field":
        return f"{reverse('visits:visit_field', args=[row.pk])}?tab=feedback"
    return row.get_absolute_url()


VISIT: Final = Process(
    "visit",
    "visits:visit",
    VISIT_FLOW,
    reads.visit_of,
    lists="visits:visits",
    list_word="实地评估",
    code=lambda row: row.unit.name,
    template="evaluations/visits/form.html",
    back=_back,
    slug="visit_",
    acts=(
        Act(
            "onsite.plan", _edit, "已修改安排。", "pencil",
            form=PlanForm, given=_plan, name="edit", title="修改实地评估安排", word="修改安排", save="保存",
            save_icon="device-floppy", primary=False, template="evaluations/visits/edit.html",
        ),
        Act(
            "onsite.notify", visit_papers.draft_visit_notice, draft_done("督导通知"), "file-text",
            name="paper.draft", word="起草督导通知", listed=False,
        ),
        Act(
            "onsite.feed_back", visits.feed_back, "已反馈，单位可以看到初步意见并作说明。", "message",
            form=FeedBackForm, title="现场反馈初步意见", word="现场反馈", save="反馈", primary=False, shown=_lows,
        ),
        Act(
            "onsite.settle", visits.settle, "已形成评估组意见，评分不再改动。",
            form=SettleVisitForm, given=lambda actor, row: {"initial": {"conclusion": row.conclusion or row.preliminary}},
            title="形成评估组意见", word="形成意见", save="形成意见", primary=False, to=lambda row: row,
        ),
        Act("onsite.notify", visits.notify, "已通知单位。", "", fits=lambda row: row.announced),
        Act(
            # A visit with notice is begun after it; one without has none.
            "onsite.begin", visits.begin, "已开始，可以在手机上记录和评分。", "",
            fits=lambda row: not (row.announced and row.state == SiteVisit.State.PLANNED),
            to=lambda row: reverse("visits:visit_field", args=[row.pk]),
        ),
        Act(
            "onsite.cancel", visits.cancel, "已取消。", "", danger=True, reason="理由", ask=ASKED,
        ),
    ),
)  # fmt: skip
