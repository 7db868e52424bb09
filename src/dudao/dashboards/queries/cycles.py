"""What somebody has to do about cycle plans, recusals and teams: approve, decide, take over. Each group is one query."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.groups import SHOWN, TodoGroup
from dudao.evaluations.models import CycleChange, CyclePlan, RecusalDeclaration, TeamProposal

__all__ = ["cycle_groups"]


def cycle_groups(actor: Actor) -> list[TodoGroup]:
    """The groups of one's trade, in the order in which one would work; empty ones among them."""
    groups = []
    rows: QuerySet[Any]
    if actor.may_somewhere("recusal.approve"):
        rows = RecusalDeclaration.objects.visible_to(actor, "recusal.approve").filter(state="declared")
        rows = rows.exclude(account_id=actor.id or 0).select_related("account", "unit")
        groups.append(
            _group(
                "回避待认定",
                "user-x",
                rows,
                act="认定",
                url=reverse("evaluations:recusals") + "?state=declared",
                told=_recusal,
            )
        )
    if actor.may_somewhere("team.apply"):
        rows = TeamProposal.objects.visible_to(actor, "team.apply").filter(state="ready").select_related("office")
        groups.append(
            _group(
                "组队方案待采用",
                "users-group",
                rows,
                act="查看",
                url=reverse("evaluations:teams") + "?state=ready",
                told=_team,
            )
        )
    if actor.may_somewhere("cycle.apply"):
        rows = CycleChange.objects.visible_to(actor, "cycle.apply").filter(state="proposed").select_related("plan")
        groups.append(
            _group("规划调整待决定", "versions", rows, act="决定", url=reverse("evaluations:cycles"), told=_change)
        )
    if actor.may_somewhere("cycle.approve"):
        rows = CyclePlan.objects.filter(office__path__in=actor.paths("cycle.approve"), state="solved")
        url = reverse("evaluations:cycles") + "?state=solved"
        groups.append(_group("周期规划待批准", "calendar-stats", rows, act="批准", url=url, told=_plan))
    return groups


def _group(title: str, icon: str, rows: QuerySet[Any], *, act: str, url: str, told: Any) -> TodoGroup:
    found = list(rows.order_by("pk")[: SHOWN + 1])
    items = [Todo(words, where, note, None, act=act) for words, where, note in map(told, found[:SHOWN])]
    return TodoGroup(title, icon, items, len(found) if len(found) <= SHOWN else rows.order_by().count(), url)


def _recusal(row: RecusalDeclaration) -> tuple[str, str, str]:
    return str(row), reverse("evaluations:recusal", args=[row.pk]), str(row.get_relation_display())


def _team(row: TeamProposal) -> tuple[str, str, str]:
    return f"{row.office}{row}", row.get_absolute_url(), f"{row.complete} 次排齐"


def _change(row: CycleChange) -> tuple[str, str, str]:
    return str(row.plan), row.get_absolute_url(), row.summary


def _plan(row: CyclePlan) -> tuple[str, str, str]:
    return row.title, row.get_absolute_url(), row.span_words
