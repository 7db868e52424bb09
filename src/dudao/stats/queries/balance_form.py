"""What the application form of a county (表Ⅰ–表Ⅵ) is filled with: numbers, schools, items; unknown stays ``None``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dudao.calc.balance.table import COUNTY, TYPE
from dudao.calc.codetables import SCHOOL_TYPES, URBAN_RURAL
from dudao.orgs.models import Ownership, Unit
from dudao.stats.models import BalanceRun, SchoolResult
from dudao.stats.queries.balance import columns_of
from dudao.stats.queries.balance_items import CountyItems, Number, county_items
from dudao.stats.queries.balance_results import results_seen

BASICS: Sequence[tuple[str, str, str, int]] = (
    ("L1", "人口总数", "万人", 2),
    ("L2", "农业人口", "万人", 2),
    ("L3", "乡镇数", "个", 0),
    ("L4", "行政村数", "个", 0),
    ("L5", "人均GDP", "元", 0),
    ("L6", "人均地方财政收入", "元", 0),
    ("L7", "农民人均纯收入", "元", 0),
    ("L8", "城镇居民人均可支配收入", "元", 0),
    ("L9", "小学学校数", "所", 0),
    ("L10", "九年一贯制学校数", "所", 0),
    ("L11", "初级中学学校数", "所", 0),
    ("L12", "完全中学学校数", "所", 0),
    ("L13", "十二年一贯制学校数", "所", 0),
    ("L14", "特殊教育学校数", "所", 0),
    ("L15", "教学点数", "个", 0),
    ("L16", "50人及以上教学点数", "个", 0),
    ("L17", "小学阶段班数", "个", 0),
    ("L18", "初中阶段班数", "个", 0),
    ("L19", "小学阶段学生数", "人", 0),
    ("L20", "初中阶段学生数", "人", 0),
    ("L21", "小学阶段教职工数", "人", 0),
    ("L22", "小学阶段专任教师数", "人", 0),
    ("L23", "初中阶段教职工数", "人", 0),
    ("L24", "初中阶段专任教师数", "人", 0),
)
"""表Ⅰ: code, name as the county's return has it, unit, decimals. The order is that of the form, the codes follow it."""

ORGANIZERS: Mapping[str, int] = {
    "省级教育部门": 3,
    "省级其他部门": 4,
    "地级教育部门": 5,
    "地级其他部门": 6,
    "县级教育部门": 7,
    "县级其他部门": 8,
    "地方企业": 9,
    "民办": 10,
}
"""举办者类型 of 表Ⅱ-2; what the register has only as «中央» may be 1 or 2 and stays open."""

_BY_TYPE = {
    "小学学校数": ("211",),
    "九年一贯制学校数": ("312",),
    "初级中学学校数": ("311",),
    "完全中学学校数": ("341",),
    "十二年一贯制学校数": ("345",),
    "特殊教育学校数": ("511", "512", "513", "514", "519"),
    "教学点数": ("218",),
}
_PUPILS = {"小学阶段学生数": "小学在校生数", "初中阶段学生数": "初中在校生数"}


@dataclass(frozen=True, slots=True)
class FormSchool:
    """A line of 表Ⅱ-2."""

    result: SchoolResult
    code: str
    organizer: int | None
    kind: str
    place: str


@dataclass(frozen=True, slots=True)
class FormData:
    """``numbers``: name → number with its source, 表Ⅰ and the items alike."""

    run: BalanceRun
    county: Mapping[str, Any]
    numbers: Mapping[str, Number]
    schools: Sequence[FormSchool]
    items: CountyItems


def form_data(run: BalanceRun, place: int) -> FormData:
    """Everything of one county of a run; ``run.table`` is needed. A handful of queries, however many schools."""
    items = county_items(run, place)
    name = items.county["county"]
    results = results_seen(run, name)
    units = Unit.objects.in_bulk({one.unit_id for one in results})
    schools = [_school(one, units[one.unit_id]) for one in results]
    return FormData(run, items.county, {**_counted(run, name), **items.numbers}, schools, items)


def _school(result: SchoolResult, unit: Unit) -> FormSchool:
    organizer = ORGANIZERS["民办"] if unit.ownership == Ownership.PRIVATE else ORGANIZERS.get(unit.organizer)
    return FormSchool(
        result=result,
        code=unit.institution_code or unit.local_code,
        organizer=organizer,
        kind=SCHOOL_TYPES[unit.school_type].name if unit.school_type in SCHOOL_TYPES else "",
        place=URBAN_RURAL[unit.urban_rural].name if unit.urban_rural in URBAN_RURAL else "",
    )


def _counted(run: BalanceRun, county: str) -> dict[str, Number]:
    """Schools by type and pupils by stage, counted in the table of the run."""
    columns = columns_of(run, relieved=False)
    rows = [place for place, name in enumerate(columns[COUNTY]) if name == county]
    kinds = Counter(columns[TYPE][place] for place in rows)
    found = {name: Number(Decimal(sum(kinds[code] for code in codes)), "各校报表") for name, codes in _BY_TYPE.items()}
    for name, column in _PUPILS.items():
        pupils = [columns[column][place] for place in rows] if column in columns else []
        if pupils and all(number is not None for number in pupils):
            found[name] = Number(sum((Decimal(number or 0) for number in pupils), Decimal(0)), "各校报表")
    return found
