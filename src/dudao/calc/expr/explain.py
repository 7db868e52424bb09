"""Why a formula has the value it has, for one row: the formula with its numbers put in, the inputs, the steps.

Runs the formula itself on the one row and looks at the values of its parts; nothing is computed a second way. Sentences
about scores are made in `dudao.calc.score.trace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any as AnyData

from dudao.calc.expr.evaluate import Context
from dudao.calc.expr.formula import Formula, derived_formula
from dudao.calc.expr.numbers import Numbers
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
    decimal_text,
    write,
)
from dudao.calc.expr.table import Column, Table
from dudao.calc.expr.words import Texts, Truths
from dudao.calc.rounding import round_half_up

Value = Fraction | bool | str | None


@dataclass(frozen=True, slots=True)
class Input:
    """Something the formula read: a data item, or a total over the units below."""

    name: str
    shown: str
    state: State


@dataclass(frozen=True, slots=True)
class Explanation:
    """``worked``: the formula with numbers put in («52 ÷ 1180 × 100»); ``result``: its value («4.41»).

    ``steps``: the derived items it used, each explained by itself.
    """

    formula: str
    worked: str
    result: str
    value: Value
    state: State
    percent: bool
    inputs: tuple[Input, ...]
    steps: tuple[tuple[str, Explanation], ...]

    @property
    def sentence(self) -> str:
        """«52 ÷ 1180 × 100 = 4.41»; for a bare item only its value."""
        if self.worked == self.result:
            return self.result
        return f"{self.worked} {'=' if isinstance(self.value, Fraction) else '：'} {self.result}".replace(" ： ", "：")

    def data(self) -> dict[str, AnyData]:
        """The same as plain data for JSON; numbers are exact texts («25/6» where no decimal is exact)."""
        value = str(self.value) if isinstance(self.value, Fraction) else self.value
        return {
            "formula": self.formula,
            "worked": self.worked,
            "result": self.result,
            "value": value,
            "state": self.state.name.lower(),
            "inputs": [{"name": i.name, "shown": i.shown, "state": i.state.name.lower()} for i in self.inputs],
            "steps": [{"name": name, **step.data()} for name, step in self.steps],
        }


def show_number(value: Fraction, percent: bool = False, places: int = 2) -> str:
    """For reading: whole numbers and short decimals exactly, others to two places, small ones to two digits."""
    shown = value * 100 if percent else value
    sign = "%" if percent else ""
    if (shown * 10**4).denominator == 1:
        return decimal_text(shown) + sign
    while places < 40 and abs(shown) * 10 ** (places - 1) < 1:
        places += 1
    rounded = round_half_up(shown, places)
    return (decimal_text(Fraction(rounded)) if places > 2 else f"{rounded:f}") + sign


def show_near(value: Fraction, limit: Fraction, percent: bool = False) -> str:
    """With as many places as it takes to see on which side of ``limit`` the value lies."""
    places, scale = 2, 100 if percent else 1
    while (
        places < 40 and value != limit and round_half_up(value * scale, places) == round_half_up(limit * scale, places)
    ):
        places += 1
    return show_number(value, percent, places)


def explain(formula: Formula, table: Table, bound: Mapping[str, Column] | None = None) -> Explanation:
    """Explain the value of a formula in a table of one row."""
    seen: dict[int, Column] = {}
    formula.run(Context(table, bound or {}, seen))
    return _explain(formula, seen)


def _explain(formula: Formula, seen: Mapping[int, Column]) -> Explanation:
    teller = _Teller(formula, seen)
    worked = teller.tell(formula.node)
    column = seen[id(formula.node)]
    return Explanation(
        formula=formula.standard,
        worked=worked,
        result=teller.value(formula.node),
        value=column.at(0),
        state=State(int(column.state[0])),
        percent=formula.type.percent,
        inputs=tuple({found.name: found for found in teller.inputs}.values()),
        steps=tuple(teller.steps.items()),
    )


_CONSTANT = Number | Text | Truth


class _Teller:
    def __init__(self, formula: Formula, seen: Mapping[int, Column]) -> None:
        self.formula = formula
        self.seen = seen
        self.inputs: list[Input] = []
        self.steps: dict[str, Explanation] = {}

    def value(self, node: Node) -> str:
        column = self.seen[id(node)]
        if column.state[0]:
            return f"—（{State(int(column.state[0])).words}）"
        if isinstance(column, Numbers):
            value = column.at(0)
            assert value is not None
            return show_number(value, self.formula.types[id(node)].percent)
        if isinstance(column, Truths):
            is_item = isinstance(node, Name)
            return ("是" if is_item else "成立") if column.at(0) else ("否" if is_item else "不成立")
        assert isinstance(column, Texts)
        return f"“{column.at(0)}”"

    def read(self, node: Node) -> str:
        """A part shown by its value alone, and noted as an input."""
        shown = self.value(node)
        name = node.name if isinstance(node, Name) else write(node)
        self.inputs.append(Input(name, shown, State(int(self.seen[id(node)].state[0]))))
        return shown

    def tell(self, node: Node, least: int = 0) -> str:
        match node:
            case Name():
                return self.name(node)
            case Call():
                return self.call(node)
            case Compare():
                return self.comparison(node)
            case All():
                return "；且 ".join(self.condition(part) for part in node.parts)
            case Any():
                return "；或 ".join(self.condition(part) for part in node.parts)
            case Not():
                return f"非（{self.condition(node.part)}）"
            case Sum() | Product() | Negative():
                return write(node, least, self.tell)
            case _:
                return write(node)

    def condition(self, node: Node) -> str:
        """A part of a condition: a yes or no by its name, whatever is made of several in brackets."""
        if isinstance(node, Name):
            return f"{self.named(node)}：{self.name(node)}"
        return f"（{self.tell(node)}）" if isinstance(node, All | Any) else self.tell(node)

    def comparison(self, node: Compare) -> str:
        """«差异系数 0.5018，要求 ≤ 0.5»: what is compared by its name, as exactly as it takes to see on which side it is."""
        limit = self.seen[id(node.right)].at(0)
        left, right = self.side(node.left, limit), self.side(node.right, self.seen[id(node.left)].at(0))
        asks = "，要求" if isinstance(node.right, _CONSTANT) and not isinstance(node.left, _CONSTANT) else ""
        return f"{left}{asks} {node.operator} {right}"

    def side(self, node: Node, other: Value) -> str:
        if isinstance(node, _CONSTANT):
            return write(node)
        value, percent = self.seen[id(node)].at(0), self.formula.types[id(node)].percent
        told = self.value(node)
        if isinstance(value, Fraction) and isinstance(other, Fraction):
            told = show_near(value, other, percent) if value != other else show_number(value, percent, 12)
        if isinstance(node, Name):
            self.name(node)
            return f"{self.named(node)} {told}"
        return f"{write(node)} = {self.tell(node)} = {told}"

    def named(self, node: Name) -> str:
        item = self.formula.catalogue.items.get(node.name)
        return node.name if item is None else item.name

    def name(self, node: Name) -> str:
        catalogue = self.formula.catalogue
        if node.name in catalogue.items and catalogue.items[node.name].formula:
            derived = derived_formula(catalogue, node.name)
            if id(derived.node) in self.seen:
                self.steps[catalogue.items[node.name].name] = _explain(derived, self.seen)
        return self.read(node)

    def call(self, node: Call) -> str:
        match node.function:
            case "如果":
                condition = self.seen[id(node.arguments[0])]
                assert isinstance(condition, Truths)
                told = self.condition(node.arguments[0])
                if condition.state[0]:
                    return f"—（条件算不出：{told}）"
                branch = self.tell(node.arguments[1 if condition.value[0] else 2], 9)
                return f"{branch}（因为{told}，{'成立' if condition.value[0] else '不成立'}）"
            case "缺失时":
                if self.seen[id(node.arguments[0])].state[0]:
                    return f"{self.tell(node.arguments[1], 9)}（因为{write(node.arguments[0])}缺失）"
                return self.tell(node.arguments[0], 9)
            case "上年":
                return self.read(node)
            case "比例":
                return f"{self.tell(node.arguments[0], 9)} ÷ {self.tell(node.arguments[1], 9)}"
            case _ if node.scope is not None:
                return self.read(node)
            case _:
                return f"{node.function}({', '.join(self.tell(argument) for argument in node.arguments)})"
