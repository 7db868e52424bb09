"""The pieces of a point: 一是 … 二是 …, （1） …, 1） …, ① …, 第一， ….

`FAMILIES` is the table to extend. The family whose first mark stands first in the text parts it; marks of other families
stay inside the pieces. A mark counts only at the start of the text, of a line or behind punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dudao.calc.worktext.characters import half_width
from dudao.calc.worktext.labels import value_of
from dudao.calc.worktext.model import Item

_HANZI = "[一二三四五六七八九十]{1,3}"


@dataclass(frozen=True, slots=True)
class Family:
    """`pattern` finds a mark in half-width text; group 1 is its number. `example` shows a reader what is meant. A text without
    the character `needed` has no series of such marks: looking for it is faster than looking for the pattern."""

    name: str
    pattern: re.Pattern[str]
    example: str
    needed: str
    anywhere: bool = False


# A mark stands at the start or behind one of these; brackets and circles may stand anywhere.
_BEFORE = frozenset('。；：，、！？;:,!?\n "”’」』)')

FAMILIES: tuple[Family, ...] = (
    Family("is", re.compile(rf"({_HANZI})是(?!否)"), "一是", "是"),
    Family("must", re.compile(rf"({_HANZI})要(?!求|点|素|件|务)"), "一要", "要"),
    Family("ordinal", re.compile(rf"第({_HANZI})[，,]"), "第一，", "第"),
    Family("brackets", re.compile(r"\((\d{1,2})\)"), "（1）", "(", anywhere=True),
    Family("brackets", re.compile(r"([⑴-⒇])"), "（1）", "⑴", anywhere=True),
    Family("bracket", re.compile(r"(\d{1,2})\)"), "1）", ")"),
    Family("circled", re.compile(r"([①-⑳])"), "①", "①", anywhere=True),
)

_START = re.compile(rf"{_HANZI}[是要]|第{_HANZI}[，,]|[(（]\d{{1,2}}[)）]|\d{{1,2}}[)）]|[①-⑳⑴-⒇]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at offsets `start` to `end` saying `ordinal`."""

    ordinal: int
    start: int
    end: int
    name: str


def starts_with_mark(text: str) -> bool:
    """The line begins with the mark of a piece."""
    return _START.match(half_width(text[:8])) is not None


def find_marks(text: str) -> tuple[Mark, ...]:
    """The marks that part the text, in order; empty when there are none."""
    shape = half_width(text)
    found: dict[str, list[Mark]] = {}
    for family in FAMILIES:
        if family.needed not in shape:
            continue
        for match in family.pattern.finditer(shape):
            start = match.start()
            if start and shape[start - 1] not in _BEFORE and not (family.anywhere and shape[start - 1] not in "第表图"):
                continue
            ordinal = value_of(match.group(1))
            if ordinal:
                found.setdefault(family.name, []).append(Mark(ordinal, match.start(), match.end(), family.example))
    real: list[list[Mark]] = [
        sorted(marks, key=lambda mark: mark.start)
        for marks in found.values()
        if len(marks) > 1 or marks[0].ordinal == 1
    ]
    # «一要» is an everyday phrase as well: it parts a text only as a series.
    real = [marks for marks in real if marks[0].name != "一要" or (len(marks) > 1 and marks[0].ordinal == 1)]
    if not real:
        return ()
    first = min(real, key=lambda marks: marks[0].start)
    return tuple(first)


def split_items(text: str, marks: Sequence[Mark]) -> tuple[Item, ...]:
    """One item a mark: the words up to the next mark; the last one ends with its paragraph."""
    items: list[Item] = []
    for index, mark in enumerate(marks):
        if index + 1 < len(marks):
            end = marks[index + 1].start
        else:
            line_end = text.find("\n", mark.end)
            end = len(text) if line_end < 0 else line_end
        piece = text[mark.end : end]
        left = mark.end + len(piece) - len(piece.lstrip())
        right = mark.end + len(piece.rstrip())
        items.append(Item(ordinal=mark.ordinal, text=text[left:right], span=(min(left, right), right)))
    return tuple(items)


def gap_in(ordinals: Sequence[int]) -> tuple[int, int] | None:
    """The first (expected, found) that breaks the sequence 1, 2, 3 …"""
    for expected, found in enumerate(ordinals, start=1):
        if found != expected:
            return expected, found
    return None
