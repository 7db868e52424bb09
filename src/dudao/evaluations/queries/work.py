"""The work page of a self-evaluation: the tree with what is done, and one indicator with everything about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dudao.calc.expr import Item, Kind
from dudao.calc.rules import Deduct, Pick, rule_words, shown
from dudao.calc.score import Scores, SubjectColumn, explain, subjects_of
from dudao.calc.tree import Node, Tree, adjust_words, otherwise_words
from dudao.core.access import Actor, Denied
from dudao.evaluations.models import Answer, Figure, Part, Remark, Subject
from dudao.evaluations.queries.answering import (
    ANSWER,
    SELF,
    Leaf,
    Window,
    answers_of,
    asked_figures,
    blocks_filled,
    cells_of,
    earlier,
    evidence_of,
    figures_of,
    leaves_of,
    remarks_of,
    why_not_check,
)
from dudao.evaluations.queries.figures import Known, known_of, outdated
from dudao.evaluations.queries.parts import Desk, desk_on
from dudao.evaluations.queries.systems import system_of
from dudao.evidence.queries.links import attached_at

NOT_APPLICABLE = "不适用"


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a form asks it. ``kind``: choice (one of ``options``), number or text; ``value``: as typed."""

    name: str
    label: str
    kind: str
    value: str
    options: Sequence[str] = ()
    hint: str = ""
    unit: str = ""
    needed: bool = True
    quick: Sequence[str] = ()
    """Words that stand for a number («好»), to be filled in by a touch."""

    @property
    def field(self) -> str:
        return f"c:{self.name}"

    @property
    def shown(self) -> str:
        return self.value or "—"


def label_of(column: SubjectColumn) -> str:
    """«一般公共预算教育支出_万元» → «一般公共预算教育支出»."""
    return column.asked.removesuffix(f"_{column.item.unit}") if column.item.unit else column.asked


@dataclass(frozen=True, slots=True)
class Row:
    """A data item: what is given, from where, what its source says now if that differs."""

    column: SubjectColumn
    figure: Figure | None
    known: Known | None = None
    is_outdated: bool = False
    writes: bool = True
    part: Part | None = None
    """The department that gives it."""

    @property
    def label(self) -> str:
        """Its name without the unit, which stands beside the number."""
        return label_of(self.column)

    @property
    def value(self) -> str:
        return "" if self.figure is None or self.figure.cell is None else str(self.figure.cell)

    @property
    def shown(self) -> str:
        return f"{self.value}{self.column.item.unit}" if self.value else "—"

    @property
    def taken(self) -> str:
        return "" if self.figure is None else self.figure.taken

    @property
    def taken_url(self) -> str:
        return "" if self.figure is None else self.figure.taken_url

    @property
    def note(self) -> str:
        return "" if self.figure is None else self.figure.note

    @property
    def revision(self) -> int:
        return 0 if self.figure is None else self.figure.revision

    @property
    def is_open(self) -> bool:
        """Filled in by the platform, and nobody has looked at it yet."""
        return self.figure is not None and bool(self.figure.taken) and self.figure.revision == 0

    @property
    def options(self) -> Sequence[str]:
        return ("是", "否") if self.column.item.kind is Kind.TRUTH else self.column.item.options


