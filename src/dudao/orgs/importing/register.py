"""What an import looks things up in: the units under its root, loaded with a handful of queries, and the file's rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from dudao.core.sheets import Problem, Row
from dudao.orgs.models import Contact, Licence, Stage, Unit, UnitName, UnitSpan
from dudao.orgs.sheet import heading
from dudao.orgs.values import CODES


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ERROR = "error"

    @property
    def label(self) -> str:
        return {"new": "新增", "changed": "更新", "same": "无变化", "error": "有错误"}[self.value]


@dataclass(slots=True, eq=False)
class Line:
    """A row on its way into the tree. ``unit`` is what it updates, ``None`` when it opens a new one."""

    row: Row
    name: str = ""
    unit: Unit | None = None
    parent: "Node | None" = None
    kind: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    stages: list[str] | None = None
    aliases: list[str] | None = None
    people: dict[bool, tuple[str, str]] = field(default_factory=dict)
    """(name, phone) of the leader (True) and the contact (False); an empty phone is taken out."""
    licence: dict[str, Any] | None = None
    """What is registered of a kindergarten's licence, if it isn't what stands there."""
    valid_from: date | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    ended: bool = False
    """The file says that the unit has ended: the row is left alone."""
    identified: int = 0
    """0 not yet, 1 being looked up, 2 done."""

    def given(self, key: str) -> Any:
        """The cell's value; ``None`` when it is empty or the file has no such column."""
        return self.row.values.get(key)

    def wrong(self, key: str, text: str) -> None:
        name = heading(key)
        said = f"“{name}”{text.removeprefix(name)}" if text.startswith(name) else f"“{name}”：{text}"
        self.problems.append(Problem(self.row.number, name, said))

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def outcome(self) -> Outcome:
        if self.problems:
            return Outcome.ERROR
        if self.ended:
            return Outcome.SAME
        if self.unit is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.SAME

    def __str__(self) -> str:
        return self.name


Node: TypeAlias = Unit | Line


class Register:
    """The units under a root by name and code, with their stages, names and contacts; and the lines of the file."""

    def __init__(self, root: Unit, lines: Sequence[Line]) -> None:
        above = [int(key) for key in root.path.split(".")[:-2]]
        self.above: dict[int, Unit] = {unit.pk: unit for unit in Unit.objects.filter(pk__in=above)}
        # Children share one instance of their parent, so that nothing is asked for row by row.
        self.units: dict[int, Unit] = {}
        for unit in Unit.objects.filter(path__startswith=root.path).order_by("depth", "id"):
            upper = self.units.get(unit.parent_id or 0) or self.above.get(unit.parent_id or 0)
            if upper is not None:
                unit.parent = upper
            self.units[unit.pk] = unit
        self.root = self.units[root.pk]
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        self.by_code: dict[str, dict[str, Unit]] = {code: {} for code in CODES}
        for unit in self.units.values():
            self.by_name[unit.name].append(unit)
            for code in CODES:
                if value := getattr(unit, code):
                    self.by_code[code][value] = unit
        inside = {"unit__path__startswith": root.path}
        self.stages: dict[int, set[str]] = defaultdict(set)
        for key, level in Stage.objects.filter(**inside).values_list("unit_id", "level"):
            self.stages[key].add(level)
        self.aliases: dict[int, list[str]] = defaultdict(list)
        self.former: dict[int, set[str]] = defaultdict(set)
        self.by_former: dict[str, list[Unit]] = defaultdict(list)
        for key, name, sort in UnitName.objects.filter(**inside).order_by("id").values_list("unit_id", "name", "sort"):
            if sort == UnitName.Sort.ALIAS:
                self.aliases[key].append(name)
            else:
                self.former[key].add(name)
                self.by_former[name].append(self.units[key])
        self.people: dict[tuple[int, bool], Contact] = {}
        for contact in Contact.objects.filter(**inside).order_by("-sort_no", "-id"):
            self.people[contact.unit_id, contact.leader] = contact
        self.licences: dict[int, Licence] = {
            row.unit_id: row for row in Licence.objects.filter(valid_to__isnull=True, **inside)
        }
        spans = UnitSpan.objects.filter(valid_to__isnull=True, **inside)
        self.since: dict[int, date] = dict(spans.values_list("unit_id", "valid_from"))
        self.lines_by_name: dict[str, list[Line]] = defaultdict(list)
        self.lines_by_code: dict[str, Line] = {}
        for line in lines:
            if line.ended:
                continue
            self.lines_by_name[line.name].append(line)
            for code in CODES:
                if value := line.given(code):
                    self.lines_by_code.setdefault(str(value), line)
        self.foreign = self._foreign_codes(lines)

    def _foreign_codes(self, lines: Iterable[Line]) -> dict[tuple[str, str], bool]:
        """The codes of the file that units outside the root have."""
        outside = Unit.objects.exclude(path__startswith=self.root.path)
        if not outside.exclude(pk__in=self.above).exists():
            outside = outside.filter(pk__in=self.above)
        found: dict[tuple[str, str], bool] = {}
        for code in CODES:
            wanted = {str(line.given(code)) for line in lines if line.given(code)}
            for value in outside.filter(**{f"{code}__in": wanted}).values_list(code, flat=True) if wanted else ():
                found[code, value] = True
        return found

    def with_code(self, text: str) -> Node | None:
        """The unit or line that one of the four codes belongs to."""
        for code in CODES:
            if text in self.by_code[code]:
                return self.by_code[code][text]
        line = self.lines_by_code.get(text)
        return None if line is None else line.unit or line

    def upwards(self, node: Node) -> Iterator[Node]:
        """The nodes above one as the tree stands now (a line's: as the file says), nearest first."""
        seen: set[int] = set()
        upper = node.parent
        while upper is not None and id(upper) not in seen:
            seen.add(id(upper))
            if isinstance(upper, Line) and upper.unit is not None:
                upper = upper.unit
            yield upper
            upper = upper.parent

    def trail(self, node: Node) -> str:
        """«平江县/三阳乡/中心小学»: how a cell can name this one and no other."""
        names = [node.name]
        for upper in self.upwards(node):
            if upper is self.root or (isinstance(upper, Unit) and upper.pk in self.above):
                break
            names.append(upper.name)
        return "/".join(reversed(names))
