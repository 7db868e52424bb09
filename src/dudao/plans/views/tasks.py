"""Pages of one task: what is wanted, its schedule and rows; drafting, splitting, merging, closing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of, may_anywhere
from dudao.core.ui.filters import Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, stages
from dudao.plans.actions import tasks as acts
from dudao.plans.flow import TASK
from dudao.plans.forms.tasks import SplitForm, TaskForm
from dudao.plans.gantt import chart_of
from dudao.plans.labels import TASK_LINE, TASK_STATES
from dudao.plans.models import Task
from dudao.plans.presets.chains import KINDS
from dudao.plans.queries import RowFilter
from dudao.plans.queries import tasks as reads
from dudao.plans.queries.schedule import plan_of
from dudao.plans.views.common import (
    allow_export,
    bare_form,
    exported,
    not_now,
    plan_crumbs,
    refusals,
    task_or_404,
    today,
)
from dudao.plans.views.row_list import LIGHT_CHIPS, ROWS, attach_lights, listed
from dudao.plans.views.task_list import TASKS, finished_on, light_counts, task_rows


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
    sources = {f"point-{point.pk}": (point, None) for point in points}
    sources |= {f"item-{item.pk}": (point, item) for point in points for item in point.items.all()}
    point, item = sources[form.cleaned_data["source"]]
    values = form.values
    return acts.create_task(
        actor,
        point=point,
        item=item,
        target=form.target,
        **{name: values[name] for name in _NEW}
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    actor = actor_of(request)
    actor.require("task.edit", task.place)
    initial = {name: getattr(task, name) for name in acts.EDITABLE} | {"partners": list(task.partners.all())}
    form = TaskForm(request.POST if request.method == "POST" else None, plan=task.plan, day=today(), initial=initial)
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: acts.edit_task(actor, task=task, **form.columns))
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
        made = refused(form, lambda: acts.split_task(actor, task=task, parts=form.texts))
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
    chosen = list(TASKS.chosen(request, task_rows(request)))
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
