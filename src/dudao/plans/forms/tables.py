"""Small tables edited row by row on one page: the steps of a schedule, the rules of the lights.

The whole table is posted each time, also by the buttons that add, remove and move rows: ``act`` is ``add``, ``remove-2``,
``up-2`` or ``down-2``. Fields are named ``<column>-<row>``. Reading never raises; what can't be read is told in ``errors``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict

from dudao.core.keys import is_number, number_in
from dudao.plans.presets.lights import Rule
from dudao.plans.queries.schedule import StepInput

MOST_ROWS = 60
Row = dict[str, Any]


@dataclass(slots=True)
class TableInput:
    """The rows as typed (to be shown again), what they mean, and what is wrong with them."""

    rows: list[Row]
    values: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def _typed(data: QueryDict, columns: Mapping[str, bool]) -> list[Row]:
    """The posted rows in order, with the button's act carried out. ``columns``: name → whether it holds many values."""
    numbers = sorted(
        {int(match[1]) for key in data if (match := re.fullmatch(r"row-(\d{1,3})", key))}, key=lambda number: number
    )[:MOST_ROWS]
    rows = [
        {
            name: data.getlist(f"{name}-{number}") if many else data.get(f"{name}-{number}", "").strip()
            for name, many in columns.items()
        }
        for number in numbers
    ]
    act, _, at = data.get("act", "").partition("-")
    place = int(at) if is_number(at) else -1
    if act == "add":
        rows.insert(
            place + 1 if 0 <= place < len(rows) else len(rows), {k: [] if many else "" for k, many in columns.items()}
        )
    elif 0 <= place < len(rows):
        if act == "remove":
            del rows[place]
        elif act == "up" and place > 0:
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
        elif act == "down" and place < len(rows) - 1:
            rows[place + 1], rows[place] = rows[place], rows[place + 1]
    return rows


def _whole(text: str, where: str, what: str, errors: list[str], *, low: int, high: int) -> int | None:
    """A whole number in bounds; ``None`` when empty or wrong (then it is told)."""
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,6}", text):
        errors.append(f"{where}“{what}”是“{text[:20]}”，请填整数。")
        return None
    number = int(text)
    if not low <= number <= high:
        errors.append(f"{where}“{what}”是 {number}，应在 {low} 到 {high} 之间。")
        return None
    return number


_STEP = {"name": False, "workdays": False, "gap": False, "fixed": False, "pk": False}


def step_rows(steps: list[StepInput]) -> list[Row]:
    return [
        {
            "name": step.name,
            "workdays": str(step.workdays),
            "gap": str(step.gap_after) if step.gap_after else "",
            "fixed": step.fixed_end.isoformat() if step.fixed_end else "",
            "pk": str(step.pk or ""),
        }
        for step in steps
    ]


def read_steps(data: QueryDict, done: Mapping[int, date | None]) -> TableInput:
    """The steps of a schedule. ``done`` gives the days on which stored steps were done, so that a preview shows them."""
    table = TableInput(_typed(data, _STEP))
    for place, row in enumerate(table.rows, start=1):
        where = f"第 {place} 步"
        if not row["name"]:
            table.errors.append(f"{where}没有名称，请填写。")
        days = _whole(row["workdays"], where, "工作日", table.errors, low=1, high=999)
        if not row["workdays"]:
            table.errors.append(f"{where}没有填工作日，请填 1 以上的整数。")
        gap = _whole(row["gap"], where, "其后间隔", table.errors, low=0, high=999)
        fixed = None
        if row["fixed"]:
            try:
                fixed = date.fromisoformat(row["fixed"])
            except ValueError:
                table.errors.append(f"{where}固定完成日“{row['fixed'][:20]}”不是日期，请按 2026-03-05 的样子填写。")
        pk = number_in(row["pk"])
        table.values.append(StepInput(row["name"][:100], days or 1, gap or 0, fixed, pk, done.get(pk) if pk else None))
    return table


_RULE = {
    "label": False, "light": False, "states": True, "days": False, "behind": False, "quality": False, "late": False, "tells": True,
}  # fmt: skip


def rule_rows(rules: tuple[Rule, ...]) -> list[Row]:
    return [
        {
            "label": rule.label,
            "light": rule.light,
            "states": list(rule.states),
            "days": "" if rule.days_left_max is None else str(rule.days_left_max),
            "behind": "" if rule.behind_min is None else str(rule.behind_min),
            "quality": rule.quality,
            "late": "1" if rule.late_finish else "",
            "tells": list(rule.tells),
        }
        for rule in rules
    ]


def read_rules(data: QueryDict) -> TableInput:
    """The rules of a table of lights."""
    table = TableInput(_typed(data, _RULE))
    for place, row in enumerate(table.rows, start=1):
        where = f"第 {place} 条规则"
        if not row["label"]:
            table.errors.append(f"{where}没有名称，请填写灯旁显示的词，例如“临近”。")
        if not row["light"]:
            table.errors.append(f"{where}没有选灯色。")
        table.values.append(
            Rule(
                light=row["light"],
                label=row["label"][:40],
                states=tuple(row["states"]),
                days_left_max=_whole(row["days"], where, "距期限不超过", table.errors, low=-3650, high=3650),
                behind_min=_whole(row["behind"], where, "落后序时进度", table.errors, low=0, high=100),
                quality=row["quality"],
                late_finish=row["late"] == "1",
                tells=tuple(row["tells"]),
            )
        )
    return table
