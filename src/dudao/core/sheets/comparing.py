"""A sheet that comes back: which cells were filled in differently, which of them may be, what has happened meanwhile.

An export with a snapshot keeps what it showed, so that what somebody changed by hand can be told from what happened on the platform
since: the one is taken over, the other never overwritten. Rows are told by their number, whose last part is the key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from dudao.core.sheets.columns import Column, Table
from dudao.core.sheets.problems import Problem
from dudao.core.sheets.reading import Reading, Row


class Change(TypedDict):
    """One cell that was filled in differently. ``row`` is the key of the object, ``line`` the row of the sheet."""

    row: int
    line: int
    label: str
    column: str
    before: str
    after: str


@dataclass(slots=True)
class Comparison:
    """What a sheet that was brought says: what to change (cells or new rows), what is wrong, what is worth saying."""

    rows: int
    changes: list[Any]
    problems: list[Problem]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the app knows of its rows.

    ``number``: how a row is told in sheets, the text of the column ``number``; ``label``: what a person calls it. ``shown``: how
    the present value of a cell may read, the plain one first (a telephone may also stand there masked). ``why_not``: the reason
    against a new text in a cell, or nothing. ``page``: where other columns are changed («任务页面»).
    """

    number: Callable[[Any], str]
    label: Callable[[Any], str]
    shown: Callable[[Any, Column], tuple[str, ...]]
    why_not: Callable[[Any, Column, str], str]
    page: str


def compare(
    table: Table,
    reading: Reading,
    snapshot: Mapping[str, Mapping[str, str]] | None,
    rows: Mapping[int, Any],
    rules: Rules,
) -> Comparison:
    """Compare a sheet with its own copy and with the platform. ``rows`` are those of its numbers that the actor may see, by key.

    The column ``number`` must be the table's first. Every other column that is not ``read_only`` may be filled in.
    """
    found = Comparison(len(reading.rows), [], list(reading.problems), list(reading.notes))
    if snapshot is None:
        found.notes.append(
            "文件里没有导出时的底稿（可能是另建的表格），只能与平台现在的内容比较；其他列的改动不会读取。"
        )
    seen: dict[int, int] = {}
    for line in reading.rows:
        number = str(line.values.get("number") or "")
        if not number:
            continue
        row = rows.get(key_of(number))
        if row is None or rules.number(row) != number:
            found.problems.append(
                line.problem(
                    "编号", f"是“{number}”，平台里没有这一项，或不在您的范围内。请按导出的台账填写，不要改编号"
                )
            )
            continue
        key = key_of(number)
        if key in seen:
            # Which of them is meant nobody can tell: neither is taken.
            found.problems.append(line.problem("编号", f"与第 {seen[key]} 行相同，请删除其中一行"))
            found.problems.append(Problem(seen[key], "编号", f"“编号”与第 {line.number} 行相同，请删除其中一行"))
            continue
        seen[key] = line.number
        kept = snapshot.get(number) if snapshot is not None else None
        if kept is not None:
            found.problems += [
                line.problem(
                    column, f"不能在台账里修改，请恢复为“{kept[column.key] or '空'}”，需要变动的请在{rules.page}办理"
                )
                for column in table.columns
                if column.read_only
                and column.key in line.texts
                and normal(line.texts[column.key]) != normal(kept.get(column.key, ""))
            ]
        for column in table.readable:
            if column.key != "number" and column.key in line.values:
                _cell(row, line, column, kept=kept, rules=rules, found=found)
    return found


def _cell(
    row: Any, line: Row, column: Column, *, kept: Mapping[str, str] | None, rules: Rules, found: Comparison
) -> None:
    """One cell: what it was in the file, what it is there now, what it is on the platform now."""
    after = normal(line.texts[column.key])
    shown = tuple(normal(text) for text in rules.shown(row, column))
    now = shown[0]
    before = normal(kept.get(column.key, "")) if kept is not None else now
    if after == before or after in shown:
        return
    if before not in shown:
        found.problems.append(
            line.problem(
                column, f"在台账导出之后已被改为“{now or '空'}”，与您填写的不同。请重新导出台账，在新的台账上填写"
            )
        )
        return
    reason = rules.why_not(row, column, after)
    if reason:
        found.problems.append(line.problem(column, f"不能修改：{reason}"))
        return
    key = key_of(rules.number(row))
    label = rules.label(row)
    found.changes.append(Change(row=key, line=line.number, label=label, column=column.key, before=now, after=after))


def key_of(number: str) -> int:
    """The key in a number, 0 when there is none."""
    tail = number.rpartition("-")[2]
    return int(tail) if tail.isascii() and tail.isdecimal() and len(tail) < 18 else 0


def normal(text: Any) -> str:
    """A text as compared: spreadsheet programs write line breaks in three ways and lose spaces at the ends."""
    return str(text or "").replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()
