"""The schema of indicator systems, and of those made from another one."""

from __future__ import annotations

from dudao.calc.rules import RULE_KINDS, Band
from dudao.calc.tree import Node, Places, Roll, Veto
from dudao.packs.facts import FACTS, GRADES, LEVELS
from dudao.packs.schema.classes import HINTS, NAMED, Schema, changes, described, object_of, plain, ref, rule, rule_of


def definitions() -> Schema:
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
    return plain({name: described(name, value) for name, value in facts.items()}, required)


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
