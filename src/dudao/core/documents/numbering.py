"""Automatic numbers of paragraphs in a Word document («一、», «1.»), counted as Word counts them.

Word and WPS turn a typed «一、» into a list by themselves; the paragraph then holds no number, only a reference to a list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dudao.core.documents.inheriting import MAIN, Properties, said
from dudao.core.documents.letters import counted

_DEEPEST = 9


@dataclass(slots=True)
class _Level:
    """``pattern``: «%1、»; ``form``: the indents that its paragraphs have."""

    start: int = 1
    kind: str = "decimal"
    pattern: str = ""
    space: str = ""
    form: Properties = field(default_factory=dict)


class Numbering:
    """The lists of one document. ``unknown`` holds kinds of numbers that it doesn't know, whose paragraphs stay without."""

    def __init__(self, root: Any) -> None:
        self.unknown: set[str] = set()
        self._levels: dict[str, list[_Level]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._kept: dict[str, str] = {}
        if root is None:
            return
        abstract = {each.get(f"{MAIN}abstractNumId"): each for each in root.iterfind(f"{MAIN}abstractNum")}
        for instance in root.iterfind(f"{MAIN}num"):
            key = instance.get(f"{MAIN}numId") or ""
            reference = instance.find(f"{MAIN}abstractNumId")
            source = abstract.get(reference.get(f"{MAIN}val")) if reference is not None else None
            if source is None:
                continue
            levels = [_Level() for _ in range(_DEEPEST)]
            for level in source.iterfind(f"{MAIN}lvl"):
                self._read(level, levels)
            overridden = False
            for change in instance.iterfind(f"{MAIN}lvlOverride"):
                place = int(change.get(f"{MAIN}ilvl") or 0)
                start, level = change.find(f"{MAIN}startOverride"), change.find(f"{MAIN}lvl")
                if level is not None:
                    self._read(level, levels)
                if start is not None and place < _DEEPEST:
                    levels[place].start = int(start.get(f"{MAIN}val") or 1)
                overridden = True
            self._levels[key] = levels
            # Instances of the same list go on counting, unless one says that it begins anew.
            self._kept[key] = key if overridden else f"list {reference.get(f'{MAIN}val')}"

    @staticmethod
    def _read(element: Any, levels: list[_Level]) -> None:
        place = int(element.get(f"{MAIN}ilvl") or 0)
        if place >= _DEEPEST:
            return
        values = {child.tag[len(MAIN) :]: child.get(f"{MAIN}val") for child in element if isinstance(child.tag, str)}
        levels[place] = _Level(
            start=int(values.get("start") or 1),
            kind=values.get("numFmt") or "decimal",
            pattern=values.get("lvlText") or "",
            space=" " if values.get("suff") == "space" else "",
            form=said(element.find(f"{MAIN}pPr")),
        )

    def form(self, key: str, level: int) -> Properties:
        """The indents of paragraphs at a level of a list."""
        levels = self._levels.get(key)
        return levels[level].form if levels is not None and level < _DEEPEST else {}

    def next(self, key: str, level: int) -> str:
        """The number of the next paragraph at this level; "" for a list that is none."""
        levels = self._levels.get(key)
        if levels is None or not 0 <= level < _DEEPEST:
            return ""
        counts = self._counts.setdefault(self._kept[key], [None] * _DEEPEST)
        before = counts[level]
        counts[level] = levels[level].start if before is None else before + 1
        for deeper in range(level + 1, _DEEPEST):
            counts[deeper] = None
        made = levels[level].pattern
        if levels[level].kind in {"bullet", "none"}:
            return made + levels[level].space
        for place in range(level + 1):
            number = counts[place]
            made = made.replace(f"%{place + 1}", self._written(levels[place], number or levels[place].start))
        return made + levels[level].space

    def _written(self, level: _Level, number: int) -> str:
        write = _KINDS.get(level.kind)
        if write is None:
            self.unknown.add(level.kind)
            return ""
        return write(number)


def _letters(number: int) -> str:
    """a to z, then aa, bb, as Word goes on."""
    rounds, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * (rounds + 1)


def _roman(number: int) -> str:
    made = ""
    for value, letters in ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
                           (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):  # fmt: skip
        while number >= value:
            made, number = made + letters, number - value
    return made


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


_KINDS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number).translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "chineseCounting": counted,
    "chineseCountingThousand": counted,
    "japaneseCounting": counted,
    "taiwaneseCountingThousand": counted,
    "ideographDigital": counted,
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
