"""Pages of tasks: the list, one task with its rows, drafting, splitting, merging, handing down."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.ui.filters import Chips, Choice, DateRange, Search
from dudao.core.ui.forms import Form, form_page, refused
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink, stages
from dudao.core.ui.templatetags.ui import badge, deadline, progress
from dudao.plans.actions import tasks as acts
from dudao.plans.actions.handing import hand_down, hand_down_many
from dudao.plans.flow import TASK
from dudao.plans.forms.tasks import HandDownForm, SplitForm, TaskForm, TasksForm
from dudao.plans.gantt import chart_of
from dudao.plans.labels import LIGHTS, TASK_LINE, TASK_STATES
from dudao.plans.models import Task, WorkPlan
from dudao.plans.presets.chains import KINDS
from dudao.plans.queries import RowFilter
from dudao.plans.queries import tasks as reads
from dudao.plans.queries.schedule import plan_of
from dudao.plans.queries.suggestions import recipients_suggested
from dudao.plans.queries.units import having, units_leading
from dudao.plans.views.assignments import LIGHT_CHIPS, ROWS, attach_lights, listed
from dudao.plans.views.common import (
    actor_of,
    allow_export,
    bare_form,
    exported,
    lights_of,
    may_anywhere,
    not_now,
    plan_crumbs,
    refusals,
    task_or_404,
    today,
)

__all__ = [
    "hand_down_page", "make_tasks", "task_edit", "task_list", "task_merge", "task_new", "task_page", "task_split", "task_step",
]  # fmt: skip


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
        Column("state", "状态", lambda task: TASK_STATES[task.state], sort="state", nowrap=True),
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
    ],
    chips=Chips.of_states("state", TASK_STATES),
    order=["plan_id", "sort_no"],
    prepare=_tallied,
    row_menu=_menu,
    bulk=_bulk,
    export_name="任务台账",
    export=exported,
    empty=Empty("还没有任务", "年度计划发布后，可以按要点和事项一次生成任务草稿，补上责任和时限后下达。", icon="list-details"),
)  # fmt: skip


def _task_rows(request: HttpRequest) -> Any:
    """The tasks of the list. The choice of a light is applied here, where the lights of today are known."""
    rows = reads.tasks(actor_of(request))
    light = request.GET.get("light", "")
    if light in LIGHTS:
        rows = rows.filter(reads.having_light(actor_of(request), lights_of(request), light))
    return rows


@require_http_methods(["GET", "POST"])
def task_list(request: HttpRequest) -> HttpResponse:
    allow_export(request)
    actor = actor_of(request)
    plan = reads.current_plan(actor, today(), _number(request.GET.get("plan")))
    drafting = plan is not None and actor.may("task.create", plan.unit.path) and plan.state != "discarded"
    return TASKS.respond(
        request,
        _task_rows(request),
        title="任务台账",
        template="plans/task/list.html",
        plan=plan,
        drafting=drafting,
        primary=("新建任务", reverse("plans:task_new", args=[plan.pk]), "plus") if plan and drafting else None,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


@require_http_methods(["GET", "POST"])
def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what is wanted, the schedule, and the row of every unit with its light."""
    allow_export(request)
    task = task_or_404(request, pk)
    actor = actor_of(request)
    rows = listed(request, RowFilter(task=task.pk))
    if request.headers.get("HX-Target") == TASK_ROWS.region or request.method == "POST":
        return TASK_ROWS.respond(request, rows, title=str(task))
    plan = plan_of(task)
    tally = reads.tally_of(rows)
    partners = list(task.partners.all())
    context = {
        "task": task,
        "state": TASK_STATES[task.state],
        "kind": KINDS.get(task.kind),
        "line": stages(TASK_LINE, task.state),
        "crumbs": plan_crumbs(task.plan, Crumb(task.code)),
        "buttons": [button for button in TASK.available(task, actor) if button.step.verb != "task.hand_down"],
        "links": _links(task, actor),
        "list": TASK_ROWS.page(request, rows),
        "tally": tally,
        "lights": light_counts(tally),
        "partners": "、".join(str(unit) for unit in partners),
        "chart": chart_of(plan, today(), width=NARROW) if plan else None,
        "plan": plan,
        "dated": list(zip(plan.steps, plan.schedule.steps, strict=True)) if plan else [],
        "marks": actor.may("task.step_done", task.place),
        "finished_on": finished_on(task, tally),
        "events": audit.history(task),
        "today": today(),
    }
    return render(request, "plans/task/page.html", context)


