"""In a real browser: the office makes the five-year plan of its schools, fixes one, re-plans, approves and takes it away; a county
reads its part. axe on every page; ``DUDAO_SHOTS=folder`` leaves pictures.
"""

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from dudao.calc.scheduling.cycle import term_label
from dudao.core.jobs import run_now
from dudao.demo.builders import unit
from dudao.orgs.models import Kind, Stage
from dudao.selection.models import CyclePlan
from e2e.conftest import PHONE
from e2e.looking import ask, look
from evaluations_town import build_town

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WORDS = "东西南北城关河桥山水云林"


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    for county, count in ((town.county, 36), (town.other, 24)):
        for index in range(count):
            name = f"{county.name}{WORDS[index % 12]}{WORDS[(index + 5) // 3 % 12]}{'小学' if index % 3 else '学校'}"
            owner = "private" if index % 9 == 4 else "public"
            school = unit(f"{name}{index // 12 or ''}", Kind.SCHOOL, county, ownership=owner)
            Stage.objects.create(unit=school, level=Stage.Level.PRIMARY)
    return town


def computed(page) -> CyclePlan:
    """Let the worker do what waits, and go back to the plan."""
    page.wait_for_url("**/jobs/**")
    plan = CyclePlan.objects.get()
    assert run_now(plan.job).state == "done"
    return plan


def test_an_office_makes_a_five_year_plan(town, page_of, tmp_path):
    page = page_of(town.accounts["director"], path="/evaluations/cycles/", expected=("422",))
    page.get_by_text("还没有周期规划").wait_for()
    page.get_by_role("link", name="编制规划").first.click()
    page.get_by_label("规划名称").fill("2026—2031年义务教育学校综合督导规划")
    page.get_by_label("督导对象").select_option("compulsory")
    look(page, "cycles-new")
    page.get_by_role("button", name="列出学校").click()
    page.get_by_text("已列出全部学校").wait_for()

    # A county's capacity in one term, with a slip of the pen first.
    page.get_by_role("link", name="容量", exact=True).click()
    plan = CyclePlan.objects.get()
    cell = page.get_by_label(f"平江县{term_label(plan.first_term)}")
    cell.fill("三")
    page.get_by_role("button", name="保存容量").click()
    page.get_by_text("“三”不是 0 到 9999 的整数。").wait_for()
    cell.fill("2")
    look(page, "cycles-capacity")
    page.get_by_role("button", name="保存容量").click()
    page.get_by_text("容量已保存").wait_for()

    # Computed in the background, with its proof.
    page.get_by_role("button", name="开始测算").click()
    plan = computed(page)
    page.goto(page.url)
    page.get_by_role("link", name="查看结果").click()
    page.get_by_text("已证明没有更好的排法").first.wait_for()
    look(page, "cycles-plan")
    county = page.get_by_role("row", name="平江县")
    expect(county.locator("td").first).to_contain_text("2")

    # A cell opens its list; a school is fixed to another term with a reason.
    county.locator("td a").nth(1).click()
    page.get_by_role("heading", name="学校名单").wait_for()
    look(page, "cycles-schools")
    page.locator("table tbody a").first.click()
    page.get_by_text("风险分的构成").wait_for()
    page.get_by_label("固定在").select_option(str(plan.terms[-1]))
    page.get_by_label("理由").fill("新校区明年启用")
    look(page, "cycles-school")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("有学校的固定学期还没有排入").wait_for()

    # Re-planning moves few, is looked at, taken over; then the plan is approved.
    page.get_by_role("link", name="重排", exact=True).click()
    page.get_by_label("为什么重排").fill("一所学校迁建，推迟督导")
    look(page, "cycles-replan")
    page.get_by_role("button", name="开始重排").click()
    computed(page)
    page.goto(page.url)
    page.get_by_role("link", name="查看结果").click()
    page.get_by_role("heading", level=1, name="变动").wait_for()
    page.get_by_text("按要求固定：新校区明年启用。").wait_for()
    look(page, "cycles-change")
    ask(page, "采用调整")
    page.get_by_text("已采用：变动").wait_for()
    ask(page, "批准周期规划")
    page.get_by_text("已批准，按此规划执行。").wait_for()
    look(page, "cycles-approved")

    with page.expect_download() as taken:
        page.get_by_role("button", name="导出").click()
    file = tmp_path / "规划.xlsx"
    taken.value.save_as(file)
    book = CalamineWorkbook.from_path(file)
    assert book.sheet_names[:2] == ["分县分学期", "学校名单"]
    rows = book.get_sheet_by_name("学校名单").to_python()
    assert len(rows) == 60 + 3
    assert sum("民办" in row for row in rows) == 7

    # The county reads its own schools, also on a phone, and can change nothing.
    reader = page_of(town.accounts["county_officer"], PHONE, path=plan.get_absolute_url())
    expect(reader.get_by_role("row", name="平江县")).to_be_visible()
    expect(reader.get_by_role("row", name="湘阴县")).to_have_count(0)
    expect(reader.get_by_role("link", name="重排", exact=True)).to_have_count(0)
    look(reader, "cycles-county-phone")
