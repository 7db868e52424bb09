"""The ledger's way out and back in a real browser, with long work followed and a notice opened on the way.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import io
import os
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from dudao.core import jobs, notices
from dudao.core.models import Job
from e2e.axe import run_axe
from e2e.conftest import DESK, PHONE
from plans.conftest import city, fresh
from plans.test_ledger import files_root, place, rows
from signing import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
__all__ = ["city", "files_root", "rows"]


def look(page: Page, name: str, size=DESK) -> None:
    folder = os.environ.get("DUDAO_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"ledger-{name}{'-phone' if size is PHONE else ''}.png")
    assert run_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.fixture
def enter(live_server, new_page, city):
    def go(name, path, size=DESK) -> Page:
        page = new_page(size)
        key = signed_in(city.account(name)).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return go


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_ledger_goes_out_is_filled_in_and_comes_back(enter, city, rows, tmp_path, size):
    page = enter("officer", reverse("plans:ledger", args=[city.plan.pk]), size)
    look(page, "page", size)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 Excel 台账").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name.startswith("教育督导工作要点任务台账")

    book = openpyxl.load_workbook(file)
    book["任务台账"][place("责任领导", 4)] = "李县长"
    book["任务台账"][place("备注", 5)] = "首批"
    book.save(file)
    page.get_by_role("link", name="导回台账").click()
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("2 个承办事项，2 处改动")).to_be_visible()
    look(page, "preview", size)
    page.get_by_role("button", name="确认导入 2 处改动").click()
    expect(page.get_by_text("已导入 2 处改动。")).to_be_visible()
    assert fresh(rows[0]).leader == "李县长"

    book["任务台账"][place("状态", 4)] = "已销号"
    book["任务台账"][place("责任人", 5)] = "王五"
    book.save(file)
    page.goto(page.url.split("/plans/")[0] + reverse("plans:ledger_import"))
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("“状态”不能在台账里修改")).to_be_visible()
    look(page, "errors", size)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误说明").click()
    assert "错误说明" in download.value.suggested_filename
    page.get_by_role("button", name="只导入没有错误的行：1 处改动").click()
    expect(page.get_by_text("部分已导入").first).to_be_visible()
    look(page, "partly", size)
    assert fresh(rows[1]).person == "王五"
    with page.expect_download() as download:
        page.get_by_role("link", name="下载没有导入的行").click()
    left = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))["任务台账"]
    assert left.max_row == 4 and left[place("状态", 4)].value == "已销号"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_long_work_is_followed_and_its_end_is_told(enter, city, rows, size):
    params = {"plan": city.plan.pk, "ids": None, "phones": False, "name": "任务台账"}
    job = jobs.start(city.officer, kind="plans.ledger_export", label="导出任务台账", params=params)
    page = enter("officer", job.get_absolute_url(), size)
    expect(page.get_by_text("正在排队")).to_be_visible()
    Job.objects.filter(pk=job.pk).update(state="running", done=700, total=2300, message="正在写台账")
    expect(page.get_by_text("正在写台账（700 / 2300）")).to_be_visible()
    look(page, "running", size)
    jobs.run_now(job)
    expect(page.get_by_role("link", name="下载“任务台账.xlsx”")).to_be_visible()
    look(page, "done", size)

    notices.tell([city.officer.id], text="请签收任务", url=job.get_absolute_url(), urgent=True)
    page.goto(page.url.split("/jobs/")[0] + reverse("core:notices"))
    look(page, "notices", size)
    page.get_by_role("link", name="请签收任务").click()
    page.wait_for_url(f"**{job.get_absolute_url()}")
    assert notices.unread_count(city.officer) == 1
