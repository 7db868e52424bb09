"""Workbooks in and out: what is accepted, what is refused and in which words, and that nothing changes on the way."""

import io
import random
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from dudao.core import sheets
from dudao.core.sheets import Cell, Column, SheetError, Table, parse_date, read

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


def test_a_sheet_with_title_rows_above_its_header_is_read_by_column_names():
    data = workbook(
        [
            ["某市学校信息表"],
            ["填报单位：某县"],
            ["序号", "在校生数 *", " 单位\n名称", "标识码"],
            [1, 37, "城关小学", "0012345678"],
        ]
    )
    reading = read(data, TABLE)
    assert reading.header_row == 3
    assert [row.values for row in reading.rows] == [{"name": "城关小学", "code": "0012345678", "pupils": 37}]
    assert reading.rows[0].number == 4
    assert reading.notes == [
        "表里没有这些列，原有内容保持不变：办学类型、占地面积、建校日期、寄宿制、学段。",
    ]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("pupils", 37, 37),
        ("pupils", "37", 37),
        ("pupils", "１,２３４", 1234),
        ("area", 0.1 + 0.2, Decimal("0.3")),
        ("area", "12.50", Decimal("12.50")),
        ("area", "8.5%", Decimal("0.085")),
        ("code", 4300000000, "4300000000"),
        ("code", "０１2 345", "012345"),
        ("code", "'0012", "0012"),
        ("kind", "小学", "primary"),
        ("kind", "junior", "junior"),
        ("stages", "小学、初级中学", ["primary", "junior"]),
        ("stages", "小学，初级中学", ["primary", "junior"]),
        ("boarding", "是", True),
        ("boarding", "否", False),
        ("boarding", True, True),
        ("founded", date(1958, 9, 1), date(1958, 9, 1)),
        ("name", 12.0, "12"),
        ("name", "  城关小学 ", "城关小学"),
        ("pupils", "  ", None),
    ],
)
def test_cells_are_read_by_the_kind_of_their_column(column, value, expected):
    wanted = TABLE.column(column)
    cells = {"单位名称": "城关小学", wanted.name: value}
    data = workbook([list(cells), list(cells.values())])
    reading = read(data, TABLE)
    assert reading.problems == []
    assert reading.rows[0].values[column] == expected


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("pupils", "三十七", "第 2 行“在校生数”是文字“三十七”，请填数字"),
        ("pupils", 37.5, "第 2 行“在校生数”是“37.5”，请填整数"),
        ("pupils", date(2024, 3, 5), "第 2 行“在校生数”是日期“2024年3月5日”，请填数字"),
        ("pupils", True, "第 2 行“在校生数”是“是”，请填数字"),
        ("pupils", "Infinity", "第 2 行“在校生数”是文字“Infinity”，请填数字"),
        ("pupils", "formula:=1/0", "第 2 行“在校生数”的公式出错"),
        ("code", 123456789012345678, "第 2 行“学校（机构）标识码”被当作数字保存，15 位以后已经失真"),
        ("code", "4.3E+09", "科学计数法"),
        ("code", date(2024, 3, 5), "被当作日期保存"),
        ("kind", "大学", "是“大学”，不在可选范围内，请填：小学、初级中学"),
        ("boarding", "也许", "请填“是”或“否”"),
        ("founded", "2023-2-29", "没有这一天"),
        ("founded", "去年", "请填日期，例如 2024-3-5"),
        ("founded", 2024, "是数字“2024”，请填日期"),
        ("name", "很长" * 20, "有 40 个字，最多 20 个"),
    ],
)
def test_a_faulty_cell_says_where_what_and_what_to_do(column, value, words):
    wanted = TABLE.column(column)
    cells = {"单位名称": "城关小学", wanted.name: value}
    reading = read(workbook([list(cells), list(cells.values())]), TABLE)
    assert len(reading.problems) == 1
    assert words in str(reading.problems[0])
    assert column not in reading.rows[0].values
    assert not reading.ok


def test_a_missing_obligatory_value_is_a_problem_of_its_row():
    reading = read(workbook([HEAD[:4], ["城关小学", "1", "小学", 1], [None, "2", "小学", 2]]), TABLE)
    assert [str(problem) for problem in reading.problems] == ["第 3 行“单位名称”没有填写，此列必填"]


@pytest.mark.parametrize(
    "value",
    ["2024-3-5", "2024-03-05", "2024.3.5", "2024/3/5", "2024年3月5日", "2024 年 3 月 5 日", "20240305", 45356, "45356"],
)
def test_dates_are_understood_in_all_notations(value):
    assert parse_date(value) == date(2024, 3, 5)


