"""What somebody has to do about reviews and visits: mark, reassign, go on site, say what one's unit thinks."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.waiting import Kind, Pile
from dudao.evaluations.models import Campaign, Review
from dudao.evaluations.queries import reviewing
from dudao.visits import queries as visit_reads
from dudao.visits.models import SiteVisit

_REVIEWS: QuerySet[Any] = Review.objects.select_related("subject__campaign", "reviewer")
_VISITS: QuerySet[Any] = SiteVisit.objects.select_related("office", "unit")
_GOING = [SiteVisit.State.PLANNED, SiteVisit.State.NOTIFIED, SiteVisit.State.ONGOING, SiteVisit.State.FED_BACK]


def review_piles(actor: Actor) -> list[Pile]:
    piles = []
    running = {"subject__campaign__state": Campaign.State.RUNNING}
    if actor.may_somewhere("review.mark"):
        rows = reviewing.mine(actor).filter(state=Review.State.ASSIGNED, **running)
        kind = Kind("网上评审待评", "eye-check", f"{reverse('evaluations:reviews')}?state=assigned", _review)
        piles.append(Pile(rows, (kind,), ("due_on",), _REVIEWS))
    if actor.may_somewhere("review.assign"):
        rows = reviewing.seen(actor).filter(state=Review.State.HANDED_BACK, **running)
        kind = Kind("评审任务待改派", "replace", reverse("evaluations:campaigns"), _back)
        piles.append(Pile(rows, (kind,), read=_REVIEWS))
    visits = reverse("visits:visits")
    if actor.may_somewhere("onsite.record"):
        due = visit_reads.mine(actor).filter(state__in=_GOING)
        piles.append(Pile(due, (Kind("实地评估", "map-pin", visits, _visit),), ("from_on",), _VISITS))
    if actor.may_somewhere("onsite.state"):
        told = visit_reads.waiting_for_statement(actor)
        kind = Kind("实地评估待说明", "message-report", f"{visits}?state=fed_back", _statement)
        piles.append(Pile(told, (kind,), ("fed_back_at",), _VISITS))
    return piles


def _review(row: Review) -> Todo:
    note = f"{row.subject.campaign.title}，已评 {row.marked}/{row.expected}"
    return Todo(row.subject.label, row.get_absolute_url(), note, row.due_on, act="评审")


def _back(row: Review) -> Todo:
    url = reverse("evaluations:review_reassign", args=[row.pk])
    return Todo(row.subject.label, url, f"{row.reviewer.name}交回：{row.reason}", row.due_on, act="改派")


def _visit(row: SiteVisit) -> Todo:
    on_site = row.state in {SiteVisit.State.ONGOING, SiteVisit.State.FED_BACK}
    url = reverse("visits:visit_field", args=[row.pk]) if on_site else row.get_absolute_url()
    return Todo(row.unit.name, url, row.get_state_display(), row.from_on, act="现场记录" if on_site else "查看")


def _statement(row: SiteVisit) -> Todo:
    url = reverse("visits:visit_statement", args=[row.pk])
    return Todo("对实地评估的初步意见作说明", url, f"{row.office}反馈", act="说明")
