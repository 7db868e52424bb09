"""The cells of a table that came as a workbook or as a text file, told by its ending."""

import csv
import io
import re
from typing import Any

from dudao.core.sheets.opening import MAX_BYTES
from dudao.core.sheets.problems import SheetError
from dudao.core.sheets.reading import grid_of

_FORMULA = re.compile(r"'*[=+\-@]")
"""What a spreadsheet would calculate, and what would become that when an apostrophe is taken away."""


def as_csv_text(cell: str) -> str:
    """A text for a .csv that people open with a spreadsheet: a formula stays a text there, behind an apostrophe."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _of_csv_text(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def grid_of_file(data: bytes, name: str, *, max_bytes: int = MAX_BYTES) -> list[list[Any]]:
    """The cells of a .csv in UTF-8 or GB 18030, else of a workbook's first visible sheet. Raises ``SheetError``."""
    if not name.lower().endswith(".csv"):
        return grid_of(data, max_bytes=max_bytes)
    if len(data) > max_bytes:
        raise SheetError(f"文件超过 {max_bytes // 1048576} MB 的上限，请拆成几个文件。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError("文件的编码不是 UTF-8 或 GB 18030，请另存为 UTF-8。")
    try:
        return [[_of_csv_text(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise SheetError(f"这不是正确的 CSV 文件：{error}。请从表格软件重新导出。") from error
