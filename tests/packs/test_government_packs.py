"""Governments, leaders, townships, responsibility districts, basic balance: each scores a subject as an office would expect."""

from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

import pytest

from dudao.calc.score import explain
from dudao.calc.tree import answer_items, validate
from dudao.packs import about, read
from packs.filling import best_answers, pack, result, scored
from packs.samples import BASIC, COUNTY, DISTRICT, LEADERS, TOWNSHIP

SAMPLES = {
    "county-government-template": (COUNTY, "优秀"),
    "county-leaders-template": (LEADERS, "优秀"),
    "township-template": (TOWNSHIP, "优秀"),
    "responsibility-district-template": (DISTRICT, "优秀"),
    "basic-balance-2012": (BASIC, "达到基本均衡"),
}
# Numbers of their own, though their names look alike.
APART = {"三类适龄残疾儿童少年数"}
names = pytest.mark.parametrize("name", SAMPLES)


@names
def test_the_pack_has_nothing_to_complain_about_and_says_that_points_are_for_the_office(name):
    tree = pack(name)
    assert validate(tree) == ()
    # What may not apply says when, or asks somebody.
    assert all(node.applies or answer_items(node) for node in tree.nodes.values() if node.otherwise)
    assert tree.about["office_fills"]
    assert "示例" in tree.about["notes"] or "待核对" in tree.about["notes"]


@names
def test_who_does_everything_has_full_points_and_the_best_grade(name):
    sample, grade = SAMPLES[name]
    tree = pack(name)
    assert result(tree, sample | best_answers(tree)) == (100, grade)


@names
def test_what_nobody_has_filled_in_is_open_and_not_zero(name):
    tree = pack(name)
    assert result(tree, {}) == (None, None)
    leaves = [code for code, node in tree.nodes.items() if node.rule is not None]
    assert len(scored(tree, {}).sheet().open_items(0)) > len(leaves) * 0.8


@names
def test_every_veto_that_a_person_raises_takes_the_grade(name):
    sample, _ = SAMPLES[name]
    tree = pack(name)
    grades = [grade.name for grade in tree.scale.grades[""]]
    for veto in tree.vetoes:
        if not veto.when:
            _, grade = result(tree, sample | best_answers(tree) | {veto.code: "是"})
            assert grade == (veto.grade or grades[-1]), veto.code


@names
def test_the_result_can_be_printed_with_the_reason_of_every_mark(name):
    sample, grade = SAMPLES[name]
    tree = pack(name)
    text = explain(scored(tree, sample | best_answers(tree)), 0).text()
    assert text.startswith(f"{tree.root.name}：100 分"), "the whole by its name; its code tells readers nothing"
    assert f"等次：{grade}" in text
    below = [node for node in tree.nodes.values() if node.points is not None and node is not tree.root]
    assert all(f"{node.code} {node.name}：" in text for node in below)


@names
def test_every_indicator_of_a_template_says_what_evidence_it_wants(name):
    tree = pack(name)
    without = [code for code, node in tree.nodes.items() if node.rule is not None and not node.evidence]
    assert without == (["R2.1", "R2.2", "R2.3", "R2.4"] if name == "county-leaders-template" else [])


def marks(name, changes, *codes):
    """Marks of some indicators where the sample differs."""
    sample, _ = SAMPLES[name]
    tree = pack(name)
    sheet = scored(tree, sample | best_answers(tree) | changes).sheet()
    return [sheet.mark(code).at(0) for code in codes]


# ---- county governments -----------------------------------------------------------------------------------------


def test_a_county_government_has_four_components_with_six_contents():
    tree = pack("county-government-template")
    assert [(node.name, node.weight, node.role) for node in tree.root.children] == [
        ("综合材料", Decimal("0.3"), "normal"),
        ("数据监测", Decimal("0.4"), "normal"),
        ("常规管理", Decimal("0.3"), "normal"),
        ("专项加分", None, "bonus"),
    ]
    assert [node.name for node in tree.nodes["M1"].children] == [
        "党的领导与教育方针",
        "法律法规和政策落实",
        "各级各类教育发展",
        "统筹推进",
        "教育保障机制",
        "规范办学行为的制度",
    ]
    assert 40 <= sum(node.rule is not None for node in tree.nodes.values()) <= 80


