"""The list of units with its filters and its export."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dudao.calc.codetables import SCHOOL_TYPES, URBAN_RURAL
from dudao.core import sheets
from dudao.core.access import Actor, Denied
from dudao.core.keys import is_number
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chip, Chips, Choice, Pick, Search, YesNo
from dudao.core.ui.formats import date_cn
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import State
from dudao.orgs import actions, papers, queries
from dudao.orgs.models import INSTITUTIONS, Kind, Licensed, Ownership, Stage, Unit
from dudao.orgs.sheet import UNITS

CHIPS = Chips(
    "sort_of",
    [
        Chip("school", "学校", Q(kind=Kind.SCHOOL), "blue", "school"),
        Chip("point", "教学点", Q(kind=Kind.TEACHING_POINT), "blue", "map-pin"),
        Chip("kindergarten", "幼儿园", Q(kind=Kind.KINDERGARTEN), "blue", "mood-empty"),
        Chip("office", "部门与督导机构", Q(kind__in=[Kind.DEPARTMENT, Kind.OFFICE, Kind.OTHER]), "grey", "building"),
        Chip("region", "地区", ~Q(kind__in=[*INSTITUTIONS, Kind.DEPARTMENT, Kind.OFFICE, Kind.OTHER]), "grey", "map"),
    ],
)


def state_of(unit: Unit) -> State:
    if unit.is_closed:
        return State(f"{date_cn(unit.valid_to)}撤销", "grey", "archive")
    return State("在册", "green")


_LICENCES = {
    Licensed.HELD: State("有证", "green", "certificate"),
    Licensed.EXPIRED: State("证照过期", "amber", "clock-exclamation"),
    Licensed.NONE: State("无证", "red", "alert-triangle"),
    Licensed.UNKNOWN: State("未登记", "grey", "question-mark"),
}


def licence_state(of: Any) -> State | None:
    """How a kindergarten stands with its licence (``Licensed``, or a unit that was described); nothing for other units."""
    standing = of if isinstance(of, Licensed) else of.standing
    return _LICENCES[standing] if standing is not None else None


def _sort_words(unit: Unit) -> str:
    """«九年一贯制学校», or the kind where there is no 办学类型."""
    return SCHOOL_TYPES[unit.school_type].name if unit.school_type in SCHOOL_TYPES else unit.get_kind_display()


def _code(unit: Unit) -> str:
    return unit.institution_code or unit.region_code or unit.local_code


def _columns() -> list[Column]:
    return [
        Column("name", "名称", link=lambda unit: unit.get_absolute_url(), sub=lambda unit: unit.way, sort=("sort_no", "sort_key")),
        Column("sort", "类型", _sort_words, sort=("kind", "school_type")),
        Column("stages", "学段", "stage_words", optional=True),
        Column("ownership", "公民办", lambda unit: unit.get_ownership_display(), sort="ownership", nowrap=True, optional=True),
        Column("inclusive", "普惠", sort="inclusive", nowrap=True, hidden=True),
        Column("licence", "办园许可", lambda unit: unit.standing and unit.standing.label, show=licence_state, nowrap=True,
               optional=True),
        Column("area", "城乡", lambda unit: URBAN_RURAL[unit.urban_rural].name if unit.urban_rural in URBAN_RURAL else "",
               sort="urban_rural", nowrap=True, hidden=True),
        Column("code", "代码", _code, nowrap=True, optional=True),
        Column("valid_from", "设立日期", sort="valid_from", nowrap=True, hidden=True),
        Column("state", "状态", lambda unit: state_of(unit).word, show=state_of, nowrap=True),
    ]  # fmt: skip


def _county_name(request: Any, key: str) -> str | None:
    unit = queries.visible_unit(request.actor, key).first() if is_number(key) else None
    return unit.name if unit is not None else None


def listing(request: Any) -> Listing:
    actor: Actor = request.actor
    counties = queries.counties_of(actor)
    filters: list[Any] = [Search(placeholder="名称、别名、曾用名、拼音首字母、代码", apply=queries.search)]
    if len(counties) > 1:
        filters.append(
            Choice("county", "县市区", [(str(unit.pk), str(unit)) for unit in counties], apply=queries.within)
        )
    filters += [
        Choice("stage", "学段", Stage.Level.choices, apply=queries.with_stage),
        Choice("status", "状态（默认在册）", [("closed", "已撤销"), ("all", "在册和已撤销")], apply=lambda rows, value: rows),
        Choice("ownership", "公民办", Ownership.choices),
        YesNo("inclusive", "普惠性"),
        Choice("licence", "办园许可", Licensed.choices, apply=queries.licensed),
        Choice("school_type", "办学类型",
               [(code, f"{code} {item.name}") for code, item in SCHOOL_TYPES.items() if not item.is_attached]),
        Choice("urban_rural", "城乡类型", [(code, item.name) for code, item in URBAN_RURAL.items()]),
        Pick("under", "上级机构", lambda: f"{reverse('orgs:pick')}?verb=unit.view", _county_name, apply=queries.within),
    ]  # fmt: skip
    return Listing(
        key="units",
        columns=_columns(),
        filters=filters,
        chips=CHIPS,
        sort="name",
        prepare=lambda rows, request: queries.describe(rows),
        export=_export,
        export_name="机构信息" if actor.may_somewhere("unit.export") else None,
        empty=Empty(
            "还没有机构",
            "把学校、幼儿园和乡镇的名册导入后，可以在这里查找和管理。",
            "导入机构",
            reverse("orgs:import_new") if actor.may_somewhere("unit.import") else "",
            icon="building-community",
        ),
    )


def unit_list(request: Any) -> HttpResponse:
    actor: Actor = request.actor
    if not actor.may_somewhere("unit.view"):
        raise Denied("您没有“查看机构”的权限，如工作需要请联系安全管理员。", "unit.view")
    if request.method == "POST" and not actor.may_somewhere("unit.export"):
        raise Denied("您没有“导出机构”的权限，如工作需要请联系安全管理员。", "unit.export")
    rows = queries.listed(actor, request.GET.get("status", ""))
    more = [("机构树", reverse("orgs:tree"), "sitemap")]
    if actor.may_somewhere("unit.import"):
        more.append(("导入", reverse("orgs:import_new"), "file-import"))
    primary = ("新设机构", reverse("orgs:new"), "plus") if actor.may_somewhere("unit.open") else None
    return listing(request).respond(request, rows, title="机构", actions=more, primary=primary)


def _export(request: HttpRequest, columns: Sequence[Column], rows: Iterable[Any], name: str) -> HttpResponse:
    """The units' sheet rather than the page's columns, so that it can be imported back; the taking-out is recorded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    units = [unit for unit in rows if actor.may("unit.export", unit.path)]
    place = queries.roots_of(actor, "unit.export")[0]
    actions.note_export(actor, place=place, rows=len(units), filters=request.GET.urlencode())
    target = io.BytesIO()
    line = [f"导出单位：{place.name}", f"导出人：{actor.name}", f"导出日期：{date_cn(queries.today())}"]
    sheets.export(UNITS, papers.sheet_rows(units), target, title=f"{place.name}机构信息", line=line, lists=True)
    return attachment(target.getvalue(), f"{place.name}机构信息.xlsx")
