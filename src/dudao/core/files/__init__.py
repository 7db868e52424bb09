"""Files kept once, addressed by their SHA-256, outside the web root, and handed out only by a view that has checked the right.

    stored = files.store(upload, name)                  an upload: capped, told by its content, scanned; raises FileRefused
    files.attach(CaseFile, uploads, case=row)            the same for several, each with a row of its own
    stored = files.keep(path_or_bytes, media_type)      something the platform made itself
    response = files.serve(stored, "佐证.pdf")           a download with safe headers (of a part: ``request=request``)
    response = files.serve_picture(stored, "small", request)    a photo, small enough for a list or a phone
    response = files.hand_out(request, stored, "佐证.pdf")       either, as the address asks: what `parts.FileRow` leads to
    report = files.verify()                             which files are missing, altered or belong to nobody

Who may add or fetch a file is decided by the row of the domain that points to it (``PROTECT`` on every such key).
"""

import functools
import hashlib
import io
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, overload
from urllib.parse import quote

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from dudao.core.files.kinds import DOCUMENTS, ENDINGS, EVIDENCE, KINDS, PICTURES, FileRefused, Kind, heic_words, sniff
from dudao.core.files.pictures import SIDES, drop_pictures, has_picture, picture_answer, unmarked
from dudao.core.files.ranges import MOST, part_of
from dudao.core.files.scanning import Verdict, scan
from dudao.core.files.stores import DiskStore, Missing, Store, Unavailable
from dudao.core.models import StoredFile

__all__ = [
    "DOCUMENTS",
    "ENDINGS",
    "EVIDENCE",
    "KINDS",
    "PICTURES",
    "SIDES",
    "UPLOAD_BYTES",
    "Altered",
    "Attachment",
    "FileRefused",
    "Kind",
    "Missing",
    "Report",
    "StoreSilent",
    "Unavailable",
    "Verdict",
    "adopt",
    "attach",
    "forget",
    "framed",
    "hand_out",
    "has_picture",
    "heic_words",
    "keep",
    "opened",
    "rescan",
    "scans",
    "serve",
    "serve_picture",
    "sniff",
    "store",
    "the_store",
    "verify",
]

log = logging.getLogger(__name__)

MAX_BYTES = 50 * 1024 * 1024
UPLOAD_BYTES = settings.UPLOAD_CAP
"""What the upload handler keeps of one file at most."""


class Altered(FileRefused):
    """What arrived isn't what was sent."""


class StoreSilent(FileRefused):
    """The store gave no answer: nothing is wrong with the file, it may be sent again."""


def the_store() -> Store:
    """The place that the settings name: a folder, or a bucket."""
    if settings.FILES_STORE:
        return _bucket(settings.FILES_STORE, Path(settings.FILES_ROOT))
    return DiskStore(Path(settings.FILES_ROOT))


@functools.cache
def _bucket(url: str, local: Path) -> Store:
    from dudao.core.files.s3 import S3Store

    return S3Store.from_url(url, local)


def store(upload: Any, name: str = "", *, kinds: Iterable[str] = EVIDENCE, limit: int = MAX_BYTES) -> StoredFile:
    """Take in an upload. Raises ``FileRefused`` when it is too large, of a kind not let in, incomplete or infected.

    The same bytes are stored once. Call it in the action that makes the row pointing here: if the action fails, the bytes remain
    as an orphan that ``verify`` names, never as a row without bytes.
    """
    name = name or getattr(upload, "name", "") or "文件"
    stated = getattr(upload, "size", None)
    if stated is not None and stated > limit:
        raise FileRefused(_too_large(name, stated, limit))
    place = the_store()
    with tempfile.NamedTemporaryFile(dir=place.workspace(), delete=False) as target:
        path = Path(target.name)
        try:
            digest, size = _copy(_chunks(upload), target, name, limit)
            if stated is not None and stated != size:
                raise FileRefused(f"文件“{name}”没有传完整（应有 {stated} 字节，收到 {size} 字节）。请重新上传。")
            with path.open("rb") as stream:
                kind = sniff(stream, name, kinds)
            if _scan(path, name) is Verdict.SILENT:
                raise FileRefused("病毒扫描程序没有响应，暂时不能接收文件。请稍后再试，或联系系统管理员。")
            _put(place, path, digest)
        finally:
            path.unlink(missing_ok=True)
    return _row(digest, size, kind.media_type)


Attachment = UploadedFile | tuple[StoredFile, str]
"""What comes with a form, or a file that is kept already, with its name."""


def attach(model: Any, given: Iterable[Attachment], **to: Any) -> int:
    """Keep what was handed in as rows of ``model`` (with ``file`` and ``name``); answers how many. Raises ``FileRefused``."""
    kept = (one if isinstance(one, tuple) else (store(one), one.name or "附件") for one in given)
    made = [model(file=stored, name=name[:200], **to) for stored, name in kept]
    model.objects.bulk_create(made)
    return len(made)


