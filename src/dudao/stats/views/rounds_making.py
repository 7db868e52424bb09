"""Making a round, also after the model of an earlier one; changing a draft; giving more time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of, need
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.orgs.models import Unit
from dudao.orgs.queries import roots_of
from dudao.stats.actions import rounds as acts
from dudao.stats.forms.rounds import ExtendForm, RoundEditForm, RoundForm
from dudao.stats.models import DataItem, Round
from dudao.stats.queries import catalogue, returns
from dudao.stats.views.common import round_or_404


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def _initial(model: Round | None, today: date, groups: Sequence[str]) -> dict[str, Any]:
    """What the form proposes: as an earlier round was, one year on; or the numbers of compulsory schools."""
    if model is None:
        year = today.year if today.month >= 9 else today.year - 1
        chosen = [name for name in groups if name == "compulsory"]
        title = f"{year}—{year + 1}学年义务教育数据报送"
        return {"year": year, "title": title, "opens_on": today, "stages": ["primary", "junior"], "groups": chosen}
    items = catalogue.items_of(model)
    old, new = f"{model.year}—{model.year + 1}", f"{model.year + 1}—{model.year + 2}"
    return {
        "year": model.year + 1,
        "title": model.title.replace(old, new),
        "opens_on": _next_year(model.opens_on),
        "closes_on": _next_year(model.closes_on),
        "stages": model.stages,
        "groups": sorted({item.pack or "own" for item in items}),
        "regions": [str(unit.pk) for unit in model.regions.all()],
    }


@require_http_methods(["GET", "POST"])
def round_new(request: HttpRequest) -> HttpResponse:
    """A new round; with ``?from=`` after the model of an earlier one, whose single items it takes over as well."""
    actor = actor_of(request)
    need(actor, "round.create")
    today = timezone.localdate()
    groups = catalogue.groups_on(today)
    unit = roots_of(actor, "round.create")[0]
    asked = request.GET.get("from", "")
    model = round_or_404(request, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    places = returns.counties_of(unit)
    form = RoundForm(
        request.POST or None,
        groups={name: words for name, words in catalogue.packs_words().items() if name in groups},
        regions=places,
        initial=_initial(model, today, list(groups)),
    )
    if request.method == "POST" and form.is_valid():
        values = form.values
        items = [item for name in values.pop("groups") for item in groups.get("" if name == "own" else name, [])]
        if model is not None:
            # The earlier round's choice among the items of a set; sets that it didn't ask for come whole.
            before = catalogue.items_of(model)
            kept, packs = {item.pk for item in before}, {item.pack for item in before}
            items = [item for item in items if item.pk in kept or item.pack not in packs]
        regions = _chosen(places, values.pop("regions", []))
        made = refused(form, lambda: acts.create_round(actor, unit=unit, items=items, regions=regions, **values))
        if made is not None:
            messages.success(request, f"已准备“{made.title}”，核对后点“开始报送”，填报单位才会看到。")
            return redirect(made)
    note = "" if groups else "还没有指标：请市督导办负责人先在“数据指标”页载入标准指标。"
    return form_page(
        request,
        form,
        title="布置数据报送",
        save="保存",
        cancel_url=reverse("stats:rounds"),
        crumbs=[Crumb("数据报送", reverse("stats:rounds"))],
        note=f"照“{model.title}”布置，日期顺延一年，请核对。" if model is not None else note,
    )


def _crumbs(asked: Round) -> list[Crumb]:
    return [Crumb("数据报送", reverse("stats:rounds")), Crumb(asked.title, asked.get_absolute_url())]


def _chosen(places: Sequence[Unit], keys: Sequence[str]) -> list[Unit]:
    return [unit for unit in places if str(unit.pk) in set(keys)]


@require_http_methods(["GET", "POST"])
def round_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A round that is being prepared, item by item."""
    asked = round_or_404(request, pk)
    actor = actor_of(request)
    need(actor, "round.edit")
    if asked.state != Round.State.DRAFT:
        raise Denied("报送已经开始，不能再改要求；可以延长期限。", "round.edit")
    held = catalogue.items_of(asked)
    groups: dict[str, list[DataItem]] = {name: list(rows) for name, rows in catalogue.groups_on(asked.opens_on).items()}
    for item in held:
        if item not in groups.setdefault(item.pack, []):
            groups[item.pack].append(item)
    places = returns.counties_of(asked.unit)
    form = RoundEditForm(
        request.POST or None,
        asked=asked,
        items=groups,
        groups=catalogue.packs_words(),
        regions=places,
        chosen=[item.pk for item in held],
        within=[unit.pk for unit in asked.regions.all()],
    )
    known = {item.pk: item for rows in groups.values() for item in rows}
    return answered(
        request, form,
        lambda: acts.edit_round(
            actor, asked=asked, revision=form.cleaned_data["revision"],
            items=[known[key] for key in form.chosen],
            regions=_chosen(places, form.cleaned_data.get("regions", [])),
            **{name: form.cleaned_data[name] for name in ("title", "year", "opens_on", "closes_on", "stages")},
        ),
        "已保存报送要求。", to=asked,
        title="修改报送要求", save="保存要求", cancel_url=asked.get_absolute_url(), crumbs=_crumbs(asked), wide=True,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def round_extend(request: HttpRequest, pk: int) -> HttpResponse:
    asked = round_or_404(request, pk)
    actor = actor_of(request)
    need(actor, "round.extend")
    if not actor.may("round.extend", asked.unit.path):
        raise Http404
    places = returns.counties_of(asked.unit)
    form = ExtendForm(request.POST or None, regions=places)
    return answered(
        request, form,
        lambda: acts.extend_round(
            actor, asked=asked, until=form.last, reason=form.cleaned_data["reason"],
            regions=_chosen(places, form.cleaned_data.get("regions", [])),
        ),
        lambda count: f"已延长期限，通知了 {count} 个还没有报送的单位。", to=asked,
        title="延长报送期限", save="延长期限", save_icon="calendar-stats", cancel_url=asked.get_absolute_url(),
        crumbs=_crumbs(asked),
    )  # fmt: skip
