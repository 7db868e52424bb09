"""What leaves a trial as Excel: the template to fill in, the ranking with the marks of every indicator."""

import io
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from dudao.calc.expr import Item, Kind
from dudao.calc.score import Scores, SubjectColumn, System, columns_of, exact_text
from dudao.calc.tree import Tree
from dudao.core import sheets
from dudao.frameworks.models import Trial, TrialSubject

SUBJECT = "单位名称"
_KINDS = {
    Kind.NUMBER: "decimal",
    Kind.AMOUNT: "decimal",
    Kind.COUNT: "integer",
    Kind.TRUTH: "yes_no",
    Kind.CHOICE: "choice",
    Kind.TEXT: "text",
}


def template_of(system: System, *, apart: bool = False, title: str = "") -> bytes:
    """The workbook to fill in for a system; ``apart``: a column for each source of marks."""
    table = _table(system, apart)
    words = "从第 4 行起每行一个单位；还没有的数空着，不要填 0。列名不要改，用不到的列可以删去。"
    return sheets.template(table, title=title, line=("填报单位：", "填报人：", "填报日期："), help_text=words)


def filled_of(system: System, rows: Iterable[tuple[str, Mapping[str, Any]]], *, apart: bool, title: str) -> bytes:
    """The same with names and values (by key of column) that are known already."""
    table = _table(system, apart)
    keys = [column.key for column in columns_of(system, apart=apart)]
    target = io.BytesIO()
    written = ({"name": name, **{f"c{keys.index(key)}": value for key, value in cells.items()}} for name, cells in rows)
    sheets.export(table, written, target, title=title, line=("填报单位：", "填报人：", "填报日期："))
    return target.getvalue()


def _table(system: System, apart: bool) -> sheets.Table:
    columns = [sheets.Column("name", SUBJECT, required=True, width=20, limit=100)]
    columns += [_column(index, column, system.tree) for index, column in enumerate(columns_of(system, apart=apart))]
    return sheets.Table("评分表", columns)


def _column(index: int, column: SubjectColumn, tree: Tree) -> sheets.Column:
    item = column.item
    plain = not item.aliases and not item.may_not_apply
    kind = _KINDS[item.kind] if plain else "text"
    choices = {option: option for option in item.options} if kind == "choice" else {}
    return sheets.Column(
        f"c{index}",
        column.header,
        "text" if kind == "choice" and not choices else kind,
        width=min(max(12, len(column.header) * 1.6), 30),
        choices=choices,
        help=_help(column, item, tree),
    )


def _help(column: SubjectColumn, item: Item, tree: Tree) -> str:
    """What may stand in the cells of a column."""
    parts = []
    if column.code:
        parts.append(tree.nodes[column.code].name)
    if item.aliases:
        parts.append(f"填 {'、'.join(item.aliases)} 或数字")
    elif item.least is not None and item.most is not None:
        parts.append(f"{item.least:f} 至 {item.most:f}")
    elif item.kind is Kind.COUNT:
        parts.append("整数，从 0 起")
    elif item.kind is Kind.TRUTH:
        parts.append("是或否")
    elif item.options:
        parts.append("、".join(item.options))
    if item.is_percent:
        parts.append("填百分数，如 95")
    elif item.unit:
        parts.append(f"单位：{item.unit}")
    if item.may_not_apply:
        parts.append("不适用的填“不适用”")
    if not column.is_needed:
        parts.append("没有的可以不填")
    return "；".join(parts)


# ---- what comes out -------------------------------------------------------------------------------------------


def _cell(value: Fraction | None, level: str | None = None) -> Any:
    """A number for the sheet where it is one; a level beside it, or alone."""
    if value is None:
        return level
    if level is not None:
        return f"{exact_text(value)} {level}"
    return value.numerator if value.denominator == 1 else float(value)


def _stored(text: str | None, level: str | None = None) -> Any:
    return _cell(None if text is None else Fraction(text), level)


