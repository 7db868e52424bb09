"""What a file of rules may hold, declared once: a struct a kind, from which come reading, checking in words, and the JSON schema.

    class Term(Declared):
        subject: Annotated[str, among(SUBJECTS)]
        days: Annotated[int, Meta(ge=1, le=3650)]

    decode(Term, {"subject": "sign", "days": 0})    # RulesError: days 是 0，不能小于 1。

`faults` says what is wrong with values that a schema describes: every fault, with its place and what to do. What one field alone
can't tell (a sum, a name used twice) a struct says in ``__post_init__``, as a ``ValueError`` whose place `decode` adds. Pure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from math import isfinite
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from dudao.calc.facts import FACTS, GRADES, LEVELS

Schema = Mapping[str, Any]
S = TypeVar("S", bound=msgspec.Struct)


class RulesError(ValueError):
    """A set of rules that can't be used; the message says in Chinese where and why."""


def among(words: Iterable[str]) -> Meta:
    return Meta(extra_json_schema={"enum": [*words]})


def with_keys(words: Iterable[str], needed: Iterable[str] = ()) -> Meta:
    """For a mapping: which keys it may have, and which it must have."""
    return Meta(extra_json_schema={"propertyNames": {"enum": [*words]}, "required": [*needed]})


def one_of(*names: str) -> Meta:
    """For a struct: that it has one of these fields, and only one."""
    return Meta(extra_json_schema={"oneOf": [{"required": [name]} for name in names]})


Name = Annotated[str, Meta(min_length=1)]
Region = Annotated[str, Meta(pattern=r"^(\d{2}){0,3}$", description="行政区划代码的开头，如 43")]
Code = Annotated[str, Meta(pattern=r"^[a-z0-9-]+$")]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Year = Annotated[int, Meta(ge=1900)]
GradeOfSource = Annotated[str, among(GRADES), Meta(description="来源可靠程度")]


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a file. A key that the struct doesn't have is a fault: misspelt, it would do nothing and say nothing."""


class Head(Declared, frozen=True, kw_only=True):
    """The facts of the document at the top of a file that is no indicator system, the same for every kind.

    ``base`` names the file it was made from; what nobody has compared with a document stands under ``unchecked``.
    """

    kind: str
    code: Code
    name: Name
    number: str
    issuer: str = ""
    issued: dt.date | None = msgspec.field(name="date")
    region: Region
    region_name: str = ""
    valid_from: dt.date | None
    valid_to: dt.date | None
    grade: GradeOfSource
    level: Annotated[str, among(LEVELS)] = "national"
    unchecked: Annotated[
        tuple[Annotated[str, Meta(extra_json_schema={"anyOf": [{"enum": [*FACTS]}, {"pattern": "^[A-Z]"}]})], ...],
        Meta(extra_json_schema={"uniqueItems": True}, description="哪些事实还没有与原件核对"),
    ] = ()
    notes: str = ""
    base: str = ""

    @property
    def source(self) -> str:
        return self.number


def decode(kind: type[S], values: Any) -> S:
    """The struct in plain values (of YAML, of JSON). Raises `RulesError` with every fault."""
    (top,), definitions = described(kind)
    found = list(faults(top, values, definitions))
    if found:
        raise RulesError("".join(found))
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        words, _, path = str(error).partition(" - at `$")
        # What a struct says itself is a sentence; of the library's own words there should be none left.
        raise RulesError(_place(path, values) + (words if error.__cause__ else f"写法不对（{words}）。")) from error


def _place(path: str, values: Any) -> str:
    """«items[P1].conditions[1]：» for «.items[0].conditions[0]`»."""
    place = ""
    for key, number in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        if key:
            values, place = values[key], _key(place, key)
        else:
            values, place = values[int(number)], _entry(place, int(number) + 1, values[int(number)])
    return place and f"{place}："


@cache
def described(*kinds: type[Any]) -> tuple[tuple[Schema, ...], Mapping[str, Schema]]:
    """The JSON schemas of structs, and of those that they name."""
    tops, definitions = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    return tops, {name: _as_written(each) for name, each in definitions.items()}


