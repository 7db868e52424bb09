"""Balance of all counties of the country through the public function, against the bare coefficients in hand-written polars and
against one call a county (the «groupby-apply» that analysts write in pandas).

The public function also checks every cell, sets schools aside, splits nine-year schools and gives verdicts; the bare versions get
tables that are already cleaned and split, and compute the 14 coefficients of a county only.
"""

import time
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from bench.report import heading, row
from dudao import packs
from dudao.calc import balance

SCHOOLS, COUNTIES = 210_000, 2_900
TYPES = (
    ("小学", 0.62),
    ("小学教学点", 0.1),
    ("初级中学", 0.15),
    ("九年一贯制学校", 0.09),
    ("完全中学", 0.02),
    ("514", 0.02),
)
INDICATORS = [f"L{number}" for number in range(1, 8)]


def country(schools: int = SCHOOLS, counties: int = COUNTIES, seed: int = 1) -> pl.DataFrame:
    """A made-up country, one row a school in any order, columns as the command line reads them."""
    rng = np.random.default_rng(seed)
    names, shares = zip(*TYPES, strict=True)
    kind = rng.choice(len(names), schools, p=np.array(shares) / sum(shares))
    size = np.clip(rng.lognormal(6.0, 0.9, schools), 20, 3000).round()
    primary = np.where(np.isin(kind, [0, 1, 3]), np.where(kind == 1, np.minimum(size, 90), size), 0)
    junior = np.where(np.isin(kind, [2, 3, 4]), (size * 0.6).round() + 30, 0)
    senior = np.where(kind == 4, size, 0)
    whole = primary + junior + senior

    def some(pupils: np.ndarray, per: float) -> np.ndarray:
        return np.floor(pupils * per * rng.lognormal(0.15, 0.25, schools))

    area = (whole * 6.5 * rng.lognormal(0, 0.3, schools)).round(2)
    return pl.DataFrame(
        {
            "学校名称": [f"第{number}学校" for number in range(schools)],
            "县区": np.array([f"某省某市第{number:04d}县" for number in range(counties)])[
                rng.integers(0, counties, schools)
            ],
            "办学类型": np.array(names)[kind],
            "小学在校生数": primary,
            "初中在校生数": junior,
            "高中在校生数": senior,
            "小学高于规定学历教师数": some(primary, 0.045),
            "初中高于规定学历教师数": some(junior, 0.06),
            "小学骨干教师数": some(primary, 0.012),
            "初中骨干教师数": some(junior, 0.012),
            "小学体艺教师数": some(primary, 0.01),
            "初中体艺教师数": some(junior, 0.01),
            "教学及辅助用房面积": area,
            "室内体育用房面积": (area * 0.05).round(2),
            "体育运动场馆面积": (whole * 9 * rng.lognormal(0, 0.3, schools)).round(2),
            "教学仪器设备值_万元": (whole * 0.25 * rng.lognormal(0, 0.4, schools)).round(2),
            "网络多媒体教室数": some(whole, 0.027),
        }
    )


def bare(table: pl.DataFrame) -> pl.DataFrame:
    """What one writes by hand: deviations from the mean by windows-free aggregation, joined back once."""
    pupils = pl.col("pupils")
    means = (
        table.lazy()
        .group_by("county", "stage")
        .agg(
            pupils.sum().alias("n"), *[(pl.col(code).sum() / pupils.sum()).alias(f"{code}_mean") for code in INDICATORS]
        )
    )
    squares = [
        (((pl.col(code) / pupils - pl.col(f"{code}_mean")) ** 2 * pupils).sum()).alias(f"{code}_square")
        for code in INDICATORS
    ]
    sums = table.lazy().join(means, on=["county", "stage"]).group_by("county", "stage").agg(*squares)
    return (
        means.join(sums, on=["county", "stage"])
        .with_columns(
            ((pl.col(f"{code}_square") / pl.col("n")).sqrt() / pl.col(f"{code}_mean")).alias(f"{code}_cv")
            for code in INDICATORS
        )
        .collect()
    )


