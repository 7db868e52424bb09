"""How numbers of results are written on pages."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from dudao.calc.tree import Tree
from dudao.frameworks.trying.shown import block_places, padded, places_of_texts, total_places

__all__ = ["block_figure", "block_words", "decimals", "figure", "number", "total"]


def number(text: str | None, places: int = 0) -> str | None:
    """An exact text as people read it: «25/3» → «8.333…», with ``places`` decimals at least."""
    return None if text is None else padded(Fraction(text), places)


def total(tree: Tree, text: str | None) -> str | None:
    """A total with the decimals that its indicator system rounds to."""
    return number(text, total_places(tree))


def decimals(tree: Tree, outcomes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many decimals a column of a ranking is shown with: «» the totals, else a first-level indicator by its code. As many as
    the indicator system rounds to; where it doesn't, those of the longest.
    """
    columns: dict[str, set[str]] = {"": set()}
    for outcome in outcomes:
        if outcome["total"] is not None:
            columns[""].add(outcome["total"])
        for code, block in outcome["blocks"].items():
            if block["mark"] is not None:
                columns.setdefault(code, set()).add(block["mark"])
    stated = {code: block_places(tree, code) if code else total_places(tree) for code in columns}
    return {code: max(stated[code], places_of_texts(texts)) for code, texts in columns.items()}


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
