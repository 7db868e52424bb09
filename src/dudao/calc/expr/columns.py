"""A column of any kind: `Numbers`, `Truths` or `Texts`."""

from __future__ import annotations

import numpy as np

from dudao.calc.expr.numbers import Numbers
from dudao.calc.expr.states import State
from dudao.calc.expr.words import Texts, Truths

Column = Numbers | Truths | Texts


def unknown(kind: str, size: int, state: State) -> Column:
    """A column of a kind ("number", "truth", "text") that knows nothing."""
    states = np.full(size, state, np.uint8)
    if kind == "number":
        return Numbers.unknown(size, state)
    if kind == "truth":
        return Truths(np.zeros(size, np.bool_), states)
    return Texts(np.zeros(size, np.int32), ("",), states)
