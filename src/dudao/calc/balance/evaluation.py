"""The balance run: schools in, verdicts of schools, stages and counties out, for any number of counties at once.

    result = evaluate(frame, rules, day)
    result.stages          a row a county and stage: means, deviations, coefficients, limits, verdict
    result.schools         a row a school and stage: per-pupil values, what is reached, verdict
    result.problems        faulty cells; a county with any is 无法计算, never passed
    result.to_json()

Definitions with a worked example are in docs/calculations/balance.md. Comparisons are made on unrounded numbers; where the rounded
number of the form would lead to another verdict, the result is flagged as being at the boundary. What a county would have to do
is left to `effort` and `levelling`, the evaluation's other items to `county`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from functools import cached_property

import numpy as np
import polars as pl

from dudao.calc.balance.coefficients import Floats, spread
from dudao.calc.balance.rules import COMPOSITE, Bound, Rules, Standards
from dudao.calc.balance.sections import Sections, sections
from dudao.calc.balance.table import Checked, Codes, Flags, Problem, check
from dudao.calc.codetables import Stage

TOLERANCE = 1e-12
"""Relative. Sizes with four decimals of schools with a million pupils differ from a threshold by more than 1e-10 or not at
all, so that this only undoes the errors of binary numbers: a value that equals its threshold on paper reaches it."""


class Verdict(StrEnum):
    PASSED = "达标"
    FAILED = "未达标"
    UNKNOWN = "无法计算"

    @classmethod
    def of(cls, passed: bool | None) -> Verdict:
        return cls.UNKNOWN if passed is None else cls.PASSED if passed else cls.FAILED


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage over all counties. School arrays are in the order of ``sections``, county arrays by the number of the county.

    ``values[i]``, ``reached[i]`` and, by county, ``mean[i]``, ``sd[i]``, ``cv[i]``, ``limit_met[i]`` are of indicator i.
    ``is_known``: no faulty row, and either every coefficient (two schools or more, every mean above 0) or something that fails
    already, which no coefficient can mend. ``at_boundary``: rounding would change the verdict.
    """

    sections: Sections
    values: tuple[Floats, ...]
    reached: tuple[Flags, ...]
    passed: Flags
    school_at_boundary: Flags
    schools: Codes
    pupils: Floats
    mean: tuple[Floats, ...]
    sd: tuple[Floats, ...]
    cv: tuple[Floats, ...]
    limit_met: tuple[Flags, ...]
    cv_at_boundary: tuple[Flags, ...]
    composite: Floats
    composite_met: Flags
    composite_at_boundary: Flags
    schools_reaching: tuple[Codes, ...]
    schools_passing: Codes
    is_unsure: Flags
    is_known: Flags
    verdict_passed: Flags


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """One indicator of one stage of one county; ``None`` is unknown."""

    mean: float | None
    sd: float | None
    cv: float | None
    limit: float | None
    passed: bool | None
    at_boundary: bool
    schools_reaching: int


