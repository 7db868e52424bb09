"""A table that came as a workbook or as a text file."""

import csv
import io

import pytest
import xlsxwriter

from dudao.core.sheets import SheetError, as_csv_text, grid_of_file

ROWS = [["编号", "名称"], ["001", "第一幼儿园"]]
TEXT = "编号,名称\r\n001,第一幼儿园\r\n"


def test_the_same_cells_of_every_kind_of_file():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(ROWS):
            sheet.write_row(line, 0, row)
    assert grid_of_file(target.getvalue(), "表.XLSX") == ROWS
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert grid_of_file(TEXT.encode(encoding), "表.CSV") == ROWS


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\xff\xfe\x00\x81", "编码不是"), (b'"a', "不是正确的 CSV"), (b"a" * (2**20 + 1), "超过 1 MB")],
)
def test_what_is_no_table(data, words):
    with pytest.raises(SheetError, match=words):
        grid_of_file(data, "表.csv", max_bytes=2**20)


def test_a_formula_is_text_in_a_csv_and_comes_back_as_it_was():
    cells = ["=cmd|' /C calc'!A0", "+86 10", "-1", "@SUM(A1)", "'=1", "''@", "'单引号", "a=b", ""]
    written = [as_csv_text(cell) for cell in cells]
    assert not [cell for cell in written if cell[:1] in {"=", "+", "-", "@"}]
    text = io.StringIO()
    csv.writer(text).writerow(written)
    assert grid_of_file(text.getvalue().encode(), "表.csv") == [cells]
