"""Statistics on the shared pages. What waits: numbers to report for one's own unit, those of schools below to judge by round, plans
against large classes.
"""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry
from dudao.core.ui.parts import Todo
from dudao.core.waiting import Kind, Pile
from dudao.stats.models import EliminationPlan, Return
from dudao.stats.queries.returns import own_returns, waiting_by_round, waiting_returns
from dudao.stats.queries.sizes import plans_returned, plans_to_approve

_RETURNS: QuerySet[Any] = Return.objects.select_related("round")
_PLANS: QuerySet[Any] = EliminationPlan.objects.select_related("unit")


def statistics_piles(actor: Actor) -> list[Pile]:
    piles = []
    rounds = reverse("stats:rounds")
    if actor.may_somewhere("return.fill"):
        kind = Kind("数据填报", "database", rounds, _return)
        piles.append(Pile(own_returns(actor), (kind,), ("round__closes_on",), _RETURNS))
    if actor.may_somewhere("return.accept"):
        kind = Kind("数据审核", "clipboard-check", rounds)
        piles.append(Pile(waiting_returns(actor), (kind,), listed=lambda: _rounds(actor)))
    plans = reverse("stats:eliminations")
    if actor.may_somewhere("elimination.approve"):
        kind = Kind("消除计划待批准", "target-arrow", f"{plans}?state=submitted", _submitted)
        piles.append(Pile(plans_to_approve(actor), (kind,), ("submitted_at",), _PLANS))
    if actor.may_somewhere("elimination.submit"):
        kind = Kind("消除计划退回修改", "target-arrow", f"{plans}?state=returned", _returned)
        piles.append(Pile(plans_returned(actor), (kind,), read=_PLANS))
    return piles


def _return(row: Return) -> Todo:
    note = f"退回修改：{row.opinion}" if row.opinion else f"已填 {row.filled}/{row.expected}"
    return Todo(row.round.title, reverse("stats:return_fill", args=[row.pk]), note, row.deadline, act="填报")


def _rounds(actor: Actor) -> list[Todo]:
    return [
        Todo(f"{count} 份报表待审核", f"{reverse('stats:round', args=[key])}?state=submitted", title, act="审核")
        for key, title, count in waiting_by_round(actor)
    ]


def _submitted(plan: EliminationPlan) -> Todo:
    return Todo(str(plan), plan.get_absolute_url(), "县里已提交", act="审批")


def _returned(plan: EliminationPlan) -> Todo:
    return Todo(str(plan), plan.get_absolute_url(), f"退回修改：{plan.opinion}", act="修改后再交")


_ROUNDS = Entry("数据报送", "database", "stats:rounds", "return.view")
_PAGES = (
    _ROUNDS,
    Entry("均衡测算", "chart-bar", "stats:balances", "balance.view"),
    Entry("普及普惠", "building-community", "stats:preschools", "preschool.view"),
    Entry("班额校额", "users-group", "stats:sizes", "size.view"),
    Entry("数据指标", "list-details", "stats:items", "return.view"),
    Entry("审核规则", "list-check", "stats:rules", "return.view"),
)
_ALL = Entry("统计数据", "database", "stats:rounds", "return.view", below=_PAGES)
DESK = Desk(
    menu=((70, (("office", "county", "inspector", "leader"), _ALL)), (70, (("school",), _ROUNDS))),
    waiting=((80, statistics_piles),),
)
