"""The review screen in a real browser: saved without a click, nothing lost, worked from the keyboard, seen by everybody."""

import re
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.contenttypes.management import create_contenttypes
from django.test import Client
from playwright.sync_api import expect

from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from dudao.plans.actions.document import edit_point, import_plan
from dudao.plans.models import Guess, Point
from e2e.axe import run_axe
from e2e.conftest import DESK, PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TEXT = (Path(__file__).parents[1] / "plans/document/plan.txt").read_text(encoding="utf-8")


class Desk:
    """A draft, two people who may put it right, and their browsers."""

    def __init__(self, live_server, new_page):
        for app in apps.get_app_configs():
            create_contenttypes(app, verbosity=0)  # emptied between tests
        self.url, self.new_page = live_server.url, new_page
        city = unit("某市", Kind.CITY)
        unit("平江县", Kind.COUNTY, city)
        self.officer = account("王科", city, "city_officer")
        self.director = account("李主任", city, "city_director")
        self.plan = import_plan(actor_for(self.officer), unit=city, text=TEXT)
        self.address = f"{self.url}/plans/{self.plan.pk}/review/"

    def point(self, number):
        return Point.objects.select_related("section").get(section__plan=self.plan, number=number)

    def open(self, number="1", who=None, size=DESK, **more):
        client = Client()
        client.force_login(who or self.officer)
        page = self.new_page(size, **more)
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}])
        page.goto(f"{self.address}?at=p{self.point(number).pk}")
        expect(page.locator("#review-at h2")).to_contain_text(f"第 {number} 条")
        return page


@pytest.fixture
def desk(live_server, new_page):
    return Desk(live_server, new_page)


def saved(page):
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"已保存 \d\d:\d\d"))


def test_words_save_themselves_and_their_items_follow(desk):
    page = desk.open()
    text = page.get_by_label("正文")
    text.fill(text.input_value().replace("逐项核查", "逐条逐项核查"))
    saved(page)
    expect(page.get_by_label("第 1 项")).to_have_value(re.compile("^逐条逐项核查"))
    page.get_by_label("第 3 项").fill("把督导经费列入年度预算。")
    saved(page)
    expect(text).to_have_value(re.compile("三是把督导经费列入年度预算。"))
    assert desk.point("1").text.endswith("三是把督导经费列入年度预算。")


def test_a_lost_connection_loses_nothing(desk):
    page = desk.open(expected=("ERR_INTERNET_DISCONNECTED",))
    page.context.set_offline(True)
    page.get_by_label("标题", exact=True).fill("断网时写的标题")
    expect(page.locator("[data-saved]")).to_contain_text("网络中断，已存在本机")
    page.context.set_offline(False)
    saved(page)
    assert desk.point("1").title == "断网时写的标题"


def test_what_a_crash_left_in_the_browser_is_offered_again(desk):
    """A crash is played by what it leaves: leaving a page in order sends the last words along."""
    page = desk.open()
    key = f"dd-draft:{desk.officer.pk}:/plans/review/points/{desk.point('1').pk}/"
    page.evaluate(
        "key => localStorage.setItem(key, JSON.stringify({at: Date.now(), values: [['title', '没有送到的标题']]}))", key
    )
    page.reload()
    expect(page.locator("[data-draft-offer]")).to_contain_text("本机有未保存的内容")
    page.get_by_role("button", name="恢复").click()
    saved(page)
    assert desk.point("1").title == "没有送到的标题"


def test_the_last_words_are_sent_when_the_page_is_left(desk):
    page = desk.open()
    page.get_by_label("标题", exact=True).fill("最后写的标题")
    page.goto(f"{desk.url}/plans/")
    until = time.monotonic() + 8
    while desk.point("1").title != "最后写的标题" and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert desk.point("1").title == "最后写的标题"


def test_two_people_at_once_see_both_versions(desk):
    page = desk.open(expected=("409",))
    edit_point(actor_for(desk.director), point=desk.point("1"), revision=0, title="主任的标题")
    page.get_by_label("标题", exact=True).fill("科员的标题")
    panel = page.locator("[data-conflict]")
    expect(panel).to_contain_text("李主任")
    expect(panel).to_contain_text("主任的标题")
    assert page.get_by_label("标题", exact=True).input_value() == "科员的标题"
    page.get_by_role("button", name="用我的内容保存").click()
    expect(panel).to_have_count(0)
    saved(page)
    assert desk.point("1").title == "科员的标题"
    edit_point(actor_for(desk.director), point=desk.point("1"), revision=2, title="主任又改了")
    page.get_by_label("标题", exact=True).fill("科员也又改了")
    page.get_by_role("link", name="用对方的内容").click()
    expect(page.get_by_label("标题", exact=True)).to_have_value("主任又改了")
    assert desk.point("1").title == "主任又改了"


def test_guesses_are_decided_from_the_keyboard_and_shown_in_the_source(desk):
    page = desk.open()
    page.keyboard.press("j")
    first = page.locator("[data-guess]").first
    expect(first).to_be_focused()
    words = first.locator("q").inner_text()
    expect(page.locator(".rv-source mark.is-focus").first).to_have_text(words)
    page.keyboard.press("a")
    expect(page.locator("[data-guess].is-accepted")).to_have_count(1)
    page.keyboard.press("x")
    expect(page.locator("[data-guess].is-rejected")).to_have_count(1)
    states = list(Guess.objects.filter(point=desk.point("1")).values_list("state", flat=True))
    assert (states.count("accepted"), states.count("rejected")) == (1, 1)
    page.keyboard.press("e")
    expect(page.locator("[data-guess-form]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-guess-form]")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.locator("#review-at h2")).to_contain_text("第 2 条")
    page.keyboard.press("p")
    expect(page.locator("#review-at h2")).to_contain_text("第 1 条")
    page.keyboard.press("Enter")
    expect(page.locator("#review-at h2")).to_contain_text("第 2 条")
    assert desk.point("1").checked


def test_a_point_is_parted_at_the_cursor_deleted_and_brought_back(desk):
    page = desk.open("2")
    page.get_by_label("正文").evaluate(
        "area => { area.focus(); const at = area.value.indexOf('建立信息'); area.setSelectionRange(at, at); }"
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator(".rv-tree .rv-name")).to_have_count(6)
    assert desk.point("2").text.endswith("联席会议，")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_label("正文")).to_have_value(re.compile("^建立信息互通"))
    page.locator("#words").get_by_role("button", name="删除").click()
    expect(page.locator(".rv-tree .rv-name")).to_have_count(5)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".rv-tree .rv-name")).to_have_count(6)
    expect(page.get_by_label("正文")).to_have_value(re.compile("^建立信息互通"))


def test_a_click_into_the_source_opens_the_piece(desk):
    page = desk.open()
    page.locator("[data-line='17']").click()
    expect(page.locator("#review-at h2")).to_contain_text("第 3 条")
    expect(page.locator("[data-line='17']")).to_have_class("is-current")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_are_accessible_and_fit_their_screen(desk, size):
    page = desk.open(who=desk.director, size=size)
    for address in ("", "../../", "../../import/", "../../import/?how=paste"):
        if address:
            page.goto(desk.address + address)
        assert run_axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
