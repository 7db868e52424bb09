"""Every pack scored end to end by ``dudao score``: a table as an office keeps it, and results that were computed by hand."""

import csv
import json
from argparse import Namespace

import pytest

from dudao import packs
from dudao.cli.environment import Refused
from dudao.cli.score import score_file
from packs.filling import best_answers, pack
from packs.samples import ANHUI, BEST, KINDER

# What an office adds to a table of which nobody has seen the rest: one item with the points that are missing.
COMPLETED = {
    "hefei-private-high": "after: B1, node: {code: B2, name: 其余部分, points: 45, rule: judged}",
    "hubei-kindergarten-2016": "under: A4, node: {code: B17, name: 其余部分, points: 80, rule: judged}",
    "school-safety-sajia": "under: A2, node: {code: A2.B3, name: 其余部分, points: 10, rule: judged}",
    "sports-supervision": "after: C3, node: {code: C4, name: 其余部分, points: 21, rule: judged}",
}
ADDED = {
    "hefei-private-high": {"B2": "45"},
    "hubei-kindergarten-2016": {"B17": "80"},
    "school-safety-sajia": {"A2.B3": "10"},
    "sports-supervision": {"C4": "21"},
}


@pytest.fixture
def score(tmp_path, capsys):
    """Rows by name → what the command says of each, by name, with its exit code."""

    def run(name, rows, asked=True):
        tree = pack(name)
        every = [item.name for item in tree.items if not item.formula] + [
            item.name for item in tree.answers.items.values()
        ]
        heads = list(dict.fromkeys([*(head for row in rows.values() for head in row), *(every if asked else [])]))
        # Nothing is held against whom a test doesn't accuse.
        innocent = {veto.code for veto in tree.vetoes if not veto.when}
        table = tmp_path / "表.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [
                    ["单位名称", *heads],
                    *(
                        [subject, *(row.get(head, "否" if head in innocent else "") for head in heads)]
                        for subject, row in rows.items()
                    ),
                ]
            )
        wanted = name
        if name in COMPLETED:
            own = tmp_path / "补全.yaml"
            own.write_text(f"base: {name}\ncode: OWN\nname: 补全\nadd: [{{{COMPLETED[name]}}}]\n", encoding="utf-8")
            wanted = str(own)
        assert score_file(Namespace(pack=wanted, data_file=table, json=True, explain=None)) == 0
        return {found["subject"]: found for found in json.loads(capsys.readouterr().out)["subjects"]}

    return run


def best_row(name):
    return BEST.get(name, {}) | best_answers(pack(name)) | ADDED.get(name, {})


@pytest.mark.parametrize("name", packs.names("frameworks"))
def test_the_best_the_empty_and_the_vetoed(score, name):
    tree = pack(name)
    best = best_row(name)
    vetoed = {veto.name: best | {veto.code: "是"} for veto in tree.vetoes if not veto.when}
    found = score(name, {"最好": best, "空白": dict.fromkeys(best, ""), **vetoed})
    top = found["最好"]
    assert top["open"] == [] and (top["total"], top["level"]) != (None, None)
    if tree.root.points is not None:
        assert top["total"] == top["possible"]
    if tree.root.levels:
        assert top["level"] == tree.root.levels[0]
    assert (found["空白"]["total"], found["空白"]["level"]) == (None, None)
    if tree.scale is not None:
        grades = tree.scale.grades[BEST.get(name, {}).get("办学性质", "") if tree.scale.by else ""]
        assert (top["grade"], found["空白"]["grade"]) == (grades[0].name, None)
        for veto in tree.vetoes:
            if not veto.when:
                assert found[veto.name]["grade"] == (veto.grade or grades[-1].name), veto.code
                assert found[veto.name]["total"] == top["total"], "a veto takes the grade, not the points"


@pytest.mark.parametrize("name", COMPLETED)
def test_a_table_with_missing_points_is_not_scored_as_if_it_were_whole(tmp_path, name):
    (tmp_path / "表.csv").write_text("单位名称\n甲\n", encoding="utf-8")
    with pytest.raises(Refused, match="下级分值合计"):
        score_file(Namespace(pack=name, data_file=tmp_path / "表.csv", json=True, explain=None))


