"""Identifiers: worked examples of the standards, what is wrong is said by position, no single slip passes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from dudao.calc.codetables import ORGANIZERS, PRIVATE_ORGANIZER, SCHOOL_TYPES, URBAN_RURAL, Stage
from dudao.calc.identifiers import (
    INSTITUTION_CATEGORIES,
    PROVINCES,
    USCC_LETTERS,
    IdentifierError,
    RegionLevel,
    check_id_number,
    check_institution_code,
    check_region_code,
    check_uscc,
    clean_code,
    organization_check_digit,
)

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def error_of(check: object, text: str) -> IdentifierError:
    with pytest.raises(IdentifierError) as caught:
        check(text)  # type: ignore[operator]
    assert caught.value.message == str(caught.value)
    return caught.value


# --- reading ---------------------------------------------------------------------------------------------------


def test_codes_are_read_as_people_paste_them() -> None:
    assert clean_code("\ufeff 9111 0000\u3000６０００３７３４１ｌ\u200b\n") == "91110000600037341L"
    assert check_institution_code(" １１４４０００５０１ ").code == "1144000501"
    assert check_uscc("9111 0000 6000 3734 1l").code == "91110000600037341L"
    assert check_region_code("４３０６\u00a0０２").code == "430602"
    assert check_id_number("110105 19491231 002x").number == "11010519491231002X"


@pytest.mark.parametrize(
    ("check", "name", "lengths"),
    [
        (check_institution_code, "学校（机构）标识码", "10"),
        (check_uscc, "统一社会信用代码", "18"),
        (check_region_code, "行政区划代码", "6、9、12"),
        (check_id_number, "公民身份号码", "18"),
    ],
)
def test_every_check_says_what_is_wrong_with_the_text_as_such(check: object, name: str, lengths: str) -> None:
    assert str(error_of(check, " \u3000")) == f"{name}是空的，应为 {lengths} 位。"
    assert str(error_of(check, "12345")) == f"{name}应为 {lengths} 位，现在是 5 位。"
    assert str(error_of(check, "1234#")) == f"{name}第 5 位“#”不对，应为{wanted_characters(name)}。"
    assert "单元格格式设为“文本”" in str(error_of(check, "4.30602E+17"))
    assert "单元格格式设为“文本”" in str(error_of(check, "4e+17"))
    assert error_of(check, "12345").first is None


def wanted_characters(name: str) -> str:
    return {
        "统一社会信用代码": f"数字或大写字母 {USCC_LETTERS} 之一",
        "公民身份号码": "数字或大写字母 X 之一",
    }.get(name, "数字")


def test_letters_that_look_like_digits_are_named() -> None:
    error = error_of(check_institution_code, "21430O0001")
    assert str(error) == "学校（机构）标识码第 6 位“O”不对，应为数字。是不是数字“0”？"
    assert (error.first, error.last) == (6, 6)
    assert "是不是数字“1”？" in str(error_of(check_uscc, "9I110000600037341L"))


# --- 学校（机构）标识码 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "category", "province", "serial"),
    [
        ("1144000501", "幼儿园", "广东省", "000501"),
        ("3133005132", "普通初中", "浙江省", "005132"),
        ("4141010459", "普通高等学校", "河南省", "010459"),
    ],
)
def test_real_institution_codes(code: str, category: str, province: str, serial: str) -> None:
    checked = check_institution_code(code)
    assert (checked.category_name, checked.province_name, checked.serial) == (category, province, serial)


def test_a_wrong_category_lists_the_right_ones() -> None:
    error = error_of(check_institution_code, "1243000001")
    assert (error.first, error.last) == (1, 2)
    assert str(error).startswith("学校（机构）标识码第 1—2 位“12”不是学校类别，应为：11 幼儿园、21 普通小学、")


def test_a_wrong_province_is_named() -> None:
    error = error_of(check_institution_code, "2140000001")
    assert (error.first, error.last) == (3, 4)
    assert "第 3—4 位“40”不是省级区划代码" in str(error)


def test_a_university_keeps_a_zero_before_its_code() -> None:
    error = error_of(check_institution_code, "4141110459")
    assert error.first == 5
    assert "第 5 位“1”不对，普通高等学校应为 0" in str(error)


@given(st.sampled_from(sorted(INSTITUTION_CATEGORIES)), st.sampled_from(sorted(PROVINCES)), st.integers(0, 99_999))
def test_every_listed_category_and_province_is_accepted(category: str, province: str, serial: int) -> None:
    code = f"{category}{province}0{serial:05}"
    assert check_institution_code(code.translate(FULL_WIDTH)).code == code


# --- 统一社会信用代码 --------------------------------------------------------------------------------------------

ALPHABET = "0123456789" + USCC_LETTERS


@st.composite
def usccs(draw: st.DrawFn) -> str:
    head = draw(st.text(ALPHABET, min_size=2, max_size=2)) + draw(st.text("0123456789", min_size=6, max_size=6))
    organization = draw(st.text(ALPHABET, min_size=8, max_size=8))
    body = head + organization + organization_check_digit(organization)
    return body + uscc.calc_check_digit(body)


@pytest.mark.parametrize(
    ("code", "kind", "region", "organization"),
    [
        ("91110000600037341L", "企业", "110000", "600037341"),
        ("914403001922038216", "企业", "440300", "192203821"),
        ("9144030071526726XG", "企业", "440300", "71526726X"),
        ("12100000400002259P", "事业单位", "100000", "400002259"),
    ],
)
def test_real_credit_codes(code: str, kind: str, region: str, organization: str) -> None:
    checked = check_uscc(code)
    assert checked.code == code
    assert (checked.department, checked.kind) == (code[0], code[1])
    assert (checked.kind_name, checked.region, checked.organization_code) == (kind, region, organization)


@pytest.mark.parametrize(
    ("first_eight", "digit"),
    [("60003734", "1"), ("19220382", "1"), ("71526726", "X"), ("00000000", "0"), ("40000225", "9")],
)
def test_check_digit_of_the_organisation_code(first_eight: str, digit: str) -> None:
    assert organization_check_digit(first_eight) == digit


@given(usccs())
def test_well_made_credit_codes_are_accepted(code: str) -> None:
    assert check_uscc(f" {code.lower()} ").code == code


@given(usccs(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_changed_character_is_detected(code: str, index: int, char: str) -> None:
    changed = code[:index] + char + code[index + 1 :]
    if changed == code:
        assert check_uscc(changed).code == code
    else:
        error_of(check_uscc, changed)


@given(usccs(), st.integers(0, 16))
def test_two_neighbours_exchanged_are_detected(code: str, index: int) -> None:
    changed = code[:index] + code[index + 1] + code[index] + code[index + 2 :]
    if changed == code:
        assert check_uscc(changed).code == code
    else:
        error_of(check_uscc, changed)


def test_the_outer_check_digit_is_named_with_what_it_should_be() -> None:
    error = error_of(check_uscc, "911100006000373410")
    assert error.first == 18
    assert str(error) == "统一社会信用代码第 18 位校验码是“0”，按前 17 位计算应为“L”，请与证书逐位核对。"


def test_a_code_right_outside_and_wrong_inside_is_refused() -> None:
    body = "91110000600037342"  # the organisation code 60003734 has the check digit 1
    code = body + uscc.calc_check_digit(body)
    assert uscc.is_valid(code)
    error = error_of(check_uscc, code)
    assert error.first == 17
    assert "第 17 位（组织机构代码的校验码）是“2”，按第 9—16 位计算应为“1”" in str(error)


def test_the_region_inside_a_credit_code_has_digits_only() -> None:
    error = error_of(check_uscc, "9111A000600037341L")
    assert error.first == 5
    assert str(error) == "统一社会信用代码第 5 位“A”不对，应为数字。"


def test_departments_named_by_letters_are_accepted() -> None:
    body = "N2430602MF123456"
    body += organization_check_digit(body[8:16])
    checked = check_uscc(body + uscc.calc_check_digit(body))
    assert checked.department == "N"
    assert checked.kind_name is None


# --- 行政区划代码 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "level", "parent"),
    [
        ("430000", "430000", RegionLevel.PROVINCE, None),
        ("430600", "430600", RegionLevel.CITY, "430000"),
        ("430602", "430602", RegionLevel.COUNTY, "430600"),
        ("429004", "429004", RegionLevel.COUNTY, "429000"),
        ("430671101", "430671101", RegionLevel.TOWNSHIP, "430671"),
        ("441900003", "441900003", RegionLevel.TOWNSHIP, "441900"),
        ("410172160403", "410172160403", RegionLevel.VILLAGE, "410172160"),
        ("410172160000", "410172160", RegionLevel.TOWNSHIP, "410172"),
        ("410172000000", "410172", RegionLevel.COUNTY, "410100"),
        ("430600000000", "430600", RegionLevel.CITY, "430000"),
    ],
)
def test_region_codes_know_their_level_and_parent(text: str, code: str, level: RegionLevel, parent: str | None) -> None:
    region = check_region_code(text)
    assert (region.code, region.level, region.parent) == (code, level, parent)
    assert region.province_name == PROVINCES[code[:2]]


def test_region_levels_have_chinese_names() -> None:
    assert [level.label for level in RegionLevel] == ["省级", "地级", "县级", "乡级", "村级"]


@pytest.mark.parametrize(
    ("text", "first", "last", "message"),
    [
        ("990000", 1, 2, "第 1—2 位“99”不是省级区划代码"),
        ("430002", 5, 6, "第 3—4 位是“00”（省级），第 5—6 位应为“00”，现在是“02”"),
        ("430600001", 5, 6, "第 5—6 位是“00”，乡级和村级代码的前 6 位应为县级代码"),
        ("430602000", 7, 9, "第 7—9 位是“000”，乡级代码应为 001 至 999"),
        ("430602000201", 7, 9, "第 7—9 位是“000”"),
    ],
)
def test_impossible_region_codes_are_refused(text: str, first: int, last: int, message: str) -> None:
    error = error_of(check_region_code, text)
    assert (error.first, error.last) == (first, last)
    assert message in str(error)


@given(st.from_regex(r"[0-9]{6}([0-9]{3}){0,2}", fullmatch=True))
def test_a_parent_is_always_a_valid_code_one_level_up(text: str) -> None:
    try:
        region = check_region_code(text)
    except IdentifierError as error:
        assert error.first is not None  # the length is right, so a position is to blame
        return
    if region.parent is not None:
        levels = list(RegionLevel)
        above = check_region_code(region.parent)
        directly = levels[levels.index(region.level) - 1]
        # A few cities have townships directly below them.
        assert above.level in (directly, RegionLevel.CITY)


# --- 公民身份号码 ------------------------------------------------------------------------------------------------


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(2030, 1, 1)))
    region = draw(st.from_regex(r"[1-9][0-9]{5}", fullmatch=True))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + ric.calc_check_digit(body + "0")


def test_the_example_of_the_standard() -> None:
    checked = check_id_number("11010519491231002X")
    assert (checked.region, checked.birth_date, checked.is_male) == ("110105", date(1949, 12, 31), False)
    assert checked.masked == "1101051949********"


def test_an_id_number_never_shows_itself_in_logs() -> None:
    assert repr(check_id_number("11010519491231002X")) == "IdNumber()"


@given(id_numbers())
def test_regions_that_are_unknown_or_abolished_are_accepted(number: str) -> None:
    assert check_id_number(number.translate(FULL_WIDTH)).number == number


@given(id_numbers(), st.integers(0, 17), st.sampled_from("0123456789"))
def test_any_single_changed_digit_of_an_id_number_is_detected(number: str, index: int, char: str) -> None:
    changed = number[:index] + char + number[index + 1 :]
    if changed == number:
        assert check_id_number(changed).number == number
    else:
        error_of(check_id_number, changed)


def test_the_right_check_digit_is_not_told() -> None:
    error = error_of(check_id_number, "110105194912310021")
    assert error.first == 18
    assert str(error) == "公民身份号码第 18 位校验码与前 17 位不符，请与证件逐位核对。"


@pytest.mark.parametrize("birth", ["19490231", "00000000", "10010101", "29990101"])
def test_what_is_no_date_of_birth_is_refused(birth: str) -> None:
    error = error_of(check_id_number, f"110105{birth}002X")
    assert (error.first, error.last) == (7, 14)
    assert f"第 7—14 位“{birth}”不是出生日期" in str(error)


def test_an_x_inside_is_refused() -> None:
    assert error_of(check_id_number, "1101X519491231002X").first == 5


def test_old_numbers_of_15_digits_are_explained() -> None:
    assert (
        str(error_of(check_id_number, "110105491231002"))
        == "公民身份号码是 15 位的旧号码，已停止使用，请填 18 位号码。"
    )


def test_15_characters_that_are_no_old_number_are_reported_by_position() -> None:
    assert error_of(check_id_number, "11010549123100A").first == 15


# --- code tables -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "stages"),
    [
        ("111", "幼儿园", ["学前"]),
        ("211", "小学", ["小学"]),
        ("218", "小学教学点", ["小学"]),
        ("311", "初级中学", ["初中"]),
        ("312", "九年一贯制学校", ["小学", "初中"]),
        ("341", "完全中学", ["初中", "高中"]),
        ("342", "高级中学", ["高中"]),
        ("345", "十二年一贯制学校", ["小学", "初中", "高中"]),
        ("365", "职业高中学校", ["中职"]),
        ("513", "培智学校", ["特教"]),
    ],
)
def test_stages_follow_from_the_school_type(code: str, name: str, stages: list[str]) -> None:
    school_type = SCHOOL_TYPES[code]
    assert school_type.name == name
    assert [stage.label for stage in school_type.stages] == stages


def test_school_types_begin_with_a_category_of_institution_codes() -> None:
    assert {school_type.category for school_type in SCHOOL_TYPES.values()} <= set(INSTITUTION_CATEGORIES)
    assert all(key == school_type.code and len(key) == 3 for key, school_type in SCHOOL_TYPES.items())
    assert len({school_type.name for school_type in SCHOOL_TYPES.values()}) == len(SCHOOL_TYPES)


def test_attached_classes_are_told_from_schools() -> None:
    attached = {code for code, school_type in SCHOOL_TYPES.items() if school_type.is_attached}
    assert attached == {"119", "219", "228", "229", "319", "329", "349", "368", "519"}


def test_school_types_of_the_standard_number_28() -> None:
    assert sum(school_type.in_standard for school_type in SCHOOL_TYPES.values()) == 28


def test_every_stage_has_a_school_type() -> None:
    assert {stage for school_type in SCHOOL_TYPES.values() for stage in school_type.stages} == set(Stage)


def test_urban_and_rural_classes() -> None:
    assert {item.area for item in URBAN_RURAL.values() if item.is_urban} == {"城区", "镇区"}
    assert {item.name for item in URBAN_RURAL.values() if not item.is_urban} == {"乡中心区", "村庄"}
    assert URBAN_RURAL["112"].name == "城乡结合区"
    assert all((code[0] == "1") is item.is_urban for code, item in URBAN_RURAL.items())


def test_organizers_are_distinct_and_one_is_private() -> None:
    assert len(set(ORGANIZERS)) == len(ORGANIZERS) == 12
    assert PRIVATE_ORGANIZER in ORGANIZERS
