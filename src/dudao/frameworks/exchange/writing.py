"""An indicator system as a workbook in the layout that `reading` reads: the table of indicators, and the sheet «设置».

    1 名称 over all columns
    2 一级指标 | 二级指标 | … | 分值 | 权重 | 标准与考核方式 | 计分方式 | 计分规则 | 佐证材料
    3 one row for each leaf, the indicators above it merged downwards

Read back it is the same system, to the last digit.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from dudao.calc.numerals import hanzi_of
from dudao.calc.tree import Tree, to_data
from dudao.core.sheets import Column, SheetError, Writer
from dudao.frameworks.exchange import settings
from dudao.frameworks.exchange.layout import carries, heading, rule_lines

MOST_LETTERS: Final = 32_000
UNUSED: Final = 13
"""Width in characters of a column that nothing stands in."""
LEVELS: Final = tuple(f"{hanzi_of(level)}级指标" for level in range(1, 13))
_COLUMNS: Final = (
    ("points", "分值", 8),
    ("weight", "权重", 8),
    ("text", "标准与考核方式", 44),
    ("kind", "计分方式", 13),
    ("rule", "计分规则", 40),
    ("evidence", "佐证材料", 22),
)

Line = tuple[tuple[Mapping[str, Any], ...], int]
"""A leaf with those above it, first level first; and how many of them begin in this row."""


def rows_below(nodes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[tuple[Mapping[str, Any], ...], int]]:
    """For each leaf: the indicators from the first level down to it, and from which level on they are new in its row."""

    def below(above: tuple[Mapping[str, Any], ...], node: Mapping[str, Any], fresh: int) -> Iterator[Any]:
        line = (*above, node)
        children = node.get("children", ())
        if not children:
            yield line, fresh
        for at, child in enumerate(children):
            yield from below(line, child, fresh if at == 0 else len(line))

    for node in nodes:
        yield from below((), node, 0)


def workbook(tree: Tree, *, line: Sequence[str] = ()) -> bytes:
    """The workbook's bytes. ``line``: what stands below the title (office, edition, document number)."""
    target = io.BytesIO()
    writer = Writer(target)
    data = to_data(tree)
    lines = list(rows_below(data["indicators"]))
    depth = max((len(row) for row, _ in lines), default=1)
    has_weight = any("weight" in row[-1] for row, _ in lines)
    columns = [column for column in _COLUMNS if column[0] != "weight" or has_weight]
    sheet = writer.book.add_worksheet("指标体系")
    heads = [Column(name, name, width=22) for name in LEVELS[:depth]]
    used = {key for row, _ in lines for key, value in _values(row[-1]).items() if value}
    heads += [Column(key, name, width=width if key in used else min(width, UNUSED)) for key, name, width in columns]
    for index, head in enumerate(heads):
        sheet.set_column(index, index, head.width)
    last = len(heads) - 1
    writer.title(sheet, data["name"], last)
    writer.line(sheet, 1, line, last)
    writer.header(sheet, 2, heads)
    _body(writer, sheet, lines, depth, columns)
    writer.page(sheet, header_row=2, widths=[head.width for head in heads])
    _settings(writer, tree)
    writer.close()
    return target.getvalue()


def _body(
    writer: Writer, sheet: Any, lines: Sequence[Line], depth: int, columns: Sequence[tuple[str, str, int]]
) -> None:
    text = writer.format(border=1, text_wrap=True, num_format="@")
    digits = writer.format(border=1, align="center")
    tall = writer.format(
        border=1, text_wrap=True, num_format="@", valign="top"
    )  # a name cut by a page's end is no name
    starts: dict[int, tuple[int, Mapping[str, Any]]] = {}

    def close(level: int, end: int) -> None:
        for at in [at for at in starts if at >= level]:
            start, node = starts.pop(at)
            words = _checked(heading(node, with_points=True))
            if end > start:
                sheet.merge_range(start, at, end, at, "", tall)
            sheet.write_string(start, at, words, tall if end > start else text)

    for row, (line, fresh) in enumerate(lines, 3):
        close(fresh, row - 1)
        leaf = line[-1]
        for at in range(fresh, len(line) - 1):
            starts[at] = (row, line[at])
        for at in range(len(line), depth):
            sheet.write_blank(row, at, None, text)
        sheet.write_string(row, len(line) - 1, _checked(heading(leaf, with_points=False)), text)
        values = _values(leaf)
        for index, (key, _, _) in enumerate(columns, depth):
            value = values.get(key)
            if value is None or value == "":
                sheet.write_blank(row, index, None, text)
            elif key in {"points", "weight"}:
                _number(sheet, row, index, value, digits)
            else:
                sheet.write_string(row, index, _checked(value), text)
        sheet.set_row(row, _height(values, columns, leaf))
    close(0, len(lines) + 2)


def _values(leaf: Mapping[str, Any]) -> dict[str, Any]:
    kind, lines = rule_lines(leaf.get("rule"))
    evidence = leaf.get("evidence", ())
    is_plain = carries(leaf.get("rule"))
    return {
        "points": leaf.get("points"),
        "weight": leaf.get("weight"),
        "text": leaf.get("text"),
        "kind": kind,
        "rule": lines if is_plain else "",
        "evidence": "\n".join(" ".join(entry.split()) for entry in evidence),
    }


def _number(sheet: Any, row: int, index: int, value: str, style: Any) -> None:
    if len(Decimal(value).as_tuple().digits) > 15 or f"{Decimal(value).normalize():f}" != value:
        sheet.write_string(row, index, value, style)  # a spreadsheet would not keep it as it is written
    else:
        sheet.write_number(row, index, float(value), style)


def _checked(text: str) -> str:
    if len(text) > MOST_LETTERS:
        raise SheetError(f"“{text[:20]}……”有 {len(text)} 个字，超过 Excel 一个单元格的上限，请缩短后再导出。")
    return text


def _height(values: Mapping[str, Any], columns: Sequence[tuple[str, str, int]], leaf: Mapping[str, Any]) -> float:
    """Points for as many lines as the fullest cell of the row needs; a spreadsheet doesn't do it by itself for all readers."""
    texts = [(str(values.get(key) or ""), width) for key, _, width in columns] + [
        (f"{leaf['code']} {leaf['name']}", 22)
    ]
    lines = max(
        sum(1 + _width(part) // max(width - 1, 1) for part in text.split("\n")) if text else 1 for text, width in texts
    )
    return min(max(lines * 15.5 + 4, 24), 400)


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 255 else 1 for letter in text)


def _settings(writer: Writer, tree: Tree) -> None:
    sheet = writer.book.add_worksheet(settings.SHEET)
    heads = [Column(name, name, width=width) for name, width in zip(settings.HEAD, (12, 14, 26, 90), strict=True)]
    for index, head in enumerate(heads):
        sheet.set_column(index, index, head.width)
    writer.title(sheet, "其他设置", 3)
    writer.line(
        sheet, 1, ["指标表以外的内容：数据项、等次、一票否决、文件信息等。导回时与指标表一起读取，请勿删除。"], 3
    )
    writer.header(sheet, 2, heads)
    style = writer.format(border=1, text_wrap=True, num_format="@", valign="top")
    for row, values in enumerate(settings.settings_rows(tree), 3):
        for index, value in enumerate(values):
            sheet.write_string(row, index, _checked(value), style)
    writer.page(sheet, header_row=2, widths=[head.width for head in heads])
