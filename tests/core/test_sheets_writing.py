"""Workbooks written: exports that come back unchanged, templates, error copies."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.workbooks import HEAD, PLAIN, TABLE, repacked, workbook
from dudao.core import sheets
from dudao.core.sheets import Cell, SheetError, read

ROWS = [
    {
        "name": "=HYPERLINK(1)",
        "code": "0012345678",
        "kind": "primary",
        "pupils": 37,
        "area": Decimal("0.10"),
        "founded": date(1958, 9, 1),
        "boarding": False,
        "stages": ["primary", "junior"],
        "light": Cell("逾期", "red"),
    },
    {"name": "+1-1", "code": "@x", "pupils": 5},
    {"name": "-2\n二", "code": "43060219580901123X", "area": Decimal("1234567890123456.25")},
]


def test_what_is_exported_comes_back_unchanged():
    target = io.BytesIO()
    assert sheets.export(TABLE, ROWS, target, title="某市学校信息", line=["某市", "2026年3月5日"], total=True) == 3
    reading = read(target.getvalue(), TABLE)
    assert reading.problems == []
    assert reading.notes == []
    wanted = [{column.key: row.get(column.key) for column in TABLE.readable} for row in ROWS]
    assert [row.values for row in reading.rows] == wanted


def test_an_export_remembers_what_it_showed():
    target = io.BytesIO()
    sheets.export(TABLE, ROWS, target, snapshot=True, total=lambda: {"name": "三所", "pupils": 42})
    book = openpyxl.load_workbook(target)
    assert book["底稿"].sheet_state == "veryHidden"
    assert [cell.value for cell in book["学校信息"][7]][:5] == ["合计", "三所", None, None, 42]
    kept = sheets.read_snapshot(sheets.open_book(target.getvalue()), TABLE)
    reading = read(target.getvalue(), TABLE, texts=True)
    assert [row.texts for row in reading.rows] == list(kept.values())
    assert kept["=HYPERLINK(1)"]["founded"] == "1958年9月1日"
    assert kept["=HYPERLINK(1)"]["light"] == "逾期"
    assert sheets.read_snapshot(sheets.open_book(PLAIN), TABLE) is None
    assert read(PLAIN, TABLE).rows[0].texts == {}


names = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x9FFF, exclude_categories=["C", "Z"]), min_size=1, max_size=20
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": names.filter(lambda text: text not in {"合计"} and not text.startswith("'")),
                "pupils": st.none() | st.integers(-(10**14), 10**14),
                "area": st.none() | st.decimals(-(10**6), 10**6, places=4),
                "founded": st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)),
                "boarding": st.none() | st.booleans(),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_table_survives_the_round_trip(rows):
    target = io.BytesIO()
    sheets.export(TABLE, rows, target)
    reading = read(target.getvalue(), TABLE)
    assert reading.problems == []
    for row, made in zip(rows, reading.rows, strict=True):
        assert {key: made.values[key] for key in row} == row


def test_an_export_has_the_layout_of_a_ledger_and_no_formula():
    target = io.BytesIO()
    sheets.export(
        TABLE, ROWS, target, title="某市学校信息", line=["填报单位：某市", "填报日期：2026年3月5日"], total=True
    )
    sheet = openpyxl.load_workbook(target).active
    assert sheet["A1"].value == "某市学校信息"
    assert "A1:J1" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert sheet["A2"].value == "填报单位：某市　　填报日期：2026年3月5日"
    assert [cell.value for cell in sheet[3]][:3] == ["序号", "单位名称", "学校（机构）标识码"]
    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet["B4"].value == "=HYPERLINK(1)"
    assert sheet["B4"].data_type == "s"
    assert all(cell.data_type != "f" for row in sheet for cell in row)
    assert sheet["C4"].value == "0012345678"
    assert sheet["C4"].number_format == "@"
    assert (sheet["J4"].value, sheet["J4"].fill.fgColor.rgb) == ("逾期", "FFF9D0D0")
    assert [cell.value for cell in sheet[7]][:5] == ["合计", "3 项", None, None, 42]
    assert sheet["B4"].font.name == "仿宋"


def test_a_number_shows_its_decimals_and_stays_a_number():
    target = io.BytesIO()
    table = sheets.Table("系数", [sheets.Column("cv", "差异系数", "decimal", places=3)])
    sheets.export(table, [{"cv": 0.09566165423165877}, {"cv": 0.5}], target, title="差异系数")
    cells = openpyxl.load_workbook(target).active["B"][3:5]
    assert [(cell.data_type, cell.number_format) for cell in cells] == [("n", "0.000")] * 2
    assert cells[0].value == 0.09566165423165877


def test_an_export_of_any_length_takes_no_more_memory():
    import tracemalloc

    def peak(count):
        tracemalloc.start()
        sheets.export(TABLE, ({"name": f"第{n}小学", "pupils": n} for n in range(count)), io.BytesIO())
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(4000) < peak(400) + 700_000


def test_the_template_asks_for_the_right_things():
    data = sheets.template(TABLE, title="某市学校信息表")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["学校信息", "填写说明", "字典"]
    assert book["字典"].sheet_state == "veryHidden"
    sheet = book["学校信息"]
    assert [cell.value for cell in sheet[3]] == [
        "单位名称*", "学校（机构）标识码", "办学类型", "在校生数", "占地面积", "建校日期", "寄宿制", "学段",
    ]  # fmt: skip
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists["C4:C5003"] == "字典!$A$3:$B$3"
    assert [book["字典"]["A3"].value, book["字典"]["B3"].value] == ["小学", "初级中学"]
    assert sheet.column_dimensions["B"].width == pytest.approx(14.7, abs=0.1)
    explained = [[cell.value for cell in row] for row in book["填写说明"].iter_rows(min_row=4)]
    assert explained[0] == ["单位名称", "必填", "文字", "填全称", "", "某某县城关小学"]
    with pytest.raises(SheetError, match="没有数据"):
        read(data, TABLE)


def test_a_filled_template_is_read():
    book = openpyxl.load_workbook(io.BytesIO(sheets.template(TABLE)))
    sheet = book["学校信息"]
    for place, value in enumerate(["甲校", "00123", "小学", 12, 3.5, date(2001, 9, 1), "是", "小学"], 1):
        sheet.cell(4, place, value)
    target = io.BytesIO()
    book.save(target)
    reading = read(target.getvalue(), TABLE)
    assert reading.ok
    assert reading.rows[0].values["founded"] == date(2001, 9, 1)


def test_the_error_copy_is_the_upload_with_a_red_column():
    data = workbook([["标题"], HEAD[:4], ["甲校", "001", "大学", "三十七"], ["乙校", "002", "小学", 5]])
    reading = read(data, TABLE)
    problems = [*reading.problems, reading.rows[1].problem("学校（机构）标识码", "与第 3 行重复，请检查")]
    made = sheets.error_copy(data, reading, problems)
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet["A1"].value == "标题"
    assert [cell.value for cell in sheet[2]] == [*HEAD[:4], "错误原因"]
    assert (
        sheet["E3"].value
        == "“办学类型”是“大学”，不在可选范围内，请填：小学、初级中学；“在校生数”是文字“三十七”，请填数字"
    )
    assert sheet["E4"].value == "“学校（机构）标识码”与第 3 行重复，请检查"
    assert sheet["E3"].font.color.rgb == "00C00000"
    assert sheet["C3"].fill.fgColor.rgb == "00FDE2E2"
    assert sheet["B3"].value == "001"
    # Corrected and handed in again, it is read like any other, and a new copy keeps one column of reasons.
    sheet["C3"], sheet["D3"] = "小学", 37
    target = io.BytesIO()
    sheet.parent.save(target)
    again = read(target.getvalue(), TABLE)
    assert again.ok
    assert again.notes == ["表里没有这些列，原有内容保持不变：占地面积、建校日期、寄宿制、学段。"]
    once_more = sheets.error_copy(target.getvalue(), again, [again.rows[0].problem("单位名称", "已存在")])
    sheet = openpyxl.load_workbook(io.BytesIO(once_more)).active
    assert [sheet["E3"].value, sheet["E4"].value] == ["“单位名称”已存在", None]


def test_an_upload_with_styles_that_openpyxl_rejects_still_gets_its_copy():
    data = repacked(
        workbook([HEAD[:3], ["甲校", "001", "大学"]]), **{"xl/styles.xml": lambda text: text.replace(b"FF", b"ZZ", 1)}
    )
    data = repacked(data, **{"xl/theme/theme1.xml": b"<broken"})
    reading = read(data, TABLE)
    copy = sheets.error_copy(data, reading)
    assert read(copy, TABLE).problems == reading.problems


def test_a_long_upload_gets_its_error_copy_rewritten(monkeypatch):
    monkeypatch.setattr("dudao.core.sheets.returning.KEEP_LAYOUT_UP_TO", 3)
    data = workbook(
        [HEAD[:6], ["=1+1", "001", "大学", 5.5, 1, date(2001, 9, 1)], *[[f"校{n}", "1", "小学", 5] for n in range(9)]]
    )
    reading = read(data, TABLE)
    made = sheets.error_copy(data, reading)
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert [cell.value for cell in sheet[1]] == [*HEAD[:6], "错误原因"]
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].value == "001"
    assert sheet["G2"].value.startswith("“办学类型”是“大学”")
    again = read(made, TABLE)
    assert [row.values for row in again.rows] == [row.values for row in reading.rows]
    assert again.problems == reading.problems
