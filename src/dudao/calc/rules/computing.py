"""What a rule computes with: the columns it reads, the formulas of its indicator, and marks in every row at once.

Marks are exact and not yet rounded; conditions, adjustments and rounding belong to `dudao.calc.score.system`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import numpy as np

from dudao.calc.expr import Catalogue, Column, Formula, Item, Numbers, State, Table, Texts, Truths, compile_formula
from dudao.calc.expr.ints import Bools
from dudao.calc.rules.intervals import Interval

ANSWER: Final = "本项"
"""In a rule's formula: what a person answered for this indicator."""
FULL: Final = "满分"
"""Its full points."""


@dataclass(slots=True)
class Inputs:
    """What a rule is computed from: the reported data, what people answered, and «本项» and «满分» for formulas."""

    data: Table
    answers: Table
    bound: Mapping[str, Column]


@dataclass(slots=True)
class Result:
    """A leaf's mark, its level, or both, in every row."""

    mark: Numbers | None = None
    level: Texts | None = None


Compute = Callable[[Inputs], Result]


@dataclass(slots=True)
class Compiled:
    """The formulas of one indicator, each compiled once. ``items``: what only its formulas may name."""

    code: str
    points: Decimal | None
    catalogue: Catalogue
    items: Mapping[str, Item]
    formulas: dict[str, Formula] = field(default_factory=dict)
    """By their text."""
    full: Numbers | None = field(init=False)

    def __post_init__(self) -> None:
        self.full = None if self.points is None else Numbers.constant(self.points)

    @property
    def most(self) -> Decimal:
        """The full points, 0 where only levels are judged."""
        return self.points or Decimal(0)

    def formula(self, text: str, wanted: str) -> Formula:
        found = self.formulas.get(text)
        if found is None:
            found = self.formulas[text] = compile_formula(text, self.catalogue, self.items, wanted)
        return found

    def number(self, text: str) -> Callable[[Inputs], Numbers]:
        formula = self.formula(text, "number")
        return lambda inputs: formula.evaluate(inputs.data, inputs.bound)  # type: ignore[return-value]  # checked

    def truth(self, text: str) -> Callable[[Inputs], Truths]:
        formula = self.formula(text, "truth")
        return lambda inputs: formula.evaluate(inputs.data, inputs.bound)  # type: ignore[return-value]  # checked

    def words(self, text: str) -> Callable[[Inputs], Texts]:
        formula = self.formula(text, "text")
        return lambda inputs: formula.evaluate(inputs.data, inputs.bound)  # type: ignore[return-value]  # checked

    def answered(self, label: str = "") -> Callable[[Inputs], Column]:
        name = question_name(self.code, label)
        return lambda inputs: inputs.answers.column(name)

    def inputs(self, data: Table, answers: Table) -> Inputs:
        bound: dict[str, Column] = {}
        if ANSWER in self.items:
            bound[ANSWER] = answers.column(self.code)
        if self.full is not None:
            bound[FULL] = self.full
        return Inputs(data, answers, bound)


def question_name(code: str, label: str) -> str:
    """What people answer is named by the indicator («C3»), its single questions too («C3·音乐室»)."""
    return f"{code}·{label}" if label else code


def with_reason(column: Numbers, where: Bools, reason: State) -> Numbers:
    """Known rows in ``where`` get a reason instead; those that are unknown keep their own."""
    return column.with_state(np.where(where & (column.state == 0), np.uint8(reason), column.state))


class Limits:
    """Several intervals, asked together: which rows does each hold? Bounds that they share are compared once."""

    def __init__(self, intervals: Sequence[Interval]) -> None:
        bounds: dict[tuple[Decimal, str], Numbers] = {}
        self.ends: list[tuple[tuple[Decimal, str] | None, tuple[Decimal, str] | None]] = []
        for interval in intervals:
            low = high = None
            if interval.low is not None:
                # «At least 3» is what is not «below 3».
                low = (interval.low, "≤" if interval.low_open else "<")
                bounds[low] = Numbers.constant(interval.low)
            if interval.high is not None:
                high = (interval.high, "<" if interval.high_open else "≤")
                bounds[high] = Numbers.constant(interval.high)
            self.ends.append((low, high))
        self.bounds = list(bounds.items())

    def inside(self, column: Numbers) -> list[Bools]:
        """For each interval the rows it holds; rows without a number may come out either way."""
        below: dict[tuple[Decimal, str], Bools] = {
            key: column.compare(key[1], bound).value for key, bound in self.bounds
        }
        found: list[Bools] = []
        for low, high in self.ends:
            if low is None:
                found.append(np.ones(len(column), np.bool_) if high is None else below[high])
            elif high is None:
                found.append(~below[low])
            else:
                found.append(below[high] & ~below[low])
        return found

    def holds(self, column: Numbers) -> Truths:
        """Whether the first interval holds a row's number."""
        return Truths(self.inside(column)[0], column.state)


def by_category(
    compiled: Compiled, by: str, cases: Mapping[str, Callable[[Inputs], Numbers]]
) -> Callable[[Inputs], Numbers]:
    """Each row by the case of its category."""
    if not by:
        return cases[""]
    category = compiled.words(by)

    def run(inputs: Inputs) -> Numbers:
        words = category(inputs)
        known = words.state == 0
        result = Numbers.unknown(inputs.data.size, State.NO_CATEGORY)
        result = result.with_state(np.where(known, result.state, words.state))
        for name, case in cases.items():
            rows = words.among([name])
            if rows.any():
                result = case(inputs).choose(rows, result)
        return result

    return run
