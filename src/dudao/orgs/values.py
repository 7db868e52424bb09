"""What the facts of a unit may be: each checked by itself and against the others, with reasons a person can act on.

No database here: whether a code is taken, and whether a parent exists on a day, is asked where units are written.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc import identifiers
from dudao.calc.codetables import ORGANIZERS, PRIVATE_ORGANIZER, SCHOOL_TYPES, URBAN_RURAL
from dudao.orgs.models import INSTITUTIONS, Kind, Ownership, Stage, Unit

CODES = ("institution_code", "uscc", "region_code", "local_code")
FACTS = (
    "short_name",
    "organ_name",
    "organ_short",
    "sort_no",
    *CODES,
    "school_type",
    "organizer",
    "ownership",
    "inclusive",
    "urban_rural",
    "boarding",
    "founded",
)
"""The undated columns: changing them is an edit. Name, kind, parent and validity change by dated actions."""

LABELS: Mapping[str, str] = {
    field.name: str(field.verbose_name)
    for field in Unit._meta.concrete_fields
    if field.name in {"name", "kind", *FACTS}
}

_LONGEST: Mapping[str, int] = {"short_name": 60, "organ_name": 120, "organ_short": 60}
_RANK = {
    Kind.PROVINCE: 0,
    Kind.CITY: 1,
    Kind.COUNTY: 2,
    Kind.ZONE: 3,
    Kind.TOWNSHIP: 4,
    Kind.DEPARTMENT: 5,
    Kind.OFFICE: 5,
    Kind.OTHER: 5,
    Kind.SCHOOL: 6,
    Kind.TEACHING_POINT: 7,
    Kind.KINDERGARTEN: 7,
}
_REGION_LEVEL = {Kind.PROVINCE: "province", Kind.CITY: "city", Kind.COUNTY: "county", Kind.TOWNSHIP: "township"}
_PHONE = re.compile(r"(?:\+?86-?)?(1\d{10}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|\d{7,8}|400-?\d{3}-?\d{4})")
_LOCAL = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


class NameRefused(ValidationError):
    """The name can't be a name."""


def may_stand_under(kind: str, parent_kind: str | None) -> str:
    """Empty when a unit of this kind may stand under one of the other kind; otherwise why not."""
    if parent_kind is None:
        return "" if kind in {Kind.PROVINCE, Kind.CITY} else f"{Kind(kind).label}必须有上级机构，请选择。"
    own, upper = _RANK[Kind(kind)], _RANK[Kind(parent_kind)]
    equal_is_fine = kind in {Kind.DEPARTMENT, Kind.OFFICE, Kind.OTHER}
    if own > upper or (equal_is_fine and own == upper):
        return ""
    return f"{Kind(kind).label}不能设在{Kind(parent_kind).label}之下，请换一个上级机构。"


def check_name(name: str) -> str:
    """The name without outer and doubled spaces; raises when it is empty, too long or holds no letter."""
    name = " ".join(str(name).split())
    if not name:
        raise NameRefused("名称是空的，请填写机构全称。")
    if len(name) > 120:
        raise NameRefused(f"名称有 {len(name)} 个字，最多 120 个，请填写机构全称，不要附加说明。")
    if not any(char.isalpha() for char in name):
        raise NameRefused(f"名称“{name}”里没有文字，请填写机构全称。")
    return name


def kind_for(school_type: str) -> str:
    """The kind that a 办学类型 implies, or empty."""
    if school_type == "111":
        return Kind.KINDERGARTEN
    if school_type == "218":
        return Kind.TEACHING_POINT
    return Kind.SCHOOL if school_type in SCHOOL_TYPES else ""


def default_stages(school_type: str, kind: str) -> tuple[str, ...]:
    """The stages a school runs by its 办学类型; an office may add to them (附设班)."""
    if school_type in SCHOOL_TYPES:
        return tuple(stage.value for stage in SCHOOL_TYPES[school_type].stages)
    return {Kind.KINDERGARTEN: (Stage.Level.PRESCHOOL,), Kind.TEACHING_POINT: (Stage.Level.PRIMARY,)}.get(
        Kind(kind), ()
    )


