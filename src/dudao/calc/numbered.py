"""The items of a pasted list: «1. …», «（二）…», «3、…», or one to a line where nothing is numbered. Pure.

Lines without a number of their own belong to the item above. «整改要求：…», «责任单位：…» and «完成时限：…» at the start of a line
name what follows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LABELS: Final[Mapping[str, str]] = {
    "问题类别": "category",
    "整改要求": "demand",
    "整改任务": "demand",
    "牵头单位": "lead",
    "责任单位": "others",
    "配合单位": "others",
    "完成时限": "due_on",
    "整改时限": "due_on",
}
"""Labels that a line may begin with, and what they name."""

_MARK = re.compile(
    r"^\s*(?:第?\d{1,3}(?:[、．)）项]|\.(?!\d))|[（(]\d{1,3}[)）]|[一二三四五六七八九十]{1,4}、"
    r"|[（(][一二三四五六七八九十]{1,4}[)）]|第[一二三四五六七八九十]{1,4}项)[\s：:，,]*"
)
_LABEL = re.compile(rf"^\s*({'|'.join(LABELS)})\s*[：:]\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Item:
    """One item: the ``line`` of the text it begins on (from 1), its words, what its labelled lines say, and which they are."""

    line: int
    text: str
    told: Mapping[str, str]
    lines: Mapping[str, int]


def items_of(text: str) -> list[Item]:
    """The items of a text, in its order; empty lines and bare numbers make none."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    numbered = any(_MARK.match(line) for _, line in lines)
    groups: list[tuple[int, list[tuple[int, str]]]] = []
    for number, line in lines:
        mark = _MARK.match(line)
        begins = mark is not None if numbered else _LABEL.match(line) is None
        if begins or not groups:
            groups.append((number, []))
        groups[-1][1].append((number, line[mark.end() :] if mark is not None else line))
    found = []
    for number, parts in groups:
        words: list[str] = []
        told: dict[str, str] = {}
        places: dict[str, int] = {}
        for place, part in parts:
            label = _LABEL.match(part)
            if label is None:
                words.append(part)
            else:
                key = LABELS[label[1]]
                told[key] = "、".join(piece for piece in (told.get(key, ""), label[2].strip()) if piece)
                places[key] = place
        if any(words):
            found.append(Item(number, "\n".join(word for word in words if word), told, places))
    return found
