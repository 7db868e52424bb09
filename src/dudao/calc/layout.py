"""How an office's papers look: page, grid, fonts, sizes, as data that an office may change (`packs/papers`).

The floor is GB/T 9704-2012. Offices deviate (20 lines of 25 characters, a pitch of 28 points), so that nothing of it is code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ROLES: Mapping[str, str] = {
    "body": "正文",
    "title": "标题",
    "masthead": "发文机关标志",
    "level1": "一级标题",
    "level2": "二级标题",
    "page_number": "页码",
}
"""What has a font of its own, with its name in messages."""


class LayoutError(ValueError):
    """A set of layout rules that can't be used; the message says in Chinese where and why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Lengths in millimetres, sizes in points. ``fonts[role]``: the name Word knows, then what a PDF may take instead.

    ``words``: of titles, which no line should break. ``imprint_on_back``: the imprint (版记) closes the last leaf.
    """

    name: str
    page: tuple[float, float]
    top: float
    bottom: float
    left: float
    right: float
    lines: int
    characters: int
    sizes: Mapping[str, float]
    fonts: Mapping[str, tuple[str, ...]]
    latin: str
    words: frozenset[str] = frozenset()
    imprint_on_back: bool = True

    @property
    def width(self) -> float:
        """Of the type area (版心)."""
        return self.page[0] - self.left - self.right

    @property
    def height(self) -> float:
        return self.page[1] - self.top - self.bottom

    @property
    def pitch(self) -> float:
        """From line to line, in points: 225 mm hold 22 lines."""
        return self.height / 25.4 * 72 / self.lines

    @property
    def advance(self) -> float:
        """From character to character, in points: 156 mm hold 28 characters."""
        return self.width / 25.4 * 72 / self.characters


def layout_from(data: Mapping[str, Any]) -> Layout:
    """The rules in the plain values of a pack. Raises `LayoutError`."""

    def number(name: str, values: Mapping[str, Any], low: float, high: float) -> float:
        value = values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise LayoutError(f"版式规则：{name} 应为 {low:g} 到 {high:g} 之间的数。")
        return float(value)

    margins, grid = _group(data, "margins"), _group(data, "grid")
    sizes, fonts = _group(data, "sizes"), _group(data, "fonts")
    page = _group(data, "page")
    missing = [role for role in ROLES if role not in fonts or role not in sizes]
    if missing:
        raise LayoutError(f"版式规则：缺少“{ROLES[missing[0]]}”（{missing[0]}）的字体或字号。")
    made = Layout(
        name=str(data.get("name", "")),
        page=(number("width", page, 100, 500), number("height", page, 100, 600)),
        **{side: number(side, margins, 5, 100) for side in ("top", "bottom", "left", "right")},
        lines=int(number("lines", grid, 5, 80)),
        characters=int(number("characters", grid, 10, 80)),
        sizes={role: number(role, sizes, 5, 80) for role in ROLES},
        fonts={role: _names(fonts[role], role) for role in ROLES},
        latin=str(data.get("latin", "Times New Roman")),
        words=frozenset(map(str, data.get("words") or ())),
        imprint_on_back=_switch(data.get("imprint", {}), "back"),
    )
    if made.width < 50 or made.height < 50:
        raise LayoutError("版式规则：页边距太大，版心不足 50 毫米。")
    if made.pitch < made.sizes["body"]:
        raise LayoutError(f"版式规则：每页 {made.lines} 行排不下 {made.sizes['body']:g} 磅的字，请减少行数或字号。")
    return made


def _group(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    values = data.get(name)
    if not isinstance(values, Mapping):
        raise LayoutError(f"版式规则：缺少 {name}。")
    return values


def _switch(values: Any, name: str) -> bool:
    value = values.get(name, True) if isinstance(values, Mapping) else None
    if not isinstance(value, bool):
        raise LayoutError(f"版式规则：imprint 的 {name} 应为 true 或 false。")
    return value


def _names(value: Any, role: str) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not names or not all(isinstance(name, str) and name for name in names):
        raise LayoutError(f"版式规则：“{ROLES[role]}”的字体应为一个或几个字体名。")
    return tuple(names)
