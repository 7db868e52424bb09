"""The ledger in Excel: its layout, and that it comes back without losing or inventing anything."""

import io
from dataclasses import replace

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dudao.core import files, sheets
from dudao.core.access import SYSTEM, Denied
from dudao.core.imports.owned import apply_own, changes_of, discard_own, take_own
from dudao.core.models import Event, SheetImport, StoredFile
from dudao.core.sheets import SheetError
from dudao.core.workflow import Conflict
from dudao.orgs.models import Contact
from dudao.plans import ledger
from dudao.plans.actions import assignments as acts
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.actions.ledger import export_ledger
from dudao.plans.imports import LEDGER
from dudao.plans.models import Assignment, Point, Section, WorkPlan
from office import page_count, smallest_type, to_pdf, words_by_page
from plans.conftest import City, a_task, day, fresh


@pytest.fixture(autouse=True)
def files_root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def rows(city: City):
    """Two counties with a row each: one at work with a report, one that has not signed."""
    Contact.objects.create(unit=city.pingjiang, name="张三", position="干事", phone="13812345678")
    task = a_task(city, deadline=20)
    hand_down(city.officer, task=task, units=[city.pingjiang, city.xiangyin])
    first, second = (fresh(row) for row in Assignment.objects.filter(task=task).order_by("unit__sort_no"))
    acts.sign(city.county, row=first, leader="王县长", person="张三", measures="逐校核定。\n落实编制。")
    acts.report(city.county, row=fresh(first), text="已聘任 30 人。", progress=60, difficulties="经费不足")
    return fresh(first), second


def exported(actor, **wanted) -> bytes:
    target = io.BytesIO()
    export_ledger(actor, target=target, **wanted)
    return target.getvalue()


