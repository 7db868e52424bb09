"""What the pages of campaigns share: the campaign or 404, its crumbs, its tabs, its head."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from dudao.core.ui.acting import actor_of
from dudao.core.ui.parts import Stage, Tab, stages
from dudao.evaluations.flow import by_office
from dudao.evaluations.models import Campaign
from dudao.evaluations.process import CAMPAIGN
from dudao.evaluations.queries import campaigns as reads
from dudao.evaluations.queries.runs import kinds_of


def inside_or_404(request: HttpRequest, pk: int, verb: str) -> Campaign:
    """A campaign that one sees from the side of its office. Who sees it from below is refused, with the reason."""
    row = CAMPAIGN.found_or_404(request, pk)
    denied = by_office(row, actor_of(request), verb)
    if denied is not None:
        raise denied
    return row


def _line(row: Campaign) -> list[Stage]:
    if row.state == Campaign.State.CANCELLED:
        return []
    if row.state == Campaign.State.ARCHIVED:
        return [*stages(CAMPAIGN.flow.line, Campaign.State.PUBLISHED), Stage("已归档", "done")]
    return stages(CAMPAIGN.flow.line, row.state)


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


def head_of(request: HttpRequest, row: Campaign, tab: str, title: str = "") -> dict[str, Any]:
    """The context of ``evaluations/campaigns/head.html``: state, step line, buttons, tabs. ``tab`` is the one that is open."""
    actor = actor_of(request)
    return {
        **CAMPAIGN.frame(row, actor),
        "line": _line(row),
        "crumbs": CAMPAIGN.crumbs(row, title),
        "inside": reads.is_inside(actor, row),
        "tabs": tabs_of(request, row, tab),
        "draft": row.state == Campaign.State.DRAFT,
        "beside": reads.beside(actor, row),
        "edits": row.state == Campaign.State.DRAFT and by_office(row, actor, "campaign.edit") is None,
        "amends": CAMPAIGN.flow.why_not(row, "campaign.amend", actor) is None,
    }
