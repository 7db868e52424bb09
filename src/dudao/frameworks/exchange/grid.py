"""Tables as offices write them, from Excel and Word alike: cells of text, and which cells are merged.

A `Spot` says where something stands in the words of the program in which the office will look it up.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dudao.calc.word.package import Package, WordError
from dudao.calc.worktext.docx import DocxTable, read_docx_tables
from dudao.core.sheets import SheetError, open_book
from dudao.core.sheets.cells import as_text
from dudao.core.sheets.opening import Book

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
INDENT = "　"
"""One step of a cell's indentation, as a blank before its text."""
_ERROR = "的公式出错（显示为 #），请改为直接填写的值。"
_UNCOUNTED = "是公式，文件里没有它的结果。请用 WPS 或 Excel 打开文件、保存一次再上传，或改为直接填写的值。"
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\s(?=[^>]*\bhidden=[\"'](?:1|true)[\"'])[^>]*?\br=[\"'](\d{1,7})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_STYLE = re.compile(rb"\bs=[\"'](\d{1,5})[\"']")
_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb"<(?:\w+:)?xf\b[^>]*/>|<(?:\w+:)?xf\b.*?</(?:\w+:)?xf>", re.DOTALL)
_INDENT = re.compile(rb"\bindent=[\"'](\d{1,3})[\"']")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell: table, row and column from 1; ``column`` 0 is the whole row."""

    table: str
    row: int
    column: int
    is_sheet: bool
    is_only: bool = True
    """The file has no other table: its name need not be said."""

    def __str__(self) -> str:
        if self.is_sheet:
            column = f" {letters(self.column)} 列" if self.column else ""
            return f"{'' if self.is_only else f'工作表“{self.table}”'}第 {self.row} 行{column}"
        column = f"第 {self.column} 列" if self.column else ""
        return f"{'' if self.is_only else self.table}第 {self.row} 行{column}"


def letters(column: int) -> str:
    """27 → AA."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


@dataclass
class Grid:
    """One table. ``rows`` hold text (leading blanks kept: they may be indentation); ``joined``: covered cell → first cell.

    The rows don't change once the table has been looked at.
    """

    name: str
    rows: list[list[str]]
    joined: dict[Cell, Cell] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    """Word: the paragraphs above the table."""
    is_sheet: bool = True
    is_only: bool = True
    heights: dict[Cell, int] = field(default_factory=dict)
    """First cell of a merged area → how many rows it covers."""
    broken: dict[Cell, str] = field(default_factory=dict)
    """Cells without a value that can be used, and why."""
    notes: list[str] = field(default_factory=list)
    """What a reader of the table can't see but should know."""

    @cached_property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def text(self, row: int, column: int) -> str:
        """What stands in this very cell; a covered one is empty."""
        cells = self.rows[row]
        return cells[column].strip() if column < len(cells) else ""

    def shown(self, row: int, column: int) -> str:
        """What a reader sees at this place: a covered cell shows its area's text."""
        return self.text(*self.joined.get((row, column), (row, column)))

    def goes_on(self, row: int, column: int) -> bool:
        """Whether the cell belongs to a cell above it."""
        first = self.joined.get((row, column))
        return first is not None and first[0] < row

    def indent(self, row: int, column: int) -> int:
        cells = self.rows[row]
        text = cells[column] if column < len(cells) else ""
        blank = text[: len(text) - len(text.lstrip())]
        return sum(2 if letter == INDENT else 1 for letter in blank)

    def spot(self, row: int, column: int | None = None) -> Spot:
        return Spot(self.name, row + 1, 0 if column is None else column + 1, self.is_sheet, self.is_only)

    def join(self, top: int, left: int, bottom: int, right: int) -> None:
        self.heights[top, left] = bottom - top + 1
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    self.joined[row, column] = (top, left)


def read_grids(data: bytes, name: str) -> list[Grid]:
    """All visible tables of an .xlsx or .docx file; raises `SheetError` with what to do about any other file."""
    if name.lower().endswith((".doc", ".wps")) or (
        data.startswith(_OLE) and "WordDocument".encode("utf-16-le") in data
    ):
        raise SheetError("这是 Word 97-2003 文档（.doc）。请用 WPS 文字或 Word 另存为 .docx 格式后再上传。")
    if len(data) > MAX_BYTES:
        raise SheetError(f"文件超过 {MAX_BYTES // 1048576} MB 的上限。请删除图片和不用的工作表后再上传。")
    is_word = name.lower().endswith(".docx")
    inside = _inside(data)
    if is_word and "xl/workbook.xml" in inside:
        raise SheetError("这是 Excel 表格，扩展名却是 .docx。请把扩展名改为 .xlsx 后再上传。")
    if not is_word and "word/document.xml" in inside:
        raise SheetError("这是 Word 文档，扩展名却是 .xlsx。请把扩展名改为 .docx 后再上传。")
    return _words(data) if is_word else list(_sheets(data))


def _inside(data: bytes) -> set[str]:
    try:
        return set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return set()  # said better by those who open it


def _sheets(data: bytes) -> Iterator[Grid]:
    book = open_book(data, limit=MAX_BYTES)
    for name in book.visible:
        sheet, extent = book.sheet(name)
        if extent.rows > MAX_ROWS:
            raise SheetError(f"工作表“{name}”有 {extent.rows} 行，最多 {MAX_ROWS} 行。请只留下指标体系的表。")
        cells: list[list[Any]] = sheet.to_python(skip_empty_area=False) if extent.rows else []
        grid = Grid(name, [[_cell_text(cell) for cell in row] for row in cells])
        grid.broken = {(row - 1, column - 1): _ERROR for row, column in extent.errors}
        grid.broken |= dict.fromkeys(_uncounted(book.markup(name)), _UNCOUNTED)
        hidden = [number for number in _hidden(book.markup(name)) if number <= len(grid.rows)]
        if hidden:
            shown = "、".join(map(str, hidden[:10])) + ("等" if len(hidden) > 10 else "")
            grid.notes.append(f"工作表“{name}”第 {shown} 行是隐藏的，也读取了；不要的请删除后重新上传。")
        room = 4 * max(len(grid.rows) * grid.width, 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
            bottom, right = min(bottom, len(grid.rows) - 1), min(right, grid.width - 1)
            room -= max(bottom - top + 1, 0) * max(right - left + 1, 0)
            if room < 0:
                raise SheetError("合并单元格互相重叠，文件可能已损坏。请取消合并后另存为 .xlsx 再上传。")
            if top <= bottom and left <= right:
                grid.join(top, left, bottom, right)
        _indented(grid, book)
        if book.hidden and name == book.visible[-1]:
            grid.notes.append(f"隐藏的工作表没有读取：{'、'.join(book.hidden[:10])}。")
        yield grid


def _uncounted(markup: bytes) -> Iterator[Cell]:
    """Cells with a formula and no result: a program wrote the file, and no spreadsheet has opened it since."""
    if b"<f" not in markup and b":f" not in markup:
        return
    for (attributes,) in (found.groups() for found in _FORMULA.finditer(markup)):
        index = _PLACE.search(attributes)
        if index is not None and b't="str"' not in attributes:  # a result of no letters is a result
            yield _cell_at(index)


def _cell_at(place: re.Match[bytes]) -> Cell:
    column = 0
    for letter in place[1]:
        column = column * 26 + letter - 64
    return int(place[2]) - 1, column - 1


def _hidden(markup: bytes) -> list[int]:
    return [int(number) for number in _HIDDEN.findall(markup)] if b"hidden=" in markup else []


def _cell_text(cell: Any) -> str:
    return cell.rstrip() if isinstance(cell, str) else as_text(cell)


def _indented(grid: Grid, book: Book) -> None:
    """Indentation that is a format of the cell becomes blanks before its text."""
    formats = _FORMATS.search(book.styles)
    found = (_INDENT.search(one) for one in _FORMAT.findall(formats[0])) if formats is not None else ()
    steps = [int(indent[1]) if indent is not None else 0 for indent in found]
    for attributes in _CELL.findall(book.markup(grid.name)) if any(steps) else ():
        style, place = _STYLE.search(attributes), _PLACE.search(attributes)
        step = steps[int(style[1])] if style is not None and int(style[1]) < len(steps) else 0
        if step and place is not None:
            row, column = _cell_at(place)
            if row < len(grid.rows) and column < len(grid.rows[row]) and grid.rows[row][column]:
                grid.rows[row][column] = INDENT * step + grid.rows[row][column]


def _words(data: bytes) -> list[Grid]:
    if data.startswith(_OLE):
        raise SheetError("文件有打开密码或是旧格式，无法读取。请去掉密码，另存为 .docx 后再上传。")
    if not data.startswith(b"PK"):
        raise SheetError("文件的内容不是 Word 文档，可能改错了扩展名。请选择 .docx 文件。")
    try:
        tables = read_docx_tables(Package(data))
    except WordError as problem:
        raise SheetError(f"文件{problem}") from None
    if not tables:
        raise SheetError(
            "文档里没有表格，指标体系要在 Word 表格里。如果表格是图片或扫描件，请用可以编辑的原文件，或改填 Excel 表格。"
        )
    return [_grid(number, table) for number, table in enumerate(tables, 1)]


def _grid(number: int, table: DocxTable) -> Grid:
    grid = Grid(f"第 {number} 个表格", [], before=table.before, is_sheet=False)
    open_cells: dict[int, Cell] = {}
    for at, cells in enumerate(table.rows[:MAX_ROWS]):
        texts: list[str] = []
        for cell, text in cells:
            column = len(texts)
            texts += [text, *[""] * (cell.across - 1)]
            covered = range(column, len(texts))
            if cell.goes_on and column in open_cells:
                first = open_cells[column]
                texts[column] = ""
                grid.joined |= {(at, index): first for index in covered}
                grid.heights[first] = at - first[0] + 1
                continue
            open_cells[column] = (at, column)
            grid.joined |= {(at, index): (at, column) for index in covered if index != column}
        grid.rows.append(texts)
    return grid