@dataclass(frozen=True, slots=True)
class CountyStage:
    """One stage of one county. ``reasons`` say why a verdict is 无法计算 or 未达标, a sentence each."""

    stage: Stage
    schools: int
    pupils: int
    indicators: Mapping[str, IndicatorResult]
    composite: float | None
    schools_passing: int
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Balance:
    """The whole result. Rows and names are looked up only when asked for."""

    rules: Rules
    standards: Standards
    checked: Checked
    results: Mapping[Stage, StageResult]

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.checked.problems

    @property
    def counties(self) -> tuple[str, ...]:
        return self.checked.counties

    def county(self, number: int) -> tuple[Verdict, Mapping[Stage, CountyStage]]:
        """The verdict of county ``number`` (of ``counties``) on the seven indicators, and its stages."""
        found = {stage: self._county_stage(stage, number) for stage in self.rules.stages}
        verdicts = {item.verdict for item in found.values()}
        if Verdict.FAILED in verdicts:
            return Verdict.FAILED, found
        return (Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.PASSED), found

    def _limit(self, code: str, stage: Stage) -> float | None:
        bound = self.standards.limits.get((code, stage))
        return None if bound is None else float(bound.value)

    def _county_stage(self, stage: Stage, number: int) -> CountyStage:
        result = self.results[stage]
        indicators = {}
        for i, indicator in enumerate(self.rules.indicators):
            cv = _known(result.cv[i][number]) if result.schools[number] > 1 else None
            limit = self._limit(indicator.code, stage)
            is_judged = cv is not None and limit is not None and not result.is_unsure[number]
            indicators[indicator.code] = IndicatorResult(
                mean=_known(result.mean[i][number]),
                sd=_known(result.sd[i][number]),
                cv=cv,
                limit=limit,
                passed=bool(result.limit_met[i][number]) if is_judged else None,
                at_boundary=is_judged and bool(result.cv_at_boundary[i][number]),
                schools_reaching=int(result.schools_reaching[i][number]),
            )
        return CountyStage(
            stage=stage,
            schools=int(result.schools[number]),
            pupils=int(result.pupils[number]),
            indicators=indicators,
            composite=_known(result.composite[number]) if result.schools[number] > 1 else None,
            schools_passing=int(result.schools_passing[number]),
            verdict=Verdict.of(bool(result.verdict_passed[number]) if result.is_known[number] else None),
            reasons=self._reasons(result, number, indicators),
        )

    def _reasons(self, result: StageResult, number: int, indicators: Mapping[str, IndicatorResult]) -> tuple[str, ...]:
        found = []
        schools = int(result.schools[number])
        if result.is_unsure[number]:
            found.append("有学校的数据有错误，改正后才能判定。")
        elif not schools:
            found.append(f"没有计入的{result.sections.stage.label}。")
        if schools == 1:
            found.append("只有 1 所学校，差异系数无法计算。")
        for code, item in indicators.items():
            if item.mean == 0:
                found.append(f"{code} 的全县平均值是 0，差异系数无法计算。")
            elif item.passed is False:
                assert item.cv is not None and item.limit is not None
                found.append(f"{code} 的差异系数 {item.cv:.4f} 超过 {item.limit:g}。")
        composite = self._limit(COMPOSITE, result.sections.stage)
        if composite is not None and schools > 1 and not result.composite_met[number]:
            found.append(f"综合差异系数 {result.composite[number]:.4f} 超过 {composite:g}。")
        if composite is not None and schools > 1 and result.composite_at_boundary[number]:
            found.append(f"综合差异系数临界：按申报表的 {self.rules.places.coefficient} 位小数，结论会不同。")
        failing = schools - int(result.schools_passing[number])
        if failing:
            found.append(f"{failing} 所学校没有达到资源配置要求。")
        return tuple(found)

    @cached_property
    def stages(self) -> pl.DataFrame:
        """A row a county and stage that has schools; ``L1_mean`` and so on. Not computable is null."""
        frames = []
        for stage, result in self.results.items():
            here = np.flatnonzero(result.schools)
            schools = result.schools[here]
            enough = schools > 1
            judged = enough & ~result.is_unsure[here]
            columns: dict[str, object] = {
                "county": pl.Series(self.counties, dtype=pl.String).gather(pl.Series(here)),
                "stage": pl.Series([stage.label], dtype=pl.String).new_from_index(0, len(here)),
                "schools": schools,
                "pupils": result.pupils[here].astype(np.int64),
            }
            for i, indicator in enumerate(self.rules.indicators):
                limit = self._limit(indicator.code, stage)
                cv = np.where(enough, result.cv[i][here], np.nan)
                columns |= {
                    f"{indicator.code}_mean": result.mean[i][here],
                    f"{indicator.code}_sd": result.sd[i][here],
                    f"{indicator.code}_cv": pl.Series(cv).fill_nan(None),
                    f"{indicator.code}_limit": pl.Series([limit] * len(cv), dtype=pl.Float64),
                    f"{indicator.code}_pass": _flags(
                        result.limit_met[i][here], judged & ~np.isnan(cv) & np.bool_(limit is not None)
                    ),
                    f"{indicator.code}_boundary": result.cv_at_boundary[i][here] & judged,
                    f"{indicator.code}_reaching": result.schools_reaching[i][here],
                }
            columns |= {
                "composite_cv": pl.Series(np.where(enough, result.composite[here], np.nan)).fill_nan(None),
                "schools_passing": result.schools_passing[here],
                "verdict": np.where(
                    result.is_known[here],
                    np.where(result.verdict_passed[here], Verdict.PASSED.value, Verdict.FAILED.value),
                    Verdict.UNKNOWN.value,
                ),
            }
            frames.append(pl.DataFrame(columns))
        return pl.concat(frames)

    @cached_property
    def schools(self) -> pl.DataFrame:
        """A row a school and stage: row, county, school, stage, pupils, ``L1``, ``L1_reached``…, reached, passed, boundary."""
        frames = []
        for stage, result in self.results.items():
            index = result.sections.index
            columns: dict[str, object] = {
                "row": self.checked.rows[index],
                "county": pl.Series(self.counties, dtype=pl.String).gather(pl.Series(result.sections.groups.codes)),
                "school": self.checked.names.cast(pl.String).gather(pl.Series(index)).str.strip_chars(),
                "stage": pl.Series([stage.label], dtype=pl.String).new_from_index(0, len(index)),
                "pupils": result.sections.pupils.astype(np.int64),
            }
            for indicator, values, reached in zip(self.rules.indicators, result.values, result.reached, strict=True):
                columns |= {indicator.code: values, f"{indicator.code}_reached": reached}
            columns |= {
                "reached": np.sum(result.reached, axis=0, dtype=np.int64),
                "passed": result.passed,
                "boundary": result.school_at_boundary,
            }
            frames.append(pl.DataFrame(columns))
        return pl.concat(frames)

    @cached_property
    def excluded(self) -> pl.DataFrame:
        """The rows that don't count, each with the reason."""
        names, county_of = self.checked.names, self.checked.county_of
        rows = sorted((int(index), reason) for reason, chosen in self.checked.reasons.items() for index in chosen)
        return pl.DataFrame(
            [
                (
                    int(self.checked.rows[index]),
                    self.counties[county_of[index]] if county_of[index] >= 0 else None,
                    names[index],
                    reason,
                )
                for index, reason in rows
            ],
            schema={"row": pl.Int64, "county": pl.String, "school": pl.String, "reason": pl.String},
            orient="row",
        )

    def to_json(self, *, detail: bool = False) -> dict[str, object]:
        """Plain values, unrounded, in the shape that ``dudao balance --json`` prints; unknown is ``None``.

        ``detail`` adds the counties' verdicts, the reasons, the boundary flags, and the lists ``schools`` and ``excluded``.
        """
        counties = []
        for number, name in enumerate(self.counties):
            verdict, found = self.county(number)
            stages = {stage.label: _stage_json(item, detail) for stage, item in found.items()}
            more = {"verdict": verdict.value} if detail else {}
            counties.append({"county": name, **more, "stages": stages})
        lists = {"schools": self.schools.to_dicts(), "excluded": self.excluded.to_dicts()} if detail else {}
        return {"counties": counties, **lists, "errors": [problem_json(problem) for problem in self.problems]}


