"""From the lines of a document to its paragraphs.

Drops what the page added (page numbers, running headers, entries of a table of contents), joins paragraphs that a page or
a fixed line width broke in mid-sentence, and says so. Which paragraph heads what is left to `outline`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dudao.calc.worktext.characters import (
    CLOSERS,
    OPEN_ENDS,
    PAIRS,
    STARTS_NO_LINE,
    TERMINAL,
    compact,
    half_width,
    is_invisible,
)
from dudao.calc.worktext.items import starts_with_mark
from dudao.calc.worktext.labels import Label, label_of
from dudao.calc.worktext.model import Remark
from dudao.calc.worktext.tables import Columns, find_columns, read_row
from dudao.calc.worktext.traced import Piece, Traced, join

_DASH = "[—–―－─-]"
_PAGE_NUMBER = re.compile(
    rf"(?:{_DASH}{{1,3}} ?\d{{1,4}} ?{_DASH}{{1,3}}"
    r"|第 ?(?:\d{1,4}|[一二三四五六七八九十百]{1,5}) ?页 ?(?:[/,，、 ]? ?共 ?(?:\d{1,4}|[一二三四五六七八九十百]{1,5}) ?页)?"
    r"|共 ?\d{1,4} ?页 ?[/,，、 ]? ?第 ?\d{1,4} ?页"
    r"|\d{1,4} ?/ ?\d{1,4}|[·•] ?\d{1,4} ?[·•]|[Pp]age ?\d{1,4}(?: ?of ?\d{1,4})?)"
)
_BARE_NUMBER = re.compile(r"\d{1,3}")
_CONTENTS = re.compile(r".*(?:[.…·]{3,}|\.{2,}) ?\d{1,4}")
_DATE_LINE = re.compile(
    r"(?:二[〇○零O0]|\d{2})[〇○零一二三四五六七八九\d]{2}年[一二三四五六七八九十\d]{1,3}月(?:[一二三四五六七八九十\d]{1,3}日)?"
)
_CLOSING = re.compile(r"附 ?件 ?\d{0,2} ?[:：]?.*|抄 ?送 ?[:：].*|主题词 ?[:：].*|[(（].{0,20}[)）]")
_ORGANISATION = re.compile(
    r"[^，。；：、！？,;:!?]{2,40}(?:办公室|委员会|人民政府|教育局|教体局|教育厅|教育部|督导室|督导办|督导局|办公厅|领导小组)"
)
_SENTENCE_MARK = re.compile(r"[，。；！？;!?]")
_BRACKET = re.compile("[" + re.escape("".join(PAIRS) + "".join(PAIRS.values())) + "]")
_LATIN = re.compile(r"[A-Za-z]{2}")

_HEADING_WITH_COMMA = 45  # a numbered line with a comma and no full stop, longer than this, is a broken sentence
_SENTENCE_LENGTH = 25  # an unnumbered line without any punctuation, longer than this, is a broken sentence
_HEADER_LENGTH = 60
_LINE_BY_PAGE = 100  # page numbers and entries of a table of contents are shorter


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


@dataclass(frozen=True, slots=True)
class Layout:
    paragraphs: tuple[Paragraph, ...]
    remarks: tuple[Remark, ...]
    dropped: tuple[Traced, ...]
    has_text: bool


@dataclass(slots=True)
class _Entry:
    traced: Traced
    label: Label | None
    kind: str
    indented: bool
    width: int
    gap: bool  # a blank line or dropped line before
    seam: bool  # a page may end before this line


def lay_out(lines: Sequence[SourceLine]) -> Layout:
    entries, remarks, dropped = _visible(lines)
    has_text = bool(entries)
    entries = _without_headers(entries, remarks, dropped)
    entries = _tasks_of_table(entries, remarks, dropped)
    joiner = _Joiner(entries)
    return Layout(joiner.paragraphs, (*remarks, *joiner.remarks), tuple(dropped), has_text)


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


def _visible(lines: Iterable[SourceLine]) -> tuple[list[_Entry], list[Remark], list[Traced]]:
    """Lines with something on them, page numbers and entries of a table of contents taken out."""
    entries: list[_Entry] = []
    dropped: list[Traced] = []
    pages: list[Traced] = []
    contents: list[Traced] = []
    kept = list(lines)
    bare = _bare_page_numbers(kept)
    gap = seam = False
    for line in kept:
        traced = _traced(line)
        seam = seam or line.new_page
        if not traced:
            gap = True
            continue
        shape = half_width(traced.text) if len(traced) < _LINE_BY_PAGE else ""
        if line.number in bare or (len(shape) < 24 and _PAGE_NUMBER.fullmatch(shape)):
            pages.append(traced)
            if entries:
                gap = seam = True
            continue
        if _CONTENTS.fullmatch(shape):
            contents.append(traced)
            gap = True
            continue
        indented = line.text[:1] in ("　", "\t") or line.text.startswith("  ")
        width = len(line.text.rstrip())
        label = None if line.kind == "table" else label_of(traced.text)
        entries.append(_Entry(traced, label, line.kind, indented, width, gap, seam))
        gap = seam = False
    remarks: list[Remark] = []
    if pages:
        remarks.append(_dropped("page_number", f"略去 {len(pages)} 处页码", pages))
    if contents:
        remarks.append(_dropped("contents", f"略去目录 {len(contents)} 行", contents))
    dropped.extend(pages + contents)
    return entries, remarks, dropped


def _dropped(code: str, message: str, parts: Sequence[Traced]) -> Remark:
    lines = "、".join(str(part.first_line) for part in parts[:8]) + ("等" if len(parts) > 8 else "")
    return Remark(
        code=code,
        level="info",
        message=f"{message}（第 {lines} 行：“{parts[0].text}”）。",
        words=parts[0].text,
        line=parts[0].first_line,
        column=parts[0].place(0)[1],
        places=tuple(part.place(0) for part in parts),
    )


def _traced(line: SourceLine) -> Traced:
    text = line.text
    if text.isprintable():
        bare = text.lstrip()
        return Traced((Piece(bare.rstrip(), line.number, len(text) - len(bare) + 1),))
    pieces: list[Piece] = []
    start = 0
    for index, char in enumerate(text):
        if is_invisible(char):
            pieces.append(Piece(text[start:index], line.number, start + 1))
            start = index + 1
    pieces.append(Piece(text[start:], line.number, start + 1))
    return Traced(pieces).strip()


def _bare_page_numbers(lines: Sequence[SourceLine]) -> frozenset[int]:
    """Lines holding a number only are page numbers when there are several and they rise one by one."""
    found = [
        (line.number, int(half_width(line.text).strip()))
        for line in lines
        if len(line.text) < 24 and _BARE_NUMBER.fullmatch(half_width(line.text).strip())
    ]
    values = [value for _, value in found]
    rising = all(after - before == 1 for before, after in pairwise(values))
    return frozenset(number for number, _ in found) if len(found) > 1 and rising else frozenset()


def _without_headers(entries: list[_Entry], remarks: list[Remark], dropped: list[Traced]) -> list[_Entry]:
    """Take out running headers: words of the title page come again, and lines repeated at each turn of a page."""
    shapes = [compact(entry.traced.text) for entry in entries]
    counts = Counter(shapes)
    labelled = [index for index, entry in enumerate(entries) if entry.label]
    body, end = (labelled[0], labelled[-1]) if labelled else (0, len(entries))
    title_page = "".join(shapes[:body])
    title_lines = {shape for entry, shape in zip(entries[:body], shapes, strict=False) if _can_be_header(entry)}
    at_turn = [_at_turn(entries, index) for index in range(len(entries))]
    always_at_turn = set(shapes) - {shape for shape, turn in zip(shapes, at_turn, strict=True) if not turn}
    seen: set[str] = set()
    kept: list[_Entry] = []
    headers: list[Traced] = []
    gap = False
    for index, (entry, shape) in enumerate(zip(entries, shapes, strict=True)):
        again = shape in title_lines and shape in seen
        title_words = index >= body > 0 and at_turn[index] and len(shape) >= 4 and shape in title_page
        running = counts[shape] > 1 and shape in always_at_turn and shape not in title_lines
        signature = index > end and is_closing(entry.traced.text)
        seen.add(shape)
        if (again or title_words or running) and _can_be_header(entry) and not signature:
            headers.append(entry.traced)
            gap = True
            continue
        kept.append(replace(entry, gap=True) if gap else entry)
        gap = False
    if headers:
        remarks.append(_dropped("header", f"略去 {len(headers)} 处重复的页眉或题名", headers))
        dropped.extend(headers)
    return kept


def _at_turn(entries: Sequence[_Entry], index: int) -> bool:
    """The line stands at the turn of a page, or in the middle of a sentence that goes on behind it."""
    if entries[index].seam or (index + 1 < len(entries) and entries[index + 1].seam):
        return True
    if not 0 < index < len(entries) - 1:
        return False
    before = entries[index - 1].traced.text
    return len(before) >= _SENTENCE_LENGTH and not ends_sentence(before) and entries[index + 1].label is None


def _tasks_of_table(entries: list[_Entry], remarks: list[Remark], dropped: list[Traced]) -> list[_Entry]:
    """Where nothing but a table carries numbers, its rows are the tasks."""
    if any(entry.label for entry in entries):
        return entries
    found: list[_Entry] = []
    heads: list[Traced] = []
    columns: Columns | None = None
    for entry in entries:
        if entry.kind != "table":
            found.append(entry)
            continue
        own = find_columns(entry.traced)
        if own:
            columns = own
            heads.append(entry.traced)
        elif columns:
            lines = read_row(entry.traced, columns)
            found.extend(replace(entry, traced=traced, label=label) for traced, label in lines)
        else:
            found.append(entry)
    if heads:
        remarks.append(_dropped("task_table", "计划是表格，按表逐行读入，一行一项任务；表头不读入", heads))
        dropped.extend(heads)
    return found


def _can_be_header(entry: _Entry) -> bool:
    text = entry.traced.text
    return (
        entry.kind != "table"
        and entry.label is None
        and len(text) <= _HEADER_LENGTH
        and not _SENTENCE_MARK.search(text)
    )


def _wrap_width(entries: Sequence[_Entry]) -> int | None:
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

    def __init__(self, entry: _Entry) -> None:
        self.label = entry.label
        self.kind = entry.kind
        self.parts: list[Traced] = []
        self.tail = ""
        self.width = 0
        self.length = -(entry.label.length if entry.label else 0)
        self.has_stop = self.has_mark = False
        self.balance = _Balance()
        self.add(entry)

    def add(self, entry: _Entry) -> None:
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
        self.has_mark = self.has_mark or _SENTENCE_MARK.search(text, self.label.length if self.label else 0) is not None
        self.balance.add(text)

    def is_sentence(self) -> bool:
        """It ends without punctuation and is running text all the same, not a heading or a line of its own."""
        if self.label is not None:
            return self.has_stop or (self.has_mark and self.length > _HEADING_WITH_COMMA)
        return self.has_mark or (self.length > _SENTENCE_LENGTH and not is_closing(self.tail) and "《" not in self.tail)

    def close(self) -> Paragraph:
        return Paragraph(join(self.parts), self.label, self.kind)


class _Joiner:
    """Puts lines together to paragraphs, one after the other."""

    def __init__(self, entries: Sequence[_Entry]) -> None:
        self._wrap = _wrap_width(entries)
        self._indents = sum(entry.indented for entry in entries) >= 2
        self._numbers: dict[str, int] = {}  # the last number of each scheme
        self._open: list[_Open] = []
        self.remarks: list[Remark] = []
        for entry in entries:
            self._add(entry)
        self.paragraphs = tuple(paragraph.close() for paragraph in self._open)

    def _add(self, entry: _Entry) -> None:
        last = self._open[-1] if self._open else None
        if last is not None and self._continues(last, entry):
            if entry.gap or self._wrap is None:
                self.remarks.append(_joined_remark(last.parts[-1], entry.traced))
            last.add(entry)
            return
        self._open.append(_Open(entry))
        if entry.label:
            self._numbers[entry.label.scheme] = entry.label.number

    def _continues(self, last: _Open, entry: _Entry) -> bool:
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
