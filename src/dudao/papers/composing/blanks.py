"""The built-in letter of a kind with placeholders for its values: what an office's own template begins with.

The letter is composed of values that are placeholders themselves; what was made of a list or of the rows of a table bears a mark by
which it becomes a loop.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dudao.core.documents import Annex, Entry, Form, Grid, Letter, Line
from dudao.papers.composing.composer import letter_of
from dudao.papers.composing.drafts import Draft
from dudao.papers.composing.fields import FIELDS, Field
from dudao.papers.composing.office_style import Look
from dudao.papers.kinds import Kind

ROW, ITEM = "行", "项"
_MARK = re.compile("⟦(.+?)⟧")
_LIST = re.compile("⟦(.+?)⟧\\{\\{ 项 \\}\\}")


class _Blank(Draft):
    """A draft of which every value is its placeholder."""

    def _field(self, name: str) -> Field | None:
        return next((field for field in FIELDS[self.kind] if field.name == name), None)

    def text(self, name: str) -> str:
        field = self._field(name)
        return "" if field is None else f"{{{{ {field.label} }}}}"

    day_of = text

    def period(self, first: str, last: str) -> str:
        return f"{self.text(first)}至{self.text(last)}"

    def texts(self, name: str) -> list[str]:
        field = self._field(name)
        return [] if field is None else [f"⟦{field.label}⟧{{{{ {ITEM} }}}}"]

    def rows(self, name: str) -> list[dict[str, str]]:
        field = self._field(name)
        if field is None:
            return []
        return [{one.name: f"⟦{field.label}⟧{{{{ {ROW}.{one.label} }}}}" for one in field.columns}]


def blank_letter(kind: Kind, look: Look) -> Letter:
    numbered = look.numbers(kind)
    number, to = ("{{ 发文字号 }}", "{{ 主送机关 }}") if numbered else ("", "")
    made = letter_of(_Blank(kind, {}, look, number, None, to))
    day = "{{ 成文日期 }}"
    return replace(
        made,
        day=day,
        printed_on=day,
        printed_by="{{ 发文机关 }}" if made.printed_by else "",
        body=[_stopped(part) for part in _looped(made.body)],
        annexes=[Annex(annex.title, [_stopped(part) for part in _looped(annex.body)]) for annex in made.annexes],
    )


def _stopped(part: Line | Grid | Form) -> Line | Grid | Form:
    """Without the full stop behind a placeholder: what people write brings its own."""
    if isinstance(part, Line):
        return replace(part, text=part.text.replace("}}。", "}}"), rest=part.rest.replace("}}。", "}}"))
    return part


def _looped(parts: Iterable[Line | Grid | Form]) -> Iterator[Line | Grid | Form]:
    for part in parts:
        if isinstance(part, Grid):
            yield _grid(part)
        elif isinstance(part, Form):
            yield Form([[_entry(entry) for entry in row] for row in part.rows])
        else:
            yield from _line(part)


def _grid(grid: Grid) -> Grid:
    """Its one row between the lines of a loop."""
    marked = next((found for row in grid.rows for cell in row if (found := _MARK.search(cell))), None)
    if marked is None:
        return grid
    (row,) = grid.rows
    empty = [""] * (len(row) - 1)
    counted = ["{{ loop.index }}" if cell == "1" else _MARK.sub("", cell) for cell in row]
    rows = [[f"{{%tr for {ROW} in {marked[1]} %}}", *empty], counted, ["{%tr endfor %}", *empty]]
    return replace(grid, rows=rows)


def _entry(entry: Entry) -> Entry:
    return replace(entry, text=_MARK.sub("", _LIST.sub("{{ \\1 | join('') }}", entry.text)).replace("}}。", "}}"))


def _line(line: Line) -> Iterator[Line]:
    said = f"{line.text}{line.rest}"
    marked = _MARK.search(said)
    if marked is None:
        yield line
        return
    over_rows = f"{ROW}." in said
    if not over_rows and not said.startswith("⟦"):
        yield replace(line, text=_LIST.sub("{{ \\1 | join('、') }}", line.text))
        return
    counted = _MARK.sub("", line.text).replace("（一）", "（{{ loop.index }}）")
    counted = counted if over_rows else f"{{{{ loop.index }}}}. {counted}"
    yield Line(f"{{%p for {ROW if over_rows else ITEM} in {marked[1]} %}}")
    yield replace(line, text=counted, rest=_MARK.sub("", line.rest))
    yield Line("{%p endfor %}")
