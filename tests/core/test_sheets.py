"""Workbooks in and out: what is accepted, what is refused and in which words, and that nothing changes on the way."""

import io
import random
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from core.workbooks import HEAD, PLAIN, TABLE, repacked, workbook
from dudao.core import sheets
from dudao.core.sheets import Column, SheetError, Table, parse_date, read


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


SHEET = "xl/worksheets/sheet1.xml"


def test_a_formula_without_a_value_is_called_that():
    """A program that writes formulas without working them out leaves the cell empty for readers, though not for the eye."""
    book = openpyxl.Workbook()
    book.active.append(["单位名称", "在校生数"])
    book.active.append(["甲校", "=18+19"])
    book.active.append(["=A2", 5])
    target = io.BytesIO()
    book.save(target)
    said = [str(problem) for problem in read(target.getvalue(), TABLE).problems]
    assert said == [
        "第 2 行“在校生数”是公式，文件里没有它算出的值。请用 WPS 打开、保存一次再上传，或者改为直接填写的值",
        "第 3 行“单位名称”是公式，文件里没有它算出的值。请用 WPS 打开、保存一次再上传，或者改为直接填写的值",
    ]
    worked_out = io.BytesIO()
    book = xlsxwriter.Workbook(worked_out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["单位名称", "在校生数"])
    sheet.write_string(1, 0, "甲校")
    sheet.write_formula(1, 1, "=18+19", None, 37)
    sheet.write_string(2, 0, "乙校")
    sheet.write_formula(2, 1, '=""', None, "")
    book.close()
    # As Excel writes a formula that came to an empty text.
    said = {SHEET: lambda content: content.replace(b'<c r="B3">', b'<c r="B3" t="str">')}
    assert [row.values["pupils"] for row in read(repacked(worked_out.getvalue(), **said), TABLE).rows] == [37, None]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的（0 字节）"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (OLE + "Workbook".encode("utf-16-le"), r"旧格式（.xls 或 .et）.*请用WPS另存为.xlsx后上传"),
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
