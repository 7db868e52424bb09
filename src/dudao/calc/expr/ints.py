"""Arithmetic on arrays of integers that can't overflow: int64 while a bound proves it safe, Python integers beyond.

Every function takes and returns, with an array, an upper bound of its absolute values. The bound may be too high; before
an operation leaves int64 it is measured anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
"""int64, or object holding Python integers."""
States = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Index = NDArray[np.intp]

LIMIT: Final = 2**63 - 1


def top_of(values: Ints) -> int:
    """The greatest absolute value that really occurs."""
    return int(np.abs(values).max()) if values.size else 0


def times(x: Ints, x_top: int, y: Ints, y_top: int) -> tuple[Ints, int]:
    top = x_top * y_top
    if top > LIMIT:
        top = top_of(x) * top_of(y)
        if top > LIMIT:
            x = x.astype(object)
    return x * y, top


def scaled(x: Ints, x_top: int, factor: int) -> tuple[Ints, int]:
    if factor == 1:
        return x, x_top
    top = x_top * factor
    if max(top, factor) > LIMIT:
        top = top_of(x) * factor
        if max(top, factor) > LIMIT:
            x = x.astype(object)
    return x * factor, top


def added(x: Ints, x_top: int, y: Ints, y_top: int, minus: bool) -> tuple[Ints, int]:
    top = x_top + y_top
    if top > LIMIT:
        top = top_of(x) + top_of(y)
        if top > LIMIT:
            x = x.astype(object)
    return (x - y if minus else x + y), top


def objects(values: Iterable[int]) -> Ints:
    found = list(values)
    array = np.empty(len(found), object)
    array[:] = found
    return array


def grouped_state(state: States, starts: Index) -> States:
    """The greatest state of each group; an empty group is KNOWN."""
    found = np.zeros(len(starts) - 1, np.uint8)
    filled = starts[1:] > starts[:-1]
    if filled.any():
        found[filled] = np.maximum.reduceat(state, starts[:-1][filled])
    return found
