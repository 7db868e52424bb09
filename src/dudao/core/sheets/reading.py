"""Reading a table out of an uploaded workbook: find the header, expand merged cells, parse every cell, collect what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dudao.core.sheets.cells import as_text, fold
from dudao.core.sheets.columns import ERROR_COLUMN, ORDINAL, SNAPSHOT, Column, Table
from dudao.core.sheets.doors import wrong_door
from dudao.core.sheets.opening import MAX_BYTES, Book, Extent, open_book
from dudao.core.sheets.problems import Problem, SheetError

HEADER_WITHIN = 20
_NO_VALUE = "文件里没有它算出的值。请用 WPS 打开、保存一次再上传，或者改为直接填写的值"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as read. ``values`` holds the columns that the file has; a faulty cell is missing from it and named in the problems.

    ``texts`` (when asked for) holds what every known column shows, also those that are not read back.
    """

    number: int
    values: dict[str, Any]
    texts: dict[str, str] = field(default_factory=dict)

    def problem(self, column: Column | str, text: str) -> Problem:
        """A fault found later, by a rule over rows: ``text`` continues «第 12 行“列名”…»."""
        name = column.name if isinstance(column, Column) else column
        return Problem(self.number, name, f"“{name}”{text}" if name else text)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a sheet. ``notes`` are things worth saying that are no faults, ``columns`` those the file has."""

    table: Table
    sheet: str
    header_row: int
    columns: tuple[Column, ...]
    rows: list[Row]
    problems: list[Problem]
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def has(self, key: str) -> bool:
        return any(column.key == key for column in self.columns)


def read(
    data: bytes | Book,
    table: Table,
    *,
    sheet: str | None = None,
    max_rows: int = 10_000,
    max_bytes: int = MAX_BYTES,
    texts: bool = False,
) -> Reading:
    """Read ``table`` from the bytes of a workbook, or from one that is open already.

    Without ``sheet`` the sheet named like the table is taken, else the first visible one with its header. Raises
    ``SheetError`` when the file as a whole can't be used; faults of single cells are collected in ``problems``.
    """
    book = data if isinstance(data, Book) else open_book(data, limit=max_bytes)
    if sheet is None and (elsewhere := wrong_door(book, table)):
        raise SheetError(elsewhere)
    name, grid, extent, places, fixed, header_row, notes = _find(book, table, sheet)
    if len(grid) - header_row > max_rows and (filled := _filled(grid[header_row:])) > max_rows:
        raise SheetError(f"工作表“{name}”有 {filled} 行数据，超过一次 {max_rows} 行的上限。请拆成几个文件分别上传。")
    rows: list[Row] = []
    problems: list[Problem] = []
    known = [*places.values(), *fixed.values()]
    odd = extent.errors | extent.blank_formulas
    for number, cells in enumerate(grid[header_row:], header_row + 1):
        if not any(cell != "" for cell in cells):
            continue
        if _is_total(cells, table):
            continue
        values: dict[str, Any] = {}
        if not any(cells[place] != "" or (number, place + 1) in odd for place in known):
            continue
        for column in table.readable:
            place = places.get(column.key)
            if place is None:
                continue
            if (number, place + 1) in extent.blank_formulas:
                problems.append(Problem(number, column.name, f"“{column.name}”是公式，{_NO_VALUE}"))
                continue
            if (number, place + 1) in extent.errors:
                problems.append(
                    Problem(number, column.name, f"“{column.name}”的公式出错（显示为 #），请改为直接填写的值")
                )
                continue
            try:
                values[column.key] = column.parse(cells[place])
            except ValueError as reason:
                problems.append(Problem(number, column.name, f"“{column.name}”{reason}"))
        shown = {key: as_text(cells[place]) for key, place in (places | fixed).items()} if texts else {}
        rows.append(Row(number, values, shown))
    if not rows and not problems:
        raise SheetError(f"工作表“{name}”在表头（第 {header_row} 行）之后没有数据。请填写后再上传。")
    found = tuple(column for column in table.readable if column.key in places)
    return Reading(table, name, header_row, found, rows, problems, notes)


def _is_total(cells: Sequence[Any], table: Table) -> bool:
    """Whether a row holds sums: the word stands in one of its first cells, and the row has no number of its own."""
    numbered = isinstance(cells[0], int | float)
    return not numbered and any(fold(cell) == table.total_word for cell in cells[:3] if isinstance(cell, str))


def grid_of(data: bytes, *, max_bytes: int = MAX_BYTES) -> list[list[Any]]:
    """The cells of the first visible sheet from A1 on, without a declared table; a cell that shows an error holds ``#错误值``."""
    book = open_book(data, limit=max_bytes)
    sheet, extent = book.sheet(book.visible[0])
    grid = _expanded(sheet, extent)
    for row, column in extent.errors | extent.blank_formulas:
        grid[row - 1][column - 1] = "#错误值"
    return grid


