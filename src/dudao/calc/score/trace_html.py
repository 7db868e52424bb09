"""A trace as HTML: the same sentences as its text and data, nested and folded. Escaped; no classes, no style.

Pages and documents give it their looks by where they put it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dudao.calc.expr import Explanation
    from dudao.calc.score.trace import Trace

__all__ = ["html_of"]


def html_of(trace: Trace, *, open_levels: int = 1) -> str:
    """The first ``open_levels`` levels are unfolded."""
    return "".join(_node(trace, open_levels))


def _node(trace: Trace, levels: int) -> Iterator[str]:
    head = f"{trace.code} {trace.name}：{trace.result}"
    yield f"<details{' open' if levels > 0 else ''}><summary>{escape(head)}</summary>"
    if trace.lines:
        yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in trace.lines)}</ul>"
    if trace.formulas:
        yield from _formulas(trace.formulas)
    for child in trace.children:
        yield from _node(child, levels - 1)
    yield "</details>"


def _formulas(formulas: Sequence[Explanation]) -> Iterator[str]:
    """Each formula with what it read, and the derived items it went through."""
    yield "<table><thead><tr><th>公式</th><th>代入</th><th>结果</th><th>用到的数</th></tr></thead><tbody>"
    seen: set[tuple[str, str, str]] = set()
    for name, formula in _steps(formulas):
        row = (name, formula.worked, formula.result)
        if row not in seen:
            seen.add(row)
            read = "；".join(f"{found.name} {found.shown}" for found in formula.inputs)
            words = f"{name} = {formula.formula}" if name else formula.formula
            cells = (words, formula.worked, formula.result, read)
            yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
    yield "</tbody></table>"


def _steps(formulas: Sequence[Explanation]) -> Iterator[tuple[str, Explanation]]:
    for formula in formulas:
        yield "", formula
        for name, step in formula.steps:
            yield name, step
            for below, deeper in _steps([step]):
                if below:
                    yield below, deeper
