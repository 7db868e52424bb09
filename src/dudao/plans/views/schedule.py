"""Pages of 倒排工期: the chain edited as a table beside its chart, steps marked as done, the Excel sheet."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.scheduling import ScheduleError
from dudao.core.ui.acting import actor_of, found_or_404, run, tried
from dudao.core.ui.export import attachment
from dudao.core.ui.parts import Crumb
from dudao.plans.actions import schedule as acts
from dudao.plans.forms.tables import TableInput, read_steps, step_rows
from dudao.plans.gantt import chart_of
from dudao.plans.models import Task
from dudao.plans.papers.gantt import gantt_workbook
from dudao.plans.process import TASK
from dudao.plans.queries.schedule import Plan, plan_of, proposed, saved_steps
from dudao.plans.views.common import today


def _counted(task: Task, table: TableInput) -> Plan | None:
    """The typed steps counted back, unless they can't be read."""
    if table.errors or not table.values:
        return None
    try:
        return plan_of(task, table.values)
    except (ScheduleError, ValueError) as error:
        table.errors.append(str(error))
        return None


@require_http_methods(["GET", "POST"])
def schedule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The chain of a task. Every button posts the whole table; «保存» alone writes, the others answer the preview."""
    task = TASK.found_or_404(request, pk)
    if (answer := TASK.closed(request, task, "task.schedule")) is not None:
        return answer
    milestones = list(task.milestones.order_by("position", "id"))
    done = {step.pk: step.done_on for step in milestones}
    if request.method == "POST":
        table = read_steps(request.POST, done)
    else:
        steps = saved_steps(milestones) if milestones and "chain" not in request.GET else proposed(task)
        table = TableInput(step_rows(steps), steps)
    plan = _counted(task, table)
    if request.method == "POST" and request.POST.get("act") == "save" and not table.errors:
        rows, why = tried(lambda: acts.set_schedule(actor_of(request), task=task, steps=table.values))
        if not why:
            messages.success(request, f"工期已排好：{len(rows)} 步，{rows[0].starts:%Y年%-m月%-d日}开始。")
            return redirect(task)
        table.errors.append(why)
    context = _context(request, task, table, plan, fresh=not milestones)
    parts = {"schedule": "plans/schedule/part.html", "schedule-preview": "plans/schedule/preview.html"}
    target = request.headers.get("HX-Target", "")
    return render(
        request, parts.get(target, "plans/schedule/edit.html"), context | {"oob": target == "schedule-preview"}
    )


def _context(request: HttpRequest, task: Task, table: TableInput, plan: Plan | None, *, fresh: bool) -> dict[str, Any]:
    notes: list[tuple[str, str]] = []
    dated: list[Any] = [None] * len(table.rows)
    if plan is not None:
        dated = list(plan.schedule.steps)
        misfit = plan.schedule.first_misfit
        notes += [
            ("error" if problem.blocks else "warning", problem.text)
            for problem in plan.schedule.problems
            if problem is misfit or not problem.blocks
        ]
        if plan.schedule.start < today() and not any(step.done_on for step in plan.steps) and plan.schedule.fits:
            late = plan.calendar.count_workdays(plan.schedule.start, today()) - 1
            if late > 0:
                notes.append(("warning", f"按这个工期应在 {late} 个工作日前开始，现在起办需要压缩前面的步骤。"))
        if not plan.schedule.is_known:
            notes.append(("info", "部分日期在放假安排公布之前，暂按周一至周五计算，公布后请重排。"))
    return {
        "task": task,
        "table": table,
        "rows": list(enumerate(zip(table.rows, dated, strict=False))),
        "plan": plan,
        "chart": chart_of(plan, today()) if plan else None,
        "dated": list(zip(plan.steps, plan.schedule.steps, strict=True)) if plan else [],
        "notes": notes,
        "fresh": fresh,
        "marks": False,
        "today": today(),
        "crumbs": [*TASK.crumbs(task, "倒排工期"), Crumb("倒排工期")],
    }


@require_POST
def step_done(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Mark a step as done on a day, or as not done (an empty day)."""
    task = TASK.found_or_404(request, pk)
    actor_of(request).require("task.step_done", task.place)
    step = found_or_404(next((step for step in task.milestones.all() if step.pk == step_pk), None))
    text = request.POST.get("done_on", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        messages.error(request, f"“{text[:20]}”不是日期，请按 2026-03-05 的样子填写。")
        return redirect(task)
    step.task = task
    done = f"“{step.name}”已标记为{'完成' if day else '未完成'}。"
    run(request, lambda: acts.mark_step(actor_of(request), step=step, done_on=day), done)
    return redirect(f"{task.get_absolute_url()}#schedule")


@require_GET
def schedule_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The Gantt chart as an Excel sheet."""
    task = TASK.found_or_404(request, pk)
    plan = found_or_404(plan_of(task))
    return attachment(gantt_workbook(task, plan, today=today()), f"倒排工期 {task.code} {task.title[:40]}.xlsx")
