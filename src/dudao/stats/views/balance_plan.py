"""Pages of what it would take: the counties of a run, one county's plan and its outcome, its export; the prices."""

import io
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.balance import Verdict
from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Choice, Search
from dudao.core.ui.formats import date_cn, number
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink
from dudao.findings.queries.sources import Hooks, address
from dudao.stats import findings
from dudao.stats.actions import balance as acts
from dudao.stats.actions import balance_inputs as inputs
from dudao.stats.forms.balance import EndForm, PriceForm
from dudao.stats.models import BalanceRun
from dudao.stats.papers.balance_plan import write_plan
from dudao.stats.queries import balance, balance_plans
from dudao.stats.queries.balance_plans import PER, CountyEffort
from dudao.stats.views.balance_frame import VERDICTS, county_hook, frame, judged, place_or_404, run_or_404

PAGE = 50
PACK = "excellent-2017"
"""Whose indicators are priced: the other standards judge no single schools, so that nothing can be planned by them."""

PRICES = Listing(
    key="stat-balance-prices",
    columns=[
        Column("code", "指标", sort=("code", "-valid_from"), nowrap=True),
        Column("per", "资源", lambda price: f"每{price.per}"),
        Column("price", "单价（元）", lambda price: price.price, show=lambda price: number(price.price, 2), numeric=True),
        Column("unit", "适用地区", lambda price: str(price.unit), nowrap=True),
        Column("valid_from", "起始日期", lambda price: date_cn(price.valid_from), sort="valid_from", nowrap=True),
        Column("valid_to", "截止日期", lambda price: date_cn(price.valid_to), nowrap=True),
        Column("note", "依据"),
        Column("made_by", "登记人", nowrap=True, optional=True),
    ],
    filters=[Search(["note", "unit__name"], "依据或地区"), Choice("code", "指标", [(code, code) for code in PER])],
    sort="code",
    order=["-id"],
    row_menu=lambda price, request: [
        RowLink(
            "截止",
            reverse("stats:balance_price_end", args=[price.pk]),
            "calendar-off",
            denied=""
            if actor_of(request).may("balance.price", price.unit.path)
            else "这项单价由上级登记，只能由登记的单位改。",
        )
    ],
    empty=Empty("还没有单价", "登记教师、面积、设备的单价后，可以算出达标所需的费用。", icon="tag"),
)  # fmt: skip


def _efforts(run: BalanceRun, places: list[int], *, outcome: bool) -> list[CountyEffort]:
    """With the prices that hold today in each county; a county of the run is below the run's unit."""
    return balance_plans.efforts_of(
        run, places, balance_plans.prices_at(run, places, timezone.localdate()), outcome=outcome
    )


@require_GET
def balance_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """All counties at a glance, or one with ``?county=`` (or the only one) in full."""
    run = run_or_404(request, pk, table=True)
    place = place_or_404(request, run)
    counties = run.results["counties"]
    context: dict[str, Any] = {
        **frame(run, "stats:balance_plan", None if place is None else counties[place]),
        "may_export": actor_of(request).may("balance.export", run.unit.path),
        "may_price": actor_of(request).may_somewhere("balance.price"),
    }
    if not run.table or place is None:
        return render(request, "stats/balance_plan_none.html", context)
    if len(counties) > 1 and not request.GET.get("county"):
        efforts = _efforts(run, list(range(len(counties))), outcome=False)
        efforts.sort(key=lambda effort: -(effort.cost or 0))
        lines = [{"effort": effort, "state": VERDICTS[effort.verdict]} for effort in efforts]
        known = [effort.cost for effort in efforts if effort.cost is not None]
        context |= {
            "lines": lines,
            "cost": sum(known) if known else None,
            "counted": len(known),
            "make_url": _make_url(request, run),
        }
        return render(request, "stats/balance_plan_all.html", context)
    (effort,) = _efforts(run, [place], outcome=True)
    prices = balance_plans.prices_at(run, [place], timezone.localdate())[place]
    pages = Paginator(effort.schools, PAGE)
    shown = pages.get_page(request.GET.get("page"))
    context |= {
        "effort": effort,
        "hook": county_hook(actor_of(request), run, counties[place]),
        "state": VERDICTS[effort.verdict],
        "after": VERDICTS[effort.verdict_after] if effort.verdict_after else None,
        "stages": _stages(run, effort),
        "missing": [code for code in (one["code"] for one in run.results["indicators"]) if code not in prices],
        "prices": [prices[code] for code in sorted(prices)],
        "schools": shown,
        "pages": pages,
        "several": len(counties) > 1,
    }
    return render(request, "stats/balance_plan.html", context)


