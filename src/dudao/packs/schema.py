"""The JSON schema of packs, made from the structs and classes that read them, so that the two can't drift apart.

`docs/packs.schema.json` is its text (`dudao packs schema`); editors check a file while it is written. It says the shape: types,
words to choose from, what must be there. Whether points add up or a formula can be read is said by `checking`. A file with `base`
is made from another one.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from dudao.calc.declared import Head, described
from dudao.calc.expr import Item
from dudao.calc.facts import FACTS, GRADES, LEVELS
from dudao.calc.rules import RULE_KINDS, Band, Deduct, Deduction, Interval, Knot, Part
from dudao.calc.tree import Adjust, Grade, Node, Places, Roll, Source, Veto
from dudao.packs.kinds import KINDS

Schema = dict[str, Any]

NAMED: Final[Mapping[type[Any], str]] = {
    Adjust: "adjust",
    Band: "band",
    Deduction: "deduction",
    Grade: "grade",
    Item: "data_item",
    Knot: "knot",
    Node: "node",
    Part: "part",
    Source: "source",
    Veto: "veto",
}
# What a reader fills in itself, or needs although the class has a default.
_UNREAD: Final[Mapping[type[Any], set[str]]] = {Item: {"aliases", "absent", "may_not_apply"}, Knot: {"percent"}}
_OPTIONAL: Final[Mapping[type[Any], set[str]]] = {Source: {"label"}}

BARE_RULES: Final = tuple(
    name
    for name, kind in RULE_KINDS.items()
    if all(field.default is not MISSING or field.default_factory is not MISSING for field in fields(kind))
)
"""Kinds of rules that may be written as a single word."""

HINTS: Final[Mapping[str, str]] = {
    **{name: kind.hint for name, kind in RULE_KINDS.items()},
    "code": "编号，全表各不相同",
    "points": "满分；加分、减分项为上限",
    "weight": "在按权重计分的上级里的权重",
    "applies": "适用条件；要同时写 otherwise",
    "otherwise": "不适用时：exclude 剔除，redistribute 同级分摊，full 按满分",
    "evidence": "要看的材料",
    "text": "标准和办法，用自己的话",
    "sources": "由谁评：self、county、online、onsite、review",
    "within": "区间，如 36～40、≥95%、[80,100)",
    "number": "文号，查不到写“未知”",
    "grade": "来源可靠程度",
    "level": "国家、地方，还是办公室自己的",
    "unchecked": "哪些事实还没有与原件核对",
    "office_fills": "发布前要由办公室补充的内容",
    "gaps": "来源本身的缺口：检查会报出并视为已知，补齐后要删去",
    "region_code": "行政区划代码的开头，如 43",
    "base": "以哪个标准为基础",
    "changes": "按编号写要改的内容",
}


def schema() -> Schema:
    """The schema of a file of any kind; `kind` tells them apart."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "督导 pack",
        "type": "object",
        "properties": {"kind": {"enum": [*KINDS, "scoring"]}},
        "allOf": [
            _when({"properties": {"kind": False}}, {"$ref": "#/$defs/framework"}, {"required": ["base"]}),
            _when({"properties": {"kind": False}, "required": ["base"]}, {"$ref": "#/$defs/framework_over"}),
            *(
                _when(
                    {"properties": {"kind": _part(top)["properties"]["kind"]}, "required": ["kind"]},
                    top,
                    {"required": ["base"]},
                )
                for top in _TOPS
            ),
            _when({"required": ["kind", "base"]}, {"$ref": "#/$defs/flat_over"}),
        ],
        "$defs": definitions(),
    }


_TOPS, _PARTS = described(*(kind for kind, _ in KINDS.values()))


def definitions() -> Schema:
    """Every part by its name: those of indicator systems, and the structs of the other kinds."""
    return {**_framework_parts(), "flat_over": _flat_over(), **_PARTS}


def _part(top: Mapping[str, Any]) -> Mapping[str, Any]:
    return _PARTS[top["$ref"].removeprefix("#/$defs/")]


def _when(condition: Schema, then: Mapping[str, Any], unless: Schema | None = None) -> Schema:
    return {"if": condition if unless is None else {**condition, "not": unless}, "then": then}


