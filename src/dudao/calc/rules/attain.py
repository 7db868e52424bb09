"""达标等级: a level, by conditions or by a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from random import Random
from typing import Any, ClassVar

import numpy as np

from dudao.calc.expr import Item, Kind, Numbers, State, Texts, Truths
from dudao.calc.rules.checking import RuleCheck, Use
from dudao.calc.rules.computing import Compiled, Compute, Inputs, Result
from dudao.calc.rules.explaining import Explaining, shown, unknown
from dudao.calc.rules.form import FormField, RuleTextError, numbered_lines
from dudao.calc.rules.questions import question
from dudao.calc.rules.reading import Reader

_HEADS = {"等级": "levels", "得分": "points", "全部": "all_of", "任一": "any_of"}
_LISTS = ("levels", "points")
"""What stands in one line; of conditions each has its own."""


@dataclass(frozen=True, slots=True)
class Attain:
    """A level: the first if all of ``all_of`` hold, the last if any of ``any_of`` does (that one decides), else between.

    With two levels ``any_of`` is empty and the last is what is not the first; without it nobody gets the last of three.
    Without any condition a person answers with a level. ``points``: of each level; without them the leaf has a level and no mark.
    """

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    levels: tuple[str, ...] = ("A", "B", "C")
    points: tuple[Decimal, ...] = ()

    kind: ClassVar = "attain"
    label: ClassVar = "达标等级"
    hint: ClassVar = "评等级；all_of 全部符合为首等，any_of 有一项即为末等，都不写由人评"
    form: ClassVar = (
        FormField(
            "lines",
            "每行以“等级”“得分”“全部”或“任一”开头：“等级 | A、B、C”；“得分 | 2、1、0”；"
            "“全部 | 条件”都符合的得首等；“任一 | 条件”有一项的得末等。没有条件的由人评定。",
            "以“等级”“得分”“全部”“任一”开头",
        ),
    )
    follows_points: ClassVar = False

    @property
    def needs_points(self) -> bool:
        return bool(self.points)

    @classmethod
    def read(cls, data: Reader) -> Attain:
        points = data.numbers("points")
        return cls(data.texts("all_of"), data.texts("any_of"), data.texts("levels") or cls().levels, points)

    @staticmethod
    def from_form(form: Mapping[str, Any]) -> dict[str, Any]:
        """Lines «等级 | A、B、C», «得分 | 2、1、0», «全部 | 条件», «任一 | 条件»."""
        found: dict[str, Any] = {"levels": [], "points": [], "all_of": [], "any_of": []}
        for number, line in numbered_lines(form.get("lines") or ""):
            head, _, rest = line.replace("｜", "|").partition("|")
            name = _HEADS.get(head.strip())
            if name is None or not rest.strip():
                words = "行应当以“等级”“得分”“全部”或“任一”开头，后面写“|”和内容"
                raise RuleTextError("lines", f"第 {number} {words}：{line}")
            if name in _LISTS:
                found[name] = [entry.strip() for entry in rest.replace("，", "、").split("、") if entry.strip()]
            else:
                found[name].append(rest.strip())
        return {name: entry for name, entry in found.items() if entry}

    @staticmethod
    def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
        lines = []
        for head, name in _HEADS.items():
            entries = data.get(name, ())
            lines += [f"{head} | {'、'.join(entries)}"] if name in _LISTS and name in data else []
            lines += [f"{head} | {entry}" for entry in entries] if name not in _LISTS else []
        return {"lines": "\n".join(lines)}

    def words(self) -> str:
        first, last = self.levels[0], self.levels[-1]
        if not self.all_of and not self.any_of:
            words = f"由评估人员评为{'、'.join(self.levels)}之一"
        else:
            words = f"全部符合为{first}：{'；'.join(self.all_of)}"
            if self.any_of:
                words += f"。有一项即为{last}：{'；'.join(self.any_of)}"
            words += f"。其余为{self.levels[1]}"
        if self.points:
            pairs = zip(self.levels, self.points, strict=False)
            words += f"（{'、'.join(f'{name} {shown(points)} 分' for name, points in pairs)}）"
        return words

    def formulas(self) -> Iterator[Use]:
        yield from (Use(f"“{self.levels[0]}”的条件", text, "truth", "lines") for text in self.all_of)
        yield from (Use(f"“{self.levels[-1]}”的条件", text, "truth", "lines") for text in self.any_of)

    def questions(self, code: str, points: Decimal | None) -> list[Item]:
        asks = not self.all_of and not self.any_of
        return [question(code, Kind.CHOICE, options=self.levels)] if asks else []

    def check(self, check: RuleCheck) -> None:
        if not 2 <= len(self.levels) <= 6 or len(set(self.levels)) != len(self.levels):
            check.error("rule", "等级应当有 2～6 个，名称各不相同，从好到差。")
        if (self.all_of or self.any_of) and len(self.levels) > 3:
            check.error("rule", "按条件定等级时只能有 2 个或 3 个等级。")
        if self.any_of and (not self.all_of or len(self.levels) != 3):
            check.error("rule", "写了末等条件时，还要写首等条件，并且有 3 个等级。")
        if self.all_of and not self.any_of and len(self.levels) == 3:
            check.error(
                "rule",
                f"有 3 个等级，只写了首等的条件，“{self.levels[2]}”没有人能得到：请写末等条件，或只写 2 个等级。",
            )
        if not self.points and check.points is not None:
            check.error("points", "写了满分，却没有写每个等级的得分。")
        if self.points:
            if len(self.points) != len(self.levels):
                check.error("points", f"有 {len(self.levels)} 个等级，写了 {len(self.points)} 个得分。")
            check.reach("", self.points, check.full)

    def compute(self, compiled: Compiled) -> Compute:
        points = Numbers.of(self.points) if self.points else None

        def result(level: Texts) -> Result:
            if points is None:
                return Result(None, level)
            return Result(points.take(level.code.astype(np.intp)).with_state(level.state), level)

        if not self.all_of:
            answered = compiled.answered()

            def picked(inputs: Inputs) -> Result:
                answer = answered(inputs)
                assert isinstance(answer, Texts)
                return result(answer.recoded(self.levels))

            return picked

        firsts = [compiled.truth(text) for text in self.all_of]
        lasts = [compiled.truth(text) for text in self.any_of]
        end = len(self.levels) - 1

        def run(inputs: Inputs) -> Result:
            best = reduce(Truths.both, (condition(inputs) for condition in firsts))
            if not lasts:
                code = np.where(best.true(), 0, 1).astype(np.int32)
                return result(Texts(code, self.levels, best.state))
            worst = reduce(Truths.either, (condition(inputs) for condition in lasts))
            code = np.where(worst.true(), end, np.where(best.true(), 0, 1)).astype(np.int32)
            state = np.where(worst.true(), np.uint8(0), np.maximum(best.state, worst.state))
            return result(Texts(code, self.levels, state))

        return run

    def explain(self, explaining: Explaining, result: Result) -> list[str]:
        level = result.level
        word = None if level is None else level.at(0)
        points = []
        if word is not None and self.points:
            points = [f"{word} 得 {shown(self.points[self.levels.index(word)])} 分"]
        if not self.all_of:
            if word is None:
                return [unknown(int(level.state[0]) if level is not None else State.UNMARKED)]
            return [f"{explaining.who()}评为{word}", *points]
        lines = [f"{self.levels[0]}的条件 {explaining.calculation(text, 'truth').sentence}" for text in self.all_of]
        lines += [f"{self.levels[-1]}的条件 {explaining.calculation(text, 'truth').sentence}" for text in self.any_of]
        return [*lines, "等级算不出" if word is None else f"定为{word}", *points]

    def shortfall(self, told: Explaining, result: Result) -> str:
        level = None if result.level is None else result.level.at(0)
        if not self.all_of:
            return "" if level in (None, self.levels[0]) else f"“{told.name}”评为“{level}”"
        broken = [told.broken(text) for text in self.all_of if told.holds(text) is False]
        return "；".join([*broken, *(f"存在“{text}”的情形" for text in self.any_of if told.holds(text))])

    def tries(self, item: Item, code: str, points: Decimal) -> list[Decimal]:
        return []

    def invented(self, draw: Random, level: float, points: Decimal) -> object:
        return self.levels[0 if draw.random() < 0.5 + level / 2 else min(1, len(self.levels) - 1)]

    def full_points(self) -> Decimal | None:
        return None
