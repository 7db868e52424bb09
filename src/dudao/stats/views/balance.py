"""Pages of balance runs: the list, a new run, the result by county and stage, its export."""

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.balance import Verdict
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State
from dudao.stats.papers import balance as papers
from dudao.stats.actions import balance as acts
from dudao.stats.forms.balance import BalanceForm
from dudao.stats.models import BalanceRun
from dudao.stats.queries import balance
from dudao.stats.views.common import actor_of, need

__all__ = ["balance_export", "balance_list", "balance_new", "balance_page"]

VERDICTS: dict[str, State] = {
    Verdict.PASSED.value: State(Verdict.PASSED.value, "green"),
    Verdict.FAILED.value: State(Verdict.FAILED.value, "red"),
    Verdict.UNKNOWN.value: State(Verdict.UNKNOWN.value, "grey", "question-mark"),
}
SHOWN = 300

RUNS = Listing(
    key="stat-balances",
    columns=[
        Column(
            "unit", "范围", lambda run: str(run.unit), link=lambda run: run.get_absolute_url(), sort="unit__sort_no"
        ),
        Column("year", "学年", lambda run: run.round.year_words, sort="round__year", nowrap=True),
        Column("pack_name", "标准", sub=lambda run: run.round.title),
        Column("accepted_only", "只用已通过的数据", nowrap=True),
        Column("schools", "学校数", sort="schools", numeric=True),
        Column("made_by", "测算人", nowrap=True),
        Column("made_at", "测算时间", sort="made_at", nowrap=True),
    ],
    filters=[Search(["unit__name", "round__title"], "范围或报送")],
    sort="-made_at",
    empty=Empty("还没有均衡测算", "报送的数据通过审核后，可以测算差异系数和各校达标情况。", icon="chart-bar"),
)


@require_GET
def balance_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "balance.view")
    primary = ("新的测算", reverse("stats:balance_new"), "plus") if actor.may_somewhere("balance.run") else None
    return RUNS.respond(request, balance.runs_seen(actor).defer("results"), title="均衡测算", primary=primary)


@require_http_methods(["GET", "POST"])
def balance_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "balance.run")
    form = BalanceForm(
        request.POST or None,
        regions=balance.regions_of(actor, "balance.run"),
        rounds=balance.rounds_for(actor),
        packs=balance.packs(),
    )
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: acts.run_balance(actor, token=form.token, **form.values))
        if made is not None:
            messages.success(request, f"已测算 {made.schools} 所学校。")
            return redirect(made)
    return form_page(
        request,
        form,
        title="均衡测算",
        save="开始测算",
        save_icon="player-play",
        cancel_url=reverse("stats:balances"),
        crumbs=[Crumb("均衡测算", reverse("stats:balances"))],
    )


def _run_or_404(request: HttpRequest, pk: int) -> BalanceRun:
    found: Any = balance.runs_seen(actor_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


def _judged(passed: bool | None) -> State:
    if passed is None:
        return VERDICTS[Verdict.UNKNOWN.value]
    return State("达标", "green") if passed else State("超限", "red")


@require_GET
def balance_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The result: all counties at a glance, one of them (``?county=``) by stage, with the schools that hold it back."""
    run = _run_or_404(request, pk)
    actor = actor_of(request)
    results = run.results
    names = {one["code"]: f"{one['code']} {one['name']}" for one in results["indicators"]}
    units = {one["code"]: one["unit"] for one in results["indicators"]}
    counties = [
        {**county, "state": VERDICTS[county["verdict"]], "url": f"?county={place}"}
        for place, county in enumerate(results["counties"])
    ]
    asked = request.GET.get("county", "")
    place = int(asked) if asked.isascii() and asked.isdigit() and int(asked) < len(counties) else 0
    chosen = counties[place] if counties else None
    stages, failing, errors = [], [], []
    left_out: dict[str, list[str]] = {}
    if chosen is not None:
        for stage in chosen["stages"]:
            rows = [
                {**one, "name": names[one["code"]], "unit": units[one["code"]], "state": _judged(one["passed"])}
                for one in stage["indicators"]
            ]
            stages.append({**stage, "state": VERDICTS[stage["verdict"]], "rows": rows})
        failing = [
            {**school, "below": [names[lack["code"]] for lack in school["lacks"]]}
            for school in results["schools"]
            if school["county"] == chosen["county"] and not school["passed"]
        ]
        for row in results["excluded"]:
            if row["county"] == chosen["county"]:
                left_out.setdefault(row["reason"], []).append(row["school"])
        errors = [row for row in results["errors"] if row["county"] in {chosen["county"], ""}]
    return render(
        request,
        "stats/balance.html",
        {
            "run": run,
            "crumbs": [Crumb("均衡测算", reverse("stats:balances"))],
            "counties": counties if len(counties) > 1 else [],
            "chosen": chosen,
            "stages": stages,
            "failing": failing[:SHOWN],
            "failing_count": len(failing),
            "left_out": list(left_out.items()),
            "errors": errors[:SHOWN],
            "error_count": len(errors),
            "may_export": actor.may("balance.export", run.unit.path),
        },
    )


@require_POST
def balance_export(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run_or_404(request, pk)
    acts.note_balance_export(actor_of(request), run=run)
    target = io.BytesIO()
    papers.write_balance(run, target)
    return attachment(target.getvalue(), f"{run}.xlsx")
