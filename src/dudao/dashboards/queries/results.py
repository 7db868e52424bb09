"""What somebody has to do about results of evaluations: answer objections, decide, publish; a unit looks and objects.

Each group is one query (and a count when there is more than is shown).
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.groups import SHOWN, TodoGroup
from dudao.evaluations.models import Campaign, Objection
from dudao.evaluations.queries import deciding, results, uses

__all__ = ["result_groups"]

_State = Campaign.State


def result_groups(actor: Actor) -> list[TodoGroup]:
    """The groups of one's trade, in the order in which one would work; empty ones among them."""
    groups = []
    today = timezone.localdate()
    if actor.may_somewhere("objection.uphold"):
        rows = uses.objections(actor).filter(
            _at(actor, "objection.uphold", "subject__campaign__office__path"), state=Objection.State.ASKED
        )
        groups.append(_objections(rows))
    if actor.may_somewhere("campaign.decide"):
        led = Campaign.objects.filter(_at(actor, "campaign.decide", "office__path"))
        waiting = deciding.undecided(led)
        groups.append(_campaigns("评定会议待登记", "users", waiting, "登记"))
        over = led.filter(state=_State.PUBLICISED, publicised_until__lt=today).exclude(pk__in=waiting.values("pk"))
        groups.append(_campaigns("公示期满待公布", "send", over, "公布"))
    if actor.may_somewhere("objection.ask"):
        own = results.published_results(actor).filter(
            _at(actor, "objection.ask", "path"),
            sheet__campaign__state=_State.PUBLICISED,
            sheet__campaign__publicised_until__gte=today,
        )
        # An office that runs a campaign at its own place has nothing to object to.
        groups.append(_publicised(own.exclude(_at(actor, "objection.ask", "sheet__campaign__office__path"))))
    return groups


def _at(actor: Actor, verb: str, lookup: str) -> Q:
    """At the very places at which one is appointed."""
    return Q(**{f"{lookup}__in": {grant.path for grant in actor.grants if verb in grant.verbs}})


def _grouped(title: str, icon: str, rows: QuerySet[Any], items: list[Todo], url: str) -> TodoGroup:
    total = len(items) if len(items) <= SHOWN else rows.order_by().count()
    return TodoGroup(title, icon, items[:SHOWN], total, url)


def _objections(rows: QuerySet[Any]) -> TodoGroup:
    items = [
        Todo(
            f"{row.subject.label}的异议", row.get_absolute_url(), row.subject.campaign.title, row.decide_by, act="答复"
        )
        for row in rows.order_by("decide_by", "id")[: SHOWN + 1]
    ]
    url = f"{reverse('evaluations:objections')}?state=asked"
    return _grouped("异议待答复", "message-report", rows, items, url)


def _campaigns(title: str, icon: str, rows: QuerySet[Any], act: str) -> TodoGroup:
    items = [
        Todo(row.title, reverse("evaluations:results", args=[row.pk]), f"{row.year}年", None, act=act)
        for row in rows.order_by("id")[: SHOWN + 1]
    ]
    return _grouped(title, icon, rows, items, reverse("evaluations:campaigns"))


def _publicised(rows: QuerySet[Any]) -> TodoGroup:
    items = [
        Todo(
            row.sheet.campaign.title,
            row.get_absolute_url(),
            f"{row.name}，{row.grade}" if row.grade else row.name,
            row.sheet.campaign.publicised_until,
            act="查看",
        )
        for row in rows.order_by("sheet__campaign__publicised_until", "id")[: SHOWN + 1]
    ]
    return _grouped("评估结果公示中", "award", rows, items, reverse("evaluations:result_list"))
