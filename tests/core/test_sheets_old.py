"""Workbooks of Excel 97-2003: read like any other, refused in the same words when they are broken."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from core.workbooks import TABLE, workbook
from dudao.core import sheets
from dudao.core.sheets import SheetError, modern, modern_name, open_book, read
from dudao.core.sheets.old import is_old
from office import converted

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
TYPES = sheets.Table(
    "机构信息",
    [
        sheets.Column("name", "单位名称", required=True),
        sheets.Column("code", "标识码", "code"),
        sheets.Column("pupils", "在校生数", "integer"),
        sheets.Column("share", "比例", "decimal"),
        sheets.Column("day", "成立日期", "date"),
    ],
)


@pytest.fixture
def old(tmp_path):
    """A workbook as offices have it, saved in the old format by an office program."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("机构信息")
    sheet.merge_range(0, 0, 0, 4, "某县学校一览表")
    sheet.write_row(1, 0, ["单位名称", "标识码", "在校生数", "比例", "成立日期"])
    sheet.write_string(2, 0, "大坪小学")
    sheet.write_string(2, 1, "0012345678")
    sheet.write_number(2, 2, 37)
    sheet.write_number(2, 3, 0.125)
    sheet.write_datetime(2, 4, datetime(2019, 9, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.merge_range(3, 0, 4, 0, "新光小学")
    sheet.write_formula(3, 2, "=C3*2", None, 74)
    sheet.write_formula(4, 2, "=NA()", None, "#N/A")
    hidden = book.add_worksheet("底稿")
    hidden.hide()
    hidden.write_string(0, 0, "name")
    book.close()
    data = converted(target.getvalue(), "机构.xlsx", tmp_path, "xls").read_bytes()
    assert is_old(data)
    return data


@pytest.mark.office
def test_an_old_workbook_says_what_it_said(old):
    data = sheets.read_upload(SimpleUploadedFile("机构.xls", old))
    book = open_book(data)
    assert (book.visible, book.hidden) == (("机构信息",), ("底稿",))
    reading = read(book, TYPES)
    assert reading.rows[0].values == {
        "name": "大坪小学", "code": "0012345678", "pupils": 37, "share": Decimal("0.125"), "day": date(2019, 9, 1),
    }  # fmt: skip
    assert [row.values["name"] for row in reading.rows] == ["大坪小学", "新光小学", "新光小学"]
    assert reading.rows[1].values["pupils"] == 74
    assert [str(problem) for problem in reading.problems] == [
        "第 5 行“在校生数”的公式出错（显示为 #），请改为直接填写的值"
    ]
    assert sheets.error_copy(data, reading)[:2] == b"PK"


@pytest.mark.office
def test_a_broken_old_workbook_is_refused_in_words(old):
    for cut in (700, 2000, len(old) // 2):
        with pytest.raises(SheetError, match="请用WPS另存为"):
            open_book(modern(old[:cut] + bytes(len(old) - cut)))


@pytest.mark.parametrize("name", ["EncryptedPackage", "_VBA_PROJECT", "WordDocument"])
def test_what_is_no_plain_old_workbook_is_left_to_the_words_for_it(name):
    data = OLE + "Workbook".encode("utf-16-le") + name.encode("utf-16-le")
    assert modern(data) is data


def test_other_files_pass_untouched():
    data = workbook([["单位名称"], ["甲校"]])
    assert modern(data) is data and read(modern(data), TABLE).rows
    assert (
        modern_name("台账.XLS") == "台账.xlsx"
        and modern_name("台账.xlsx") == "台账.xlsx"
        and modern_name("台账") == "台账"
    )


def test_a_book_that_is_none_is_refused_in_words():
    with pytest.raises(SheetError, match="已损坏"):
        modern(OLE + "Workbook".encode("utf-16-le"))
