"""Pages of balance runs: the list, a new run, the result by county and stage, its schools, its export, computed again."""

import functools
import io
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, need
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chip, Chips, Choice, Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State
from dudao.findings.queries.sources import Hook, Hooks, address
from dudao.stats import findings
from dudao.stats.actions import balance as acts
from dudao.stats.forms.balance import BalanceForm
from dudao.stats.models import BalanceRun, SchoolResult
from dudao.stats.papers.balance import write_balance
from dudao.stats.queries import balance
from dudao.stats.queries.balance_results import failing_of, lack_parts, results_seen, schools_of
from dudao.stats.views.balance_frame import VERDICTS, county_hook, frame, judged, place_or_404, run_or_404

SHOWN = 30

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


def lack_words(row: SchoolResult) -> str:
    return "；".join(words for _, words in lack_parts(row))


def _value(place: int, row: SchoolResult) -> float | None:
    return round(row.values[place], 4) if place < len(row.values) else None


PASSING = Chips(
    "passed",
    [
        Chip("no", "未达标", Q(passed=False), "red"),
        Chip("yes", "达标", Q(passed=True), "green"),
        Chip("edge", "临界", Q(boundary=True), "amber"),
    ],
)
SCHOOLS = Listing(
    key="stat-balance-schools",
    columns=[
        Column("school", "学校", sort="row"),
        Column("county", "县市区", sort="county", nowrap=True, optional=True),
        Column("stage", "学段", nowrap=True),
        Column("pupils", "学生数", sort="pupils", numeric=True),
        Column(
            "passed",
            "结论",
            lambda row: "达标" if row.passed else "未达标",
            show=lambda row: State("达标", "green") if row.passed else State("未达标", "red"),
            nowrap=True,
        ),
        Column("boundary", "临界", nowrap=True, optional=True, hidden=True),
        Column("short", "未达到项数", sort="short", numeric=True),
        Column("lacks", "还差多少", lack_words),
        *(
            Column(f"v{place}", f"指标{place}", functools.partial(_value, place - 1), numeric=True,
                   optional=True, hidden=True)
            for place in range(1, 9)
        ),
    ],
    filters=[
        Search(["school"], "学校名称"),
        Choice("county", "县市区", lambda request: [(name, name) for name in request.balance_counties]),  # type: ignore[attr-defined]
        Choice("stage", "学段", [("小学", "小学"), ("初中", "初中")]),
    ],
    chips=PASSING,
    sort="-short",
    order=["row", "id"],
    export_name="各校测算结果",
    empty=Empty("没有计入的学校", "数据都有错误，或者学校都不在测算范围内。", icon="school"),
)  # fmt: skip


def _named(columns: Sequence[Column], run: BalanceRun) -> list[Column]:
    """The columns with the run's indicators by their names; columns that stand for more than it has are left out."""
    names = {f"v{place}": f"{one['code']} {one['name']}" for place, one in enumerate(run.results["indicators"], 1)}
    kept = [one for one in columns if one.key in names or not re.fullmatch(r"v\d", one.key)]
    return [replace(one, label=names.get(one.key, one.label)) for one in kept]


@require_GET
def balance_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "balance.view")
    primary = ("新的测算", reverse("stats:balance_new"), "plus") if actor.may_somewhere("balance.run") else None
    actions = [("各年比较", reverse("stats:balance_years"), "chart-line")]
    if actor.may_somewhere("balance.price"):
        actions.append(("资源单价", reverse("stats:balance_prices"), "tag"))
    if actor.may_somewhere("balance.relief"):
        actions.append(("放宽条款", reverse("stats:balance_reliefs"), "shield"))
    rows = balance.runs_seen(actor).defer("results", "table", "reliefs")
    return RUNS.respond(request, rows, title="均衡测算", primary=primary, actions=actions)


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
    return answered(
        request, form, lambda: acts.run_balance(actor, **form.values), lambda made: f"已测算 {made.schools} 所学校。",
        title="均衡测算", save="开始测算", save_icon="player-play", cancel_url=reverse("stats:balances"),
        crumbs=[Crumb("均衡测算", reverse("stats:balances"))],
    )  # fmt: skip


