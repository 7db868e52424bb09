"""The tables of a round: a row a school, headed as ``dudao balance`` reads it, and a row a county. What goes out comes back in."""

from collections.abc import Sequence
from typing import Any

from dudao.calc.codetables import SCHOOL_TYPES
from dudao.core.sheets import Column, Table
from dudao.stats.models import DataItem, Return, Round
from dudao.stats.numbers import number_words
from dudao.stats.queries import catalogue
from dudao.stats.queries.returns import county_names, numbers_of, stages_of

SCHOOL_SHEET = "数据汇总"
COUNTY_SHEET = "县级数据"
_KINDS = {DataItem.Kind.INTEGER: "integer", DataItem.Kind.DECIMAL: "decimal"}


def key_of(cell: catalogue.Cell) -> str:
    return f"{cell.item.pk}-{cell.stage}"


def _column(cell: catalogue.Cell) -> Column:
    item = cell.item
    words = f"{item.definition}（{item.unit}）" if item.unit else item.definition
    if cell.stage:
        words += "没有开设这个学段的填 0。"
    if item.kind == DataItem.Kind.YES_NO:
        words += "填“是”或“否”。"
    if item.options:
        words += f"填“{'”“'.join(item.options)}”之一。"
    return Column(key_of(cell), cell.heading, _KINDS.get(DataItem.Kind(item.kind), "text"), width=13, help=words)


def table_of(asked: Round) -> Table:
    """The columns: school, county, type, code, then every item of schools with all its stages."""
    return Table(
        SCHOOL_SHEET,
        [
            Column("name", "学校名称", required=True, width=30, help="与机构信息里的名称一致。"),
            Column("county", "县区", width=14, help="有同名学校时用来区分。"),
            Column("type", "办学类型", width=16, help="只供查看，以机构信息为准。"),
            Column("code", "学校标识码", "code", width=16, help="填了就按它找学校，名称要与它一致。"),
            *(_column(cell) for cell in catalogue.columns_for(catalogue.items_of(asked))),
        ],
    )


def county_table(asked: Round) -> Table:
    """The columns: county, its code, then every item of counties."""
    return Table(
        COUNTY_SHEET,
        [
            Column("name", "县市区", required=True, width=20, help="与机构信息里的名称一致。"),
            Column("code", "行政区划代码", "code", width=14, help="填了就按它找县市区，名称要与它一致。"),
            *(_column(cell) for cell in catalogue.columns_for(catalogue.items_of(asked), county=True)),
        ],
    )


def _written(cell: catalogue.Cell, number: Any) -> Any:
    """Numbers stay numbers; yes, no and options are the words that the template asks for."""
    return number if number is None or cell.item.kind in _KINDS else number_words(number, cell.item)


def rows_of(asked: Round, returns: Sequence[Return]) -> list[dict[str, Any]]:
    """The schools as rows of the table: three queries, however many. Stages that a school doesn't run are 0, gaps stay empty."""
    cells = catalogue.columns_for(catalogue.items_of(asked))
    numbers = numbers_of(ret.pk for ret in returns)
    stages = stages_of(ret.unit_id for ret in returns)
    counties = county_names()
    rows = []
    for ret in returns:
        unit = ret.unit
        if unit.kind in catalogue.COUNTIES:
            continue
        row: dict[str, Any] = {
            "name": unit.name,
            "county": next((name for path, name in counties if unit.path.startswith(path)), ""),
            "type": SCHOOL_TYPES[unit.school_type].name if unit.school_type in SCHOOL_TYPES else "",
            "code": unit.institution_code or unit.local_code,
        }
        held = numbers.get(ret.pk, {})
        for cell in cells:
            number = held.get(cell.key)
            absent = bool(cell.stage) and cell.stage not in stages[unit.pk] and cell.item.kind in _KINDS
            row[key_of(cell)] = 0 if number is None and absent else _written(cell, number)
        rows.append(row)
    return rows


def named(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of rows what says whose they are: for a template, in which nobody should have to type the names of the schools."""
    return [{key: row[key] for key in ("name", "county", "type", "code") if key in row} for row in rows]


def county_rows(asked: Round, returns: Sequence[Return]) -> list[dict[str, Any]]:
    """The counties as rows of their table; gaps stay empty."""
    cells = catalogue.columns_for(catalogue.items_of(asked), county=True)
    numbers = numbers_of(ret.pk for ret in returns)
    return [
        {
            "name": ret.unit.name,
            "code": ret.unit.region_code or ret.unit.local_code,
            **{key_of(cell): _written(cell, numbers.get(ret.pk, {}).get(cell.key)) for cell in cells},
        }
        for ret in returns
        if ret.unit.kind in catalogue.COUNTIES
    ]
