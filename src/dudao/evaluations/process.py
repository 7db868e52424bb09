"""Evaluations as they are worked with: what is done with a visit and with a review, each act with its form and its words."""

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from dudao.core.access import Actor, Denied
from dudao.core.process import Act, Process
from dudao.evaluations import flow
from dudao.evaluations.actions import reviewing, visit_papers, visits
from dudao.evaluations.forms.visits import PlanForm, SettleVisitForm
from dudao.evaluations.models import Review
from dudao.evaluations.queries import reviewing as reviewing_reads
from dudao.evaluations.queries import visits as reads
from dudao.orgs.models import Unit
from dudao.selection.queries.recusal import candidates, inspectors_among
from dudao.visits.flow import VISIT as VISIT_FLOW
from dudao.visits.forms import FeedBackForm
from dudao.visits.models import SiteVisit

Given = dict[str, Any]
ASKED: Final = "请写明理由，对方会看到。"


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


def _review(actor: Actor, pk: int) -> Review | None:
    """A task that one sees; during a blind review nobody who reviews a unit looks into the other's task."""
    found = reviewing_reads.review_of(actor, pk)
    if found is not None and reviewing_reads.is_blind_to(actor, found):
        raise Denied("盲评期间，您评审的单位看不到另一位评审人的评分。", "review.view")
    return found


def _tasks(done: Review) -> str:
    return reverse("evaluations:reviewing", args=[done.subject.campaign_id])


REVIEW: Final = Process(
    "review",
    "evaluations:review",
    flow.REVIEW,
    _review,
    lists="evaluations:reviews",
    list_word="网上评审",
    slug="review_",
    acts=(
        Act(
            "review.reopen", reviewing.reopen, "已退回重评，评审人会收到通知。", "",
            ask=ASKED, reason="理由", primary=False, to=_tasks,
        ),
        Act(
            "review.hand_back", reviewing.hand_back, "已交回，督导办会改派他人。", "",
            ask=ASKED, reason="理由", primary=False, to=lambda done: "evaluations:reviews",
        ),
        Act(
            "review.revoke", reviewing.revoke, "已撤销，这项任务的评分不再计入。", "",
            ask=ASKED, reason="理由", primary=False, to=_tasks,
        ),
    ),
)  # fmt: skip

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
            "onsite.notify", visit_papers.draft_visit_notice, "已起草督导通知，请到“文书”里核稿、签发、印发。", "file-text",
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
