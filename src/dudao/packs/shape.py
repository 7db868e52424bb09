"""Whether a file has the shape of its kind, in sentences with the place: keys that nobody reads, what is missing, words and types.

A misspelt key would otherwise say nothing and do nothing. The shape is the schema's (`schema`), of which this reads what holds in
any case; what only one of several branches asks for is left to the readers in `dudao.calc`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from dudao.packs.schema import schema

Schema = Mapping[str, Any]

_BRANCHES: Final = ("allOf", "anyOf", "oneOf", "then", "else")
_RESOLVED: Final = {"base"}
"""What `overrides.resolve` adds at the top or among the facts."""
_TYPES: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "string": ("文字", lambda value: isinstance(value, str)),
    "integer": ("整数", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "number": ("数", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    "boolean": ("true 或 false", lambda value: isinstance(value, bool)),
    "array": ("一列", lambda value: isinstance(value, list)),
    "object": ("一组“名称: 值”", lambda value: isinstance(value, Mapping)),
    "null": ("空", lambda value: value is None),
}


def unknown_keys(kind: str, data: Mapping[str, Any]) -> Iterator[str]:
    """«items[P1].conditions[1]：不认识的名称“vlaue”，是不是：value？» for each, in the resolved values of a pack of this kind."""
    yield from _keys([_top(kind)], data, "")


def shape_faults(kind: str, data: Mapping[str, Any]) -> Iterator[str]:
    """«sources[1]：缺少 table。», «checks[1].severity 是“fatal”，只能是：error、warning。»"""
    yield from _faults(_always(_top(kind)), data, "")


def _top(kind: str) -> Schema:
    return {"$ref": f"#/$defs/{'framework' if kind == 'frameworks' else kind}"}


@cache
def _definitions() -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema()["$defs"]
    return found


def _named(found: Schema) -> Schema:
    named: Schema = _definitions()[found["$ref"].removeprefix("#/$defs/")]
    return named


def _entry(place: str, number: int, entry: Any) -> str:
    code = entry.get("code", number) if isinstance(entry, Mapping) else number
    return f"{place}[{code}]"


def _key(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)


# ---- keys that nobody reads ---------------------------------------------------------------------------------------


def _reachable(schemas: Sequence[Any]) -> Iterator[Schema]:
    """The schemas that a value may have to fit, through references and branches."""
    waiting = [each for each in schemas if isinstance(each, Mapping)]
    while waiting:
        found = waiting.pop()
        if "$ref" in found:
            waiting.append(_named(found))
        for branch in _BRANCHES:
            inner = found.get(branch, ())
            waiting += [each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, Mapping)]
        yield found


def _keys(schemas: Sequence[Any], value: Any, place: str) -> Iterator[str]:
    found = list(_reachable(schemas))
    if isinstance(value, list):
        items = [each["items"] for each in found if "items" in each]
        for number, entry in enumerate(value, 1):
            yield from _keys(items, entry, _entry(place, number, entry))
    elif isinstance(value, Mapping):
        known: dict[str, list[Any]] = {}
        for each in found:
            for key, inner in each.get("properties", {}).items():
                known.setdefault(key, []).append(inner)
        others = [rest for each in found if isinstance(rest := each.get("additionalProperties"), Mapping)]
        is_closed = not others and any(each.get("additionalProperties") is False for each in found)
        for key, inner in value.items():
            if key in known or others:
                yield from _keys(known.get(key, others), inner, _key(place, key))
            elif is_closed and key not in _RESOLVED:
                near = get_close_matches(str(key), known, 3, 0.6)
                hint = f"，是不是：{'、'.join(near)}？" if near else f"，只能是：{'、'.join(sorted(known))}。"
                yield f"{place and f'{place}：'}不认识的名称“{key}”{hint}"


# ---- what holds in any case ---------------------------------------------------------------------------------------


def _always(found: Any) -> list[Schema]:
    """The schemas that a value has to fit whatever it is: references, no branches."""
    schemas = []
    while isinstance(found, Mapping):
        schemas.append(found)
        found = _named(found) if "$ref" in found else None
    return schemas


def _faults(schemas: Sequence[Schema], value: Any, place: str) -> Iterator[str]:
    value = value.isoformat() if isinstance(value, date) else value
    for found in schemas:
        fault = _fault(found, value)
        if fault:
            yield f"{place or '文件'} {fault}"
            return
        for key in found.get("required", ()):
            if isinstance(value, Mapping) and key not in value:
                yield f"{place and f'{place}：'}缺少 {key}。"
        if isinstance(value, Mapping):
            rest = found.get("additionalProperties")
            for key, inner in value.items():
                own = found.get("properties", {}).get(key, rest)
                yield from _faults(_always(own), inner, _key(place, key))
        elif isinstance(value, list):
            for number, entry in enumerate(value, 1):
                yield from _faults(_always(found.get("items")), entry, _entry(place, number, entry))


def _fault(found: Schema, value: Any) -> str:
    """What is wrong with one value, or nothing."""
    types = found.get("type", ())
    types = [types] if isinstance(types, str) else types
    shown = "空的" if value in (None, "") else "一组" if isinstance(value, Mapping | list) else f"“{value}”"
    if types and not any(_TYPES[name][1](value) for name in types):
        return f"是{shown}，应当是{'或'.join(_TYPES[name][0] for name in types)}。"
    if "enum" in found and value not in found["enum"]:
        return f"是{shown}，只能是：{'、'.join(map(str, found['enum']))}。"
    if isinstance(value, int | float):
        if value < found.get("minimum", value):
            return f"是 {value}，不能小于 {found['minimum']}。"
        if value > found.get("maximum", value):
            return f"是 {value}，不能大于 {found['maximum']}。"
    if isinstance(value, str):
        if len(value) < found.get("minLength", 0):
            return "是空的，请写上。"
        if not re.search(found.get("pattern", ""), value):
            return f"是{shown}，写法不对。"
    if isinstance(value, list) and len(value) < found.get("minItems", 0):
        return f"只有 {len(value)} 项，至少要有 {found['minItems']} 项。"
    return ""
