"""Numbers from files: a table of schools, a school's workbook; check, error copy, confirmation, again."""

import io

import pytest
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.core.jobs import run_now
from dudao.core.models import SheetImport
from dudao.orgs.models import Unit
from dudao.stats.actions import returns
from dudao.stats.models import Return, Value
from signing import signed_in
from stats.conftest import keyed

HEADS = ["学校名称", "县区", "办学类型", "小学在校生数", "初中在校生数", "教学仪器设备值_万元"]


def book(**sheets):
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(at, place, cell)
    made.close()
    return target.getvalue()


def sent(client, place, content, name="汇总.xlsx", sort="table"):
    answer = client.post(
        reverse("stats:import_new", args=[place.round.pk]), {"sort": sort, "file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 302, answer.content.decode()
    taken = SheetImport.objects.latest("id")
    run_now(taken.job)
    taken.refresh_from_db()
    return taken


def confirmed(client, taken):
    client.post(reverse("stats:import_confirm", args=[taken.pk]))
    taken.refresh_from_db()
    run_now(taken.job)
    taken.refresh_from_db()
    return taken


def test_a_table_is_checked_confirmed_written_and_harmless_again(place):
    client = signed_in(place.accounts["east"])
    content = book(
        数据汇总=[HEADS, ["三阳小学", "平江县", "小学", 480, 0, 110.25], ["长寿学校", "平江县", 312, 300, 210, ""]]
    )
    taken = sent(client, place, content)
    assert (taken.state, taken.counts) == ("ready", {"changed": 2, "same": 0, "error": 0})
    assert not Value.objects.exists(), "nothing before it is confirmed"
    assert "小学在校生数（人）：480" in client.get(taken.get_absolute_url()).content.decode()
    taken = confirmed(client, taken)
    assert taken.state == "done"
    numbers = {(v.ret.unit.name, v.item.code, v.stage): v.number for v in Value.objects.all()}
    assert len(numbers) == 4 and numbers["长寿学校", "pupils", "junior"] == 210
    assert place.ret(place.primary).filled == 2 and place.ret(place.primary).version == 1
    assert sent(client, place, content).counts == {"changed": 0, "same": 2, "error": 0}


def test_one_faulty_row_stops_all_and_comes_back_in_red(place):
    client = signed_in(place.accounts["east"])
    content = book(
        数据汇总=[
            HEADS,
            ["三阳小学", "平江县", "小学", "三十七", 0, 110],
            ["不存在小学", "平江县", "小学", 1, 0, 1],
            ["三阳小学", "平江县", "小学", -4, 9, 110],
            ["西岭教学点", "湘阴县", "教学点", 20, 0, 3],
        ]
    )
    taken = sent(client, place, content)
    assert taken.state == "faulty" and taken.counts["error"] == 4
    outcomes = {row["row"]: row["outcome"] for row in taken.preview}
    assert set(outcomes.values()) == {"error"} and "三十七" in str(taken.preview)
    said = "".join(taken.problems)
    for words in ("三十七", "不在这次报送的学校里", "不能是负数", "没有初中", "同一所学校", "西岭教学点"):
        assert words in said, words
    assert client.post(reverse("stats:import_confirm", args=[taken.pk])).status_code == 409
    copy = b"".join(client.get(reverse("stats:import_errors", args=[taken.pk])).streaming_content)
    grid = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(copy)).get_sheet_by_index(0).to_python()
    assert "错误原因" in grid[0] and "三十七" in grid[1][-1]
    assert not Value.objects.exists()


def test_the_template_lists_the_schools(place):
    """Nobody types the names of 502 schools; filled in, it comes back like any table."""
    client = signed_in(place.accounts["east"])
    content = client.get(reverse("stats:import_template", args=[place.round.pk])).content
    grid = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert {row[0] for row in grid[3:] if row[0]} >= {"三阳小学", "长寿学校"} and "西岭教学点" not in str(grid)
    assert {row[1] for row in grid[3:] if row[0]} == {"平江县"}
    taken = sent(client, place, content)
    assert (taken.state, taken.counts["changed"], taken.counts["error"]) == ("ready", 0, 0)


def test_the_good_rows_of_a_table_go_in_and_the_others_come_back(place):
    client = signed_in(place.accounts["east"])
    rows = [
        ["三阳小学", "平江县", "小学", 480, 0, 110],
        ["不存在小学", "平江县", "小学", 1, 0, 1],
        ["长寿学校", "平江县", 312, 300, 210, 5],
    ]
    taken = sent(client, place, book(数据汇总=[HEADS, *rows]))
    assert (taken.state, taken.counts) == ("faulty", {"changed": 2, "same": 0, "error": 1})
    page = client.get(taken.get_absolute_url()).content.decode()
    assert "只导入没有错误的" in page and "另给一份表" in page
    taken = confirmed(client, taken)
    assert taken.state == "done" and place.ret(place.primary).filled == 2 and place.ret(place.nine).filled
    page = client.get(taken.get_absolute_url()).content.decode()
    assert "部分已导入" in page and "下载没有导入的行" in page and "只导入没有错误的" not in page
    copy = b"".join(client.get(reverse("stats:import_errors", args=[taken.pk])).streaming_content)
    grid = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(copy)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in grid[1:]] == ["不存在小学"]
    twice = sent(client, place, book(数据汇总=[HEADS, rows[0], [*rows[0][:3], 9, 0, 9]]))
    assert twice.counts["error"] == 2, "which of two rows is right nobody can tell"


