"""Pages that hand tasks down, one or many, and set many drafts at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.forms import Form, answered, form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.plans.actions import tasks as acts
from dudao.plans.actions.hand_down import hand_down, hand_down_many
from dudao.plans.forms.matrix import MatrixForm
from dudao.plans.forms.tasks import HandDownForm, TasksForm
from dudao.plans.models import Task, WorkPlan
from dudao.plans.process import TASK, plan_crumbs
from dudao.plans.queries import tasks as reads
from dudao.plans.queries.suggestions import recipients_suggested, suggested
from dudao.plans.queries.units import having
from dudao.plans.views.common import today
from dudao.plans.views.task_list import TASKS, task_rows


@require_http_methods(["GET", "POST"])
def hand_down_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who gets the task. The page says how many will get a notice before anything is sent."""
    task = TASK.found_or_404(request, pk)
    if (answer := TASK.closed(request, task, "task.hand_down")) is not None:
        return answer
    form = HandDownForm(sent(request), plan=task.plan, day=today(), initial=recipients_suggested(task, today()))
    return answered(
        request,
        form,
        lambda: hand_down(actor_of(request), task=task, units=form.recipients, deadline=form.cleaned_data["deadline"]),
        lambda task: f"已下达，{len(form.recipients)} 个单位会收到通知。",
        title=f"下达任务 {task.code}",
        save="下达",
        save_icon="send",
        cancel_url=task.get_absolute_url(),
        crumbs=[*TASK.crumbs(task, "下达"), Crumb("下达")],
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
        chosen = list(TASKS.chosen(request, task_rows(request)))
    if not chosen:
        raise Denied("请先勾选任务。", "task.edit")
    if len({task.plan_id for task in chosen}) > 1:
        raise Denied("所选任务不在同一份年度计划里，请按计划分别办理。", "task.edit")
    return chosen, chosen[0].plan


def _many(
    request: HttpRequest,
    form: Form,
    chosen: list[Task],
    *,
    title: str,
    save: str,
    icon: str,
    template: str = "plans/task/many.html",
) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        save=save,
        save_icon=icon,
        cancel_url=f"{reverse('plans:tasks')}?plan={chosen[0].plan_id}",
        crumbs=plan_crumbs(chosen[0].plan, Crumb(title)),
        template=template,
        wide=True,
        action=request.path,
        tasks=chosen,
    )


@require_POST
def hand_down_many_page(request: HttpRequest) -> HttpResponse:
    """Hand several tasks down, each to its own units: first the table, then (with ``tasks`` in what is sent) the act."""
    may_anywhere(request, "task.hand_down")
    chosen, plan = _marked(request)
    actor = actor_of(request)
    actor.require("task.hand_down", plan.unit.path)
    sent = request.POST if "tasks" in request.POST else None
    form = MatrixForm(sent, plan=plan, day=today(), chosen=chosen, suggested=suggested(chosen, today()))
    if sent is not None and form.is_valid():
        given = form.given
        done = refused(form, lambda: hand_down_many(actor, given=given))
        if not form.errors:
            reach = {unit.pk for one in given for unit in one.units}
            messages.success(request, f"已下达 {len(done or chosen)} 项任务，{len(reach)} 个单位会收到通知。")
            return redirect(f"{reverse('plans:tasks')}?plan={plan.pk}&state=issued")
    return _many(
        request,
        form,
        chosen,
        title=f"下达 {len(chosen)} 项任务",
        save="下达",
        icon="send",
        template="plans/task/matrix.html",
    )


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
        done = refused(form, lambda: acts.edit_tasks(actor, tasks=chosen, **form.changes))
        if not form.errors:
            messages.success(request, f"已设置 {len(done or chosen)} 项任务。")
            return redirect(f"{reverse('plans:tasks')}?plan={plan.pk}&state=draft")
    return _many(request, form, chosen, title=f"设置 {len(chosen)} 项任务", save="保存", icon="device-floppy")


@require_GET
def hand_down_count(request: HttpRequest, pk: int) -> HttpResponse:
    """How many units the present choice would reach, in words: asked while somebody chooses."""
    task = TASK.found_or_404(request, pk)
    actor_of(request).require("task.hand_down", task.place)
    form = HandDownForm(request.GET, plan=task.plan, day=today())
    form.is_valid()
    chosen = form.recipients
    present = having(task)
    fresh = [unit for unit in chosen if unit.pk not in present]
    return render(request, "plans/task/reach.html", {"fresh": fresh, "present": len(chosen) - len(fresh), "task": task})
