"""线性插值: points by straight lines between measured values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any, ClassVar

from dudao.calc.expr import Item, Numbers, State, decimal_text, show_number
from dudao.calc.rules.bands import measuring, words_by_category
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import Compiled, Compute, Inputs, Result, by_category
from dudao.calc.rules.explaining import Explaining, shown
from dudao.calc.rules.form import FormField, read_lines_by_category, required_value, write_lines
from dudao.calc.rules.reading import Reader

_COLUMNS = ("at", "points")


@dataclass(frozen=True, slots=True)
class Knot:
    """``points`` at the measured value ``at``."""

    at: Decimal
    points: Decimal
    percent: bool = False
    """Written in percents: «95%» is stored as 0.95."""

    @classmethod
    def read(cls, data: Reader) -> Knot:
        percent = str(data.data.get("at")).strip().endswith("%")
        return cls(data.required("at"), data.required("points"), percent=percent)

    def plain(self) -> dict[str, str]:
        at = f"{decimal_text(Fraction(self.at) * 100)}%" if self.percent else f"{self.at:f}"
        return {"at": at, "points": f"{self.points:f}"}

    def words(self) -> str:
        return f"{show_number(Fraction(self.at), percent=self.percent)} 得 {shown(self.points)} 分"


@dataclass(frozen=True, slots=True)
class Linear:
    """Points by straight lines between knots (in ascending order); beyond the ends, the end's points."""

    value: str
    knots: Mapping[str, tuple[Knot, ...]]
    by: str = ""

    kind: ClassVar = "linear"
    label: ClassVar = "线性插值"
    hint: ClassVar = "两点之间按直线计分"
    form: ClassVar = (
        FormField("value", "按什么数值插值，如“入学人数 ÷ 适龄人数”；由人填数的写“本项”。", "按什么数值", "number"),
        FormField("by", wanted="text"),
        FormField("lines", "一行一点：数值 | 得分，数值从小到大，如“0.6 | 0”“0.8 | 6”。", "数值 | 得分"),
    )
    levels: ClassVar[tuple[str, ...]] = ()
    needs_points: ClassVar = True
    follows_points: ClassVar = False

    @classmethod
    def read(cls, data: Reader) -> Linear:
        return cls(data.text("value", is_required=True), data.by_category("knots", Knot.read), data.text("by"))

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        value = required_value(form)
        knots = read_lines_by_category(form.get("lines") or "", _COLUMNS, 2)
        return {"value": value, "by": form.get("by"), "knots": knots}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        return {"value": data["value"], "by": data.get("by"), "lines": write_lines(data["knots"], _COLUMNS)}

    def words(self) -> str:
        rows = {category: "，".join(knot.words() for knot in line) for category, line in self.knots.items()}
        return f"按{self.value}线性插值计分" + words_by_category(self.by, rows)

    def formulas(self) -> Iterator[Use]:
        yield from measuring(self.value, self.by)

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        return []

    def check(self, check: RuleCheck) -> None:
        check.categories(self.by, self.knots)
        check.percents(check.measured(self.value), [knot.at for line in self.knots.values() for knot in line])
        for category, line in self.knots.items():
            name = f"〔{category}〕" if category else ""
            if len(line) < 2 or any(low.at >= high.at for low, high in pairwise(line)):
                check.error("rule", f"{name}线性计分至少要两个点，数值从小到大。")
            check.reach(name, [knot.points for knot in line], check.full)

    def compute(self, compiled: Compiled) -> Compute:
        value = compiled.number(self.value)

        def of(line: Sequence[Knot]) -> Callable[[Inputs], Numbers]:
            start = Numbers.constant(line[0].points)
            pieces = []
            for low, high in pairwise(line):
                slope = Fraction(high.points - low.points) / Fraction(high.at - low.at)
                pieces.append((slope, Fraction(low.at), Fraction(high.at), Numbers.constant(low.at)))

            def run(inputs: Inputs) -> Numbers:
                measured = value(inputs)
                mark = start
                # What each piece adds by how far the value has come along it.
                for slope, low, high, origin in pieces:
                    if slope:
                        mark = mark + (measured.clamped(low, high) - origin).times(slope)
                return mark.spread(len(measured)).with_state(measured.state)

            return run

        case = by_category(compiled, self.by, {name: of(line) for name, line in self.knots.items()})
        return lambda inputs: Result(case(inputs))

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        category, prefix = explaining.category(self.by)
        line = self.knots.get(category)
        found, sentence = explaining.measured(self.value)
        if line is None:
            return [f"{prefix}{sentence}，{State.NO_CATEGORY.words}"]
        value = found.value
        if not isinstance(value, Fraction):
            return [f"{prefix}{sentence}"]
        return [f"{prefix}{sentence}，{_along(line, value, found.percent)}"]

    def shortfall(self, told: Explaining, result: Result) -> str:
        line = self.knots.get(told.category(self.by)[0])
        said = told.fact(self.value, any(knot.percent for knot in line or ()))
        if not line or not said:
            return ""
        best = max(line, key=lambda knot: knot.points)
        end = show_number(Fraction(best.at), percent=best.percent)
        return f"{said}，{'高于' if best is line[0] else '未达到'}{end}"

    def limits(self, category: str) -> list[Decimal]:
        """Where the points begin and cease to change."""
        line = self.knots[category]
        return [line[0].at, line[-1].at]

    def between(self, category: str) -> list[Decimal]:
        """Values to be tried besides the limits: the knots and halfway between them."""
        ats = [knot.at for knot in self.knots[category]]
        return ats + [(low + high) / 2 for low, high in pairwise(ats)]

    def categories(self) -> list[str]:
        return list(self.knots)

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        return []

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        return None

    def full_points(self) -> Decimal | None:
        return None


def _along(line: Sequence[Knot], value: Fraction, percent: bool) -> str:
    """Where a value lies on the line, and what that gives."""

    def at(bound: Decimal) -> str:
        return show_number(Fraction(bound), percent)

    first, last = line[0], line[-1]
    if value <= first.at:
        return f"不超过 {at(first.at)}，得 {shown(first.points)} 分"
    if value >= last.at:
        return f"达到 {at(last.at)}，得 {shown(last.points)} 分"
    low, high = next((low, high) for low, high in pairwise(line) if value <= high.at)
    share = (value - Fraction(low.at)) / Fraction(high.at - low.at)
    mark = Fraction(low.points) + share * Fraction(high.points - low.points)
    rise = high.points - low.points  # it falls where less is better
    start = f"{shown(low.points)} {'−' if rise < 0 else '+'} " if low.points else ""
    return (
        f"在 {at(low.at)}（{shown(low.points)} 分）与 {at(high.at)}（{shown(high.points)} 分）之间，"
        f"{start}({show_number(value, percent)} − {at(low.at)}) ÷ ({at(high.at)} − {at(low.at)}) × "
        f"{shown(abs(rise))} = {shown(mark)} 分"
    )
