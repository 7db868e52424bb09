"""From the question mark of a page to the manual and its chapters, at the desk and on the phone."""

import pytest
from playwright.sync_api import expect

from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from e2e.conftest import PHONE
from e2e.looking import look

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [None, PHONE])
def test_the_manual_is_reached_from_a_page(page_of, size):
    head = account("王校长", unit("三阳小学", Kind.SCHOOL), "school_head")
    page = page_of(head, *([size] if size else []), path="/")
    page.get_by_role("button", name="个人菜单").click()
    page.get_by_role("link", name="使用手册").last.click()
    expect(page.get_by_role("heading", name="使用手册", level=1)).to_be_visible()
    page.get_by_role("link", name="文书", exact=True).last.click()
    expect(page.get_by_role("heading", name="文书", level=1)).to_be_visible()
    look(page, f"manual-{'phone' if size else 'desk'}")
