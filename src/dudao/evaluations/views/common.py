"""What the pages of campaigns share: the campaign or 404, its crumbs, its tabs, its head."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.parts import Crumb, Stage, Tab, stages
from dudao.core.workflow import Button
from dudao.evaluations.actions.amending import why_not_amend
from dudao.evaluations.flow import CAMPAIGN, by_office
from dudao.evaluations.labels import CAMPAIGN_STATES, LINE
from dudao.evaluations.models import Campaign
from dudao.evaluations.queries import campaigns as reads
from dudao.evaluations.queries.runs import kinds_of
from dudao.evaluations.queries.systems import rules_of


def campaign_or_404(request: HttpRequest, pk: int) -> Campaign:
    return found_or_404(reads.campaign(actor_of(request), pk))


def inside_or_404(request: HttpRequest, pk: int, verb: str) -> Campaign:
    """A campaign that one sees from the side of its office. Who sees it from below is refused, with the reason."""
    row = campaign_or_404(request, pk)
    denied = by_office(row, actor_of(request), verb)
    if denied is not None:
        raise denied
    return row


def draft_or_back(request: HttpRequest, pk: int) -> tuple[Campaign, HttpResponse | None]:
    """A draft to be changed; a running one leads to its page, which says how it is changed."""
    row = inside_or_404(request, pk, "campaign.edit")
    if row.state == Campaign.State.DRAFT or request.method != "GET":
        return row, None
    messages.error(request, f"项目{row.get_state_display()}，请用“变更项目”并写明理由。")
    return row, redirect(row)


def crumbs(row: Campaign, *more: str) -> list[Crumb]:
    found = [Crumb("督导项目", reverse("evaluations:campaigns"))]
    found.append(Crumb(row.title, row.get_absolute_url() if more else ""))
    return [*found, *(Crumb(word) for word in more)]


def _line(row: Campaign) -> list[Stage]:
    if row.state == Campaign.State.CANCELLED:
        return []
    if row.state == Campaign.State.ARCHIVED:
        return [*stages(LINE, Campaign.State.PUBLISHED), Stage("已归档", "done")]
    return stages(LINE, row.state)


def tabs_of(request: HttpRequest, row: Campaign, tab: str) -> list[Tab]:
    """The pages of a campaign, each of which shows them all; ``tab`` is the one that is open."""
    actor = actor_of(request)
    counts = {
        "amendments": reads.amendments_seen(actor, row).count(),
        "subjects": reads.subjects_seen(actor, row).count(),
    }
    named = [
        ("", "总览", row.get_absolute_url(), None),
        ("subjects", "对象", reverse("evaluations:campaign_subjects", args=[row.pk]), counts["subjects"]),
        ("rules", "规则", f"{row.get_absolute_url()}?tab=rules", None),
        ("amendments", "变更", f"{row.get_absolute_url()}?tab=amendments", counts["amendments"]),
    ]
    if kinds_of(row):
        named.append(("runs", "测算", reverse("evaluations:campaign_runs", args=[row.pk]), None))
    if reads.is_inside(actor, row):
        if row.state != Campaign.State.DRAFT:
            if actor.may("review.assign", row.office.path):
                named.append(("reviews", "评审", reverse("evaluations:reviewing", args=[row.pk]), None))
            if actor.may("result.view", row.office.path):
                named.append(("scores", "得分", reverse("results:results", args=[row.pk]), None))
        named.append(("papers", "文书", f"{row.get_absolute_url()}?tab=papers", None))
        named.append(("history", "历史", f"{row.get_absolute_url()}?tab=history", None))
    if row.state in {Campaign.State.PUBLICISED, Campaign.State.PUBLISHED, Campaign.State.ARCHIVED}:
        word = "公示" if row.state == Campaign.State.PUBLICISED else "结果"
        named.append(("publicity", word, reverse("results:publicity", args=[row.pk]), None))
    return [Tab(label, url, key == tab, count) for key, label, url, count in named]


def head_of(request: HttpRequest, row: Campaign, tab: str, *more: str) -> dict[str, Any]:
    """The context of ``evaluations/campaigns/head.html``: state, step line, buttons, tabs. ``tab`` is the one that is open."""
    actor = actor_of(request)
    inside = reads.is_inside(actor, row)
    buttons = {button.step.verb: button for button in CAMPAIGN.available(row, actor)} if inside else {}
    quiet = not rules_of(row).announced
    return {
        "row": row,
        "state": CAMPAIGN_STATES[row.state],
        "line": _line(row),
        "crumbs": crumbs(row, *more),
        "inside": inside,
        "tabs": tabs_of(request, row, tab),
        "draft": row.state == Campaign.State.DRAFT,
        "start": _button(buttons.get("campaign.start")),
        "cancel": _button(buttons.get("campaign.cancel")),
        "beside": reads.beside(actor, row),
        "quiet": quiet,
        "cancel_words": "取消后不能恢复；已填的内容保留在办公室"
        + ("。" if quiet or row.state == Campaign.State.DRAFT else "，被评单位会收到通知。"),
        "edits": inside and _may(by_office(row, actor, "campaign.edit")) and row.state == Campaign.State.DRAFT,
        "amends": inside and why_not_amend(row, actor) is None,
        "clones": inside and _may(by_office(row, actor, "campaign.create")),
        "tries": inside and _may(by_office(row, actor, "campaign.try")),
        "step_url": reverse("evaluations:campaign_step", args=[row.pk]),
    }


def _button(found: Button | None) -> str | None:
    """``None``: not a step of now; "": it can be taken; else why not."""
    if found is None:
        return None
    return found.denied.reason if found.denied is not None else ""


def _may(denied: Denied | None) -> bool:
    return denied is None