@pytest.mark.parametrize(
    ("changes", "code", "mark"),
    [
        ({"一般公共预算教育支出_万元": "95999"}, "D1.1", 0),
        ({"一般公共预算教育支出_万元": "96000"}, "D1.1", 6),
        ({"初中生均一般公共预算教育支出_元": "11999"}, "D1.2", 6),
        ({"中等职业学校数": "0", "中职生均一般公共预算教育支出_元": ""}, "D1.2", 8),
        ({"特殊教育学校公用经费_元": "799900"}, "D1.4", 0),
        ({"义务教育教师年平均工资收入_元": "98599"}, "D2.1", 0),
        ({"交流轮岗教师数": "99"}, "D2.5", 2),
        ({"交流轮岗的骨干教师数": "19"}, "D2.5", 2),
        ({"在园幼儿数": "15001"}, "D2.6", 0),
        ({"公办园在园幼儿数": "6000"}, "D3.3", Fraction("1.33")),
        ({"校际差异系数达标项数": "7"}, "D4.1", 3),
        ({"相关科目最大校际差异率": "0.15"}, "D4.5", 2),
        ({"义务教育大班额班数": "18"}, "D5.1", 3),
        ({"义务教育大班额班数": "19"}, "D5.1", 2),
        ({"义务教育大班额班数": "91"}, "D5.1", 0),
        ({"义务教育超大班额班数": "1"}, "D5.2", 0),
        ({"责任督学数": "59"}, "N1.2", 4),
        ({"责任督学数": "37"}, "N1.2", 0),
        ({"超过20所学校的责任区数": "1", "不足2名督学的责任区数": "2"}, "N1.3", 1),
        ({"N5·发生较大涉校安全责任事故": "是"}, "N5", 10),
    ],
)
def test_data_of_a_county_are_marked_by_the_rules(changes, code, mark):
    assert marks("county-government-template", changes, code) == [mark]


def test_a_year_without_monitoring_leaves_the_block_its_points():
    changes = {
        "当年有国家义务教育质量监测结果": "否",
        "监测学业水平未达Ⅲ级科目数": "",
        "相关科目最大校际差异率": "",
    }
    assert marks("county-government-template", changes, "D4", "COUNTY") == [22, 100]


def test_a_county_with_arrears_of_salaries_fails_whatever_its_total():
    tree = pack("county-government-template")
    full = COUNTY | best_answers(tree)
    assert result(tree, full | {"拖欠教师工资_万元": "0.5"}) == (100, "不合格")
    assert result(tree, {"拖欠教师工资_万元": "0.5"}) == (None, "不合格")


def test_a_county_whose_people_are_not_content_is_not_excellent():
    tree = pack("county-government-template")
    total, grade = result(tree, COUNTY | best_answers(tree) | {"满意问卷数": "849"})
    assert total > 99 and grade == "良好"


def test_grades_of_counties_are_half_open():
    tree = pack("county-government-template")
    lost = {
        # 10 points of each component
        "P2.1": "5",
        "P4.2": "2",
        "义务教育教师年平均工资收入_元": "98000",
        "初中三年巩固率": "90",
        "N4.1": "10",
        "N5.2": "10",
    }
    full = COUNTY | best_answers(tree) | lost
    assert result(tree, full) == (90, "优秀")
    assert result(tree, full | {"P2.3·数据与台账不符": "1"}) == (Fraction("89.85"), "良好")


def test_one_weak_component_is_no_excellent_county():
    tree = pack("county-government-template")
    lost = {"N4.1": "10", "N4.3": "4", "N4.4": "2", "N4.5": "2", "N5.2": "12"}
    sheet = scored(tree, COUNTY | best_answers(tree) | lost).sheet()
    assert sheet.mark("M3").at(0) == 80 and sheet.grade.at(0) == "优秀"
    sheet = scored(tree, COUNTY | best_answers(tree) | lost | {"当年集中培训满40学时的督学数": "71"}).sheet()
    assert sheet.total.at(0) > 93 and sheet.grade.at(0) == "良好"


