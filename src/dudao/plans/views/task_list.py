"""The list of tasks: by plan, section, light and deadline, with what may be done to many at once."""

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.views.decorators.http import require_http_methods

from dudao.core.keys import number_in
from dudao.core.lights import LIGHTS
from dudao.core.ui.acting import actor_of
from dudao.core.ui.filters import Chips, Choice, DateRange, Search, YesNo
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import RowLink
from dudao.core.ui.templatetags.ui import badge, deadline, progress
from dudao.plans.flow import TASK
from dudao.plans.models import Task
from dudao.plans.presets.chains import KINDS
from dudao.plans.queries import tasks as reads
from dudao.plans.queries.units import units_leading
from dudao.plans.views.common import allow_export, exported, lights_of, today


def _tallied(rows: list[Any], request: HttpRequest) -> None:
    reads.attach_tallies(rows, actor_of(request), lights_of(request))


def _done(task: Any) -> Any:
    tally = task.tally
    return (
        progress(tally.done, tally.rows, "green" if tally.done == tally.rows else "blue", f"{tally.done}/{tally.rows}")
        if tally.rows
        else None
    )


def light_counts(tally: Any) -> list[tuple[Any, int]]:
    """The lights of some rows with their numbers, the most urgent first."""
    return [(state, tally.lights[key]) for key, state in LIGHTS.items() if tally.lights.get(key)]


def _lights_cell(task: Any) -> Any:
    return format_html_join(
        " ", "{}", ((badge(f"{state.word} {count}", state.tone),) for state, count in light_counts(task.tally))
    )


def _lights_words(task: Any) -> str:
    return "、".join(f"{state.word}{count}" for state, count in light_counts(task.tally))


def _due(task: Any) -> Any:
    return deadline(task.deadline, finished_on(task, task.tally))


def finished_on(task: Any, tally: Any) -> Any:
    """The day on which the last unit finished, once all have: that, not the day of closing, tells whether it was in time."""
    done = tally.rows and tally.done == tally.rows
    return tally.finished_on if done or task.state == Task.State.CLOSED else None


def _plans(request: HttpRequest) -> list[tuple[int, str]]:
    return [(plan.pk, f"{plan.year}年 {plan}") for plan in reads.plans_seen(actor_of(request))]


def _menu(task: Any, request: HttpRequest) -> list[RowLink]:
    actor = actor_of(request)
    links = [RowLink("查看", task.get_absolute_url(), "eye")]
    if task.state == Task.State.DRAFT and actor.may("task.edit", task.place):
        links.append(RowLink("修改", reverse("plans:task_edit", args=[task.pk]), "pencil"))
        links.append(RowLink("拆分", reverse("plans:task_split", args=[task.pk]), "arrows-split-2"))
    if actor.may_somewhere("task.hand_down"):
        denied = TASK.why_not(task, "task.hand_down", actor)
        why = denied.reason if denied is not None else ""
        links.append(RowLink("下达", reverse("plans:hand_down", args=[task.pk]), "send", denied=why))
    return links


def _bulk(request: HttpRequest) -> list[BulkAction]:
    if not actor_of(request).may_somewhere("task.merge"):
        return []
    words = "所选草稿会并入排在最前的一条，其余作废；时限取最晚的一个。已下达的任务不能合并。"
    return [
        BulkAction("下达", reverse("plans:hand_down_many"), "send"),
        BulkAction("批量设置", reverse("plans:tasks_edit"), "pencil"),
        BulkAction("合并草稿", reverse("plans:task_merge"), "arrow-merge", confirm=words),
    ]


TASKS = Listing(
    key="tasks",
    columns=[
        Column(
            "title",
            "任务",
            lambda task: f"{task.code} {task.title}",
            link=lambda task: task.get_absolute_url(),
            sub=lambda task: str(task.point.section) or str(task.plan),
            sort=("sort_no", "id"),
        ),
        Column("kind", "工作类型", lambda task: KINDS.get(task.kind), optional=True, hidden=True, sort="kind"),
        Column("lead", "牵头单位", lambda task: str(task.lead) if task.lead else None, sort="lead__sort_no", optional=True),
        Column("target", "目标", "target_text", optional=True),
        Column("done", "已完成单位", lambda task: task.tally.done, show=_done, numeric=True),
        Column("lights", "亮灯", _lights_words, show=_lights_cell),
        Column("state", "状态", lambda task: TASK.states[task.state], sort="state", nowrap=True),
        Column("deadline", "完成时限", "deadline", show=_due, sort="deadline", nowrap=True),
    ],
    filters=[
        Search(["title", "code", "text"], "任务名称、编号或内容"),
        Choice("plan", "年度计划", _plans),
        Choice("section", "部分", lambda request: reads.sections_seen(actor_of(request)), lookup="point__section"),
        Choice("light", "亮灯", [(key, state.word) for key, state in LIGHTS.items()], apply=lambda rows, light: rows),
        DateRange("deadline", "完成时限"),
        Choice("lead", "牵头单位", lambda request: [(unit.pk, str(unit)) for unit in units_leading(actor_of(request))]),
        Choice("kind", "工作类型", list(KINDS.items())),
        YesNo("withdrawn", "已撤回", where=Q(state=Task.State.WITHDRAWN)),
    ],
    chips=Chips.of_states("state", {key: state for key, state in TASK.states.items() if key != Task.State.WITHDRAWN}),
    order=["plan_id", "sort_no"],
    prepare=_tallied,
    row_menu=_menu,
    bulk=_bulk,
    export_name="任务列表",
    export=exported,
    export_label="导出列表",
    empty=Empty("没有下达到本单位的任务", "上级下达的任务会出现在这里。", icon="list-details"),
)  # fmt: skip


_DRAFTING = replace(
    TASKS,
    empty=Empty(
        "还没有任务", "年度计划发布后，可以按要点和事项一次生成任务草稿，补上责任和时限后下达。", icon="list-details"
    ),
)


def task_rows(request: HttpRequest) -> Any:
    """The tasks of the list; withdrawn ones are counted nowhere and shown when asked for.

    The choice of a light is applied here, where the lights of today are known.
    """
    rows = reads.tasks(actor_of(request))
    if request.GET.get("withdrawn") != "1":
        rows = rows.exclude(state=Task.State.WITHDRAWN)
    light = request.GET.get("light", "")
    if light in LIGHTS:
        rows = rows.filter(reads.having_light(actor_of(request), lights_of(request), light))
    return rows


@require_http_methods(["GET", "POST"])
def task_list(request: HttpRequest) -> HttpResponse:
    allow_export(request)
    actor = actor_of(request)
    plan = reads.current_plan(actor, today(), number_in(request.GET.get("plan")))
    drafting = plan is not None and actor.may("task.create", plan.unit.path) and plan.state != "discarded"
    return (_DRAFTING if actor.may_somewhere("task.create") else TASKS).respond(
        request,
        task_rows(request),
        title="任务台账",
        template="plans/task/list.html",
        plan=plan,
        drafting=drafting,
        primary=("新建任务", reverse("plans:task_new", args=[plan.pk]), "plus") if plan and drafting else None,
    )
