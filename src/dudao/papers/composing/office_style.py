"""How an office's papers look on a day: its name, red head, code word and the layout with its own changes."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from msgspec import structs

from dudao import packs
from dudao.core.documents import Layout, layout_from
from dudao.orgs.models import Unit
from dudao.papers.kinds import Kind
from dudao.papers.offices import fonts_by_role, style_on

STANDARD = "gb-t-9704-2012"
"""The pack that offices deviate from."""
UNNUMBERED = frozenset({Kind.TALK_RECORD, Kind.PUBLICITY, Kind.BRIEF, Kind.VISIT_RECORD, Kind.SELF_REPORT})
"""Kinds that are not documents with a number (发文字号), unless an office's style says otherwise."""


@cache
def standard() -> Layout:
    """The layout of GB/T 9704-2012 without changes."""
    return layout_from(packs.read("papers", STANDARD))


@dataclass(frozen=True, slots=True)
class Look:
    """``signature``: the full name; ``masthead``: the red head, empty for none; ``code_word``: of numbers, empty when not set;
    ``code_words``: of kinds that count by themselves, "" for a kind without numbers.
    """

    signature: str
    masthead: str = ""
    code_word: str = ""
    layout: Layout = field(default_factory=standard)
    code_words: Mapping[str, str] = field(default_factory=dict)

    def numbers(self, kind: str) -> bool:
        """Whether papers of this kind get a number (发文字号)."""
        return bool(self.code_words[kind]) if kind in self.code_words else kind not in UNNUMBERED

    def code_word_for(self, kind: str) -> str:
        """The code word of this kind's numbers; empty when it has none, or when the office hasn't set one."""
        return self.code_words.get(kind, self.code_word) if self.numbers(kind) else ""


def layout_with(changes: Mapping[str, Any]) -> Layout:
    """The standard with an office's changes laid over it, group by group. Raises `RulesError`."""
    if not changes:
        return standard()
    data = deepcopy(dict(packs.read("papers", STANDARD)))
    for group, values in changes.items():
        below = data.get(group)
        data[group] = {**below, **values} if isinstance(below, Mapping) and isinstance(values, Mapping) else values
    return layout_from(data)


def with_fonts(layout: Layout, added: Mapping[str, tuple[str, ...]]) -> Layout:
    """The layout with the fonts that an office has put in."""
    return structs.replace(layout, added=added) if added else layout


def look_of(unit: Unit, day: date) -> Look:
    """The style that holds for this office on this day; without one the unit's name, «…文件» in red, and no code word."""
    style, added = style_on(unit, day), fonts_by_role(unit)
    if style is None:
        return Look(signature=unit.name, masthead=f"{unit.name}文件", layout=with_fonts(standard(), added))
    return Look(
        signature=style.signature,
        masthead=style.masthead,
        code_word=style.code_word,
        layout=with_fonts(layout_with(style.layout), added),
        code_words=style.code_words,
    )
