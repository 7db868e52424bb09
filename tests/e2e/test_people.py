"""Getting in and handling accounts in a real browser: first log-in, second factor, bulk codes on paper, looking as somebody.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from dudao.core.access import SYSTEM
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people import actions, factors
from dudao.people.queries import actor_for
from e2e.axe import run_axe
from e2e.conftest import DESK, PHONE
from signing import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
CODE = "K7MP-3XQH-9TWD"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["signing.QuickArgon2"]


@pytest.fixture
def city(transactional_db):
    return unit("岳山市", Kind.CITY)


@pytest.fixture
def county(city):
    made = unit("平东县", parent=city)
    for number, name in enumerate(("平东县第一中学", "平东县实验小学", "平东县南江镇中心小学", "平东县幼儿园"), 1):
        unit(name, Kind.KINDERGARTEN if "园" in name else Kind.SCHOOL, made, institution_code=f"214300000{number}")
    return made


def look(page: Page, name: str, size=DESK) -> None:
    """The page is accessible and fits its screen; a picture of it, where one is wanted."""
    page.wait_for_timeout(150)
    folder = os.environ.get("DUDAO_SHOTS")
    if folder:
        phone = "-phone" if size is PHONE else ""
        page.screenshot(path=Path(folder) / f"people-{name}{phone}.png", full_page=size is PHONE)
    assert run_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.fixture
def enter(live_server, new_page):
    """A browser in which a person is logged in."""

    def go(person, path="/me/", size=DESK, **more) -> Page:
        page = new_page(size, **more)
        key = signed_in(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return go


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_first_log_in_from_the_slip_of_paper(live_server, new_page, county, size):
    office = actor_for(account("吴县办", county, "county_office"))
    fresh = actions.create_accounts(office, county=county, role="school_reporter", rule="code")
    page = new_page(size, expected=("422",))
    page.goto(live_server.url)
    look(page, "login", size)
    page.get_by_label("登录名").fill(fresh[0].username)
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("登录名或密码不正确").first).to_be_visible()
    look(page, "login-failed", size)
    page.get_by_label("密码").fill(fresh[0].code.lower())
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="欢迎使用，请先设置密码")).to_be_visible()
    look(page, "first-password", size)
    page.get_by_label("姓名").fill("单志强")
    page.get_by_label("新密码", exact=False).first.fill("short")
    page.get_by_label("再输入一次新密码").fill("short")
    page.get_by_role("button", name="保存密码并继续").click()
    expect(page.get_by_text("至少要 10 个").first).to_be_visible()
    look(page, "password-weak", size)
    page.get_by_label("新密码", exact=False).first.fill("Silent-Harbour8")
    page.get_by_label("再输入一次新密码").fill("Silent-Harbour8")
    page.get_by_role("button", name="保存密码并继续").click()
    expect(page.get_by_text("密码已修改")).to_be_visible()
    page.goto(f"{live_server.url}/me/")
    expect(page.get_by_text("单志强").first).to_be_attached()
    look(page, "me", size)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_administrator_binds_an_app_before_anything_else(live_server, new_page, city, size):
    made = actions.bootstrap_administrators(SYSTEM, city=city)
    admin = made[1]
    page = new_page(size)
    page.goto(live_server.url)
    page.get_by_label("登录名").fill(admin.username)
    page.get_by_label("密码").fill(admin.code)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("新密码", exact=False).first.fill("Silent-Harbour8")
    page.get_by_label("再输入一次新密码").fill("Silent-Harbour8")
    page.get_by_role("button", name="保存密码并继续").click()
    expect(page.get_by_role("heading", name="请先设置动态口令")).to_be_visible()
    assert page.evaluate("document.querySelector('.dd-qr').naturalWidth") > 0, "the QR code is shown under the policy"
    look(page, "factor-setup", size)
    page.get_by_text("不能扫码").click()
    secret = page.locator("p.dd-code").inner_text().replace(" ", "")
    counter = list(factors.yield_hotp_counters_from_time())[1]
    page.get_by_label("App 显示的 6 位数字").fill(factors.format_hotp_value(factors.hotp_value(secret, counter)))
    page.get_by_role("button", name="确认绑定").click()
    expect(page.locator(".dd-code-list li")).to_have_count(10)
    look(page, "recovery-codes", size)
    spare = page.locator(".dd-code-list li").first.inner_text()
    page.get_by_role("button", name="已经保存，继续").click()
    page.goto(f"{live_server.url}/people/")
    expect(page.get_by_role("heading", name="人员")).to_be_visible()
    page.context.clear_cookies()
    page.goto(live_server.url)
    page.get_by_label("登录名").fill(admin.username)
    page.get_by_label("密码").fill("Silent-Harbour8")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="请输入动态口令")).to_be_visible()
    look(page, "second", size)
    page.get_by_label("动态口令").fill(spare)
    page.get_by_role("button", name="登录").click()
    page.goto(f"{live_server.url}/me/sessions/")
    look(page, "sessions", size)


def test_accounts_for_a_county_end_on_paper(enter, county, live_server):
    office = account("吴县办", county, "county_office", username="office", phone="13873001234")
    page = enter(office, "/people/")
    look(page, "list")
    page.get_by_role("link", name="批量建号").click()
    look(page, "bulk")
    page.get_by_role("combobox", name="县市区").fill("pdx")
    page.get_by_role("option", name="平东县").first.click()
    page.get_by_label("角色").select_option(label="学校（园）填报员")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("button", name="建立 4 个账号")).to_be_visible()
    look(page, "bulk-preview")
    page.get_by_role("button", name="建立 4 个账号").click()
    expect(page.locator(".dd-slips li")).to_have_count(4)
    look(page, "sheet")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.emulate_media(media="print")
    assert not page.locator(".dd-bar").is_visible()
    assert page.locator(".dd-slips").is_visible()
    if folder := os.environ.get("DUDAO_SHOTS"):
        page.pdf(path=Path(folder) / "people-sheet.pdf")
    page.emulate_media(media="screen")
    page.get_by_role("button", name="已经发放，清除").click()
    expect(page.locator(".dd-slips")).to_have_count(0)
    page.set_viewport_size(PHONE)
    look(page, "list", PHONE)


def test_one_account_is_made_appointed_seen_and_looked_at(enter, county, city):
    security = account("钱安全", city, "security_admin", username="security")
    account("孙备用", city, "security_admin")
    school = county.children.order_by("pk").first()
    page = enter(security, reverse("people:account-new"))
    look(page, "new")
    page.get_by_label("姓名").fill("单志强")
    page.get_by_label("登录名").fill("shan.zhiqiang")
    page.get_by_role("combobox", name="所在单位").fill("一中")
    page.get_by_role("combobox", name="所在单位").fill("第一中学")
    page.get_by_role("option", name=school.name).click()
    page.get_by_label("电话").fill("138 7300 1234")
    page.get_by_label("角色").select_option(label="学校（园）负责人")
    page.get_by_role("button", name="建立账号").click()
    expect(page.locator(".dd-slips li")).to_have_count(1)
    page.goto(page.url.replace("codes/", "") + "?q=szq")
    page.get_by_role("link", name="单志强").click()
    expect(page.get_by_text("138****1234")).to_be_visible()
    look(page, "account")
    page.get_by_role("button", name="查看全号").click()
    expect(page.get_by_text("13873001234")).to_be_visible()
    page.get_by_role("button", name="以此人身份查看").click()
    page.locator("dialog[open] textarea").fill("核对权限")
    look(page, "view-as-confirm")
    page.locator("dialog[open]").get_by_role("button", name="以此人身份查看").click()
    expect(page.get_by_text("正以“单志强”的身份查看")).to_be_visible()
    look(page, "view-as")
    page.get_by_role("button", name="结束查看").click()
    expect(page.get_by_text("已结束以“单志强”的身份查看")).to_be_visible()
    page.set_viewport_size(PHONE)
    look(page, "account", PHONE)


def test_an_administrator_is_let_in_anew_by_two_others_each_with_half_of_the_code(enter, new_page, live_server, city):
    security = account("钱安全", city, "security_admin", username="security")
    system = account("赵系统", city, "system_admin", username="system")
    audit = account("孙审计", city, "audit_admin", username="audit")
    page = enter(security, audit.get_absolute_url())
    page.get_by_role("link", name="申请重置登录").click()
    page.get_by_label("原因").fill("本人电话说忘记了密码")
    look(page, "change-ask")
    page.get_by_role("button", name="提出申请").click()
    first = page.locator(".dd-code.is-large").inner_text()
    look(page, "change-half")
    page = enter(system, "/")
    page.get_by_role("link", name="重置登录：孙审计").first.click()
    look(page, "change")
    page.get_by_role("link", name="确认").click()
    page.get_by_label("怎样核实的").fill("到办公室当面问了本人")
    look(page, "change-confirm")
    page.get_by_role("button", name="核实无误，确认").click()
    second = page.locator(".dd-code.is-large").inner_text()
    page.goto(page.url.replace("codes/", "changes/"))
    expect(page.get_by_text("已确认").first).to_be_visible()
    look(page, "changes")
    page.set_viewport_size(PHONE)
    look(page, "changes", PHONE)
    page = new_page(expected=("422",))
    for typed, inside in ((second, False), (f"{first}{second}", True)):
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("登录名").fill("audit")
        page.get_by_label("密码").fill(typed)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_label("再输入一次新密码")).to_be_visible(visible=inside)


def test_the_log_and_the_policy(enter, city, county):
    security = account("钱安全", city, "security_admin", username="security")
    audit = account("孙审计", city, "audit_admin", username="audit")
    reporter = account("冯填报", county.children.order_by("pk").first(), "school_reporter", last_login=timezone.now())
    actions.disable_account(actor_for(security), account=reporter, reason="调离本校")
    page = enter(audit, reverse("people:events"))
    expect(page.get_by_text("调离本校")).to_be_visible()
    look(page, "log")
    page.set_viewport_size(PHONE)
    look(page, "log", PHONE)
    page = enter(security, reverse("people:policy"))
    look(page, "policy")
    page.goto(page.url.replace("policy/", "powers/"))
    look(page, "powers")
    page.set_viewport_size(PHONE)
    look(page, "powers", PHONE)
    page.set_viewport_size(DESK)
    page.goto(page.url.replace("powers/", "policy/"))
    page.goto(page.url.replace("policy/", f"why/?place={county.path}"))
    look(page, "why")
