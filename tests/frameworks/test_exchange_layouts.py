"""Reading indicator systems in the layouts that offices use. The files are small ones of our own; the layouts are real."""

import pytest

from dudao.calc.tree import validate
from dudao.frameworks.exchange import Choice, built, read_tables, template, to_system
from frameworks.office_files import book, document, read, tree_lines


def guessed(settled):
    """What was guessed: code → kind of rule."""
    return {guess.code: guess.on["rule"]["kind"] for guess in settled.guesses if "rule" in guess.on}


def findings(settled):
    return [f"{settled.places.get(found.code, '')} {found.sentence}" for found in validate(built(settled.plain()))]


def test_letters_for_levels_weights_merged_cells_and_columns_of_marks():
    settled = read(
        book(
            ["某省幼儿园办园水平综合评估评分表"],
            ["A级指标", "权重", "B级指标", "C级指标", "分值", "评估得分", "扣分说明", "B级得分", "A级得分"],
            ["A1 办园资格与办园条件", "0.15", "B1 资质条件", "C1 审批办证", 5],
            ["", "", "", "C2 经费保障", 10],
            ["", "", "B2 园舍状况", "C3 选址布局", 5],
            ["A2 办园宗旨与园务管理", "0.85", "B6 办园宗旨", "C19 办园理念", 5],
            ["", "", "", "C20 发展规划", 15],
            merges=("A1:I1", "A3:A5", "B3:B5", "C3:C4", "A6:A7", "B6:B7", "C6:C7"),
        )
    )
    assert tree_lines(settled) == [
        "A1 办园资格与办园条件 20", "  B1 资质条件 15", "    C1 审批办证 5", "    C2 经费保障 10", "  B2 园舍状况 5",
        "    C3 选址布局 5", "A2 办园宗旨与园务管理 20", "  B6 办园宗旨 20", "    C19 办园理念 5", "    C20 发展规划 15",
    ]  # fmt: skip
    root = built(settled.plain()).root
    assert root.name == "某省幼儿园办园水平综合评估评分表" and root.roll == "weighted" and root.points == 100
    assert [str(child.weight) for child in root.children] == ["0.15", "0.85"]
    assert not settled.faults and settled.places["C2"] == "第 4 行 D 列"


def test_no_codes_points_behind_names_deductions_and_a_total():
    settled = read(
        book(
            ["学校安全工作检查内容"],
            ["项目", "检查内容", "分值", "评分标准", "得分"],
            ["领导重视（6分）", "有计划、总结", 2, "少一项扣1分"],
            ["", "会议记录", 2, "少一次扣0.5分"],
            ["", "贯彻部署", 2, ""],
            ["机构健全（3分）", "配齐人员", 1, ""],
            ["", "专人抓安全", 2, ""],
            ["合计", "", 9],
        )
    )
    assert tree_lines(settled) == [
        "A1 领导重视 6", "  B1 有计划、总结 2", "  B2 会议记录 2", "  B3 贯彻部署 2",
        "A2 机构健全 3", "  B4 配齐人员 1", "  B5 专人抓安全 2",
    ]  # fmt: skip
    assert guessed(settled) == {"B1": "deduct", "B2": "deduct"}
    assert settled.data["points"] == "9" and findings(settled) == []


def test_spans_of_points_are_read_and_their_gap_is_reported():
    settled = read(
        book(
            ["教学常规评分细则"],
            ["项目", "分值", "评分细则"],
            ["备课", 40, "36-40分：课时足，教案完整；31-35分：课时足，教案基本完整；25分以下：课时不足"],
            ["检测", 10, "优9-10，良7-8，中5-6，差5以下"],
            ["听课", 10, "优9-10分，良7-8分，中5-6分，差<5分"],
        )
    )
    assert guessed(settled) == {"A1": "pick", "A2": "pick", "A3": "pick"}
    assert findings(settled) == ["第 3 行 A 列 A1：评分 26～30 没有规定。"]


def test_an_outline_in_codes_with_the_bounds_of_levels_in_columns():
    settled = read(
        book(
            ["某省中等职业学校合格评估指标体系"],
            ["指标", "A", "B", "C", "D", "分值", "学校自评得分", "复查得分"],
            ["M1 办学条件"],
            ["M1-1 校园校舍"],
            ["M1-1-1 校园占地（亩）", 80, 60, 30, 10, "4/3.2/2.6/2"],
            ["M1-1-2 校舍面积（万㎡）", "2.5/1.8", "2/1.4", "1.5/1", "1/0.6", "6/4.8/3.9/3"],
            ["M1-2 图书资料"],
            ["M1-2-1 藏书量（万册）", 10, 7, 5, 2, "3/2.5/2/1.5"],
        )
    )
    assert tree_lines(settled) == [
        "M1 办学条件 13", "  M1-1 校园校舍 10", "    M1-1-1 校园占地（亩） 4", "    M1-1-2 校舍面积（万㎡） 6",
        "  M1-2 图书资料 3", "    M1-2-1 藏书量（万册） 3",
    ]  # fmt: skip
    # Two bounds in one cell (towns and villages) are not guessed at: the words stay, a person marks.
    assert guessed(settled) == {"M1-1-1": "bands", "M1-2-1": "bands"}
    assert "2.5/1.8" in built(settled.plain()).nodes["M1-1-2"].text
    assert any("≥ 0 且 < 10 没有规定" in line for line in findings(settled))


