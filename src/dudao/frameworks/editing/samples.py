"""Sample answers for one indicator and what each would get: the table below a rule while somebody writes it.

For every limit of a rule the values just below, on and just above it; for questions every answer once. Scored and
explained by `dudao.calc.score`, on a tree that holds nothing but this indicator. Pure: nothing here is stored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from dudao.calc.expr import Formula, Item, Kind, Name, State, compile_formula, decimal_text, items_used, normal_name
from dudao.calc.expr import read_table as read
from dudao.calc.expr.syntax import Compare, Number
from dudao.calc.expr.syntax import Node as Part
from dudao.calc.expr.syntax import children as parts_of
from dudao.calc.rules import Measuring
from dudao.calc.score import InvalidTree, System, explain, score
from dudao.calc.tree import Finding, Node, Role, Source, Tree, answer_items, bound_items, validate

VALUE, CATEGORY = "计分数值", "类别"
MOST = 40
_SOURCE = "sample"
_NUMBERS = ("100", "99", "101")
"""Where nothing says more: equal numbers to begin with, then one a little less and a little more than the others."""


@dataclass(frozen=True, slots=True)
class Question:
    """A column of the table: what is reported or answered. ``options``: what may be chosen, if not typed."""

    name: str
    label: str
    unit: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A row: what it gets («5 分»), why, and what is wrong with a cell."""

    asked: tuple[tuple[Question, str], ...]
    """The questions with what is typed for each."""
    result: str
    lines: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(cell for _, cell in self.asked)


@dataclass(frozen=True, slots=True)
class SampleTable:
    """``note``: why there is nothing to try, or what is left out."""

    questions: tuple[Question, ...] = ()
    samples: tuple[Sample, ...] = ()
    note: str = ""


def lone(tree: Tree, node: Node) -> Tree:
    """A tree with this leaf only: what is wrong elsewhere in a draft is no reason not to try a rule."""
    leaf = replace(node, weight=None, role=Role.NORMAL, sources=(), children=())
    root = Node(code="·", name="·", points=node.points, children=(leaf,))
    return Tree(root=root, items=tree.items, lower=tree.lower, places=tree.places, sources=(Source(_SOURCE, "样例"),))


def findings_of(tree: Tree, node: Node) -> tuple[Finding, ...]:
    """What the check says of this leaf by itself."""
    return tuple(finding for finding in validate(lone(tree, node)) if finding.code == node.code)


def limit_samples(tree: Tree, node: Node) -> SampleTable:
    """The values around every limit, every answer once."""
    found = _ready(tree, node)
    if isinstance(found, SampleTable):
        return found
    formula = getattr(node.rule, "value", "")
    tree, node = _measured(found.tree, node)
    reported, below = _reported(tree, node)
    if below:
        return SampleTable(note="公式要汇总下级单位或学段的数据，样例里没有这些数据，不能列出。")
    columns = {item.name: _values(tree, node, item) for item in [*_asked(tree, node), *reported]}
    rows = _limits(tree, node.rule, columns) if isinstance(node.rule, Measuring) else _one_by_one(columns)
    table = _scored(tree, node, [*_asked(tree, node), *reported], list(rows))
    is_measured = any(item.name == VALUE for item in reported)
    return replace(table, note=f"“{VALUE}”是公式“{formula}”的结果。{table.note}") if is_measured else table


def own_samples(tree: Tree, node: Node, typed: Sequence[Mapping[str, str]]) -> SampleTable:
    """The rule as it will be used, with the values that a person typed (or ordinary ones to begin with)."""
    found = _ready(tree, node)
    if isinstance(found, SampleTable):
        return found
    items, below = _reported(found.tree, node)
    if below:
        return SampleTable(note="公式要汇总下级单位或学段的数据，这里没有这些数据，不能试算。")
    questions = [*_asked(found.tree, node), *items]
    rows = [{item.name: row.get(item.name, "") for item in questions} for row in typed]
    rows = [row for row in rows if any(row.values())]
    if not rows:
        rows = [{item.name: _values(found.tree, node, item)[0] for item in questions}]
    return _scored(found.tree, node, questions, rows)


