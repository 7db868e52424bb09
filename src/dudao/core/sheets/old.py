"""Workbooks of Excel 97-2003 (.xls): written anew as .xlsx when they come in, so that everything behind knows one format.

Many offices still keep their lists in it. The values that the cells show are kept, with dates, merged cells and hidden sheets;
formulas become what they came to, and looks are lost. The old format isn't packed, so a file can't ask for more memory than it has
itself.
"""

import io
from datetime import datetime
from typing import Any

import xlrd
import xlsxwriter

from dudao.core.sheets.problems import SheetError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = tuple(name.encode("utf-16-le") for name in ("EncryptedPackage", "_VBA_PROJECT", "WordDocument"))
_BOOKS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_NO_DAY = 60
"""Serials up to here are times, or days before March 1900, which the spreadsheet counts wrongly."""


def is_old(data: bytes) -> bool:
    """Whether the bytes are such a workbook, without a password or macros."""
    return data.startswith(_OLE) and any(name in data for name in _BOOKS) and not any(mark in data for mark in _MARKS)


def modern(data: bytes) -> bytes:
    """The workbook as .xlsx; what is none comes back as it was. Raises ``SheetError`` for a broken one."""
    if not is_old(data):
        return data
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), formatting_info=True, ragged_rows=True)
        return _written(book)
    except xlrd.XLRDError as problem:
        if "encrypted" in str(problem).lower():
            raise SheetError("文件有打开密码，无法读取。请在 WPS 或 Excel 里去掉密码，另存后再上传。") from problem
        raise SheetError("文件已损坏，无法读取。请用WPS另存为.xlsx后上传。") from problem
    except Exception as problem:  # a broken file makes the reader fall over anything
        raise SheetError("文件已损坏，无法读取。请用WPS另存为.xlsx后上传。") from problem


def modern_name(name: str) -> str:
    """The name of a file under which its workbook is kept."""
    stem, point, ending = name.rpartition(".")
    return f"{stem}.xlsx" if point and ending.lower() == "xls" else name


def _written(book: Any) -> bytes:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    day, moment = made.add_format({"num_format": "yyyy-mm-dd"}), made.add_format({"num_format": "hh:mm"})
    text = made.add_format({"num_format": "@"})
    for source in book.sheets():
        sheet = made.add_worksheet(source.name)
        if source.visibility:
            (sheet.hide if source.visibility == 1 else sheet.very_hidden)()
        for top, bottom, left, right in source.merged_cells:
            if bottom - top > 1 or right - left > 1:
                sheet.merge_range(top, left, bottom - 1, right - 1, "")
        for row in range(source.nrows):
            for place, cell in enumerate(source.row(row)):
                value = cell.value
                if cell.ctype == xlrd.XL_CELL_TEXT and value:
                    sheet.write_string(row, place, value, text)
                elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                    sheet.write_boolean(row, place, bool(value))
                elif cell.ctype == xlrd.XL_CELL_ERROR:
                    shown = xlrd.error_text_from_code.get(value, "#N/A")
                    sheet.write_formula(row, place, "=NA()", None, shown)
                elif cell.ctype == xlrd.XL_CELL_DATE:
                    found = _day(value, book.datemode)
                    if isinstance(found, datetime):
                        sheet.write_datetime(row, place, found, day)
                    else:
                        sheet.write_number(row, place, found, moment if found < 1 else None)
                elif cell.ctype == xlrd.XL_CELL_NUMBER:
                    sheet.write_number(row, place, value)
    made.close()
    return target.getvalue()


def _day(value: float, mode: int) -> datetime | float:
    """The day of a serial number; a time, and what the spreadsheet counts wrongly, stays a number."""
    found: datetime | float = value if not mode and value < _NO_DAY else xlrd.xldate_as_datetime(value, mode)
    return found
