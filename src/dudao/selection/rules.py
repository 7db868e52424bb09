"""The rules of a cycle plan, read from one JSON value: spacing, capacities, what makes a school's risk. Pure.

Every number is the office's choice. Risk is a sum of points (at most 100), each said in words, so that anybody can check it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

MOST = 100
SPARE = 2
"""Schools above the even share that a county's term may hold unless said otherwise: room for fixed dates."""


@dataclass(frozen=True, slots=True)
class CycleRules:
    """``shortest`` and ``longest``: terms from one visit to the next (``None``: no limit). ``capacity``: «county:term» →
    schools, county 0 for all together; without an entry there is no limit. ``private``: schools of private owners take part.

    Points of risk: ``overdue`` for each overdue finding and ``open`` for each other open one (together at most
    ``findings_most``), ``never`` without a visit on record, ``waited`` for each year since the last one (at most
    ``waited_most``), ``large`` from ``large_from`` pupils on.
    """

    shortest: int = 4
    longest: int | None = None
    private: bool = True
    capacity: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 20
    open: int = 8
    findings_most: int = 50
    never: int = 25
    waited: int = 5
    waited_most: int = 25
    large: int = 15
    large_from: int = 1500

    def data(self) -> dict[str, Any]:
        """As it is stored."""
        plain = asdict(self)
        plain["capacity"] = dict(sorted(self.capacity.items()))
        return plain

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> CycleRules:
        """From stored data; what it doesn't say is the default. Raises ``ValueError`` in words."""
        unknown = sorted(set(data) - {each.name for each in fields(cls)})
        if unknown:
            raise ValueError(f"不认识的规则：{'、'.join(unknown)}。")
        return cls(**data)

    def county_capacity(self) -> dict[tuple[str, int], int]:
        return {
            (county, int(term)): most
            for key, most in self.capacity.items()
            for county, term in [key.split(":")]
            if county != "0"
        }

    def total_capacity(self) -> dict[int, int]:
        return {int(key.split(":")[1]): most for key, most in self.capacity.items() if key.startswith("0:")}

    def cell(self, county: int, term: int) -> int | None:
        return self.capacity.get(f"{county}:{term}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the platform knows of a school when a plan is made. ``last_visited`` is a term number, ``pupils`` may be unknown."""

    overdue: int = 0
    open: int = 0
    last_visited: int | None = None
    pupils: int | None = None


def risk_of(rules: CycleRules, facts: Facts, first_term: int) -> tuple[int, list[str]]:
    """(points, a line for each part); parts that give nothing are left out."""
    parts: list[tuple[str, int]] = []
    late = min(rules.findings_most, facts.overdue * rules.overdue)
    if late:
        parts.append((f"逾期未整改问题 {facts.overdue} 个", late))
    rest = min(rules.findings_most - late, facts.open * rules.open)
    if rest:
        parts.append((f"正在整改的问题 {facts.open} 个", rest))
    if facts.last_visited is None:
        if rules.never:
            parts.append(("没有督导过的记录", rules.never))
    else:
        years = max(0, first_term - facts.last_visited) // 2
        waited = min(rules.waited_most, years * rules.waited)
        if waited:
            parts.append((f"距上次督导 {years} 年", waited))
    if rules.large and facts.pupils is not None and facts.pupils >= rules.large_from:
        parts.append((f"学生 {facts.pupils} 人，规模较大", rules.large))
    return min(MOST, sum(points for _, points in parts)), [f"{words}：{points} 分" for words, points in parts]