def _ready(tree: Tree, node: Node) -> System | SampleTable:
    if node.rule is None:
        return SampleTable(
            note="有下级的指标按下级汇总，不用试算。" if node.children else "选了计分方式后，这里会列出样例。"
        )
    try:
        return System(lone(tree, node))
    except InvalidTree:
        return SampleTable(note="改正错误后，这里会列出样例和得分。")


# ---- what is asked ------------------------------------------------------------------------------------------


def _compiled(tree: Tree, node: Node) -> Iterator[Formula]:
    bound = bound_items(node)
    uses = [(use.text, use.wanted) for use in node.uses]
    uses += [(adjust.when, "truth") for adjust in node.adjust if adjust.when]
    for text, wanted in uses:
        yield compile_formula(text, tree.catalogue, bound, wanted)
    if node.applies:
        yield compile_formula(node.applies, tree.catalogue, {}, "truth")


def _reported(tree: Tree, node: Node) -> tuple[list[Item], bool]:
    """The data items that people would report for this indicator; whether it also reads what lies below a unit."""
    used = {key for formula in _compiled(tree, node) for key in items_used(formula)}
    items = [item for name, item in tree.catalogue.items.items() if ("", name) in used and not item.formula]
    return items, any(scope for scope, _ in used)


def _asked(tree: Tree, node: Node) -> list[Item]:
    return answer_items(tree.nodes[node.code])


def _measured(tree: Tree, node: Node) -> tuple[Tree, Node]:
    """The rule on a plain number in place of a calculated one, so that its limits can be met exactly."""
    rule = node.rule
    if not isinstance(rule, Measuring):
        return tree, node
    value = compile_formula(rule.value, tree.catalogue, bound_items(node), "number")
    plain = tree.catalogue.items.get(value.node.name) if isinstance(value.node, Name) else None
    items = [item for item in tree.items if item.name not in {VALUE, CATEGORY}]
    if isinstance(value.node, Name) and (plain is None or not plain.formula):
        measure = rule.value.strip()
    else:
        measure = VALUE
        items.append(Item(VALUE, Kind.NUMBER, value.unit))
    by = ""
    if rule.by:
        by = CATEGORY
        items.append(Item(CATEGORY, Kind.CHOICE, options=tuple(rule.categories())))
    node = replace(tree.nodes[node.code], rule=replace(rule, value=measure, by=by))
    return replace(tree, root=replace(tree.root, children=(node,)), items=tuple(items)), node


# ---- which values -------------------------------------------------------------------------------------------


def _values(tree: Tree, node: Node, item: Item) -> list[str]:
    """The values of one question, the first of which stands while the others are tried."""
    assert node.rule is not None
    tried = node.rule.tries(item, node.code, node.points or Decimal(0))
    if tried:
        return _within(item, tried)
    if item.kind is Kind.CHOICE and item.options:
        return list(item.options)
    if item.kind is Kind.TEXT:
        return ["甲"]
    if item.kind is Kind.TRUTH:
        adjusts = {f"{node.code}·{adjust.reason}" for adjust in node.adjust if not adjust.when}
        return ["否", "是"] if item.name in adjusts else ["是", "否"]
    limits = sorted({limit for formula in _compiled(tree, node) for limit in _compared(formula.node, item)})
    if limits:
        return _typed(_around(limits, item))[::-1]
    return _within(item, map(Decimal, ("50", "49", "51") if item.is_percent else _NUMBERS))


def _within(item: Item, values: Iterable[Decimal]) -> list[str]:
    """Held between the least and the most that the item can be."""
    held = (value if item.least is None else max(value, item.least) for value in values)
    return _typed(value if item.most is None else min(value, item.most) for value in held)


def _typed(values: Iterable[Decimal]) -> list[str]:
    return list(dict.fromkeys(decimal_text(Fraction(value)) for value in values))


