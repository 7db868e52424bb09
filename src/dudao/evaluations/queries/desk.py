"""What somebody who marks a subject has before them: indicator, rule, the unit's own answer and figures, the mark, what it lacks.

The same desk serves the review at a screen and the visit on a phone. Everything is computed from one table of one row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dudao.calc.expr import Kind, State, read_cell, show_number
from dudao.calc.rules import Judged, Pick, rule_words
from dudao.calc.score import Scores, SubjectColumn, System, columns_of, explain, not_applying, subjects_of
from dudao.calc.tree import Node, Role
from dudao.evaluations.models import Answer, Figure, Mark, Subject
from dudao.evaluations.queries.scoring import SELF
from dudao.evaluations.queries.systems import Ask, asks, rules_of, system_of

_SHARES = (Decimal(1), Decimal("0.8"), Decimal("0.6"), Decimal("0.4"), Decimal(0))
"""Of the full points, what the number keys offer where the rule names no bands."""


@dataclass(frozen=True, slots=True)
class Quick:
    """A value that one key or one touch gives. ``key``: 1 to 9."""

    key: int
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Input:
    """One question of an indicator as a form asks it. ``name``: of the field; ``is_choice``: one of ``quick``, else a number."""

    name: str
    column: SubjectColumn
    is_choice: bool
    quick: Sequence[Quick]
    given: str
    own: str
    most: str


@dataclass(slots=True)
class Item:
    """An indicator on the desk. ``lacks``: what keeps its mark from being whole, in words; empty when it is, also where its points
    wait for data of the unit (``state``): who marks has done their part. One that doesn't ``apply`` to the subject, as far as its
    figures say, lacks nothing and counts nowhere."""

    ask: Ask
    applies: bool = True
    text: str = ""
    saved_at: datetime | None = None
    own_cells: Mapping[str, Any] = field(default_factory=dict)
    own: str = ""
    own_mark: Fraction | None = None
    mark: Mark | None = None
    result: str = ""
    given: Fraction | None = None
    possible: Fraction | None = None
    level: str | None = None
    state: State = State.UNMARKED
    lacks: str = ""
    why_reason: str = ""
    changed: bool = False
    only_adds: bool = False

    @property
    def node(self) -> Node:
        return self.ask.node

    @property
    def code(self) -> str:
        return self.ask.node.code

    @property
    def is_started(self) -> bool:
        return self.mark is not None and any(self.mark.cells.values())

    @property
    def is_done(self) -> bool:
        return self.applies and self.is_started and not self.lacks

    @property
    def is_open(self) -> bool:
        """Whether it waits for a mark, or for the rest of one."""
        return self.applies and not self.is_done

    @property
    def is_out_of_range(self) -> bool:
        """Whether the rule has no place for what was given."""
        return self.is_started and self.state is State.NO_BAND

    @property
    def is_low(self) -> bool:
        """Whether points (or the best level) were lost: where a finding may be made."""
        if not self.is_done or self.only_adds:
            return False
        if self.node.role is Role.PENALTY:
            return bool(self.given)
        if self.given is not None and self.possible is not None:
            return self.given < self.possible
        return self.level is not None and bool(self.node.levels) and self.level != self.node.levels[0]

    @property
    def rule(self) -> str:
        return rule_words(self.node.rule)

    @property
    def points(self) -> str:
        return "" if self.node.points is None else show_number(Fraction(self.node.points))

    def inputs(self) -> list[Input]:
        cells = {} if self.mark is None else self.mark.cells
        return [
            _input(self.node, place, column, cells, self.own_cells) for place, column in enumerate(self.ask.columns)
        ]


@dataclass(slots=True)
class Desk:
    """All indicators that a source marks of a subject, in the order of the document."""

    subject: Subject
    source: str
    items: Sequence[Item]
    scores: Scores | None
    figures: Mapping[str, Figure]

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)

    @property
    def expected(self) -> int:
        """How many there are to mark: those that apply to the subject."""
        return sum(item.applies for item in self.items)

    def trace(self, code: str, sheet: str) -> str:
        """How a mark came about, as HTML; empty without a table that can be scored."""
        return "" if self.scores is None else explain(self.scores, 0, code, sheet).html()

    def figures_of(self, code: str) -> list[tuple[SubjectColumn, Figure | None]]:
        """The data that the rule of an indicator reads."""
        system = system_of(self.subject.campaign)
        names = {name for name, codes in system.reading.items() if code in codes}
        return [
            (column, self.figures.get(column.name))
            for column in columns_of(system)
            if not column.source and column.name in names
        ]


def _input(node: Node, place: int, column: SubjectColumn, cells: Mapping[str, Any], own: Mapping[str, Any]) -> Input:
    item = column.item
    most = show_number(Fraction(item.most)) if item.most is not None else ""
    words = _words(node, column)
    return Input(
        name=f"cell-{place}",
        column=column,
        is_choice=not item.kind.is_number,
        quick=[Quick(key, value, label) for key, (value, label) in enumerate(words, 1)],
        given=_plain(cells.get(column.name)),
        own=_plain(own.get(column.name)),
        most=most,
    )


def _plain(cell: object) -> str:
    """A cell as it is typed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(cell)


