"""A plan issued as a table: 序号 | 工作任务 | 具体措施 | 责任单位 | 完成时限, one task a row.

Turns rows into a heading and lines below it, for `layout` to go on with. A row with one filled cell is a heading or a line of
its own; a row without a number goes on with the row above, as merged cells do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dudao.calc.worktext.characters import compact
from dudao.calc.worktext.labels import Label, label_of, value_of
from dudao.calc.worktext.traced import Traced

_NUMBER_HEADS = frozenset({"序号", "编号", "号", "项次"})
_TASK_HEADS = ("任务", "事项", "要点", "项目", "工作", "内容", "目标")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds the number and which names the task."""

    number: int
    task: int


def find_columns(row: Traced) -> Columns | None:
    """The columns of a table of tasks, when this row is its head."""
    names = [compact(cell.text) for cell in _cells(row)]
    number = next((at for at, name in enumerate(names) if name in _NUMBER_HEADS), None)
    task = next((at for at, name in enumerate(names) if any(word in name for word in _TASK_HEADS)), None)
    if number is None or task is None:
        return None
    return Columns(number, task)


def read_row(row: Traced, columns: Columns) -> Iterator[tuple[Traced, Label | None]]:
    """The lines a row stands for; the first one has a label when a task or a section begins."""
    cells = _cells(row)
    filled = [cell for cell in cells if cell]
    if len(filled) == 1:
        yield filled[0], label_of(filled[0].text)
        return
    mark = cells[columns.number] if columns.number < len(cells) else Traced()
    number = value_of(mark.text.rstrip(".、．"))
    rest = [cell for at, cell in enumerate(cells) if cell and at not in (columns.number, columns.task)]
    task = cells[columns.task] if columns.task < len(cells) else Traced()
    if number:
        yield mark + task, Label("digit_dot", number, len(mark))
    else:
        rest = [cell for cell in (mark, task) if cell] + rest
    for cell in rest:
        yield cell, None


def _cells(row: Traced) -> Sequence[Traced]:
    cells: list[Traced] = []
    start = 0
    for text in row.text.split("\t"):
        cells.append(row.cut(start, start + len(text)).strip())
        start += len(text) + 1
    return cells