@require_GET
def balance_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The result: all counties at a glance, one of them (``?county=``) by stage, with the schools that hold it back."""
    run = run_or_404(request, pk)
    actor = actor_of(request)
    results = run.results
    hooks = Hooks(actor, findings.BALANCE.key())
    names = {one["code"]: f"{one['code']} {one['name']}" for one in results["indicators"]}
    units = {one["code"]: one["unit"] for one in results["indicators"]}
    counties = [
        {**county, "state": VERDICTS[county["verdict"]], "url": f"?county={county.get('unit') or ''}"}
        for county in results["counties"]
    ]
    place = place_or_404(request, run)
    chosen = None if place is None else counties[place]
    stages, errors = [], []
    left_out: dict[str, list[str]] = {}
    failing: list[SchoolResult] = []
    failing_count = 0
    if chosen is not None:
        for stage in chosen["stages"]:
            rows = [
                {
                    **one,
                    "name": names[one["code"]],
                    "unit": units[one["code"]],
                    "state": judged(one["passed"]),
                    "make_url": address(findings.balances_key(run.pk, chosen.get("unit"), stage["stage"], one["code"]))
                    if hooks.may and chosen.get("unit") and one["reaching"] < stage["schools"]
                    else "",
                }
                for one in stage["indicators"]
            ]
            limits_each = any(one["limit"] is not None for one in stage["indicators"])
            made = {"title": f"{chosen['county']}{stage['stage']}", "limits_each": limits_each, "rows": rows}
            drawn = beside_limits(run, stage["stage"])
            stages.append({**stage, **made, **drawn, "state": VERDICTS[stage["verdict"]]})
        failing, failing_count = failing_of(run, chosen["county"], SHOWN)
        for row in results["excluded"]:
            if row["county"] == chosen["county"]:
                left_out.setdefault(row["reason"], []).append(row["school"])
        errors = [row for row in results["errors"] if row["county"] in {chosen["county"], ""}]
    return render(
        request,
        "stats/balance.html",
        {
            **frame(run, "stats:balance", chosen),
            "counties": counties if len(counties) > 1 else [],
            "chosen": chosen,
            "stages": stages,
            "has_thresholds": any(results["thresholds"].values()),
            "may_make": any(row["make_url"] for stage in stages for row in stage["rows"]),
            "failing": [{"row": row, "words": lack_words(row), "hook": _hook(hooks, row)} for row in failing],
            "make_url": address(findings.balances_key(run.pk, chosen["unit"]))
            if chosen is not None and chosen.get("unit") and hooks.may and failing
            else "",
            "failing_count": failing_count,
            "county_hook": county_hook(actor, run, chosen),
            "counties_url": address(findings.SHORTAGES.key(run.pk, findings.ALL))
            if hooks.may and len(counties) > 1
            else "",
            "left_out": list(left_out.items()),
            "errors": errors[:SHOWN],
            "error_count": len(errors),
            "may_export": actor.may("balance.export", run.unit.path),
            "reliefs": [one for one in run.reliefs if chosen is not None and one["county"] == chosen["county"]],
        },
    )


def beside_limits(run: BalanceRun, stage: str) -> dict[str, Any]:
    """A chart of a stage: every county's coefficients against their limit; nothing where there is one county or no common limit."""
    parts = [
        (county["county"], one)
        for county in run.results["counties"]
        for one in county["stages"]
        if one["stage"] == stage
    ]
    limits = {found["limit"] for _, one in parts for found in one["indicators"]}
    if len(parts) < 2 or len(limits) != 1 or None in limits:
        return {}
    (limit,) = limits
    codes = [one["code"] for one in run.results["indicators"]]
    found = {(place, one["code"]): one for place, (_, part) in enumerate(parts) for one in part["indicators"]}
    cvs = {key: None if one["cv"] is None else round(one["cv"], 4) for key, one in found.items()}
    spec = {
        "kind": "dots",
        "categories": [name for name, _ in parts],
        "series": [{"name": code, "values": [cvs.get((place, code)) for place in range(len(parts))]} for code in codes],
        "mark": {"value": limit, "label": f"上限 {limit:g}"},
        "max": math.ceil(max([limit, *(cv for cv in cvs.values() if cv is not None)]) * 10 + 0.5) / 10,
    }
    over = [name for name, part in parts if any(one["passed"] is False for one in part["indicators"])]
    said = f"{stage}有 {len(over)} 个县市区的差异系数超过上限" if over else f"各县市区{stage}的差异系数都在上限以内"
    return {"chart": spec, "chart_finding": said}


def _hook(hooks: Hooks, row: SchoolResult) -> Hook | None:
    return hooks.at(findings.BALANCE.key(row.pk), row.unit.path, str(row))


@require_http_methods(["GET", "POST"])
def balance_schools(request: HttpRequest, pk: int) -> HttpResponse:
    """Every stage of every school of the run, to search, filter and export."""
    run = run_or_404(request, pk)
    request.balance_counties = [county["county"] for county in run.results["counties"]]  # type: ignore[attr-defined]
    if request.method == "POST":
        acts.note_balance_export(actor_of(request), run=run, what="schools")
    listed = replace(SCHOOLS, columns=_named(SCHOOLS.columns, run))
    return listed.respond(
        request,
        schools_of(run),
        title=f"{run}：各校结果",
        template="stats/balance_schools.html",
        **frame(run, "stats:balance_schools"),
    )


@require_POST
def balance_export(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk)
    acts.note_balance_export(actor_of(request), run=run)
    target = io.BytesIO()
    write_balance(run, results_seen(run), target)
    return attachment(target.getvalue(), f"{run}.xlsx")


@require_GET
def balance_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute the run again from what it kept and compare bit for bit. A read: nothing is written."""
    run = run_or_404(request, pk, table=True)
    checks = balance.checks_of(run) if run.table else []
    return render(
        request,
        "stats/balance_verify.html",
        {
            **frame(run, "stats:balance_verify"),
            "checks": [
                {"check": check, "state": State("一致", "green") if check.agrees else State("不一致", "red")}
                for check in checks
            ],
            "sound": balance.is_sound(checks),
        },
    )
