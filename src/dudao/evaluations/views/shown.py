"""How numbers of results are written on pages."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from dudao.frameworks.trying.shown import padded, places_of

__all__ = ["block_figure", "block_words", "decimals", "figure", "number"]


def number(text: str | None, places: int = 0) -> str | None:
    """An exact text as people read it: «25/3» → «8.333…», with ``places`` decimals at least."""
    return None if text is None else padded(Fraction(text), places)


def decimals(outcomes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many decimals a column of a ranking is shown with: «» the totals, else a first-level indicator by its code."""
    columns: dict[str, list[Fraction]] = {"": []}
    for outcome in outcomes:
        told = {"": outcome["total"], **{code: block["mark"] for code, block in outcome["blocks"].items()}}
        for code, text in told.items():
            if text is not None:
                columns.setdefault(code, []).append(Fraction(text))
    return {code: places_of(values) for code, values in columns.items()}


def block_words(block: Mapping[str, Any] | None, places: int = 0) -> str | None:
    """A first-level indicator: its mark, its level, both."""
    if block is None:
        return None
    words = [found for found in (number(block["mark"], places), block["level"]) if found is not None]
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
