"""Pages of the ledger (台账): take it away, bring it back, see what would change, say yes; and the progress brief."""

import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import jobs
from dudao.core.access import Denied
from dudao.core.documents import DOCX
from dudao.core.ui.export import attachment
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb, State
from dudao.plans import ledger
from dudao.plans.actions.ledger import apply_ledger, discard_ledger, export_ledger, take_ledger
from dudao.plans.forms.ledger import LedgerForm
from dudao.plans.models import LedgerUpload, WorkPlan
from dudao.plans.papers import make_brief
from dudao.plans.queries.assignments import tally
from dudao.plans.queries.ledger import ledger_rows, upload_of, uploads_of
from dudao.plans.queries.tasks import plans_seen
from dudao.plans.views.common import actor_of, lights_of, today

LONG = 2000
"""Rows from which a ledger is written in the background."""

UPLOAD_STATES: dict[str, State] = {
    LedgerUpload.State.CHECKED: State("待确认", "amber"),
    LedgerUpload.State.FAULTY: State("有错误", "red"),
    LedgerUpload.State.APPLIED: State("已导入", "green"),
    LedgerUpload.State.DISCARDED: State("已放弃", "grey", "x"),
}
SHOWN_CHANGES = 500
SHOWN_PROBLEMS = 200


def _plan_or_404(request: HttpRequest, pk: int) -> WorkPlan:
    plan = plans_seen(actor_of(request)).filter(pk=pk).first()
    if plan is None:
        raise Http404
    return plan


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("承办情况", reverse("plans:assignments")), *more]


@require_GET
def ledger_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the ledger of a plan holds, and the three things one can do with it."""
    actor = actor_of(request)
    plan = _plan_or_404(request, pk)
    whole = tally(ledger_rows(actor, lights_of(request), plan=plan.pk)).get(None)
    uploads = list(uploads_of(actor)[:10])
    for upload in uploads:
        upload.shown = UPLOAD_STATES[upload.state]  # type: ignore[attr-defined]
    return render(
        request,
        "plans/ledger/page.html",
        {
            "plan": plan,
            "whole": whole,
            "uploads": uploads,
            "columns": "、".join(column.name for column in ledger.EDITABLE),
            "may_export": actor.may_somewhere("ledger.export"),
            "may_import": actor.may_somewhere("ledger.import"),
            "may_phones": actor.may_somewhere("contact.reveal"),
            "may_brief": actor.may("brief.make", plan.unit.path),
            "crumbs": _crumbs(Crumb("任务台账")),
        },
    )


@require_POST
def ledger_export(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan_or_404(request, pk)
    return _exported(request, plan=plan, phones=request.POST.get("phones") == "1")


def ledger_of_list(request: HttpRequest, columns: Sequence[Any], rows: Iterable[Any], name: str) -> HttpResponse:
    """The ledger of the rows that a list shows: what its 导出 answers (see ``Listing.export``)."""
    return _exported(request, ids=[row.pk for row in rows])


def _exported(
    request: HttpRequest, *, plan: WorkPlan | None = None, ids: list[int] | None = None, phones: bool = False
) -> HttpResponse:
    """The file at once, or the page of a job that writes it."""
    actor = actor_of(request)
    if not actor.may_somewhere("ledger.export"):
        raise Denied("您没有“导出台账”的权限，如工作需要请联系安全管理员。", "ledger.export")
    name = f"{plan.title if plan else '教育督导'}任务台账 {timezone.localdate():%Y%m%d}"
    if ledger_rows(actor, lights_of(request), plan=plan.pk if plan else None, ids=ids).count() > LONG:
        job = jobs.start(
            actor,
            kind="plans.ledger_export",
            label=f"导出{plan.title if plan else ''}任务台账",
            params={"plan": plan.pk if plan else None, "ids": ids, "phones": phones, "name": name},
        )
        return redirect(job)
    target = io.BytesIO()
    try:
        export_ledger(actor, target=target, plan=plan, ids=ids, phones=phones)
    except ValidationError as problem:
        messages.error(request, "".join(problem.messages))
        return redirect("plans:ledger", plan.pk) if plan else redirect("plans:assignments")
    return attachment(target.getvalue(), f"{name}.xlsx")


@require_http_methods(["GET", "POST"])
def ledger_import(request: HttpRequest) -> HttpResponse:
    """Bring a ledger back: it is checked, and what would change is shown on its own page."""
    if not actor_of(request).may_somewhere("ledger.import"):
        raise Denied("您没有“导回台账”的权限，如工作需要请联系安全管理员。", "ledger.import")
    form = LedgerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        nothing = object()

        def take() -> Any:
            return take_ledger(actor_of(request), upload=upload, name=upload.name) or nothing

        taken = refused(form, take)
        if taken is nothing:
            messages.success(request, f"“{upload.name}”与平台里的内容一致，没有需要导入的改动。")
            return redirect("plans:ledger_import")
        if taken is not None:
            return redirect(taken)
    return form_page(
        request,
        form,
        title="导回台账",
        save="上传并核对",
        cancel_url=reverse("plans:assignments"),
        crumbs=_crumbs(Crumb("导回台账")),
    )


@require_http_methods(["GET", "POST"])
def ledger_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """What a ledger would change, before it does; POST ``act`` = apply or discard."""
    actor = actor_of(request)
    taken = upload_of(actor, pk)
    if taken is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("act") == "discard":
            discard_ledger(actor, taken=taken)
            messages.success(request, "已放弃这份台账，没有写入任何内容。")
            return redirect("plans:ledger_import")
        apply_ledger(actor, taken=taken)
        messages.success(request, f"已导入 {len(taken.changes)} 处改动。")
        return redirect(taken)
    names = {column.key: column.name for column in ledger.EDITABLE}
    lines = [
        (label, [{**change, "name": names[change["column"]]} for change in group])
        for label, group in groupby(taken.changes[:SHOWN_CHANGES], key=lambda change: change["label"])
    ]
    return render(
        request,
        "plans/ledger/upload.html",
        {
            "taken": taken,
            "state": UPLOAD_STATES[taken.state],
            "lines": lines,
            "hidden_changes": max(len(taken.changes) - SHOWN_CHANGES, 0),
            "problems": [{"row": row, "text": text} for row, _, text in taken.problems[:SHOWN_PROBLEMS]],
            "hidden_problems": max(len(taken.problems) - SHOWN_PROBLEMS, 0),
            "rows_touched": len({change["row"] for change in taken.changes}),
            "open": taken.state in {LedgerUpload.State.CHECKED, LedgerUpload.State.FAULTY},
            "crumbs": _crumbs(Crumb("导回台账", reverse("plans:ledger_import")), Crumb(taken.name)),
        },
    )


@require_GET
def ledger_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger as it was brought, with a red column that says what is wrong."""
    taken = upload_of(actor_of(request), pk)
    if taken is None or not taken.problems:
        raise Http404
    return attachment(ledger.error_copy(taken), f"{taken.name.removesuffix('.xlsx')} 错误说明.xlsx")


@require_POST
def brief(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan_or_404(request, pk)
    content = make_brief(actor_of(request), plan=plan)
    return attachment(content, f"{plan.title}进展简报 {today():%Y%m%d}.docx", DOCX)
