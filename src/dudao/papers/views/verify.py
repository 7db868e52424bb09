"""The public page on which anybody with a paper in hand can check it: by its code, and by comparing the file.

It shows what stands on the paper anyway: number, title, office, day, whether it is valid. Papers about persons show their kind in
place of the title. Nothing that is asked or uploaded here is kept.
"""

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dudao.core.brakes import Brake
from dudao.papers import queries
from dudao.papers.actions.issuing import CODE_LENGTH, LETTERS, spaced
from dudao.papers.forms.drafts import ProofForm
from dudao.papers.kinds import Kind
from dudao.papers.models import Paper
from dudao.people.address import address_group, client_address

ABOUT_PERSONS = frozenset({Kind.ACCOUNTABILITY, Kind.TALK_NOTICE, Kind.TALK_RECORD})


BRAKE = Brake("paper code", most=30)
"""A code can't be guessed anyway; the brake keeps the page from being a load."""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    typed = (request.POST.get("code") or request.GET.get("code") or "")[:60]
    context: dict[str, Any] = {"typed": typed, "problem": "", "found": None, "same": "", "form": None}
    if not typed:
        return render(request, "papers/verify.html", context)
    if not BRAKE.lets(address_group(client_address(request))):
        context["problem"] = "查询太频繁，请一分钟后再试。"
        return render(request, "papers/verify.html", context, status=429)
    code = "".join(letter for letter in typed.upper() if letter in LETTERS)
    paper = queries.paper_of_code(code) if len(code) == CODE_LENGTH else None
    if paper is None:
        context["problem"] = "没有查到这个核验码对应的文书。请核对文书上的核验码，16 位字母和数字，不含 0、1、I、O。"
        return render(request, "papers/verify.html", context, status=404)
    form = ProofForm(request.POST or None, request.FILES or None)
    context |= {"found": _public(paper), "typed": spaced(code), "form": form}
    if request.method == "POST" and form.is_valid():
        context["same"] = _compared(form.cleaned_data["file"], paper)
    return render(request, "papers/verify.html", context, status=422 if form.errors else 200)


def _public(paper: Paper) -> dict[str, Any]:
    later = queries.successor(paper)
    return {
        "number": str(getattr(paper, "number", "")),
        "title": paper.get_kind_display() if paper.about_person or paper.kind in ABOUT_PERSONS else paper.title,
        "office": queries.office_name(paper),
        "day": paper.signed_on,
        "valid": paper.state == Paper.State.ISSUED,
        "later": str(getattr(later, "number", "")) if later is not None else "",
        "digest": paper.digest,
        "sealed": _scan_digest(paper),
    }


def _compared(upload: Any, paper: Paper) -> str:
    """Whether the file at hand is the issued one, byte by byte. It is read and dropped."""
    seen = hashlib.sha256()
    for chunk in upload.chunks():
        seen.update(chunk)
    if seen.hexdigest() == paper.digest:
        return "issued"
    return "sealed" if seen.hexdigest() == _scan_digest(paper) else "other"


def _scan_digest(paper: Paper) -> str:
    return str(paper.sealed.digest) if paper.sealed is not None and paper.seal != Paper.Seal.IMAGE else ""
