"""One way to write plain values down, and the digest of what was written: the same values give the same text everywhere. Pure.

    canonical({"b": 1, "a": ["是", None]})     '{"a":["是",null],"b":1}'
    digest(value)                              SHA-256 of that text in UTF-8, 64 hexadecimal digits
    inputs_digest(system, counts, rows)        what a score sheet was computed from, however its rows stand
    results_digest(inputs, rows)               what came out of it

The form is that of docs/calculations/sheets.md. Source: our own; JSON as in RFC 8259, keys in the order of their code points.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = tuple[int, str, Mapping[str, Any]]
"""Key of a subject, its name, its cells (or what came out for it)."""


def canonical(value: object) -> str:
    """JSON on one line: keys sorted, no blanks, characters as they are. Raises ``ValueError`` for what has no such form
    (infinite numbers, keys that are no text, values of other kinds).
    """
    _checked(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _checked(value: object) -> None:
    """Refuse what JSON would silently turn into something else: keys that are no text, and every other kind of value."""
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("键值对的键不全是文字，不能写成规范形式。")
        for inner in value.values():
            _checked(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _checked(inner)
    elif not (value is None or isinstance(value, str | bool | int | float)):
        raise ValueError(f"“{value!r}”不能写成规范形式，只能是文字、数、是否、空、列表和键值对。")


def digest(value: object) -> str:
    """The fingerprint of a plain value."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def inputs_digest(system: str, counts: Sequence[str], rows: Iterable[Row]) -> str:
    """Of the digest of an indicator system, the keys of the sources that count, and the cells of every subject."""
    return digest({"counts": sorted(counts), "rows": _rows(rows), "system": system})


def results_digest(inputs: str, rows: Iterable[Row]) -> str:
    """Of the digest of the inputs and the outcome of every subject."""
    return digest({"inputs": inputs, "rows": _rows(rows)})


def _rows(rows: Iterable[Row]) -> list[list[object]]:
    """By key of subject: the order in which they were read doesn't matter."""
    return [[key, name, values] for key, name, values in sorted(rows, key=lambda row: row[0])]
