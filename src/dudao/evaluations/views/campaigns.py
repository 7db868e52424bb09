"""The list of campaigns, and the notices drafted of one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from dudao.core.ui.acting import actor_of, may_anywhere, run
from dudao.core.ui.filters import Chips, Choice, Search
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.templatetags.ui import progress
from dudao.evaluations.actions.papers import draft_notice
from dudao.evaluations.models import Campaign
from dudao.evaluations.process import CAMPAIGN
from dudao.evaluations.queries import campaigns as reads
from dudao.papers.labels import drafted


def _years(request: HttpRequest) -> list[tuple[int, str]]:
    return [(year, f"{year}年") for year in reads.years(actor_of(request))]


def _offices(request: HttpRequest) -> list[tuple[int, str]]:
    return reads.offices(actor_of(request))


def _progress(row: Any) -> Any:
    if row.state == Campaign.State.DRAFT:
        return ""
    return progress(row.handed, row.total, "blue", f"{row.handed}/{row.total}")


CAMPAIGNS = Listing(
    key="campaigns",
    columns=[
        Column("title", "项目", "title", link=lambda row: row.get_absolute_url(), sort="title"),
        Column("year", "年度", "year", sort="year", numeric=True),
        Column("kind", "评估对象", "get_objects_kind_display", sort="objects_kind", nowrap=True),
        Column("office", "组织单位", lambda row: str(row.office), sort="office__sort_no", nowrap=True),
        Column("total", "对象数", "total", sort="total", numeric=True),
        Column("handed", "已提交", "handed", show=_progress, sort="handed", nowrap=True),
        Column("state", "状态", lambda row: CAMPAIGN.flow.states[row.state], sort="state", nowrap=True),
        Column("version", "指标体系", lambda row: str(row.version), optional=True, hidden=True),
    ],
    filters=[
        Search(["title", "office__name"], "项目或组织单位"),
        Choice("year", "年度", _years),
        Choice("kind", "评估对象", Campaign.Objects.choices, lookup="objects_kind"),
        Choice("office", "组织单位", _offices, lookup="office_id"),
    ],
    chips=Chips.of_states("state", CAMPAIGN.flow.states),
    order=["-year", "-pk"],
    empty=Empty(
        "还没有督导项目",
        "对县市区、乡镇、学校和幼儿园的督导评估从这里组织：选模板，核对阶段、规则和对象，试评后启动。",
        icon="clipboard-list",
    ),
)


def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns of one's scope."""
    may_anywhere(request, "campaign.view")
    actor = actor_of(request)
    makes = bool(reads.own_offices(actor))
    return CAMPAIGNS.respond(
        request,
        reads.counted(reads.seen(actor)),
        title="督导项目",
        primary=("新建项目", reverse("evaluations:campaign_new"), "plus") if makes else None,
    )


@require_POST
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft one of the campaign's notices."""
    row = CAMPAIGN.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("paper.draft", row.office.path)
    kind = request.POST.get("kind", "")
    run(
        request,
        lambda: draft_notice(actor, campaign=row, kind=kind),
        lambda made: drafted("通知", made),
    )
    return redirect(f"{row.get_absolute_url()}?tab=papers")
