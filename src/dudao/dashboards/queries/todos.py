"""What somebody has to do, by their verbs: each group is a query with the address of the list behind it.

A row is *mine to do* when its unit is one that I report for, *mine to judge* when one of my offices handed it down.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.accountability import accountability_groups
from dudao.dashboards.queries.answering import answering_groups
from dudao.dashboards.queries.campaigns import campaign_groups
from dudao.dashboards.queries.cycles import cycle_groups
from dudao.dashboards.queries.evidence import evidence_groups
from dudao.dashboards.queries.findings import finding_groups
from dudao.dashboards.queries.groups import SHOWN, TodoGroup
from dudao.dashboards.queries.results import result_groups
from dudao.dashboards.queries.reviewing import review_groups
from dudao.papers.models import Delivery, Paper
from dudao.papers.queries import own_deliveries
from dudao.papers.queries import waiting as waiting_papers
from dudao.plans.models import Assignment, Task, WorkPlan
from dudao.plans.queries import Lights, RowFilter, assignment_rows
from dudao.plans.queries.assignments import mine
from dudao.stats.queries.returns import own_returns, waiting_by_round
from dudao.stats.queries.sizes import plans_returned, plans_to_approve

__all__ = ["TodoGroup", "pressing", "todo_groups"]


def todo_groups(actor: Actor, lights: Lights) -> list[TodoGroup]:
    """The groups that have something in them, in the order in which one would work."""
    groups = []
    if actor.may_somewhere("assignment.report"):
        groups += _to_do(actor, lights)
    if actor.may_somewhere("assignment.confirm"):
        groups += _to_judge(actor, lights)
    if actor.may_somewhere("task.hand_down"):
        groups.append(_to_hand_down(actor))
    if actor.may_somewhere("plan.publish"):
        groups.append(_to_publish(actor))
    groups += paper_groups(actor)
    groups += campaign_groups(actor)
    groups += answering_groups(actor)
    groups += review_groups(actor)
    groups += finding_groups(actor)
    groups += accountability_groups(actor)
    groups += result_groups(actor)
    groups += cycle_groups(actor)
    groups += statistics_groups(actor)
    groups += evidence_groups(actor)
    return [group for group in groups if group.total]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of to-do about a row: how the group is called, what one does there, on which page."""

    title: str
    icon: str
    state: str
    act: str
    page: str


_MINE = (
    _Kind("退回修改", "arrow-back-up", Assignment.State.RETURNED, "修改后再报", "plans:row_report"),
    _Kind("待签收", "signature", Assignment.State.ISSUED, "签收", "plans:row_sign"),
    _Kind("正在办理", "progress", Assignment.State.WORKING, "报送进展", "plans:row_report"),
)
_CONFIRM = _Kind("待确认", "clipboard-check", Assignment.State.REPORTED, "审核", "plans:assignment")
_CLOSE = _Kind("待销号", "checks", Assignment.State.CONFIRMED, "销号", "plans:assignment")


def _group(kind: _Kind, rows: QuerySet[Any], scope: str) -> TodoGroup:
    """Rows in the kind's state as to-dos: the first few, and the count of all, in at most two queries."""
    rows = rows.filter(state=kind.state)
    found = list(rows.order_by("deadline", "id")[: SHOWN + 1])
    items = [
        Todo(
            f"{row.task.code} {row.task.title}",
            reverse(kind.page, args=[row.pk]),
            f"{row.issuer}下达" if scope == "mine" else str(row.unit),
            row.deadline,
            act=kind.act,
            done_on=row.finished_on,
        )
        for row in found[:SHOWN]
    ]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return TodoGroup(
        kind.title, kind.icon, items, total, f"{reverse('plans:assignments')}?scope={scope}&state={kind.state}"
    )


def _to_do(actor: Actor, lights: Lights) -> list[TodoGroup]:
    rows = assignment_rows(actor, lights).filter(mine(actor))
    return [_group(kind, rows, "mine") for kind in _MINE]


def _to_judge(actor: Actor, lights: Lights) -> list[TodoGroup]:
    paths = actor.paths("assignment.confirm")
    handed = Q()
    for path in paths:
        handed |= Q(upper__unit__path=path) | Q(upper__isnull=True, task__plan__unit__path__startswith=path)
    if not paths:
        return []
    rows = assignment_rows(actor, lights, verb="assignment.confirm").filter(handed)
    if actor.id is not None:
        rows = rows.exclude(reported_by=actor.id)
    groups = [_group(_CONFIRM, rows, "all")]
    if actor.may_somewhere("assignment.close"):
        closing = assignment_rows(actor, lights, verb="assignment.close").filter(handed)
        groups.append(_group(_CLOSE, closing, "all"))
    return groups


def _to_hand_down(actor: Actor) -> TodoGroup:
    tasks = Task.objects.visible_to(actor, "task.hand_down").filter(
        state=Task.State.DRAFT, plan__state=WorkPlan.State.PUBLISHED
    )
    found = list(
        tasks.order_by("plan")
        .values("plan_id", "plan__title")
        .annotate(n=Count("pk", distinct=True))
        .order_by("plan_id")
    )
    url = reverse("plans:tasks")
    items = [
        Todo(
            f"还有 {row['n']} 项任务没有下达",
            f"{url}?plan={row['plan_id']}&state=draft",
            row["plan__title"],
            act="去下达",
        )
        for row in found
    ]
    return TodoGroup("待下达", "send", items[:SHOWN], sum(row["n"] for row in found), f"{url}?state=draft")


