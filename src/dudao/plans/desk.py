"""The work plan on the shared pages. What waits: rows of one's own units to report on, rows one's offices handed down to judge.

A row is *mine to do* when its unit is one that I report for, *mine to judge* when one of my offices handed it down.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry, Figure, Found, Hit, found
from dudao.core.ui.parts import Todo
from dudao.core.waiting import MOST, SHOWN, Kind, Pile
from dudao.people.queries import nobody_at
from dudao.plans.models import Assignment, Task, WorkPlan
from dudao.plans.queries import lights_on
from dudao.plans.queries.assignments import mine
from dudao.plans.queries.counts import counted
from dudao.plans.queries.overview import light_figures
from dudao.plans.queries.tasks import found_by

_State = Assignment.State
_ASSIGNMENTS: QuerySet[Any] = Assignment.objects.select_related("unit", "task__plan__unit", "upper__unit")
_PLANS: QuerySet[Any] = WorkPlan.objects.select_related("unit")


def plan_piles(actor: Actor) -> list[Pile]:
    piles = []
    if actor.may_somewhere("assignment.report"):
        rows = Assignment.objects.visible_to(actor, "assignment.view").filter(mine(actor))
        kinds = (
            _kind("退回修改", "arrow-back-up", _State.RETURNED, "修改后再报", page="plans:row_report"),
            _kind("待签收", "signature", _State.ISSUED, "签收", page="plans:row_sign"),
            _kind("正在办理", "progress", _State.WORKING, "报送进展", page="plans:row_report"),
        )
        piles.append(Pile(rows, kinds, ("deadline",), _ASSIGNMENTS))
    if actor.may_somewhere("assignment.confirm"):
        handed = _handed_down(actor)
        rows = (
            Assignment.objects.visible_to(actor, "assignment.confirm").filter(handed).exclude(reported_by=actor.id or 0)
        )
        kind = _kind("待确认", "clipboard-check", _State.REPORTED, "审核")
        piles.append(Pile(rows, (kind,), ("deadline",), _ASSIGNMENTS))
        rows = Assignment.objects.visible_to(actor, "assignment.confirm").filter(handed, nobody_at("assignment.report"))
        rows = rows.filter(state__in=[_State.ISSUED, _State.WORKING, _State.RETURNED])
        kind = Kind(
            "承办单位没有账号",
            "user-question",
            f"{reverse('plans:assignments')}?scope=direct",
            _row("联系单位或建账号", ""),
        )
        piles.append(Pile(rows, (kind,), ("deadline",), _ASSIGNMENTS))
        rows = Assignment.objects.visible_to(actor, "assignment.close").filter(handed)
        kind = _kind("待销号", "checks", _State.CONFIRMED, "销号")
        piles.append(Pile(rows, (kind,), ("deadline",), _ASSIGNMENTS))
    if actor.may_somewhere("task.hand_down"):
        tasks = Task.objects.visible_to(actor, "task.hand_down")
        tasks = tasks.filter(state=Task.State.DRAFT, plan__state=WorkPlan.State.PUBLISHED)
        url = f"{reverse('plans:tasks')}?state=draft"
        piles.append(Pile(tasks, (Kind("待下达", "send", url),), listed=lambda: _by_plan(tasks)))
    if actor.may_somewhere("plan.publish"):
        drafts = WorkPlan.objects.visible_to(actor, "plan.publish").filter(state=WorkPlan.State.DRAFT)
        kind = Kind("待发布的计划", "file-check", reverse("plans:plans"), _draft)
        piles.append(Pile(drafts, (kind,), ("-year",), _PLANS))
    return piles


def pressing(actor: Actor, own: bool, until: date) -> Pile:
    """Open rows that are late or due by a day: one's own, or all that were handed down."""
    rows = Assignment.objects.visible_to(actor, "assignment.view")
    rows = rows.filter(deadline__lte=until, state__in=[_State.ISSUED, _State.WORKING, _State.RETURNED])
    rows = rows.filter(mine(actor) if own else counted(actor))
    kind = Kind("临近和逾期", "calendar-due", reverse("plans:assignments"), _due, shown=MOST)
    return Pile(rows, (kind,), ("deadline",), _ASSIGNMENTS)


