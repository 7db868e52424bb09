"""From a scored tree to grades: the highest grade whose conditions all hold, and then what vetoes leave of it.

Totals are compared as rates of the points that apply, so excluded items neither help nor harm: ``total × full points ÷
possible points`` against the grade's lower limit. Conditions may name data items and results («C3得分», «A项数»).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from dudao.calc.expr import (
    Column,
    Formula,
    Numbers,
    State,
    Table,
    Texts,
    Truths,
    compile_formula,
    items_used,
    normal_name,
)
from dudao.calc.expr.ints import Bools, Ints, States
from dudao.calc.rules import Interval, Limits
from dudao.calc.score.node import NodeScore
from dudao.calc.tree import Grade, Role, Tree, Veto, grade_catalogue

_YES = Truths.constant(True)


def rate(score: NodeScore) -> Numbers:
    """Mark ÷ points that apply."""
    assert score.mark is not None
    return score.mark / score.possible


def normalised_total(tree: Tree, scores: Mapping[str, NodeScore]) -> Numbers | None:
    """The total as if everything applied."""
    root = scores[tree.root.code]
    if root.mark is None or tree.root.points is None:
        return None
    full = Numbers.constant(tree.root.points)
    return root.mark if not root.may_be_out else root.mark * full / root.possible


def lowest_rate(scores: Mapping[str, NodeScore], codes: Sequence[str]) -> Numbers | None:
    """The least rate among some nodes; those that do not apply are left out."""
    least: Numbers | None = None
    for code in codes:
        score = scores[code]
        if score.mark is None:
            continue
        of_one = rate(score)
        out = of_one.state == State.NOT_APPLICABLE
        if out.any():
            of_one = Numbers.constant(1).choose(out, of_one)
        if least is None:
            least = of_one
        else:
            state = np.maximum(least.state, of_one.state)
            least = of_one.choose(of_one.compare("<", least).value, least).with_state(state)
    return least


@dataclass(slots=True)
class _Grade:
    grade: Grade
    total: Limits | None
    ratio: Limits | None
    when: Formula | None


class Grading:
    """The grades of a tree, compiled. ``labels``: all grades, best first within their category."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        scale = tree.scale
        self.catalogue = grade_catalogue(tree)
        self.blocks = tuple(child.code for child in tree.root.children if child.role is Role.NORMAL)
        rows = {} if scale is None else scale.grades
        self.labels = tuple(dict.fromkeys(grade.name for row in rows.values() for grade in row))
        self.rows = {category: [self._grade(grade) for grade in row] for category, row in rows.items()}
        self.by = None if scale is None or not scale.by else compile_formula(scale.by, tree.catalogue, None, "text")
        self.vetoes = [(veto, self._formula(veto.when)) for veto in tree.vetoes]
        used: set[str] = set()
        for formula in self._formulas():
            used |= {name for scope, name in items_used(formula) if not scope}
        self.results: Mapping[str, Callable[[Mapping[str, NodeScore]], Column]] = {
            name: make for name, make in self._results().items() if name in used
        }
        self.used = used

    def _grade(self, grade: Grade) -> _Grade:
        # Half-open: the upper end of a band is where the better grade begins.
        total = ratio = None
        if grade.total is not None and grade.total.low is not None:
            total = Limits([Interval(low=grade.total.low, low_open=grade.total.low_open)])
        if grade.ratio is not None:
            ratio = Limits([Interval(low=grade.ratio)])
        return _Grade(grade, total, ratio, self._formula(grade.when))

    def _formula(self, text: str) -> Formula | None:
        return compile_formula(text, self.catalogue, None, "truth") if text else None

    def _formulas(self) -> list[Formula]:
        found = [formula for _, formula in self.vetoes if formula is not None]
        return found + [grade.when for row in self.rows.values() for grade in row if grade.when is not None]

    def _results(self) -> dict[str, Callable[[Mapping[str, NodeScore]], Column]]:
        """What conditions may read of the results; data items of the same name come first."""
        tree = self.tree
        root = tree.root.code
        found: dict[str, Callable[[Mapping[str, NodeScore]], Column]] = {
            "总分": lambda scores: _mark(scores[root]),
            "满分": lambda scores: scores[root].possible,
            "得分率": lambda scores: _rate(scores[root]),
            "一级指标最低得分率": lambda scores: _number(lowest_rate(scores, self.blocks)),
        }
        for code in tree.nodes:
            found[f"{code}得分"] = lambda scores, code=code: _mark(scores[code])  # type: ignore[misc]
            found[f"{code}得分率"] = lambda scores, code=code: _rate(scores[code])  # type: ignore[misc]
            found[f"{code}等次"] = lambda scores, code=code: _level(scores[code])  # type: ignore[misc]
            rule = tree.nodes[code].rule
            for level in () if rule is None else rule.levels:
                found[f"{level}项数"] = lambda scores, level=level: self._count(scores, level)  # type: ignore[misc]
        named = {normal_name(name): make for name, make in found.items()}
        return {name: make for name, make in named.items() if name not in tree.catalogue.items}

    def _count(self, scores: Mapping[str, NodeScore], level: str) -> Numbers:
        """How many leaves have a level; open while a leaf that could have it is open."""
        total = Numbers.constant(0)
        for code, node in self.tree.nodes.items():
            found = scores[code].level
            if node.children or found is None or level not in found.labels:
                continue
            out = found.state == State.NOT_APPLICABLE
            state = np.where(out, np.uint8(0), found.state)
            total = total + Numbers.of_truths(Truths(found.among([level]), state))
        return total

    # ---- grades ---------------------------------------------------------------------------------------------

    def table(self, data: Table, scores: Mapping[str, NodeScore]) -> Table:
        """Data and results side by side, for the conditions."""
        columns: dict[str, Column] = {}
        for name in self.used:
            if name in self.results:
                columns[name] = self.results[name](scores).spread(data.size)
            elif not self.catalogue.items[name].formula:
                columns[name] = data.column(name)
        lower = {scope: group for scope in self.catalogue.lower if (group := data.lower(scope)) is not None}
        return Table(self.catalogue, data.size, columns, lower, data.previous())

    def condition(self, grade: _Grade, table: Table, scores: Mapping[str, NodeScore]) -> Truths:
        """All that a grade asks for."""
        parts = [_YES]
        if grade.total is not None:
            total = normalised_total(self.tree, scores)
            assert total is not None
            parts.append(grade.total.holds(total))
        if grade.ratio is not None:
            least = lowest_rate(scores, grade.grade.blocks or self.blocks)
            if least is not None:
                parts.append(grade.ratio.holds(least))
        if grade.when is not None:
            found = grade.when.evaluate(table)
            assert isinstance(found, Truths)
            parts.append(found)
        return reduce(Truths.both, parts)

    def grade(self, data: Table, scores: Mapping[str, NodeScore], answers: Table) -> Texts | None:
        """The grade of every row; ``None`` if the system has no grades."""
        if not self.labels:
            return None
        table = self.table(data, scores)
        size = data.size
        code = np.zeros(size, np.int32)
        state = np.full(size, State.NO_CATEGORY, np.uint8)
        category: Column | None = None if self.by is None else self.by.evaluate(data)
        assert category is None or isinstance(category, Texts)
        if category is not None:
            state = np.where(category.state > 0, category.state, state)
        out = self._out(scores)
        for name, row in self.rows.items():
            here = np.ones(size, np.bool_) if category is None else category.among([name])
            if not here.any():
                continue
            of_row, state_of_row = self._of_row(row, table, scores)
            self._veto(name, of_row, state_of_row, table, answers)
            code[here], state[here] = of_row[here], state_of_row[here]
        state = np.where(out, np.uint8(State.NOT_APPLICABLE), state)
        return Texts(code, self.labels, state)

    def _out(self, scores: Mapping[str, NodeScore]) -> Bools:
        root = scores[self.tree.root.code]
        column = root.mark if root.mark is not None else root.level
        assert column is not None
        out: Bools = column.state == State.NOT_APPLICABLE
        return out

    def _of_row(self, row: Sequence[_Grade], table: Table, scores: Mapping[str, NodeScore]) -> tuple[Ints, States]:
        size = table.size
        code = np.zeros(size, np.int32)
        state = np.full(size, State.NO_BAND, np.uint8)
        undecided = np.ones(size, np.bool_)
        for grade in row:
            condition = self.condition(grade, table, scores).spread(size)
            reached = undecided & condition.true()
            opened = undecided & (condition.state > 0)
            code[reached] = self.labels.index(grade.grade.name)
            state[reached] = 0
            state[opened] = condition.state[opened]
            undecided &= condition.false()
        return code, state

    def lowest(self, category: str) -> str:
        """The grade of what meets no condition: the first that asks for nothing. One below it only a veto gives (不参评)."""
        row = self.rows[category]
        free = (entry for entry in row if entry.total is None and entry.ratio is None and entry.when is None)
        return next(free, row[-1]).grade.name

    def vetoed(self, data: Table, scores: Mapping[str, NodeScore], answers: Table) -> list[list[str]]:
        """The codes of the vetoes raised, of each row."""
        found: list[list[str]] = [[] for _ in range(data.size)]
        table = self.table(data, scores) if self.vetoes else data
        for veto, formula in self.vetoes:
            for row in np.flatnonzero(self.raised(veto, formula, table, answers).spread(data.size).true()):
                found[row].append(veto.code)
        return found

    def raised(self, veto: Veto, formula: Formula | None, table: Table, answers: Table) -> Truths:
        """Whether a veto is raised; what nobody has raised is not."""
        found: Column = answers.column(veto.code) if formula is None else formula.evaluate(table)
        assert isinstance(found, Truths)
        if formula is None:
            found = Truths(found.value, np.where(found.state > 0, np.uint8(0), found.state))
        return found

    def _veto(self, category: str, code: Ints, state: States, table: Table, answers: Table) -> None:
        names = [grade.grade.name for grade in self.rows[category]]
        order = {self.labels.index(name): number for number, name in enumerate(names)}
        least = names.index(self.lowest(category))
        for veto, formula in self.vetoes:
            name = veto.grade if veto.grade in names else self.lowest(category)
            raised = self.raised(veto, formula, table, answers).spread(len(code))
            worse = np.array([order.get(int(found), 0) < order[self.labels.index(name)] for found in code], np.bool_)
            # An open grade is settled only by a veto that leaves nothing lower.
            hit = raised.true() & np.where(state > 0, order[self.labels.index(name)] >= least, worse)
            code[hit] = self.labels.index(name)
            state[hit] = 0
            opened = raised.state > 0
            state[opened] = np.maximum(state[opened], raised.state[opened])


def _number(column: Numbers | None) -> Numbers:
    return Numbers.constant(0).with_state(np.full(1, State.ABSENT, np.uint8)) if column is None else column


def _mark(score: NodeScore) -> Numbers:
    return _number(score.mark)


def _rate(score: NodeScore) -> Numbers:
    return _number(None if score.mark is None or not score.possible.at(0) else rate(score))


def _level(score: NodeScore) -> Texts:
    if score.level is None:
        return Texts.constant("").with_state(np.full(1, State.ABSENT, np.uint8))
    return score.level
