"""An indicator system out of the tables of a workbook or a document: where the tables are, and what their columns mean.

What was concluded rather than read is a `Guess`, which a person may take back. Nothing is filled in silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from dudao.calc.numerals import hanzi_of
from dudao.core.sheets import SheetError
from dudao.frameworks.exchange import settings
from dudao.frameworks.exchange.blank import GUIDE
from dudao.frameworks.exchange.columns import Choice, choice_of, chosen_head, likely_choice, shown_table
from dudao.frameworks.exchange.drafts import Table
from dudao.frameworks.exchange.grid import Grid, read_grids
from dudao.frameworks.exchange.heads import Head, find_head
from dudao.frameworks.exchange.rows import Rows
from dudao.frameworks.exchange.word_part import plain, read_word_part

MAX_NODES: Final = 2_000
_CAPTION: Final = re.compile(r"^附[件表录]")
_TITLE: Final = re.compile(r"体系|标准|细则|方案|评分表|评估|考核|评价|检查")


def read_tables(data: bytes, name: str, choices: Mapping[str, Choice] | None = None) -> Table:
    """Read a file; raises `SheetError` when the file as a whole can't be an indicator system.

    ``choices``: what a person said the columns of each table mean; without it the heads are guessed. Where no head is found
    the answer is a table without indicators that is unsure and shows its columns.
    """
    grids = read_grids(data, name)
    table = Table(title=PurePath(name).stem[:80])
    grids = _settings(table, grids)
    last: tuple[Grid, Head] | None = None
    found: list[tuple[Grid, Head, int]] = []
    for grid in grids:
        table.notes += grid.notes
        head = find_head(grid)
        if choices is not None and not table.exact:
            head = chosen_head(grid, choices[grid.name], head) if grid.name in choices else None
        if head is not None:
            last = (grid, head)
            found.append((grid, head, head.bottom + 1))
        elif last is not None and choices is None and not grid.is_sheet and grid.width == last[0].width:
            found.append((grid, last[1], 0))  # Word parts a table in two where a page ends
        elif grid.name != GUIDE and any(any(cell.strip() for cell in row) for row in grid.rows):
            table.shown.append(shown_table(grid, likely_choice(grid) if choices is None else Choice(0)))
            if found or choices is not None:
                table.notes.append(f"{_called(grid)}没有读取。")
    if not found and not table.shown:
        hidden = next((note for note in table.notes if note.startswith("隐藏的工作表")), "")
        raise SheetError(
            f"表里没有文字。{hidden}如果表格是图片或扫描件，请用可以编辑的原文件；如果还没有填，请填写后再上传。"
        )
    if not found:
        table.is_unsure = True
        return table
    for grid, _, _ in found:
        grid.is_only = len(found) == 1
    table.title = _title(found[0][0], found[0][1]) or table.title
    if not found[0][0].is_sheet and choices is None:
        table.own = read_word_part(data)
        if table.own is not None and plain(table.own.root.name) in map(plain, found[0][0].before):
            table.title = table.own.root.name
    for grid, head, start in found:
        rows = Rows(table, grid, head, start, len(found) > 1)
        rows.read()
        if not table.exact and (start or choices is not None):
            table.shown.append(shown_table(grid, choice_of(head, rows.levels, rows.wording)))
            table.notes += _unread(grid, head)
    count = sum(1 for draft in table.drafts for _ in draft.walk())
    if not count:
        raise SheetError("表头下面没有指标。请填写后再上传。")
    if count > MAX_NODES:
        raise SheetError(
            f"表里有 {count} 个指标，一次最多导入 {MAX_NODES} 个。请检查是否选错了文件，或分成几个指标体系。"
        )
    return table


def _unread(grid: Grid, head: Head) -> list[str]:
    """What of a head is not understood, or not there."""
    notes = []
    if names := list(dict.fromkeys(head.unknown)):
        more = f"等 {len(names)} 列" if len(names) > 8 else ""
        notes.append(
            f"{_called(grid)}有看不懂的列，没有读取：{'、'.join(name[:20] for name in names[:8])}{more}。"
            "要读取的，请在“列的含义”里选择。"
        )
    if head.skipped:
        levels = "、".join(f"{hanzi_of(level)}级" for level in head.skipped)
        notes.append(f"{_called(grid)}没有{levels}指标的列，它的下级直接归在上一级之下。")
    return notes


def _called(grid: Grid) -> str:
    return f"工作表“{grid.name}”" if grid.is_sheet else grid.name


def _settings(table: Table, grids: list[Grid]) -> list[Grid]:
    """Take the sheet of settings out, if it is one that the platform wrote."""
    for grid in grids:
        if grid.is_sheet and grid.name == settings.SHEET:
            rows = [[grid.text(row, column) for column in range(4)] for row in range(len(grid.rows))]
            head = next((at for at, row in enumerate(rows) if tuple(row) == settings.HEAD), None)
            if head is None or settings.MARK not in [tuple(row) for row in rows]:
                continue
            try:
                table.whole, table.nodes = settings.read_settings(rows[head + 1 :])
            except settings.SettingsError as error:
                raise SheetError(f"工作表“{grid.name}”第 {head + 2 + error.row} 行：{error}") from None
            table.exact = True
            return [other for other in grids if other is not grid]
    return grids


def _title(grid: Grid, head: Head) -> str:
    lines = [*grid.before] if grid.before else []
    for row in range(head.top):
        texts = [grid.text(row, column) for column in range(grid.width)]
        lines += [text for text in texts if text][:1]
    lines = ["".join(line.split()) for line in lines if not _CAPTION.match(line.strip()) and len(line) <= 80]
    return next((line for line in lines if _TITLE.search(line)), lines[0] if lines else "")
