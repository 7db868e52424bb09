"""Results as they are worked with: the way of a campaign to its result, and what is done with an objection."""

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.process import Act, Process
from dudao.core.ui.parts import Crumb
from dudao.evaluations.flow import CAMPAIGN as CAMPAIGN_FLOW
from dudao.evaluations.models import Campaign
from dudao.evaluations.process import campaign_crumbs
from dudao.evaluations.queries import scores
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.results.actions import objections
from dudao.results.actions import results as acts
from dudao.results.flow import OBJECTION as OBJECTION_FLOW
from dudao.results.forms import AnswerForm, ChangeForm, DecideForm
from dudao.results.models import Objection
from dudao.results.queries import deciding, uses


def _answer(actor: Actor, row: Objection) -> dict[str, Any]:
    return {"initial": {"revision": row.revision}}


def _change(actor: Actor, row: Objection) -> dict[str, Any]:
    labels = {source.key: source.label for source in system_of(row.subject.campaign).tree.sources}
    return {**_answer(actor, row), "cells": objections.changeable(row.subject, row.code), "labels": labels}


def results_of(campaign: Campaign) -> str:
    return reverse("results:results", args=[campaign.pk])


def results_crumb(row: Campaign) -> Crumb:
    return Crumb("评定与结果", results_of(row))


def _trail(row: Campaign, title: str) -> list[Crumb]:
    return (
        campaign_crumbs(row, results_crumb(row), Crumb(title)) if title else campaign_crumbs(row, Crumb("评定与结果"))
    )


def _score_page(row: Any) -> str:
    return f"{reverse('results:score', args=[row.pk])}{'?purpose=final' if row.sheet else ''}"


def _unpublicised(row: Any, actor: Actor) -> str:
    """What stands against publicity; of a campaign with its last final ``sheet`` and whether it is ``fresh``."""
    return "".join(deciding.why_not_publicise(row, row.fresh)) if row.sheet is not None else ""


def _unpublished(row: Any, actor: Actor) -> str:
    return "".join(deciding.why_not_publish(row, timezone.localdate(), row.fresh)) if row.sheet is not None else ""


RESULT: Final = Process(
    "campaign",
    "results:results",
    CAMPAIGN_FLOW,
    scores.campaign_led,
    lists="evaluations:campaigns",
    trail=_trail,
    back=lambda request, row: results_of(row),
    note=lambda row: row.title,
    acts=(
        Act(
            "campaign.try", icon="player-play", page=_score_page, word="计算得分",
            fits=lambda row: row.state != Campaign.State.DRAFT,
            primary=lambda row, actor: row.sheet is None or not row.fresh,
        ),
        Act(
            "campaign.decide", acts.record_decision, "已登记评定会议。", "users",
            form=DecideForm, given=lambda actor, row: {"initial": {"held_on": timezone.localdate()}}, save="登记",
            save_icon="device-floppy", fits=lambda row: row.sheet is not None, primary=lambda row, actor: not row.decided,
        ),
        Act(
            "campaign.publicise", icon="bell-ringing", page="results:publicise", word="公示", hindered=_unpublicised,
            fits=lambda row: bool(rules_of(row).publicity_days),
        ),
        Act(
            "campaign.publish", acts.publish_campaign, "已公布。从现在起这个项目的任何内容都不能再改。", "send",
            word="公布", ask="公布后，被评单位可以看到结果，项目的任何内容都不能再改。", hindered=_unpublished,
        ),
        Act("campaign.archive", acts.archive_campaign, "已归档。", "archive", word="归档", ask="归档后项目只供查阅。"),
        Act(
            "campaign.reopen", acts.reopen_campaign, "已退回评审，评定会议和公示需要重新进行。", "arrow-back-up", primary=False,
            ask="退回后可以继续评审和改分；评定会议和公示需要重新进行，已有的得分表都保留。", reason="退回的理由",
        ),
    ),
)  # fmt: skip


OBJECTION: Final = Process(
    "objection",
    "results:objection",
    OBJECTION_FLOW,
    uses.objection,
    lists="results:objections",
    list_word="异议申辩",
    code=lambda row: f"{row.subject.label}的异议",
    note=lambda row: row.text[:200],
    slug="objection_",
    acts=(
        Act(
            "objection.withdraw", objections.withdraw_objection, "已撤回异议。", "arrow-back-up",
            word="撤回异议", ask="撤回后不再处理，期限内可以重新提出。", primary=False,
        ),
        Act(
            "objection.uphold", objections.uphold_objection,
            lambda row: f"已答复，维持原评，{row.subject.label}会收到通知。",
            form=AnswerForm, given=_answer, title="维持原评", save="维持原评并答复", primary=False,
        ),
        Act(
            "objection.change", objections.change_objection,
            lambda row: f"已调整并答复，{row.subject.label}会收到通知；得分表已重新计算。", "pencil",
            form=ChangeForm, given=_change, title="调整评定", save="调整并答复",
        ),
    ),
)  # fmt: skip
