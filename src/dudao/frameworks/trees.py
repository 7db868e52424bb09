"""Between rows and `dudao.calc.tree`: the plain data of a version from its rows, and rows from plain data.

Pure functions of loaded rows; nothing here reads or writes the database.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from dudao.calc.tree import Tree, from_data, to_data
from dudao.frameworks.models import FrameworkVersion, Indicator

_MORE = ("role", "roll", "adjust", "sources")
_NODE = {"code", "name", "points", "roll", "cap", "text", "adjust", "indicators"}


def _text(value: Decimal | None) -> str | None:
    """A stored decimal without the zeros that the column adds."""
    if value is None:
        return None
    return f"{value.normalize():f}"


def shown(value: Decimal | None) -> str:
    """Points or a weight for reading: «2.5», «» for none."""
    return _text(value) or ""


def node_data(row: Indicator) -> dict[str, Any]:
    """One indicator as plain data, without what is below it."""
    data: dict[str, Any] = {"code": row.code, "name": row.name}
    data |= {name: _text(getattr(row, name)) for name in ("points", "weight", "cap")}
    data |= {"rule": row.rule, "applies": row.applies, "otherwise": row.otherwise, "text": row.text}
    data |= {"evidence": row.evidence, **row.more}
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def tree_of(version: FrameworkVersion, rows: Iterable[Indicator]) -> Tree:
    """The version as `dudao.calc` knows it; raises `TreeDataError` for rows of the wrong shape."""
    nodes: dict[int, dict[str, Any]] = {}
    root: dict[str, Any] = {}
    for row in rows:
        data = nodes[row.pk] = node_data(row)
        if row.parent_id is None:
            root = data
        else:
            parent = nodes[row.parent_id]
            parent.setdefault("indicators" if parent is root else "children", []).append(data)
    return from_data({**version.whole, **root})


def digest_of(tree: Tree) -> str:
    """A fingerprint of everything a version says."""
    text = json.dumps(to_data(tree), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def whole_of(tree: Tree) -> dict[str, Any]:
    """What belongs to no single indicator, as it is stored with the version."""
    whole = {name: value for name, value in to_data(tree).items() if name not in _NODE}
    loaded: dict[str, Any] = json.loads(json.dumps(whole, ensure_ascii=False, default=str))
    return loaded


def path_of(parent: str, position: int) -> str:
    return f"{parent}{position:04d}."


def rows_of(version: FrameworkVersion, tree: Tree, keys: Iterable[int]) -> list[Indicator]:
    """The rows of a tree in document order, with the primary keys given (one for each node)."""
    data = to_data(tree)
    data.pop("sources", None)  # at the top these are the kinds of marks, kept with the whole
    data["children"] = data.pop("indicators", [])
    free = iter(keys)
    rows: list[Indicator] = []

    def add(node: Mapping[str, Any], parent: Indicator | None, position: int) -> None:
        row = Indicator(
            pk=next(free),
            version=version,
            parent_id=parent.pk if parent else None,
            position=position,
            path=path_of(parent.path if parent else "", position),
            **fields_of(node),
        )
        rows.append(row)
        for index, child in enumerate(node.get("children", ()), 1):
            add(child, row, index)

    add(data, None, 1)
    return rows


def fields_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of one indicator from its plain data."""
    rule = node.get("rule")
    return {
        "code": node["code"],
        "name": node["name"],
        **{name: None if node.get(name) is None else Decimal(node[name]) for name in ("points", "weight", "cap")},
        "kind": rule["kind"] if rule else "",
        "rule": rule,
        "applies": node.get("applies", ""),
        "otherwise": node.get("otherwise", ""),
        "text": node.get("text", ""),
        "evidence": node.get("evidence", []),
        "more": {name: node[name] for name in _MORE if name in node},
    }
