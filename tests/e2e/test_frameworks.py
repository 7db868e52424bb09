"""An indicator system in a real browser: drafted from a standard or from nothing, checked, compared, published, retired.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import pytest
from django.db import IntegrityError
from playwright.sync_api import expect

from dudao.demo.builders import account, unit
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import publish_version
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from e2e.looking import look

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def director(transactional_db):
    return account("丁主任", unit("某市", Kind.CITY), "city_director")


@pytest.fixture
def page(page_of, director):
    return page_of(director)


def test_drafted_checked_compared_and_published(page, director):
    page.goto_name("frameworks:versions")
    look(page, "frameworks-empty")
    page.get_by_role("link", name="载入标准").first.click()
    page.get_by_label("标准").select_option("school-safety-36")
    look(page, "frameworks-load")
    page.get_by_role("button", name="载入为草稿").click()
    expect(page.get_by_role("heading", name="学校安全工作检查（一）")).to_be_visible()
    expect(page.get_by_text("没有发现问题")).to_be_visible()
    look(page, "frameworks-version")
    page.get_by_role("button", name="发布").first.click()
    page.get_by_role("dialog").get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布“学校安全工作检查（一）（第 1 版）”")).to_be_visible()
    page.get_by_role("button", name="另立新版本").click()
    page.get_by_role("link", name="修改 SF1.1", exact=True).click()
    look(page, "frameworks-node")
    page.locator("[name=points]").fill("1")
    page.get_by_role("button", name="保存指标").click()
    expect(page.get_by_text("下级合计 5")).to_be_visible()
    look(page, "frameworks-errors")
    page.get_by_role("link", name="修改 SF1.2", exact=True).click()
    page.locator("[name=points]").fill("3")
    page.get_by_role("button", name="保存指标").click()
    page.get_by_role("link", name="比较版本").click()
    expect(page.get_by_text("从第 1 版到第 2 版")).to_be_visible()
    look(page, "frameworks-compare")
    assert list(FrameworkVersion.objects.order_by("number").values_list("state", flat=True)) == ["published", "draft"]


def test_a_county_starts_from_nothing_publishes_and_retires(page_of, director):
    county = unit("平江县", Kind.COUNTY, director.home)
    page = page_of(account("平江办", county, "county_office"))
    page.goto_name("frameworks:versions")
    page.get_by_role("link", name="新建").first.click()
    page.get_by_label("名称").fill("2026年乡镇（街道）教育工作评价")
    look(page, "frameworks-start")
    page.get_by_role("button", name="新建草稿").click()
    expect(page.get_by_text("已新建“2026年乡镇（街道）教育工作评价”")).to_be_visible()
    look(page, "frameworks-blank")
    for code, name, points in (("A1", "履职保障", "60"), ("A2", "办学管理", "30")):
        page.get_by_role("link", name="在 T 下新增", exact=True).click()
        page.locator("[name=code]").fill(code)
        page.locator("[name=name]").fill(name)
        page.locator("[name=points]").fill(points)
        page.locator("[name=kind]").select_option("judged")
        page.get_by_role("button", name="保存指标").click()
        expect(page.get_by_text(f"已新增“{code} {name}”")).to_be_visible()
    expect(page.locator("#check")).to_contain_text("T：下级分值合计 90，与本级满分 100 不符")
    expect(page.get_by_role("button", name="发布")).to_be_disabled()
    page.locator("#check").get_by_role("link", name="T：").click()
    page.get_by_label("A2 分值", exact=True).fill("40")
    expect(page.locator("#check")).to_contain_text("没有发现问题")
    page.get_by_role("button", name="发布").first.click()
    page.get_by_role("dialog").get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布“2026年乡镇（街道）教育工作评价（第 1 版）”")).to_be_visible()
    assert page.get_by_label("A2 分值", exact=True).count() == 0

    made = FrameworkVersion.objects.get()
    with pytest.raises(IntegrityError, match="frozen"):
        Indicator.objects.filter(version=made, code="A1").update(points=1)
    page.get_by_role("button", name="停用指标体系").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("改用市里统一的评价")
    page.get_by_role("dialog").get_by_role("button", name="停用指标体系").click()
    expect(page.get_by_text("已停用“2026年乡镇（街道）教育工作评价（第 1 版）”")).to_be_visible()
    look(page, "frameworks-retired")
    page.get_by_role("button", name="另立新版本").click()
    expect(page.get_by_text("已另立新版本")).to_be_visible()
    assert list(FrameworkVersion.objects.order_by("number").values_list("state", flat=True)) == ["retired", "draft"]


def test_a_large_standard_and_one_with_a_hole(page, director):
    actor = actor_for(director)
    balance = load_pack(actor, unit=director.home, name="excellent-balance-2017").version
    holed = load_pack(actor, unit=director.home, name="teaching-routine-100").version
    publish_version(actor, version=balance)
    page.goto_name("frameworks:version", balance.pk)
    expect(page.get_by_role("heading", name="一票否决")).to_be_visible()
    look(page, "frameworks-balance")
    page.goto_name("frameworks:version", holed.pk)
    page.get_by_role("button", name="发布").first.click()
    page.get_by_label("接受提醒的理由").fill("来源如此")
    page.get_by_role("dialog").get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布“教学常规评分细则（第 1 版）”")).to_be_visible()
    page.goto_name("frameworks:versions")
    look(page, "frameworks-list")
    assert Indicator.objects.filter(version=holed).count() == 6
