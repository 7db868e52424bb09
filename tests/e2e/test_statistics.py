"""A year's numbers in a real browser: a school fills in and submits, its county sends back and accepts, the city locks; the county
fills in its own; the office keeps items and rules.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dudao.core.access import SYSTEM
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.stats.actions import catalogue, rounds
from dudao.stats.models import DataItem, Return, Value
from e2e.looking import look
from stats.conftest import GOOD, school

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


class World:
    def __init__(self):
        self.city = unit("某市", Kind.CITY, region_code="430600", valid_from=date(2000, 1, 1))
        self.east = unit("平江县", Kind.COUNTY, self.city, region_code="430626", sort_no=1)
        self.west = unit("湘阴县", Kind.COUNTY, self.city, region_code="430624", sort_no=2)
        self.school = school("三阳小学", self.east, "211", "primary")
        school("长寿学校", self.east, "312", "primary", "junior")
        school("西岭教学点", self.west, "218", "primary", kind=Kind.TEACHING_POINT)
        self.people = {
            "officer": account("丁科员", self.city, "city_officer"),
            "east": account("平江办", self.east, "county_office"),
            "clerk": account("三阳填报员", self.school, "school_reporter"),
        }
        catalogue.load_all(SYSTEM, unit=self.city)

    def ask(self, title, stages, **chosen):
        today = timezone.localdate()
        made = rounds.create_round(
            SYSTEM, unit=self.city, title=title, year=2025, stages=stages, opens_on=today - timedelta(3),
            closes_on=today + timedelta(20), items=list(DataItem.objects.filter(**chosen)),
        )  # fmt: skip
        rounds.open_round(SYSTEM, asked=made)
        return made


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
def open_as(page_of, world):
    return lambda name, **more: page_of(world.people[name], **more)


def confirm(page, words, reason=""):
    page.get_by_role("button", name=words).first.click()
    dialog = page.get_by_role("dialog")
    if reason:
        dialog.get_by_role("textbox").fill(reason)
    dialog.get_by_role("button", name=words).click()


def test_a_school_s_return_from_the_first_number_to_the_lock(open_as, world):
    asked = world.ask("义务教育数据报送", ["primary", "junior"], pack="compulsory")
    ret = Return.objects.get(round=asked, unit=world.school)
    clerk, county, city = open_as("clerk"), open_as("east"), open_as("officer")

    clerk.goto_name("stats:return_fill", ret.pk)
    keys = {item.code: item.pk for item in DataItem.objects.all()}
    for (code, stage), number in (GOOD | {("degree", "primary"): 31}).items():
        clerk.fill(f"#v-{keys[code]}-{stage or 'school'}", str(number))
    clerk.keyboard.press("Tab")
    expect(clerk.get_by_text("已填 16/16，错误 1 处")).to_be_visible()
    expect(clerk.get_by_text("大于“专任教师数”的 30")).to_be_visible()
    look(clerk, "stats-fill-error")
    clerk.fill(f"#v-{keys['degree']}-primary", "26")
    clerk.keyboard.press("Tab")
    expect(clerk.get_by_text("大于“专任教师数”的 30")).to_have_count(0)
    clerk.get_by_role("button", name="提交").click()
    expect(clerk.get_by_text("已提交，等待审核")).to_be_visible()

    county.goto_name("stats:return", ret.pk)
    look(county, "stats-judge")
    confirm(county, "退回修改", "面积与房产证不符")
    expect(county.get_by_text("现为“已退回”")).to_be_visible()

    clerk.goto_name("stats:return_fill", ret.pk)
    expect(clerk.get_by_text("面积与房产证不符").first).to_be_visible()
    look(clerk, "stats-fill-returned")
    clerk.fill(f"#v-{keys['rooms']}-school", "2500")
    clerk.get_by_role("button", name="提交").click()
    expect(clerk.get_by_text("已提交，等待审核")).to_be_visible()

    county.goto_name("stats:return", ret.pk)
    county.get_by_role("button", name="审核通过").click()
    expect(county.get_by_text("现为“已通过”")).to_be_visible()
    city.goto_name("stats:return", ret.pk)
    confirm(city, "锁定")
    expect(city.get_by_text("现为“已锁定”")).to_be_visible()
    assert Value.objects.get(ret=ret, item__code="rooms").number == 2500
    city.goto_name("stats:round", asked.pk)
    look(city, "stats-round")


def test_a_county_fills_in_its_own_return(open_as, world):
    asked = world.ask("县级数据报送", [], level="county")
    ret = Return.objects.get(round=asked, unit=world.east)
    county, city = open_as("east"), open_as("officer")
    county.goto_name("stats:return_fill", ret.pk)
    county.get_by_role("button", name="填入已有的").click()
    expect(county.get_by_text("请逐项核对")).to_be_visible()
    look(county, "stats-county-taken")
    county.get_by_role("button", name="沿用的数都核对无误").click()
    expect(county.get_by_text("沿用待核对")).to_have_count(0)
    filled = set(Value.objects.filter(ret=ret).values_list("item__code", flat=True))
    assert "primary_schools" in filled and not Value.objects.exclude(taken="").exists()
    Value.objects.bulk_create(
        Value(ret=ret, item=item, number=96 if item.code == "retention" else 9 if item.code == "population" else 0)
        for item in DataItem.objects.filter(level="county").exclude(code__in=filled)
    )
    county.goto_name("stats:return_fill", ret.pk)
    county.get_by_role("button", name="提交").click()
    expect(county.get_by_text("已提交，等待审核")).to_be_visible()
    expect(county.get_by_role("button", name="审核通过")).to_have_count(0)
    city.goto_name("stats:round", asked.pk)
    expect(city.get_by_role("link", name="待审核")).to_have_count(2)
    look(city, "stats-round-counties")
    city.goto_name("stats:return", ret.pk)
    city.get_by_role("button", name="审核通过").click()
    expect(city.get_by_text("现为“已通过”")).to_be_visible()


def test_the_office_prepares_a_round_and_keeps_items_and_rules(open_as, world):
    asked = world.ask("2025—2026学年义务教育数据报送", ["primary", "junior"], pack="compulsory")
    city = open_as("officer", expected=("422",))
    city.goto_name("stats:round", asked.pk)
    city.get_by_role("link", name="照此布置新学年").click()
    expect(city.locator("[name=title]")).to_have_value("2026—2027学年义务教育数据报送")
    city.get_by_label("班额分段").check()
    look(city, "stats-round-new")
    city.get_by_role("button", name="保存").click()
    city.get_by_role("link", name="修改要求").click()
    city.get_by_label("随迁子女数（人）", exact=True).uncheck()
    look(city, "stats-round-edit")
    city.get_by_role("button", name="保存要求").click()
    expect(city.get_by_text("已保存报送要求")).to_be_visible()
    confirm(city, "删除")
    expect(city.get_by_text("已删除“2026—2027学年义务教育数据报送”")).to_be_visible()

    city.goto_name("stats:items")
    look(city, "stats-items")
    city.get_by_role("link", name="在校生数", exact=True).click()
    look(city, "stats-item")
    city.get_by_role("link", name="修改", exact=True).click()
    look(city, "stats-item-edit")
    city.goto_name("stats:rules")
    look(city, "stats-rules")
    city.get_by_role("link", name="新建规则").click()
    look(city, "stats-rule-kinds")
    city.get_by_role("link", name="与另一项之比在范围之内").click()
    city.locator("[name=item]").select_option(label="在校生数（小学、初中、高中）")
    city.locator("[name=others]").select_option(label="专任教师数（小学、初中）")
    city.locator("[name=high]").fill("12")
    Value.objects.bulk_create(
        Value(ret=Return.objects.get(round=asked, unit=world.school), item=DataItem.objects.get(code=code),
              stage="primary", number=number)
        for code, number in (("pupils", 480), ("teachers", 30))
    )  # fmt: skip
    Return.objects.filter(unit=world.school).update(version=1)
    city.get_by_role("button", name="先试一试").click()
    expect(city.get_by_text("“在校生数”与“专任教师数”之比不大于 12")).to_be_visible()
    expect(city.get_by_text("三阳小学 小学 “在校生数”是 480 人")).to_be_visible()
    look(city, "stats-rule-tried")
    city.get_by_role("button", name="保存规则").click()
    expect(city.get_by_text("已保存规则")).to_be_visible()
    city.goto_name("stats:round_extend", asked.pk)
    look(city, "stats-extend")
    city.goto_name("stats:round_checks", asked.pk)
    look(city, "stats-checks")
