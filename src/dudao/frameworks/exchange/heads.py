"""Which column of a table means what: the words that offices put over the columns of an indicator system.

Heads may stand in two rows, in any order, in full or half width, with blanks and line breaks inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dudao.core.sheets.cells import fold
from dudao.frameworks.exchange.grid import Grid

HEADER_WITHIN: Final = 20

_HANZI: Final = "一二三四五六七八九"
_LEVELS: Final = {word: at for words in ("abcd", _HANZI, "123456789") for at, word in enumerate(words, 1)} | {
    "十": 10, "十一": 11, "十二": 12,
}  # fmt: skip
_LEVEL: Final = re.compile(rf"([a-d{_HANZI}1-9]|十[一二]?)级(?:评估|评价|考核|督导)?(?:指标|项目|内容|要素)?(?:名称)?")
_WORDS: Final = {
    "code": "代码、编号、编码、指标代码、指标编号、指标编码、code",
    "parent": "上级、上级代码、上级编号、上级指标、上级指标代码、所属指标、父级、父级代码、parent",
    "depth": "层级、级别、级次、指标级别、指标层级",
    "points": "分值、满分、标准分、标准分值、指标分值、分数、赋分、赋分值、基准分、应得分、满分值、配分、分、points",
    "weight": "权重、权重系数、权数、指标权重、系数、ki",
    "steps": "分段值、分段分值、各档分值",
    "limits": "阈值、阀值、分段阈值、各档标准",
    "attach": "是否附件、附件",
    "explain": "是否评分说明、是否说明、评分说明",
    "evidence": "佐证材料、佐证、支撑材料、所需材料、资料清单、评估资料、查阅资料、材料清单、备查资料、档案资料",
    "kind": "计分方式、计分类型",
    "rule": "评分标准、评分细则、细则、评分办法、计分办法、计分方法、计分标准、评分方法、扣分标准、赋分标准"
    "、评估细则、考核标准、计分规则、评分规则、评分依据、赋分办法、扣分办法、评分说明及标准"
    "、rule",
    "text": "考核方式、评估方式、考核办法、评估方法、考核方法、检查方法、检查方式、标准、评估标准、指标要求"
    "、工作要求、具体要求、要求、标准与考核方式、信息采集方式、评价标准、达标要求、说明、指标说明"
    "、评估办法",
    "name": "指标、指标名称、指标内容、评估指标、评价指标、考核指标、督导指标、评估项目、考核项目、检查项目"
    "、项目、评估内容、考核内容、检查内容、督导内容、评价内容、内容、评估要素、要素、观测点"
    "、评估要点、考核要点、检查要点、要点、主要观测点、text",
}
_ROLE: Final = {fold(word): role for role, words in _WORDS.items() for word in words.split("、")}
_AFTER: Final = re.compile(r"\((?:分值?|权重|满分|%|百分比|分数|\d+分?|共?\d+分)\)$|[::]$")
_IGNORED: Final = re.compile(
    r"自评|复评|督评|评估得分|实际得分|得分|扣分(?:说明|原因|情况)|备注|评估人|评分人|考核人|单位得分|^序号$|签名|责任|完成时限"
)
LISTS: Final = frozenset({"text", "rule", "evidence", "limits"})
"""Meanings that several columns may have: what stands in them is put together."""
_SCORED: Final = frozenset({"points", "rule", "text", "weight", "steps", "limits", "kind"})


@dataclass(slots=True)
class Head:
    """The head of a table: rows ``top`` to ``bottom`` (from 0), the columns of each meaning, what was not understood."""

    top: int
    bottom: int
    levels: list[int] = field(default_factory=list)
    """Columns of indicators, from the first level to the last."""
    skipped: list[int] = field(default_factory=list)
    """Levels that no column names, though a deeper one has a column."""
    first_level: int = 1
    columns: dict[str, int] = field(default_factory=dict)
    also: dict[int, str] = field(default_factory=dict)
    """Further columns of a meaning that several may have."""
    points: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    loose: bool = False
    """The last level is a column like «考核内容» that may rather be the wording of the level before."""
    valued: frozenset[int] = frozenset()
    """Level columns whose head says that points stand behind the names: «一级指标（分值）»."""

    @property
    def texts(self) -> list[str]:
        return [fold(self.names[column]) for column in sorted(self.names)]


def find_head(grid: Grid) -> Head | None:
    """The best head among the first rows, or none: a head names indicators and something about their points."""
    best: tuple[int, Head] | None = None
    for top in range(min(HEADER_WITHIN, len(grid.rows))):
        for bottom in (top, top + 1):
            if bottom >= len(grid.rows) or (bottom > top and not _is_second(grid, top)):
                continue
            head, score = _read(grid, top, bottom)
            if head is not None and (best is None or score > best[0]):
                best = (score, head)
    return None if best is None else best[1]


def _is_second(grid: Grid, top: int) -> bool:
    """Whether the row below is part of the same head: merged with it, or under cells that span several columns."""
    row = top + 1
    covered = any(grid.goes_on(row, column) for column in range(grid.width))
    spans = any(first[0] == top and spot[0] == top for spot, first in grid.joined.items() if spot[0] == top)
    return covered or spans


def _read(grid: Grid, top: int, bottom: int) -> tuple[Head | None, int]:
    head = Head(top, bottom)
    found: dict[int, str] = {}
    for column, name in _names(grid, top, bottom):
        head.names[column] = name
        role = role_of(name)
        if role:
            found[column] = role
        elif not _IGNORED.search(fold(name)):
            head.unknown.append(name)
    numbered = sorted((int(role), column) for column, role in found.items() if role.isdigit())
    named = [column for column in sorted(found) if found[column] == "name"]
    for column, role in sorted(found.items()):
        if role == "points":
            head.points.append(column)
        elif not role.isdigit() and role != "name":
            taken = head.columns.setdefault(role, column) != column
            if taken and role in LISTS:
                head.also[column] = role
            elif taken:
                head.unknown.append(head.names[column])
    if numbered:
        head.first_level = numbered[0][0]
        head.skipped = sorted(set(range(numbered[0][0], numbered[-1][0])) - {level for level, _ in numbered})
        head.levels = list(dict.fromkeys(column for _, column in numbered))
        # «一级指标 | 二级指标 | 考核内容 | 分值»: the contents may be the indicators that carry the points.
        behind = [column for column in named if column > max(head.levels)]
        head.levels += behind[:1]
        head.loose = bool(behind)
    else:
        head.levels = named
    head.valued = frozenset(column for column in head.levels if re.search(r"[（(][^）)]*分", head.names[column]))
    is_scored = bool(head.points) or bool(_SCORED & set(head.columns)) or bool(head.valued)
    if not head.levels or not is_scored:
        return None, 0
    return head, 10 * len(found) - len(head.unknown) - (bottom - top)


def _names(grid: Grid, top: int, bottom: int) -> Iterator[tuple[int, str]]:
    for column in range(grid.width):
        lower, upper = grid.shown(bottom, column), grid.shown(top, column)
        # A cell that spans columns names all of them only when nothing stands below it.
        if lower == upper and grid.joined.get((bottom, column), (bottom, column))[1] != column:
            continue
        name = next((word for word in (lower, upper + lower) if role_of(word)), lower or upper)
        if name:
            yield column, name


def role_of(name: str) -> str:
    """What a column of this name means: a level's number, a meaning, or nothing known."""
    plain = fold(name)
    bare = _AFTER.sub("", plain)
    if (level := _LEVEL.fullmatch(bare)) is not None:
        return str(_LEVELS[level[1]])
    if bare in _ROLE:
        return _ROLE[bare]
    if re.fullmatch(r"[a-e](?:档|等|级标准|等标准)?", bare):
        return "limits"  # «A | B | C | D»: the bounds of the levels, a column each
    if len(bare) > 12 or _IGNORED.search(bare):
        return ""
    return "rule" if re.search(r"(评分|计分|赋分|扣分)(标准|细则|办法|方法|规则)", bare) else ""


def is_head_again(grid: Grid, row: int, head: Head) -> bool:
    """Whether a row repeats the head: tables over several pages carry it at the top of each."""
    texts = [fold(grid.shown(row, column)) for column in sorted(head.names)]
    filled = [(text, name) for text, name in zip(texts, head.texts, strict=True) if text]
    same = sum(text == name for text, name in filled)
    return len(filled) >= 2 and same == len(filled)


def is_other_head(grid: Grid, row: int, head: Head) -> bool:
    """Whether a row looks like the head of another table with other columns."""
    texts = [text for text in (grid.text(row, column) for column in range(grid.width)) if text]
    known = [text for text in texts if role_of(text)]
    return len(known) >= 3 and 2 * len(known) > len(texts) and len(head.names) >= 3
