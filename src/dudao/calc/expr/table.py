"""A table of data items: one row a unit, columns of exact values, the units below each row, and the year before.

Tables never change: `part` and `with_values` give new ones that share the columns they don't touch. Reading cells that
people typed is in `reading`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dudao.calc.expr.catalogue import Catalogue, Item
from dudao.calc.expr.ints import Index
from dudao.calc.expr.lexer import normal_name
from dudao.calc.expr.numbers import Numbers
from dudao.calc.expr.states import State
from dudao.calc.expr.words import Texts, Truths

Column = Numbers | Truths | Texts
"""A column of any kind."""


def unknown(kind: str, size: int, state: State) -> Column:
    """A column of a kind ("number", "truth", "text") that knows nothing."""
    states = np.full(size, state, np.uint8)
    if kind == "number":
        return Numbers.unknown(size, state)
    if kind == "truth":
        return Truths(np.zeros(size, np.bool_), states)
    return Texts(np.zeros(size, np.int32), ("",), states)


@dataclass(frozen=True, slots=True)
class Group:
    """The rows below: those of row i are ``starts[i]:starts[i + 1]`` of ``table``."""

    table: Table
    starts: Index


def kind_of(item: Item) -> str:
    """The kind of an item's column: "number", "truth" or "text"."""
    if item.kind.is_number:
        return "number"
    return "truth" if item.kind == "truth" else "text"


class Table:
    """Columns by item name. An item without a column is absent in every row."""

    __slots__ = ("_above", "_columns", "_derived", "_lower", "_previous", "_rows", "catalogue", "size")

    def __init__(
        self,
        catalogue: Catalogue,
        size: int,
        columns: Mapping[str, Column] | None = None,
        lower: Mapping[str, Group] | None = None,
        previous: tuple[Table, Index] | None = None,
    ) -> None:
        """``previous``: last year's table and for each row its row there, −1 for none."""
        self.catalogue = catalogue
        self.size = size
        self._columns: dict[str, Column] = {}
        for name, column in (columns or {}).items():
            key = normal_name(name)
            item = catalogue.items.get(key)
            if item is None:
                raise ValueError(f"没有数据项“{name}”。")
            if item.formula:
                raise ValueError(f"数据项“{name}”由公式算出，不能填报。")
            if len(column) != size:
                raise ValueError(f"“{name}”有 {len(column)} 行，应当是 {size} 行。")
            self._columns[key] = column
        self._lower = dict(lower or {})
        self._previous = previous
        self._derived: dict[str, Column] = {}
        self._above: Table | None = None
        self._rows = slice(0, size)

    def with_lower(self, scope: str, below: Table, parents: Sequence[int]) -> Table:
        """Hang ``below`` under this table: ``parents[k]`` is the row to which its row k belongs."""
        parent = np.asarray(parents, np.intp)
        if len(parent) != below.size or (parent.size and (parent.min() < 0 or parent.max() >= self.size)):
            raise ValueError(f"“{scope}”的每一行都应当属于本表的一行。")
        order = np.argsort(parent, kind="stable")
        starts = np.searchsorted(parent[order], np.arange(self.size + 1)).astype(np.intp)
        return self._copy(lower={**self._lower, scope: Group(below.reordered(order), starts)})

    def with_previous(self, table: Table, rows: Sequence[int]) -> Table:
        """Say what the year before was: ``rows[i]`` is where row i was then, −1 if it wasn't."""
        return self._copy(previous=(table, np.asarray(rows, np.intp)))

    def with_values(self, row: int, values: Mapping[str, Column]) -> Table:
        """A copy in which some cells of one row differ; each column given has one row."""
        copy = Table(self.catalogue, self.size)
        copy._above, copy._rows = self._above, self._rows
        copy._lower, copy._previous = self._lower, self._previous
        copy._columns = dict(self._columns)
        for name, value in values.items():
            key = normal_name(name)
            if key not in self.catalogue.items:
                raise ValueError(f"没有数据项“{name}”。")
            if self.catalogue.items[key].formula:
                raise ValueError(f"数据项“{name}”由公式算出，不能填报。")
            copy._columns[key] = self.column(key).with_row(row, value)  # type: ignore[arg-type]  # of one kind
        return copy

    def under(self, catalogue: Catalogue) -> Table:
        """The same values for another catalogue (another version): items of one name and kind keep theirs."""
        columns = {}
        for name in self.names():
            new, old = catalogue.items.get(name), self.catalogue.items[name]
            if new is not None and not new.formula and kind_of(new) == kind_of(old):
                columns[name] = self.column(name)
        lower = {}
        for scope, below in catalogue.lower.items():
            group = self.lower(scope)
            if group is not None:
                lower[scope] = Group(group.table.under(below), group.starts)
        previous = self.previous()
        past = None if previous is None else (previous[0].under(catalogue), previous[1])
        return Table(catalogue, self.size, columns, lower, past)

    def _copy(
        self,
        lower: Mapping[str, Group] | None = None,
        previous: tuple[Table, Index] | None = None,
    ) -> Table:
        columns = {name: self.column(name) for name in self.names()}
        kept = {scope: group for scope in self.catalogue.lower if (group := self.lower(scope)) is not None}
        return Table(self.catalogue, self.size, columns, lower or kept, previous or self.previous())

    def reordered(self, order: Index) -> Table:
        columns = {name: self.column(name).take(order) for name in self.names()}
        lower = {}
        for scope in self.catalogue.lower:
            group = self.lower(scope)
            if group is not None:
                sizes = np.diff(group.starts)[order]
                rows = [np.arange(group.starts[row], group.starts[row + 1]) for row in order]
                starts = np.concatenate([np.zeros(1, np.intp), np.cumsum(sizes, dtype=np.intp)])
                below = np.concatenate([np.zeros(0, np.intp), *rows])
                lower[scope] = Group(group.table.reordered(below), starts)
        previous = self.previous()
        return Table(
            self.catalogue, len(order), columns, lower, None if previous is None else (previous[0], previous[1][order])
        )

    # ---- reading --------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Items that have a column."""
        return list(self._columns if self._above is None else {**self._columns, **dict.fromkeys(self._above.names())})

    def column(self, name: str) -> Column:
        """A reported item's column."""
        found = self._columns.get(name)
        if found is None:
            name = normal_name(name)  # as in a document: with full-width brackets
            found = self._columns.get(name)
        if found is None:
            if self._above is None:
                item = self.catalogue.items[name]
                found = unknown(kind_of(item), self.size, item.absent)
            else:
                found = self._above.column(name).take(self._rows)
            self._columns[name] = found
        return found

    def derived(self, name: str, compute: Callable[[Table], Column]) -> Column:
        """A derived item's column, computed once."""
        found = self._derived.get(name)
        if found is None:
            found = self._derived[name] = compute(self)
        return found

    def lower(self, scope: str) -> Group | None:
        if self._above is None:
            return self._lower.get(scope)
        group = self._above.lower(scope)
        if group is None:
            return None
        starts = group.starts[self._rows.start : self._rows.stop + 1]
        return Group(group.table.part(int(starts[0]), int(starts[-1])), starts - starts[0])

    def previous(self) -> tuple[Table, Index] | None:
        if self._above is None:
            return self._previous
        previous = self._above.previous()
        return None if previous is None else (previous[0], previous[1][self._rows])

    def part(self, low: int, high: int) -> Table:
        """Rows low to high as a table of its own; nothing is copied until it is read."""
        part = Table(self.catalogue, high - low)
        part._above = self
        part._rows = slice(low, high)
        return part

    def row(self, row: int) -> Table:
        return self.part(row, row + 1)
