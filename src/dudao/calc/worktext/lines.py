"""A line of a document, a paragraph put together from lines, and how the lines around a text look."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dudao.calc.worktext.characters import CLOSERS, TERMINAL, half_width
from dudao.calc.worktext.labels import Label
from dudao.calc.worktext.traced import Traced

_DATE_LINE = re.compile(
    r"(?:二[〇○零O0]|\d{2})[〇○零一二三四五六七八九\d]{2}年[一二三四五六七八九十\d]{1,3}月(?:[一二三四五六七八九十\d]{1,3}日)?"
)
_CLOSING = re.compile(r"附 ?件 ?\d{0,2} ?[:：]?.*|附 ?[:：].*|抄 ?送 ?[:：].*|主题词 ?[:：].*|[(（].{0,20}[)）]")
_ORGANISATION = re.compile(
    r"[^，。；：、！？,;:!?]{2,40}(?:办公室|委员会|人民政府|教育局|教体局|教育厅|教育部|督导室|督导办|督导局|办公厅|领导小组)"
)
SENTENCE_MARK = re.compile(r"[，。；！？;!?]")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line as a reader counts them. `kind`: line, table (a row, cells parted by a tab) or box (a text box)."""

    number: int
    text: str
    kind: str = "line"
    new_page: bool = False


@dataclass(slots=True)
class Paragraph:
    """A paragraph put together again."""

    traced: Traced
    label: Label | None
    kind: str = "line"

    @property
    def text(self) -> str:
        return self.traced.text

    @property
    def body(self) -> Traced:
        return self.traced.cut(self.label.length) if self.label else self.traced


@dataclass(slots=True)
class Entry:
    """A line with something on it, on its way to a paragraph."""

    traced: Traced
    label: Label | None
    kind: str
    indented: bool
    width: int
    gap: bool  # a blank line or dropped line before
    seam: bool  # a page may end before this line


def is_date_line(text: str) -> bool:
    return _DATE_LINE.fullmatch(half_width(text).replace(" ", "")) is not None


def is_organisation(text: str) -> bool:
    return _ORGANISATION.fullmatch(text.replace(" ", "").replace("　", "")) is not None


def is_closing(text: str) -> bool:
    """A line that stands behind the text of a document: signature, date, attachments, copies."""
    return is_date_line(text) or is_organisation(text) or _CLOSING.fullmatch(text) is not None


def ends_sentence(text: str) -> bool:
    """The text ends with sentence punctuation, closing quotes and brackets not counted."""
    bare = text.rstrip(CLOSERS)
    return bool(bare) and bare[-1] in TERMINAL
