"""Files on their way in, in pieces. What comes of a whole one is an action (`library.add_file`); the pieces are transport.

What holds whatever happens in between: bytes count as received when they are on the disk and the count is committed; a piece that
doesn't begin where the last one ended changes nothing; ``done`` is committed after the file is durable in the store and a version
points to it. A process may be killed anywhere: the same piece, or the end, is simply asked for again.
"""

import contextlib
import logging
import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dudao.calc.evidence import clean_name
from dudao.core import files
from dudao.core.access import Actor, Denied
from dudao.core.files import Altered, FileRefused, StoreSilent
from dudao.evidence.actions.library import add_file
from dudao.evidence.flow import adds
from dudao.evidence.models import Evidence, EvidenceVersion, Upload
from dudao.evidence.queries.policy import MB, library, policy_on, used, waiting
from dudao.orgs.models import Unit

log = logging.getLogger(__name__)

CHUNK = 8 * MB
"""The largest piece that is taken."""
KEPT_DAYS = 30
"""How long a finished upload is remembered: its owner may still ask for the receipt."""
State = Upload.State


@dataclass(frozen=True, slots=True)
class Piece:
    """What came of a piece: the upload as it is now, and whether the piece was taken (else it didn't begin at ``received``)."""

    upload: Upload
    taken: bool


def begin(
    actor: Actor,
    *,
    unit: Unit,
    name: str,
    size: int,
    digest: str = "",
    modified: int = 0,
    row: Evidence | None = None,
) -> Upload:
    """Announce a file. The same file that the same person has not finished goes on where it was.

    A file whose digest the library has is done at once, without its bytes. Raises ``Denied`` and ``ValidationError`` (too large,
    no room, too many unfinished, empty, of a kind that isn't let in by its name).
    """
    adds(actor, unit, row)
    if actor.id is None:
        raise Denied("系统不上传文件。", "evidence.add")
    name = clean_name(name)
    mine = Upload.objects.filter(account_id=actor.id, unit=unit, state=State.OPEN, expires_at__gt=timezone.now())
    same = (
        mine.filter(name=name, size=size, modified=modified, evidence=row, digest=digest)
        .order_by("-created_at")
        .first()
    )
    if same is not None:
        return same
    known = (
        EvidenceVersion.objects.filter(unit=unit, file__digest=digest).select_related("file").first()
        if digest
        else None
    )
    made = Upload(
        unit=unit,
        account_id=actor.id,
        evidence=row,
        name=name,
        size=size,
        digest=digest,
        modified=modified,
        expires_at=timezone.now() + timedelta(days=library().limits.upload_days),
    )
    if known is not None and known.size == size:
        with transaction.atomic():
            added = add_file(actor, unit=unit, file=known.file, name=name, row=row)
            made.state, made.received, made.version = State.DONE, size, added.version
            made.outcome, made.message = added.outcome, added.words
            made.save(force_insert=True)
        return made
    _may_come(unit, name, size, mine.count())
    made.save(force_insert=True)
    return made


def _may_come(unit: Unit, name: str, size: int, unfinished: int) -> None:
    limits, basis = policy_on(unit, timezone.localdate())
    if size < 1:
        raise ValidationError(f"文件“{name}”是空的（0 字节），可能没有保存成功。请重新保存后再上传。")
    if size > limits.file_mb * MB:
        raise ValidationError(
            f"文件“{name}”有 {size / MB:.1f} MB，超过单个文件 {limits.file_mb} MB 的上限（{basis}）。请压缩或拆分后再传。"
        )
    if unfinished >= limits.open_uploads:
        raise ValidationError(f"您还有 {unfinished} 个文件没有传完，请等它们传完，或取消一些再传。")
    left = limits.unit_mb * MB - used(unit) - waiting(unit)
    if size > left:
        raise ValidationError(
            f"“{unit}”的资料库还剩 {max(left, 0) / MB:.1f} MB（容量 {limits.unit_mb} MB，{basis}，正在上传的也计算在内），"
            f"放不下“{name}”（{size / MB:.1f} MB）。请压缩文件，或请上级督导办增加容量。"
        )
    extension = Path(name).suffix.lower()
    if extension in files.KINDS["heic"].extensions:
        raise ValidationError(files.heic_words(name))
    if not any(extension in files.KINDS[key].extensions for key in files.EVIDENCE):
        raise ValidationError(f"文件“{name}”的格式不能上传。请改用 PDF、Word、Excel、演示文稿、图片或 MP4。")


def _part(row: Upload) -> Path:
    folder = files.the_store().workspace() / "uploads"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder / row.id.hex


def _locked(row: Upload) -> Upload:
    fresh: Upload = (
        Upload.objects.select_for_update(of=("self",)).select_related("unit", "evidence__unit").get(pk=row.pk)
    )
    return fresh


