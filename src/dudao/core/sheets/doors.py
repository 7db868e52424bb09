"""Where each of the platform's own sheets belongs, so that one that is brought to the wrong place is told where to go.

Otherwise every row of a ledger would be a fault of the list it was taken for.
"""

from dudao.core.sheets.cells import fold
from dudao.core.sheets.columns import Table
from dudao.core.sheets.opening import Book

_WITHIN = 20
_CLEARLY = 4
"""By how many heads a renamed sheet must look more like another table than like the one that was asked for."""

_DOORS: dict[str, tuple[str, Table | None]] = {}


def belongs(name: str, where: str, table: Table | None = None) -> None:
    """A sheet of this name is brought «where» (the end of a sentence); ``table`` tells it when somebody renamed it."""
    _DOORS[name] = (where, table)


def wrong_door(book: Book, table: Table) -> str:
    """What is said of a workbook that holds another of the platform's sheets than ``table``; empty when it may be the right one."""
    if table.name in book.visible:
        return ""
    for name in book.visible:
        if name in _DOORS:
            return f"这是{name}，{_DOORS[name][0]}。"
    heads = _heads(book)
    own = len(heads & _names(table))
    for name, (where, other) in _DOORS.items():
        if other is not None and name != table.name and len(heads & _names(other)) >= own + _CLEARLY:
            return f"这像是{name}，{where}。"
    return ""


def _names(table: Table) -> set[str]:
    return {fold(name) for column in table.columns for name in (column.name, *column.aliases)}


def _heads(book: Book) -> set[str]:
    sheet, _ = book.sheet(book.visible[0])
    rows = sheet.to_python(skip_empty_area=False, nrows=_WITHIN)
    return {fold(cell) for row in rows for cell in row if isinstance(cell, str)} - {""}
