"""The pages of the ledger: taken away, brought back, confirmed; and what is told every morning."""

import io
from datetime import timedelta

import docx
import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dudao.core import jobs
from dudao.core.models import Event, Job, Notice, SheetImport
from dudao.plans.actions import assignments as acts
from dudao.plans.actions.digest import tell_pressing
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.jobs import morning_digest, morning_lights
from dudao.plans.models import Assignment
from dudao.plans.views import ledger as views
from plans.conftest import City, a_row, a_task, day, fresh
from plans.test_ledger import edited, exported, files_root, place, rows

__all__ = ["files_root", "rows"]


def browser(city: City, name: str) -> Client:
    client = Client()
    client.force_login(city.account(name))
    return client


def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.content))["任务台账"]


def test_the_ledger_of_a_plan_is_downloaded(city, rows):
    client = browser(city, "officer")
    page = client.get(reverse("plans:ledger", args=[city.plan.pk]))
    assert "导出 Excel 台账" in page.text
    assert "生成进展简报" in page.text
    answer = client.post(reverse("plans:ledger_export", args=[city.plan.pk]), {"phones": "1"})
    assert "filename*=UTF-8''" in answer["Content-Disposition"]
    assert sheet_of(answer)[place("联系电话", 4)].value == "13812345678"
    answer = client.post(reverse("plans:ledger_export", args=[city.plan.pk]))
    assert sheet_of(answer)[place("联系电话", 4)].value == "138****5678"
    assert client.get(reverse("plans:ledger_export", args=[city.plan.pk])).status_code == 405


def test_a_plan_without_rows_has_no_ledger_yet(city):
    client = browser(city, "officer")
    assert "还没有可以导出的任务" in client.get(reverse("plans:ledger", args=[city.plan.pk])).text
    answer = client.post(reverse("plans:ledger_export", args=[city.plan.pk]), follow=True)
    assert "没有您可以导出的任务" in answer.text


def test_a_list_exports_the_ledger_of_what_it_shows(city, rows):
    client = browser(city, "officer")
    answer = client.post(f"{reverse('plans:assignments')}?scope=all&q=湘阴", {"export": "1"})
    sheet = sheet_of(answer)
    assert sheet[place("责任单位", 4)].value == "湘阴县"
    assert sheet["A5"].value == "合计"


