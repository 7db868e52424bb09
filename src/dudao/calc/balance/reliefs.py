"""Relief clauses of the 规程: which there are, from when until when, whom they fit, and what they add to a school's numbers.

A clause is never applied by itself: an office chooses it school by school and says why (`add_reliefs` carries out what was chosen).
Two add to a number (L3 teachers from elsewhere, L5 grounds elsewhere), two move a demand (G3 rooms, G4 sizes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field
from msgspec.structs import replace

from dudao.calc.balance.rules import LastDay
from dudao.calc.balance.table import NAME
from dudao.calc.declared import Count, Declared, Head, Name, RulesError, Year, decode
from dudao.calc.facts import holds


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What of a school a clause looks at; ``None`` is unknown and left to whoever decides."""

    pupils: int | None = None
    migrants: int | None = None
    founded: int | None = None
    is_teaching_point: bool = False
    is_rural: bool | None = None


class Clause(Declared, frozen=True):
    """One clause. ``adds``: stage («» for the whole school) → column that grows, empty for clauses that move a demand.

    ``least``/``most`` pupils, ``founded_to`` and ``migrants_over`` (percent) say whom it fits; of the last two one is enough.
    """

    code: Name
    name: Name
    condition: Name
    adds: Mapping[str, Name] = {}
    unit: str = ""
    least: Count | None = None
    most: Count | None = None
    is_rural: bool = field(default=False, name="rural")
    founded_to: Year | None = None
    migrants_over: Annotated[Decimal, Meta(extra_json_schema={"minimum": 0, "maximum": 100})] | None = None
    valid_from: date | None = None
    valid_to: LastDay = UNSET
    source: str = ""

    def in_force(self, day: date) -> bool:
        return holds(self.valid_from, self.valid_to or None, day)

    def why_not(self, school: SchoolFacts) -> str:
        """Why it doesn't fit a school, in words; «» when it does, or when what is known doesn't speak against it."""
        if school.pupils is not None:
            if self.least is not None and school.pupils < self.least:
                return f"学生 {school.pupils} 人，不足 {self.least} 人，不适用。"
            if self.most is not None and school.pupils > self.most:
                return f"学生 {school.pupils} 人，超过 {self.most} 人，不适用。"
        if self.is_rural and school.is_rural is False and not school.is_teaching_point:
            return "机构信息登记的不是乡村学校，不适用。"
        return self._too_new(school)

    def _too_new(self, school: SchoolFacts) -> str:
        if self.founded_to is None or school.founded is None or school.founded <= self.founded_to:
            return ""
        if self.migrants_over is None:
            return f"建校年份是 {school.founded}，晚于 {self.founded_to} 年，不适用。"
        if not school.pupils or school.migrants is None:
            return ""
        share = Decimal(school.migrants) * 100 / school.pupils
        if share > self.migrants_over:
            return ""
        return (
            f"建校年份是 {school.founded}，晚于 {self.founded_to} 年，"
            f"随迁子女占 {share:.1f}%，没有超过 {self.migrants_over:g}%，不适用。"
        )


class Reliefs(Head, frozen=True, kw_only=True):
    kind: Literal["reliefs"]
    valid_from: date
    clauses: Annotated[tuple[Clause, ...], Meta(min_length=1)]

    def __post_init__(self) -> None:
        codes = [clause.code for clause in self.clauses]
        for code in codes:
            if codes.count(code) > 1:
                raise RulesError(f"clauses：代码 {code} 出现了两次。")


def clauses_from(pack: Mapping[str, Any]) -> Mapping[str, Clause]:
    """The clauses in the plain values of a pack, by code; days and source that one doesn't say are the pack's."""
    found = decode(Reliefs, pack)
    return {
        clause.code: replace(
            clause,
            valid_from=clause.valid_from or found.valid_from,
            valid_to=found.valid_to if isinstance(clause.valid_to, UnsetType) else clause.valid_to,
            source=clause.source or found.number,
        )
        for clause in found.clauses
    }


def add_reliefs(
    columns: Mapping[str, Sequence[str | None]], claims: Sequence[Mapping[str, Any]]
) -> Mapping[str, Sequence[str | None]]:
    """The columns with every claim's ``amount`` added to its ``column`` in its ``row`` (from 1).

    Claims without a column add nothing. Numbers are exact texts before and after, a gap stays a gap. Raises ``ValueError`` for
    a row or column that the table lacks.
    """
    found = {name: list(values) for name, values in columns.items()}
    for claim in claims:
        if not claim["column"]:
            continue
        if claim["column"] not in found or not 1 <= claim["row"] <= len(found[NAME]):
            raise ValueError(f"放宽条款指向的“{claim['column']}”第 {claim['row']} 行不在数据表里。")
        place = claim["row"] - 1
        number = found[claim["column"]][place]
        if number is not None:
            found[claim["column"]][place] = format(Decimal(number) + Decimal(claim["amount"]), "f")
    return found
