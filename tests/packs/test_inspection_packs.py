"""The packs for schools and kindergartens under inspection: what they ask is what the document asks, and they score as it says."""

from decimal import Decimal

import pytest

from dudao import packs
from dudao.calc.rules import Attain
from dudao.calc.tree import Role
from packs.filling import best_answers, pack, result, scored
from packs.samples import BINCHENG, FIVE, KINDER, REGULAR, SAFETY

# What a subject of each pack reports; the rest is answered by people as well as can be.
SAMPLES = {
    "double-reduction-hebei-2021": {"填报对象": "学校"},
    "five-managements-2021": FIVE,
    "school-safety-36": {},
    "school-safety-vehicles-25": {},
    "school-safety-bincheng-2011": BINCHENG,
    "school-safety-template": SAFETY,
    "teaching-routine-100": {},
}
LEVELS = {
    "kindergarten-conduct-2017": ({}, "符合"),
    "kindergarten-online-onsite-template": (KINDER, "符合"),
    "quality-compulsory-county-2021": ({}, "好"),
    "quality-compulsory-school-2021": ({}, "好"),
    "quality-kindergarten-2022": ({}, "好"),
    "quality-senior-2021": ({}, "好"),
    "regular-running-23": (REGULAR, "符合"),
    "regular-running-chongchuan": ({}, "合格"),
    "school-safety-checklist-16": ({}, "符合"),
    "school-safety-national": ({}, "好"),
    "responsible-inspector-8": ({}, "符合"),
}


def full(tree, sample):
    """Without the answers to what does not apply to the subject: those are refused where nobody is asked."""
    return dict(sample) | best_answers(tree)


def leaves(name):
    return {node.code: node for node in pack(name).root.walk() if node.rule is not None}


@pytest.mark.parametrize("name", SAMPLES)
class TestPoints:
    def test_who_does_everything_has_full_points(self, name):
        tree = pack(name)
        sheet = scored(tree, full(tree, SAMPLES[name])).sheet()
        assert sheet.total.at(0) == sheet.possible(tree.root.code).at(0)
        assert sheet.grade is None or sheet.grade.at(0) == tree.scale.grades[""][0].name

    def test_who_has_answered_nothing_is_open_and_not_0(self, name):
        tree = pack(name)
        assert result(tree, SAMPLES[name])[0] is None


@pytest.mark.parametrize("name", LEVELS)
class TestLevels:
    def test_who_does_everything_has_the_best_level(self, name):
        sample, best = LEVELS[name]
        tree = pack(name)
        assert scored(tree, full(tree, sample), "onsite").sheet().level(tree.root.code).at(0) == best

    def test_who_has_answered_nothing_has_no_level(self, name):
        tree = pack(name)
        assert scored(tree, LEVELS[name][0], "onsite").sheet().level(tree.root.code).at(0) is None


@pytest.mark.parametrize("name", [*SAMPLES, *LEVELS])
def test_every_fact_of_the_document_is_filled_or_said_to_be_unknown(name):
    about = packs.raw("frameworks", name)["about"]
    assert about["number"] and about["issuer"] and about["region"] and about["notes"]


class TestFiveManagements:
    def test_the_questions_are_c1_to_c18_and_the_headings_of_the_other_three_parts(self):
        found = leaves("five-managements-2021")
        tree = pack("five-managements-2021")
        assert [node.name for node in tree.root.children] == [
            "手机管理",
            "睡眠管理",
            "读物管理",
            "作业管理",
            "体质管理",
        ]
        assert list(found)[:18] == [f"C{number}" for number in range(1, 19)]
        assert [code for code, node in found.items() if not node.rule.good] == ["C12", "D4"]
        assert {"A3", "A4", "A5"} < set(packs.about("frameworks", "five-managements-2021").unchecked)
        times = {"C10": "8:20", "C11": "8:00", "C15": "20:30", "C17": "21:00", "C18": "22:00 至次日 8:00"}
        assert all(words in found[code].name for code, words in times.items())
        assert all(node.evidence for node in found.values())

    # A school: all of 29 without C17, C18; a primary school also without C11 and E2, another without C10 and E1.
    @pytest.mark.parametrize(("who", "points"), [("九年一贯制学校", 27), ("小学", 25), ("中学", 25), ("教育部门", 18)])
    def test_schools_are_not_asked_what_only_the_office_knows(self, who, points):
        tree = pack("five-managements-2021")
        sheet = scored(tree, full(tree, FIVE | {"填报对象": who})).sheet()
        assert (sheet.total.at(0), sheet.possible("FIVE").at(0)) == (points, points)

    @pytest.mark.parametrize(
        "changes",
        [{"C12": "是"}, {"D4": "是"}, {"小学三至六年级书面作业分钟": "61"}, {"小学一二年级书面作业分钟": "1"}],
    )
    def test_what_is_not_done_loses_its_point(self, changes):
        tree = pack("five-managements-2021")
        assert result(tree, full(tree, FIVE | {"填报对象": "小学"}) | changes)[0] == 24