def _make_url(request: HttpRequest, run: BalanceRun) -> str:
    """Where the counties that fail are told what to bring up, for who makes findings."""
    hooks = Hooks(actor_of(request), findings.SHORTAGE.key(run.pk))
    failed = any(county["verdict"] == Verdict.FAILED.value for county in run.results["counties"])
    return address(findings.SHORTAGES.key(run.pk, findings.ALL)) if hooks.may and failed else ""


def _stages(run: BalanceRun, effort: CountyEffort) -> list[dict[str, Any]]:
    """Coefficients and passing schools before and after, by stage."""
    names = {one["code"]: f"{one['code']} {one['name']}" for one in run.results["indicators"]}
    made = []
    for stage, before in effort.before.items():
        after = effort.after[stage] if effort.after else None
        rows = [
            {
                "name": names[code],
                "limit": found.limit,
                "before": found.cv,
                "before_state": judged(found.passed),
                "after": after.indicators[code].cv if after else None,
                "after_state": judged(after.indicators[code].passed) if after else None,
            }
            for code, found in before.indicators.items()
        ]
        passing = f"{before.schools_passing}/{before.schools}"
        passing_after = f"{after.schools_passing}/{after.schools}" if after else ""
        made.append({"stage": stage.label, "rows": rows, "passing": passing, "passing_after": passing_after})
    return made


@require_POST
def balance_plan_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan of one county, or of all, as a workbook."""
    run = run_or_404(request, pk, table=True)
    place = place_or_404(request, run)
    if not run.table or place is None:
        raise Http404
    places = [place] if request.GET.get("county") else list(range(len(run.results["counties"])))
    efforts = _efforts(run, places, outcome=True)
    name = efforts[0].name if len(efforts) == 1 else ""
    acts.note_balance_export(actor_of(request), run=run, what="plan", county=name)
    target = io.BytesIO()
    write_plan(run, efforts, timezone.localdate(), target)
    return attachment(target.getvalue(), f"{name or run.unit}{run.round.year_words}达标所需.xlsx")


# --- prices ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def balance_prices(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "balance.view")
    primary = ("登记单价", reverse("stats:balance_price_new"), "plus") if actor.may_somewhere("balance.price") else None
    return PRICES.respond(
        request,
        balance_plans.prices_seen(actor),
        title="资源单价",
        primary=primary,
        note="离得最近的地区优先，同一地区最新的优先。",
        crumbs=[Crumb("均衡测算", reverse("stats:balances"))],
    )


@require_http_methods(["GET", "POST"])
def balance_price_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "balance.price")
    indicators = balance.rules_of(PACK).indicators
    form = PriceForm(
        request.POST or None,
        regions=balance_plans.regions_priced(actor),
        priced=[(one.code, one.name, PER[one.code]) for one in indicators],
        initial={"valid_from": timezone.localdate()},
    )
    return answered(
        request, form,
        lambda: inputs.set_prices(
            actor, prices=form.prices,
            **{key: form.cleaned_data[key] for key in ("unit", "valid_from", "valid_to", "note")},
        ),
        lambda _: f"已登记 {len(form.prices)} 项单价，达标所需的费用按新单价计算。", to="stats:balance_prices",
        title="登记资源单价", save="登记单价", cancel_url=reverse("stats:balance_prices"),
        crumbs=[Crumb("均衡测算", reverse("stats:balances")), Crumb("资源单价", reverse("stats:balance_prices"))],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def balance_price_end(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    price = found_or_404(balance_plans.price_seen(actor, pk))
    form = EndForm(request.POST or None, initial={"day": timezone.localdate()})
    return answered(
        request, form, lambda: inputs.end_price(actor, price=price, **form.values),
        lambda ended: f"{price.code} 的单价到{date_cn(ended.valid_to)}为止。", to="stats:balance_prices",
        title=f"截止单价：{price}", save="确定截止", cancel_url=reverse("stats:balance_prices"),
        crumbs=[Crumb("资源单价", reverse("stats:balance_prices"))],
    )  # fmt: skip
