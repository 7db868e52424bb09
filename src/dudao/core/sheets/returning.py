"""The error copy: the file that was uploaded, given back with a red column 错误原因 and the faulty cells marked.

Once its good rows are taken, what is left of it: the faulty rows alone, to be mended and brought again.
"""

import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from dudao.core.sheets.cells import as_text, fold
from dudao.core.sheets.columns import ERROR_COLUMN
from dudao.core.sheets.opening import MAX_BYTES, Book, open_book
from dudao.core.sheets.problems import Problem
from dudao.core.sheets.reading import HEADER_WITHIN, Reading
from dudao.core.sheets.writing import Writer

log = logging.getLogger(__name__)

KEEP_LAYOUT_UP_TO = 10_000
"""Rows up to which the upload keeps its own layout; a longer one is rewritten plainly, since the other way takes minutes."""


def error_copy(
    data: bytes, reading: Reading, problems: Sequence[Problem] | None = None, *, max_bytes: int = MAX_BYTES
) -> bytes:
    """The upload with its errors. ``problems`` adds those found later to the ones of the reading (or replaces them)."""
    faults = Problem.by_row(reading.problems if problems is None else problems)
    last = max([row.number for row in reading.rows] + list(faults) + [reading.header_row])
    if last <= KEEP_LAYOUT_UP_TO:
        try:
            return _marked(data, reading, faults, last)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as problem:
            # Some programs write styles that openpyxl doesn't understand; the values are readable all the same.
            log.info("error copy rewritten plainly: %s", problem)
    return _rewritten(data, reading, faults, max_bytes)


def rest_of(marked: bytes, *, max_bytes: int = 4 * MAX_BYTES) -> bytes:
    """Of an error copy the rows with a reason, under their own head: what is still to be brought."""
    book = open_book(marked, limit=max_bytes)
    name, grid, header_row, place = _red_column_of(book)
    if len(grid) <= KEEP_LAYOUT_UP_TO:
        try:
            return _left(marked, name, header_row, place + 1)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as problem:
            log.info("rest of an error copy rewritten plainly: %s", problem)
    kept = [*grid[:header_row], *(cells for cells in grid[header_row:] if cells[place] != "")]
    target = io.BytesIO()
    writer = Writer(target, constant_memory=True)
    sheet = writer.book.add_worksheet(name)
    sheet.set_column(0, place, 14)
    sheet.set_column(place, place, 48)
    plain, number, red = (
        writer.format(border=1, num_format="@"),
        writer.format(border=1),
        writer.format(border=1, font_color="#C00000", text_wrap=True),
    )
    for at, cells in enumerate(kept):
        for column, cell in enumerate(cells):
            if isinstance(cell, float):
                sheet.write_number(at, column, cell, number)
            elif hasattr(cell, "year"):
                sheet.write_datetime(at, column, cell, writer.format(border=1, num_format="yyyy-mm-dd"))
            elif cell != "":
                sheet.write_string(at, column, as_text(cell), red if column == place else plain)
    writer.close()
    return target.getvalue()


def _red_column_of(book: Book) -> tuple[str, list[list[Any]], int, int]:
    """The sheet with the red column, its cells, the row of its heads (from 1) and the place of the column (from 0)."""
    for name in book.visible:
        grid: list[list[Any]] = book.sheet(name)[0].to_python(skip_empty_area=False)
        for header_row, cells in enumerate(grid[:HEADER_WITHIN], 1):
            if ERROR_COLUMN in cells:
                return name, grid, header_row, cells.index(ERROR_COLUMN)
    raise ValueError("no red column")


def _left(marked: bytes, name: str, header_row: int, place: int) -> bytes:
    # Values rather than formulas: a row that moves up would reckon with its new neighbours.
    book = load_workbook(io.BytesIO(marked), data_only=True)
    sheet = book[name]
    for area in [area for area in sheet.merged_cells.ranges if area.max_row > header_row]:
        value = sheet.cell(area.min_row, area.min_col).value
        sheet.unmerge_cells(str(area))
        for row in sheet.iter_rows(area.min_row, area.max_row, area.min_col, area.max_col):
            for cell in row:
                cell.value = value
    at, width, last = header_row, sheet.max_column, sheet.max_row
    for number in range(header_row + 1, last + 1):
        if sheet.cell(number, place).value is None:
            continue
        at += 1
        if at == number:
            continue
        for column in range(1, width + 1):
            source, target = sheet.cell(number, column), sheet.cell(at, column)
            target.value, target.data_type = source.value, source.data_type
            target._style = copy(source._style)
    sheet.delete_rows(at + 1, last - at)
    for number in [number for number in sheet.row_dimensions if number > header_row]:
        sheet.row_dimensions[number].height = None
    target_file = io.BytesIO()
    book.save(target_file)
    return target_file.getvalue()


