"""The list that is drawn from: a table whose first column identifies, in one canonical form whatever file it came in. Pure.

The digest of a frame is the same for a workbook and a text file of the same rows in any order; docs/calculations/draws.md says
how to compute it without us.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

MOST_NAMED = 5
EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number: a longer identifier typed as a number is already another one."""
ERROR_CELL = "#错误值"
"""What a formula that failed reads as (`core.sheets.grid_of`)."""


class FrameError(ValueError):
    """A table that nobody can draw from; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Frame:
    """``rows`` by rising identifier, each as long as ``columns``; all cells are canonical text (`plain`)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        """The canonical serialisation: the heads, then the rows; cells parted by tabs, every line ended by a line feed."""
        return "".join("\t".join(row) + "\n" for row in (self.columns, *self.rows))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical serialisation in UTF-8, 64 hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def strata(self, column: str = "", without: Mapping[str, str] | None = None) -> dict[str, list[str]]:
        """The identifiers by what stands in ``column``, less those of ``without``; one stratum "" where no column is named.

        A stratum all of whose members are left out stays, empty. Raises `FrameError` for a column that isn't there and for a
        cell of it that is empty.
        """
        if column and column not in self.columns:
            known = "、".join(self.columns)
            raise FrameError(f"表里没有“{column}”这一列，不能按它分层。现有的列：{known}。")
        place = self.columns.index(column) if column else None
        found: dict[str, list[str]] = {} if column else {"": []}
        blank = []
        for row in self.rows:
            name = "" if place is None else row[place]
            if place is not None and not name:
                blank.append(row[0])
                continue
            members = found.setdefault(name, [])
            if row[0] not in (without or {}):
                members.append(row[0])
        if blank:
            raise FrameError(f"“{column}”这一列有空格子，不知道属于哪一层：{_named(blank)}。请补填。")
        return {name: found[name] for name in sorted(found)}

    def sizes(self, column: str, without: Mapping[str, str] | None = None) -> dict[str, Fraction]:
        """The number in ``column`` by identifier, exact, less those of ``without``. Raises `FrameError` for a column that isn't
        there and for cells of it that are no number from 0 on.
        """
        if column not in self.columns:
            raise FrameError(f"表里没有“{column}”这一列，不能按它的规模抽取。现有的列：{'、'.join(self.columns)}。")
        place = self.columns.index(column)
        rows = [row for row in self.rows if row[0] not in (without or {})]
        wrong = [row[0] for row in rows if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", row[place], re.ASCII)]
        if wrong:
            raise FrameError(
                f"“{column}”这一列应当都是不小于 0 的数，这些不是：{_named(wrong)}。请补填，或写明理由排除它们。"
            )
        return {row[0]: Fraction(row[place]) for row in rows}


def plain(cell: Any) -> str:
    """A cell as canonical text. Raises ``ValueError`` with the end of a sentence for what has none.

    Whole numbers without a point, other numbers by at most 15 significant digits without an exponent, days as 2026-03-05, yes
    and no as TRUE and FALSE. Text in Unicode's form NFC, each run of white space one blank, none at the ends.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            raise ValueError("不是数")
        return str(int(cell)) if cell == int(cell) else format(Decimal(format(cell, ".15g")), "f")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    text = " ".join(unicodedata.normalize("NFC", str(cell)).split())
    if text == ERROR_CELL:
        raise ValueError("是出错的公式，请改为直接填写的值")
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in text):
        raise ValueError("里有看不见的字符，请删除后重新填写")
    return text


def frame_of(cells: Sequence[Sequence[Any]]) -> Frame:
    """The frame in a table's cells, as they were read; rows without content don't count, the first that has some holds the heads.

    Raises `FrameError`: no rows, a column without a head or with another's, content beside the heads, a cell that can't be
    written as text, an identifier that is empty, given twice, like another but for the width or case of its letters, or spoilt by
    having been a number of more than 15 digits.
    """
    columns: tuple[str, ...] = ()
    rows: dict[str, tuple[str, ...]] = {}
    lines: dict[str, int] = {}
    alike: dict[str, str] = {}
    for line, cells_of_row in enumerate(cells, 1):
        row = _row(cells_of_row, line)
        if not row:
            continue
        if not columns:
            columns = _heads(row, line)
            continue
        if len(row) > len(columns):
            raise FrameError(f"第 {line} 行第 {len(row)} 列有内容，但这一列没有列名。请补上列名或删除内容。")
        key = row[0]
        first = cells_of_row[0]
        if isinstance(first, int | float) and not isinstance(first, bool) and abs(first) >= EXACT:
            raise FrameError(
                f"第 {line} 行的编号被当作数字保存，15 位以后已经失真。请把第一列设为“文本”格式后重新填写。"
            )
        if not key:
            raise FrameError(f"第 {line} 行的编号（第一列“{columns[0]}”）是空的。每一行都要有编号，请补填。")
        if key in rows:
            raise FrameError(
                f"编号“{key}”出现了两次：第 {lines[key]} 行和第 {line} 行。同一个对象只能列一次，请删除一行。"
            )
        like = alike.setdefault(unicodedata.normalize("NFKC", key).casefold(), key)
        if like != key:
            raise FrameError(
                f"第 {lines[like]} 行的编号“{like}”和第 {line} 行的“{key}”只是全角半角或大小写不同，会被当作两个对象。"
                "请核对：是同一个的删除一行，不是的改成看得出不同的编号。"
            )
        lines[key] = line
        rows[key] = (*row, *[""] * (len(columns) - len(row)))
    if not rows:
        raise FrameError("表里没有可以抽取的对象：第一行是列名，从第二行起每行一个对象，第一列是编号。")
    return Frame(columns, tuple(rows[key] for key in sorted(rows)))


def _row(cells: Sequence[Any], line: int) -> tuple[str, ...]:
    """A row as canonical text, without the empty cells at its end."""
    found = []
    for place, cell in enumerate(cells, 1):
        try:
            found.append(plain(cell))
        except ValueError as reason:
            raise FrameError(f"第 {line} 行第 {place} 列{reason}。") from reason
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _heads(row: tuple[str, ...], line: int) -> tuple[str, ...]:
    if "" in row:
        raise FrameError(f"第 {line} 行是列名，第 {row.index('') + 1} 列没有列名。请补上，或删除空列。")
    twice = next((name for name in row if row.count(name) > 1), None)
    if twice is not None:
        raise FrameError(f"列名“{twice}”出现了两次，请改名或删除一列。")
    return row


def _named(keys: Sequence[str]) -> str:
    shown = "、".join(keys[:MOST_NAMED])
    return f"{shown} 等 {len(keys)} 个" if len(keys) > MOST_NAMED else shown
