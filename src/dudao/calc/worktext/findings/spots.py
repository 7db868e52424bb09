"""The text of one point as the finders see it, and the places they report."""

from __future__ import annotations

from bisect import bisect_right
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
        index = bisect_right(self.items, start, key=lambda item: item.span[0]) - 1
        inside = index >= 0 and start < self.items[index].span[1]
        item = self.items[index].ordinal if inside else None
        words = self.traced.text[start:end]
        return Spot(words=words, field=self.field, span=(start, end), item=item, line=line, column=column)


def passages(title: Traced, text: Traced, items: Sequence[Item]) -> tuple[Passage, ...]:
    """Title and text of a point, without what is empty."""
    both = (
        Passage("title", title, half_width(title.text)),
        Passage("text", text, half_width(text.text), items),
    )
    return tuple(passage for passage in both if passage.shape)