class TestDoubleReduction:
    NEGATIVE = ("D2", "D3", "D4", "D9", "D10", "D11", "D12", "D13", "D15", "D16", "D17")

    def test_the_list_is_1_to_17_and_says_that_it_goes_on(self):
        found = leaves("double-reduction-hebei-2021")
        assert list(found) == [f"D{number}" for number in range(1, 18)]
        assert tuple(code for code, node in found.items() if not node.rule.good) == self.NEGATIVE
        about = packs.about("frameworks", "double-reduction-hebei-2021")
        assert "第 18 项起" in about.office_fills[0] and "不能当作完整清单" in about.notes

    @pytest.mark.parametrize(("who", "points"), [("学校", 9), ("教育部门", 8)])
    def test_each_answers_its_own_questions(self, who, points):
        tree = pack("double-reduction-hebei-2021")
        sheet = scored(tree, full(tree, {"填报对象": who})).sheet()
        assert (sheet.total.at(0), sheet.possible("DOUBLE17").at(0)) == (points, points)

    @pytest.mark.parametrize("code", NEGATIVE)
    def test_yes_to_a_negative_question_is_a_finding(self, code):
        tree = pack("double-reduction-hebei-2021")
        who = "学校" if int(code[1:]) < 10 else "教育部门"
        sheet = scored(tree, full(tree, {"填报对象": who}) | {code: "是"}).sheet()
        assert sheet.mark(code).at(0) == 0


