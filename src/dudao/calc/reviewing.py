"""Two reviewers and what counts: agreement of independent marks, the third who decides, how strict somebody is. Pure.

Marks are cells as typed («4.5», «是», «B»), by question. Numbers are exact decimals; two numbers that stand near enough are
averaged (the scoring engine rounds where the indicator system says so), everything else must agree word for word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction


def number_of(cell: object) -> Decimal | None:
    """A cell as an exact number, ``None`` for anything else (words, yes and no, nothing)."""
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        found = Decimal(str(cell).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the marks of one indicator come to. ``cells``: what counts, by question; empty while ``open``.

    ``gap``: the greatest difference of two numbers; ``why`` tells what is missing: «second» a reviewer who hasn't marked,
    «third» a decision by a third; empty if settled. ``by``: «only», «mean», «same», «third».
    """

    cells: Mapping[str, object]
    by: str = ""
    why: str = ""
    gap: Decimal = Decimal(0)

    @property
    def is_open(self) -> bool:
        return bool(self.why)


def agree(
    seats: Mapping[int, Mapping[str, object]],
    *,
    wanted: int,
    points: Decimal | None,
    third_at: Decimal,
    counted: Collection[str] = (),
) -> Agreement:
    """Marks by seat (1, 2 and 3) → what counts.

    ``wanted``: how many independent reviewers the campaign asks for, 1 or 2. ``third_at``: from which share of ``points`` a
    difference of numbers goes to the third seat (a difference of exactly that share does); words must be the same. What the
    third gives stands by itself. Without ``points`` any difference goes to the third, as it does at ``counted`` questions: half a
    violation is none. Raises ``ValueError`` for other seats.
    """
    if not set(seats) <= {1, 2, 3} or wanted not in {1, 2}:
        raise ValueError("评审席位只有 1、2、3，独立评审人只有 1 或 2 位。")
    given = {seat: cells for seat, cells in seats.items() if cells}
    if 3 in given:
        return Agreement(given[3], by="third")
    if wanted == 1:
        first = given.get(1) or given.get(2)
        return Agreement(first, by="only") if first else Agreement({}, why="second")
    if 1 not in given or 2 not in given:
        return Agreement({}, why="second")
    one, two = given[1], given[2]
    limit = None if points is None else third_at * points
    cells: dict[str, object] = {}
    widest, by, apart = Decimal(0), "same", False
    for question in dict.fromkeys([*one, *two]):
        a, b = one.get(question), two.get(question)
        x, y = number_of(a), number_of(b)
        if x is None or y is None:
            apart = apart or a != b
            cells[question] = a
            continue
        gap = abs(x - y)
        widest = max(widest, gap)
        if gap and (limit is None or gap >= limit or question in counted):
            apart = True
        if gap:
            by = "mean"
        cells[question] = str((x + y) / 2) if gap else str(a)
    if apart:
        return Agreement({}, why="third", gap=widest)
    return Agreement(cells, by=by, gap=widest)


@dataclass(frozen=True, slots=True)
class Strictness:
    """How one reviewer marks. ``rate``: mean of their marks as shares of full points; ``against``: mean difference to what
    others gave to the very same indicators of the same subjects (negative: stricter), ``pairs`` how many such there were.
    """

    reviewer: int
    marks: int
    rate: Fraction | None
    pairs: int
    against: Fraction | None


def strictness(marks: Iterable[tuple[int, tuple[int, str], Decimal | Fraction, Decimal]]) -> Sequence[Strictness]:
    """(reviewer, (subject, code), mark, full points) → one for each reviewer, the strictest first, those without pairs last.

    Marks of indicators without points are left out.
    """
    by_reviewer: dict[int, list[tuple[tuple[int, str], Fraction]]] = {}
    by_place: dict[tuple[int, str], list[tuple[int, Fraction]]] = {}
    for reviewer, place, mark, points in marks:
        share = Fraction(mark) / Fraction(points) if points else None
        if share is not None:
            by_reviewer.setdefault(reviewer, []).append((place, share))
            by_place.setdefault(place, []).append((reviewer, share))
    found = []
    for reviewer, own in by_reviewer.items():
        differences = []
        for place, share in own:
            others = [value for who, value in by_place[place] if who != reviewer]
            if others:
                differences.append(share - sum(others, Fraction(0)) / len(others))
        rate = _total(share for _, share in own) / len(own)
        against = _total(differences) / len(differences) if differences else None
        found.append(Strictness(reviewer, len(own), rate, len(differences), against))
    return sorted(found, key=lambda one: (one.against is None, one.against or 0, one.reviewer))


def _total(values: Iterable[Fraction]) -> Fraction:
    """The exact sum, as `sum` gives it. Marks share few denominators: adding up numerators costs a tenth of adding fractions."""
    parts: dict[int, int] = {}
    for value in values:
        parts[value.denominator] = parts.get(value.denominator, 0) + value.numerator
    return sum((Fraction(numerator, denominator) for denominator, numerator in parts.items()), Fraction(0))