def _filled(rows: Sequence[Sequence[Any]]) -> int:
    return sum(1 for row in rows if any(cell != "" for cell in row))


def _find(
    book: Book, table: Table, wanted: str | None
) -> tuple[str, list[list[Any]], Extent, dict[str, int], dict[str, int], int, list[str]]:
    """The sheet, its cells, where each column stands (those read, those not) and in which row the header is."""
    if wanted is not None:
        candidates = [wanted]
    elif table.name in book.visible:
        candidates = [table.name]
    else:
        candidates = list(book.visible)
    best: tuple[int, str, list[list[Any]], Extent, int] | None = None
    for name in candidates:
        sheet, extent = book.sheet(name)
        grid = _expanded(sheet, extent)
        score, header = _header(grid, table)
        if best is None or score > best[0]:
            best = (score, name, grid, extent, header)
        if score == len(table.readable):
            break
    if best is None or best[0] == 0:
        heads = "、".join(column.name for column in table.readable if column.required) or table.readable[0].name
        raise SheetError(
            f"没有找到表头：前 {HEADER_WITHIN} 行里没有一行含有“{heads}”等列名。请使用下载的模板，保留表头行。"
        )
    _, name, grid, extent, header_row = best
    places, fixed, notes = _places(grid[header_row - 1], table, header_row)
    return name, grid, extent, places, fixed, header_row, notes


def _expanded(sheet: Any, extent: Extent) -> list[list[Any]]:
    """All cells from A1 on, equally long, each merged cell's value in all the cells it covers."""
    grid: list[list[Any]] = sheet.to_python(skip_empty_area=False) if extent.rows else []
    height = len(grid)
    width = max((len(row) for row in grid), default=0)
    if extent.rows > height or extent.columns > width:
        # Cells that only show an error are not in what the reader answers.
        width = max(width, extent.columns)
        grid = [row + [""] * (width - len(row)) for row in grid]
        grid += [[""] * width for _ in range(extent.rows - height)]
        height = len(grid)
    room = 4 * max(height * width, 1)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        room -= max(bottom - top + 1, 0) * max(right - left + 1, 0)
        if room < 0:
            raise SheetError("合并单元格互相重叠，文件可能已损坏。请取消合并后另存为 .xlsx 再上传。")
        if top > bottom or left > right:
            continue
        value = grid[top][left]
        for row in range(top, bottom + 1):
            for place in range(left, right + 1):
                grid[row][place] = value
    return grid


def _header(grid: list[list[Any]], table: Table) -> tuple[int, int]:
    """How many columns the best header row names, and its number; of equals the lower one (headers of two rows are merged)."""
    names = {fold(name) for column in table.readable for name in (column.name, *column.aliases)}
    best = (0, 0)
    for number, row in enumerate(grid[:HEADER_WITHIN], 1):
        score = len(names & {fold(cell) for cell in row if isinstance(cell, str)})
        if score and score >= best[0]:
            best = (score, number)
    return best


def _places(header: list[Any], table: Table, number: int) -> tuple[dict[str, int], dict[str, int], list[str]]:
    by_name = {fold(name): column for column in table.columns for name in (column.name, *column.aliases)}
    places: dict[str, int] = {}
    fixed: dict[str, int] = {}
    unknown: list[str] = []
    for place, cell in enumerate(header):
        text = as_text(cell)
        column = by_name.get(fold(text))
        if column is None:
            if text and fold(text) not in {ERROR_COLUMN, ORDINAL}:
                unknown.append(text)
        elif column.key in places or column.key in fixed:
            raise SheetError(
                f"表头（第 {number} 行）里“{column.name}”出现了两次，不知道以哪一列为准。请删除多余的一列。"
            )
        else:
            (fixed if column.read_only else places)[column.key] = place
    missing = [column.name for column in table.readable if column.required and column.key not in places]
    if missing:
        raise SheetError(
            f"表头（第 {number} 行）缺少必需的列：{'、'.join(missing)}。请使用下载的模板，或把列名改成与模板一致。"
            + (f"表里不认识的列：{'、'.join(unknown)}。" if unknown else "")
        )
    notes = [f"列“{name}”不在模板里，没有读取。" for name in unknown]
    left_out = [column.name for column in table.readable if column.key not in places]
    if left_out:
        notes.append(f"表里没有这些列，原有内容保持不变：{'、'.join(left_out)}。")
    return places, fixed, notes


def read_snapshot(book: Book, table: Table) -> dict[str, dict[str, str]] | None:
    """What an export with a snapshot had in its cells, by the text of its first column; None when the file has lost it."""
    if SNAPSHOT not in book.hidden:
        return None
    sheet, _ = book.sheet(SNAPSHOT)
    grid: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    if not grid:
        return None
    keys = [as_text(cell) for cell in grid[0]]
    known = {column.key for column in table.columns}
    return {
        as_text(row[0]): {key: as_text(cell) for key, cell in zip(keys, row, strict=False) if key in known}
        for row in grid[1:]
    }
