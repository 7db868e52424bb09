"""The rules of a balance evaluation as plain objects: indicators, thresholds, limits, what counts, how schools are split.

`rules_from` builds them from the plain values of a pack and says in Chinese what is wrong with it; `Rules.on` picks the bounds
that hold on a day in a region. Nothing here computes; reading files is left to `dudao.packs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from dudao.calc.codetables import SCHOOL_TYPES, Stage

STAGES: Mapping[str, Stage] = {stage.label: stage for stage in (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR)}
COMPOSITE = "composite"
"""The subject of a limit on the mean of all coefficients; every other subject is the code of an indicator."""


class RulesError(ValueError):
    """A set of rules that can't be used; the message says in Chinese where and why."""


class Kind(StrEnum):
    COUNT = "count"
    """People, rooms: whole numbers."""
    AMOUNT = "amount"
    """Square metres, money."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A resource per pupil: ``per`` × what ``columns[stage]`` holds, less what ``less`` holds, divided by the pupils.

    ``is_shared``: the column is one for the whole school, so that it is shared out between its stages.
    """

    code: str
    name: str
    unit: str
    kind: Kind
    per: Decimal
    columns: Mapping[Stage, str]
    less: str
    is_shared: bool


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
        return (
            self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
            and region.startswith(self.region)
        )


@dataclass(frozen=True, slots=True)
class SchoolRule:
    """A school passes with ``reached`` indicators at their threshold, the rest at ``floor`` of it or more."""

    reached: int
    floor: Decimal


@dataclass(frozen=True, slots=True)
class Treatment:
    """How schools of a type count. No ``stages``: not at all, for this ``reason``. Fewer than ``least_pupils``: likewise."""

    stages: tuple[Stage, ...]
    also: tuple[Stage, ...]
    least_pupils: int
    reason: str

    @property
    def counts(self) -> bool:
        return bool(self.stages)


@dataclass(frozen=True, slots=True)
class Places:
    """Decimals of the application form: of a school's value, of a county's mean, of a coefficient."""

    value: int
    mean: int
    coefficient: int


@dataclass(frozen=True, slots=True)
class Standards:
    """The bounds in force on one day in one region. Keys are (code, stage); a composite limit has the code ``composite``."""

    thresholds: Mapping[tuple[str, Stage], Bound]
    limits: Mapping[tuple[str, Stage], Bound]


@dataclass(frozen=True, slots=True)
class Rules:
    """One evaluation's rules, with the document they come from."""

    code: str
    name: str
    number: str
    issuer: str
    issued: date
    region: str
    valid_from: date
    valid_to: date | None
    grade: str
    notes: str
    stages: tuple[Stage, ...]
    indicators: tuple[Indicator, ...]
    bounds: tuple[Bound, ...]
    school_rule: SchoolRule | None
    weights: Mapping[Stage, Decimal]
    scope: Mapping[str, Treatment]
    places: Places

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
            for column in (*indicator.columns.values(), *([indicator.less] if indicator.less else [])):
                found.setdefault(column, indicator.kind)
        return tuple(found.items())


def pupils_column(stage: Stage) -> str:
    return f"{stage.label}在校生数"


class Reader:
    """A mapping of a pack with the place it stands at, so that a fault can be named."""

    def __init__(self, values: Any, place: str) -> None:
        if not isinstance(values, Mapping):
            raise RulesError(f"{place}：应为一组“名称: 值”。")
        self.values, self.place = values, place

    def get(self, key: str) -> Any:
        if key not in self.values:
            raise RulesError(f"{self.place}：缺少 {key}。")
        return self.values[key]

    def text(self, key: str, default: str | None = None) -> str:
        value = self.get(key) if default is None else self.values.get(key, default)
        if not isinstance(value, str):
            raise RulesError(f"{self.place}：{key} 应为文字。")
        return value

    def day(self, key: str, default: date | None = None) -> date:
        value = self.values.get(key, default)
        if type(value) is not date:
            raise RulesError(f"{self.place}：{key} 应为日期，如 2017-04-19。")
        return value

    def last_day(self, default: date | None = None) -> date | None:
        return None if self.values.get("valid_to", default) is None else self.day("valid_to", default)

    def number(self, key: str, default: object = None) -> Decimal:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise RulesError(f"{self.place}：{key} 应为数。")
        try:
            # By way of text: 4.2 as written, not the binary number next to it.
            number = Decimal(str(value))
        except InvalidOperation:
            raise RulesError(f"{self.place}：{key} 是“{value}”，应为数。") from None
        if not number.is_finite() or number < 0:
            raise RulesError(f"{self.place}：{key} 是“{value}”，应为不小于 0 的数。")
        return number

    def whole(self, key: str, default: int | None = None) -> int:
        number = self.number(key, default)
        if number != int(number):
            raise RulesError(f"{self.place}：{key} 应为整数。")
        return int(number)

    def parts(self, key: str) -> list[Reader]:
        values = self.get(key)
        if not isinstance(values, Sequence) or isinstance(values, str):
            raise RulesError(f"{self.place}：{key} 应为一列。")
        return [Reader(value, f"{self.place} {key} 第 {number} 项") for number, value in enumerate(values, 1)]

    def stages(self, key: str, default: Sequence[str] = ()) -> tuple[Stage, ...]:
        labels = self.values.get(key, default)
        try:
            return tuple(STAGES[label] for label in labels)
        except (KeyError, TypeError):
            raise RulesError(f"{self.place}：{key} 只能是 {'、'.join(STAGES)}。") from None


