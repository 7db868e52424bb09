"""The progress brief (进展简报): one page in Word about where a plan stands on a day, counted from the rows handed down.

One page is what leaders read, so every part has its share of lines; what doesn't fit is said («共 12 项，列 3 项») and stands in
the ledger.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import documents
from dudao.core.access import Actor
from dudao.orgs.models import Kind
from dudao.plans.actions.brief import note_brief
from dudao.plans.labels import LIGHTS
from dudao.plans.models import Light, WorkPlan
from dudao.plans.queries.assignments import RowFilter, Tally, assignment_rows, tally
from dudao.plans.queries.ledger import units_of, with_last_report
from dudao.plans.queries.lights import Lights, lights_on

__all__ = ["brief_values", "make_brief"]

TEMPLATE = Path(__file__).with_name("brief.docx")
LINE = 36
"""Chinese characters in a line of text."""
MOST_UNITS = 16
LINES_IN_ALL = 31
"""Lines below the summary when there is no unit: a row of the table takes a little less than a line of text."""
RECENT = timedelta(days=30)


def make_brief(actor: Actor, *, plan: WorkPlan, today: date | None = None) -> bytes:
    """The brief as a Word document. Raises ``Denied`` without the right, and records that it was made."""
    today = today or timezone.localdate()
    note_brief(actor, plan=plan, day=today)
    return documents.render(TEMPLATE, brief_values(actor, plan, today))


def brief_values(actor: Actor, plan: WorkPlan, today: date) -> dict[str, Any]:
    """What the template needs, computed from the rows the actor sees: a fixed number of queries."""
    lights = lights_on(today)
    rows = assignment_rows(actor, lights, RowFilter(plan=plan.pk, handed_on=False))
    whole = tally(rows).get(None, Tally(0, 0, 0, None, {}))
    table = _table(rows, whole)
    told = _Told(with_last_report(rows), lights, today)
    lines = LINES_IN_ALL - math.ceil(len(table) * 0.8)
    parts = _shares((told.late(), told.difficulties(), told.finished()), lines)
    values: dict[str, Any] = {
        "office": f"{plan.unit.name}人民政府教育督导委员会办公室" if plan.unit.kind == Kind.CITY else plan.unit.name,
        "title": f"{plan.title}进展情况",
        "day": chinese_date(today),
        "summary": _summary(rows, whole, today),
        "rows": table,
        "total": {"unit": "合计", **_figures(whole)},
        "units_note": "",
    }
    for key, (items, count) in zip(("late", "difficulties", "finished"), parts, strict=True):
        values[key] = items or ["无。"]
        values[f"{key}_note"] = f"（共 {count} 项，列 {len(items)} 项，其余见台账）" if count > len(items) else ""
    return values


def _summary(rows: Any, whole: Tally, today: date) -> str:
    if not whole.rows:
        return f"截至{chinese_date(today)}，本年度计划的任务还没有下达。"
    tasks = rows.order_by().values("task").distinct().count()
    units = rows.order_by().values("unit").distinct().count()
    share = _percent(Decimal(100 * whole.done) / whole.rows)
    counted = "，".join(
        f"{state.word} {whole.lights[light]} 项" for light, state in LIGHTS.items() if whole.lights.get(light)
    )
    late = f"逾期未完成 {whole.late} 项" if whole.late else "没有逾期未完成的事项"
    return (
        f"截至{chinese_date(today)}，已向 {units} 个单位下达任务 {tasks} 项，共 {whole.rows} 个承办事项。"
        f"其中已确认完成 {whole.done} 项，占 {share}；{late}；平均完成率 {_percent(whole.progress)}。"
        f"按亮灯统计：{counted}。"
    )


def _table(rows: Any, whole: Tally) -> list[dict[str, Any]]:
    """A line for each county; member units and others together, and the smallest together when there are too many."""
    found = tally(rows, "unit")
    units = units_of(found)
    counties = [unit for unit in units if unit.kind in {Kind.COUNTY, Kind.ZONE}]
    rest = [unit for unit in units if unit not in counties]
    shown = counties or rest
    others = rest if counties else []
    if len(shown) > MOST_UNITS:
        shown, others = shown[: MOST_UNITS - 1], [*shown[MOST_UNITS - 1 :], *others]
    lines = [{"unit": unit.short_name or unit.name, **_figures(found[unit.pk])} for unit in shown]
    if others:
        name = "市直单位" if all(unit.kind == Kind.DEPARTMENT for unit in others) else "其他单位"
        lines.append({"unit": f"{name}（{len(others)} 个）", **_figures(_sum([found[unit.pk] for unit in others]))})
    return lines


def _sum(tallies: Sequence[Tally]) -> Tally:
    rows = sum(one.rows for one in tallies)
    known = sum((one.progress or Decimal(0)) * one.rows for one in tallies)
    lights: dict[str, int] = {}
    for one in tallies:
        for light, count in one.lights.items():
            lights[light] = lights.get(light, 0) + count
    return Tally(
        rows,
        sum(one.done for one in tallies),
        sum(one.late for one in tallies),
        Decimal(known) / rows if rows else None,
        lights,
    )


def _figures(one: Tally) -> dict[str, Any]:
    return {
        "rows": one.rows,
        "done": one.done,
        "progress": _percent(one.progress),
        **{light.value: one.lights.get(light, 0) for light in Light},
    }


def _percent(value: Decimal | None) -> str:
    return "—" if value is None else f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


@dataclass(frozen=True, slots=True)
class _Told:
    """The rows that are told one by one, each as a sentence."""

    rows: Any
    lights: Lights
    today: date

    def late(self) -> list[str]:
        rows = self.rows.filter(days_left__lt=0, finished_on__isnull=True).order_by("days_left", "pk")
        return [
            f"{row.unit}：{row.task.title}，时限{_short(row.deadline)}，逾期 {-row.days_left} 天，完成率 {row.progress}%。"
            for row in rows
        ]

    def difficulties(self) -> list[str]:
        rows = self.rows.filter(finished_on__isnull=True).exclude(last_difficulties__isnull=True)
        return [
            f"{row.unit}：{_clip(row.last_difficulties, 2 * LINE - 24)}（{_clip(row.task.title, 16)}）"
            for row in rows.exclude(last_difficulties="").order_by("days_left", "pk")
        ]

    def finished(self) -> list[str]:
        rows = self.rows.filter(finished_on__gt=self.today - RECENT, state__in=["confirmed", "closed"])
        return [
            f"{row.unit}：{row.task.title}（{_short(row.finished_on)}完成）。"
            for row in rows.order_by("-finished_on", "pk")
        ]


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _clip(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _shares(parts: Sequence[list[str]], lines: int) -> list[tuple[list[str], int]]:
    """Give each part a third of the lines, and what one leaves over to the next."""
    left = lines
    shares = []
    for place, items in enumerate(parts):
        room = left // (len(parts) - place)
        shown: list[str] = []
        for item in items:
            clipped = _clip(item, 2 * LINE)
            need = math.ceil((len(clipped) + 5) / LINE)
            if need > room:
                break
            room -= need
            left -= need
            shown.append(clipped)
        left -= not shown
        shares.append((shown, len(items)))
    return shares
