"""The text of one point as the finders see it, and the places they report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dudao.calc.worktext.characters import half_width
from dudao.calc.worktext.model import Field, Item, Spot
from dudao.calc.worktext.traced import Traced


@dataclass(frozen=True, slots=True)
class Passage:
    """Title or text of a point. `shape` is the text in half width, character for character."""

    field: Field
    traced: Traced
    shape: str
    items: Sequence[Item] = ()

    def spot(self, start: int, end: int) -> Spot:
        line, column = self.traced.place(start)
        item = next((item.ordinal for item in self.items if item.span[0] <= start < item.span[1]), None)
        words = self.traced.text[start:end]
        return Spot(words=words, field=self.field, span=(start, end), item=item, line=line, column=column)


def passages(title: Traced, text: Traced, items: Sequence[Item]) -> tuple[Passage, Passage]:
    return (
        Passage("title", title, half_width(title.text)),
        Passage("text", text, half_width(text.text), items),
    )
