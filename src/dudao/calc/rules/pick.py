"""由评估人员定档评分: a person picks a level and a mark within it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from random import Random
from typing import Any, ClassVar

import numpy as np

from dudao.calc.expr import Item, Kind, Numbers, State
from dudao.calc.rules.bands import Band
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import Compiled, Compute, Inputs, Limits, Result, with_reason
from dudao.calc.rules.explaining import Explaining, shown, unknown
from dudao.calc.rules.form import FormField, read_lines, write_lines
from dudao.calc.rules.intervals import Seam, ends_of, seams
from dudao.calc.rules.questions import question
from dudao.calc.rules.reading import Reader

_COLUMNS = ("within", "label")


@dataclass(frozen=True, slots=True)
class Pick:
    """A person picks a level, and within it a mark (or with ``factor`` a share of the full points).

    A level of one value (优 1, 良 0.8) may be answered by its label. Marks come in steps of ``step``.
    """

    bands: tuple[Band, ...]
    factor: bool = False
    step: Decimal = Decimal(1)

    kind: ClassVar = "pick"
    label: ClassVar = "评估人员定档评分"
    hint: ClassVar = "由评估人员定档，在档内给分；factor: true 时给满分的比例"
    form: ClassVar = (
        FormField("lines", "一行一档：范围 | 名称，如“36～40 | 认真规范”；单值的档次如“1 | 优”。", "范围 | 名称"),
        FormField("step", "同一档内给分的间隔，如 0.5；留空为 1。", "如 0.5"),
        FormField("factor", "如“1 | 优”“0.8 | 良”，得分是满分乘以比例。", "如优 1、良 0.8"),
    )
    levels: ClassVar[tuple[str, ...]] = ()
    needs_points: ClassVar = True
    follows_points: ClassVar = False

    @classmethod
    def read(cls, data: Reader) -> Pick:
        return cls(data.many("bands", Band.read), data.truth("factor"), data.number("step") or Decimal(1))

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        bands = read_lines(form.get("lines") or "", _COLUMNS, 1)
        return {"bands": bands, "factor": bool(form.get("factor")), "step": form.get("step")}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        lines = write_lines(data["bands"], _COLUMNS)
        return {"lines": lines, "factor": data.get("factor", False), "step": data.get("step")}

    def words(self) -> str:
        share = "按满分的比例" if self.factor else ""
        bands = "；".join(f"{band.label} {band.within}".strip() for band in self.bands)
        return f"由评估人员定档并{share}评分：{bands}"

    def formulas(self) -> Iterator[Use]:
        yield from ()

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        named = [band for band in self.bands if band.label and band.within.is_point]
        values = {band.label: band.within.low for band in named if band.within.low is not None}
        most = Decimal(1) if self.factor else points
        return [question(code, Kind.NUMBER, least=Decimal(0), most=most, aliases=values)]

    def check(self, check: RuleCheck) -> None:
        check.step(self.step)
        ranges = [band.within for band in self.bands if not band.within.is_point]
        points = [band.within for band in self.bands if band.within.is_point]
        step = None if self.factor or self.step <= 0 else self.step
        if not self.bands:
            check.error("rule", "没有写档次。")
        for seam in seams(ranges, step, has_domain=False):
            check.seam("评分 ", seam)
        for number, point in enumerate(points):
            others = ranges + points[:number]
            if any(point.low is not None and other.holds(point.low) for other in others):
                check.seam("评分 ", Seam("overlap", point))
        check.reach("", ends_of(band.within for band in self.bands), Decimal(1) if self.factor else check.full)

    def compute(self, compiled: Compiled) -> Compute:
        answered = compiled.answered()
        share = Fraction(compiled.most) if self.factor else Fraction(1)
        limits = Limits([band.within for band in self.bands])

        def run(inputs: Inputs) -> Result:
            answer = answered(inputs)
            assert isinstance(answer, Numbers)
            inside = reduce(np.logical_or, limits.inside(answer))
            return Result(with_reason(answer, ~inside, State.NO_BAND).times(share))

        return run

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        value, state = explaining.number_answer()
        if value is None:
            return [unknown(state)]
        band = next((band for band in self.bands if band.within.holds(value)), None)
        who, full = explaining.who(), explaining.full
        if band is None:
            return [f"{who}评 {shown(value)}，{State.NO_BAND.words}"]
        level = f"{band.label}（{band.within}）" if band.label else str(band.within)
        if self.factor:
            return [f"{who}评为{level}，{shown(full)} × {shown(value)} = {shown(value * full)} 分"]
        return [f"{who}评 {shown(value)} 分，属于{level}"]

    def shortfall(self, told: Explaining, result: Result) -> str:
        value = told.number_answer()[0]
        band = next((band for band in self.bands if value is not None and band.within.holds(value)), None)
        return f"“{told.name}”评为“{band.label}”" if band is not None and band.label else ""

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        return ends_of(band.within for band in self.bands)[::-1] if item.name == code else []

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        labelled = [band.label for band in self.bands if band.label and band.within.is_point]
        return labelled[0] if labelled else str(self.bands[0].within.low or Decimal(0))

    def full_points(self) -> Decimal | None:
        return None
