"""Syntax → a function of a context that computes a whole column at once. Expects what `check` has accepted.

The same function serves tables of any length and single rows: there is no second way to compute a formula. With a
`Context.seen`, the value of every part is kept for the explanation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from dudao.calc.expr.catalogue import Catalogue
from dudao.calc.expr.check import Type
from dudao.calc.expr.groups import grouped
from dudao.calc.expr.numbers import Numbers, side_by_side
from dudao.calc.expr.states import State
from dudao.calc.expr.syntax import (
    All,
    Any,
    Call,
    Compare,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Product,
    Sum,
    Text,
    Truth,
)
from dudao.calc.expr.table import Column, Table, unknown
from dudao.calc.expr.words import Texts, Truths


@dataclass(slots=True)
class Context:
    """Where a formula is evaluated: its table, the columns its place gives it, and what to remember."""

    table: Table
    bound: Mapping[str, Column]
    seen: dict[int, Column] | None = None


Run = Callable[[Context], Column]
_NOTHING: Final[Mapping[str, Column]] = {}


@dataclass(slots=True)
class Compiler:
    """``derive`` returns the function of a derived item."""

    catalogue: Catalogue
    bound: frozenset[str]
    types: Mapping[int, Type]
    derive: Callable[[Catalogue, str], Run]

    def compile(self, node: Node) -> Run:
        run, key = self._compile(node), id(node)

        def remembered(context: Context) -> Column:
            value = run(context)
            if context.seen is not None:
                context.seen[key] = value
            return value

        return remembered

    def elsewhere(self, catalogue: Catalogue) -> Compiler:
        return Compiler(catalogue, frozenset(), self.types, self.derive)

    def _compile(self, node: Node) -> Run:
        match node:
            case Number():
                return _always(Numbers.constant(node.value))
            case Text():
                return _always(Texts.constant(node.value))
            case Truth():
                return _always(Truths.constant(node.value))
            case Name():
                return self.name(node.name)
            case Negative():
                part = self.numbers(node.part)
                return lambda context: -part(context)
            case Sum():
                return self.sum(node)
            case Product():
                return self.product(node)
            case Compare():
                return self.compare(node)
            case All() | Any():
                parts = [self.truths(part) for part in node.parts]
                join = Truths.both if isinstance(node, All) else Truths.either
                return lambda context: reduce(join, (part(context) for part in parts))
            case Not():
                negated = self.truths(node.part)
                return lambda context: ~negated(context)
            case _:
                return self.call(node)

    def numbers(self, node: Node) -> Callable[[Context], Numbers]:
        return self.compile(node)  # type: ignore[return-value]  # the checker has seen to it

    def truths(self, node: Node) -> Callable[[Context], Truths]:
        return self.compile(node)  # type: ignore[return-value]  # the checker has seen to it

    def name(self, name: str) -> Run:
        if name in self.bound:
            return lambda context: context.bound[name]
        if self.catalogue.items[name].formula:
            return self.derive(self.catalogue, name)
        return lambda context: context.table.column(name)

    def sum(self, node: Sum) -> Run:
        first = self.numbers(node.terms[0][1])
        rest = [(operator == "-", self.numbers(term)) for operator, term in node.terms[1:]]

        def run(context: Context) -> Numbers:
            total = first(context)
            for minus, term in rest:
                value = term(context)
                total = total - value if minus else total + value
            return total

        return run

    def product(self, node: Product) -> Run:
        first = self.numbers(node.factors[0][1])
        rest = [(operator == "/", self.numbers(factor)) for operator, factor in node.factors[1:]]

        def run(context: Context) -> Numbers:
            result = first(context)
            for divides, factor in rest:
                value = factor(context)
                result = result / value if divides else result * value
            return result

        return run

    def compare(self, node: Compare) -> Run:
        left, right, operator = self.compile(node.left), self.compile(node.right), node.operator

        def run(context: Context) -> Truths:
            mine, theirs = left(context), right(context)
            if isinstance(mine, Numbers) and isinstance(theirs, Numbers):
                return mine.compare(operator, theirs)
            if isinstance(mine, Texts) and isinstance(theirs, Texts):
                same = mine.equals(theirs)
            else:
                assert isinstance(mine, Truths) and isinstance(theirs, Truths)
                same = Truths(mine.value == theirs.value, np.maximum(mine.state, theirs.state))
            return same if operator == "=" else ~same

        return run

    def call(self, node: Call) -> Run:
        match node.function:
            case "如果":
                return self.choice(node)
            case "缺失时":
                first, second = (self.compile(argument) for argument in node.arguments)
                return lambda context: _choose(first(context), None, second(context))
            case "缺失":
                part = self.compile(node.arguments[0])
                return lambda context: _is_unknown(part(context))
            case "上年":
                return self.last_year(node.arguments[0])
            case "增长率":
                return self.growth(node)
            case "比例":
                return self.share(node)
            case "四舍五入" | "进一" | "去尾":
                return self.rounding(node)
            case "绝对值":
                number = self.numbers(node.arguments[0])
                return lambda context: abs(number(context))
            case "属于":
                word = self.compile(node.arguments[0])
                words = [argument.value for argument in node.arguments[1:] if isinstance(argument, Text)]
                return lambda context: _among(word(context), words)
            case _:
                return self.group(node)

    def choice(self, node: Call) -> Run:
        condition = self.truths(node.arguments[0])
        first, second = (self.compile(argument) for argument in node.arguments[1:])

        def run(context: Context) -> Column:
            where = condition(context)
            chosen = _choose(first(context), where, second(context))
            return chosen.with_state(np.where(where.state > 0, where.state, chosen.state))

        return run

    def last_year(self, node: Node) -> Run:
        inner = self.elsewhere(self.catalogue).compile(node)
        kind = self.types[id(node)].kind

        def run(context: Context) -> Column:
            previous = context.table.previous()
            if previous is None:
                return unknown(kind, context.table.size, State.ABSENT)
            table, rows = previous
            gone = rows < 0
            if not table.size:
                return unknown(kind, context.table.size, State.ABSENT)
            column = inner(Context(table, _NOTHING)).spread(table.size).take(np.where(gone, 0, rows))
            return column.with_state(np.where(gone, np.uint8(State.ABSENT), column.state))

        return run

    def growth(self, node: Call) -> Run:
        now = self.numbers(node.arguments[0])
        before: Run = self.last_year(node.arguments[0]) if len(node.arguments) == 1 else self.compile(node.arguments[1])

        def run(context: Context) -> Numbers:
            base = before(context)
            assert isinstance(base, Numbers)
            return (now(context) - base) / abs(base)

        return run

    def share(self, node: Call) -> Run:
        part, whole = (self.numbers(argument) for argument in node.arguments)

        def run(context: Context) -> Numbers:
            mine, all_of_it = part(context), whole(context)
            ratio, above = mine / all_of_it, mine.compare(">", all_of_it).true()
            return ratio.with_state(np.where(above, np.maximum(ratio.state, State.PART_ABOVE_WHOLE), ratio.state))

        return run

    def rounding(self, node: Call) -> Run:
        number = self.numbers(node.arguments[0])
        places_node = node.arguments[1] if len(node.arguments) > 1 else None
        places = int(places_node.value) if isinstance(places_node, Number) else 0
        mode = {"四舍五入": "half", "进一": "up", "去尾": "down"}[node.function]
        return lambda context: number(context).rounded(places, mode)

    def group(self, node: Call) -> Run:
        function, scope = node.function, node.scope
        if scope is None:
            parts = [self.compile(argument) for argument in node.arguments]

            def of_arguments(context: Context) -> Numbers:
                columns = [_as_numbers(part(context)) for part in parts]
                value, starts = side_by_side(columns)
                return grouped(function, value, starts)

            return of_arguments
        inner = self.elsewhere(self.catalogue.lower[scope])
        values = [inner.compile(argument) for argument in node.arguments]

        def of_scope(context: Context) -> Numbers:
            group = context.table.lower(scope)
            if group is None:
                return Numbers.unknown(context.table.size, State.ABSENT)
            below = Context(group.table, _NOTHING)
            columns = [value(below) for value in values]
            value = columns[0].spread(group.table.size) if columns else None
            weight = next((column for column in columns[1:] if isinstance(column, Numbers)), None)
            keep = next((column for column in columns[1:] if isinstance(column, Truths)), None)
            assert not isinstance(value, Texts)
            return grouped(function, value, group.starts, weight, keep)

        return of_scope


def _always(value: Column) -> Run:
    return lambda context: value


def _choose(first: Column, where: Truths | None, second: Column) -> Column:
    rows = first.state == 0 if where is None else where.value
    return first.choose(rows, second)  # type: ignore[arg-type]  # the checker has seen that both are of one kind


def _is_unknown(column: Column) -> Truths:
    return Truths(column.state > 0, np.zeros(len(column), np.uint8))


def _among(column: Column, words: list[str]) -> Truths:
    assert isinstance(column, Texts)
    return Truths(column.among(words), column.state)


def _as_numbers(column: Column) -> Numbers:
    if isinstance(column, Truths):
        return Numbers.of_truths(column)
    assert isinstance(column, Numbers)
    return column