def _mine(actor: Actor, row: Upload) -> None:
    if actor.read_only or row.account_id != actor.id:
        raise Denied("这是别人的上传。", "evidence.add")


def _set(row: Upload, **values: Any) -> Upload:
    Upload.objects.filter(pk=row.pk).update(**values)
    for key, value in values.items():
        setattr(row, key, value)
    return row


def receive(actor: Actor, *, upload: Upload, offset: int, chunk: bytes) -> Piece:
    """Take a piece that begins at ``offset``. Answers when it is on the disk and counted.

    A part file that is shorter than what was counted (another host, a disk that lost it) begins again from nothing.
    """
    _mine(actor, upload)
    with transaction.atomic():
        row = _locked(upload)
        if row.state != State.OPEN:
            return Piece(row, taken=False)
        part = _part(row)
        if _length(part) < row.received:
            log.warning(
                "part file %s isn't on host %s: several web hosts need sticky sessions or a shared %s (docs/operations.md)",
                part.name,
                socket.gethostname(),
                part.parent,
            )
            return Piece(_set(row, received=0), taken=False)
        if offset not in {row.received, row.goes_on_at} or offset + len(chunk) > row.size:
            return Piece(row, taken=False)
        if chunk:
            _write(part, offset, chunk)
            expires = timezone.now() + timedelta(days=library().limits.upload_days)
            _set(row, received=offset + len(chunk), expires_at=expires)
    return Piece(row, taken=True)


def _length(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _write(part: Path, offset: int, chunk: bytes) -> None:
    """Behind what was counted lies at most what a killed process left: it is written over and cut off."""
    handle = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        view, at = memoryview(chunk), offset
        while view:
            written = os.pwrite(handle, view, at)
            view, at = view[written:], at + written
        os.ftruncate(handle, offset + len(chunk))
        os.fsync(handle)
    finally:
        os.close(handle)


def finish(actor: Actor, *, upload: Upload) -> Upload:
    """Take a whole file into the library. Done again it answers what came of it.

    Not whole, or not what was announced: the answer is an open upload, which begins again when it was altered. A refusal (kind,
    virus, room) ends the upload, with the reason. Raises ``StoreSilent`` while the store doesn't answer: nothing is lost, the end
    may be asked for again.
    """
    _mine(actor, upload)
    with transaction.atomic():
        row = _locked(upload)
        if row.state != State.OPEN or row.received < row.size:
            return row
        part = _part(row)
        if _length(part) != row.size:
            return _set(row, received=0)
        row = _taken_in(actor, row, part)
    if row.state != State.OPEN:
        part.unlink(missing_ok=True)
    return row


def _taken_in(actor: Actor, row: Upload, part: Path) -> Upload:
    try:
        stored, verdict = files.adopt(part, row.name, expected=row.digest)
        added = add_file(actor, unit=row.unit, file=stored, name=row.name, row=row.evidence, verdict=verdict)
    except Altered as problem:
        return _set(row, received=0, message=str(problem))
    except StoreSilent:
        raise
    except FileRefused as problem:
        return _refuse(row, str(problem))
    except Denied as denied:
        return _refuse(row, denied.reason)
    except ValidationError as problem:
        return _refuse(row, "".join(problem.messages))
    words = added.words
    if added.version.scan == EvidenceVersion.Scan.PENDING:
        words += "病毒扫描程序暂时没有响应，扫描通过后才能打开。"
    return _set(
        row,
        state=State.DONE,
        version=added.version,
        outcome=added.outcome,
        message=words,
    )


def _refuse(row: Upload, why: str) -> Upload:
    return _set(row, state=State.REFUSED, message=why[:500])


def cancel(actor: Actor, *, upload: Upload) -> Upload:
    """Give an unfinished upload up; its bytes go."""
    _mine(actor, upload)
    with transaction.atomic():
        row = _locked(upload)
        if row.state == State.OPEN:
            _set(row, state=State.CANCELLED)
    if row.state == State.CANCELLED:
        _part(row).unlink(missing_ok=True)
    return row


def expire(now: Any = None) -> int:
    """Throw away what nobody went on with: open uploads past their time, finished ones after a while, part files of neither."""
    now = now or timezone.now()
    over = Upload.objects.filter(state=State.OPEN, expires_at__lte=now)
    count = over.update(state=State.CANCELLED, message="超过保留时间没有继续上传，已清除。")
    Upload.objects.exclude(state=State.OPEN).filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    folder = files.the_store().workspace() / "uploads"
    if folder.exists():
        wanted = {key.hex for key in Upload.objects.filter(state=State.OPEN).values_list("pk", flat=True)}
        for part in folder.iterdir():
            if part.name not in wanted:
                with contextlib.suppress(FileNotFoundError):
                    part.unlink()
    return count
