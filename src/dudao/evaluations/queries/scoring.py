"""From stored answers, figures and marks to scores: one table for all subjects of a campaign, a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Func, JSONField, QuerySet

from dudao.calc.expr import Kind
from dudao.calc.reviewing import Agreement, agree
from dudao.calc.rules import Pick
from dudao.calc.score import Scores, Subjects, subjects_of
from dudao.calc.tree import Tree
from dudao.evaluations.models import Answer, Campaign, Figure, Mark, Subject
from dudao.evaluations.queries.licensing import graded
from dudao.evaluations.queries.systems import rules_of, seats_of, system_of
from dudao.evaluations.rules import Rules

SELF = "self"
Cells = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a campaign's scores are computed from. ``cells``: of each subject by key of column («在校生数», «C3@online»).

    ``open``: where reviewers have not agreed yet, by subject and (source, code).
    """

    campaign: Campaign
    subjects: Sequence[Subject]
    cells: Mapping[int, Cells]
    open: Mapping[int, Mapping[tuple[str, str], Agreement]]

    def table(self) -> Subjects:
        return subjects_of(
            system_of(self.campaign), [(subject.label, self.cells[subject.pk]) for subject in self.subjects]
        )

    def scores(self) -> Scores:
        return self.table().scores()


class Seat(NamedTuple):
    """As much of a review as decides whether its marks count."""

    seat: int
    state: str


class Given(NamedTuple):
    """As much of a mark as is needed to see what counts: a whole campaign has a hundred thousand of them."""

    source: str
    code: str
    cells: Cells
    review: Seat | None
    visit_id: int | None


def adopted(campaign: Campaign, marks: Iterable[Mark | Given]) -> dict[tuple[str, str], Agreement]:
    """Of one subject: what counts for each source and indicator. ``marks`` must be loaded with their reviews, those of earlier
    visits first.

    A settled mark stands; else what the team of a visit gave; else what the reviewers agree on.
    """
    return _adopted(_How.of(campaign), marks)


def adopted_by_subject(
    campaign: Campaign, marks: Mapping[int, Iterable[Mark | Given]]
) -> dict[int, dict[tuple[str, str], Agreement]]:
    """The same for several subjects, by their key."""
    how = _How.of(campaign)
    return {key: _adopted(how, given) for key, given in marks.items()}


@dataclass(frozen=True, slots=True)
class _How:
    """What decides on marks, the same for all subjects of a campaign."""

    rules: Rules
    tree: Tree
    counted: frozenset[str]
    seats: Mapping[str, int]

    @classmethod
    def of(cls, campaign: Campaign) -> "_How":
        tree = system_of(campaign).tree
        counted = frozenset(name for name, item in tree.answers.items.items() if item.kind is Kind.COUNT)
        return cls(rules_of(campaign), tree, counted, seats_of(campaign))


def _adopted(how: _How, marks: Iterable[Mark | Given]) -> dict[tuple[str, str], Agreement]:
    rules, tree, counted = how.rules, how.tree, how.counted
    settled: dict[tuple[str, str], Agreement] = {}
    seats: dict[tuple[str, str], dict[int, Mapping[str, object]]] = {}
    for mark in marks:
        place = (mark.source, mark.code)
        if mark.review is None:
            if mark.visit_id is None or place not in settled:
                settled[place] = Agreement(mark.cells, by="settled" if mark.visit_id is None else "team")
        elif mark.review.state in {"assigned", "done"}:
            seats.setdefault(place, {})[mark.review.seat] = mark.cells
    found = dict(settled)
    for place, given in seats.items():
        if place not in found and place[1] in tree.nodes:
            node = tree.nodes[place[1]]
            points = Decimal(1) if isinstance(node.rule, Pick) and node.rule.factor else node.points
            found[place] = agree(
                given,
                wanted=how.seats.get(place[0], 2 if rules.reviewers == 2 else 1),
                points=points,
                third_at=rules.third_at,
                counted=counted,
            )
    return found


def _gathered(rows: "QuerySet[Any]", *names: str) -> Iterable[tuple[int, list[list[Any]]]]:
    """(subject, its rows) in one row a subject: the database puts them together, which is cheaper than a row each."""
    row = Func(*names, function="jsonb_build_array", output_field=JSONField())
    return rows.order_by().values("subject_id").annotate(rows=JSONBAgg(row)).values_list("subject_id", "rows")


def inputs_of(campaign: Campaign, subjects: Sequence[Subject] | None = None) -> Inputs:
    """Everything of all subjects that take part, or of some: five queries."""
    chosen = (
        list(
            graded(campaign, campaign.subjects.exclude(state=Subject.State.OUT))
            .select_related("unit")
            .order_by("unit__path", "id")
        )
        if subjects is None
        else list(subjects)
    )
    keys = [subject.pk for subject in chosen]
    cells: dict[int, Cells] = {key: {} for key in keys}
    for subject, figures in _gathered(Figure.objects.filter(subject__in=keys), "name", "cell"):
        cells[subject] |= {name: cell for name, cell in figures if cell not in (None, "")}
    for subject, answers in _gathered(Answer.objects.filter(subject__in=keys), "cells"):
        for (given,) in answers:
            cells[subject] |= {f"{question}@{SELF}": cell for question, cell in given.items()}
    standing = Mark.objects.filter(subject__in=keys).exclude(visit__state="cancelled")
    parts = ("source", "code", "cells", "review__seat", "review__state", "visit_id")
    opened: dict[int, dict[tuple[str, str], Agreement]] = {}
    how = _How.of(campaign)
    for key, rows in _gathered(standing, *parts):
        marks = [
            Given(source, code, given, None if seat is None else Seat(seat, state), visit)
            for source, code, given, seat, state, visit in rows
        ]
        marks.sort(key=lambda mark: mark.visit_id or 0)
        for (source, code), agreement in _adopted(how, marks).items():
            if agreement.is_open:
                opened.setdefault(key, {})[source, code] = agreement
            cells[key] |= {f"{question}@{source}": cell for question, cell in agreement.cells.items()}
    return Inputs(campaign, chosen, cells, opened)


def scored(subject: Subject) -> Scores:
    """One subject by itself: a table of one row, the same digits."""
    return inputs_of(subject.campaign, [subject]).scores()
