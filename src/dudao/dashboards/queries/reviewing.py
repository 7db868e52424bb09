"""What somebody has to do about reviews and visits: mark, reassign, go on site, say what one's unit thinks."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.groups import SHOWN, TodoGroup
from dudao.evaluations.models import Campaign, Review, SiteVisit
from dudao.evaluations.queries import reviewing, visiting

__all__ = ["review_groups"]


def review_groups(actor: Actor) -> list[TodoGroup]:
    """The groups of one's trade; empty ones among them."""
    groups = []
    if actor.may_somewhere("review.mark"):
        rows = reviewing.mine(actor).filter(
            state=Review.State.ASSIGNED, subject__campaign__state=Campaign.State.RUNNING
        )
        url = f"{reverse('evaluations:reviews')}?state=assigned"
        groups.append(_group("网上评审待评", "eye-check", rows.order_by("due_on", "pk"), _review, url))
    if actor.may_somewhere("review.assign"):
        rows = reviewing.seen(actor).filter(
            state=Review.State.HANDED_BACK, subject__campaign__state=Campaign.State.RUNNING
        )
        groups.append(_group("评审任务待改派", "replace", rows.order_by("pk"), _back, reverse("evaluations:campaigns")))
    visits = reverse("evaluations:visits")
    if actor.may_somewhere("onsite.record"):
        state = SiteVisit.State
        due = visiting.mine(actor).filter(state__in=[state.PLANNED, state.NOTIFIED, state.ONGOING, state.FED_BACK])
        groups.append(_group("实地评估", "map-pin", due.order_by("from_on", "pk"), _visit, visits))
    if actor.may_somewhere("onsite.state"):
        told = visiting.waiting_for_statement(actor)
        url = f"{visits}?state=fed_back"
        groups.append(_group("实地评估待说明", "message-report", told.order_by("fed_back_at", "pk"), _statement, url))
    return groups


def _group(title: str, icon: str, rows: QuerySet[Any], todo: Any, url: str) -> TodoGroup:
    found = list(rows[: SHOWN + 1])
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return TodoGroup(title, icon, [todo(row) for row in found[:SHOWN]], total, url)


def _review(row: Review) -> Todo:
    note = f"{row.subject.campaign.title}，已评 {row.marked}/{row.expected}"
    return Todo(row.subject.label, row.get_absolute_url(), note, row.due_on, act="评审")


def _back(row: Review) -> Todo:
    url = reverse("evaluations:review_reassign", args=[row.pk])
    return Todo(row.subject.label, url, f"{row.reviewer.name}交回：{row.reason}", row.due_on, act="改派")


def _visit(row: SiteVisit) -> Todo:
    on_site = row.state in {SiteVisit.State.ONGOING, SiteVisit.State.FED_BACK}
    url = reverse("evaluations:visit_field", args=[row.pk]) if on_site else row.get_absolute_url()
    return Todo(row.unit.name, url, row.get_state_display(), row.from_on, act="现场记录" if on_site else "查看")


def _statement(row: SiteVisit) -> Todo:
    url = reverse("evaluations:visit_statement", args=[row.pk])
    return Todo("对实地评估的初步意见作说明", url, f"{row.office}反馈", act="说明")
