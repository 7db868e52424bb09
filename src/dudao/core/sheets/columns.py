"""One declaration of a table serves its template, its reading, its export and its error copy, so that they can't differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dudao.core.sheets.cells import PARSERS, choose, fold

ERROR_COLUMN = "错误原因"
ORDINAL = "序号"
"""Columns that the platform writes itself: never unknown when they come back, never read."""

SNAPSHOT = "底稿"
"""The hidden sheet that says what an export had in its cells, so that a change by hand can be told from a change since."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value to be written with a tone (grey, blue, amber, red, green, purple): colour beside the word, never instead of it."""

    value: Any
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``key`` names the value in code, ``name`` stands in the header row; ``kind`` is text, code (text that keeps its digits),
    integer, decimal, date, yes_no, choice or choices (several, parted by 、). ``choices`` maps stored keys to labels.
    ``limit`` is the greatest length of a text. ``check`` is asked last: it answers the (perhaps normalised) value or raises
    ``ValueError`` with a reason that continues «“列名”…». ``read_only`` columns are exported for the eye and not read back;
    ``aliases`` are other headings that offices use; ``total`` columns are summed by an export. ``width`` is in characters.
    ``places``: how many decimals a number shows (the cell keeps them all); ``bounds``: between which whole numbers it lies;
    ``shape``: how else a spreadsheet writes them («0.00»).
    Neighbours of the same ``group`` stand under one common head; give a group no name that a column has.
    """

    key: str
    name: str
    kind: str = "text"
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    width: float = 14
    example: str = ""
    help: str = ""
    limit: int = 0
    check: Callable[[Any], Any] | None = None
    aliases: tuple[str, ...] = ()
    read_only: bool = False
    total: bool = False
    group: str = ""
    places: int | None = None
    bounds: tuple[int, int] | None = None
    shape: str = ""

    def __post_init__(self) -> None:
        if self.kind not in {*PARSERS, "choice", "choices"}:
            raise ValueError(f"column {self.name}: unknown kind {self.kind}")
        if (self.kind in {"choice", "choices"}) != bool(self.choices):
            raise ValueError(f"column {self.name}: choices go with the kind choice")

    def parse(self, value: Any) -> Any:
        """The typed value of a cell, None when it is empty. Raises ``ValueError`` with the reason."""
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.required:
                raise ValueError("没有填写，此列必填")
            return None
        parsed: Any
        if self.kind == "choice":
            parsed = choose(value, self.choices)
        elif self.kind == "choices":
            pieces = [piece for piece in str(value).replace("，", "、").replace(",", "、").split("、") if piece.strip()]
            parsed = [choose(piece, self.choices) for piece in pieces]
        else:
            parsed = PARSERS[self.kind](value, self.limit)
        if self.bounds is not None and not self.bounds[0] <= parsed <= self.bounds[1]:
            raise ValueError(f"是 {parsed}，应在 {self.bounds[0]} 到 {self.bounds[1]} 之间")
        return self.check(parsed) if self.check else parsed


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a workbook: the sheet's name and its columns. ``total_word`` marks rows that are sums, skipped when read.

    ``named``: how many of the first columns say whose row it is; they are repeated where a table is several pages wide.
    """

    name: str
    columns: Sequence[Column]
    total_word: str = "合计"
    named: int = 1

    def __post_init__(self) -> None:
        names = [fold(name) for column in self.columns for name in (column.name, *column.aliases)]
        if len(set(names)) != len(names) or len({column.key for column in self.columns}) != len(self.columns):
            raise ValueError(f"table {self.name}: a column is declared twice")

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    @property
    def readable(self) -> list[Column]:
        return [column for column in self.columns if not column.read_only]
