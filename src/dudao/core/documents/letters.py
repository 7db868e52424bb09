"""An official paper before it has a look: red head, number, title, body, attachments, signature, imprint.

Only what a paper says and which part each sentence is; `word` gives it its look, `titles` breaks its title. What a paper is about
is for the apps that make it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: ``level`` 0 is text, 1 to 4 a heading; ``bold`` for what must be seen, such as a time limit.

    ``rest`` goes on in the same paragraph as plain text: «（一）课程方案执行。» in its own font, what follows in the body's.
    """

    text: str
    level: int = 0
    bold: bool = False
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a head and rows of text; ``widths`` are shares of the width, ``numeric`` columns stand right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    numeric: frozenset[int] = frozenset()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A label and what is filled in beside it; ``lines`` is the least height, for what is written by hand."""

    label: str
    text: str
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """A form in a frame: one or two entries a row."""

    rows: Sequence[Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Annex:
    """An attachment that is part of the paper: on a page of its own, after the signature and before the imprint."""

    title: str
    body: Sequence[Line | Grid | Form]


@dataclass(frozen=True, slots=True)
class Letter:
    """``masthead``: the office in red at the top, empty for papers without one. ``signatory``: 签发人, of papers to a superior.

    ``cover``: title, office and day on a page of their own. ``dated_head``: office and day under the number, for a brief.
    ``together``: names that no line of the title may break. ``sealed``: room for a seal over office and date; ``signed`` False:
    no signature. ``attachments`` are names only, ``annexes`` come with the paper. ``receipt``: a slip (签收回执) for the receiver.
    ``sent``: lines of the imprint instead of «抄送». A day may be words, of a template for one.
    """

    title: str
    office: str
    body: Sequence[Line | Grid | Form] = ()
    masthead: str = ""
    number: str = ""
    signatory: str = ""
    addressees: str = ""
    attachments: Sequence[str] = ()
    annexes: Sequence[Annex] = ()
    day: date | str | None = None
    sealed: bool = True
    signed: bool = True
    cover: bool = False
    dated_head: bool = False
    note: str = ""
    copies: str = ""
    sent: Sequence[tuple[str, str]] = ()
    printed_by: str = ""
    printed_on: date | str | None = None
    receipt: str = ""
    together: Sequence[str] = field(default_factory=tuple)