def test_kindergartens_of_hubei_by_the_weights_of_two_years(score):
    shares = {"A1": 90, "A2": 80, "A3": 70, "A4": 60, "A5": 50}
    old = {code: str(mark) for code, mark in shares.items() if code != "A5"}
    a5 = dict.fromkeys(["C51", "C52", "C53", "C54", "C55"], "5") | {
        "C56": "7.5",
        "C57": "7.5",
        "C58": "2.5",
        "C59": "4",
    }
    found = score("hubei-kindergarten-2009", {"甲园": old | a5 | {"C60": "3.5"}})["甲园"]
    # 90 × 0.20 + 80 × 0.25 + 70 × 0.20 + 60 × 0.20 + 50 × 0.15
    assert (found["blocks"]["A5"]["mark"], found["total"]) == ("50", "71.5")

    tree = pack("hubei-kindergarten-2016")
    row = ADDED["hubei-kindergarten-2016"] | {
        leaf.code: str(leaf.points * shares[block.code] / 100)
        for block in tree.root.children
        for leaf in block.walk()
        if leaf.rule is not None
    }
    row["B17"] = "48"
    # 90 × 0.15 + 80 × 0.20 + 70 × 0.25 + 60 × 0.25 + 50 × 0.15
    assert score("hubei-kindergarten-2016", {"甲园": row})["甲园"]["total"] == "69.5"


def test_safety_36(score):
    best = best_row("school-safety-36")
    # One plan or summary missing −1, two of four meetings −1, three rules −1.5.
    row = best | {"SF1.1": "1", "SF1.2": "2", "SF3.3": "3"}
    many = best | {"SF3.3": "40"}
    found = score("school-safety-36", {"甲校": row, "乙校": many})
    assert (found["甲校"]["total"], found["乙校"]["total"]) == ("32.5", "30")


def test_teaching_100_has_a_hole(score):
    row = {"J1": "38", "J2": "28", "J3": "9", "J4": "8", "J5": "6"}
    found = score("teaching-routine-100", {"甲": row, "乙": row | {"J1": "28"}})
    assert found["甲"]["total"] == "89"
    assert (found["乙"]["total"], found["乙"]["open"]) == (None, ["J1"]), "28 lies between the bands: no mark"


def test_vocational_schools_of_anhui_in_town_and_country(score):
    town = {"校园占地": "65", "校舍面积": "1.6", "藏书量": "8", "阅览室座位": "100", "电子阅览室计算机": "25"}
    town |= {"实验开出率": "92", "实习实训开出率": "88", "专业教室座位": "160", "学校所在地": "城市"}
    small = town | {"校园占地": "9"}
    found = score("anhui-vocational-2003", {"甲": town, "乙": town | {"学校所在地": "农村"}, "丙": small, "丁": ANHUI})
    # Town: 3.2 + 3.9 + 2.5 + 3 + 1.3 + 2.5 + 2 + 1.6. Country: 65 mu are a C of 2.6, 16,000 ㎡ a B of 4.8.
    assert [found[name]["total"] for name in ("甲", "乙", "丙", "丁")] == ["20", "20.3", None, "26"]
    assert found["丙"]["open"] == ["M1-1-1"], "below D the source gives no points"


def test_the_self_scores_of_a_village_school(score):
    marks = [25, 25, 24, 24, 39, 29, 9, 9, 9, 29, 14, 4, 9, 25, 20, 25, 19, 10, 20]
    row = {f"C{number}": str(mark) for number, mark in enumerate(marks, 1)}
    found = score("jining-school", {"高庄小学": row})["高庄小学"]
    assert [found["blocks"][code]["mark"] for code in ("A1", "A2", "A3")] == ["98", "142", None]


