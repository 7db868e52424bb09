"""Class and school sizes: 大班额, 超大班额, classes above the standard, 大校额; and getting rid of them year by year.

Bounds are data of a pack (`sizes_from`); each has to be the edge of a band of the yearly form, or a count would be a guess.
Counting the classes is `crowding`, storing plans is left to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from dudao.calc.balance.rules import STAGES, SchoolType, StageName
from dudao.calc.codetables import SCHOOL_TYPES, Stage
from dudao.calc.declared import Declared, GradeOfSource, Head, Name, Positive, RulesError, Year, decode
from dudao.calc.facts import holds

Percent = Annotated[int, Meta(ge=0, le=100)]


class Graded(Declared, frozen=True, kw_only=True):
    """A number with what says so, and how sure that is."""

    source: Name
    grade: GradeOfSource


class SchoolLimit(Graded, frozen=True, kw_only=True):
    """Schools of ``types`` may have ``most`` pupils in ``stages``, or ``relief`` where the relief clause applies."""

    types: Annotated[tuple[SchoolType, ...], Meta(min_length=1)]
    stage_names: tuple[StageName, ...] = field(name="stages")
    most: Positive
    relief: Positive

    @property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(STAGES[label] for label in self.stage_names)


class Relief(Graded, frozen=True, kw_only=True):
    """The relief clause: between two days, for schools built up to a year or with many children of migrant workers (percent)."""

    valid_from: date
    valid_to: date | None
    founded_to: Year
    migrants_over: Percent

    def reason(self, day: date, founded: int | None, pupils: int, migrants: int | None) -> str:
        """Why the clause applies to a school, in words; "" when it doesn't or nobody knows."""
        if not holds(self.valid_from, self.valid_to, day):
            return ""
        if founded is not None and founded <= self.founded_to:
            return f"{founded} 年建成，在 {self.founded_to} 年及以前"
        if migrants is not None and pupils and migrants * 100 > pupils * self.migrants_over:
            return f"随迁子女占 {migrants * 100 / pupils:.2f} %，超过 {self.migrants_over} %"
        return ""


class Least(Graded, frozen=True, kw_only=True):
    """A class counts as large from so many pupils on."""

    of: Positive = field(name="from")


class Standard(Graded, frozen=True, kw_only=True):
    """Up to so many pupils in a class."""

    primary: Positive | UnsetType = field(default=UNSET, name="小学")
    junior: Positive | UnsetType = field(default=UNSET, name="初中")
    senior: Positive | UnsetType = field(default=UNSET, name="高中")


class Classes(Declared, frozen=True):
    large: Least
    extra_large: Least
    standard: Standard


class Share(Graded, frozen=True, kw_only=True):
    most: Percent


class Shares(Declared, frozen=True):
    """The greatest share of large and extra large classes, in percent, that still counts as 基本消除."""

    large: Share | UnsetType = UNSET
    extra_large: Share | UnsetType = UNSET


class SizeRules(Head, frozen=True, kw_only=True, dict=True):
    """``bands``: greatest size of each but the last. ``large``, ``extra_large``: from so many on. ``standard``: up to so many.

    ``layouts``: sets of data items by which returns give the classes, item → greatest size, the finest set first.
    """

    kind: Literal["sizes"]
    bands: Annotated[tuple[Positive, ...], Meta(min_length=1)]
    classes: Classes
    schools: tuple[SchoolLimit, ...]
    layouts: tuple[Annotated[Mapping[str, Positive | None], Meta(min_length=2)], ...] = ()
    told_shares: Shares = field(default=Shares(), name="shares")
    relief: Relief | None = None

    def __post_init__(self) -> None:
        if list(self.bands) != sorted(set(self.bands)):
            raise RulesError("bands 应为从小到大的整数。")
        edges = {self.large - 1, self.extra_large - 1, *self.standard.values()}
        if not edges <= set(self.bands):
            raise RulesError(f"界限 {'、'.join(map(str, sorted(edges - set(self.bands))))} 不在班额分段的边上。")
        for layout in self.layouts:
            found = list(layout.values())
            known = [edge for edge in found[:-1] if edge is not None]
            if found[-1:] != [None] or len(known) < len(found) - 1 or known != sorted(set(known)):
                raise RulesError("layouts 的每一组应从小到大写明各段最大人数，最后一段为 null。")
        for limit in self.schools:
            for code in limit.types:
                if code not in SCHOOL_TYPES:
                    raise RulesError(f"没有办学类型“{code}”。")

    @property
    def large(self) -> int:
        return self.classes.large.of

    @property
    def extra_large(self) -> int:
        return self.classes.extra_large.of

    @property
    def shares(self) -> Mapping[str, int]:
        told = {"large": self.told_shares.large, "extra_large": self.told_shares.extra_large}
        return {name: share.most for name, share in told.items() if isinstance(share, Share)}

    @cached_property
    def standard(self) -> Mapping[Stage, int]:
        found = self.classes.standard
        sizes = zip(STAGES.values(), (found.primary, found.junior, found.senior), strict=True)
        return {stage: size for stage, size in sizes if isinstance(size, int)}


def sizes_from(pack: Mapping[str, Any]) -> SizeRules:
    """The rules in the plain values of a pack; raises `RulesError` in Chinese."""
    return decode(SizeRules, pack)


def oversized(kind: str, pupils: Mapping[Stage, int], rules: SizeRules, *, relief: bool = False) -> int | None:
    """How many pupils a school has too many (0: none); ``None`` for a type without a limit. ``kind``: code of 办学类型."""
    for limit in rules.schools:
        if kind in limit.types:
            counted = sum(pupils.get(stage, 0) for stage in limit.stages)
            return max(counted - (limit.relief if relief else limit.most), 0)
    return None


@dataclass(frozen=True, slots=True)
class YearOfElimination:
    """One year of a plan. ``actual``: as counted, ``None`` while unknown; ``excess``: above the target, ``None`` likewise."""

    year: int
    target: int
    actual: int | None
    excess: int | None

    @property
    def is_met(self) -> bool | None:
        return None if self.excess is None else self.excess == 0


def yearly_targets(first_year: int, start: int, last_year: int, end: int = 0) -> dict[int, int]:
    """Even steps from ``start`` (counted in ``first_year``) to ``end`` in ``last_year``; the larger steps come first."""
    years = last_year - first_year
    if years < 1 or not 0 <= end <= start:
        raise ValueError("完成年份应晚于起始年份，目标数应在 0 和现有数之间。")
    return {first_year + year: end + (start - end) * (years - year) // years for year in range(1, years + 1)}


def elimination(targets: Mapping[int, int], counted: Mapping[int, int]) -> tuple[YearOfElimination, ...]:
    """The plan beside what was counted, year by year."""
    return tuple(
        YearOfElimination(year, target, counted.get(year), max(counted[year] - target, 0) if year in counted else None)
        for year, target in sorted(targets.items())
    )
