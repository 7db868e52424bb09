"""Pages of the sheets of findings: taken away with the filter of the list, brought back, looked at, confirmed."""

import io
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import sheets
from dudao.core.imports.owned import Owned
from dudao.core.imports.owned_pages import bring_page, errors_view, recent, upload_view
from dudao.core.models import SheetImport
from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.export import attachment
from dudao.core.ui.parts import Crumb
from dudao.findings import ledgers
from dudao.findings.actions.ledgers import LONG, begin_export, export_ledger
from dudao.findings.forms.ledgers import SheetForm
from dudao.findings.imports import KINDS, LEDGER, NEW
from dudao.findings.labels import SEVERITIES
from dudao.findings.queries.ledgers import units_to_name

_PHONES = "-phones"


def export_kinds(request: HttpRequest) -> list[tuple[str, str]]:
    """The sheets that a person may take away; with open telephones where they may see them."""
    actor = actor_of(request)
    kinds = [(key, ledger.name) for key, ledger in ledgers.SHEETS.items()]
    if actor.may_somewhere("contact.reveal"):
        kinds += [(f"{key}{_PHONES}", f"{ledgers.SHEETS[key].name}（电话不隐藏）") for key in ("duties", "ledger")]
    return kinds


def exported(request: HttpRequest, kind: str, *, rows: Any, whole: bool) -> HttpResponse:
    """The sheet of the rows that a list shows, or the page of a job that writes it. ``whole``: the list shows all there are."""
    actor = actor_of(request)
    key, phones = kind.removesuffix(_PHONES), kind.endswith(_PHONES)
    if key not in ledgers.SHEETS:
        raise Http404
    name = f"{ledgers.SHEETS[key].name} {timezone.localdate():%Y%m%d}.xlsx"
    ids = None if whole else list(rows.order_by().values_list("pk", flat=True))
    target = io.BytesIO()
    try:
        if (rows.order_by().count() if ids is None else len(ids)) > LONG:
            return redirect(begin_export(actor, kind=key, ids=ids, phones=phones, name=name))
        export_ledger(actor, target=target, kind=key, ids=ids, phones=phones)
    except ValidationError as problem:
        messages.error(request, "".join(problem.messages))
        return redirect(f"{reverse('findings:findings')}?{request.GET.urlencode()}")
    return attachment(target.getvalue(), name)


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("问题整改", reverse("findings:findings")), *more]


@require_http_methods(["GET", "POST"])
def sheet_import(request: HttpRequest) -> HttpResponse:
    """Bring a sheet: it is checked, and what it would do is shown on its own page."""
    may_anywhere(request, "finding.import")
    actor = actor_of(request)
    form = SheetForm(sent(request), request.FILES or None, actor=actor)

    def what() -> tuple[Owned, Any]:
        return NEW if form.cleaned_data["kind"] == "new" else LEDGER, form.cleaned_data["office"]

    return bring_page(
        request, form, what,
        title="导入问题表", save_icon="upload", cancel_url=reverse("findings:findings"), crumbs=_crumbs(Crumb("导入问题表")),
        template="findings/import.html", uploads=recent(request, *KINDS.values()),
        columns="、".join(column.name for column in ledgers.LEDGER.readable if column.key != "number"),
    )  # fmt: skip


@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """The 问题清单 to fill in, with the units that it may name."""
    may_anywhere(request, "finding.import")
    columns = [sheets.Column("name", "责任单位", width=34), sheets.Column("code", "单位代码", "code", width=22)]
    roster = sheets.Roster("unit", "单位名单", columns, units_to_name(actor_of(request)))
    help_text = "每行一个问题；带 * 的列必填。同一单位、同一天、同样的描述只登记一次。"
    return attachment(sheets.template(ledgers.TO_FILL_IN, help_text=help_text, roster=roster), "问题清单模板.xlsx")


def _more(taken: SheetImport) -> dict[str, Any]:
    """New problems as rows, which the page shows instead of changed cells."""
    if taken.kind != NEW.key:
        return {"new": False}
    rows = [
        {**row, "level": SEVERITIES[row["severity"]], "day": date.fromisoformat(row["found_on"])}
        for row in taken.preview
    ]
    return {"new": True, "rows": rows}


def _upload_crumbs(last: Crumb) -> list[Crumb]:
    return _crumbs(Crumb("导入问题表", reverse("findings:import")), last)


upload = upload_view("findings/upload.html", _upload_crumbs, *KINDS.values(), more=_more)
upload_errors = errors_view(*KINDS.values())
