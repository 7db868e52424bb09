"""Making a round, also after the model of an earlier one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dudao.core.keys import is_number
from dudao.core.ui.acting import actor_of, need
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb
from dudao.orgs.queries import roots_of
from dudao.stats.actions import rounds as acts
from dudao.stats.forms.rounds import RoundForm
from dudao.stats.models import Round
from dudao.stats.process import ROUND
from dudao.stats.queries import catalogue, returns


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
    model = ROUND.found_or_404(request, int(asked)) if is_number(asked) else None
    places = returns.counties_of(unit)
    form = RoundForm(
        request.POST or None,
        groups={name: words for name, words in catalogue.packs_words().items() if name in groups},
        regions=places,
        initial=_initial(model, today, list(groups)),
    )

    def create() -> Round:
        values = form.values
        items = [item for name in values.pop("groups") for item in groups.get("" if name == "own" else name, [])]
        if model is not None:
            # The earlier round's choice among the items of a set; sets that it didn't ask for come whole.
            before = catalogue.items_of(model)
            kept, packs = {item.pk for item in before}, {item.pack for item in before}
            items = [item for item in items if item.pk in kept or item.pack not in packs]
        return acts.create_round(actor, unit=unit, items=items, **values)

    note = "" if groups else "还没有指标：请市督导办负责人先在“数据指标”页载入标准指标。"
    return answered(
        request, form, create, lambda made: f"已准备“{made.title}”，核对后点“开始报送”，填报单位才会看到。",
        title="布置数据报送", save="保存", cancel_url=reverse("stats:rounds"), crumbs=[Crumb("数据报送", reverse("stats:rounds"))],
        note=f"照“{model.title}”布置，日期顺延一年，请核对。" if model is not None else note,
    )  # fmt: skip
