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

from dudao.calc.balance.evaluation import Verdict
from dudao.calc.balance.items import (
    Finding,
    Item,
    ItemResult,
    ItemRun,
    ItemSet,
    Level,
    Status,
    evaluate_items,
    items_from,
)
from dudao.calc.balance.rules import Reader, RulesError

__all__ = [
    "WORDS",
    "CountyRun",
    "Judged",
    "Kindergarten",
    "Lack",
    "Norms",
    "Standard",
    "county_data",
    "evaluate",
    "gap_words",
    "judge",
    "norms_from",
    "standard_from",
]

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
class Space:
    item: str
    name: str
    least: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class ClassSize:
    item: str
    over: str
    name: str
    most: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """People of ``items``: so many a class, or one for at most so many ``children``."""

    items: tuple[str, ...]
    name: str
    per_class: int
    children: int


@dataclass(frozen=True, slots=True)
class Norms:
    space: tuple[Space, ...]
    new: str
    meets: str
    classes: tuple[ClassSize, ...]
    staff: tuple[Staffing, ...]


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
    """Whether a kindergarten meets each of P26, P27, P29 (``None``: not known, or P27 of an old building) and what it lacks."""

    meets: Mapping[str, bool | None]
    lacks: tuple[Lack, ...]


def norms_from(pack: Mapping[str, Any]) -> Norms:
    """The part ``kindergartens`` of a pack. Raises `RulesError`, which names the place."""
    reader = Reader(Reader(pack, "标准").get("kindergartens"), "标准 kindergartens")
    building = Reader(reader.get("building"), f"{reader.place} building")
    staff = []
    for part in reader.parts("staff"):
        items = part.get("items")
        if not isinstance(items, list) or not items:
            raise RulesError(f"{part.place}：items 应为一列数据指标。")
        per_class, children = part.whole("per_class", 0), part.whole("children", 0)
        if bool(per_class) == bool(children):
            raise RulesError(f"{part.place}：per_class 和 children 写且只写一个。")
        staff.append(Staffing(tuple(str(item) for item in items), part.text("name"), per_class, children))
    return Norms(
        space=tuple(
            Space(part.text("item"), part.text("name"), part.number("least"), part.text("unit"))
            for part in reader.parts("space")
        ),
        new=building.text("new"),
        meets=building.text("meets"),
        classes=tuple(
            ClassSize(part.text("item"), part.text("over"), part.text("name"), part.whole("most"))
            for part in reader.parts("classes")
        ),
        staff=tuple(staff),
    )


