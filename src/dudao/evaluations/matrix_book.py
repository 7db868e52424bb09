"""The review of a campaign as a workbook: 逐项对照, 核定得分, 评分明细, 评审宽严. Streamed, so that it stays small in memory."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dudao.calc.reviewing import Strictness
from dudao.calc.rounding import round_half_up
from dudao.calc.score import ADOPTED
from dudao.calc.tree import Node
from dudao.core.sheets import Column, Table, Writer
from dudao.evaluations.queries.matrix import Given, Line, Matrix, Whole

_ORDINAL = Column("_ordinal", "序号", width=6)
Progress = Callable[[int, int], None]


def write_book(
    target: Path | io.BytesIO,
    *,
    matrix: Matrix,
    given: Iterable[Given],
    strict: Sequence[tuple[str, str, Strictness]],
    line: Sequence[str],
    mark: str,
    progress: Progress | None = None,
) -> int:
    """Write all sheets; answers the lines of the first. ``strict``: (source, reviewer, how strict)."""
    total = len(matrix)
    writer = Writer(target, constant_memory=True)
    writer.book.set_properties({"title": matrix.campaign.title, "comments": mark})
    lines = (_line(one) for one in matrix.lines())
    wholes = [_whole(one) for one in matrix.wholes()]
    unread = [
        {"county": matrix.county(one), "unit": one.label, "grade": "数据有误，没有计算"} for one in matrix.unscored
    ]

    def put(
        table: Table, rows: Iterable[Mapping[str, Any]], what: str, told: Callable[[int], None] | None = None
    ) -> int:
        return _sheet(writer, table, rows, title=f"{matrix.campaign.title}{what}", line=line, mark=mark, told=told)

    count = put(
        _compared(matrix), lines, "评分逐项对照", None if progress is None else lambda done: progress(done, total)
    )
    put(_adopted(matrix), wholes + unread, "核定得分")
    put(_GIVEN, (_given(one) for one in given), "评分明细")
    if strict:
        put(_STRICT, (_strict(*one) for one in strict), "评审人宽严")
    writer.close()
    return count


def _sheet(
    writer: Writer,
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str,
    line: Sequence[str],
    mark: str,
    told: Callable[[int], None] | None = None,
) -> int:
    """One sheet of the book in the house's layout; answers its rows."""
    sheet = writer.book.add_worksheet(table.name)
    columns, last = list(table.columns), len(table.columns)
    heads = [_ORDINAL, *columns]
    for place, column in enumerate(heads):
        sheet.set_column(place, place, column.width)
    top = writer.begin(sheet, heads, title=title, line=line, named=2, mark=mark)
    count = 0
    for count, row in enumerate(rows, 1):
        sheet.write_number(top + count, 0, count, writer.body(None))
        for place, column in enumerate(columns, 1):
            writer.value(sheet, top + count, place, column, row.get(column.key))
        if told is not None and count % 500 == 0:
            told(count)
    if count:
        sheet.autofilter(top, 0, top + count, last)
    return count


# ---- 逐项对照 -------------------------------------------------------------------------------------------------


def _compared(matrix: Matrix) -> Table:
    sources = [Column(f"at:{one.key}", one.label, "decimal", width=11, group="各来源") for one in matrix.sources]
    return Table(
        "逐项对照",
        [
            Column("county", "县市区", width=12),
            Column("unit", "单位", width=26),
            Column("block", "一级指标", width=18),
            Column("code", "指标代码", "code", width=11),
            Column("leaf", "指标", width=30),
            Column("points", "满分", "decimal", width=8),
            *sources,
            Column("adopted", "核定", "decimal", width=11),
            Column("deviation", "与自评的偏差", "decimal", width=12),
            Column("note", "说明", width=22),
        ],
    )


def _line(one: Line) -> dict[str, Any]:
    return {
        "county": one.county,
        "unit": one.subject.label,
        "block": one.block.name,
        "code": one.leaf.code,
        "leaf": one.leaf.name,
        "points": one.leaf.points,
        **{f"at:{key}": value for key, value in one.values.items() if key != ADOPTED},
        "adopted": one.values[ADOPTED],
        "deviation": one.deviation,
        "note": one.note,
    }


# ---- 核定得分 -------------------------------------------------------------------------------------------------


def _adopted(matrix: Matrix) -> Table:
    """The blocks of the first level, then every indicator below its block."""
    tree = matrix.tree
    blocks = [_score_column(child, "一级指标") for child in tree.root.children if child.children]
    leaves = [
        _score_column(leaf, child.name if child.children else "一级指标")
        for child in tree.root.children
        for leaf in child.walk()
        if not leaf.children
    ]
    scored = tree.root.points is not None
    return Table(
        "核定得分",
        [
            Column("county", "县市区", width=12),
            Column("unit", "单位", width=26),
            *([Column("total", "总分", "decimal", width=10)] if scored else []),
            Column("grade", "等次", width=14),
            *blocks,
            *leaves,
        ],
    )


def _score_column(node: Node, group: str) -> Column:
    return Column(f"node:{node.code}", f"{node.code} {node.name}", "decimal", width=12, group=group)


def _whole(one: Whole) -> dict[str, Any]:
    values = {f"node:{code}": value for code, value in one.values.items()}
    return {"county": one.county, "unit": one.subject.label, "total": one.total, "grade": one.grade, **values}


# ---- 评分明细 and 评审宽严 -------------------------------------------------------------------------------------

_GIVEN = Table(
    "评分明细",
    [
        Column("unit", "单位", width=26),
        Column("code", "指标代码", "code", width=11),
        Column("leaf", "指标", width=30),
        Column("source", "来源", width=11),
        Column("who", "评分人", width=18),
        Column("cells", "所评", width=14),
        Column("reason", "理由", width=44),
        Column("at", "评分日期", "date", width=16),
    ],
)

_STRICT = Table(
    "评审宽严",
    [
        Column("source", "来源", width=12),
        Column("name", "评审人", width=16),
        Column("marks", "已评项", "integer", width=10),
        Column("rate", "平均得分率（%）", "decimal", width=16),
        Column("pairs", "可比项", "integer", width=10),
        Column("against", "比同项其他评审人高（百分点）", "decimal", width=22),
    ],
)
"""Only what several reviewers marked, the same unit at the same indicator, is compared; below nought is stricter."""


def _given(one: Given) -> dict[str, Any]:
    return {
        "unit": one.subject.label,
        "code": one.code,
        "leaf": one.name,
        "source": one.source,
        "who": one.who,
        "cells": one.cells,
        "reason": one.reason,
        "at": one.at,
    }


def _strict(source: str, name: str, one: Strictness) -> dict[str, Any]:
    return {
        "source": source,
        "name": name,
        "marks": one.marks,
        "rate": None if one.rate is None else round_half_up(one.rate * 100, 1),
        "pairs": one.pairs,
        "against": None if one.against is None else round_half_up(one.against * 100, 1),
    }
