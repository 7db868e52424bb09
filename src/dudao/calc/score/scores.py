"""Scores of many subjects: one `Sheet` for each kind of marks (自评, 县评, …) and one of the adopted marks (认定).

Nothing here changes: `with_answer` and `with_data` give new scores that share every column they don't touch, and
recompute one row of what depends on the change, through the same functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dudao.calc.expr import Column, Numbers, State, Table, Texts, decimal_text, normal_name, read_cell
from dudao.calc.expr.reading import column_of
from dudao.calc.score.grading import normalised_total
from dudao.calc.score.system import NodeScore, System
from dudao.calc.tree import RESERVED_SOURCE, Tree

ADOPTED = RESERVED_SOURCE
"""The key of the sheet of adopted marks: for each item the last source that has marked it and whose marks count."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All results of one kind of marks. ``grade`` is ``None`` if the system has no grades."""

    key: str
    system: System
    data: Table
    answers: Table
    nodes: Mapping[str, NodeScore]
    grade: Texts | None

    def mark(self, code: str) -> Numbers:
        """A node's marks; a node that only has levels is ABSENT throughout."""
        found = self.nodes[code].mark
        return Numbers.unknown(self.data.size, State.ABSENT) if found is None else found

    def level(self, code: str) -> Texts | None:
        return self.nodes[code].level

    def possible(self, code: str) -> Numbers:
        """The full points that apply."""
        return self.nodes[code].possible.spread(self.data.size)

    @property
    def total(self) -> Numbers:
        return self.mark(self.system.tree.root.code)

    @property
    def ranking(self) -> Numbers:
        """What subjects are ranked by: the total, as if everything applied."""
        found = normalised_total(self.system.tree, self.nodes)
        return Numbers.unknown(self.data.size, State.ABSENT) if found is None else found

    def vetoes(self) -> list[list[str]]:
        """The codes of the vetoes raised against each subject."""
        return self.system.grading.vetoed(self.data, self.nodes, self.answers)

    def ranks(self) -> list[int | None]:
        """1 is the highest total; equal totals share a rank. Without a total there is none, nor under a veto (一票否决)."""
        values = [None if raised else value for value, raised in zip(self.ranking.values(), self.vetoes(), strict=True)]
        ordered = sorted((value for value in values if value is not None), reverse=True)
        rank_of: dict[Fraction, int] = {}
        for number, value in enumerate(ordered, 1):
            rank_of.setdefault(value, number)
        return [None if value is None else rank_of[value] for value in values]

    def row(self, row: int) -> dict[str, Any]:
        """Everything about one subject as plain data, numbers as exact texts: for snapshots, exports, the command line."""
        nodes = {}
        for code, node in self.nodes.items():
            column = node.mark if node.mark is not None else node.level
            nodes[code] = {
                "mark": exact_text(None if node.mark is None else node.mark.at(row)),
                "possible": exact_text(self.possible(code).at(row)),
                "level": None if node.level is None else node.level.at(row),
                "state": State.KNOWN.name.lower() if column is None else State(int(column.state[row])).name.lower(),
            }
        grade = None if self.grade is None else self.grade.at(row)
        return {"sheet": self.key, "total": exact_text(self.total.at(row)), "grade": grade, "nodes": nodes}

    def open_items(self, row: int) -> list[str]:
        """Codes of leaves without a result: what is still to be marked or reported."""
        found = []
        for code, node in self.nodes.items():
            if not self.system.tree.nodes[code].children:
                column = node.mark if node.mark is not None else node.level
                if column is not None and column.state[row] not in (State.KNOWN, State.NOT_APPLICABLE):
                    found.append(code)
        return found


def exact_text(value: Fraction | None) -> str | None:
    """«12.5», or «25/3» where no decimal is exact."""
    if value is None:
        return None
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return decimal_text(value) if rest == 1 else str(value)


