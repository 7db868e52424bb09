"""Pages of the plans to end large classes: the list, a new one, filling it in, handing it in, its progress, its workbook."""

import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.balance.crowding import Pace
from dudao.core.imports.pages import sheet_page
from dudao.core.keys import number_in
from dudao.core.ui.acting import actor_of, need
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chips
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, stages
from dudao.core.workflow import Conflict
from dudao.findings.queries.sources import Hook, Hooks
from dudao.stats import findings
from dudao.stats.actions import sizes as acts
from dudao.stats.forms.sizes import PlanForm, PlanUploadForm, parse_rows
from dudao.stats.labels import PACES
from dudao.stats.models import EliminationPlan, EliminationRow
from dudao.stats.papers import sizes as sizepapers
from dudao.stats.process import ELIMINATION
from dudao.stats.queries import sizes

EDITABLE = (EliminationPlan.State.DRAFT, EliminationPlan.State.RETURNED)

PLANS = Listing(
    key="stat-eliminations",
    columns=[
        Column(
            "unit", "县市区", lambda plan: str(plan.unit), link=lambda plan: plan.get_absolute_url(),
            sort=("unit__sort_no", "unit__sort_key"), sub=lambda plan: f"第 {plan.number} 版",
        ),
        Column("years", "期限", lambda plan: f"{plan.base_year + 1}—{plan.last_year}年", sort="last_year", nowrap=True),
        Column("state", "状态", lambda plan: ELIMINATION.flow.states[plan.state], sort="state", nowrap=True),
        Column("lines", "涉及学校（学段）", sort="lines", numeric=True),
        Column("faults", "未填全", sort="faults", numeric=True),
        Column("submitted_at", "提交时间", sort="submitted_at", nowrap=True),
        Column("approved_at", "批准时间", sort="approved_at", nowrap=True),
    ],
    chips=Chips.of_states("state", ELIMINATION.flow.states),
    sort="unit",
    order=["-number"],
    empty=Empty("还没有消除计划", "县市区按数据报送里的大班额、大校额编制计划，市督导办批准后每年核对。", icon="target-arrow"),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def elimination_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "size.view")
    primary = None
    if actor.may_somewhere("elimination.edit"):
        primary = ("编制计划", reverse("stats:elimination_new"), "plus")
    return PLANS.respond(
        request,
        sizes.plans_seen(actor),
        title="消除计划",
        primary=primary,
        crumbs=[Crumb("班额校额", reverse("stats:sizes"))],
    )


@require_http_methods(["GET", "POST"])
def elimination_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "elimination.edit")
    seen = sizes.board(actor, sizes.rules())
    form = PlanForm(
        request.POST or None,
        counties=sizes.counties_seen(actor, "elimination.edit"),
        years=[year for year in seen.years if seen.schools.get(year)],
    )
    return answered(
        request, form, lambda: acts.create_plan(actor, **form.values),
        lambda made: f"已按{made.base_words}的数据列出 {made.lines} 条，请逐条填目标、措施、责任人和时限。",
        to=lambda made: reverse("stats:elimination_edit", kwargs={"pk": made.pk}),
        title="编制消除计划", save="列出学校", cancel_url=reverse("stats:eliminations"),
        crumbs=[Crumb("班额校额", reverse("stats:sizes")), Crumb("消除计划", reverse("stats:eliminations"))],
    )  # fmt: skip


@require_GET
def elimination_page(request: HttpRequest, pk: int) -> HttpResponse:
    plan = ELIMINATION.found_or_404(request, pk)
    actor = actor_of(request)
    view = sizes.plan_view(actor, plan)
    hooks = Hooks(actor, findings.LARGE.key())
    frame = ELIMINATION.frame(plan, actor, back="draft" if plan.state == EliminationPlan.State.RETURNED else "")
    if plan.state == EliminationPlan.State.REPLACED:
        frame["line"] = stages(ELIMINATION.flow.line, EliminationPlan.State.APPROVED)
    totals = [
        {
            "label": str(label),
            "unit": "个班" if sort == "classes" else "人",
            "start": view.starts[sort],
            "years": view.totals[sort],
        }
        for sort, label in EliminationRow.Sort.choices
        if any(one.row.sort == sort for one in view.rows)
    ]
    return render(
        request,
        "stats/elimination.html",
        {
            **frame,
            "plan": plan,
            "may_export": actor.may("elimination.export", plan.unit.path),
            "view": view,
            "rows": [{"view": one, "pace": PACES[one.pace], "hook": _hook(hooks, plan, one)} for one in view.rows],
            "paces": [(PACES[found], view.count(found)) for found in Pace if view.count(found)],
            "in_force": plan.state in {"approved", "replaced"},
            "totals": totals,
            "versions": list(sizes.plans_seen(actor).filter(unit=plan.unit).order_by("-number")),
            "states": ELIMINATION.flow.states,
        },
    )


