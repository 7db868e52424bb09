"""Where the bytes lie: a folder of files named by their SHA-256. Another place has to offer the same few functions."""

import os
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Protocol


class Missing(Exception):
    """The database knows a file that the store doesn't have."""


class Unavailable(Exception):
    """The store doesn't answer, or refuses what it is asked: a matter for the operator."""


class Store(Protocol):
    """What the platform asks of a place for files."""

    def put(self, source: Path, digest: str) -> None:
        """Take over a local file (it may be moved away) under its digest; an existing one is replaced by the same bytes."""

    def open(self, digest: str) -> BufferedIOBase:
        """The bytes as a stream. Raises ``Missing``."""

    def open_part(self, digest: str, first: int, length: int) -> BufferedIOBase:
        """A stream of which the next ``length`` bytes are those from ``first`` on. Raises ``Missing``."""

    def remove(self, digest: str) -> None:
        """Let go of the bytes; those that aren't there are no error."""

    def digests(self) -> Iterator[str]:
        """Everything the store holds."""

    def workspace(self) -> Path:
        """A local folder for files on their way in, on the same disk if there is one."""


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class DiskStore:
    """Two levels of folders, so that none grows beyond a few thousand entries; a file appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest

    def put(self, source: Path, digest: str) -> None:
        target = self.path(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as stream:
            os.fsync(stream.fileno())
        source.chmod(0o440)
        source.replace(target)
        # A name is durable when its folder is; the folders may be new, made by whoever came a moment earlier.
        for folder in (target.parent, target.parent.parent, self.root):
            _flush(folder)

    def open(self, digest: str) -> BufferedIOBase:
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as problem:
            raise Missing(digest) from problem

    def open_part(self, digest: str, first: int, length: int) -> BufferedIOBase:
        stream = self.open(digest)
        stream.seek(first)
        return stream

    def remove(self, digest: str) -> None:
        self.path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        for path in sorted(self.root.glob("??/??/*")):
            yield path.name

    def workspace(self) -> Path:
        folder = self.root / "incoming"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder
