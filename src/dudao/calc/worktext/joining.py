"""Puts paragraphs together again that a page or a fixed line width broke, and parts those that lost their line breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dudao.calc.worktext.characters import OPEN_ENDS, PAIRS, STARTS_NO_LINE
from dudao.calc.worktext.items import starts_with_mark
from dudao.calc.worktext.labels import ITEM_LIKE, label_of
from dudao.calc.worktext.lines import SENTENCE_MARK, Entry, Paragraph, ends_sentence, is_closing
from dudao.calc.worktext.model import Remark
from dudao.calc.worktext.traced import Piece, Traced, join

_BRACKET = re.compile("[" + re.escape("".join(PAIRS) + "".join(PAIRS.values())) + "]")
_STOP = re.compile(r"[。；;] *(?=\S)")
_LATIN = re.compile(r"[A-Za-z]{2}")

_HEADING_WITH_COMMA = 45  # a numbered line with a comma and no full stop, longer than this, is a broken sentence
SENTENCE_LENGTH = 25  # an unnumbered line without any punctuation, longer than this, is a broken sentence


def _wrap_width(entries: Sequence[Entry]) -> int | None:
    """The fixed width at which a text was wrapped, or None when lines are whole paragraphs."""
    widths = [entry.width for entry in entries if entry.kind == "line"]
    if len(widths) < 4:
        return None
    widest = max(widths)
    full = sum(width >= widest - 2 for width in widths)
    return widest if 15 <= widest <= 80 and full >= max(3, len(widths) * 0.3) else None


class _Balance:
    """Brackets and quotation marks still open in the paragraph so far."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: list[str] = []

    def add(self, text: str) -> None:
        for mark in _BRACKET.findall(text):
            if mark in PAIRS:
                self._open.append(PAIRS[mark])
            elif self._open and mark == self._open[-1]:
                self._open.pop()

    def __bool__(self) -> bool:
        return bool(self._open)


class _Open:
    """A paragraph that may go on. Keeps what the next line has to know, so that joining many lines stays linear."""

    __slots__ = ("balance", "has_mark", "has_stop", "kind", "label", "length", "parts", "tail", "width")

    def __init__(self, entry: Entry) -> None:
        self.label = entry.label
        self.kind = entry.kind
        self.parts: list[Traced] = []
        self.tail = ""
        self.width = 0
        self.length = -(entry.label.length if entry.label else 0)
        self.has_stop = self.has_mark = False
        self.balance = _Balance()
        self.add(entry)

    def add(self, entry: Entry) -> None:
        text = entry.traced.text
        if self.parts and _LATIN.fullmatch(
            self.tail[-1:] + text[:1]
        ):  # a blank between two Latin words, none in Chinese
            line, column = entry.traced.place(0)
            self.parts.append(Traced((Piece(" ", line, max(column - 1, 1)),)))
        self.parts.append(entry.traced)
        self.tail = text
        self.width = entry.width
        self.length += len(text)
        self.has_stop = self.has_stop or "。" in text
        self.has_mark = self.has_mark or SENTENCE_MARK.search(text, self.label.length if self.label else 0) is not None
        self.balance.add(text)

    def is_sentence(self) -> bool:
        """It ends without punctuation and is running text all the same, not a heading or a line of its own."""
        if self.label is not None:
            return self.has_stop or (self.has_mark and self.length > _HEADING_WITH_COMMA)
        return self.has_mark or (self.length > SENTENCE_LENGTH and not is_closing(self.tail) and "《" not in self.tail)

    def close(self) -> Paragraph:
        return Paragraph(join(self.parts), self.label, self.kind)


class Joiner:
    """Puts lines together to paragraphs, one after the other."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._wrap = _wrap_width(entries)
        self._indents = sum(entry.indented for entry in entries) >= 2
        self._numbers: dict[str, int] = {}  # the last number of each scheme
        self._open: list[_Open] = []
        self.remarks: list[Remark] = []
        for entry in entries:
            self._add(entry)
        self.paragraphs = tuple(part for paragraph in self._open for part in self._parted(paragraph.close()))

    def _add(self, entry: Entry) -> None:
        last = self._open[-1] if self._open else None
        if last is not None and self._continues(last, entry):
            if entry.gap or self._wrap is None:
                self.remarks.append(_joined_remark(last.parts[-1], entry.traced))
            last.add(entry)
            return
        self._open.append(_Open(entry))
        if entry.label:
            self._numbers[entry.label.scheme] = entry.label.number

    def _parted(self, paragraph: Paragraph) -> list[Paragraph]:
        """Headings that lost their line break: «1. …。2. …。» go on with the number, «一、…。1. …» begins below its heading."""
        if paragraph.label is None or paragraph.kind == "table":
            return [paragraph]
        whole, text, parts = paragraph.traced, paragraph.text, [paragraph]
        last = {paragraph.label.scheme: paragraph.label.number}
        heading, begun = True, 0
        for stop in _STOP.finditer(text, paragraph.label.length):
            at = stop.end()
            label = label_of(text[at : at + 48])
            after_heading, heading = heading, False
            if label is None or label.scheme in ITEM_LIKE:
                continue
            before = last.get(label.scheme)
            if label.number - 1 == before or (before is None and label.number == 1 and after_heading):
                parts[-1].traced = whole.cut(begun, at)
                parts.append(Paragraph(whole.cut(at), label, paragraph.kind))
                last[label.scheme] = label.number
                heading, begun = True, at
        if len(parts) > 1:
            self.remarks.append(_parted_remark(whole, parts))
        return parts

    def _continues(self, last: _Open, entry: Entry) -> bool:
        """Whether the line `entry` goes on with the paragraph `last`."""
        if "table" in (last.kind, entry.kind):
            return False
        after, label = entry.traced.text, entry.label
        if after[0] in STARTS_NO_LINE:
            return True
        full = self._wrap is not None and last.width >= self._wrap - 2 and not entry.gap
        if ends_sentence(last.tail):
            # Wrapped text without blank lines: only the indent tells a new paragraph from a full line ending a sentence.
            same = full and self._indents and not entry.indented
            return same and label is None and not starts_with_mark(after)
        open_end = last.tail[-1] in OPEN_ENDS or bool(last.balance)
        if label is not None:
            follows = label.number in (1, self._numbers.get(label.scheme, 0) + 1)
            return open_end and not follows
        if open_end:
            return True
        if starts_with_mark(after) or is_closing(after):
            return False
        if full:
            return not (self._indents and entry.indented)
        return last.is_sentence()


def _parted_remark(whole: Traced, parts: Sequence[Paragraph]) -> Remark:
    line, column = whole.place(0)
    message = f"第 {line} 行起的一段里写了 {len(parts)} 个编号，已按编号分开。请核对。"
    places = tuple(part.traced.place(0) for part in parts)
    return Remark(
        code="parted", level="info", message=message, words=whole.text[:20], line=line, column=column, places=places
    )


def _joined_remark(before: Traced, after: Traced) -> Remark:
    line, column = after.place(0)
    end, start = before.text[-8:], after.text[:8]
    return Remark(
        code="joined",
        level="info",
        message=f"第 {before.last_line} 行末“{end}”与第 {line} 行首“{start}”原是一句，已接在一起。",
        words=end + start,
        line=line,
        column=column,
    )