def _handed_down(actor: Actor) -> Q:
    found = Q()
    for path in actor.paths("assignment.confirm"):
        found |= Q(upper__unit__path=path) | Q(upper__isnull=True, task__plan__unit__path__startswith=path)
    return found


def _kind(title: str, icon: str, state: str, act: str, *, page: str = "") -> Kind:
    """``page``: where one's own unit acts on a row."""
    url = f"{reverse('plans:assignments')}?scope={'mine' if page else 'all'}&state={state}"
    return Kind(title, icon, url, _row(act, page), Q(state=state))


def _row(act: str, page: str) -> Callable[[Assignment], Todo]:
    def todo(row: Assignment) -> Todo:
        note = f"{row.issuer}下达" if page else str(row.unit)
        url = reverse(page, args=[row.pk]) if page else row.get_absolute_url()
        return Todo(f"{row.task.code} {row.task.title}", url, note, row.deadline, act=act, done_on=row.finished_on)

    return todo


def _due(row: Assignment) -> Todo:
    return Todo(row.task.title, row.get_absolute_url(), str(row.unit), row.deadline, act="", done_on=row.finished_on)


def _draft(plan: WorkPlan) -> Todo:
    return Todo(str(plan), plan.get_absolute_url(), f"{plan.year}年 · 校对后发布", act="校对")


def _by_plan(tasks: QuerySet[Any]) -> list[Todo]:
    found = tasks.order_by("plan").values("plan_id", "plan__title").annotate(n=Count("pk", distinct=True))
    return [
        Todo(
            f"还有 {row['n']} 项任务没有下达",
            f"{reverse('plans:tasks')}?plan={row['plan_id']}&state=draft",
            row["plan__title"],
            act="去下达",
        )
        for row in found[:SHOWN]
    ]


def reports_own(actor: Actor, menu: str) -> bool:
    """Whoever judges sees what was handed down; whoever only reports, and a county, sees their own."""
    return menu == "county" or (
        actor.may_somewhere("assignment.report") and not actor.may_somewhere("assignment.confirm")
    )


def _lights(actor: Actor, menu: str, today: date) -> list[Figure]:
    if not actor.may_somewhere("assignment.view"):
        return []
    return light_figures(actor, lights_on(today), reports_own(actor, menu))


def find(actor: Actor, text: str) -> Found | None:
    return found("任务", "list-details", found_by(actor, text), _hit, reverse("plans:tasks"))


def _hit(task: Task) -> Hit:
    note = f"{task.plan} · {task.point.section}"
    return Hit(f"{task.code} {task.title}", task.get_absolute_url(), note, task.get_state_display())


def _entry(label: str, icon: str, page: str, verb: str, *below: Entry) -> Entry:
    return Entry(label, icon, f"plans:{page}", verb, below=below)


_YEARS = _entry("年度计划", "calendar-stats", "plans", "plan.view")
_TASKS = _entry("任务台账", "list-details", "tasks", "task.view")
_OWN = _entry("承办情况", "clipboard-list", "assignments", "assignment.view")
_MATRIX = _entry("进展矩阵", "table", "matrix", "assignment.view")
_LIGHTS = _entry("亮灯规则", "bulb", "lights", "lights.edit")
_WORK = ("计划任务", "clipboard-list", "assignments", "assignment.view")
DESK = Desk(
    menu=(
        (10, (("office",), _entry("年度计划", "calendar-stats", "plans", "plan.view", _YEARS, _TASKS, _OWN, _MATRIX, _LIGHTS))),
        (10, (("county",), _entry(*_WORK, _OWN, _TASKS, _YEARS))),
        (10, (("leader",), _entry("督办", "bell-ringing", "assignments", "assignment.view"))),
        (11, (("leader",), _entry("计划", "calendar-stats", "plans", "plan.view"))),
        (45, (("school",), _entry(*_WORK))),
        (45, (("inspector",), _entry("计划任务", "clipboard-list", "tasks", "task.view"))),
    ),
    waiting=((10, plan_piles),),
    search=((20, find),),
    figures=((10, _lights),),
)  # fmt: skip