def test_bonuses_are_capped_and_cannot_lift_a_county_above_full_points():
    tree = pack("county-government-template")
    answers = COUNTY | best_answers(tree) | {"M4.1": "9", "M4.2": "9", "M4.3": "2"}
    sheet = scored(tree, answers).sheet()
    assert [sheet.mark(code).at(0) for code in ("M4.1", "M4.2", "M4.3", "M4", "COUNTY")] == [3, 2, 2, 5, 100]
    # 25 of 100 points of the component lost are 10 of the whole, and the bonus gives half of them back.
    lost = {"一般公共预算教育支出_万元": "1", "校际差异系数达标项数": "0", "义务教育教师年平均工资收入_元": "1"}
    lost |= {"初中三年巩固率": "90", "在公办和政府购买服务民办学校就读的随迁子女数": "0"}
    assert result(tree, answers | lost)[0] == 95


# ---- leaders ----------------------------------------------------------------------------------------------------


def test_party_and_government_leaders_answer_for_their_own_meetings():
    tree = pack("county-leaders-template")
    answers = LEADERS | best_answers(tree)
    assert result(tree, answers | {"L1.1": "3"})[0] < 100
    assert result(tree, answers | {"L1.2": "3"})[0] == 100
    mayor = answers | {"岗位": "政府主要负责人"}
    assert result(tree, mayor | {"L1.1": "3"})[0] == 100
    assert result(tree, mayor | {"L1.2": "3"})[0] < 100


def test_the_leaders_of_a_failed_county_fail():
    tree = pack("county-leaders-template")
    full = LEADERS | best_answers(tree)
    assert result(tree, full | {"县级人民政府履行教育职责评价得分": "59.99"})[1] == "不合格"
    assert result(tree, full | {"县级人民政府履行教育职责评价得分": "60"})[1] == "优秀"


# ---- townships --------------------------------------------------------------------------------------------------


def test_a_street_without_a_kindergarten_of_its_own_is_not_marked_down():
    changes = {"公办中心幼儿园数": "0"}
    assert marks("township-template", changes, "T3.1", "TOWNSHIP") == [0, 95]
    assert marks("township-template", changes | {"单位类型": "街道"}, "T3", "TOWNSHIP") == [12, 100]


def test_pupils_who_left_and_came_back():
    changes = {"失学辍学学生数": "8", "劝返复学学生数": "6"}
    assert marks("township-template", changes, "T2.2") == [Fraction("2.5")]


# ---- responsibility districts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "mark"),
    [
        ({"责任区学校数": "21"}, "R1.1", 2),
        ({"专职督学数": "1"}, "R1.2", 3),
        ({"兼职督学数": "3"}, "R1.3", 4),
        ({"兼职督学数": "1"}, "R1.3", 2),
        ({"兼职督学数": "1"}, "R1.4", 1),
        ({"当年集中培训满40学时的督学数": "3"}, "R2.3", 3),
        ({"每月到校都达到1次的学校数": "15"}, "R3.2", 4),
        ({"每学期经常性督导都达到2次的学校数": "17"}, "R3.3", 3),
        ({"督导发现问题数": "0"}, "R5.1", 0),
        ({"受理投诉件数": "5", "按期核实办结投诉件数": "4"}, "R5.4", Fraction("1.5")),
    ],
)
def test_a_district_is_marked_by_its_staff_visits_and_rectification(changes, code, mark):
    assert marks("responsibility-district-template", changes, code) == [mark]


def test_a_district_with_too_many_schools_is_not_excellent():
    tree = pack("responsibility-district-template")
    total, grade = result(tree, DISTRICT | best_answers(tree) | {"责任区学校数": "21", "已挂牌的学校数": "21"})
    assert total > 90 and grade == "良好"


# ---- basic balance ----------------------------------------------------------------------------------------------