class TestSafety:
    def test_the_two_parts_of_the_old_table_are_61_points(self):
        assert [pack(name).root.points for name in ("school-safety-36", "school-safety-vehicles-25")] == [36, 25]

    @pytest.mark.parametrize(
        ("pupils", "guards", "mark"),
        [(500, 2, 8), (500, 1, 6), (999, 2, 8), (1000, 2, 6), (1000, 3, 8), (1180, 0, 2), (3000, 0, 0), (100, 5, 8)],
    )
    def test_guards_are_counted_by_pupils(self, pupils, guards, mark):
        tree = pack("school-safety-bincheng-2011")
        answers = full(tree, BINCHENG) | {"在校生数": str(pupils), "专职保安数": str(guards)}
        assert scored(tree, answers).sheet().mark("Z1.4").at(0) == mark

    def test_a_small_school_needs_no_department(self):
        tree = pack("school-safety-bincheng-2011")
        answers = full(tree, BINCHENG) | {"班级数": "6", "Z1.2": "1"}
        assert scored(tree, answers).sheet().mark("Z1.2").at(0) == 2

    def test_the_table_of_sajia_declares_what_nobody_has_seen(self):
        assert [(gap.code, gap.kind) for gap in packs.about("frameworks", "school-safety-sajia").gaps] == [
            ("A2", "points")
        ]
        points = [leaf.points for leaf in pack("school-safety-sajia").nodes["A1"].children]
        assert points == [5, 8, 5, 2, 8]

    def test_the_template_covers_what_a_safety_inspection_asks(self):
        tree = pack("school-safety-template")
        names = "".join(node.name for node in tree.root.walk())
        for topic in (
            "制度",
            "人防、物防、技防",
            "消防",
            "食品",
            "宿舍",
            "校车",
            "心理",
            "欺凌",
            "危险化学品",
            "防溺水",
            "事故",
        ):
            assert topic in names, topic
        found = [node for node in tree.root.walk() if node.rule is not None and tree.parents[node.code] != "B1"]
        assert len(found) >= 40 and all(node.evidence for node in found)

    @pytest.mark.parametrize(("item", "parts"), [("寄宿生数", 8), ("校车数", 6), ("实验室数", 4)])
    def test_what_a_school_does_not_have_is_not_asked(self, item, parts):
        tree = pack("school-safety-template")
        sheet = scored(tree, full(tree, SAFETY) | {item: "0"}).sheet()
        assert sheet.possible("SAFETY").at(0) == 100 - parts
        assert sheet.grade.at(0) == "优秀"

    def test_a_school_without_canteen_is_judged_by_the_rest_of_the_block(self):
        tree = pack("school-safety-template")
        sheet = scored(tree, full(tree, SAFETY) | {"设有食堂": "否"}).sheet()
        assert (sheet.mark("A4").at(0), sheet.possible("A4").at(0)) == (14, 14)

    @pytest.mark.parametrize(
        ("kind", "drills", "mark"),
        [("小学", 10, 3), ("小学", 9, 2), ("小学", 4, 0), ("幼儿园", 4, 3), ("幼儿园", 3, 2)],
    )
    def test_drills_monthly_or_quarterly(self, kind, drills, mark):
        tree = pack("school-safety-template")
        answers = full(tree, SAFETY) | {"学校类型": kind, "本学年应急演练次数": str(drills)}
        assert scored(tree, answers).sheet().mark("A10.2").at(0) == mark

    def test_accidents_take_points_off_and_vetoes_take_the_grade(self):
        tree = pack("school-safety-template")
        answers = full(tree, SAFETY)
        assert result(tree, answers | {"B1.1": "1"}) == (95, "优秀")
        assert result(tree, answers | {"B1.1": "3"}) == (90, "优秀"), "at most 10 points"
        for veto in tree.vetoes:
            assert result(tree, answers | {veto.code: "是"})[1] == "不合格"


class TestKindergartens:
    def test_the_28_topics(self):
        tree = pack("kindergarten-conduct-2017")
        blocks = {node.name: [child.name for child in node.children] for node in tree.root.children}
        assert blocks == {
            "办园条件": ["资质", "经费", "规模与班额", "园舍与场地", "设备设施", "玩教具材料和图书"],
            "安全卫生": [
                "安全和卫生制度",
                "膳食营养",
                "卫生消毒",
                "健康检查",
                "疾病防控",
                "安全教育",
                "安全风险管控",
                "校车",
            ],
            "保育教育": ["理念与目标", "内容与形式", "计划与方案", "活动组织实施", "师幼关系"],
            "教职工队伍": ["人员配备与资格", "专业成长", "师德师风", "权益保障"],
            "内部管理": ["组织机构", "管理机制", "经费管理与使用", "招生", "家长参与"],
        }
        assert all(leaf.evidence and leaf.text for block in tree.root.children for leaf in block.children)

    def test_the_six_focus_matters_have_evidence_and_a_rule_each(self):
        tree = pack("kindergarten-online-onsite-template")
        matters = tree.nodes["A1"].children
        assert [node.name for node in matters] == [
            "办园证照",
            "保教人员资质",
            "教职工聘用合同",
            "社会保险购买",
            "“小学化”倾向",
            "安全管理",
        ]
        for matter in matters:
            assert matter.children and all(leaf.evidence and isinstance(leaf.rule, Attain) for leaf in matter.children)
        assert tree.nodes["F2.1"].rule.all_of == ("持教师资格证人数 ≥ 应持教师资格证人数",)

    @pytest.mark.parametrize(
        ("certified", "expected"), [("21", "符合"), ("20", "部分符合"), ("11", "部分符合"), ("10", "不符合")]
    )
    def test_certificates_are_judged_by_numbers(self, certified, expected):
        tree = pack("kindergarten-online-onsite-template")
        sheet = scored(tree, full(tree, KINDER) | {"持教师资格证人数": certified}, "onsite").sheet()
        assert sheet.level("F2.1").at(0) == sheet.level("A1").at(0) == expected

    @pytest.mark.parametrize(
        ("answers", "grade"),
        [
            ({}, "通过"),
            ({"K3.2": "不符合"}, "基本通过"),
            ({"F1.1": "不符合"}, "限期整改"),
            ({"V1": "是"}, "限期整改"),
            (dict.fromkeys(("K1.1", "K1.2", "K1.3", "K2.1", "K2.2", "K2.3"), "部分符合"), "基本通过"),
        ],
    )
    def test_one_failed_focus_matter_is_enough(self, answers, grade):
        tree = pack("kindergarten-online-onsite-template")
        assert scored(tree, full(tree, KINDER) | answers, "onsite").sheet().grade.at(0) == grade

    def test_the_guide_has_5_areas_and_15_indicators(self):
        areas = pack("quality-kindergarten-2022").root.children
        assert [len(area.children) for area in areas] == [3, 3, 3, 2, 4]


