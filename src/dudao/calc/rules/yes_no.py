"""是与否: full points for the good answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

from dudao.calc.expr import Item, Kind, Numbers
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import ANSWER, Compiled, Compute, Inputs, Result
from dudao.calc.rules.explaining import Explaining, shown
from dudao.calc.rules.form import FormField
from dudao.calc.rules.questions import question
from dudao.calc.rules.reading import Reader


@dataclass(frozen=True, slots=True)
class YesNo:
    """Full points if the answer is the good one, else ``otherwise``. ``good=False``: a negative question."""

    when: str = ANSWER
    good: bool = True
    otherwise: Decimal = Decimal(0)

    kind: ClassVar = "yes_no"
    label: ClassVar = "是与否"
    hint: ClassVar = "是否题；good: false 为反向问题"
    form: ClassVar = (
        FormField(
            "value",
            "什么条件下为“是”，如“校医数 ≥ 1”；由人回答的留空。",
            "什么条件（由人回答的留空）",
            "truth",
        ),
        FormField("otherwise_points", "条件不成立时得多少分；留空为 0。", "留空为 0"),
        FormField("negative", "反向问题，如“是否发生过责任事故”。", "反向问题"),
    )
    levels: ClassVar[tuple[str, ...]] = ()
    needs_points: ClassVar = True
    follows_points: ClassVar = False

    @classmethod
    def read(cls, data: Reader) -> YesNo:
        return cls(
            data.text("when") or ANSWER, data.truth("good", default=True), data.number("otherwise") or Decimal(0)
        )

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        good = {"good": False} if form.get("negative") else {}
        return {"when": form.get("value"), **good, "otherwise": form.get("otherwise_points")}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        negative = data.get("good") is False
        return {"value": data.get("when", ""), "negative": negative, "otherwise_points": data.get("otherwise")}

    def words(self) -> str:
        rest = f"，否则得 {shown(self.otherwise)} 分" if self.otherwise else ""
        if self.when == ANSWER:
            return f"回答“{'是' if self.good else '否'}”得满分{rest}"
        return f"“{self.when}”{'成立' if self.good else '不成立'}，得满分{rest}"

    def formulas(self) -> Iterator[Use]:
        yield Use("条件", self.when, "truth")

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        return [question(code, Kind.TRUTH)] if self.when == ANSWER else []

    def check(self, check: RuleCheck) -> None:
        if not 0 <= self.otherwise <= check.full:
            check.error("points", f"“否则”的得分 {shown(self.otherwise)} 应当在 0 和满分之间。")

    def compute(self, compiled: Compiled) -> Compute:
        condition = compiled.truth(self.when)
        good, bad = Numbers.constant(compiled.most), Numbers.constant(self.otherwise)

        def run(inputs: Inputs) -> Result:
            truth = condition(inputs)
            return Result(good.choose(truth.value == self.good, bad).with_state(truth.state))

        return run

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        found = explaining.calculation(self.when, "truth")
        if not isinstance(found.value, bool):
            return [found.result]
        mark = shown(explaining.compiled.points if found.value == self.good else self.otherwise)
        if self.when == ANSWER:
            return [f"{explaining.who()}答“{'是' if found.value else '否'}”，得 {mark} 分"]
        return [f"{found.sentence}，得 {mark} 分"]

    def shortfall(self, told: Explaining, result: Result) -> str:
        if not self.good:
            return f"存在“{told.name if self.when == ANSWER else self.when}”的情形"
        return f"没有做到“{told.name}”" if self.when == ANSWER else told.broken(self.when)

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        return []

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        return None

    def full_points(self) -> Decimal | None:
        return None
