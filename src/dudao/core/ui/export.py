"""A list as an Excel sheet: what the page shows, with its columns and its order, in the looks of every workbook of the platform.

Ledgers with a layout of their own are elsewhere.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from dudao.core import sheets
from dudao.core.ui.columns import Column
from dudao.core.ui.parts import State

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 50


def attachment(content: bytes, name: str, media_type: str = XLSX) -> HttpResponse:
    """A download whose Chinese name arrives whole."""
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return answer


def xlsx_response(request: HttpRequest, columns: Sequence[Column], rows: Iterable[Any], name: str) -> HttpResponse:
    """The rows as a sheet: title, heads (frozen, repeated in print), text as text, columns as wide as what is in them."""
    table = [[_plain(column.plain(row)) for column in columns] for row in rows]
    heads = [_head(column, [line[place] for line in table]) for place, column in enumerate(columns)]
    buffer = io.BytesIO()
    writer = sheets.Writer(buffer)
    sheet = writer.book.add_worksheet(name[:31])
    for place, head in enumerate(heads):
        sheet.set_column(place, place, head.width)
    top = writer.begin(sheet, heads, title=name, line=None)
    for at, line in enumerate(table, top + 1):
        for place, value in enumerate(line):
            writer.value(sheet, at, place, heads[place], value)
    writer.close()
    return attachment(buffer.getvalue(), f"{name}.xlsx")


def _plain(value: Any) -> Any:
    return value.word if isinstance(value, State) else value


def _head(column: Column, values: Sequence[Any]) -> sheets.Column:
    """The column of the sheet, after what stands in it."""
    numbers = any(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values)
    longest = max((_width(value) for value in values), default=0)
    width = max(2 * len(column.label) + 2, min(WIDEST, longest + 2))
    return sheets.Column(column.key, column.label, "decimal" if numbers else "text", width=width, shape=column.cells)


def _width(value: Any) -> int:
    if value is None or isinstance(value, bool | int | float | Decimal):
        return 0
    if isinstance(value, date):
        return 14
    return max((sum(2 if ord(letter) > 0xFF else 1 for letter in line) for line in str(value).split("\n")), default=0)
