"""The platform's main job in a browser, on the real server: from the document as issued to the ledger that leaders read."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from e2e.looking import look

pytestmark = pytest.mark.e2e

OWN = Path(__file__).parents[1] / "calc/worktext/data/plan-2024.txt"
REAL = Path(__file__).parents[3] / "shared/seed/yueyang-2023-work-points.txt"
DOCUMENT = REAL if REAL.exists() else OWN
COUNTY = "平江县"


@pytest.mark.parametrize("document", sorted({OWN, DOCUMENT}), ids=lambda path: path.stem)
def test_a_document_becomes_a_plan_that_counties_carry_out(site, new_page, tmp_path, document):
    page = new_page()
    site.log_in(page, "director")
    address = imported(page, site.url, document)
    reviewed(page)
    published(page)
    task, title = drafted(page)
    rows = handed_down(page, task)
    assert rows == 13
    rest_handed_down(page, site.url, address)
    reported(new_page(), site, title, tmp_path)
    confirmed(page, site.url, title)
    ledger = downloaded(page, address, tmp_path)
    found = [
        row for row in ledger if any(str(cell) == COUNTY for cell in row) and any(title in str(cell) for cell in row)
    ]
    assert len(found) == 1
    assert any("已确认" in str(cell) for cell in found[0])


def imported(page: Page, url: str, document: Path) -> str:
    """Upload the file; six sections and fifteen points with items and targets are found."""
    page.goto(f"{url}/plans/")
    page.get_by_role("link", name="导入工作要点").click()
    page.set_input_files("input[type=file]", str(document))
    page.get_by_role("button", name="导入并校对").click()
    page.wait_for_url("**/review/")
    expect(page.locator(".rv-tree .rv-section")).to_have_count(6)
    expect(page.locator(".rv-tree .rv-name")).to_have_count(15)
    expect(page.locator(".rv-item")).not_to_have_count(0)
    page.locator(".rv-tree .rv-name").nth(13).click()
    expect(page.locator("#review-at h2")).to_contain_text("第 14 条")
    expect(page.locator("[data-guess]", has_text="1:5")).not_to_have_count(0)
    return page.url.split("review/")[0]


def reviewed(page: Page) -> None:
    """Take over what is proposed, put a heading right, check every point from the keyboard."""
    remarks = page.locator("#review-remarks > ul form")
    for left in range(remarks.count(), 0, -1):
        remarks.first.get_by_role("button").first.click()
        expect(remarks).to_have_count(left - 1)
    page.locator(".rv-tree .rv-name").first.click()
    expect(page.locator("#review-at h2")).to_contain_text("第 1 条")
    heading = page.get_by_label("标题", exact=True)
    heading.fill(heading.input_value() + "（校对）")
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    page.keyboard.press("Escape")
    for done in range(1, 16):
        page.keyboard.press("Enter")
        expect(page.locator("#review-status")).to_contain_text(f"15 条要点，已校对 {done}")
    expect(page.locator("#review-status")).to_contain_text("待确认 0")


def published(page: Page) -> None:
    page.get_by_role("button", name="发布计划").click()
    page.get_by_role("dialog").get_by_role("button", name="发布计划").click()
    expect(page.get_by_role("heading", name="下一步：生成任务")).to_be_visible()
    expect(page.locator(".pl-point")).to_have_count(15)


def drafted(page: Page) -> tuple[str, str]:
    """Draft tasks of every item; the first of them that speaks of the counties is taken on."""
    page.get_by_label("文中没有写时限的，统一按").fill((date.today() + timedelta(days=40)).isoformat())
    page.get_by_role("button", name=re.compile("生成 .* 条任务草稿")).click()
    page.wait_for_url("**/plans/tasks/?plan=*")
    link = page.get_by_role("link", name=re.compile(r"^1-2 "))
    title = link.inner_text().removeprefix("1-2 ")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return page.url, title


def handed_down(page: Page, task: str) -> int:
    """The counties that the text names are ticked already."""
    page.get_by_role("link", name="下达").first.click()
    ticked = page.locator("input[name=counties]:checked")
    expect(ticked).to_have_count(13)
    page.get_by_role("button", name="下达", exact=True).click()
    page.wait_for_url(task)
    expect(page.locator("#messages")).to_contain_text("13 个单位")
    return 13


def rest_handed_down(page: Page, url: str, plan: str) -> None:
    """All other drafts in one table: who the text names is ticked already; a column is taken away and given back, a row walked."""
    page.goto(f"{url}/plans/tasks/?state=draft&plan={plan.rstrip('/').rpartition('/')[2]}")
    page.get_by_label("选择本页全部").first.check()
    page.get_by_role("button", name="下达").click()
    table = page.locator("dd-cross table")
    expect(table).to_be_visible()
    rows = table.locator("tbody tr").count()
    assert rows > 10, "the drafts of the plan"
    said = page.locator("[data-cross-count]")
    boxes = table.get_by_role("checkbox")
    ticked = table.locator("input[type=checkbox]:checked").count()
    assert 0 < ticked < boxes.count(), "some rows are for the counties by the text, others are not"
    head = page.get_by_role("button", name="平江县：整列选或不选")
    head.click()
    assert table.get_by_role("checkbox", name=re.compile("：平江县$"), checked=True).count() == rows
    expect(said).to_contain_text(f"已选 {rows} 项任务")
    table.get_by_role("checkbox", name=re.compile("：平江县$")).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('td').cellIndex") > 3
    look(page, "hand-down-matrix")
    page.get_by_role("button", name="下达", exact=True).click()
    expect(page.locator("#messages")).to_contain_text(f"已下达 {rows} 项任务")


def reported(page: Page, site, title: str, folder: Path) -> None:
    """The county signs and reports with a file."""
    site.log_in(page, "county-430626")
    page.goto(f"{site.url}/plans/rows/?q={title}")
    page.get_by_role("link", name=re.compile(title[:12])).first.click()
    page.get_by_role("link", name="签收").click()
    page.get_by_label("责任人", exact=False).last.fill("李敏")
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_role("link", name="报送进展或完成").click()
    proof = folder / "工作总结.txt"
    proof.write_text("已按要求完成，附会议纪要。", encoding="utf-8")
    page.get_by_label("进展情况").fill("已按要求完成，形成工作总结。")
    page.get_by_label("完成率（%）").fill("100")
    if page.locator("input[name=achieved]").count():
        page.locator("input[name=achieved]").fill("10")
    page.set_input_files("input[name=files]", str(proof))
    page.get_by_label("这项工作已经全部完成").check()
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已报送完成")
    expect(page.get_by_text("工作总结.txt")).to_be_visible()


def confirmed(page: Page, url: str, title: str) -> None:
    """The city opens the report and confirms it."""
    page.goto(f"{url}/plans/rows/?scope=all&state=reported&q={title}")
    page.get_by_role("link", name=re.compile(title[:12])).first.click()
    page.get_by_role("link", name="确认完成").click()
    page.get_by_label("复核意见").fill("材料齐全，同意。")
    page.get_by_role("button", name="确认完成", exact=True).click()
    expect(page.get_by_text("已确认").first).to_be_visible()


def downloaded(page: Page, address: str, folder: Path) -> list[tuple[object, ...]]:
    """The ledger as the office takes it away."""
    page.goto(address)
    page.get_by_role("link", name="台账", exact=True).click()
    with page.expect_download() as wanted:
        page.get_by_role("button", name="导出 Excel 台账").click()
    path = folder / "ledger.xlsx"
    wanted.value.save_as(path)
    return list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