@dataclass(frozen=True, slots=True)
class Last:
    """What the unit said to the same indicator the last time."""

    subject: Subject
    text: str
    answers: Sequence[tuple[str, str]]
    files: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator in the tree. ``state``: done, open, data (computed from figures), free (nothing has to be answered), out
    (doesn't apply to this unit)."""

    leaf: Leaf
    state: str
    files: int
    remarks: int
    above: str = ""
    """The names between the first level and this one, where they change."""

    @property
    def code(self) -> str:
        return self.leaf.node.code


@dataclass(slots=True)
class Branch:
    node: Node
    filled: int
    expected: int
    lines: list[Line] = field(default_factory=list)
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Focus:
    """The indicator in the middle of the page."""

    leaf: Leaf
    answer: Answer | None
    path: Sequence[Node]
    rule: str
    notes: Sequence[str]
    questions: Sequence[Question]
    rows: Sequence[Row]
    remarks: Sequence[Remark]
    last: Last | None
    before: str
    after: str
    number: int
    total: int

    @property
    def code(self) -> str:
        return self.leaf.node.code

    @property
    def revision(self) -> int:
        return 0 if self.answer is None else self.answer.revision

    @property
    def text(self) -> str:
        return "" if self.answer is None else self.answer.text

    @property
    def points(self) -> str:
        return shown(self.leaf.node.points)


@dataclass(frozen=True, slots=True)
class Work:
    """Everything of the page. ``denied``: why this person can't write now; ``checks``: whether they are who checks."""

    subject: Subject
    window: Window | None
    branches: Sequence[Branch]
    focus: Focus | None
    denied: Denied | None
    checks: bool
    filled: int
    expected: int
    whole: Sequence[Remark]
    """Remarks about the whole."""
    holders: Mapping[str, Part] = field(default_factory=dict)
    """The departments' parts, by code."""


def work_of(
    actor: Actor, subject: Subject, at: str = "", today: date | None = None, *, desk: Desk | None = None
) -> Work:
    """``at``: the code in focus; an unknown one is the first that waits for an answer. A ``desk`` narrows what is shown."""
    system = system_of(subject.campaign)
    desk = desk or desk_on(actor, subject, today)
    window, codes = desk.window, desk.codes
    leaves = leaves_of(system, codes)
    answers, figures = answers_of(subject), figures_of(subject)
    checks = why_not_check(subject, actor) is None
    remarks = remarks_of(subject, inside=checks)
    files = {code: len(links) for code, links in evidence_of(subject).items()}
    given = _Given(answers, figures, files, remarks)
    blocks = blocks_filled(system, codes, {code: row.cells for code, row in answers.items()}, cells_of(figures))
    given.out.update(*(block.out for block in blocks))
    lines = _lines(system.tree, leaves, given)
    if at not in leaves:
        waiting = (
            line.code for line in lines if (line.remarks or line.state == "open") and desk.why_not(line.code) is None
        )
        at = next(waiting, next(iter(leaves), ""))
    branches = []
    for block in blocks:
        own = [line for line in lines if line.leaf.block == block.node.code]
        is_here = any(line.code == at for line in own)
        branches.append(Branch(block.node, block.filled, block.expected, own, is_here))
    return Work(
        subject=subject,
        window=window,
        branches=branches,
        focus=_focus(subject, leaves, at, given) if at else None,
        denied=desk.why_not(at) if at else desk.why_nothing(),
        checks=checks,
        filled=sum(branch.filled for branch in branches),
        expected=sum(branch.expected for branch in branches),
        whole=[remark for remark in remarks if remark.code not in leaves] if desk.whole else [],
        holders={code: part for part in desk.parts for code in part.codes} if desk.whole else {},
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """What there is of a subject."""

    answers: Mapping[str, Answer]
    figures: Mapping[str, Figure]
    files: Mapping[str, int]
    remarks: Sequence[Remark]
    out: set[str] = field(default_factory=set)


def _lines(tree: Tree, leaves: Mapping[str, Leaf], given: _Given) -> list[Line]:
    waiting: dict[str, int] = {}
    for remark in given.remarks:
        if remark.state == Remark.State.OPEN:
            waiting[remark.code] = waiting.get(remark.code, 0) + 1
    found, last = [], ""
    for code, leaf in leaves.items():
        answer = given.answers.get(code)
        if code in given.out:
            state = "out"
        elif leaf.needed:
            state = "done" if leaf.is_filled(answer.cells if answer is not None else {}) else "open"
        elif leaf.items:
            rows = [given.figures.get(name) for name in leaf.items]
            state = "done" if all(row is not None and row.cell not in (None, "") for row in rows) else "data"
        else:
            state = "done" if answer is not None and (answer.cells or answer.text) else "free"
        parent = tree.parents.get(code, "")
        above = f"{parent} {tree.nodes[parent].name}" if parent not in ("", leaf.block) else ""
        found.append(Line(leaf, state, given.files.get(code, 0), waiting.get(code, 0), above if above != last else ""))
        last = above
    return found


def _focus(subject: Subject, leaves: Mapping[str, Leaf], at: str, given: _Given) -> Focus:
    system = system_of(subject.campaign)
    leaf, answer = leaves[at], given.answers.get(at)
    node, order = leaf.node, list(leaves)
    place = order.index(at)
    path: list[Node] = []
    code = at
    while code in system.tree.parents:
        code = system.tree.parents[code]
        if code != system.tree.root.code:
            path.insert(0, system.tree.nodes[code])
    notes = [adjust_words(adjust) for adjust in node.adjust]
    if node.applies:
        notes.append(f"适用条件：{node.applies}")
    if at in given.out:
        notes.append("按已填数据，这一项不适用于本单位，不用填，也不计入应答项数。")
    if node.otherwise is not None:
        notes.append(otherwise_words(node.otherwise))
    columns = {column.name: column for column in asked_figures(system)}
    return Focus(
        leaf=leaf,
        answer=answer,
        path=path,
        rule=rule_words(node.rule),
        notes=notes,
        questions=questions_of(leaf, answer.cells if answer is not None else {}),
        rows=[Row(columns[name], given.figures.get(name)) for name in leaf.items if name in columns],
        remarks=[remark for remark in given.remarks if remark.code == at],
        last=_last(subject, leaf),
        before=order[place - 1] if place else "",
        after=order[place + 1] if place + 1 < len(order) else "",
        number=place + 1,
        total=len(order),
    )


_WORDS = {Kind.TRUTH: "是否符合", Kind.CHOICE: "自评等级", Kind.COUNT: "数量", Kind.NUMBER: "自评得分"}


def said_of(leaf: Leaf | None, cells: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, answer with its unit) of what was said at an indicator; a choice among levels needs no question."""
    if leaf is None:
        return [(name, str(cell)) for name, cell in cells.items()]
    found = []
    for one in questions_of(leaf, cells):
        if one.value:
            lone = len(leaf.columns) == 1 and one.kind == "choice"
            found.append(
                ("" if lone else one.label, f"{one.value} {one.unit}".strip() if one.kind == "number" else one.value)
            )
    return found


def questions_of(leaf: Leaf, cells: Mapping[str, Any]) -> list[Question]:
    """The questions of an indicator with what is answered."""
    found = []
    for column in leaf.columns:
        item = column.item
        part = column.name.partition("·")[2]
        hint = ""
        options: tuple[str, ...] = ()
        kind = "number"
        if item.kind is Kind.TRUTH:
            kind, options = "choice", ("是", "否")
        elif item.kind is Kind.CHOICE:
            kind, options = "choice", item.options
        elif item.kind.is_number:
            hint = _bounds(column)
        else:
            kind = "text"
        if item.may_not_apply:
            options = (*options, NOT_APPLICABLE)
        found.append(
            Question(
                name=column.name,
                label=part or _label(leaf, item),
                kind=kind,
                value=str(cells.get(column.name, "")),
                options=options,
                hint=hint,
                unit=_unit(leaf, item),
                needed=column.name in leaf.needed,
                quick=tuple(item.aliases),
            )
        )
    return found


def _label(leaf: Leaf, item: Item) -> str:
    """What a question without a name of its own asks."""
    match leaf.node.rule:
        case Deduct(deductions):
            return next((one.label for one in deductions if one.label and not one.count), "扣分项数")
        case Pick(factor=True):
            return "自评得分率"
    return _WORDS.get(item.kind, "自评")


def _unit(leaf: Leaf, item: Item) -> str:
    if item.unit or item.kind is Kind.COUNT:
        return item.unit or "项"
    is_share = isinstance(leaf.node.rule, Pick) and leaf.node.rule.factor
    return "分" if item.most is not None and not is_share else ""


def _bounds(column: SubjectColumn) -> str:
    item = column.item
    words = []
    if item.least is not None and item.most is not None:
        words.append(f"{item.least.normalize():f}～{item.most.normalize():f}")
    elif item.kind is Kind.COUNT:
        words.append("填 0 或正整数，没有就填 0")
    return "，".join(words)


def _last(subject: Subject, leaf: Leaf) -> Last | None:
    before = earlier(subject)
    if before is None:
        return None
    row = Answer.objects.filter(subject=before, code=leaf.node.code).first()
    files = list(attached_at(ANSWER.key(before.pk, leaf.node.code)))
    if row is None and not files:
        return None
    cells = row.cells if row is not None else {}
    labels = {question.name: question.label for question in questions_of(leaf, {})}
    return Last(
        before,
        row.text if row is not None else "",
        [(labels.get(name, name), str(cell)) for name, cell in cells.items()],
        files,
    )


# ---- score ------------------------------------------------------------------------------------------------------


def own_score(subject: Subject) -> Scores:
    """What the unit's own answers and figures come to, without anybody else's marks: two queries."""
    cells: dict[str, Any] = cells_of(figures_of(subject))
    for row in answers_of(subject).values():
        cells |= {f"{question}@{SELF}": cell for question, cell in row.cells.items()}
    return subjects_of(system_of(subject.campaign), [(subject.label, cells)]).scores()


def trace_of(subject: Subject, code: str) -> str:
    """How the own score of one indicator comes about, as HTML."""
    trace = explain(own_score(subject), 0, code, SELF)
    return trace.html(open_levels=2 if trace.children else 1)


# ---- figures ----------------------------------------------------------------------------------------------------


def figure_rows(desk: Desk) -> list[Row]:
    """The data items that somebody reads, with where they come from and what the statistics say today."""
    subject = desk.subject
    columns = asked_figures(system_of(subject.campaign), desk.codes)
    figures = figures_of(subject)
    known = known_of(subject.campaign, [subject.unit_id]).get(subject.unit_id, {}) if columns else {}
    old = outdated(list(figures.values()), known, {column.name: column.item for column in columns})
    return [
        Row(
            column,
            figures.get(column.name),
            known.get(column.name),
            column.name in old,
            desk.why_not_figure(column.name) is None,
            desk.part_of_figure(column.name),
        )
        for column in columns
    ]
