"""What inspectors and experts are good at (专业特长): the usual words, and the shape of those that an office adds."""

from collections.abc import Iterable
from typing import Final

USUAL: Final = (
    "学前教育", "义务教育", "普通高中", "职业教育", "特殊教育", "民办教育", "教育财务", "校园安全", "食品安全", "卫生健康",
    "德育思政", "教学教研", "体育美育劳动", "教师队伍", "教育信息化", "基本建设", "教育法治", "教育督导评估",
)  # fmt: skip
"""Offered everywhere; an office adds its own words beside them."""
INSPECTING: Final = ("city_inspector", "county_inspector", "expert")
"""Roles whose people have specialities."""
MOST, LONGEST = 12, 20


def cleaned(words: Iterable[str]) -> list[str]:
    """Each once, in the order of `USUAL`, the office's own after them. Raises ``ValueError`` in words for too many or too long."""
    found = list(dict.fromkeys("".join(word.split()) for word in words if word.strip()))
    long = next((word for word in found if len(word) > LONGEST), None)
    if long is not None:
        raise ValueError(f"“{long}”超过 {LONGEST} 个字，请用简短的词。")
    if len(found) > MOST:
        raise ValueError(f"专业特长最多 {MOST} 项，现有 {len(found)} 项，请只留最擅长的。")
    return in_order(found)


def in_order(words: Iterable[str]) -> list[str]:
    """The usual words first."""
    order = {word: place for place, word in enumerate(USUAL)}
    return sorted(words, key=lambda word: (order.get(word, len(order)), word))
