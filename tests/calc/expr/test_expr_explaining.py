"""Explanations: the numbers put in, the inputs named, derived items explained step by step."""

from fractions import Fraction

import pytest

from dudao.calc.expr import (
    Catalogue,
    Item,
    Kind,
    Numbers,
    Table,
    compile_formula,
    explain,
    read_table,
    show_near,
    show_number,
)

STAGE = Catalogue([Item("班数", Kind.COUNT)])
SCHOOL = Catalogue(
    [
        Item("在校生数", Kind.COUNT, "人"),
        Item("高于规定学历教师数", Kind.COUNT, "人"),
        Item("每百名学生拥有高于规定学历教师数", formula="高于规定学历教师数 ÷ 在校生数 × 100"),
        Item("开出率", Kind.AMOUNT, "%"),
        Item("寄宿制", Kind.TRUTH),
        Item("城乡", Kind.CHOICE, options=("城市", "农村")),
    ],
    {"学段": STAGE},
)
ROW = {"在校生数": 1180, "高于规定学历教师数": 52, "开出率": 95, "寄宿制": "是", "城乡": "城市"}


def told(text: str, row: dict = ROW) -> str:
    table = read_table(SCHOOL, [row]).table
    table = table.with_lower("学段", Table(STAGE, 2, {"班数": Numbers.of([6, 9])}), [0, 0])
    return explain(compile_formula(text, SCHOOL), table).sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("高于规定学历教师数 ÷ 在校生数 × 100", "52 ÷ 1180 × 100 = 4.41"),
        ("每百名学生拥有高于规定学历教师数 ≥ 4.2", "每百名学生拥有高于规定学历教师数 4.41，要求 ≥ 4.2：成立"),
        ("在校生数", "1180"),
        ("寄宿制", "是"),
        ('非 寄宿制 或 城乡 = "城市"', '非（寄宿制：是）；或 城乡 “城市”，要求 = "城市"：成立'),
        ("城乡", "“城市”"),
        ("寄宿制 且 在校生数 > 2000", "寄宿制：是；且 在校生数 1180，要求 > 2000：不成立"),
        (
            "在校生数 ÷ 高于规定学历教师数 ≤ 22.69",
            "在校生数 ÷ 高于规定学历教师数 = 1180 ÷ 52 = 22.692，要求 ≤ 22.69：不成立",
        ),
        ("高于规定学历教师数 ≥ 在校生数 ÷ 20", "高于规定学历教师数 52 ≥ 在校生数 ÷ 20 = 1180 ÷ 20 = 59：不成立"),
        (
            "比例(高于规定学历教师数, 在校生数) ≥ 4.4068%",
            "比例(高于规定学历教师数, 在校生数) = 52 ÷ 1180 = 4.40678%，要求 ≥ 4.4068%：不成立",
        ),
        (
            "寄宿制 且 (在校生数 > 2000 或 开出率 ≥ 95%)",
            "寄宿制：是；且 （在校生数 1180，要求 > 2000；或 开出率 95%，要求 ≥ 95%）：成立",
        ),
        ("开出率 − 5%", "95% − 5% = 90%"),
        ("如果(开出率 ≥ 90%, 在校生数 + 1, 0) × 2", "(1180 + 1)（因为开出率 95%，要求 ≥ 90%，成立） × 2 = 2362"),
        ("如果(开出率 > 96%, 1, 0)", "0（因为开出率 95%，要求 > 96%，不成立） = 0"),
        ("缺失时(在校生数, 0)", "1180"),
        ("−(在校生数 − 1)", "−(1180 − 1) = -1179"),
        ("合计(学段, 班数) + 1", "15 + 1 = 16"),
        ("四舍五入(在校生数 ÷ 7, 1)", "四舍五入(1180 ÷ 7, 1) = 168.6"),
        ("上年(在校生数)", "—（缺数据）"),
        ("在校生数 ÷ 0", "1180 ÷ 0：—（除数为零，算不出）"),
        ("1 ÷ 100000", "1 ÷ 100000 = 0.00001"),
    ],
)
def test_sentences(text: str, sentence: str) -> None:
    assert told(text) == sentence


def test_missing_inputs_are_said() -> None:
    assert told("缺失时(在校生数, 7) + 1", {}) == "7（因为在校生数缺失） + 1 = 8"
    assert told("如果(寄宿制, 1, 2)", {}) == "—（条件算不出：寄宿制：—（缺数据））：—（缺数据）"


def test_steps_and_inputs_are_data() -> None:
    formula = compile_formula("每百名学生拥有高于规定学历教师数 − 4.2 + 合计(学段, 班数) × 0", SCHOOL)
    table = read_table(SCHOOL, [ROW]).table.with_lower("学段", Table(STAGE, 1, {"班数": Numbers.of([6])}), [0])
    data = explain(formula, table).data()
    assert data["value"] == "61/295"
    assert data["worked"] == "4.41 − 4.2 + 6 × 0"
    assert [entry["name"] for entry in data["inputs"]] == ["每百名学生拥有高于规定学历教师数", "合计(学段, 班数)"]
    [step] = data["steps"]
    assert step["name"] == "每百名学生拥有高于规定学历教师数"
    assert step["worked"] == "52 ÷ 1180 × 100"
    assert step["inputs"][0] == {"name": "高于规定学历教师数", "shown": "52", "state": "known"}


@pytest.mark.parametrize(
    ("value", "percent", "text"),
    [
        (Fraction(5), False, "5"),
        (Fraction(1, 8), False, "0.125"),
        (Fraction(-1, 3), False, "-0.33"),
        (Fraction(1, 3000), False, "0.00033"),
        (Fraction(2, 3), True, "66.67%"),
        (Fraction(1), True, "100%"),
        (Fraction(10**20, 3), False, "33333333333333333333.33"),
    ],
)
def test_numbers_for_reading(value: Fraction, percent: bool, text: str) -> None:
    assert show_number(value, percent) == text


def test_a_value_beside_its_limit_shows_on_which_side_it_lies() -> None:
    limit = Fraction(42, 10)
    assert show_near(limit - Fraction(1, 3 * 10**5), limit) == "4.199997"
    assert show_near(limit, limit) == "4.2"
    assert show_near(Fraction(85, 100) - Fraction(1, 3 * 10**9), Fraction(85, 100), percent=True) == "84.99999997%"


def test_a_name_of_the_place_hides_a_derived_item() -> None:
    bound = {"每百名学生拥有高于规定学历教师数": Item("每百名学生拥有高于规定学历教师数")}
    formula = compile_formula("每百名学生拥有高于规定学历教师数 + 1", SCHOOL, bound)
    found = explain(formula, Table(SCHOOL, 1), {"每百名学生拥有高于规定学历教师数": Numbers.of([5])})
    assert found.sentence == "5 + 1 = 6"
    assert found.steps == ()
