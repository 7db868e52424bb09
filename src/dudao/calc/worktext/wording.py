"""Characters and words that look like slips: traditional characters in a simplified text, wrong words, wrong punctuation.

Everything here is pointed at with a suggestion; nothing is ever changed. `TRADITIONAL` and `SLIPS` are the tables to extend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dudao.calc.worktext.characters import is_hanzi
from dudao.calc.worktext.model import Level
from dudao.calc.worktext.slips import SLIPS
from dudao.calc.worktext.traced import Traced
from dudao.calc.worktext.traditional import TRADITIONAL

_TRADITIONAL_RUN = re.compile("[" + "".join(TRADITIONAL) + "]+")
_SLIP = re.compile("|".join(re.escape(slip.wrong) for slip in sorted(SLIPS, key=lambda slip: -len(slip.wrong))))
_BY_WORDS = {slip.wrong: slip for slip in SLIPS}
_HALF_PUNCTUATION = re.compile(r"(?<=[\u4e00-\u9fff])[,;?!.](?=[\u4e00-\u9fff])")
_FULL_PUNCTUATION = {",": "，", ";": "；", "?": "？", "!": "！", ".": "。"}
_CONTEXT = 3
_WHOLLY_TRADITIONAL = 0.25  # a traditional text has about 0.4


@dataclass(frozen=True, slots=True)
class Slip:
    code: str
    level: Level
    message: str
    span: tuple[int, int]
    suggestion: str


class Wording:
    """Checks the texts of one document; the whole document decides whether traditional characters are the exception."""

    def __init__(self, document: str) -> None:
        hanzi = sum(map(is_hanzi, document))
        traditional = sum(len(run.group()) for run in _TRADITIONAL_RUN.finditer(document))
        self.traditional = hanzi > 0 and traditional > hanzi * _WHOLLY_TRADITIONAL
        # Each rule's companion is looked for once, so that checking stays linear.
        self._present = {slip.only_with for slip in SLIPS if slip.only_with and slip.only_with in document}

    def check(self, text: Traced) -> Iterator[Slip]:
        words = text.text
        if not self.traditional:
            yield from self._traditional(text, words)
        for match in _SLIP.finditer(words):
            slip = _BY_WORDS[match.group()]
            if slip.only_with and slip.only_with not in self._present:
                continue
            line, column = text.place(match.start())
            message = f"第 {line} 行第 {column} 字“{slip.wrong}”疑为“{slip.right}”（{slip.why}）。原文未改动，请核对。"
            yield Slip("slip", "check", message, match.span(), slip.right)
        for match in _HALF_PUNCTUATION.finditer(words):
            line, column = text.place(match.start())
            right = _FULL_PUNCTUATION[match.group()]
            message = f"第 {line} 行第 {column} 字用了半角标点“{match.group()}”，中文里应为“{right}”。原文未改动。"
            yield Slip("half_punctuation", "info", message, match.span(), right)

    def _traditional(self, text: Traced, words: str) -> Iterator[Slip]:
        for match in _TRADITIONAL_RUN.finditer(words):
            left, right = match.start(), match.end()
            while left > 0 and match.start() - left < _CONTEXT and is_hanzi(words[left - 1]):
                left -= 1
            while right < len(words) and right - match.end() < _CONTEXT and is_hanzi(words[right]):
                right += 1
            context = words[left:right]
            simple = "".join(TRADITIONAL.get(char, char) for char in context)
            line, column = text.place(match.start())
            where = f"第 {line} 行第 {column} 字“{context}”里的“{match.group()}”"
            message = f"{where}是繁体字，规范写法是“{simple}”。原文未改动，请核对。"
            right_words = "".join(TRADITIONAL[char] for char in match.group())
            yield Slip("traditional", "check", message, match.span(), right_words)
