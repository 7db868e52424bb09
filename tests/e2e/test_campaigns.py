"""In a real browser: an evaluation of the county governments from the template to the next year's; what a county and a kindergarten
see of it; axe on every page. ``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import pytest
from playwright.sync_api import Page

from dudao.demo.builders import unit
from dudao.evaluations.models import Amendment, Campaign
from dudao.orgs.models import Kind
from e2e.conftest import PHONE
from e2e.looking import ask, look
from evaluations_town import build_town, campaign, published

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

COUNTIES = ("岳阳楼区", "云溪区", "君山区", "岳阳县", "华容县", "汨罗市", "临湘市")


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    for name in COUNTIES:
        unit(name, Kind.COUNTY, town.city)
    return town


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path, *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def press(page: Page, word: str, said: str) -> None:
    page.get_by_role("button", name=word, exact=True).click()
    page.get_by_text(said).first.wait_for()


def test_an_evaluation_of_the_governments_and_the_next_one(town, open_as):
    # Without a published system the page says so and leads there.
    director = open_as("director", "/evaluations/new/", expected=("422",))
    director.get_by_text("先到指标体系里载入、核对、发布").first.wait_for()
    look(director, "templates-unready")

    version = published(town, "county-government-template")
    director.goto(director.url)
    director.get_by_role("link", name="县市区人民政府履行教育职责评价", exact=True).click()
    look(director, "new")
    director.get_by_label("依据和目的").fill("《岳阳市2026年教育督导工作要点》")
    press(director, "建立项目", "按条件选入 9 个对象")
    row = Campaign.objects.get()
    assert row.version == version
    look(director, "draft")

    # The draft is looked through: phases, rules, subjects.
    director.get_by_role("link", name="核对阶段和日期").click()
    look(director, "phases")
    director.get_by_label("要求").first.fill("对照指标逐项自评，上传佐证材料，提交签字盖章的自评报告，不超过5000字。")
    press(director, "保存阶段", "已保存 8 个阶段")
    director.get_by_role("link", name="核对规则").click()
    look(director, "rules")
    director.get_by_label("停报日期").fill("国庆节")
    press(director, "保存规则", "读不出来")
    director.get_by_label("停报日期").fill("2027-10-01 至 2027-10-08 国庆节放假")
    press(director, "保存规则", "规则已保存")
    director.get_by_text("2027年10月1日至2027年10月8日（国庆节放假）").wait_for()
    director.goto(f"{director.url.split('?')[0]}subjects/choose/")
    look(director, "choose")
    director.get_by_label("功能区").check()
    press(director, "按条件选入", "现有 9 个对象")
    look(director, "subjects")

    # Tried on invented marks, then started.
    director.goto(f"{director.url.split('subjects')[0]}dry-run/")
    director.get_by_role("heading", name="排名").wait_for()
    look(director, "dry-run")
    director.get_by_role("link", name="换一组样本").click()
    director.get_by_role("link", name="回到项目").click()
    ask(director, "启动项目")
    director.get_by_text("项目已启动").wait_for()
    look(director, "running")
    row.refresh_from_db()
    assert row.state == "running"

    # A county sees it, and its own row; another county's is not there.
    county = open_as("county_officer", "/evaluations/")
    county.get_by_role("link", name=row.title).first.click()
    county.get_by_role("link", name="平江县人民政府").first.wait_for()
    assert county.get_by_text("湘阴县人民政府").count() == 0
    look(county, "county")
    look(open_as("county_officer", row.get_absolute_url(), PHONE), "county-phone")

    # A change is an amendment with its reason, which the county reads.
    director.goto(f"{row.get_absolute_url()}amend/" if director.url.startswith("/") else f"{director.url}amend/")
    look(director, "amend")
    director.get_by_label("变更理由").fill("与高考评卷时间重叠")
    director.get_by_label("逾期怎么办").select_option("refuse")
    press(director, "确认变更", "已变更：“逾期怎么办”由")
    look(director, "amendments")
    assert Amendment.objects.get().reason == "与高考评卷时间重叠"
    county.goto(f"{county.url}?tab=amendments")
    county.get_by_text("与高考评卷时间重叠").wait_for()

    # The notice is drafted from it, for all receivers at once.
    director.goto(f"{director.url.split('?')[0]}?tab=papers")
    director.get_by_role("button", name="起草").first.click()
    director.get_by_text("已起草").wait_for()
    look(director, "papers")

    # Next year's is cloned.
    director.goto(director.url.split("?")[0])
    director.get_by_role("link", name="建立下一轮").click()
    look(director, "clone")
    press(director, "建立项目", "阶段顺延，规则照旧")
    director.get_by_text("对象和上一轮相同").wait_for()
    look(director, "cloned")
    director.goto(f"{director.url.split('/evaluations/')[0]}/evaluations/")
    look(director, "list")
    assert Campaign.objects.filter(basis=row, state="draft").exists()


def test_the_late_are_reminded_given_time_or_let_off(town, open_as):
    running = campaign(town, title="2026年幼儿园督导评估")
    officer = open_as("officer", f"{running.get_absolute_url()}subjects/", expected=("422",))
    officer.get_by_role("checkbox", name="选择平江县小太阳幼儿园").check()
    officer.get_by_role("button", name="延长期限").click()
    press(officer, "延长期限", "请填写“理由”")
    officer.get_by_label("延长到").fill("2030-01-05")
    officer.get_by_label("理由").fill("园舍维修")
    look(officer, "extend")
    press(officer, "延长期限", "已为 1 个单位延长期限")
    look(officer, "subjects-running")
    head = open_as("private_head", running.get_absolute_url())
    head.get_by_role("link", name="平江县小太阳幼儿园").first.wait_for()
    look(head, "kindergarten")
