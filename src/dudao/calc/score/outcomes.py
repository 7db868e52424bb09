"""What came out for each subject, in one pass: total, rank, grade, first-level indicators, what is open, vetoes raised.

For tables, snapshots and exports; why a number is what it is says `dudao.calc.score.trace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from dudao.calc.expr import State
from dudao.calc.score.scores import ADOPTED, Scores, Sheet, exact_text


@dataclass(frozen=True, slots=True)
class Block:
    """A first-level indicator of one subject. ``possible``: the full points that apply."""

    mark: Fraction | None
    possible: Fraction | None
    level: str | None

    def data(self) -> dict[str, Any]:
        return {"mark": exact_text(self.mark), "possible": exact_text(self.possible), "level": self.level}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One subject. ``rank``: equal totals share one; none without a total or under a veto. ``open``: codes of leaves without a
    result; ``vetoes``: codes of those raised; ``totals``: by source, of each that gave marks."""

    total: Fraction | None
    possible: Fraction | None
    level: str | None
    rank: int | None
    grade: str | None
    blocks: Mapping[str, Block]
    open: tuple[str, ...]
    vetoes: tuple[str, ...]
    totals: Mapping[str, Fraction | None]

    def data(self) -> dict[str, Any]:
        """Plain data; numbers are exact texts («25/3» where no decimal is exact)."""
        return {
            "rank": self.rank,
            "total": exact_text(self.total),
            "possible": exact_text(self.possible),
            "level": self.level,
            "grade": self.grade,
            "blocks": {code: block.data() for code, block in self.blocks.items()},
            "open": list(self.open),
            "vetoes": list(self.vetoes),
            "totals": {key: exact_text(value) for key, value in self.totals.items()},
        }


def outcomes(scores: Scores, key: str = ADOPTED) -> list[Outcome]:
    """One for each row, on one sheet."""
    if not scores.size:
        return []
    sheet, size, tree = scores.sheet(key), scores.size, scores.tree
    totals = {source: scores.sheet(source).total.values() for source in scores.answers}
    blocks = {child.code: _block(sheet, child.code) for child in tree.root.children}
    root = _block(sheet, tree.root.code)
    grades = [None] * size if sheet.grade is None else sheet.grade.values()
    opened, vetoes, ranks = _open(sheet), sheet.vetoes(), sheet.ranks()
    return [
        Outcome(
            total=root[row].mark,
            possible=root[row].possible,
            level=root[row].level,
            rank=ranks[row],
            grade=grades[row],
            blocks={code: column[row] for code, column in blocks.items()},
            open=tuple(opened[row]),
            vetoes=tuple(vetoes[row]),
            totals={source: column[row] for source, column in totals.items()},
        )
        for row in range(size)
    ]


def _block(sheet: Sheet, code: str) -> list[Block]:
    level = sheet.level(code)
    levels = [None] * sheet.data.size if level is None else level.values()
    if sheet.system.tree.nodes[code].points is None:
        return [Block(None, None, found) for found in levels]
    marks, possible = sheet.mark(code).values(), sheet.possible(code).values()
    return [Block(*found) for found in zip(marks, possible, levels, strict=True)]


def _open(sheet: Sheet) -> list[list[str]]:
    """`Sheet.open_items` of all rows, column by column."""
    found: list[list[str]] = [[] for _ in range(sheet.data.size)]
    for code, node in sheet.nodes.items():
        column = node.mark if node.mark is not None else node.level
        if column is not None and not sheet.system.tree.nodes[code].children:
            state = column.state
            for row in np.flatnonzero((state != State.KNOWN) & (state != State.NOT_APPLICABLE)):
                found[row].append(code)
    return found
