"""Papers of plans: the Gantt chart as a sheet, the progress brief as a page."""

import importlib.util
import io
import random
import zipfile
from datetime import date, timedelta
from pathlib import Path

import docx
import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from dudao.plans.actions import assignments as acts
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.models import Assignment, Task
from dudao.plans.papers import gantt_workbook, make_brief
from dudao.plans.papers.brief import brief_values
from dudao.plans.queries import with_units
from dudao.plans.queries.schedule import StepInput, plan_of
from office import page_count, to_pdf
from plans.conftest import City, a_row, a_task, day, fresh

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


NAMES = (
    "岳阳楼区",
    "云溪区",
    "君山区",
    "汨罗市",
    "临湘市",
    "岳阳县",
    "华容县",
    "经开区",
    "南湖新区",
    "屈原区",
    "城陵矶新区",
)
TITLES = (
    ("配齐配强专兼职督学队伍", -3),
    ("开展幼儿园办园行为督导评估", 20),
    ("对县级人民政府履行教育职责情况开展评价", 60),
    ("组织义务教育质量监测现场测试", 5),
    ("开展“双减”专项督导", -20),
    ("督导问题整改回头看", 90),
)
HARD = "编制不足，专职督学难以配齐，需要协调编办解决，请市级统筹考虑并给予经费支持"


@pytest.fixture
def busy(city):
    """Thirteen counties and a member unit in the middle of the year, with much to tell."""
    dice = random.Random(3)
    units = [city.pingjiang, city.xiangyin]
    units += [unit(name, Kind.COUNTY, city.city, sort_no=30 + place) for place, name in enumerate(NAMES)]
    people = {one.pk: actor_for(account(f"{one.name}督导办", one, "county_office")) for one in units}
    for title, deadline in TITLES:
        task = a_task(city, title=title, deadline=deadline, starts=-40)
        hand_down(city.officer, task=task, units=[*units, city.finance], starts=day(-40))
        for row in with_units(Assignment.objects.filter(task=task)).order_by("pk"):
            who = people.get(row.unit_id)
            if who is None or dice.random() < 0.3:
                continue
            acts.sign(who, row=row, leader="李县长", person="张三")
            if dice.random() < 0.2:
                continue
            done = dice.random() < 0.35
            acts.report(
                who,
                row=row,
                text="已完成大部分工作。",
                progress=100 if done else dice.randint(10, 90),
                difficulties=dice.choice(["", HARD, "经费不足"]),
                complete=done,
            )
            if done:
                acts.confirm(city.officer, row=row)
    return city


def words_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_brief_says_how_the_plan_stands(city):
    row = a_row(city, deadline=-3, starts=-30, title="配备督学")
    acts.sign(city.county, row=row, leader="王县长")
    acts.report(city.county, row=fresh(row), text="已聘任 30 人。", progress=60, difficulties="经费\n不足")
    words = words_of(make_brief(city.officer, plan=city.plan))
    today = timezone.localdate()
    assert f"截至{today.year}年{today.month}月{today.day}日，已向 1 个单位下达任务 1 项，共 1 个承办事项。" in words
    assert "其中已确认完成 0 项，占 0.0%；逾期未完成 1 项；平均完成率 60.0%。按亮灯统计：红灯 1 项。" in words
    assert f"1. 配备督学（时限{row.deadline.month}月{row.deadline.day}日，逾期 3 天）：平江县 60%。" in words
    assert "三、逾期事项（共 1 项）" in words
    assert "1. 经费 不足：平江县。" in words
    assert "1. 无。" in words
    table = docx.Document(io.BytesIO(make_brief(city.officer, plan=city.plan))).tables[0]
    assert [cell.text for cell in table.rows[1].cells] == ["平江县", "1", "0", "1", "0", "0", "0", "0", "0", "60.0%"]
    assert [cell.text for cell in table.rows[2].cells][:2] == ["合计", "1"]
    event = Event.objects.filter(verb="brief.make").latest("id")
    assert event.object_id == city.plan.pk


def test_a_brief_of_a_plan_without_rows_says_so(city):
    words = words_of(make_brief(city.officer, plan=city.plan))
    assert "本年度计划的任务还没有下达。" in words


def test_who_may_not_makes_no_brief(city):
    with pytest.raises(Denied, match="没有“生成进展简报”的权限"):
        make_brief(city.county, plan=city.plan)
    assert not Event.objects.filter(verb="brief.make").exists()


def test_a_brief_agrees_with_the_rows(busy):
    values = brief_values(busy.officer, busy.plan, timezone.localdate())
    rows = Assignment.objects.filter(task__plan=busy.plan)
    assert values["total"]["rows"] == rows.count() == sum(line["rows"] for line in values["rows"])
    assert values["total"]["done"] == rows.filter(state="confirmed").count()
    assert len(values["rows"]) == 14
    assert values["rows"][-1]["unit"] == "市直单位（1 个）"
    lights = ("red", "amber", "purple", "blue", "grey", "green")
    for line in (*values["rows"], values["total"]):
        assert sum(line[light] for light in lights) == line["rows"]
    late = rows.filter(deadline__lt=timezone.localdate(), finished_on=None).count()
    assert values["late_note"] == f"（共 {late} 项）"
    assert sum(text.count("%") for text in values["late"]) == late


def test_what_does_not_fit_is_said(busy, monkeypatch):
    monkeypatch.setattr("dudao.plans.papers.brief.LINES_IN_ALL", 14)
    values = brief_values(busy.officer, busy.plan, timezone.localdate())
    assert values["finished_note"].endswith("项，未全部列出，详见台账）")
    assert "finished" in values


def test_a_brief_asks_the_same_number_of_queries_for_any_city(city):
    officer = city.officer

    def queries():
        with CaptureQueriesContext(connection) as seen:
            brief_values(officer, city.plan, timezone.localdate())
        return len(seen)

    hand_down(city.officer, task=a_task(city), units=[city.pingjiang, city.finance])
    few = queries()
    for number in range(6):
        county = unit(f"第{number}县", Kind.COUNTY, city.city)
        hand_down(city.officer, task=a_task(city, deadline=-number, starts=-30), units=[county, city.xiangyin])
    assert queries() == few


def test_many_units_are_told_together(city):
    units = [unit(f"第{number}县", Kind.COUNTY, city.city) for number in range(20)]
    hand_down(city.officer, task=a_task(city), units=units)
    values = brief_values(city.officer, city.plan, timezone.localdate())
    assert len(values["rows"]) == 16
    assert values["rows"][-1]["unit"] == "其他单位（5 个）"
    assert values["rows"][-1]["rows"] == 5


def test_the_template_is_what_its_script_builds():
    """Whoever changes the layout changes the script, so that a review can read it."""
    spec = importlib.util.spec_from_file_location("make", Path(__file__).parents[2] / "scripts/make_brief_template.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    built = io.BytesIO()
    script.build().save(built)
    with zipfile.ZipFile(built) as new, zipfile.ZipFile(script.TEMPLATE) as kept:
        for part in ("word/document.xml", "word/styles.xml"):
            assert new.read(part) == kept.read(part)


@pytest.mark.office
def test_a_brief_is_one_page(busy, tmp_path):
    assert page_count(to_pdf(make_brief(busy.officer, plan=busy.plan), "brief.docx", tmp_path)) == 1
