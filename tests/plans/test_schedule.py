"""倒排工期 of a task: counted over the office's calendar, edited with a preview, drawn as SVG, and told what no longer fits."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dudao.calc.calendar import WEEKDAYS_ONLY
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.orgs.actions.calendars import set_special_day
from dudao.plans.actions.schedule import mark_step, set_schedule
from dudao.plans.actions.tasks import create_task, discard_task
from dudao.plans.gantt import chart_of
from dudao.plans.models import Task
from dudao.plans.presets.chains import CHAINS, KINDS, chain_for
from dudao.plans.queries.schedule import Plan, StepInput, counted_back, plan_of, proposed, saved_steps
from plans.conftest import a_task, day
from signing import signed_in

STEPS = [StepInput("制定方案", 5), StepInput("组织实施", 10, gap_after=2), StepInput("总结上报", 3)]


def dated_task(city, deadline=date(2026, 6, 26), starts=None) -> Task:
    """A Friday far from holidays."""
    made = create_task(city.officer, point=city.point, title="配备督学", deadline=deadline, starts=starts)
    return Task.objects.select_related("plan__unit", "point__section").get(pk=made.pk)


def test_steps_are_counted_back_over_working_days(city):
    task = dated_task(city)
    rows = set_schedule(city.officer, task=task, steps=STEPS)
    assert [(row.name, row.starts, row.ends) for row in rows] == [
        ("制定方案", date(2026, 6, 1), date(2026, 6, 5)),
        ("组织实施", date(2026, 6, 8), date(2026, 6, 19)),
        ("总结上报", date(2026, 6, 24), date(2026, 6, 26)),
    ]
    assert audit.history(task).first().data["steps"][0][0] == "制定方案"


def test_a_holiday_of_the_city_moves_the_steps_before_it(city):
    set_special_day(city.director, unit=city.city, day=date(2026, 6, 25), working=False, name="端午调休")
    rows = set_schedule(city.officer, task=dated_task(city), steps=STEPS)
    assert [row.starts for row in rows] == [date(2026, 5, 29), date(2026, 6, 5), date(2026, 6, 23)]


def test_a_longer_step_moves_those_before_it_and_only_those(city):
    task = dated_task(city)
    before = set_schedule(city.officer, task=task, steps=STEPS)
    longer = [STEPS[0], StepInput("组织实施", 12, gap_after=2), STEPS[2]]
    after = set_schedule(city.officer, task=task, steps=longer)
    assert after[2].starts == before[2].starts
    assert after[1].ends == before[1].ends
    assert after[0].starts == date(2026, 5, 28)


def test_a_plan_that_does_not_fit_says_which_step(city):
    task = dated_task(city, starts=date(2026, 6, 10))
    with pytest.raises(ValidationError, match="“组织实施”排不下：须在2026年6月8日开始，早于最早可开始的2026年6月10日"):
        set_schedule(city.officer, task=task, steps=STEPS)
    assert task.milestones.count() == 0


def test_a_done_step_keeps_its_mark_through_a_change(city):
    task = dated_task(city)
    first, *_ = set_schedule(city.officer, task=task, steps=STEPS)
    mark_step(city.officer, step=first, done_on=date(2026, 6, 4))
    kept = saved_steps(task.milestones.all())
    set_schedule(city.officer, task=task, steps=[*kept[:2], StepInput("新增一步", 1), kept[2]])
    assert task.milestones.get(name="制定方案").done_on == date(2026, 6, 4)
    assert task.milestones.count() == 4
    mark_step(city.officer, step=task.milestones.get(name="制定方案"), done_on=None)
    assert task.milestones.get(name="制定方案").done_on is None


def test_refusals_of_a_schedule(city):
    task = dated_task(city)
    with pytest.raises(Denied):
        set_schedule(city.county, task=task, steps=STEPS)
    with pytest.raises(ValidationError, match="至少要有一个步骤"):
        set_schedule(city.officer, task=task, steps=[])
    with pytest.raises(ValidationError, match="第 1 步没有名称"):
        set_schedule(city.officer, task=task, steps=[StepInput(" ", 1)])
    with pytest.raises(ValidationError, match="最多 40 个"):
        set_schedule(city.officer, task=task, steps=[StepInput("步", 1)] * 41)
    with pytest.raises(Conflict):
        set_schedule(city.officer, task=task, steps=[StepInput("步", 1, pk=999_999)])
    (step,) = set_schedule(city.officer, task=task, steps=[StepInput("步", 1)])
    with pytest.raises(ValidationError, match="还没有到"):
        mark_step(city.officer, step=step, done_on=day(1))
    discard_task(city.officer, task=task)
    with pytest.raises(Denied, match="不能倒排工期"):
        set_schedule(city.officer, task=task, steps=STEPS)


def test_every_kind_of_work_has_a_chain_that_can_be_counted():
    assert set(CHAINS) <= set(KINDS)
    for kind in [*KINDS, ""]:
        steps = [StepInput(*step) for step in chain_for(kind)]
        assert counted_back(steps, date(2026, 12, 31), WEEKDAYS_ONLY, None).fits


def test_the_kinds_are_those_of_the_reader():
    from dudao.calc.worktext.findings.kinds import KINDS as READ

    assert {row.code: row.name for row in READ} == KINDS


def test_the_chart_puts_every_bar_where_its_days_are():
    schedule = counted_back(STEPS, date(2026, 6, 26), WEEKDAYS_ONLY, None)
    chart = chart_of(Plan(STEPS, schedule, WEEKDAYS_ONLY), date(2026, 6, 10))
    a_day = (chart.bars[2].x - chart.bars[1].x) / (date(2026, 6, 24) - date(2026, 6, 8)).days
    assert [round((bar.x - chart.bars[0].x) / a_day) for bar in chart.bars] == [0, 7, 23]
    assert round(chart.bars[1].width / a_day) == 12
    assert chart.deadline_x == pytest.approx(chart.bars[2].end_x, abs=0.2)
    assert chart.bars[1].x < chart.today_x < chart.bars[1].end_x
    assert [bar.status for bar in chart.bars] == ["late", "now", "todo"]
    assert chart.bars[0].word == "已过 5 天未完成"
    weekends = [shade for shade in chart.shades if round(shade.width / a_day) == 2]
    assert len(weekends) >= 4
    assert all(chart.left <= shade.x <= chart.width for shade in chart.shades)


def test_the_page_draws_the_chart_without_inline_styles_and_beside_a_table(city):
    task = dated_task(city)
    first, *_ = set_schedule(
        city.officer, task=task, steps=[StepInput("制定方案", 5, fixed_end=date(2026, 6, 3)), *STEPS[1:]]
    )
    mark_step(city.officer, step=first, done_on=date(2026, 6, 3))
    client = signed_in(city.account("officer"))
    said = client.get(task.get_absolute_url()).content.decode()
    svg = said[said.index('<svg class="pl-gantt-svg"') : said.index("</svg>", said.index('<svg class="pl-gantt-svg"'))]
    assert svg.count('class="pl-g-bar"') == 3
    assert "style=" not in svg
    for part in (
        'class="pl-g-deadline"',
        'class="pl-g-rest"',
        'class="pl-g-fixed"',
        'class="pl-g-done"',
    ):
        assert part in svg
    soon = dated_task(city, deadline=day(20))
    set_schedule(city.officer, task=soon, steps=STEPS)
    assert 'class="pl-g-today"' in client.get(soon.get_absolute_url()).content.decode()
    assert "第 1 步 制定方案：2026年5月28日至2026年6月3日，5 个工作日，已完成" in svg
    assert "2026年6月24日" in said[said.index("</svg>") :]
    sheet = client.get(reverse("plans:schedule_sheet", args=[task.pk]))
    assert sheet.content[:2] == b"PK"


def typed(rows, **more):
    sent = dict(more)
    for place, (name, days, gap, fixed) in enumerate(rows):
        sent |= {
            f"row-{place}": "1",
            f"name-{place}": name,
            f"workdays-{place}": days,
            f"gap-{place}": gap,
            f"fixed-{place}": fixed,
            f"pk-{place}": "",
        }
    return sent


def test_the_table_is_edited_with_a_preview_and_written_only_by_save(city):
    task = dated_task(city)
    client = signed_in(city.account("officer"))
    address = reverse("plans:schedule", args=[task.pk])
    assert "尚未保存" in client.get(address).content.decode()
    rows = [("制定方案", "5", "", ""), ("组织实施", "10", "2", ""), ("总结上报", "3", "", "")]
    part = {"HX-Request": "true", "HX-Target": "schedule"}
    shown = client.post(address, typed(rows, act="add-0"), headers=part).content.decode()
    assert "<html" not in shown
    assert 'name="row-3"' in shown
    assert "第 2 步没有名称" in shown
    moved = client.post(address, typed(rows, act="down-0"), headers=part).content.decode()
    assert moved.index('value="组织实施"') < moved.index('value="制定方案"')
    assert task.milestones.count() == 0
    bad = client.post(address, typed([("制定方案", "五", "", "昨天")], act="save")).content.decode()
    assert "第 1 步“工作日”是“五”，请填整数" in bad
    assert "第 1 步固定完成日“昨天”不是日期" in bad
    clash = client.post(address, typed([*rows[:2], ("总结上报", "3", "", "2026-06-30")], act="save")).content.decode()
    assert "“总结上报”排不下：定在2026年6月30日结束" in clash
    assert client.post(address, typed(rows, act="save")).status_code == 302
    assert task.milestones.count() == 3


def test_the_proposed_chain_follows_the_kind_of_work(city):
    task = a_task(city, kind="monitoring", deadline=200)
    assert [step.name for step in proposed(task)][:2] == ["确定样本和人员", "组织培训"]
    assert plan_of(task) is None
