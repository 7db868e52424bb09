"""What an import would do, row by row, without writing: who is meant, under whom, what changes, what is wrong.

Whole files are judged at once (two rows with one code, rings of parents, names that clash after all the moves), so the answer
is the same in whatever order the rows stand.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from dudao.calc.calendar import chinese_date
from dudao.core.sheets import Problem, Row
from dudao.core.ui.formats import date_cn
from dudao.orgs.importing.licences import licence_change, read_licence
from dudao.orgs.importing.register import Line, Node, Outcome, Register
from dudao.orgs.models import Kind, Unit
from dudao.orgs.sheet import heading
from dudao.orgs.values import (
    CODES,
    FACTS,
    check_name,
    clean_facts,
    clean_phone,
    default_stages,
    kind_for,
    may_stand_under,
    remarks,
)

_CODE = re.compile(r"[A-Z0-9-]{1,20}")
_MATCHED_BY = ("institution_code", "local_code", "region_code")
_DEEPEST = 30


@dataclass(slots=True)
class ImportPlan:
    """The lines with their outcomes. ``problems`` are those of the reading and of the rules, in the order of the rows."""

    root: Unit
    register: Register
    lines: list[Line]
    read_problems: list[Problem] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        found = [*self.read_problems, *(problem for line in self.lines for problem in line.problems)]
        return sorted(found, key=lambda problem: problem.row)

    @property
    def ok(self) -> bool:
        return not self.read_problems and not any(line.problems for line in self.lines)

    def with_outcome(self, outcome: Outcome) -> Iterator[Line]:
        return (line for line in self.lines if line.outcome == outcome)

    def count(self, outcome: Outcome) -> int:
        return sum(1 for _ in self.with_outcome(outcome))


def plan_import(
    root: Unit,
    rows: Sequence[Row],
    *,
    today: date,
    problems: Sequence[Problem] = (),
    progress: Callable[[int, int], None] | None = None,
) -> ImportPlan:
    """Judge the rows against the tree under ``root``. ``problems`` are faults of cells found while reading the file."""
    faulty = {problem.row for problem in problems}
    lines = [Line(row) for row in rows]
    for line in lines:
        _read_name(line, told=line.row.number in faulty)
        line.ended = line.given("status") == "closed"
    register = Register(root, lines)
    plan = ImportPlan(register.root, register, lines, list(problems))
    judge = _Judge(register, today)
    for line in lines:
        if line.ended:
            judge.left_alone(line)
    lines = [line for line in lines if not line.ended]
    for line in lines:
        judge.match_codes(line)
    for line in lines:
        judge.identify(line)
    _refuse_twins(lines)
    for number, line in enumerate(lines):
        judge.values(line)
        if progress is not None and number % 1000 == 0:
            progress(number, len(lines))
    judge.tree(lines)
    _beside(plan)
    return plan


def _beside(plan: ImportPlan) -> None:
    """Put the faults of the reading to the rows they stand in, before those of the rules."""
    by_number = {line.number: line for line in plan.lines}
    loose = []
    for number, found in Problem.by_row(plan.read_problems).items():
        if number in by_number:
            by_number[number].problems[:0] = found
        else:
            loose += found
    plan.read_problems = loose


def _read_name(line: Line, *, told: bool) -> None:
    try:
        line.name = check_name(line.given("name") or "")
    except ValidationError as error:
        # An empty obligatory cell has been told by the reading already.
        if line.given("name") is not None or not told:
            line.wrong("name", error.messages[0])


def _refuse_twins(lines: Iterable[Line]) -> None:
    """Two rows that mean one unit, or that give one code to two."""
    coded: dict[tuple[str, Any], list[Line]] = defaultdict(list)
    meant: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        for code in CODES:
            if value := line.given(code):
                coded[code, value].append(line)
        if line.unit is not None:
            meant[line.unit.pk].append(line)
    for (code, value), twins in coded.items():
        for line in twins if len(twins) > 1 else ():
            line.wrong(code, f"“{value}”在第 {_others(line, twins)} 行也有，同一个代码只能属于一个机构，请核对。")
    for twins in meant.values():
        for line in twins if len(twins) > 1 else ():
            if not line.problems:
                line.wrong("name", f"与第 {_others(line, twins)} 行指的是同一个机构“{line.unit}”，请删去多余的行。")


def _others(line: Line, twins: Iterable[Line]) -> str:
    return "、".join(str(twin.row.number) for twin in twins if twin is not line)


class _Judge:
    """The rules over one row, given everything an import looks things up in."""

    def __init__(self, register: Register, today: date) -> None:
        self.register = register
        self.root = register.root
        self.today = today

    # --- who is meant ----------------------------------------------------------------------------------------------

    def left_alone(self, line: Line) -> None:
        """A row marked as ended, as an export of ended units has them: fine when the unit has ended, refused otherwise."""
        found = [self.register.by_code[code].get(str(line.given(code) or "")) for code in CODES]
        known = [unit for unit in found if unit is not None] or self.register.by_name[line.name]
        if not any(unit.is_closed for unit in known):
            line.wrong("status", "本表写着“已撤销”，但没有这个已撤销的机构；撤销机构请在页面上办理。")

    def match_codes(self, line: Line) -> None:
        for code in _MATCHED_BY:
            value = line.given(code)
            unit = self.register.by_code[code].get(value) if value else None
            if unit is not None and line.unit is None:
                line.unit = unit
        for code in CODES:
            value = line.given(code)
            if not value:
                continue
            if (code, value) in self.register.foreign:
                line.wrong(code, f"“{value}”属于导入范围之外的机构，请核对代码，或换一个导入范围。")
            owner = self.register.by_code[code].get(value)
            if owner is not None and line.unit is not None and owner is not line.unit:
                line.wrong(code, f"“{value}”已属于“{owner.name}”，本行按其他代码是“{line.unit.name}”，请核对。")
            elif owner is not None and line.unit is None and code == "uscc":
                line.unit = owner

    def identify(self, line: Line, depth: int = 0) -> None:
        """Find the line's parent and, unless a code told it, the unit it means by name and parent."""
        if line.identified:
            return
        line.identified = 1
        said = str(line.given("parent") or "").strip()
        if self._is_root(line, said):
            line.unit = self.root
        elif not said:
            line.parent = self._unsaid_parent(line)
        else:
            line.parent = self._said_parent(line, said, depth)
        if line.unit is None and line.parent is not None:
            line.unit = self._namesake(line)
            if line.unit is None:
                self._renamed(line)
        if line.unit is not None and line.parent is None:
            line.parent = line.unit.parent
        line.identified = 2

    def _is_root(self, line: Line, said: str) -> bool:
        upper = self.root.parent
        at_home = (
            not said
            if upper is None
            else said.rsplit("/", maxsplit=1)[-1] in {upper.name, *(getattr(upper, code) for code in CODES)} - {""}
        )
        if line.unit is self.root:
            if said and not at_home:
                line.wrong("parent", f"“{self.root.name}”是本次导入的范围，不能在导入时变更它自己的隶属。")
            return True
        return line.unit is None and line.name == self.root.name and at_home

    def _unsaid_parent(self, line: Line) -> Node | None:
        if line.unit is not None:
            return line.unit.parent
        same = [unit for unit in self.register.by_name[line.name] if not unit.is_closed]
        if any(unit.parent_id == self.root.pk for unit in same):
            return self.root
        if len(same) > 1:
            line.wrong(
                "parent",
                f"名称为“{line.name}”的机构有 {len(same)} 个，请填写上级机构或代码，说明是哪一个：{self._choices(same)}。",
            )
            return None
        if same:
            line.unit = same[0]
            return same[0].parent
        return self.root

    def _said_parent(self, line: Line, said: str, depth: int) -> Node | None:
        if depth > _DEEPEST:
            line.wrong("parent", f"上级一层套一层超过 {_DEEPEST} 层，请检查是否填错了行。")
            return None
        code = said.upper().replace(" ", "")
        if _CODE.fullmatch(code) and (found := self.register.with_code(code)) is not None:
            return found
        parts = [part.strip() for part in re.split(r"[/／>＞\\]", said) if part.strip()]
        found_nodes: dict[int, Node] = {}
        for unit in self.register.by_name.get(parts[-1], ()):
            if not unit.is_closed and self._below(unit, parts[:-1]):
                found_nodes[id(unit)] = unit
        for other in self.register.lines_by_name.get(parts[-1], ()):
            if other is line:
                continue
            self.identify(other, depth + 1)
            node: Node = other.unit or other
            if self._below(node, parts[:-1]):
                found_nodes[id(node)] = node
        exact = [node for node in found_nodes.values() if self.register.trail(node) == "/".join(parts)]
        if len(found_nodes) == 1 or len(exact) == 1:
            return exact[0] if len(exact) == 1 else next(iter(found_nodes.values()))
        if found_nodes:
            line.wrong(
                "parent", f"“{said}”有 {len(found_nodes)} 个，请写明是哪一个：{self._choices(found_nodes.values())}。"
            )
            return None
        closed = next((unit for unit in self.register.by_name.get(parts[-1], ()) if unit.is_closed), None)
        if closed is not None:
            line.wrong("parent", f"“{said}”已于{date_cn(closed.valid_to)}撤销，请换一个上级机构。")
        else:
            line.wrong("parent", f"“{said}”没有找到，请填“{self.root.name}”范围内或本表里的机构名称或代码。")
        return None

    def _choices(self, nodes: Iterable[Node]) -> str:
        trails = sorted(self.register.trail(node) for node in nodes)
        return "、".join(f"“{trail}”" for trail in trails[:3]) + ("等" if len(trails) > 3 else "")

    def _below(self, node: Node, names: Sequence[str]) -> bool:
        """Whether the names occur above the node, in this order from the top down."""
        wanted = list(names)
        for upper in self.register.upwards(node):
            if wanted and upper.name == wanted[-1]:
                wanted.pop()
        return not wanted

    def _namesake(self, line: Line) -> Unit | None:
        """The unit of this name under this parent; an ended one only where no open one stands."""
        if not isinstance(line.parent, Unit):
            return None
        same = [unit for unit in self.register.by_name[line.name] if unit.parent_id == line.parent.pk]
        still_open = [unit for unit in same if not unit.is_closed]
        if len(still_open) > 1:
            line.wrong(
                "name", f"“{line.parent.name}”之下有 {len(still_open)} 个“{line.name}”，请填写代码，说明是哪一个。"
            )
            return None
        return next(iter(still_open or same), None)

    def _renamed(self, line: Line) -> None:
        """An old list brings old names: taken at its word it would open a second unit beside the renamed one."""
        for unit in self.register.by_former.get(line.name, ()):
            if line.parent is unit.parent and not unit.is_closed:
                line.wrong("name", f"是“{unit.name}”的曾用名，请改用现名；确为新设的机构请在页面上新设。")

    # --- what changes ----------------------------------------------------------------------------------------------

    def values(self, line: Line) -> None:
        unit = line.unit
        school_type = str(line.given("school_type") or "")
        line.kind = str(line.given("kind") or (unit.kind if unit else kind_for(school_type)))
        if not line.kind:
            line.wrong("kind", "没有填写，也没有办学类型可以判断，请从下拉列表选择。")
            self._codes_alone(line)
            return
        for code in CODES:
            owner = self.register.by_code[code].get(str(line.given(code) or ""))
            if (
                owner is not None
                and owner is not unit
                and not any(heading(code) == item.column for item in line.problems)
            ):
                line.wrong(code, f"“{line.given(code)}”已属于“{owner.name}”，请核对。")
        present = {name: getattr(unit, name) for name in FACTS} if unit else None
        try:
            line.facts = clean_facts(
                line.kind, {name: line.given(name) for name in FACTS if line.given(name) is not None}, present
            )
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                for message in messages:
                    line.wrong(name, message)
        else:
            line.remarks += remarks({**(present or {}), **line.facts})
        self._days(line)
        self._lists(line, school_type)
        read_licence(line, self.register, self.today)
        self._people(line)
        if unit is not None:
            self._compare(line, unit, present or {})

    @staticmethod
    def _codes_alone(line: Line) -> None:
        """Of a row whose kind is unknown the codes of institutions can be checked all the same."""
        for code in ("institution_code", "uscc"):
            try:
                clean_facts(Kind.SCHOOL, {code: line.given(code) or ""})
            except ValidationError as error:
                line.wrong(code, error.messages[0])

    def _days(self, line: Line) -> None:
        said: date | None = line.given("valid_from")
        if line.unit is not None:
            line.valid_from = line.unit.valid_from
            if said and said != line.unit.valid_from:
                line.wrong(
                    "valid_from",
                    f"已有机构的设立日期是{chinese_date(line.unit.valid_from)}，不能用导入来改，请改回或留空。",
                )
            return
        line.valid_from = said
        if said and said > self.today:
            line.wrong("valid_from", f"{chinese_date(said)}还没有到，请在设立当天或之后导入。")

    def _lists(self, line: Line, school_type: str) -> None:
        stages, aliases = line.given("stages"), line.given("aliases")
        if stages is not None:
            line.stages = list(dict.fromkeys(stages))
        elif line.unit is None:
            line.stages = list(default_stages(school_type, line.kind))
        elif school_type and school_type != line.unit.school_type:
            held = self.register.stages[line.unit.pk]
            if held == set(default_stages(line.unit.school_type, line.unit.kind)):
                line.stages = list(default_stages(school_type, line.kind))
        if stages and line.kind not in {Kind.SCHOOL, Kind.TEACHING_POINT, Kind.KINDERGARTEN}:
            line.wrong("stages", f"{Kind(line.kind).label}没有学段，请留空。")
        if aliases is not None:
            former = self.register.former[line.unit.pk] if line.unit else set()
            line.aliases = [word for word in dict.fromkeys(aliases) if word != line.name and word not in former]
            too_long = next((word for word in line.aliases if len(word) > 120), None)
            if too_long:
                line.wrong("aliases", f"“{too_long[:20]}…”太长，最多 120 个字。")

    def _people(self, line: Line) -> None:
        for leader, prefix in ((True, "leader"), (False, "contact")):
            name = " ".join(str(line.given(f"{prefix}_name") or "").split())
            phone = str(line.given(f"{prefix}_phone") or "")
            if "*" in phone:
                phone = ""
            try:
                phone = clean_phone(phone)
            except ValidationError as error:
                line.wrong(f"{prefix}_phone", error.messages[0])
                continue
            held = self.register.people.get((line.unit.pk, leader)) if line.unit else None
            if phone and not name and held is None:
                line.wrong(f"{prefix}_name", f"填了{heading(f'{prefix}_phone')}，没有填姓名，请补上。")
            elif held is None and name:
                line.people[leader] = (name, phone)
            elif held is not None and ((name and name != held.name) or (phone and phone != held.phone)):
                # Another person's number must not stay with the new name.
                new_name = name or held.name
                line.people[leader] = (new_name, phone or (held.phone if new_name == held.name else ""))

    def _compare(self, line: Line, unit: Unit, present: dict[str, Any]) -> None:
        changes = line.changes
        if line.name and line.name != unit.name:
            changes["name"] = (unit.name, line.name)
        if line.kind != unit.kind:
            changes["kind"] = (Kind(unit.kind).label, Kind(line.kind).label)
        if line.parent is not unit.parent and unit is not self.root:
            changes["parent"] = (str(unit.parent), str(line.parent))
        for name, value in line.facts.items():
            if value != present[name]:
                changes[name] = (present[name], value)
        if line.stages is not None and set(line.stages) != self.register.stages[unit.pk]:
            changes["stages"] = (sorted(self.register.stages[unit.pk]), sorted(line.stages))
        if line.aliases is not None and set(line.aliases) != set(self.register.aliases[unit.pk]):
            changes["aliases"] = (self.register.aliases[unit.pk], line.aliases)
        if line.licence is not None:
            changes["licence"] = licence_change(line, self.register, self.today)
        for leader in line.people:
            # Names and numbers of people stay out of the record of changes.
            changes["leader_name" if leader else "contact_name"] = ("—", "已更新")
        if unit.is_closed and changes:
            line.wrong(
                "name",
                f"“{unit.name}”已于{date_cn(unit.valid_to)}撤销，不能再修改；确为新设的机构请在页面上新设。",
            )

    # --- the tree that would come out ----------------------------------------------------------------------------------

    def tree(self, lines: Sequence[Line]) -> None:
        """No rings, fitting kinds, parents that exist on the day, no two open units of one name under one parent."""
        by_unit = {line.unit.pk: line for line in lines if line.unit is not None}
        kinds = {
            unit.pk: by_unit[unit.pk].kind if unit.pk in by_unit else unit.kind for unit in self.register.units.values()
        }
        below: dict[int, list[Unit]] = defaultdict(list)
        for unit in self.register.units.values():
            if not unit.is_closed:
                below[unit.parent_id or 0].append(unit)
        for line in lines:
            if line.parent is not None and not line.problems:
                self._ring(line, by_unit)
            if line.problems or not line.kind or line.unit is self.root:
                continue
            placed = line.unit is None or {"kind", "parent"} & set(line.changes)
            if placed and line.parent is not None:
                self._placed(line, kinds)
            if "kind" in line.changes and line.unit is not None:
                for child in below[line.unit.pk]:
                    refused = may_stand_under(kinds[child.pk], line.kind)
                    if refused:
                        line.wrong("kind", f"下级“{child.name}”：{refused}")
                        break
        self._names(lines, by_unit)

    def _placed(self, line: Line, kinds: dict[int, str]) -> None:
        parent = line.parent
        if isinstance(parent, Line):
            kind, since = parent.kind, parent.valid_from
        else:
            assert parent is not None
            kind, since = kinds.get(parent.pk, parent.kind), parent.valid_from
            if parent.is_closed:
                line.wrong("parent", f"“{parent.name}”已于{date_cn(parent.valid_to)}撤销，请换一个上级机构。")
                return
        if not kind:
            return
        refused = may_stand_under(line.kind, kind)
        if refused:
            line.wrong("kind" if line.parent is self.root else "parent", refused)
        day = line.valid_from if line.unit is None else self.today
        if day and since and day < since:
            line.wrong("valid_from", f"上级“{parent}”在{chinese_date(since)}才设立，设立日期不能早于那一天。")

    def _ring(self, line: Line, by_unit: dict[int, Line]) -> None:
        seen: set[int] = set()
        node: Node | None = line.unit or line
        while node is not None:
            if id(node) in seen:
                line.wrong("parent", "上级互相循环：沿着上级往上找又回到了本机构，请核对这几行的上级。")
                return
            seen.add(id(node))
            own = node if isinstance(node, Line) else by_unit.get(node.pk)
            upper = own.parent if own is not None else node.parent
            node = (upper.unit or upper) if isinstance(upper, Line) else upper
            if node is self.root:
                return

    def _names(self, lines: Sequence[Line], by_unit: dict[int, Line]) -> None:
        """The open children of every parent after the import, by name."""
        held: dict[tuple[int, str], list[Line | None]] = defaultdict(list)
        for unit in self.register.units.values():
            if unit.is_closed or unit.pk in by_unit or unit.parent is None:
                continue
            held[id(unit.parent), unit.name].append(None)
        for line in lines:
            if line.parent is None or not line.name or (line.unit is not None and line.unit.is_closed):
                continue
            parent = (line.parent.unit or line.parent) if isinstance(line.parent, Line) else line.parent
            held[id(parent), line.name].append(line)
        for (_, name), owners in held.items():
            if len(owners) < 2:
                continue
            for line in filter(None, owners):
                touched = line.unit is None or {"name", "parent"} & set(line.changes)
                if not touched or line.problems:
                    continue
                others = "、".join(str(other.row.number) for other in owners if other is not None and other is not line)
                where = f"第 {others} 行" if others else "已有机构"
                line.wrong(
                    "name",
                    f"与{where}同名同上级（“{line.parent}”之下的“{name}”），请核对，确为两个机构时请用全称区分。",
                )
