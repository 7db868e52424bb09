"""What an office has to do about its own campaigns: start what is ready, press where the self-evaluation is about to close."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.waiting import SHOWN, Kind, Pile
from dudao.evaluations.models import Campaign, Phase, Subject
from dudao.evaluations.queries.campaigns import of_own_offices, seen

SOON = timedelta(7)
_LATE = [Subject.State.OPEN, Subject.State.RETURNED]


def campaign_piles(actor: Actor) -> list[Pile]:
    """Two kinds, of the campaigns of one's own offices only."""
    if not actor.may_somewhere("campaign.start"):
        return []
    rows = seen(actor).filter(of_own_offices(actor))
    here = reverse("evaluations:campaigns")
    drafts = rows.filter(state=Campaign.State.DRAFT)
    closing = rows.filter(
        Exists(Subject.objects.filter(campaign=OuterRef("pk"), state__in=_LATE)),
        state=Campaign.State.RUNNING,
        phases__kind=Phase.Kind.SELF,
        phases__closes_on__lte=timezone.localdate() + SOON,
    )
    ready = Kind("待启动的督导项目", "player-play", f"{here}?state=draft")
    press = Kind("自评即将截止", "alarm", f"{here}?state=running")
    return [
        Pile(drafts, (ready,), listed=lambda: _ready(drafts)),
        Pile(closing, (press,), listed=lambda: _closing(closing)),
    ]


def _ready(drafts: QuerySet[Any]) -> list[Todo]:
    return [
        Todo(row.title, row.get_absolute_url(), "核对阶段、规则和对象，试评后启动", row.begins, act="启动")
        for row in drafts.annotate(begins=Min("phases__opens_on")).order_by("begins", "pk")[:SHOWN]
    ]


def _closing(campaigns: QuerySet[Any]) -> list[Todo]:
    late = Count("subjects", filter=Q(subjects__state__in=_LATE), distinct=True)
    return [
        Todo(
            row.title,
            f"{reverse('evaluations:campaign_subjects', args=[row.pk])}?state=open",
            f"{row.waiting} 个单位没有提交自评",
            row.last,
            act="催报",
        )
        for row in campaigns.annotate(last=F("phases__closes_on"), waiting=late).order_by("last", "pk")[:SHOWN]
    ]