def adopt(path: Path, name: str, *, expected: str = "", kinds: Iterable[str] = EVIDENCE) -> tuple[StoredFile, Verdict]:
    """Take over a whole file that lies in the store's workspace (it may be moved away), with what the virus scanner said of it.

    Raises ``Altered`` when its SHA-256 isn't the ``expected`` one, ``FileRefused`` when it is of a kind not let in or infected,
    ``StoreSilent`` when the store gives no answer; then the file stays where it is. A scanner that gives no answer (``SILENT``)
    keeps no file out: the caller sees to it that nobody gets the file before there is one. The bytes are durable when this
    returns.
    """
    place = the_store()
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
        if expected and digest != expected:
            raise Altered(f"文件“{name}”在传输中有变化。请重新上传。")
        kind = sniff(stream, name, kinds)
    verdict = _scan(path, name)
    _put(place, path, digest)
    return _row(digest, size, kind.media_type), verdict


def scans() -> bool:
    """Whether uploads are asked about: a file that ``store`` took in is then clean."""
    return bool(settings.FILES_SCANNER)


def rescan(stored: StoredFile) -> Verdict:
    """Ask the virus scanner about a file that is in the store."""
    with tempfile.NamedTemporaryFile(dir=the_store().workspace()) as target, opened(stored) as stream:
        shutil.copyfileobj(stream, target, 1 << 20)
        target.flush()
        return scan(Path(target.name))


def keep(source: Path | bytes, media_type: str) -> StoredFile:
    """Store what the platform has made itself: neither capped nor scanned. A given path stays where it is."""
    place = the_store()
    with tempfile.NamedTemporaryFile(dir=place.workspace(), delete=False) as target:
        path = Path(target.name)
        try:
            stream: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
            with stream:
                digest, size = _copy(iter(lambda: stream.read(1 << 20), b""), target, "", None)
            place.put(path, digest)
        finally:
            path.unlink(missing_ok=True)
    return _row(digest, size, media_type)


def _put(place: Store, path: Path, digest: str) -> None:
    try:
        place.put(path, digest)
    except Unavailable as problem:
        log.exception("file store doesn't answer")
        raise StoreSilent("文件存储暂时没有响应，文件没有存入。请稍后再试，或联系系统管理员。") from problem


def _row(digest: str, size: int, media_type: str) -> StoredFile:
    stored, _ = StoredFile.objects.get_or_create(digest=digest, defaults={"size": size, "media_type": media_type})
    return stored


def _chunks(upload: Any) -> Iterator[bytes]:
    if hasattr(upload, "chunks"):
        yield from upload.chunks()
    else:
        yield from iter(lambda: upload.read(1 << 20), b"")


def _copy(chunks: Iterable[bytes], target: Any, name: str, limit: int | None) -> tuple[str, int]:
    seen = hashlib.sha256()
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if limit is not None and size > limit:
            raise FileRefused(_too_large(name, None, limit))
        seen.update(chunk)
        target.write(chunk)
    target.flush()
    return seen.hexdigest(), size


def _too_large(name: str, size: int | None, limit: int) -> str:
    has = f"有 {size / 1048576:.0f} MB，" if size else ""
    return f"文件“{name}”{has}超过 {limit // 1048576} MB 的上限。请压缩图片或视频，或拆成几个文件分别上传。"


def _scan(path: Path, name: str) -> Verdict:
    """Refuse what the office's virus scanner finds infected."""
    verdict = scan(path)
    if verdict is Verdict.INFECTED:
        raise FileRefused(f"文件“{name}”没有通过病毒扫描，不能上传。请先在本机杀毒。")
    return verdict


def forget(stored: StoredFile) -> bool:
    """Let go of a file that no row points to any more, bytes included; answers whether it was so."""
    digest = stored.digest
    try:
        with transaction.atomic():
            stored.delete()
    except ProtectedError:
        return False
    transaction.on_commit(lambda: _remove(digest))
    return True


def _remove(digest: str) -> None:
    drop_pictures(digest)
    the_store().remove(digest)


def opened(stored: StoredFile, *, check: bool = False) -> io.BufferedIOBase:
    """The bytes of a stored file. With ``check`` they are hashed first, and altered ones raise ``Missing``."""
    stream = the_store().open(stored.digest)
    if check:
        if hashlib.file_digest(stream, "sha256").hexdigest() != stored.digest:
            stream.close()
            raise Missing(stored.digest)
        stream.seek(0)
    return stream


@overload
def serve(stored: StoredFile, name: str, *, inline: bool = False) -> FileResponse: ...


@overload
def serve(
    stored: StoredFile, name: str, *, inline: bool = False, request: HttpRequest | None, original: bool = False
) -> HttpResponseBase: ...


