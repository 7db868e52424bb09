"""Two sheets of a campaign side by side: who moved, and which cells made them move. One indicator over all subjects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dudao.calc.canonical import canonical
from dudao.calc.expr import State
from dudao.calc.rounding import percent
from dudao.calc.score import ADOPTED, Movement, Outcome, columns_of
from dudao.evaluations.models import Result, ScoreSheet
from dudao.evaluations.queries.sheets import loaded, sheet_system
from dudao.frameworks.trials.figures import Moved, difference, moved, places_of, said, total_places


@dataclass(frozen=True, slots=True)
class Comparison:
    """``moves``: who moved, most first; ``cells``: (unit, what, before, after) of every cell that differs; ``gone`` and ``new``:
    names on one sheet only.
    """

    moves: list[Moved]
    cells: list[tuple[str, str, str, str]]
    gone: list[str]
    new: list[str]


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _outcome(row: Result) -> Outcome:
    """As much of an outcome as a comparison looks at."""
    told = row.outcome
    return Outcome(
        _number(told["total"]),
        None,
        None,
        told["rank"],
        told["grade"] or told["level"],
        {},
        tuple(told["open"]),
        (),
        {},
    )


def compared(before: ScoreSheet, after: ScoreSheet) -> Comparison:
    """From the earlier to the later of two sheets of one campaign: two queries."""
    old = {row.subject_id: row for row in Result.objects.filter(sheet=before).order_by("position")}
    new = {row.subject_id: row for row in Result.objects.filter(sheet=after).order_by("position")}
    both = [key for key in new if key in old]
    pairs = [(_outcome(old[key]), _outcome(new[key])) for key in both]
    moves = [
        Movement(place, (a.total, b.total), (a.rank, b.rank), (a.grade, b.grade)) for place, (a, b) in enumerate(pairs)
    ]
    places = total_places(sheet_system(after).tree)
    rows = moved([new[key].name for key in both], moves, [b for _, b in pairs], places)
    heads = {column.key: column.header for column in columns_of(sheet_system(after), apart=True)}
    cells = []
    for key in both:
        cells += list(_cells(old[key].cells, new[key].cells, new[key].name, heads))
    return Comparison(
        moves=[row for row in rows if not row.is_same],
        cells=cells,
        gone=[row.name for key, row in old.items() if key not in new],
        new=[row.name for key, row in new.items() if key not in old],
    )


def _cells(
    old: Mapping[str, Any], new: Mapping[str, Any], name: str, heads: Mapping[str, str]
) -> list[tuple[str, str, str, str]]:
    return [
        (name, heads.get(key, key), _said(old.get(key)), _said(new.get(key)))
        for key in sorted({*old, *new})
        if canonical(old.get(key)) != canonical(new.get(key))
    ]


def _said(cell: object) -> str:
    return "—" if cell in {None, ""} else str(cell)


@dataclass(frozen=True, slots=True)
class AtIndicator:
    """One subject at one indicator. ``given``: what each source gave, its own first; ``deviation``: adopted less its own."""

    row: Result
    mark: str
    rate: float | None
    given: Sequence[str]
    deviation: str
    is_open: bool


def at_indicator(sheet: ScoreSheet, rows: Sequence[Result], code: str) -> tuple[list[str], list[AtIndicator]]:
    """The sources that gave something, and all subjects at an indicator, in the order given; those whose cells could not be read
    are left out.
    """
    table, scores = loaded(sheet, rows)
    adopted, node = scores.sheet(ADOPTED), scores.tree.nodes[code]
    marks, levels, possible = adopted.mark(code), adopted.level(code), adopted.possible(code)
    asked = [source for source in scores.tree.sources if source.key in table.given]
    of = [(scores.sheet(source.key).mark(code), scores.sheet(source.key).level(code)) for source in asked]
    columns = [marks, *(mark for mark, _ in of)]
    places = places_of(column.at(place) for column in columns for place in range(len(table.rows)))
    found = []
    for place, line in enumerate(table.rows):
        mark, full = marks.at(place), possible.at(place)
        level = None if levels is None else levels.at(place)
        column = marks if levels is None else levels
        given = [(one.at(place), None if at is None else at.at(place)) for one, at in of]
        state = State.KNOWN if mark is not None or level is not None else State(int(column.state[place]))
        words = said(mark, level, places)
        found.append(
            AtIndicator(
                row=rows[line - 1],
                mark=f"—（{state.words}）" if mark is None and level is None else words,
                rate=None if mark is None or not full else float(percent(mark, full) or 0),
                given=[said(*one, places) for one in given],
                deviation=difference(node.levels, (mark, level), given[0], places)
                if asked and asked[0].key == "self"
                else "—",
                is_open=state not in {State.KNOWN, State.NOT_APPLICABLE},
            )
        )
    return [source.label for source in asked], found
