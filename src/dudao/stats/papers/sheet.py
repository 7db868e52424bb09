"""One sheet of a workbook of results: title, line, heads, rows; landscape, heads repeated."""

from collections.abc import Sequence
from typing import Any

from dudao.core.sheets import Column, Writer


def add_sheet(
    writer: Writer,
    name: str,
    heads: Sequence[Column],
    rows: Sequence[dict[str, Any]],
    *,
    title: str,
    line: Sequence[str],
) -> None:
    sheet = writer.book.add_worksheet(name)
    last = len(heads) - 1
    for place, column in enumerate(heads):
        sheet.set_column(place, place, column.width)
    writer.page(sheet, header_row=2, width=sum(column.width for column in heads))
    writer.title(sheet, f"{title}：{name}", last)
    writer.line(sheet, 1, line, last, width=sum(column.width for column in heads))
    writer.header(sheet, 2, heads)
    for at, row in enumerate(rows, 3):
        for place, column in enumerate(heads):
            writer.value(sheet, at, place, column, row.get(column.key))
