"""Which indicators don't apply to a subject: their condition, or one of an indicator above them, is known not to hold. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dudao.calc.expr import Table, items_used, read_column
from dudao.calc.rules import Inputs
from dudao.calc.score.system import System


def not_applying(system: System, figures: Sequence[Mapping[str, object]]) -> list[frozenset[str]]:
    """The codes, of all levels, that don't apply to each subject. ``figures``: what stands in its data items, by name of the item;
    a cell that can't be read is as good as none.

    A condition that can't be decided (a number is missing) takes nothing out: what may apply has to be answered.
    """
    if not figures or not system.has_conditions:
        return [frozenset()] * len(figures)
    data = _table(system, figures)
    out: list[set[str]] = [set() for _ in figures]
    for plan in system.plans.values():
        if plan.applies is not None:
            no = np.broadcast_to(plan.applies(Inputs(data, data, {})).false(), len(figures))
            below = [node.code for node in plan.node.walk()]
            for row in np.flatnonzero(no):
                out[row].update(below)
    return [frozenset(codes) for codes in out]


def _table(system: System, figures: Sequence[Mapping[str, object]]) -> Table:
    """Only the columns that conditions read."""
    catalogue = system.tree.catalogue
    read = {
        name
        for plan in system.plans.values()
        if plan.node.applies
        for scope, name in items_used(plan.compiled.formulas[plan.node.applies])
        if not scope and not catalogue.items[name].formula
    }
    columns = {name: read_column(catalogue.items[name], [row.get(name) for row in figures], [], 0) for name in read}
    return Table(catalogue, len(figures), columns)
