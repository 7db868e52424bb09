"""The shell with real people in it: every entry of every menu opens, is accessible and fits; search, help, bell and switch work."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from e2e.axe import run_axe
from e2e.conftest import DESK, PHONE
from e2e.looking import settled
from e2e.styles import unstyled

pytestmark = pytest.mark.e2e
ROLES = ["officer1", "county-430626", "school-reporter", "inspector", "leader"]
"""The first sees the most: the pages of the others are examined for accessibility where they are not hers too."""


def each_entry(page):
    """Open every entry of the menu, those below it included (they show once it is open); answers address and response."""
    seen = set()
    for top in page.eval_on_selector_all(".dd-menu > ul > li > a", "nodes => nodes.map((node) => node.href)"):
        waiting = [top]
        while waiting:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            answer = page.goto(address)
            settled(page)
            yield address, answer
            waiting += page.eval_on_selector_all(".dd-menu-sub a", "nodes => nodes.map((node) => node.href)")


@pytest.fixture(scope="module")
def examined():
    """The addresses that axe has seen."""
    return set()


@pytest.mark.parametrize("username", ROLES)
def test_every_menu_entry_opens_is_accessible_and_fits(site, new_page, examined, username):
    page = new_page()
    site.log_in(page, username)
    for address, answer in each_entry(page):
        assert answer.status == 200, address
        assert unstyled(page) == [], address
        if (path := urlsplit(address).path) not in examined or path == "/":
            examined.add(path)
            assert run_axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= DESK["width"], address
        assert page.locator("h1").count() == 1, address


@pytest.mark.parametrize("username", ["school-reporter", "county-430626"])
def test_the_same_pages_fit_a_phone(site, new_page, username):
    page = new_page(PHONE)
    site.log_in(page, username)
    for address, _ in each_entry(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        expect(page.locator(".dd-bottom")).to_be_visible()
    assert run_axe(page) == []


def test_a_unit_is_found_by_its_initials_from_the_top_bar(site, new_page):
    page = new_page()
    site.log_in(page, "officer1")
    page.get_by_label("全站搜索").fill("pjx")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="平江县", exact=True).click()
    expect(page.locator("h1")).to_contain_text("平江县")


def test_help_of_the_page_opens_in_place(site, new_page):
    page = new_page()
    site.log_in(page, "county-430626")
    page.get_by_role("button", name="本页帮助").click()
    expect(page.get_by_role("heading", name="工作台", level=2)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="工作台", level=2)).to_be_hidden()


def test_a_figure_of_the_board_opens_the_list_it_counts(site, new_page):
    page = new_page()
    site.log_in(page, "leader")
    figure = page.locator(".dd-kpi").filter(has=page.get_by_text("逾期", exact=True))
    number = figure.locator(".dd-kpi-value").inner_text().split()[0].removesuffix("项次")
    figure.click()
    expect(page.locator("#list-rows-count .dd-num")).to_have_text(number)


def test_a_to_do_leads_to_the_page_where_it_is_done(site, new_page):
    page = new_page()
    site.log_in(page, "county-430626")
    todo = page.locator(".dd-todo li", has=page.locator(".btn")).first
    title = todo.locator("a").first.inner_text()
    todo.locator(".btn").click()
    expect(page.locator("main")).to_contain_text(title.split(" ", 1)[-1])


def test_logging_out_forgets_the_drafts_of_this_machine(site, new_page):
    page = new_page()
    site.log_in(page, "officer1")
    page.evaluate("localStorage.setItem('dd-draft:1:/x/', '{\"at\":1,\"values\":[]}')")
    page.get_by_role("button", name="个人菜单").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login/**")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('dd-draft:')).length") == 0
