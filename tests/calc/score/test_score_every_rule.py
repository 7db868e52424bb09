"""One worked example for each way of scoring that real tables need, the total computed by hand; and what is too much."""

from fractions import Fraction

import pytest

from calc.score.building import ITEMS, leaf, scored, system, total
from dudao.calc.expr import MAX_LENGTH, FormulaError, compile_formula, read_table
from dudao.calc.score import score

FIRST = {"kind": "attain", "levels": ["A", "B", "C"], "points": [10, 6, 0]}
AREA = {"城市": [{"within": "≥80", "points": 4}, {"within": "<80", "points": "3.2"}]}
AREA["农村"] = [{"within": "≥100", "points": 4}, {"within": "<100", "points": "3.2"}]
FACTORS = [{"label": name, "within": text} for name, text in (("A", "1"), ("B", "0.8"), ("C", "0.6"), ("D", "0–0.59"))]


def weighted(code: str, weight: str) -> dict:
    return {"code": code, "name": code, "points": 100, "weight": weight, "children": [leaf(f"{code}1", 100)]}


@pytest.mark.parametrize(
    ("tree", "row", "wanted"),
    [
        # 7 + 8.5
        pytest.param(system(leaf("C1"), leaf("C2")), {"C1": 7, "C2": "8.5"}, "15.5", id="sum"),
        # 0.4 × 80 + 0.6 × 95
        pytest.param(
            system(weighted("A", "0.4"), weighted("B", "0.6"), points=100, roll="weighted"),
            {"A1": 80, "B1": 95},
            "89",
            id="weighted sum",
        ),
        # 6 − 0.5 × 3
        pytest.param(
            system(leaf("C1", 6, {"kind": "deduct", "each": "0.5"})), {"C1": 3}, "4.5", id="deduct for each missing"
        ),
        # 6 − 2 × 4 would be −2, the floor is 1
        pytest.param(
            system(leaf("C1", 6, {"kind": "deduct", "each": 2, "floor": 1})), {"C1": 4}, "1", id="deduct to a floor"
        ),
        pytest.param(
            system(leaf("C1", adjust=[{"factor": 0, "when": "教师数 < 3"}]), items=ITEMS),
            {"C1": 9, "教师数": 2},
            "0",
            id="whole item to zero",
        ),
        # 7 × 0.5
        pytest.param(
            system(leaf("C1", adjust=[{"factor": "0.5", "reason": "未达要求"}])),
            {"C1": 7, "C1·未达要求": "是"},
            "3.5",
            id="halved if unmet",
        ),
        # rooms for 2, 3 and 5 points, the one for 3 is missing
        pytest.param(
            system(
                leaf(
                    "C1",
                    10,
                    {
                        "kind": "parts",
                        "parts": [{"label": name, "points": n} for name, n in zip("甲乙丙", (2, 3, 5), strict=True)],
                    },
                )
            ),
            {"C1·甲": "有", "C1·乙": "无", "C1·丙": "有"},
            "7",
            id="parts, missing loses its points",
        ),
        pytest.param(
            system(leaf("C1", 4, {"kind": "bands", "value": "在校生数", "by": "城乡", "bands": AREA}), items=ITEMS),
            {"在校生数": 90, "城乡": "农村"},
            "3.2",
            id="steps by category",
        ),
        # 2 + (75 − 60) ÷ (90 − 60) × 8
        pytest.param(
            system(
                leaf(
                    "C1",
                    10,
                    {
                        "kind": "linear",
                        "value": "开出率",
                        "knots": [{"at": "60%", "points": 2}, {"at": "90%", "points": 10}],
                    },
                ),
                items=ITEMS,
            ),
            {"开出率": 75},
            "6",
            id="line between bounds",
        ),
        # 15 × 0.8
        pytest.param(
            system(leaf("C1", 15, {"kind": "pick", "factor": True, "bands": FACTORS})),
            {"C1": "B"},
            "12",
            id="level factor",
        ),
        pytest.param(system(leaf("C1", 3, {"kind": "yes_no"})), {"C1": "是"}, "3", id="yes and no"),
        pytest.param(
            system(leaf("C1", 3, {"kind": "yes_no", "good": False})), {"C1": "是"}, "0", id="a yes that is bad"
        ),
        pytest.param(
            system(
                leaf(
                    "C1", 40, {"kind": "pick", "bands": [{"within": "36–40"}, {"within": "31–35"}, {"within": "0–30"}]}
                )
            ),
            {"C1": 33},
            "33",
            id="a mark within a band",
        ),
        pytest.param(
            system(
                leaf("C1", 10, {**FIRST, "all_of": ["教师数 ≥ 5", "寄宿制"], "any_of": ["在校生数 < 10"]}), items=ITEMS
            ),
            {"教师数": 9, "寄宿制": "是", "在校生数": 9},
            "0",
            id="attainment, any C decides",
        ),
        pytest.param(
            system(
                leaf("C1", 10, {**FIRST, "all_of": ["教师数 ≥ 5", "寄宿制"], "any_of": ["在校生数 < 10"]}), items=ITEMS
            ),
            {"教师数": 4, "寄宿制": "是", "在校生数": 90},
            "6",
            id="attainment, neither all A nor any C",
        ),
        # 8 of 10 that apply, the other 10 don't
        pytest.param(
            system(leaf("C1"), leaf("C2", applies="寄宿制", otherwise="exclude"), items=ITEMS),
            {"C1": 8, "寄宿制": "否"},
            "8",
            id="boarding schools only, taken out",
        ),
        # 8 ÷ 10 of all 20
        pytest.param(
            system(leaf("C1"), leaf("C2", applies="寄宿制", otherwise="redistribute"), items=ITEMS),
            {"C1": 8, "寄宿制": "否"},
            "16",
            id="boarding schools only, shared out",
        ),
        # 9 + 3, the bonus of 3 at most
        pytest.param(system(leaf("C1"), leaf("B", 3, role="bonus")), {"C1": 9, "B": 3}, "12", id="bonus"),
        pytest.param(
            system(leaf("C1"), leaf("B", 3, role="bonus"), cap=10), {"C1": 9, "B": 3}, "10", id="bonus under a cap"
        ),
        pytest.param(
            system(leaf("C1"), leaf("P", 5, {"kind": "computed", "points": "教师数"}, role="penalty"), items=ITEMS),
            {"C1": 9, "教师数": 2},
            "7",
            id="penalty on the whole",
        ),
        # 10 × 5 ÷ 8
        pytest.param(
            system(leaf("C1", 10, {"kind": "computed", "points": "满分 × 教师数 ÷ 在校生数"}), items=ITEMS),
            {"教师数": 5, "在校生数": 8},
            "6.25",
            id="points by a formula",
        ),
    ],
)
def test_the_total_is_what_a_person_computes(tree, row: dict, wanted: str) -> None:
    assert total(tree, row) == Fraction(wanted)


