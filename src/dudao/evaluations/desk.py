"""Evaluations on the shared pages. What waits for an office: campaigns to start and to press; for a unit: its self-evaluation to
write and to put right; for who checks or reviews: what was handed in.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry, Section
from dudao.core.ui.parts import Todo
from dudao.core.waiting import SHOWN, Kind, Pile
from dudao.evaluations.models import Campaign, Part, Phase, Review, Subject
from dudao.evaluations.queries import parts as part_reads
from dudao.evaluations.queries import reviewing as review_reads
from dudao.evaluations.queries.answering import mine, to_check, window_of
from dudao.evaluations.queries.campaigns import of_own_offices, seen
from dudao.evaluations.queries.overview import evaluating
from dudao.evaluations.rules import Rules
from dudao.people.queries import nobody_at
from dudao.visits.desk import VISITS

SOON = timedelta(7)
_LATE = [Subject.State.OPEN, Subject.State.RETURNED]
_SUBJECTS: QuerySet[Any] = Subject.objects.select_related("unit", "campaign__office").prefetch_related(
    "campaign__phases"
)
_PARTS: QuerySet[Any] = Part.objects.select_related("unit", "subject__unit", "subject__campaign").defer("content")
_REVIEWS: QuerySet[Any] = Review.objects.select_related("subject__campaign", "reviewer")


# --- campaigns ---------------------------------------------------------------------------------------------------


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
    offices = of_own_offices(actor, "subject__campaign__")
    alone = Subject.objects.filter(of_own_offices(actor, "campaign__"), nobody_at("evaluation.fill"), state__in=_LATE)
    alone = alone.filter(campaign__state=Campaign.State.RUNNING)
    parts = Part.objects.filter(offices, nobody_at("part.fill"), state__in=[Part.State.OPEN, Part.State.RETURNED])
    parts = parts.filter(subject__campaign__state=Campaign.State.RUNNING, subject__state__in=_LATE)
    return [
        Pile(drafts, (ready,), listed=lambda: _ready(drafts)),
        Pile(closing, (press,), listed=lambda: _closing(closing)),
        Pile(alone, (Kind("自评单位没有填报人", "user-question", here, _without_people),), ("pk",), _SUBJECTS),
        Pile(parts, (Kind("分工单位没有填报人", "user-question", here, _part_without_people),), ("pk",), _PARTS),
    ]


def _without_people(row: Subject) -> Todo:
    return Todo(row.label, row.get_absolute_url(), f"{row.campaign.title}，单位没有账号", act="建账号或代填")


def _part_without_people(row: Part) -> Todo:
    return Todo(
        str(row.unit), row.get_absolute_url(), f"{row.subject.campaign.title}，单位没有账号", act="建账号或改分工"
    )


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


# --- self-evaluations --------------------------------------------------------------------------------------------


def answering_piles(actor: Actor) -> list[Pile]:
    piles = []
    if actor.may_somewhere("evaluation.fill"):
        here, state = reverse("evaluations:answers"), Subject.State
        kinds = (
            Kind("自评退回修改", "arrow-back-up", f"{here}?state=returned", _correct, Q(state=state.RETURNED)),
            Kind("自评待填报", "pencil", f"{here}?state=open", _fill, Q(state=state.OPEN)),
        )
        piles.append(
            Pile(mine(actor).filter(campaign__state=Campaign.State.RUNNING), kinds, ("campaign__year",), _SUBJECTS)
        )
    if actor.may_somewhere("part.fill"):
        parts = part_reads.mine(actor).filter(
            subject__campaign__state=Campaign.State.RUNNING,
            subject__state__in=[Subject.State.OPEN, Subject.State.RETURNED],
        )
        url = reverse("evaluations:parts")
        back, waiting = Q(state=Part.State.RETURNED), Q(state=Part.State.OPEN)
        kinds = (
            Kind("自评分工退回修改", "arrow-back-up", f"{url}?state=returned", _correct_part, back),
            Kind("自评分工待填报", "users", f"{url}?state=open", _fill_part, waiting),
        )
        piles.append(Pile(parts, kinds, ("due_on",), _PARTS))
    if actor.may_somewhere("part.merge"):
        kind = Kind("成员单位交来待汇总", "checks", "", _merge)
        piles.append(Pile(part_reads.handed_in(actor), (kind,), ("submitted_at",), _PARTS))
    if actor.may_somewhere("evaluation.accept"):
        kind = Kind("自评待核查", "clipboard-check", f"{reverse('evaluations:checks')}?scope=desk", _check)
        piles.append(Pile(to_check(actor), (kind,), ("submitted_at",), _SUBJECTS))
    return piles


def _own(row: Subject, act: str) -> Todo:
    window = window_of(row)
    wants_report = Rules.of(row.campaign.rules).self_report and row.report_id is None
    note = f"{row.campaign.office}，已填 {row.filled}/{row.expected}" + ("，另需上传自评报告" if wants_report else "")
    return Todo(row.campaign.title, row.get_absolute_url(), note, window.last if window is not None else None, act=act)


def _fill(row: Subject) -> Todo:
    return _own(row, "填报")


def _correct(row: Subject) -> Todo:
    return _own(row, "修改后再交")


def _own_part(row: Part, act: str) -> Todo:
    note = f"{row.subject.unit}，已填 {row.filled}/{row.expected}"
    return Todo(row.subject.campaign.title, row.get_absolute_url(), note, row.due_on, act=act)


def _fill_part(row: Part) -> Todo:
    return _own_part(row, "填报")


def _correct_part(row: Part) -> Todo:
    return _own_part(row, "修改后再交")


def _merge(row: Part) -> Todo:
    return Todo(str(row.unit), row.get_absolute_url(), row.subject.campaign.title, act="汇总")


def _check(row: Subject) -> Todo:
    return Todo(row.label, row.get_absolute_url(), row.campaign.title, act="核查")


# --- reviews -----------------------------------------------------------------------------------------------------


def review_piles(actor: Actor) -> list[Pile]:
    piles = []
    running = {"subject__campaign__state": Campaign.State.RUNNING}
    if actor.may_somewhere("review.mark"):
        rows = review_reads.mine(actor).filter(state=Review.State.ASSIGNED, **running)
        kind = Kind("网上评审待评", "eye-check", f"{reverse('evaluations:reviews')}?state=assigned", _review)
        piles.append(Pile(rows, (kind,), ("due_on",), _REVIEWS))
    if actor.may_somewhere("review.assign"):
        rows = review_reads.seen(actor).filter(state=Review.State.HANDED_BACK, **running)
        kind = Kind("评审任务待改派", "replace", reverse("evaluations:campaigns"), _back)
        piles.append(Pile(rows, (kind,), read=_REVIEWS))
    return piles


def _review(row: Review) -> Todo:
    note = f"{row.subject.campaign.title}，已评 {row.marked}/{row.expected}"
    return Todo(row.subject.label, row.get_absolute_url(), note, row.due_on, act="评审")


def _back(row: Review) -> Todo:
    url = reverse("evaluations:review_reassign", args=[row.pk])
    return Todo(row.subject.label, url, f"{row.reviewer.name}交回：{row.reason}", row.due_on, act="改派")


_CAMPAIGNS = Entry("督导项目", "clipboard-list", "evaluations:campaigns", "campaign.view")
_CHECKS = Entry("自评核查", "clipboard-check", "evaluations:checks", "evaluation.accept")
_ANSWERS = Entry("自评填报", "pencil", "evaluations:answers", "evaluation.fill")
_OWN_PARTS = Entry("自评分工", "users", "evaluations:parts", "part.fill")
_ONLINE = Entry("网上评审", "eye-check", "evaluations:reviews", "review.mark")

DESK = Desk(
    menu=(
        (
            20,
            (
                ("office", "county", "leader"),
                Entry(
                    _CAMPAIGNS.label,
                    "clipboard-text",
                    _CAMPAIGNS.name,
                    _CAMPAIGNS.verb,
                    below=(_CAMPAIGNS, _CHECKS, _ANSWERS, _OWN_PARTS, _ONLINE, VISITS),
                ),
            ),
        ),
        (20, (("school",), _ANSWERS)),
        (20, (("inspector",), _ONLINE)),
    ),
    waiting=((30, campaign_piles), (30, answering_piles), (35, review_piles)),
    overview=((20, Section("evaluations/overview.html", evaluating)),),
)
