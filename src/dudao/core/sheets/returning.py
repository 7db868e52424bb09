"""The error copy: the file that was uploaded, given back with a red column 错误原因 and the faulty cells marked."""

import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from dudao.core.sheets.cells import as_text, fold
from dudao.core.sheets.columns import ERROR_COLUMN
from dudao.core.sheets.opening import MAX_BYTES, open_book
from dudao.core.sheets.problems import Problem
from dudao.core.sheets.reading import Reading
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
