"""Whether a formula fits its data items is known before any data: kinds, units, options, scopes, cycles."""

from decimal import Decimal

import pytest

from dudao.calc.expr import (
    MAX_HEIGHT,
    Catalogue,
    FormulaError,
    Item,
    Kind,
    check_catalogue,
    compile_formula,
    items_used,
)

STAGE = Catalogue([Item("班数", Kind.COUNT, "个"), Item("学段名", Kind.CHOICE, options=("小学", "初中"))])
SCHOOL = Catalogue(
    [
        Item("在校生数", Kind.COUNT, "人"),
        Item("教师数", Kind.COUNT, "名"),
        Item("开出率", Kind.AMOUNT, "%"),
        Item("占地", Kind.AMOUNT, "㎡"),
        Item("设备值", Kind.AMOUNT, "万元"),
        Item("预算", Kind.AMOUNT, "元"),
        Item("寄宿制", Kind.TRUTH),
        Item("城乡", Kind.CHOICE, options=("城市", "农村")),
        Item("校名", Kind.TEXT),
        Item("无单位数"),
        Item("生均占地", formula="占地 ÷ 在校生数", unit="㎡/人"),
        Item("生均占地规定", Kind.AMOUNT, "m²/人"),
    ],
    {"学段": STAGE},
)
COUNTY = Catalogue(
    [Item("人口", Kind.COUNT, "人"), Item("大校", formula="计数(下级, 在校生数 > 2000)")], {"下级": SCHOOL}
)


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        ("在校生数 + 教师数", "number", "人"),
        ("在校生数 ÷ 教师数", "number", ""),
        ("占地 ÷ 在校生数", "number", "㎡/人"),
        ("生均占地 ≥ 生均占地规定", "truth", ""),
        ("预算 ÷ 在校生数 × 100 ≥ 1150", "truth", ""),
        ("占地 × 占地 ÷ 预算", "number", "㎡·㎡/元"),
        ("1 ÷ 在校生数", "number", "1/人"),
        ("开出率 ≥ 95%", "truth", ""),
        ("开出率 ≥ 0.95", "truth", ""),
        ("开出率", "number", "%"),
        ("1 − 开出率", "number", "%"),
        ("−在校生数", "number", "人"),
        ("如果(寄宿制, 在校生数, 0)", "number", "人"),
        ('如果(寄宿制, 城乡, "城市")', "text", ""),
        ("缺失时(寄宿制, 否) = 是", "truth", ""),
        ("缺失(校名)", "truth", ""),
        ('属于(城乡, "城市")', "truth", ""),
        ('校名 = "一中"', "truth", ""),
        ("上年(城乡)", "text", ""),
        ("比例(教师数, 在校生数)", "number", "%"),
        ("增长率(在校生数)", "number", "%"),
        ("增长率(在校生数, 教师数)", "number", "%"),
        ("四舍五入(在校生数 ÷ 3, 2)", "number", "人"),
        ("进一(占地)", "number", "㎡"),
        ("合计(学段, 班数)", "number", "个"),
        ('计数(学段, 学段名 = "小学")', "number", ""),
        ("占比(学段, 班数 > 3, 班数)", "number", "%"),
        ("差异系数(学段, 班数)", "number", ""),
        ("标准差(学段, 班数, 班数, 班数 > 1)", "number", "个"),
        ("最大(在校生数, 教师数, 5)", "number", "人"),
        ("计数(寄宿制, 在校生数 > 5)", "number", ""),
        ("占比(寄宿制, 是)", "number", "%"),
        ("无单位数 + 占地", "number", "㎡"),
        ("计数(学段) ÷ 在校生数 ≤ 5%", "truth", ""),
    ],
)
def test_kinds_and_units_of_what_fits(text: str, kind: str, unit: str) -> None:
    formula = compile_formula(text, SCHOOL)
    assert formula.type.kind == kind
    assert formula.unit == unit


