"""Evaluations by a list of items: what the numbers of a county say of each, what people have still to decide, and the verdict.

Serves 政府保障程度, 教育质量 and 社会认可度 beside the seven indicators (`county_verdict` joins the two) and the 36 items of
preschool education. Numbers are exact: fractions of decimals. Nothing missing is taken for met, and what has failed stays failed
whatever is missing beside it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dudao.calc.balance.evaluation import Verdict
from dudao.calc.balance.rules import AboveZero, Amount
from dudao.calc.declared import Count, Declared, Head, Name, Positive, Region, RulesError, among, decode, one_of
from dudao.calc.facts import holds
from dudao.calc.rounding import round_apart

OPERATORS: Mapping[str, Callable[[Fraction, Fraction], bool]] = MappingProxyType(
    {">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt}
)


class Status(StrEnum):
    MET = "达标"
    BASIC = "基本达标"
    FAILED = "未达标"
    MISSING = "待填报"
    OPEN = "需人工判定"

    @property
    def is_decided(self) -> bool:
        return self in {Status.MET, Status.BASIC, Status.FAILED}


class LocalValue(Declared, frozen=True):
    """Another bound for counties whose code begins with ``region``, from one day to another."""

    region: Annotated[Region, Meta(min_length=1)]
    value: Amount
    source: Name
    valid_from: date
    valid_to: date | None = None


class Condition(Declared, frozen=True):
    """``per`` × ``of`` / ``over`` compared with ``value``, or with what the county returns as ``value_of``.

    ``is_part``: what is counted is a part of ``over``, so that more than all is a mistake. ``none``: 0 of 0 is met, it has nothing
    to fail (a county without a special school).
    """

    of: Name
    op: Annotated[str, among(OPERATORS)]
    unit: str
    over: str = ""
    per: AboveZero = Decimal(1)
    value: Amount | None = None
    value_of: str = ""
    is_part: bool = field(default=False, name="part")
    none: Annotated[str, among(["met"])] = ""
    local: tuple[LocalValue, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.value_of) == (self.value is not None):
            raise RulesError("value 和 value_of 写且只写一个。")
        if (self.is_part or self.none) and not self.over:
            raise RulesError("part、none 只能和 over 一起写。")

    def bound(self, day: date, region: str) -> Decimal | None:
        """The bound in force; the most local one, then the newest, wins. ``None``: it is one of the county's own numbers."""
        held = [
            item for item in self.local if region.startswith(item.region) and holds(item.valid_from, item.valid_to, day)
        ]
        best = max(held, key=lambda item: (len(item.region), item.valid_from), default=None)
        return self.value if best is None else best.value


Conditions = tuple[Annotated[Condition, one_of("value", "value_of")], ...]


class Item(Declared, frozen=True):
    """One item. ``judged``: people decide as well. ``basic``: weaker conditions, enough for 基本达标."""

    code: Name
    part: Name
    name: Name
    judged: bool = False
    conditions: Conditions = ()
    basic: Conditions = ()

    def __post_init__(self) -> None:
        if not self.judged and not self.conditions:
            raise RulesError("要有 conditions，或写明 judged: true。")
        if self.basic and not self.conditions:
            raise RulesError("有 basic 就要有 conditions。")


class Level(Declared, frozen=True):
    """A verdict that needs at least ``full`` items 达标 and none 未达标. A region with levels of its own uses only those."""

    name: Name
    full: Count
    region: str = ""
    source: str = ""


class Veto(Declared, frozen=True):
    code: Name
    name: Name


class Space(Declared, frozen=True):
    """What a kindergarten must have for each child at least."""

    item: Name
    name: Name
    least: Amount
    unit: str


class Building(Declared, frozen=True):
    """The data items that say whether a building is new, and whether it meets the standard."""

    new: Name
    meets: Name


class ClassSize(Declared, frozen=True):
    item: Name
    over: Name
    name: Name
    most: Count


