"""Crowded classes of one school: counted from whichever bands it reported, what ending it takes at least, and the pace of a plan.

A band that reaches across a bound leaves a count open; it is then a `Span` from the least to the most, never a guess. What it takes
is a lower bound likewise: returns give classes by band and the pupils of a stage, not the pupils of each class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import ceil

from dudao.calc.balance.sizes import SizeRules, elimination
from dudao.calc.codetables import Stage
from dudao.calc.rounding import round_half_up


@dataclass(frozen=True, slots=True)
class Span:
    """A whole number that lies between two, both included."""

    least: int = 0
    most: int = 0

    @property
    def is_exact(self) -> bool:
        return self.least == self.most

    def __add__(self, other: Span) -> Span:
        return Span(self.least + other.least, self.most + other.most)

    def __str__(self) -> str:
        return str(self.least) if self.is_exact else f"{self.least}—{self.most}"


@dataclass(frozen=True, slots=True)
class Counted:
    """The classes of one stage of a school, or of many added up. ``bands``: (least, greatest size or ``None``, classes)."""

    classes: int = 0
    above_standard: Span = Span()
    large: Span = Span()
    extra_large: Span = Span()
    bands: tuple[tuple[int, int | None, int], ...] = ()

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.classes + other.classes,
            self.above_standard + other.above_standard,
            self.large + other.large,
            self.extra_large + other.extra_large,
        )

    def share(self, count: Span) -> Fraction | None:
        """The share of a count that is known exactly; no classes have no share."""
        return Fraction(count.least, self.classes) if self.classes and count.is_exact else None


def count_classes(numbers: Mapping[str, int | None], stage: Stage, rules: SizeRules) -> Counted | None:
    """The classes by the finest layout that ``numbers`` (item → classes) holds in full; ``None`` when no layout is complete.

    A layout whose sum differs from the item ``classes``, where that is known, is passed over for a coarser one.
    """
    total = numbers.get("classes")
    for layout in rules.layouts:
        counts = [numbers.get(item) for item in layout]
        known = [count for count in counts if count is not None]
        if len(known) < len(counts) or (total is not None and sum(known) != total):
            continue
        edges = list(layout.values())
        lows = [0, *(edge + 1 for edge in edges if edge is not None)]
        bands = tuple(zip(lows, edges, known, strict=True))
        return Counted(
            classes=sum(known),
            above_standard=_above(bands, rules.standard[stage]),
            large=_above(bands, rules.large - 1),
            extra_large=_above(bands, rules.extra_large - 1),
            bands=bands,
        )
    return None


def _above(bands: Sequence[tuple[int, int | None, int]], size: int) -> Span:
    surely = sum(count for low, _, count in bands if low > size)
    across = sum(count for low, high, count in bands if low <= size and (high is None or high > size))
    return Span(surely, surely + across)


@dataclass(frozen=True, slots=True)
class Effort:
    """What it takes so that no class of a stage has more than ``most`` pupils.

    ``moved``: pupils who must leave their class at least; ``moved_most``: at most, ``None`` where a band has no greatest size.
    ``classes``: classes that must be added at least, whichever way pupils are spread; ``outside``: the same as pupils who must
    leave the school instead. Both 0: the classes there are would hold everybody.
    """

    most: int
    moved: int
    moved_most: int | None
    classes: int
    outside: int


def effort(counted: Counted, pupils: int, most: int) -> Effort:
    """See `Effort`. Raises ``ValueError`` for a negative number of pupils."""
    if pupils < 0 or most < 1:
        raise ValueError("人数不能是负数，班额至少为 1。")
    moved, moved_most = 0, 0
    is_open = False
    for low, high, count in counted.bands:
        if high is not None and high <= most:
            continue
        moved += count * max(low - most, 0)
        if high is None:
            is_open = is_open or count > 0
        else:
            moved_most += count * (high - most)
    outside = max(pupils - counted.classes * most, 0)
    return Effort(
        most=most,
        moved=max(moved, outside),
        moved_most=None if is_open else max(moved_most, outside),
        classes=max(ceil(pupils / most) - counted.classes, 0),
        outside=outside,
    )


@dataclass(frozen=True, slots=True)
class SchoolSize:
    """A school's counted pupils against its limit; ``relief`` says why the wider limit holds."""

    pupils: int
    limit: int
    excess: int
    relief: str


def school_size(
    kind: str, pupils: Mapping[Stage, int | None], rules: SizeRules, day: date, **school: int | None
) -> SchoolSize | None:
    """A school of type ``kind`` on a day. ``pupils``: of the stages it has, ``None`` where a stage hasn't reported.

    ``school``: ``founded`` (year) and ``migrants`` (children), where known. The answer is ``None`` when the type has no limit, and
    when a stage is missing without which the others stay within it.
    """
    for limit in rules.schools:
        if kind in limit.types:
            reported = [pupils.get(stage, 0) for stage in limit.stages]
            counted = sum(number or 0 for number in reported)
            reason = ""
            if rules.relief is not None and limit.relief > limit.most:
                reason = rules.relief.reason(day, school.get("founded"), counted, school.get("migrants"))
            most = limit.relief if reason else limit.most
            if None in reported and counted <= most:
                return None
            return SchoolSize(counted, most, max(counted - most, 0), reason)
    return None


# --- plans -----------------------------------------------------------------------------------------------------------


class Pace(StrEnum):
    """How far a line of a plan is against what was counted."""

    DONE = "已消除"
    ON_TRACK = "按计划"
    LATE = "落后"
    WAITING = "待数据"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What is to be left at the end of each year, from what was counted at the start."""

    start: int
    targets: Mapping[int, int | None]


def pace(line: PlanLine, counted: Mapping[int, int]) -> Pace:
    """By the newest year counted; a year after the last target is held against that."""
    targets = {year: target for year, target in sorted(line.targets.items()) if target is not None}
    known = [year for year in counted if targets and year >= min(targets)]
    if not known:
        return Pace.WAITING
    newest = max(known)
    if counted[newest] == 0:
        return Pace.DONE
    due = max(year for year in targets if year <= newest)
    (found,) = elimination({due: targets[due]}, {due: counted[newest]})
    return Pace.ON_TRACK if found.is_met else Pace.LATE


def faults(line: PlanLine) -> list[str]:
    """What makes a line no plan: a year without a target, a target above the one before."""
    found = []
    before, when = line.start, "现有数"
    for year, target in sorted(line.targets.items()):
        if target is None:
            found.append(f"没有填 {year} 年底的目标")
            continue
        if target > before:
            found.append(f"{year} 年底的目标 {target} 比{when} {before} 还多")
        before, when = target, f" {year} 年底的"
    return found


def shortfalls(lines: Sequence[PlanLine], classes: int, most_percent: int | None) -> list[str]:
    """What the plan of a county leaves undone even if every target is met.

    ``classes``: of the county, at the start; ``most_percent``: the share that counts as 基本消除. Both for plans of classes.
    """
    last = max((year for line in lines for year in line.targets), default=None)
    if last is None:
        return []
    ends = [line.targets.get(last) for line in lines]
    left = sum(end or 0 for end in ends)
    if not left:
        return []
    schools = sum(1 for end in ends if end)
    found = [f"按计划到 {last} 年底还剩 {left} 个，涉及 {schools} 处，没有全部消除。"]
    if classes and most_percent is not None and left * 100 > classes * most_percent:
        share = round_half_up(Fraction(left * 100, classes), 2)
        found.append(f"占全部班级的 {share} %，高于“基本消除”的 {most_percent} %，各校目标都完成也达不到要求。")
    return found