class Scores:
    """Made by `score`. ``answers``: a table for each source that has marked anything."""

    def __init__(self, system: System, data: Table, answers: Mapping[str, Table]) -> None:
        keys = {source.key for source in system.tree.sources}
        for key, table in answers.items():
            if key not in keys:
                raise ValueError(f"没有评分来源“{key}”，只有：{'、'.join(sorted(keys))}。")
            if table.size != data.size:
                raise ValueError(f"“{key}”的评分有 {table.size} 行，数据有 {data.size} 行。")
        self.system = system
        self.data = data
        self.answers = dict(answers)
        self._sheets: dict[str, Sheet] = {}

    @property
    def tree(self) -> Tree:
        return self.system.tree

    @property
    def size(self) -> int:
        return self.data.size

    def sheet(self, key: str = ADOPTED) -> Sheet:
        """The results of one source, or of the adopted marks; computed when first asked for."""
        found = self._sheets.get(key)
        if found is None:
            answers = self._answers_of(key)
            nodes = self.system.score(self.data, answers, {**self._known(), **self._foreign(key)})
            grade = self.system.grading.grade(self.data, nodes, answers)
            found = self._sheets[key] = Sheet(key, self.system, self.data, answers, nodes, grade)
        return found

    def _foreign(self, key: str) -> dict[str, NodeScore]:
        return {} if key == ADOPTED else self.system.foreign(key, self.size)

    def _known(self) -> dict[str, NodeScore]:
        """Leaves that people don't answer are the same on every sheet."""
        known: dict[str, NodeScore] = {}
        for sheet in self._sheets.values():
            for code, plan in self.system.plans.items():
                if plan.rule is not None and not plan.asks:
                    known[code] = sheet.nodes[code]
            break
        return known

    # ---- answers --------------------------------------------------------------------------------------------

    def _empty(self) -> Table:
        return Table(self.tree.answers, self.size)

    def _answers_of(self, key: str) -> Table:
        if key == ADOPTED:
            return self._adopted()
        if all(source.key != key for source in self.tree.sources):
            raise KeyError(key)
        return self.answers.get(key) or self._empty()

    def _adopted(self) -> Table:
        columns: dict[str, Column] = {}
        counting = [source.key for source in self.tree.sources if source.counts]
        for question in self.tree.answers.items:
            code = self.system.answered_by.get(question)
            keys = counting if code is None else [key for key in self.system.sources[code] if key in counting]
            given = [self.answers[key].column(question) for key in reversed(keys) if key in self.answers]
            if given:
                columns[question] = _last_said(given)
        return Table(self.tree.answers, self.size, columns)

    def source_of(self, row: int, question: str) -> str | None:
        """Whose answer was adopted for a question, ``None`` if nobody's."""
        code = self.system.answered_by.get(normal_name(question))
        counting = {source.key for source in self.tree.sources if source.counts}
        keys = [source.key for source in self.tree.sources] if code is None else self.system.sources[code]
        given = [key for key in reversed(keys) if key in counting and key in self.answers]
        return next((key for key in given if self.answers[key].column(question).state[row] != State.UNMARKED), None)

    # ---- comparing ------------------------------------------------------------------------------------------

    def deviation(self, code: str, old: str, new: str = ADOPTED) -> Numbers:
        """A node's mark on one sheet less its mark on another: how far review departs from self-evaluation."""
        return self.sheet(new).mark(code) - self.sheet(old).mark(code)

    def under(self, system: System | Tree) -> Scores:
        """The same data and answers scored by another version: what it does not ask is left, what is new is open."""
        system = system if isinstance(system, System) else System(system)
        kept = {source.key for source in system.tree.sources}
        answers = {key: table.under(system.tree.answers) for key, table in self.answers.items() if key in kept}
        return Scores(system, self.data.under(system.tree.catalogue), answers)

    # ---- changing -------------------------------------------------------------------------------------------

    def with_answer(self, row: int, source: str, question: str, cell: object) -> Scores:
        """One answer changed (as typed; empty takes it back). Raises ``ValueError`` with what is wrong with it."""
        question = normal_name(question)
        item = self.tree.answers.items[question]
        column = column_of(item, [read_cell(item, cell)])
        before = self.answers.get(source) or self._empty()
        answers = {**self.answers, source: before.with_values(row, {question: column})}
        code = self.system.answered_by.get(question)
        return self._changed(row, self.data, answers, () if code is None else (code,), question)

    def with_data(self, row: int, cells: Mapping[str, object]) -> Scores:
        """Some reported values of one subject changed (as typed)."""
        columns = {}
        for name, cell in cells.items():
            item = self.tree.catalogue.items[name]
            columns[name] = column_of(item, [read_cell(item, cell)])
        data = self.data.with_values(row, columns)
        touched = {code for name in cells for code in self.system.reading.get(name, ())}
        return self._changed(row, data, self.answers, tuple(touched), None)

    def _changed(
        self, row: int, data: Table, answers: Mapping[str, Table], codes: Sequence[str], question: str | None
    ) -> Scores:
        changed = Scores(self.system, data, answers)
        for key, sheet in self._sheets.items():
            changed._sheets[key] = changed._patched(sheet, row, codes, question)
        return changed

    def _patched(self, sheet: Sheet, row: int, codes: Sequence[str], question: str | None) -> Sheet:
        """The sheet with one row of the codes, and of all above them, computed again."""
        answers = sheet.answers
        if question is not None:
            one = self._answer(sheet.key, row, question)
            if one is None:
                return sheet
            answers = answers.with_values(row, {question: one})
        data_row, answers_row = self.data.row(row), answers.row(row)
        nodes = dict(sheet.nodes)
        fresh: dict[str, NodeScore] = {}
        own = [code for code in codes if sheet.key == ADOPTED or not self.system.is_foreign(code, sheet.key)]
        for code in self.system.above(own):
            plan = self.system.plans[code]
            if plan.rule is not None:
                fresh[code] = self.system.leaf(plan, data_row, answers_row)
            else:
                below = {
                    child.code: fresh[child.code] if child.code in fresh else nodes[child.code].row(row)
                    for child in plan.node.children
                }
                fresh[code] = self.system.rolled_up(plan, below, data_row, answers_row)
        for code, score in fresh.items():
            nodes[code] = nodes[code].with_row(row, score, self.size)
        grade = sheet.grade
        if grade is not None:
            rows = _Rows(nodes, fresh, row)
            of_row = self.system.grading.grade(data_row, rows, answers_row)
            assert of_row is not None
            grade = grade.with_row(row, of_row)
        return Sheet(sheet.key, self.system, self.data, answers, nodes, grade)

    def _answer(self, key: str, row: int, question: str) -> Column | None:
        """The cell of a sheet after the change, ``None`` if the sheet does not have it from there."""
        if key != ADOPTED:
            return self.answers[key].column(question).take(slice(row, row + 1)) if key in self.answers else None
        source = self.source_of(row, question)
        if source is None:
            return self._empty().column(question).take(slice(row, row + 1))
        return self.answers[source].column(question).take(slice(row, row + 1))


