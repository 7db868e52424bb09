"""Why a subject has the marks it has: for any node a trace in words and numbers, down to the cells it came from.

A trace looks at one row through the functions that computed it. It is text, plain data, or HTML: the same sentences, nested
and folded, without classes and style; pages and documents give it their looks by where they put it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

from dudao.calc.expr import Explanation, State, show_number
from dudao.calc.score.node import NodeScore
from dudao.calc.score.scores import ADOPTED, Scores, Sheet
from dudao.calc.score.trace_lines import explaining, grade_lines, leaf_lines, rollup_lines, shortfall
from dudao.calc.tree import Node, Role


@dataclass(frozen=True, slots=True)
class Trace:
    """One node of one subject. ``lines``: sentences; ``formulas``: the calculations behind them; ``possible``: the full
    points that apply; ``mark`` and ``level`` are ``None`` if there is none, and ``state`` says why."""

    code: str
    name: str
    mark: Fraction | None
    possible: Fraction | None
    level: str | None
    state: State
    role: Role
    lines: tuple[str, ...]
    formulas: tuple[Explanation, ...] = ()
    children: tuple[Trace, ...] = ()
    fact: str = ""
    """What is missing at a leaf that has not all its points, without a word of points: what a letter may state."""
    only_adds: bool = False
    """Whether it is, or stands in, a bonus: what wasn't won there is not lost."""
    is_whole: bool = False
    """Of the whole system, whose code says nothing to a reader."""

    @property
    def result(self) -> str:
        """«49 分（满分 60 分）», «B», «—（未评）»."""
        parts = []
        if self.mark is not None:
            parts.append(f"{show_number(self.mark)} 分")
        if self.level is not None:
            parts.append(self.level)
        words = "，".join(parts) or f"—（{self.state.words}）"
        if self.possible is None:
            return words
        return f"{words}（{'满分' if self.role is Role.NORMAL else '最多'} {show_number(self.possible)} 分）"

    @property
    def heading(self) -> str:
        """«A1 办学条件：49 分（满分 60 分）»."""
        name = self.name if self.is_whole else f"{self.code} {self.name}"
        return f"{name}：{self.result}"

    def walk(self) -> Iterator[Trace]:
        yield self
        for child in self.children:
            yield from child.walk()

    def text(self) -> str:
        """Indented lines, this node first."""
        return "\n".join(self._text(0))

    def _text(self, depth: int) -> Iterator[str]:
        indent = "\u3000" * depth
        yield f"{indent}{self.heading}"
        for line in self.lines:
            yield f"{indent}\u3000{line}"
        for child in self.children:
            yield from child._text(depth + 1)

    def html(self, *, open_levels: int = 1) -> str:
        """The same as nested ``<details>``, escaped and without style; ``open_levels`` of them are unfolded."""
        return "".join(_html(self, open_levels))

    def data(self) -> dict[str, Any]:
        """Plain data for JSON; numbers are exact texts («25/3» where no decimal is exact)."""
        return {
            "code": self.code,
            "name": self.name,
            "mark": None if self.mark is None else str(self.mark),
            "possible": None if self.possible is None else str(self.possible),
            "level": self.level,
            "role": str(self.role),
            "state": self.state.name.lower(),
            "result": self.result,
            "lines": list(self.lines),
            "formulas": [formula.data() for formula in self.formulas],
            "children": [child.data() for child in self.children],
        }


def explain(scores: Scores, row: int, code: str | None = None, sheet: str = ADOPTED) -> Trace:
    """Explain a node (the whole, if no code is given) of one subject on one sheet, and all below it."""
    node = scores.tree.root if code is None else scores.tree.nodes[code]
    return _explain(scores, scores.sheet(sheet), row, node)


def _explain(scores: Scores, sheet: Sheet, row: int, node: Node) -> Trace:
    score = sheet.nodes[node.code].row(row)
    plan = scores.system.plans[node.code]
    told = explaining(scores, sheet, row, plan)
    if _is_foreign(scores, sheet, node):
        lines = ["由别的来源评分，本表不计"]
    elif plan.rule is not None:
        lines = leaf_lines(scores, plan, told, score)
    else:
        below = {child.code: sheet.nodes[child.code].row(row) for child in node.children}
        lines = rollup_lines(scores, plan, told, score, below)
    if node is scores.tree.root:
        lines += grade_lines(scores, sheet, row)
    state = _state(score)
    possible = node.points if state is State.NOT_APPLICABLE else score.possible.at(0)
    return Trace(
        code=node.code,
        name=node.name,
        mark=None if score.mark is None else score.mark.at(0),
        possible=None if node.points is None or possible is None else Fraction(possible),
        level=None if score.level is None else score.level.at(0),
        state=state,
        role=node.role,
        lines=tuple(lines),
        formulas=tuple(told.formulas),
        children=tuple(_explain(scores, sheet, row, child) for child in node.children),
        fact=shortfall(scores, plan, explaining(scores, sheet, row, plan), score),
        only_adds=scores.tree.only_adds(node.code),
        is_whole=node is scores.tree.root,
    )


def _is_foreign(scores: Scores, sheet: Sheet, node: Node) -> bool:
    return sheet.key != ADOPTED and scores.system.is_foreign(node.code, sheet.key)


def _state(score: NodeScore) -> State:
    column = score.mark if score.mark is not None else score.level
    return State.KNOWN if column is None else State(int(column.state[0]))


def _html(trace: Trace, levels: int) -> Iterator[str]:
    yield f"<details{' open' if levels > 0 else ''}><summary>{escape(trace.heading)}</summary>"
    if trace.lines:
        yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in trace.lines)}</ul>"
    if trace.formulas:
        yield from _formulas_html(trace.formulas)
    for child in trace.children:
        yield from _html(child, levels - 1)
    yield "</details>"


def _formulas_html(formulas: Sequence[Explanation]) -> Iterator[str]:
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