def test_basic_balance_limits_the_mean_of_eight_coefficients():
    tree = pack("basic-balance-2012")
    full = BASIC | best_answers(tree)
    sheet = scored(tree, full).sheet()
    assert [sheet.level(code).at(0) for code in ("S0", "S1", "S2", "S3")] == ["达标"] * 4
    # 1.299 alone is no failure; the mean may be 0.65 and no more.
    assert result(tree, full | {"小学生均体育运动场馆面积差异系数": "1.765"}) == (100, "达到基本均衡")
    assert result(tree, full | {"小学生均体育运动场馆面积差异系数": "1.766"}) == (100, "未达到")
    assert result(tree, full | {"初中生均体育运动场馆面积差异系数": "2.672"}) == (100, "未达到")


def test_basic_balance_has_seventeen_items_of_government_work_with_a_limit_of_85():
    tree = pack("basic-balance-2012")
    assert sum(code.startswith("Z") for code in tree.nodes) == 17
    full = BASIC | best_answers(tree)
    lost = {"Z9": "0", "Z17": "0", "Z1·纳入财政保障": "无", "Z11·校长定期交流": "无"}
    assert result(tree, full | lost)[1] == "未达到"
    del lost["Z1·纳入财政保障"]
    assert result(tree, full | lost) == (86, "达到基本均衡")
    assert result(tree, full | {"满意问卷数": "849"}) == (100, "未达到")
    assert {f"Z{number}" for number in range(1, 18)} < set(about("frameworks", "basic-balance-2012").unchecked)


# ---- excellent balance ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["excellent-balance-2017", "county-government-template", "county-leaders-template", "basic-balance-2012"]
)
def test_what_a_county_returns_has_one_name_in_all_standards(name):
    """A near miss of a name would make an office return the same number twice."""
    returned = {item["name"] for item in read("statistics", "county")["items"]}
    conditions = [entry for item in read("items", "excellent-2017")["items"] for entry in item.get("conditions", ())]
    known = returned | {name for entry in conditions for name in (entry["of"], entry.get("over")) if name}
    for item in pack(name).items:
        similar = get_close_matches(item.name, known - {item.name}, 1, 0.9)
        assert item.name in known or not similar or item.name in APART, (item.name, similar)


def test_excellent_balance_is_reached_by_a_county_that_reaches_all():
    tree = pack("excellent-balance-2017")
    row = {item.name: "0" for item in tree.items if not item.formula}
    ones = ["均衡测算的小学部数", "资源配置达标的小学部数", "均衡测算的初中部数", "资源配置达标的初中部数"]
    row |= dict.fromkeys(ones, "30") | {"初中三年巩固率": "95", "满意问卷数": "85", "回收有效问卷数": "100"}
    row |= {"特殊教育学校公用经费_元": "800000", "特殊教育学校学生数": "100"}
    row |= dict.fromkeys(["专任教师数", "完成360学时培训的教师数", "持教师资格证的专任教师数"], "500")
    row |= {"符合交流条件的教师数": "100", "交流轮岗教师数": "10", "交流轮岗的骨干教师数": "2"}
    row |= {"适龄残疾儿童少年数": "100", "入学的适龄残疾儿童少年数": "95"}
    full = row | {item.name: "是" for item in tree.items if item.kind == "truth"} | best_answers(tree)
    assert result(tree, full) == (33, "达到")
    assert result(tree, full | {"按规定足额核定绩效工资总量": "否"}) == (32, "未达到"), (
        "the amounts alone are not enough"
    )
    assert result(tree, full | {"资源配置达标的初中部数": "29"}) == (32, "未达到")
    assert result(tree, full | {"初中生均教学及辅助用房面积差异系数": "0.451"}) == (32, "未达到")
    assert result(tree, full | {"回收有效问卷数": "0", "满意问卷数": "0"})[1] is None
    none = {"专任教师数": "0", "完成360学时培训的教师数": "0", "持教师资格证的专任教师数": "0"}
    assert result(tree, full | none) == (None, None), "of nobody nothing is shown"
    assert result(tree, full | {"持教师资格证的专任教师数": "501"}) == (None, None), (
        "a part above the whole is a mistake"
    )
    assert result(tree, full | {"V4": "是"}) == (33, "未达到")
