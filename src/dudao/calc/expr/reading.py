"""Cells that people typed, or that a workbook holds, → a `Table`, with every problem named by row and column.

A cell that can't be used is reported and counts as absent: nothing is guessed. Which columns a sheet has and how its
rows are matched with units is left to the callers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np

from dudao.calc.expr.catalogue import Catalogue, Item, Kind
from dudao.calc.expr.lexer import normal_name
from dudao.calc.expr.numbers import Numbers
from dudao.calc.expr.states import State
from dudao.calc.expr.syntax import decimal_text
from dudao.calc.expr.table import Column, Table
from dudao.calc.expr.words import Texts, Truths

NOT_APPLICABLE: Final = "不适用"
_EMPTY: Final = frozenset({"", "—", "-", "/", "无数据", "未填"})
_YES: Final = frozenset({"是", "有", "√", "1", "true", "yes", "y", "达标"})
_NO: Final = frozenset({"否", "无", "×", "0", "false", "no", "n", "未达标"})
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_NUMBERS: Final = frozenset(kind for kind in Kind if kind.is_number)
_MOST: Final = Decimal(10) ** 30
_PLACES: Final = 30


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One faulty cell, or a row or column as a whole. ``is_error`` is False for what is read as it stands but should be
    looked at; ``subject``: whose row it is, where that is known."""

    row: int
    column: str
    message: str
    subject: str = ""
    is_error: bool = True

    @property
    def sentence(self) -> str:
        where = f"第 {self.row} 行" if self.row else ""
        return f"{where}“{self.column}”{self.message}" if self.column else f"{where}{self.message}"

    def data(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "subject": self.subject, "message": self.sentence}


@dataclass(frozen=True, slots=True)
class Reading:
    table: Table
    problems: tuple[CellProblem, ...]

    @property
    def errors(self) -> tuple[CellProblem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)


def read_table(
    catalogue: Catalogue,
    rows: Sequence[Mapping[str, object]],
    first_row: int = 2,
    required: Sequence[str] = (),
) -> Reading:
    """One row a unit. Keys that are no reported item are left alone (names, codes, remarks).

    ``first_row``: the number of the first row in the sheet, for messages. ``required``: items that must have a column
    and a value in every row.
    """
    headers = dict.fromkeys(name for row in rows for name in row)
    present = {normal_name(str(header)): header for header in headers}
    problems: list[CellProblem] = []
    columns: dict[str, Column] = {}
    wanted = {normal_name(name) for name in required}
    for name, item in catalogue.items.items():
        if item.formula:
            continue
        if name not in present:
            if name in wanted:
                problems.append(CellProblem(first_row - 1, item.name, "这一列没有，请补上这一列"))
            continue
        cells = [row.get(present[name]) for row in rows]
        columns[name] = read_column(item, cells, problems, first_row, name in wanted)
    problems.sort(key=lambda problem: problem.row)
    return Reading(Table(catalogue, len(rows), columns), tuple(problems))


def read_column(
    item: Item, cells: Sequence[object], problems: list[CellProblem], first_row: int = 1, is_required: bool = False
) -> Column:
    """The column of one item; appends to ``problems``."""
    values: list[Any] = []
    # Most columns hold few different cells; 1, True and 1.0 are equal but not the same answer.
    seen: dict[tuple[type, object], tuple[Any, str, bool]] = {}
    for number, cell in enumerate(cells):
        key = (type(cell), cell)
        found = seen.get(key)
        if found is None:
            found = seen[key] = _looked_at(item, cell, is_required)
        value, message, is_error = found
        if message:
            problems.append(CellProblem(first_row + number, item.name, message, is_error=is_error))
        values.append(value)
    return column_of(item, values)


def _looked_at(item: Item, cell: object, is_required: bool) -> tuple[Any, str, bool]:
    """A cell's value, what to say about it («» for nothing), and whether that is an error."""
    try:
        value = read_cell(item, cell)
    except ValueError as error:
        return None, str(error), True
    if value is None and is_required:
        return None, "没有填，请填写", True
    if item.is_percent and isinstance(value, Decimal) and 0 < value <= Decimal("0.01"):
        as_read, meant = _plain(value * 100), _plain(value * 10000)
        return value, f"按 {as_read}% 读取；如果是 {meant}%，请填 {meant}", False
    return value, "", False


