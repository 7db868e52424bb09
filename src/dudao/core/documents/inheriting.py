"""Properties in a Word document, looked up as Word does: what stands here, its style, the styles below that one, the defaults.

A set of properties is flat: ``{"jc": "center", "ind.left": "420", "spacing.line": "580"}``.
"""

from collections.abc import Mapping
from typing import Any

from dudao.calc.word.package import MAIN

Properties = Mapping[str, str]
_NONE: Properties = {}
_DEEPEST = 20
_EXCLUDE = {"ind.firstLine": "ind.hanging", "ind.hanging": "ind.firstLine"}
"""Who says one of them takes back the other."""


def said(element: Any) -> dict[str, str]:
    """What a ``w:pPr``, ``w:rPr`` or ``w:tblPr`` says itself."""
    found: dict[str, str] = {}
    if element is None:
        return found
    for child in element:
        if not child.tag.startswith(MAIN):
            continue
        name = child.tag[len(MAIN) :]
        if name == "numPr":
            for part in child:
                found[f"numPr.{part.tag[len(MAIN) :]}"] = part.get(f"{MAIN}val") or "0"
            continue
        if name in {"pBdr", "tblBorders", "tcBorders", "tblCellMar"}:
            for side in child:
                for key, value in side.attrib.items():
                    found[f"{name}.{side.tag[len(MAIN) :]}.{key[len(MAIN) :]}"] = value
            continue
        found.setdefault(name, "1")
        for key, value in child.attrib.items():
            if key == f"{MAIN}val":
                found[name] = value
            elif key.startswith(MAIN):
                found[f"{name}.{key[len(MAIN) :]}"] = value
    return found


def number(properties: Properties, name: str, default: float = 0.0) -> float:
    try:
        return float(properties[name])
    except (KeyError, ValueError):
        return default


def switched_on(properties: Properties, name: str) -> bool:
    return properties.get(name, "0") not in {"0", "false", "off", "none"}


class Styles:
    """The styles part of a document, each style resolved once."""

    def __init__(self, root: Any) -> None:
        self._found: dict[str, Any] = {}
        self._made: dict[tuple[str, str], Properties] = {}
        self.defaults: dict[str, Properties] = {"pPr": _NONE, "rPr": _NONE, "tblPr": _NONE}
        self.first: dict[str, str] = {}
        if root is None:
            return
        for style in root.iter(f"{MAIN}style"):
            key = style.get(f"{MAIN}styleId") or ""
            self._found[key] = style
            if style.get(f"{MAIN}default") in {"1", "true"}:
                self.first[style.get(f"{MAIN}type") or ""] = key
        for part in ("pPr", "rPr"):
            self.defaults[part] = said(root.find(f"{MAIN}docDefaults/{MAIN}{part}Default/{MAIN}{part}"))

    def name(self, key: str) -> str:
        """As Word shows it."""
        style = self._found.get(key)
        found = None if style is None else style.find(f"{MAIN}name")
        return "" if found is None else found.get(f"{MAIN}val") or ""

    def properties(self, key: str, part: str) -> Properties:
        """``part``: pPr, rPr or tblPr of a style with all it is based on; the defaults lie below a paragraph's style."""
        if (key, part) not in self._made:
            chain: list[Any] = []
            at = self._found.get(key)
            while at is not None and len(chain) < _DEEPEST:
                chain.append(at.find(f"{MAIN}{part}"))
                base = at.find(f"{MAIN}basedOn")
                at = None if base is None else self._found.get(base.get(f"{MAIN}val") or "")
            merged: dict[str, str] = {}
            for element in reversed(chain):
                merged = over(merged, said(element))
            self._made[key, part] = merged
        return self._made[key, part]


def over(below: Properties, own: Properties) -> dict[str, str]:
    """One set of properties laid over another."""
    if not own:
        return dict(below)
    merged = {key: value for key, value in below.items() if _EXCLUDE.get(key, "") not in own or key in own}
    merged.update(own)
    return merged
