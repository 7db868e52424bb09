"""The progress brief (进展简报): one page in Word about where a plan stands on a day, counted from the rows handed down.

One page is what leaders read, so every part has its share of lines and units are told together; what doesn't fit is said and
stands in the ledger.
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
from dudao.core.lights import LIGHTS
from dudao.orgs.models import Kind
from dudao.plans.actions.brief import note_brief
from dudao.plans.models import Light, WorkPlan
from dudao.plans.queries.assignments import RowFilter, assignment_rows
from dudao.plans.queries.counts import DONE, LATE, Tally, added, tally, tally_of
from dudao.plans.queries.ledger import units_of, with_last_report
from dudao.plans.queries.lights import Lights, lights_on

TEMPLATE = Path(__file__).with_name("brief.docx")
LINE = 36
"""Chinese characters in a line of text."""
MOST_UNITS = 16
LINES_IN_ALL = 26
"""Lines below the summary when there is no unit: a row of the table takes a little less than a line of text."""
SHARES = (0.45, 0.55, 1.0)
"""How much of what is left each of the three parts may take."""
MOST_LINES = 3
RECENT = timedelta(days=30)


def make_brief(actor: Actor, *, plan: WorkPlan, today: date | None = None) -> bytes:
    """The brief as a Word document. Raises ``Denied`` without the right, and records that it was made."""
    today = today or timezone.localdate()
    note_brief(actor, plan=plan, day=today)
    return documents.render(TEMPLATE, brief_values(actor, plan, today))


def brief_values(actor: Actor, plan: WorkPlan, today: date) -> dict[str, Any]:
    """What the template needs, computed from the rows the actor sees: a fixed number of queries."""
    lights = lights_on(today)
    rows = assignment_rows(actor, lights, RowFilter(plan=plan.pk, counted=True))
    whole = tally_of(rows)
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
    for key, (said, note) in zip(("late", "difficulties", "finished"), parts, strict=True):
        values[key] = said or ["无。"]
        values[f"{key}_note"] = note
    return values


def _summary(rows: Any, whole: Tally, today: date) -> str:
    if not whole.rows:
        return f"截至{chinese_date(today)}，本年度计划的任务还没有下达。"
    tasks = rows.order_by().values("task").distinct().count()
    units = rows.order_by().values("unit").distinct().count()
    counted = "，".join(
        f"{state.word} {whole.lights[light]} 项" for light, state in LIGHTS.items() if whole.lights.get(light)
    )
    late = f"逾期未完成 {whole.late} 项" if whole.late else "没有逾期未完成的事项"
    return (
        f"截至{chinese_date(today)}，已向 {units} 个单位下达任务 {tasks} 项，共 {whole.rows} 个承办事项。"
        f"其中已确认完成 {whole.done} 项，占 {whole.done_rate}；{late}；平均完成率 {_percent(whole.progress)}。"
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
        lines.append({"unit": f"{name}（{len(others)} 个）", **_figures(added(found[unit.pk] for unit in others))})
    return lines


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

    def late(self) -> "Part":
        """By task, the longest overdue first: «专项督导（时限11月4日，逾期 20 天）：平江县 83%、湘阴县 20%。»"""
        rows = self.rows.filter(LATE)
        groups: dict[tuple[int, date], list[Any]] = {}
        for row in rows.order_by("days_left", "task__sort_no", "task", "unit__sort_no", "unit__pinyin", "pk"):
            groups.setdefault((row.task_id, row.deadline), []).append(row)
        return Part(
            [
                (
                    f"{_clip(group[0].task.title, 30)}（时限{_short(group[0].deadline)}，逾期 {-group[0].days_left} 天）：",
                    [f"{row.unit} {row.progress}%" for row in group],
                )
                for group in groups.values()
            ]
        )

    def difficulties(self) -> "Part":
        rows = self.rows.filter(finished_on__isnull=True).exclude(last_difficulties__isnull=True)
        rows = rows.exclude(last_difficulties="").order_by("days_left", "pk")
        groups: dict[str, list[Any]] = {}
        for row in rows:
            groups.setdefault(_clip(row.last_difficulties, 2 * LINE - 20), []).append(row)
        return Part([(f"{words}：", [f"{row.unit}" for row in group]) for words, group in groups.items()])

    def finished(self) -> "Part":
        """By task, what was finished last first."""
        rows = self.rows.filter(DONE, finished_on__gt=self.today - RECENT)
        groups: dict[int, list[Any]] = {}
        for row in rows.order_by("-finished_on", "task__sort_no", "pk"):
            groups.setdefault(row.task_id, []).append(row)
        return Part(
            [(f"{_clip(group[0].task.title, 30)}：", [f"{row.unit}" for row in group]) for group in groups.values()]
        )


@dataclass(slots=True)
class Part:
    """What one heading has to tell: groups of a beginning and what follows it, one for each row."""

    groups: list[tuple[str, list[str]]]

    @property
    def count(self) -> int:
        return sum(len(members) for _, members in self.groups)

    def fit(self, room: int) -> tuple[list[str], int, bool]:
        """As many sentences as the lines hold, how many lines they take, and whether all was told."""
        told: list[str] = []
        used = 0
        whole = True
        for start, members in self.groups:
            text, all_of_it = _sentence(start, members)
            need = _lines(text)
            if used + need > room:
                return told, used, False
            told.append(text)
            used += need
            whole = whole and all_of_it
        return told, used, whole


def _sentence(start: str, members: Sequence[str]) -> tuple[str, bool]:
    """«…：甲县、乙县等 13 个单位。» in at most three lines."""
    shown: list[str] = []
    for member in dict.fromkeys(members):
        if _lines(f"{start}{'、'.join([*shown, member])}等 100 个单位。") > MOST_LINES:
            return f"{start}{'、'.join(shown)}等 {len(set(members))} 个单位。", False
        shown.append(member)
    return f"{start}{'、'.join(shown)}。", True


def _lines(text: str) -> int:
    """How many lines a sentence takes; the first one is indented and numbered. Letters and digits are half as wide."""
    width = sum(1.0 if ord(letter) > 0xFF else 0.55 for letter in text)
    return math.ceil((width + 4) / (LINE + 2))


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _clip(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _shares(parts: Sequence["Part"], lines: int) -> list[tuple[list[str], str]]:
    """Give each part its share of the lines, and what one leaves over to the next; with each a note about what isn't told."""
    left = lines
    shares = []
    for part, share in zip(parts, SHARES, strict=True):
        told, used, whole = part.fit(max(int(left * share), 1))
        left -= used or 1
        note = f"（共 {part.count} 项{'' if whole else '，未全部列出，详见台账'}）" if part.count else ""
        shares.append((told, note))
    return shares