def edited(data: bytes, **cells) -> SimpleUploadedFile:
    """The ledger with some cells filled in by hand, as an office program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for place, value in cells.items():
        book["任务台账"][place] = value
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("台账.xlsx", target.getvalue())


def take(actor, data) -> SheetImport | None:
    upload = data if isinstance(data, SimpleUploadedFile) else SimpleUploadedFile("台账.xlsx", data)
    return take_own(actor, declared=LEDGER, target=None, upload=upload, name="台账.xlsx")


HEADS = [column.name for column in ledger.LEDGER.columns]


def place(name: str, line: int) -> str:
    return f"{openpyxl.utils.get_column_letter(HEADS.index(name) + 2)}{line}"


def test_a_ledger_has_the_layout_that_offices_use(city, rows):
    sheet = openpyxl.load_workbook(io.BytesIO(exported(city.officer, plan=city.plan)))["任务台账"]
    assert sheet["A1"].value == "教育督导工作要点任务台账"
    today = timezone.localdate()
    assert sheet["E2"].value == (
        f"填报单位：某市　　填报人：王科　　审核人：　　填报日期：{today.year}年{today.month}月{today.day}日"
    )
    assert [cell.value for cell in sheet[3]] == ["序号", *HEADS]
    shown = {head: cell.value for head, cell in zip(HEADS, sheet[4][1:], strict=True)}
    row = rows[0]
    assert shown["编号"] == f"{city.plan.year}-{row.task.code}-{row.pk}"
    assert shown["任务类别"] == "队伍建设"
    assert shown["责任单位"] == "平江县"
    assert (shown["责任领导"], shown["责任人"], shown["联系电话"]) == ("王县长", "张三", "138****5678")
    assert shown["工作措施"] == "逐校核定。\n落实编制。"
    assert shown["完成时限"].date() == row.deadline
    assert (shown["进展情况"], shown["困难和需要协调的事项"], shown["完成率"]) == ("已聘任 30 人。", "经费不足", 60)
    assert (shown["状态"], shown["是否完成"], shown["销号时间"]) == ("进行中", "否", None)
    light = sheet[place("亮灯", 4)]
    assert light.value.startswith("蓝灯·")
    assert light.fill.fgColor.rgb != "00000000"
    total = [cell.value for cell in sheet[6]]
    assert total[:2] == ["合计", "2 项"]
    assert total[HEADS.index("完成率") + 1] == "平均完成率30.0%"
    assert total[HEADS.index("是否完成") + 1] == "完成 0 项"
    assert sheet.freeze_panes == "E4"
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$3:$3", "$A:$D")
    assert (sheet.page_setup.paperSize, sheet.page_setup.scale) == (9, 82), "A4, 11 pt printed with 9"
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    breaks = [one.id for one in sheet.col_breaks.brk]
    assert len(breaks) == 3
    locked = {head: cell.protection.locked for head, cell in zip(HEADS, sheet[4][1:], strict=True)}
    assert sheet.protection.sheet
    assert {head for head, held in locked.items() if not held} == {
        "责任领导", "责任人", "工作措施", "进展情况", "完成率", "自评", "困难和需要协调的事项", "备注",
    }  # fmt: skip
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules[f"{place('自评', 4)}:{place('自评', 5)}"].type == "list"
    limits = rules[f"{place('完成率', 4)}:{place('完成率', 5)}"]
    assert (limits.type, limits.formula1, limits.formula2) == ("whole", "0", "100")


def test_the_ledger_of_several_plans_is_summed_by_plan(city, rows):
    """Rows of two plans stand among one another; a sheet behind them says how many are of which."""
    alone = openpyxl.load_workbook(io.BytesIO(exported(city.officer)))
    assert "汇总" not in alone.sheetnames
    year = city.plan.year - 1
    plan = WorkPlan.objects.create(unit=city.city, year=year, title="上年要点")
    section = Section.objects.create(plan=plan, position=0, number="一、", title="甲")
    point = Point.objects.create(section=section, position=0, number="1", title="乙")
    WorkPlan.objects.filter(pk=plan.pk).update(state="published", published_at=timezone.now())
    plan.refresh_from_db()
    other = replace(city, plan=plan, point=point)
    hand_down(city.officer, task=a_task(other, title="上年的事"), units=[city.pingjiang])
    book = openpyxl.load_workbook(io.BytesIO(exported(city.officer)))
    assert book.sheetnames[0] == "任务台账"
    summed = [[cell.value for cell in row[:3]] for row in book["汇总"].iter_rows(min_row=4)]
    assert sorted(summed[:-1]) == sorted([[f"{year}年 上年要点", 1, 0], [f"{city.plan.year}年 教育督导工作要点", 2, 0]])
    assert summed[-1] == ["合计", 3, 0]
    assert take(city.officer, exported(city.officer)) is None


def test_everybody_takes_away_what_they_may_see(city, rows):
    numbers = [row.values["number"] for row in sheets.read(exported(city.county), ledger.LEDGER).rows]
    assert numbers == [ledger.row_number(rows[0])]
    assert len(sheets.read(exported(city.officer, ids=[rows[1].pk]), ledger.LEDGER).rows) == 1
    with pytest.raises(ValidationError, match="没有您可以导出的任务"):
        exported(city.stranger, ids=[rows[0].pk])
    with pytest.raises(ValidationError, match="没有您可以导出的任务"):
        exported(city.head)
    event = Event.objects.filter(verb="ledger.export").latest("id")
    assert event.data == {"rows": 1, "phones": False}


def test_phones_are_written_in_full_only_for_those_who_may_see_them(city, rows):
    def phone(actor):
        return sheets.read(exported(actor, phones=True), ledger.LEDGER, texts=True).rows[0].texts["phone"]

    assert phone(city.officer) == "13812345678"
    assert Event.objects.filter(verb="ledger.export").latest("id").data["phones"] is True
    assert phone(city.leader) == "138****5678"


def test_the_number_of_queries_does_not_grow_with_the_rows(city, rows):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            exported(city.officer)
        return len(seen)

    queries()  # asks once for what is kept afterwards
    few = queries()
    for number in range(5):
        hand_down(city.officer, task=a_task(city, title=f"任务 {number}"), units=[city.pingjiang, city.xiangyin])
    assert queries() == few


def test_a_ledger_that_comes_back_unchanged_changes_nothing(city, rows):
    data = exported(city.officer, plan=city.plan)
    before = list(Assignment.objects.order_by("pk").values())
    events = Event.objects.count()
    assert take(city.officer, data) is None
    assert take(city.officer, edited(data)) is None
    assert list(Assignment.objects.order_by("pk").values()) == before
    assert Event.objects.count() == events
    assert not SheetImport.objects.exists()
    assert not StoredFile.objects.exists()


def test_changed_cells_are_shown_first_and_then_carried_out(city, rows):
    data = exported(city.officer, plan=city.plan)
    upload = edited(
        data,
        **{
            place("责任领导", 4): "李县长",
            place("备注", 5): "首批",
            place("工作措施", 4): None,
            "A5": 99,
        },
    )
    taken = take(city.officer, upload)
    assert taken.state == "ready"
    assert [(change["line"], change["column"], change["before"], change["after"]) for change in changes_of(taken)] == [
        (4, "leader", "王县长", "李县长"),
        (4, "measures", "逐校核定。\n落实编制。", ""),
        (5, "remarks", "", "首批"),
    ]
    assert fresh(rows[0]).leader == "王县长"
    apply_own(city.officer, taken=taken)
    first, second = fresh(rows[0]), fresh(rows[1])
    assert (first.leader, first.person, first.measures, second.remarks) == ("李县长", "张三", "", "首批")
    assert [event.data["columns"] for event in Event.objects.filter(verb="ledger.import").order_by("id")] == [
        ["责任领导", "工作措施"],
        ["备注"],
    ]
    with pytest.raises(Conflict, match="已导入"):
        apply_own(city.officer, taken=taken)
    # What was changed is now what stands there: the same file says nothing new.
    upload.seek(0)
    assert take(city.officer, upload) is None


def test_a_county_fills_in_its_own_rows_and_no_others(city, rows):
    data = exported(city.officer, plan=city.plan)
    taken = take(city.county, edited(data, **{place("责任人", 4): "李四"}))
    # The other county's row is in the file, which the county has no business to have.
    assert taken.problems == [
        f"第 5 行“编号”是“{ledger.row_number(rows[1])}”，平台里没有这一项，或不在您的范围内。请按导出的台账填写，不要改编号"
    ]
    apply_own(city.county, taken=taken)
    assert fresh(rows[0]).person == "李四" and fresh(rows[1]).person == ""
    with pytest.raises(Conflict, match="已导入"):
        apply_own(city.county, taken=taken)


def test_what_the_ledger_says_of_the_progress_is_a_report_of_the_unit(city, rows):
    """Twenty-nine rows need not be opened one by one; who only watches can't report for a unit."""
    said = {"进展情况": "已聘任 45 人。", "完成率": 75, "自评": "存在困难", "困难和需要协调的事项": ""}
    data = exported(city.county)
    taken = take(city.county, edited(data, **{place(name, 4): value for name, value in said.items()}))
    assert taken.problems == [] and len(changes_of(taken)) == 4
    before = fresh(rows[0])
    apply_own(city.county, taken=taken)
    row = fresh(rows[0])
    made = row.reports.order_by("-number").first()
    assert (made.number, made.text, made.progress, made.light, made.difficulties) == (
        2,
        "已聘任 45 人。",
        75,
        "amber",
        "",
    )
    assert not made.complete and made.reporter == city.county.name
    assert (row.progress, row.self_light, row.state, row.measures) == (75, "amber", "working", before.measures)
    assert Event.objects.filter(verb="assignment.progress", object_id=row.pk).count() == 2
    assert take(city.county, exported(city.county)) is None
    only = take(city.county, edited(exported(city.county), **{place("完成率", 4): 80}))
    apply_own(city.county, taken=only)
    assert fresh(rows[0]).progress == 80 and fresh(rows[0]).reports.order_by("-number").first().text == "已聘任 45 人。"
    office = take(city.officer, edited(exported(city.officer, ids=[row.pk]), **{place("完成率", 4): 90}))
    assert "只有承办单位（平江县）自己可以" in office.problems[0]


