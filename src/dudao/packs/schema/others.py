"""The schemas of the packs that are no indicator systems: balance, items, sizes, statistics, terms, examples."""

from __future__ import annotations

from dudao.calc.balance.items import OPERATORS
from dudao.calc.balance.rules import STAGES
from dudao.calc.balance.rules import Kind as ColumnKind
from dudao.calc.deadlines import STARTS, SUBJECTS
from dudao.calc.layout import ROLES
from dudao.packs.facts import GRADES, LEVELS
from dudao.packs.schema.campaigns import campaign_shape
from dudao.packs.schema.classes import HINTS, Schema, changes, plain, ref

# The words of the catalogue of statistics, which stands above this package: a test holds them together.
ITEM_KINDS = ("integer", "decimal", "yes_no", "choice")
CHECK_KINDS = ("sum", "at_most", "range", "ratio", "change", "register", "type", "count", "below", "nature")
ALL_STAGES = ("学前", "小学", "初中", "高中", "中职", "特教")
_EXCLUSIVE = (("stages", "schools"), ("stages", "county"), ("schools", "county"))


def _facts(kind: str) -> tuple[Schema, list[str]]:
    """The facts at the top of a file that is no indicator system; examples have only their name."""
    day = {"anyOf": [ref("day"), {"type": "null"}]}
    facts: Schema = {
        "kind": {"const": kind},
        "code": {"type": "string", "pattern": r"^[a-z0-9-]+$"},
        "name": ref("name"),
        "number": ref("text"),
        "issuer": ref("text"),
        "date": day,
        "region": {"type": "string", "pattern": r"^(\d{2}){0,3}$", "description": HINTS["region_code"]},
        "region_name": {"type": "string"},
        "valid_from": day,
        "valid_to": day,
        "grade": {"enum": list(GRADES)},
        "level": {"enum": list(LEVELS)},
        "unchecked": ref("unchecked"),
        "notes": {"type": "string"},
    }
    required = ["kind", "code", "name", "number", "date", "region", "valid_from", "valid_to", "grade"]
    return facts, required


def definitions() -> Schema:
    return {
        "flat_over": _flat_over(),
        "balance": _balance(),
        "items": _items(),
        "condition": _condition(),
        "sizes": _sizes(),
        "statistics": _statistics(),
        "reliefs": _reliefs(),
        "papers": _papers(),
        "terms": _terms(),
        "evidence": _evidence(),
        "campaigns": _flat_kind("campaigns", *campaign_shape()),
        "examples": {
            "type": "object",
            "required": ["kind", "code", "name"],
            "properties": {"kind": {"enum": ["examples", "scoring"]}, "code": {"type": "string"}, "name": ref("name")},
        },
    }


def _reliefs() -> Schema:
    count = {"type": "integer", "minimum": 0}
    clause = {
        "code": ref("name"),
        "name": ref("name"),
        "condition": ref("name"),
        "adds": {"type": "object", "additionalProperties": ref("name"), "minProperties": 1},
        "unit": {"type": "string"},
        "least": count,
        "most": count,
        "rural": {"type": "boolean"},
        "founded_to": {"type": "integer", "minimum": 1900},
        "migrants_over": {"type": "number", "minimum": 0, "maximum": 100},
        "valid_from": ref("day"),
        "valid_to": {"anyOf": [ref("day"), {"type": "null"}]},
        "source": ref("name"),
    }
    clauses = {"type": "array", "minItems": 1, "items": plain(clause, ["code", "name", "condition"])}
    return _flat_kind("reliefs", {"clauses": clauses}, ["clauses"])


def _evidence() -> Schema:
    number = {"type": "integer", "minimum": 1}
    limits = dict.fromkeys(("unit_mb", "file_mb", "open_uploads", "upload_days", "soon_days"), number)
    category = {
        "name": ref("name"),
        "kinds": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "ownership": {"enum": ["public", "private"]},
        "ends": {"type": "boolean"},
        "source": ref("name"),
    }
    categories = {"type": "array", "items": plain(category, ["name"])}
    return _flat_kind("evidence", {"limits": plain(limits, list(limits)), "categories": categories}, ["limits"])


