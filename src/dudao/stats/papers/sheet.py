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
    for place, column in enumerate(heads):
        sheet.set_column(place, place, column.width)
    top = writer.begin(sheet, heads, title=f"{title}：{name}", line=line)
    for at, row in enumerate(rows, top + 1):
        for place, column in enumerate(heads):
            writer.value(sheet, at, place, column, row.get(column.key))
