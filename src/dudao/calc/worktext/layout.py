"""From the lines of a document to its paragraphs.

Drops what the page added (page numbers, running headers, entries of a table of contents) and says so; `joining` puts the
rest together, `tables` reads a plan that is a table. Which paragraph heads what is left to `outline`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dudao.calc.worktext.characters import compact, half_width, is_invisible
from dudao.calc.worktext.joining import SENTENCE_LENGTH, Joiner
from dudao.calc.worktext.labels import Label, label_of
from dudao.calc.worktext.lines import SENTENCE_MARK, Entry, Paragraph, SourceLine, ends_sentence, is_closing
from dudao.calc.worktext.model import Remark
from dudao.calc.worktext.tables import Columns, find_columns, read_row
from dudao.calc.worktext.traced import Piece, Traced

_DASH = "[—–―－─-]"
_PAGE_NUMBER = re.compile(
    rf"(?:{_DASH}{{1,3}} ?\d{{1,4}} ?{_DASH}{{1,3}}"
    r"|第 ?(?:\d{1,4}|[一二三四五六七八九十百]{1,5}) ?页 ?(?:[/,，、 ]? ?共 ?(?:\d{1,4}|[一二三四五六七八九十百]{1,5}) ?页)?"
    r"|共 ?\d{1,4} ?页 ?[/,，、 ]? ?第 ?\d{1,4} ?页"
    r"|\d{1,4} ?/ ?\d{1,4}|[·•] ?\d{1,4} ?[·•]|[Pp]age ?\d{1,4}(?: ?of ?\d{1,4})?)"
)
_PAGE_IN_LINE = re.compile(
    rf"第\d{{1,4}}页(?:[,，、/]?共\d{{1,4}}页)?|{_DASH}\d{{1,4}}{_DASH}|\d{{1,4}}/\d{{1,4}}|[|｜]\d{{1,4}}$"
)
_BARE_NUMBER = re.compile(r"\d{1,3}")
_CONTENTS = re.compile(r".*(?:[.…·]{3,}|\.{2,}) ?\d{1,4}")
_HEADER_LENGTH = 60
_LINE_BY_PAGE = 100  # page numbers and entries of a table of contents are shorter


@dataclass(frozen=True, slots=True)
class Layout:
    paragraphs: tuple[Paragraph, ...]
    remarks: tuple[Remark, ...]
    dropped: tuple[Traced, ...]
    has_text: bool


def lay_out(lines: Sequence[SourceLine]) -> Layout:
    entries, remarks, dropped = _visible(lines)
    has_text = bool(entries)
    entries = _without_headers(entries, remarks, dropped)
    entries = _tasks_of_table(entries, remarks, dropped)
    joiner = Joiner(entries)
    return Layout(joiner.paragraphs, (*remarks, *joiner.remarks), tuple(dropped), has_text)


def _visible(lines: Iterable[SourceLine]) -> tuple[list[Entry], list[Remark], list[Traced]]:
    """Lines with something on them, page numbers and entries of a table of contents taken out."""
    entries: list[Entry] = []
    dropped: list[Traced] = []
    pages: list[Traced] = []
    contents: list[Traced] = []
    kept = list(lines)
    bare = _bare_page_numbers(kept)
    numbers: dict[str, int] = {}
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
        label = None if line.kind == "table" else _label(traced.text, numbers)
        entries.append(Entry(traced, label, line.kind, indented, width, gap, seam))
        gap = seam = False
    remarks: list[Remark] = []
    if pages:
        remarks.append(_dropped("page_number", f"略去 {len(pages)} 处页码", pages))
    if contents:
        remarks.append(_dropped("contents", f"略去目录 {len(contents)} 行", contents))
    dropped.extend(pages + contents)
    return entries, remarks, dropped


def _label(text: str, numbers: dict[str, int]) -> Label | None:
    """The label of a line; «2.1» counts below an open heading 2 only. `numbers` keeps the last number of each scheme."""
    label = label_of(text)
    if label is None or (label.scheme == "decimal" and int(half_width(text).split(".")[0]) not in numbers.values()):
        return None
    numbers[label.scheme] = label.number
    return label


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


def _without_headers(entries: list[Entry], remarks: list[Remark], dropped: list[Traced]) -> list[Entry]:
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
    kept: list[Entry] = []
    headers: list[Traced] = []
    gap = False
    for index, (entry, shape) in enumerate(zip(entries, shapes, strict=True)):
        again = shape in title_lines and shape in seen
        title_words = index >= body > 0 and at_turn[index] and len(shape) >= 4 and shape in title_page
        title_words = title_words or (index >= body > 0 and _has_page_number(shape, title_page))
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


def _has_page_number(shape: str, title_page: str) -> bool:
    """Words of the title page with a page number before or behind them: «青河市教育督导工作要点 第3页»."""
    words = _PAGE_IN_LINE.sub("", shape)
    return 4 <= len(words) < len(shape) and words in title_page


def _at_turn(entries: Sequence[Entry], index: int) -> bool:
    """The line stands at the turn of a page, or in the middle of a sentence that goes on behind it."""
    if entries[index].seam or (index + 1 < len(entries) and entries[index + 1].seam):
        return True
    if not 0 < index < len(entries) - 1:
        return False
    before = entries[index - 1].traced.text
    return len(before) >= SENTENCE_LENGTH and not ends_sentence(before) and entries[index + 1].label is None


def _tasks_of_table(entries: list[Entry], remarks: list[Remark], dropped: list[Traced]) -> list[Entry]:
    """Where nothing but a table carries numbers, its rows are the tasks."""
    if any(entry.label for entry in entries):
        return entries
    found: list[Entry] = []
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


def _can_be_header(entry: Entry) -> bool:
    text = entry.traced.text
    return (
        entry.kind != "table" and entry.label is None and len(text) <= _HEADER_LENGTH and not SENTENCE_MARK.search(text)
    )
