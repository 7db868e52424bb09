"""Files that can't be an indicator system, and cells that can't be read: what is said, where, and what to do."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from dudao.calc.tree import validate
from dudao.core.sheets import SheetError
from dudao.frameworks.exchange import MAX_NODES, built, read_tables, to_system, with_error_column
from frameworks.office_files import book, document, read, tree_lines

HEAD = ["一级指标", "二级指标", "三级指标", "考核方式", "分值", "评分标准"]
ROW = ["A1 甲", "B1 乙", "C1 丙", "查阅", 5, "少1项扣1分"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def faults(settled):
    return [str(fault) for fault in settled.faults]


def changed(data, change):
    made = openpyxl.load_workbook(io.BytesIO(data))
    change(made)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("表.xlsx", b"", "空的"),
        ("表.xlsx", b"plain text", "纯文本"),
        ("表.xlsx", b"<html><table>", "网页"),
        ("表.xlsx", OLE, "Excel 97-2003 的旧格式"),
        ("表.xls", OLE, "Excel 97-2003 的旧格式"),
        ("表.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        ("表.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("表.doc", OLE, "另存为 .docx"),
        ("表.wps", b"x", "另存为 .docx"),
        ("表.docx", b"plain text", "不是 Word 文档"),
        ("表.docx", book(HEAD, ROW), "扩展名改为 .xlsx"),
        ("表.xlsx", document([HEAD, list(map(str, ROW))]), "扩展名改为 .docx"),
        ("表.xlsx", book(HEAD, ROW)[:-200], "已损坏"),
        ("表.docx", document([HEAD, list(map(str, ROW))])[:-200], "损坏"),
        ("表.docx", document(), "没有表格"),
        ("表.xlsx", book(), "没有文字"),
        ("表.xlsx", book(HEAD), "没有指标"),
        ("表.xlsx", book(HEAD, sheet="甲"), "没有指标"),
    ],
)
def test_files_of_no_use(name, data, words):
    with pytest.raises(SheetError, match=words):
        read(data, name)


def test_a_hidden_sheet_is_not_read_and_said():
    def hide(made):
        made.active.sheet_state = "hidden"
        made.create_sheet("空")

    with pytest.raises(SheetError, match="隐藏的工作表没有读取：评分表"):
        read(changed(book(HEAD, ROW), hide))
    both = changed(book(HEAD, ROW), lambda made: setattr(made.create_sheet("旧表"), "sheet_state", "hidden"))
    assert "隐藏的工作表没有读取：旧表。" in read(both).notes


def test_no_head_asks_what_the_columns_mean_and_makes_nothing():
    settled = read(book(["A1 甲", "B1 乙", 5], ["", "B2 丙", 6]))
    assert settled.is_unsure and settled.plain()["unsure"] and settled.tables[0]["columns"][2]["samples"] == ["5", "6"]
    assert settled.data["indicators"] == []


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("五分", "第 2 行 E 列“分值”是“五分”，请填数字。"),
        (-3, "第 2 行 E 列“分值”是“-3”，不能是负数，减分项也填正数，名称写“减分项”。"),
        (datetime.date(2024, 3, 5), "第 2 行 E 列“分值”是“2024年3月5日”，请填数字。"),
        ("1e400", "第 2 行 E 列“分值”是“1e400”，请填数字。"),
        ("NaN", "第 2 行 E 列“分值”是“NaN”，请填数字。"),
    ],
)
def test_points_that_are_no_points(points, words):
    assert faults(read(book(HEAD, [*ROW[:4], points, ""]))) == [words]


@pytest.mark.parametrize("points", ["１０", " 10 ", "10分", "（10）", 10, 10.0, "10.0"])
def test_points_as_people_write_them(points):
    assert tree_lines(read(book(HEAD, [*ROW[:4], points, ""])))[0] == "A1 甲 10"


def test_a_formula_without_its_result_and_one_that_fails():
    def put(value, sort=None):
        def change(made):
            made.active["E2"] = value
            made.active["E2"].data_type = sort or made.active["E2"].data_type
            made.active["G2"] = "=1/0"  # a column that is not read does not matter

        return change

    assert (
        "第 2 行 E 列是公式，文件里没有它的结果。请用 WPS 或 Excel 打开文件、保存一次再上传"
        in faults(read(changed(book(HEAD, ROW), put("=2+3"))))[0]
    )
    assert "第 2 行 E 列的公式出错（显示为 #），请改为直接填写的值。" in faults(
        read(changed(book(HEAD, ROW), put("#REF!", "e")))
    )
    counted = book(HEAD, [*ROW[:4], 7, ""])
    source = zipfile.ZipFile(io.BytesIO(counted))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<v>7</v>", b"<f>3+4</f><v>7</v>")
            copy.writestr(entry, content)
    settled = read(target.getvalue())
    assert tree_lines(settled)[-1] == "    C1 丙 7" and not settled.faults


def test_hidden_rows_are_read_and_said():
    def hide(made):
        made.active.row_dimensions[3].hidden = True

    settled = read(changed(book(HEAD, ROW, ["", "", "C2 丁", "查", 6, ""]), hide))
    assert "工作表“评分表”第 3 行是隐藏的，也读取了；不要的请删除后重新上传。" in settled.notes
    assert "    C2 丁 6" in tree_lines(settled)


def test_a_head_that_comes_again_is_skipped_and_another_one_is_a_fault():
    again = read(book(HEAD, ROW, HEAD, ["A2 戊", "B2 己", "C2 庚", "查", 5, ""]))
    assert not again.faults and len(tree_lines(again)) == 6
    other = read(
        book(HEAD, ROW, ["A级", "B级", "C级", "标准", "分数", "细则"], ["A2 戊", "B2 己", "C2 庚", "查", 5, ""])
    )
    assert faults(other) == ["第 3 行像是另一个表头，与第 1 行的列不同。请把下面的表移到另一个工作表，或改成同样的列。"]


def test_sums_that_do_not_meet_are_findings_at_their_cells():
    settled = read(book(HEAD, ["A1 甲（12分）", *ROW[1:]], ["", "", "C2 丁", "查", 6, ""]))
    (finding,) = [found for found in validate(built(settled.plain())) if found.is_error]
    assert settled.places[finding.code] == "第 2 行 A 列" and "下级分值合计 11，与本级满分 12 不符" in finding.sentence


def test_points_in_the_name_and_in_the_column_that_differ():
    settled = read(book(HEAD, ["A1 甲", "B1 乙", "C1 丙（6分）", "查", 5, ""]))
    assert faults(settled) == ["第 2 行 C 列名称里写着 6 分，分值列是 5 分，请改成一致。"]


def test_words_for_rules_that_nobody_knows():
    settled = read(
        book(
            ["一级指标", "分值", "计分方式", "计分规则"],
            ["A1 甲", 5, "随便", "x"], ["A2 乙", 5, "扣分", "abc"], ["A3 丙", 5, "达标等级", "高 | 低"],
            ["A4 丁", 5, "扣分", "1 | 少一项"],
        )
    )  # fmt: skip
    assert faults(settled)[0] == "第 3 行 C 列计分规则：应当是数，这里是“abc”。" and len(settled.faults) == 2
    assert any(note.startswith("第 2 行 C 列的计分方式“随便”平台没有") for note in settled.notes)
    assert built(settled.plain()).nodes["A4"].rule is not None


def test_levels_that_are_left_out():
    column = read(book(["一级指标", "三级指标", "分值"], ["A1 甲", "C1 丙", 5]))
    assert "工作表“评分表”没有二级指标的列，它的下级直接归在上一级之下。" in column.notes
    cell = read(book(HEAD, ["A1 甲", "", "C1 丙", "查", 5, ""], ["", "B2 乙", "C2 丁", "查", 5, ""]))
    assert any(note.startswith("第 2 行 C 列“C1 丙”的上一级是空的") for note in cell.notes)


def test_codes_that_stand_twice():
    column = read(book(["代码", "一级指标", "分值"], ["A1", "甲", 5], ["A1", "乙", 5]))
    assert faults(column) == ["第 3 行 B 列代码“A1”与第 2 行 B 列重复，请换一个。"]
    name = read(book(HEAD, ROW, ["", "B1 戊", "C2 丁", "查", 5, ""]))
    assert "代码“B1”写了不止一次，这些指标已另外编号，请核对。" in name.notes
    assert len({line.split()[0] for line in tree_lines(name)}) == len(tree_lines(name))


def test_a_row_without_an_indicator():
    settled = read(book(HEAD, ["", "", "", "查", 5, ""], ROW))
    assert faults(settled) == ["第 2 行没有指标名称，也没有可以归属的上级，请补上指标。"]
    parents = read(
        book(["代码", "上级", "指标", "分值"], ["A1", "", "甲", 5], ["B1", "A9", "乙", 5], ["", "A1", "丙", 5])
    )
    assert len(parents.faults) == 2 and "上面没有这个代码的指标" in str(parents.faults[0])


def test_wide_tables_and_long_cells():
    settled = read(
        book([*HEAD, *[f"第{number}组" for number in range(300)]], [*ROW[:2], "C1 " + "丙" * 400, "查" * 30_000, 5, ""])
    )
    assert any("等 300 列" in note for note in settled.notes) and len(settled.notes) < 8
    assert any("名称有 400 个字，只留前 300 个字" in note for note in settled.notes)
    node = built(settled.plain()).nodes["C1"]
    assert len(node.name) == 300 and "丙" * 400 in node.text and len(node.text) > 30_000
    assert len(settled.tables[0]["columns"]) == 40


def test_an_outline_deeper_than_any_tree():
    deep = book(["指标", "分值"], *[[f"{'　' * level}{level}级", 5] for level in range(15)])
    assert any("层级太多" in line for line in faults(read(deep)))


def test_two_thousand_indicators_are_read_and_no_more_are_taken():
    rows = [["A1 甲", "B1 乙", "C1 丙", "查阅", 5, "少1项扣1分"]]
    rows += [
        ["", "", f"C{number} 第{number}项", "查阅资料", 5, "≥95%得5分，≥90%得4分"] for number in range(2, MAX_NODES - 1)
    ]
    data = book(HEAD, *rows)
    settled = to_system(read_tables(data, "大表.xlsx"))
    built(settled.plain())
    assert len(settled.places) == MAX_NODES
    with pytest.raises(SheetError, match=f"一次最多导入 {MAX_NODES} 个"):
        read(book(HEAD, *rows, ["", "", "C9998 多一", "查", 5, ""], ["", "", "C9999 多二", "查", 5, ""]))


def test_the_copy_given_back_has_a_column_of_problems():
    data = book(["评分表"], HEAD, ROW, ["", "", "C2 丁", "查", "六分", ""], merges=("A1:F1", "A3:A4"))
    settled = read(data)
    problems = [(fault.spot.table, fault.spot.row, fault.spot.column, str(fault)) for fault in settled.faults]
    sheet = openpyxl.load_workbook(io.BytesIO(with_error_column(data, problems))).active
    assert sheet["G2"].value == "问题" and sheet["G4"].value == "第 4 行 E 列“分值”是“六分”，请填数字。"
    assert sheet["E4"].fill.start_color.rgb == sheet["G4"].fill.start_color.rgb != sheet["E3"].fill.start_color.rgb
    assert sheet["E4"].value == "六分" and "A3:A4" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
