"""What a rule explains itself with: one indicator of one subject, its answers, and the formulas behind its sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from dudao.calc.expr import (
    Explanation,
    Item,
    Name,
    Numbers,
    State,
    Texts,
    Truths,
    explain,
    show_near,
    show_number,
)
from dudao.calc.rules.computing import ANSWER, Compiled, Inputs, question_name


def shown(value: Fraction | Decimal | None) -> str:
    return "—" if value is None else show_number(Fraction(value))


def unknown(state: int) -> str:
    return f"—（{State(state).words}）"


@dataclass(slots=True)
class Explaining:
    """One indicator of one subject; collects the formulas it explains. ``marked_by``: question → whose answer it is."""

    name: str
    items: Mapping[str, Item]
    compiled: Compiled
    inputs: Inputs
    marked_by: Callable[[str], str]
    formulas: list[Explanation] = field(default_factory=list)

    @property
    def full(self) -> Fraction:
        return Fraction(self.compiled.most)

    def calculation(self, text: str, wanted: str) -> Explanation:
        formula = self.compiled.formula(text, wanted)
        found = explain(formula, self.inputs.data, self.inputs.bound)
        self.formulas.append(found)
        return found

    def measured(self, text: str, near: Fraction | None = None, percent: bool = False) -> tuple[Explanation, str]:
        """A number and its sentence: «每百名学生高于规定学历教师数 52 ÷ 1180 × 100 = 4.41».

        Shown with enough places to tell it from ``near``; ``percent``: as the rule's limits are written.
        """
        found = self.calculation(text, "number")
        node = self.compiled.formula(text, "number").node
        name, detail = self.name, found
        if isinstance(node, Name) and node.name != ANSWER:
            item = self.items.get(node.name)
            name = node.name if item is None else item.name
            detail = dict(found.steps).get(name, found)
        if isinstance(found.value, Fraction):
            percent = percent or found.percent
            result = show_number(found.value, percent) if near is None else show_near(found.value, near, percent)
            detail = replace(detail, result=result, worked=result if detail.worked == detail.result else detail.worked)
        return found, f"{name} {detail.sentence}"

    def fact(self, text: str, percent: bool = False) -> str:
        """A number as a letter says it: «校医数为0人»; "" where there is none."""
        formula = self.compiled.formula(text, "number")
        found = explain(formula, self.inputs.data, self.inputs.bound)
        if not isinstance(found.value, Fraction):
            return ""
        name, unit, node = self.name, "", formula.node
        if isinstance(node, Name) and node.name in self.items:
            item = self.items[node.name]
            name, unit = item.name.removesuffix(f"_{item.unit}"), item.unit
        told = show_number(found.value, percent or found.percent)
        return f"{name}为{told}{'' if told.endswith('%') else unit}"

    def broken(self, text: str) -> str:
        """A condition that doesn't hold, with what it read: «不符合“校医数 ≥ 1”的要求（校医数0）»."""
        found = explain(self.compiled.formula(text, "truth"), self.inputs.data, self.inputs.bound)
        read = "，".join(f"{one.name}{one.shown}" for one in found.inputs)
        return f"不符合“{text}”的要求{f'（{read}）' if read else ''}"

    def holds(self, text: str) -> bool | None:
        value = explain(self.compiled.formula(text, "truth"), self.inputs.data, self.inputs.bound).value
        return value if isinstance(value, bool) else None

    def value(self, text: str) -> Fraction | None:
        """A number alone, without a sentence."""
        value = explain(self.compiled.formula(text, "number"), self.inputs.data, self.inputs.bound).value
        return value if isinstance(value, Fraction) else None

    def category(self, by: str) -> tuple[str, str]:
        """The category and the words for it."""
        if not by:
            return "", ""
        found = self.calculation(by, "text")
        if not isinstance(found.value, str):
            return "", f"{by} {found.result}，"
        return found.value, f"按“{found.value}”的标准，"

    def who(self, label: str = "") -> str:
        """Whose answer it is."""
        return self.marked_by(question_name(self.compiled.code, label))

    def answer(self, label: str = "") -> Numbers | Truths | Texts:
        return self.compiled.answered(label)(self.inputs)

    def number_answer(self, label: str = "") -> tuple[Fraction | None, int]:
        answer = self.answer(label)
        assert isinstance(answer, Numbers)
        return answer.at(0), int(answer.state[0])
