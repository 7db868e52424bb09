"""Pages of recusals and of teams: what inspectors declare and who decides; who goes where, as found and as taken over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import audit
from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.filters import Chips, Choice, Search
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.orgs.queries import listed
from dudao.orgs.views.listing import listing
from dudao.selection.actions import recusals as declaring
from dudao.selection.actions import teams as acts
from dudao.selection.forms.teams import RecusalForm, TeamForm
from dudao.selection.models import RecusalDeclaration
from dudao.selection.process import RECUSAL, TEAMS
from dudao.selection.queries import teams
from dudao.selection.queries.cycles import levels_seen

EVENTS = 10


def _span(row: Any) -> str:
    return f"{date_cn(row.from_on)}起" if row.until_on is None else f"{date_cn(row.from_on)}至{date_cn(row.until_on)}"


RECUSALS = Listing(
    key="recusals",
    columns=[
        Column(
            "account", "督学", "account.name", sort="account__pinyin", nowrap=True,
            link=lambda row: reverse("selection:recusal", args=[row.pk]),
        ),
        Column("unit", "回避单位", lambda row: row.unit.name, sort="unit__sort_key"),
        Column("relation", "情形", "get_relation_display", sort="relation"),
        Column("span", "时间", _span, sort="from_on", nowrap=True),
        Column("state", "状态", lambda row: RECUSAL.flow.states[row.state], sort="state", nowrap=True),
        Column("declared_by", "申报人", sort="declared_by", nowrap=True, optional=True),
        Column("declared_at", "申报时间", sort="declared_at", nowrap=True),
    ],
    filters=[
        Search(["account__name", "unit__name"], "督学或单位"),
        Choice("relation", "情形", RecusalDeclaration.Relation.choices),
    ],
    chips=Chips.of_states("state", RECUSAL.flow.states),
    sort="-declared_at",
    empty=Empty(
        "没有回避申报",
        "近亲属任职、现在或曾经任职、责任督学挂牌的学校，应当申报回避。点“申报回避”写明单位和情形，督导办认定后不再派去。",
        icon="user-x",
    ),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def recusal_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "recusal.declare")
    return RECUSALS.respond(
        request,
        teams.recusals(actor_of(request)),
        title="回避申报",
        primary=("申报回避", reverse("selection:recusal_new"), "plus"),
    )


@require_http_methods(["GET", "POST"])
def own_schools(request: HttpRequest) -> HttpResponse:
    """The schools whose responsible inspector one is: the list of units, of these only."""
    may_anywhere(request, "recusal.declare")
    if request.method == "POST":
        may_anywhere(request, "unit.export")
    actor = actor_of(request)
    rows = listed(actor).filter(pk__in=teams.own_schools(actor, timezone.localdate()).values("unit"))
    empty = Empty(
        "还没有登记您负责的学校",
        "您是哪些学校的责任督学，在“回避申报”里按“是该校的责任督学”登记，这里就列出这些学校。",
        "去登记",
        reverse("selection:recusal_new"),
        icon="school",
    )
    more = [("回避申报", reverse("selection:recusals"), "user-x")]
    return replace(listing(request), key="own-schools", empty=empty).respond(
        request, rows, title="我的学校", actions=more
    )


@require_http_methods(["GET", "POST"])
def recusal_new(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "recusal.declare")
    actor = actor_of(request)
    people = teams.may_declare_for(actor)
    form = RecusalForm(
        sent(request),
        actor=actor,
        people=people,
        initial={"account": actor.id, "from_on": timezone.localdate().isoformat()},
    )
    return answered(
        request, form, lambda: declaring.declare_recusal(actor, **form.values), "已申报，即时生效；督导办认定后长期有效。",
        title="申报回避", save="申报", save_icon="send", cancel_url=reverse("selection:recusals"),
        crumbs=[Crumb("回避申报", reverse("selection:recusals")), Crumb("申报")],
    )  # fmt: skip


@require_GET
def recusal_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = RECUSAL.found_or_404(request, pk)
    return render(
        request,
        "selection/teams/recusal.html",
        {
            **RECUSAL.frame(row, actor_of(request)),
            "span": _span(row),
            "events": list(audit.history(row)[:EVENTS]),
        },
    )


TEAM_LIST = Listing(
    key="team-proposals",
    columns=[
        Column("span", "时间", _span, link=lambda row: row.get_absolute_url(), sort="from_on"),
        Column("office", "组织单位", lambda row: str(row.office), sort="office__sort_no", nowrap=True),
        Column("wants", "项目要求", sort="wants", numeric=True),
        Column("visits", "进门次数", lambda row: len(row.rows), numeric=True),
        Column("complete", "排齐", "complete", numeric=True),
        Column("state", "状态", lambda row: TEAMS.flow.states[row.state], sort="state", nowrap=True),
        Column("made_by", "编制人", sort="made_by", nowrap=True),
        Column("made_at", "时间", sort="made_at", nowrap=True, optional=True),
    ],
    chips=Chips.of_states("state", TEAMS.flow.states),
    sort="-span",
    empty=Empty(
        "还没有组队方案",
        "点“自动组队”选时间段：把进行中项目的实地评估合并、排上日期，给每次配齐督学，采用以后生成实地评估。",
        icon="users-group",
    ),
)


@require_http_methods(["GET", "POST"])
def team_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "team.view")
    primary = None
    if actor_of(request).may_somewhere("team.create"):
        primary = ("自动组队", reverse("selection:team_new"), "wand")
    more = [("路程", reverse("selection:team_travel"), "map")] if actor_of(request).may_somewhere("team.travel") else []
    return TEAM_LIST.respond(
        request, teams.proposals(actor_of(request)), title="组队方案", primary=primary, actions=more
    )


@require_http_methods(["GET", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "team.create")
    actor = actor_of(request)
    form = TeamForm(sent(request), offices=teams.offices(actor))
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: acts.propose_teams(actor, **form.values))
        if made is not None and made.job is not None:
            return redirect(made.job.get_absolute_url())
    return form_page(
        request,
        form,
        title="自动组队",
        save="开始组队",
        save_icon="wand",
        cancel_url=reverse("selection:teams"),
        crumbs=[Crumb("组队方案", reverse("selection:teams")), Crumb("自动组队")],
    )


@require_GET
def team_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Every visit with its days, campaigns and team; what is missing and why; how even the load is."""
    row = TEAMS.found_or_404(request, pk)
    actor = actor_of(request)
    loads: dict[str, int] = {}
    for one in row.rows:
        for name in one["names"]:
            loads[name] = loads.get(name, 0) + 1
    busy = row.job if row.job is not None and not row.job.over and row.job.owner_id == actor.id else None
    return render(
        request,
        "selection/teams/team.html",
        {
            **TEAMS.frame(row, actor),
            "span": _span(row),
            "scope": teams.scope_words(row),
            "busy": busy,
            "levels": levels_seen(row.levels),
            "visits": [
                {
                    **one,
                    "days": _days(one["from"], one["until"]),
                    "team": _team(one),
                    "wanted": [
                        (word, any(word in holds for holds in one.get("holds", ())))
                        for word in one.get("specialities", ())
                    ],
                    "way": _way(one.get("ways", ())),
                }
                for one in sorted(row.rows, key=lambda one: bool(one["missing"]))
            ],
            "wants_specialities": any(one.get("specialities") for one in row.rows),
            "joined": row.wants - len(row.rows),
            "loads": sorted(loads.items(), key=lambda pair: (-pair[1], pair[0])),
            "lacking": _lacking(row.rows),
            "events": list(audit.history(row)[:EVENTS]),
        },
    )