def ranking_table(trial: Trial, tree: Tree) -> sheets.Table:
    labels = {source.key: source.label for source in tree.sources}
    columns = [
        sheets.Column("rank", "名次", "integer", width=8),
        sheets.Column("name", SUBJECT, width=24),
        sheets.Column("total", "总分", "decimal", width=10),
        sheets.Column("possible", "适用满分", "decimal", width=10),
        sheets.Column("grade", "等次", width=10),
    ]
    columns += [
        sheets.Column(f"b{child.code}", f"{child.code} {child.name}", "decimal", width=14)
        for child in tree.root.children
    ]
    if len(trial.sources) > 1:
        columns += [sheets.Column(f"s{key}", f"{labels[key]}总分", "decimal", width=12) for key in trial.sources]
    columns += [sheets.Column("open", "没有得分的指标", width=30), sheets.Column("vetoes", "一票否决", width=24)]
    return sheets.Table("名次", columns, named=2)


def _ranking(trial: Trial, tree: Tree, rows: Iterable[TrialSubject]) -> Iterable[dict[str, Any]]:
    vetoes = {veto.code: veto.name for veto in tree.vetoes}
    for row in rows:
        result = row.result
        values: dict[str, Any] = {
            "rank": row.rank,
            "name": row.name,
            "total": _stored(result["total"]),
            "possible": _stored(result["possible"]),
            "grade": result["grade"] or result["level"],
            "open": "、".join(result["open"]),
            "vetoes": "、".join(vetoes[code] for code in result["vetoes"]),
        }
        values |= {f"b{code}": _stored(block["mark"], block["level"]) for code, block in result["blocks"].items()}
        values |= {f"s{key}": _stored(result["totals"].get(key)) for key in trial.sources}
        yield values


def marks_table(tree: Tree) -> sheets.Table:
    columns = [sheets.Column("name", SUBJECT, width=24)]
    columns += [
        sheets.Column(f"m{code}", f"{code} {node.name}", "decimal", width=12)
        for code, node in tree.nodes.items()
        if node is not tree.root
    ]
    return sheets.Table("各项得分", columns)


def _marks(names: list[str], scores: Scores, main: str) -> Iterable[dict[str, Any]]:
    sheet = scores.sheet(main)
    marks: dict[str, list[Any]] = {}
    levels: Mapping[str, list[Any]] = {
        code: found.values() for code in scores.tree.nodes if (found := sheet.level(code)) is not None
    }
    for code, node in scores.tree.nodes.items():
        marks[code] = sheet.mark(code).values() if node.points is not None else [None] * len(names)
    for row, name in enumerate(names):
        yield {
            "name": name,
            **{
                f"m{code}": _cell(values[row], levels[code][row] if code in levels else None)
                for code, values in marks.items()
            },
        }


def write_trial(trial: Trial, tree: Tree, rows: list[TrialSubject], scores: Scores, names: list[str]) -> bytes:
    """Two sheets: the ranking, best first; the marks of every indicator in the order of the table."""
    target = io.BytesIO()
    writer = sheets.Writer(target, constant_memory=False)
    line = (f"指标体系：{trial.version}", f"试算单位：{trial.unit}", f"试算人：{trial.made_by}")
    ranked = sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.position))
    _sheet(writer, ranking_table(trial, tree), _ranking(trial, tree, ranked), trial.title, line)
    _sheet(writer, marks_table(tree), _marks(names, scores, trial.main), f"{trial.title}　各项得分", line)
    writer.close()
    return target.getvalue()


def _sheet(
    writer: sheets.Writer, table: sheets.Table, rows: Iterable[Mapping[str, Any]], title: str, line: tuple[str, ...]
) -> None:
    sheet = writer.book.add_worksheet(table.name)
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
    top = writer.begin(sheet, table.columns, title=title, line=line, named=table.named)
    for at, row in enumerate(rows, top + 1):
        for index, column in enumerate(table.columns):
            writer.value(sheet, at, index, column, row.get(column.key))