def test_a_veto_puts_the_best_into_the_last_grade() -> None:
    grades = [{"name": "优秀", "total": "≥9"}, {"name": "合格", "total": "≥6"}, {"name": "不合格"}]
    tree = system(leaf("C1"), grades=grades, vetoes=[{"code": "V1", "name": "重大事故"}])
    assert scored(tree, {"C1": 10, "V1": "否"}).sheet().grade.values() == ["优秀"]
    sheet = scored(tree, {"C1": 10, "V1": "是"}).sheet()
    assert (sheet.total.values(), sheet.grade.values()) == ([10], ["不合格"])


def test_half_a_unit_of_the_last_place_goes_up() -> None:
    third = {"kind": "computed", "points": "教师数 ÷ 在校生数"}
    tree = system(leaf("C1", 10, third), items=ITEMS, places={"mark": 2, "total": 1})
    # 1 ÷ 8 = 0.125 → 0.13 → 0.1;  3 ÷ 20 = 0.15 → 0.2
    assert total(tree, {"教师数": 1, "在校生数": 8}) == Fraction("0.1")
    assert scored(tree, {"教师数": 1, "在校生数": 8}).sheet().mark("C1").values() == [Fraction("0.13")]
    assert total(tree, {"教师数": 3, "在校生数": 20}) == Fraction("0.2")


def test_two_thousand_weighted_marks_come_to_an_exact_total() -> None:
    blocks = [
        {
            "code": f"B{b}",
            "name": "块",
            "points": 95,
            "weight": "0.01",
            "children": [leaf(f"B{b}C{c}", 5) for c in range(19)],
        }
        for b in range(100)
    ]
    tree = system(*blocks, points=100, roll="weighted")
    row = {f"B{b}C{c}": "4.9" for b in range(100) for c in range(19)}
    # every block 19 × 4.9 of 95: 98 % of everything
    assert len(tree.nodes) == 2001
    assert scored(tree, row).sheet().total.values() == [98]
    assert (
        score(tree, None, {"county": read_table(tree.answers, [{**row, "B99C18": ""}]).table}).sheet().total.at(0)
        is None
    )


def test_a_formula_of_ten_thousand_characters_is_computed_and_one_beyond_the_limit_refused() -> None:
    catalogue = system(leaf("C1"), items=ITEMS).catalogue
    text = "+".join(["教师数"] * 2500)
    assert len(text) == 9_999
    table = read_table(catalogue, [{"教师数": 10**15}, {"教师数": None}]).table
    assert compile_formula(text, catalogue).evaluate(table).values() == [2500 * 10**15, None]
    with pytest.raises(FormulaError, match=f"最多 {MAX_LENGTH} 个"):
        compile_formula("教师数".ljust(MAX_LENGTH + 1), catalogue)
