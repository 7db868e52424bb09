"""Why a cell has no value. Every cell of every column carries one of these; there is no silent zero.

When several reasons meet in one calculation the greatest wins, which makes combining them order-free.
How a page words an unknown («—») is left to the pages; the sentences here go into explanations.
"""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    KNOWN = 0
    ABSENT = 1
    """An input was not reported."""
    ZERO_DIVISION = 2
    EMPTY_GROUP = 3
    """Too few units for an average, a share, an extreme (none) or a coefficient of variation (one)."""
    NEGATIVE_WEIGHT = 4
    TOO_LARGE = 5
    """Exact, but with more digits than the engine keeps (see `numbers.MAX_BITS`)."""
    PART_ABOVE_WHOLE = 6
    """What is counted as a part is more than all: one of the two numbers is wrong."""
    NO_BAND = 7
    """The measured value lies where the rule says nothing."""
    NO_CATEGORY = 8
    """The rule says nothing for this category of unit."""
    UNMARKED = 9
    """Nobody has judged this item yet."""
    NOT_APPLICABLE = 10

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    State.KNOWN: "有值",
    State.ABSENT: "缺数据",
    State.ZERO_DIVISION: "除数为零，算不出",
    State.EMPTY_GROUP: "可统计的单位不够，算不出",
    State.NEGATIVE_WEIGHT: "权重为负，算不出",
    State.TOO_LARGE: "数值过大，算不出",
    State.PART_ABOVE_WHOLE: "部分大于全体，请核对",
    State.NO_BAND: "规则没有规定这个数值怎样计分",
    State.NO_CATEGORY: "规则没有规定这一类单位怎样计分",
    State.UNMARKED: "未评",
    State.NOT_APPLICABLE: "不适用",
}