def rules_from(pack: Mapping[str, Any]) -> Rules:
    """The rules in the plain values of a pack. Raises `RulesError`, which names the place in the pack."""
    reader = Reader(pack, f"标准“{pack.get('code', '—')}”" if isinstance(pack, Mapping) else "标准")
    if reader.text("kind") != "balance":
        raise RulesError(f"{reader.place}：不是均衡计算的标准（kind 应为 balance）。")
    stages = reader.stages("stages")
    if not stages:
        raise RulesError(f"{reader.place}：stages 不能为空。")
    weights_reader = Reader(reader.get("weights"), f"{reader.place} weights")
    weights = {STAGES[label]: weights_reader.number(label) for label in STAGES if label in weights_reader.values}
    for stage in stages:
        if not weights.get(stage):
            raise RulesError(f"{weights_reader.place}：缺少{stage.label}的折算系数。")
    indicators = tuple(_indicator(part, stages) for part in reader.parts("indicators"))
    codes = [indicator.code for indicator in indicators]
    if not codes or len(set(codes)) < len(codes):
        raise RulesError(f"{reader.place}：indicators 不能为空，代码不能重复。")
    rounding = Reader(reader.get("rounding"), f"{reader.place} rounding")
    return Rules(
        code=reader.text("code"),
        name=reader.text("name"),
        number=reader.text("number"),
        issuer=reader.text("issuer"),
        issued=reader.day("date"),
        region=reader.text("region"),
        valid_from=reader.day("valid_from"),
        valid_to=reader.last_day(),
        grade=reader.text("grade"),
        notes=reader.text("notes", ""),
        stages=stages,
        indicators=indicators,
        bounds=(*_thresholds(reader, stages, codes), *_limits(reader, stages, codes)),
        school_rule=_school_rule(reader, len(codes)),
        weights=weights,
        scope=_scope(reader),
        places=Places(rounding.whole("value"), rounding.whole("mean"), rounding.whole("coefficient")),
    )


def _indicator(part: Reader, stages: Sequence[Stage]) -> Indicator:
    is_shared = "of_school" in part.values
    if is_shared:
        columns = dict.fromkeys(stages, part.text("of_school"))
    else:
        of_stage = Reader(part.get("of_stage"), f"{part.place} of_stage")
        columns = {stage: of_stage.text(stage.label) for stage in stages}
    try:
        kind = Kind(part.text("kind"))
    except ValueError:
        raise RulesError(f"{part.place}：kind 应为 count 或 amount。") from None
    if not part.number("per"):
        raise RulesError(f"{part.place}：per 不能为 0。")
    return Indicator(
        code=part.text("code"),
        name=part.text("name"),
        unit=part.text("unit"),
        kind=kind,
        per=part.number("per"),
        columns=columns,
        less=part.text("less", ""),
        is_shared=is_shared,
    )


def _bounds(part: Reader, pack: Reader, stages: Sequence[Stage], subjects: Iterable[str], op: str) -> Iterable[Bound]:
    first = part.day("valid_from", pack.day("valid_from"))
    last = part.last_day(pack.last_day())
    if last is not None and last < first:
        raise RulesError(f"{part.place}：valid_to 早于 valid_from。")
    for subject in subjects:
        for stage in stages:
            if stage.label in part.values:
                yield Bound(
                    subject=subject,
                    stage=stage,
                    op=op,
                    value=part.number(stage.label),
                    valid_from=first,
                    valid_to=last,
                    region=part.text("region", pack.text("region")),
                    source=part.text("source", pack.text("number")),
                )


def _thresholds(pack: Reader, stages: Sequence[Stage], codes: Sequence[str]) -> Iterable[Bound]:
    for part in pack.parts("thresholds"):
        if part.text("indicator") not in codes:
            raise RulesError(f"{part.place}：没有指标“{part.text('indicator')}”。")
        yield from _bounds(part, pack, stages, [part.text("indicator")], ">=")


def _limits(pack: Reader, stages: Sequence[Stage], codes: Sequence[str]) -> Iterable[Bound]:
    for part in pack.parts("limits"):
        subjects = codes if part.values.get("each") else [part.text("indicator", COMPOSITE)]
        if not set(subjects) <= {*codes, COMPOSITE}:
            raise RulesError(f"{part.place}：没有指标“{subjects[0]}”。")
        yield from _bounds(part, pack, stages, subjects, "<=")


def _school_rule(pack: Reader, indicators: int) -> SchoolRule | None:
    if pack.values.get("school_rule") is None:
        return None
    part = Reader(pack.get("school_rule"), f"{pack.place} school_rule")
    rule = SchoolRule(part.whole("reached"), part.number("floor"))
    if rule.reached > indicators or rule.floor > 1:
        raise RulesError(f"{part.place}：reached 不能超过指标数 {indicators}，floor 不能超过 1。")
    return rule


def _scope(pack: Reader) -> Mapping[str, Treatment]:
    found: dict[str, Treatment] = {}
    for part in pack.parts("scope"):
        treatment = Treatment(
            part.stages("stages"), part.stages("also"), part.whole("least_pupils", 0), part.text("reason", "")
        )
        if not treatment.reason and (treatment.least_pupils or not treatment.counts):
            raise RulesError(f"{part.place}：不计入的学校要写明原因 reason。")
        types = part.get("types")
        if not isinstance(types, list):
            raise RulesError(f"{part.place}：types 应为一列办学类型代码。")
        for code in types:
            if code not in SCHOOL_TYPES:
                raise RulesError(f"{part.place}：没有办学类型“{code}”。")
            if code in found:
                raise RulesError(f"{part.place}：办学类型 {code} 出现了两次。")
            found[code] = treatment
    return found
