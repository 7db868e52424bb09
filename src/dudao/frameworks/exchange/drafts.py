"""What the rows of a file say, before codes, points and rules are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dudao.calc.tree import Tree
from dudao.frameworks.exchange.grid import Spot


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that can't be used: what is wrong and what to do, as the rest of a sentence that begins with the place."""

    spot: Spot
    text: str

    def __str__(self) -> str:
        return f"{self.spot}{self.text}"


@dataclass(slots=True, eq=False)
class Draft:
    """One indicator as its row says it, before codes, points and rules are given."""

    text: str
    spot: Spot
    level: int
    valued: bool = False
    column: int = 0
    children: list[Draft] = field(default_factory=list)
    code: str = ""
    parent: str = ""
    points: Decimal | None = None
    weight: Decimal | None = None
    percent_weight: bool = False
    kind: str = ""
    kind_spot: Spot | None = None
    texts: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    attach: str = ""
    explain: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    """What its row says behind the names, by the head of the column."""
    rows: int = 0
    """How many rows say something about it."""
    parts: list[Draft] = field(default_factory=list)
    """Rows below it that have points of their own: they are indicators, though no level column names them."""

    def walk(self) -> Iterator[Draft]:
        stack = [self]
        while stack:
            draft = stack.pop()
            yield draft
            stack += reversed(draft.children)


@dataclass(slots=True)
class Table:
    """What all tables of a file say: the title, the first-level indicators, what is wrong, what is worth saying."""

    title: str = ""
    drafts: list[Draft] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exact: bool = False
    """The workbook was written by `writing` and has its sheet of settings: it is read without guessing."""
    own: Tree | None = None
    """The system that a Word document of the platform carries, see `word_part`."""
    whole: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)
    """Every table with its columns and what they were read as, see `columns.shown_table`."""
    is_unsure: bool = False
    """No head was found: a person has to say what the columns mean."""
    has_weights: bool = False
    total: Decimal | None = None
