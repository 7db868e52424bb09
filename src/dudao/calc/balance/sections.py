"""From schools to their stages: a nine-year school becomes a primary and a junior pseudo-school before anything is computed.

How a school is shared out between its stages is in `expressions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from dudao.calc.balance.coefficients import Floats, Grouping
from dudao.calc.balance.expressions import PUPILS, SHARE, in_all, of_stage, per_pupil
from dudao.calc.balance.rules import Rules
from dudao.calc.balance.table import Checked, Codes
from dudao.calc.codetables import Stage


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
    table = (
        pl.DataFrame(dict(checked.numbers))
        .lazy()
        .with_columns(pl.Series(_COUNTY, checked.county_of))
        .with_row_index(_INDEX)
        .filter(pl.Series(checked.counted))
    )
    return {stage: _of_stage(stage, table, rules, len(checked.counties)) for stage in rules.stages}


_COUNTY, _INDEX = "#county", "#index"
"""Columns beside those of the table; no header of a table is read under such a name."""


def _of_stage(stage: Stage, table: pl.LazyFrame, rules: Rules, counties: int) -> Sections:
    codes = [indicator.code for indicator in rules.indicators]
    found = of_stage(nw.from_native(table), stage, rules, nw.col(_INDEX, _COUNTY).cast(nw.Int64)).to_native().collect()
    return Sections(
        stage=stage,
        index=found[_INDEX].to_numpy(),
        groups=Grouping(found[_COUNTY].to_numpy(), counties),
        pupils=found[PUPILS].to_numpy(),
        share=found[SHARE].to_numpy(),
        resources=tuple(found[in_all(code)].to_numpy() for code in codes),
        values=tuple(found[per_pupil(code)].to_numpy() for code in codes),
    )
