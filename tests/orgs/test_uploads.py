"""A workbook on its way in: taken, checked, confirmed, carried out; wrong ones come back with their red column."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dudao.core import files, imports, jobs, sheets
from dudao.core.access import Denied
from dudao.core.imports.packing import packed, unpacked
from dudao.core.imports.running import drop_kept
from dudao.core.models import SheetImport
from dudao.core.sheets import Column, Reading, Row
from dudao.core.workflow import Conflict
from dudao.orgs import actions
from dudao.orgs.imports import UNITS as IMPORT
from dudao.orgs.models import Unit
from dudao.orgs.sheet import HELP, UNITS
from dudao.people.models import Appointment

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
    taken = imports.take_in(actor, declared=IMPORT, target=root, file=stored, name=name)
    jobs.run_now(taken.job)
    taken.refresh_from_db()
    return taken


def carry_out(actor, taken):
    imports.confirm(actor, taken=taken)
    job = jobs.run_now(SheetImport.objects.get(pk=taken.pk).job)
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
        imports.confirm(actor, taken=taken)


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
        imports.confirm(actor, taken=taken)
    assert Unit.objects.filter(parent=place.town).count() == 1


def test_good_rows_go_in_and_the_faulty_ones_are_given_back_alone(place, actor):
    """What stands under a faulty row is not opened elsewhere: it comes back with it."""
    data = workbook(
        ["大坪小学", "三阳乡", "211", "2143000123", None, None],
        ["新光小学", "三阳乡", "211", "2143000124", "去年", None],
        ["新光教学点", "新光小学", "218", None, None, None],
        ["三阳乡中心小学", "三阳乡", "211", "2143000001", None, "1950"],
    )
    taken = take(actor, place.east, data)
    assert taken.state == "faulty" and taken.counts == {"new": 1, "changed": 1, "same": 0, "error": 2}
    assert {row["name"]: row["outcome"] for row in taken.preview}["新光教学点"] == "error"
    assert not Unit.objects.filter(name="大坪小学").exists()
    job = carry_out(actor, taken)
    assert job.message == "新增 1 个，更新 1 个，无变化 0 个。有错误、没有导入的 2 行。"
    assert taken.state == "done" and taken.counts["error"] == 2
    assert Unit.objects.filter(name="大坪小学").exists() and not Unit.objects.filter(name__startswith="新光").exists()
    with files.opened(taken.errors) as stream:
        sheet = openpyxl.load_workbook(stream)["机构信息"]
    assert [row[0].value for row in sheet.iter_rows(min_row=3)] == ["新光小学", "新光教学点"]
    with pytest.raises(Conflict):
        imports.confirm(actor, taken=taken)


def test_the_good_rows_of_a_file_that_waited_too_long_are_found_again(place, actor):
    taken = take(
        actor,
        place.east,
        workbook(["大坪小学", "三阳乡", "211", None, None, None], ["新光小学", "没有的乡", "211", None, None, None]),
    )
    SheetImport.objects.filter(pk=taken.pk).update(kept=b"")
    taken.refresh_from_db()
    carry_out(actor, taken)
    assert taken.state == "done" and Unit.objects.filter(name="大坪小学").exists()


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
            imports.take_in(actor, declared=IMPORT, target=root, file=stored, name="a.xlsx")


def test_the_template_reads_back_and_explains_itself():
    data = sheets.template(UNITS, help_text=HELP)
    book = openpyxl.load_workbook(io.BytesIO(data))
    heads = [str(cell.value).rstrip("*") for cell in book["机构信息"][3]]
    assert heads == [column.name for column in UNITS.columns]
    assert book["字典"].sheet_state == "veryHidden"
    with pytest.raises(sheets.SheetError, match="没有数据"):
        sheets.read(data, UNITS)


def test_the_workbook_is_read_once(place, actor, monkeypatch):
    taken = take(actor, place.east, workbook(["大坪小学", "三阳乡", "211", "2143000123", "2019-9-1", 1956]))
    assert taken.kept
    opened = []
    monkeypatch.setattr(files, "opened", opened.append)
    assert carry_out(actor, taken).state == "done"
    assert not opened and not taken.kept
    made = Unit.objects.get(name="大坪小学")
    assert (str(made.valid_from), made.founded) == ("2019-09-01", 1956)


def test_rows_that_waited_too_long_are_read_again(place, actor):
    taken = take(actor, place.east, workbook(["大坪小学", "三阳乡", "211", "2143000123", None, None]))
    SheetImport.objects.update(uploaded_at=timezone.now() - timedelta(days=8))
    drop_kept()
    taken.refresh_from_db()
    assert not taken.kept and taken.state == "ready"
    assert carry_out(actor, taken).state == "done"
    assert Unit.objects.filter(name="大坪小学").exists()


def test_a_check_begun_again_takes_nothing_back(place, actor):
    taken = take(actor, place.east, workbook(["大坪小学", "三阳乡", "211", "2143000123", None, None]))
    check = taken.job
    imports.confirm(actor, taken=taken)
    type(check).objects.filter(pk=check.pk).update(state="running", finished_at=None)
    assert jobs.run_now(check).state == "done"
    taken.refresh_from_db()
    assert taken.state == "importing"
    assert jobs.run_now(taken.job).message == "新增 1 个，更新 0 个，无变化 0 个。"


def test_two_who_confirm_start_one_import(place, actor):
    taken = take(actor, place.east, workbook(["大坪小学", "三阳乡", "211", "2143000123", None, None]))
    other = SheetImport.objects.get(pk=taken.pk)
    imports.confirm(actor, taken=taken)
    with pytest.raises(Conflict):
        imports.confirm(place.east_office, taken=other)
    assert SheetImport.objects.get(pk=taken.pk).job_id == taken.job_id


def test_an_import_that_is_refused_says_so_on_its_page(place, actor):
    taken = take(actor, place.east, workbook(["大坪小学", "三阳乡", "211", "2143000123", None, None]))
    imports.confirm(actor, taken=taken)
    Appointment.objects.filter(account_id=actor.id).update(valid_to=timezone.localdate() - timedelta(days=1))
    job = jobs.run_now(taken.job)
    taken.refresh_from_db()
    assert (job.state, taken.state) == ("failed", "faulty") and taken.message == job.message
    assert not Unit.objects.filter(name="大坪小学").exists()


def test_a_cell_that_can_t_be_read_is_told_beside_its_row(place, actor):
    taken = take(actor, place.east, workbook(["新光小学", "三阳乡", "211", "2143000123", None, "三十七"]))
    assert taken.preview[0]["outcome"] == "error" and "三十七" in taken.preview[0]["problems"][0]


def test_kept_rows_come_back_exactly():
    columns = [
        Column("name", "名称"),
        Column("sum", "数", "decimal"),
        Column("day", "日期", "date"),
        Column("n", "个", "integer"),
    ]
    table = sheets.Table("表", columns)
    rows = [
        Row(4, {"name": "甲", "sum": Decimal("0.30"), "day": date(2026, 2, 28), "n": 10**14}),
        Row(9, {"name": None, "sum": Decimal("12345678901234567.891"), "day": None}),
    ]
    reading = Reading(table, "表", 3, tuple(columns), rows, [], ["提示"])
    assert unpacked(packed(reading), table) == reading
