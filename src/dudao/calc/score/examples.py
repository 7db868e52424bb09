"""Recompute scored examples and published score tables, given as plain values, and say of each whether it comes out.

The same functions as every evaluation read the rows and score them; where the examples are kept is left to `dudao.packs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from dudao.calc.agreement import Finding
from dudao.calc.score.outcomes import Outcome, outcomes
from dudao.calc.score.scores import Sheet, exact_text
from dudao.calc.score.subjects import read_subjects
from dudao.calc.score.system import System
from dudao.calc.tree import from_data

Plain = Mapping[str, Any]

_QUANTITIES: Mapping[str, Callable[[Outcome], object]] = {
    "总分": lambda outcome: outcome.total,
    "等次": lambda outcome: outcome.grade,
    "名次": lambda outcome: outcome.rank,
}


def recompute(values: Plain, read: Callable[[str], Plain]) -> tuple[Finding, ...]:
    """All comparisons of a set of ``examples``.

    Each has a ``system`` (plain data, or a pack's name for ``read``), ``columns`` as the header of a table, ``rows`` (name
    first) and ``printed``: for each subject what was published (总分, 等次, 名次, 得分 of a node by its code).
    """
    return tuple(finding for example in values["examples"] for finding in _findings(example, read))


def _findings(example: Plain, read: Callable[[str], Plain]) -> Iterable[Finding]:
    wanted = example["system"]
    system = System(from_data(read(wanted) if isinstance(wanted, str) else wanted))
    subjects = read_subjects(system, [["单位", *example["columns"]], *example["rows"]])
    scores = subjects.scores()
    sheet, results = scores.sheet(subjects.main), outcomes(scores, subjects.main)
    for name, printed in example["printed"].items():
        row = subjects.row_of(name)
        for quantity, value in printed.items():
            computed = "没有计分" if row is None else _computed(sheet, results, row, quantity)
            label = quantity if quantity in _QUANTITIES else f"{quantity} 得分"
            title = f"{example['name']}　{name}"
            yield Finding(title, label, example["source"], str(value), computed, computed == str(value))


def _computed(sheet: Sheet, results: list[Outcome], row: int, quantity: str) -> str:
    find = _QUANTITIES.get(quantity)
    value = sheet.mark(quantity).at(row) if find is None else find(results[row])
    if value is None:
        return "—"
    return exact_text(value) or "—" if isinstance(value, Fraction) else str(value)
