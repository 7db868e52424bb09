"""The parts of the design system in a real browser: they work, under the content policy, for a keyboard and on a phone."""

import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from e2e.axe import run_axe
from e2e.conftest import DESK, PHONE
from e2e.styles import unstyled

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PAGES = ["ui/", "ui/list/", "ui/object/", "ui/form/", "ui/board/"]


@pytest.fixture
def visit(live_server, new_page):
    def go(path: str, size=DESK, **more) -> Page:
        page = new_page(size, **more)
        page.goto(f"{live_server.url}/dev/{path}")
        return page

    return go


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_is_accessible_and_fits_its_screen(visit, path, size):
    page = visit(path, size)
    page.wait_for_timeout(300)
    assert run_axe(page) == []
    assert unstyled(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_charts_are_drawn_as_pictures_without_inline_style(visit):
    page = visit("ui/board/")
    expect(page.locator("dd-chart svg").first).to_be_visible()
    for chart in page.locator("dd-chart").all():
        chart.scroll_into_view_if_needed()
    expect(page.locator("dd-chart svg")).to_have_count(4)
    assert "平江县" in page.locator("dd-chart svg").first.text_content()
    page.locator("dd-chart").first.hover(position={"x": 200, "y": 60})
    expect(page.locator("dd-chart svg").first).to_contain_text("逾期")


def test_a_chart_that_nobody_looks_at_is_drawn_for_the_printer_alone(visit):
    page = visit("ui/board/")
    page.evaluate(
        """() => {
          const chart = document.createElement("dd-chart"), source = document.createElement("script");
          source.type = "application/json";
          source.textContent = JSON.stringify({ kind: "bar", categories: ["平江县"], series: [{ name: "逾期", values: [3] }] });
          chart.id = "far";
          chart.style.display = "none";
          chart.append(source);
          document.querySelector("main").append(chart);
        }"""
    )
    expect(page.locator("dd-chart svg").first).to_be_visible()
    expect(page.locator("#far svg")).to_have_count(0)
    page.evaluate("document.getElementById('far').style.display = ''; window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#far svg")).to_have_attribute("height", "250")


def test_a_chart_is_saved_as_a_picture_with_its_title(visit, tmp_path):
    page = visit("ui/board/")
    expect(page.locator("dd-chart svg").first).to_be_visible()
    button = page.get_by_role("button", name="存为图片").first
    title = button.get_attribute("aria-label").partition("：")[2]
    with page.expect_download() as told:
        button.click()
    assert told.value.suggested_filename == f"{title}.png"
    told.value.save_as(tmp_path / "chart.png")
    with Image.open(tmp_path / "chart.png") as made:
        box = page.locator("dd-chart svg").first.bounding_box()
        assert made.width > 2 * box["width"] and made.height > 2 * box["height"]
        seen = {pixel for _, pixel in made.convert("RGB").getcolors(1_000_000)}
    assert (255, 255, 255) in seen and len(seen) > 20, "drawn, on white"


def test_a_chart_leads_to_the_list_behind_it(visit):
    page = visit("ui/board/")
    expect(page.locator("dd-chart svg").first).to_be_visible()
    box = page.locator("dd-chart").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.35, box["y"] + 28)
    page.wait_for_url("**/dev/ui/list/")


def test_searching_swaps_the_list_and_keeps_the_focus(visit):
    page = visit("ui/list/")
    before = page.evaluate("window.mark = 1")
    search = page.get_by_role("searchbox", name="搜索", exact=True)
    search.press_sequentially("session", delay=30)
    page.wait_for_url("**/dev/ui/list/?q=session")
    expect(page.locator("#list-dev tbody tr")).not_to_have_count(20)
    expect(search).to_be_focused()
    expect(search).to_have_value("session")
    assert page.evaluate("window.mark") == before, "the page was loaded whole"
    search.press_sequentially("x", delay=30)
    expect(page.get_by_text("没有符合条件的内容")).to_be_visible()


def test_a_swapped_list_is_the_list_of_its_address(visit):
    page = visit("ui/list/")
    page.locator(".dd-chip", has_text="进行中").click()
    page.wait_for_url("**state=doing*")
    page.get_by_role("link", name="所属应用").click()
    page.wait_for_url("**sort=app_label*")
    text = "document.querySelector('#list-dev').innerText + document.querySelector('#list-dev-count').innerText"
    swapped = page.evaluate(text)
    page.reload()
    assert page.evaluate(text) == swapped


