"""Visits on the shared pages; what waits, before all that has no day: go on site, say what one's unit thinks."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry
from dudao.core.ui.parts import Todo
from dudao.core.waiting import Kind, Pile
from dudao.visits import queries
from dudao.visits.models import SiteVisit

VISITS = Entry("实地评估", "map-pin", "visits:visits", "onsite.view")

_VISITS: QuerySet[Any] = SiteVisit.objects.select_related("office", "unit")
_GOING = [SiteVisit.State.PLANNED, SiteVisit.State.NOTIFIED, SiteVisit.State.ONGOING, SiteVisit.State.FED_BACK]


def visit_piles(actor: Actor) -> list[Pile]:
    piles = []
    visits = reverse("visits:visits")
    if actor.may_somewhere("onsite.record"):
        due = queries.mine(actor).filter(state__in=_GOING)
        piles.append(Pile(due, (Kind("实地评估", "map-pin", visits, _visit),), ("from_on",), _VISITS))
    if actor.may_somewhere("onsite.state"):
        told = queries.waiting_for_statement(actor)
        kind = Kind("实地评估待说明", "message-report", f"{visits}?state=fed_back", _statement)
        piles.append(Pile(told, (kind,), ("fed_back_at",), _VISITS))
    return piles


def _visit(row: SiteVisit) -> Todo:
    on_site = row.state in {SiteVisit.State.ONGOING, SiteVisit.State.FED_BACK}
    url = reverse("visits:visit_field", args=[row.pk]) if on_site else row.get_absolute_url()
    return Todo(row.unit.name, url, row.get_state_display(), row.from_on, act="现场记录" if on_site else "查看")


def _statement(row: SiteVisit) -> Todo:
    url = reverse("visits:visit_statement", args=[row.pk])
    return Todo("对实地评估的初步意见作说明", url, f"{row.office}反馈", act="说明")


DESK = Desk(menu=((25, (("school", "inspector"), VISITS)),), waiting=((8, visit_piles),))