def _stages() -> Schema:
    return {"type": "array", "items": {"enum": list(STAGES)}, "uniqueItems": True}


def _by_stage(value: Schema) -> Schema:
    return dict.fromkeys(STAGES, value)


def _types() -> Schema:
    return {"type": "array", "items": {"type": "string", "pattern": r"^\d{3}$"}, "minItems": 1}


def _flat_kind(kind: str, properties: Schema, required: list[str]) -> Schema:
    facts, needed = _facts(kind)
    return plain({**facts, **properties}, [*needed, *required])


def _balance() -> Schema:
    amount = {"type": "number", "minimum": 0}
    bound = {
        "indicator": ref("text"),
        **_by_stage(amount),
        "region": {"type": "string"},
        "valid_from": ref("day"),
        "valid_to": {"anyOf": [ref("day"), {"type": "null"}]},
        "source": {"type": "string"},
    }
    indicator = {
        "code": ref("name"),
        "name": ref("name"),
        "unit": {"type": "string"},
        "kind": {"enum": [str(value) for value in ColumnKind]},
        "per": {"type": "number", "exclusiveMinimum": 0},
        "of_school": ref("name"),
        "of_stage": plain(_by_stage(ref("name"))),
        "less": ref("text"),
    }
    scope = {
        "types": _types(),
        "stages": _stages(),
        "also": _stages(),
        "least_pupils": {"type": "integer", "minimum": 1},
        "reason": ref("name"),
    }
    rule = plain(
        {"reached": {"type": "integer", "minimum": 0}, "floor": {"type": "number", "minimum": 0, "maximum": 1}}
    )
    return _flat_kind(
        "balance",
        {
            "stages": {**_stages(), "minItems": 1},
            "indicators": {
                "type": "array",
                "minItems": 1,
                "items": {
                    **plain(indicator, ["code", "name", "unit", "kind", "per"]),
                    "oneOf": [{"required": ["of_school"]}, {"required": ["of_stage"]}],
                },
            },
            "thresholds": {"type": "array", "items": plain(bound, ["indicator"])},
            "school_rule": {"anyOf": [{**rule, "required": ["reached", "floor"]}, {"type": "null"}]},
            "limits": {"type": "array", "minItems": 1, "items": plain({"each": {"type": "boolean"}, **bound})},
            "weights": plain(_by_stage({"type": "number", "exclusiveMinimum": 0})),
            "scope": {
                "type": "array",
                "items": {**plain(scope, ["types"]), "anyOf": [{"required": ["stages"]}, {"required": ["reason"]}]},
            },
            "rounding": plain(
                {key: {"type": "integer", "minimum": 0} for key in ("value", "mean", "coefficient")},
                ["value", "mean", "coefficient"],
            ),
        },
        ["stages", "indicators", "thresholds", "school_rule", "limits", "weights", "scope", "rounding"],
    )


def _condition() -> Schema:
    amount = {"type": ["number", "string"]}
    local = {
        "region": {"type": "string", "pattern": r"^(\d{2}){1,3}$"},
        "value": amount,
        "valid_from": ref("day"),
        "valid_to": {"anyOf": [ref("day"), {"type": "null"}]},
        "source": ref("name"),
    }
    return {
        **plain(
            {
                "of": ref("name"),
                "over": ref("name"),
                "per": {"type": "number", "exclusiveMinimum": 0},
                "op": {"enum": list(OPERATORS)},
                "value": amount,
                "value_of": ref("name"),
                "unit": {"type": "string"},
                "part": {"type": "boolean"},
                "none": {"enum": ["met"]},
                "local": {"type": "array", "items": plain(local, ["region", "value", "source"])},
            },
            ["of", "op", "unit"],
        ),
        "oneOf": [{"required": ["value"]}, {"required": ["value_of"]}],
    }


