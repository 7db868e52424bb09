"""Clauses that were typed or pasted twice in a row.

A clause counts as repeated by accident when at least six characters, four of them Chinese, stand directly behind
themselves. Shorter doublings («督导督导») are only pointed at, since Chinese doubles words on purpose as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dudao.calc.worktext.characters import is_hanzi

SHORTEST = 6
LONGEST = 200
_DOUBLED = re.compile(r"([\u4e00-\u9fff]{2,5})\1")
_SINGLE = re.compile(r"的的(?!确)|([，、；：])\1+|。。+")
_ON_PURPOSE = re.compile(r"^[一每各逐处时]|^(?:研究|讨论|商量|学习|了解|休息|考虑)$")


@dataclass(frozen=True, slots=True)
class Repeat:
    """`words` stand `times` times from offset `start` to `end`."""

    words: str
    start: int
    end: int
    times: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end

    @property
    def surplus(self) -> tuple[int, int]:
        """The offsets of everything behind the first time."""
        return self.start + len(self.words), self.end


def find_repeats(text: str) -> Iterator[Repeat]:
    """Clauses repeated directly behind themselves, from left to right, not overlapping.

    Six characters that were seen before at a distance `period` open a repeat when all `period` characters agree. Each
    position is looked at once and compared at most LONGEST characters, so the time grows with the length only.
    """
    last: dict[str, int] = {}
    index, free = 0, 0
    while index + SHORTEST <= len(text):
        gram = text[index : index + SHORTEST]
        before = last.get(gram, -1)
        last[gram] = index
        period = index - before
        if before >= free and SHORTEST <= period <= LONGEST and text[before:index] == text[index : index + period]:
            words = text[before:index]
            if sum(map(is_hanzi, words)) >= 4 and len(set(words)) > 2 and "\n" not in words.strip("\n"):
                end = index + period
                while text[end : end + period] == words:
                    end += period
                times = (end - before) // period
                # «X的X的X»: the last one lacks only the link, so X itself is what stands three times.
                tail = _common(words, text[end : end + period])
                if tail >= max(SHORTEST, period - 2):
                    words, end, times = words[:tail], end + tail, times + 1
                yield Repeat(words, before, end, times)
                free = index = end
                continue
        index += 1


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def find_doubled(text: str) -> Iterator[Repeat]:
    """Short words or marks standing twice, probably by a slip."""
    for match in _DOUBLED.finditer(text):
        if not _ON_PURPOSE.match(match.group(1)) and len(set(match.group(1))) > 1:
            yield Repeat(match.group(1), match.start(), match.end(), 2)
    for match in _SINGLE.finditer(text):
        yield Repeat(match.group()[0], match.start(), match.end(), len(match.group()))


def far_repeats(text: str) -> Iterator[Repeat]:
    """Whole sentences of fifteen characters or more that come again later in the same text."""
    seen: dict[str, int] = {}
    for match in re.finditer(r"[^。；！？\n]+", text):
        sentence = match.group().strip()
        if len(sentence) < 15:
            continue
        if sentence in seen:
            start = match.start() + match.group().index(sentence)
            yield Repeat(sentence, start, start + len(sentence), 2)
        seen[sentence] = match.start()
