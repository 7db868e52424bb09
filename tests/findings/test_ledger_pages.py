"""Pages of the sheets of findings: the choice behind 导出, long ones in the background, what is brought and confirmed."""

import io
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dudao.core import files, jobs
from dudao.core.imports.owned import OWNED
from dudao.core.models import Event, Job, SheetImport, StoredFile
from dudao.findings.actions import ledgers as acts
from dudao.findings.imports import NEW
from dudao.findings.models import Finding
from dudao.findings.views import ledgers as views
from findings.test_ledgers import edited, exported, place, written
from findings_town import again
from signing import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("findings:findings")


@pytest.fixture(autouse=True)
def files_root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def client(town, who="county"):
    return signed_in(town.accounts[who])


def book_of(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def bring(town, data, kind, who="county"):
    sent = {"kind": kind, "office": town.pingjiang.pk, "file": SimpleUploadedFile("表.xlsx", data)}
    return client(town, who).post(reverse("findings:import"), sent)


def test_each_sheet_is_exported_with_the_filter_of_the_list(town):
    town.planned(description="甲问题")
    town.issued(description="乙问题")
    page = client(town).get(LIST).content.decode()
    for key, label in (("problems", "问题清单"), ("tasks", "任务清单"), ("duties", "责任清单"), ("ledger", "整改台账")):
        assert f'name="export" value="{key}">{label}</button>' in page
        answer = client(town).post(f"{LIST}?q=甲", {"export": key})
        sheet = book_of(answer.content)[label]
        texts = [cell.value for row in sheet.iter_rows() for cell in row]
        assert "甲问题" in texts and "乙问题" not in texts, key
    assert "电话不隐藏" not in client(town, "leader").get(LIST).content.decode()
    assert client(town).post(LIST, {"export": "all"}).status_code == 404
    empty = client(town).post(f"{LIST}?q=没有的", {"export": "ledger"}, follow=True).content.decode()
    assert "没有可以列入整改台账的问题" in empty
    assert client(town, "stranger").post(LIST, {"export": "ledger"}).status_code == 302, "nothing of another county"


def test_a_long_sheet_is_written_in_the_background_for_its_maker_alone(town, monkeypatch):
    monkeypatch.setattr(views, "LONG", 1)
    for text in ("甲问题", "乙问题", "丙事项"):
        town.issued(description=text)
    answer = client(town).post(f"{LIST}?q=问题", {"export": "ledger"})
    job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url() and len(job.params["ids"]) == 2
    second = client(town).post(LIST, {"export": "ledger"}, follow=True)
    assert Job.objects.count() == 1 and "还没有完成" in second.content.decode(), "one at a time a person"
    done = jobs.run_now(job)
    assert (done.state, done.done, done.message) == ("done", 2, f"共 2 项，文件保留 {acts.KEEP_DAYS} 天。")
    address = reverse("core:job_file", args=[job.pk])
    content = b"".join(client(town).get(address).streaming_content)
    assert book_of(content)["整改台账"]["A1"].value == "平江县教育督导问题整改台账"
    for who in ("county2", "director", "stranger"):
        assert client(town, who).get(address).status_code == 404
    assert Event.objects.filter(verb="finding.export").count() == 2, "asked for, and written"


def test_the_file_of_a_long_sheet_is_thrown_away_after_some_days(town, monkeypatch):
    monkeypatch.setattr(views, "LONG", 0)
    town.issued()
    client(town).post(LIST, {"export": "ledger"})
    job = jobs.run_now(Job.objects.get())
    digest = job.result.digest
    jobs.purge_results()
    assert Job.objects.get().result is not None
    Job.objects.update(finished_at=timezone.now() - timedelta(days=acts.KEEP_DAYS, minutes=1))
    jobs.purge_results()
    assert Job.objects.get().result is None and not StoredFile.objects.filter(digest=digest).exists()
    assert "已过保留期" in client(town).get(job.get_absolute_url()).content.decode()


def test_a_file_that_something_points_to_is_kept(town):
    row = town.reported()
    stored = row.files.get().file
    assert not files.forget(stored) and StoredFile.objects.filter(pk=stored.pk).exists()


def test_a_ledger_is_brought_back_looked_at_and_confirmed(town):
    row = town.planned()
    data = exported(town.county)
    assert bring(town, data, "ledger")["Location"] == reverse("findings:import"), "nothing to change"
    answer = bring(town, edited(data, **{place("责任领导", 5): "赵校长"}), "ledger")
    taken = SheetImport.objects.get()
    assert answer["Location"] == taken.get_absolute_url()
    shown = client(town).get(taken.get_absolute_url()).content.decode()
    assert "王校长" in shown and "赵校长" in shown and "确认导入 1 处改动" in shown
    assert client(town, "county2").get(taken.get_absolute_url()).status_code == 404
    client(town).post(taken.get_absolute_url(), {"act": "apply"})
    assert again(row).leader == "赵校长"
    assert "已导入" in client(town).get(taken.get_absolute_url()).content.decode()
    assert client(town).post(taken.get_absolute_url(), {"act": "apply"}).status_code in {302, 409}


def test_new_problems_are_brought_looked_at_and_registered(town):
    answer = bring(town, written([["安全", "消防通道堵塞", None, "2026-3-5", "平江一中", None]]), "new")
    taken = SheetImport.objects.get()
    assert answer["Location"] == taken.get_absolute_url()
    shown = client(town).get(taken.get_absolute_url()).content.decode()
    assert "消防通道堵塞" in shown and "确认登记 1 个问题" in shown
    done = client(town).post(taken.get_absolute_url(), {"act": "apply"}, follow=True).content.decode()
    assert "已登记 1 个问题" in done and Finding.objects.get().state == "draft"


def test_many_new_problems_are_registered_in_the_background(town, monkeypatch):
    monkeypatch.setitem(OWNED, NEW.key, replace(NEW, many=1))
    rows = [["安全", f"问题{number}", None, "2026-3-5", "平江一中", None] for number in range(3)]
    bring(town, written(rows), "new")
    taken = SheetImport.objects.get()
    answer = client(town).post(taken.get_absolute_url(), {"act": "apply"})
    job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    page = client(town).get(taken.get_absolute_url()).content.decode()
    assert "正在导入" in page and "确认登记" not in page
    done = jobs.run_now(job)
    assert (done.state, done.message) == ("done", "已登记 3 个问题，核对后下达。") and Finding.objects.count() == 3


def test_faults_are_told_and_the_sheet_comes_back_with_them(town):
    bring(town, written([["安全", "甲", None, "2026-13-5", "没有的学校", None]]), "new")
    taken = SheetImport.objects.get()
    shown = client(town).get(taken.get_absolute_url()).content.decode()
    assert "第 2 行“责任单位”是“没有的学校”" in shown and "确认登记" not in shown
    book = book_of(b"".join(client(town).get(reverse("findings:upload_errors", args=[taken.pk])).streaming_content))
    assert "没有这个单位" in book.active["G2"].value
    client(town).post(taken.get_absolute_url(), {"act": "discard"})
    assert SheetImport.objects.get().state == "discarded" and not Finding.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"%PDF-1.4 hello", "new", "PDF"),
        (written([], heads=["别的", "列"]), "new", "没有找到表头"),
        (written([["甲", "乙", None, None, "平江一中", None]]), "ledger", "编号"),
    ],
)
def test_what_is_no_sheet_is_refused_beside_the_form(town, content, kind, said):
    answer = bring(town, content, kind)
    assert answer.status_code == 422 and said in answer.content.decode() and not SheetImport.objects.exists()


