"""The rules of a balance evaluation: indicators, thresholds, limits, what counts, how schools are split.

`rules_from` reads them from the plain values of a pack; `Rules.on` picks the bounds that hold on a day in a region. Nothing here
computes; reading files is left to `dudao.packs`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from dudao.calc.codetables import SCHOOL_TYPES, Stage
from dudao.calc.declared import (
    Count,
    Declared,
    Head,
    Name,
    Positive,
    RulesError,
    among,
    decode,
    one_of,
    with_keys,
)
from dudao.calc.facts import holds

STAGES: Mapping[str, Stage] = {stage.label: stage for stage in (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR)}
COMPOSITE = "composite"
"""The subject of a limit on the mean of all coefficients; every other subject is the code of an indicator."""


Amount = Annotated[Decimal, Meta(extra_json_schema={"minimum": 0})]
AboveZero = Annotated[Decimal, Meta(extra_json_schema={"exclusiveMinimum": 0})]
StageName = Annotated[str, among(STAGES)]
SchoolType = Annotated[str, Meta(pattern=r"^\d{3}$")]
LastDay = dt.date | None | UnsetType


class Kind(StrEnum):
    COUNT = "count"
    """People, rooms: whole numbers."""
    AMOUNT = "amount"
    """Square metres, money."""


class Indicator(Declared, frozen=True, dict=True):
    """A resource per pupil: ``per`` × what ``columns[stage]`` holds, less what ``less`` holds, divided by the pupils.

    ``of_school``: one column for the whole school, which is shared out between its stages; ``of_stage``: one for each.
    """

    code: Name
    name: Name
    unit: str
    kind: Kind
    per: AboveZero
    of_school: Name | UnsetType = UNSET
    of_stage: Annotated[Mapping[str, Name], with_keys(STAGES)] = {}
    less: str = ""

    @property
    def is_shared(self) -> bool:
        return not self.of_stage

    @cached_property
    def columns(self) -> Mapping[Stage, str]:
        if isinstance(self.of_school, str):
            return dict.fromkeys(STAGES.values(), self.of_school)
        return {STAGES[label]: column for label, column in self.of_stage.items()}


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold (``>=``) or a limit (``<=``) of one stage, in force from one day to another in a region.

    ``region`` is the beginning of a code of GB/T 2260 (``""``: everywhere, ``"43"``: 湖南省). ``source`` is the document.
    """

    subject: str
    stage: Stage
    op: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    region: str
    source: str

    def holds(self, day: date, region: str) -> bool:
        return holds(self.valid_from, self.valid_to, day) and region.startswith(self.region)


class Bounds(Declared, frozen=True):
    """A line of thresholds or limits: a value for some stages. What it doesn't say of place, time and source is the pack's."""

    indicator: str | UnsetType = UNSET
    primary: Amount | UnsetType = field(default=UNSET, name="小学")
    junior: Amount | UnsetType = field(default=UNSET, name="初中")
    senior: Amount | UnsetType = field(default=UNSET, name="高中")
    region: str | UnsetType = UNSET
    valid_from: dt.date | UnsetType = UNSET
    valid_to: LastDay = UNSET
    source: str | UnsetType = UNSET

    def of(self, pack: Rules, subject: str, op: str) -> Iterator[Bound]:
        first = pack.valid_from if self.valid_from is UNSET else self.valid_from
        last = pack.valid_to if self.valid_to is UNSET else self.valid_to
        if last is not None and last < first:
            raise RulesError("thresholds、limits：valid_to 早于 valid_from。")
        for label, value in zip(STAGES, (self.primary, self.junior, self.senior), strict=True):
            if label in pack.stage_names and isinstance(value, Decimal):
                yield Bound(
                    subject=subject,
                    stage=STAGES[label],
                    op=op,
                    value=value,
                    valid_from=first,
                    valid_to=last,
                    region=pack.region if self.region is UNSET else self.region,
                    source=pack.number if self.source is UNSET else self.source,
                )


class Threshold(Bounds, frozen=True, kw_only=True):
    indicator: str


class Limit(Bounds, frozen=True):
    """``each``: of every indicator; otherwise of one, or of the mean of all."""

    each: bool = False


class SchoolRule(Declared, frozen=True):
    """A school passes with ``reached`` indicators at their threshold, the rest at ``floor`` of it or more."""

    reached: Count
    floor: Annotated[Decimal, Meta(extra_json_schema={"minimum": 0, "maximum": 1})]


class Treatment(Declared, frozen=True, dict=True):
    """How schools of ``types`` count. No stages: not at all, for this ``reason``. Fewer than ``least_pupils``: likewise."""

    types: Annotated[tuple[SchoolType, ...], Meta(min_length=1)]
    stage_names: tuple[StageName, ...] = field(default=(), name="stages")
    also_names: tuple[StageName, ...] = field(default=(), name="also")
    least_pupils: Positive = 0
    reason: str = ""

    def __post_init__(self) -> None:
        if not self.reason and (self.least_pupils or not self.counts):
            raise RulesError("不计入的学校要写明原因 reason。")
        for code in self.types:
            if code not in SCHOOL_TYPES:
                raise RulesError(f"没有办学类型“{code}”。")

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(STAGES[label] for label in self.stage_names)

    @cached_property
    def also(self) -> tuple[Stage, ...]:
        return tuple(STAGES[label] for label in self.also_names)

    @property
    def counts(self) -> bool:
        return bool(self.stage_names)


