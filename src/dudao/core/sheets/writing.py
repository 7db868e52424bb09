"""Writing workbooks: the template to fill in, and exports that stay small in memory however long they get.

Layout after the habit of Chinese offices: merged title in row 1, filling unit and date in row 2, header in row 3, frozen panes,
borders, wrapped text, 仿宋 11 pt, landscape, fitted to the page's width as long as that leaves 9 pt, header repeated on each page,
page numbers below. A wider table goes on over several pages, its first columns repeated on each.
Text is always written as text: what a user typed can never become a formula.
"""

import io
import math
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
from dudao.core.sheets.choosing import LISTS, validate
from dudao.core.sheets.columns import ORDINAL, SNAPSHOT, Cell, Column, Table

BODY_FONT = "仿宋"
HEAD_FONT = "黑体"
TITLE_FONT = "方正小标宋简体"
DATE_FORMAT = 'yyyy"年"m"月"d"日"'
MAX_TEXT = 32_767
TEMPLATE_ROWS = 5000
_A3, _A4 = 8, 9
SMALLEST = 82
"""Percent of its size at which a text of 11 pt is printed with 9 pt: no table is printed smaller."""
_HOLDS = {_A4: 1237, _A3: 1786}
"""Pixels that a landscape page holds at that size, with something to spare."""
_TITLE_ROOM = 20
_DIGIT, _WIDE_DIGIT = 8.0, 9.4
"""Pixels of a digit, in which widths are reckoned: with the usual fonts, and where a program has none of them."""

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
        self._bodies: dict[tuple[str, int | None, str, str, bool], Format] = {}
        self.open: frozenset[str] = frozenset()
        """The columns whose cells can be filled in though the sheet is locked."""

    def format(self, **wanted: Any) -> Format:
        """A format with the house's defaults (仿宋 11, vertically centred); the same wish gives the same object."""
        settings = {"font_name": BODY_FONT, "font_size": 11, "valign": "vcenter", **wanted}
        key = tuple(sorted(settings.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(settings)
        return self._formats[key]

    def title(
        self, sheet: Worksheet, text: str, last_column: int, row: int = 0, *, width: float = 0, first: int = 0
    ) -> None:
        """The title over the columns. ``width`` of the columns, where it stands over a few and may need a second line."""
        style = self.format(font_name=TITLE_FONT, font_size=18, align="center", text_wrap=bool(width))
        sheet.set_row(row, 8 + 26 * lines_of(text, width * 11 / 18) if width else 34)
        if last_column > first:
            sheet.merge_range(row, first, row, last_column, "", style)
        sheet.write_string(row, first, text, style)

    def line(
        self, sheet: Worksheet, row: int, parts: Sequence[str], last_column: int, *, width: float = 0, first: int = 0
    ) -> None:
        """The line below the title: unit, person, date. ``width`` of the columns, where it may have to go on in a second line."""
        style = self.format(text_wrap=True) if width else self.format()
        text = "　　".join(part for part in parts if part)
        sheet.set_row(row, 5 + 15 * -(-2 * len(text) // int(width)) if width else 20)
        if last_column > first:
            sheet.merge_range(row, first, row, last_column, "", style)
        sheet.write_string(row, first, text, style)

    def header(
        self,
        sheet: Worksheet,
        row: int,
        columns: Sequence[Column],
        *,
        marked: bool = False,
        breaks: Sequence[int] = (),
    ) -> int:
        """The heads, in two rows where columns have groups; answers the lower row.

        ``marked`` gives the obligatory ones a red star, as a template has it. A group is named anew where a page ``breaks``.
        """
        grouped = any(column.group for column in columns)
        if grouped:
            self._groups(sheet, row, columns, breaks)
            row += 1
        high = max((lines_of(one.name, one.width) for one in columns if one.group or not grouped), default=1)
        alone = max((lines_of(one.name, one.width) for one in columns if grouped and not one.group), default=1)
        sheet.set_row(row, max(32, 6 + 15 * high, 6 + 15 * alone - 22))
        for place, column in enumerate(columns):
            mark = "*" if column.required and marked else ""
            style = self._head(starred=bool(mark))
            if grouped and not column.group:
                sheet.write_blank(row, place, None, style)
            else:
                sheet.write_string(row, place, f"{column.name}{mark}", style)
        return row

    def _groups(self, sheet: Worksheet, row: int, columns: Sequence[Column], breaks: Sequence[int]) -> None:
        """The upper heads. Merges are noted rather than written: a streamed sheet can't go back up to a row."""
        sheet.set_row(row, 22)
        style = self._head()
        start = 0

        def begins(place: int) -> bool:
            own = columns[place].group
            return place == 0 or place in breaks or not own or own != columns[place - 1].group

        for place, column in enumerate(columns):
            first = begins(place)
            if first:
                start = place
                sheet.write_string(row, place, column.group or column.name, style)
            else:
                sheet.write_blank(row, place, None, style)
            if not column.group:
                sheet.merge.append([row, place, row + 1, place])
            elif place > start and (place + 1 == len(columns) or begins(place + 1)):
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

    def page(
        self,
        sheet: Worksheet,
        *,
        header_row: int,
        widths: Sequence[float],
        named: int = 1,
        last_header: int = 0,
        mark: str = "",
    ) -> list[int]:
        """Landscape, header repeated, page numbers; panes frozen under the header. Answers the columns that begin a further page.

        One A4 page wide, or one A3 page, as long as that leaves 9 pt; else several A4 pages beside one another, with the first
        ``named`` columns, which say whose row it is, on each. ``mark`` stands at the foot of every page, beside its number.
        """
        last_header = max(header_row, last_header)
        paper, breaks = spread(widths, named)
        sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        if breaks:
            sheet.set_print_scale(SMALLEST)
            sheet.set_v_pagebreaks(breaks)
            sheet.repeat_columns(0, named - 1)
            sheet.print_across()
        else:
            sheet.center_horizontally()
            sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(header_row, last_header)
        left = f"&L&9{mark[:150].replace('&', '&&')}" if mark else ""
        sheet.set_footer(f"{left}&C第 &P 页　共 &N 页", {"scale_with_doc": False})
        sheet.freeze_panes(last_header + 1, named if breaks else 0)
        return breaks

    def body(self, column: Column | None, tone: str = "") -> Format:
        is_open = column is not None and column.key in self.open
        shape = (column.kind, column.places, column.shape) if column else ("", None, "")
        key = (*shape, tone, is_open)
        if key not in self._bodies:
            self._bodies[key] = self._body(column, tone, is_open=is_open)
        return self._bodies[key]

    def _body(self, column: Column | None, tone: str, *, is_open: bool) -> Format:
        wanted: dict[str, Any] = {"border": 1, "text_wrap": True} | ({"locked": False} if is_open else {})
        if column is None:
            wanted |= {"align": "center"}
        elif column.kind == "date":
            wanted |= {"num_format": DATE_FORMAT, "align": "center"}
        elif column.kind in {"code", "text"}:
            wanted |= {"num_format": "@"}
        elif column.kind in {"yes_no", "choice"}:
            wanted |= {"align": "center"}
        elif column.shape:
            wanted |= {"num_format": column.shape}
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
            sheet.write_string(row, place, cut(str(value)), style)

    def begin(
        self,
        sheet: Worksheet,
        columns: Sequence[Column],
        *,
        title: str,
        line: Sequence[str] | None,
        named: int = 1,
        mark: str = "",
    ) -> int:
        """Title, perhaps a line, heads and page of a table; answers the row of its (lower) heads.

        A table of several pages has its title over the columns that are on each of them, where they have room for it.
        """
        top = 2 if line is not None else 1
        last_header = top + any(column.group for column in columns)
        widths = [column.width for column in columns]
        breaks = self.page(sheet, header_row=top, widths=widths, named=named, last_header=last_header, mark=mark)
        wide, first = bool(breaks), breaks[0] if breaks else len(columns)
        start = named if wide else 0
        room = sum(widths[:named])
        if wide and room >= _TITLE_ROOM:
            self.title(sheet, title, named - 1, width=room)
        else:
            self.title(sheet, title, first - 1, first=start)
        if line is not None:
            self.line(sheet, 1, line, first - 1, first=start, width=sum(widths[start:first]))
        return self.header(sheet, top, columns, breaks=breaks)

    def body_date(self, tone: str) -> Format:
        return self.body(_DAY, tone)

    def close(self) -> None:
        self.book.close()


_ALLOWED = dict.fromkeys(
    ("format_cells", "format_columns", "format_rows", "sort", "autofilter", "select_locked_cells", "objects"), True
)
"""What may be done to a locked sheet besides filling it in."""


def lines_of(text: str, width: float) -> int:
    """How many lines a text needs in a column: a Chinese character is as wide as two digits and a bit."""
    units = sum(2.1 if ord(letter) > 0xFF else 1.05 for letter in text)
    return max(1, math.ceil(units / max(width - 0.6, 2)))


def spread(widths: Sequence[float], named: int) -> tuple[int, list[int]]:
    """The paper for columns of these widths, and the columns with which a further page begins; pages as even as can be."""
    if sum(int(_DIGIT * width) + 5 for width in widths) <= _HOLDS[_A4]:
        return _A4, []
    pixels = [int(_WIDE_DIGIT * width) + 5 for width in widths]
    if sum(pixels) <= _HOLDS[_A3]:
        return _A3, []
    always = sum(pixels[:named])

    def broken(room: float) -> list[int]:
        breaks: list[int] = []
        used, start = always, named
        for place in range(named, len(pixels)):
            if used + pixels[place] > room and place > start:
                breaks.append(place)
                used, start = always, place
            used += pixels[place]
        return breaks

    widest = broken(_HOLDS[_A4])
    even = always + (sum(pixels) - always) / (len(widest) + 1)
    tries = (broken(even * (1 + step / 50)) for step in range(50))
    return _A4, next((found for found in tries if len(found) <= len(widest)), widest)


_DAY = Column("date", "日期", "date")


def cut(text: str) -> str:
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
    behind: "Callable[[Writer], None]"
    """Writes further sheets, after the rows were counted."""
    lists: bool
    """Drop-down lists and the like in the columns that are taken back."""
    locked: bool
    """What isn't taken back can't be typed into (without a password: it is a help, not a lock)."""


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
    head = [Column("_ordinal", ORDINAL, width=6), *columns]
    for place, column in enumerate(head):
        sheet.set_column(place, place, column.width)
    top = writer.begin(sheet, head, title=title, line=around.get("line", ()), named=1 + table.named, mark=mark)
    if mark:
        writer.book.set_properties({"title": title, "comments": mark})
    kept = writer.book.add_worksheet(SNAPSHOT) if snapshot else None
    if kept is not None:
        kept.very_hidden()
        kept.write_row(0, 0, [column.key for column in columns])
    lists = writer.book.add_worksheet(LISTS) if around.get("lists") else None
    if around.get("locked"):
        writer.open = frozenset(column.key for column in table.readable[1:])
        sheet.protect("", _ALLOWED)
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
                kept.write_string(count, place - 1, cut(shown(column, plain)))
            if column.total and plain is not None:
                sums[column.key] = sums.get(column.key, Decimal(0)) + Decimal(str(plain))
        if progress is not None and count % 500 == 0:
            progress(count)
    if lists is not None:
        lists.very_hidden()
        for place, column in enumerate(columns, 1):
            if not column.read_only:
                validate(sheet, place, column, rows=(top + 1, top + max(count, 1)), lists=lists)
    if total:
        last_line = {columns[0].key: f"{count} 项"} | (total() if callable(total) else sums)
        _total(writer, sheet, table, top + count + 1, last_line)
    if foot := around.get("foot", ()):
        # Not merged: the reader would find the text under every head.
        at = top + count + (2 if total else 1)
        sheet.set_row(at, 30)
        sheet.write_string(at, 0, "　　　　".join(foot), writer.format())
    if behind := around.get("behind"):
        behind(writer)
    writer.close()
    return count


def add_sheet(
    writer: Writer,
    name: str,
    heads: Sequence[Column],
    rows: Iterable[dict[str, Any]],
    *,
    title: str,
    line: Sequence[str],
) -> None:
    """One sheet of a workbook of several: title, line, heads, rows."""
    sheet = writer.book.add_worksheet(name)
    for place, column in enumerate(heads):
        sheet.set_column(place, place, column.width)
    top = writer.begin(sheet, heads, title=f"{title}：{name}", line=line)
    for at, row in enumerate(rows, top + 1):
        for place, column in enumerate(heads):
            writer.value(sheet, at, place, column, row.get(column.key))


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