class _Rows(dict[str, NodeScore]):
    """One row of every node, taken only when looked at."""

    def __init__(self, nodes: Mapping[str, NodeScore], fresh: Mapping[str, NodeScore], row: int) -> None:
        super().__init__(fresh)
        self.nodes, self.row = nodes, row

    def __missing__(self, code: str) -> NodeScore:
        found = self[code] = self.nodes[code].row(self.row)
        return found


def _last_said(columns: Sequence[Column]) -> Column:
    """The first of the columns in which the cell is not UNMARKED."""
    result = columns[0]
    for earlier in columns[1:]:
        result = result.choose(result.state != State.UNMARKED, earlier)  # type: ignore[arg-type]  # of one kind
    return result


def score(system: System | Tree, data: Table | None, answers: Mapping[str, Table] | None = None) -> Scores:
    """Score every row. ``data``: reported values (``None``: none are needed); ``answers``: a table by source."""
    system = system if isinstance(system, System) else System(system)
    answers = answers or {}
    if data is None:
        size = max((table.size for table in answers.values()), default=0)
        data = Table(system.tree.catalogue, size)
    return Scores(system, data, answers)


@dataclass(frozen=True, slots=True)
class Movement:
    """One subject before and after a change of weights, thresholds, rules or marks."""

    row: int
    total: tuple[Fraction | None, Fraction | None]
    rank: tuple[int | None, int | None]
    grade: tuple[str | None, str | None]

    @property
    def is_same(self) -> bool:
        return self.total[0] == self.total[1] and self.rank[0] == self.rank[1] and self.grade[0] == self.grade[1]


def movements(before: Scores, after: Scores, key: str = ADOPTED) -> list[Movement]:
    """How totals, ranks and grades moved, row by row. Both may be of different versions of a system."""
    old, new = before.sheet(key), after.sheet(key)
    if before.size != after.size:
        raise ValueError("前后的单位数不同，不能比较。")
    old_ranks, new_ranks = old.ranks(), new.ranks()
    return [
        Movement(
            row,
            (old.total.at(row), new.total.at(row)),
            (old_ranks[row], new_ranks[row]),
            (None if old.grade is None else old.grade.at(row), None if new.grade is None else new.grade.at(row)),
        )
        for row in range(before.size)
    ]
