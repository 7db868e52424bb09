"""A workbook on its way in: taken, checked, confirmed, carried out; wrong ones come back with their red column."""

import io

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from dudao.core import files, jobs, sheets
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.orgs import actions
from dudao.orgs.models import Unit, UnitImport
from dudao.orgs.sheet import HELP, UNITS

HEADS = ["机构名称", "上级机构", "办学类型", "学校标识码", "成立日期", "建校年份"]


def workbook(*lines, heads=HEADS, title=True):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("机构信息")
    first = 0
    if title:
        sheet.merge_range(0, 0, 0, len(heads) - 1, "某县学校一览表")
        first = 1
    for place, head in enumerate(heads):
        sheet.write_string(first, place, head)
    for row, line in enumerate(lines, first + 1):
        for place, value in enumerate(line):
            if value is not None:
                sheet.write(row, place, value)
    book.close()
    return target.getvalue()


@pytest.fixture
def actor(place):
    return place.officer


def take(actor, root, data, name="学校.xlsx"):
    stored = files.store(SimpleUploadedFile(name, data), kinds={"xlsx"})
    taken = actions.take_sheet(actor, root=root, file=stored, name=name)
    jobs.run_now(taken.job)
    taken.refresh_from_db()
    return taken


def carry_out(actor, taken):
    actions.confirm_import(actor, taken=taken)
    job = jobs.run_now(UnitImport.objects.get(pk=taken.pk).job)
    taken.refresh_from_db()
    return job


def test_a_sheet_is_checked_confirmed_and_carried_out(place, actor):
    data = workbook(
        ["大坪小学", "三阳乡", 211.0, 2143000123.0, "2019.9.1", "1956"],
        ["新光小学", "三阳乡", "小学", "2143000124", "2019年9月1日", 1958.0],
        ["和平幼儿园", "三阳乡", "111", None, 43709, None],
        ["三阳乡中心小学", "三阳乡", "211", "2143000001", None, "1950年"[:4]],
    )
    taken = take(actor, place.east, data)
    assert (taken.state, taken.counts) == ("ready", {"new": 3, "changed": 1, "same": 0, "error": 0})
    assert not Unit.objects.filter(name="大坪小学").exists()
    assert taken.preview[0]["name"] == "大坪小学"
    assert {row["name"]: row["changes"] for row in taken.preview}["三阳乡中心小学"] == ["建校年份：— → 1950"]
    job = carry_out(actor, taken)
    assert job.message == "新增 3 个，更新 1 个，无变化 0 个。"
    assert taken.state == "done"
    made = Unit.objects.get(name="大坪小学")
    assert (made.institution_code, made.school_type, str(made.valid_from)) == ("2143000123", "211", "2019-09-01")
    assert str(Unit.objects.get(name="和平幼儿园").valid_from) == "2019-09-01"
    with pytest.raises(Conflict):
        actions.confirm_import(actor, taken=taken)


def test_faulty_rows_come_back_in_the_same_file_with_their_reasons(place, actor):
    data = workbook(
        ["大坪小学", "三阳乡", "211", "2143000123", None, None],
        ["新光小学", "三阳乡", "211", "2143000123", "去年", "三十七"],
    )
    taken = take(actor, place.east, data)
    assert taken.state == "faulty"
    assert taken.counts["error"] == 2
    assert any("第 4 行“建校年份”是文字“三十七”，请填数字" in problem for problem in taken.problems)
    with files.opened(taken.errors) as stream:
        sheet = openpyxl.load_workbook(stream)["机构信息"]
    assert sheet.cell(1, 1).value == "某县学校一览表"
    assert sheet.cell(2, 7).value == "错误原因"
    assert "在第 4 行也有" in sheet.cell(3, 7).value
    assert "三十七" in sheet.cell(4, 7).value
    with pytest.raises(Conflict):
        actions.confirm_import(actor, taken=taken)
    assert Unit.objects.filter(parent=place.town).count() == 1


def test_what_changed_between_check_and_import_stops_it(place, actor):
    taken = take(actor, place.east, workbook(["大坪小学", "三阳乡", "211", "2143000123", None, None]))
    actions.open_unit(
        actor, parent=place.west, kind="school", name="西小", day=place.west.valid_from, institution_code="2143000123"
    )
    job = carry_out(actor, taken)
    assert (job.state, taken.state) == ("failed", "faulty")
    assert "导入范围之外" in taken.problems[0]
    assert not Unit.objects.filter(name="大坪小学").exists()


def test_a_job_begun_again_after_the_import_was_written_only_reports(place, actor):
    taken = take(actor, place.east, workbook(["大坪小学", "三阳乡", "211", "2143000123", None, None]))
    carry_out(actor, taken)
    job = taken.job
    type(job).objects.filter(pk=job.pk).update(state="running", finished_at=None)
    assert jobs.run_now(job).message == "新增 1 个，更新 0 个，无变化 0 个。"


def test_a_sheet_without_its_head_says_so(place, actor):
    taken = take(actor, place.east, workbook(["x", "y"], heads=["甲", "乙"]))
    assert taken.state == "faulty"
    assert "没有找到表头" in taken.message


def test_only_who_may_import_takes_sheets_in(place):
    stored = files.store(SimpleUploadedFile("a.xlsx", workbook(["x"])), kinds={"xlsx"})
    for actor, root in ((place.reader, place.east), (place.east_office, place.west)):
        with pytest.raises(Denied):
            actions.take_sheet(actor, root=root, file=stored, name="a.xlsx")


def test_the_template_reads_back_and_explains_itself():
    data = sheets.template(UNITS, help_text=HELP)
    book = openpyxl.load_workbook(io.BytesIO(data))
    heads = [str(cell.value).rstrip("*") for cell in book["机构信息"][3]]
    assert heads == [column.name for column in UNITS.columns]
    assert book["字典"].sheet_state == "veryHidden"
    with pytest.raises(sheets.SheetError, match="没有数据"):
        sheets.read(data, UNITS)
