"""Excel in and out, declared once.

    UNITS = Table("机构信息", [Column("name", "单位名称", required=True), Column("code", "学校标识码", "code", width=16)])

    sheets.template(UNITS)                    the workbook to fill in (bytes)
    reading = sheets.read(data, UNITS)        typed rows and the problems of single cells; SheetError when the file is no use
    sheets.error_copy(data, reading)          the upload with a red column 错误原因 (bytes)
    sheets.rest_of(copy)                      of such a copy the faulty rows alone (bytes)
    sheets.export(UNITS, rows, target)        a streamed export to a path or a BytesIO
    sheets.read_upload(request.FILES["file"]) the bytes of an upload, refused early when there are too many; .xls becomes .xlsx

What a row means, and whether it may be stored, is for the app that declares the table.
"""

from dudao.core.sheets.blank import Roster, template
from dudao.core.sheets.cells import parse_date
from dudao.core.sheets.columns import ERROR_COLUMN, Cell, Column, Table
from dudao.core.sheets.comparing import Change, Comparison, Rules, compare, key_of, normal
from dudao.core.sheets.doors import belongs
from dudao.core.sheets.either import as_csv_text, grid_of_file
from dudao.core.sheets.old import modern, modern_name
from dudao.core.sheets.opening import MAX_BYTES, open_book, read_upload
from dudao.core.sheets.problems import Problem, SheetError
from dudao.core.sheets.reading import Reading, Row, grid_of, read, read_snapshot
from dudao.core.sheets.returning import error_copy, rest_of
from dudao.core.sheets.writing import TONE_COLOURS, Writer, add_sheet, export, shown

__all__ = [
    "ERROR_COLUMN",
    "MAX_BYTES",
    "TONE_COLOURS",
    "Cell",
    "Change",
    "Column",
    "Comparison",
    "Problem",
    "Reading",
    "Roster",
    "Row",
    "Rules",
    "SheetError",
    "Table",
    "Writer",
    "add_sheet",
    "as_csv_text",
    "belongs",
    "compare",
    "error_copy",
    "export",
    "grid_of",
    "grid_of_file",
    "key_of",
    "modern",
    "modern_name",
    "normal",
    "open_book",
    "parse_date",
    "read",
    "read_snapshot",
    "read_upload",
    "rest_of",
    "shown",
    "template",
]
