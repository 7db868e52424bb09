"""Comprehensive evaluation of compulsory, general high and vocational schools: every kind of school is marked for what it is."""

from fractions import Fraction

import pytest

from dudao.calc.score import explain
from dudao.calc.tree import answer_items, validate
from packs.filling import best_answers, pack, result, scored
from packs.samples import COMPULSORY, HIGH, VOCATIONAL

SAMPLES = {
    "school-compulsory-template": COMPULSORY,
    "school-high-template": HIGH,
    "school-vocational-template": VOCATIONAL,
}
names = pytest.mark.parametrize("name", SAMPLES)


def best_of(name, **changes):
    """The best school, with what makes it another kind of school; questions that its kind is not asked stay empty."""
    tree = pack(name)
    return tree, SAMPLES[name] | changes | best_answers(tree)


@names
def test_the_pack_has_nothing_to_complain_about_and_is_marked_as_a_template(name):
    tree = pack(name)
    assert validate(tree) == ()
    # What may not apply says when, or asks somebody.
    assert all(node.applies or answer_items(node) for node in tree.nodes.values() if node.otherwise)
    assert (tree.about["grade"], tree.about["level"]) == ("own", "office")
    assert tree.about["office_fills"] and "待核对" in tree.about["notes"]
    assert all(node.evidence for node in tree.nodes.values() if node.rule is not None)


@names
def test_the_best_public_and_private_schools_are_excellent(name):
    tree, row = best_of(name)
    sheet = scored(tree, row).sheet()
    # Items for private schools are taken out of a public school's full points, and the grade looks at the rate.
    assert sheet.total.at(0) == sheet.possible(tree.root.code).at(0) < 100
    assert sheet.ranking.at(0) == 100 and sheet.grade.at(0) == "优秀"
    tree, row = best_of(name, 办学性质="民办", 年检合格="是")
    assert result(tree, row) == (100, "优秀")


@names
def test_a_private_school_that_failed_its_yearly_inspection_fails(name):
    tree, row = best_of(name, 办学性质="民办", 年检合格="否")
    assert result(tree, row) == (100, "不合格")


@names
def test_what_nobody_has_filled_in_is_open_and_not_zero(name):
    tree = pack(name)
    assert result(tree, {}) == (None, None)
    assert result(tree, {"办学性质": "公办"}) == (None, None)
    leaves = [code for code, node in tree.nodes.items() if node.rule is not None]
    assert len(scored(tree, {}).sheet().open_items(0)) > len(leaves) * 0.8


@names
@pytest.mark.parametrize("kind", ["公办", "民办"])
def test_every_veto_takes_the_grade(name, kind):
    tree, row = best_of(name, 办学性质=kind, 年检合格="是")
    assert len(tree.vetoes) >= 4
    for veto in tree.vetoes:
        assert result(tree, row | {veto.code: "是"})[1] == "不合格", veto.code


@names
def test_a_day_school_is_not_asked_about_dormitories(name):
    tree, row = best_of(name, 寄宿制="否")
    dormitory = next(code for code, node in tree.nodes.items() if node.applies == "寄宿制")
    row = {key: cell for key, cell in row.items() if not key.startswith(f"{dormitory}·")}
    sheet = scored(tree, row).sheet()
    assert sheet.ranking.at(0) == 100 and sheet.grade.at(0) == "优秀"
    assert dormitory not in sheet.open_items(0)


@names
def test_the_result_can_be_printed_with_the_reason_of_every_mark(name):
    tree, row = best_of(name)
    text = explain(scored(tree, row), 0).text()
    assert text.startswith(f"{tree.root.name}："), "the whole by its name; its code tells readers nothing"
    assert "等次：优秀" in text
    assert all(f"{code} {node.name}：" in text for code, node in tree.nodes.items() if node is not tree.root)


def marks(name, changes, *codes):
    tree, row = best_of(name)
    sheet = scored(tree, row | changes).sheet()
    return [sheet.mark(code).at(0) for code in codes]


@pytest.mark.parametrize(
    ("changes", "code", "mark"),
    [
        ({"小学一二年级书面作业分钟": "10"}, "A2.3", 2),
        ({"小学三至六年级书面作业分钟": "61"}, "A2.3", 2),
        ({"初中书面作业分钟": "91"}, "A2.4", 1),
        ({"持教师资格证的专任教师数": "95"}, "A3.2", Fraction("2.69")),
        ({"教师培训经费_元": "59999"}, "A3.5", 0),
        ({"超过标准班额的班级数": "3"}, "A4.4", Fraction("1.5")),
        ({"超过标准班额的班级数": "4"}, "A4.4", 0),
        ({"督导提出的整改问题数": "4", "按期完成整改的问题数": "3"}, "A4.10", 1),
        ({"近视率": "33"}, "A5.4", 0),
        ({"资源配置七项指标达标项数": "6"}, "A6.1", Fraction("4.29")),
        ({"A3.1": "1", "A3.1·发生严重师德失范": "是"}, "A3.1", 0),
    ],
)
def test_a_compulsory_school_is_marked_by_the_rules(changes, code, mark):
    assert marks("school-compulsory-template", changes, code) == [mark]


