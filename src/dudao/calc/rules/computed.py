"""公式计分: points by a formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from dudao.calc.expr import Item
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import Compiled, Compute, Result
from dudao.calc.rules.explaining import Explaining, shown
from dudao.calc.rules.form import FormField, required_value
from dudao.calc.rules.reading import Reader


@dataclass(frozen=True, slots=True)
class Computed:
    """Points by a formula, held between 0 and the full points."""

    points: str

    kind: ClassVar = "computed"
    label: ClassVar = "公式计分"
    hint: ClassVar = "按公式计分，在 0 和满分之间"
    form: ClassVar = (FormField("value", "得分的公式，如“满分 × 达标学校数 ÷ 学校数”。", "得分的公式", "number"),)
    levels: ClassVar[tuple[str, ...]] = ()
    needs_points: ClassVar = True
    follows_points: ClassVar = False

    @classmethod
    def read(cls, data: Reader) -> Computed:
        return cls(data.text("points", is_required=True))

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        return {"points": required_value(form)}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        return {"value": data["points"]}

    def words(self) -> str:
        return f"得分 = {self.points}"

    def formulas(self) -> Iterator[Use]:
        yield Use("计分公式", self.points, "number")

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        return []

    def check(self, check: RuleCheck) -> None:
        """All there is to check is the formula."""

    def compute(self, compiled: Compiled) -> Compute:
        value, least, most = compiled.number(self.points), Fraction(0), Fraction(compiled.most)
        return lambda inputs: Result(value(inputs).clamped(least, most))

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        found, sentence = explaining.measured(self.points)
        if isinstance(found.value, Fraction) and found.value > explaining.full:
            return [sentence, f"不超过满分，得 {shown(explaining.full)} 分"]
        if isinstance(found.value, Fraction) and found.value < 0:
            return [sentence, "不低于 0 分，得 0 分"]
        return [sentence]

    def shortfall(self, told: Explaining, result: Result) -> str:
        read = told.calculation(self.points, "number").inputs
        return "，".join(f"{one.name}为{one.shown}" for one in read)

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        return []

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        return None

    def full_points(self) -> Decimal | None:
        return None
