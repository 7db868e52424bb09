"""Cells that people typed become exact values, or problems named by row and column; nothing is guessed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dudao.calc.expr import Catalogue, Item, Kind, State, read_cell, read_column, read_table

COUNT = Item("在校生数", Kind.COUNT, "人")
NUMBER = Item("增减", Kind.NUMBER)
PERCENT = Item("开出率", Kind.AMOUNT, "%", most=Decimal(100))
MARK = Item("C1", Kind.NUMBER, least=Decimal(0), most=Decimal(5), aliases={"优": Decimal(5)}, may_not_apply=True)
YES = Item("寄宿制", Kind.TRUTH)
CHOICE = Item("城乡", Kind.CHOICE, options=("城市", "农村"))
NAME = Item("校名", Kind.TEXT)


@pytest.mark.parametrize(
    ("item", "cell", "value"),
    [
        (COUNT, 1180, Decimal(1180)),
        (COUNT, "１１８０", Decimal(1180)),
        (COUNT, "1,180", Decimal(1180)),
        (COUNT, 1180.0, Decimal(1180)),
        (COUNT, "1.18e3", Decimal(1180)),
        (COUNT, Decimal("1180.0"), Decimal(1180)),
        (COUNT, "", None),
        (COUNT, " — ", None),
        (COUNT, None, None),
        (COUNT, float("nan"), None),
        (COUNT, 10**15, Decimal(10**15)),
        (NUMBER, "-3.5", Decimal("-3.5")),
        (NUMBER, ".5", Decimal("0.5")),
        (NUMBER, 0.1 + 0.2, Decimal("0.3")),
        (PERCENT, "95%", Decimal("0.95")),
        (PERCENT, 95, Decimal("0.95")),
        (PERCENT, "９５％", Decimal("0.95")),
        (MARK, "优", Decimal(5)),
        (MARK, "不适用", "不适用"),
        (YES, "是", True),
        (YES, "否", False),
        (YES, True, True),
        (YES, 1, True),
        (YES, 0.0, False),
        (YES, "√", True),
        (CHOICE, " 城市 ", "城市"),
        (NAME, 37.0, "37"),
        (NAME, "一中", "一中"),
    ],
)
def test_what_is_understood(item: Item, cell: object, value: object) -> None:
    assert read_cell(item, cell) == value


@pytest.mark.parametrize(
    ("item", "cell", "message"),
    [
        (COUNT, "三十七", "是文字“三十七”，请填数字"),
        (COUNT, "37人", "是文字“37人”，请填数字"),
        (COUNT, "1,18", "是文字“1,18”，请填数字"),
        (COUNT, -3, "是负数 -3，请填 0 或正数"),
        (COUNT, 3.5, "是 3.5，请填整数"),
        (COUNT, True, "是“是”，请填数字"),
        (COUNT, False, "是“否”，请填数字"),
        (COUNT, float("inf"), "不是一个数，请填数字"),
        (COUNT, Decimal("NaN"), "不是一个数，请填数字"),
        (COUNT, 10**30, "的数值过大，请核对"),
        (COUNT, "1e999", "的数值过大，请核对"),
        (COUNT, "95%", "是文字“95%”，请填数字"),
        (NUMBER, "1e-31", "的小数位超过 30 位，请核对"),
        (PERCENT, 101, "是 101，不能大于 100"),
        (PERCENT, "-1%", "是负数 -1，请填 0 或正数"),
        (MARK, 5.5, "是 5.5，不能大于 5"),
        (MARK, -1, "是 -1，不能小于 0"),
        (MARK, "良", "是文字“良”，请填数字或优"),
        (COUNT, "不适用", "是文字“不适用”，请填数字"),
        (YES, "也许", "是“也许”，请填“是”或“否”"),
        (YES, 2.0, "是“2”，请填“是”或“否”"),
        (CHOICE, "镇区", "是“镇区”，请从这些里选一个：城市、农村"),
    ],
)
def test_what_is_refused(item: Item, cell: object, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_cell(item, cell)
    assert str(caught.value) == message


CATALOGUE = Catalogue([COUNT, PERCENT, YES, CHOICE, NAME, MARK, Item("两倍", formula="在校生数 × 2")])


def test_a_table_is_read_with_all_its_problems_in_order() -> None:
    rows = [
        {"学校名称": "一中", "在校生数": "三十七", "开出率": 0.95, "C1": "不适用"},
        {"学校名称": "二中", "在校生数": 37, "开出率": "95%", "寄宿制": "是", "C1": 3},
        {"学校名称": "三中", "在校生数": None, "开出率": 0, "城乡": "镇"},
    ]
    reading = read_table(CATALOGUE, rows, first_row=12, required=["在校生数", "校名"])
    assert [problem.sentence for problem in reading.problems] == [
        "第 11 行“校名”这一列没有，请补上这一列",
        "第 12 行“在校生数”是文字“三十七”，请填数字",
        "第 12 行“开出率”按 0.95% 读取；如果是 95%，请填 95",
        "第 14 行“在校生数”没有填，请填写",
        "第 14 行“城乡”是“镇”，请从这些里选一个：城市、农村",
    ]
    assert [problem.column for problem in reading.errors] == ["校名", "在校生数", "在校生数", "城乡"]
    assert reading.table.column("在校生数").values() == [None, 37, None]
    assert reading.table.column("开出率").values() == [Fraction(95, 10000), Fraction(95, 100), 0]
    assert reading.table.column("C1").state.tolist() == [State.NOT_APPLICABLE, 0, State.ABSENT]
    assert reading.table.column("校名").values() == [None] * 3


def test_equal_cells_of_different_kinds_are_not_confused() -> None:
    problems: list = []
    column = read_column(YES, [1, True, 1.0, "1", 0, False], problems)
    assert column.values() == [True, True, True, True, False, False]
    assert read_column(COUNT, [1, True, 1.0, "1"], problems).values() == [1, None, 1, 1]
    assert [problem.row for problem in problems] == [2]


@example(10**28)
@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.none(), st.decimals()))
def test_any_cell_is_read_or_refused(cell: object) -> None:
    for item in (COUNT, NUMBER, PERCENT, MARK, YES, CHOICE, NAME):
        try:
            value = read_cell(item, cell)
        except ValueError as error:
            assert str(error)
        else:
            assert value is None or isinstance(value, Decimal | bool | str)
