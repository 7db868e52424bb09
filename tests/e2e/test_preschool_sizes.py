"""Large classes and preschool education in a real browser: a county plans, the city approves, next year's returns are
held against the plan; a leader reads a preschool run.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from dudao.core.access import SYSTEM
from dudao.stats.actions import rounds
from dudao.stats.actions import sizes as acts
from dudao.stats.models import EliminationPlan, Return
from e2e.axe import run_axe
from signing import signed_in
from stats.conftest import YEAR, make_round, place, school  # noqa: F401
from stats.test_sizes import report, report_both

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def as_person(new_page, live_server):
    def enter(account, *, expected=()):
        page = new_page(expected=expected)
        cookie = signed_in(account).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_server.url}]
        )
        page.goto_name = lambda name, *args, query="": page.goto(live_server.url + reverse(name, args=args) + query)
        return page

    return enter


def look(page, name):
    """Accessible, no wider than the window, and pictured if wanted."""
    assert run_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if folder := os.environ.get("DUDAO_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def crowded(transactional_db, place):  # noqa: F811
    """Last year and this year: a crowded town, a large nine-year school, and small schools without trouble."""
    names = ("汉昌小学", "城关中心小学", "天岳小学", "安定镇中心小学", "南江桥小学", "龙门小学")
    for name in names:
        school(name, place.east, "211", "primary")
    for name in ("文星小学", "新泉小学", "鹤龙湖小学"):
        school(name, place.west, "211", "primary")
    rounds.sync_round(SYSTEM, asked=place.round)
    before = make_round(place.city, YEAR - 1)
    rounds.open_round(SYSTEM, asked=before)
    for asked, more in ((before, 2), (place.round, 0)):
        report(asked, place.primary, "primary", pupils=1210, bands=(10, 6, 4 + more, 2))
        report_both(
            asked, place.nine, {"pupils": 1800, "bands": (40, 0, 0, 0)}, {"pupils": 900, "bands": (14, 4, 2, 0)}
        )
        for number, ret in enumerate(Return.objects.filter(round=asked, unit__name__endswith="小学", version=0)):
            report(asked, ret.unit, "primary", pupils=420 + 40 * number, bands=(8 + number, number % 3, number % 2, 0))
    return place


def test_a_county_plans_the_city_approves_and_next_year_shows_the_progress(crowded, as_person):
    county = as_person(crowded.accounts["east"])
    county.goto_name("stats:sizes")
    expect(county.get_by_role("heading", name="班额校额")).to_be_visible()
    look(county, "sizes-county")
    county.get_by_role("link", name="消除计划").first.click()
    look(county, "eliminations-empty")
    county.get_by_role("link", name="编制计划").first.click()
    look(county, "elimination-new")
    county.get_by_label("起始学年").select_option(str(YEAR))
    county.get_by_label("完成年份").fill(str(YEAR + 2))
    county.get_by_role("button", name="列出学校").click()
    expect(county.get_by_text("请逐条填目标")).to_be_visible()
    county.get_by_role("button", name="平均分配目标").click()
    county.get_by_role("dialog").get_by_role("button", name="平均分配目标").click()
    expect(county.get_by_text("按年度平均分配目标，请核对")).to_be_visible()
    for row in county.locator("tbody tr").all():
        row.get_by_label("改扩建").check()
        row.locator("[name^=r-]").fill("李校长")
        row.locator("[name^=d-]").fill(f"{YEAR + 1}-08-31")
    look(county, "elimination-edit")
    county.get_by_role("button", name="保存并返回").click()
    expect(county.get_by_text("已经填全，可以提交")).to_be_visible()
    look(county, "elimination-draft")
    county.get_by_role("button", name="提交计划").click()
    county.get_by_role("dialog").get_by_role("button", name="提交计划").click()
    expect(county.get_by_text("现为“待批准”")).to_be_visible()

    city = as_person(crowded.accounts["officer"])
    city.goto_name("dashboards:home")
    city.get_by_role("link", name="2026—2027年大班额大校额消除计划").first.click()
    look(city, "elimination-waiting")
    city.get_by_role("button", name="批准计划").click()
    city.get_by_role("dialog").get_by_role("button", name="批准计划").click()
    expect(city.get_by_text("现为“已批准”")).to_be_visible()
    expect(city.locator(".dd-badge", has_text="待数据").first).to_be_visible()

    later = make_round(crowded.city, YEAR + 1)
    rounds.open_round(SYSTEM, asked=later)
    report(later, crowded.primary, "primary", pupils=1150, bands=(14, 6, 5, 0))
    report_both(later, crowded.nine, {"pupils": 1600, "bands": (40, 0, 0, 0)}, {"pupils": 880, "bands": (18, 2, 0, 0)})
    city.reload()
    expect(city.locator(".dd-badge", has_text="落后").first).to_be_visible()
    expect(city.locator(".dd-badge", has_text="已消除").first).to_be_visible()
    look(city, "elimination-progress")
    city.goto_name("stats:sizes", query=f"?year={YEAR}")
    look(city, "sizes-city")
    city.goto_name("stats:eliminations")
    look(city, "eliminations")


def test_what_is_typed_wrongly_stays_on_the_page(crowded, as_person):
    plan = acts.create_plan(SYSTEM, unit=crowded.east, base_year=YEAR, last_year=YEAR + 1)
    page = as_person(crowded.accounts["east"], expected=("422",))
    page.goto_name("stats:elimination_edit", plan.pk)
    row = page.locator("tbody tr").first
    row.locator("[name^=t-]").first.fill("三")
    row.locator("[name^=r-]").fill("王局长")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("“三”应为不小于 0 的整数")).to_be_visible()
    expect(page.locator("tbody tr").first.locator("[name^=r-]")).to_have_value("王局长")
    look(page, "elimination-wrong")
    assert EliminationPlan.objects.get().version == 0
