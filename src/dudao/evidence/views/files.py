"""Handing files out, and having office documents converted for the page. Every answer has asked who may open it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import files
from dudao.core.access import Denied
from dudao.core.models import StoredFile
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.evidence.actions.checks import want_preview
from dudao.evidence.models import EvidenceVersion
from dudao.evidence.queries.links import version_seen
from dudao.evidence.showing import shown


def _version_or_404(request: HttpRequest, pk: int) -> EvidenceVersion:
    return found_or_404(version_seen(actor_of(request), pk))


def version_response(
    version: EvidenceVersion, *, inline: bool = False, request: HttpRequest | None = None, original: bool = False
) -> Any:
    """A version's file as an answer; the caller has checked who asks. A file that the scanner keeps closed isn't handed out."""
    _is_open(version)
    return _served(version.file, version.name, inline, request, original)


def _is_open(version: EvidenceVersion) -> None:
    if not version.is_open:
        raise Denied(f"“{version.name}”{version.get_scan_display()}，不能打开。")


def _served(stored: StoredFile, name: str, inline: bool, request: HttpRequest | None, original: bool = False) -> Any:
    answer = files.serve(stored, name, inline=inline, request=request, original=original)
    return files.framed(answer) if inline else answer


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file: a download, or with ``?inline`` what the browser itself shows of it.

    A photo goes out without place and camera; ``?original`` is for whoever may export the library.
    """
    version = _version_or_404(request, pk)
    original = "original" in request.GET
    if original:
        actor_of(request).require("evidence.export", version.unit.path)
    answer: HttpResponse = version_response(version, inline="inline" in request.GET, request=request, original=original)
    return answer


@require_GET
def picture(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """A photo, as small as a list or a phone wants it."""
    version = _version_or_404(request, pk)
    if size not in files.SIDES:
        raise Http404
    _is_open(version)
    return files.serve_picture(version.file, size, request)


@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF that was made of an office document."""
    version = _version_or_404(request, pk)
    if version.preview is None:
        raise Http404
    _is_open(version)
    answer: HttpResponse = _served(version.preview, f"{version.name}.pdf", True, request)
    return answer


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A version to look at: a page for whom sees it at a place, the bare file for a pane of another page (`<dd-viewer>`)."""
    version = _version_or_404(request, pk)
    part = request.headers.get("HX-Request") == "true"
    context = {"version": version, "shown": shown(version), "pane": part}
    answer = render(request, "evidence/shown.html" if part else "evidence/version.html", context)
    answer["Vary"] = "HX-Request"
    return answer


@require_http_methods(["GET", "POST"])
def convert(request: HttpRequest, pk: int) -> HttpResponse:
    """POST has the document converted; GET answers how far that is, for ``<dd-job>``: with ``?pane`` its page stays where it is."""
    version = _version_or_404(request, pk)
    opens = actor_of(request).may("evidence.view", version.unit.path)
    url = version.get_absolute_url() if opens else reverse("evidence:show", args=[version.pk])
    if request.method == "POST":
        if not want_preview(actor_of(request), version=version):
            messages.error(request, "服务器没有安装转换程序，请下载查看。")
        return redirect(url)
    waits = version.preview_state == EvidenceVersion.Preview.WANTED
    made = version.preview_state == EvidenceVersion.Preview.MADE
    words = "正在转换，请稍候" if waits else "已转换" if made else "没有转换成功"
    answer = render(
        request,
        "ui/job_state.html",
        {
            "words": words,
            "share": 100 if made else None,
            "done": not waits,
            "tone": "blue" if waits else "green",
            "next": "" if waits or "pane" in request.GET else url,
        },
    )
    answer["Cache-Control"] = "no-store"
    return answer
