"""How a plan stands, for those who lead: figures with what they are compared to, each with the list behind it; charts by county,
section and month. Counted as ``docs/calculations/counts.md`` says.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import Board, Chart, Figure
from dudao.core.lights import LIGHTS
from dudao.core.ui import formats
from dudao.plans.models import Assignment, Light, Task, WorkPlan
from dudao.plans.queries import Lights, RowFilter, assignment_rows
from dudao.plans.queries.counts import DONE, LATE, tally_of
from dudao.plans.queries.matrix import section_progress
from dudao.plans.queries.tasks import TaskFilter, tasks

WEEK = timedelta(days=7)


def board(actor: Actor, lights: Lights, plan: WorkPlan) -> Board:
    """Everything the board shows, in a fixed number of queries."""
    rows = assignment_rows(actor, lights, RowFilter(plan=plan.pk, counted=True))
    figures, total = _figures(actor, lights, plan, rows)
    if not total:
        return Board(figures, (), 0)
    charts = [*_by_unit(plan, rows), _by_section(actor, lights, plan), _by_month(plan, rows, lights.today)]
    return Board(figures, [chart for chart in charts if chart is not None], total)


def _address(plan: WorkPlan, **filters: str) -> str:
    return f"{reverse('plans:assignments')}?{urlencode({'scope': 'direct', 'plan': plan.pk, **filters})}"


def _figures(actor: Actor, lights: Lights, plan: WorkPlan, rows: QuerySet[Any]) -> tuple[list[Figure], int]:
    today = lights.today
    then = today - WEEK
    was_late = (
        Q(deadline__lt=then) & (Q(finished_on__isnull=True) | Q(finished_on__gt=then)) & Q(issued_at__date__lte=then)
    )
    found = rows.order_by().aggregate(
        rows=Count("pk"),
        done=Count("pk", filter=DONE),
        done_then=Count("pk", filter=Q(confirmed_at__date__lte=then) & DONE),
        late=Count("pk", filter=LATE),
        late_then=Count("pk", filter=was_late),
        soon=Count("pk", filter=Q(days_left__gte=0, days_left__lte=7, finished_on__isnull=True)),
        open=Count("pk", filter=Q(finished_on__isnull=True)),
        unsigned=Count("pk", filter=Q(state=Assignment.State.ISSUED)),
        waiting=Count("pk", filter=Q(state=Assignment.State.REPORTED)),
        mean_progress=Avg("progress"),
        mean_behind=Avg("behind"),
    )
    by_state = dict(
        tasks(actor, TaskFilter(plan=plan.pk)).order_by().values_list("state").annotate(n=Count("pk", distinct=True))
    )
    number = sum(count for state, count in by_state.items() if state != Task.State.WITHDRAWN)
    drafts = by_state.get(Task.State.DRAFT, 0)
    total = found["rows"]
    figures = [
        Figure(
            "任务", number, "项", f"还有 {drafts} 项没有下达" if drafts else "已全部下达",
            f"{reverse('plans:tasks')}?{urlencode({'plan': plan.pk})}",
        ),
        _pace(plan, found),
        Figure(
            "已完成", found["done"], "项次", f"共 {total} 项次，近 7 天新增 {found['done'] - found['done_then']}",
            _address(plan, done="1"),
        ),
        Figure(
            "逾期", found["late"], "项次", _change(found["late"], found["late_then"]), _address(plan, late="1"),
            "red" if found["late"] else "green",
        ),
        Figure(
            "7 天内到期", found["soon"], "项次", f"未完成的共 {found['open']} 项次",
            _address(plan, deadline_from=today.isoformat(), deadline_to=(today + WEEK).isoformat(), finished="0"),
            "amber" if found["soon"] else "",
        ),
        Figure(
            "等待确认", found["waiting"], "项次", f"另有 {found['unsigned']} 项次没有签收", _address(plan, state="reported"),
        ),
    ]  # fmt: skip
    return figures, total


def _pace(plan: WorkPlan, found: Mapping[str, Any]) -> Figure:
    """The mean of completion against what time would ask for: each row between its start and its deadline."""
    if found["mean_progress"] is None:
        return Figure("平均完成率", None, "", "还没有下达任务", _address(plan))
    progress, behind = Decimal(str(found["mean_progress"])), Decimal(str(found["mean_behind"]))
    due = progress + behind
    gap = formats.number(abs(behind), 1)
    words = f"序时进度 {formats.percent(due / 100)}，" + (
        f"落后 {gap} 个百分点" if behind > 0 else f"超前 {gap} 个百分点"
    )
    return Figure(
        "平均完成率", formats.percent(progress / 100), "", words, _address(plan), "amber" if behind > 0 else "green"
    )


def _change(now: int, then: int) -> str:
    if now == then:
        return f"与 7 天前相同（{then} 项次）"
    return f"7 天前 {then} 项次，{'增加' if now > then else '减少'} {abs(now - then)}"


def _by_unit(plan: WorkPlan, rows: QuerySet[Any]) -> list[Chart]:
    """Two charts by unit: who has most that is late, and how each one's rows stand."""
    found = list(
        rows.order_by()
        .values("unit_id", name=F("unit__short_name"), full=F("unit__name"))
        .annotate(n=Count("pk"), done=Count("pk", filter=DONE), late=Count("pk", filter=LATE))
        .order_by("unit__sort_no", "unit__sort_key", "unit_id")
    )
    for row in found:
        row["label"] = row["name"] or row["full"]
        row["open"] = row["n"] - row["done"] - row["late"]
    charts = []
    late = sorted((row for row in found if row["late"]), key=lambda row: -row["late"])[:12]
    if late:
        most = [row["label"] for row in late if row["late"] == late[0]["late"]]
        who = "、".join(most[:3]) + ("等" if len(most) > 3 else "")
        charts.append(
            Chart(
                f"{who}逾期最多：{late[0]['late']} 项次",
                {
                    "kind": "rank", "unit": "项次", "categories": [row["label"] for row in late],
                    "links": [_address(plan, unit=str(row["unit_id"]), late="1") for row in late],
                    "series": [{"name": "逾期", "values": [row["late"] for row in late], "tone": "red"}],
                },
            )
        )  # fmt: skip
    ranked = sorted(found, key=lambda row: (row["done"] / row["n"], -row["late"]))
    slow = ranked[0]
    charts.append(
        Chart(
            f"{slow['label']}完成最少：{slow['done']}/{slow['n']} 项次" if slow["done"] < slow["n"] else "各单位都已全部完成",
            {
                "kind": "stack", "unit": "项次", "categories": [row["label"] for row in found],
                "links": [_address(plan, unit=str(row["unit_id"])) for row in found],
                "series": [
                    {"name": "已完成", "values": [row["done"] for row in found], "tone": "green"},
                    {"name": "办理中", "values": [row["open"] for row in found], "tone": "blue"},
                    {"name": "逾期", "values": [row["late"] for row in found], "tone": "red"},
                ],
            },
        )
    )  # fmt: skip
    return charts


