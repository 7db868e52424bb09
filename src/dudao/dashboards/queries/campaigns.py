"""What an office has to do about its own campaigns: start what is ready, press where the self-evaluation is about to close."""

from datetime import timedelta

from django.db.models import Count, F, Min, Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.groups import SHOWN, TodoGroup
from dudao.evaluations.models import Campaign, Phase, Subject
from dudao.evaluations.queries.campaigns import own_offices, seen

__all__ = ["campaign_groups"]

SOON = timedelta(7)


def campaign_groups(actor: Actor) -> list[TodoGroup]:
    """Two groups, of the campaigns of one's own offices only."""
    if not actor.may_somewhere("campaign.start"):
        return []
    rows = seen(actor).filter(office__in=own_offices(actor))
    here = reverse("evaluations:campaigns")
    drafts = rows.filter(state=Campaign.State.DRAFT).annotate(begins=Min("phases__opens_on")).order_by("begins", "pk")
    ready = [
        Todo(row.title, row.get_absolute_url(), "核对阶段、规则和对象，试评后启动", row.begins, act="启动")
        for row in drafts[:SHOWN]
    ]
    open_ = Q(subjects__state__in=[Subject.State.OPEN, Subject.State.RETURNED])
    closing = (
        rows.filter(
            state=Campaign.State.RUNNING,
            phases__kind=Phase.Kind.SELF,
            phases__closes_on__lte=timezone.localdate() + SOON,
        )
        .annotate(last=F("phases__closes_on"), waiting=Count("subjects", filter=open_, distinct=True))
        .filter(waiting__gt=0)
        .order_by("last", "pk")
    )
    press = [
        Todo(
            row.title,
            f"{reverse('evaluations:campaign_subjects', args=[row.pk])}?state=open",
            f"{row.waiting} 个单位没有提交自评",
            row.last,
            act="催报",
        )
        for row in closing[:SHOWN]
    ]
    return [
        TodoGroup("待启动的督导项目", "player-play", ready, drafts.count(), f"{here}?state=draft"),
        TodoGroup("自评即将截止", "alarm", press, closing.count(), f"{here}?state=running"),
    ]