def _as_written(value: Any) -> Any:
    """Decimals are numbers in a file; names of classes and defaults of the code are nothing to an editor."""
    if isinstance(value, list):
        return [_as_written(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {
        key: {name: _as_written(field) for name, field in each.items()} if key == "properties" else _as_written(each)
        for key, each in value.items()
        if key not in {"title", "default"}
    }
    if found.get("format") == "decimal":
        del found["format"]
        found["type"] = "number"
    return found


# ---- what is wrong, in words --------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


_TYPES: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "string": ("文字", lambda value: isinstance(value, str)),
    "integer": ("整数", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "number": ("数", _is_number),
    "boolean": ("true 或 false", lambda value: isinstance(value, bool)),
    "array": ("一列", lambda value: isinstance(value, list | tuple)),
    "object": ("一组“名称: 值”", lambda value: isinstance(value, Mapping)),
    "null": ("空", lambda value: value is None),
}
_RESOLVED: Final = {"base"}
"""What `dudao.packs.overrides` adds at the top or among the facts."""


def faults(found: Schema, value: Any, definitions: Mapping[str, Schema], place: str = "") -> Iterator[str]:
    """«items[P1].conditions[1]：不认识的名称“vlaue”，是不是：value？», «checks[1].severity 是“fatal”，只能是：error、warning。»"""
    value = value.isoformat() if type(value) is dt.date else value
    schemas = list(_applied(found, value, definitions))
    for each in schemas:
        fault = _fault(each, value)
        if fault:
            yield f"{place or '文件'} {fault}"
            return
    if isinstance(value, Mapping):
        needed = dict.fromkeys(key for each in schemas for key in each.get("required", ()))
        if lacking := [key for key in needed if key not in value]:
            yield f"{place and f'{place}：'}缺少 {'、'.join(lacking)}。"
        for key, inner in value.items():
            known = [
                own
                for each in schemas
                if isinstance(own := each.get("properties", {}).get(key, each.get("additionalProperties")), Mapping)
            ]
            if known and all(key in each["propertyNames"]["enum"] for each in schemas if "propertyNames" in each):
                for own in known:
                    yield from faults(own, inner, definitions, _key(place, key))
            elif key not in _RESOLVED and (names := _closed(schemas)):
                near = get_close_matches(str(key), names, 3, 0.6)
                hint = f"，是不是：{'、'.join(near)}？" if near else f"，只能是：{'、'.join(sorted(names))}。"
                yield f"{place and f'{place}：'}不认识的名称“{key}”{hint}"
    elif isinstance(value, list | tuple):
        for number, entry in enumerate(value, 1):
            for each in schemas:
                if isinstance(each.get("items"), Mapping):
                    yield from faults(each["items"], entry, definitions, _entry(place, number, entry))


def _closed(schemas: list[Schema]) -> set[str]:
    """The names that a mapping may have; none where any may stand."""
    names = {key for each in schemas for key in each.get("properties", {})}
    names |= {key for each in schemas for key in each.get("propertyNames", {}).get("enum", ())}
    return names if any(each.get("additionalProperties") is not None for each in schemas) else set()


def _applied(found: Any, value: Any, definitions: Mapping[str, Schema]) -> Iterator[Schema]:
    """What a value has to fit: through references, and that of several branches which is meant for it."""
    if not isinstance(found, Mapping):
        return
    yield found
    if "$ref" in found:
        yield from _applied(definitions[found["$ref"].removeprefix("#/$defs/")], value, definitions)
    for each in found.get("allOf", ()):
        yield from _applied(each, value, definitions)
    if "if" in found:
        branch = "then" if _fits(found["if"], value) else "else"
        yield from _applied(found.get(branch), value, definitions)
    branches = [list(_applied(each, value, definitions)) for each in found.get("anyOf", ())]
    typed = [(branch, types) for branch in branches if (types := _types(branch))]
    if typed and len(typed) == len(branches):
        meant = [branch for branch, types in typed if any(_TYPES[name][1](value) for name in types)]
        # Without one that is meant, a value is told what it might have been.
        others = [(branch, types) for branch, types in typed if types != ["null"]]
        if meant:
            yield from next((branch for branch in meant if not any(_fault(each, value) for each in branch)), meant[-1])
        elif len(others) == 1:
            yield from others[0][0]
        else:
            yield {"type": [name for _, types in others for name in types]}


def _types(schemas: list[Schema]) -> list[str]:
    for each in schemas:
        if "type" in each:
            return [each["type"]] if isinstance(each["type"], str) else each["type"]
        if "enum" in each:
            return ["string"]
    return []


def _fits(condition: Schema, value: Any) -> bool:
    """Whether a value is what an `if` asks for: a type, names that are there, words that stand under them."""
    if "type" in condition and not _TYPES[condition["type"]][1](value):
        return False
    if not isinstance(value, Mapping):
        return "type" in condition
    words = {
        key: [each["const"]] if "const" in each else each["enum"]
        for key, each in condition.get("properties", {}).items()
    }
    return all(key in value for key in condition.get("required", ())) and all(
        value.get(key) in said for key, said in words.items()
    )


def _fault(found: Schema, value: Any) -> str:
    """What is wrong with one value, or nothing."""
    types = [found["type"]] if isinstance(found.get("type"), str) else found.get("type", ())
    shown = "空的" if value in (None, "") else f"“{value}”"
    shown = "一组" if isinstance(value, Mapping) else "一列" if isinstance(value, list) else shown
    if found.get("format") == "date" and not _is_day(value):
        return f"是{shown}，应当是日期，如 2020-02-18。"
    if types and not any(_TYPES[name][1](value) for name in types):
        return f"是{shown}，应当是{'或'.join(_TYPES[name][0] for name in types)}。"
    if "enum" in found and value not in found["enum"]:
        return f"是{shown}，只能是：{'、'.join(map(str, found['enum']))}。"
    if _is_number(value):
        if value < found.get("minimum", value):
            return f"是 {value}，不能小于 {found['minimum']}。"
        if value > found.get("maximum", value):
            return f"是 {value}，不能大于 {found['maximum']}。"
        if value <= found.get("exclusiveMinimum", value - 1):
            return f"是 {value}，应当大于 {found['exclusiveMinimum']}。"
    if isinstance(value, str):
        if len(value.strip()) < found.get("minLength", 0):
            return "是空的，请写上。"
        if not re.search(found.get("pattern", ""), value):
            return f"是{shown}，写法不对。"
    least = found.get("minItems" if isinstance(value, list) else "minProperties", 0)
    if isinstance(value, list | Mapping) and len(value) < least:
        return f"只有 {len(value)} 项，至少要有 {least} 项。"
    return ""


def _is_day(value: Any) -> bool:
    try:
        return len(value) == 10 and bool(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _entry(place: str, number: int, entry: Any) -> str:
    code = entry.get("code", number) if isinstance(entry, Mapping) else number
    return f"{place}[{code}]"


def _key(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)