def problem_json(problem: Problem) -> dict[str, object]:
    return {
        "row": problem.row,
        "column": problem.column,
        "county": problem.county,
        "school": problem.school,
        "message": problem.message,
    }


def _stage_json(item: CountyStage, detail: bool) -> dict[str, object]:
    return {
        "schools": item.schools,
        "pupils": item.pupils,
        "indicators": {
            code: {
                "mean": result.mean,
                "sd": result.sd,
                "cv": result.cv,
                "limit": result.limit,
                "pass": result.passed,
                "schools_reaching": result.schools_reaching,
                **({"boundary": result.at_boundary} if detail else {}),
            }
            for code, result in item.indicators.items()
        },
        "composite_cv": item.composite,
        "schools_passing": item.schools_passing,
        "verdict": item.verdict.value,
        **({"reasons": list(item.reasons)} if detail else {}),
    }


def evaluate(frame: pl.DataFrame, rules: Rules, day: date, region: str = "") -> Balance:
    """Evaluate all counties of a table (columns as in `table.required_columns`) by the bounds that hold on ``day`` in ``region``.

    Raises `TableError` for missing columns and `RulesError` when no bound holds; faulty cells are in the result's ``problems``.
    """
    standards = rules.on(day, region)
    checked = check(frame, rules)
    parts = sections(checked, rules)
    return Balance(
        rules,
        standards,
        checked,
        {stage: _evaluate_stage(part, checked.unsure[stage], rules, standards) for stage, part in parts.items()},
    )


