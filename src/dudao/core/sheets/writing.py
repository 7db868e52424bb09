"""Writing workbooks: the template to fill in, and exports that stay small in memory however long they get.

Layout after the habit of Chinese offices: merged title in row 1, filling unit and date in row 2, header in row 3, frozen panes,
borders, wrapped text, 仿宋 11 pt, landscape, fitted to the page's width, header repeated on each page, page numbers below.
Text is always written as text: what a user typed can never become a formula.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict, Unpack

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dudao.core.sheets.cells import as_text
from dudao.core.sheets.columns import ORDINAL, SNAPSHOT, Cell, Column, Table

BODY_FONT = "仿宋"
HEAD_FONT = "黑体"
TITLE_FONT = "方正小标宋简体"
DATE_FORMAT = 'yyyy"年"m"月"d"日"'
MAX_TEXT = 32_767
TEMPLATE_ROWS = 5000
_A3, _A4 = 8, 9
_A4_HOLDS = 200  # characters at about two thirds of their size

TONE_COLOURS: dict[str, tuple[str, str]] = {
    "grey": ("#E9ECEF", "#495057"),
    "blue": ("#D6E6F9", "#0B4A8F"),
    "amber": ("#FFE8B3", "#7A4D00"),
    "red": ("#F9D0D0", "#A01414"),
    "green": ("#D3F0D9", "#146C2E"),
    "purple": ("#E6D9F7", "#56278F"),
}
"""Fill and text colour of each tone: light enough for black-and-white print, the word stands beside it anyway."""


class Writer:
    """A workbook in the making: shared formats and the page set-up; rows are streamed when ``constant_memory`` is on."""

    def __init__(self, target: Path | io.BytesIO, *, constant_memory: bool = False) -> None:
        self.book = xlsxwriter.Workbook(
            target if isinstance(target, io.BytesIO) else str(target),
            {
                "constant_memory": constant_memory,
                "in_memory": not constant_memory,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": DATE_FORMAT,
            },
        )
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._bodies: dict[tuple[str, str, int | None], Format] = {}

    def format(self, **wanted: Any) -> Format:
        """A format with the house's defaults (仿宋 11, vertically centred); the same wish gives the same object."""
        settings = {"font_name": BODY_FONT, "font_size": 11, "valign": "vcenter", **wanted}
        key = tuple(sorted(settings.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(settings)
        return self._formats[key]

    def title(self, sheet: Worksheet, text: str, last_column: int, row: int = 0) -> None:
        style = self.format(font_name=TITLE_FONT, font_size=18, align="center")
        sheet.set_row(row, 34)
        if last_column > 0:
            sheet.merge_range(row, 0, row, last_column, "", style)
        sheet.write_string(row, 0, text, style)

    def line(self, sheet: Worksheet, row: int, parts: Sequence[str], last_column: int, *, width: float = 0) -> None:
        """The line below the title: unit, person, date. ``width`` of the columns, where it may have to go on in a second line."""
        style = self.format(text_wrap=True) if width else self.format()
        text = "　　".join(part for part in parts if part)
        sheet.set_row(row, 5 + 15 * -(-2 * len(text) // int(width)) if width else 20)
        if last_column > 0:
            sheet.merge_range(row, 0, row, last_column, "", style)
        sheet.write_string(row, 0, text, style)

    def header(self, sheet: Worksheet, row: int, columns: Sequence[Column], *, marked: bool = False) -> int:
        """The heads, in two rows where columns have groups; answers the lower row.

        ``marked`` gives the obligatory ones a red star, as a template has it.
        """
        grouped = any(column.group for column in columns)
        if grouped:
            self._groups(sheet, row, columns)
            row += 1
        sheet.set_row(row, 32)
        for place, column in enumerate(columns):
            mark = "*" if column.required and marked else ""
            style = self._head(starred=bool(mark))
            if grouped and not column.group:
                sheet.write_blank(row, place, None, style)
            else:
                sheet.write_string(row, place, f"{column.name}{mark}", style)
        return row

    def _groups(self, sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
        """The upper heads. Merges are noted rather than written: a streamed sheet can't go back up to a row."""
        sheet.set_row(row, 22)
        style = self._head()
        start = 0
        for place, column in enumerate(columns):
            first = place == 0 or not column.group or column.group != columns[place - 1].group
            if first:
                start = place
                sheet.write_string(row, place, column.group or column.name, style)
            else:
                sheet.write_blank(row, place, None, style)
            if not column.group:
                sheet.merge.append([row, place, row + 1, place])
            elif place > start and (place + 1 == len(columns) or columns[place + 1].group != column.group):
                sheet.merge.append([row, start, row, place])

    def _head(self, *, starred: bool = False) -> Format:
        return self.format(
            font_name=HEAD_FONT,
            align="center",
            text_wrap=True,
            border=1,
            bg_color="#E7EEF7",
            font_color="#A01414" if starred else "#1F2937",
        )

    def page(self, sheet: Worksheet, *, header_row: int, width: float, last_header: int = 0, mark: str = "") -> None:
        """Landscape, as wide as the page, header repeated, page numbers; panes frozen under the header.

        A4, or A3 when the columns (``width`` in characters) would be too small to read on it. ``mark`` stands at the foot of every
        page, beside its number.
        """
        last_header = max(header_row, last_header)
        sheet.set_landscape()
        sheet.set_paper(_A3 if width > _A4_HOLDS else _A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(header_row, last_header)
        left = f"&L&9{mark[:150].replace('&', '&&')}" if mark else ""
        sheet.set_footer(f"{left}&C第 &P 页　共 &N 页")
        sheet.freeze_panes(last_header + 1, 0)

    def body(self, column: Column | None, tone: str = "") -> Format:
        key = (column.kind if column else "", tone, column.places if column else None)
        if key not in self._bodies:
            self._bodies[key] = self._body(column, tone)
        return self._bodies[key]

    def _body(self, column: Column | None, tone: str) -> Format:
        wanted: dict[str, Any] = {"border": 1, "text_wrap": True}
        if column is None:
            wanted |= {"align": "center"}
        elif column.kind == "date":
            wanted |= {"num_format": DATE_FORMAT, "align": "center"}
        elif column.kind in {"code", "text"}:
            wanted |= {"num_format": "@"}
        elif column.kind in {"yes_no", "choice"}:
            wanted |= {"align": "center"}
        elif column.places is not None:
            wanted |= {"num_format": f"0.{'0' * column.places}".rstrip(".")}
        if tone:
            fill, colour = TONE_COLOURS[tone]
            wanted |= {"bg_color": fill, "font_color": colour, "bold": True}
        return self.format(**wanted)

    def value(self, sheet: Worksheet, row: int, place: int, column: Column, value: Any) -> None:
        """Write one value by its type. An unknown one stays an empty cell: it comes back as unknown."""
        tone = ""
        if isinstance(value, Cell):
            value, tone = value.value, value.tone
        style = self.body(column, tone)
        if value is None or value == "":
            sheet.write_blank(row, place, None, style)
        elif column.kind == "choice":
            sheet.write_string(row, place, str(column.choices.get(value, value)), style)
        elif column.kind == "choices":
            sheet.write_string(row, place, "、".join(str(column.choices.get(key, key)) for key in value), style)
        elif isinstance(value, bool):
            sheet.write_string(row, place, "是" if value else "否", style)
        elif isinstance(value, datetime):
            day = timezone.localtime(value) if timezone.is_aware(value) else value
            sheet.write_datetime(row, place, datetime(day.year, day.month, day.day), self.body_date(tone))
        elif isinstance(value, date):
            sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), self.body_date(tone))
        elif isinstance(value, int | float | Decimal) and column.kind in {"integer", "decimal"}:
            if _too_long(value):
                sheet.write_string(row, place, format(value, "f"), style)
            else:
                sheet.write_number(row, place, float(value), style)
        else:
            sheet.write_string(row, place, _cut(str(value)), style)

    def body_date(self, tone: str) -> Format:
        return self.body(_DAY, tone)

    def close(self) -> None:
        self.book.close()


_DAY = Column("date", "日期", "date")


def _cut(text: str) -> str:
    """The text as a cell can hold it.

    What looks like the markup of a rich text would be copied into a streamed sheet as it stands, and break it; a space behind it,
    which readers strip, prevents that.
    """
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


class Around(TypedDict, total=False):
    """What stands around a table."""

    title: str
    line: Sequence[str]
    """Between title and head."""
    foot: Sequence[str]
    """The line for signatures below it."""
    mark: str
    """Who took the file away and when: at the foot of every page and in the properties of the file."""


def export(
    table: Table,
    rows: Iterable[dict[str, Any]],
    target: Path | io.BytesIO,
    *,
    total: bool | Callable[[], dict[str, Any]] = False,
    snapshot: bool = False,
    progress: Callable[[int], None] | None = None,
    **around: Unpack[Around],
) -> int:
    """Write ``rows`` (values by column key, perhaps ``Cell``s) and answer how many there were.

    Streams: the memory needed doesn't grow with the rows. ``total`` adds a 合计 row with the sums of the columns marked ``total``,
    or with what a function answers after the last row (texts and numbers by column key). ``snapshot`` keeps what every cell shows
    in a hidden sheet, for ``read_snapshot``. ``progress(done)`` is called every 500 rows.
    """
    title, mark = around.get("title", "") or table.name, around.get("mark", "")
    writer = Writer(target, constant_memory=True)
    sheet = writer.book.add_worksheet(table.name)
    columns = list(table.columns)
    last = len(columns)
    sheet.set_column(0, 0, 6)
    for place, column in enumerate(columns, 1):
        sheet.set_column(place, place, column.width)
    writer.title(sheet, title, last)
    writer.line(sheet, 1, around.get("line", ()), last)
    head = [Column("_ordinal", ORDINAL), *columns]
    top = writer.header(sheet, 2, head)
    width = 6 + sum(column.width for column in columns)
    writer.page(sheet, header_row=2, last_header=top, width=width, mark=mark)
    if mark:
        writer.book.set_properties({"title": title, "comments": mark})
    kept = writer.book.add_worksheet(SNAPSHOT) if snapshot else None
    if kept is not None:
        kept.very_hidden()
        kept.write_row(0, 0, [column.key for column in columns])
    sums: dict[str, Any] = {}
    count = 0
    for count, row in enumerate(rows, 1):
        at = count + top
        sheet.write_number(at, 0, count, writer.body(None))
        for place, column in enumerate(columns, 1):
            value = row.get(column.key)
            writer.value(sheet, at, place, column, value)
            plain = value.value if isinstance(value, Cell) else value
            if kept is not None:
                kept.write_string(count, place - 1, _cut(shown(column, plain)))
            if column.total and plain is not None:
                sums[column.key] = sums.get(column.key, Decimal(0)) + Decimal(str(plain))
        if progress is not None and count % 500 == 0:
            progress(count)
    if total:
        last_line = {columns[0].key: f"{count} 项"} | (total() if callable(total) else sums)
        _total(writer, sheet, table, top + count + 1, last_line)
    if foot := around.get("foot", ()):
        # Not merged: the reader would find the text under every head.
        at = top + count + (2 if total else 1)
        sheet.set_row(at, 30)
        sheet.write_string(at, 0, "　　　　".join(foot), writer.format())
    writer.close()
    return count


def _total(writer: Writer, sheet: Worksheet, table: Table, at: int, values: dict[str, Any]) -> None:
    style = writer.format(border=1, bold=True, align="center", text_wrap=True)
    sheet.write_string(at, 0, table.total_word, style)
    for place, column in enumerate(table.columns, 1):
        value = values.get(column.key)
        if value is None:
            sheet.write_blank(at, place, None, style)
        elif isinstance(value, str):
            sheet.write_string(at, place, value, style)
        else:
            sheet.write_number(at, place, float(value), style)


def shown(column: Column, value: Any) -> str:
    """What a cell of the column shows for a value, as the reader will see it when the file comes back."""
    if value is None or value == "":
        return ""
    if column.kind == "choice":
        return str(column.choices.get(value, value))
    if column.kind == "choices":
        return "、".join(str(column.choices.get(key, key)) for key in value)
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format(value, "f") if _too_long(value) else as_text(float(value))
    return as_text(value)


def _too_long(value: float | Decimal) -> bool:
    """Fifteen digits are what a spreadsheet keeps of a number; a longer exact one is only safe as text (a float is no longer)."""
    return not isinstance(value, float) and len(Decimal(str(value)).as_tuple().digits) > 15


def template(
    table: Table,
    *,
    title: str = "",
    line: Sequence[str] = ("填报单位：", "填报人：", "审核人：", "填报日期："),
    help_text: str = "",
    rows: int = TEMPLATE_ROWS,
) -> bytes:
    """The workbook to fill in: typed cells, drop-down lists from a hidden sheet, a sheet that explains every column."""
    target = io.BytesIO()
    writer = Writer(target)
    sheet = writer.book.add_worksheet(table.name)
    columns = table.readable
    last = len(columns) - 1
    writer.page(sheet, header_row=2, width=sum(column.width for column in columns))
    writer.title(sheet, title or table.name, last)
    writer.line(sheet, 1, line, last)
    writer.header(sheet, 2, columns, marked=True)
    _explain(writer, table, help_text)
    lists = writer.book.add_worksheet("字典")
    lists.very_hidden()
    for place, column in enumerate(columns):
        style = writer.format(**({"num_format": "@"} if column.kind in {"text", "code"} else {}), text_wrap=True)
        if column.kind == "date":
            style = writer.format(num_format=DATE_FORMAT)
        sheet.set_column(place, place, column.width, style)
        _validate(sheet, lists, place, column, rows)
    writer.close()
    return target.getvalue()


def _validate(sheet: Worksheet, lists: Worksheet, place: int, column: Column, rows: int) -> None:
    options: dict[str, Any] = {
        "ignore_blank": True,
        "error_title": "填写有误",
        "input_title": column.name[:32],
        "input_message": (column.help or _what(column))[:255],
    }
    if column.kind == "choice":
        lists.write_column(0, place, list(column.choices.values()))
        name = _letters(place)
        options |= {
            "validate": "list",
            "source": f"=字典!${name}$1:${name}${len(column.choices)}",
            "error_message": "请从下拉列表中选择。",
        }
    elif column.kind == "yes_no":
        options |= {"validate": "list", "source": ["是", "否"], "error_message": "请填“是”或“否”。"}
    elif column.kind == "integer":
        options |= {
            "validate": "integer",
            "criteria": "between",
            "minimum": -999_999_999,
            "maximum": 999_999_999,
            "error_message": "请填整数。",
        }
    elif column.kind == "decimal":
        options |= {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -999_999_999_999,
            "maximum": 999_999_999_999,
            "error_message": "请填数字。",
        }
    elif column.kind == "date":
        options |= {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1900, 1, 1),
            "maximum": date(2199, 12, 31),
            # The reader also understands dates typed as text, so the spreadsheet only warns.
            "error_type": "warning",
            "error_message": "建议按 2024-3-5 的格式填写日期。",
        }
    else:
        options |= {"validate": "any"}
    sheet.data_validation(3, place, 2 + rows, place, options)


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_WHAT = {
    "text": "文字",
    "code": "文字（号码，按文本填写）",
    "integer": "整数",
    "decimal": "数字",
    "date": "日期，例如 2024-3-5",
    "yes_no": "是／否",
    "choice": "从下拉列表中选择",
    "choices": "可填几项，用顿号隔开",
}


def _what(column: Column) -> str:
    return _WHAT[column.kind]


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
            _what(column),
            column.help,
            "、".join(column.choices.values()),
            column.example,
        )
        for place, text in enumerate(texts):
            sheet.write_string(at, place, _cut(text), writer.body(heads[place]))
    writer.page(sheet, header_row=2, width=sum(head.width for head in heads))
