"""要点计分: a list of parts each worth points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from dudao.calc.expr import Item, Kind, Numbers, Truths
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import Compiled, Compute, Inputs, Result
from dudao.calc.rules.explaining import Explaining, shown, unknown
from dudao.calc.rules.form import FormField, read_lines, write_lines
from dudao.calc.rules.questions import question
from dudao.calc.rules.reading import Reader

_COLUMNS = ("label", "points", "when")


@dataclass(frozen=True, slots=True)
class Part:
    """``points`` if the condition ``when`` holds, or if a person says it is there."""

    label: str
    points: Decimal
    when: str = ""

    @classmethod
    def read(cls, data: Reader) -> Part:
        return cls(data.text("label", is_required=True), data.required("points"), data.text("when"))


@dataclass(frozen=True, slots=True)
class Parts:
    """A list of parts each worth points; what is missing loses its points."""

    parts: tuple[Part, ...]

    kind: ClassVar = "parts"
    label: ClassVar = "要点计分"
    hint: ClassVar = "若干要点各有分值，缺一项少一项的分；when 不写则由人判断"
    form: ClassVar = (
        FormField(
            "lines",
            "一行一个：要点 | 得分 | 条件，如“有应急预案 | 2”。没有条件的由人回答有没有。",
            "要点 | 得分 | 条件",
        ),
    )
    levels: ClassVar[tuple[str, ...]] = ()
    needs_points: ClassVar = True
    follows_points: ClassVar = False

    @classmethod
    def read(cls, data: Reader) -> Parts:
        return cls(data.many("parts", Part.read))

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        return {"parts": read_lines(form.get("lines") or "", _COLUMNS, 2)}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        return {"lines": write_lines(data["parts"], _COLUMNS)}

    def words(self) -> str:
        return "按要点计分：" + "、".join(f"{part.label} {shown(part.points)} 分" for part in self.parts)

    def formulas(self) -> Iterator[Use]:
        for part in self.parts:
            if part.when:
                yield Use(f"要点“{part.label}”", part.when, "truth", "lines")

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        return [question(f"{code}·{part.label}", Kind.TRUTH) for part in self.parts if not part.when]

    def check(self, check: RuleCheck) -> None:
        total = self.full_points() or Decimal(0)
        if not self.parts or total != check.full:
            check.error("points", f"要点分值合计 {shown(total)}，与满分 {shown(check.full)} 不符。")
        if any(part.points < 0 for part in self.parts):
            check.error("points", "要点的分值不能小于 0。")

    def compute(self, compiled: Compiled) -> Compute:
        parts = [
            (Fraction(part.points), compiled.truth(part.when) if part.when else compiled.answered(part.label))
            for part in self.parts
        ]

        def run(inputs: Inputs) -> Result:
            mark: Numbers | None = None
            for points, present in parts:
                truth = present(inputs)
                assert isinstance(truth, Truths)
                worth = Numbers.of_truths(truth).times(points)
                mark = worth if mark is None else mark + worth
            return Result(mark)

        return run

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        lines = []
        for part in self.parts:
            if part.when:
                found = explaining.calculation(part.when, "truth")
                present = found.value if isinstance(found.value, bool) else None
                why, state = f"（{found.sentence}）", int(found.state)
            else:
                answer = explaining.answer(part.label)
                assert isinstance(answer, Truths)
                present, state = answer.at(0), int(answer.state[0])
                who = explaining.who(part.label)
                why = f"（{who}）" if who and present is not None else ""
            if present is None:
                lines.append(f"{part.label}：{unknown(state)}")
            else:
                got = f"有，得 {shown(part.points)} 分" if present else f"缺，{shown(part.points)} 分不得"
                lines.append(f"{part.label}{why}：{got}")
        return lines

    def shortfall(self, told: Explaining, result: Result) -> str:
        missing = [part.label for part in self.parts if self._there(told, part) is False]
        return f"“{told.name}”中没有落实：{'；'.join(missing)}" if missing else ""

    def _there(self, told: Explaining, part: Part) -> bool | None:
        if part.when:
            return told.holds(part.when)
        answer = told.answer(part.label)
        assert isinstance(answer, Truths)
        return answer.at(0)

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        return []

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        return None

    def full_points(self) -> Decimal | None:
        return sum((part.points for part in self.parts), Decimal(0))
