"""Runs of several years side by side, and forecasts by expected pupils."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dudao.core.access import SYSTEM
from dudao.stats.actions import balance_inputs as inputs
from dudao.stats.actions.rounds import open_round
from dudao.stats.models import (
    EnrolmentForecast,
    Return,
)
from dudao.stats.queries import balance_years
from dudao.stats.views import balance_years as balance_years_view
from signing import signed_in
from stats.conftest import make_round
from stats.test_balance import PACK, run, with_numbers
from stats.test_balance_pages import JUNIOR, county, page, run_of_city  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_years(county, good):  # noqa: F811
    """Last year's round beside this one's; the school that fails now passed then."""
    first = run(county)
    earlier = make_round(county.city, year=2024, title="上年报送")
    open_round(SYSTEM, asked=earlier)
    now, county.round = county.round, earlier
    Return.objects.filter(unit__in=[county.nine, county.complete, county.point], round=earlier).delete()
    with_numbers(county, good, county.primary, county.second, county.third)
    with_numbers(county, JUNIOR, county.middle, county.middle2)
    before = run_before = run(county)
    county.round = now
    return county, run_before or before, first


def test_years_stand_side_by_side_with_who_crossed_the_line(two_years):
    place, before, now = two_years
    found = balance_years.compared(place.actor("east"), [before.pk, now.pk])
    assert found.years == [2024, 2025]
    assert list(found.stages["平江县"]) == ["小学", "初中"], "in the order of the standard"
    rows = found.stages["平江县"]["小学"]
    assert rows[0]["code"] == "L1" and rows[0]["cells"][1]["change"] > 0
    crossed = found.crossed[0][2]["平江县"]
    assert {(row["school"], row["change"]) for row in crossed} >= {("汉昌小学", "新不达标"), ("平江四中", "新不达标")}
    client = signed_in(place.accounts["east"])
    text = page(client, "balance_years")
    assert "2024—2025学年" in text and "汉昌小学（小学）" in text
    assert page(client, "balance_years", of=f"{place.east.pk}:{PACK}", run=now.pk)
    assert "还没有均衡测算" in page(signed_in(place.accounts["west"]), "balance_years")


def test_the_chart_says_what_moved_most_over_all_its_years():
    rows = [
        {"code": code, "cells": [{"cv": value, "met": True} for value in values]}
        for code, values in {"L1": [0.3, 0.31, 0.305], "L2": [0.19, 0.185, 0.184], "L3": [None, 0.2, 0.2]}.items()
    ]
    assert balance_years_view._finding("小学", rows) == "小学 L2 的差距变化最大：缩小 0.006"
    assert balance_years_view._finding("小学", rows[2:]) == "小学各项差异系数各年基本相同"
    assert (
        balance_years_view._finding("初中", [{**rows[2], "cells": [{"cv": None, "met": None}]}]) == "初中各项差异系数"
    )


def test_a_forecast_grows_pupils_and_keeps_what_schools_have(county):  # noqa: F811
    made = run(county)
    forecast = inputs.make_forecast(
        county.actor("east"),
        run=made,
        years=2,
        growth={"小学": Decimal(10), "初中": Decimal(-5)},
        stays=Decimal(100),
        note="",
    )
    primary = forecast.results["2027"]["counties"]["平江县"]["stages"]["小学"]
    assert primary["pupils"] == 581 + 629 + 581, "480 and 520 after two years of 10 %"
    text = page(signed_in(county.accounts["east"]), "balance_forecast", forecast.pk)
    assert "2026—2027学年（预测）" in text and "不能作为申报数据" in text
    assert signed_in(county.accounts["west"]).get(forecast.get_absolute_url()).status_code == 404


def test_expected_pupils_are_filled_in_school_by_school(county):  # noqa: F811
    import openpyxl

    made = run(county)
    client = signed_in(county.accounts["east"])
    answer = client.post(reverse("stats:balance_forecast_table", args=[made.pk]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[3]}
    rows = {sheet.cell(at, heads["学校名称"]).value: at for at in range(4, sheet.max_row + 1)}
    sheet.cell(rows["三阳小学"], heads["2026—2027学年预计"], 700)
    at = rows["汉昌小学"]
    for grade in ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"):
        sheet.cell(at, heads[grade], 90)
    sheet.cell(at, heads["每年预计招生"], 50)
    target = io.BytesIO()
    book.save(target)
    url = reverse("stats:balance_forecast_new", args=[made.pk])
    data = {"years": 2, "growth_primary": "0", "growth_junior": "0", "stays": "100"}
    file = SimpleUploadedFile("预计.xlsx", target.getvalue())
    assert client.post(url, data | {"file": file}).status_code == 302
    pupils = EnrolmentForecast.objects.get().pupils
    numbers = dict(zip(made.table["columns"]["学校名称"], pupils["2026"]["小学"], strict=True))
    assert (numbers["三阳小学"], numbers["汉昌小学"], numbers["安定小学"]) == (700, 500, 480)
    numbers = dict(zip(made.table["columns"]["学校名称"], pupils["2027"]["小学"], strict=True))
    assert (numbers["三阳小学"], numbers["汉昌小学"]) == (480, 460)
    sheet.cell(at, heads["六年级"]).value = None
    book.save(target := io.BytesIO())
    answer = client.post(url, data | {"file": SimpleUploadedFile("预计.xlsx", target.getvalue())})
    assert answer.status_code == 422 and "请把 6 个年级和每年预计招生都填上" in answer.content.decode()
