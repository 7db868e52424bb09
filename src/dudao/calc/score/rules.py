"""Leaf rules → marks, whole columns at once: the counterpart of `dudao.calc.tree.rules`.

Each rule becomes a function of the table of data and the table of answers. Marks are exact and not yet rounded;
conditions, adjustments and rounding belong to `system`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import pairwise

import numpy as np

from dudao.calc.expr import Catalogue, Column, Formula, Item, Numbers, State, Table, Texts, Truths, compile_formula
from dudao.calc.expr.ints import Bools
from dudao.calc.tree import (
    ANSWER,
    FULL,
    Attain,
    Band,
    Bands,
    Computed,
    Deduct,
    Deduction,
    Interval,
    Judged,
    Knot,
    Linear,
    Node,
    Parts,
    Pick,
    YesNo,
    bound_items,
)


@dataclass(slots=True)
class Place:
    """Where a rule is computed: the reported data, what people answered, and «本项» and «满分» for formulas."""

    data: Table
    answers: Table
    bound: Mapping[str, Column]


@dataclass(slots=True)
class Outcome:
    mark: Numbers | None = None
    level: Texts | None = None


Runner = Callable[[Place], Outcome]


@dataclass(slots=True)
class Compiled:
    """Formulas of one node's place, read once: by their text."""

    node: Node
    catalogue: Catalogue
    formulas: dict[str, Formula] = field(default_factory=dict)
    items: dict[str, Item] = field(init=False)
    full: Numbers | None = field(init=False)

    def __post_init__(self) -> None:
        self.items = bound_items(self.node)
        self.full = None if self.node.points is None else Numbers.constant(self.node.points)

    def formula(self, text: str, wanted: str) -> Formula:
        found = self.formulas.get(text)
        if found is None:
            found = self.formulas[text] = compile_formula(text, self.catalogue, self.items, wanted)
        return found

    def number(self, text: str) -> Callable[[Place], Numbers]:
        formula = self.formula(text, "number")
        return lambda place: formula.evaluate(place.data, place.bound)  # type: ignore[return-value]  # checked

    def truth(self, text: str) -> Callable[[Place], Truths]:
        formula = self.formula(text, "truth")
        return lambda place: formula.evaluate(place.data, place.bound)  # type: ignore[return-value]  # checked

    def words(self, text: str) -> Callable[[Place], Texts]:
        formula = self.formula(text, "text")
        return lambda place: formula.evaluate(place.data, place.bound)  # type: ignore[return-value]  # checked

    def answered(self, label: str = "") -> Callable[[Place], Column]:
        name = f"{self.node.code}·{label}" if label else self.node.code
        return lambda place: place.answers.column(name)

    def place(self, data: Table, answers: Table) -> Place:
        bound: dict[str, Column] = {}
        if ANSWER in self.items:
            bound[ANSWER] = answers.column(self.node.code)
        if self.full is not None:
            bound[FULL] = self.full
        return Place(data, answers, bound)


def compile_rule(compiled: Compiled) -> Runner:
    """The rule of a leaf that `validate` found no error in."""
    node = compiled.node
    full = node.points or Decimal(0)
    match node.rule:
        case Judged():
            return _judged(compiled, full)
        case Pick():
            return _pick(compiled, node.rule, full)
        case Deduct():
            return _deduct(compiled, node.rule, full)
        case Parts():
            return _parts(compiled, node.rule)
        case Bands():
            return _bands(compiled, node.rule)
        case Linear():
            return _linear(compiled, node.rule)
        case YesNo():
            return _yes_no(compiled, node.rule, full)
        case Attain():
            return _attain(compiled, node.rule)
        case rule:
            assert isinstance(rule, Computed)
            value, least, most = compiled.number(rule.points), Fraction(0), Fraction(full)
            return lambda place: Outcome(value(place).clamped(least, most))


def _with_reason(column: Numbers, where: Bools, reason: State) -> Numbers:
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


def holds(column: Numbers, limits: Limits) -> Truths:
    """Whether the first interval holds a row's number."""
    return Truths(limits.inside(column)[0], column.state)


def _judged(compiled: Compiled, full: Decimal) -> Runner:
    answered, allowed = compiled.answered(), Limits([Interval(Decimal(0), full)])

    def run(place: Place) -> Outcome:
        answer = answered(place)
        assert isinstance(answer, Numbers)
        return Outcome(_with_reason(answer, ~allowed.inside(answer)[0], State.NO_BAND))

    return run


def _pick(compiled: Compiled, rule: Pick, full: Decimal) -> Runner:
    answered = compiled.answered()
    share = Fraction(full) if rule.factor else Fraction(1)
    limits = Limits([band.within for band in rule.bands])

    def run(place: Place) -> Outcome:
        answer = answered(place)
        assert isinstance(answer, Numbers)
        inside = reduce(np.logical_or, limits.inside(answer))
        return Outcome(_with_reason(answer, ~inside, State.NO_BAND).times(share))

    return run


