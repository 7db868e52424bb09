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
from types import MappingProxyType
from typing import Any

from dudao.calc.balance.evaluation import Verdict
from dudao.calc.balance.rules import Reader, RulesError
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


@dataclass(frozen=True, slots=True)
class LocalValue:
    """Another bound for counties whose code begins with ``region``, from one day to another."""

    region: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Condition:
    """``per`` × ``of`` / ``over`` compared with ``value``, or with what the county returns as ``value_of``.

    ``is_part``: what is counted is a part of ``over``, so that more than all is a mistake. ``none_is_met``: 0 of 0 has nothing to
    fail (a county without a special school).
    """

    of: str
    over: str
    per: Decimal
    op: str
    value: Decimal | None
    value_of: str
    unit: str
    local: tuple[LocalValue, ...]
    is_part: bool = False
    none_is_met: bool = False

    def bound(self, day: date, region: str) -> Decimal | None:
        """The bound in force; the most local one, then the newest, wins. ``None``: it is one of the county's own numbers."""
        held = [
            item
            for item in self.local
            if region.startswith(item.region)
            and item.valid_from <= day
            and (item.valid_to is None or day <= item.valid_to)
        ]
        best = max(held, key=lambda item: (len(item.region), item.valid_from), default=None)
        return self.value if best is None else best.value


@dataclass(frozen=True, slots=True)
class Item:
    """One item. ``judged``: people decide as well. ``basic``: weaker conditions, enough for 基本达标."""

    code: str
    part: str
    name: str
    judged: bool
    conditions: tuple[Condition, ...]
    basic: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A verdict that needs at least ``full`` items 达标 and none 未达标. A region with levels of its own uses only those."""

    name: str
    full: int
    region: str
    source: str


@dataclass(frozen=True, slots=True)
class ItemSet:
    """An evaluation's items, what vetoes it (code → name), and its levels, the best first."""

    code: str
    name: str
    number: str
    valid_from: date
    grade: str
    items: tuple[Item, ...]
    vetoes: Mapping[str, str]
    levels: tuple[Level, ...]


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
    if not divisor and condition.none_is_met and not number[condition.of]:
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
    reader = Reader(pack, f"标准“{pack.get('code', '—')}”" if isinstance(pack, Mapping) else "标准")
    if reader.text("kind") != "items":
        raise RulesError(f"{reader.place}：不是逐项评估的标准（kind 应为 items）。")
    items = tuple(_item(part, reader) for part in reader.parts("items"))
    vetoes = {part.text("code"): part.text("name") for part in reader.parts("vetoes")}
    codes = [*(item.code for item in items), *vetoes]
    if not items or len(set(codes)) < len(codes):
        raise RulesError(f"{reader.place}：items 不能为空，代码不能重复。")
    levels = tuple(
        Level(
            part.text("name"), part.whole("full"), part.text("region", ""), part.text("source", reader.text("number"))
        )
        for part in reader.parts("levels")
    )
    return ItemSet(
        code=reader.text("code"),
        name=reader.text("name"),
        number=reader.text("number"),
        valid_from=reader.day("valid_from"),
        grade=reader.text("grade"),
        items=items,
        vetoes=vetoes,
        levels=levels,
    )


def _item(part: Reader, pack: Reader) -> Item:
    judged = part.values.get("judged", False)
    conditions, basic = (
        tuple(_condition(inner, pack) for inner in part.parts(key)) if key in part.values else ()
        for key in ("conditions", "basic")
    )
    if not isinstance(judged, bool) or not (judged or conditions):
        raise RulesError(f"{part.place}：要有 conditions，或写明 judged: true。")
    return Item(part.text("code"), part.text("part"), part.text("name"), judged, conditions, basic)


def _condition(part: Reader, pack: Reader) -> Condition:
    op, value_of = part.text("op"), part.text("value_of", "")
    if op not in OPERATORS:
        raise RulesError(f"{part.place}：op 应为 {'、'.join(OPERATORS)}。")
    per = part.number("per", 1)
    if not per:
        raise RulesError(f"{part.place}：per 不能为 0。")
    local = part.parts("local") if "local" in part.values else []
    if ("part" in part.values or "none" in part.values) and "over" not in part.values:
        raise RulesError(f"{part.place}：part、none 只能和 over 一起写。")
    return Condition(
        of=part.text("of"),
        over=part.text("over", ""),
        per=per,
        op=op,
        value=None if value_of else part.number("value"),
        value_of=value_of,
        unit=part.text("unit"),
        local=tuple(
            LocalValue(
                inner.text("region"),
                inner.number("value"),
                inner.day("valid_from", pack.day("valid_from")),
                inner.last_day(),
                inner.text("source"),
            )
            for inner in local
        ),
        is_part=bool(part.values.get("part", False)),
        none_is_met=part.values.get("none") == "met",
    )
