"""Small pictures of photos: what a list or a phone shows instead of eight megabytes.

Made when somebody first asks, from the stored bytes, upright, without the place and the camera that a phone writes into a photo,
and kept on each host by the digest of what they show (they can be thrown away at any time). A photo comes from
outside: only JPEG and PNG are decoded, and nothing that would unfold to more points than a camera has.
"""

import io
import logging
import re
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from PIL import Image, ImageOps

from dudao.core.files.kinds import KINDS
from dudao.core.files.stores import Missing, Store
from dudao.core.models import StoredFile

log = logging.getLogger(__name__)

SIDES = {"small": 240, "large": 1800}
"""The longer side in points: for lists and strips, and to look at."""
MOST_POINTS = 60_000_000
"""Width × height that is decoded whole."""
MOST_POINTS_SCALED = 260_000_000
"""The same for JPEG in lines, which is decoded at the size that is wanted (phones take photos of 200 million points)."""
_TYPES = {KINDS["jpg"].media_type, KINDS["png"].media_type}
_PROFILE = 64 * 1024
_NONE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="240" height="180" viewBox="0 0 240 180"><rect width="240" height="180" '
    b'fill="#eef1f4"/><path d="M60 130l40-50 28 34 18-20 34 36z" fill="#b8c2cd"/><circle cx="156" cy="62" r="12" fill="#b8c2cd"/>'
    b"</svg>"
)
"""What stands where no picture can be made."""

# The limits above are ours and refuse; Pillow's own only warns.
Image.MAX_IMAGE_PIXELS = None


def has_picture(media_type: str) -> bool:
    """Whether a file of this type may have small pictures."""
    return media_type in _TYPES


def made_picture(stored: StoredFile, size: str, place: Store) -> bytes:
    """The picture as JPEG, of one of `SIDES`; empty where none can be made. Raises ``Missing``."""
    kept = _path(stored.digest, size)
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        pass
    with place.open(stored.digest) as stream:
        made = _small(stream, SIDES[size])
    _keep(kept, made)
    return made


def unmarked(data: bytes) -> bytes:
    """A photo as others get it: the same picture to the last point, without what a phone writes beside it (place, time, model).

    What the picture needs to look right stays: its colours, and which side is up. Anything else is answered as it is.
    """
    if data.startswith(_JPEG_START):
        return _unmarked_jpeg(data)
    if data.startswith(_PNG_START):
        return _unmarked_png(data)
    return data


_JPEG_START, _PNG_START = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""After a scan: 0xFF stands in its bytes only with 0x00, or as a restart mark."""
_SHOWN_CHUNKS = {b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"tRNS", b"pHYs", b"acTL", b"fcTL", b"fdAT"}


def _unmarked_jpeg(data: bytes) -> bytes:
    kept, at = [_JPEG_START, _upright_mark(data)], len(_JPEG_START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:  # what some phones put behind the end is a second picture with its own data
            return b"".join([*kept, data[at : at + 2]])
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            following = _NEXT_MARKER.search(data, end)
            end = following.start() if following is not None else len(data)
        if (
            not (0xE1 <= marker <= 0xEF or marker == 0xFE)
            or marker == 0xEE
            or data[at + 4 : at + 16] == b"ICC_PROFILE\0"
        ):
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])


def _upright_mark(data: bytes) -> bytes:
    """An Exif part that says which side is up, and nothing else; none where it stands upright."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            side = image.getexif().get(0x0112, 1)
    except Exception:  # what comes from outside may break a decoder in any way
        return b""
    if side not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[0x0112] = side
    said = exif.tobytes()
    return b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said


def _unmarked_png(data: bytes) -> bytes:
    kept, at = [_PNG_START], len(_PNG_START)
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if kind[:1].isupper() or kind in _SHOWN_CHUNKS:
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            break
    return b"".join(kept)


def drop_pictures(digest: str) -> None:
    """Let go of what was made of a file that is no more."""
    for size in SIDES:
        _path(digest, size).unlink(missing_ok=True)


def picture_answer(stored: StoredFile, size: str, place: Store, request: HttpRequest) -> HttpResponse:
    """The picture as an answer; the caller has checked the right, and is asked again each time."""
    etag = f'"{stored.digest}-{size}"'
    answer: HttpResponse
    if etag in request.headers.get("If-None-Match", ""):
        answer = HttpResponseNotModified()
    else:
        try:
            made = made_picture(stored, size, place) if has_picture(stored.media_type) else b""
        except Missing:
            log.exception("stored file %s is missing", stored.digest)
            made = b""
        answer = HttpResponse(made or _NONE, content_type="image/jpeg" if made else "image/svg+xml")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _path(digest: str, size: str) -> Path:
    """Beside the store, not in it: a backup leaves out what can be made again."""
    return Path(settings.FILES_ROOT).with_name("pictures") / digest[:2] / digest[2:4] / f"{digest}-{size}.jpg"


def _keep(path: Path, made: bytes) -> None:
    """An empty file says that there is no picture, so that nobody tries again. A full disk costs time only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as target:
            target.write(made)
        Path(target.name).replace(path)
    except OSError:
        log.exception("a small picture can't be kept")


def _small(stream: Any, side: int) -> bytes:
    try:
        with Image.open(stream, formats=("JPEG", "PNG")) as image:
            return _drawn(image, side)
    except Exception:  # what comes from outside may break a decoder in any way, and then has no picture
        log.info("no small picture can be made", exc_info=True)
        return b""


def _drawn(image: Any, side: int) -> bytes:
    scaled = image.format == "JPEG" and not image.info.get("progressive")
    if image.width * image.height > (MOST_POINTS_SCALED if scaled else MOST_POINTS):
        return b""
    profile = image.info.get("icc_profile", b"") if image.mode == "RGB" else b""
    image.draft("RGB", (side, side))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    # On fresh ground: what the photo says of itself stays behind, and what shines through is white.
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=82, icc_profile=profile if len(profile) <= _PROFILE else b"")
    return target.getvalue()