@pytest.mark.parametrize(
    ("changes", "item", "level"),
    [
        ({"在园幼儿数": "8500", "公办园在园幼儿数": "4250", "公办园和普惠性民办园在园幼儿数": "6800"}, "A1", "合格"),
        ({"学前三年适龄人口数": "10824"}, "A1", "不合格"),
        ({"公办园和普惠性民办园在园幼儿数": "7359"}, "A1", "不合格"),
        ({"公办园在园幼儿数": "4599"}, "A1", "不合格"),
        ({"园舍等未达标的幼儿园数": "5"}, "A3", "基本合格"),
        ({"园舍等未达标的幼儿园数": "6"}, "A3", "不合格"),
        ({"不符合建设标准的新园数": "3"}, "A3", "基本合格"),
        ({"不符合建设标准的新园数": "4"}, "A3", "不合格"),
        ({"教职工配备达标的幼儿园数": "80"}, "A3", "基本合格"),
        ({"教职工配备达标的幼儿园数": "79"}, "A3", "不合格"),
        ({"班额达标的班级数": "339"}, "A3", "不合格"),
        ({"幼儿园专任教师数": "613"}, "A3", "不合格"),
        ({"有公办中心园的乡镇数": "19"}, "A2", "不合格"),
        ({"大村独立建园或设分园、小村联合办园": "否"}, "A2", "不合格"),
        ({"学前教育满意问卷数": "849"}, "A4", "不合格"),
    ],
)
def test_the_limits_of_universal_preschool(score, changes, item, level):
    found = score("preschool-universal-2020", {"甲县": best_row("preschool-universal-2020") | changes})["甲县"]
    assert found["blocks"][item]["level"] == level
    assert found["grade"] == ("未达标" if level == "不合格" else "达标")


@pytest.mark.parametrize(
    ("name", "children", "grade"),
    [
        ("preschool-universal-2020", "8500", "达标"),
        ("preschool-universal-henan", "9000", "达标"),
        ("preschool-universal-henan", "8999", "未达标"),
        ("preschool-universal-hunan-2025", "9200", "达标"),
        ("preschool-universal-hunan-2025", "9199", "未达标"),
    ],
)
def test_provinces_ask_for_more(score, name, children, grade):
    row = best_row(name) | {"在园幼儿数": children, "公办园和普惠性民办园在园幼儿数": children}
    assert score(name, {"甲县": row})["甲县"]["grade"] == grade


def test_online_and_on_site_marks_are_kept_apart_and_the_visit_decides(score):
    best = best_row("kindergarten-online-onsite-template")
    asked = {code for code in best if code not in KINDER}
    online = {f"{code}@网评": best[code] for code in asked} | {"F5.1@网评": "符合"}
    onsite = {f"{code}@实地评估": best[code] for code in asked} | {"F5.1@实地评估": "不符合"}
    found = score(
        "kindergarten-online-onsite-template",
        {"只有网评": KINDER | online, "网评和实地": KINDER | online | onsite},
        asked=False,
    )
    assert [found[name]["grade"] for name in ("只有网评", "网评和实地")] == ["通过", "限期整改"]


def test_what_a_school_is_not_asked_is_taken_out_of_its_full_points(score):
    row = best_row("school-compulsory-template")
    day = {code: answer for code, answer in row.items() if not code.startswith("A4.8·")} | {"寄宿制": "否"}
    private = row | {"办学性质": "民办", "年检合格": "是"}
    found = score(
        "school-compulsory-template",
        {"寄宿": row, "走读": day, "民办": private, "民办未年检": private | {"年检合格": "否"}},
    )
    # 3 points each for dormitories and for private schools.
    assert [found[name]["possible"] for name in ("寄宿", "走读", "民办")] == ["97", "94", "100"]
    assert [found[name]["grade"] for name in found] == ["优秀", "优秀", "优秀", "不合格"]


def test_negative_questions_are_bad_when_answered_yes(score):
    best = best_row("double-reduction-hebei-2021")
    found = score("double-reduction-hebei-2021", {"甲校": best, "乙校": best | {"D3": "是", "D9": "是"}})
    assert [(found[name]["total"], found[name]["possible"]) for name in found] == [("9", "9"), ("7", "9")]


def test_nothing_in_the_samples_is_unknown_to_its_pack():
    for name, row in BEST.items():
        assert set(row) <= {item.name for item in pack(name).items}, name