def _compared(part: Part, item: Item) -> Iterator[Decimal]:
    """The numbers with which a formula compares an item, as they are typed in a cell."""
    if isinstance(part, Compare):
        for name, number in ((part.left, part.right), (part.right, part.left)):
            if isinstance(name, Name) and name.name == normal_name(item.name) and isinstance(number, Number):
                yield Decimal(decimal_text(number.value * (100 if item.is_percent else 1)))
    for below in parts_of(part):
        yield from _compared(below, item)


def _around(limits: Sequence[Decimal], item: Item | None) -> list[Decimal]:
    """Just below, on and just above every limit, within what the item can be."""
    step = Decimal(1)
    if item is None or item.kind is not Kind.COUNT:
        places = max(
            (-exponent for limit in limits if isinstance(exponent := limit.as_tuple().exponent, int)), default=0
        )
        step = min(Decimal(1), Decimal(1).scaleb(-max(places, 0)))
    found = sorted({value for limit in limits for value in (limit - step, limit, limit + step)})
    least = item.least if item is not None else None
    most = item.most if item is not None else None
    if least is None and all(limit >= 0 for limit in limits):
        least = Decimal(0)
    return [value for value in found if (least is None or value >= least) and (most is None or value <= most)]


def _one_by_one(columns: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """The first values together, then every other value of one question at a time, then the last values together."""
    first = {name: values[0] for name, values in columns.items()}
    yield first
    for name, values in columns.items():
        for value in values[1:]:
            yield {**first, name: value}
    if len(columns) > 1:
        yield {name: values[-1] for name, values in columns.items()}


def _limits(tree: Tree, rule: Measuring, columns: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """For every category the values around its limits (and, on a line, halfway between)."""
    first = {name: values[0] for name, values in columns.items()}
    item = tree.catalogue.items.get(normal_name(rule.value))
    name = item.name if item is not None else next(iter(first))  # «本项»: the question bears the indicator's code
    share = 100 if item is not None and item.is_percent else 1
    for category in rule.categories():
        for value in _tried(rule, category, share, item):
            yield {**first, name: value, **({CATEGORY: category} if rule.by else {})}


def _tried(rule: Measuring, category: str, share: int, item: Item | None) -> list[str]:
    limits, between = (
        [value * share for value in values] for values in (rule.limits(category), rule.between(category))
    )
    return _typed(sorted({*_around(limits, item), *between}))


# ---- what they get ------------------------------------------------------------------------------------------


def _scored(tree: Tree, node: Node, questions: Sequence[Item], rows: Sequence[Mapping[str, str]]) -> SampleTable:
    rows = [dict(cells) for cells in dict.fromkeys(tuple(row.items()) for row in rows)]
    more, rows = len(rows) > MOST, rows[:MOST]
    data, answers = read(tree.catalogue, rows, 0), read(tree.answers, rows, 0)
    wrong: dict[int, list[str]] = {}
    for problem in (*data.problems, *answers.problems):
        wrong.setdefault(problem.row, []).append(f"“{_label(node, problem.column)}”{problem.message}")
    scores = score(System(tree), data.table, {_SOURCE: answers.table})
    columns = tuple(_question(node, item) for item in questions)
    samples = []
    for number, row in enumerate(rows):
        trace = explain(scores, number, node.code)
        result = trace.result if trace.state is not State.KNOWN else trace.result.partition("（满分")[0]
        asked = tuple((question, row[question.name]) for question in columns)
        samples.append(Sample(asked, result, trace.lines, tuple(wrong.get(number, ()))))
    note = f"只列出前 {MOST} 行。" if more else ""
    return SampleTable(columns, tuple(samples), note)


def _label(node: Node, name: str) -> str:
    if name == node.code:
        return "回答"
    return name.removeprefix(f"{node.code}·")


def _question(node: Node, item: Item) -> Question:
    options = ("是", "否") if item.kind is Kind.TRUTH else item.options if item.kind is Kind.CHOICE else ()
    return Question(item.name, _label(node, item.name), item.unit, tuple(options))
