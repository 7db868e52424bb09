"""Whether a problem has come back: the same unit, the same indicator, much the same wording. Pure, and it says why.

Wording is compared by pairs of neighbouring characters (Dice's coefficient over the sets of pairs): Chinese needs no words cut
for it, and order, length and a changed number matter little. What counts as alike is data (``Likeness``); whether it *is* the
same problem is decided by a person.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Annotated, Any

from msgspec import Meta

from dudao.calc.declared import Declared, decode

Percent = Annotated[int, Meta(ge=1, le=100)]

SHORTEST = 4
"""Characters that a common phrase has at least, to be shown as a reason."""


class Likeness(Declared, frozen=True):
    """From how much likeness, in percent, a wording is offered: under the same indicator, and under another or none."""

    same: Percent
    other: Percent

    def __post_init__(self) -> None:
        if not 0 < self.same <= 100 or not 0 < self.other <= 100:
            raise ValueError("相似度的界限应在 1 到 100 之间。")


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as it was told: ``key`` is the caller's, ``indicator`` a code or a name ("" for none)."""

    key: Any
    text: str
    indicator: str = ""
    found_on: date | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier problem that the new one resembles. ``percent`` is whole, rounded down; ``why`` is a sentence."""

    earlier: Told
    percent: int
    same_indicator: bool
    phrases: tuple[str, ...]

    @property
    def why(self) -> str:
        first = "指标相同，" if self.same_indicator else ""
        common = f"，都写到“{'”“'.join(self.phrases)}”" if self.phrases else ""
        return f"{first}描述相似度 {self.percent}%{common}。"


def bare(text: str) -> str:
    """The letters, characters and digits of a text, in their normal width and small; all else is left out."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


def likeness(one: str, other: str) -> int:
    """How much alike two wordings are, from 0 to 100; symmetric, 100 for the same letters, 0 for an empty text."""
    first, second = bare(one), bare(other)
    if not first or not second:
        return 0
    if first == second:
        return 100
    here, there = _pairs(first), _pairs(second)
    if not here or not there:
        return 0
    return min(99, 200 * len(here & there) // (len(here) + len(there)))


def matches(new: Told, earlier: Iterable[Told], bounds: Likeness, *, most: int = 5) -> list[Match]:
    """Those of the earlier problems that the new one resembles, the likest first (then the latest), at most ``most``.

    The caller gives the problems of the same unit; a problem found after the new one is no earlier one and left out.
    """
    found = []
    for other in earlier:
        if new.found_on is not None and other.found_on is not None and other.found_on > new.found_on:
            continue
        same = bool(new.indicator) and new.indicator == other.indicator
        percent = likeness(new.text, other.text)
        if percent >= (bounds.same if same else bounds.other):
            found.append(Match(other, percent, same, _phrases(new.text, other.text)))
    found.sort(key=lambda match: (not match.same_indicator, -match.percent, -_ordinal(match.earlier)))
    return found[:most]


def _ordinal(told: Told) -> int:
    return told.found_on.toordinal() if told.found_on is not None else 0


def _phrases(one: str, other: str, most: int = 3) -> tuple[str, ...]:
    """The longest runs of characters that both texts have, the longest first."""
    first, second = bare(one)[:400], bare(other)[:400]
    blocks: Sequence[Any] = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    runs = {first[block.a : block.a + block.size] for block in blocks if block.size >= SHORTEST}
    return tuple(run[:20] for run in sorted(runs, key=lambda run: (-len(run), run))[:most])


def likeness_from(data: Mapping[str, Any]) -> Likeness:
    """The bounds of a pack of terms: ``likeness: {same, other}``. Raises ``ValueError`` when they are missing or wrong."""
    return decode(Likeness, data.get("likeness"))
