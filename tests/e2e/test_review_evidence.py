"""In a real browser: a unit's files beside what they prove, by key and by click, for the reviewer and for whom checks; on a phone
over the page; axe on all.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import csv
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
import typst
from django.utils import timezone
from docx import Document

from dudao.core import files, jobs
from dudao.core.models import Job
from dudao.evidence.actions.library import add_file
from dudao.evidence.models import EvidenceLink
from e2e.axe import run_axe
from e2e.conftest import PHONE
from e2e.looking import look
from review_town import build, given_to_two

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

RULES = b"""#set page(width: 210mm, height: 297mm)
#set text(size: 14pt)
= School council, rules of procedure
#for n in range(1, 12) [+ Article #n: #lorem(40)
]"""


def _docx() -> bytes:
    book, out = Document(), io.BytesIO()
    book.add_heading("平江县第一中学自评说明", 1)
    book.add_paragraph("一、党组织会议每月召开，全年十二次，记录齐全。")
    book.save(out)
    return out.getvalue()


def _csv() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["月份", "次数"], *([f"{month}月", 1] for month in range(1, 13))])
    return out.getvalue().encode("utf-8-sig")


@pytest.fixture
def desk(db, settings, tmp_path):
    """A review whose first indicator has four files: a PDF, a picture, a table, a Word document."""
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    given_to_two(town)
    picture = typst.compile(RULES, format="png", ppi=96)
    contents = {
        "议事规则.pdf": typst.compile(RULES),
        "会议照片.png": picture[0] if isinstance(picture, list) else picture,
        "会议次数.csv": _csv(),
        "自评说明.docx": _docx(),
    }
    for name, content in contents.items():
        stored = files.store(io.BytesIO(content), name)
        version = add_file(town.principal, unit=town.school, file=stored, name=name).version
        EvidenceLink.objects.create(
            version=version,
            key=f"answer:{town.subject.pk}:F1.1",
            label="F1.1",
            unit=town.school,
            created_by_name="方校长",
            created_at=timezone.now() - timedelta(1),
        )
    return town


def seen(page, name):
    """As `look`, for a page with a PDF in it, whose viewer never comes to rest."""
    if folder := os.environ.get("DUDAO_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), caret="initial")
    assert not run_axe(page), name


def test_files_are_read_beside_the_mark(desk, page_of):
    page = page_of(desk.accounts["inspector"], path=f"/evaluations/reviews/{desk.one.pk}/?code=F1.1")
    pane, count = page.locator("[data-viewer-pane]"), page.locator("[data-viewer-count]")
    look(page, "review-files-closed")
    assert not pane.is_visible()
    page.keyboard.press("v")
    page.locator("iframe.ev-frame").wait_for()
    assert count.inner_text() == "1/4"
    seen(page, "review-files-pdf")
    page.keyboard.press("]")
    picture = pane.locator("[data-viewer-body] img")
    picture.wait_for()
    page.wait_for_function("picture => picture.complete && picture.naturalWidth > 0", arg=picture.element_handle())
    narrow = picture.bounding_box()["width"]
    look(page, "review-files-picture")
    for _ in range(3):
        page.keyboard.press("+")
    assert picture.bounding_box()["width"] > narrow * 1.5
    look(page, "review-files-zoomed")
    page.keyboard.press("0")
    assert abs(picture.bounding_box()["width"] - narrow) < 1
    page.keyboard.press("]")
    pane.get_by_text("12月").wait_for()
    look(page, "review-files-table")

    # Marks go on beside it; the pane stays open on the next indicator that has files, and is out of the way on one that has none.
    page.keyboard.press("1")
    page.locator("[data-saved]", has_text="已保存").wait_for()
    page.keyboard.press("j")
    page.wait_for_url("**code=F1.2**")
    assert page.locator(".mk-desk.is-viewing").count() == 0 and page.locator(".mk-tree").is_visible()
    page.keyboard.press("k")
    page.wait_for_url("**code=F1.1**")
    page.locator("iframe.ev-frame").wait_for()
    page.keyboard.press("Escape")
    assert not pane.is_visible()
    page.reload()
    assert not pane.is_visible()


def test_a_document_is_converted_where_it_is_read(desk, page_of):
    page = page_of(desk.accounts["inspector"], path=f"/evaluations/reviews/{desk.one.pk}/?code=F1.1")
    page.get_by_role("link", name="自评说明").first.click()
    page.get_by_text("正在转换").wait_for()
    jobs.run_now(Job.objects.get(kind="evidence.preview"))
    page.locator("iframe.ev-frame").wait_for()
    assert "/reviews/" in page.url
    seen(page, "review-files-word")


def test_on_a_phone_they_lie_over_the_page_and_without_a_script_on_a_page(desk, page_of, browser, live_server):
    page = page_of(desk.accounts["inspector"], PHONE, path=f"/evaluations/reviews/{desk.one.pk}/?code=F1.1")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    link = page.get_by_role("link", name="会议照片").first
    link.click()
    pane = page.locator("[data-viewer-pane]")
    pane.locator("[data-viewer-body] img").wait_for()
    look(page, "review-files-phone")
    assert pane.bounding_box() == {"x": 0, "y": 0, "width": PHONE["width"], "height": PHONE["height"]}
    assert not [url for url in asked if "/file/" in url], "a phone gets the picture, not the original"
    pane.get_by_role("button", name="会议次数").click()
    pane.get_by_text("12月").wait_for()
    pane.get_by_role("button", name="关闭材料").click()
    assert not pane.is_visible() and page.locator("a[data-view]:focus").inner_text() == "会议次数"

    plain = browser.new_context(java_script_enabled=False, locale="zh-CN")
    plain.add_cookies(page.context.cookies())
    bare = plain.new_page()
    bare.goto(page.url)
    with plain.expect_page() as opened:
        bare.get_by_role("link", name="会议照片").first.click()
    assert opened.value.get_by_role("heading", name="会议照片").is_visible()
    plain.close()


def test_who_checks_and_the_unit_read_them_where_they_stand(desk, page_of):
    for who in ("county_officer", "principal"):
        page = page_of(desk.accounts[who], path=f"/evaluations/subjects/{desk.subject.pk}/answer/?at=F1.1")
        page.locator(".ev-box a[data-view]").first.wait_for()
        page.keyboard.press("v")
        page.locator("iframe.ev-frame").wait_for()
        assert page.locator(".sa.is-viewing").count() == 1 and not page.locator(".sa-tree").is_visible()
        page.locator("[data-viewer-strip] button").nth(1).click()
        page.locator("[data-viewer-body] img").wait_for()
        look(page, f"check-files-{who}")
        # On to an indicator without files: the tree is there again.
        page.keyboard.press("n")
        page.get_by_text("还没有佐证材料").first.wait_for()
        assert page.locator(".sa-tree").is_visible() and page.locator(".sa.is-viewing").count() == 0