def _deduct(compiled: Compiled, rule: Deduct, full: Decimal) -> Runner:
    single = len(rule.deductions) == 1

    def counted(deduction: Deduction) -> Callable[[Place], Column]:
        if deduction.count:
            return compiled.number(deduction.count)
        return compiled.answered("" if single else deduction.label)

    counts = [
        (counted(deduction), Fraction(deduction.each), None if deduction.most is None else Fraction(deduction.most))
        for deduction in rule.deductions
    ]
    start, floor, nothing = Numbers.constant(full), Fraction(rule.floor), Fraction(0)

    def run(place: Place) -> Outcome:
        mark = start
        for count, each, most in counts:
            number = count(place)
            assert isinstance(number, Numbers)
            mark = mark - number.times(each).clamped(nothing, most)
        return Outcome(mark.clamped(floor, None))

    return run


def _parts(compiled: Compiled, rule: Parts) -> Runner:
    parts = [
        (Fraction(part.points), compiled.truth(part.when) if part.when else compiled.answered(part.label))
        for part in rule.parts
    ]

    def run(place: Place) -> Outcome:
        mark: Numbers | None = None
        for points, present in parts:
            truth = present(place)
            assert isinstance(truth, Truths)
            worth = Numbers.of_truths(truth).times(points)
            mark = worth if mark is None else mark + worth
        return Outcome(mark)

    return run


def _by_category(
    compiled: Compiled, by: str, cases: Mapping[str, Callable[[Place], Numbers]]
) -> Callable[[Place], Numbers]:
    """Each row by the case of its category."""
    if not by:
        return cases[""]
    category = compiled.words(by)

    def run(place: Place) -> Numbers:
        words = category(place)
        known = words.state == 0
        result = Numbers.unknown(place.data.size, State.NO_CATEGORY)
        result = result.with_state(np.where(known, result.state, words.state))
        for name, case in cases.items():
            rows = words.among([name])
            if rows.any():
                result = case(place).choose(rows, result)
        return result

    return run


def _bands(compiled: Compiled, rule: Bands) -> Runner:
    value = compiled.number(rule.value)

    def of(row: Sequence[Band]) -> Callable[[Place], Numbers]:
        points = Numbers.of([band.points for band in row])
        limits = Limits([band.within for band in row])

        def run(place: Place) -> Numbers:
            measured = value(place)
            found = np.full(len(measured), -1, np.intp)
            for number, inside in enumerate(limits.inside(measured)):
                np.copyto(found, number, where=inside)
            return points.take(found).with_state(_with_reason(measured, found < 0, State.NO_BAND).state)

        return run

    case = _by_category(compiled, rule.by, {name: of(row) for name, row in rule.bands.items()})
    return lambda place: Outcome(case(place))


def _linear(compiled: Compiled, rule: Linear) -> Runner:
    value = compiled.number(rule.value)

    def of(line: Sequence[Knot]) -> Callable[[Place], Numbers]:
        start = Numbers.constant(line[0].points)
        pieces = []
        for low, high in pairwise(line):
            slope = Fraction(high.points - low.points) / Fraction(high.at - low.at)
            pieces.append((slope, Fraction(low.at), Fraction(high.at), Numbers.constant(low.at)))

        def run(place: Place) -> Numbers:
            measured = value(place)
            mark = start
            # What each piece adds by how far the value has come along it.
            for slope, low, high, origin in pieces:
                if slope:
                    mark = mark + (measured.clamped(low, high) - origin).times(slope)
            return mark.spread(len(measured)).with_state(measured.state)

        return run

    case = _by_category(compiled, rule.by, {name: of(line) for name, line in rule.knots.items()})
    return lambda place: Outcome(case(place))


def _yes_no(compiled: Compiled, rule: YesNo, full: Decimal) -> Runner:
    condition = compiled.truth(rule.when)
    good, bad = Numbers.constant(full), Numbers.constant(rule.otherwise)

    def run(place: Place) -> Outcome:
        truth = condition(place)
        return Outcome(good.choose(truth.value == rule.good, bad).with_state(truth.state))

    return run


def _attain(compiled: Compiled, rule: Attain) -> Runner:
    points = Numbers.of(rule.points) if rule.points else None

    def outcome(level: Texts) -> Outcome:
        if points is None:
            return Outcome(None, level)
        return Outcome(points.take(level.code.astype(np.intp)).with_state(level.state), level)

    if not rule.all_of:
        answered = compiled.answered()

        def picked(place: Place) -> Outcome:
            answer = answered(place)
            assert isinstance(answer, Texts)
            return outcome(answer.recoded(rule.levels))

        return picked

    firsts = [compiled.truth(text) for text in rule.all_of]
    lasts = [compiled.truth(text) for text in rule.any_of]

    def run(place: Place) -> Outcome:
        best = reduce(Truths.both, (condition(place) for condition in firsts))
        if not lasts:
            code = np.where(best.true(), 0, len(rule.levels) - 1).astype(np.int32)
            return outcome(Texts(code, rule.levels, best.state))
        worst = reduce(Truths.either, (condition(place) for condition in lasts))
        code = np.where(worst.true(), len(rule.levels) - 1, np.where(best.true(), 0, 1)).astype(np.int32)
        state = np.where(worst.true(), np.uint8(0), np.maximum(best.state, worst.state))
        return outcome(Texts(code, rule.levels, state))

    return run
