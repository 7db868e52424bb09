"""Several years side by side, who changed sides between two of them, and what expected enrolment would do to a county.

A forecast keeps what schools have and changes only their pupils: it says what happens if nothing is built and nobody is hired.
Pupils by grade move up a year, entrants come from the caller (births, registrations), migration is a share that stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import polars as pl

from dudao.calc.balance.evaluation import Balance
from dudao.calc.balance.rules import Rules, pupils_column
from dudao.calc.balance.table import COUNTY, NAME, Problem, TableError


def side_by_side(results: Mapping[int, Balance]) -> pl.DataFrame:
    """The rows of `Balance.stages` of every year, by county, stage and year; ``…_cv_change`` is against the year before.

    The year before is the previous one of those given, whatever lies between. Unknown coefficients have no change. Raises
    ``ValueError`` without results or for results of different rules.
    """
    if len({result.rules.code for result in results.values()}) != 1:
        raise ValueError("请给出至少一年的结果，各年要用同一标准。")
    frames = [result.stages.with_columns(pl.lit(year).alias("year")) for year, result in results.items()]
    table = pl.concat(frames).sort("county", "stage", "year")
    coefficients = [column for column in table.columns if column.endswith("_cv")]
    return table.with_columns(
        (pl.col(column) - pl.col(column).shift(1).over("county", "stage")).alias(f"{column}_change")
        for column in coefficients
    )


def crossings(before: Balance, after: Balance) -> pl.DataFrame:
    """Schools (by county, name and stage) whose verdict differs: 新达标, 新不达标; and those that came or went: 新增, 不再计入."""
    keys = ["county", "school", "stage"]
    old, new = (result.schools.select(*keys, "passed").unique(keys, keep="first") for result in (before, after))
    both = old.join(new, on=keys, how="full", coalesce=True, suffix="_after")
    change = (
        pl.when(pl.col("passed").is_null())
        .then(pl.lit("新增"))
        .when(pl.col("passed_after").is_null())
        .then(pl.lit("不再计入"))
        .when(pl.col("passed_after") & ~pl.col("passed"))
        .then(pl.lit("新达标"))
        .when(pl.col("passed") & ~pl.col("passed_after"))
        .then(pl.lit("新不达标"))
    )
    return (
        both.with_columns(change.alias("change"))
        .filter(pl.col("change").is_not_null())
        .select(*keys, "change")
        .sort(keys)
    )


def with_pupils(frame: pl.DataFrame, pupils: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The table with the pupils of another year: ``pupils`` has 县区, 学校名称 and the columns of pupils that change.

    Schools that it does not name keep theirs. Raises `TableError` for a school named twice in it, or not in the table.
    """
    columns = [column for stage in rules.weights if (column := pupils_column(stage)) in pupils.columns]
    keys = [COUNTY, NAME]
    doubles = pupils.filter(pl.struct(keys).is_duplicated())
    strangers = pupils.join(frame, on=keys, how="anti")
    for rows, what in ((doubles, "在预测表里出现了两次"), (strangers, "不在学校数据表里")):
        if rows.height:
            school = str(rows[NAME][0])
            raise TableError(Problem(0, NAME, f"“{school}”{what}，请核对。", str(rows[COUNTY][0]), school))
    joined = frame.join(pupils.select(*keys, *columns), on=keys, how="left", suffix="_next", maintain_order="left")
    return joined.with_columns(pl.coalesce(f"{column}_next", column).alias(column) for column in columns).select(
        frame.columns
    )


def project_enrolment(
    by_grade: Sequence[int], entrants: Sequence[int], survival: Fraction = Fraction(1)
) -> tuple[tuple[int, ...], ...]:
    """Pupils by grade for as many years ahead as entrants are given: each grade moves up, the last one leaves.

    ``survival``: the share that stays from one year to the next (above 1 where more come than leave); rounded half up in every
    grade. Raises ``ValueError`` for no grades or negative numbers.
    """
    if not by_grade or min(*by_grade, *entrants, 0) < 0 or survival < 0:
        raise ValueError("各年级人数、招生数和巩固比例应不小于 0，至少要有一个年级。")
    years, grades = [], tuple(by_grade)
    for new in entrants:
        grades = (new, *(int(pupils * survival + Fraction(1, 2)) for pupils in grades[:-1]))
        years.append(grades)
    return tuple(years)
