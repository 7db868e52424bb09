"""The files of papers, each behind its permission: Word for the office that drafts, the issued PDF for its receivers too."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from dudao.core import files
from dudao.core.documents import DocumentError, read_word, typeset
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.workflow import Conflict
from dudao.papers import queries, trying
from dudao.papers.actions.background import is_long
from dudao.papers.composing import Look, look_of
from dudao.papers.models import Paper
from dudao.papers.process import PAPER
from dudao.papers.views.common import seen_paper


def _name(paper: Paper, ending: str) -> str:
    number = str(getattr(paper, "number", ""))
    return f"{number} {paper.title}"[:120].strip().replace("/", "_").replace("\n", " ") + ending


@require_GET
def word(request: HttpRequest, pk: int) -> FileResponse:
    version = found_or_404(queries.version_seen(actor_of(request), pk))
    return files.serve(version.file, _name(version.paper, f"（{version}）.docx"))


@require_GET
@xframe_options_sameorigin
def pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The issued bytes, as they were frozen."""
    paper = seen_paper(request, pk)
    if paper.pdf is None:
        raise Http404
    return files.serve(paper.pdf, _name(paper, ".pdf"), inline=request.GET.get("download") is None, request=request)


@require_GET
def sealed(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scan of the sealed paper; a picture of a signature is for the office alone."""
    paper = seen_paper(request, pk)
    if paper.sealed is None or (paper.seal == Paper.Seal.IMAGE and not queries.is_inside(actor_of(request), paper)):
        raise Http404
    kind = next((kind for kind in files.KINDS.values() if kind.media_type == paper.sealed.media_type), None)
    return files.serve(
        paper.sealed, _name(paper, f"（用印件）{kind.extensions[0] if kind else ''}"), inline=True, request=request
    )


@require_GET
@xframe_options_sameorigin
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest draft as it would look issued: without number, code and freezing; made anew each time.

    ``pages``: its first pages as pictures, for the paper's own page.
    """
    paper = PAPER.found_or_404(request, pk)
    if paper.state not in queries.OPEN:
        raise Http404
    look = look_of(paper.unit, paper.signed_on or timezone.localdate())
    if "pages" in request.GET:
        return _pictures(request, paper, look)
    try:
        made = typeset(
            read_word(queries.content_of(queries.latest(paper))),
            look.layout,
            title=paper.title,
            author=look.signature,
            moment=timezone.now(),
            own_fonts=queries.own_fonts(),
        )
    except DocumentError as problem:
        raise Conflict(str(problem)) from problem
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'"
    return answer


def _pictures(request: HttpRequest, paper: Paper, look: Look) -> HttpResponse:
    pages: list[str] = []
    problem = "内容很多，请用“预览 PDF”查看。" if is_long(paper) else ""
    if not problem:
        try:
            pages = trying.shown(queries.content_of(queries.latest(paper)), look)
        except DocumentError as refused:
            problem = str(refused)
    return render(request, "papers/preview_part.html", {"pages": pages, "problem": problem})
