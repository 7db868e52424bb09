"""The list of plans, bringing one in, the published page with its amendments, and the steps of the flow."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.worktext import DocumentError
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.files import FileRefused, serve
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.filters import Chips, Choice, Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink, Stage, stages
from dudao.core.ui.templatetags.ui import progress
from dudao.plans.actions.document import (
    PointChange,
    amend_plan,
    draft_tasks,
    import_plan,
)
from dudao.plans.flow import PLAN, TASK
from dudao.plans.forms.document import AmendForm, ImportForm, TasksForm
from dudao.plans.models import WorkPlan
from dudao.plans.queries.document import effective_points, offices, plan_of, plans, with_counts, years
from dudao.plans.queries.page import plan_page
from dudao.plans.views.common import lights_of, today

DRAFT, PUBLISHED = WorkPlan.State.DRAFT, WorkPlan.State.PUBLISHED


def plan_or_404(request: HttpRequest, pk: int, verb: str = "plan.view") -> Any:
    return found_or_404(plan_of(actor_of(request), pk, verb))


def plans_crumb() -> Crumb:
    return Crumb("年度计划", reverse("plans:plans"))


def step_line(plan: Any) -> Any:
    """Where a published plan stands on its way from a document to work under way."""
    labels = [("import", "导入"), ("review", "校对"), ("publish", "发布"), ("tasks", "生成任务"), ("work", "下达推进")]
    line = stages(labels, "work" if plan.task_count else "tasks")
    return [*line[:-1], Stage("下达推进", "current")] if plan.task_count else line


def _checked(plan: Any) -> Any:
    if plan.state != DRAFT or not plan.point_count:
        return None
    return progress(plan.checked_points, plan.point_count, words=f"{plan.checked_points}/{plan.point_count}")


def _menu(plan: Any, request: HttpRequest) -> list[RowLink]:
    actor = actor_of(request)
    if plan.state == DRAFT:
        return [RowLink("继续校对", reverse("plans:review", args=[plan.pk]), "pencil")]
    links = [RowLink("查看", plan.get_absolute_url(), "eye")]
    if plan.state == PUBLISHED:
        links.append(RowLink("任务", f"{reverse('plans:tasks')}?plan={plan.pk}", "list-details"))
        if actor.may("plan.amend", plan.unit.path):
            links.append(RowLink("修订", reverse("plans:plan_amend", args=[plan.pk]), "pencil"))
    return links


PLANS = Listing(
    key="plans",
    columns=[
        Column(
            "title",
            "计划",
            str,
            link=lambda plan: plan.get_absolute_url(),
            sub=lambda plan: plan.issuer or str(plan.unit),
            sort="title",
        ),
        Column("year", "年度", lambda plan: f"{plan.year}年", sort="year", nowrap=True),
        Column("state", "状态", lambda plan: PLAN.states[plan.state], sort="state", nowrap=True),
        Column("points", "要点", "point_count", numeric=True),
        Column("checked", "已校对", lambda plan: plan.checked_points, show=_checked),
        Column("tasks", "任务", "task_count", numeric=True),
        Column("amendments", "修订", lambda plan: plan.amendment_count or None, numeric=True, optional=True),
        Column("published_at", "发布时间", "published_at", sort="published_at", nowrap=True),
        Column("source", "来源", lambda plan: plan.source_name or "粘贴的文字", optional=True, hidden=True),
        Column("created_at", "导入时间", "created_at", sort="created_at", optional=True, hidden=True, nowrap=True),
    ],
    filters=[
        Search(["title", "issuer"], "计划标题或制发机关"),
        Choice("year", "年度", lambda request: [(year, f"{year}年") for year in years(actor_of(request))]),
    ],
    chips=Chips.of_states("state", PLAN.states),
    sort="-year",
    order=["-id"],
    row_menu=_menu,
    export_name="年度计划",
    empty=Empty(
        "还没有年度计划",
        "把年度工作要点导入后，系统会识别出部分、要点、目标和时限，校对后发布并生成任务。",
        icon="calendar-stats",
    ),
)


@require_http_methods(["GET", "POST"])
def plan_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    primary = (
        ("导入工作要点", reverse("plans:plan_import"), "file-import") if actor.may_somewhere("plan.import") else None
    )
    return PLANS.respond(request, with_counts(plans(actor)), title="年度计划", primary=primary)


@require_http_methods(["GET", "POST"])
def plan_import(request: HttpRequest) -> HttpResponse:
    """A file or pasted words become a draft. What is wrong stands beside the field, and what was pasted stays in it."""
    actor = actor_of(request)
    units = offices(actor)
    if not units:
        raise Denied("您没有“导入工作要点”的权限，如工作需要请联系安全管理员。", "plan.import")
    how = "paste" if request.GET.get("how") == "paste" else "upload"
    form = ImportForm(request.POST or None, request.FILES or None, units=units, how=how)
    if request.method == "POST" and form.is_valid():
        made = _imported(actor, form)
        if made is not None:
            return redirect("plans:review", pk=made.pk)
    return form_page(
        request,
        form,
        title="导入工作要点",
        save="导入并校对",
        save_icon="file-import",
        cancel_url=reverse("plans:plans"),
        crumbs=[plans_crumb()],
        template="plans/document/import.html",
        wide=how == "paste",
        how=how,
        draft_key=f"{actor.id}:plan-import-{how}",
    )


def _imported(actor: Any, form: ImportForm) -> WorkPlan | None:
    values = form.values
    upload = values.get("file")
    what = (
        {"data": upload.read(), "filename": upload.name} if upload is not None else {"text": values.get("text") or ""}
    )
    field = "file" if upload is not None else "text"
    try:
        return refused(form, lambda: import_plan(actor, unit=values["unit"], year=values["year"], **what))
    except (DocumentError, FileRefused) as problem:
        form.add_error(field, str(problem))
    return None


def _year_end(plan: WorkPlan) -> date | None:
    """The last day of the plan's year, as long as it lies ahead."""
    day = date(plan.year, 12, 31)
    return day if day >= today() else None


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft leads to its review; a published or discarded plan is read here."""
    found = plan_or_404(request, pk)
    if found.state == DRAFT:
        return redirect("plans:review", pk=pk)
    actor = actor_of(request)
    page = plan_page(actor, found, lights_of(request))
    office = actor.may("plan.edit", found.unit.path)
    for _, points in page.sections:
        for task in (task for point in points for task in point.tasks):
            task.shown = TASK.states[task.state]
    return render(
        request,
        "plans/document/page.html",
        {
            "plan": found,
            "page": page,
            "state": PLAN.states[found.state],
            "line": step_line(found) if office and found.state == PUBLISHED else (),
            "crumbs": [plans_crumb(), Crumb(str(found))],
            "may_amend": found.state == PUBLISHED and actor.may("plan.amend", found.unit.path),
            "may_draft": found.state == PUBLISHED and actor.may("task.create", found.unit.path),
            "office": office,
            "missing": page.missing if office and found.state == PUBLISHED else 0,
            "drafts": page.drafts if found.state == PUBLISHED and actor.may("task.hand_down", found.unit.path) else 0,
            "tasks_form": TasksForm(initial={"deadline": _year_end(found)}),
            "events": audit.history(found).exclude(verb="plan.edit"),
        },
    )


@require_GET
def plan_source(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was uploaded."""
    found = plan_or_404(request, pk)
    if found.source_file is None:
        raise Http404
    return serve(found.source_file, found.source_name)


