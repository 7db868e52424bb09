"""How an office's papers look: page, grid, fonts, sizes, as data that an office may change (`packs/papers`).

The floor is GB/T 9704-2012. Offices deviate (20 lines of 25 characters, a pitch of 28 points), so that nothing of it is code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dudao.calc.declared import Declared, Head, Name, RulesError, decode, with_keys

ROLES: Mapping[str, str] = {
    "body": "正文",
    "title": "标题",
    "masthead": "发文机关标志",
    "level1": "一级标题",
    "level2": "二级标题",
    "page_number": "页码",
}
"""What has a font of its own, with its name in messages."""

Margin = Annotated[float, Meta(ge=5, le=100)]
Names = Annotated[tuple[Name, ...], Meta(min_length=1)]


class Page(Declared, frozen=True):
    width: Annotated[float, Meta(ge=100, le=500)]
    height: Annotated[float, Meta(ge=100, le=600)]


class Margins(Declared, frozen=True):
    top: Margin
    bottom: Margin
    left: Margin
    right: Margin


class Grid(Declared, frozen=True):
    lines: Annotated[int, Meta(ge=5, le=80)]
    characters: Annotated[int, Meta(ge=10, le=80)]


class Imprint(Declared, frozen=True):
    """``back``: the imprint (版记) closes the last leaf."""

    back: bool = True


class Layout(Head, frozen=True, kw_only=True):
    """Lengths in millimetres, sizes in points. ``fonts[role]``: the name Word knows, then what a PDF may take instead.

    ``words``: of titles, which no line should break.
    """

    kind: Literal["papers"]
    page: Page
    margins: Margins
    grid: Grid
    sizes: Annotated[Mapping[str, Annotated[float, Meta(ge=5, le=80)]], with_keys(ROLES, ROLES)]
    named: Annotated[Mapping[str, Name | Names], with_keys(ROLES, ROLES)] = field(name="fonts")
    latin: Name = "Times New Roman"
    added: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    """Fonts that an office has put in, by role («latin» too): a PDF takes them before what stands in for the named one."""
    words: frozenset[Name] = frozenset()
    imprint: Imprint = Imprint()

    def __post_init__(self) -> None:
        if self.width < 50 or self.height < 50:
            raise RulesError("margins 太大，版心不足 50 毫米，请改小。")
        if self.pitch < self.sizes["body"]:
            raise RulesError(
                f"grid.lines：每页 {self.lines} 行排不下 {self.sizes['body']:g} 磅的字，请减少行数或字号。"
            )

    @property
    def lines(self) -> int:
        return self.grid.lines

    @property
    def characters(self) -> int:
        return self.grid.characters

    @property
    def fonts(self) -> Mapping[str, tuple[str, ...]]:
        found = {role: (names,) if isinstance(names, str) else names for role, names in self.named.items()}
        return {role: (names[0], *self.added.get(role, ()), *names[1:]) for role, names in found.items()}

    @property
    def width(self) -> float:
        """Of the type area (版心)."""
        return self.page.width - self.margins.left - self.margins.right

    @property
    def height(self) -> float:
        return self.page.height - self.margins.top - self.margins.bottom

    @property
    def pitch(self) -> float:
        """From line to line, in points: 225 mm hold 22 lines."""
        return self.height / 25.4 * 72 / self.lines

    @property
    def advance(self) -> float:
        """From character to character, in points: 156 mm hold 28 characters."""
        return self.width / 25.4 * 72 / self.characters


def layout_from(data: Mapping[str, Any]) -> Layout:
    """The rules in the plain values of a pack. Raises `RulesError`."""
    return decode(Layout, data)
