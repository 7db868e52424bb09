"""What each column of a file was read as, to be shown to a person and corrected: tables whose heads nobody could foresee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dudao.calc.numerals import hanzi_of
from dudao.calc.tree import MAX_LEVELS
from dudao.frameworks.exchange.grid import Grid, letters
from dudao.frameworks.exchange.heads import HEADER_WITHIN, LISTS, Head, role_of

MEANINGS: Final[dict[str, str]] = {
    "": "不读取",
    **{f"{level}": f"{hanzi_of(level)}级指标" for level in range(1, min(MAX_LEVELS, 10) + 1)},
    "points": "分值",
    "weight": "权重",
    "text": "标准与考核方式",
    "rule": "评分标准",
    "steps": "分段值",
    "limits": "阈值",
    "evidence": "佐证材料",
    "kind": "计分方式",
    "code": "代码",
    "parent": "上级代码",
    "depth": "层级",
    "attach": "是否附件",
    "explain": "是否评分说明",
}
"""What a column may mean, and what an office calls it."""
MOST_COLUMNS: Final = 40
SAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """``head``: the last row of the head, counted from 1, 0 for a table without one; ``roles``: column (from 0) → meaning."""

    head: int
    roles: Mapping[int, str] = field(default_factory=dict)

    @property
    def levels(self) -> list[int]:
        return sorted((at for at, role in self.roles.items() if role.isdigit()), key=lambda at: int(self.roles[at]))


def chosen_head(grid: Grid, choice: Choice, guessed: Head | None) -> Head | None:
    """The head that a person says; none if they want nothing of the table."""
    if not choice.levels:
        return None
    bottom = choice.head - 1
    top = guessed.top if guessed is not None and guessed.bottom == bottom else bottom
    head = Head(top, bottom, levels=choice.levels, first_level=int(choice.roles[choice.levels[0]]))
    for column, role in sorted(choice.roles.items()):
        name = grid.shown(bottom, column) if bottom >= 0 else ""
        head.names[column] = name or MEANINGS[role]
        if role == "points":
            head.points.append(column)
        elif role in LISTS and role in head.columns:
            head.also[column] = role
        elif role and not role.isdigit():
            head.columns.setdefault(role, column)
    return head


def likely_choice(grid: Grid) -> Choice:
    """Where a head was not found: the row with the most words that could stand in one, or the first full row of words."""
    best, found = 0, Choice(0)
    for row in range(min(HEADER_WITHIN, len(grid.rows))):
        roles = {column: role_of(grid.text(row, column)) for column in range(grid.width)}
        known = {column: role for column, role in roles.items() if role in MEANINGS and role}
        if len(known) > best:
            best, found = len(known), Choice(row + 1, known)
    if not best:
        for row in range(min(HEADER_WITHIN, len(grid.rows) - 1)):
            texts = [grid.text(row, column) for column in range(grid.width)]
            filled = [text for text in texts if text]
            if len(filled) >= 2 and 2 * len(filled) > grid.width and not any(map(_has_digit, filled)):
                return Choice(row + 1)
    return found


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def choice_of(head: Head, levels: Sequence[int], wording: int) -> Choice:
    """What was read, as it could have been chosen."""
    roles = {column: f"{head.first_level + at}" for at, column in enumerate(levels)}
    roles |= {column: role for role, column in head.columns.items()} | head.also | dict.fromkeys(head.points, "points")
    return Choice(head.bottom + 1, roles | ({wording: "text"} if wording >= 0 else {}))


def shown_table(grid: Grid, choice: Choice) -> dict[str, Any]:
    """A table for the page: its columns with their heads, what stands below, and what they are read as."""
    columns: list[dict[str, Any]] = []
    for column in range(grid.width):
        below: list[str] = []
        for row in range(choice.head, len(grid.rows)):
            text = " ".join(grid.text(row, column).split())
            if text and text not in below:
                below.append(text)
            if len(below) == SAMPLES:
                break
        name = grid.shown(choice.head - 1, column) if choice.head else ""
        if below or name:
            columns.append(
                {
                    "at": column,
                    "called": f"{letters(column + 1)} 列" if grid.is_sheet else f"第 {column + 1} 列",
                    "name": " ".join(name.split())[:40],
                    "samples": [text[:30] + ("…" if len(text) > 30 else "") for text in below],
                    "meaning": choice.roles.get(column, ""),
                }
            )
    return {
        "name": grid.name,
        "called": f"工作表“{grid.name}”" if grid.is_sheet else grid.name,
        "head": choice.head,
        "rows": len(grid.rows),
        "columns": columns[:MOST_COLUMNS],
    }
