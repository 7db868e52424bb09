"""What a cell may hold, told to the spreadsheet program: drop-down lists, whole numbers, dates, and a word beside the cell."""

from datetime import date
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from dudao.core.sheets.columns import Column

LISTS = "字典"
"""The hidden sheet that holds the choices of drop-down lists."""


def validate(
    sheet: Worksheet,
    place: int,
    column: Column,
    *,
    rows: tuple[int, int],
    lists: Worksheet | None = None,
    source: str = "",
) -> None:
    """Say what the cells of a column in these rows (from, to) may hold.

    ``lists`` is the hidden sheet for the choices; ``source`` names a range of another sheet with known names, which are offered
    without being the only ones.
    """
    options: dict[str, Any] = {
        "ignore_blank": True,
        "error_title": "填写有误",
        "input_title": column.name[:32],
        "input_message": (column.help or what(column))[:255],
    }
    if source:
        options |= {
            "validate": "list",
            "source": source,
            "error_type": "warning",
            "error_message": "名单里没有这个名称，导入时可能对不上。",
        }
    elif column.kind == "choice" and lists is not None:
        # A row for a column: a streamed sheet is written from above.
        lists.write_row(place, 0, list(column.choices.values()))
        last = xl_col_to_name(len(column.choices) - 1)
        options |= {
            "validate": "list",
            "source": f"={LISTS}!$A${place + 1}:${last}${place + 1}",
            "error_message": "请从下拉列表中选择。",
        }
    elif column.kind == "yes_no":
        options |= {"validate": "list", "source": ["是", "否"], "error_message": "请填“是”或“否”。"}
    elif column.kind == "integer":
        options |= {
            "validate": "integer",
            "criteria": "between",
            "minimum": column.bounds[0] if column.bounds else -999_999_999,
            "maximum": column.bounds[1] if column.bounds else 999_999_999,
            "error_message": "请填 {} 到 {} 的整数。".format(*column.bounds) if column.bounds else "请填整数。",
        }
    elif column.kind == "decimal":
        options |= {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -999_999_999_999,
            "maximum": 999_999_999_999,
            "error_message": "请填数字。",
        }
    elif column.kind == "date":
        options |= {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1900, 1, 1),
            "maximum": date(2199, 12, 31),
            # The reader also understands dates typed as text, so the spreadsheet only warns.
            "error_type": "warning",
            "error_message": "建议按 2024-3-5 的格式填写日期。",
        }
    else:
        options |= {"validate": "any"}
    sheet.data_validation(rows[0], place, rows[1], place, options)


_WHAT = {
    "text": "文字",
    "code": "文字（号码，按文本填写）",
    "integer": "整数",
    "decimal": "数字",
    "date": "日期，例如 2024-3-5",
    "yes_no": "是／否",
    "choice": "从下拉列表中选择",
    "choices": "可填几项，用顿号隔开",
}


def what(column: Column) -> str:
    return _WHAT[column.kind]
