"""Bringing numbers in: template, upload, what the check found, confirmation, result."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import files, sheets
from dudao.core.access import Actor
from dudao.core.files import FileRefused
from dudao.core.ui.export import attachment
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb, State
from dudao.orgs.queries import roots_of
from dudao.stats import tables
from dudao.stats.actions import uploads
from dudao.stats.bundles import MAX_BUNDLE, check_bundle
from dudao.stats.forms.uploads import UploadForm
from dudao.stats.models import DataUpload, Round
from dudao.stats.queries import catalogue, returns
from dudao.stats.views.common import actor_of, need, round_or_404

STATES: dict[str, State] = {
    DataUpload.State.CHECKING: State("检查中", "blue"),
    DataUpload.State.READY: State("待确认", "amber"),
    DataUpload.State.FAULTY: State("有错误", "red"),
    DataUpload.State.IMPORTING: State("导入中", "blue"),
    DataUpload.State.DONE: State("已导入", "green"),
}
OUTCOMES: dict[str, State] = {
    "changed": State("更新", "blue", "edit"),
    "same": State("无变化", "grey", "minus"),
    "error": State("有错误", "red"),
}


def _upload_or_404(request: HttpRequest, pk: int) -> DataUpload:
    found: Any = returns.uploads_seen(actor_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
def import_template(request: HttpRequest, pk: int) -> HttpResponse:
    asked = round_or_404(request, pk)
    need(actor_of(request), "return.import")
    if request.GET.get("who") == "county":
        words = "从第 4 行起每行一个县市区；空着的单元格保持原值，没有的填 0。"
        return attachment(
            sheets.template(tables.county_table(asked), help_text=words), f"{asked.title}县级导入模板.xlsx"
        )
    words = "从第 4 行起每行一所学校；空着的单元格保持原值，没有的填 0。"
    return attachment(sheets.template(tables.table_of(asked), help_text=words), f"{asked.title}导入模板.xlsx")


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, pk: int) -> HttpResponse:
    asked = round_or_404(request, pk)
    actor = actor_of(request)
    need(actor, "return.import")
    schools, counties = catalogue.asks(catalogue.items_of(asked))
    sorts = [sort for sort in DataUpload.Sort.values if (counties if sort == DataUpload.Sort.COUNTY else schools)]
    form = UploadForm(request.POST or None, request.FILES or None, sorts=sorts)
    if request.method == "POST" and form.is_valid():
        taken = refused(form, lambda: _take(actor, asked, form))
        if taken is not None:
            return redirect(taken)
    return form_page(
        request,
        form,
        title="导入数据",
        save="上传并检查",
        save_icon="upload",
        cancel_url=asked.get_absolute_url(),
        crumbs=[Crumb("数据报送", reverse("stats:rounds")), Crumb(asked.title, asked.get_absolute_url())],
        note="上传后先检查，您确认之前不会改动任何报表；再次导入同一份表不会有变化。",
        template="stats/import_new.html",
        round=asked,
        schools=schools,
        counties=counties,
        earlier=[(item, STATES[item.state]) for item in returns.uploads_seen(actor).filter(round=asked)[:5]],
    )


def _take(actor: Actor, asked: Round, form: UploadForm) -> DataUpload | None:
    """Look at the file as a whole before it is stored: what can't be a workbook is refused beside the field."""
    upload = form.cleaned_data["file"]
    try:
        if form.cleaned_data["sort"] == DataUpload.Sort.ZIP:
            check_bundle(sheets.read_upload(upload, MAX_BUNDLE))
            upload.seek(0)
            stored = files.store(upload, kinds={"zip"}, limit=MAX_BUNDLE)
        else:
            sheets.open_book(sheets.read_upload(upload))
            upload.seek(0)
            stored = files.store(upload, kinds={"xlsx"}, limit=sheets.MAX_BYTES)
    except (sheets.SheetError, FileRefused) as error:
        form.add_error("file", str(error))
        return None
    taken: DataUpload = uploads.take_file(
        actor,
        asked=asked,
        root=roots_of(actor, "return.import")[0],
        sort=form.cleaned_data["sort"],
        file=stored,
        name=upload.name,
    )
    return taken


@require_GET
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    taken = _upload_or_404(request, pk)
    counts = taken.counts
    return render(
        request,
        "stats/import.html",
        {
            "taken": taken,
            "state": STATES[taken.state],
            "crumbs": [
                Crumb("数据报送", reverse("stats:rounds")),
                Crumb(taken.round.title, taken.round.get_absolute_url()),
            ],
            "rows": [{**row, "state": OUTCOMES[row["outcome"]]} for row in taken.preview],
            "counts": counts,
            "confirm_text": f"确认后更新 {counts.get('changed', 0)} 份报表，填报单位会看到新的数。",
            "done_text": f"已更新 {counts.get('changed', 0)} 份，无变化 {counts.get('same', 0)} 份。",
            "one": "个文件" if taken.sort in {DataUpload.Sort.ZIP, DataUpload.Sort.WORKBOOK} else "行",
            "what": "县市区" if taken.sort == DataUpload.Sort.COUNTY else "学校",
            "running": taken.state in {DataUpload.State.CHECKING, DataUpload.State.IMPORTING},
        },
    )


@require_GET
def import_state(request: HttpRequest, pk: int) -> HttpResponse:
    """What the progress bar of the page asks for until the work is over; then the page is loaded anew."""
    taken = _upload_or_404(request, pk)
    job = taken.job
    over = job is None or job.over
    words = "已结束" if over else (job.message or "正在排队，马上开始") if job is not None else ""
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
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    taken = _upload_or_404(request, pk)
    uploads.confirm_upload(actor_of(request), taken=taken)
    messages.info(request, "已开始导入，可以离开本页，结束后会收到通知。")
    return redirect(taken)


@require_GET
def import_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The uploaded file with its red column."""
    taken = _upload_or_404(request, pk)
    if taken.errors is None:
        raise Http404
    answer: Any = files.serve(taken.errors, f"{taken.name.rsplit('.', 1)[0]}（错误原因）.xlsx")
    return answer