@pytest.mark.parametrize(
    ("text", "places", "words"),
    [
        ("在校数 + 1", [1], "没有数据项“在校数”。您要写的是“在校生数”吗"),
        ("毫不相干", [1], "没有数据项“毫不相干”。"),
        ("寄宿制且寄宿制", [1], "“且”的前后请加空格：寄宿制 且 寄宿制"),
        ("在校生数 > 100人", [8], "数字后面不写单位：请写 100"),
        ("班数 + 1", [1], "“班数”是学段的数据项，要写在统计函数里，例如 合计(学段, 班数)"),
        ("本项 + 1", [1], "这里不能用“本项”"),
        ("满分", [1], "这里不能用“满分”"),
        ("在校生数 + 占地", [8], "相加减的单位不同：人 和 ㎡"),
        ("占地 ÷ 占地 + 在校生数", [11], "相加减的单位不同：无单位 和 人"),
        ("设备值 ≥ 预算", [7], "比较的单位不同：万元 和 元"),
        ("在校生数 + 占地 + 预算", [8], "单位不同"),
        ("最大(在校生数, 占地)", [10], "“最大”各项的单位不同"),
        ("如果(是, 占地, 在校生数)", [11], "“如果”两个结果的单位不同"),
        ("比例(占地, 在校生数)", [8], "“比例”部分与全体的单位不同"),
        ("增长率(占地, 在校生数)", [9], "“增长率”本期与基期的单位不同"),
        ("开出率 ≥ 95", [7], "与它比较的是百分数：请写 95%"),
        ("开出率 + 5 > 1", [7], "请写 5%"),
        ("在校生数 且 寄宿制", [1], "“且”的两边应当是条件（是或否），这里是数"),
        ("寄宿制 或 教师数", [7], "“或”的两边应当是条件"),
        ("非 教师数", [3], "“非”后面应当是条件"),
        ("开出率 ≥ 2.5", [7], "请写 2.5%"),
        ("寄宿制 + 1", [1], "相加减应当是数，这里是条件"),
        ("城乡 × 2", [1], "乘除应当是数，这里是文字"),
        ("−城乡", [2], "负号后面应当是数"),
        ("绝对值(城乡)", [5], "“绝对值”里应当是数"),
        ("寄宿制 = 1", [1], "“=”的左边是条件（是或否），右边是数，不能比较"),
        ('城乡 < "城市"', [1], "文字只能用 = 或 ≠ 比较"),
        ("寄宿制 ≥ 是", [1], "条件（是或否）只能用 = 或 ≠ 比较"),
        ('城乡 = "乡镇"', [6], "没有选项“乡镇”，只能是：城市、农村"),
        ('"乡镇" = 城乡', [1], "没有选项“乡镇”"),
        ('属于(城乡, "乡镇")', [8], "没有选项“乡镇”"),
        ("属于(城乡, 校名)", [8], "应当是引号里的文字"),
        ('属于(教师数, "甲")', [4], "“属于”的第一个参数应当是文字"),
        ("如果(教师数, 1, 2)", [4], "“如果”的条件应当是条件"),
        ("如果(是, 1, 城乡)", [1], "两个结果要同类，这里是数和文字"),
        ("如果(是, 未知, 1)", [7], "没有数据项“未知”"),
        ("四舍五入(占地, 1.5)", [10], "小数位数应当是 0～12 的整数"),
        ("四舍五入(占地, 教师数)", [10], "小数位数"),
        ("合计(下级, 占地)", [1], "这里没有“下级”可以统计"),
        ("合计(学段)", [1], "“合计”要 1～200 个参数，这里有 0 个"),
        ("合计(学段, 学段名)", [8], "“合计”的对象应当是数，这里是文字"),
        ("计数(学段, 班数)", [8], "“计数”的对象应当是条件"),
        ("计数(学段, 班数 > 1, 班数 > 2)", [16], "几个条件用“且”连起来"),
        ("最大(学段, 班数, 班数)", [12], "“最大”不能加权"),
        ("平均(学段, 班数, 班数, 班数)", [16], "一个权重（数）和一个条件"),
        ("平均(学段, 班数, 学段名)", [12], "一个权重（数）和一个条件"),
        ("合计(学段, 占地)", [8], "没有数据项“占地”"),
        ("计数(寄宿制, 教师数)", [9], "“计数”里应当是条件"),
        ("合计(寄宿制)", [4], "“合计”各项应当是数"),
        ("未知 + 另一未知", [1, 6], "没有数据项“未知”"),
        ("未知 > 3", [1], "没有数据项“未知”"),
        ("缺失时(未知, 1)", [5], "没有数据项“未知”"),
        ("平均(学段, 未知)", [8], "没有数据项“未知”"),
        ("上年(未知)", [4], "没有数据项“未知”"),
        ("增长率(未知)", [5], "没有数据项“未知”"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(text: str, places: list[int], words: str) -> None:
    with pytest.raises(FormulaError) as caught:
        compile_formula(text, SCHOOL)
    assert words in caught.value.flaws[0].message
    assert [flaw.start + 1 for flaw in caught.value.flaws] == places


def test_the_wanted_kind_is_asked_for() -> None:
    with pytest.raises(FormulaError, match=r"这里要的是条件（是或否），公式得到的是数"):
        compile_formula("教师数", SCHOOL, wanted="truth")
    assert compile_formula("教师数 > 1", SCHOOL, wanted="truth").uses("教师数")


def test_bound_names_are_only_known_in_their_place() -> None:
    bound = {"本项": Item("本项", Kind.COUNT)}
    assert compile_formula("本项 × 2", SCHOOL, bound).uses("本项")
    for text in ("上年(本项)", "合计(学段, 本项)", "增长率(本项)"):
        with pytest.raises(FormulaError, match=r"这里不能用“本项”"):
            compile_formula(text, SCHOOL, bound)


def test_cycles_of_derived_items_are_told_as_a_ring() -> None:
    ring = Catalogue(
        [Item("甲", formula="乙 + 1"), Item("乙", formula="丙"), Item("丙", formula="甲"), Item("丁", formula="?")]
    )
    found = dict(check_catalogue(ring))
    assert set(found) == {"甲", "乙", "丙", "丁"}
    assert "成了圈：甲 → 乙 → 丙 → 甲" in found["甲"].flaws[0].message
    with pytest.raises(FormulaError, match=r"派生数据项“丁”的公式有误：不认识的字符"):
        compile_formula("丁 + 1", ring)


def test_catalogues_below_are_checked_too() -> None:
    below = Catalogue([Item("坏", formula="无")])
    assert [name for name, _ in check_catalogue(Catalogue([], {"下级": below}))] == ["坏"]
    assert check_catalogue(COUNTY) == []


def test_long_chains_are_fine_and_great_heights_refused() -> None:
    chain = Catalogue([Item("甲0"), *(Item(f"甲{n + 1}", formula=f"甲{n} + 1") for n in range(2_000))])
    compile_formula("甲40", chain)
    with pytest.raises(FormulaError, match=rf"太深，最多 {MAX_HEIGHT} 层"):
        compile_formula("甲60", chain)
    assert len(check_catalogue(chain)) > 1_900
    with pytest.raises(FormulaError, match=rf"套得太深，最多 {MAX_HEIGHT} 层"):
        compile_formula("是 或 是 且 0 = 1 + 2 × (" * 25 + "1" + ")" * 25, chain)


def test_names_twice_and_names_empty_are_refused() -> None:
    with pytest.raises(ValueError, match=r"数据项“甲（1）”出现了两次"):
        Catalogue([Item("甲(1)"), Item("甲（1）")])
    with pytest.raises(ValueError, match=r"数据项没有名称"):
        Catalogue([Item(" ")])


def test_what_a_formula_reads() -> None:
    assert items_used(compile_formula("大校 ÷ 计数(下级) + 平均(下级, 生均占地)", COUNTY)) == {
        ("", "大校"),
        ("下级", "在校生数"),
        ("下级", "占地"),
        ("下级", "生均占地"),
    }
    deep = Catalogue([], {"下级": SCHOOL})
    assert items_used(compile_formula("合计(下级, 合计(学段, 班数))", deep)) == {("下级/学段", "班数")}


def test_texts_of_items_are_data() -> None:
    assert Item("甲", most=Decimal(3)).most == 3
    for text in ("__import__('os')", "甲.__class__", "lambda: 1", "甲[0]", "{甲}", "甲;乙"):
        with pytest.raises(FormulaError):
            compile_formula(text, Catalogue([Item("甲")]))