def judge(one: Kindergarten, norms: Norms) -> Judged:
    """P26 (space and books a child), P27 (building standard), P28 (class sizes), P29 (staff) of one kindergarten."""
    lacks: list[Lack] = []
    children, classes = one.number("kg_children"), one.number("kg_classes")
    known26 = children is not None and children > 0
    for space in norms.space:
        have = one.number(space.item)
        if have is None or children is None or not children:
            known26 = False
            continue
        least = Fraction(space.least)
        if have / children < least:
            short = _shown(least * children - have)
            now = f"{space.name} {_shown(have / children)} {space.unit}"
            lacks.append(Lack("P26", f"{now}，要求 {space.least} {space.unit}，还差 {short} {space.unit}"))
    is_new, meets = one.number(norms.new), one.number(norms.meets)
    if is_new and meets == 0:
        lacks.append(Lack("P27", "2017 年后规划设计，不符合《幼儿园建设标准》"))
    for size in norms.classes:
        over = one.number(size.over)
        if over:
            lacks.append(Lack("P28", f"{_shown(over)} 个{size.name}超过 {size.most} 人"))
    known29 = True
    for rule in norms.staff:
        counts = [one.number(item) for item in rule.items]
        wanted = (
            (None if classes is None else classes * rule.per_class)
            if rule.per_class
            else (None if children is None else Fraction(ceil(children / rule.children)))
        )
        known = [count for count in counts if count is not None]
        if wanted is None or len(known) < len(counts):
            known29 = False
        elif sum(known) < wanted:
            have = sum(known, Fraction(0))
            lacks.append(
                Lack("P29", f"{rule.name} {_shown(have)} 人，应有 {_shown(wanted)} 人，还缺 {_shown(wanted - have)} 人")
            )
    codes = {lack.code for lack in lacks}
    known27 = is_new is not None and (not is_new or meets is not None)
    return Judged(
        {
            "P26": False if "P26" in codes else (True if known26 else None),
            "P27": (None if not is_new else "P27" not in codes) if known27 else None,
            "P29": False if "P29" in codes else (True if known29 else None),
        },
        tuple(lacks),
    )


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

    def failing(code: str) -> Decimal | None:
        states = [judged.meets[code] for _, judged in gardens]
        if not is_complete or (code != "P27" and None in states):
            return None
        if code == "P27" and any(
            one.number(norms.new) is None or (one.number(norms.new) and one.number(norms.meets) is None)
            for one, _ in gardens
        ):
            return None
        return Decimal(states.count(False))

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
        "2017年后规划设计的幼儿园数": total(norms.new, [one for one, _ in gardens]),
        "不符合建设标准的新园数": failing("P27"),
        "幼儿园班级数": classes,
        "班额达标的班级数": None if classes is None or over is None else classes - over,
        "教职工配备达标的幼儿园数": None if count is None or short29 is None else count - short29,
        "专任教师数": total("kg_teachers"),
        "园长和专任教师数": plus(total("kg_heads"), total("kg_teachers")),
        "持证的园长和专任教师数": total("kg_certified"),
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
    part = pack.get("recognition")
    if part is None:
        return Standard(items, None)
    (recognition,) = items_from({**pack, "items": [part], "vetoes": []}).items
    return Standard(items, recognition)


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
    """The verdict of every item and of the county. A failure is final, whatever is missing beside it."""
    data = _without_empty_groups(data)
    run = evaluate_items(standard.items, data, judgements, day, region)
    recognition = None
    if standard.recognition is not None:
        alone = ItemSet(
            **{name: getattr(standard.items, name) for name in ("code", "name", "number", "valid_from", "grade")},
            items=(standard.recognition,),
            vetoes={},
            levels=(Level("达标", 0, "", ""),),
        )
        recognition = evaluate_items(alone, data, {}, day, region).results[0]
    return CountyRun(run.results, recognition, _verdict(run, recognition))


def _verdict(run: ItemRun, recognition: ItemResult | None) -> str | None:
    if recognition is None or recognition.status is Status.MET:
        return run.verdict
    if run.verdict == Verdict.FAILED.value or recognition.status is Status.FAILED:
        return Verdict.FAILED.value
    return None


def _without_empty_groups(data: Mapping[str, Decimal | int | None]) -> dict[str, Decimal | int | None]:
    """A county without any new building, or without estate kindergartens, has nothing to fail: 0 of 0 is met, not unknown."""
    made = dict(data)
    for part, whole, met in (
        ("不符合建设标准的新园数", "2017年后规划设计的幼儿园数", 0),
        ("办成公办或普惠性民办的配套园数", "小区配套园数", 1),
    ):
        if made.get(whole) == 0 and not made.get(part):
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
        return f"每名教师 {_shown(finding.value)} 名幼儿，还缺 {ceil(children / finding.bound) - teachers} 名专任教师"
    if condition.of in _LEFT:
        if condition.op == ">=":
            number = Fraction(data.get(condition.over) or 0) - Fraction(data.get(condition.of) or 0)
        else:
            number = Fraction(data.get(condition.of) or 0)
        return _LEFT[condition.of].format(n=ceil(number))
    far = abs(finding.bound - finding.value)
    if condition.unit == "%":
        words = f"{_shown(finding.value)} %，还差 {_shown(far, up=True)} 个百分点"
    else:
        words = f"{_shown(finding.value)} {condition.unit}，还差 {_shown(far, up=True)} {condition.unit}"
    how = _GAPS.get(condition.of)
    return f"{words}，{how.format(n=ceil(finding.gap))}" if how else words


def _shown(value: Fraction, *, up: bool = False) -> str:
    """Up to two decimals without trailing zeros; ``up``: a gap is never shown as nothing."""
    hundredths = ceil(value * 100) if up else round(value * 100)
    return format((Decimal(hundredths) / 100).normalize(), "f")
