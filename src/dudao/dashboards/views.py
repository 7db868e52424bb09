"""The workbench by role, the leaders' overview, and the search over everything one may see."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from dudao.core.access import Denied
from dudao.core.desk import in_order
from dudao.core.notices import notices_of
from dudao.core.ui.acting import actor_of
from dudao.dashboards.menus import address
from dudao.dashboards.queries.search import find
from dudao.dashboards.queries.todos import desk
from dudao.people.queries import current_appointment
from dudao.plans.desk import reports_own
from dudao.plans.queries import lights_on
from dudao.plans.queries.overview import board
from dudao.plans.queries.tasks import current_plan, plans_seen

AHEAD = timedelta(days=14)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What one has to do, what is pressing, what is new. Leaders begin with the overview."""
    actor, held = actor_of(request), current_appointment(request)
    menu = held.menu if held else ""
    if menu == "leader":
        return redirect("dashboards:overview")
    today = timezone.localdate()
    groups, due = desk(actor, reports_own(actor, menu), today + AHEAD)
    context: dict[str, Any] = {
        "title": {"school": "待办", "inspector": "今日"}.get(menu, "工作台"),
        "held": held,
        "day": today,
        "groups": groups,
        "due": due if actor.may_somewhere("assignment.view") else None,
        "work_first": menu == "inspector",
        "figures": [figures(actor, menu, today) for figures in in_order("figures")],
        "notices": list(notices_of(actor).filter(read_at__isnull=True).order_by("-at")[:5]),
        "notices_url": address("core:notices"),
    }
    return render(request, "dashboards/home.html", context)


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not actor.may_somewhere("assignment.view"):
        raise Denied("您没有“查看承办情况”的权限，如工作需要请联系安全管理员。", "assignment.view")
    today = timezone.localdate()
    asked = request.GET.get("plan", "")
    plans = [plan for plan in plans_seen(actor) if plan.state == "published"]
    plan = next((plan for plan in plans if str(plan.pk) == asked), None) or current_plan(actor, today)
    shown = board(actor, lights_on(today), plan) if plan is not None and plan.state == "published" else None
    return render(
        request,
        "dashboards/overview.html",
        {
            "plan": plan,
            "plans": plans,
            "board": shown,
            "sections": [(part.template, part.read(actor, today)) for part in in_order("overview")],
            "now": timezone.now(),
            "plans_url": address("plans:plans"),
        },
    )


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:60]
    return render(request, "dashboards/search.html", {"text": text, "groups": find(actor_of(request), text)})