def test_going_back_restores_the_list(visit):
    page = visit("ui/list/")
    page.locator(".dd-chip", has_text="已完成").click()
    page.wait_for_url("**state=done*")
    page.go_back()
    page.wait_for_url("**/dev/ui/list/")
    expect(page.locator(".dd-chip[aria-current]")).to_contain_text("全部")


def test_columns_are_chosen_and_remembered(visit):
    page = visit("ui/list/")
    expect(page.locator("th", has_text="备注")).to_have_count(0)
    page.get_by_role("button", name="列", exact=True).click()
    page.locator("dd-columns").get_by_label("备注").check()
    expect(page.locator("th", has_text="备注")).to_be_visible()
    page.reload()
    expect(page.locator("th", has_text="备注")).to_be_visible()
    expect(page.locator("th", has_text="进度")).to_be_visible()


def test_a_selection_opens_the_bulk_bar_and_a_reason_is_asked_for(visit):
    page = visit("ui/list/")
    bar = page.locator("[data-bulk-bar]")
    expect(bar).to_be_hidden()
    page.get_by_label("选择本页全部").check()
    expect(bar).to_contain_text("已选 20 条")
    page.locator("[data-bulk-everything]").click()
    expect(bar).not_to_contain_text("已选 20 条")
    bar.get_by_role("button", name="退回").click()
    dialog = page.get_by_role("dialog", name="退回")
    expect(dialog).to_contain_text("退回后由原单位修改")
    dialog.get_by_role("button", name="退回").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("退回理由").fill("材料不全")
    dialog.get_by_role("button", name="退回").click()
    expect(page.locator("#messages")).to_contain_text("reason=材料不全")
    expect(page.locator("#messages")).to_contain_text("everything=1")


def test_export_downloads_the_sheet_and_the_button_wakes_up(visit):
    page = visit("ui/list/?state=done")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出").click()
    assert download.value.suggested_filename == "样例台账.xlsx"
    expect(page.get_by_role("button", name="导出")).to_be_enabled(timeout=6000)


def test_the_row_menu_works_by_keyboard_and_tells_what_is_denied(visit):
    page = visit("ui/list/")
    page.locator(".dd-kebab").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="查看").first).to_be_focused()
    expect(page.locator(".dropdown-menu.show [aria-disabled] .dd-why")).to_contain_text("已下达的任务不能删除")


def test_the_picker_is_driven_by_keyboard_alone(visit):
    page = visit("ui/form/")
    box = page.get_by_role("combobox", name="牵头应用")
    box.press_sequentially("sess", delay=30)
    expect(page.locator(".dd-picker-list [role=option]:visible").first).to_be_visible()
    box.press("ArrowDown")
    expect(page.locator(".dd-picker-list [aria-selected=true]:visible")).to_have_count(1)
    box.press("Enter")
    expect(page.locator(".dd-picker-list:visible")).to_have_count(0)
    assert re.fullmatch(r"\d+", page.locator('input[name="lead"]').input_value())
    shown = box.input_value()
    box.fill("half")
    page.keyboard.press("Tab")
    expect(box).to_have_value(shown)
    box.fill("")
    page.keyboard.press("Tab")
    expect(page.locator('input[name="lead"]')).to_have_count(0)


def test_several_choices_can_be_picked_and_taken_back(visit):
    page = visit("ui/form/")
    box = page.get_by_role("combobox", name="配合应用")
    for _ in range(2):
        box.click()
        page.locator(".dd-picker-list [role=option]:visible").first.click()
    expect(page.locator('input[name="others"]')).to_have_count(2)
    page.get_by_role("button", name=re.compile("^去掉")).first.click()
    expect(page.locator('input[name="others"]')).to_have_count(1)


def test_a_draft_survives_a_closed_page(visit):
    page = visit("ui/form/")
    page.get_by_label("任务名称").fill("写了一半")
    page.get_by_label("绿灯").check()
    expect(page.locator("[data-draft-note]")).to_contain_text("草稿已存在本机")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("任务名称")).to_have_value("")
    page.get_by_role("button", name="恢复草稿").click()
    expect(page.get_by_label("任务名称")).to_have_value("写了一半")
    expect(page.get_by_label("绿灯")).to_be_checked()


