"""分档计分: points by the band in which a measured value lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

import numpy as np

from dudao.calc.expr import Formula, Item, Name, Numbers, State, show_number
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import Compiled, Compute, Inputs, Limits, Result, by_category, with_reason
from dudao.calc.rules.explaining import Explaining, shown
from dudao.calc.rules.form import FormField, read_lines_by_category, required_value, write_lines
from dudao.calc.rules.intervals import Interval, ends_of, seams
from dudao.calc.rules.reading import Reader

_COLUMNS = ("within", "points", "label")


@dataclass(frozen=True, slots=True)
class Band:
    """``points`` for a measured value within; where a person picks a mark within, there are none."""

    within: Interval
    points: Decimal | None = None
    label: str = ""

    @classmethod
    def read(cls, data: Reader) -> Band:
        return cls(data.interval("within"), data.number("points"), data.text("label"))

    def words(self) -> str:
        label = f"{self.label}（{self.within}）" if self.label else f"{self.within} "
        return f"{label}得 {shown(self.points)} 分"


@dataclass(frozen=True, slots=True)
class Bands:
    """Points by the band in which a measured value lies, with bands of their own for each category.

    ``by``: a formula of words («办学类型»); without it the only key is "". A value in no band has no mark.
    """

    value: str
    bands: Mapping[str, tuple[Band, ...]]
    by: str = ""

    kind: ClassVar = "bands"
    label: ClassVar = "分档计分"
    hint: ClassVar = "按数值所在的档给分，可按类别 by 各有一套档次"
    form: ClassVar = (
        FormField(
            "value", "按什么数值分档，如“专任教师数 ÷ 在校生数 × 100”；由人填数的写“本项”。", "按什么数值", "number"
        ),
        FormField("by", wanted="text"),
        FormField("lines", "一行一档：范围 | 得分 | 名称，如“≥4.2 | 5 | 达标”“[3,4.2) | 3”。", "范围 | 得分 | 名称"),
    )
    levels: ClassVar[tuple[str, ...]] = ()
    needs_points: ClassVar = True
    follows_points: ClassVar = False

    @classmethod
    def read(cls, data: Reader) -> Bands:
        return cls(data.text("value", is_required=True), data.by_category("bands", Band.read), data.text("by"))

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        value = required_value(form)
        bands = read_lines_by_category(form.get("lines") or "", _COLUMNS, 2)
        return {"value": value, "by": form.get("by"), "bands": bands}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        return {"value": data["value"], "by": data.get("by"), "lines": write_lines(data["bands"], _COLUMNS)}

    def words(self) -> str:
        rows = {category: "；".join(band.words() for band in row) for category, row in self.bands.items()}
        return f"按{self.value}分档计分" + words_by_category(self.by, rows)

    def formulas(self) -> Iterator[Use]:
        yield from measuring(self.value, self.by)

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        return []

    def check(self, check: RuleCheck) -> None:
        check.categories(self.by, self.bands)
        for category, row in self.bands.items():
            name = f"〔{category}〕" if category else ""
            if any(band.points is None for band in row):
                check.error("points", f"{name}有档次没有写得分。")
                continue
            check.reach(name, [band.points or Decimal(0) for band in row], check.full)
            measured = check.measured(self.value)
            within = [band.within for band in row]
            check.percents(measured, [end for one in within if not one.percent for end in one.ends])
            low, high = _domain(measured)
            for seam in seams(within, low=low, high=high):
                check.seam(f"{name}数值 ", seam)

    def compute(self, compiled: Compiled) -> Compute:
        value = compiled.number(self.value)

        def of(row: Sequence[Band]) -> Callable[[Inputs], Numbers]:
            points = Numbers.of([band.points for band in row])
            limits = Limits([band.within for band in row])

            def run(inputs: Inputs) -> Numbers:
                measured = value(inputs)
                found = np.full(len(measured), -1, np.intp)
                for number, inside in enumerate(limits.inside(measured)):
                    np.copyto(found, number, where=inside)
                return points.take(found).with_state(with_reason(measured, found < 0, State.NO_BAND).state)

            return run

        case = by_category(compiled, self.by, {name: of(row) for name, row in self.bands.items()})
        return lambda inputs: Result(case(inputs))

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        category, prefix = explaining.category(self.by)
        row = self.bands.get(category)
        number = explaining.value(self.value)
        bounds = [Fraction(end) for band in row or () for end in band.within.ends]
        near = min(bounds, key=lambda bound: abs(bound - number)) if number is not None and bounds else None
        percent = any(band.within.percent for band in row or ())
        found, sentence = explaining.measured(self.value, near, percent)
        if row is None:
            return [f"{prefix}{sentence}，{State.NO_CATEGORY.words}"]
        if number is None:
            return [f"{prefix}{sentence}"]
        band = next((band for band in row if band.within.holds(number)), None)
        if band is None:
            return [f"{prefix}{sentence}，{State.NO_BAND.words}"]
        label = f"，为 {band.label}" if band.label else ""
        return [
            f"{prefix}{sentence}，{_reached(band, row, percent or found.percent)}{label}，得 {shown(band.points)} 分"
        ]

    def shortfall(self, told: Explaining, result: Result) -> str:
        row = self.bands.get(told.category(self.by)[0])
        if not row:
            return ""
        said = told.fact(self.value, any(band.within.percent for band in row))
        best = max(row, key=lambda band: band.points or Decimal(0))
        return f"{said}，{best.within.missed}" if said else ""

    def limits(self, category: str) -> list[Decimal]:
        """Where the points change."""
        return ends_of(band.within for band in self.bands[category])

    def between(self, category: str) -> list[Decimal]:
        """Values to be tried besides the limits."""
        return []

    def categories(self) -> list[str]:
        return list(self.bands)

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        return []

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        return None

    def full_points(self) -> Decimal | None:
        marks = [band.points for band in self.bands.get("", ()) if band.points is not None]
        return max(marks, default=None)


def measuring(value: str, by: str) -> Iterator[Use]:
    yield Use("计分的数值", value, "number")
    if by:
        yield Use("分类", by, "text", "by")


def words_by_category(by: str, cases: Mapping[str, str]) -> str:
    if not by:
        return "".join(f"：{words}" for words in cases.values())
    return f"（按{by}）" + "".join(f"〔{name}〕{words}" for name, words in cases.items())


def _domain(formula: Formula | None) -> tuple[Decimal | None, Decimal | None]:
    """The values a measured number can have, as far as its item says; a calculated one is taken to start at 0."""
    if formula is None or not isinstance(formula.node, Name):
        return Decimal(0), None
    item = formula.catalogue.items.get(formula.node.name)
    if item is None or item.formula:
        return Decimal(0), None
    share = 100 if item.is_percent else 1
    least = Decimal(0) if item.least is None else item.least
    return least / share, None if item.most is None else item.most / share


def _reached(band: Band, row: tuple[Band, ...], percent: bool) -> str:
    within = band.within

    def show(bound: Decimal) -> str:
        return show_number(Fraction(bound), percent)

    if within.is_point:
        return f"等于 {within}"
    if within.high is None and within.low is not None:
        return f"超过 {show(within.low)}" if within.low_open else f"达到 {show(within.low)} 的要求"
    if within.low is None and within.high is not None:
        if any(other.within.low == within.high for other in row):
            return f"未达到 {show(within.high)} 的要求"
        return f"不超过 {show(within.high)}"
    assert within.low is not None and within.high is not None
    start = f"超过 {show(within.low)}" if within.low_open else f"达到 {show(within.low)}"
    return f"{start}，{'未达到' if within.high_open else '不超过'} {show(within.high)}"
