"""Photos and files of a visit: the file, how it looks beside a page, its small picture. For the team and its office."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dudao.core import files
from dudao.core.ui.acting import actor_of
from dudao.core.ui.parts import Crumb
from dudao.evidence.showing import shown_file
from dudao.visits import queries as reads
from dudao.visits.models import VisitFile


def _file_or_404(request: HttpRequest, pk: int) -> VisitFile:
    found = reads.file_of(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


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
