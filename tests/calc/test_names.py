"""Readings of names, search by any piece of them, and the order that people expect."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.names import (
    PLACE_READINGS,
    SURNAME_READINGS,
    Pinyin,
    natural_key,
    normalize_name,
    parse_numeral,
    person_pinyin,
    pinyin,
    search_terms,
    search_text,
)

NAME_CHARACTERS = "岳阳楼曾都单县长乐第一二三十中小学幼儿园区镇乡（）()·0123abAB１２"
names = st.text(NAME_CHARACTERS, max_size=16)
any_text = st.text(st.characters(codec="utf-8"), max_size=20)


# --- readings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("曾都区", "zengduqu", "zdq"),
        ("单县", "shanxian", "sx"),
        ("长乐镇", "changlezhen", "clz"),
        ("重庆", "chongqing", "cq"),
        ("长沙", "changsha", "cs"),
        ("安吉县", "anjixian", "ajx"),
        ("岳阳县长湖乡中心小学", "yueyangxianchanghuxiangzhongxinxiaoxue", "yyxchxzxxx"),
        ("汨罗市长乐镇", "miluoshichanglezhen", "mlsclz"),
        ("校长培训中心", "xiaozhangpeixunzhongxin", "xzpxzx"),
        ("岳阳楼区第１２中学", "yueyanglouqudi12zhongxue", "yylqd12zx"),
        ("华容县（南校区）ABC班", "huarongxiannanxiaoquabcban", "hrxnxqabcb"),
        ("朝阳小学", "chaoyangxiaoxue", "cyxx"),
        ("绿荫幼儿园", "lvyinyoueryuan", "lyyey"),
        ("", "", ""),
        ("——", "", ""),
    ],
)
def test_readings_of_names(name: str, full: str, initials: str) -> None:
    reading = pinyin(name)
    assert (reading.full, reading.initials) == (full, initials)


def test_spaced_reading_tells_syllables_apart() -> None:
    assert pinyin("西安").spaced == "xi an"
    assert pinyin("先").spaced == "xian"


@pytest.mark.parametrize("name", sorted(PLACE_READINGS))
def test_every_place_of_the_table_is_read_as_it_says(name: str) -> None:
    assert pinyin(name).spaced == PLACE_READINGS[name]
    assert f" {PLACE_READINGS[name]} " in f" {pinyin(f'甲省{name}小学').spaced} "


def test_a_typed_reading_gives_its_own_initials() -> None:
    assert Pinyin(("di", "12", "zhong")).initials == "d12z"
    assert Pinyin(()).initials == ""


def test_own_readings_win_over_every_table() -> None:
    assert pinyin("筻口镇").full == "gangkouzhen"
    assert pinyin("甪直镇长乐", {"长乐": "zhang yue", "甪": "lu"}).spaced == "lu zhi zhen zhang yue"


def test_a_longer_own_reading_wins_over_a_shorter_one() -> None:
    assert pinyin("南都中学", {"南都中": "a b c", "都": "dou"}).spaced == "a b c xue"


@pytest.mark.parametrize("entry", [{"曾都": "zengdu"}, {"曾": "zeng du"}, {"": ""}])
def test_readings_without_one_syllable_a_character_are_refused(entry: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="每个字一个音节"):
        pinyin("曾都", entry)
    with pytest.raises(ValueError, match="每个字一个音节"):
        natural_key("曾都", entry)


def test_an_unknown_rare_character_stands_for_itself() -> None:
    rare = "\U0003134a"
    assert pinyin(f"张{rare}").syllables == ("zhang", rare)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=12))
def test_every_character_has_one_syllable(han: str) -> None:
    assert len(pinyin(han).syllables) == len(pinyin(han).initials) == len(han)


@pytest.mark.parametrize(
    ("name", "spaced"),
    [
        ("单志强", "shan zhi qiang"),
        (" 曾国华 ", "zeng guo hua"),
        ("翟", "zhai"),
        ("单于明", "chan yu ming"),
        ("欧阳修", "ou yang xiu"),
        ("阿不都·买买提", "a bu dou mai mai ti"),
        ("乐Tom", "yue tom"),
        ("", ""),
    ],
)
def test_family_names_have_their_own_readings(name: str, spaced: str) -> None:
    assert person_pinyin(name).spaced == spaced
    assert person_pinyin(name).full == spaced.replace(" ", "")


def test_initials_of_a_person_follow_the_family_name() -> None:
    assert person_pinyin("单志强").initials == "szq"


@pytest.mark.parametrize("surname", sorted(SURNAME_READINGS))
def test_every_family_name_of_the_table(surname: str) -> None:
    assert person_pinyin(f"{surname}明").syllables == (SURNAME_READINGS[surname], "ming")


# --- normal form and searching -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("岳阳市 第一中学（北 校区）", "岳阳市第一中学(北校区)"),
        ("〔2023〕11号", "(2023)11号"),
        ("【A】[b]", "(a)(b)"),
        ("ＡＢＣ　１２", "abc12"),
        ("阿不都・买买提", "阿不都·买买提"),
        ("\ufeff⼀中\u200b", "一中"),
        ("臺北", "臺北"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalize_name(text) == normal


@given(any_text)
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normalize_name(normalize_name(text)) == normalize_name(text)


def matches(query: str, stored: str) -> bool:
    return all(term in stored for term in search_terms(query))


@pytest.mark.parametrize(
    "query",
    [
        "岳阳",
        "第一",
        "一中",
        "中学",
        "岳",
        "岳阳县第一中学",
        "县一中",
        "yueyang",
        "yyx",
        "YYXDYZX",
        "dyz",
        "2143",
        "第一 yyx",
        "（县）",
    ],
)
def test_a_unit_is_found_by_any_piece_of_any_name(query: str) -> None:
    assert matches(query, search_text(["岳阳县第一中学", "县一中", "2143001234"]))


@pytest.mark.parametrize("query", ["二中", "湘阴", "阳中", "zz", "9999", "岳阳 湘阴"])
def test_a_unit_is_not_found_by_what_it_has_not(query: str) -> None:
    assert not matches(query, search_text(["岳阳县第一中学", "县一中", "2143001234"]))


def test_search_text_of_two_names() -> None:
    assert search_text(["安吉县（一）", "安吉"]) == "安吉 吉县 一 anjixianyi ajxy anji aj"
    assert search_text(["曾都"], {"曾都": "ceng dou"}) == "曾都 cengdou cd"
    assert search_text([]) == search_text(["", "——"]) == ""


@given(st.lists(names, min_size=1, max_size=4), st.data())
def test_any_piece_of_a_normal_name_finds_it(all_names: list[str], data: st.DataObject) -> None:
    name = normalize_name(data.draw(st.sampled_from(all_names)))
    start = data.draw(st.integers(0, len(name)))
    piece = name[start : data.draw(st.integers(start, len(name)))]
    assert matches(piece, search_text(all_names))


@given(names, st.data())
def test_any_piece_of_the_pinyin_finds_the_name(name: str, data: st.DataObject) -> None:
    full = pinyin(name).full
    start = data.draw(st.integers(0, len(full)))
    piece = full[start : data.draw(st.integers(start, len(full)))]
    assert matches(piece, search_text([name]))


@given(any_text)
def test_terms_need_no_escaping_and_no_term_is_empty(query: str) -> None:
    assert all(term and term.isalnum() for term in search_terms(query))


# --- natural order ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ordered",
    [
        ["第一小学", "第二小学", "第三小学", "第九小学", "第十小学", "第十一小学", "第二十小学", "第一百零二小学"],
        ["一年级", "二年级", "三年级", "十年级", "十二年级"],
        ["1班", "2班", "9班", "10班", "12班"],
        ["（一）", "（二）", "（十）", "（十一）"],
        ["一、总则", "二、目标", "十、附则"],
        ["一中", "二中", "十中", "第一中学"],
        ["2023年", "2024年", "二〇二五级"],
        ["安吉", "长乐", "重庆", "单县", "岳阳", "曾都", "张家界"],
        ["西安", "先锋"],
        ["岳阳", "岳阳楼区", "岳阳县", "岳阳县第一中学", "岳阳县第十中学"],
        ["一年级1班", "一年级2班", "一年级10班", "二年级1班"],
        ["99", "100", "99999999999999999", "100000000000000000"],
    ],
)
def test_names_sort_as_people_expect(ordered: list[str]) -> None:
    shuffled = ordered[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=natural_key) == ordered


def test_numerals_inside_names_are_no_numbers() -> None:
    assert natural_key("三江镇") == "1san 三1jiang 江1zhen 镇"
    assert natural_key("十里铺") == "1shi 十1li 里1pu 铺"
    assert natural_key("九年一贯制") == "1jiu 九1nian 年1yi 一1guan 贯1zhi 制"
    assert natural_key("八一小学") == "1ba 八1yi 一1xiao 小1xue 学"
    assert natural_key("第十小学") == "1di 第00210" + "1xiao 小1xue 学"


def test_own_readings_decide_the_order() -> None:
    assert natural_key("曾都", {"曾都": "ceng dou"}) == "1ceng 曾1dou 都"


def test_spellings_of_one_name_sort_together() -> None:
    assert natural_key("第 １０ 小学（北）") == natural_key("第10小学(北)") == natural_key("第十小学〔北〕")


@given(st.integers(0, 999), st.integers(0, 999))
def test_numbers_sort_by_value(one: int, other: int) -> None:
    assert (natural_key(f"第{one}小学") < natural_key(f"第{other}小学")) is (one < other)


def chinese(number: int) -> str:
    """The usual writing of 1 to 999."""
    digits = "零一二三四五六七八九"
    hundreds, tens, units = number // 100, number // 10 % 10, number % 10
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and units:
        text += "零"
    return text + (digits[units] if units else "")


def test_every_numeral_up_to_999_is_understood() -> None:
    assert [parse_numeral(chinese(number)) for number in range(1, 1000)] == list(range(1, 1000))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二〇二三", 2023),
        ("一九九八", 1998),
        ("一〇一", 101),
        ("两百", 200),
        ("零", 0),
        ("〇", 0),
        ("八一", None),
        ("百", None),
        ("十百", None),
        ("三江", None),
        ("", None),
    ],
)
def test_other_ways_to_write_numbers(text: str, number: int | None) -> None:
    assert parse_numeral(text) == number


@given(any_text)
def test_any_text_has_a_key(text: str) -> None:
    assert natural_key(text) == natural_key(normalize_name(text))