def _lacking(rows: Sequence[dict[str, Any]]) -> str:
    """How many visits lack what, in a sentence; empty where none does."""
    incomplete = [one for one in rows if one["missing"]]
    if not incomplete:
        return ""
    counts = Counter(lack for one in incomplete for lack in dict.fromkeys(one.get("lacks", ())))
    words = {"people": "督学不够", "leader": "没有组长"}
    parts = [f"{count} 次{words.get(lack, f'缺“{lack}”专长')}" for lack, count in counts.most_common()]
    return f"{len(rows)} 次里有 {len(incomplete)} 次没有排齐{'：' if parts else ''}{'，'.join(parts)}。"


def _team(one: dict[str, Any]) -> list[dict[str, str]]:
    """Each member with what the member is there for: the leader, and what of the wanted specialities they bring."""
    wanted = one.get("specialities", ())
    holds = one.get("holds", [[] for _ in one["members"]])
    found = []
    for key, name, held in zip(one["members"], one["names"], holds, strict=True):
        duties = ["组长"] * (key == one["leader"]) + [word for word in wanted if word in held]
        found.append({"name": name, "duty": "，".join(duties)})
    return found


def _way(ways: Sequence[int | None]) -> str:
    """The longest way of the team in words; unknown ones are told from short ones."""
    known = [minutes for minutes in ways if minutes is not None]
    if not ways:
        return "—"
    if len(known) < len(ways):
        return f"{max(known)} 分钟以上" if any(known) else "未填写"
    return f"{max(known)} 分钟" if max(known) else "本地"


def _days(first: str, last: str) -> str:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return date_cn(start) if start == end else f"{date_cn(start)}至{date_cn(end)}"
