"""由评估人员评分: a person gives a mark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

from dudao.calc.expr import Item, Kind, Numbers, State
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import Compiled, Compute, Inputs, Limits, Result, with_reason
from dudao.calc.rules.explaining import Explaining, shown, unknown
from dudao.calc.rules.form import FormField
from dudao.calc.rules.intervals import Interval
from dudao.calc.rules.questions import good_share, question
from dudao.calc.rules.reading import Reader


@dataclass(frozen=True, slots=True)
class Judged:
    """A person gives a mark from 0 to the full points, in steps if ``step`` is set."""

    step: Decimal | None = None

    kind: ClassVar = "judged"
    label: ClassVar = "评估人员评分"
    hint: ClassVar = "由评估人员评分，step 为档距"
    form: ClassVar = (FormField("step", "只能按这个间隔给分，如 0.5；留空不限。", "如 0.5"),)
    levels: ClassVar[tuple[str, ...]] = ()
    needs_points: ClassVar = True
    follows_points: ClassVar = True

    @classmethod
    def read(cls, data: Reader) -> Judged:
        return cls(data.number("step"))

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        return {"step": form.get("step")}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        return {"step": data.get("step")}

    def words(self) -> str:
        return "由评估人员评分" + ("" if self.step is None else f"，以 {shown(self.step)} 分为一档")

    def formulas(self) -> Iterator[Use]:
        yield from ()

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        return [question(code, Kind.NUMBER, least=Decimal(0), most=points)]

    def check(self, check: RuleCheck) -> None:
        check.step(self.step)

    def compute(self, compiled: Compiled) -> Compute:
        answered, allowed = compiled.answered(), Limits([Interval(Decimal(0), compiled.most)])

        def run(inputs: Inputs) -> Result:
            answer = answered(inputs)
            assert isinstance(answer, Numbers)
            return Result(with_reason(answer, ~allowed.inside(answer)[0], State.NO_BAND))

        return run

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        value, state = explaining.number_answer()
        if value is None:
            return [unknown(state)]
        marked = f"{explaining.who()}评 {shown(value)} 分"
        if 0 <= value <= explaining.full:
            return [marked]
        return [f"{marked}，不在 0～{shown(explaining.full)} 分之间，不能采用"]

    def shortfall(self, told: Explaining, result: Result) -> str:
        return ""  # who judged has written why

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        if item.name != code:
            return []
        step = self.step or Decimal(1)
        return [points, points / 2 // step * step, Decimal(0)]

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        half = float(points) * good_share(draw, level, 0.5, 1.0) * 2
        return str(Decimal(int(half)) / 2)

    def full_points(self) -> Decimal | None:
        return None
