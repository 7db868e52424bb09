"""From schools to their stages: a nine-year school becomes a primary and a junior pseudo-school before anything is computed.

What belongs to the whole school (rooms, sports grounds, equipment) is shared out by weighted pupils: with weights w and pupils P of
its stages, a stage gets R · w P / Σ w P. For primary P, junior J and weights 1 and 1.1 this is R/(P + 1.1 J) for each primary pupil
and 1.1 R/(P + 1.1 J) for each junior one, as the national method says; teachers are counted by stage from the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from dudao.calc.balance.coefficients import Floats, Grouping
from dudao.calc.balance.rules import Indicator, Rules, pupils_column
from dudao.calc.balance.table import Checked, Codes
from dudao.calc.codetables import Stage

__all__ = ["Sections", "sections"]


@dataclass(frozen=True, slots=True)
class Sections:
    """The schools of one stage, in the order of the table.

    ``index``: row of the table. ``groups``: the county of each. ``resources[i]``: what a section has of indicator i, times
    ``per``; ``values[i]``: the same per pupil. ``share``: its part of what belongs to the whole school.
    """

    stage: Stage
    index: Codes
    groups: Grouping
    pupils: Floats
    share: Floats
    resources: tuple[Floats, ...]
    values: tuple[Floats, ...]


def sections(checked: Checked, rules: Rules) -> Mapping[Stage, Sections]:
    """The sections of every stage of the rules."""
    whole = pl.sum_horizontal(float(weight) * pl.col(pupils_column(stage)) for stage, weight in rules.weights.items())
    table = (
        pl.DataFrame(dict(checked.numbers))
        .lazy()
        .with_columns(pl.Series(_COUNTY, checked.county_of), whole.alias(_WHOLE))
        .with_row_index(_INDEX)
        .filter(pl.Series(checked.counted))
    )
    return {stage: _of_stage(stage, table, rules, len(checked.counties)) for stage in rules.stages}


_COUNTY, _WHOLE, _INDEX, _SHARE = "#county", "#whole", "#index", "#share"
"""Columns beside those of the table; no header of a table is read under such a name."""


def _of_stage(stage: Stage, table: pl.LazyFrame, rules: Rules, counties: int) -> Sections:
    pupils = pl.col(pupils_column(stage))
    share = float(rules.weights[stage]) * pupils / pl.col(_WHOLE)
    codes = [indicator.code for indicator in rules.indicators]
    found = (
        table.filter(pupils > 0)
        .select(
            pl.col(_INDEX, _COUNTY).cast(pl.Int64),
            pupils.alias("pupils"),
            share.alias(_SHARE),
            *(_resource(indicator, stage, share).alias(f"{indicator.code} in all") for indicator in rules.indicators),
        )
        .with_columns((pl.col(f"{code} in all") / pl.col("pupils")).alias(f"{code} per pupil") for code in codes)
        .collect()
    )
    return Sections(
        stage=stage,
        index=found[_INDEX].to_numpy(),
        groups=Grouping(found[_COUNTY].to_numpy(), counties),
        pupils=found["pupils"].to_numpy(),
        share=found[_SHARE].to_numpy(),
        resources=tuple(found[f"{code} in all"].to_numpy() for code in codes),
        values=tuple(found[f"{code} per pupil"].to_numpy() for code in codes),
    )


def _resource(indicator: Indicator, stage: Stage, share: pl.Expr) -> pl.Expr:
    resource = pl.col(indicator.columns[stage])
    if indicator.less:
        resource = resource - pl.col(indicator.less)
    if indicator.per != 1:
        resource = resource * float(indicator.per)
    return resource * share if indicator.is_shared else resource
