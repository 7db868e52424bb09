"""The rows of a file between its check and its import: kept as they were typed, so that the file is read once.

Whole and decimal numbers stay exact: decimals and days are text here, and become what the column says when they are taken out.
"""

import json
import zlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from dudao.core.sheets import Reading, Row, Table

_BACK: dict[str, Callable[[str], Any]] = {"decimal": Decimal, "date": date.fromisoformat}


def packed(reading: Reading) -> bytes:
    """The good rows of a reading, small enough to lie beside their upload: a tenth of the text."""
    told = {
        "sheet": reading.sheet,
        "header": reading.header_row,
        "columns": [column.key for column in reading.columns],
        "rows": [[row.number, row.values] for row in reading.rows],
        "notes": reading.notes,
    }
    return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str).encode(), 1)


def unpacked(data: bytes, table: Table) -> Reading:
    """The reading that was packed. ``table`` must be the one that it was read by."""
    told = json.loads(zlib.decompress(data))
    back = {column.key: _BACK[column.kind] for column in table.columns if column.kind in _BACK}

    def values(row: dict[str, Any]) -> dict[str, Any]:
        return {key: back[key](value) if key in back and value is not None else value for key, value in row.items()}

    return Reading(
        table,
        told["sheet"],
        told["header"],
        tuple(table.column(key) for key in told["columns"]),
        [Row(number, values(row)) for number, row in told["rows"]],
        [],
        told["notes"],
    )
