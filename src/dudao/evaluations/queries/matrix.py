"""The review of a whole campaign as a matrix: units × indicators × sources, what was adopted, how far from the self-evaluation."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q

from dudao.calc.expr import State
from dudao.calc.rounding import round_half_up
from dudao.calc.score import ADOPTED, Scores, Sheet
from dudao.calc.tree import Node, Source
from dudao.evaluations.models import Campaign, Mark, Review, Subject
from dudao.evaluations.queries.reviewing import parts_of
from dudao.evaluations.queries.scoring import SELF, inputs_of
from dudao.evaluations.queries.systems import blocks_of, system_of
from dudao.selection.queries.recusal import branch_of
from dudao.visits.models import SiteVisit

Value = Decimal | str | None
PLACES = 4
"""Decimals that are kept of a mark: more than any indicator system rounds to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit at one indicator. ``values``: by key of source, then «adopted»; ``deviation``: adopted less the unit's own mark."""

    subject: Subject
    county: str
    block: Node
    leaf: Node
    values: Mapping[str, Value]
    deviation: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class Whole:
    """One unit: total, grade or level, and the adopted value of every node by its code."""

    subject: Subject
    county: str
    total: Value
    grade: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Given:
    """One mark as somebody gave it."""

    subject: Subject
    code: str
    name: str
    source: str
    who: str
    cells: str
    reason: str
    at: datetime


class Matrix:
    """Computed once; ``lines`` and ``wholes`` are walked without more queries. ``unscored``: units whose cells can't be read."""

    def __init__(self, campaign: Campaign, hidden: Collection[int]) -> None:
        self.campaign = campaign
        inputs = inputs_of(campaign)
        self.subjects = [one for one in inputs.subjects if one.pk not in hidden]
        self._open = inputs.open
        table = inputs.table()
        # A row of the table is the line of a subject, counted from one; those left out could not be read.
        self._rows = [(place, inputs.subjects[line - 1]) for place, line in enumerate(table.rows)]
        self._rows = [(place, subject) for place, subject in self._rows if subject.pk not in hidden]
        scored = {subject.pk for _, subject in self._rows}
        self.unscored = [one for one in self.subjects if one.pk not in scored]
        self.scores: Scores = table.scores()
        self.tree = system_of(campaign).tree
        self.sources: list[Source] = [one for one in self.tree.sources if one.key in table.answers]
        self.leaves = [node for node in self.tree.nodes.values() if not node.children]
        self._counties = {part.path: part.name for part in parts_of(campaign)}
        self._office = campaign.office

    def __len__(self) -> int:
        return len(self._rows) * len(self.leaves)

    def county(self, subject: Subject) -> str:
        name = self._counties.get(branch_of(self._office, subject.unit), "")
        return "" if name == subject.unit.name else name

    def lines(self) -> Iterator[Line]:
        """Unit by unit, the indicators in the order of the document."""
        keys = [*(one.key for one in self.sources), ADOPTED]
        columns = {key: {leaf.code: _column(self.scores.sheet(key), leaf.code) for leaf in self.leaves} for key in keys}
        blocks = blocks_of(self.tree)
        for place, subject in self._rows:
            county, opened = self.county(subject), self._open.get(subject.pk, {})
            waiting = {code for _, code in opened}
            for leaf in self.leaves:
                values = {key: columns[key][leaf.code][place] for key in keys}
                own, adopted = values.get(SELF), values[ADOPTED]
                both = isinstance(own, Decimal) and isinstance(adopted, Decimal)
                yield Line(
                    subject,
                    county,
                    self.tree.nodes[blocks[leaf.code]],
                    leaf,
                    values,
                    adopted - own if both else None,  # type: ignore[operator]
                    "评审人有分歧，待裁定" if leaf.code in waiting else "",
                )

    def wholes(self) -> Iterator[Whole]:
        """A row a unit."""
        sheet = self.scores.sheet(ADOPTED)
        columns = {code: _column(sheet, code) for code in self.tree.nodes}
        grades = None if sheet.grade is None else sheet.grade.values()
        for place, subject in self._rows:
            total = columns[self.tree.root.code][place]
            grade = (grades[place] if grades is not None else None) or ""
            yield Whole(
                subject, self.county(subject), total, grade, {code: one[place] for code, one in columns.items()}
            )


def _column(sheet: Sheet, code: str) -> Sequence[Value]:
    """What all subjects have at a node: a number, a level, «不适用», or nothing."""
    node = sheet.nodes[code]
    marks = sheet.mark(code)
    levels = None if node.level is None else node.level.values()
    found: list[Value] = []
    for place, mark in enumerate(marks.values()):
        if mark is not None:
            found.append(round_half_up(Fraction(mark), PLACES))
        elif levels is not None and levels[place]:
            found.append(str(levels[place]))
        else:
            state = State(int((marks if node.level is None else node.level).state[place]))
            found.append(state.words if state is State.NOT_APPLICABLE else None)
    return found


def matrix_of(campaign: Campaign, hidden: Collection[int] = ()) -> Matrix:
    """``hidden``: subjects that the viewer reviews blind. A constant number of queries."""
    return Matrix(campaign, hidden)


def given_marks(campaign: Campaign, hidden: Collection[int] = ()) -> Iterator[Given]:
    """Every mark that somebody gave and that has not been taken away, by unit and indicator."""
    tree = system_of(campaign).tree
    order = {code: place for place, code in enumerate(tree.nodes)}
    names = {one.key: one.label for one in tree.sources}
    rows = (
        Mark.objects.filter(subject__campaign=campaign)
        .filter(Q(review=None) | Q(review__state__in=[Review.State.ASSIGNED, Review.State.DONE]))
        .exclude(subject__state=Subject.State.OUT)
        .exclude(subject__in=hidden)
        .exclude(visit__state=SiteVisit.State.CANCELLED)
        .select_related("subject__unit", "review__reviewer")
        .order_by("subject__unit__path", "subject_id", "id")
    )
    part: list[Mark] = []
    for mark in rows.iterator(2_000):
        if part and part[0].subject_id != mark.subject_id:
            yield from _told(part, order, names, tree.nodes)
            part = []
        part.append(mark)
    yield from _told(part, order, names, tree.nodes)


def _told(
    marks: Sequence[Mark], order: Mapping[str, int], names: Mapping[str, str], nodes: Mapping[str, Node]
) -> Iterator[Given]:
    for mark in sorted(marks, key=lambda one: (order.get(one.code, len(order)), one.source, one.pk)):
        node = nodes.get(mark.code)
        yield Given(
            mark.subject,
            mark.code,
            "" if node is None else node.name,
            names.get(mark.source, mark.source),
            _who(mark),
            "、".join(str(cell) for cell in mark.cells.values() if cell not in (None, "")),
            mark.reason,
            mark.at,
        )


def _who(mark: Mark) -> str:
    if mark.review is not None:
        return f"{mark.review.seat_name} {mark.review.reviewer.name}"
    return f"评估组 {mark.by}" if mark.visit_id is not None else f"核定 {mark.by}"