def _by_section(actor: Actor, lights: Lights, plan: WorkPlan) -> Chart | None:
    sections = [item for item in section_progress(actor, lights, plan) if item.tally.progress is not None]
    if not sections:
        return None
    sections.sort(key=lambda item: item.tally.progress or 0)
    slow = sections[0]
    return Chart(
        f"“{_short(slow.section.title)}”进展最慢：{formats.percent((slow.tally.progress or 0) / 100)}",
        {
            "kind": "rank", "unit": "%", "max": 100, "categories": [_short(item.section.title) for item in sections],
            "links": [_address(plan, section=str(item.section.pk)) for item in sections],
            "series": [
                {"name": "平均完成率", "tone": "blue", "values": [round(float(item.tally.progress or 0), 1) for item in sections]}
            ],
        },
    )  # fmt: skip


def _by_month(plan: WorkPlan, rows: QuerySet[Any], today: date) -> Chart | None:
    """What should be finished by the end of each month, and what is: piled up over the plan's year."""
    months = [date(plan.year, month, 1) for month in range(1, 13)]
    due, done = _per_month(rows, "deadline"), _per_month(rows.filter(finished_on__isnull=False), "finished_on")
    if today < months[0] or not due:
        return None
    wanted = [sum(count for month, count in due.items() if month <= here) for here in months]
    real = [sum(count for month, count in done.items() if month <= here) if here <= today else None for here in months]
    missing = rows.filter(LATE).count()
    until = f"截至{today.month}月{today.day}日"
    return Chart(
        f"{until}，到期未完成 {missing} 项次" if missing else f"{until}，到期的都已完成",
        {
            "kind": "line", "unit": "项次", "categories": [f"{month.month}月" for month in months],
            "series": [
                {"name": "到月底应完成", "values": wanted, "tone": "grey"},
                {"name": "实际完成", "values": real, "tone": "blue"},
            ],
        },
    )  # fmt: skip


def _per_month(rows: QuerySet[Any], column: str) -> dict[date, int]:
    found = rows.order_by().values(month=TruncMonth(column)).annotate(n=Count("pk"))
    return {row["month"]: row["n"] for row in found}


def _short(title: str) -> str:
    return title if len(title) <= 12 else title[:11] + "…"


def light_figures(actor: Actor, lights: Lights, own: bool) -> list[Figure]:
    """The lights of the rows one has to do with, as figures of the workbench: one query."""
    chosen = RowFilter(mine=True) if own else RowFilter(counted=True)
    counted = tally_of(assignment_rows(actor, lights, chosen))
    if not counted.rows:
        return []
    scope, unit = ("mine", "项") if own else ("direct", "项次")
    figures = []
    for key in (Light.RED, Light.AMBER, Light.PURPLE, Light.BLUE, Light.GREEN):
        count = counted.lights.get(key, 0)
        if count or key in {Light.RED, Light.AMBER}:
            state = LIGHTS[key]
            url = f"{reverse('plans:assignments')}?{urlencode({'scope': scope, 'light': key})}"
            said = f"{counted.late} {unit}已逾期" if key == Light.RED and counted.late else f"共 {counted.rows} {unit}"
            figures.append(Figure(state.word, count, unit, said, url, state.tone if count else ""))
    words = f"{counted.rows} {unit}的平均，已完成 {counted.done}"
    progress = None if counted.progress is None else formats.percent(counted.progress / 100)
    url = f"{reverse('plans:assignments')}?{urlencode({'scope': scope})}"
    return [*figures[:5], Figure("平均完成率", progress, "", words, url)]
