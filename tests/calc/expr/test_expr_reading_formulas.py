"""Reading formulas: spellings that mean the same, and errors that name the character and what was expected."""

import pytest

from dudao.calc.expr import MAX_DEPTH, MAX_LENGTH, FormulaError, parse, write
from work import calls


def flaw(text: str) -> tuple[int, str]:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    [found] = caught.value.flaws
    return found.start + 1, found.message


@pytest.mark.parametrize(
    ("typed", "standard"),
    [
        ("甲＋乙－丙×丁÷２", "甲 + 乙 − 丙 × 丁 ÷ 2"),
        ("甲*乙/丙·3", "甲 × 乙 ÷ 丙 × 3"),
        ("（甲 + 乙）× 丙", "(甲 + 乙) × 丙"),
        ("甲 >= 1 且 乙 <= 2 或 非 丙 <> 3", "甲 ≥ 1 且 乙 ≤ 2 或 非 丙 ≠ 3"),
        ("甲＞＝1", "甲 ≥ 1"),
        ("甲 => 1", "甲 ≥ 1"),
        ("甲 ≧ 1", "甲 ≥ 1"),
        ("甲 ！＝ 1", "甲 ≠ 1"),
        ("甲 == 95％", "甲 = 95%"),
        ("－甲 + −3", "−甲 + −3"),
        ("+甲", "甲"),
        ("1 - (2 - 3)", "1 − (2 − 3)"),
        ("12 / (3 / 4)", "12 ÷ (3 ÷ 4)"),
        ("非(甲 且 乙)", "非 (甲 且 乙)"),
        ("(甲 或 乙) 且 丙", "(甲 或 乙) 且 丙"),
        ("如果（甲，乙；丙）", "如果(甲, 乙, 丙)"),
        ("合计(下级，在校生数)", "合计(下级, 在校生数)"),
        ("计数(下级)", "计数(下级)"),
        ("合计(学段, 班数)", "合计(学段, 班数)"),
        ("类型 = “城市”", '类型 = "城市"'),
        ("类型 = 「城市」", '类型 = "城市"'),
        ("类型 = '说\"好\"的'", "类型 = '说\"好\"的'"),
        ("【教学仪器设备值（万元）】 ÷ 2", "【教学仪器设备值(万元)】 ÷ 2"),
        ("[甲 乙]", "【甲 乙】"),
        ("［甲】乙］", "[甲】乙]"),
        ("【且】 + 且字", "【且】 + 且字"),
        ("非在编教师数 > 0", "非在编教师数 > 0"),
        ("5年360学时培训完成率", "5年360学时培训完成率"),
        ("０.50 + .5", "0.5 + 0.5"),
        ("是 = 否", "是 = 否"),
        ("甲\n\t+　乙", "甲 + 乙"),
    ],
)
def test_spellings_that_mean_the_same(typed: str, standard: str) -> None:
    assert write(parse(typed)) == standard
    assert parse(standard) == parse(typed)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", 1, "公式到此为止，应当是数、数据项、函数或左括号"),
        ("甲 +", 4, "公式到此为止，应当是数"),
        ("甲 + × 乙", 5, "这里是“×”，应当是数"),
        ("甲 乙", 3, "这里是“乙”，应当是运算符或公式的结尾"),
        ("甲)", 2, "多余的右括号"),
        ("(甲", 3, "右括号（与第 1 个字符的左括号配对）"),
        ("(甲 乙)", 4, "应当是运算符或右括号"),
        ("1,000", 2, "数字不用千分位逗号"),
        ("(1,000)", 3, "数字不用千分位逗号"),
        ("甲%", 2, "百分号只能直接写在数字后面"),
        ("(甲%)", 3, "百分号只能直接写在数字后面"),
        ("0 ≤ 甲 ≤ 5", 7, "比较不能连写"),
        ("甲 且", 4, "公式到此为止"),
        ("且 甲", 1, "“且”前面缺少条件"),
        ("平圴(下级, 甲)", 1, "您要写的是“平均”吗"),
        ("求和(甲)", 1, "没有函数“求和”。可用的函数：如果"),
        ("甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲(1)", 1, "可用的函数"),
        ("如果(甲, 乙)", 1, "要 3 个参数，这里有 2 个。写法：如果(条件, 甲, 乙)"),
        ("四舍五入(甲, 1, 2)", 1, "要 1～2 个参数"),
        ("计数()", 1, "“计数”要"),
        ("合计(下级 甲)", 7, "“下级”后面应当是逗号或右括号"),
        ("合计(甲", 5, "应当是逗号或右括号（与第 3 个字符的左括号配对）"),
        ("合计(甲 乙)", 6, "应当是逗号或右括号"),
        ("合计(甲, 5%%)", 9, "百分号只能"),
        ("甲 + 下级", 5, "“下级”只能写在统计函数的第一个位置"),
        ("类型 = “城", 6, "引号没有合上"),
        ("【甲", 1, "应当在名称后面写“】”"),
        ("[甲", 1, "应当在名称后面写“]”"),
        ("【 】", 1, "方括号里应当是数据项的名称"),
        ("甲】", 2, "多余的“】”"),
        ("甲 & 乙", 3, "不认识的字符“&”"),
        ("1.2.3", 1, "“1.2.”不是一个数"),
        ("9" * 41, 1, "这个数有 41 位，最多 40 位"),
        ("甲" + "+1" * MAX_LENGTH, MAX_LENGTH + 1, f"最多 {MAX_LENGTH} 个"),
    ],
)
def test_errors_say_where_and_what_was_expected(text: str, place: int, words: str) -> None:
    found, message = flaw(text)
    assert words in message
    assert found == place


def test_the_pointer_stands_under_the_character() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("教师数 ÷ ÷ 100")
    assert caught.value.pointer().splitlines()[0] == "教师数 ÷ ÷ 100"
    assert caught.value.pointer().splitlines()[1].startswith("\u3000\u3000\u3000   ^ 这里是“÷”")
    assert str(caught.value).startswith("第 7 个字符处：")


@pytest.mark.parametrize("opening", ["(", "−", "非 ", "绝对值(", "如果(是, "])
def test_nesting_is_bounded(opening: str) -> None:
    closing = ")" if "(" in opening else ""
    extra = ", 1" if opening.startswith("如果") else ""
    parse(opening * MAX_DEPTH + "1" + (extra + closing) * MAX_DEPTH)
    _, message = flaw(opening * (MAX_DEPTH + 1) + "1" + (extra + closing) * (MAX_DEPTH + 1))
    assert f"最多 {MAX_DEPTH} 层" in message


def test_ten_thousand_characters_are_read_in_linear_time() -> None:
    def formula(length: int) -> str:
        return ("甲 + 乙 × 3 − " * length)[: length * 12 - 3]

    assert len(write(parse(formula(1600)))) > 1600
    assert calls(lambda: parse(formula(1600))) < calls(lambda: parse(formula(200))) * 8 * 1.5


@pytest.mark.parametrize(
    "mess", ["(" * 9_999, "甲" * 9_999, "非 " * 4_999, "1+" * 4_999, '"' * 9_999, "【" * 9_999, "−" * 9_999]
)
def test_long_nonsense_is_refused_or_read(mess: str) -> None:
    # What is not linear meets the time limit of the whole suite.
    try:
        parse(mess)
    except FormulaError as error:
        assert error.flaws
