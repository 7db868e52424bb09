"""A table of subjects (被评单位) as an office fills it in → data, answers of each source, and what is wrong with it.

The header is the row that names most columns; the first column holds the subjects' names. A column is named by a data
item («在校生数»), by a question of the system («C3», «C2·音乐室», also with the indicator's name behind the code: «C3 生活教师»)
or by a question and whose answers stand there («C3@自评», «C3@self»). Without a source it is the last one whose marks count.
An empty cell is 未填 and stays unknown. Opening files is left to the callers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dudao.calc.expr import CellProblem, Column, Table, read_column
from dudao.calc.score.columns import Headings, SubjectColumn, columns_of, folded
from dudao.calc.score.scores import ADOPTED, Scores
from dudao.calc.score.system import System

HEADER_WITHIN: Final = 20
MOST_SUBJECTS: Final = 20_000
ERROR_CELL: Final = "#错误值"
"""What `dudao.core.sheets.grid_of` puts where a formula of the workbook shows an error."""
EMPTY_CELL: Final = "（空）"
"""A veto that nobody has denied or affirmed: silence isn't innocence, the cell is faulty."""
_LEFT_ALONE: Final = frozenset({"序号", "备注", "说明", "错误原因", "名次", "排名"})
_SUMS: Final = frozenset({"合计", "总计", "小计", "平均", "平均分", "平均值"})
_LONGEST_NAME: Final = 100


