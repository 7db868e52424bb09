"""What a school's stage has, as expressions that any table engine of Narwhals can compute: polars here, Spark on a cluster.

What belongs to the whole school (rooms, sports grounds, equipment) is shared out by weighted pupils: with weights w and pupils P of
its stages, a stage gets R · w P / Σ w P. For primary P, junior J and weights 1 and 1.1 this is R/(P + 1.1 J) for each primary pupil
and 1.1 R/(P + 1.1 J) for each junior one, as the national method says; teachers are counted by stage from the start.
"""

from __future__ import annotations

import narwhals as nw

from dudao.calc.balance.rules import Indicator, Rules, pupils_column
from dudao.calc.codetables import Stage

PUPILS, SHARE = "#pupils", "#share"
"""Columns beside those of the table; no header of a table is read under such a name."""


def in_all(code: str) -> str:
    """The column of what a section has of an indicator, times ``per``."""
    return f"{code} in all"


def per_pupil(code: str) -> str:
    """The column of the same for each pupil."""
    return f"{code} per pupil"


def of_stage(table: nw.LazyFrame, stage: Stage, rules: Rules, keep: nw.Expr) -> nw.LazyFrame:
    """The sections of one stage of counted schools: ``keep``, `PUPILS`, `SHARE`, and both columns of every indicator."""
    pupils = nw.col(pupils_column(stage)).cast(nw.Float64)
    whole = nw.sum_horizontal(
        *(float(weight) * nw.col(pupils_column(each)).cast(nw.Float64) for each, weight in rules.weights.items())
    )
    share = float(rules.weights[stage]) * pupils / whole
    return (
        table.filter(pupils > 0)
        .select(
            keep,
            pupils.alias(PUPILS),
            share.alias(SHARE),
            *(_resource(one, stage, share).alias(in_all(one.code)) for one in rules.indicators),
        )
        .with_columns(
            (nw.col(in_all(one.code)) / nw.col(PUPILS)).alias(per_pupil(one.code)) for one in rules.indicators
        )
    )


def _resource(indicator: Indicator, stage: Stage, share: nw.Expr) -> nw.Expr:
    resource = nw.col(indicator.columns[stage]).cast(nw.Float64)
    if indicator.less:
        resource = resource - nw.col(indicator.less)
    if indicator.per != 1:
        resource = resource * float(indicator.per)
    return resource * share if indicator.is_shared else resource