def test_good_problems_are_registered_and_the_faulty_ones_come_back(town):
    person = client(town)
    target = io.BytesIO()
    sheet = openpyxl.Workbook()
    sheet.active.title = "问题清单"
    for row in (
        ["问题描述", "责任单位"],
        ["消防通道堵塞", "平江一中"],
        ["没有这个学校", "湘阴九中"],
        ["缺体育教师", "平江一中"],
    ):
        sheet.active.append(row)
    sheet.save(target)
    upload = SimpleUploadedFile("清单.xlsx", target.getvalue())
    answer = person.post(reverse("findings:import"), {"kind": "new", "office": town.pingjiang.pk, "file": upload})
    page = person.get(answer["Location"]).content.decode()
    assert "只导入没有错误的行：2 个问题" in page and "有错误的行另给一份文件" in page
    assert person.post(answer["Location"], {"act": "apply"}).status_code == 302
    assert set(Finding.objects.values_list("description", flat=True)) == {"消防通道堵塞", "缺体育教师"}
    page = person.get(answer["Location"]).content.decode()
    assert "部分已导入" in page and "1 行有错误，没有导入" in page and 'value="apply"' not in page
    taken = SheetImport.objects.get()
    left = b"".join(person.get(reverse("findings:upload_errors", args=[taken.pk])).streaming_content)
    assert [cell.value for cell in book_of(left)["问题清单"]["A"]] == ["问题描述", "没有这个学校"]


def test_a_sheet_at_the_wrong_door_is_told_where_it_belongs(town):
    """One sentence instead of a fault for every row, also when the sheet was renamed."""
    town.planned()
    ledger, listed = exported(town.county), exported(town.county, "problems")
    renamed = openpyxl.load_workbook(io.BytesIO(ledger))
    renamed["整改台账"].title = "Sheet1"
    target = io.BytesIO()
    renamed.save(target)
    for kind, data, words in (
        ("new", ledger, "这是整改台账，请到“问题整改”的“导入”，种类选“导回整改台账”"),
        ("new", target.getvalue(), "这像是整改台账，请到"),
        ("ledger", listed, "这是问题清单，请到“问题整改”的“导入”，种类选“登记新问题”"),
        ("new", exported(town.county, "duties"), "这是责任清单，只供查看和打印，不能导入"),
    ):
        upload = SimpleUploadedFile("表.xlsx", data)
        answer = client(town).post(
            reverse("findings:import"), {"kind": kind, "office": town.pingjiang.pk, "file": upload}
        )
        assert answer.status_code == 422 and words in answer.content.decode(), words
    assert not SheetImport.objects.exists()


def test_only_who_may_import_sees_the_page_and_the_template(town):
    for who in ("head", "inspector", "leader"):
        for name in ("import", "import_template"):
            assert client(town, who).get(reverse(f"findings:{name}")).status_code == 403
    book = book_of(client(town).get(reverse("findings:import_template")).content)
    names = [cell.value for cell in book["单位名单"]["A"]][2:]
    assert "平江一中" in names and "平江县" not in names and "湘阴县" not in names
    rules = {str(rule.sqref): rule for rule in book["问题清单"].data_validations.dataValidation}
    named = next(rule for rule in rules.values() if rule.type == "list" and "单位名单" in rule.formula1)
    assert named.formula1 == f"单位名单!$A$3:$A${2 + len(names)}" and named.errorStyle == "warning"
    heads = [cell.value for cell in book["问题清单"][3]]
    assert "问题描述*" in heads and "责任单位*" in heads and "编号" not in heads
    assert {rule.type for rule in book["问题清单"].data_validations.dataValidation} >= {"list", "date"}
