"""What a rule asks people, and how invented answers are drawn."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from dudao.calc.expr import Item, Kind, State

_SPREAD: Final = 0.3


def question(name: str, kind: Kind, **more: Any) -> Item:
    """What people answer for an indicator: an empty cell is a mark that nobody has given."""
    return Item(name, kind, absent=State.UNMARKED, **more)


def good_share(draw: Random, level: float, least: float, most: float) -> float:
    """A number from least to most, nearer to the upper end for the better (``level``: 0 to 1)."""
    share = min(max(level + draw.uniform(-_SPREAD, _SPREAD), 0.0), 1.0)
    return least + (most - least) * share


def some_faults(draw: Random, level: float) -> int:
    """None, one or two, fewer for the better."""
    return draw.choices((0, 1, 2), (0.2 + level, 0.9 - level / 2, 0.5 - level / 2))[0]
