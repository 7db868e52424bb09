"""A formula, read, checked and ready to run: `Formula`. Also the formulas of derived items, with their cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dudao.calc.expr.catalogue import Catalogue, Item, unit_text
from dudao.calc.expr.check import Checker, Type
from dudao.calc.expr.errors import Flaw, FormulaError
from dudao.calc.expr.evaluate import Compiler, Context, Run
from dudao.calc.expr.parser import parse
from dudao.calc.expr.syntax import Call, Name, Node, children, names_in, write
from dudao.calc.expr.table import Column, Table

_NOTHING: Final[Mapping[str, Column]] = {}


@dataclass(frozen=True, slots=True)
class Formula:
    """``text`` as typed; ``types`` by identity of the parts of ``node``."""

    text: str
    node: Node
    type: Type
    types: Mapping[int, Type]
    catalogue: Catalogue
    run: Run

    @property
    def standard(self) -> str:
        """The one standard spelling: two formulas are the same exactly if it is."""
        return write(self.node)

    @property
    def unit(self) -> str:
        if self.type.percent:
            return "%"
        return unit_text(self.type.unit) if self.type.unit else ""

    def uses(self, name: str) -> bool:
        """Whether a name stands in the formula itself."""
        return any(found.name == name for found in names_in(self.node))

    def evaluate(self, table: Table, bound: Mapping[str, Column] = _NOTHING) -> Column:
        """The value of every row, exact; what can't be computed carries its `State`."""
        return self.run(Context(table, bound)).spread(table.size)


def compile_formula(
    text: str, catalogue: Catalogue, bound: Mapping[str, Item] | None = None, wanted: str | None = None
) -> Formula:
    """Read a formula and check it against its items; raises `FormulaError` with every flaw.

    ``bound``: items that only this place has («本项»). ``wanted``: the kind it must yield, "number", "truth" or "text".
    """
    node = parse(text)
    bound = bound or {}
    checker = Checker(catalogue, bound, _type_of_derived)
    found = checker.check(node)
    if wanted is not None and found.kind not in (wanted, "wrong"):
        words = Type(wanted).words
        checker.flaws.append(Flaw(f"这里要的是{words}，公式得到的是{found.words}。", 0, len(text)))
    if checker.flaws:
        raise FormulaError(text, tuple(sorted(checker.flaws, key=lambda flaw: (flaw.start, flaw.end))))
    run = Compiler(catalogue, frozenset(bound), checker.types, _run_of_derived).compile(node)
    return Formula(text, node, found, checker.types, catalogue, run)


def derived_formula(catalogue: Catalogue, name: str) -> Formula:
    """The formula of a derived item, read once; raises `FormulaError` if it is wrong."""
    found = _derived(catalogue, name)
    if isinstance(found, FormulaError):
        raise found
    return found


def _derived(catalogue: Catalogue, name: str) -> Formula | FormulaError:
    """A derived item's formula or what is wrong with it, read after those it is derived from: one by one, so that
    chains may be long."""
    path: list[tuple[Catalogue, str]] = []
    stack: list[tuple[Catalogue, str, bool]] = [(catalogue, name, False)]
    while stack:
        owner, item, is_ready = stack.pop()
        if is_ready:
            path.pop()
            if item not in owner.kept:
                owner.kept[item] = _read(owner, item)
            continue
        if item in owner.kept:
            continue
        if (owner, item) in path:
            names = [*(step for _, step in path[path.index((owner, item)) :]), item]
            message = f"派生数据项互相引用，成了圈：{' → '.join(names)}。"
            text = owner.items[item].formula
            owner.kept[item] = FormulaError(text, (Flaw(message, 0, len(text)),))
            continue
        path.append((owner, item))
        stack.append((owner, item, True))
        try:
            node = parse(owner.items[item].formula)
        except FormulaError as error:
            owner.kept[item] = error
        else:
            stack += [(where, what, False) for where, what in _derived_in(node, owner)]
    found = catalogue.kept[name]
    assert isinstance(found, Formula | FormulaError)
    return found


def _read(catalogue: Catalogue, name: str) -> Formula | FormulaError:
    try:
        return compile_formula(catalogue.items[name].formula, catalogue)
    except FormulaError as error:
        return error


def _derived_in(node: Node, catalogue: Catalogue) -> list[tuple[Catalogue, str]]:
    """Derived items that a formula names, each in the catalogue of its level."""
    if isinstance(node, Name):
        item = catalogue.items.get(node.name)
        return [(catalogue, node.name)] if item is not None and item.formula else []
    if isinstance(node, Call) and node.scope is not None:
        below = catalogue.lower.get(node.scope)
        return [] if below is None else [found for part in node.arguments for found in _derived_in(part, below)]
    return [found for part in children(node) for found in _derived_in(part, catalogue)]


def _type_of_derived(catalogue: Catalogue, name: str) -> Type:
    found = derived_formula(catalogue, name).type
    percent = found.percent or catalogue.items[name].is_percent
    return Type(found.kind, found.unit, percent, found.options, found.height + 1)


def _run_of_derived(catalogue: Catalogue, name: str) -> Run:
    formula = derived_formula(catalogue, name)

    def run(context: Context) -> Column:
        if context.seen is None:
            return context.table.derived(name, formula.evaluate)
        return formula.run(Context(context.table, _NOTHING, context.seen))

    return run


def check_catalogue(catalogue: Catalogue) -> list[tuple[str, FormulaError]]:
    """Every derived item whose formula is wrong, with what is wrong; items below included."""
    found: list[tuple[str, FormulaError]] = []
    for name, item in catalogue.items.items():
        if item.formula:
            result = _derived(catalogue, name)
            if isinstance(result, FormulaError):
                found.append((item.name, result))
    for below in catalogue.lower.values():
        found += check_catalogue(below)
    return found


def items_used(formula: Formula) -> set[tuple[str, str]]:
    """Reported and derived items the formula reads, through derived ones too: (scope, name); scope "" is its own level."""
    found: set[tuple[str, str]] = set()
    _collect(formula.node, formula.catalogue, "", found)
    return found


def _collect(node: Node, catalogue: Catalogue, scope: str, found: set[tuple[str, str]]) -> None:
    if isinstance(node, Call) and node.scope is not None:
        for argument in node.arguments:
            _collect(argument, catalogue.lower[node.scope], f"{scope}/{node.scope}".lstrip("/"), found)
        return
    for name in names_in(node) if not children(node) else ():
        if name.name in catalogue.items and (scope, name.name) not in found:
            found.add((scope, name.name))
            if catalogue.items[name.name].formula:
                _collect(derived_formula(catalogue, name.name).node, catalogue, scope, found)
    for child in children(node):
        _collect(child, catalogue, scope, found)
