"""What an app says of a kind of file: where it goes, how its rows are read, judged, shown and taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from dudao.core.access import Actor
from dudao.core.models import SheetImport
from dudao.core.sheets import Problem, Reading, Table, read
from dudao.core.ui.parts import Crumb, State

MAX_ROWS = 60_000

Progress = Callable[[int, int | None, str], None]
"""How far the work is: done, of how many, doing what."""

OUTCOMES: dict[str, State] = {
    "new": State("新增", "green", "plus"),
    "changed": State("更新", "blue", "edit"),
    "same": State("无变化", "grey", "minus"),
    "error": State("有错误", "red"),
}
"""What can become of a row, in the order in which a page counts them."""


@dataclass(slots=True)
class Plan:
    """What the rows of a file would do.

    A line is the app's own, with ``number`` (row or file), ``outcome`` (a key of ``OUTCOMES``) and ``problems``.
    ``notes`` are things worth saying that are no faults.
    """

    lines: Sequence[Any]
    problems: list[Problem]
    notes: list[str] = field(default_factory=list)

    def counts(self, outcomes: Sequence[str]) -> dict[str, int]:
        """How many rows come to what. A row of which a cell could not even be read is faulty, whatever else it would do."""
        faulty = self.faulty
        clean = [line for line in self.lines if line.number not in faulty]
        found = {word: sum(line.outcome == word for line in clean) for word in outcomes}
        return {**found, "error": len(faulty)}

    @property
    def faulty(self) -> set[int]:
        return {problem.row for problem in self.problems}

    def first(self, limit: int) -> list[Any]:
        """The lines worth looking at: faulty ones, then those that change something, each in the order of the file."""
        faulty = self.faulty
        rank = {"error": 0, "new": 1, "changed": 1, "same": 2}
        return sorted(self.lines, key=lambda line: (line.number not in faulty and rank[line.outcome], line.number))[
            :limit
        ]


class Refused(Exception):
    """Some rows are wrong, so none was written; ``plan.problems`` says which and why."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(f"有 {len(plan.faulty)} 行有错误，没有导入任何内容。")
        self.plan = plan


class Words(TypedDict):
    """What the page of an upload says in the words of its app."""

    crumbs: list[Crumb]
    facts: list[tuple[str, Any]]
    """Label and value, above who uploaded it and when."""
    again: str
    """Where the next try is uploaded."""
    after: tuple[str, str]
    """Where what was imported is to be seen, and what that link says."""
    confirm: str
    done: str
    faulty: str
    one: str
    """What is counted: 行 or 个文件."""
    what: str
    """Whose rows they are: 机构, 学校, 县市区."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A kind of file of rows.

    ``key`` names its uploads and its jobs: ``units.check``, ``units.import``.
    """

    key: str
    verb: str
    page: str
    """The name of the page of one upload; ``pages.paths`` names the addresses beside it after it."""
    counted: tuple[str, ...]
    """The outcomes that its rows can have, without the faulty."""
    target: Callable[[SheetImport], Any]
    """What an upload goes into, with its ``path`` of today."""
    table: Callable[[SheetImport], Table]
    plan: Callable[[Actor, SheetImport, Reading, Progress], Plan]
    take: Callable[[Actor, SheetImport, Reading, Progress], Plan]
    """A part of an action, in its transaction. Raises ``Refused`` when a single row is wrong: what it is given was found good."""
    shown: Callable[[Any], dict[str, Any]]
    """A line as plain values for the preview: row, name, outcome, changes, problems, perhaps sub and remarks."""
    words: Callable[[SheetImport], Words]
    summary: Callable[[SheetImport], str]
    """What the jobs say at their end."""
    stale: str
    """What is said when rows that were clean at the check no longer are."""
    guard: Callable[[SheetImport], None] | None = None
    """Raises ``Denied`` when nothing can be uploaded now."""
    reader: Callable[[SheetImport, bytes, Progress], Reading] | None = None
    """How a file is read that is no table with a row for each."""

    def read(self, taken: SheetImport, data: bytes, progress: Progress) -> Reading:
        if self.reader is not None:
            return self.reader(taken, data, progress)
        return read(data, self.table(taken), max_rows=MAX_ROWS)


DECLARED: dict[str, Import] = {}
