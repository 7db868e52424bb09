"""Bringing units in: template, upload, what the check found, confirmation, result."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import files, sheets
from dudao.core.access import Actor
from dudao.core.files import FileRefused
from dudao.core.ui.export import attachment
from dudao.core.ui.forms import form_page
from dudao.core.ui.parts import Crumb, State
from dudao.orgs import actions, forms, queries
from dudao.orgs.importing import Outcome
from dudao.orgs.models import UnitImport
from dudao.orgs.sheet import HELP, UNITS

STATES: dict[str, State] = {
    UnitImport.State.CHECKING: State("检查中", "blue"),
    UnitImport.State.READY: State("待确认", "amber"),
    UnitImport.State.FAULTY: State("有错误", "red"),
    UnitImport.State.IMPORTING: State("导入中", "blue"),
    UnitImport.State.DONE: State("已导入", "green"),
}
OUTCOMES: dict[str, State] = {
    Outcome.NEW: State("新增", "green", "plus"),
    Outcome.CHANGED: State("更新", "blue", "edit"),
    Outcome.SAME: State("无变化", "grey", "minus"),
    Outcome.ERROR: State("有错误", "red"),
}


def _require_import(actor: Actor) -> None:
    places = [unit.path for unit in queries.roots_of(actor, "unit.import")]
    actor.require("unit.import", places[0] if places else "")


@require_GET
def template(request: Any) -> HttpResponse:
    _require_import(request.actor)
    return attachment(sheets.template(UNITS, help_text=HELP), "机构信息导入模板.xlsx")


@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    actor: Actor = request.actor
    _require_import(actor)
    roots = queries.roots_of(actor, "unit.import")
    form = forms.ImportForm(
        request.POST or None, request.FILES or None, actor=actor, initial={"root": roots[0].pk if roots else None}
    )
    if request.method == "POST" and form.is_valid():
        taken = forms.refused(form, lambda: _take(actor, form))
        if taken is not None:
            return redirect(taken)
    return form_page(
        request,
        form,
        title="导入机构",
        save="上传并检查",
        save_icon="upload",
        cancel_url=reverse("orgs:units"),
        crumbs=[Crumb("机构", reverse("orgs:units"))],
        note="上传后先检查每一行，列出将新增、更新和有错误的行；您确认之前不会改动任何机构。",
        template="orgs/import_new.html",
        earlier=list(queries.visible_imports(actor)[:5]),
        states=STATES,
    )


def _take(actor: Actor, form: Any) -> Any:
    """Look at the file as a whole before it is stored: what can't be a sheet is refused beside the field."""
    upload = form.cleaned_data["file"]
    try:
        sheets.open_book(sheets.read_upload(upload))
        upload.seek(0)
        stored = files.store(upload, kinds={"xlsx"}, limit=sheets.MAX_BYTES)
    except (sheets.SheetError, FileRefused) as error:
        form.add_error("file", str(error))
        return None
    return actions.take_sheet(actor, root=form.cleaned_data["root"], file=stored, name=upload.name)


@require_GET
def one(request: Any, pk: int) -> HttpResponse:
    taken: UnitImport = get_object_or_404(queries.visible_imports(request.actor), pk=pk)
    shown = [{**row, "state": OUTCOMES[row["outcome"]]} for row in taken.preview]
    return render(
        request,
        "orgs/import.html",
        {
            "taken": taken,
            "state": STATES[taken.state],
            "crumbs": [Crumb("机构", reverse("orgs:units")), Crumb("导入", reverse("orgs:import-new"))],
            "rows": shown,
            "counts": taken.counts,
            "confirm_text": _confirm_text(taken),
            "done_text": _done_text(taken),
            "rows_title": "检查结果" if len(shown) == sum(taken.counts.values()) else f"检查结果（前 {len(shown)} 行）",
            "running": taken.state in {UnitImport.State.CHECKING, UnitImport.State.IMPORTING},
            "problem_more": max(0, taken.counts.get("error", 0) - len(taken.problems)),
        },
    )


def _confirm_text(taken: UnitImport) -> str:
    new, changed = taken.counts.get("new", 0), taken.counts.get("changed", 0)
    return f"确认后新增 {new} 个机构、更新 {changed} 个机构；名称或上级有变化的，按今天更名或变更隶属。导入后不能整批撤回。"


def _done_text(taken: UnitImport) -> str:
    counts = taken.counts
    return f"已新增 {counts.get('new', 0)} 个、更新 {counts.get('changed', 0)} 个，无变化 {counts.get('same', 0)} 个。"


@require_GET
def state(request: Any, pk: int) -> HttpResponse:
    """What the progress bar of the page asks for until the work is over; then the page is loaded anew."""
    taken: UnitImport = get_object_or_404(queries.visible_imports(request.actor), pk=pk)
    job = taken.job
    over = job is None or job.over
    words = "已结束" if over else (job.message or "正在排队，马上开始") if job is not None else ""
    if job is not None and not over and job.total:
        words += f"（{job.done} / {job.total}）"
    context = {
        "words": words,
        "share": job.share if job is not None else None,
        "done": over,
        "tone": "blue",
        "next": taken.get_absolute_url() if over else "",
    }
    answer = render(request, "ui/job_state.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def confirm(request: Any, pk: int) -> HttpResponse:
    taken: UnitImport = get_object_or_404(queries.visible_imports(request.actor), pk=pk)
    actions.confirm_import(request.actor, taken=taken)
    messages.info(request, "已开始导入，可以离开本页，结束后会收到通知。")
    return redirect(taken)


@require_GET
def errors(request: Any, pk: int) -> HttpResponse:
    """The uploaded file with its red column."""
    taken: UnitImport = get_object_or_404(queries.visible_imports(request.actor), pk=pk)
    if taken.errors is None:
        raise Http404
    stem = taken.name.rsplit(".", 1)[0]
    answer: Any = files.serve(taken.errors, f"{stem}（错误原因）.xlsx")
    return answer
