"""The file given back: the uploaded workbook with a red column 问题 in every sheet where something is wrong."""

import io
from collections.abc import Iterable

from openpyxl import load_workbook
from openpyxl.worksheet.properties import PageSetupProperties

from dudao.core.sheets import SheetError
from dudao.core.sheets.returning import red_column
from dudao.frameworks.exchange.grid import read_grids
from dudao.frameworks.exchange.heads import find_head

COLUMN = "问题"

Problem = tuple[str, int, int, str]
"""Sheet, row, column (0: the whole row), what is wrong."""


def with_error_column(data: bytes, problems: Iterable[Problem]) -> bytes:
    """The workbook with what is wrong beside each row and the faulty cells red."""
    try:
        book = load_workbook(io.BytesIO(data))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise SheetError("这份工作簿的格式不能保留，无法生成错误对照表。请按页面上的说明改正。") from None
    by_sheet: dict[str, dict[int, list[tuple[int, str]]]] = {}
    for sheet, row, column, text in problems:
        if sheet in book.sheetnames:
            by_sheet.setdefault(sheet, {}).setdefault(row, []).append((column, text))
    heads = {grid.name: find_head(grid) for grid in read_grids(data, ".xlsx")} if by_sheet else {}
    for name, rows in by_sheet.items():
        sheet = book[name]
        top = heads.get(name)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        reasons = {row: "；".join(dict.fromkeys(text for _, text in found)) for row, found in rows.items()}
        head = (top.bottom + 1 if top is not None else 1, sheet.max_column + 1)
        cells = [(row, column) for row, found in rows.items() for column, _ in (*found, (head[1], ""))]
        red_column(sheet, head, COLUMN, reasons, cells)
    if by_sheet:
        book.active = book.index(book[next(iter(by_sheet))])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