def _evaluate_stage(part: Sections, unsure: frozenset[int], rules: Rules, standards: Standards) -> StageResult:
    stage, groups = part.stage, part.groups
    schools = groups.counts
    values = part.values
    reached, passed, school_at_boundary = _schools(values, stage, rules, standards)
    spreads = [
        spread(resource, value, part.pupils, groups) for resource, value in zip(part.resources, values, strict=True)
    ]
    limits = [standards.limits.get((indicator.code, stage)) for indicator in rules.indicators]
    judged = [_within(found.cv, bound, rules.places.coefficient) for found, bound in zip(spreads, limits, strict=True)]
    composite = sum((found.cv for found in spreads), np.zeros(len(schools))) / len(spreads)
    composite_met, composite_at_boundary = _within(
        composite, standards.limits.get((COMPOSITE, stage)), rules.places.coefficient
    )
    schools_passing = groups.count(passed)
    is_unsure = np.full(len(schools), -1 in unsure) | np.isin(np.arange(len(schools)), list(unsure))
    over = [~met & ~np.isnan(found.cv) & (schools > 1) for found, (met, _) in zip(spreads, judged, strict=True)]
    is_failing = (schools_passing < schools) | np.logical_or.reduce(over)
    verdict_passed = (schools_passing == schools) & composite_met & np.logical_and.reduce([met for met, _ in judged])
    return StageResult(
        sections=part,
        values=values,
        reached=reached,
        passed=passed,
        school_at_boundary=school_at_boundary,
        schools=schools,
        pupils=groups.sum(part.pupils),
        mean=tuple(found.mean for found in spreads),
        sd=tuple(found.sd for found in spreads),
        cv=tuple(found.cv for found in spreads),
        limit_met=tuple(met for met, _ in judged),
        cv_at_boundary=tuple(at_boundary for _, at_boundary in judged),
        composite=composite,
        composite_met=composite_met,
        composite_at_boundary=composite_at_boundary,
        schools_reaching=tuple(groups.count(flags) for flags in reached),
        schools_passing=schools_passing,
        is_unsure=is_unsure,
        is_known=~is_unsure & (((schools > 1) & ~np.isnan(composite)) | is_failing),
        verdict_passed=verdict_passed,
    )


def _schools(
    values: Sequence[Floats], stage: Stage, rules: Rules, standards: Standards
) -> tuple[tuple[Flags, ...], Flags, Flags]:
    """Which thresholds each school reaches, whether it passes, and whether rounded values would change that."""
    height = len(values[0])
    rule = rules.school_rule
    everything, nothing = np.ones(height, dtype=np.bool_), np.zeros(height, dtype=np.bool_)
    if rule is None:
        return tuple(everything for _ in values), everything, nothing
    reached = []
    floors, rounded_floors = everything.copy(), everything.copy()
    count, rounded_count = np.zeros(height, dtype=np.int8), np.zeros(height, dtype=np.int8)
    for indicator, value in zip(rules.indicators, values, strict=True):
        threshold = standards.thresholds[indicator.code, stage].value
        floor = threshold * rule.floor
        reached.append(_at_least(value, threshold))
        count += reached[-1]
        floors &= _at_least(value, floor)
        rounded_count += _at_least(value, _rounds_up_to(threshold, rules.places.value))
        rounded_floors &= _at_least(value, _rounds_up_to(floor, rules.places.value))
    passed = (count >= rule.reached) & floors
    return tuple(reached), passed, passed != ((rounded_count >= rule.reached) & rounded_floors)


def _within(values: Floats, bound: Bound | None, places: int) -> tuple[Flags, Flags]:
    """Which values are within a limit (all, without one; NaN is not), and for which rounding first would say otherwise."""
    if bound is None:
        return np.ones(len(values), dtype=np.bool_), np.zeros(len(values), dtype=np.bool_)
    met = values <= float(bound.value) * (1 + TOLERANCE)
    rounds_above = float(_rounds_up_to(_next(bound.value, places), places)) * (1 - TOLERANCE)
    return met, met != (values < rounds_above)


def _at_least(values: Floats, bound: Decimal) -> Flags:
    return values >= float(bound) * (1 - TOLERANCE)


def _rounds_up_to(bound: Decimal, places: int) -> Decimal:
    """The least value that, rounded half up, is ``bound`` or more: 4.195 for 4.2 at two places."""
    step = Decimal(1).scaleb(-places)
    return (bound / step).to_integral_value(ROUND_CEILING) * step - step / 2


def _next(bound: Decimal, places: int) -> Decimal:
    """The least number of so many places that is above ``bound``."""
    step = Decimal(1).scaleb(-places)
    return ((bound / step).to_integral_value(ROUND_FLOOR) + 1) * step


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _flags(values: Flags, known: Flags) -> pl.Series:
    return pl.select(pl.when(pl.Series(known)).then(pl.Series(values))).to_series()
