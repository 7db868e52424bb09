"""Pages of the ledger (台账): take it away, bring it back, see what would change, say yes; and the progress brief."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import jobs
from dudao.core.access import Denied
from dudao.core.documents import DOCX
from dudao.core.imports.owned_pages import bring_page, errors_view, recent, upload_view
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.export import attachment
from dudao.core.ui.parts import Crumb
from dudao.plans import ledger
from dudao.plans.actions.ledger import export_ledger
from dudao.plans.forms.ledger import LedgerForm
from dudao.plans.imports import LEDGER
from dudao.plans.models import WorkPlan
from dudao.plans.papers import make_brief
from dudao.plans.queries.counts import tally_of
from dudao.plans.queries.ledger import ledger_rows
from dudao.plans.queries.tasks import plans_seen
from dudao.plans.views.common import lights_of, today

LONG = 2000
"""Rows from which a ledger is written in the background."""


def _plan_or_404(request: HttpRequest, pk: int) -> WorkPlan:
    return found_or_404(plans_seen(actor_of(request)).filter(pk=pk).first())


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("承办情况", reverse("plans:assignments")), *more]


@require_GET
def ledger_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the ledger of a plan holds, and the three things one can do with it."""
    actor = actor_of(request)
    plan = _plan_or_404(request, pk)
    rows = ledger_rows(actor, lights_of(request), plan=plan.pk)
    whole = tally_of(rows.filter(counts=True))
    return render(
        request,
        "plans/ledger/page.html",
        {
            "plan": plan,
            "whole": whole,
            "handed_on": rows.filter(counts=False).count(),
            "uploads": recent(request, LEDGER),
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
    return bring_page(
        request, form, lambda: (LEDGER, None),
        title="导回台账", cancel_url=reverse("plans:assignments"), crumbs=_crumbs(Crumb("导回台账")),
    )  # fmt: skip


def _upload_crumbs(last: Crumb) -> list[Crumb]:
    return _crumbs(Crumb("导回台账", reverse("plans:ledger_import")), last)


ledger_upload = upload_view("plans/ledger/upload.html", _upload_crumbs, LEDGER)
ledger_errors = errors_view(LEDGER)


@require_POST
def brief(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan_or_404(request, pk)
    content = make_brief(actor_of(request), plan=plan)
    return attachment(content, f"{plan.title}进展简报 {today():%Y%m%d}.docx", DOCX)