def test_points_in_brackets_behind_names_are_a_guess_that_can_be_taken_back():
    settled = read(
        book(
            ["A级指标", "B级指标", "C级指标", "分值", "自评得分", "复评得分"],
            ["A1办学思想（100）", "B1办学理念", "C1办学方向", 25, 25],
            ["", "", "C2理念认同", 25, 25],
            ["", "B2发展规划", "C3发展规划", 25, 24],
            ["", "", "C4年度计划", 25, 24],
        )
    )
    assert tree_lines(settled)[0] == "A1 办学思想 100"
    assert tree_lines(settled, set())[0] == "A1 办学思想（100） 100"


def test_contents_behind_the_levels_carry_the_points():
    settled = read(
        book(
            ["一级指标", "二级指标", "评估要点", "分值", "评估方式", "自评", "督评"],
            ["A1 办学方向", "B1 依法设置", "证照齐全", 5, "查证照"],
            ["", "", "目标规划", 5, "查阅"],
        )
    )
    assert tree_lines(settled) == ["A1 办学方向 10", "  B1 依法设置 10", "    C1 证照齐全 5", "    C2 目标规划 5"]


def test_yes_and_no_and_rates_with_holes_and_overlaps():
    settled = read(
        book(
            ["指标", "分值", "评分标准"],
            ["C1 联席会议", 3, "是3否0"],
            ["C2 纳入规划", 3, "是得3分，否得0分"],
            ["C3 开足率", 3, "100%得3分，60%-80%得2分，60%以下得0分"],
        )
    )
    assert guessed(settled) == {"C1": "yes_no", "C2": "yes_no", "C3": "bands"}
    lines = "".join(findings(settled))
    assert "60% 同时属于两档" in lines and "> 80% 且 < 100% 没有规定" in lines


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("优1，良0.8，合格0.6，不合格0-0.59", "pick"),
        ("少1人扣1分，扣完为止", "deduct"),
        ("无安保科扣2分；无管理人员扣4分", "deduct"),
        ("有制度得2分；有记录得3分", "parts"),
        ("优9-10，良7-8", None),  # the best is more than the points
        ("视情况酌情扣分", None),
        ("有制度得2分；有记录得2分", None),  # 4 of 5 points: whose is the fifth?
        ("少1项扣6分", None),
        ("", None),
    ],
)
def test_only_what_is_certain_becomes_a_rule(words, kind):
    settled = read(book(["指标", "分值", "评分标准"], ["C1 甲", 5, words]))
    assert guessed(settled) == ({"C1": kind} if kind else {})
    assert words in built(settled.plain(), set()).nodes["C1"].text
    assert built(settled.plain(), set()).nodes["C1"].rule is not None


def test_the_layout_of_a_system_in_use_with_two_rows_of_heads():
    settled = read(
        book(
            ["某市幼儿园督导评估"],
            ["指标", None, None, "考核方式", "分值", "分段值", "阈值", "是否附件", "是否评分说明"],
            ["A级", "B级", "C级"],
            ["A1 办园条件", "B1 师资", "C1 持证率", "数据核对", 3, "3,2.5,2", "95%,90%,85%", "是", "是"],
            ["", "", "C2 师生比", "数据核对", 5, "5/4/3", "1/0.8/0.6", "否", "否"],
            ["", "B2 园舍", "C3 生均面积", "实地测量", 2, "", "", "", ""],
            merges=("A1:I1", "A2:C2", "D2:D3", "E2:E3", "F2:F3", "G2:G3", "H2:H3", "I2:I3", "A4:A6", "B4:B5"),
        )
    )
    assert tree_lines(settled) == [
        "A1 办园条件 10", "  B1 师资 8", "    C1 持证率 3", "    C2 师生比 5", "  B2 园舍 2", "    C3 生均面积 2",
    ]  # fmt: skip
    tree = built(settled.plain())
    assert tree.nodes["C1"].evidence == ("附件",) and "评分时须写明评分说明" in tree.nodes["C1"].text
    assert [item.name for item in tree.items] == ["持证率"]
    assert guessed(settled) == {"C1": "bands", "C2": "bands"}


