"""Recompute worked examples and published results, given as plain values, and say of each whether it comes out.

What was printed is compared with what comes out of the same functions as every evaluation; where the examples are kept is left
to `dudao.packs`, where they are shown to the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from dudao.calc.agreement import Finding
from dudao.calc.balance.coefficients import Grouping, spread
from dudao.calc.rounding import round_half_up

RELATIVE = 1e-12
NAMES = {"mean": "全县平均值", "sd": "标准差", "cv": "差异系数"}


def recompute(examples: Mapping[str, Any]) -> tuple[Finding, ...]:
    """All comparisons of a set of examples (its parts: ``coefficients``, ``composites``, ``sums``)."""
    return (
        *(finding for example in examples.get("coefficients", ()) for finding in _coefficient(example)),
        *_composites(examples.get("composites")),
        *_sums(examples.get("sums")),
    )


def _coefficient(example: Mapping[str, Any]) -> Iterable[Finding]:
    resource, pupils = (np.asarray(example[key], dtype=np.float64) for key in ("resource", "pupils"))
    found = spread(resource, resource / pupils, pupils, Grouping(np.zeros(len(pupils), dtype=np.int64), 1))
    values = {"mean": float(found.mean[0]), "sd": float(found.sd[0]), "cv": float(found.cv[0])}
    for key, printed in example["printed"].items():
        places = len(printed.partition(".")[2])
        computed = str(round_half_up(Decimal(repr(values[key])), places))
        yield Finding(example["name"], NAMES[key], example["source"], printed, computed, computed == printed)
    for key, exact in example["exact"].items():
        agrees = abs(values[key] - float(exact)) <= RELATIVE * abs(float(exact))
        quantity = f"{NAMES[key]}（不取舍）"
        yield Finding(example["name"], quantity, example["source"], exact, repr(values[key]), agrees)


def _composites(table: Mapping[str, Any] | None) -> Iterable[Finding]:
    for county in table["counties"] if table else ():
        assert table is not None
        for stage, limit in table["limits"].items():
            if stage not in county:
                continue
            coefficients = [Decimal(value) for value in county[stage]["cv"]]
            printed = county[stage]["composite"]
            mean = sum(coefficients, Decimal(0)) / len(coefficients)
            agrees = abs(mean - Decimal(printed)) <= Decimal(table["tolerance"]) and mean <= Decimal(limit)
            quantity = f"{stage}综合差异系数（应不超过 {limit}）"
            yield Finding(county["name"], quantity, table["source"], printed, str(round_half_up(mean, 4)), agrees)


def _sums(table: Mapping[str, Any] | None) -> Iterable[Finding]:
    for row in table["rows"] if table else ():
        assert table is not None
        total = sum((Decimal(part) for part in row["parts"]), Decimal(0))
        yield Finding(row["name"], "合计", table["source"], row["total"], str(total), total == Decimal(row["total"]))
