"""The demo city as a visitor meets it: log-in, workbench, the mark on every page, nothing from outside."""

import pytest

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    "username", ["director", "county-430626", "school-head", "inspector", "leader", "liaison-finance"]
)
def test_everybody_reaches_a_workbench_marked_as_demo(site, new_page, username):
    page = new_page()
    outside = []
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(site.url) else None)
    site.log_in(page, username)
    assert page.title()
    assert "演示数据" in page.inner_text("body")
    assert page.locator("nav").first.is_visible()
    assert not [address for address in outside if not address.startswith("data:")], (
        "everything comes from the platform itself"
    )


def test_a_wrong_password_says_so_and_lets_nobody_in(site, new_page):
    page = new_page(expected=("422",))
    page.goto(f"{site.url}/login/")
    page.fill("input[name=username]", "director")
    page.fill("input[name=password]", "not-the-password-1")
    page.click("button[type=submit]")
    assert "/login/" in page.url
    assert "不正确" in page.inner_text("body") or "错误" in page.inner_text("body")