NARROW = 600.0
"""The chart's share beside the history at 1366 pixels."""

TASK_ROWS = Listing(
    key="task-rows",
    columns=[
        Column("unit", "承办单位", lambda row: str(row.unit), link=lambda row: row.get_absolute_url(),
               sub=lambda row: f"{row.upper.unit}转办" if row.upper else "", sort=("unit__sort_no", "unit__sort_key")),
        *[column for column in ROWS.columns if column.key not in {"task", "unit"}],
    ],
    filters=[
        Search(["unit__name", "unit__short_name", "unit__initials"], "单位"),
        *(item for item in ROWS.filters if item.name == "state"),
    ],
    chips=LIGHT_CHIPS,
    order=["unit__sort_no", "unit__sort_key"],
    prepare=attach_lights,
    row_menu=ROWS.row_menu,
    export_name="各单位进展",
    export=exported,
    empty=Empty("还没有下达", "下达后每个单位有自己的一行：签收、进展、佐证、确认和销号都记在这里。", icon="send"),
)  # fmt: skip


def _links(task: Task, actor: Any) -> list[tuple[str, str, str, bool, str]]:
    """Acts with a page of their own: (word, address, icon, primary, why not)."""
    links = []
    draft = task.state == Task.State.DRAFT
    fixed = "" if draft else "任务已经下达，内容不能再改；时限可以在各单位的页面上延期。"
    undated = "" if task.deadline else "还没有完成时限，先修改任务，填写时限。"
    for verb, name, word, icon, primary, why in (
        ("task.edit", "plans:task_edit", "修改", "pencil", False, fixed),
        ("task.split", "plans:task_split", "拆分", "arrows-split-2", False, fixed),
        ("task.schedule", "plans:schedule", "倒排工期", "timeline", False, undated),
    ):  # fmt: skip
        if actor.may(verb, task.place) and task.state in {Task.State.DRAFT, Task.State.ISSUED}:
            links.append((word, reverse(name, args=[task.pk]), icon, primary, why))
    if actor.may_somewhere("task.hand_down") and task.state in TASK.step("task.hand_down").sources:
        denied = TASK.why_not(task, "task.hand_down", actor)
        word = "下达" if draft else "补充下达"
        links.append(
            (
                word,
                reverse("plans:hand_down", args=[task.pk]),
                "send",
                True,
                denied.reason if denied is not None else "",
            )
        )
    return links


@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest, plan_pk: int) -> HttpResponse:
    actor = actor_of(request)
    plan = reads.plan_for(actor, plan_pk, "task.create")
    if plan is None:
        raise Http404
    points = list(reads.points_of(plan))
    form = TaskForm(
        request.POST or None, plan=plan, points=points, day=today(), initial={"source": request.GET.get("from", "")}
    )
    if request.method == "POST" and form.is_valid():
        task = refused(form, lambda: _create(actor, form, points))
        if task is not None:
            messages.success(request, f"已新建任务“{task.title}”，核对后可以下达。")
            return redirect(task)
    crumbs = plan_crumbs(plan, Crumb("新建任务"))
    return form_page(request, form, title="新建任务", save="保存任务", crumbs=crumbs, cancel_url=reverse("plans:tasks"))


_NEW = ("title", "text", "kind", "lead", "partners", "responsible", "starts", "deadline", "evidence_wanted")