def _items() -> Schema:
    conditions = {"type": "array", "items": ref("condition"), "minItems": 1}
    item = {
        "code": ref("name"),
        "part": ref("name"),
        "name": ref("name"),
        "judged": {"type": "boolean"},
        "conditions": conditions,
        "basic": conditions,
    }
    level = {
        "name": ref("name"),
        "full": {"type": "integer", "minimum": 0},
        "region": {"type": "string"},
        "source": ref("name"),
    }
    return _flat_kind(
        "items",
        {
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    **plain(item, ["code", "part", "name"]),
                    "anyOf": [{"required": ["conditions"]}, {"required": ["judged"]}],
                    "dependentRequired": {"basic": ["conditions"]},
                },
            },
            "vetoes": {
                "type": "array",
                "items": plain({"code": ref("name"), "name": ref("name")}, ["code", "name"]),
            },
            "levels": {"type": "array", "items": plain(level, ["name", "full"])},
            "recognition": plain(item, ["code", "part", "name", "conditions"]),
            "kindergartens": {
                "type": "object",
                "description": "对每所幼儿园的要求（P26—P29），内容由 dudao.calc.preschool 检查",
                "required": ["space", "building", "classes", "staff"],
            },
        },
        ["items", "vetoes", "levels"],
    )


def _flat_over() -> Schema:
    """An item evaluation (or other file) made from another one."""
    facts, required = _facts("items")
    item = _items()["properties"]["items"]["items"]["properties"]
    change = {
        **{name: {"anyOf": [value, {"type": "null"}]} for name, value in item.items() if name != "code"},
        "threshold": {"type": ["number", "string"]},
    }
    addition = {"node": {"type": "object", "required": ["code", "name"]}, "after": ref("text")}
    return {
        "type": "object",
        "required": ["base", *(name for name in required if name not in {"number", "date"})],
        "properties": {
            **facts,
            "kind": {"enum": ["balance", "items", "sizes"]},
            "base": {"type": "string", "description": HINTS["base"]},
            "changes": changes(change),
            "remove": {"type": "array", "items": ref("text")},
            "add": {"type": "array", "items": plain(addition, ["node", "after"])},
        },
    }


def _sizes() -> Schema:
    size = {"type": "integer", "minimum": 1}
    grade = {"source": ref("name"), "grade": {"enum": list(GRADES)}}
    limit = {"types": _types(), "stages": _stages(), "most": size, "relief": size, **grade}
    bound = plain({"from": size, **grade}, ["from", *grade])
    share = plain({"most": {"type": "number", "minimum": 0, "maximum": 100}, **grade}, ["most", *grade])
    relief = {
        "valid_from": ref("day"),
        "valid_to": ref("day"),
        "founded_to": {"type": "integer", "minimum": 1900},
        "migrants_over": {"type": "number", "minimum": 0, "maximum": 100},
        **grade,
    }
    return _flat_kind(
        "sizes",
        {
            "bands": {"type": "array", "items": size, "minItems": 1, "uniqueItems": True},
            "classes": plain(
                {
                    "large": bound,
                    "extra_large": bound,
                    "standard": plain({**_by_stage(size), **grade}, [*grade]),
                },
                ["large", "extra_large", "standard"],
            ),
            "schools": {"type": "array", "items": plain(limit, [*limit])},
            "layouts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": {"anyOf": [size, {"type": "null"}]},
                    "minProperties": 2,
                },
            },
            "shares": plain({"large": share, "extra_large": share}),
            "relief": plain(relief, [*relief]),
        },
        ["bands", "classes", "schools"],
    )


