"""The subjects of a draft are chosen: by a filter, by name, by what was found, from a cycle plan, from a draw."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dudao.core.ui.acting import actor_of
from dudao.core.ui.forms import Form, refused
from dudao.evaluations.actions import editing
from dudao.evaluations.forms.campaigns import AddUnitsForm, FoundForm, PoolForm
from dudao.evaluations.models import Campaign
from dudao.evaluations.process import CAMPAIGN
from dudao.evaluations.queries import pools


class _OneForm(Form):
    """One of a few: a draw, or a term of a cycle plan."""

    one = forms.ChoiceField(label="")

    def __init__(self, *args: Any, label: str, choices: list[tuple[Any, str]], **kwargs: Any) -> None:
        self.label, self.choices = label, choices
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        field: Any = self.fields["one"]
        field.label, field.choices = self.label, self.choices


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Five ways, each a small form; ``way`` says which was sent."""
    row = CAMPAIGN.found_or_404(request, pk)
    if (closed := CAMPAIGN.closed(request, row, "campaign.edit")) is not None:
        return closed
    actor = actor_of(request)
    way = request.POST.get("way", "") if request.method == "POST" else ""
    found: dict[str, Form] = {
        "pool": PoolForm(request.POST if way == "pool" else None, campaign=row, auto_id="id_pool_%s"),
        "units": AddUnitsForm(
            request.POST if way == "units" else None, objects=lambda: pools.units_to_add(row), auto_id="id_units_%s"
        ),
        "found": FoundForm(request.POST if way == "found" else None, auto_id="id_found_%s"),
        "cycle": _OneForm(
            request.POST if way == "cycle" else None,
            label="周期计划的学期",
            choices=pools.cycle_terms(actor, row.office),
            auto_id="id_cycle_%s",
        ),
        "draw": _OneForm(
            request.POST if way == "draw" else None,
            label="随机抽取",
            choices=pools.draws_of(actor, row.office),
            auto_id="id_draw_%s",
        ),
    }
    form = found.get(way)
    if form is not None and form.is_valid():
        done = refused(form, lambda: _chosen(request, row, way, form))
        if done is not None:
            messages.success(request, f"现有 {done.subjects.count()} 个对象。")
            return redirect("evaluations:campaign_subjects", pk=row.pk)
    context = {
        "row": row,
        "total": row.subjects.count(),
        "crumbs": CAMPAIGN.crumbs(row, "选择对象"),
        "forms": found,
        "cycles": bool(pools.cycle_terms(actor, row.office)),
        "draws": bool(pools.draws_of(actor, row.office)),
        "draw_url": reverse("draws:draws"),
    }
    status = 422 if any(each.errors for each in found.values()) else 200
    return render(request, "evaluations/campaigns/choose.html", context, status=status)


def _chosen(request: HttpRequest, row: Campaign, way: str, form: Form) -> Campaign:
    actor, values = actor_of(request), form.values
    given: dict[str, Any] = {"campaign": row, "revision": row.revision}
    if way == "pool":
        made: Campaign = editing.select_by_pool(actor, pool=values, **given)
    elif way == "units":
        made = editing.select_units(actor, add=values["units"], **given)
    elif way == "found":
        made = editing.select_by_findings(actor, least=values["least"], since=values["since"], **given)
    elif way == "cycle":
        made = editing.select_by_cycle(actor, term=values["one"], **given)
    else:
        made = editing.select_by_draw(actor, draw=int(values["one"]), **given)
    return made
