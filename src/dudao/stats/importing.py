"""What a file of numbers would do: rows of a table of schools or counties, or one row a workbook of the education statistics.

Nothing is written here: a plan says which numbers of which returns change, and what is wrong in which row.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dudao.core.access import Actor
from dudao.core.imports import Plan
from dudao.core.sheets import Problem, Reading, Row
from dudao.orgs.models import Unit
from dudao.stats.flow import why_not_fill
from dudao.stats.models import Return, Round
from dudao.stats.numbers import number_words, parse_number
from dudao.stats.queries import catalogue
from dudao.stats.queries.returns import county_names, numbers_of, of_counties, of_schools, stages_of, with_units
from dudao.stats.tables import key_of

Key = tuple[int, str]


@dataclass(slots=True)
class Line:
    """One school of the file. ``changes``: cell → (itself, number now, number in the file)."""

    number: int
    name: str
    ret: Return | None = None
    changes: dict[Key, tuple[catalogue.Cell, Decimal | None, Decimal]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        return "error" if self.problems else "changed" if self.changes else "same"


class _Register:
    """The returns of schools (or counties) below a root, by code and name, with numbers and stages: a handful of queries."""

    def __init__(self, asked: Round, root: Unit, *, county: bool = False) -> None:
        rows = Return.objects.filter(round=asked, unit__path__startswith=root.path)
        self.returns = list(with_units(of_counties(rows) if county else of_schools(rows)))
        self.items = catalogue.items_of(asked)
        self._asking = catalogue.asking(self.items)
        self._allowed: dict[int, frozenset[Key]] = {}
        self.word, self.code_word, self.sort, self.one = (
            ("县市区", "行政区划代码", "县市区", "个县市区") if county else ("学校名称", "学校标识码", "学校", "所学校")
        )
        self.stages = stages_of(ret.unit_id for ret in self.returns)
        self.numbers = numbers_of(ret.pk for ret in self.returns)
        self.by_code: dict[str, Return] = {}
        self.by_name: dict[str, list[Return]] = {}
        for ret in self.returns:
            for code in (ret.unit.institution_code, ret.unit.local_code, ret.unit.region_code if county else ""):
                if code:
                    self.by_code[code] = ret
            for name in {ret.unit.name, ret.unit.short_name} - {""}:
                self.by_name.setdefault(_fold(name), []).append(ret)
        counties = county_names()
        self.county = {
            ret.pk: next((name for path, name in counties if ret.unit.path.startswith(path)), "")
            for ret in self.returns
        }

    def allowed(self, ret: Return) -> frozenset[Key]:
        """The cells that a unit is asked for."""
        cells = self._asking(ret.unit.kind, self.stages[ret.unit_id])
        # One tuple a sort of unit, alive as long as this register is: its identity will do.
        if id(cells) not in self._allowed:
            self._allowed[id(cells)] = frozenset(cell.key for cell in cells)
        return self._allowed[id(cells)]

    def found(self, line: Line, name: str, county: str, code: str) -> Return | None:
        """The return of a row; says why when there is none or more than one."""
        if code:
            ret = self.by_code.get(code)
            if ret is None:
                said = f"“{self.code_word}”{code}不在这次报送里，请核对或删去代码按名称找。"
                line.problems.append(Problem(line.number, self.code_word, said))
            elif _fold(name) not in {_fold(ret.unit.name), _fold(ret.unit.short_name)}:
                # A number under another school's name is worse than none.
                said = f"“{self.word}”是“{name}”，而“{self.code_word}”{code}是“{ret.unit.name}”，请核对是哪{self.one}。"
                line.problems.append(Problem(line.number, self.word, said))
                return None
            return ret
        matches = self.by_name.get(_fold(name), [])
        if county and len(matches) > 1:
            matches = [ret for ret in matches if self.county[ret.pk] == county]
        if len(matches) == 1:
            return matches[0]
        why = (
            f"有 {len(matches)} 所同名的学校，请填县区或学校标识码。"
            if matches
            else f"不在这次报送的{self.sort}里，请按机构信息里的全称填写。"
        )
        line.problems.append(Problem(line.number, self.word, f"“{name}”{why}"))
        return None


def _fold(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


def plan_table(actor: Actor, asked: Round, root: Unit, reading: Reading) -> Plan:
    """What the rows of a table of schools would change. An empty cell leaves the number as it is."""
    cells = catalogue.columns_for(catalogue.items_of(asked))
    return _plan_rows(actor, _Register(asked, root), cells, reading)


def plan_counties(actor: Actor, asked: Round, root: Unit, reading: Reading) -> Plan:
    """What the rows of a table of counties would change."""
    cells = catalogue.columns_for(catalogue.items_of(asked), county=True)
    return _plan_rows(actor, _Register(asked, root, county=True), cells, reading)


def _plan_rows(actor: Actor, register: _Register, cells: Sequence[catalogue.Cell], reading: Reading) -> Plan:
    by_key = {key_of(cell): cell for cell in cells}
    lines = [_table_line(actor, register, by_key, row) for row in reading.rows]
    seen: dict[int, Line] = {}
    for line in lines:
        if line.ret is None:
            continue
        other = seen.setdefault(line.ret.pk, line)
        if other is not line:
            # Whose numbers are right nobody can tell: neither row is taken.
            for one, twin in ((line, other), (other, line)):
                said = f"“{register.word}”{one.name}与第 {twin.number} 行是同一{register.one}，请只保留一行。"
                one.problems.append(Problem(one.number, register.word, said))
    known = {line.number: line.problems for line in lines}
    loose: list[Problem] = []
    for problem in reading.problems:
        known.get(problem.row, loose).append(problem)
    problems = sorted([*loose, *(problem for line in lines for problem in line.problems)], key=lambda one: one.row)
    return Plan(lines, problems, list(reading.notes))


def _table_line(actor: Actor, register: _Register, cells: Mapping[str, catalogue.Cell], row: Row) -> Line:
    values = row.values
    line = Line(row.number, str(values.get("name") or ""))
    if not line.name:
        return line
    ret = register.found(line, line.name, str(values.get("county") or ""), str(values.get("code") or ""))
    if ret is None:
        return line
    line.ret = ret
    given = {cell: values[key] for key, cell in cells.items() if values.get(key) is not None}
    _judge(actor, register, line, ret, given)
    return line


def _judge(actor: Actor, register: _Register, line: Line, ret: Return, given: Mapping[catalogue.Cell, Any]) -> None:
    """Which of the given numbers differ, and what is wrong with them."""
    held = register.numbers.get(ret.pk, {})
    allowed = register.allowed(ret)
    for cell, value in given.items():
        key = cell.key
        if key not in allowed and str(value).strip() in {"0", "0.0"}:
            continue
        try:
            number = parse_number(value, cell.item)
        except ValueError as wrong:
            line.problems.append(Problem(line.number, cell.heading, f"“{cell.heading}”{wrong}"))
            continue
        if number is None:
            continue
        if key not in allowed:
            if number and not cell.stage:
                said = f"“{cell.heading}”不用这所学校填，请把这一格清空或改为 0。"
                line.problems.append(Problem(line.number, cell.heading, said))
            elif number:
                word = catalogue.STAGE_WORDS[cell.stage]
                said = f"“{cell.heading}”是 {value}，但机构信息里这所学校没有{word}，请改为 0 或先更正机构信息。"
                line.problems.append(Problem(line.number, cell.heading, said))
            continue
        if held.get(key) != number:
            line.changes[key] = (cell, held.get(key), number)
    if line.changes:
        denied = why_not_fill(ret, actor)
        if denied is not None:
            line.problems.append(Problem(line.number, register.word, f"“{register.word}”{line.name}：{denied.reason}"))


def plan_files(actor: Actor, asked: Round, root: Unit, reading: Reading) -> Plan:
    """What workbooks of schools would change, a row each (``bundles``).

    A school is the one that its file is named after («学校名(办学类型).xlsx»), or the root when that is a school itself.
    """
    register = _Register(asked, root)
    own = next((ret for ret in register.returns if ret.unit_id == root.pk), None)
    cells = [catalogue.Cell(*found) for found in catalogue.sources_in(register.items, asked.year).values()]
    by_key = {key_of(cell): cell for cell in cells}
    unread = Problem.by_row(reading.problems)
    notes = set(reading.notes)
    lines: list[Line] = []
    seen: dict[int, Line] = {}
    for row in reading.rows:
        line = Line(row.number, str(row.values["name"]), problems=list(unread.get(row.number, ())))
        lines.append(line)
        if line.problems:
            continue
        line.ret = own or register.found(line, line.name, "", "")
        if line.ret is None:
            continue
        line.name = own.unit.name if own is not None else line.name
        held = register.stages[line.ret.unit_id]
        given = {cell: row.values[key] for key, cell in by_key.items() if key in row.values}
        known = {cell: value for cell, value in given.items() if not cell.stage or cell.stage in held}
        notes |= {
            f"{line.name}没有{catalogue.STAGE_WORDS[cell.stage]}，“{cell.heading}”没有读取。"
            for cell in given.keys() - known.keys()
        }
        _judge(actor, register, line, line.ret, known)
        other = seen.setdefault(line.ret.pk, line)
        if other is not line:
            said = f"“{row.values['file']}”与第 {other.number} 个文件是同一所学校，请只保留一个。"
            line.problems.append(Problem(line.number, "文件", said))
            said = f"“{other.name}”与第 {line.number} 个文件是同一所学校，请只保留一个。"
            other.problems.append(Problem(other.number, "文件", said))
    return Plan(lines, [problem for line in lines for problem in line.problems], sorted(notes))


def shown(line: Line) -> dict[str, Any]:
    """A line as plain values."""
    return {
        "row": line.number,
        "name": line.name or "—",
        "outcome": line.outcome,
        "changes": [
            f"{cell.label}：{'' if was is None else f'{number_words(was, cell.item)} → '}{number_words(now, cell.item)}"
            for cell, was, now in line.changes.values()
        ],
        "problems": [problem.text for problem in line.problems],
    }