def test_a_long_ledger_is_written_in_the_background(city, rows, monkeypatch):
    monkeypatch.setattr(views, "LONG", 1)
    client = browser(city, "officer")
    answer = client.post(reverse("plans:ledger_export", args=[city.plan.pk]))
    job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    job = jobs.run_now(job)
    assert (job.state, job.message, job.done, job.total) == ("done", "共 2 项。", 2, 2)
    download = client.get(reverse("core:job_file", args=[job.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(download.streaming_content)))
    assert book["任务台账"]["A6"].value == "合计"
    assert Event.objects.filter(verb="ledger.export").count() == 1


def test_a_job_whose_plan_is_gone_says_so(city, rows):
    params = {"plan": city.plan.pk, "ids": None, "phones": False, "name": "台账"}
    job = jobs.start(city.stranger, kind="plans.ledger_export", label="导出", params={**params, "plan": 10**9})
    assert jobs.run_now(job).message == "这份年度计划已不在您的范围内。"
    job = jobs.start(city.stranger, kind="plans.ledger_export", label="导出", params={**params, "ids": [rows[0].pk]})
    assert "没有您可以导出的任务" in jobs.run_now(job).message


def test_a_ledger_is_brought_back_by_its_pages(city, rows):
    client = browser(city, "county")
    upload = edited(exported(city.county), **{place("责任人", 4): "李四"})
    address = reverse("plans:ledger_import")
    assert "上传并核对" in client.get(address).text
    answer = client.post(address, {"file": upload})
    taken = SheetImport.objects.get()
    assert answer["Location"] == taken.get_absolute_url()
    page = client.get(taken.get_absolute_url())
    assert "确认导入 1 处改动" in page.text
    assert "李四" in page.text
    assert fresh(rows[0]).person == "张三"
    assert client.post(taken.get_absolute_url()).status_code == 403, "neither yes nor no"
    answer = client.post(taken.get_absolute_url(), {"act": "apply"}, follow=True)
    assert "已导入 1 处改动" in answer.text
    assert fresh(rows[0]).person == "李四"
    assert client.post(taken.get_absolute_url(), {"act": "apply"}).status_code == 409
    assert taken.name in client.get(reverse("plans:ledger", args=[city.plan.pk])).text


def test_an_unchanged_ledger_is_told_to_be_unchanged(city, rows):
    client = browser(city, "county")
    upload = SimpleUploadedFile("台账.xlsx", exported(city.county))
    answer = client.post(reverse("plans:ledger_import"), {"file": upload}, follow=True)
    assert "没有需要导入的改动" in answer.text
    assert not SheetImport.objects.exists()


def test_errors_come_back_as_a_sheet(city, rows):
    client = browser(city, "county")
    upload = edited(exported(city.county), **{place("状态", 4): "已销号"})
    page = client.post(reverse("plans:ledger_import"), {"file": upload}, follow=True)
    assert "“状态”不能在台账里修改" in page.text
    assert "确认导入" not in page.text
    taken = SheetImport.objects.get()
    answer = client.get(reverse("plans:ledger_errors", args=[taken.pk]))
    red = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["任务台账"]
    assert red.cell(3, red.max_column).value == "错误原因"
    assert client.post(taken.get_absolute_url(), {"act": "discard"}, follow=True).status_code == 200
    taken.refresh_from_db()
    assert taken.state == "discarded"


def test_a_file_that_is_no_ledger_is_an_error_of_the_form(city, rows):
    client = browser(city, "county")
    for name, content, words in (
        ("台账.xlsx", b"%PDF-1.7", "内容是PDF 文件"),
        ("台账.xlsx", b"", "0 字节"),
        ("台账.docx", b"x", "请选 xlsx、xls 文件"),
        ("台账.et", b"x", "请用WPS另存为.xlsx后上传"),
    ):
        answer = client.post(reverse("plans:ledger_import"), {"file": SimpleUploadedFile(name, content)})
        assert words in answer.text


def test_strangers_see_nothing(city, rows):
    client = browser(city, "county")
    client.post(reverse("plans:ledger_import"), {"file": edited(exported(city.county), **{place("责任人", 4): "李四"})})
    taken = SheetImport.objects.get()
    other = browser(city, "stranger")
    for name in ("ledger_upload", "ledger_errors"):
        address = reverse(f"plans:{name}", args=[taken.pk])
        assert other.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert other.post(taken.get_absolute_url(), {"act": "apply"}).status_code == 404
    nobody = browser(city, "head")
    for name in ("ledger", "ledger_export", "brief"):
        address = reverse(f"plans:{name}", args=[city.plan.pk])
        assert nobody.post(address).status_code in {404, 405}
        assert nobody.get(address).status_code in {404, 405}
        assert Client().post(address).status_code == 302


def test_a_brief_is_downloaded_by_the_office_only(city, rows):
    answer = browser(city, "officer").post(reverse("plans:brief", args=[city.plan.pk]))
    document = docx.Document(io.BytesIO(answer.content))
    assert any("教育督导工作要点进展情况" in paragraph.text for paragraph in document.paragraphs)
    assert browser(city, "county").post(reverse("plans:brief", args=[city.plan.pk])).status_code == 403


def test_what_presses_is_told_every_morning_once(city):
    Assignment.objects.all().delete()
    late = a_row(city, deadline=-1, starts=-30, title="配备督学")
    acts.sign(city.county, row=late)
    a_row(city, deadline=300, title="宣传")
    hand_down(city.officer, task=a_task(city, title="培训", deadline=400), units=[city.xiangyin])
    Notice.objects.all().delete()
    today = timezone.localdate()
    assert tell_pressing(today) == 3
    told = {notice.account.name: notice for notice in Notice.objects.all()}
    assert set(told) == {"平江督导办", "平江副手", "湘阴督导办"}
    assert told["平江督导办"].text == "今天有任务需要办理：红灯 1 项，待签收 1 项。"
    assert told["平江督导办"].urgent
    assert told["湘阴督导办"].text == "今天有任务需要办理：待签收 1 项。"
    assert not told["湘阴督导办"].urgent
    assert tell_pressing(today) == 0
    assert tell_pressing(today + timedelta(days=1)) == 3


def test_the_daily_work_is_registered(city):
    assert jobs.DAILY["plans.digest"] == (8, morning_digest)
    assert jobs.DAILY["plans.lights"] == (6, morning_lights)
    a_row(city, deadline=-1, starts=-30)
    Notice.objects.all().delete()
    morning_digest()
    morning_lights()
    assert Notice.objects.filter(key=f"pressing {day()}").exists()


def test_pages_show_only_what_the_person_may_do(city, rows):
    leader = browser(city, "leader")
    page = leader.get(reverse("plans:ledger", args=[city.plan.pk]))
    assert "导出 Excel 台账" in page.text
    assert "生成进展简报" not in page.text
    assert "导回台账" not in page.text
    assert 'name="phones"' not in page.text
    assert leader.get(reverse("plans:ledger_import")).status_code == 403
