"""Units in a real browser: list, tree of today and of a day, the page of a school, forms with pickers, import, calendar.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import io
import os
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from dudao.core import jobs
from dudao.core.access import SYSTEM
from dudao.core.models import SheetImport
from dudao.demo.builders import account
from dudao.demo.city import build_units
from dudao.orgs import actions
from dudao.orgs.models import Kind, Unit
from dudao.orgs.sheet import UNITS
from dudao.people.queries import actor_for
from e2e.axe import run_axe
from e2e.conftest import DESK, PHONE
from signing import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def city(transactional_db):
    build_units(scale=0.05)
    found = Unit.objects.get(kind=Kind.CITY)
    actions.seed_calendar(SYSTEM, unit=found, years=[2026])
    return found


@pytest.fixture
def director(city):
    return account("丁主任", city, "city_director")


@pytest.fixture
def school(city):
    return Unit.objects.filter(kind=Kind.SCHOOL, parent__kind=Kind.TOWNSHIP).first()


@pytest.fixture
def enter(live_server, new_page):
    """A browser in which a person is logged in."""

    def go(person, path, size=DESK, **more) -> Page:
        page = new_page(size, **more)
        key = signed_in(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return go


def look(page: Page, name: str, size=DESK) -> None:
    """The page is accessible and fits its screen; a picture of it, where one is wanted."""
    page.wait_for_timeout(150)
    folder = os.environ.get("DUDAO_SHOTS")
    if folder:
        phone = "-phone" if size is PHONE else ""
        page.screenshot(path=Path(folder) / f"units-{name}{phone}.png", full_page=size is PHONE)
    assert run_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_fits_and_is_accessible(enter, director, school, size):
    officer = actor_for(director)
    actions.save_contact(officer, unit=school, name="张三", position="校长", phone="13807300001", leader=True)
    actions.rename_unit(
        officer, unit=school, name=f"{school.name}（新校区）", day=date(2026, 9, 1), reason="平教字〔2026〕5号"
    )
    page = enter(director, "/units/", size)
    look(page, "list", size)
    pages = {
        "unit": reverse("orgs:unit", args=[school.pk]),
        "past": reverse("orgs:unit-past", args=[school.pk]),
        "below": reverse("orgs:unit-below", args=[school.parent_id]),
        "new": reverse("orgs:new"),
        "import-new": reverse("orgs:import_new"),
        "calendar": reverse("orgs:calendar") + "?year=2026",
        **{
            name: reverse(f"orgs:{name}", args=[school.pk])
            for name in ("edit", "rename", "move", "merge", "split", "close")
        },
        "tree": reverse("orgs:tree"),
    }
    for name, path in pages.items():
        page.goto(page.url.split("/units")[0] + path)
        if name != "tree":
            look(page, name, size)
    page.locator("[data-tree-toggle][aria-expanded=false]").first.click()
    expect(page.locator("dd-tree li li li").first).to_be_visible()
    look(page, "tree", size)


def test_the_list_narrows_while_one_types(enter, director, school):
    page = enter(director, "/units/")
    page.get_by_role("searchbox").last.fill(school.initials)
    expect(page.locator("tbody tr").first).to_contain_text(school.name)
    page.wait_for_url("**/units/?*q=*")


def test_the_tree_of_a_past_day(enter, director, school):
    old = school.name
    actions.rename_unit(actor_for(director), unit=school, name="新名小学", day=date(2026, 9, 1))
    page = enter(director, reverse("orgs:tree"))
    page.get_by_label("截至日期").fill("2026-08-31")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("这是2026年8月31日的机构树")).to_be_visible()
    for name in [unit.name for unit in reversed([school.parent, school.parent.parent])]:
        page.get_by_role("button", name=f"{name}的下级", exact=True).first.click()
    expect(page.get_by_role("link", name=old, exact=True)).to_be_visible()


def test_a_school_moves_by_form_and_picker(enter, director, school):
    target = Unit.objects.filter(kind=Kind.TOWNSHIP).exclude(pk=school.parent_id).last()
    page = enter(director, reverse("orgs:unit", args=[school.pk]))
    page.get_by_role("button", name=f"{school.name}的操作").click()
    page.get_by_role("link", name="变更隶属").click()
    page.get_by_role("combobox").first.fill(target.name)
    page.get_by_role("option").filter(has_text=target.parent.name).first.click()
    page.get_by_role("button", name="确认变更").click()
    expect(page.get_by_text(f"“{school.name}”已隶属“{target.name}”")).to_be_visible()
    school.refresh_from_db()
    assert school.parent == target


def test_a_phone_is_shown_in_its_place(enter, director, school):
    actions.save_contact(actor_for(director), unit=school, name="张三", position="校长", phone="13807300001")
    page = enter(director, reverse("orgs:unit", args=[school.pk]))
    row = page.locator("tr", has_text="张三")
    expect(row).to_contain_text("138****0001")
    row.get_by_role("button", name="查看全号").click()
    expect(row).to_contain_text("13807300001")
    assert page.url.endswith(reverse("orgs:unit", args=[school.pk]))


def sheet(path: Path, *lines) -> Path:
    book = openpyxl.Workbook()
    active = book.active
    active.title = UNITS.name
    active.append(["机构名称", "上级机构", "办学类型", "标识码"])
    for line in lines:
        active.append(line)
    target = io.BytesIO()
    book.save(target)
    path.write_bytes(target.getvalue())
    return path


def test_a_sheet_is_put_right_and_imported(enter, director, school, tmp_path):
    town = f"{school.parent.parent.name}/{school.parent.name}"
    page = enter(director, reverse("orgs:import_new"))
    faulty = sheet(
        tmp_path / "名册.xlsx", ["大坪小学", town, "211", "9943000777"], ["和平小学", "无此乡", "小学", "2143000778"]
    )
    page.set_input_files("input[type=file]", faulty)
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/units/import/*/")
    jobs.run_now(SheetImport.objects.latest("id").job)
    expect(page.get_by_text("有 2 行有错误")).to_be_visible()
    look(page, "import-faulty")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误对照表").click()
    marked = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))[UNITS.name]
    assert marked.cell(1, 5).value == "错误原因"
    assert "不是学校类别" in marked.cell(2, 5).value
    page.get_by_role("link", name="改好后重新上传").click()
    good = sheet(
        tmp_path / "名册.xlsx", ["大坪小学", town, "211", "2143000777"], ["和平小学", town, "小学", "2143000778"]
    )
    page.set_input_files("input[type=file]", good)
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/units/import/*/")
    jobs.run_now(SheetImport.objects.latest("id").job)
    expect(page.get_by_text("待确认").first).to_be_visible()
    look(page, "import")
    page.get_by_role("button", name="确认导入").first.click()
    expect(page.get_by_text("确认后新增 2 个机构")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("已开始导入")).to_be_visible()
    jobs.run_now(SheetImport.objects.latest("id").job)
    expect(page.get_by_text("已新增 2 个")).to_be_visible()
    assert Unit.objects.filter(name__in=["大坪小学", "和平小学"]).count() == 2