def test_a_code_of_one_school_beside_the_name_of_another_stops_the_row(place):
    """The numbers of a school must never stand under another one's name: code and name are shown, and nothing is taken."""
    own, code = "3143000001", "3143000002"
    Unit.objects.filter(pk=place.primary.pk).update(institution_code=own)
    Unit.objects.filter(pk=place.nine.pk).update(institution_code=code)
    head, row = [*HEADS, "学校标识码"], ["三阳小学", "平江县", "小学", 480, 0, 110.25, code]
    taken = sent(signed_in(place.accounts["east"]), place, book(数据汇总=[head, row]))
    assert taken.state == "faulty" and taken.counts["error"] == 1
    assert f"“学校名称”是“三阳小学”，而“学校标识码”{code}是“长寿学校”，请核对是哪所学校" in "".join(taken.problems)
    assert not Value.objects.exists()
    right = sent(signed_in(place.accounts["east"]), place, book(数据汇总=[head, [*row[:-1], own]]))
    assert (right.state, right.counts["changed"]) == ("ready", 1)


def test_the_export_comes_back_without_a_change(place, good):
    ret = place.ret(place.primary)
    returns.save_values(place.actor("clerk"), ret=ret, version=0, numbers=keyed(good))
    client = signed_in(place.accounts["east"])
    content = client.post(place.round.get_absolute_url(), {"export": "1"}).content
    taken = sent(client, place, content)
    assert (taken.state, taken.counts) == ("ready", {"changed": 0, "same": 3, "error": 0})


def test_what_changed_after_the_check_is_not_overwritten(place):
    client = signed_in(place.accounts["east"])
    taken = sent(client, place, book(数据汇总=[HEADS, ["三阳小学", "", "", 480, 0, 1]]))
    Return.objects.filter(unit=place.primary).update(state="submitted", submitted_at="2026-01-01T00:00Z")
    taken = confirmed(client, taken)
    assert taken.state == "faulty" and "不能再改" in taken.problems[0]
    assert not Value.objects.exists()


def test_a_workbook_of_one_school_is_read_by_table_and_label(place):
    client = signed_in(place.accounts["nine"])
    content = book(
        教基3112_九年=[["", "行名", "数"], ["", "在校生数", 300], ["", "其他", 5]],
        教基3115_九年=[["", "在校生数", 210]],
        教基1001_九年=[["", "学校名称", "长寿学校"]],
        教基3118_九年=[["", "在校生数", 9]],
    )
    taken = sent(client, place, content, "别的名字(九年一贯制学校).xlsx", "workbook")
    assert taken.state == "ready", "a school's own upload is its own, whatever the file is called"
    assert any("教基1001_九年" in note and "跳过" in note for note in taken.notes)
    assert any("没有高中" in note for note in taken.notes)
    confirmed(client, taken)
    assert {(v.stage, v.number) for v in Value.objects.all()} == {("primary", 300), ("junior", 210)}


def test_a_county_s_workbook_finds_its_school_by_the_file_s_name(place):
    client = signed_in(place.accounts["east"])
    content = book(教基3112_小学=[["", "在校生数", 480]])
    assert sent(client, place, content, "三阳小学(小学).xlsx", "workbook").state == "ready"
    lost = sent(client, place, content, "西岭教学点(教学点).xlsx", "workbook")
    assert lost.state == "faulty" and "西岭教学点" in lost.problems[0]
    useless = sent(client, place, book(花名册=[["", "甲", 1]]), "三阳小学.xlsx", "workbook")
    assert useless.state == "faulty" and "没有一张工作表能对上" in useless.message


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 x", b"PK\x03\x04broken"])
def test_a_file_that_is_no_workbook_is_refused_beside_the_field(place, content):
    answer = signed_in(place.accounts["east"]).post(
        reverse("stats:import_new", args=[place.round.pk]),
        {"sort": "table", "file": SimpleUploadedFile("汇总.xlsx", content)},
    )
    assert answer.status_code == 422 and not SheetImport.objects.exists()


def test_a_clerk_imports_nothing_for_another_school(place):
    taken = sent(signed_in(place.accounts["clerk"]), place, book(数据汇总=[HEADS, ["长寿学校", "", "", 1, 1, 1]]))
    assert taken.state == "faulty" and not Value.objects.exists()
    assert signed_in(place.accounts["west"]).get(taken.get_absolute_url()).status_code == 404


def test_the_work_does_not_grow_by_queries(place):
    client = signed_in(place.accounts["east"])
    rows = [["三阳小学", "", "", 480, 0, 1], ["长寿学校", "", "", 300, 200, 1], ["平江二中", "", "", 0, 500, 2]]
    counted = []
    for number in (1, 3):
        Value.objects.all().delete()
        taken = sent(client, place, book(数据汇总=[HEADS, *rows[:number]]))
        client.post(reverse("stats:import_confirm", args=[taken.pk]))
        taken.refresh_from_db()
        with CaptureQueriesContext(connection) as queries:
            run_now(taken.job)
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 1
