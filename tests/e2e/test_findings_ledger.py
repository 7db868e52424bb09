"""In a real browser: the ledger goes out, is filled in, comes back, is confirmed; new problems in bulk; axe on each page."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page

from dudao.core import jobs
from dudao.core.models import Job
from dudao.findings.models import Finding
from dudao.findings.views import ledgers as views
from e2e.conftest import DESK, PHONE
from e2e.looking import look
from findings.test_ledgers import place, written
from findings_town import again, build

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build()


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path, *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def bring(page: Page, kind: str, path: Path) -> None:
    page.get_by_label(kind).check()
    page.get_by_label("Excel 文件").set_input_files(path)
    page.get_by_role("button", name="上传并核对").click()


def test_a_ledger_goes_out_and_comes_back(town, open_as, tmp_path):
    row = town.planned(category="校园安全")
    town.issued(description="消防通道堵塞两处", category="校园安全", severity="serious")
    page = open_as("county", "/findings/?q=留样", expected=("422",))
    page.get_by_role("button", name="导出", exact=True).click()
    look(page, "ledger-kinds")
    with page.expect_download() as waited:
        page.get_by_role("button", name="整改台账", exact=True).click()
    assert waited.value.suggested_filename.startswith("整改台账")
    path = tmp_path / "台账.xlsx"
    waited.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book["整改台账"]
    assert sheet["A6"].value == "合计", "the filter of the list holds"
    sheet[place("责任领导", 5)] = "赵校长"
    sheet[place("备注", 5)] = "首批整改"
    book.save(path)

    page.get_by_role("link", name="导入", exact=True).click()
    look(page, "ledger-import")
    bring(page, "导回整改台账", path)
    page.get_by_role("heading", name="改动").wait_for()
    look(page, "ledger-changes")
    page.get_by_role("button", name="确认导入 2 处改动").click()
    page.get_by_text("已导入 2 处改动").first.wait_for()
    assert (again(row).leader, again(row).remark) == ("赵校长", "首批整改")


def test_new_problems_are_brought_corrected_and_registered(town, open_as, tmp_path):
    path = tmp_path / "问题.xlsx"
    path.write_bytes(written([["安全", "消防通道堵塞", None, "2026-2-30", "平江二中", None]]))
    page = open_as("county", "/findings/import/")
    with page.expect_download() as waited:
        page.get_by_role("link", name="下载问题清单模板").click()
    assert waited.value.suggested_filename == "问题清单模板.xlsx"
    bring(page, "登记新问题", path)
    page.get_by_text("没有这一天").first.wait_for()
    look(page, "new-faults")
    page.get_by_role("button", name="放弃").click()
    path.write_bytes(written([["安全", "消防通道堵塞", "严重问题", "2026-2-28", "平江一中", None]]))
    bring(page, "登记新问题", path)
    page.get_by_role("heading", name="要登记的问题").wait_for()
    look(page, "new-preview")
    page.set_viewport_size(PHONE)
    look(page, "new-preview-phone")
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="确认登记 1 个问题").click()
    page.get_by_text("已登记 1 个问题").first.wait_for()
    assert Finding.objects.get().severity == "serious"


def test_a_long_ledger_is_fetched_from_its_job(town, open_as, monkeypatch):
    monkeypatch.setattr(views, "LONG", 0)
    town.planned()
    page = open_as("county", "/findings/")
    page.get_by_role("button", name="导出", exact=True).click()
    page.get_by_role("button", name="整改台账", exact=True).click()
    page.get_by_text("正在排队").first.wait_for()
    look(page, "ledger-waiting")
    jobs.run_now(Job.objects.get())
    page.reload()
    look(page, "ledger-done")
    with page.expect_download() as waited:
        page.get_by_role("link", name="下载“整改台账").click()
    assert waited.value.suggested_filename.startswith("整改台账")