def _code(check: Any, value: str) -> str:
    try:
        return str(check(value).code)
    except identifiers.IdentifierError as error:
        raise ValidationError(error.message) from None


def _local_code(value: str) -> str:
    code = identifiers.clean_code(value)
    if len(code) > 20 or not set(code) <= _LOCAL:
        raise ValidationError(f"本地代码“{value}”不对，最多 20 位，只能用数字、大写字母和短横。")
    return code


def _region_code(value: str, kind: str) -> str:
    if kind == Kind.ZONE:
        raise ValidationError("功能区没有国家标准的行政区划代码，请填在“本地代码”里。")
    try:
        found = identifiers.check_region_code(value)
    except identifiers.IdentifierError as error:
        raise ValidationError(error.message) from None
    wanted = _REGION_LEVEL.get(Kind(kind))
    if wanted and found.level != wanted:
        raise ValidationError(f"“{found.code}”是{found.level.label}代码，与类别“{Kind(kind).label}”不符，请核对。")
    return found.code


def _listed(value: str, table: Mapping[str, Any], label: str) -> str:
    code = identifiers.clean_code(value)
    if code not in table:
        raise ValidationError(f"{label}“{value}”不在代码表内，请从下拉列表中选择。")
    return code


def _school_type(value: str) -> str:
    code = _listed(value, SCHOOL_TYPES, "办学类型")
    if SCHOOL_TYPES[code].is_attached:
        raise ValidationError(f"“{SCHOOL_TYPES[code].name}”附设在别的学校，不是单独的学校，请在主办学校的学段里体现。")
    return code


def _one(name: str, value: Any, kind: str) -> Any:
    """One fact, cleaned. Empty stays empty; raises ``ValidationError`` with the reason."""
    if name in {"inclusive", "boarding"}:
        return value
    if name == "sort_no":
        if value in (None, ""):
            return 1000
        if not 0 <= int(value) <= 1_000_000:
            raise ValidationError("排序号应在 0 至 1000000 之间。")
        return int(value)
    if name == "founded":
        if value in (None, ""):
            return None
        if not 1000 <= int(value) <= timezone.localdate().year:
            raise ValidationError(f"建校年份“{value}”不对，应是不晚于今年的四位年份。")
        return int(value)
    text = " ".join(str(value or "").split())
    if not text:
        return ""
    match name:
        case "institution_code":
            return _code(identifiers.check_institution_code, text)
        case "uscc":
            return _code(identifiers.check_uscc, text)
        case "region_code":
            return _region_code(text, kind)
        case "local_code":
            return _local_code(text)
        case "school_type":
            return _school_type(text)
        case "urban_rural":
            return _listed(text, URBAN_RURAL, "城乡类型")
    if name == "organizer" and text not in ORGANIZERS:
        raise ValidationError(f"举办者“{text}”不在列表内，请选择：{'、'.join(ORGANIZERS)}。")
    if name == "ownership" and text not in Ownership.values:
        raise ValidationError(f"“{text}”不是公办或民办。")
    if name in _LONGEST and len(text) > _LONGEST[name]:
        raise ValidationError(f"{LABELS[name]}有 {len(text)} 个字，最多 {_LONGEST[name]} 个。")
    return text


