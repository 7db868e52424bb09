"""The table that the tests of sheets read and write, and workbooks made by hand."""

import io
import zipfile
from datetime import date, datetime

import xlsxwriter

from dudao.core.sheets import Column, Table

KINDS = {"primary": "小学", "junior": "初级中学"}
TABLE = Table(
    "学校信息",
    [
        Column("name", "单位名称", required=True, limit=20, width=30, example="某某县城关小学", help="填全称"),
        Column("code", "学校（机构）标识码", "code", aliases=("标识码",)),
        Column("kind", "办学类型", "choice", choices=KINDS),
        Column("pupils", "在校生数", "integer", total=True),
        Column("area", "占地面积", "decimal"),
        Column("founded", "建校日期", "date"),
        Column("boarding", "寄宿制", "yes_no"),
        Column("stages", "学段", "choices", choices=KINDS),
        Column("light", "亮灯", read_only=True),
    ],
)


def workbook(rows, *, sheet="学校信息", merges=(), formats=None, first=0):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate(rows, first):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                page.write_datetime(row, column, datetime(value.year, value.month, value.day), day)
            elif isinstance(value, str) and value.startswith("formula:"):
                page.write_formula(row, column, value[8:], None, "#DIV/0!")
            elif value is not None:
                page.write(row, column, value)
    for place, value in merges:
        page.merge_range(place, value)
    book.close()
    return target.getvalue()


HEAD = ["单位名称", "标识码", "办学类型", "在校生数", "占地面积", "建校日期", "寄宿制", "学段"]

PLAIN = workbook([HEAD, ["甲校", "1"]])


def repacked(data=PLAIN, *, compression=zipfile.ZIP_DEFLATED, **changes):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", compression) as new:
        names = {item.filename for item in old.infolist()}
        for name in [*names, *(name for name in changes if name not in names)]:
            change = changes.get(name)
            content = old.read(name) if name in names else b""
            new.writestr(name, change(content) if callable(change) else (change if change is not None else content))
    return target.getvalue()