def test_leaving_with_unsaved_input_is_asked_about(visit):
    page = visit("ui/form/")
    page.get_by_label("任务名称").press_sequentially("x")
    seen = []
    page.once("dialog", lambda dialog: (seen.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="取消").click()
    page.wait_for_timeout(300)
    assert seen == ["beforeunload"]
    assert page.url.endswith("/dev/ui/form/")


def test_a_saved_form_leaves_no_draft_behind(visit):
    page = visit("ui/form/", expected=("422",))
    page.get_by_label("任务名称").fill("错")
    page.get_by_role("button", name="保存任务").click()
    expect(page.get_by_role("alert").first).to_contain_text("需要修改")
    page.get_by_label("任务名称").fill("开展专项督导")
    page.get_by_label("工作类别").select_option("b")
    page.get_by_label("完成时限").fill("2026-12-01")
    page.get_by_role("combobox", name="牵头应用").click()
    page.locator(".dd-picker-list [role=option]:visible").first.click()
    page.get_by_label("绿灯").check()
    page.get_by_role("button", name="保存任务").click()
    page.wait_for_url("**/dev/ui/list/")
    expect(page.locator("#messages")).to_contain_text("已保存“开展专项督导”")
    page.goto(page.url.replace("/list/", "/form/"))
    expect(page.get_by_label("任务名称")).to_have_value("")
    expect(page.get_by_role("button", name="恢复草稿")).to_have_count(0)


def test_a_form_is_sent_once_however_often_one_clicks(visit):
    page = visit("ui/")
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.route("**/dev/ui/", lambda route: (page.wait_for_timeout(10), route.continue_()))
    page.evaluate(
        """() => { const dialog = [...document.querySelectorAll('dialog')].find((node) => node.ariaLabel === '下达');
        dialog.showModal();
        const button = dialog.querySelector('[type=submit]'); button.click(); button.click(); button.click(); }"""
    )
    expect(page.locator("#messages")).to_contain_text("已收到")
    assert sent == ["POST"]


def test_upload_refuses_before_sending(visit):
    page = visit("ui/form/")
    page.locator('input[type="file"]').set_input_files(
        [
            {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": b"x"},
            {"name": "程序.exe", "mimeType": "application/octet-stream", "buffer": b"x"},
            {"name": "空.pdf", "mimeType": "application/pdf", "buffer": b""},
            {"name": "名册.et", "mimeType": "application/octet-stream", "buffer": b"x"},
        ]
    )
    expect(page.locator("dd-upload")).to_contain_text("“程序.exe”的格式不对，请选 pdf、docx、xlsx 文件")
    expect(page.locator("dd-upload")).to_contain_text("“名册.et”：请用WPS另存为.xlsx后上传")
    assert ".et" in page.locator('input[type="file"]').get_attribute("accept"), "it can be chosen, so that this is said"
    expect(page.locator("dd-upload")).to_contain_text("“空.pdf”是空文件")


def test_the_tree_opens_by_arrow_keys(visit):
    page = visit("ui/")
    page.get_by_role("button", name="岳阳楼区的下级").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="第一小学")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="第一小学")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="岳阳楼区")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="第一小学")).to_be_hidden()


def test_the_menu_folds_and_stays_folded(visit):
    page = visit("ui/")
    page.get_by_role("button", name="收起菜单").click()
    expect(page.locator("html")).to_have_attribute("data-menu", "slim")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-menu", "slim")


def test_a_phone_has_bottom_bar_and_menu(visit):
    page = visit("ui/list/", PHONE)
    expect(page.locator(".dd-menu")).to_be_hidden()
    page.get_by_role("button", name="更多", exact=True).click()
    expect(page.locator("#dd-offcanvas").get_by_role("link", name="机构人员")).to_be_visible()


def test_a_lost_connection_is_told_and_changes_nothing(visit):
    page = visit("ui/list/", expected=("Failed to load resource", "htmx:"))
    rows = page.locator("#list-dev tbody tr").count()
    page.context.set_offline(True)
    page.locator(".dd-chip", has_text="已完成").click()
    expect(page.locator("#messages")).to_contain_text("网络连接中断")
    assert page.locator("#list-dev tbody tr").count() == rows


def test_the_skip_link_comes_first(visit):
    page = visit("ui/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()


def test_paper_shows_the_list_without_the_shell(visit):
    page = visit("ui/list/")
    page.emulate_media(media="print")
    expect(page.locator(".dd-bar")).to_be_hidden()
    expect(page.locator(".dd-menu")).to_be_hidden()
    expect(page.locator("#list-dev table")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
