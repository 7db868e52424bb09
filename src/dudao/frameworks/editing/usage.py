"""Where a data item is used, and giving it another name everywhere. Pure functions of a tree and of plain data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dudao.calc.expr import FormulaError, Name, normal_name, parse
from dudao.calc.expr.syntax import Call, children, write_name
from dudao.calc.expr.syntax import Node as Part
from dudao.calc.tree import Tree


@dataclass(frozen=True, slots=True)
class ItemIndex:
    """A data item of a version: of its own level (``scope`` «»), or of what lies below; its number in that list."""

    scope: str
    number: int


def item_indexes(whole: Mapping[str, Any]) -> list[ItemIndex]:
    """All data items in the order in which pages list them."""
    found = [ItemIndex("", number) for number in range(len(whole.get("items", ())))]
    for scope, items in whole.get("lower", {}).items():
        found += [ItemIndex(scope, number) for number in range(len(items))]
    return found


def uses_of(tree: Tree, scope: str, name: str) -> list[str]:
    """Where a formula names the item: codes of indicators and vetoes, names of data items and grades."""
    wanted = normal_name(name)
    found = []
    for where, text, level in _formulas(tree):
        if any(_names(text, level, scope, wanted)):
            found.append(where)
    return list(dict.fromkeys(found))


def _formulas(tree: Tree) -> Iterator[tuple[str, str, str]]:
    """Every formula: where it stands, its text, the level on which its names are looked up."""
    for node in tree.root.walk():
        for use in node.uses:
            yield node.code, use.text, ""
        if node.applies:
            yield node.code, node.applies, ""
        for adjust in node.adjust:
            if adjust.when:
                yield node.code, adjust.when, ""
    for level, items in {"": tree.items, **tree.lower}.items():
        for item in items:
            if item.formula:
                yield f"数据项“{item.name}”", item.formula, level
    for veto in tree.vetoes:
        if veto.when:
            yield f"否决项 {veto.code}", veto.when, ""
    if tree.scale is not None:
        if tree.scale.by:
            yield "等次的分类", tree.scale.by, ""
        for grades in tree.scale.grades.values():
            for grade in grades:
                if grade.when:
                    yield f"等次“{grade.name}”", grade.when, ""


def _names(text: str, level: str, scope: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Where in a formula the item of ``scope`` is named; nothing where the formula can't be read."""
    try:
        root = parse(text)
    except FormulaError:
        return
    stack: list[tuple[Part, str]] = [(root, level)]
    while stack:
        part, here = stack.pop()
        if isinstance(part, Name) and part.name == wanted and here == scope:
            yield part.span
        if isinstance(part, Call) and part.scope is not None:
            here = part.scope
        stack += [(child, here) for child in children(part)]


# The keys under which plain data hold formulas.
_FORMULAS = {"when", "formula", "applies", "value", "by", "count", "points"}
_LISTS = {"all_of", "any_of"}


@dataclass(frozen=True, slots=True)
class Renaming:
    scope: str
    old: str
    new: str


def renamed(data: Mapping[str, Any], scope: str, old: str, new: str) -> dict[str, Any]:
    """Plain data in which every formula calls the item by its new name."""
    name = Renaming(scope, old, new)
    return {key: value if key == "about" else _renamed(key, value, name, "") for key, value in data.items()}


def _renamed(key: str, value: Any, name: Renaming, level: str) -> Any:
    """``level``: the scope in whose list a derived item stands; its own formula looks names up there."""
    if isinstance(value, Mapping):
        return {
            inner: _renamed(inner, entry, name, inner if key == "lower" else level) for inner, entry in value.items()
        }
    if isinstance(value, list):
        return [
            _in_text(entry, name, level)
            if key in _LISTS and isinstance(entry, str)
            else _renamed(key, entry, name, level)
            for entry in value
        ]
    is_formula = key in _FORMULAS and isinstance(value, str)
    return _in_text(value, name, level) if is_formula else value


def _in_text(text: str, name: Renaming, level: str) -> str:
    for start, end in sorted(_names(text, level, name.scope, normal_name(name.old)), reverse=True):
        text = f"{text[:start]}{write_name(name.new)}{text[end:]}"
    return text
