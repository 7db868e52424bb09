"""The catalogue of data items (数据项): what formulas may name, with kind and unit, and derived items (派生要素).

Units are compared, never converted: 万元 and 元 are two units. An item without a unit is not checked against others.
Reading the formulas of derived items is left to `formula`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from dudao.calc.expr.lexer import normal_name
from dudao.calc.expr.states import State

Unit = tuple[tuple[str, int], ...]
"""Names with exponents, in order: ㎡/人 is ``(("㎡", 1), ("人", -1))``; a pure number is ``()``."""

_SAME_UNIT: Final = {"m2": "㎡", "平方米": "㎡", "名": "人", "位": "人", "生": "人", "1": "", "%": ""}


class Kind(StrEnum):
    NUMBER = "number"
    """Any number."""
    COUNT = "count"
    """A whole number from 0."""
    AMOUNT = "amount"
    """A number from 0."""
    TRUTH = "truth"
    """是 or 否."""
    CHOICE = "choice"
    """One of the item's options."""
    TEXT = "text"

    @property
    def is_number(self) -> bool:
        return self in (Kind.NUMBER, Kind.COUNT, Kind.AMOUNT)


@dataclass(frozen=True, slots=True)
class Item:
    """One data item.

    ``unit`` «%»: cells hold percents (95), formulas see the ratio (0.95) and compare it with 95%. ``formula`` makes it
    derived: it is computed, never reported. ``aliases``: words that stand for a number («良» for 0.8). ``absent`` is the
    state of an empty cell. ``may_not_apply`` lets a cell say 不适用.
    """

    name: str
    kind: Kind = Kind.NUMBER
    unit: str = ""
    options: tuple[str, ...] = ()
    formula: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    aliases: Mapping[str, Decimal] = field(default_factory=dict)
    absent: State = State.ABSENT
    may_not_apply: bool = False

    @property
    def is_percent(self) -> bool:
        return normal_name(self.unit) == "%"


class Catalogue:
    """The items of one kind of unit, and the catalogues of what lies below it (``{"下级": …, "学段": …}``)."""

    def __init__(self, items: Iterable[Item], lower: Mapping[str, Catalogue] | None = None) -> None:
        self.items: dict[str, Item] = {}
        for item in items:
            name = normal_name(item.name)
            if not name:
                raise ValueError("数据项没有名称。")
            if name in self.items:
                raise ValueError(f"数据项“{item.name}”出现了两次。")
            self.items[name] = item
        self.lower: Mapping[str, Catalogue] = lower or {}
        self.kept: dict[str, object] = {}
        """What `formula` has read of derived items so far."""


def unit_of(text: str) -> Unit | None:
    """«㎡/人» → a unit; no text → ``None``, which fits anything."""
    if not text.strip():
        return None
    powers: dict[str, int] = {}
    for index, part in enumerate(normal_name(text).split("/")):
        for name in part.split("·"):
            name = _SAME_UNIT.get(name.strip(), name.strip())
            if name:
                powers[name] = powers.get(name, 0) + (1 if index == 0 else -1)
    return _sorted(powers)


def multiplied(units: Iterable[tuple[str, Unit | None]]) -> Unit | None:
    """The unit of a product; factors with «/» divide. Plain numbers alone stay adaptable."""
    powers: dict[str, int] = {}
    adaptable = True
    for operator, unit in units:
        if unit is not None:
            adaptable = False
            for name, power in unit:
                powers[name] = powers.get(name, 0) + (power if operator == "*" else -power)
    return None if adaptable else _sorted(powers)


def _sorted(powers: Mapping[str, int]) -> Unit:
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def unit_text(unit: Unit | None) -> str:
    """For messages: «㎡/人», «无单位»."""
    if not unit:
        return "无单位"
    above = "·".join(name for name, power in unit for _ in range(power))
    below = "".join(f"/{name}" for name, power in unit for _ in range(-power))
    return f"{above or '1'}{below}"
