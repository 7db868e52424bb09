"""Places in a text that move along when the text changes. Pure: lists and numbers, no tables.

A span is (start, end), half-open. An origin says where characters of a text stand in the source: rows of
[start, line, column, length], as ``dudao.calc.worktext`` gives them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

Span = tuple[int, int]
Origin = list[list[int]]


@dataclass(frozen=True, slots=True)
class Change:
    """The characters from ``start`` to ``old_end`` became those from ``start`` to ``new_end``."""

    start: int
    old_end: int
    new_end: int

    @property
    def shift(self) -> int:
        return self.new_end - self.old_end


FINE = 1500
"""Up to this many characters between the first and the last difference are compared one by one; that takes milliseconds."""


def changes_between(old: str, new: str) -> list[Change]:
    """The replacements that make ``new`` of ``old``, in offsets of ``old``, the last one first: each can be applied in turn."""
    if old == new:
        return []
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    back = 0
    while back < most - start and old[-1 - back] == new[-1 - back]:
        back += 1
    left, right = old[start : len(old) - back], new[start : len(new) - back]
    if max(len(left), len(right)) > FINE or not left or not right:
        return [Change(start, start + len(left), start + len(right))]
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return [
        Change(start + first, start + last, start + first + to - at)
        for what, first, last, at, to in reversed(steps)
        if what != "equal"
    ]


def move_span(span: Span, changes: Iterable[Change], *, first: bool = False, last: bool = False) -> Span | None:
    """Where the span stands after the changes; None when nothing of it is left.

    A replacement of as many characters as there were is taken character for character. ``first`` and ``last`` say whether words
    put in right before or right behind the span belong to it.
    """
    for change in changes:
        moved = _moved(span, change, first, last)
        if moved is None:
            return None
        span = moved
    return span


def _moved(span: Span, change: Change, first: bool, last: bool) -> Span | None:
    start, end = span
    added = change.start == change.old_end
    if change.shift == 0:
        return span
    if added and ((first and change.start == start) or (last and change.start == end)):
        return start, end + change.shift
    if end <= change.start:
        return span
    if start >= change.old_end:
        return start + change.shift, end + change.shift
    if start <= change.start and change.old_end <= end:
        moved = (start, end + change.shift)
    elif start < change.start:
        moved = (start, change.start)
    elif end > change.old_end:
        moved = (change.new_end, end + change.shift)
    else:
        return None
    return moved if moved[0] < moved[1] else None


def cut_origin(origin: Iterable[Sequence[int]], start: int, end: int) -> Origin:
    """The origin of the characters from ``start`` to ``end``, counted from ``start``."""
    rows: Origin = []
    for at, line, column, length in origin:
        left, right = max(start, at), min(end, at + length)
        if left < right:
            rows.append([left - start, line, column + left - at, right - left])
    return rows


def shift_origin(origin: Iterable[Sequence[int]], by: int) -> Origin:
    return [[at + by, line, column, length] for at, line, column, length in origin]


def move_origin(origin: Sequence[Sequence[int]], changes: Iterable[Change]) -> Origin:
    """The origin after the changes: what is new came from nowhere, what replaced as many characters from where they stood."""
    rows = [list(row) for row in origin]
    for change in changes:
        if change.shift == 0:
            continue
        end = max((at + length for at, _, _, length in rows), default=0)
        kept = cut_origin(rows, 0, change.start)
        rows = kept + shift_origin(cut_origin(rows, change.old_end, end), change.new_end)
    return rows


def places(origin: Iterable[Sequence[int]], span: Span) -> Origin:
    """Where the characters of a span stand in the source: rows of [line, column, length]."""
    return [[line, column, length] for _, line, column, length in cut_origin(origin, *span)]
