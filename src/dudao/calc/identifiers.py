"""Identifiers and coded values of the national standards, checked with a reason a person can act on.

Every check takes text as people paste it (full-width digits, spaces, lower case), returns a frozen value with
the parts of the code, or raises `IdentifierError` whose Chinese message says which position is wrong and what
was expected. Structure, check digits and sources are in docs/calculations/identifiers.md. Whether a code is
taken, or agrees with the unit it is entered for, is left to the registers that store it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NoReturn

from stdnum.cn import ric, uscc

from dudao.calc.codetables import (
    INSTITUTION_CATEGORIES,
    PROVINCES,
)


class IdentifierError(ValueError):
    """A code is wrong. ``first``/``last`` give the wrong positions, counted from 1; ``None`` if it is the length."""

    def __init__(self, message: str, first: int | None = None, last: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.first = first
        self.last = first if last is None else last


# --- reading ---------------------------------------------------------------------------------------------------

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DROPPED = {ord(char): None for char in "\u200b\u200c\u200d\u2060\ufeff"}
_SPREADSHEET_NUMBER = re.compile(r"\d(\.\d+)?E\+\d+")
_DIGITS = "0123456789"
_EARLIEST_BIRTH_YEAR, _LATEST_BIRTH_YEAR = 1800, 2199  # wide: only nonsense is refused, there is no clock here
_LOOKALIKES = {"O": "0", "I": "1", "L": "1", "Z": "2", "S": "5"}


def clean_code(text: str) -> str:
    """Text as typed or pasted → half-width, upper case, without spaces and invisible characters."""
    return "".join(text.translate(_FULL_WIDTH).translate(_DROPPED).split()).upper()


def _read(text: str, what: str, lengths: tuple[int, ...], letters: str = "") -> str:
    """Clean the text; check its length and that it holds digits and ``letters`` only."""
    code = clean_code(text)
    wanted = "、".join(str(length) for length in lengths)
    if not code:
        raise IdentifierError(f"{what}是空的，应为 {wanted} 位。")
    if _SPREADSHEET_NUMBER.fullmatch(code):
        raise IdentifierError(
            f"{what}“{code}”被表格软件变成了数字，请把单元格格式设为“文本”后重新填写 {wanted} 位代码。"
        )
    for position, char in enumerate(code, 1):
        if char not in _DIGITS + letters:
            _refuse_character(what, position, char, f"数字或大写字母 {letters} 之一" if letters else "数字")
    if len(code) not in lengths:
        raise IdentifierError(f"{what}应为 {wanted} 位，现在是 {len(code)} 位。")
    return code


def _refuse_character(what: str, position: int, char: str, wanted: str) -> NoReturn:
    hint = f"是不是数字“{_LOOKALIKES[char]}”？" if char in _LOOKALIKES else ""
    raise IdentifierError(f"{what}第 {position} 位“{char}”不对，应为{wanted}。{hint}", position)


def _check_digits_only(what: str, code: str, first: int, last: int) -> None:
    for position in range(first, last + 1):
        char = code[position - 1]
        if char not in _DIGITS:
            _refuse_character(what, position, char, "数字")


# --- 学校（机构）标识码 ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InstitutionCode:
    """学校（机构）标识码 ``AABBCCCCCC``: category, province, serial number. It has no check digit."""

    code: str
    category: str
    province: str
    serial: str

    @property
    def category_name(self) -> str:
        return INSTITUTION_CATEGORIES[self.category]

    @property
    def province_name(self) -> str:
        return PROVINCES[self.province]


def check_institution_code(text: str) -> InstitutionCode:
    """Check a 学校（机构）标识码: 10 digits, a listed category, a province, for universities a 0 before their code.

    Source: 教育部《学校（机构）代码管理办法》 and 《各级各类学校（机构）代码编制规则》.
    """
    what = "学校（机构）标识码"
    code = _read(text, what, (10,))
    category, province, serial = code[:2], code[2:4], code[4:]
    if category not in INSTITUTION_CATEGORIES:
        listed = "、".join(f"{key} {name}" for key, name in INSTITUTION_CATEGORIES.items())
        raise IdentifierError(f"{what}第 1—2 位“{category}”不是学校类别，应为：{listed}。", 1, 2)
    if province not in PROVINCES:
        raise IdentifierError(
            f"{what}第 3—4 位“{province}”不是省级区划代码，应为 11（北京市）至 82（澳门特别行政区）中的一个，"
            f"如湖南省是 43。",
            3,
            4,
        )
    if category == "41" and serial[0] != "0":
        raise IdentifierError(f"{what}第 5 位“{serial[0]}”不对，普通高等学校应为 0，其后是 5 位学校代码。", 5)
    return InstitutionCode(code, category, province, serial)


# --- 统一社会信用代码 --------------------------------------------------------------------------------------------

USCC_LETTERS = "ABCDEFGHJKLMNPQRTUWXY"
"""Capital letters of GB 32100: without I, O, S, V and Z, which are easily misread."""

_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Uscc:
    """统一社会信用代码 (GB 32100): registering department, kind, region of registration, organisation code, check."""

    code: str
    department: str
    kind: str
    region: str
    organization_code: str

    @property
    def kind_name(self) -> str | None:
        """机关, 事业单位, …, or ``None`` where the kind is not one of those that education meets."""
        return _USCC_KINDS.get(self.code[:2])


_USCC_KINDS: Mapping[str, str] = {
    "11": "机关",
    "12": "事业单位",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "91": "企业",
    "92": "个体工商户",
}


def organization_check_digit(first_eight: str) -> str:
    """The ninth character of an organisation code: 11 − Σ weight·value mod 11, 10 written X (GB 11714)."""
    total = sum(weight * int(char, 36) for weight, char in zip(_ORGANIZATION_WEIGHTS, first_eight, strict=True))
    return "0123456789X0"[11 - total % 11]


def check_uscc(text: str) -> Uscc:
    """Check a 统一社会信用代码 with both of its check digits.

    The 18th character covers the whole code (GB 32100); the 17th is the check digit of the organisation code
    inside (GB 11714), which catches codes that were made up or computed by hand.
    """
    what = "统一社会信用代码"
    code = _read(text, what, (18,), USCC_LETTERS)
    _check_digits_only(what, code, 3, 8)
    expected = uscc.calc_check_digit(code[:17])
    if code[17] != expected:
        raise IdentifierError(
            f"{what}第 18 位校验码是“{code[17]}”，按前 17 位计算应为“{expected}”，请与证书逐位核对。", 18
        )
    inner = organization_check_digit(code[8:16])
    if code[16] != inner:
        raise IdentifierError(
            f"{what}第 17 位（组织机构代码的校验码）是“{code[16]}”，按第 9—16 位计算应为“{inner}”，"
            f"请与证书逐位核对第 9—17 位。",
            17,
        )
    return Uscc(code, code[0], code[1], code[2:8], code[8:17])


# --- 行政区划代码 ------------------------------------------------------------------------------------------------


class RegionLevel(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"

    @property
    def label(self) -> str:
        return _REGION_LABELS[self]


_REGION_LABELS: Mapping[RegionLevel, str] = {
    RegionLevel.PROVINCE: "省级",
    RegionLevel.CITY: "地级",
    RegionLevel.COUNTY: "县级",
    RegionLevel.TOWNSHIP: "乡级",
    RegionLevel.VILLAGE: "村级",
}

CITIES_WITHOUT_COUNTIES: Mapping[str, str] = MappingProxyType(
    {"441900": "东莞市", "442000": "中山市", "460400": "儋州市", "620200": "嘉峪关市"}
)
"""Prefecture-level cities whose townships stand directly below them."""


@dataclass(frozen=True)
class RegionCode:
    """行政区划代码. ``code`` has 6 digits down to the county, 9 for a township, 12 for a village."""

    code: str
    level: RegionLevel

    @property
    def province_name(self) -> str:
        return PROVINCES[self.code[:2]]

    @property
    def parent(self) -> str | None:
        """The code one level up; ``None`` for a province."""
        if self.level is RegionLevel.PROVINCE:
            return None
        if self.level is RegionLevel.CITY:
            return f"{self.code[:2]}0000"
        if self.level is RegionLevel.COUNTY:
            return f"{self.code[:4]}00"
        return self.code[:-3]


def check_region_code(text: str) -> RegionCode:
    """Check a region code: 6 digits (GB/T 2260), 9 for a township (GB/T 10114), 12 for a village.

    The 12 digits of the statistical code of a larger place, padded with zeros, are read as that place
    (``430602000000`` → ``430602``). Only the structure is checked: the list of counties changes every year, and
    functional zones have codes of their own, or none.
    """
    what = "行政区划代码"
    code = _read(text, what, (6, 9, 12))
    if code[:2] not in PROVINCES:
        raise IdentifierError(
            f"{what}第 1—2 位“{code[:2]}”不是省级区划代码，应为 11（北京市）至 82（澳门特别行政区）中的一个，"
            f"如湖南省是 43。",
            1,
            2,
        )
    if len(code) == 12 and code.endswith("000000"):
        code = code[:6]
    elif len(code) == 12 and code.endswith("000"):
        code = code[:9]
    city, county = code[2:4], code[4:6]
    if city == "00" and county != "00":
        raise IdentifierError(f"{what}第 3—4 位是“00”（省级），第 5—6 位应为“00”，现在是“{county}”。", 5, 6)
    if len(code) == 6:
        if city == "00":
            return RegionCode(code, RegionLevel.PROVINCE)
        return RegionCode(code, RegionLevel.CITY if county == "00" else RegionLevel.COUNTY)
    if county == "00" and code[:6] not in CITIES_WITHOUT_COUNTIES:
        raise IdentifierError(f"{what}第 5—6 位是“00”，乡级和村级代码的前 6 位应为县级代码。", 5, 6)
    if code[6:9] == "000":
        raise IdentifierError(f"{what}第 7—9 位是“000”，乡级代码应为 001 至 999；县级代码只填前 6 位。", 7, 9)
    return RegionCode(code, RegionLevel.TOWNSHIP if len(code) == 9 else RegionLevel.VILLAGE)


# --- 公民身份号码 ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IdNumber:
    """公民身份号码 (GB 11643): region of first registration, date of birth, sex.

    Personal data: mask before showing. Its ``repr`` shows nothing of it, so that no log does.
    """

    number: str = field(repr=False)
    region: str = field(repr=False)
    birth_date: date = field(repr=False)
    is_male: bool = field(repr=False)

    @property
    def masked(self) -> str:
        """Region and birth year kept, the rest hidden: enough to recognise, too little to use."""
        return f"{self.number[:10]}********"


def check_id_number(text: str) -> IdNumber:
    """Check an 18-digit 公民身份号码: date of birth and check digit (ISO 7064 MOD 11-2).

    The region is not checked: abolished codes stay valid for life, and residence permits of people from Hong
    Kong, Macao, Taiwan and abroad begin with numbers that are no region of GB/T 2260.
    """
    what = "公民身份号码"
    code = clean_code(text)
    if len(code) == 15 and not code.strip(_DIGITS):
        raise IdentifierError(f"{what}是 15 位的旧号码，已停止使用，请填 18 位号码。")
    code = _read(text, what, (18,), "X")
    _check_digits_only(what, code, 1, 17)
    try:
        birth_date = date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        birth_date = date.min
    if birth_date.year < _EARLIEST_BIRTH_YEAR or birth_date.year > _LATEST_BIRTH_YEAR:
        raise IdentifierError(f"{what}第 7—14 位“{code[6:14]}”不是出生日期，应为年月日 8 位数字，如 19900131。", 7, 14)
    expected = ric.calc_check_digit(code)
    if code[17] != expected:
        # The digit that would be right is not told: it would help to make up numbers.
        raise IdentifierError(f"{what}第 18 位校验码与前 17 位不符，请与证件逐位核对。", 18)
    return IdNumber(code, code[:6], birth_date, int(code[16]) % 2 == 1)