@pytest.mark.parametrize(
    ("line", "cells", "said"),
    [
        (4, {"完成率": 101}, "应在 0 到 100 之间"),
        (4, {"完成率": "过半"}, "请填数字"),
        (4, {"完成率": None}, "不能清空"),
        (4, {"自评": "很好"}, "不在可选范围内"),
    ],
)
def test_a_progress_that_makes_no_sense_is_told(city, rows, line, cells, said):
    taken = take(
        city.county, edited(exported(city.county), **{place(name, line): cell for name, cell in cells.items()})
    )
    assert said in taken.problems[0] and not changes_of(taken)


def test_progress_waits_for_the_signature_and_for_words(city, rows):
    stranger = take(city.stranger, edited(exported(city.stranger), **{place("完成率", 4): 10}))
    assert "完成率" in stranger.problems[0] and "不能修改" in stranger.problems[0], "not signed for yet"
    acts.sign(city.stranger, row=rows[1], leader="甲", person="乙", measures="丙")
    silent = take(city.stranger, edited(exported(city.stranger), **{place("完成率", 4): 10}))
    assert "“进展情况”没有填写" in silent.problems[0] and not changes_of(silent)
    told = take(
        city.stranger, edited(exported(city.stranger), **{place("完成率", 4): 10, place("进展情况", 4): "已开始"})
    )
    apply_own(city.stranger, taken=told)
    assert fresh(rows[1]).progress == 10