def clean_facts(kind: str, given: Mapping[str, Any], present: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The given facts, cleaned and consistent with ``present`` ones (of the unit being changed).

    Raises ``ValidationError`` with a message for every field that is wrong.
    """
    unknown = set(given) - set(FACTS)
    if unknown:
        raise TypeError(f"not facts of a unit: {', '.join(sorted(unknown))}")
    cleaned: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, value in given.items():
        try:
            cleaned[name] = _one(name, value, kind)
        except ValidationError as error:
            errors[name] = list(error.messages)
    whole = {**(present or {}), **cleaned}
    if kind not in INSTITUTIONS:
        for name in ("institution_code", "school_type", "inclusive", "boarding", "urban_rural"):
            if whole.get(name) not in (None, ""):
                errors.setdefault(name, []).append(f"“{LABELS[name]}”只用于学校、教学点和幼儿园，请留空。")
    elif whole.get("school_type") and kind_for(whole["school_type"]) != kind:
        wanted = Kind(kind_for(whole["school_type"])).label
        errors.setdefault("school_type", []).append(
            f"办学类型“{SCHOOL_TYPES[whole['school_type']].name}”应属类别“{wanted}”，现在是“{Kind(kind).label}”。"
        )
    if whole.get("inclusive") is not None and kind in {Kind.SCHOOL, Kind.TEACHING_POINT}:
        errors.setdefault("inclusive", []).append("“普惠性”只用于幼儿园，请留空。")
    _agree_on_ownership(cleaned, whole, errors)
    if errors:
        raise ValidationError(errors)
    return cleaned


def _agree_on_ownership(cleaned: dict[str, Any], whole: Mapping[str, Any], errors: dict[str, list[str]]) -> None:
    """The organiser says whether a school is private; a blank is filled, a contradiction refused."""
    organizer, ownership = whole.get("organizer"), whole.get("ownership")
    if not organizer or "organizer" in errors or "ownership" in errors:
        return
    private = organizer == PRIVATE_ORGANIZER
    if not ownership:
        if private or organizer not in {"地方企业", "集体"}:
            cleaned["ownership"] = Ownership.PRIVATE if private else Ownership.PUBLIC
    elif private != (ownership == Ownership.PRIVATE):
        errors["ownership"] = [f"举办者是“{organizer}”，与“{Ownership(ownership).label}”不符，请核对其中一项。"]


def clean_licence(kind: str, *, held: bool, number: str, until: date | None, source: str) -> dict[str, Any]:
    """What is registered of a licence, cleaned. Raises ``ValidationError`` by field; only kindergartens have one here."""
    if kind != Kind.KINDERGARTEN:
        raise ValidationError(f"办园许可只登记幼儿园的，{Kind(kind).label}不用登记。")
    number, source = " ".join(number.split()), " ".join(source.split())
    errors: dict[str, str] = {}
    if not held and number:
        errors["number"] = "无证的没有许可证号，请留空；有证的请选“有证”。"
    if not held and until is not None:
        errors["until"] = "无证的没有有效期，请留空；有证的请选“有证”。"
    if len(number) > 60:
        errors["number"] = f"许可证号有 {len(number)} 个字，最多 60 个。"
    if len(source) > 120:
        errors["source"] = f"依据有 {len(source)} 个字，最多 120 个。"
    if errors:
        raise ValidationError(errors)
    return {"held": held, "number": number, "until": until, "source": source}


def remarks(facts: Mapping[str, Any]) -> list[str]:
    """What looks odd but may be right, for a preview to show."""
    code, school_type = facts.get("institution_code", ""), facts.get("school_type", "")
    if code and school_type and SCHOOL_TYPES[school_type].category != code[:2]:
        names = identifiers.INSTITUTION_CATEGORIES
        wanted = SCHOOL_TYPES[school_type].category
        return [
            f"标识码以 {code[:2]}（{names[code[:2]]}）开头，办学类型“{SCHOOL_TYPES[school_type].name}”"
            f"通常以 {wanted}（{names.get(wanted, '—')}）开头，请核对。"
        ]
    return []


def clean_phone(text: str) -> str:
    """A mobile or landline number as people write it, without spaces; raises with the reason."""
    phone = "".join(text.split())
    if phone and not _PHONE.fullmatch(phone):
        raise ValidationError({"phone": f"电话“{text}”不对，请填 11 位手机号，或带区号的固定电话，如 0730-8880123。"})
    return phone
