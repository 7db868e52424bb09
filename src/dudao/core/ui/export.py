"""A list as an Excel sheet: what the page shows, with its columns and its order.

Ledgers with a layout of their own are elsewhere.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dudao.core.ui import formats
from dudao.core.ui.columns import Column
from dudao.core.ui.parts import State

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: bytes, name: str, media_type: str = XLSX) -> HttpResponse:
    """A download whose Chinese name arrives whole."""
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return answer


def xlsx_response(request: HttpRequest, columns: Sequence[Column], rows: Iterable[Any], name: str) -> HttpResponse:
    """The rows as a sheet: title, heads (frozen, repeated in print), text as text, A4 landscape fitted to its width."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(name[:31])
    font = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter", "border": 1, "text_wrap": True}
    title = book.add_format(
        {"font_name": "宋体", "font_size": 16, "bold": True, "align": "center", "valign": "vcenter"}
    )
    head = book.add_format(font | {"bold": True, "align": "center", "bg_color": "#F0F3F7"})
    text, digits = book.add_format(font | {"num_format": "@"}), book.add_format(font)
    days = book.add_format(font | {"num_format": 'yyyy"年"m"月"d"日"'})
    kept = {column.cells: book.add_format(font | {"num_format": column.cells}) for column in columns if column.cells}
    widths = [len(column.label) * 2 + 2 for column in columns]

    if len(columns) > 1:
        sheet.merge_range(0, 0, 0, len(columns) - 1, name, title)
    else:
        sheet.write_string(0, 0, name, title)
    sheet.set_row(0, 30)
    for place, column in enumerate(columns):
        sheet.write_string(1, place, column.label, head)
    line = 2
    for row in rows:
        for place, column in enumerate(columns):
            value = column.plain(row)
            if isinstance(value, State):
                value = value.word
            if isinstance(value, bool):
                value = formats.yes_no(value)
            if isinstance(value, datetime):
                value = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
            if isinstance(value, date | datetime):
                sheet.write_datetime(line, place, value, days)
                widths[place] = max(widths[place], 16)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(line, place, float(value), kept.get(column.cells, digits))
            else:
                words = "" if value is None else str(value)
                sheet.write_string(line, place, words, text)
                widths[place] = max(widths[place], min(50, sum(2 if ord(letter) > 255 else 1 for letter in words) + 2))
        line += 1
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(0, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return attachment(buffer.getvalue(), f"{name}.xlsx")
