"""From schools to their stages: a nine-year school becomes a primary and a junior pseudo-school before anything is computed.

What belongs to the whole school (rooms, sports grounds, equipment) is shared out by weighted pupils: with weights w and pupils P of
its stages, a stage gets R · w P / Σ w P. For primary P, junior J and weights 1 and 1.1 this is R/(P + 1.1 J) for each primary pupil
and 1.1 R/(P + 1.1 J) for each junior one, as the national method says; teachers are counted by stage from the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dudao.calc.balance.coefficients import Floats, Grouping
from dudao.calc.balance.rules import Rules, pupils_column
from dudao.calc.balance.table import Checked, Codes
from dudao.calc.codetables import Stage

__all__ = ["Sections", "sections"]


@dataclass(frozen=True, slots=True)
class Sections:
    """The schools of one stage, in the order of the table.

    ``index``: row of the table. ``groups``: the county of each. ``resources[i]``: what a section has of indicator i, times
    ``per``. ``share``: its part of what belongs to the whole school.
    """

    stage: Stage
    index: Codes
    groups: Grouping
    pupils: Floats
    share: Floats
    resources: tuple[Floats, ...]


def sections(checked: Checked, rules: Rules) -> Mapping[Stage, Sections]:
    """The sections of every stage of the rules."""
    weighted = {stage: float(weight) * checked.numbers[pupils_column(stage)] for stage, weight in rules.weights.items()}
    whole = sum(weighted.values(), np.zeros(len(checked.rows)))
    return {stage: _of_stage(stage, checked, rules, (weighted[stage], whole)) for stage in rules.stages}


def _of_stage(stage: Stage, checked: Checked, rules: Rules, weighted: tuple[Floats, Floats]) -> Sections:
    """``weighted``: the stage's weighted pupils and those of the whole school, a row a school."""
    pupils = checked.numbers[pupils_column(stage)]
    index = np.flatnonzero(checked.counted & (pupils > 0))
    share = weighted[0][index] / weighted[1][index]
    resources = []
    for indicator in rules.indicators:
        resource = checked.numbers[indicator.columns[stage]][index]
        # In place: these are copies already, and fresh memory costs more than the arithmetic.
        if indicator.less:
            resource -= checked.numbers[indicator.less][index]
        if indicator.per != 1:
            resource *= float(indicator.per)
        if indicator.is_shared:
            resource *= share
        resources.append(resource)
    groups = Grouping(checked.county_of[index], len(checked.counties))
    return Sections(stage, index, groups, pupils[index], share, tuple(resources))