@given(st.dates(min_value=date(1927, 5, 19), max_value=date(2173, 10, 13)))
def test_a_serial_number_is_the_day_that_the_spreadsheet_shows(day):
    assert parse_date((day - date(1899, 12, 30)).days) == day


def test_merged_cells_hold_their_value_everywhere():
    data = workbook(
        [HEAD[:4], [None, "1", "小学", 5], [None, "2", "小学", 6], ["乙校", "3", None, 7]], merges=[("A2:A3", "甲校")]
    )
    assert [row.values["name"] for row in read(data, TABLE).rows] == ["甲校", "甲校", "乙校"]


def test_a_header_of_two_rows_is_read_from_its_lower_one():
    data = workbook(
        [[None, None, "规模", "规模"], [None, None, "在校生数", "占地面积"], ["城关小学", "12", 5, 6]],
        merges=[("A1:A2", "单位名称"), ("B1:B2", "标识码"), ("C1:D1", "规模")],
    )
    reading = read(data, TABLE)
    assert reading.header_row == 2
    assert reading.rows[0].values == {"name": "城关小学", "code": "12", "pupils": 5, "area": 6}


def test_sum_rows_and_empty_rows_are_not_data():
    data = workbook([HEAD[:4], [], ["城关小学", "1", "小学", 5], [], ["合计", None, None, 5]])
    assert [row.number for row in read(data, TABLE).rows] == [3]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["标识码", "在校生数"], ["1", 2]], "缺少必需的列：单位名称"),
        ([["单位名称", "标识码", "学校（机构）标识码"], ["甲", "1", "2"]], "“学校（机构）标识码”出现了两次"),
        ([["甲", "乙"], ["丙", "丁"]], "没有找到表头"),
        ([], "没有找到表头"),
        ([HEAD], "在表头（第 1 行）之后没有数据"),
        ([["单位名称"], *[[f"学校{n}"] for n in range(31)]], "有 31 行数据，超过一次 30 行的上限"),
    ],
)
def test_a_sheet_of_the_wrong_shape_is_refused(rows, words):
    with pytest.raises(SheetError, match=words):
        read(workbook(rows), TABLE, max_rows=30)


def test_unknown_columns_are_named_and_left_alone():
    reading = read(
        workbook([[*HEAD, "校训", "错误原因", "亮灯"], ["甲校", *[None] * 7, "勤学", "旧错误", "红"]]), TABLE
    )
    assert reading.notes == ["列“校训”不在模板里，没有读取。"]


def test_a_missing_sheet_is_named_with_those_that_exist():
    with pytest.raises(SheetError, match="没有工作表“二月”，现有：学校信息"):
        read(workbook([HEAD, ["甲校"]]), TABLE, sheet="二月")
    assert read(workbook([HEAD, ["甲校"]], sheet="随便"), TABLE).sheet == "随便"


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


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的（0 字节）"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (OLE + "Workbook".encode("utf-16-le"), r"旧格式（.xls 或 .et）.*另存为 .xlsx"),
        (OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), "含有宏"),
        (OLE + "WordDocument".encode("utf-16-le"), "Word 97-2003"),
        (b"%PDF-1.7 ...", "内容是PDF 文件"),
        (b"\xff\xd8\xff\xe0", "JPEG 图片"),
        (b"MZ\x90\x00", "Windows 程序"),
        (b"<html><table>", "网页"),
        (b'<?xml version="1.0"?>', "XML 文本"),
        ("单位名称,标识码\n甲校,1\n".encode(), "纯文本"),
        (b"\x00\x01\x02\x03" * 50, "认不出"),
        (PLAIN[: len(PLAIN) // 2], "损坏或不完整"),
        (PLAIN[:-200], "损坏或不完整"),
        (repacked(**{"xl/vbaProject.bin": b"x"}), "含有宏"),
        (
            repacked(**{"[Content_Types].xml": lambda text: text.replace(b"sheet.main", b"sheet.macroEnabled.main")}),
            "含有宏",
        ),
        (repacked(**{SHEET: b"<worksheet"}), "没有找到表头|损坏"),
        (repacked(**{SHEET: "<worksheet/>".encode("utf-16")}), "编码不是 UTF-8"),
    ],
)
def test_what_is_no_plain_workbook_is_refused_with_advice(data, words):
    with pytest.raises(SheetError, match=words):
        read(data, TABLE)


def archive(*names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["word/document.xml"], "Word 文档"),
        (["ppt/presentation.xml"], "演示文稿"),
        (["readme.txt"], "压缩包"),
        (["xl/workbook.bin"], "xlsb"),
    ],
)
def test_other_archives_are_told_apart(names, words):
    with pytest.raises(SheetError, match=words):
        read(archive(*names), TABLE)


