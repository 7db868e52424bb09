"""县域学前教育普及普惠: from kindergartens and what a county answers itself to the verdict of 36 items and 社会认可度.

    norms = norms_from(pack)                              what every kindergarten must have
    judged = [judge(one, norms) for one in kindergartens]     what each lacks, in numbers
    data = county_data(kindergartens, judged, own)        the numbers by the names of the items
    run = evaluate(standard, data, judgements, day)       verdicts; explain(run) says every gap in numbers

Numbers are exact. A kindergarten that hasn't answered leaves every sum open: nothing missing is taken for met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from dudao.calc.balance.evaluation import Verdict
from dudao.calc.balance.items import (
    Finding,
    Item,
    ItemResult,
    ItemRun,
    ItemSet,
    Level,
    Norms,
    Status,
    evaluate_items,
    items_from,
)
from dudao.calc.declared import RulesError
from dudao.calc.rounding import round_apart, round_half_up

WORDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.MET: "合格",
        Status.BASIC: "基本合格",
        Status.FAILED: "不合格",
        Status.MISSING: "待填报",
        Status.OPEN: "需人工判定",
    }
)
"""The words of this evaluation for what `Status` says."""

PUBLIC, INCLUSIVE, PRIVATE = "公办", "普惠性民办", "非普惠性民办"


# --- what a kindergarten must have -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kindergarten:
    """One kindergarten, or the attached classes of a school. ``nature``: 公办, 普惠性民办, 非普惠性民办; numbers by data item."""

    key: int
    name: str
    nature: str | None
    is_attached: bool
    numbers: Mapping[str, Decimal]

    def number(self, item: str) -> Fraction | None:
        value = self.numbers.get(item)
        return None if value is None else Fraction(value)


@dataclass(frozen=True, slots=True)
class Lack:
    """What a kindergarten lacks for an item: how much it has, how much is wanted, in words with the gap."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a kindergarten meets each of P26, P27, P29 (``None``: not known, or P27 of an old building) and what it lacks.

    ``unknown``: what can't be said, by item, and why: a number not reported, one that contradicts another, no children.
    """

    meets: Mapping[str, bool | None]
    lacks: tuple[Lack, ...]
    unknown: tuple[Lack, ...] = ()


def norms_from(pack: Mapping[str, Any]) -> Norms:
    """The part ``kindergartens`` of a pack. Raises `RulesError`, which names the place."""
    found = items_from(pack).kindergartens
    if found is None:
        raise RulesError("缺少 kindergartens。")
    return found


def judge(one: Kindergarten, norms: Norms) -> Judged:
    """P26 (space and books a child), P27 (building standard), P28 (class sizes), P29 (staff) of one kindergarten."""
    lacks, unknown = _space(one, norms)
    for found in (_building(one, norms), _classes(one, norms), _staff(one, norms)):
        lacks += found[0]
        unknown += found[1]
    unknown += _people(one)
    failed, open_ = {lack.code for lack in lacks}, {lack.code for lack in unknown}

    def meets(code: str) -> bool | None:
        return False if code in failed else (None if code in open_ else True)

    is_old = one.number(norms.building.new) == 0
    return Judged(
        {"P26": meets("P26"), "P27": None if is_old else meets("P27"), "P29": meets("P29")},
        tuple(lacks),
        # Attached classes aren't judged as kindergartens: only what leaves the county's sums open matters.
        tuple(lack for lack in unknown if not (one.is_attached and lack.code in _OF_KINDERGARTENS)),
    )


_OF_KINDERGARTENS = frozenset({"P23", "P26", "P27", "P29"})
Found = tuple[list[Lack], list[Lack]]


def _space(one: Kindergarten, norms: Norms) -> Found:
    children = one.number("kg_children")
    if children is None:
        return [], [Lack("P26", "没有报在园幼儿数，生均面积和图书无法计算")]
    if not children:
        return [], [Lack("P26", "在园幼儿数是 0，生均面积和图书无法计算")]
    lacks, unknown = [], []
    for space in norms.space:
        have, least = one.number(space.item), Fraction(space.least)
        if have is None:
            unknown.append(Lack("P26", f"{space.name}无法计算，没有报数"))
        elif have / children < least:
            now = f"{space.name} {shown(have / children, least)} {space.unit}，要求 {space.least} {space.unit}"
            lacks.append(Lack("P26", f"{now}，还差 {_upward(least * children - have)} {space.unit}"))
    return lacks, unknown


def _building(one: Kindergarten, norms: Norms) -> Found:
    is_new, meets = one.number(norms.building.new), one.number(norms.building.meets)
    if is_new is None:
        return [], [Lack("P27", "没有报园舍是不是 2017 年后规划设计")]
    if is_new and meets is None:
        return [], [Lack("P27", "没有报园舍是不是符合建设标准")]
    return [Lack("P27", "2017 年后规划设计，不符合《幼儿园建设标准》")] if is_new and not meets else [], []


def _classes(one: Kindergarten, norms: Norms) -> Found:
    lacks, unknown = [], []
    for size in norms.classes:
        count, over = one.number(size.item), one.number(size.over)
        if count is None or over is None:
            unknown.append(Lack("P28", f"没有报{size.name}的班数或超过 {size.most} 人的班数"))
        elif over > count:
            more = f"超过 {size.most} 人的{size.name}有 {shown(over)} 个，多于{size.name} {shown(count)} 个"
            unknown.append(Lack("P28", f"{more}，请更正"))
        elif over:
            lacks.append(Lack("P28", f"{shown(over)} 个{size.name}超过 {size.most} 人"))
    return lacks, unknown


def _staff(one: Kindergarten, norms: Norms) -> Found:
    lacks, unknown = [], []
    children, classes = one.number("kg_children"), one.number("kg_classes")
    for rule in norms.staff:
        counts = [one.number(item) for item in rule.items]
        if rule.per_class:
            base, wanted = "班数", None if classes is None else classes * rule.per_class
        else:
            base, wanted = "在园幼儿数", None if children is None else Fraction(ceil(children / rule.children))
        known = [count for count in counts if count is not None]
        if wanted is None or len(known) < len(counts):
            unknown.append(Lack("P29", f"没有报{base if wanted is None else rule.name}，{rule.name}够不够无法判断"))
        elif sum(known) < wanted:
            have = sum(known, Fraction(0))
            need = f"{rule.name} {shown(have)} 人，应有 {shown(wanted)} 人"
            lacks.append(Lack("P29", f"{need}，还缺 {shown(wanted - have)} 人"))
    return lacks, unknown


def _people(one: Kindergarten) -> list[Lack]:
    """What leaves the sums of P1–P3, P23, P31 and P32 open."""
    words = {
        "P1": ("kg_children", "没有报在园幼儿数"),
        "P23": ("kg_plate", "没有报责任督学是否挂牌"),
        "P31": ("kg_teachers", "没有报专任教师数"),
        "P32": ("kg_certified", "没有报持证的园长和专任教师数"),
    }
    unknown = [Lack(code, said) for code, (item, said) in words.items() if one.number(item) is None]
    if one.nature is None:
        unknown.append(Lack("P2", "没有报办园性质，普惠和公办的幼儿数无法计算"))
    heads, teachers, certified = (one.number(item) for item in ("kg_heads", "kg_teachers", "kg_certified"))
    if heads is None:
        unknown.append(Lack("P32", "没有报园长数"))
    elif teachers is not None and certified is not None and certified > heads + teachers:
        more = f"持证 {shown(certified)} 人，多于园长和专任教师 {shown(heads + teachers)} 人"
        unknown.append(Lack("P32", f"{more}，请更正"))
    return unknown


# --- the county ------------------------------------------------------------------------------------------------------


def county_data(
    found: Sequence[tuple[Kindergarten, Judged]],
    own: Mapping[str, Decimal],
    norms: Norms,
    *,
    is_complete: bool = True,
) -> dict[str, Decimal | None]:
    """The numbers that items ask for, by name. ``own``: what the county answers itself, by name.

    ``is_complete``: every kindergarten of the register is in ``found``; otherwise all sums over kindergartens are unknown.
    """
    everybody = [one for one, _ in found]
    gardens = [(one, judged) for one, judged in found if not one.is_attached]
    natures = [one.nature for one in everybody]

    def total(item: str, of: Sequence[Kindergarten] = everybody) -> Decimal | None:
        values = [one.numbers.get(item) for one in of]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if is_complete and len(known) == len(values) else None

    def of_nature(*wanted: str) -> Decimal | None:
        if None in natures:
            return None
        return total("kg_children", [one for one in everybody if one.nature in wanted])

    def is_open(code: str) -> bool:
        return not is_complete or any(lack.code == code for _, judged in found for lack in judged.unknown)

    def failing(code: str) -> Decimal | None:
        if is_open(code) and (code == "P27" or None in [judged.meets[code] for _, judged in gardens]):
            return None
        return Decimal([judged.meets[code] for _, judged in gardens].count(False)) if is_complete else None

    def plus(*parts: Decimal | None) -> Decimal | None:
        known = [part for part in parts if part is not None]
        return sum(known, Decimal(0)) if len(known) == len(parts) else None

    over = plus(*(total(size.over) for size in norms.classes))
    classes = plus(*(total(size.item) for size in norms.classes))
    count = Decimal(len(gardens)) if is_complete else None
    short29 = failing("P29")
    data: dict[str, Decimal | None] = dict(own)
    data |= {
        "在园幼儿数": total("kg_children"),
        "公办园在园幼儿数": of_nature(PUBLIC),
        "公办园和普惠性民办园在园幼儿数": of_nature(PUBLIC, INCLUSIVE),
        "幼儿园数": count,
        "园舍等未达标的幼儿园数": failing("P26"),
        "2017年后规划设计的幼儿园数": total(norms.building.new, [one for one, _ in gardens]),
        "不符合建设标准的新园数": failing("P27"),
        "幼儿园班级数": classes,
        "班额达标的班级数": None if classes is None or over is None or is_open("P28") else classes - over,
        "教职工配备达标的幼儿园数": None if count is None or short29 is None else count - short29,
        "专任教师数": total("kg_teachers"),
        "园长和专任教师数": plus(total("kg_heads"), total("kg_teachers")),
        "持证的园长和专任教师数": None if is_open("P32") else total("kg_certified"),
        "责任督学挂牌的幼儿园数": total("kg_plate", [one for one, _ in gardens]),
    }
    return data


@dataclass(frozen=True, slots=True)
class Standard:
    """The 36 items, and 社会认可度 beside them."""

    items: ItemSet
    recognition: Item | None


def standard_from(pack: Mapping[str, Any]) -> Standard:
    """The items of a pack with its ``recognition``. Raises `RulesError`."""
    items = items_from(pack)
    return Standard(items, items.recognition)


@dataclass(frozen=True, slots=True)
class CountyRun:
    """``verdict``: the level reached, 未达标, or ``None`` while something is missing or undecided."""

    results: tuple[ItemResult, ...]
    recognition: ItemResult | None
    verdict: str | None

    @property
    def all(self) -> tuple[ItemResult, ...]:
        return self.results if self.recognition is None else (*self.results, self.recognition)

    def count(self, status: Status) -> int:
        return sum(result.status is status for result in self.all)


def evaluate(
    standard: Standard,
    data: Mapping[str, Decimal | int | None],
    judgements: Mapping[str, Status],
    day: date,
    region: str = "",
) -> CountyRun:
    """The verdict of every item and of the county. A failure is final, whatever is missing beside it.

    A part that is larger than its whole (`contradictions`) counts as missing.
    """
    data = {**_without_empty_groups(data), **dict.fromkeys(contradictions(standard, data))}
    run = evaluate_items(standard.items, data, judgements, day, region)
    recognition = None
    if standard.recognition is not None:
        alone = replace(
            standard.items, items=(standard.recognition,), veto_list=(), levels=(Level("达标", 0),), recognition=None
        )
        recognition = evaluate_items(alone, data, {}, day, region).results[0]
    return CountyRun(run.results, recognition, _verdict(run, recognition))


def _verdict(run: ItemRun, recognition: ItemResult | None) -> str | None:
    if recognition is None or recognition.status is Status.MET:
        return run.verdict
    if run.verdict == Verdict.FAILED.value or recognition.status is Status.FAILED:
        return Verdict.FAILED.value
    return None


_GROSS = "在园幼儿数"
"""Children of any age against those of the age: the one share that may well be above 100 %."""


def contradictions(standard: Standard, data: Mapping[str, Decimal | int | None]) -> dict[str, str]:
    """Names of numbers that are larger than what they are a part of, with words that say so: such a share would pass unnoticed."""
    items = (*standard.items.items, *([standard.recognition] if standard.recognition else []))
    found = {}
    for condition in (one for item in items for one in item.conditions):
        part, whole = data.get(condition.of), data.get(condition.over)
        if condition.unit != "%" or condition.of == _GROSS or part is None or whole is None or part <= whole:
            continue
        found[condition.of] = f"“{condition.of}”{part} 多于“{condition.over}”{whole}，请更正报表后重新测算。"
    return found


def _without_empty_groups(data: Mapping[str, Decimal | int | None]) -> dict[str, Decimal | int | None]:
    """A county without any new building, or without estate kindergartens, has nothing to fail: 0 of 0 is met, not unknown.

    A county without any kindergarten shows nothing by that.
    """
    made = dict(data)
    for part, whole, met in (
        ("不符合建设标准的新园数", "2017年后规划设计的幼儿园数", 0),
        ("办成公办或普惠性民办的配套园数", "小区配套园数", 1),
    ):
        if made.get(whole) == 0 and made.get(part) == 0 and made.get("幼儿园数") != 0:
            made[whole], made[part] = 1, met
    return made


# --- gaps in words ---------------------------------------------------------------------------------------------------

_GAPS: Mapping[str, str] = MappingProxyType(
    {
        "在园幼儿数": "约 {n} 名适龄幼儿入园",
        "公办园和普惠性民办园在园幼儿数": "约 {n} 个普惠学位",
        "公办园在园幼儿数": "约 {n} 个公办学位",
        "班额达标的班级数": "{n} 个班的班额要降下来",
        "满意问卷数": "约 {n} 份满意问卷",
        "学前教育满意问卷数": "约 {n} 份满意问卷",
    }
)
_LEFT: Mapping[str, str] = MappingProxyType(
    {
        "有公办中心园的乡镇数": "{n} 个乡镇没有公办中心园",
        "办成公办或普惠性民办的配套园数": "{n} 所小区配套园没有办成公办园或普惠性民办园",
        "责任督学挂牌的幼儿园数": "{n} 所幼儿园没有责任督学挂牌",
        "教职工配备达标的幼儿园数": "{n} 所幼儿园没有配足教职工",
        "持证的园长和专任教师数": "{n} 名园长、专任教师没有证",
        "园舍等未达标的幼儿园数": "{n} 所幼儿园的园舍、场地或图书没有达标",
        "不符合建设标准的新园数": "{n} 所新园不符合建设标准",
        "近两年较大社会影响的安全责任事故数": "近两年有 {n} 起事故",
        "近两年严重师德违规事件数": "近两年有 {n} 起师德违规事件",
    }
)


def gap_words(finding: Finding, data: Mapping[str, Decimal | int | None]) -> str:
    """What is lacking in numbers: «78.4 %，还差 1.6 个百分点，约 312 个普惠学位»; "" when nothing is known to be lacking."""
    condition = finding.condition
    if finding.is_met is not False or finding.value is None or finding.bound is None or finding.gap is None:
        return ""
    if condition.of == "在园幼儿数" and condition.over == "专任教师数":
        children, teachers = Fraction(data.get("在园幼儿数") or 0), Fraction(data.get("专任教师数") or 0)
        return f"每名教师 {shown(finding.value, finding.bound)} 名幼儿，还缺 {ceil(children / finding.bound) - teachers} 名专任教师"
    if condition.of in _LEFT:
        if condition.op == ">=":
            number = Fraction(data.get(condition.over) or 0) - Fraction(data.get(condition.of) or 0)
        else:
            number = Fraction(data.get(condition.of) or 0)
        return _LEFT[condition.of].format(n=ceil(number))
    now, unit = round_apart(finding.value, finding.bound, 2), condition.unit
    # From the number as it is shown: what is there and what is lacking add up to what is asked.
    far = round_half_up(abs(finding.bound - Fraction(now)), 12)
    words = f"{_plain(now)} {unit}，还差 {_plain(far)} {'个百分点' if unit == '%' else unit}"
    how = _GAPS.get(condition.of)
    return f"{words}，{how.format(n=ceil(finding.gap))}" if how else words


def shown(value: Fraction, bound: Fraction | None = None) -> str:
    """Two decimals without trailing zeros; as many more as it takes not to look like the ``bound`` that it isn't."""
    return _plain(round_half_up(value, 2) if bound is None else round_apart(value, bound, 2))


def _upward(value: Fraction) -> str:
    """Two decimals, rounded up: a gap is never shown as nothing, nor as less than it is."""
    return _plain(Decimal(ceil(value * 100)) / 100)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
