"""How the evaluations of the leader's region stand: those under way with their next day, and the last results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Avg, Count, Max, Min, OuterRef, Q, Subquery

from dudao.calc.rounding import round_half_up
from dudao.core.access import Actor
from dudao.core.ui.formats import date_cn
from dudao.core.ui.parts import State
from dudao.evaluations.flow import CAMPAIGN
from dudao.evaluations.models import Campaign, Phase, Result, ScoreSheet, Subject
from dudao.evaluations.queries.campaigns import counted, seen

MOST = 8
RECENT = 2
_State = Campaign.State


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One campaign: how many handed in, and either its next day or what came out."""

    title: str
    url: str
    state: State
    total: int
    handed_in: int
    late: int
    words: str

    @property
    def done_words(self) -> str:
        return f"{self.handed_in}/{self.total}"


def evaluating(actor: Actor, today: date) -> list[Evaluation]:
    """Under way first, then the last published ones, of the offices in which one is appointed. Four queries."""
    if not actor.may_somewhere("result.view"):
        return []
    rows = counted(seen(actor).filter(office__path__in=actor.paths("result.view"))).annotate(
        late=Count("subjects", filter=Q(subjects__late=True) & ~Q(subjects__state=Subject.State.OUT))
    )
    going = list(
        rows.filter(state__in=[_State.RUNNING, _State.DECIDING, _State.PUBLICISED]).order_by("-year", "-pk")[:MOST]
    )
    done = list(rows.filter(state__in=[_State.PUBLISHED, _State.ARCHIVED]).order_by("-published_at")[:RECENT])
    days = _next_days(going, today)
    results = _results(done)
    return [_line(row, days.get(row.pk, "")) for row in going] + [_line(row, results.get(row.pk, "")) for row in done]


def _line(row: Campaign, words: str) -> Evaluation:
    return Evaluation(
        row.title,
        row.get_absolute_url(),
        CAMPAIGN.states[row.state],
        row.total,  # type: ignore[attr-defined]
        row.handed,  # type: ignore[attr-defined]
        row.late,  # type: ignore[attr-defined]
        words,
    )


def _next_days(campaigns: Sequence[Campaign], today: date) -> dict[int, str]:
    """«自查自评到2026年12月6日，还剩 9 天»: the phase that ends next."""
    found: dict[int, str] = {}
    phases = Phase.objects.filter(campaign__in=campaigns, opens_on__lte=today, closes_on__gte=today)
    for phase in phases.order_by("closes_on", "pk"):
        left = (phase.closes_on - today).days
        ends = f"还剩 {left} 天" if left else "今天截止"
        found.setdefault(phase.campaign_id, f"{phase.title}到{date_cn(phase.closes_on)}，{ends}")
    return found


def _results(campaigns: Sequence[Campaign]) -> dict[int, str]:
    """«平均 92.11 分，最高 98.35，最低 84.74»."""
    last = ScoreSheet.objects.filter(campaign=OuterRef("sheet__campaign"), purpose=ScoreSheet.Purpose.FINAL)
    rows = (
        Result.objects.filter(sheet__campaign__in=campaigns, total__isnull=False)
        .filter(sheet=Subquery(last.order_by("-number").values("pk")[:1]))
        .order_by()
        .values("sheet__campaign")
        .annotate(mean=Avg("total"), best=Max("total"), worst=Min("total"))
    )
    return {
        row["sheet__campaign"]: f"平均 {_two(row['mean'])} 分，最高 {_two(row['best'])}，最低 {_two(row['worst'])}"
        for row in rows
    }


def _two(value: Decimal) -> str:
    return f"{round_half_up(value, 2)}"
