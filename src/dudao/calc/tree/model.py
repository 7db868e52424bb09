"""An indicator system as data: a tree of nodes with points, weights, rules and conditions; grades; vetoes.

Frozen: a changed system is a new one (`Tree.with_node`). Reading and writing it as plain data is in `codec`, finding its
faults in `validate`, comparing two versions in `diff`, computing marks in `dudao.calc.score`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from dudao.calc.expr import Catalogue, FormulaError, Item, Kind, State, names_in, parse
from dudao.calc.rules import ANSWER, Interval, Rule, Use, question


class Role(StrEnum):
    NORMAL = "normal"
    BONUS = "bonus"
    """加分: on top of the full points, at most its own points."""
    PENALTY = "penalty"
    """减分: taken off, at most its own points; its rules compute how much is taken off."""


class Roll(StrEnum):
    SUM = "sum"
    WEIGHTED = "weighted"
    """Full points × Σ weight × (child's mark ÷ child's full points)."""


class Otherwise(StrEnum):
    """What happens to the points of an item that does not apply."""

    EXCLUDE = "exclude"
    """The full points become fewer; grades look at the rate."""
    REDISTRIBUTE = "redistribute"
    """Its siblings share its points in proportion to theirs."""
    FULL = "full"
    """It counts as fully reached (合理缺项按满分计)."""


@dataclass(frozen=True, slots=True)
class Adjust:
    """If ``when`` holds the item's mark is multiplied by ``factor``: 0 (整项不得分), 0.5 (减半). No ``when``: a person says."""

    factor: Decimal
    when: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where marks are rounded (half up) and to how many places; ``None``: not rounded there."""

    mark: int | None = 2
    """Marks of leaves."""
    node: int | None = None
    """Marks of the indicators above them."""
    total: int | None = 2


@dataclass(frozen=True, kw_only=True)
class Node:
    """One indicator. A leaf has a ``rule``, the others have ``children``.

    ``points``: full points (满分); for a bonus or penalty the cap; ``None`` where only levels are judged.
    ``weight``: its share in a weighted parent. ``applies``: a condition; where it does not hold, ``otherwise`` says what
    happens to the points (also where a person answers 不适用). ``sources``: who marks it, the last has the last word;
    none: as its parent. ``cap``: an upper limit of the mark after bonuses.
    """

    code: str
    name: str
    points: Decimal | None = None
    weight: Decimal | None = None
    rule: Rule | None = None
    children: tuple[Node, ...] = ()
    role: Role = Role.NORMAL
    roll: Roll = Roll.SUM
    applies: str = ""
    otherwise: Otherwise | None = None
    adjust: tuple[Adjust, ...] = ()
    sources: tuple[str, ...] = ()
    cap: Decimal | None = None
    text: str = ""
    """Standard and method, in the document's words."""
    evidence: tuple[str, ...] = ()
    """What material the indicator wants."""

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels it can have, best first: its rule's own, or the longest list below it."""
        if self.rule is not None:
            return self.rule.levels
        return max((child.levels for child in self.children if child.role is Role.NORMAL), key=len, default=())

    @property
    def uses(self) -> list[Use]:
        """The formulas of its rule, in the order in which they are written."""
        return [] if self.rule is None else list(self.rule.formulas())

    def walk(self) -> Iterator[Node]:
        """Itself and all below, in the order of the document; no recursion, so depth does not matter."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of marks kept apart: ``counts`` says whether it may become the adopted mark (认定)."""

    key: str
    label: str
    counts: bool = True


DEFAULT_SOURCES: Final = (
    Source("self", "自评", counts=False),
    Source("county", "县评"),
    Source("online", "网评"),
    Source("onsite", "实地评估"),
    Source("review", "复核"),
)


