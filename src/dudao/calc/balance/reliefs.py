"""Relief clauses of the 规程: which there are, from when until when, whom they fit, and what they add to a school's numbers.

A clause is never applied by itself: an office chooses it school by school and says why (`add_reliefs` carries out what was chosen).
Two add to a number (L3 teachers from elsewhere, L5 grounds elsewhere), two move a demand (G3 rooms, G4 sizes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dudao.calc.balance.rules import Reader, RulesError
from dudao.calc.balance.table import NAME


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What of a school a clause looks at; ``None`` is unknown and left to whoever decides."""

    pupils: int | None = None
    migrants: int | None = None
    founded: int | None = None
    is_teaching_point: bool = False
    is_rural: bool | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. ``adds``: stage («» for the whole school) → column that grows, empty for clauses that move a demand.

    ``least``/``most`` pupils, ``founded_to`` and ``migrants_over`` (percent) say whom it fits; of the last two one is enough.
    """

    code: str
    name: str
    condition: str
    adds: Mapping[str, str]
    unit: str
    least: int | None
    most: int | None
    founded_to: int | None
    migrants_over: Decimal | None
    is_rural: bool
    valid_from: date
    valid_to: date | None
    source: str

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

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


def clauses_from(pack: Mapping[str, Any]) -> Mapping[str, Clause]:
    """The clauses in the plain values of a pack, by code. Raises `RulesError`, which names the place in the pack."""
    reader = Reader(pack, f"标准“{pack.get('code', '—')}”" if isinstance(pack, Mapping) else "标准")
    if reader.text("kind") != "reliefs":
        raise RulesError(f"{reader.place}：不是放宽条款（kind 应为 reliefs）。")
    found = {}
    for part in reader.parts("clauses"):
        code = part.text("code")
        if code in found:
            raise RulesError(f"{part.place}：代码 {code} 出现了两次。")
        adds = Reader(part.values.get("adds", {}), f"{part.place} adds")
        found[code] = Clause(
            code=code,
            name=part.text("name"),
            condition=part.text("condition"),
            adds={stage: adds.text(stage) for stage in adds.values},
            unit=part.text("unit", ""),
            least=part.whole("least") if "least" in part.values else None,
            most=part.whole("most") if "most" in part.values else None,
            founded_to=part.whole("founded_to") if "founded_to" in part.values else None,
            migrants_over=part.number("migrants_over") if "migrants_over" in part.values else None,
            is_rural=bool(part.values.get("rural", False)),
            valid_from=part.day("valid_from", reader.day("valid_from")),
            valid_to=part.last_day(reader.last_day()),
            source=part.text("source", reader.text("number")),
        )
    return found


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
