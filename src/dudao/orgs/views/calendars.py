"""The working calendar of a region: a year at a glance, the days that are moved, and which years are known."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core.access import Actor
from dudao.core.ui.acting import found_or_404
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb
from dudao.orgs import actions, forms, queries
from dudao.orgs.models import SpecialDay, Unit


@dataclass(frozen=True, slots=True)
class Month:
    number: int
    workdays: int
    free: str
    worked: str


def _region(request: Any) -> tuple[Unit, list[Unit]]:
    regions = queries.calendar_regions(request.actor)
    if not regions:
        raise Http404
    asked = request.GET.get("unit") or request.POST.get("unit", "")
    if not asked:
        return regions[0], regions
    found = found_or_404(next((unit for unit in regions if str(unit.pk) == asked), None))
    return found, regions


def _year(request: Any) -> int:
    text = request.GET.get("year") or request.POST.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else queries.today().year
    return year if 1950 <= year <= 2150 else queries.today().year


def _address(unit: Unit, year: int) -> str:
    return f"{reverse('orgs:calendar')}?unit={unit.pk}&year={year}"


def _days(rows: list[SpecialDay]) -> str:
    """«春节（16、17、18日）、元宵（3日）»."""
    named: dict[str, list[str]] = {}
    for row in rows:
        named.setdefault(row.name, []).append(str(row.day.day))
    return "、".join(f"{name}（{'、'.join(days)}日）" for name, days in named.items())


@require_GET
def calendar_page(request: Any) -> HttpResponse:
    actor: Actor = request.actor
    unit, regions = _region(request)
    year = _year(request)
    held = queries.calendar_of(unit)
    work = held.calendar
    months = []
    for number in range(1, 13):
        last = date(year, number, calendar.monthrange(year, number)[1])
        rows = [row for row in held.rows if (row.day.year, row.day.month) == (year, number)]
        months.append(
            Month(
                number,
                work.count_workdays(date(year, number, 1), last),
                _days([row for row in rows if not row.working]),
                _days([row for row in rows if row.working]),
            )
        )
    years_known = "、".join(f"{other}年" for other in held.years) or "无"
    keeper = held.region.name if held.region else "—"
    own = held.region is not None and held.region.pk == unit.pk
    denied = actor.why_not("calendar.edit", unit.path)
    return render(
        request,
        "orgs/calendar.html",
        {
            "unit": unit,
            "regions": regions,
            "year": year,
            "years": [(other, _address(unit, other)) for other in range(year - 2, year + 3)],
            "known": year in held.years,
            "months": months,
            "total": work.count_workdays(date(year, 1, 1), date(year, 12, 31)),
            "rows": [row for row in held.rows if row.day.year == year],
            "region": held.region,
            "own": own,
            "title": f"{unit.name}工作日历",
            "year_title": f"{year} 年共 {sum(month.workdays for month in months)} 个工作日",
            "own_text": f"{unit.name}单独登记，已知年份：{years_known}。",
            "inherited_text": f"{unit.name}没有单独登记，按“{keeper}”执行，已知年份：{years_known}。",
            "unknown_text": f"{year} 年的放假安排还没有登记，暂按周一至周五上班推算；收到国务院办公厅通知后请登记。",
            "may_edit": denied is None,
            "denied": denied.reason if denied is not None else "",
            "address": reverse("orgs:calendar"),
            "crumbs": [Crumb("机构", reverse("orgs:units"))],
        },
    )


@require_http_methods(["GET", "POST"])
def calendar_day(request: Any) -> HttpResponse:
    """Register one moved day."""
    actor: Actor = request.actor
    unit, _ = _region(request)
    actor.require("calendar.edit", unit.path)
    year = _year(request)
    form = forms.SpecialDayForm(request.POST or None)
    return answered(
        request, form,
        lambda: actions.set_special_day(
            actor, unit=unit, **{**form.values, "working": form.cleaned_data["working"] == "1"}
        ),
        "已登记，工作日推算从现在起按此计算。", to=lambda row: _address(unit, row.day.year),
        title=f"登记{unit.name}的放假或调休", save="登记", cancel_url=_address(unit, year),
        crumbs=[Crumb("工作日历", _address(unit, year))],
        note="登记后，本地区及没有单独登记的下级地区，以后推算期限都按此计算；已经定下的期限不会自动改变。",
        action=f"{request.path}?unit={unit.pk}&year={year}",
    )  # fmt: skip


@require_POST
def calendar_remove(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.visible_days(request.actor), pk=pk)
    unit, year = row.unit, row.day.year
    actions.remove_special_day(request.actor, row=row)
    messages.success(request, "已移除这一天的登记。")
    return redirect(_address(unit, year))


@require_POST
def calendar_seed(request: Any) -> HttpResponse:
    """Fill a year in from the data that the platform brings."""
    unit, _ = _region(request)
    year = _year(request)
    added, unknown = actions.seed_calendar(request.actor, unit=unit, years=[year])
    if unknown:
        messages.warning(request, f"平台还没有 {year} 年的放假安排，请按国务院办公厅通知逐日登记。")
    elif added:
        messages.success(request, f"已填入 {year} 年的 {added} 天，请与当年通知核对。")
    else:
        messages.info(request, f"{year} 年已有登记，没有改动。")
    return redirect(_address(unit, year))
