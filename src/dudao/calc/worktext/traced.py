"""Text that remembers where it came from.

A plan's point is put together from pieces of several lines: page numbers between them are dropped, broken paragraphs are
joined, repeated clauses cut. `Traced` keeps, for every character, the line and column of the document, so that a review
page can show each finding in the document itself. Lines and columns count from 1, offsets into a text from 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that stood side by side on one line of the document."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Segment:
    """`length` characters from offset `start` of a text stand on `line` from `column` on."""

    start: int
    line: int
    column: int
    length: int

    def to_json(self) -> dict[str, int]:
        return {"start": self.start, "line": self.line, "column": self.column, "length": self.length}


class Traced:
    """An immutable string with the origin of each of its characters."""

    __slots__ = ("_starts", "pieces", "text")

    def __init__(self, pieces: Iterable[Piece] = ()) -> None:
        self.pieces: tuple[Piece, ...] = tuple(piece for piece in pieces if piece.text)
        self.text: str = "".join(piece.text for piece in self.pieces)
        starts: list[int] = []
        offset = 0
        for piece in self.pieces:
            starts.append(offset)
            offset += len(piece.text)
        self._starts = starts

    def __len__(self) -> int:
        return len(self.text)

    def __bool__(self) -> bool:
        return bool(self.text)

    def __add__(self, other: Traced) -> Traced:
        return Traced(self.pieces + other.pieces)

    def cut(self, start: int, end: int | None = None) -> Traced:
        """The characters from `start` up to `end`, like a slice without negative numbers."""
        stop = len(self.text) if end is None else min(end, len(self.text))
        if start >= stop:
            return Traced()
        pieces: list[Piece] = []
        index = bisect_right(self._starts, start) - 1
        while index < len(self.pieces) and self._starts[index] < stop:
            piece, at = self.pieces[index], self._starts[index]
            left, right = max(start - at, 0), min(stop - at, len(piece.text))
            pieces.append(Piece(piece.text[left:right], piece.line, piece.column + left))
            index += 1
        return Traced(pieces)

    def without(self, start: int, end: int) -> Traced:
        return self.cut(0, start) + self.cut(end)

    def strip(self) -> Traced:
        left = len(self.text) - len(self.text.lstrip())
        return self.cut(left, max(len(self.text.rstrip()), left))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of the character at `offset`; the end of the text counts as just behind its last character."""
        if not self.pieces:
            return 0, 0
        index = min(max(bisect_right(self._starts, offset) - 1, 0), len(self.pieces) - 1)
        piece = self.pieces[index]
        return piece.line, piece.column + min(max(offset - self._starts[index], 0), len(piece.text))

    def segments(self) -> tuple[Segment, ...]:
        return tuple(
            Segment(start, piece.line, piece.column, len(piece.text))
            for start, piece in zip(self._starts, self.pieces, strict=True)
            if piece.text != "\n"
        )

    @property
    def first_line(self) -> int:
        return self.pieces[0].line if self.pieces else 0

    @property
    def last_line(self) -> int:
        return self.pieces[-1].line if self.pieces else 0


def join(parts: Iterable[Traced], separator: str = "") -> Traced:
    """All parts behind each other; a separator has the origin of the end of the part before it."""
    pieces: list[Piece] = []
    for part in parts:
        if pieces and separator:
            last = pieces[-1]
            pieces.append(Piece(separator, last.line, last.column + len(last.text)))
        pieces.extend(part.pieces)
    return Traced(pieces)