def _plain(value: Decimal) -> str:
    return decimal_text(Fraction(value))


def column_of(item: Item, values: Sequence[Any]) -> Column:
    """The column of values that `read_cell` has returned."""
    gone = [number for number, value in enumerate(values) if value == NOT_APPLICABLE and item.may_not_apply]
    known = [None if value == NOT_APPLICABLE else value for value in values] if gone else values
    column: Column
    if item.kind.is_number:
        column = Numbers.of(known, item.absent)
    elif item.kind is Kind.TRUTH:
        column = Truths.of(known, item.absent)
    else:
        column = Texts.of(known, item.absent)
    if gone:
        state = column.state.copy()
        state[np.array(gone)] = State.NOT_APPLICABLE
        column = column.with_state(state)
    return column


def read_cell(item: Item, cell: object) -> Decimal | bool | str | None:
    """One cell's value, ``None`` for an empty one; raises ``ValueError`` with «…，请填…» to follow row and column."""
    if isinstance(cell, str):
        cell = cell.strip()
        if cell in _EMPTY:
            return None
        if cell == NOT_APPLICABLE and item.may_not_apply:
            return NOT_APPLICABLE
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if item.kind in _NUMBERS:
        return _number(item, cell)
    if item.kind is Kind.TRUTH:
        return _truth(cell)
    text = format(cell, "g") if isinstance(cell, float) else str(cell)
    if item.options and text not in item.options:
        raise ValueError(f"是“{text[:20]}”，请从这些里选一个：{'、'.join(item.options)}")
    return text


def _truth(cell: object) -> bool:
    if isinstance(cell, bool):
        return cell
    text = format(cell, "g") if isinstance(cell, float) else str(cell)
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(f"是“{text[:20]}”，请填“是”或“否”")


def _number(item: Item, cell: object) -> Decimal:
    value = _decimal(item, cell)
    if abs(value) >= _MOST:
        raise ValueError("的数值过大，请核对")
    if value != value.to_integral_value() and value.as_tuple().exponent < -_PLACES:  # type: ignore[operator]  # finite
        raise ValueError(f"的小数位超过 {_PLACES} 位，请核对")
    if item.kind in (Kind.COUNT, Kind.AMOUNT) and value < 0:
        raise ValueError(f"是负数 {value:f}，请填 0 或正数")
    if item.kind is Kind.COUNT and value != value.to_integral_value():
        raise ValueError(f"是 {value:f}，请填整数")
    if item.least is not None and value < item.least:
        raise ValueError(f"是 {value:f}，不能小于 {item.least:f}")
    if item.most is not None and value > item.most:
        raise ValueError(f"是 {value:f}，不能大于 {item.most:f}")
    return value / 100 if item.is_percent else value


def _decimal(item: Item, cell: object) -> Decimal:
    if isinstance(cell, bool):
        raise ValueError(f"是“{'是' if cell else '否'}”，请填数字")  # noqa: TRY004  # all problems of cells are of one kind
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, Decimal):
        if not cell.is_finite():
            raise ValueError("不是一个数，请填数字")
        return cell
    if isinstance(cell, float):
        if math.isinf(cell):
            raise ValueError("不是一个数，请填数字")
        # A workbook stores binary fractions and shows 15 digits: those are what the person typed.
        return Decimal(format(cell, ".15g"))
    text = str(cell)
    if text in item.aliases:
        return item.aliases[text]
    text = normal_name(text)
    if item.is_percent:
        text = text.removesuffix("%")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if not _PLAIN.fullmatch(text):
        words = f"或{'、'.join(item.aliases)}" if item.aliases else ""
        raise ValueError(f"是文字“{str(cell)[:20]}”，请填数字{words}")
    return Decimal(text)
