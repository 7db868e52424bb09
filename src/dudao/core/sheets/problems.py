"""What can be wrong with a workbook, in the user's words: what, where, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass


class SheetError(Exception):
    """The file as a whole can't be read. The message is meant for the page."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One faulty cell (or row, when ``column`` is empty): goes to the page and to the red column of the error copy.

    ``row`` is the number that the spreadsheet program shows at the left; ``text`` says what is wrong and what to do.
    """

    row: int
    column: str
    text: str

    def __str__(self) -> str:
        return f"第 {self.row} 行{self.text}"

    @staticmethod
    def by_row(problems: Sequence["Problem"]) -> dict[int, list["Problem"]]:
        found: dict[int, list[Problem]] = {}
        for problem in problems:
            found.setdefault(problem.row, []).append(problem)
        return found