@dataclass(frozen=True, slots=True)
class Grade:
    """Reached if the total is at least ``total.low``, every block at least ``ratio`` of its points, and ``when`` holds.

    ``blocks``: codes; none: all first-level indicators. The upper end of ``total`` only serves the check for gaps: a
    higher total that fails a higher grade's other conditions still has this one.
    """

    name: str
    total: Interval | None = None
    ratio: Decimal | None = None
    blocks: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Grades, best first, for each category of ``by`` (a formula of words; without it the only key is "")."""

    grades: Mapping[str, tuple[Grade, ...]]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决: if ``when`` holds (or a person says so) the grade is at best ``grade`` (none: the last one)."""

    code: str
    name: str
    when: str = ""
    grade: str = ""


@dataclass(frozen=True)
class Tree:
    """A version of an indicator system.

    ``items``: what is reported (and derived) about a subject; ``lower``: about the units below it («下级», «学段»).
    ``unmarked_is_zero``: what nobody has judged, or reported, counts 0 instead of leaving the total open.
    """

    root: Node
    items: tuple[Item, ...] = ()
    lower: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    scale: Scale | None = None
    vetoes: tuple[Veto, ...] = ()
    places: Places = field(default_factory=Places)
    sources: tuple[Source, ...] = DEFAULT_SOURCES
    unmarked_is_zero: bool = False
    about: Mapping[str, Any] = field(default_factory=dict)
    """Document number, date, region, validity, grade of source: kept, not interpreted."""

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """By code, in the order of the document."""
        return {node.code: node for node in self.root.walk()}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        return {child.code: node.code for node in self.root.walk() for child in node.children}

    @cached_property
    def catalogue(self) -> Catalogue:
        """The data items; raises ``ValueError`` for a name used twice."""
        return Catalogue(self.items, {scope: Catalogue(items) for scope, items in self.lower.items()})

    @cached_property
    def answers(self) -> Catalogue:
        """What people answer: an item for each question, named by code («C3», «C3·音乐室»)."""
        items = [item for node in self.root.walk() for item in answer_items(node)]
        items += [Item(veto.code, Kind.TRUTH, absent=State.UNMARKED) for veto in self.vetoes if not veto.when]
        return Catalogue(items)

    def only_adds(self, code: str) -> bool:
        """Whether a node is, or stands in, what only adds (加分): not to have won it is no fault."""
        step: str | None = code
        while step is not None:
            if self.nodes[step].role is Role.BONUS:
                return True
            step = self.parents.get(step)
        return False

    def sources_of(self, code: str) -> tuple[str, ...]:
        """Who marks a node, in the order of the sources."""
        node = self.nodes[code]
        while not node.sources and code in self.parents:
            code = self.parents[code]
            node = self.nodes[code]
        return tuple(source.key for source in self.sources if not node.sources or source.key in node.sources)

    def with_node(self, code: str, **changes: Any) -> Tree:
        """A tree in which one node differs (points, weight, rule, …): for drafts and what-if."""
        if code not in self.nodes:
            raise KeyError(code)
        node = replace(self.nodes[code], **changes)
        while code in self.parents:
            parent = self.nodes[self.parents[code]]
            below = tuple(node if child.code == code else child for child in parent.children)
            code, node = parent.code, replace(parent, children=below)
        return replace(self, root=node)


def answer_items(node: Node) -> list[Item]:
    """The questions that people answer for one node."""
    code, rule = node.code, node.rule
    found = [] if rule is None else rule.questions(code, node.points)
    if all(item.name != code for item in found) and any(_asks(text) for text in _texts(node)):
        found.append(question(code, Kind.NUMBER))
    found += [question(f"{code}·{adjust.reason}", Kind.TRUTH) for adjust in node.adjust if not adjust.when]
    return found if node.otherwise is None else [replace(item, may_not_apply=True) for item in found]


def _texts(node: Node) -> list[str]:
    return [use.text for use in node.uses] + [adjust.when for adjust in node.adjust if adjust.when]


def _asks(text: str) -> bool:
    """Whether a formula reads what a person answered. One that can't be read asks nothing: `validate` reports it."""
    try:
        return any(name.name == ANSWER for name in names_in(parse(text)))
    except FormulaError:
        return False