def _flat_over() -> Schema:
    """A file of another kind made from one of its kind: facts of its own, and what differs by code."""
    facts = _part(dict(zip(KINDS, _TOPS, strict=True))["items"])["properties"]
    item = _PARTS["Item"]["properties"]
    change = {
        **{name: {"anyOf": [value, {"type": "null"}]} for name, value in item.items() if name != "code"},
        "threshold": {"type": ["number", "string"]},
    }
    addition = {"node": {"type": "object", "required": ["code", "name"]}, "after": ref("text")}
    return {
        "type": "object",
        "required": ["base", "kind", "code", "name", "region", "valid_from", "valid_to", "grade"],
        "properties": {
            **{name: facts[name] for name in Head.__struct_encode_fields__},
            "kind": {"enum": ["balance", "items", "sizes"]},
            "base": {"type": "string", "description": HINTS["base"]},
            "changes": changes(change),
            "remove": {"type": "array", "items": ref("text")},
            "add": {"type": "array", "items": plain(addition, ["node", "after"])},
        },
    }


# ---- indicator systems: from the classes of dudao.calc.tree -------------------------------------------------------


def object_of(kind: type[Any], needs: Collection[str] = ()) -> Schema:
    hints = get_type_hints(kind)
    read = [field for field in fields(kind) if field.name not in _UNREAD.get(kind, ())]
    required = [field.name for field in read if _is_required(kind, field) or field.name in needs]
    return plain({field.name: hinted(field.name, _typed(hints[field.name], field.name)) for field in read}, required)


def _is_required(kind: type[Any], field: Field[Any]) -> bool:
    has_default = field.default is not MISSING or field.default_factory is not MISSING
    return not has_default and field.name not in _OPTIONAL.get(kind, ())


def plain(properties: Schema, required: Collection[str] = ()) -> Schema:
    return {
        "type": "object",
        "required": [*required],
        "additionalProperties": False,
        "properties": properties,
    }


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def hinted(name: str, found: Schema) -> Schema:
    return {"description": HINTS[name], **found} if name in HINTS else found


