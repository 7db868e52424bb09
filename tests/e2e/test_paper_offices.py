"""Style and templates of an office's papers in a real browser: a sample that follows the form, a template from download to use.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import docx
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dudao.papers.models import OfficeStyle, Template
from e2e.conftest import PHONE
from e2e.looking import look
from papers.conftest import build_office

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db):
    return build_office()


@pytest.fixture
def open_page(page_of, office):
    """A page as the officer who keeps papers in shape."""

    return lambda name, *args, **more: page_of(
        office.accounts["drafter"], path=reverse(f"papers:{name}", args=args), **more
    )


def test_the_sample_follows_what_is_typed_and_says_what_does_not_fit(open_page, office):
    page = open_page("style_edit")
    samples = page.locator(".dd-paper-beside img")
    expect(samples).to_have_count(2)
    before = samples.first.get_attribute("src")
    page.get_by_label("每页行数").fill("20")
    page.get_by_label("每行字数").fill("25")
    page.get_by_label("每行字数").press("Tab")
    expect(samples.first).not_to_have_attribute("src", before, timeout=20_000)
    look(page, "papers-style-edit")
    page.get_by_label("每页行数").fill("60")
    page.get_by_label("每页行数").press("Tab")
    expect(page.locator(".dd-paper-beside")).to_contain_text("请减少行数或字号", timeout=20_000)
    page.get_by_label("每页行数").fill("20")
    page.get_by_role("button", name="保存版式").click()
    expect(page.get_by_text("文书版式已保存")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("每页 20 行，每行 25 字")).to_be_visible()
    look(page, "papers-style")
    assert OfficeStyle.objects.get(unit=office.city, valid_to=None).layout["grid"] == {"lines": 20, "characters": 25}


def test_a_template_from_the_download_to_its_use_and_back(open_page, tmp_path):
    page = open_page("template_kind", "rectification", expected=("422",))
    look(page, "papers-template-kind")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载起步模板").click()
    mine = tmp_path / "整改通知书.docx"
    download.value.save_as(mine)
    document = docx.Document(mine)
    document.paragraphs[-1].insert_paragraph_before("{{ 整改期线 }}")
    document.save(mine)

    def upload():
        page.get_by_role("link", name="上传模板").first.click()
        page.locator("input[type=file]:not([capture])").set_input_files(mine)
        page.get_by_role("button", name="上传并试填").click()

    upload()
    expect(page.get_by_text("是不是“整改期限”").first).to_be_visible(timeout=20_000)
    look(page, "papers-template-refused")
    document = docx.Document(mine)
    next(each for each in document.paragraphs if "期线" in each.text).text = "本单位的格式"
    document.save(mine)
    page.get_by_role("link", name="取消").click()
    upload()
    expect(page.locator(".dd-paper-pages img").first).to_be_visible(timeout=20_000)
    look(page, "papers-template")
    page.get_by_role("button", name="启用").click()
    page.get_by_role("dialog").get_by_role("button", name="启用").click()
    expect(page.get_by_text("使用中")).to_be_visible()
    assert Template.objects.get().in_use
    page.get_by_role("button", name="恢复自带格式").click()
    page.get_by_role("dialog").get_by_role("button", name="恢复自带格式").click()
    expect(page.get_by_text("已恢复平台自带的格式")).to_be_visible()
    assert not Template.objects.get().in_use


def test_both_pages_fit_a_phone(open_page):
    for name in ("style", "templates"):
        look(open_page(name, size=PHONE), f"papers-{name}-phone")
