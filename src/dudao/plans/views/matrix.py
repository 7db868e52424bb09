"""The matrix counties × tasks, and the progress of a plan by section."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dudao.core.keys import number_in
from dudao.core.lights import LIGHTS
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.formats import TONE_ICONS
from dudao.core.ui.parts import Crumb, Todo
from dudao.plans.models import WorkPlan
from dudao.plans.queries.counts import added
from dudao.plans.queries.matrix import matrix, section_progress, upcoming
from dudao.plans.queries.tasks import current_plan, plans_seen, sections_of
from dudao.plans.views.common import lights_of, today
from dudao.plans.views.task_list import light_counts

SOON = timedelta(days=14)


def _chosen(request: HttpRequest, pk: int | None = None) -> WorkPlan | None:
    asked = request.GET.get("plan", "")
    wanted = pk or number_in(asked)
    plan = current_plan(actor_of(request), today(), wanted)
    if plan is None and wanted is not None:
        raise Http404
    return plan


@require_GET
def matrix_page(request: HttpRequest) -> HttpResponse:
    """Every county's light for every task: each cell leads to the row."""
    actor = actor_of(request)
    plan = _chosen(request)
    section = request.GET.get("section", "")
    light = request.GET.get("light", "")
    context: dict[str, Any] = {
        "plan": plan,
        "plans": list(plans_seen(actor)),
        "sections": [],
        "section": 0,
        "light": "",
        "matrix": None,
        "chips": [],
        "crumbs": [Crumb("任务台账", reverse("plans:tasks")), Crumb("进展矩阵")],
    }
    if plan is not None:
        sections = list(sections_of(plan))
        chosen = next((one.pk for one in sections if str(one.pk) == section), None)
        found = matrix(actor, lights_of(request), plan, chosen, light if light in LIGHTS else "")
        context |= {
            "sections": sections,
            "section": chosen or 0,
            "light": light if light in LIGHTS else "",
            "matrix": found,
            "chips": [(key, state, found.lights.get(key, 0), TONE_ICONS[state.tone]) for key, state in LIGHTS.items()],
            "columns": list(zip(found.units, found.columns, strict=True)),
        }
    return render(request, "plans/matrix/page.html", context)


@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """How a plan stands: key figures, the sections, what comes next."""
    actor = actor_of(request)
    plan = found_or_404(_chosen(request, pk))
    lights = lights_of(request)
    sections = section_progress(actor, lights, plan)
    total = added(entry.tally for entry in sections)
    drafts = sum(entry.drafts for entry in sections)
    rows = f"{reverse('plans:assignments')}?scope=direct&plan={plan.pk}"
    context = {
        "plan": plan,
        "sections": [(entry, light_counts(entry.tally)) for entry in sections],
        "total": total,
        "tasks": sum(entry.tasks for entry in sections),
        "tasks_here": f"{reverse('plans:tasks')}?plan={plan.pk}",
        "drafts_said": f"其中 {drafts} 项待下达" if drafts else "已全部下达",
        "mean_said": f"平均完成率 {total.progress:.1f}%" if total.progress is not None else "还没有下达",
        "share_said": f"占全部的 {total.done_rate}" if total.rows else "还没有下达",
        "rows_url": rows,
        "done_url": f"{rows}&done=1",
        "late_url": f"{rows}&late=1",
        "todos": [
            Todo(
                f"{row.unit}：{row.task.title}",
                row.get_absolute_url(),
                deadline=row.deadline,
                state=lights.of(row).state,
                act="查看",
            )
            for row in upcoming(actor, lights, plan, today() + SOON)
        ],
        "crumbs": [Crumb("任务台账", f"{reverse('plans:tasks')}?plan={plan.pk}"), Crumb("计划进展")],
    }  # fmt: skip
    return render(request, "plans/matrix/overview.html", context)
