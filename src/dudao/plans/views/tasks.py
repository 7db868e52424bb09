"""Pages of one task: what is wanted, its schedule and rows; drafting, splitting, merging, closing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, tried
from dudao.core.ui.filters import Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.plans.actions import tasks as acts
from dudao.plans.forms.tasks import TaskForm
from dudao.plans.gantt import chart_of
from dudao.plans.models import Task
from dudao.plans.presets.chains import KINDS
from dudao.plans.process import TASK, plan_crumbs
from dudao.plans.queries import RowFilter
from dudao.plans.queries import tasks as reads
from dudao.plans.queries.counts import counted, tally_of
from dudao.plans.queries.schedule import plan_of
from dudao.plans.views.common import allow_export, exported, today
from dudao.plans.views.row_list import LIGHT_CHIPS, ROWS, attach_lights, listed
from dudao.plans.views.task_list import TASKS, finished_on, light_counts, task_rows


@require_http_methods(["GET", "POST"])
def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what is wanted, the schedule, and the row of every unit with its light."""
    task = TASK.found_or_404(request, pk)
    allow_export(request)
    actor = actor_of(request)
    rows = listed(request, RowFilter(task=task.pk))
    if request.headers.get("HX-Target") == TASK_ROWS.region or request.method == "POST":
        return TASK_ROWS.respond(request, rows, title=str(task))
    plan = plan_of(task)
    tally = tally_of(rows.filter(counted(actor)))
    partners = list(task.partners.all())
    context = {
        "task": task,
        "kind": KINDS.get(task.kind),
        **TASK.frame(task, actor),
        "list": TASK_ROWS.page(request, rows),
        "tally": tally,
        "lights": light_counts(tally),
        "partners": "、".join(str(unit) for unit in partners),
        "chart": chart_of(plan, today(), width=NARROW) if plan else None,
        "plan": plan,
        "dated": list(zip(plan.steps, plan.schedule.steps, strict=True)) if plan else [],
        "marks": actor.may("task.step_done", task.place),
        "finished_on": finished_on(task, tally),
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


@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest, plan_pk: int) -> HttpResponse:
    actor = actor_of(request)
    plan = found_or_404(reads.plan_for(actor, plan_pk, "task.create"))
    points = list(reads.points_of(plan))
    form = TaskForm(
        request.POST or None, plan=plan, points=points, day=today(), initial={"source": request.GET.get("from", "")}
    )
    return answered(
        request, form, lambda: _create(actor, form, points), lambda task: f"已新建任务“{task.title}”，核对后可以下达。",
        title="新建任务", save="保存任务", crumbs=plan_crumbs(plan, Crumb("新建任务")), cancel_url=reverse("plans:tasks"),
    )  # fmt: skip


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


@require_POST
def task_merge(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "task.merge")
    chosen = list(TASKS.chosen(request, task_rows(request)))
    back = redirect(f"{reverse('plans:tasks')}?{request.GET.urlencode()}")
    merged, why = tried(lambda: acts.merge_tasks(actor_of(request), tasks=chosen))
    if why:
        messages.error(request, why)
        return back
    messages.success(request, f"已合并到“{merged}”。")
    return redirect(merged)
