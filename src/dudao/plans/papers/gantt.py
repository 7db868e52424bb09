"""倒排工期 as an Excel sheet: a row a step, a column a day (a week, when the span is long), printed on one page across."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone
from xlsxwriter.worksheet import Worksheet

from dudao.calc.calendar import WorkCalendar, chinese_date
from dudao.core.sheets import TONE_COLOURS, Column, Writer
from dudao.plans.models import Task
from dudao.plans.queries.schedule import Plan

MOST_DAY_COLUMNS = 130
WEEK = timedelta(days=7)
COLUMNS = [
    Column("number", "序号", "integer", width=5),
    Column("name", "步骤", width=18),
    Column("workdays", "工作日", "integer", width=7),
    Column("starts", "开始", "date", width=13),
    Column("ends", "完成", "date", width=13),
    Column("done", "实际完成", "date", width=13),
    Column("status", "状态", width=9),
]


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of the chart: the days it stands for (half-open), and how many of them are working days."""

    first: date
    after: date
    workdays: int

    def touches(self, start: date, end: date) -> bool:
        return start < self.after and end >= self.first

    def holds(self, day: date) -> bool:
        return self.first <= day < self.after


def gantt_workbook(task: Task, plan: Plan, *, today: date | None = None) -> bytes:
    """The schedule as a workbook. Colours stand beside words: each step has its status."""
    today = today or timezone.localdate()
    steps = plan.schedule.steps
    first = min(plan.schedule.start, task.starts or plan.schedule.start)
    slots = _slots(first, max(plan.schedule.end, plan.schedule.deadline), plan.calendar)
    target = io.BytesIO()
    writer = Writer(target)
    sheet = writer.book.add_worksheet("倒排工期")
    left = len(COLUMNS)
    last = left + len(slots) - 1
    writer.title(sheet, f"{task.title}倒排工期表", last)
    weeks = slots[0].after - slots[0].first == WEEK
    writer.line(
        sheet,
        1,
        [
            f"任务编号：{task.code}",
            f"完成时限：{chinese_date(plan.schedule.deadline)}",
            f"最迟开始：{chinese_date(plan.schedule.start)}",
            "每格一周" if weeks else "每格一天，灰格为非工作日",
            f"制表日期：{chinese_date(today)}",
        ],
        last,
    )
    _head(writer, sheet, slots, deadline=plan.schedule.deadline, today=today, left=left, weeks=weeks)
    late = {problem.step_key for problem in plan.schedule.problems if problem.blocks}
    for place, (step, given) in enumerate(zip(steps, plan.steps, strict=True)):
        row = 4 + place
        word, tone = _status(given.done_on, step.start, step.end, today, misfit=step.key in late)
        values = (place + 1, step.name, step.workdays, step.start, step.end, given.done_on, word)
        sheet.set_row(row, 24)
        for column, value in enumerate(values):
            writer.value(sheet, row, column, COLUMNS[column], value)
        sheet.write_string(row, left - 1, word, writer.body(COLUMNS[left - 1], tone))
        for at, slot in enumerate(slots, left):
            style = _square(
                slot, start=step.start, end=step.end, done_on=given.done_on, tone=tone, deadline=plan.schedule.deadline
            )
            done_here = given.done_on is not None and slot.holds(given.done_on)
            sheet.write_string(row, at, "✓" if done_here else "", writer.format(**style))
    _problems(writer, sheet, plan, 5 + len(steps), last)
    for column, declared in enumerate(COLUMNS):
        sheet.set_column(column, column, declared.width)
    sheet.set_column(left, last, 2.4)
    writer.page(sheet, header_row=3, widths=[*(column.width for column in COLUMNS), *[2.4] * len(slots)], named=2)
    # A picture: it is looked at as a whole, and its cells are bars.
    sheet.set_v_pagebreaks([])
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2, 3)
    sheet.freeze_panes(4, 2)
    writer.close()
    return target.getvalue()


def _slots(first: date, last: date, calendar: WorkCalendar) -> list[Slot]:
    """Days, or whole weeks from Monday when the days would not fit on a page."""
    weeks = (last - first).days >= MOST_DAY_COLUMNS
    size = WEEK if weeks else timedelta(days=1)
    at = first - timedelta(days=first.weekday()) if weeks else first
    slots = []
    while at <= last:
        slots.append(Slot(at, at + size, calendar.count_workdays(at, at + size - timedelta(days=1))))
        at += size
    return slots


def _head(
    writer: Writer,
    sheet: Worksheet,
    slots: Sequence[Slot],
    *,
    deadline: date,
    today: date,
    left: int,
    weeks: bool,
) -> None:
    head = {"font_name": "黑体", "align": "center", "border": 1, "bg_color": "#E7EEF7", "text_wrap": True}
    for column, declared in enumerate(COLUMNS):
        sheet.merge_range(2, column, 3, column, declared.name, writer.format(**head))
    at = left
    for (year, month), group in groupby(slots, key=lambda slot: (slot.first.year, slot.first.month)):
        width = len(list(group))
        words = f"{year}年{month}月" if width > 3 else f"{month}月"
        if width > 1:
            sheet.merge_range(2, at, 2, at + width - 1, words, writer.format(**head))
        else:
            sheet.write_string(2, at, words, writer.format(**head))
        at += width
    for at, slot in enumerate(slots, left):
        special = {}
        if slot.holds(deadline):
            special = {"bg_color": "#A01414", "font_color": "#FFFFFF", "bold": True}
        elif slot.holds(today):
            special = {"bg_color": "#FFE8B3", "bold": True}
        elif not slot.workdays:
            special = {"bg_color": "#D5D8DC", "font_color": "#6B7280"}
        words = f"{slot.first.day}" + ("起" if weeks else "")
        sheet.write_string(3, at, words, writer.format(**(head | {"font_size": 8, "border": 1} | special)))
    sheet.set_row(2, 22)
    sheet.set_row(3, 30)


def _status(done_on: date | None, start: date, end: date, today: date, *, misfit: bool) -> tuple[str, str]:
    if done_on is not None:
        return ("按期完成", "green") if done_on <= end else ("逾期完成", "amber")
    if misfit:
        return "排不下", "red"
    if today > end:
        return "逾期", "red"
    return ("进行中", "blue") if today >= start else ("未开始", "grey")


_BARS = {"green": "#4CAF6A", "amber": "#E0A030", "red": "#D9534F", "blue": "#4A86C8", "grey": "#8FA3B8"}


def _square(slot: Slot, *, start: date, end: date, done_on: date | None, tone: str, deadline: date) -> dict[str, Any]:
    """How a square looks: the bar on working days, its pale ground on the free days in between, ✓ where the step was done."""
    style: dict[str, Any] = {"border": 4, "border_color": "#C5CAD3", "align": "center", "font_size": 9}
    inside = slot.touches(start, end)
    if inside:
        style["bg_color"] = _BARS[tone] if slot.workdays else TONE_COLOURS[tone][0]
    elif not slot.workdays:
        style["bg_color"] = "#ECEEF1"
    style["font_color"] = "#FFFFFF" if inside and slot.workdays else "#146C2E"
    if slot.holds(deadline):
        style |= {"right": 2, "right_color": "#A01414"}
    return style


def _problems(writer: Writer, sheet: Worksheet, plan: Plan, row: int, last: int) -> None:
    """What doesn't fit or isn't certain, below the table."""
    style = writer.format(text_wrap=True, font_color="#A01414")
    for problem in plan.schedule.problems:
        sheet.merge_range(row, 0, row, last, problem.text, style)
        sheet.set_row(row, 20)
        row += 1
