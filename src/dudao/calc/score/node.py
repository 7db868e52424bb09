"""The result of one node in every row."""

from __future__ import annotations

from dataclasses import dataclass

from dudao.calc.expr import Numbers, Texts


@dataclass(slots=True)
class NodeScore:
    """One node's result in every row.

    ``mark`` is ``None`` where only levels are judged. ``possible``: the full points that apply, of length one if the
    same everywhere. ``may_be_out``: some row may be NOT_APPLICABLE.
    """

    mark: Numbers | None
    possible: Numbers
    level: Texts | None
    may_be_out: bool = False

    def row(self, row: int) -> NodeScore:
        rows = slice(row, row + 1)
        return NodeScore(
            None if self.mark is None else self.mark.take(rows),
            self.possible if len(self.possible) == 1 else self.possible.take(rows),
            None if self.level is None else self.level.take(rows),
            self.may_be_out,
        )

    def with_row(self, row: int, one: NodeScore, size: int) -> NodeScore:
        """A copy in which one row is that of a result of length one."""
        possible = self.possible
        if len(possible) > 1 or one.may_be_out or possible.at(0) != one.possible.at(0):
            possible = possible.spread(size).with_row(row, one.possible)
        return NodeScore(
            None if self.mark is None or one.mark is None else self.mark.with_row(row, one.mark),
            possible,
            None if self.level is None or one.level is None else self.level.with_row(row, one.level),
            self.may_be_out or one.may_be_out,
        )