def shortest(table: pl.DataFrame) -> pl.DataFrame:
    """The least that can be written: one pass over sums of squares. Loses its digits where schools hardly differ."""
    pupils = pl.col("pupils")
    return (
        table.lazy()
        .with_columns((pl.col(code) ** 2 / pupils).alias(f"{code}_square") for code in INDICATORS)
        .group_by("county", "stage")
        .agg(
            pupils.sum(),
            *[pl.col(code).sum() for code in INDICATORS],
            *[pl.col(f"{code}_square").sum() for code in INDICATORS],
        )
        .with_columns(
            (pl.col(f"{code}_square") * pupils / pl.col(code) ** 2 - 1).sqrt().alias(f"{code}_cv")
            for code in INDICATORS
        )
        .collect()
    )


def apply(table: pl.DataFrame) -> Callable[[], object]:
    """The groupby-apply of analysts in pandas: a function that gets the rows of a group and answers with its coefficients."""
    import pandas as pd

    frame = pd.DataFrame({name: table[name].to_numpy() for name in table.columns})

    def coefficients(group: pd.DataFrame) -> pd.Series:
        pupils = group["pupils"]
        found = {}
        for code in INDICATORS:
            mean = group[code].sum() / pupils.sum()
            found[code] = ((pupils * (group[code] / pupils - mean) ** 2).sum() / pupils.sum()) ** 0.5 / mean
        return pd.Series(found)

    return lambda: frame.groupby(["county", "stage"]).apply(coefficients, include_groups=False)


def one_by_one(table: pl.DataFrame) -> int:
    """A Python call a county and stage."""
    count = 0
    for group in table.partition_by("county", "stage"):
        pupils = group["pupils"].to_numpy()
        for code in INDICATORS:
            resource = group[code].to_numpy()
            mean = resource.sum() / pupils.sum()
            np.sqrt((pupils * (resource / pupils - mean) ** 2).sum() / pupils.sum()) / mean
            count += 1
    return count


def _best(function, times: int) -> float:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        function()
        found.append(time.perf_counter() - began)
    return min(found)


def run() -> None:
    heading(f"Balance of {SCHOOLS:,} schools in {COUNTIES:,} counties")
    rules = balance.rules_from(packs.read("balance", "excellent-2017"))
    table, day = country(), date(2024, 9, 1)
    result = balance.evaluate(table, rules, day)
    assert not result.problems
    ready = pl.concat(
        pl.DataFrame(
            {
                "county": result.schools.filter(pl.col("stage") == stage.label)["county"],
                "stage": stage.label,
                "pupils": item.sections.pupils,
                **dict(zip(INDICATORS, item.sections.resources, strict=True)),
            }
        )
        for stage, item in result.results.items()
    )
    by_hand = bare(ready).sort("county", "stage")
    ours = result.stages.sort("county", "stage")
    worst = max(abs(by_hand[f"{code}_cv"] - ours[f"{code}_cv"]).max() for code in INDICATORS)
    assert worst < 1e-12, worst
    full = _best(lambda: balance.evaluate(table, rules, day), 9)
    frames = _best(lambda: balance.evaluate(table, rules, day).stages, 5)
    plain, least = _best(lambda: bare(ready), 9), _best(lambda: shortest(ready), 9)
    loop, applied = _best(lambda: one_by_one(ready), 2), _best(apply(ready), 1)
    row("bare coefficients, polars, two passes", f"{plain * 1e3:.0f} ms", f"largest difference to ours {worst:.0e}")
    row("bare coefficients, polars, sums of squares", f"{least * 1e3:.0f} ms")
    row("a loop over counties and stages, numpy", f"{loop * 1e3:,.0f} ms")
    row("groupby-apply in pandas", f"{applied * 1e3:,.0f} ms")
    row(
        f"evaluate: checks, scope, splits, {ready.height:,} verdicts",
        f"{full * 1e3:.0f} ms",
        f"{full / plain:.1f} × bare, {full / least:.1f} × sums of squares, {loop / full:.0f} × faster than the loop, "
        f"{applied / full:.0f} × faster than groupby-apply",
    )
    planned = range(0, COUNTIES, 100)
    began = time.perf_counter()
    for number in planned:
        balance.county_plan(result, number)
    row("what it would take, a county", f"{(time.perf_counter() - began) / len(planned) * 1e3:.1f} ms")
    row("evaluate, and the frame of all stages", f"{frames * 1e3:.0f} ms", f"{frames / plain:.1f} × bare")