@pytest.mark.parametrize(("stage", "asked", "silent"), [("小学", "A2.3", "A2.4"), ("初中", "A2.4", "A2.3")])
def test_homework_is_asked_by_stage_and_the_block_keeps_its_points(stage, asked, silent):
    tree, row = best_of("school-compulsory-template", 办学学段=stage)
    row = {key: cell for key, cell in row.items() if not key.startswith(f"{silent}·")}
    sheet = scored(tree, row).sheet()
    assert sheet.possible("A2").at(0) == sheet.mark("A2").at(0) == 24
    assert sheet.mark(silent).at(0) is None and sheet.mark(asked).at(0) == 3


def test_one_neglected_block_keeps_a_school_from_excellence():
    tree, row = best_of("school-compulsory-template", 办学性质="民办", 年检合格="是")
    total, grade = result(tree, row | {"A5.1": "0"})
    assert total > 90 and grade == "良好"


def test_a_high_school_has_three_kinds_of_indicators_and_deductions():
    tree = pack("school-high-template")
    assert [(node.name, node.points, node.role) for node in tree.root.children] == [
        ("基础性指标", 60, "normal"),
        ("提高发展性指标", 30, "normal"),
        ("模范性指标", 10, "normal"),
        ("综合减分项目", 15, "penalty"),
    ]
    for code in ("F", "D"):
        assert [node.name for node in tree.nodes[code].children] == ["办学保障", "学校管理", "办学效益"]
    texts = "".join(node.text for node in tree.nodes.values())
    assert all(f"评价指南：{area}" in texts for area in ("办学方向", "课程教学", "教师发展", "学校管理", "学生发展"))


def test_deductions_of_a_high_school_are_capped_and_lower_the_grade():
    tree, row = best_of("school-high-template", 办学性质="民办", 年检合格="是")
    assert result(tree, row | {"P1": "1", "P2": "1"}) == (95, "优秀")
    assert result(tree, row | {"P1": "9", "P4": "9"}) == (85, "良好")
    assert result(tree, row | {"P1": "0"}) == (100, "优秀")


@pytest.mark.parametrize(
    ("changes", "code", "mark"),
    [
        ({"教职工数": "199"}, "F1.3", 2),
        ({"持高中教师资格证的专任教师数": "179"}, "F1.4", Fraction("1.5")),
        ({"大班额班数": "1"}, "F2.5", 1),
        ({"大班额班数": "3"}, "F2.5", 0),
        ({"学业水平合格性考试合格率": "85"}, "F3.2", 0),
        ({"县级以上骨干教师数": "9"}, "D1.1", 0),
    ],
)
def test_a_high_school_is_marked_by_the_rules(changes, code, mark):
    assert marks("school-high-template", changes, code) == [mark]


def test_a_vocational_school_has_the_six_contents():
    tree = pack("school-vocational-template")
    assert [node.name for node in tree.root.children][:-1] == [
        "基本办学条件",
        "师资队伍",
        "课程与教学",
        "校企合作",
        "学生发展",
        "办学效益",
    ]


@pytest.mark.parametrize(
    ("changes", "code", "mark"),
    [
        ({"仪器设备值_元": "4500000"}, "C1.3", 2),
        ({"仪器设备值_元": "5000000", "专业大类": "其他"}, "C1.3", 4),
        ({"专任教师数": "99", "本科以上学历专任教师数": "99"}, "C2.1", 2),
        ({"双师型教师数": "12"}, "C2.3", 2),
        ({"实践课时": "1499"}, "C3.3", 0),
        ({"直接就业的毕业生数": "0", "对口就业的毕业生数": "0"}, "C6", 12),
        ({"毕业生数": "0", "取得职业类证书的毕业生数": "0", "就业和升学的毕业生数": "0"}, "C5", 13),
        ({"在校生数": "1199"}, "C6.3", 1),
        ({"用人单位满意度": "84"}, "C6.5", Fraction("1.5")),
    ],
)
def test_a_vocational_school_is_marked_by_the_rules(changes, code, mark):
    assert marks("school-vocational-template", changes, code) == [mark]


def test_a_vocational_school_with_poor_premises_does_not_pass():
    tree, row = best_of("school-vocational-template")
    poor = {
        "校园占地面积": "1000",
        "校舍建筑面积": "1000",
        "图书册数": "100",
        "教学用计算机台数": "1",
        "实训工位数": "1",
    }
    total, grade = result(tree, row | poor)
    assert total > 80 and grade == "不合格"