class Staffing(Declared, frozen=True):
    """People of ``items``: so many a class, or one for at most so many ``children``."""

    items: Annotated[tuple[Name, ...], Meta(min_length=1)]
    name: Name
    per_class: Positive = 0
    children: Positive = 0
    source: str = ""

    def __post_init__(self) -> None:
        if bool(self.per_class) == bool(self.children):
            raise RulesError("per_class 和 children 写且只写一个。")


class Norms(Declared, frozen=True):
    """What every kindergarten must have."""

    space: tuple[Space, ...]
    building: Building
    classes: tuple[ClassSize, ...]
    staff: tuple[Staffing, ...]


class ItemSet(Head, frozen=True, kw_only=True, dict=True):
    """An evaluation's items, what vetoes it (code → name), and its levels, the best first.

    ``recognition``: an item beside the others (社会认可度); ``kindergartens``: what each of them must have.
    """

    kind: Literal["items"]
    valid_from: date
    items: Annotated[
        tuple[
            Annotated[
                Item, Meta(extra_json_schema={"anyOf": [{"required": ["conditions"]}, {"required": ["judged"]}]})
            ],
            ...,
        ],
        Meta(min_length=1),
    ]
    veto_list: tuple[Veto, ...] = field(name="vetoes")
    levels: tuple[Level, ...]
    recognition: Item | None = None
    kindergartens: Norms | None = None

    def __post_init__(self) -> None:
        codes = [*(item.code for item in self.items), *(veto.code for veto in self.veto_list)]
        for code in codes:
            if codes.count(code) > 1:
                raise RulesError(f"items、vetoes：代码“{code}”重复，代码不能重复。")

    @cached_property
    def vetoes(self) -> Mapping[str, str]:
        return {veto.code: veto.name for veto in self.veto_list}


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition: ``value`` as computed, ``gap`` how much of ``of`` is lacking (``>=``) or too much (``<=``), 0 when it is met.

    ``None`` where a number is missing or the divisor is 0; ``message`` says which.
    """

    condition: Condition
    value: Fraction | None
    bound: Fraction | None
    is_met: bool | None
    gap: Fraction | None
    message: str


@dataclass(frozen=True, slots=True)
class ItemResult:
    item: Item
    status: Status
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ItemRun:
    """``verdict``: the name of the level reached, 未达标, or ``None`` while something is missing or undecided."""

    results: tuple[ItemResult, ...]
    vetoed: tuple[str, ...]
    undecided_vetoes: tuple[str, ...]
    verdict: str | None

    def count(self, status: Status) -> int:
        return sum(result.status is status for result in self.results)


def evaluate_items(
    items: ItemSet,
    data: Mapping[str, Decimal | int | None],
    judgements: Mapping[str, Status | bool],
    day: date,
    region: str = "",
) -> ItemRun:
    """``data``: what the county returned; ``judgements``: item → `Status`, veto → whether it applies.

    Raises ``ValueError`` for a number that is negative or not exact, a judgement of an item that is not judged by people, and a
    status that decides nothing.
    """
    for name, value in data.items():
        if value is not None and (isinstance(value, bool | float) or not Decimal(value).is_finite() or value < 0):
            raise ValueError(f"“{name}”是“{value}”，应为不小于 0 的精确数。")
    judged = {item.code for item in items.items if item.judged}
    for code, judgement in judgements.items():
        if code in items.vetoes:
            if not isinstance(judgement, bool):
                raise ValueError(f"{code} 是一票否决项，只能填是或否。")
        elif code not in judged:
            raise ValueError(f"{code} 不是需要人工判定的项目。")
        elif not isinstance(judgement, Status) or not judgement.is_decided:
            raise ValueError(f"{code} 的判定应为达标、基本达标或未达标。")
    results = tuple(_result(item, data, judgements.get(item.code), (day, region)) for item in items.items)
    vetoed = tuple(code for code in items.vetoes if judgements.get(code) is True)
    undecided = tuple(code for code in items.vetoes if code not in judgements)
    run = ItemRun(results, vetoed, undecided, None)
    return ItemRun(results, vetoed, undecided, _level(items, run, region))


def _level(items: ItemSet, run: ItemRun, region: str) -> str | None:
    if run.vetoed or run.count(Status.FAILED):
        return Verdict.FAILED.value
    if run.undecided_vetoes or not all(result.status.is_decided for result in run.results):
        return None
    held = [level for level in items.levels if region.startswith(level.region)]
    most_local = max((len(level.region) for level in held), default=0)
    full = run.count(Status.MET)
    reached = (level.name for level in held if len(level.region) == most_local and full >= level.full)
    return next(reached, Verdict.FAILED.value)


def _result(
    item: Item, data: Mapping[str, Decimal | int | None], judgement: Status | bool | None, place: tuple[date, str]
) -> ItemResult:
    findings = tuple(_finding(condition, data, place) for condition in item.conditions)
    by_numbers = _status(findings)
    if by_numbers is Status.FAILED and item.basic:
        weaker = _status(tuple(_finding(condition, data, place) for condition in item.basic))
        by_numbers = Status.BASIC if weaker is Status.MET else Status.FAILED
    found = [by_numbers] if item.conditions else []
    if item.judged:
        found.append(judgement if isinstance(judgement, Status) else Status.OPEN)
    # A failure is final; then what is missing, what is open, and the weaker of two results.
    order = (Status.FAILED, Status.MISSING, Status.OPEN, Status.BASIC, Status.MET)
    return ItemResult(item, min(found, key=order.index), findings)


def _status(findings: tuple[Finding, ...]) -> Status:
    if any(finding.is_met is False for finding in findings):
        return Status.FAILED
    return Status.MISSING if any(finding.is_met is None for finding in findings) else Status.MET


def _finding(condition: Condition, data: Mapping[str, Decimal | int | None], place: tuple[date, str]) -> Finding:
    local = condition.bound(*place)
    names = [name for name in (condition.of, condition.over, condition.value_of if local is None else "") if name]
    missing = [name for name in names if data.get(name) is None]
    if missing:
        return Finding(condition, None, None, None, None, f"待填报：{'、'.join(missing)}。")
    number = {name: Fraction(data[name] or 0) for name in names}
    bound = number[condition.value_of] if local is None else Fraction(local)
    divisor = number[condition.over] / Fraction(condition.per) if condition.over else 1 / Fraction(condition.per)
    if not divisor and condition.none and not number[condition.of]:
        return Finding(condition, None, bound, True, Fraction(0), f"“{condition.over}”是 0，没有不达标的情形。")
    if divisor and condition.is_part and number[condition.of] > number[condition.over]:
        said = (
            f"“{condition.of}”{_decimal(number[condition.of])} 多于“{condition.over}”{_decimal(number[condition.over])}"
        )
        return Finding(condition, None, bound, None, None, f"{said}，请核对。")
    if not divisor:
        return Finding(condition, None, bound, None, None, f"“{condition.over}”是 0，无法计算。")
    value = number[condition.of] / divisor
    is_met = OPERATORS[condition.op](value, bound)
    gap = Fraction(0) if is_met else abs(bound - value) * divisor
    wanted = f"{_SIGNS[condition.op]} {_decimal(bound)}{condition.unit}"
    shown = f"{_decimal(value, bound)}{condition.unit}，要求 {wanted}"
    return Finding(condition, value, bound, is_met, gap, f"{condition.of}：{shown}。")


_SIGNS: Mapping[str, str] = MappingProxyType({">=": "≥", "<=": "≤", "<": "<", ">": ">"})


def _decimal(value: Fraction, bound: Fraction | None = None) -> str:
    """For sentences only: four decimals, no trailing zeros, and never like a bound that it isn't."""
    return format(round_apart(value, value if bound is None else bound, 4).normalize(), "f")


def county_verdict(resources: Verdict, run: ItemRun) -> Verdict | None:
    """The whole 优质均衡 verdict: the seven indicators with their coefficients, all items, no veto. ``None``: not all is known."""
    if Verdict.FAILED in {resources, run.verdict}:
        return Verdict.FAILED
    return None if resources is Verdict.UNKNOWN or run.verdict is None else Verdict.PASSED


def items_from(pack: Mapping[str, Any]) -> ItemSet:
    """The items in the plain values of a pack. Raises `RulesError`, which names the place in the pack."""
    return decode(ItemSet, pack)
