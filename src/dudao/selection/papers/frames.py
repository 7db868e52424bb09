"""The published frame of a draw as files whose digest anybody can compute: a .csv and a workbook of nothing but text."""

import csv
import io

import xlsxwriter

from dudao.calc.sampling import Frame
from dudao.core.sheets import as_csv_text


def frame_csv(frame: Frame) -> bytes:
    """UTF-8 with a byte order mark, so that Excel and WPS show Chinese; what they would take for a formula is behind an apostrophe,
    which `core.sheets` takes away again.
    """
    text = io.StringIO()
    csv.writer(text).writerows([as_csv_text(cell) for cell in row] for row in (frame.columns, *frame.rows))
    return text.getvalue().encode("utf-8-sig")


def frame_xlsx(frame: Frame) -> bytes:
    """The heads in the first row, every cell as text: what a spreadsheet would take for a number keeps its zeros."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"num_format": "@", "bold": True})
        sheet = book.add_worksheet("抽样框")
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(frame.columns):
            longest = max(len(name), *(len(row[place]) for row in frame.rows))
            sheet.set_column(place, place, min(8 + 1.6 * longest, 48))
        for line, row in enumerate((frame.columns, *frame.rows)):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell, text if line else head)
    return target.getvalue()