def _create(actor: Any, form: TaskForm, points: list[Any]) -> Task:
    sort, _, key = form.cleaned_data["source"].partition("-")
    point = item = None
    for candidate in points:
        if sort == "point" and str(candidate.pk) == key:
            point = candidate
        for one in candidate.items.all():
            if sort == "item" and str(one.pk) == key:
                point, item = candidate, one
    values = form.values
    return acts.create_task(
        actor,
        point=point,
        item=item,
        target=form.target,
        token=form.token,
        **{name: values[name] for name in _NEW},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    actor = actor_of(request)
    actor.require("task.edit", task.place)
    initial = {name: getattr(task, name) for name in acts.EDITABLE} | {"partners": list(task.partners.all())}
    form = TaskForm(request.POST if request.method == "POST" else None, plan=task.plan, day=today(), initial=initial)
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.edit_task(actor, task=task, token=form.token, **form.columns))
        if done is not None:
            messages.success(request, "已保存。")
            return redirect(task)
    elif request.method == "GET" and task.state != Task.State.DRAFT:
        words = f"任务“{task.get_state_display()}”，内容不能再改；时限可以逐个单位延期。"
        return not_now(request, Denied(words, "task.edit"), task)
    crumbs = plan_crumbs(task.plan, Crumb(task.code, task.get_absolute_url()))
    return form_page(
        request, form, title=f"修改任务 {task.code}", save="保存", crumbs=crumbs, cancel_url=task.get_absolute_url()
    )


@require_http_methods(["GET", "POST"])
def task_split(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    actor = actor_of(request)
    actor.require("task.split", task.place)
    form = SplitForm(
        request.POST if request.method == "POST" else None, initial={"parts": task.text.replace("\n", "\n\n")}
    )
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: acts.split_task(actor, task=task, parts=form.texts, token=form.token))
        if not form.errors:
            messages.success(request, f"已拆分为 {len(made or form.texts)} 条任务。")
            return redirect(f"{reverse('plans:tasks')}?plan={task.plan_id}&section={task.point.section_id}")
    crumbs = plan_crumbs(task.plan, Crumb(task.code, task.get_absolute_url()))
    return form_page(
        request, form, title=f"拆分任务 {task.code}", save="拆分", crumbs=crumbs, cancel_url=task.get_absolute_url()
    )


@require_POST
def task_merge(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "task.merge")
    chosen = list(TASKS.chosen(request, _task_rows(request)))
    back = redirect(f"{reverse('plans:tasks')}?{request.GET.urlencode()}")
    form = bare_form()
    merged = refused(form, lambda: acts.merge_tasks(actor_of(request), tasks=chosen))
    if merged is None:
        messages.error(request, "；".join(refusals(form)))
        return back
    messages.success(request, f"已合并到“{merged}”。")
    return redirect(merged)


_STEPS = {
    "task.close": lambda actor, task, reason: acts.close_task(actor, task=task),
    "task.withdraw": lambda actor, task, reason: acts.withdraw_task(actor, task=task, reason=reason),
    "task.discard": lambda actor, task, reason: acts.discard_task(actor, task=task),
}