def _to_publish(actor: Actor) -> TodoGroup:
    plans = (
        WorkPlan.objects.visible_to(actor, "plan.publish").filter(state=WorkPlan.State.DRAFT).order_by("-year", "-id")
    )
    items = [
        Todo(str(plan), plan.get_absolute_url(), f"{plan.year}年 · 校对后发布", act="校对")
        for plan in plans.select_related("unit")
    ]
    return TodoGroup("待发布的计划", "file-check", items[:SHOWN], len(items), reverse("plans:plans"))


_PAPER_ACTS: dict[str, str] = {
    Paper.State.DRAFT: "送核",
    Paper.State.RETURNED: "修改后送核",
    Paper.State.SUBMITTED: "核稿",
    Paper.State.CHECKED: "签发",
    Paper.State.SIGNED: "印发",
}


def paper_groups(actor: Actor) -> list[TodoGroup]:
    """Papers to sign for, and papers of one's office to draft on, check, sign or issue."""
    groups = []
    if actor.may_somewhere("paper.receive"):
        rows = own_deliveries(actor).filter(state=Delivery.State.SENT, paper__state=Paper.State.ISSUED)
        found = list(rows.order_by(F("due_on").asc(nulls_last=True), "id")[: SHOWN + 1])
        items = [
            Todo(row.paper.title, row.paper.get_absolute_url(), f"{row.paper.unit}来文", row.due_on, act="签收")
            for row in found[:SHOWN]
        ]
        total = len(found) if len(found) <= SHOWN else rows.order_by().count()
        groups.append(TodoGroup("待签收的文书", "inbox", items, total, f"{reverse('papers:received')}?state=mine"))
    if any(actor.may_somewhere(f"paper.{act}") for act in ("draft", "check", "sign", "issue")):
        papers = waiting_papers(actor)
        drafts = list(papers[: SHOWN + 1])
        items = [
            Todo(paper.title, paper.get_absolute_url(), paper.get_kind_display(), act=_PAPER_ACTS[paper.state])
            for paper in drafts[:SHOWN]
        ]
        total = len(drafts) if len(drafts) <= SHOWN else papers.order_by().count()
        groups.append(TodoGroup("待办的文书", "file-text", items, total, f"{reverse('papers:papers')}?state=mine"))
    return groups


def statistics_groups(actor: Actor) -> list[TodoGroup]:
    """Numbers to report for one's own school, and those of schools below to judge, by round."""
    groups = []
    if actor.may_somewhere("return.fill"):
        own = own_returns(actor).order_by("round__closes_on", "id")
        found = list(own[: SHOWN + 1])
        items = [
            Todo(
                ret.round.title,
                reverse("stats:return_fill", args=[ret.pk]),
                f"退回修改：{ret.opinion}" if ret.opinion else f"已填 {ret.filled}/{ret.expected}",
                ret.deadline,
                act="填报",
            )
            for ret in found[:SHOWN]
        ]
        total = len(found) if len(found) <= SHOWN else own.order_by().count()
        groups.append(TodoGroup("数据填报", "database", items, total, reverse("stats:rounds")))
    if actor.may_somewhere("return.accept"):
        waiting = waiting_by_round(actor)
        items = [
            Todo(
                f"{count} 份报表待审核",
                f"{reverse('stats:round', args=[key])}?state=submitted",
                title,
                act="审核",
            )
            for key, title, count in waiting
        ]
        groups.append(
            TodoGroup(
                "数据审核", "clipboard-check", items[:SHOWN], sum(row[2] for row in waiting), reverse("stats:rounds")
            )
        )
    if actor.may_somewhere("elimination.approve"):
        plans = list(plans_to_approve(actor).order_by("submitted_at", "id"))
        items = [Todo(str(plan), plan.get_absolute_url(), "县里已提交", act="审批") for plan in plans]
        url = f"{reverse('stats:eliminations')}?state=submitted"
        groups.append(TodoGroup("消除计划待批准", "target-arrow", items[:SHOWN], len(items), url))
    if actor.may_somewhere("elimination.submit"):
        plans = list(plans_returned(actor).order_by("id"))
        items = [
            Todo(str(plan), plan.get_absolute_url(), f"退回修改：{plan.opinion}", act="修改后再交") for plan in plans
        ]
        url = f"{reverse('stats:eliminations')}?state=returned"
        groups.append(TodoGroup("消除计划退回修改", "target-arrow", items[:SHOWN], len(items), url))
    return groups


def pressing(actor: Actor, lights: Lights, own: bool, until: Any, most: int = 8) -> list[Any]:
    """Open rows that are late or due by a day, the most pressing first: one's own, or all that were handed down."""
    chosen = RowFilter(states=("issued", "working", "returned"), deadline_to=until, handed_on=None if own else False)
    rows = assignment_rows(actor, lights, chosen)
    if own:
        rows = rows.filter(mine(actor))
    return list(rows.order_by("deadline", "id")[:most])
