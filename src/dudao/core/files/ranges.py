"""A part of a file (HTTP Range, RFC 9110 §14): what a browser asks for that leafs through a long PDF or seeks in a film."""

import re
from dataclasses import dataclass

MOST = 8 * 1024 * 1024
"""Bytes of a film in one answer: a server may send less than was asked (§15.3.7); a slow phone then holds no worker for long."""
_ONE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """From byte ``first``, ``length`` of them; nothing (``length`` 0) can be had of a part that begins behind the end."""

    first: int
    length: int

    def content_range(self, size: int) -> str:
        return f"bytes {self.first}-{self.first + self.length - 1}/{size}" if self.length else f"bytes */{size}"


def part_of(asked: str, size: int, *, if_range: str = "", etag: str = "", most: int | None = None) -> Part | None:
    """The part that a request asks for; ``None``: the whole file, also for several parts at once and for what can't be read.

    ``if_range``: the tag of the version of which the asker has the rest; another one gets the whole file.
    """
    if if_range and if_range.strip() != etag:
        return None
    found = _ONE.fullmatch(asked)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        first = size - length
    else:
        first = int(found[1])
        last = min(int(found[2]), size - 1) if found[2] else size - 1
        if found[2] and int(found[2]) < first:
            return None
        length = max(0, last - first + 1)
    if length and most is not None:
        length = min(length, most)
    return Part(first, length)
