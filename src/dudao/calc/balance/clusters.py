"""The balance run on a table too large for one machine, or already on a cluster: the same rules as Narwhals expressions.

    stages = on_cluster(spark.read.parquet("schools.parquet"), rules, day)     # a Spark table; polars.LazyFrame likewise

A row a county and stage, the columns of `Balance.stages` without the flags at the boundary. The table must be clean: names
or codes of school types without spaces, no empty or negative numbers. Checking every cell, and saying in words what is wrong, is
left to `evaluation.evaluate`, which single offices use; tests hold the two together to 1e-9. Means are taken by windows, never by
a join of the table with itself, and no two columns differ in case only: Spark folds names and silently takes the wrong one.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import narwhals as nw

from dudao.calc.balance.evaluation import TOLERANCE, Verdict
from dudao.calc.balance.expressions import PUPILS, in_all, of_stage, per_pupil
from dudao.calc.balance.rules import COMPOSITE, Rules, Standards, pupils_column
from dudao.calc.balance.table import COUNTY, TYPE, TYPE_CODES
from dudao.calc.codetables import Stage


def on_cluster(table: Any, rules: Rules, day: date, region: str = "") -> Any:
    """Evaluate a lazy table of any engine that Narwhals knows; the answer is a lazy table of the same engine.

    Raises `RulesError` when no bound holds on ``day`` in ``region``.
    """
    standards = rules.on(day, region)
    counted = nw.from_native(table).lazy().filter(_counts(rules))
    parts = [_stage(counted, stage, rules, standards) for stage in rules.stages]
    return nw.concat(parts).to_native()


def _counts(rules: Rules) -> nw.Expr:
    """Which rows count at all: a type that counts, with as many pupils as its treatment asks for."""
    found = []
    for treatment in {id(item): item for item in rules.scope.values() if item.counts}.values():
        codes = {code for code, item in rules.scope.items() if item is treatment}
        which = nw.col(TYPE).is_in([text for text, code in TYPE_CODES.items() if code in codes])
        if treatment.least_pupils:
            pupils = nw.sum_horizontal(*(nw.col(pupils_column(stage)) for stage in treatment.stages))
            which = which & (pupils >= treatment.least_pupils)
        found.append(which)
    return reduce(or_, found)


def _stage(table: nw.LazyFrame, stage: Stage, rules: Rules, standards: Standards) -> nw.LazyFrame:
    codes = [indicator.code for indicator in rules.indicators]
    sections = of_stage(table, stage, rules, nw.col(COUNTY).alias("county"))
    pupils = nw.col(PUPILS)
    deviations = [nw.col(per_pupil(code)) - _over(in_all(code)) / _over(PUPILS) for code in codes]
    counted = sections.with_columns(
        *(
            (pupils * deviation * deviation).alias(f"{code} square")
            for code, deviation in zip(codes, deviations, strict=True)
        ),
        *_verdicts(stage, rules, standards),
    )
    sums = counted.group_by("county").agg(
        nw.len().alias("schools"),
        pupils.sum().alias("pupils"),
        *(nw.col(name(code)).sum() for code in codes for name in (in_all, "{} square".format)),
        *(nw.col(f"{code} reached").sum().alias(f"{code}_reaching") for code in codes),
        nw.col("school passes").sum().alias("schools_passing"),
    )
    return _judged(sums, stage, codes, standards)


def _over(column: str) -> nw.Expr:
    return nw.col(column).sum().over("county")


def _verdicts(stage: Stage, rules: Rules, standards: Standards) -> list[nw.Expr]:
    """For each indicator whether its threshold is reached, and whether the school passes, as 0 and 1."""
    codes = [indicator.code for indicator in rules.indicators]
    rule = rules.school_rule
    if rule is None:
        return [nw.lit(1).alias(name) for name in (*(f"{code} reached" for code in codes), "school passes")]
    least = {code: standards.thresholds[code, stage].value for code in codes}
    reached = {code: nw.col(per_pupil(code)) >= float(least[code]) * (1 - TOLERANCE) for code in codes}
    floors = [nw.col(per_pupil(code)) >= float(least[code] * rule.floor) * (1 - TOLERANCE) for code in codes]
    ones = {code: nw.when(flag).then(nw.lit(1)).otherwise(nw.lit(0)) for code, flag in reached.items()}
    passes = reduce(and_, floors, nw.sum_horizontal(*ones.values()) >= rule.reached)
    return [
        *(flag.alias(f"{code} reached") for code, flag in ones.items()),
        nw.when(passes).then(nw.lit(1)).otherwise(nw.lit(0)).alias("school passes"),
    ]


def _judged(sums: nw.LazyFrame, stage: Stage, codes: list[str], standards: Standards) -> nw.LazyFrame:
    """Means, deviations, coefficients and the verdict from the sums of a county. Not computable is null."""
    pupils = nw.col("pupils")
    table = sums.with_columns(
        *((nw.col(in_all(code)) / pupils).alias(f"{code}_mean") for code in codes),
        *(((nw.col(f"{code} square") / pupils) ** 0.5).alias(f"{code}_sd") for code in codes),
    ).with_columns(
        nw.when(nw.col(f"{code}_mean") > 0, nw.col("schools") > 1)
        .then(nw.col(f"{code}_sd") / nw.col(f"{code}_mean"))
        .alias(f"{code}_cv")
        for code in codes
    )
    table = table.with_columns(
        (reduce(lambda a, b: a + b, [nw.col(f"{code}_cv") for code in codes]) / len(codes)).alias("composite_cv")
    )
    limits = {
        column: standards.limits.get((code, stage))
        for column, code in [*((f"{code}_cv", code) for code in codes), ("composite_cv", COMPOSITE)]
    }
    within = [nw.col(column) <= float(bound.value) * (1 + TOLERANCE) for column, bound in limits.items() if bound]
    passed = reduce(and_, within, nw.col("schools_passing") == nw.col("schools"))
    # What fails already is no longer open, whichever coefficient can't be computed.
    over = [nw.col(column) > float(bound.value) * (1 + TOLERANCE) for column, bound in limits.items() if bound]
    fails = reduce(or_, over, nw.col("schools_passing") < nw.col("schools"))
    verdict = (
        nw.when(fails)
        .then(nw.lit(Verdict.FAILED.value))
        .otherwise(
            nw.when(~nw.col("composite_cv").is_null() & passed)
            .then(nw.lit(Verdict.PASSED.value))
            .otherwise(nw.lit(Verdict.UNKNOWN.value))
        )
    )
    return table.select(
        "county",
        nw.lit(stage.label).alias("stage"),
        nw.col("schools").cast(nw.Int64),
        pupils.cast(nw.Int64),
        *(f"{code}_{what}" for code in codes for what in ("mean", "sd", "cv")),
        *(nw.col(f"{code}_reaching").cast(nw.Int64) for code in codes),
        "composite_cv",
        nw.col("schools_passing").cast(nw.Int64),
        verdict.alias("verdict"),
    )
