"""Large classes and preschool education in a real browser: a county plans, the city approves, next year's returns are
held against the plan; a leader reads a preschool run.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dudao.core.access import SYSTEM
from dudao.stats.actions import rounds
from dudao.stats.actions import sizes as acts
from dudao.stats.models import EliminationPlan, PreschoolRun, Return, Value
from e2e.looking import look
from stats.conftest import YEAR, make_round, place, school  # noqa: F401
from stats.test_preschool import gardens  # noqa: F401
from stats.test_sizes import report, report_both

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


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


def test_a_county_plans_the_city_approves_and_next_year_shows_the_progress(crowded, page_of):
    county = page_of(crowded.accounts["east"])
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

    city = page_of(crowded.accounts["officer"])
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


def test_what_is_typed_wrongly_stays_on_the_page(crowded, page_of):
    plan = acts.create_plan(SYSTEM, unit=crowded.east, base_year=YEAR, last_year=YEAR + 1)
    page = page_of(crowded.accounts["east"], expected=("422",))
    page.goto_name("stats:elimination_edit", plan.pk)
    row = page.locator("tbody tr").first
    row.locator("[name^=t-]").first.fill("三")
    row.locator("[name^=r-]").fill("王局长")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("“三”应为不小于 0 的整数")).to_be_visible()
    expect(page.locator("tbody tr").first.locator("[name^=r-]")).to_have_value("王局长")
    look(page, "elimination-wrong")
    assert EliminationPlan.objects.get().version == 0


def test_the_city_evaluates_preschool_education_and_a_county_reads_what_it_lacks(
    transactional_db,
    gardens,  # noqa: F811
    page_of,
    tmp_path,
):
    Value.objects.filter(ret__unit=gardens.second, item__code="kg_books").delete()
    city = page_of(gardens.accounts["officer"])
    city.goto_name("stats:preschools")
    look(city, "preschool-empty")
    city.get_by_role("link", name="新的测算").first.click()
    city.get_by_label("范围").select_option(str(gardens.city.pk))
    look(city, "preschool-new")
    city.get_by_role("button", name="开始测算").click()
    expect(city.get_by_text("已测算 4 所幼儿园，2 个县市区")).to_be_visible()
    look(city, "preschool-run")
    city.get_by_role("link", name="平江县").first.click()
    expect(city.get_by_text("75 %，还差 5 个百分点，约 36 个普惠学位").first).to_be_visible()
    expect(city.get_by_text("P26：生均图书无法计算，没有报数")).to_be_visible()
    expect(city.get_by_text("P29：保育员 4 人，应有 6 人，还缺 2 人")).to_be_visible()
    look(city, "preschool-county")
    city.get_by_role("link", name="逐项判定").click()
    evidence = tmp_path / "党组织名册.txt"
    evidence.write_text("三个支部", encoding="utf-8")
    city.get_by_label("基本合格").check()
    city.get_by_label("依据").fill("三所幼儿园有支部，一所没有指导员")
    city.get_by_label("佐证材料").set_input_files(evidence)
    look(city, "preschool-judge")
    city.get_by_role("button", name="保存判定").click()
    expect(city.get_by_text("已判定 P4：基本合格。还有 22 项待判定。")).to_be_visible()
    city.get_by_role("link", name="取消").click()
    expect(city.get_by_text("三所幼儿园有支部，一所没有指导员")).to_be_visible()
    expect(city.get_by_role("link", name="党组织名册.txt")).to_be_visible()
    look(city, "preschool-judged")
    with city.expect_download() as download:
        city.get_by_role("button", name="导出").click()
    book = Path(os.environ.get("DUDAO_SHOTS") or tmp_path) / "preschool.xlsx"
    download.value.save_as(book)
    assert book.stat().st_size > 5000

    made = PreschoolRun.objects.get()
    county = page_of(gardens.accounts["east"], expected=("404",))
    county.goto_name("stats:preschools")
    expect(county.get_by_text("还没有普及普惠测算")).to_be_visible()
    county.goto_name("stats:preschool", made.pk)
    expect(county.get_by_text("没有找到")).to_be_visible()