def test_a_report_made_meanwhile_is_not_overwritten(city, rows):
    taken = take(city.county, edited(exported(city.county), **{place("完成率", 4): 75}))
    acts.report(city.county, row=fresh(rows[0]), text="又聘任 5 人。", progress=65)
    with pytest.raises(Conflict, match="核对之后被他人改过"):
        apply_own(city.county, taken=taken)
    assert fresh(rows[0]).progress == 65


def test_one_bad_row_does_not_block_the_others_and_comes_back_alone(city, rows):
    """The file that is given back is a ledger still: mended, it brings what was left."""
    third = a_task(city, title="第三项", deadline=30)
    hand_down(city.officer, task=third, units=[city.pingjiang])
    data = exported(city.officer, plan=city.plan)
    filled = {
        place("责任人", 4): "李四",
        place("责任领导", 5): "王" * 61,
        place("备注", 5): "要办",
        place("备注", 6): "已知",
    }
    taken = take(city.officer, edited(data, **filled))
    assert taken.state == "faulty" and len(taken.problems) == 1
    assert {change["line"] for change in changes_of(taken)} == {4, 6}, (
        "of the faulty row nothing, not even its good cell"
    )
    apply_own(city.officer, taken=taken)
    assert [fresh(row).person for row in rows] == ["李四", ""] and fresh(rows[1]).remarks == ""
    assert Assignment.objects.get(task=third).remarks == "已知"
    taken.refresh_from_db()
    left = openpyxl.load_workbook(files.opened(taken.errors))
    sheet = left["任务台账"]
    assert (sheet["B4"].value, sheet.max_row) == (ledger.row_number(rows[1]), 4)
    assert "最多 60 个" in sheet.cell(4, len(HEADS) + 2).value
    sheet[place("责任领导", 4)] = "王县长"
    target = io.BytesIO()
    left.save(target)
    again = take(city.officer, target.getvalue())
    assert again.problems == [] and len(changes_of(again)) == 2
    apply_own(city.officer, taken=again)
    assert (fresh(rows[1]).leader, fresh(rows[1]).remarks) == ("王县长", "要办")


def test_who_only_reads_can_not_change_anything(city, rows):
    with pytest.raises(Denied, match="没有“导回台账”的权限"):
        take(city.leader, edited(exported(city.leader), **{place("备注", 4): "好"}))


def test_other_columns_can_not_be_changed_in_a_ledger(city, rows):
    data = exported(city.officer)
    taken = take(city.officer, edited(data, **{place("完成时限", 4): "2030-1-1", place("完成率", 5): 100}))
    assert taken.state == "faulty"
    old = rows[0].deadline
    assert [problem.partition("不能")[0] for problem in taken.problems] == ["第 4 行“完成时限”", "第 5 行“完成率”"]
    assert f"请恢复为“{old.year}年{old.month}月{old.day}日”" in taken.problems[0]
    copy = openpyxl.load_workbook(files.opened(taken.errors))["任务台账"]
    assert copy.cell(3, len(HEADS) + 2).value == "错误原因"
    assert "“完成时限”不能在台账里修改" in copy.cell(4, len(HEADS) + 2).value


def test_what_happened_meanwhile_is_neither_lost_nor_called_a_change(city, rows):
    data = exported(city.officer)
    acts.report(city.county, row=fresh(rows[0]), text="已聘任 45 人。", progress=90)
    Assignment.objects.filter(pk=rows[0].pk).update(person="赵六")
    assert take(city.officer, data) is None
    assert fresh(rows[0]).person == "赵六"
    # The same cell changed on both sides: the person is asked, nothing is overwritten.
    taken = take(city.officer, edited(data, **{place("责任人", 4): "李四", place("责任领导", 4): "李县长"}))
    assert len(taken.problems) == 1
    assert "在台账导出之后已被改为“赵六”" in taken.problems[0]
    # Changed on both sides to the same: nothing to do.
    assert take(city.officer, edited(data, **{place("责任人", 4): "赵六"})) is None


