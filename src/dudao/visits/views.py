"""What a team notes down on the spot: records, photos and files, and how these are looked at. For the team and its office."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dudao.core import audit, files
from dudao.core.access import Denied
from dudao.core.files import FileRefused
from dudao.core.keys import Kind, is_number
from dudao.core.ui.acting import actor_of, found_or_404, sent, token_of
from dudao.core.ui.parts import Crumb
from dudao.core.workflow import Conflict
from dudao.evidence.showing import shown_file
from dudao.visits import actions as acts
from dudao.visits import queries as reads
from dudao.visits.forms import RecordForm
from dudao.visits.models import SiteVisit, VisitFile

RECORD, FILE = Kind("record", int), Kind("file", int)
"""What is taken out."""


def _file_or_404(request: HttpRequest, pk: int) -> VisitFile:
    return found_or_404(reads.file_of(actor_of(request), pk))


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The original: a download, or with ``?inline`` what the browser itself shows of it."""
    found = _file_or_404(request, pk)
    inline = "inline" in request.GET
    answer = files.serve(found.file, found.name, inline=inline, request=request)
    return files.framed(answer) if inline else answer


@require_GET
def picture(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """A photo, as small as a list or a phone wants it."""
    found = _file_or_404(request, pk)
    if size not in files.SIDES:
        raise Http404
    return files.serve_picture(found.file, size, request)


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A file to look at: a page of its own, or the bare file for a pane of another page (`<dd-viewer>`)."""
    found = _file_or_404(request, pk)
    address = reverse("visits:visit_file", args=[pk])
    shown = shown_file(
        found.file,
        found.name,
        open_url=f"{address}?inline",
        file_url=address,
        picture_url=reverse("visits:visit_picture", args=[pk, "large"]),
    )
    part = request.headers.get("HX-Request") == "true"
    crumbs = [
        Crumb("实地评估", reverse("visits:visits")),
        Crumb(str(found.visit), found.visit.get_absolute_url()),
        Crumb(found.name),
    ]
    context = {"row": found, "shown": shown, "pane": part, "crumbs": crumbs, "file_url": address}
    answer = render(request, "evidence/shown.html" if part else "visits/file.html", context)
    answer["Vary"] = "HX-Request"
    return answer


# ---- what the team notes down on the spot ----------------------------------------------------------------------


def field_url(row: SiteVisit, tab: str, at: str = "") -> str:
    return f"{reverse('visits:visit_field', args=[row.pk])}?tab={tab}{f'#{at}' if at else ''}"


def record_form(data: Any, editing: Any) -> RecordForm:
    initial: dict[str, Any] = {"key": uuid.uuid4()}
    if editing is not None:
        initial = {
            "key": editing.token or uuid.uuid4(),
            "kind": editing.kind,
            "title": editing.title,
            "text": editing.text,
            "people": editing.people,
            "score": editing.score,
            "code": editing.code,
            "counts": "\n".join(f"{answer} {number}" for answer, number in editing.counts.items()),
            "record": editing.pk,
            "revision": editing.revision,
        }
    return RecordForm(data, initial=initial)


def saved(request: HttpRequest, act: Any, told: Any, back: str, done: str) -> HttpResponse:
    """JSON for the script, with words and 422 (409: somebody was faster) for what is refused; else back to the page."""
    script = request.headers.get("X-Save") == "1"
    try:
        result = act()
    except (ValidationError, Denied, Conflict, FileRefused) as problem:
        words = "".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
        if script:
            status = 409 if isinstance(problem, Conflict) else 422
            return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
        messages.error(request, words)
        return redirect(back)
    if script:
        return JsonResponse(told(result), json_dumps_params={"ensure_ascii": False})
    messages.success(request, done)
    return redirect(back)


def _visit_or_404(request: HttpRequest, pk: int) -> SiteVisit:
    return found_or_404(reads.visit_of(actor_of(request), pk))


def noted(request: HttpRequest, pk: int, verb: str) -> SiteVisit:
    row = _visit_or_404(request, pk)
    actor_of(request).require(verb, row.unit.path)
    return row


@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """A record, new or changed."""
    row = noted(request, pk, "onsite.record")
    actor = actor_of(request)
    form = record_form(sent(request), None)
    if not form.is_valid():
        words = "".join(str(error) for errors in form.errors.values() for error in errors)
        return saved(request, lambda: _raise(words), None, field_url(row, "records"), "")
    values = form.values
    changed = reads.record_of(row, values["record"]) if values["record"] else None
    if values["record"] and changed is None:
        raise Http404
    given = values.pop("revision")
    revision = given if changed is not None else None
    values["record"] = changed
    return saved(
        request,
        lambda: acts.save_record(actor, visit=row, revision=revision, **values),
        lambda made: {"pk": made.pk, "revision": made.revision, "title": made.title, "kind": made.get_kind_display()},
        field_url(row, "records"),
        "已保存记录。",
    )


def _raise(words: str) -> Any:
    raise ValidationError(words)


@require_POST
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Photos and files, each by itself: of an indicator (``code``), of a record, or of the visit."""
    row = noted(request, pk, "onsite.record")
    actor, asked = actor_of(request), request.POST.get("record", "")
    owner = reads.record_of(row, int(asked)) if is_number(asked) else None
    if asked and owner is None:
        raise Http404
    uploads = request.FILES.getlist("file")
    code = request.POST.get("code", "")
    back = field_url(row, "marks", f"at-{code}") if code else field_url(row, "records")

    def act() -> Any:
        if not uploads:
            raise ValidationError("没有收到文件，请重新选择。")
        with audit.once(token_of(request)):
            return [acts.add_file(actor, visit=row, file=one, code=code, record=owner) for one in uploads]

    return saved(
        request,
        act,
        lambda made: {
            "files": [{"name": one.name, "url": one.show_url, "picture": one.picture_url, "pk": one.pk} for one in made]
        },
        back,
        "已上传。",
    )


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out a record or a file that was noted down by mistake."""
    row = noted(request, pk, "onsite.record")
    actor = actor_of(request)
    what = request.POST.get("what", "")
    noted_down, kept = RECORD.read(what), FILE.read(what)
    record = reads.record_of(row, *noted_down) if noted_down is not None else None
    loose = next((one for one in reads.files_of(row) if [one.pk] == kept), None)
    if record is None and loose is None:
        raise Http404

    def act() -> Any:
        if record is not None:
            return acts.drop_record(actor, visit=row, record=record)
        assert loose is not None
        return acts.drop_file(actor, visit=row, file=loose)

    return saved(request, act, lambda _: {}, field_url(row, "records"), "已删除。")