def _typed(hint: Any, name: str = "") -> Schema:
    """The schema of a field. A mapping whose only key is «» is written as its value alone."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        if set(RULE_KINDS.values()) <= set(inner):
            return ref("rule")
        some = _typed(next(part for part in inner if part is not type(None)), name)
        return {"anyOf": [some, {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _typed(inner[0], name)}
    if origin is not None and issubclass(origin, Mapping):
        return _by_category(_typed(inner[1], name))
    if hint is Decimal:
        return ref("number")
    if hint is Interval:
        return ref("interval")
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [str(value) for value in hint]}
    if isinstance(hint, type) and is_dataclass(hint):
        return ref(NAMED[hint])
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        return {"type": "integer", "minimum": 0, "maximum": 8}
    return ref("name" if name in {"code", "name", "label", "key"} else "text")


def _by_category(row: Schema) -> Schema:
    """A list, or a list for each category."""
    cases = {"type": "object", "minProperties": 1, "additionalProperties": row}
    return {"if": {"type": "array"}, "then": row, "else": cases}


def rule() -> Schema:
    return {
        "if": {"type": "string"},
        "then": {"enum": list(BARE_RULES)},
        "else": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"enum": list(RULE_KINDS)}},
            "allOf": [
                {"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": ref(f"rule_{name}")}
                for name in RULE_KINDS
            ],
        },
    }


def rule_of(name: str, kind: type[Any]) -> Schema:
    found = object_of(kind)
    if kind is Deduct:
        # One deduction may be written without the list around it.
        found["properties"] |= object_of(Deduction)["properties"]
        found["properties"]["deductions"]["minItems"] = 1
        found |= {"required": [], "oneOf": [{"required": ["each"]}, {"required": ["deductions"]}]}
    if name == "bands":
        row = {"type": "array", "items": ref("scored_band"), "minItems": 1}
        found["properties"]["bands"] = _by_category(row)
    if name in {"pick", "parts"}:
        found["properties"]["bands" if name == "pick" else "parts"]["minItems"] = 1
    found["properties"] = {"kind": {"const": name, "description": HINTS[name]}, **found["properties"]}
    found["required"] = ["kind", *found["required"]]
    return found


def changes(properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": HINTS["changes"],
        "minProperties": 1,
        "additionalProperties": {**plain(properties), "minProperties": 1},
    }


def _framework_parts() -> Schema:
    node = object_of(Node)
    node["properties"]["children"]["minItems"] = 1
    node |= {
        # A leaf has a rule, what stands above leaves has none; what does not always apply says what happens then.
        "if": {"required": ["children"]},
        "then": {"properties": {"rule": False}},
        "else": {"required": ["rule"]},
        "dependentRequired": {"applies": ["otherwise"]},
    }
    scored = object_of(Band, needs={"points"})
    return {
        "framework": _framework(node),
        "framework_over": _framework_over(node),
        "about": _about(),
        "node": node,
        "rule": rule(),
        **{f"rule_{name}": rule_of(name, kind) for name, kind in RULE_KINDS.items()},
        **{name: object_of(kind) for kind, name in NAMED.items() if kind is not Node},
        "scored_band": scored,
        "places": {**object_of(Places), "required": []},
        "number": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[+-]?\d+(\.\d+)?%?$"}]},
        "text": {"type": ["string", "integer"]},
        "name": {"type": ["string", "integer"], "minLength": 1},
        "interval": {"type": ["string", "integer"], "minLength": 1, "pattern": r"[0-9０-９]"},
        "formula": {"type": "string", "minLength": 1},
        "day": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "gap": plain(
            {
                "code": ref("text"),
                "kind": {"enum": ["points", "gap", "overlap", "rule", "weights"]},
                "reason": ref("name"),
            },
            ["code", "kind", "reason"],
        ),
        "unchecked": {
            "type": "array",
            "items": {"anyOf": [{"enum": list(FACTS)}, {"type": "string", "pattern": "^[A-Z]"}]},
            "uniqueItems": True,
        },
    }


def _about() -> Schema:
    day = {"anyOf": [ref("day"), {"type": "null"}]}
    facts: Schema = {
        "number": ref("text"),
        "issuer": ref("text"),
        "date": day,
        "region": {"type": "string"},
        "region_code": {"type": "string", "pattern": r"^(\d{2}){0,3}$"},
        "valid_from": day,
        "valid_to": day,
        "grade": {"enum": list(GRADES)},
        "level": {"enum": list(LEVELS)},
        "office_fills": {"type": "array", "items": ref("name")},
        "unchecked": ref("unchecked"),
        "gaps": {"type": "array", "items": ref("gap"), "minItems": 1},
        "notes": {"type": "string"},
    }
    required = [name for name in facts if name not in {"region_code", "unchecked", "gaps", "notes"}]
    return plain({name: hinted(name, value) for name, value in facts.items()}, required)


def _whole(node: Schema) -> Schema:
    """What stands at the top beside `about`, `indicators` and what only an override has."""
    root = {name: node["properties"][name] for name in ("code", "name", "points", "cap", "text", "adjust")}
    grades = {"type": "array", "items": ref("grade"), "minItems": 1}
    return {
        **root,
        "roll": {"enum": [str(value) for value in Roll]},
        "items": {"type": "array", "items": ref("data_item")},
        "lower": {"type": "object", "additionalProperties": {"type": "array", "items": ref("data_item")}},
        "grades": {
            "if": {"type": "array"},
            "then": grades,
            "else": {
                "type": "object",
                "required": ["by"],
                "properties": {"by": ref("formula")},
                "additionalProperties": grades,
            },
        },
        "vetoes": {"type": "array", "items": ref("veto")},
        "places": ref("places"),
        "sources": {"type": "array", "items": ref("source")},
        "unmarked_is_zero": {"type": "boolean"},
    }


def _framework(node: Schema) -> Schema:
    indicators = {"type": "array", "items": ref("node"), "minItems": 1}
    return plain(
        {**_whole(node), "about": ref("about"), "indicators": indicators}, ["code", "name", "about", "indicators"]
    )


def _framework_over(node: Schema) -> Schema:
    change = {
        name: {"anyOf": [value, {"type": "null"}]}
        for name, value in {**node["properties"], **object_of(Veto)["properties"]}.items()
        if name not in {"code", "children"}
    }
    addition = {"node": ref("node"), "after": ref("text"), "under": ref("text")}
    return plain(
        {
            "base": {"type": "string", "description": HINTS["base"]},
            **_whole(node),
            "about": ref("about"),
            "changes": changes(change),
            "remove": {"type": "array", "items": ref("text")},
            "add": {
                "type": "array",
                "items": {
                    **plain(addition, ["node"]),
                    "oneOf": [{"required": ["after"]}, {"required": ["under"]}],
                },
            },
        },
        ["base", "code", "name", "about"],
    )
