"""An official paper before it has a look: red head, number, title, body, attachments, signature, imprint.

Only what a paper says and which part each sentence is; `word` gives it its look, `titles` breaks its title. What a paper is about
is for the apps that make it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

__all__ = ["LEVELS", "Grid", "Letter", "Line"]

LEVELS = 4
"""一、 （一） 1. （1）"""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: ``level`` 0 is text, 1 to 4 a heading; ``bold`` for what must be seen, such as a time limit."""

    text: str
    level: int = 0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a head and rows of text; ``widths`` are shares of the width, ``numeric`` columns stand right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    numeric: frozenset[int] = frozenset()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """``masthead``: the office in red at the top, empty for papers without one. ``signatory``: 签发人, of papers to a superior.

    ``together``: names that no line of the title may break. ``sealed``: room for a seal over office and date. ``receipt``: a slip
    (签收回执) that the receiver fills in.
    """

    title: str
    office: str
    body: Sequence[Line | Grid] = ()
    masthead: str = ""
    number: str = ""
    signatory: str = ""
    addressees: str = ""
    attachments: Sequence[str] = ()
    day: date | None = None
    sealed: bool = True
    note: str = ""
    copies: str = ""
    printed_by: str = ""
    printed_on: date | None = None
    receipt: str = ""
    together: Sequence[str] = field(default_factory=tuple)
