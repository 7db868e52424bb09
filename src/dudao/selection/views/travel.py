"""The page of an office's ways: as lines to write or paste, and as a table to look at."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.forms import refused
from dudao.core.ui.parts import Crumb
from dudao.selection.actions.travel import set_travel
from dudao.selection.forms.teams import TravelForm
from dudao.selection.queries.teams import offices
from dudao.selection.queries.travel import parts_of, travel_text, ways_of


@require_http_methods(["GET", "POST"])
def travel(request: HttpRequest) -> HttpResponse:
    """Of the office that ``?office=`` names, else of the first of one's own."""
    may_anywhere(request, "team.travel")
    actor = actor_of(request)
    own = list(offices(actor))
    office = next((unit for unit in own if str(unit.pk) == request.GET.get("office")), own[0])
    parts = parts_of(office)
    form = TravelForm(sent(request), parts=parts, initial={"lines": travel_text(office, parts)})
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: set_travel(actor, office=office, **form.values))
        if done is not None:
            messages.success(request, f"已保存 {done} 条路程，以后组队按此计算。")
            return redirect(f"{reverse('selection:team_travel')}?office={office.pk}")
    ways = ways_of(office)
    return render(
        request,
        "selection/teams/travel.html",
        {
            "form": form,
            "office": office,
            "others": [unit for unit in own if unit != office],
            "crumbs": [Crumb("组队方案", reverse("selection:teams")), Crumb("路程")],
            "parts": parts,
            "rows": [(one, [ways.between(one.path, other.path) for other in parts]) for one in parts],
            "unknown": len(parts) * (len(parts) - 1) // 2 - len(ways.minutes) // 2,
        },
        status=422 if form.errors else 200,
    )
