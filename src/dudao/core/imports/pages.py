"""The pages of an import: an upload's own page with its progress, its confirmation and its file of errors."""

import io
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from dudao.core import files, jobs, sheets
from dudao.core.files import FileRefused
from dudao.core.imports.declared import OUTCOMES, Import
from dudao.core.imports.owned_pages import PARTLY
from dudao.core.imports.running import confirm, good_rows, seen
from dudao.core.models import SheetImport, StoredFile
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.forms import Form, form_page, refused
from dudao.core.ui.parts import State

STATES: dict[str, State] = {
    SheetImport.State.CHECKING: State("检查中", "blue"),
    SheetImport.State.READY: State("待确认", "amber"),
    SheetImport.State.FAULTY: State("有错误", "red"),
    SheetImport.State.IMPORTING: State("导入中", "blue"),
    SheetImport.State.DONE: State("已导入", "green"),
}
EARLIER = 5
SHOWN = 200


def paths(declared: Import, prefix: str) -> list[URLPattern]:
    """The addresses of one upload: its page, named like ``declared.page``, and what belongs to it."""
    name = declared.page.partition(":")[2]
    given = {"declared": declared}
    return [
        path(f"{prefix}<int:pk>/", upload, given, name=name),
        path(f"{prefix}<int:pk>/confirm/", upload_confirm, given, name=f"{name}_confirm"),
        path(f"{prefix}<int:pk>/state/", upload_state, given, name=f"{name}_state"),
        path(f"{prefix}<int:pk>/errors/", upload_errors, given, name=f"{name}_errors"),
    ]


def upload_page(
    request: HttpRequest, form: Form, take: Callable[[], SheetImport | None], *, earlier: Any, **page: Any
) -> HttpResponse:
    """The page of a form that takes a file in; ``earlier`` are the uploads before it."""
    if request.method == "POST" and form.is_valid():
        taken = refused(form, take)
        if taken is not None:
            return redirect(taken)
    shown = [(item, STATES[item.state]) for item in earlier[:EARLIER]]
    return form_page(request, form, save="上传并检查", save_icon="upload", earlier=shown, **page)


def sheet_page(
    request: HttpRequest,
    form: Form,
    read: Callable[[bytes], tuple[Any, list[sheets.Problem]]],
    take: Callable[[Any], Any],
    done: Callable[[Any], str],
    *,
    to: Any,
    **page: Any,
) -> HttpResponse:
    """The page of a small workbook, taken while the page waits: all of it or, with a list of what is wrong where, nothing."""
    problems: list[sheets.Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            found, problems = read(sheets.read_upload(form.cleaned_data["file"]))
        except sheets.SheetError as reason:
            form.add_error("file", str(reason))
        else:
            made = refused(form, lambda: take(found)) if not problems else None
            if made is not None:
                messages.success(request, done(made))
                return redirect(to)
        if problems:
            form.add_error("file", f"有 {len(problems)} 处不能导入，没有写入任何内容。请按下面的说明改好再上传。")
    return form_page(
        request, form, save="导入", save_icon="file-import", template="core/import_at_once.html",
        problems=[str(problem) for problem in problems[:SHOWN]], problem_count=len(problems), **page,
    )  # fmt: skip


def stored(
    form: Form, *, kind: str = "xlsx", check: Callable[[bytes], Any] = sheets.open_book, limit: int = sheets.MAX_BYTES
) -> StoredFile | None:
    """The file of a form, looked at as a whole before it is stored: what can't be one is refused beside its field."""
    upload = form.cleaned_data["file"]
    try:
        data = sheets.read_upload(upload, limit)
        check(data)
        return files.store(io.BytesIO(data), sheets.modern_name(upload.name), kinds={kind}, limit=limit)
    except (sheets.SheetError, FileRefused) as error:
        form.add_error("file", str(error))
        return None


def _or_404(request: HttpRequest, declared: Import, pk: int) -> SheetImport:
    return found_or_404(seen(actor_of(request), declared).filter(pk=pk).first())


@require_GET
def upload(request: HttpRequest, pk: int, declared: Import) -> HttpResponse:
    """What the check found, to be confirmed or corrected; afterwards what came of it."""
    taken = _or_404(request, declared, pk)
    counts = taken.counts
    words = declared.words(taken)
    found = sum(counts.values())
    partly = taken.state == SheetImport.State.DONE and bool(counts.get("error"))
    return render(
        request,
        "core/import.html",
        {
            **words,
            "taken": taken,
            "state": PARTLY if partly else STATES[taken.state],
            "partly": partly,
            "good": good_rows(taken) if taken.state == SheetImport.State.FAULTY else 0,
            "counts": [(OUTCOMES[key].word, counts.get(key, 0)) for key in (*declared.counted, "error")]
            if counts
            else [],
            "rows": [{**row, "state": OUTCOMES[row["outcome"]]} for row in taken.preview],
            "rows_title": "检查结果" if len(taken.preview) >= found else f"检查结果（前 {len(taken.preview)} 行）",
            "running": taken.state in {SheetImport.State.CHECKING, SheetImport.State.IMPORTING},
            "more_problems": taken.errors is not None and counts.get("error", 0) > len(taken.problems),
            "urls": {
                name: reverse(f"{declared.page}_{name}", args=[taken.pk]) for name in ("confirm", "state", "errors")
            },
        },
    )


@require_GET
def upload_state(request: HttpRequest, pk: int, declared: Import) -> HttpResponse:
    """What the progress bar of the page asks for until the work is over; then the page is loaded anew."""
    taken = _or_404(request, declared, pk)
    job = taken.job
    over = job is None or job.over
    words = "已结束" if over else (job.message or jobs.queued_words()) if job is not None else ""
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
def upload_confirm(request: HttpRequest, pk: int, declared: Import) -> HttpResponse:
    taken = _or_404(request, declared, pk)
    confirm(actor_of(request), taken=taken)
    messages.info(request, "已开始导入，可以离开本页，结束后会收到通知。")
    return redirect(taken)


@require_GET
def upload_errors(request: HttpRequest, pk: int, declared: Import) -> HttpResponse:
    """The uploaded file with its red column; once it is in, only the rows that are not."""
    taken = _or_404(request, declared, pk)
    if taken.errors is None:
        raise Http404
    what = "没有导入的行" if taken.state == SheetImport.State.DONE else "错误原因"
    answer: Any = files.serve(taken.errors, f"{taken.name.rsplit('.', 1)[0]}（{what}）.xlsx")
    return answer  # type: ignore[no-any-return]