def test_a_document_of_another_office_is_named():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(SheetError, match="OpenDocument"):
        read(target.getvalue(), TABLE)


@pytest.mark.parametrize("seed", range(60))
def test_random_damage_never_ends_in_anything_but_a_sheet_error(seed):
    dice = random.Random(seed)
    data = bytearray(PLAIN)
    for _ in range(dice.randint(1, 30)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    try:
        read(bytes(data), TABLE)
    except SheetError as problem:
        assert "。" in str(problem)


def test_a_bomb_is_refused_before_it_unfolds(monkeypatch):
    monkeypatch.setattr("dudao.core.sheets.opening.MAX_INFLATED", 1 << 20)
    with pytest.raises(SheetError, match="压缩炸弹"):
        read(repacked(**{"xl/media/a.bin": bytes(5 << 20)}), TABLE)


def test_a_bomb_that_lies_about_its_size_is_refused():
    big = repacked(**{"xl/media/a.bin": bytes(5 << 20)})
    lying = big.replace((5 << 20).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    with pytest.raises(SheetError, match="损坏"):
        read(lying, TABLE)


@pytest.mark.parametrize(
    "cell",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1048576'><c x='>' r = \"xfd1048576\" ><v>1</v></c></row>",
        b'<row r="1048576"><c><v>1</v></c></row>',
    ],
)
def test_a_lone_cell_far_away_does_not_eat_the_memory(cell):
    data = repacked(**{SHEET: lambda text: text.replace(b"</sheetData>", cell + b"</sheetData>")})
    with pytest.raises(SheetError, match="范围太大"):
        read(data, TABLE)


def test_cells_that_are_only_formatted_do_not_count():
    empty = b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    data = repacked(**{SHEET: lambda text: text.replace(b"</sheetData>", empty + b"</sheetData>")})
    assert len(read(data, TABLE).rows) == 1


def test_a_shared_text_repeated_a_million_times_is_refused(monkeypatch):
    monkeypatch.setattr("dudao.core.sheets.opening.MAX_TEXT", 1000)
    with pytest.raises(SheetError, match="文字总量太大"):
        read(workbook([HEAD, *[["很长的名称" * 4, "1"]] * 30]), TABLE)


def test_overlapping_merges_are_refused():
    many = b"<mergeCells>" + b'<mergeCell ref="A1:H2"/>' * 40 + b"</mergeCells>"
    data = repacked(**{SHEET: lambda text: text.replace(b"</sheetData>", b"</sheetData>" + many)})
    with pytest.raises(SheetError, match="互相重叠"):
        read(data, TABLE)


class Upload:
    """An upload that never ends, to see that reading it does."""

    size = 300 * 1024 * 1024

    def __init__(self):
        self.given = 0

    def chunks(self):
        while True:
            self.given += 1
            yield bytes(1 << 20)


def test_a_large_upload_is_cut_off_at_the_limit():
    upload = Upload()
    with pytest.raises(SheetError, match="有 300 MB，超过 20 MB 的上限"):
        sheets.read_upload(upload)
    assert upload.given == 21


def test_an_upload_is_read_whole():
    assert sheets.read_upload(io.BytesIO(PLAIN)) == PLAIN
    with pytest.raises(SheetError, match="上限"):
        read(PLAIN, TABLE, max_bytes=100)


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
    kept = sheets.read_snapshot(target.getvalue(), TABLE)
    reading = read(target.getvalue(), TABLE, texts=True)
    assert [row.texts for row in reading.rows] == list(kept.values())
    assert kept["=HYPERLINK(1)"]["founded"] == "1958年9月1日"
    assert kept["=HYPERLINK(1)"]["light"] == "逾期"
    assert sheets.read_snapshot(PLAIN, TABLE) is None
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
    assert lists["C4:C5003"] == "字典!$C$1:$C$2"
    assert [book["字典"]["C1"].value, book["字典"]["C2"].value] == ["小学", "初级中学"]
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


def test_a_table_is_declared_without_contradictions():
    with pytest.raises(ValueError, match="declared twice"):
        Table("表", [Column("a", "甲"), Column("b", "乙", aliases=("甲 *",))])
    with pytest.raises(ValueError, match="unknown kind"):
        Column("a", "甲", "number")
    with pytest.raises(ValueError, match="choices"):
        Column("a", "甲", "choice")


def test_a_column_may_have_a_check_of_its_own():
    def even(value):
        if value % 2:
            raise ValueError("是单数，请填双数")
        return value // 2

    table = Table("表", [Column("n", "数", "integer", check=even)])
    reading = read(workbook([["数"], [4], [5]], sheet="表"), table)
    assert reading.rows[0].values == {"n": 2}
    assert str(reading.problems[0]) == "第 3 行“数”是单数，请填双数"