def _words(node: Node, column: SubjectColumn) -> list[tuple[str, str]]:
    """(value, label) of what can be given with one key."""
    item = column.item
    spare = [("不适用", "不适用")] if item.may_not_apply else []
    if item.kind is Kind.TRUTH:
        return [("是", "是"), ("否", "否"), *spare]
    if item.options:
        return [*((option, option) for option in item.options), *spare][:9]
    if item.kind is Kind.COUNT:
        return [(str(number), str(number)) for number in range(5)] + spare
    if isinstance(node.rule, Pick) and len(node.rule.bands) > 1:
        found = []
        for band in node.rule.bands:
            ends = band.within
            value = ends.low if ends.high is None or (ends.high_open and not ends.low_open) else ends.high
            if value is not None:
                words = show_number(Fraction(value))
                found.append((words, f"{band.label} {words}" if band.label else words))
        return [*found, *spare][:9]
    if item.most is None:
        return spare
    step = node.rule.step if isinstance(node.rule, Judged) else None
    values = dict.fromkeys(_near(item.most * share, step or Decimal("0.5")) for share in _SHARES)
    return [*((show_number(Fraction(value)), show_number(Fraction(value))) for value in values), *spare]


def _near(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value() * step


def faults_of(ask: Ask, cells: Mapping[str, object]) -> list[str]:
    """What is wrong with cells as typed, in sentences: unknown questions, marks out of range, steps that there are not."""
    columns = {column.name: column for column in ask.columns}
    faults = [f"“{ask.node.code} {ask.node.name}”没有“{name}”这一问。" for name in cells if name not in columns]
    for name, cell in cells.items():
        column = columns.get(name)
        if column is None:
            continue
        try:
            value = read_cell(column.item, cell)
        except ValueError as error:
            faults.append(f"“{column.asked}”{error}。")
            continue
        step = ask.node.rule.step if isinstance(ask.node.rule, Judged) else None
        if step and isinstance(value, Decimal) and value % step:
            faults.append(f"“{column.asked}”是 {value:f}，请以 {step:f} 分为一档评分。")
    return faults


def desk_of(
    subject: Subject, source: str, marks: Iterable[Mark], *, codes: Sequence[str] = (), since: datetime | None = None
) -> Desk:
    """The desk of one who marks. ``marks``: theirs; ``since``: what the unit saved later than that (and than the mark) is changed.

    Two queries: answers and figures.
    """
    campaign = subject.campaign
    system = system_of(campaign)
    wanted = asks(system, source, codes)
    given = {mark.code: mark for mark in marks}
    figures = {figure.name: figure for figure in Figure.objects.filter(subject=subject)}
    answers = {answer.code: answer for answer in Answer.objects.filter(subject=subject)}
    cells: dict[str, Any] = {name: one.cell for name, one in figures.items() if one.cell not in (None, "")}
    for said in answers.values():
        cells |= {f"{question}@{SELF}": cell for question, cell in said.cells.items()}
    for mark in given.values():
        cells |= {f"{question}@{source}": cell for question, cell in mark.cells.items()}
    scores = subjects_of(system, [(subject.label, cells)]).scores()
    known = scores if scores.size else None
    (out,) = not_applying(system, [{name: one.cell for name, one in figures.items()}])
    read: dict[str, list[str]] = {}
    for name, readers in system.reading.items():
        for code in readers:
            read.setdefault(code, []).append(name)
    items = []
    for ask in wanted:
        answer, found = answers.get(ask.node.code), given.get(ask.node.code)
        item = Item(
            ask,
            mark=found,
            applies=ask.node.code not in out,
            only_adds=system.tree.only_adds(ask.node.code),
        )
        if answer is not None:
            item.text, item.saved_at, item.own_cells = answer.text, answer.saved_at, answer.cells
            after = found.at if found is not None else since
            item.changed = after is not None and answer.saved_at > after and (since is None or answer.saved_at > since)
        if found is not None and any(
            figures[name].saved_at > found.at for name in read.get(item.code, ()) if name in figures
        ):
            item.changed = True
        if known is not None:
            _score(item, known, source)
        item.why_reason = _why_reason(item, rules_of(campaign).reason_at)
        item.lacks = _lacks(item)
        items.append(item)
    return Desk(subject, source, items, known, figures)


def expected_of(
    system: System, source: str, figures: Sequence[Mapping[str, Any]], codes: Sequence[str] = ()
) -> list[int]:
    """How many indicators a source has to mark of each of many subjects. ``figures``: of each its data items by name."""
    asked = {ask.node.code for ask in asks(system, source, codes)}
    return [len(asked - out) for out in not_applying(system, figures)]


def _score(item: Item, scores: Scores, source: str) -> None:
    sources = {one.key for one in scores.tree.sources}
    if SELF in sources and item.own_cells:
        own = scores.sheet(SELF).nodes[item.code].row(0)
        item.own_mark = None if own.mark is None else own.mark.at(0)
        level = None if own.level is None else own.level.at(0)
        item.own = level or ("" if item.own_mark is None else show_number(item.own_mark))
    if not item.applies:
        item.result = "不适用"
    if item.mark is None or not item.applies:
        return
    score = scores.sheet(source).nodes[item.code].row(0)
    column = score.mark if score.mark is not None else score.level
    state = item.state = State.KNOWN if column is None else State(int(column.state[0]))
    item.given = None if score.mark is None else score.mark.at(0)
    item.level = None if score.level is None else score.level.at(0)
    possible = score.possible.at(0)
    item.possible = None if item.node.points is None or possible is None else Fraction(possible)
    if state is State.NOT_APPLICABLE:
        item.result = "不适用"
    elif state is State.KNOWN:
        item.result = item.level or ("" if item.given is None else show_number(item.given))
    elif state is not State.UNMARKED:
        item.result = f"—（{state.words}）"


def _why_reason(item: Item, reason_at: Decimal) -> str:
    """Why a mark wants a reason, in words; empty if it wants none."""
    if not item.applies:
        return ""
    if item.result == "不适用":
        return "不适用的指标要写理由"
    if item.node.role is not Role.NORMAL:
        return f"{'加' if item.node.role is Role.BONUS else '减'}分要写理由" if item.given else ""
    if item.given is not None and item.possible is not None:
        if item.given < item.possible:
            return "没有给满分，要写理由"
        if item.own_mark is not None and abs(item.given - item.own_mark) > Fraction(reason_at) * item.possible:
            return "与自评相差较大，要写理由"
        return ""
    if item.level is not None and item.node.levels and item.level != item.node.levels[0]:
        return "没有给最高一档，要写理由"
    return ""


def _lacks(item: Item) -> str:
    if not item.applies:
        return ""
    if not item.is_started:
        return "未评"
    if not item.result:
        return "没有评完"
    if item.is_out_of_range:
        return "评分不在规则的范围内"
    assert item.mark is not None
    return "缺理由" if item.why_reason and not item.mark.reason.strip() else ""
