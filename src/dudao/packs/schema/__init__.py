"""The JSON schema of packs, made from the classes that read them, so that the two can't drift apart.

`docs/packs.schema.json` is its text (`dudao packs schema`); editors check a file while it is written. It says the shape: types,
words to choose from, what must be there. Whether points add up or a formula can be read is said by `checking`.
"""

from __future__ import annotations

from dudao.packs.schema import frameworks, others
from dudao.packs.schema.classes import BARE_RULES, Schema

__all__ = ["BARE_RULES", "schema"]


def schema() -> Schema:
    """The schema of a file of any kind; `kind` tells them apart, a file with `base` is made from another one."""
    flat = [
        "campaigns",
        "balance",
        "items",
        "reliefs",
        "sizes",
        "statistics",
        "papers",
        "terms",
        "evidence",
        "examples",
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "督导 pack",
        "type": "object",
        "properties": {"kind": {"enum": [*flat, "scoring"]}},
        "allOf": [
            _when({"properties": {"kind": False}}, {"$ref": "#/$defs/framework"}, {"required": ["base"]}),
            _when({"properties": {"kind": False}, "required": ["base"]}, {"$ref": "#/$defs/framework_over"}),
            *(
                _when(
                    {"properties": {"kind": {"enum": _written(kind)}}, "required": ["kind"]},
                    {"$ref": f"#/$defs/{kind}"},
                    {"required": ["base"]},
                )
                for kind in flat
            ),
            _when({"required": ["kind", "base"]}, {"$ref": "#/$defs/flat_over"}),
        ],
        "$defs": {**frameworks.definitions(), **others.definitions()},
    }


def _written(kind: str) -> list[str]:
    """Examples are of two kinds: of coefficients, and of score tables."""
    return ["examples", "scoring"] if kind == "examples" else [kind]


def _when(condition: Schema, then: Schema, unless: Schema | None = None) -> Schema:
    return {"if": condition if unless is None else {**condition, "not": unless}, "then": then}
