"""How numbers of results are written on pages."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from dudao.calc.tree import Tree
from dudao.frameworks.trials.figures import block_words, number, total_places


def total(tree: Tree, text: str | None) -> str | None:
    """A total with the decimals that its indicator system rounds to."""
    return number(text, total_places(tree))


def figure(text: str | None) -> int | float | None:
    """The same for a workbook, which computes with it."""
    if text is None:
        return None
    value = Fraction(text)
    return value.numerator if value.denominator == 1 else float(value)


def deviation_figure(outcome: Mapping[str, Any], source: str) -> float | None:
    """The adopted total less that of a source, for a workbook."""
    own, total_ = outcome["totals"].get(source), outcome["total"]
    return None if own is None or total_ is None else float(Fraction(total_) - Fraction(own))


def block_figure(block: Mapping[str, Any] | None) -> int | float | str | None:
    """A first-level indicator for a workbook: its mark, or what is judged by levels in words."""
    if block is None or block["level"] is not None:
        return block_words(block)
    return figure(block["mark"])
