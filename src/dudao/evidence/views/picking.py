"""The box that other pages show where evidence is attached: what is there, and choosing or uploading more.

    {% include "evidence/box.html" with box=box %}        box = box_of(request, "answer:12:A2.1")

or, filled in when it comes into view, `<div hx-get="{% url "evidence:box" key %}" hx-trigger="load" hx-swap="outerHTML"></div>`.
The app above says what stands at the key (`uses.register`); nothing else about the place is taken from the request.
"""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, tried
from dudao.core.ui.parts import Crumb, Option
from dudao.evidence import uses
from dudao.evidence.actions import links as acts
from dudao.evidence.flow import keeps
from dudao.evidence.models import EvidenceLink
from dudao.evidence.queries import library as reads
from dudao.evidence.queries.links import attached_at, link, versions_seen
from dudao.evidence.queries.uploads import upload as upload_seen
from dudao.evidence.queries.uploads import uploads_context
from dudao.evidence.views.common import STANDINGS, number_of

SHOWN = 30
"""Items that are offered at a time; a search finds the others."""


def box_of(request: HttpRequest, key: str, *, place: uses.Place | None = None, error: str = "") -> dict[str, Any]:
    """The context of ``evidence/box.html``. ``place`` spares the question what stands at the key."""
    actor = actor_of(request)
    found = found_or_404(place or uses.find(actor, key))
    may = not found.closed and actor.may("evidence.attach", found.unit.path)
    opens = may and ("open" in request.GET or request.POST.get("open") == "1")
    day = timezone.localdate()
    lines = [_line(row, day) for row in attached_at(key)]
    text = " ".join(request.GET.get("q", "").split())[:100]
    picked = list(reads.pickable(actor, found.unit, text, key)[:SHOWN]) if opens else []
    own = opens and keeps(found.unit, actor, "evidence.add") is None
    return {
        "key": key,
        "place": found,
        "url": reverse("evidence:box", args=[key]),
        "id": "ev-" + "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in key),
        "lines": lines,
        "may": may,
        "open": opens,
        "picked": [(row, STANDINGS[row.standing]) for row in picked],
        "most": SHOWN,
        "q": text,
        "error": error,
        "uploads": uploads_context(actor, found.unit) if own else None,
    }


def _line(row: EvidenceLink, day: Any) -> dict[str, Any]:
    item = row.version.evidence
    standing = "expired" if item.effective_until is not None and item.effective_until < day else ""
    return {
        "link": row,
        "version": row.version,
        "item": item,
        "state": STANDINGS.get(standing),
        "newer": item.current_id is not None and item.current_id != row.version_id,
    }


@require_GET
def pick(request: HttpRequest) -> HttpResponse:
    """Options for a picker: the items of one unit's library (``?unit=``) that may be handed on."""
    actor = actor_of(request)
    may_anywhere(request, "evidence.attach")
    unit = found_or_404(reads.unit_seen(actor, number_of(request.GET.get("unit", "")) or 0))
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    taken = [pk for part in request.GET.getlist("not") if (pk := number_of(part)) is not None]
    rows = reads.usable(actor, unit, text).exclude(pk__in=taken)[:SHOWN]
    options = [Option(row.pk, row.title, f"{row.category or '未分类'}，{STANDINGS[row.standing].word}") for row in rows]
    return render(request, "ui/options.html", {"options": options})


@require_http_methods(["GET", "POST"])
def box(request: HttpRequest, key: str) -> HttpResponse:
    """The box by itself, as a page where no JavaScript asks for it.

    A POST attaches (``items``, ``uploads``), takes off or renews (``link``).
    """
    actor = actor_of(request)
    place = found_or_404(uses.find(actor, key))
    error = ""
    if request.method == "POST":
        error = _done(request, key, place)
        if request.headers.get("HX-Request") != "true":
            if error:
                messages.error(request, error)
            return redirect(place.url or "/")
    context = {
        "box": box_of(request, key, place=uses.find(actor, key), error=error),
        "crumbs": [Crumb(place.label, place.url)],
    }
    part = request.headers.get("HX-Request") == "true"
    answer = render(request, "evidence/box.html" if part else "evidence/box_page.html", context)
    answer["Vary"] = "HX-Request"
    return answer


def _done(request: HttpRequest, key: str, place: uses.Place) -> str:
    """Do what was sent, and say why it wasn't possible."""
    actor = actor_of(request)
    actor.require("evidence.attach", place.unit.path)
    step = request.POST.get("step", "")
    if step in {"detach", "renew"}:
        row = link(actor, number_of(request.POST.get("link", "")) or 0)
        if row is None or row.key != key:
            return "这条引用已经取消。"
        act = acts.detach if step == "detach" else acts.renew
        return tried(lambda: act(actor, link=row))[1]
    wanted = [pk for part in request.POST.getlist("items") if (pk := number_of(part)) is not None]
    versions = [item.current_id for item in reads.many(actor, wanted) if item.current_id is not None]
    for part in ",".join(request.POST.getlist("uploads")).split(","):
        done = upload_seen(actor, part) if len(part) == 36 else None
        if done is not None and done.version_id is not None:
            versions.append(done.version_id)
    if not versions:
        return "没有选择材料。"
    faults = []
    for version in versions_seen(actor, versions).values():
        _, why = tried(partial(acts.attach, actor, version=version, key=key))
        if why:
            faults.append(why)
    return "；".join(dict.fromkeys(faults))
