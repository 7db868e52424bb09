"""Papers of plans: the Gantt chart as a sheet, the progress brief as a page."""

import io
from datetime import date, timedelta

import openpyxl
import pytest

from dudao.plans.models import Task
from dudao.plans.papers import gantt_workbook
from dudao.plans.queries.schedule import StepInput, plan_of
from office import page_count, to_pdf
from plans.conftest import City, a_task

STEPS = [StepInput("制定方案", 5), StepInput("印发通知", 2, 1), StepInput("实地督导", 10), StepInput("总结上报", 3)]


def a_schedule(city: City, steps=STEPS, deadline=date(2026, 6, 26), starts=date(2026, 5, 11)):
    task = a_task(city)
    Task.objects.filter(pk=task.pk).update(starts=starts, deadline=deadline)
    task.refresh_from_db()
    return task, plan_of(task, steps)


def sheet_of(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_a_schedule_is_a_sheet_with_a_column_a_day(city):
    task, plan = a_schedule(city)
    sheet = sheet_of(gantt_workbook(task, plan, today=date(2026, 6, 1)))
    assert sheet["A1"].value == "配备督学倒排工期表"
    assert "完成时限：2026年6月26日" in sheet["A2"].value
    assert [sheet.cell(3, column).value for column in range(1, 8)] == [
        "序号", "步骤", "工作日", "开始", "完成", "实际完成", "状态",
    ]  # fmt: skip
    rows = [[sheet.cell(row, column).value for column in (2, 3)] for row in range(5, 9)]
    assert rows == [["制定方案", 5], ["印发通知", 2], ["实地督导", 10], ["总结上报", 3]]
    ends = [sheet.cell(row, 5).value.date() for row in range(5, 9)]
    assert ends == [step.end for step in plan.schedule.steps]
    days = [column for column in range(8, sheet.max_column + 1) if sheet.cell(4, column).value]
    assert len(days) == (date(2026, 6, 26) - date(2026, 5, 11)).days + 1
    assert sheet.cell(4, days[0]).value == "11"
    assert sheet.cell(3, days[0]).value == "2026年5月"
    coloured = [
        date(2026, 5, 11) + timedelta(days=place)
        for place, column in enumerate(days)
        if sheet.cell(7, column).fill.fgColor.rgb not in {"00000000", "FFECEEF1"}
    ]
    step = plan.schedule.steps[2]
    assert (coloured[0], coloured[-1]) == (step.start, step.end)
    assert sheet.cell(4, days[-1]).fill.fgColor.rgb == "FFA01414"
    assert sheet.freeze_panes == "C5"
    assert sheet.print_title_rows == "$3:$4"


def test_each_step_says_how_it_stands(city):
    steps = [
        StepInput("制定方案", 5, done_on=date(2026, 5, 20)),
        StepInput("印发通知", 2, done_on=date(2026, 6, 20)),
        StepInput("实地督导", 10),
        StepInput("总结上报", 3),
    ]
    task, plan = a_schedule(city, steps)
    middle = plan.schedule.steps[2]
    sheet = sheet_of(gantt_workbook(task, plan, today=middle.start))
    assert [sheet.cell(row, 7).value for row in range(5, 9)] == ["按期完成", "逾期完成", "进行中", "未开始"]
    marks = [cell.value for row in sheet.iter_rows(min_row=5, max_row=8, min_col=8) for cell in row if cell.value]
    assert marks == ["✓", "✓"]
    sheet = sheet_of(gantt_workbook(task, plan, today=middle.end + timedelta(days=1)))
    assert sheet["G7"].value == "逾期"


def test_a_long_schedule_has_a_column_a_week_and_what_does_not_fit_is_said(city):
    steps = [StepInput("制定方案", 60), StepInput("组织实施", 120)]
    task, plan = a_schedule(city, steps, deadline=date(2026, 12, 18), starts=date(2026, 5, 11))
    sheet = sheet_of(gantt_workbook(task, plan, today=date(2026, 1, 1)))
    assert "每格一周" in sheet["A2"].value
    assert sheet["H4"].value.endswith("起")
    assert sheet.max_column < 70
    assert sheet["G5"].value == "排不下"
    assert plan.schedule.first_misfit.text in {sheet.cell(row, 1).value for row in range(7, 12)}


@pytest.mark.office
def test_a_schedule_prints_on_one_page(city, tmp_path):
    task, plan = a_schedule(city)
    assert page_count(to_pdf(gantt_workbook(task, plan, today=date(2026, 6, 1)), "gantt.xlsx", tmp_path)) == 1