@pytest.mark.parametrize(
    "rows",
    [
        (
            ["代码", "上级", "指标内容", "分值"],
            ["A1", "–", "办园条件", 15], ["B1", "A1", "资质", 15], ["C1", "B1", "审批", 5], ["C2", "B1", "经费", 10],
        ),
        (
            ["层级", "编号", "指标名称", "分值"],
            [1, "A1", "办园条件", 15], ["二级", "B1", "资质", 15], [3, "C1", "审批", 5], ["3级", "C2", "经费", 10],
        ),
        (
            ["指标", "分值"],
            ["A1 办园条件", 15], ["　B1 资质", 15], ["　　C1 审批", 5], ["　　C2 经费", 10],
        ),
        (
            ["一级指标", "分值", "二级指标", "分值", "三级指标", "分值"],
            ["A1 办园条件", 15, "B1 资质", 15, "C1 审批", 5], ["", "", "", "", "C2 经费", 10],
        ),
    ],
)  # fmt: skip
def test_other_ways_to_say_the_same_tree(rows):
    assert tree_lines(read(book(*rows))) == ["A1 办园条件 15", "  B1 资质 15", "    C1 审批 5", "    C2 经费 10"]


def test_indentation_may_be_a_format():
    data = book(["指标", "分值"], ["办园条件", 15], ["资质", 15], ["审批", 15], indents={"A2": 0, "A3": 1, "A4": 2})
    assert tree_lines(read(data)) == ["A1 办园条件 15", "  B1 资质 15", "    C1 审批 15"]


def test_a_sheet_for_each_first_level_and_full_width_letters():
    data = book(
        ["二级指标 ", "三级\n指标", "分　值"],
        ["Ｂ1 资质　", "Ｃ1 审批 ", "１０ "],
        sheet="A1 办园条件",
        more={"A2 园务管理": ([["二级指标", "三级指标", "分值"], ["B2 制度", "C2 计划", "５分"]], ())},
    )
    assert [line.strip().split()[-1] for line in tree_lines(read(data))] == ["10", "10", "10", "5", "5", "5"]
    assert [line.split(" ", 1)[1] for line in tree_lines(read(data)) if not line.startswith(" ")] == [
        "办园条件 10", "园务管理 5",
    ]  # fmt: skip


def test_word_tables_with_merged_cells_and_a_page_break():
    head = ["一级指标", "二级指标", "分值", "评分标准"]
    settled = read(
        document(
            [head, ["A1 组织", "B1 机构", "6", "少1项扣1分"], [None, "B2 人员", "4", "是得4分，否得0分"]],
            [head, ["A2 保障", "B3 经费", "5", "由评估人员评定"]],
            title="某县乡镇教育工作评估标准",
        ),
        "评估标准.docx",
    )
    assert tree_lines(settled) == ["A1 组织 10", "  B1 机构 6", "  B2 人员 4", "A2 保障 5", "  B3 经费 5"]
    assert settled.data["name"] == "某县乡镇教育工作评估标准"
    assert guessed(settled) == {"B1": "deduct", "B2": "yes_no"}
    assert settled.places["B3"] == "第 2 个表格第 2 行第 2 列"


def test_columns_that_a_person_explains():
    data = book(
        ["大类", "小类", "怎么评", "最高"],
        ["领导重视", "有计划", "少1项扣1分", 4],
        ["", "有记录", "少1次扣0.5分", 2],
        sheet="表一",
    )
    unsure = read_tables(data, "自制表.xlsx")
    assert unsure.is_unsure and to_system(unsure).data["name"] == "自制表"
    (shown,) = unsure.shown
    assert shown["head"] == 1 and [column["name"] for column in shown["columns"]] == ["大类", "小类", "怎么评", "最高"]
    assert shown["columns"][3]["samples"] == ["4", "2"]
    chosen = {"表一": Choice(1, {0: "1", 1: "2", 2: "rule", 3: "points"})}
    settled = to_system(read_tables(data, "自制表.xlsx", chosen))
    assert tree_lines(settled) == ["A1 领导重视 6", "  B1 有计划 4", "  B2 有记录 2"]
    assert guessed(settled) == {"B1": "deduct", "B2": "deduct"}
    assert [column["meaning"] for column in settled.tables[0]["columns"]] == ["1", "2", "rule", "points"]


def test_what_was_read_is_what_could_have_been_chosen():
    data = book(
        ["一级指标", "考核内容", "考核方式", "分值", "评分标准", "评分办法", "页码"],
        ["A1 甲", "有制度、有检查", "查阅", 5, "少1项扣1分", "由两人评分", 3],
        ["A2 乙", "有记录、有总结", "查阅", 5, "少1项扣1分", "由三人评分", 4],
    )
    settled = read(data)
    (shown,) = settled.tables
    assert [column["meaning"] for column in shown["columns"]] == ["1", "text", "text", "points", "rule", "rule", ""]
    assert any("页码" in note for note in settled.notes)
    choice = Choice(
        shown["head"], {column["at"]: column["meaning"] for column in shown["columns"] if column["meaning"]}
    )
    again = to_system(read_tables(data, "评分表.xlsx", {shown["name"]: choice}))
    assert again.data == settled.data and "由三人评分" in again.data["indicators"][1]["text"]


def test_the_template_is_read_without_a_finding():
    settled = read(template())
    assert not settled.faults and findings(settled) == []
    assert guessed(settled) == {"C1": "deduct", "C2": "yes_no", "C3": "bands", "C4": "pick"}
