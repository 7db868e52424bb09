"""Pages of the sheets of findings: taken away with the filter of the list, brought back, looked at, confirmed."""

import io
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import sheets
from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.export import attachment
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb, State
from dudao.findings import ledgers
from dudao.findings.actions.ledgers import (
    LONG,
    begin_export,
    begin_upload,
    discard_upload,
    error_copy,
    export_ledger,
    take_sheet,
)
from dudao.findings.forms.ledgers import SheetForm
from dudao.findings.labels import SEVERITIES
from dudao.findings.models import FindingUpload
from dudao.findings.queries.ledgers import upload_of, uploads_of

_PHONES = "-phones"
_STATES: dict[str, State] = {
    FindingUpload.State.CHECKED: State("待确认", "amber"),
    FindingUpload.State.FAULTY: State("有错误", "red"),
    FindingUpload.State.APPLIED: State("已导入", "green"),
    FindingUpload.State.DISCARDED: State("已放弃", "grey", "x"),
}
_RUNNING = State("正在导入", "blue")
SHOWN = 500
SHOWN_PROBLEMS = 200


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
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        brought, nothing = values["file"], object()

        def take() -> Any:
            made = take_sheet(actor, kind=values["kind"], office=values["office"], upload=brought, name=brought.name)
            return made or nothing

        taken = refused(form, take)
        if taken is nothing:
            what = "里的问题都已经登记过" if values["kind"] == FindingUpload.Kind.NEW else "与平台里的内容一致"
            messages.success(request, f"“{brought.name}”{what}，没有需要导入的内容。")
            return redirect("findings:import")
        if taken is not None:
            return redirect(taken)
    uploads = list(uploads_of(actor)[:10])
    for one in uploads:
        one.shown = _shown(one)  # type: ignore[attr-defined]
    return form_page(
        request,
        form,
        title="导入问题表",
        save="上传并核对",
        save_icon="upload",
        cancel_url=reverse("findings:findings"),
        crumbs=_crumbs(Crumb("导入问题表")),
        template="findings/import.html",
        uploads=uploads,
        columns="、".join(column.name for column in ledgers.LEDGER.readable if column.key != "number"),
    )


@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """The 问题清单 to fill in."""
    may_anywhere(request, "finding.import")
    help_text = "每行一个问题；带 * 的列必填。同一单位、同一天、同样的描述只登记一次。"
    return attachment(sheets.template(ledgers.PROBLEMS, help_text=help_text), "问题清单模板.xlsx")


def _shown(taken: FindingUpload) -> State:
    going = taken.job is not None and not taken.job.over and taken.state == FindingUpload.State.CHECKED
    return _RUNNING if going else _STATES[taken.state]


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """What a sheet would do, before it does; POST ``act`` = apply or discard."""
    actor = actor_of(request)
    taken = upload_of(actor, pk)
    if taken is None:
        raise Http404
    if request.method == "POST":
        return _decided(request, taken)
    new = taken.kind == FindingUpload.Kind.NEW
    shown: dict[str, Any]
    if new:
        shown = {
            "rows": [
                {**row, "level": SEVERITIES[row["severity"]], "day": date.fromisoformat(row["found_on"])}
                for row in taken.changes[:SHOWN]
            ]
        }
    else:
        names = {column.key: column.name for column in ledgers.LEDGER.readable}
        shown = {
            "lines": [
                (label, [{**change, "name": names[change["column"]]} for change in group])
                for label, group in groupby(taken.changes[:SHOWN], key=lambda change: change["label"])
            ]
        }
    return render(
        request,
        "findings/upload.html",
        {
            "taken": taken,
            "new": new,
            "state": _shown(taken),
            "hidden": max(len(taken.changes) - SHOWN, 0),
            "problems": [{"row": row, "text": text} for row, _, text in taken.problems[:SHOWN_PROBLEMS]],
            "hidden_problems": max(len(taken.problems) - SHOWN_PROBLEMS, 0),
            "open": taken.state in {FindingUpload.State.CHECKED, FindingUpload.State.FAULTY}
            and _shown(taken) != _RUNNING,
            "crumbs": _crumbs(Crumb("导入问题表", reverse("findings:import")), Crumb(taken.name)),
            **shown,
        },
    )


def _decided(request: HttpRequest, taken: FindingUpload) -> HttpResponse:
    actor = actor_of(request)
    if request.POST.get("act") == "discard":
        discard_upload(actor, taken=taken)
        messages.success(request, "已放弃这份表，没有写入任何内容。")
        return redirect("findings:import")
    if request.POST.get("act") != "apply":
        raise Denied("请选择确认导入，或者放弃。", "finding.import")
    done = begin_upload(actor, taken=taken)
    if done.state != FindingUpload.State.APPLIED and done.job is not None:
        return redirect(done.job)
    if taken.kind == FindingUpload.Kind.NEW:
        messages.success(request, f"已登记 {len(taken.changes)} 个问题，核对后下达。")
        return redirect(f"{reverse('findings:findings')}?state=draft")
    messages.success(request, f"已导入 {len(taken.changes)} 处改动。")
    return redirect(taken)


@require_GET
def upload_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as it was brought, with a red column that says what is wrong."""
    taken = upload_of(actor_of(request), pk)
    if taken is None or not taken.problems:
        raise Http404
    return attachment(error_copy(taken), f"{taken.name.removesuffix('.xlsx')} 错误说明.xlsx")