def _papers() -> Schema:
    def length(most: int) -> Schema:
        return {"type": "number", "minimum": 5, "maximum": most}

    names = {"type": "array", "items": ref("name"), "minItems": 1, "uniqueItems": True}
    sides = ("top", "bottom", "left", "right")
    return _flat_kind(
        "papers",
        {
            "page": plain({"width": length(500), "height": length(600)}, ["width", "height"]),
            "margins": plain(dict.fromkeys(sides, length(100)), list(sides)),
            "grid": plain(
                {name: {"type": "integer", "minimum": 5, "maximum": 80} for name in ("lines", "characters")},
                ["lines", "characters"],
            ),
            "sizes": plain(dict.fromkeys(ROLES, length(80)), list(ROLES)),
            "fonts": plain({role: {"anyOf": [ref("name"), names]} for role in ROLES}, list(ROLES)),
            "imprint": plain({"back": {"type": "boolean"}}, ["back"]),
            "latin": ref("name"),
            "words": names,
        },
        ["page", "margins", "grid", "sizes", "fonts"],
    )


def _terms() -> Schema:
    term = {
        "subject": {"enum": list(SUBJECTS)},
        "days": {"type": "integer", "minimum": 1, "maximum": 3650},
        "working": {"type": "boolean"},
        "start": {"enum": list(STARTS)},
        "source": ref("name"),
    }
    percent = {"type": "integer", "minimum": 1, "maximum": 100}
    return _flat_kind(
        "terms",
        {
            "applies": {"type": "boolean"},
            "terms": {"type": "array", "minItems": 1, "items": plain(term, ["subject", "days"])},
            "likeness": plain({"same": percent, "other": percent}, ["same", "other"]),
        },
        ["applies", "terms"],
    )


def _statistics() -> Schema:
    stages = {"type": "array", "items": {"enum": list(ALL_STAGES)}, "minItems": 1, "uniqueItems": True}
    item = {
        "code": {"type": "string", "pattern": r"^[a-z0-9_]+$"},
        "name": ref("name"),
        "heading": ref("name"),
        "part": ref("name"),
        "definition": {"type": "string"},
        "unit": {"type": "string"},
        "kind": {"enum": list(ITEM_KINDS)},
        # What it is asked of: the stages of a school, schools with one of these stages, or counties; without any, all schools.
        "stages": stages,
        "schools": stages,
        "county": {"type": "boolean"},
        "options": {"type": "array", "items": ref("name"), "minItems": 2},
        "decimals": {"type": "integer", "minimum": 0, "maximum": 4},
        "carry": {"type": "boolean"},
    }
    year = {"type": "integer", "minimum": 1990}
    source = {
        "item": ref("name"),
        "stage": {"enum": list(ALL_STAGES)},
        "from": year,
        "to": year,
        "table": ref("name"),
        "label": ref("name"),
    }
    number = {"type": "number"}
    check = {
        "code": ref("name"),
        "kind": {"enum": list(CHECK_KINDS)},
        "item": ref("name"),
        "others": {"type": "array", "items": ref("name"), "minItems": 1},
        "stages": stages,
        "types": _types(),
        "low": number,
        "high": number,
        "percent": {"type": "number", "exclusiveMinimum": 0},
        "severity": {"enum": ["error", "warning"]},
        "source": {"type": "string"},
    }
    return _flat_kind(
        "statistics",
        {
            "order": {"type": "integer", "minimum": 0},
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    **plain(item, ["code", "name", "kind"]),
                    "not": {"anyOf": [{"required": list(pair)} for pair in _EXCLUSIVE]},
                    **_when_kind("choice", {"required": ["options"]}),
                },
            },
            "sources": {"type": "array", "items": plain(source, ["item", "from", "table", "label"])},
            "checks": {
                "type": "array",
                "items": {
                    **plain(check, ["kind", "item", "severity"]),
                    **_when_kind("change", {"required": ["percent"]}),
                },
            },
        },
        ["items", "sources", "checks"],
    )


def _when_kind(kind: str, then: Schema) -> Schema:
    return {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": then}
