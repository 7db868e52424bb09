"""The table of a round: one row a school, headed as ``dudao balance`` reads it; what goes out comes back in unchanged."""

from collections.abc import Sequence
from typing import Any

from dudao.calc.codetables import SCHOOL_TYPES
from dudao.core.sheets import Column, Table
from dudao.stats.models import DataItem, Return, Round
from dudao.stats.queries import catalogue
from dudao.stats.queries.returns import county_names, numbers_of, stages_of

__all__ = ["rows_of", "table_of"]


def key_of(cell: catalogue.Cell) -> str:
    return f"{cell.item.pk}-{cell.stage}"


def table_of(asked: Round) -> Table:
    """The columns: school, county, type, code, then every item with all its stages."""
    numbers = [
        Column(
            key_of(cell),
            cell.heading,
            "decimal" if cell.item.kind == DataItem.Kind.DECIMAL else "integer",
            width=13,
            help=f"{cell.item.definition}（{cell.item.unit}）没有开设这个学段的填 0。"
            if cell.stage
            else f"{cell.item.definition}（{cell.item.unit}）",
        )
        for cell in catalogue.columns_for(catalogue.items_of(asked))
    ]
    return Table(
        "数据汇总",
        [
            Column("name", "学校名称", required=True, width=30, help="与机构信息里的名称一致。"),
            Column("county", "县区", width=14, help="有同名学校时用来区分。"),
            Column("type", "办学类型", width=16, help="只供查看，以机构信息为准。"),
            Column("code", "学校标识码", "code", width=16, help="填了就按它找学校。"),
            *numbers,
        ],
    )


def rows_of(asked: Round, returns: Sequence[Return]) -> list[dict[str, Any]]:
    """The schools as rows of the table: three queries, however many. Stages that a school doesn't run are 0, gaps stay empty."""
    cells = catalogue.columns_for(catalogue.items_of(asked))
    numbers = numbers_of(ret.pk for ret in returns)
    stages = stages_of(ret.unit_id for ret in returns)
    counties = county_names()
    rows = []
    for ret in returns:
        unit = ret.unit
        row: dict[str, Any] = {
            "name": unit.name,
            "county": next((name for path, name in counties if unit.path.startswith(path)), ""),
            "type": SCHOOL_TYPES[unit.school_type].name if unit.school_type in SCHOOL_TYPES else "",
            "code": unit.institution_code or unit.local_code,
        }
        held = numbers.get(ret.pk, {})
        for cell in cells:
            number = held.get(cell.key)
            absent = bool(cell.stage) and cell.stage not in stages[unit.pk]
            row[key_of(cell)] = 0 if number is None and absent else number
        rows.append(row)
    return rows
