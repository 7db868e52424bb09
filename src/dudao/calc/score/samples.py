"""Invented but valid marks and numbers for any system: a campaign is tried on them before it starts. Pure, by a seed.

Each subject is as good as its ``level`` says (0 to 1), give or take. Numbers are made so that shares come out between about 60 and
100 percent; they mean nothing beyond that.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from dudao.calc.expr import Item, Kind, items_used, normal_name
from dudao.calc.rules import good_share
from dudao.calc.score.columns import SubjectColumn, columns_of
from dudao.calc.score.system import System

_SHARE: Final = re.compile(r"\(?([^÷×+\-()（）\s]+)\s*÷\s*([^÷×+\-()（）\s]+)\)?")


def sample_cells(system: System, levels: Sequence[float], *, seed: int, spare: bool = True) -> list[dict[str, Any]]:
    """Cells by key of column for each level, as `subjects_of` reads them. The same seed gives the same cells.

    ``spare``: of what vetoes read there is mostly none (right for «拖欠工资», wrong for what must be there).
    """
    columns = columns_of(system, apart=True)
    shares = _shares(system)
    barred = _barred(system) - {*shares, *shares.values()} if spare else set()
    draw = random.Random(seed)  # noqa: S311  invented numbers, the same every time
    return [_Subject(system, level, draw, shares, barred).cells(columns) for level in levels]


def _barred(system: System) -> set[str]:
    """The items that vetoes read: what a good subject has none of."""
    formulas = [formula for _, formula in system.grading.vetoes if formula is not None]
    return {name for formula in formulas for scope, name in items_used(formula) if not scope}


def _shares(system: System) -> Mapping[str, str]:
    """Of which item each one is a part, as the derived items say («专任教师 ÷ 教职工»)."""
    found: dict[str, str] = {}
    for item in system.tree.catalogue.items.values():
        match = _SHARE.fullmatch(item.formula.strip())
        if match is not None:
            part, whole = normal_name(match[1]), normal_name(match[2])
            if part != whole:
                found.setdefault(part, whole)
    return found


class _Subject:
    def __init__(
        self, system: System, level: float, draw: random.Random, shares: Mapping[str, str], barred: set[str]
    ) -> None:
        self.system, self.level, self.draw = system, level, draw
        self.shares, self.barred = shares, barred
        self.numbers: dict[str, Decimal] = {}

    def cells(self, columns: Sequence[SubjectColumn]) -> dict[str, Any]:
        found = {}
        for column in columns:
            cell = self.answer(column) if column.source else self.value(column.item)
            if cell != "":
                found[column.key] = cell
        return found

    def value(self, item: Item) -> Any:
        match item.kind:
            case Kind.TRUTH:
                return "是"
            case Kind.CHOICE:
                return self.draw.choice(item.options)
            case Kind.TEXT:
                return ""
        return str(self.number(normal_name(item.name), frozenset()))

    def number(self, name: str, asking: frozenset[str]) -> Decimal:
        """The number of an item; what it is a part of is made first. Parts of each other in a circle are left alone."""
        if name in self.numbers:
            return self.numbers[name]
        item = self.system.tree.catalogue.items.get(name, Item(name, Kind.COUNT))
        whole = self.shares.get(name, "")
        if whole and whole not in asking:
            base, least, most = float(self.number(whole, asking | {name})), 0.6, 1.0
        elif item.is_percent:
            base, least, most = 100.0, 0.6, 1.0
        else:
            base, least, most = 100.0, 0.9, 1.0
        if name in self.barred and self.draw.random() < 0.8 + self.level / 5:
            base = 0.0
        whole_number = item.kind is Kind.COUNT
        made = Decimal(repr(base * good_share(self.draw, self.level, least, most))).quantize(
            Decimal(1 if whole_number else "0.01")
        )
        low = item.least if item.least is not None else Decimal(0)
        high = item.most if item.most is not None else max(made, low)
        self.numbers[name] = min(max(made, low), high)
        return self.numbers[name]

    def answer(self, column: SubjectColumn) -> Any:
        if not column.code or (not column.is_needed and not self.system.plans[column.code].is_extra):
            return ""  # silence is a no
        node = self.system.tree.nodes[column.code]
        found = None if node.rule is None else node.rule.invented(self.draw, self.level, node.points or Decimal(0))
        if found is not None:
            return found
        if column.item.kind is Kind.TRUTH:
            return "是" if self.draw.random() < 0.6 + self.level / 3 else "否"
        return 0
