"""Code tables of the national standards: provinces, school categories and types, stages, urban and rural, organisers.

Plain data with Chinese names; checking a code against them is in `dudao.calc.identifiers`. What a table means
for an evaluation (which schools count, which thresholds hold) is left to the packs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "11": "北京市",
        "12": "天津市",
        "13": "河北省",
        "14": "山西省",
        "15": "内蒙古自治区",
        "21": "辽宁省",
        "22": "吉林省",
        "23": "黑龙江省",
        "31": "上海市",
        "32": "江苏省",
        "33": "浙江省",
        "34": "安徽省",
        "35": "福建省",
        "36": "江西省",
        "37": "山东省",
        "41": "河南省",
        "42": "湖北省",
        "43": "湖南省",
        "44": "广东省",
        "45": "广西壮族自治区",
        "46": "海南省",
        "50": "重庆市",
        "51": "四川省",
        "52": "贵州省",
        "53": "云南省",
        "54": "西藏自治区",
        "61": "陕西省",
        "62": "甘肃省",
        "63": "青海省",
        "64": "宁夏回族自治区",
        "65": "新疆维吾尔自治区",
        "71": "台湾省",
        "81": "香港特别行政区",
        "82": "澳门特别行政区",
    }
)
"""First two digits of GB/T 2260."""

INSTITUTION_CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "11": "幼儿园",
        "21": "普通小学",
        "22": "成人小学",
        "31": "普通初中",
        "32": "职业初中",
        "33": "成人初中",
        "34": "普通高中",
        "35": "成人高中",
        "36": "中等职业学校",
        "37": "工读学校",
        "41": "普通高等学校",
        "42": "成人高等学校",
        "51": "特殊教育学校",
        "91": "培养研究生的科研机构",
        "92": "民办的其他高等教育机构",
        "93": "中等职业培训机构",
    }
)
"""学校类别: the first two digits of an institution code, and of the three digits of 办学类型."""


class Stage(StrEnum):
    """学段. Numbers and indicators attach to the stage of a school, never to the school."""

    PRESCHOOL = "preschool"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"
    VOCATIONAL = "vocational"
    SPECIAL = "special"

    @property
    def label(self) -> str:
        return _STAGE_LABELS[self]


_STAGE_LABELS: Mapping[Stage, str] = {
    Stage.PRESCHOOL: "学前",
    Stage.PRIMARY: "小学",
    Stage.JUNIOR: "初中",
    Stage.SENIOR: "高中",
    Stage.VOCATIONAL: "中职",
    Stage.SPECIAL: "特教",
}


@dataclass(frozen=True)
class SchoolType:
    """办学类型. ``is_attached``: classes inside a host school, no school of its own. ``is_adult``: not for pupils.

    ``in_standard``: listed in GB/T 33782-2017 table 4; the others are the values in use in school statistics.
    """

    code: str
    name: str
    stages: tuple[Stage, ...]
    is_attached: bool = False
    is_adult: bool = False
    in_standard: bool = True

    @property
    def category(self) -> str:
        """学校类别, by which the institution code of the school begins."""
        return self.code[:2]


def _by_code(types: Iterable[SchoolType]) -> Mapping[str, SchoolType]:
    return MappingProxyType({item.code: item for item in types})


SCHOOL_TYPES: Mapping[str, SchoolType] = _by_code(
    [
        SchoolType("111", "幼儿园", (Stage.PRESCHOOL,)),
        SchoolType("119", "附设幼儿班", (Stage.PRESCHOOL,), is_attached=True),
        SchoolType("211", "小学", (Stage.PRIMARY,)),
        SchoolType("218", "小学教学点", (Stage.PRIMARY,)),
        SchoolType("219", "附设小学班", (Stage.PRIMARY,), is_attached=True),
        SchoolType("221", "职工小学", (Stage.PRIMARY,), is_adult=True),
        SchoolType("222", "农民小学", (Stage.PRIMARY,), is_adult=True),
        SchoolType("228", "小学班", (Stage.PRIMARY,), is_attached=True, is_adult=True),
        SchoolType("229", "扫盲班", (Stage.PRIMARY,), is_attached=True, is_adult=True),
        SchoolType("311", "初级中学", (Stage.JUNIOR,)),
        SchoolType("312", "九年一贯制学校", (Stage.PRIMARY, Stage.JUNIOR)),
        SchoolType("319", "附设普通初中班", (Stage.JUNIOR,), is_attached=True),
        SchoolType("321", "职业初中", (Stage.JUNIOR,)),
        SchoolType("329", "附设职业初中班", (Stage.JUNIOR,), is_attached=True),
        SchoolType("331", "成人职工初中", (Stage.JUNIOR,), is_adult=True),
        SchoolType("332", "成人农民初中", (Stage.JUNIOR,), is_adult=True),
        SchoolType("341", "完全中学", (Stage.JUNIOR, Stage.SENIOR)),
        SchoolType("342", "高级中学", (Stage.SENIOR,)),
        SchoolType("345", "十二年一贯制学校", (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR)),
        SchoolType("349", "附设普通高中班", (Stage.SENIOR,), is_attached=True),
        SchoolType("351", "成人职工高中", (Stage.SENIOR,), is_adult=True),
        SchoolType("352", "成人农民高中", (Stage.SENIOR,), is_adult=True),
        SchoolType("361", "调整后中等职业学校", (Stage.VOCATIONAL,)),
        SchoolType("362", "中等技术学校", (Stage.VOCATIONAL,)),
        SchoolType("363", "中等师范学校", (Stage.VOCATIONAL,)),
        SchoolType("364", "成人中等专业学校", (Stage.VOCATIONAL,), is_adult=True),
        SchoolType("365", "职业高中学校", (Stage.VOCATIONAL,)),
        SchoolType("366", "技工学校", (Stage.VOCATIONAL,)),
        SchoolType("368", "附设中职班", (Stage.VOCATIONAL,), is_attached=True, in_standard=False),
        SchoolType("371", "工读学校", (Stage.JUNIOR,), in_standard=False),
        SchoolType("511", "盲人学校", (Stage.SPECIAL,), in_standard=False),
        SchoolType("512", "聋人学校", (Stage.SPECIAL,), in_standard=False),
        SchoolType("513", "培智学校", (Stage.SPECIAL,), in_standard=False),
        SchoolType("514", "其他特殊教育学校", (Stage.SPECIAL,), in_standard=False),
        SchoolType("519", "附设特教班", (Stage.SPECIAL,), is_attached=True, in_standard=False),
    ]
)


@dataclass(frozen=True)
class UrbanRuralClass:
    """城乡类型: ``area`` is 城区, 镇区 or 乡村 as statistics group it; ``is_urban`` tells 城镇 from 乡村."""

    code: str
    name: str
    area: str
    is_urban: bool


URBAN_RURAL: Mapping[str, UrbanRuralClass] = MappingProxyType(
    {
        item.code: item
        for item in (
            UrbanRuralClass("111", "主城区", "城区", True),
            UrbanRuralClass("112", "城乡结合区", "城区", True),
            UrbanRuralClass("121", "镇中心区", "镇区", True),
            UrbanRuralClass("122", "镇乡结合区", "镇区", True),
            UrbanRuralClass("123", "特殊区域", "镇区", True),
            UrbanRuralClass("210", "乡中心区", "乡村", False),
            UrbanRuralClass("220", "村庄", "乡村", False),
        )
    }
)
"""GB/T 33782-2017 table 5."""

PRIVATE_ORGANIZER = "民办"
ORGANIZERS: tuple[str, ...] = (
    "中央",
    "省级教育部门",
    "省级其他部门",
    "地级教育部门",
    "地级其他部门",
    "县级教育部门",
    "县级其他部门",
    "地方企业",
    "事业单位",
    "部队",
    "集体",
    PRIVATE_ORGANIZER,
)
"""举办者, by name as the forms have it; their numeric codes are not used because no text of them was at hand."""
