"""The leaders' board: every number is the length of the list it leads to, and every chart says what it shows."""

import re
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.plans.actions.assignments import confirm, report, sign
from dudao.plans.actions.hand_down import hand_on
from dudao.plans.models import Assignment
from dudao.plans.queries import lights_on
from dudao.plans.queries.overview import board
from plans.conftest import a_row, a_task, day, fresh
from signing import signed_in


def scene(city) -> None:
    """One confirmed, one late, two open (one due soon), one waiting, one handed on to a school, one draft."""
    done = a_row(city, title="已完成的")
    sign(city.county, row=done, leader="张", person="刘")
    report(city.county, row=fresh(done), text="完成。", progress=100, complete=True)
    confirm(city.officer, row=fresh(done), opinion="属实")
    late = a_row(city, title="逾期的")
    Assignment.objects.filter(pk=late.pk).update(
        starts=day(-60), deadline=day(-20), issued_at=late.issued_at - timedelta(days=60)
    )
    a_row(city, city.xiangyin, deadline=3, title="快到期的")
    waiting = a_row(city, title="等确认的")
    sign(city.county, row=waiting, leader="张", person="刘")
    report(city.county, row=fresh(waiting), text="完成。", progress=100, complete=True)
    upper = a_row(city, title="转办的")
    sign(city.county, row=upper, leader="张", person="刘")
    hand_on(city.county, row=fresh(upper), units=[city.school], deadline=day(20))
    a_task(city, title="没下达的")


def figures(city, name="leader"):
    found = board(getattr(city, name), lights_on(day()), city.plan)
    return {figure.name: figure for figure in found.figures}, found


def test_figures_count_what_was_handed_down_and_compare(city):
    scene(city)
    found, shown = figures(city, "officer")
    assert shown.rows == 5
    assert {name: figure.value for name, figure in found.items() if name != "平均完成率"} == {
        "任务": 6, "已完成": 1, "逾期": 1, "7 天内到期": 1, "等待确认": 1,
    }  # fmt: skip
    assert found["任务"].compare == "还有 1 项没有下达"
    assert found["逾期"].compare == "与 7 天前相同（1 项次）"
    assert "序时进度" in found["平均完成率"].compare


def test_every_figure_leads_to_the_list_it_counts(city):
    scene(city)
    client = signed_in(city.account("officer"))
    found, shown = figures(city, "officer")
    for name in ("任务", "已完成", "逾期", "7 天内到期", "等待确认"):
        assert _length(client, found[name].url) == found[name].value, name
    for chart in shown.charts:
        if chart.spec["kind"] == "rank" and chart.spec["unit"] == "项次":
            values = chart.spec["series"][0]["values"]
            assert [_length(client, link) for link in chart.spec["links"]] == values
        if chart.spec["kind"] == "stack":
            sums = [sum(values) for values in zip(*(series["values"] for series in chart.spec["series"]), strict=True)]
            assert [_length(client, link) for link in chart.spec["links"]] == sums


def _length(client, url) -> int:
    html = client.get(url).content.decode()
    match = re.search(r'-count">共 <span class="dd-num">(\d+)</span>', html)
    assert match, url
    return int(match.group(1))


def test_charts_are_titled_by_what_they_show(city):
    scene(city)
    titles = [chart.finding for chart in figures(city)[1].charts]
    assert "平江县逾期最多：1 项次" in titles
    assert "湘阴县完成最少：0/1 项次" in titles
    assert any(title.startswith("“队伍建设”进展最慢") for title in titles)
    assert any(title.endswith("到期未完成 1 项次") for title in titles)


def test_the_board_asks_a_fixed_number_of_queries(city):
    scene(city)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            figures(city)
        counts.append(len(queries))
        scene(city)
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_a_county_leader_sees_the_county_only(city):
    scene(city)
    found, shown = figures(city, "stranger")
    assert shown.rows == 1
    assert found["逾期"].value == 0


def test_the_page_opens_before_and_after_there_is_anything(city):
    client = signed_in(city.account("leader"))
    url = reverse("dashboards:overview")
    assert "任务还没有下达" in client.get(url).content.decode()
    scene(city)
    html = client.get(url).content.decode()
    assert html.count("<dd-chart") >= 4
    assert client.get("/")["Location"] == url