def test_a_change_between_check_and_import_stops_all_of_it(city, rows):
    data = exported(city.officer)
    taken = take(city.officer, edited(data, **{place("责任人", 4): "李四", place("备注", 5): "首批"}))
    Assignment.objects.filter(pk=rows[0].pk).update(person="赵六")
    with pytest.raises(Conflict, match=r"第 4 行“责任人”在核对之后被他人改过"):
        apply_own(city.officer, taken=taken)
    assert fresh(rows[1]).remarks == ""
    taken.refresh_from_db()
    assert taken.state == "ready"


def test_closed_rows_stay_as_they_are(city, rows):
    data = exported(city.officer)
    Assignment.objects.filter(pk=rows[0].pk).update(
        state="closed", confirmed_at=timezone.now(), closed_at=timezone.now(), finished_on=day()
    )
    taken = take(city.officer, edited(data, **{place("备注", 4): "补记"}))
    assert "不能修改：这一项已销号，不能再改" in taken.problems[0]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"B5": None}, "没有填写，此列必填"),
        ({"B5": "2026-4-1-999999"}, "平台里没有这一项"),
        ({"B5": "乱写"}, "平台里没有这一项"),
        ({place("责任领导", 4): "长" * 61}, "有 61 个字，最多 60 个"),
    ],
)
def test_faulty_rows_are_named(city, rows, cells, words):
    taken = take(city.officer, edited(exported(city.officer), **cells))
    assert words in taken.problems[0]
    assert changes_of(taken) == []


def test_a_row_twice_is_named(city, rows):
    data = exported(city.officer)
    number = openpyxl.load_workbook(io.BytesIO(data))["任务台账"]["B4"].value
    taken = take(city.officer, edited(data, B5=number))
    assert "第 5 行“编号”与第 4 行相同，请删除其中一行" in taken.problems


def test_a_ledger_copied_into_another_workbook_is_still_read(city, rows):
    book = openpyxl.Workbook()
    book.active.append(["编号", "责任领导", "备注"])
    book.active.append([ledger.row_number(rows[0]), "李县长", None])
    target = io.BytesIO()
    book.save(target)
    taken = take(city.officer, target.getvalue())
    assert [change["after"] for change in changes_of(taken)] == ["李县长"]
    assert any("没有导出时的底稿" in note for note in taken.notes)
    apply_own(city.officer, taken=taken)
    assert fresh(rows[0]).leader == "李县长"


def test_a_ledger_can_be_given_up(city, rows):
    taken = take(city.officer, edited(exported(city.officer), **{place("备注", 4): "首批"}))
    discard_own(city.officer, taken=taken)
    with pytest.raises(Conflict):
        discard_own(city.officer, taken=taken)
    with pytest.raises(Conflict, match="已放弃"):
        apply_own(city.officer, taken=taken)
    assert str(taken) == "台账.xlsx"


def test_what_is_no_ledger_is_refused(city, rows):
    with pytest.raises(SheetError, match="没有找到表头"):
        take(city.officer, sheets.template(sheets.Table("别的", [sheets.Column("a", "甲")])))


def test_the_platform_itself_may_export(city, rows):
    assert export_ledger(SYSTEM, target=io.BytesIO()) == 2
    with pytest.raises(Denied):
        applied_by_a_stranger(city, rows)


def applied_by_a_stranger(city, rows):
    taken = take(city.officer, edited(exported(city.officer), **{place("备注", 4): "首批"}))
    SheetImport.objects.filter(pk=taken.pk).update(owner_id=city.stranger.id)
    apply_own(city.stranger, taken=taken)


@pytest.mark.office
def test_a_ledger_opens_in_an_office_program(city, rows, tmp_path):
    pdf = to_pdf(exported(city.officer, plan=city.plan), "ledger.xlsx", tmp_path)
    assert page_count(pdf) == 4, "beside one another"
    assert smallest_type(pdf) >= 8.5, "the box around 9 pt"
    assert all("配备督学" in words and "平江县" in words for words in words_by_page(pdf))