@require_POST
def plan_tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft tasks from what was accepted."""
    found = plan_or_404(request, pk)
    form = TasksForm(request.POST)
    if not form.is_valid():
        messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(found)
    made = draft_tasks(actor_of(request), plan=found, deadline=form.cleaned_data["deadline"])
    messages.success(request, f"已生成 {len(made)} 条任务草稿，请核对牵头单位、时限和目标，再下达。")
    return redirect(f"{reverse('plans:tasks')}?plan={found.pk}")


@require_http_methods(["GET", "POST"])
def plan_amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a point (``?point=``), then change or drop it, with the reason."""
    found = plan_or_404(request, pk, "plan.amend")
    if found.state != PUBLISHED:
        raise Denied("只有已发布的计划才作修订，草稿可以直接修改。", "plan.amend")
    rows = effective_points(found)
    row = next((row for row in rows if str(row.pk) == request.GET.get("point")), None)
    crumbs = [plans_crumb(), Crumb(str(found), found.get_absolute_url())]
    if row is None or row.dropped:
        context = {"plan": found, "rows": rows, "crumbs": [*crumbs, Crumb("修订")]}
        return render(request, "plans/document/amend_choose.html", context)
    form = AmendForm(request.POST or None, initial={"title": row.title, "text": row.text})
    if request.method == "POST" and form.is_valid():
        values = form.values
        change = PointChange(row.point, values["title"], values["text"], values["dropped"])
        made = refused(
            form, lambda: amend_plan(actor_of(request), plan=found, reason=values["reason"], changes=[change])
        )
        if not form.errors:
            number = made[0].number if made else ""
            messages.success(request, f"已作第 {number} 次修订。" if number else "修订已保存。")
            return redirect(f"{found.get_absolute_url()}#point-{row.pk}")
    return form_page(
        request,
        form,
        title=f"修订“{row}”",
        save="作出修订",
        cancel_url=found.get_absolute_url(),
        crumbs=[*crumbs, Crumb("修订", reverse("plans:plan_amend", args=[pk]))],
        note=f"这将是第 {found.amendment_count + 1} 次修订。原文保留不动，页面上同时显示修订后的内容。",
        template="plans/document/amend.html",
        row=row,
    )
