"""An indicator system as plain data (what YAML and JSON hold) and back, with errors that name the spot.

The shape is documented in docs/calculations/scoring.md. Numbers are numbers or texts, never binary fractions: a float
is read by its shortest decimal form, which is what was written in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from dudao.calc.expr import Item, Kind
from dudao.calc.rules import RULES, Interval, Knot, Reader, TreeDataError, complete, read_rule
from dudao.calc.tree.model import (
    DEFAULT_SOURCES,
    Adjust,
    Grade,
    Node,
    Otherwise,
    Places,
    Role,
    Roll,
    Scale,
    Source,
    Tree,
    Veto,
)

MAX_NODES: Final = 5_000
MAX_LEVELS: Final = 12


# ---- reading ------------------------------------------------------------------------------------------------


def from_data(data: Any) -> Tree:
    """Read an indicator system; raises `TreeDataError` for data of the wrong shape (not for a wrong system)."""
    return complete(Reader(data, ""), _tree)


def _tree(reader: Reader) -> Tree:
    budget = [MAX_NODES]
    lower_data = reader.raw("lower") or {}
    lower = Reader(lower_data, "lower")
    scale_data = reader.raw("grades")
    places = Reader(reader.raw("places") or {}, "places")
    return Tree(
        root=Node(
            code=reader.text("code", is_required=True),
            name=reader.text("name", is_required=True),
            points=reader.number("points"),
            roll=reader.word("roll", Roll, Roll.SUM),
            cap=reader.number("cap"),
            text=reader.text("text"),
            adjust=reader.many("adjust", _adjust),
            children=tuple(_node(Reader(entry, path), budget, 2) for entry, path in reader.list("indicators")),
        ),
        items=reader.many("items", _item),
        lower={str(scope): lower.many(scope, _item) for scope in lower_data},
        scale=None if scale_data is None else _scale(scale_data),
        vetoes=reader.many("vetoes", _veto),
        places=complete(places, _places),
        sources=reader.many("sources", _source) or DEFAULT_SOURCES,
        unmarked_is_zero=reader.truth("unmarked_is_zero"),
        about=dict(Reader(reader.raw("about") or {}, "about").data),
    )


def _places(reader: Reader) -> Places:
    default = Places()
    return Places(
        reader.decimals("mark", default.mark),
        reader.decimals("node", default.node),
        reader.decimals("total", default.total),
    )


def _source(reader: Reader) -> Source:
    key = reader.text("key", is_required=True)
    return Source(key, reader.text("label") or key, reader.truth("counts", default=True))


def _item(reader: Reader) -> Item:
    return Item(
        name=reader.text("name", is_required=True),
        kind=reader.word("kind", Kind, Kind.NUMBER),
        unit=reader.text("unit"),
        options=reader.texts("options"),
        formula=reader.text("formula"),
        least=reader.number("least"),
        most=reader.number("most"),
    )


def _veto(reader: Reader) -> Veto:
    code = reader.text("code", is_required=True)
    return Veto(code, reader.text("name", is_required=True), reader.text("when"), reader.text("grade"))


def _scale(data: Any) -> Scale:
    if not isinstance(data, Mapping):
        return Scale(Reader({"grades": data}, "").by_category("grades", _grade))
    reader = Reader(data, "grades")
    by = reader.text("by")
    return Scale({str(category): reader.many(category, _grade) for category in data if category != "by"}, by)


def _grade(reader: Reader) -> Grade:
    has_total = reader.text("total") != ""
    return Grade(
        name=reader.text("name", is_required=True),
        total=reader.interval("total") if has_total else None,
        ratio=reader.number("ratio"),
        blocks=reader.texts("blocks"),
        when=reader.text("when"),
    )


def _node(reader: Reader, budget: list[int], level: int) -> Node:
    budget[0] -= 1
    if budget[0] < 0:
        raise TreeDataError(reader.path, f"指标太多，最多 {MAX_NODES} 个。")
    if level > MAX_LEVELS:
        raise TreeDataError(reader.path, f"层级太多，最多 {MAX_LEVELS} 级。")
    code, rule = reader.data.get("code"), reader.raw("rule")
    if isinstance(code, str) and code:
        reader.path = code  # errors name the indicator rather than its number in the list
    return complete(
        reader,
        lambda reader: Node(
            code=reader.text("code", is_required=True),
            name=reader.text("name", is_required=True),
            points=reader.number("points"),
            weight=reader.number("weight"),
            rule=None if rule is None else read_rule(rule, f"{reader.path}.rule"),
            children=tuple(_node(Reader(entry, path), budget, level + 1) for entry, path in reader.list("children")),
            role=reader.word("role", Role, Role.NORMAL),
            roll=reader.word("roll", Roll, Roll.SUM),
            applies=reader.text("applies"),
            otherwise=reader.optional_word("otherwise", Otherwise),
            adjust=reader.many("adjust", _adjust),
            sources=reader.texts("sources"),
            cap=reader.number("cap"),
            text=reader.text("text"),
            evidence=reader.texts("evidence"),
        ),
    )


def _adjust(reader: Reader) -> Adjust:
    return Adjust(reader.required("factor"), reader.text("when"), reader.text("reason"))


# ---- writing ------------------------------------------------------------------------------------------------


def to_data(tree: Tree) -> dict[str, Any]:
    """The system as plain data (texts, numbers as texts, lists, mappings): `from_data` gives an equal system back."""
    root = _plain(tree.root)
    data = {name: root[name] for name in ("code", "name", "points", "roll", "cap", "text", "adjust") if name in root}
    data["indicators"] = [_plain(node) for node in tree.root.children]
    data["items"] = [_plain(item) for item in tree.items]
    data["lower"] = {scope: [_plain(item) for item in items] for scope, items in tree.lower.items()}
    if tree.scale is not None:
        grades = {category: [_plain(grade) for grade in row] for category, row in tree.scale.grades.items()}
        data["grades"] = {"by": tree.scale.by, **grades} if tree.scale.by else grades[""]
    data["vetoes"] = [_plain(veto) for veto in tree.vetoes]
    data["places"] = {name: getattr(tree.places, name) for name in ("mark", "node", "total")}
    data["sources"] = [_plain(source) for source in tree.sources]
    data["unmarked_is_zero"] = tree.unmarked_is_zero
    data["about"] = dict(tree.about)
    return {name: value for name, value in data.items() if value not in ([], {})}


def _plain(value: Any) -> Any:
    """Dataclasses to mappings, leaving out what stands at its default."""
    match value:
        case Interval() | Knot():
            return value.plain()
        case StrEnum():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case tuple():
            return [_plain(entry) for entry in value]
        case Mapping():
            if set(value) == {""}:
                return _plain(value[""])
            return {key: _plain(entry) for key, entry in value.items()}
    if not is_dataclass(value):
        return value
    data: dict[str, Any] = {}
    if isinstance(value, RULES):
        data["kind"] = value.kind
    for field in fields(value):
        entry = getattr(value, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if entry != default:
            data[field.name] = _plain(entry)
    return data