def _reasons(problems: Sequence[Problem]) -> str:
    return "；".join(problem.text for problem in problems)


def _marked(data: bytes, reading: Reading, faults: dict[int, list[Problem]], last: int) -> bytes:
    book = load_workbook(io.BytesIO(data))
    sheet = book[reading.sheet]
    header = {fold(as_text(cell.value)): cell.column for cell in sheet[reading.header_row] if cell.value is not None}
    merged = [area.max_col for area in sheet.merged_cells.ranges if area.max_row > reading.header_row]
    place = header.get(ERROR_COLUMN) or max([*header.values(), *merged], default=0) + 1
    for row in range(reading.header_row + 1, last + 1):
        if sheet.cell(row, place).value is not None and row not in faults:
            sheet.cell(row, place).value = None
    cells = [(row, header.get(fold(one.column), 0)) for row, problems in faults.items() for one in problems]
    reasons = {row: _reasons(problems) for row, problems in faults.items()}
    red_column(sheet, (reading.header_row, place), ERROR_COLUMN, reasons, cells)
    book.active = book.index(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def red_column(
    sheet: Any, head: tuple[int, int], name: str, reasons: Mapping[int, str], cells: Iterable[tuple[int, int]]
) -> None:
    """Write the red column below its head (row, column): the reason of each row; the faulty cells (column 0: none) turn red."""
    red = Font(name="仿宋", size=11, color="C00000", bold=True)
    fill = PatternFill("solid", start_color="FDE2E2")
    thin = Side(style="thin", color="C00000")
    place = head[1]
    title = sheet.cell(*head, name)
    title.font, title.fill = red, fill
    title.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    sheet.column_dimensions[get_column_letter(place)].width = 48
    for row, reason in reasons.items():
        cell = sheet.cell(row, place)
        cell.value = reason
        cell.data_type = "s"
        cell.font, cell.border = red, Border(thin, thin, thin, thin)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for row, column in cells:
        if column:
            sheet.cell(row, column).fill = fill


def _rewritten(data: bytes, reading: Reading, faults: dict[int, list[Problem]], max_bytes: int) -> bytes:
    source, _ = open_book(data, limit=max_bytes).sheet(reading.sheet)
    grid: list[list[Any]] = source.to_python(skip_empty_area=False)
    width = max((len(row) for row in grid), default=0)
    header = [fold(as_text(cell)) for cell in grid[reading.header_row - 1]]
    place = header.index(ERROR_COLUMN) if ERROR_COLUMN in header else width
    target = io.BytesIO()
    writer = Writer(target, constant_memory=True)
    sheet = writer.book.add_worksheet(reading.sheet)
    sheet.set_column(0, width, 14)
    sheet.set_column(place, place, 48)
    sheet.freeze_panes(reading.header_row, 0)
    plain = writer.format(border=1, num_format="@")
    days = writer.format(border=1, num_format="yyyy-mm-dd")
    red = writer.format(border=1, font_color="#C00000", bg_color="#FDE2E2", text_wrap=True)
    for number, cells in enumerate(grid, 1):
        wrong = {fold(problem.column) for problem in faults.get(number, ())}
        for at, cell in enumerate(cells):
            if at == place or cell == "":
                continue
            bad = bool(wrong) and at < len(header) and header[at] in wrong
            if isinstance(cell, float):
                sheet.write_number(number - 1, at, cell, red if bad else writer.format(border=1))
            elif hasattr(cell, "year"):
                sheet.write_datetime(number - 1, at, cell, red if bad else days)
            else:
                sheet.write_string(number - 1, at, as_text(cell), red if bad else plain)
        if number == reading.header_row:
            sheet.write_string(number - 1, place, ERROR_COLUMN, red)
        elif number in faults:
            sheet.write_string(number - 1, place, _reasons(faults[number]), red)
    writer.close()
    return target.getvalue()
