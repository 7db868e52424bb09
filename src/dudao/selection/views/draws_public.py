"""The public pages of draws, without a log-in: one draw from its commitment on, and a form that checks any record and frame.

Nothing secret is shown before the draw, nothing of the result before it is published. What is uploaded is read and dropped.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dudao.calc.sampling import Check, FrameError, Record, RecordError, checks_of, frame_of, holds, record_of
from dudao.core.brakes import Brake
from dudao.core.sheets import SheetError, grid_of_file, read_upload
from dudao.core.ui.acting import found_or_404, sent
from dudao.papers.composing import look_of
from dudao.people.address import address_group, client_address
from dudao.selection.forms.draws import UPLOAD_BYTES, CheckForm
from dudao.selection.models import Draw
from dudao.selection.queries import draws as reads
from dudao.selection.views.draws import frame_file, record_file

LOOKS = Brake("draw", most=60)
CHECKS = Brake("draw check", most=10)
"""Reading a workbook costs more than looking: fewer a minute from one address."""
MOST_ROWS = 20_000
SHOWN = 3
"""Columns of the frame on the page: who it is and where; the rest stands in the file."""


def _or_404(uid: UUID) -> Draw:
    return found_or_404(reads.public_draw(uid))


def _lets(request: HttpRequest, brake: Brake) -> bool:
    return brake.lets(address_group(client_address(request)))


def _too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "selection/draws/busy.html", status=429)


@login_not_required
@never_cache
@require_safe
def draw_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the office promised, and since it is published what came out, computed again at this moment."""
    row = _or_404(uid)
    if not _lets(request, LOOKS):
        return _too_often(request)
    # A published draw that was made void stays readable; one that was void before says that it was.
    shown = row.published_at is not None
    context: dict[str, Any] = {
        "row": row,
        "office": look_of(row.office, timezone.localdate(row.committed_at)).signature,
        "shown": shown,
        "how": reads.how_words(row),
        "siblings": list(reads.siblings(row)),
        "checks": [],
        "sound": False,
        "record": None,
        "excluded": [],
        "final": [],
        "changed": [],
    }
    if shown:
        found, frame_, checks = reads.sound(row)
        rows = {line[0]: "　".join(line[:SHOWN]) for line in frame_.rows}
        context |= {
            "checks": checks,
            "sound": holds(checks),
            "record": found,
            "excluded": [(rows[key], why) for key, why in found.plan.excluded],
            "final": [rows[key] for key in found.final],
            "changed": [
                (rows[one.identifier], "调入" if one.way == "in" else "调出", one.reason) for one in found.overrides
            ],
        }
    return render(request, "selection/draws/public.html", context)


def _published(request: HttpRequest, uid: UUID) -> Draw:
    row = _or_404(uid)
    if row.published_at is None:
        raise Http404
    return row


@login_not_required
@never_cache
@require_safe
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = _published(request, uid)
    return record_file(row) if _lets(request, LOOKS) else _too_often(request)


@login_not_required
@never_cache
@require_safe
def frame(request: HttpRequest, uid: UUID, ending: str) -> HttpResponse:
    row = _published(request, uid)
    if not _lets(request, LOOKS):
        return _too_often(request)
    return frame_file(row, reads.frame_of_draw(row), ending)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check any record against a frame, also of a draw that never was on this platform."""
    form = CheckForm(sent(request), request.FILES or None)
    context: dict[str, Any] = {"form": form, "checks": [], "sound": False, "record": None}
    if request.method == "POST":
        if not _lets(request, CHECKS):
            return _too_often(request)
        if form.is_valid():
            found = _checked(form)
            if found is not None:
                context |= {"record": found[0], "checks": found[1], "sound": holds(found[1])}
    status = 422 if form.errors else 200
    return render(request, "selection/draws/check.html", context, status=status)


def _checked(form: CheckForm) -> tuple[Record, list[Check]] | None:
    """Record and checks; a file that is no use becomes the error of its field."""
    files = form.cleaned_data
    try:
        found = record_of(read_upload(files["record"], UPLOAD_BYTES))
    except (RecordError, SheetError) as error:
        form.add_error("record", str(error))
        return None
    try:
        cells = grid_of_file(read_upload(files["frame"], UPLOAD_BYTES), files["frame"].name, max_bytes=UPLOAD_BYTES)
        if len(cells) > MOST_ROWS:
            raise FrameError(
                f"表里有 {len(cells)} 行，这个页面最多核对 {MOST_ROWS} 行；更大的请用命令行 dudao draw verify。"
            )
        return found, checks_of(found, frame_of(cells))
    except (FrameError, SheetError) as error:
        form.add_error("frame", str(error))
        return None
