"""How numbers of results are written on pages."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from dudao.calc.expr import show_number

__all__ = ["block_figure", "block_words", "figure", "number"]


def number(text: str | None) -> str | None:
    """An exact text as people read it: «25/3» → «8.333…»."""
    return None if text is None else show_number(Fraction(text))


def block_words(block: Mapping[str, Any] | None) -> str | None:
    """A first-level indicator: its mark, its level, both."""
    if block is None:
        return None
    words = [found for found in (number(block["mark"]), block["level"]) if found is not None]
    return " ".join(words) or None


def figure(text: str | None) -> int | float | None:
    """The same for a workbook, which computes with it."""
    if text is None:
        return None
    value = Fraction(text)
    return value.numerator if value.denominator == 1 else float(value)


def block_figure(block: Mapping[str, Any] | None) -> int | float | str | None:
    """A first-level indicator for a workbook: its mark, or what is judged by levels in words."""
    if block is None or block["level"] is not None:
        return block_words(block)
    return figure(block["mark"])
