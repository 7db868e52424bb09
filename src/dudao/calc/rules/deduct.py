"""扣分: full points less what is counted, 扣完为止."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from dudao.calc.expr import Column, Item, Kind, Numbers
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import Compiled, Compute, Inputs, Result
from dudao.calc.rules.explaining import Explaining, shown, unknown
from dudao.calc.rules.form import FormField, read_lines, write_lines
from dudao.calc.rules.questions import question, some_faults
from dudao.calc.rules.reading import Reader

_COLUMNS = ("each", "label", "count", "most")
_ONE = re.compile("[一1](课时|分钟|学生|[项次个处人篇本份例起所台件门套间条天节种类名张户辆])")
"""«一次» of «少研究一次»: what is counted, in its own measure."""
_MISSING = "少一项"


@dataclass(frozen=True, slots=True)
class Deduction:
    """``each`` point off for every one counted; at most ``most`` points. No ``count``: a person counts."""

    each: Decimal
    count: str = ""
    label: str = ""
    most: Decimal | None = None

    @classmethod
    def read(cls, data: Reader) -> Deduction:
        return cls(data.required("each"), data.text("count"), data.text("label"), data.number("most"))

    def words(self) -> str:
        most = f"（最多扣 {shown(self.most)} 分）" if self.most is not None else ""
        if self.measure and not self.count:
            return f"每{self.said(1)}扣 {shown(self.each)} 分{most}"
        return f"{self.label or self.count}，每{self.measure or '项'}扣 {shown(self.each)} 分{most}"

    @property
    def measure(self) -> str:
        """«次» of «少研究一次»; nothing where the label tells no measure of its own, or two."""
        found = _ONE.findall(self.label or _MISSING)
        return str(found[0]) if len(found) == 1 else ""

    def said(self, count: Fraction | int) -> str:
        """The label with the number that was counted: «少研究 3 次», «缺制度 3 项»."""
        if not self.measure:
            return f"{self.label} {shown(Fraction(count))} 项"
        return _ONE.sub(rf" {shown(Fraction(count))} \1", (self.label or _MISSING).removeprefix("每")).strip()

    def off(self, count: Fraction) -> Fraction:
        off = max(count, Fraction(0)) * Fraction(self.each)
        return off if self.most is None else min(off, Fraction(self.most))


@dataclass(frozen=True, slots=True)
class Deduct:
    """Full points less the deductions, not below ``floor`` (扣完为止)."""

    deductions: tuple[Deduction, ...]
    floor: Decimal = Decimal(0)

    kind: ClassVar = "deduct"
    label: ClassVar = "扣分"
    hint: ClassVar = "从满分扣分，扣完为止；count 不写则由人填个数"
    form: ClassVar = (
        FormField(
            "lines",
            "一行一种：每项扣分 | 名称 | 计数公式 | 最多扣分，如“0.5 | 少一次会议”。没有公式的由人填次数。",
            "每项扣分 | 名称 | 计数公式 | 最多扣分",
        ),
        FormField("floor", "扣到多少为止；留空为 0。", "扣到多少为止；留空为 0"),
    )
    levels: ClassVar[tuple[str, ...]] = ()
    needs_points: ClassVar = True
    follows_points: ClassVar = False

    @classmethod
    def read(cls, data: Reader) -> Deduct:
        floor = data.number("floor") or Decimal(0)
        if "each" in data.data:  # a single deduction needs no list around it
            return cls((Deduction.read(data),), floor)
        return cls(data.many("deductions", Deduction.read), floor)

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        return {"deductions": read_lines(form.get("lines") or "", _COLUMNS, 1), "floor": form.get("floor")}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        return {"lines": write_lines(data["deductions"], _COLUMNS), "floor": data.get("floor")}

    def words(self) -> str:
        end = "，扣完为止" if not self.floor else f"，最低 {shown(self.floor)} 分"
        return "；".join(deduction.words() for deduction in self.deductions) + end

    def formulas(self) -> Iterator[Use]:
        for deduction in self.deductions:
            if deduction.count:
                yield Use(f"扣分“{deduction.label}”", deduction.count, "number", "lines")

    def _label(self, deduction: Deduction) -> str:
        """What tells the question apart: nothing where it is the only one."""
        return "" if len(self.deductions) == 1 else deduction.label

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        counted = [deduction for deduction in self.deductions if not deduction.count]
        names = [f"{code}·{one.label}" if len(self.deductions) > 1 else code for one in counted]
        return [question(name, Kind.COUNT) for name in names]

    def check(self, check: RuleCheck) -> None:
        if not self.deductions:
            check.error("rule", "没有写扣分项。")
        for deduction in self.deductions:
            if deduction.each <= 0:
                check.error("points", f"每项扣 {shown(deduction.each)} 分，应当大于 0。")
            if len(self.deductions) > 1 and not deduction.count and not deduction.label:
                check.error("rule", "有几个扣分项时，由人填写的扣分项要有名称。")
        if not 0 <= self.floor <= check.full:
            check.error("points", f"最低分 {shown(self.floor)} 应当在 0 和满分之间。")

    def compute(self, compiled: Compiled) -> Compute:
        def counted(deduction: Deduction) -> Callable[[Inputs], Column]:
            if deduction.count:
                return compiled.number(deduction.count)
            return compiled.answered(self._label(deduction))

        counts = [
            (counted(deduction), Fraction(deduction.each), None if deduction.most is None else Fraction(deduction.most))
            for deduction in self.deductions
        ]
        start, floor, nothing = Numbers.constant(compiled.most), Fraction(self.floor), Fraction(0)

        def run(inputs: Inputs) -> Result:
            mark = start
            for count, each, most in counts:
                number = count(inputs)
                assert isinstance(number, Numbers)
                mark = mark - number.times(each).clamped(nothing, most)
            return Result(mark.clamped(floor, None))

        return run

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        full = explaining.full
        left: Fraction | None = full
        lines = []
        for deduction in self.deductions:
            count, told = self._counted(explaining, deduction)
            if count is None:
                lines.append(told)
                left = None
                continue
            off = deduction.off(count)
            is_held = off < max(count, Fraction(0)) * Fraction(deduction.each)
            limit = f"，最多扣 {shown(deduction.most)} 分" if is_held else ""
            lines.append(
                f"{told}，每{deduction.measure or '项'}扣 {shown(deduction.each)} 分{limit}，扣 {shown(off)} 分"
            )
            left = None if left is None else left - off
        if left is not None:
            end = f"，扣完为止，得 {shown(self.floor)} 分" if left < self.floor else f" = {shown(left)} 分"
            lines.append(f"{shown(full)} − {shown(full - left)}{end}")
        return lines

    def _counted(self, explaining: Explaining, deduction: Deduction) -> tuple[Fraction | None, str]:
        """How many were counted, by a formula or a person, and the words for it."""
        if deduction.count:
            found, sentence = explaining.measured(deduction.count)
            name = f"{deduction.label}：" if deduction.label else ""
            return found.value if isinstance(found.value, Fraction) else None, f"{name}{sentence}"
        label = self._label(deduction)
        count, state = explaining.number_answer(label)
        if count is None:
            return None, f"{deduction.label or '扣分项'} {unknown(state)}"
        return (
            count,
            f"{explaining.who(label)}查出{deduction.said(count) if deduction.label else f'缺 {shown(count)} 项'}",
        )

    def shortfall(self, told: Explaining, result: Result) -> str:
        found = []
        for deduction in self.deductions:
            label = self._label(deduction)
            count = told.value(deduction.count) if deduction.count else told.number_answer(label)[0]
            if count is not None and count > 0:
                said = deduction.said(count).replace(" ", "") if deduction.label else f"“{told.name}”缺{shown(count)}项"
                found.append(told.fact(deduction.count) if deduction.count and not deduction.label else said)
        return "，".join(found)

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        return [Decimal(0), Decimal(1), Decimal(2)] if item.kind.is_number else []

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        return some_faults(draw, level)

    def full_points(self) -> Decimal | None:
        return None
