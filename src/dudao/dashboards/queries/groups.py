"""A group of to-dos on the workbench."""

from collections.abc import Sequence
from dataclasses import dataclass

from dudao.core.ui.parts import Todo

__all__ = ["SHOWN", "TodoGroup"]

SHOWN = 6


@dataclass(frozen=True, slots=True)
class TodoGroup:
    """Things of one kind: the most pressing ones, how many there are in all, and the list that shows them all."""

    title: str
    icon: str
    items: Sequence[Todo]
    total: int
    url: str

    @property
    def count_words(self) -> str:
        return f"{self.total} 项"
