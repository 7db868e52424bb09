"""Files that came with a form which has to be filled in again: stored at once, and found again by a token that the form carries.

A browser never gives a chosen file back with the page that names the errors. The token is drawn at random and stands in nobody's
page but that of whoever sent the file; it leads to nothing but a second sending of it.
"""

import base64
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from dudao.core.files import has_picture, opened, store, the_store
from dudao.core.files.pictures import made_picture
from dudao.core.models import KeptFile, StoredFile

KEEP_DAYS = 1


class KeptUpload(UploadedFile):
    """A kept file as it came: to a form and an action it is an upload like any other."""

    def __init__(self, row: KeptFile) -> None:
        super().__init__(None, row.name, row.file.media_type, row.file.size)
        self.token = row.token
        self._stored: StoredFile = row.file
        self._bytes: io.BytesIO | None = None

    @property
    def file(self) -> Any:
        if self._bytes is None:
            self._bytes = io.BytesIO(b"".join(self.chunks()))
        return self._bytes

    @file.setter
    def file(self, given: Any) -> None:
        """Django sets it at first; the bytes are asked from the store."""

    @property
    def picture(self) -> str:
        """A photo small, in the page itself: its token leads to no address. "" of other files."""
        if not has_picture(self._stored.media_type):
            return ""
        made = made_picture(self._stored, "small", the_store())
        return f"data:image/jpeg;base64,{base64.b64encode(made).decode()}" if made else ""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        with opened(self._stored) as stream:
            yield from iter(lambda: stream.read(chunk_size or 1 << 20), b"")


def kept(upload: Any, *, limit: int) -> KeptUpload:
    """Keep an upload; one that was kept before stays as it is. Raises ``FileRefused``."""
    if isinstance(upload, KeptUpload):
        return upload
    upload.seek(0)
    name = (upload.name or "文件")[:200]
    return KeptUpload(KeptFile.objects.create(file=store(upload, limit=limit), name=name))


def found(tokens: Sequence[str]) -> list[KeptUpload]:
    """The kept files of these tokens, in their order; what was kept too long ago is missing."""
    asked = list(_tokens(tokens))
    rows = {row.token: row for row in KeptFile.objects.select_related("file").filter(token__in=asked)} if asked else {}
    return [KeptUpload(rows[token]) for token in asked if token in rows]


def _tokens(given: Iterable[str]) -> Iterator[uuid.UUID]:
    for text in dict.fromkeys(given):
        try:
            yield uuid.UUID(text)
        except ValueError:
            continue