class SubjectsError(ValueError):
    """The table as a whole can't be used; ``problems`` name row and column."""

    def __init__(self, *problems: CellProblem) -> None:
        super().__init__("\n".join(problem.sentence for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Subjects:
    """The rows that can be scored. ``cells``: of every subject what stands in its cells, by key of column.

    ``unscored``: names of subjects with faulty cells; they are in no table, so that they neither count as 0 nor rank.
    """

    system: System
    names: tuple[str, ...]
    rows: tuple[int, ...]
    columns: tuple[SubjectColumn, ...]
    cells: tuple[Mapping[str, object], ...]
    data: Table
    answers: Mapping[str, Table]
    unscored: tuple[str, ...] = ()
    problems: tuple[CellProblem, ...] = ()

    @property
    def errors(self) -> tuple[CellProblem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def notes(self) -> tuple[CellProblem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)

    @property
    def given(self) -> tuple[str, ...]:
        """The sources that have a column, in the order in which they mark."""
        return tuple(source.key for source in self.system.tree.sources if source.key in self.answers)

    @property
    def main(self) -> str:
        """The sheet to look at: that of the adopted marks, or of the last source if only some that do not count are given."""
        counts = {source.key: source.counts for source in self.system.tree.sources}
        if not self.given or any(counts[key] for key in self.given):
            return ADOPTED
        return self.given[-1]

    def scores(self) -> Scores:
        return Scores(self.system, self.data, self.answers)

    def row_of(self, name: str) -> int | None:
        """The index of a subject by its name; spaces and full-width forms do not matter."""
        wanted = folded(name)
        return next((index for index, found in enumerate(self.names) if folded(found) == wanted), None)


def read_subjects(system: System, cells: Sequence[Sequence[object]]) -> Subjects:
    """Cells as a spreadsheet reader gives them, from row 1 on. Raises `SubjectsError` if there is no table to be read."""
    heads = Headings(system)
    at = _header_row(heads, cells)
    first, found_columns, problems = _columns(heads, cells[at], at + 1)
    problems += _missing(heads, found_columns, at + 1)
    names, numbers, kept = _rows(cells, at, first, problems)
    if not names and not any(problem.is_error for problem in problems):
        raise SubjectsError(CellProblem(at + 2, "", f"第 {at + 1} 行表头下面没有数据，请每行填一个单位"))
    if len(names) > MOST_SUBJECTS:
        raise SubjectsError(CellProblem(0, "", f"有 {len(names)} 个单位，一次最多 {MOST_SUBJECTS} 个，请分开计算"))
    rows = [
        {
            column.key: EMPTY_CELL if _at(line, index) is None else _plain(line[index])
            for index, column in found_columns.items()
            if column.is_veto or _at(line, index) is not None
        }
        for line in kept
    ]
    return _made(system, names, numbers, tuple(found_columns.values()), rows, problems)


def subjects_of(system: System, stored: Iterable[tuple[str, Mapping[str, object]]]) -> Subjects:
    """Subjects from names and cells by key of column, as `Subjects.cells` gave them; keys that the system lacks are left."""
    pairs = list(stored)
    known = {column.key: column for column in columns_of(system)}
    known |= {column.key: column for column in columns_of(system, apart=True)}
    keys = [key for key in dict.fromkeys(key for _, cells in pairs for key in cells) if key in known]
    columns = tuple(known[key] for key in keys)
    names = [name for name, _ in pairs]
    return _made(system, names, [*range(1, len(pairs) + 1)], columns, [cells for _, cells in pairs], [])


def _header_row(heads: Headings, cells: Sequence[Sequence[object]]) -> int:
    best, at = 0, -1
    for index, row in enumerate(cells[:HEADER_WITHIN]):
        score = sum(1 for cell in row if isinstance(cell, str) and heads.knows(cell))
        if score > best:
            best, at = score, index
    if at < 0:
        example = "、".join(column.header for column in columns_of(heads.system)[:3])
        words = (
            f"前 {HEADER_WITHIN} 行里没有表头：应有一行写列名，第一列是单位名称，其余是数据项或指标代码，如：{example}"
        )
        raise SubjectsError(CellProblem(1, "", words))
    return at


def _columns(
    heads: Headings, row: Sequence[object], number: int
) -> tuple[int, dict[int, SubjectColumn], list[CellProblem]]:
    """Where the names stand, where each column stands, and what is wrong with the header."""
    filled = [index for index, cell in enumerate(row) if folded(cell) and folded(cell) not in _LEFT_ALONE]
    first = filled[0]
    if heads.knows(row[first]):
        words = "是第一列，第一列应当是单位名称，请在前面加一列"
        raise SubjectsError(CellProblem(number, str(row[first]).strip(), words))
    found_columns: dict[int, SubjectColumn] = {}
    seen: dict[str, str] = {}
    problems: list[CellProblem] = []
    for index in filled[1:]:
        head = str(row[index]).strip()
        found = heads.column(head)
        if isinstance(found, str):
            problems.append(CellProblem(number, head, found))
            continue
        if found.key in seen:
            same = "出现了两次" if folded(seen[found.key]) == folded(head) else f"和“{seen[found.key]}”是同一列"
            raise SubjectsError(CellProblem(number, head, f"{same}，不知道以哪一列为准，请只保留一列"))
        seen[found.key] = head
        found_columns[index] = found
    return first, found_columns, problems


def _missing(heads: Headings, found_columns: Mapping[int, SubjectColumn], number: int) -> list[CellProblem]:
    """Columns without which totals stay open, and what no flat table can give."""
    present = {(column.name, bool(column.source)) for column in found_columns.values()}
    answered = {column.name for column in found_columns.values() if column.source}
    found = [
        CellProblem(number, column.header, "这一列没有，请补上这一列；还没有数的格子可以空着")
        for column in columns_of(heads.system)
        if column.is_needed and (column.name, bool(column.source)) not in present
    ]
    vetoes = [column.header for column in columns_of(heads.system) if column.is_veto and column.name not in answered]
    if vetoes:
        words = f"表里没有一票否决项（{'、'.join(vetoes)}），按都没有发生定等次和名次"
        found.append(CellProblem(number, "", words, is_error=False))
    scopes = "、".join(heads.system.tree.lower)
    if scopes:
        words = f"这个指标体系要用到“{scopes}”的数据，一行一个单位的表里没有，有关指标没有得分"
        found.append(CellProblem(0, "", words, is_error=False))
    return found


def _is_empty(cell: object) -> bool:
    return (
        cell is None or (isinstance(cell, str) and not cell.strip()) or (isinstance(cell, float) and math.isnan(cell))
    )


def _at(line: Sequence[object], index: int) -> object:
    """The cell, ``None`` if it is empty or the row ends before it."""
    return None if index >= len(line) or _is_empty(line[index]) else line[index]


def _plain(cell: object) -> object:
    """Of the kinds that a file can keep: a date stays readable as text."""
    return cell if isinstance(cell, str | int | float) else str(cell)


def _rows(
    cells: Sequence[Sequence[object]], at: int, first: int, problems: list[CellProblem]
) -> tuple[list[str], list[int], list[Sequence[object]]]:
    """Names, numbers and cells of the rows that are subjects; appends to ``problems``."""
    head = str(cells[at][first]).strip()
    names: list[str] = []
    numbers: list[int] = []
    kept: list[Sequence[object]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(cells[at + 1 :], at + 2):
        if all(_is_empty(cell) for cell in line):
            continue
        raw = _name(line[first] if first < len(line) else None)
        name = raw.strip()
        key = folded(name)
        if not key:
            problems.append(CellProblem(number, head, "没有填，请填单位名称"))
        elif key in _SUMS:
            problems.append(CellProblem(number, head, f"是“{name}”，不是单位，这一行没有读取", is_error=False))
        elif name == ERROR_CELL or len(name) > _LONGEST_NAME:
            words = "的公式出错，请改为直接填写" if name == ERROR_CELL else f"太长，单位名称最多 {_LONGEST_NAME} 个字"
            problems.append(CellProblem(number, head, words))
        elif key in seen:
            words = f"“{name}”和第 {seen[key]} 行重复，请只保留一行"
            problems.append(CellProblem(number, head, words, name))
        else:
            if raw != name:
                problems.append(CellProblem(number, head, f"“{name}”前后的空格已经去掉", name, is_error=False))
            seen[key] = number
            names.append(name)
            numbers.append(number)
            kept.append(line)
    return names, numbers, kept


def _name(cell: object) -> str:
    if cell is None:
        return ""
    return format(cell, ".15g") if isinstance(cell, float) else str(cell)


def _made(  # noqa: PLR0917  # the parts of one table, named in the same order everywhere
    system: System,
    names: Sequence[str],
    numbers: Sequence[int],
    columns: Sequence[SubjectColumn],
    rows: Sequence[Mapping[str, object]],
    problems: list[CellProblem],
) -> Subjects:
    """The tables of all sound rows."""
    read: list[tuple[SubjectColumn, Column]] = []
    faulty: set[int] = set()
    for column in columns:
        values, found = _read(column, [row.get(column.key) for row in rows])
        read.append((column, values))
        for problem in found:
            index = problem.row
            problems.append(CellProblem(numbers[index], column.header, problem.message, names[index], problem.is_error))
            if problem.is_error:
                faulty.add(index)
    sound = [index for index in range(len(names)) if index not in faulty]
    tree = system.tree
    by_source: dict[str, dict[str, Column]] = {}
    for column, values in read:
        kept = values if not faulty else values.take(np.array(sound, np.intp))
        by_source.setdefault(column.source, {})[column.name] = kept
    data = Table(tree.catalogue, len(sound), by_source.pop("", {}))
    answers = {key: Table(tree.answers, len(sound), found) for key, found in by_source.items()}
    problems.sort(key=lambda problem: problem.row)
    return Subjects(
        system=system,
        names=tuple(names[index] for index in sound),
        rows=tuple(numbers[index] for index in sound),
        columns=tuple(columns),
        cells=tuple(rows[index] for index in sound),
        data=data,
        answers=answers,
        unscored=tuple(names[index] for index in sorted(faulty)),
        problems=tuple(problems),
    )


def _read(column: SubjectColumn, cells: list[object]) -> tuple[Column, list[CellProblem]]:
    """A column with its problems; ``row`` of a problem is its index in ``cells``."""
    problems = [
        CellProblem(index, column.header, "的公式出错（显示为 #），请改为直接填写的值")
        for index, cell in enumerate(cells)
        if cell == ERROR_CELL
    ]
    clean = [None if cell == ERROR_CELL else cell for cell in cells] if problems else cells
    return read_column(column.item, clean, problems, 0), problems