@require_POST
def task_step(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    verb = request.POST.get("step", "")
    if verb not in _STEPS:
        raise Http404
    actor_of(request).require(verb, task.place)
    form = bare_form()
    moved = refused(form, lambda: _STEPS[verb](actor_of(request), task, request.POST.get("reason", "")))
    if moved is None:
        messages.error(request, "；".join(refusals(form)))
    else:
        messages.success(request, f"任务“{task.title}”现为“{moved.get_state_display()}”。")
    return redirect(task)


@require_POST
def make_tasks(request: HttpRequest, plan_pk: int) -> HttpResponse:
    """A draft for every item of the plan that has none yet."""
    plan = reads.plan_for(actor_of(request), plan_pk, "task.create")
    if plan is None:
        raise Http404
    made = acts.create_tasks(actor_of(request), plan=plan)
    messages.success(request, f"已按计划生成 {len(made)} 条任务草稿，补上责任和时限后可以下达。")
    return redirect(f"{reverse('plans:tasks')}?plan={plan.pk}&state=draft")


@require_http_methods(["GET", "POST"])
def hand_down_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who gets the task. The page says how many will get a notice before anything is sent."""
    task = task_or_404(request, pk)
    actor = actor_of(request)
    actor.require("task.hand_down", task.place)
    denied = TASK.why_not(task, "task.hand_down", actor)
    if denied is not None and request.method == "GET":
        return not_now(request, denied, task)
    form = HandDownForm(
        request.POST if request.method == "POST" else None,
        plan=task.plan,
        day=today(),
        initial=recipients_suggested(task, today()),
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.recipients
        done = refused(
            form,
            lambda: hand_down(actor, task=task, units=chosen, deadline=form.cleaned_data["deadline"], token=form.token),
        )
        if done is not None:
            messages.success(request, f"已下达，{len(chosen)} 个单位会收到通知。")
            return redirect(task)
    return form_page(
        request,
        form,
        title=f"下达任务 {task.code}",
        save="下达",
        save_icon="send",
        cancel_url=task.get_absolute_url(),
        crumbs=plan_crumbs(task.plan, Crumb(task.code, task.get_absolute_url()), Crumb("下达")),
        template="plans/task/hand_down.html",
        task=task,
        already=len(having(task)),
    )


def _marked(request: HttpRequest) -> tuple[list[Task], WorkPlan]:
    """The tasks that were marked in the list, which must be of one plan."""
    asked = set(request.POST.getlist("tasks"))
    if asked:
        chosen = [task for task in reads.tasks(actor_of(request)) if str(task.pk) in asked]
    else:
        chosen = list(TASKS.chosen(request, _task_rows(request)))
    if not chosen:
        raise Denied("请先勾选任务。", "task.edit")
    if len({task.plan_id for task in chosen}) > 1:
        raise Denied("所选任务不在同一份年度计划里，请按计划分别办理。", "task.edit")
    return chosen, chosen[0].plan


def _many(request: HttpRequest, form: Form, chosen: list[Task], *, title: str, save: str, icon: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        save=save,
        save_icon=icon,
        cancel_url=f"{reverse('plans:tasks')}?plan={chosen[0].plan_id}",
        crumbs=plan_crumbs(chosen[0].plan, Crumb(title)),
        template="plans/task/many.html",
        action=request.path,
        tasks=chosen,
    )


@require_POST
def hand_down_many_page(request: HttpRequest) -> HttpResponse:
    """Hand several drafts down to the same units: first the form, then (with ``tasks`` in it) the act."""
    may_anywhere(request, "task.hand_down")
    chosen, plan = _marked(request)
    actor = actor_of(request)
    actor.require("task.hand_down", plan.unit.path)
    sent = request.POST if "tasks" in request.POST else None
    form = HandDownForm(sent, plan=plan, day=today(), chosen=chosen)
    if sent is not None and form.is_valid():
        reach, due = form.recipients, form.cleaned_data["deadline"]
        done = refused(form, lambda: hand_down_many(actor, tasks=chosen, units=reach, deadline=due, token=form.token))
        if not form.errors:
            messages.success(request, f"已下达 {len(done or chosen)} 项任务，{len(reach)} 个单位会收到通知。")
            return redirect(f"{reverse('plans:tasks')}?plan={plan.pk}&state=issued")
    return _many(request, form, chosen, title=f"下达 {len(chosen)} 项任务", save="下达", icon="send")


@require_POST
def tasks_edit(request: HttpRequest) -> HttpResponse:
    """Give several drafts the same owner, time or evidence."""
    may_anywhere(request, "task.edit")
    chosen, plan = _marked(request)
    actor = actor_of(request)
    actor.require("task.edit", plan.unit.path)
    sent = request.POST if "tasks" in request.POST else None
    form = TasksForm(sent, plan=plan, day=today(), chosen=chosen)
    if sent is not None and form.is_valid():
        done = refused(form, lambda: acts.edit_tasks(actor, tasks=chosen, token=form.token, **form.changes))
        if not form.errors:
            messages.success(request, f"已设置 {len(done or chosen)} 项任务。")
            return redirect(f"{reverse('plans:tasks')}?plan={plan.pk}&state=draft")
    return _many(request, form, chosen, title=f"设置 {len(chosen)} 项任务", save="保存", icon="device-floppy")


@require_GET
def hand_down_count(request: HttpRequest, pk: int) -> HttpResponse:
    """How many units the present choice would reach, in words: asked while somebody chooses."""
    task = task_or_404(request, pk)
    actor_of(request).require("task.hand_down", task.place)
    form = HandDownForm(request.GET, plan=task.plan, day=today())
    form.is_valid()
    chosen = form.recipients
    present = having(task)
    fresh = [unit for unit in chosen if unit.pk not in present]
    return render(request, "plans/task/reach.html", {"fresh": fresh, "present": len(chosen) - len(fresh), "task": task})