def serve(
    stored: StoredFile,
    name: str,
    *,
    inline: bool = False,
    request: HttpRequest | None = None,
    original: bool = False,
) -> HttpResponseBase:
    """The file as an answer. The caller has checked the right. Only harmless kinds are ever shown in the browser itself.

    With the ``request`` the answer is the part that it asks for (HTTP Range), at most `ranges.MOST` bytes of a film. A photo goes
    out without place and camera (`pictures.unmarked`), unless the ``original`` is asked for, whose digest is that of the store.
    """
    plain = has_picture(stored.media_type) and not original
    try:
        answer = _unmarked(stored, request) if plain else _answer(stored, request)
    except Missing:
        log.exception("stored file %s is missing", stored.digest)
        raise Http404("文件在存储中缺失，请联系系统管理员。") from None
    kind = next((kind for kind in KINDS.values() if kind.media_type == stored.media_type), None)
    shown = inline and kind is not None and kind.inline
    answer["Content-Disposition"] = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    # A sandbox would also switch off the browser's own PDF viewer, which needs no right of the page.
    sandbox = "" if shown and kind is not None and kind.key == "pdf" else "; sandbox"
    answer["Content-Security-Policy"] = f"default-src 'none'{sandbox}"
    # Computers of schools are shared: nothing that somebody downloaded stays in the browser's cache.
    answer["Cache-Control"] = "private, no-store"
    answer["ETag"] = _etag(stored, plain=plain)
    return answer


def framed(answer: HttpResponseBase) -> HttpResponseBase:
    """The same answer for a frame of our own pages; nobody else's may show it."""
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Content-Security-Policy"] = f"{answer['Content-Security-Policy']}; frame-ancestors 'self'"
    return answer


def hand_out(request: HttpRequest, stored: StoredFile, name: str) -> Any:
    """The file as its address asks for it: a download, what the browser shows (``?inline``), a small picture (``?picture``)."""
    size = request.GET.get("picture", "")
    if size in SIDES and has_picture(stored.media_type):
        return serve_picture(stored, size, request)
    return serve(stored, name, inline="inline" in request.GET, request=request)


def serve_picture(stored: StoredFile, size: str, request: HttpRequest) -> HttpResponse:
    """A small picture of a photo (``size`` of `SIDES`), as an answer. The caller has checked the right, the same as to the file."""
    return picture_answer(stored, size, the_store(), request)


def _etag(stored: StoredFile, *, plain: bool) -> str:
    return f'"{stored.digest}-plain"' if plain else f'"{stored.digest}"'


def _answer(stored: StoredFile, request: HttpRequest | None) -> HttpResponseBase:
    return _whole_or_part(
        stored.media_type,
        stored.size,
        lambda: opened(stored),
        lambda first, length: the_store().open_part(stored.digest, first, length),
        request,
        etag=_etag(stored, plain=False),
    )


def _unmarked(stored: StoredFile, request: HttpRequest | None) -> HttpResponseBase:
    with opened(stored) as stream:
        data = unmarked(stream.read())
    return _whole_or_part(
        stored.media_type,
        len(data),
        lambda: io.BytesIO(data),
        lambda first, length: io.BytesIO(data[first : first + length]),
        request,
        etag=_etag(stored, plain=True),
    )


def _whole_or_part(
    media_type: str,
    size: int,
    whole: Callable[[], Any],
    piece: Callable[[int, int], Any],
    request: HttpRequest | None,
    *,
    etag: str,
) -> HttpResponseBase:
    """All ``size`` bytes, or the part that is asked for; parts are offered to whom gives the request."""
    asked = request.headers.get("Range", "") if request is not None and request.method == "GET" else ""
    part = (
        part_of(
            asked,
            size,
            if_range=request.headers.get("If-Range", "") if request is not None else "",
            etag=etag,
            most=MOST if media_type.startswith("video/") else None,
        )
        if asked
        else None
    )
    answer: HttpResponseBase
    if part is None:
        answer = FileResponse(whole(), content_type=media_type)
        answer["Content-Length"] = str(size)
    elif not part.length:
        answer = HttpResponse(status=416, content_type=media_type)
        answer["Content-Range"] = part.content_range(size)
    else:
        stream = piece(part.first, part.length)
        answer = StreamingHttpResponse(_Piece(stream, part.length), status=206, content_type=media_type)
        answer["Content-Length"] = str(part.length)
        answer["Content-Range"] = part.content_range(size)
    if request is not None:
        answer["Accept-Ranges"] = "bytes"
    return answer


class _Piece(Iterator[bytes]):
    """The next bytes of a stream, so many of them; the answer closes it."""

    def __init__(self, stream: io.BufferedIOBase, length: int) -> None:
        self.stream, self.left = stream, length

    def __next__(self) -> bytes:
        chunk = self.stream.read(min(self.left, 1 << 16))
        if not chunk:
            raise StopIteration
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.stream.close()


@dataclass(slots=True)
class Report:
    """What ``verify`` found: digests that the store lacks, whose bytes differ, and that no row knows."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.missing or self.altered)


def verify(progress: Callable[[int], None] | None = None) -> Report:
    """Hash every stored file again, and list what lies in the store without a row."""
    report = Report()
    known: set[str] = set()
    for stored in StoredFile.objects.order_by("id").iterator(chunk_size=1000):
        known.add(stored.digest)
        report.checked += 1
        try:
            with opened(stored) as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != stored.digest:
                    report.altered.append(stored.digest)
        except Missing:
            report.missing.append(stored.digest)
        if progress is not None:
            progress(report.checked)
    report.orphans = [digest for digest in the_store().digests() if digest not in known]
    return report