class TestHolesOfTheSources:
    def test_a_rate_of_which_the_table_says_nothing_has_no_mark(self):
        tree = pack("sports-supervision").with_node("SPORTS30", points=Decimal(9))
        answers = {"C1": "是", "C2": "是", "体育课国家规定课时": "100"}
        marks = [
            scored(tree, answers | {"体育课实际开设课时": hours}).sheet().mark("C3").at(0)
            for hours in ("59", "60", "80", "90", "100")
        ]
        assert marks == [0, 2, 2, None, 3]

    @pytest.mark.parametrize(
        ("name", "gaps"),
        [
            ("sports-supervision", [("SPORTS30", "points"), ("C3", "gap")]),
            ("hefei-private-high", [("HEFEI80", "points")]),
            ("hubei-kindergarten-2016", [("A4", "points")]),
            ("teaching-routine-100", [("J1", "gap")]),
        ],
    )
    def test_they_are_declared(self, name, gaps):
        assert [(gap.code, gap.kind) for gap in packs.about("frameworks", name).gaps] == gaps


class TestInspectors:
    def test_the_eight_matters(self):
        assert {code: node.name for code, node in leaves("responsible-inspector-8").items()} == {
            "GP1": "校务管理和制度执行",
            "GP2": "招生、收费、择校",
            "GP3": "课程开设和课堂教学",
            "GP4": "学生学习、体育锻炼和课业负担",
            "GP5": "教师师德和专业发展",
            "GP6": "校园及周边安全、学生交通安全",
            "GP7": "食堂、食品、饮水及宿舍卫生",
            "GP8": "校风、教风、学风建设",
        }
        assert packs.about("frameworks", "responsible-inspector-8").said("number") == "国教督办〔2013〕2号（待核对）"


class TestRegularRunning:
    def test_items_4_to_23(self):
        assert list(leaves("regular-running-23")) == [f"R{number}" for number in range(4, 24)]

    @pytest.mark.parametrize(
        ("data", "code", "expected"),
        [
            ({}, "R18", "符合"),
            ({"小学一二年级书面作业分钟": "5"}, "R18", "不符合"),
            ({"办学学段": "九年一贯制", "初中书面作业分钟": "90"}, "R18", "符合"),
            ({"办学学段": "九年一贯制"}, "R18", None),
            ({"小学在校学习小时": "6.5"}, "R19", "不符合"),
            ({"有寄宿生": "是", "小学寄宿生睡眠小时": "10"}, "R19", "符合"),
            ({"有寄宿生": "是", "小学寄宿生睡眠小时": "9"}, "R19", "不符合"),
            ({"实验班数": "2"}, "R12", None),
            ({"实验班数": "2", "实验班批准文号": "某教〔2025〕3号"}, "R12", "符合"),
        ],
    )
    def test_numbers_decide_by_stage(self, data, code, expected):
        tree = pack("regular-running-23")
        assert scored(tree, full(tree, REGULAR) | data, "onsite").sheet().level(code).at(0) == expected

    def test_a_primary_school_has_no_places_of_senior_schools_to_allot(self):
        tree = pack("regular-running-23")
        assert scored(tree, full(tree, REGULAR)).sheet().level("R10").at(0) is None
        assert all(node.role is Role.NORMAL for node in tree.root.walk())