def _hook(hooks: Hooks, plan: EliminationPlan, one: sizes.RowView) -> Hook | None:
    """A finding of what is left by the newest count, or of what there was at the start."""
    if not one.left:
        return None
    year = max((found.year for found in one.years if found.actual is not None), default=plan.base_year)
    return hooks.at(findings.LARGE.key(year, one.row.school_id), one.row.school.path, str(one.row.school))


@require_http_methods(["GET", "POST"])
def elimination_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows in one table; 保存 keeps them, 保存并返回 leads to the plan's page, where it is handed in."""
    plan = ELIMINATION.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("elimination.edit", plan.unit.path)
    if plan.state not in EDITABLE:
        messages.warning(request, f"计划“{plan.get_state_display()}”，不能再改。")
        return redirect(plan)
    if request.method == "GET":
        return _form(request, plan)
    rows = list(plan.rows.select_related("school"))
    typed, errors = parse_rows(request.POST, rows, plan.years)
    if errors:
        return _form(request, plan, errors=errors, status=422)
    version = number_in(request.POST.get("version", ""))
    try:
        held = acts.save_plan(actor, plan=plan, version=-1 if version is None else version, rows=typed)
    except Conflict as reason:
        return _form(request, plan, refusal=str(reason), status=409)
    messages.success(
        request, f"已保存。{f'还有 {held.faults} 处没有填全。' if held.faults else '已经填全，可以提交。'}"
    )
    if request.POST.get("do") == "done":
        return redirect(plan)
    return redirect("stats:elimination_edit", pk=plan.pk)


def _form(
    request: HttpRequest,
    plan: EliminationPlan,
    *,
    errors: dict[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The table as stored, or as just typed when it was refused."""
    view = sizes.plan_view(actor_of(request), plan)
    posted = request.POST if request.method == "POST" else None
    rows = []
    for one in view.rows:
        row = one.row
        targets = []
        for year, target in zip(plan.years, row.targets, strict=True):
            name = f"t-{row.pk}-{year}"
            stored = "" if target is None else target
            value = posted.get(name, "") if posted is not None else stored
            targets.append({"name": name, "year": year, "value": value, "fault": bool(errors and name in errors)})
        chosen = posted.getlist(f"m-{row.pk}") if posted is not None else row.measures
        day = row.deadline.isoformat() if row.deadline else ""
        rows.append(
            {
                "view": one,
                "targets": targets,
                "measures": [(value, label, value in chosen) for value, label in EliminationRow.Measure.choices],
                "responsible": posted.get(f"r-{row.pk}", "") if posted is not None else row.responsible,
                "deadline": posted.get(f"d-{row.pk}", "") if posted is not None else day,
                "note": posted.get(f"n-{row.pk}", "") if posted is not None else row.note,
            }
        )
    context = {
        "plan": plan,
        "state": ELIMINATION.flow.states[plan.state],
        "crumbs": ELIMINATION.crumbs(plan, "填写"),
        "rows": rows,
        "years": plan.years,
        "errors": list((errors or {}).values()),
        "refusal": refusal,
        "shortfalls": view.shortfalls,
        "blank": any(all(target is None for target in one.row.targets) for one in view.rows),
        "draft_key": f"{actor_of(request).id}:{request.path}:{plan.version}",
    }
    return render(request, "stats/elimination_edit.html", context, status=status)


@require_POST
def elimination_export(request: HttpRequest, pk: int) -> HttpResponse:
    plan = ELIMINATION.found_or_404(request, pk)
    actor = actor_of(request)
    acts.note_plan_export(actor, plan=plan)
    target = io.BytesIO()
    sizepapers.write_plan(plan, sizes.plan_view(actor, plan), target)
    return attachment(target.getvalue(), f"{plan}.xlsx")


@require_http_methods(["GET", "POST"])
def elimination_import(request: HttpRequest, pk: int) -> HttpResponse:
    """A filled-in workbook: all of it or, with a list of what is wrong where, nothing."""
    plan = ELIMINATION.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("elimination.import", plan.unit.path)
    form = PlanUploadForm(request.POST or None, request.FILES or None)

    def take(typed: dict[int, acts.RowInput]) -> int:
        acts.save_plan(actor, plan=plan, version=plan.version, rows=typed, source=form.cleaned_data["file"].name)
        return len(typed)

    return sheet_page(
        request, form, lambda data: sizepapers.read_plan(data, plan), take, lambda count: f"已导入 {count} 条。", to=plan,
        title="导入消除计划", cancel_url=plan.get_absolute_url(),
        crumbs=ELIMINATION.crumbs(plan, "填写"),
    )  # fmt: skip
