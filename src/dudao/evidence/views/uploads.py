"""Uploads in pieces by tus 1.0 (core, creation, termination), as tus-js-client speaks it; bodies say more, in JSON.

POST   …/uploads/       Upload-Length, Upload-Metadata (filename, unit, evidence, sha256, modified)  → 201, Location, Upload-Offset
HEAD   …/uploads/<id>/  → Upload-Offset
PATCH  …/uploads/<id>/  Upload-Offset, the bytes  → 200; 409 where it goes on elsewhere, 410 where it was given up
DELETE …/uploads/<id>/  → 204
GET    …/uploads/<id>/  the state: what was received, and with ``done`` the receipt
"""

import base64
import binascii
import re
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.access import Denied
from dudao.core.files import StoreSilent
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, tried
from dudao.evidence.actions import uploads as acts
from dudao.evidence.models import Upload
from dudao.evidence.queries import library as reads
from dudao.evidence.queries import uploads as found
from dudao.evidence.views.common import number_of

VERSION = "1.0.0"


def _answer(row: Upload, status: int = 200, **more: Any) -> JsonResponse:
    body = {
        "id": str(row.pk),
        "name": row.name,
        "size": row.size,
        "received": row.received,
        "state": row.state,
        "outcome": row.outcome,
        "message": row.message,
        "item": row.version.evidence_id if row.version is not None else None,
        "version": row.version_id,
        "url": row.version.get_absolute_url() if row.version is not None else "",
        **more,
    }
    return _dressed(JsonResponse(body, status=status), row)


def _dressed(answer: Any, row: Upload | None = None) -> Any:
    answer["Tus-Resumable"] = VERSION
    answer["Cache-Control"] = "no-store"
    if row is not None:
        answer["Upload-Offset"] = str(row.goes_on_at)
        answer["Upload-Length"] = str(row.size)
    return answer


def _refusal(why: str, status: int) -> Any:
    return _dressed(JsonResponse({"state": "refused", "message": why}, status=status))


def _metadata(request: HttpRequest) -> dict[str, str]:
    """«filename 5p2QLnBkZg==,unit Nw==»: pairs of a key and base64; what can't be read is left out."""
    pairs = {}
    for entry in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = entry.strip().partition(" ")
        try:
            pairs[key] = base64.b64decode(value, validate=True).decode("utf-8").replace("\x00", "")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return pairs


@require_POST
def upload_new(request: HttpRequest) -> HttpResponse:
    """Announce a file."""
    may_anywhere(request, "evidence.add")
    actor = actor_of(request)
    said = _metadata(request)
    length = number_of(request.headers.get("Upload-Length", ""))
    unit = reads.keepable_units(actor).filter(pk=number_of(said.get("unit", "")) or 0).first()
    item = None
    if said.get("evidence"):
        item = reads.item(actor, number_of(said["evidence"]) or 0)
        unit = item.unit if item is not None else None
    if length is None or not said.get("filename") or unit is None:
        return _refusal("上传的请求不完整。请刷新页面后再试。", 400)
    digest = said.get("sha256", "")
    modified = number_of(said.get("modified", "")[:15]) or 0
    row, why = tried(
        lambda: acts.begin(
            actor,
            unit=unit,
            name=said["filename"][:500],
            size=length,
            digest=digest if re.fullmatch(r"[0-9a-f]{64}", digest) else "",
            modified=modified,
            row=item,
        )
    )
    if why:
        return _refusal(why, 422)
    answer = _answer(row, 201)
    answer["Location"] = reverse("evidence:upload", args=[row.pk])
    return answer


@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, key: Any) -> HttpResponse:
    actor = actor_of(request)
    row = found_or_404(found.upload(actor, key))
    if request.method == "GET":
        return _answer(row)
    if request.method == "DELETE":
        acts.cancel(actor, upload=row)
        return cast("HttpResponse", _dressed(HttpResponse(status=204)))
    if row.state == Upload.State.CANCELLED:
        return _answer(row, 410)
    if request.method == "HEAD":
        return _answer(row)
    return _piece(request, row)


def _piece(request: HttpRequest, row: Upload) -> HttpResponse:
    actor = actor_of(request)
    offset = number_of(request.headers.get("Upload-Offset", ""))
    chunk = request.read(acts.CHUNK + 1)
    if offset is None or len(chunk) > acts.CHUNK:
        return _refusal("上传的请求不完整。请刷新页面后再试。", 400)
    if len(chunk) != int(request.META.get("CONTENT_LENGTH") or 0):
        return _answer(row, 409, problem="这一段没有传完整，将重新发送。")
    try:
        piece = acts.receive(actor, upload=row, offset=offset, chunk=chunk)
        now = piece.upload
        if now.state == Upload.State.OPEN and now.received == now.size:
            now = acts.finish(actor, upload=now)
    except Denied as denied:
        return _refusal(denied.reason, 403)
    except StoreSilent as problem:
        return _answer(cast("Upload", found.upload(actor, row.pk)), 503, problem=str(problem))
    shown = cast("Upload", found.upload(actor, now.pk))
    if now.state == Upload.State.OPEN and (not piece.taken or now.received == 0):
        return _answer(shown, 409)
    return _answer(shown)
