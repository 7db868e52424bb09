"""Cycle plans, recusals, draws and teams on the shared pages; what waits: approve, decide, take over."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry
from dudao.core.ui.parts import Todo
from dudao.core.waiting import Kind, Pile
from dudao.selection.models import CycleChange, CyclePlan, RecusalDeclaration, TeamProposal

_RECUSALS: QuerySet[Any] = RecusalDeclaration.objects.select_related("account", "unit")
_TEAMS: QuerySet[Any] = TeamProposal.objects.select_related("office")
_CHANGES: QuerySet[Any] = CycleChange.objects.select_related("plan")
_PLANS: QuerySet[Any] = CyclePlan.objects.all()


def cycle_piles(actor: Actor) -> list[Pile]:
    """The piles of one's trade, in the order in which one would work."""
    piles = []
    rows: QuerySet[Any]
    if actor.may_somewhere("recusal.approve"):
        rows = RecusalDeclaration.objects.visible_to(actor, "recusal.approve").filter(state="declared")
        url = f"{reverse('selection:recusals')}?state=declared"
        kind = Kind("回避待认定", "user-x", url, _recusal)
        piles.append(Pile(rows.exclude(account_id=actor.id or 0), (kind,), read=_RECUSALS))
    if actor.may_somewhere("team.apply"):
        rows = TeamProposal.objects.visible_to(actor, "team.apply").filter(state="ready")
        kind = Kind("组队方案待采用", "users-group", f"{reverse('selection:teams')}?state=ready", _team)
        piles.append(Pile(rows, (kind,), read=_TEAMS))
    plans = reverse("selection:cycles")
    if actor.may_somewhere("cycle.apply"):
        rows = CycleChange.objects.visible_to(actor, "cycle.apply").filter(state="proposed")
        piles.append(Pile(rows, (Kind("规划调整待决定", "versions", plans, _change),), read=_CHANGES))
    if actor.may_somewhere("cycle.approve"):
        rows = CyclePlan.objects.filter(office__path__in=actor.paths("cycle.approve"), state="solved")
        kind = Kind("周期规划待批准", "calendar-stats", f"{plans}?state=solved", _plan)
        piles.append(Pile(rows, (kind,), read=_PLANS))
    return piles


def _recusal(row: RecusalDeclaration) -> Todo:
    url = reverse("selection:recusal", args=[row.pk])
    return Todo(str(row), url, str(row.get_relation_display()), act="认定")


def _team(row: TeamProposal) -> Todo:
    return Todo(f"{row.office}{row}", row.get_absolute_url(), f"{row.complete} 次排齐", act="查看")


def _change(row: CycleChange) -> Todo:
    return Todo(str(row.plan), row.get_absolute_url(), row.summary, act="决定")


def _plan(row: CyclePlan) -> Todo:
    return Todo(row.title, row.get_absolute_url(), row.span_words, act="批准")


_CYCLES = Entry("周期规划", "calendar-stats", "selection:cycles", "cycle.view")
_DECLARED = Entry("回避申报", "user-x", "selection:recusals", "recusal.declare")
_CHOOSING = (
    _CYCLES,
    Entry("随机抽取", "list-check", "draws:draws", "draw.view"),
    Entry("组队方案", "users-group", "selection:teams", "team.view"),
    _DECLARED,
)

DESK = Desk(
    menu=(
        (
            30,
            (
                ("office", "county", "leader"),
                Entry("规划抽取", _CYCLES.icon, _CYCLES.name, _CYCLES.verb, below=_CHOOSING),
            ),
        ),
        (5, (("inspector",), Entry("我的学校", "school", "selection:own_schools", "recusal.declare"))),
        (30, (("inspector",), _DECLARED)),
    ),
    waiting=((75, cycle_piles),),
)