class Places(Declared, frozen=True):
    """Decimals of the application form: of a school's value, of a county's mean, of a coefficient."""

    value: Count
    mean: Count
    coefficient: Count


@dataclass(frozen=True, slots=True)
class Standards:
    """The bounds in force on one day in one region. Keys are (code, stage); a composite limit has the code ``composite``."""

    thresholds: Mapping[tuple[str, Stage], Bound]
    limits: Mapping[tuple[str, Stage], Bound]


class Rules(Head, frozen=True, kw_only=True, dict=True):
    """One evaluation's rules, with the document they come from."""

    kind: Literal["balance"]
    valid_from: dt.date
    stage_names: Annotated[tuple[StageName, ...], Meta(min_length=1)] = field(name="stages")
    indicators: Annotated[tuple[Annotated[Indicator, one_of("of_school", "of_stage")], ...], Meta(min_length=1)]
    thresholds: tuple[Threshold, ...]
    school_rule: SchoolRule | None
    limits: Annotated[tuple[Limit, ...], Meta(min_length=1)]
    shares: Annotated[Mapping[str, AboveZero], with_keys(STAGES)] = field(name="weights")
    treatments: tuple[Treatment, ...] = field(name="scope")
    places: Places = field(name="rounding")

    def __post_init__(self) -> None:
        codes = [indicator.code for indicator in self.indicators]
        if len(set(codes)) < len(codes):
            raise RulesError("indicators：代码不能重复。")
        for indicator in self.indicators:
            for label in self.stage_names:
                if indicator.of_stage and label not in indicator.of_stage:
                    raise RulesError(f"indicators[{indicator.code}].of_stage：缺少 {label}。")
            if bool(indicator.of_stage) == (indicator.of_school is not UNSET):
                raise RulesError(f"indicators[{indicator.code}]：of_school 和 of_stage 写且只写一个。")
        for label in self.stage_names:
            if label not in self.shares:
                raise RulesError(f"weights：缺少{label}的折算系数。")
        for key, lines in (("thresholds", self.thresholds), ("limits", self.limits)):
            for number, line in enumerate(lines, 1):
                if line.indicator not in (*codes, COMPOSITE if key == "limits" else "", UNSET):
                    raise RulesError(f"{key}[{number}]：没有指标“{line.indicator}”。")
        if self.school_rule is not None and self.school_rule.reached > len(codes):
            raise RulesError(f"school_rule：reached 不能超过指标数 {len(codes)}。")
        types = [code for treatment in self.treatments for code in treatment.types]
        for code in types:
            if types.count(code) > 1:
                raise RulesError(f"scope：办学类型 {code} 出现了两次。")
        assert self.bounds is not None  # read once, so that a fault is found with the others

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(STAGES[label] for label in self.stage_names)

    @cached_property
    def weights(self) -> Mapping[Stage, Decimal]:
        return {stage: self.shares[label] for label, stage in STAGES.items() if label in self.shares}

    @cached_property
    def scope(self) -> Mapping[str, Treatment]:
        return {code: treatment for treatment in self.treatments for code in treatment.types}

    @cached_property
    def bounds(self) -> tuple[Bound, ...]:
        found: list[Bound] = []
        for line in self.thresholds:
            found += line.of(self, line.indicator, ">=")
        for limit in self.limits:
            one = limit.indicator if isinstance(limit.indicator, str) else COMPOSITE
            for subject in [indicator.code for indicator in self.indicators] if limit.each else [one]:
                found += limit.of(self, subject, "<=")
        return tuple(found)

    def on(self, day: date, region: str = "") -> Standards:
        """The bounds that hold on ``day`` for a county with this region code; the most local one, then the newest, wins."""
        held = sorted(
            (bound for bound in self.bounds if bound.holds(day, region)),
            key=lambda bound: (len(bound.region), bound.valid_from),
        )
        standards = Standards(
            {(bound.subject, bound.stage): bound for bound in held if bound.op == ">="},
            {(bound.subject, bound.stage): bound for bound in held if bound.op == "<="},
        )
        for indicator in self.indicators if self.school_rule else ():
            for stage in self.stages:
                if (indicator.code, stage) not in standards.thresholds:
                    raise RulesError(f"{self.number}在{day.isoformat()}没有{stage.label} {indicator.code} 的标准值。")
        if not standards.limits:
            raise RulesError(f"{self.number}在{day.isoformat()}没有差异系数的上限。")
        return standards

    @property
    def number_columns(self) -> tuple[tuple[str, Kind], ...]:
        """Every column of numbers that a table must have, pupils first, each once."""
        found = {pupils_column(stage): Kind.COUNT for stage in self.weights}
        for indicator in self.indicators:
            for column in (*(indicator.columns[stage] for stage in self.stages), *filter(None, [indicator.less])):
                found.setdefault(column, indicator.kind)
        return tuple(found.items())


def pupils_column(stage: Stage) -> str:
    return f"{stage.label}在校生数"


def rules_from(pack: Mapping[str, Any]) -> Rules:
    """The rules in the plain values of a pack. Raises `RulesError`, which names the place in the pack."""
    return decode(Rules, pack)
