"""What the pages of tasks and rows share: the lights of today, and 404 for what isn't there for this person."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from dudao.core.ui.parts import Crumb
from dudao.plans.models import Assignment, Task, WorkPlan
from dudao.plans.queries import assignments, tasks
from dudao.plans.queries.lights import Lights, lights_on

__all__ = ["actor_of", "lights_of", "plan_crumbs", "row_or_404", "task_or_404", "today"]


def today() -> Any:
    return timezone.localdate()


def actor_of(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def lights_of(request: HttpRequest) -> Lights:
    """The rule tables of today, loaded once a request."""
    found = getattr(request, "_lights", None)
    if found is None:
        found = request._lights = lights_on(today())  # type: ignore[attr-defined]
    return found


def task_or_404(request: HttpRequest, pk: int) -> Task:
    found = tasks.task(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


def row_or_404(request: HttpRequest, pk: int) -> Assignment:
    found = assignments.assignment(actor_of(request), pk, lights_of(request))
    if found is None:
        raise Http404
    return found


def plan_crumbs(plan: WorkPlan, *more: Crumb) -> list[Crumb]:
    return [
        Crumb("任务台账", reverse("plans:tasks")),
        Crumb(str(plan), f"{reverse('plans:tasks')}?plan={plan.pk}"),
        *more,
    ]
