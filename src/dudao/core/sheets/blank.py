"""The workbook to fill in: typed cells, drop-down lists, a sheet that explains every column, perhaps the names that it may hold."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dudao.core.sheets.choosing import LISTS, validate, what
from dudao.core.sheets.columns import Column, Table
from dudao.core.sheets.writing import DATE_FORMAT, TEMPLATE_ROWS, Writer, cut


@dataclass(frozen=True, slots=True)
class Roster:
    """The names that a column may hold, on a sheet of their own; those of its first column are offered as a list."""

    key: str
    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


def template(
    table: Table,
    *,
    title: str = "",
    line: Sequence[str] = ("填报单位：", "填报人：", "审核人：", "填报日期："),
    help_text: str = "",
    rows: int = TEMPLATE_ROWS,
    filled: Sequence[Mapping[str, Any]] = (),
    roster: Roster | None = None,
) -> bytes:
    """The workbook to fill in: typed cells, drop-down lists from a hidden sheet, a sheet that explains every column.

    ``filled`` are rows of which something is known already: the schools, one a row.
    """
    target = io.BytesIO()
    writer = Writer(target)
    sheet = writer.book.add_worksheet(table.name)
    columns = table.readable
    last = len(columns) - 1
    writer.page(sheet, header_row=2, widths=[column.width for column in columns])
    writer.title(sheet, title or table.name, last)
    writer.line(sheet, 1, line, last)
    writer.header(sheet, 2, columns, marked=True)
    _explain(writer, table, help_text)
    if roster is not None:
        _list(writer, roster)
    lists = writer.book.add_worksheet(LISTS)
    lists.very_hidden()
    for place, column in enumerate(columns):
        style = writer.format(**({"num_format": "@"} if column.kind in {"text", "code"} else {}), text_wrap=True)
        if column.kind == "date":
            style = writer.format(num_format=DATE_FORMAT)
        sheet.set_column(place, place, column.width, style)
        known = roster is not None and roster.key == column.key and roster.rows
        source = f"={roster.name}!$A$3:$A${2 + len(roster.rows)}" if roster is not None and known else ""
        validate(sheet, place, column, rows=(3, 2 + max(rows, len(filled))), lists=lists, source=source)
    for at, row in enumerate(filled, 3):
        for place, column in enumerate(columns):
            writer.value(sheet, at, place, column, row.get(column.key))
    writer.close()
    return target.getvalue()


def _list(writer: Writer, roster: Roster) -> None:
    sheet = writer.book.add_worksheet(roster.name)
    for place, column in enumerate(roster.columns):
        sheet.set_column(place, place, column.width)
    writer.title(sheet, roster.name, len(roster.columns) - 1)
    writer.header(sheet, 1, roster.columns)
    for at, cells in enumerate(roster.rows, 2):
        for place, text in enumerate(cells):
            sheet.write_string(at, place, text, writer.body(roster.columns[place]))
    writer.page(sheet, header_row=1, widths=[column.width for column in roster.columns])


def _explain(writer: Writer, table: Table, help_text: str) -> None:
    sheet = writer.book.add_worksheet("填写说明")
    heads = [
        Column("name", "列名", width=20),
        Column("required", "是否必填", width=10),
        Column("what", "格式", width=24),
        Column("help", "填写要求", width=50),
        Column("choices", "可选内容", width=50),
        Column("example", "示例", width=24),
    ]
    for place, head in enumerate(heads):
        sheet.set_column(place, place, head.width)
    writer.title(sheet, f"{table.name}填写说明", len(heads) - 1)
    writer.line(sheet, 1, [help_text], len(heads) - 1)
    writer.header(sheet, 2, heads)
    for at, column in enumerate(table.readable, 3):
        texts = (
            column.name,
            "必填" if column.required else "选填",
            what(column),
            column.help,
            "、".join(column.choices.values()),
            column.example,
        )
        for place, text in enumerate(texts):
            sheet.write_string(at, place, cut(text), writer.body(heads[place]))
    writer.page(sheet, header_row=2, widths=[head.width for head in heads])
