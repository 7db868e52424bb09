"""The ledger (台账) as a sheet: its columns, a row's values, and what was changed in one that comes back. Writes nothing.

Columns after the habit of supervision offices (序号, 任务, 责任单位, 来源, 责任领导, …, 销号时间, 亮灯, 备注). Some of them may be
filled in in Excel and brought back: who is responsible, how it is gone about, how far it is; the others are for the eye and
locked. An export keeps a hidden copy of what it showed, so that what somebody changed by hand can be told from what happened on the
platform since (``core.sheets.compare``). What is said of the progress becomes a report of the unit, as if it had been typed on its
page.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dudao.calc.calendar import chinese_date
from dudao.core import sheets
from dudao.core.access import Actor, Denied
from dudao.core.lights import LIGHTS
from dudao.core.sheets import Cell, Column, Reading, Table
from dudao.core.ui.formats import mask_phone
from dudao.orgs.models import Contact
from dudao.plans.flow import ASSIGNMENT
from dudao.plans.labels import SELF_LIGHTS
from dudao.plans.models import Assignment
from dudao.plans.presets.chains import KINDS
from dudao.plans.queries.counts import FINISHED
from dudao.plans.queries.lights import Lights

_SELF = {str(light): state.word for light, state in SELF_LIGHTS.items()}
LEDGER = Table(
    "任务台账",
    [
        Column("number", "编号", "code", required=True, width=13, help="平台生成，用来对应任务，请勿修改"),
        Column("title", "任务", read_only=True, width=18),
        Column("unit", "责任单位", read_only=True, width=10),
        Column("section", "任务类别", read_only=True, width=10),
        Column("kind", "工作类型", read_only=True, width=8),
        Column("text", "内容和要求", read_only=True, width=26),
        Column("source", "任务来源", read_only=True, width=13),
        Column("issued", "下达时间", "date", read_only=True, width=14.5),
        Column("leader", "责任领导", width=8, limit=60),
        Column("person", "责任人", width=8, limit=60),
        Column("phone", "联系电话", read_only=True, width=12),
        Column("measures", "工作措施", width=18, limit=5000),
        Column("target", "目标", read_only=True, width=10),
        Column("deadline", "完成时限", "date", read_only=True, width=14.5),
        Column(
            "report", "进展情况", width=24, limit=20_000, help="做了什么、到什么程度，尽量写数字。改了就记为一次进展"
        ),
        Column(
            "progress", "完成率", "integer", width=8, bounds=(0, 100), help="0 到 100 的整数；报送完成请在任务页面办理"
        ),
        Column("self_light", "自评", "choice", choices=_SELF, width=10, help="从下拉列表中选择"),
        Column("difficulties", "困难和需要协调的事项", width=14, limit=20_000),
        Column("evidence", "佐证材料", read_only=True, width=13),
        Column("state", "状态", read_only=True, width=8),
        Column("done", "是否完成", "yes_no", read_only=True, width=8),
        Column("reviewer", "复核人", read_only=True, width=8),
        Column("opinion", "复核意见", read_only=True, width=13),
        Column("closed", "销号时间", "date", read_only=True, width=14.5),
        Column("light", "亮灯", read_only=True, width=10),
        Column("remarks", "备注", width=13, limit=5000),
    ],
    named=3,
)
SUMMARY = Table(
    "汇总",
    [
        Column("plan", "年度计划", width=44),
        Column("rows", "承办事项", "integer", width=10),
        Column("finished", "已完成", "integer", width=10),
        Column("progress", "完成率", width=20),
        Column("light", "亮灯", width=34),
    ],
)
"""What stands behind the rows of several plans."""
SAID = ("report", "progress", "self_light", "difficulties")
"""What a unit says of its progress: these columns together make one report."""
EDITABLE = tuple(column for column in LEDGER.readable if column.key != "number")


def row_number(row: Assignment) -> str:
    """The number of a row in ledgers: year, task, and its own key. Needs the task and its plan loaded."""
    return f"{row.task.plan.year}-{row.task.code}-{row.pk}"


def ledger_values(
    row: Any, lights: Lights, contacts: Mapping[int, Contact], *, actor: Actor, phones: bool
) -> dict[str, Any]:
    """One row of the ledger, of a row annotated by ``ledger_rows``. Phones are masked unless asked for and allowed."""
    contact = contacts.get(row.unit_id)
    open_phone = phones and actor.may("contact.reveal", row.unit.path)
    shown = lights.of(row)
    return {
        "number": row_number(row),
        "section": row.task.point.section.title or str(row.task.point.section),
        "kind": KINDS.get(row.task.kind, row.task.kind),
        "title": row.task.title,
        "text": row.task.text,
        "source": _source(row),
        "issued": row.issued_at,
        "unit": row.unit.name,
        "leader": row.leader,
        "person": row.person,
        "phone": "" if contact is None else (contact.phone if open_phone else mask_phone(contact.phone)),
        "measures": row.measures,
        "target": row.task.target_text,
        "deadline": row.deadline,
        "report": row.last_text,
        "difficulties": row.last_difficulties,
        "progress": row.progress,
        "self_light": row.self_light,
        "evidence": "、".join(row.evidence_names),
        "state": ASSIGNMENT.states[row.state].word,
        "done": row.state in FINISHED,
        "reviewer": row.reviewer,
        "opinion": row.opinion,
        "closed": row.closed_at,
        "light": Cell(f"{LIGHTS[shown.light].word}·{shown.state.word}", shown.state.tone),
        "remarks": row.remarks,
    }


def _source(row: Any) -> str:
    point = row.task.point
    return f"{row.task.plan.title} {point.number} {point.title}".strip()


@dataclass(slots=True)
class Sums:
    """What stands in the last line: how many, how many done, the mean, the lights. Rows handed on are told apart."""

    rows: int = 0
    done: int = 0
    progress: int = 0
    handed_on: int = 0
    lights: dict[str, int] = field(default_factory=dict)
    plans: dict[str, "Sums"] = field(default_factory=dict)
    """The same of each plan, in the order of the rows."""

    def watch(self, rows: Iterable[Any], lights: Lights) -> Iterator[Any]:
        """Pass rows through and count them."""
        for row in rows:
            self._count(row, lights)
            plan = row.task.plan
            self.plans.setdefault(f"{plan.year}年 {plan.title}", Sums())._count(row, lights)
            yield row

    def _count(self, row: Any, lights: Lights) -> None:
        if not row.counts:
            self.handed_on += 1
            return
        self.rows += 1
        self.done += row.state in FINISHED
        self.progress += row.progress
        light = lights.of(row).light
        self.lights[light] = self.lights.get(light, 0) + 1

    def summary(self) -> list[dict[str, Any]]:
        """A row a plan, and one of all."""
        named = [*self.plans.items(), ("合计", self)]
        return [{"plan": name, "rows": sums.rows, "finished": sums.done} | sums.line() for name, sums in named]

    def line(self) -> dict[str, Any]:
        mean = (Decimal(self.progress) / self.rows).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.rows else None
        counted = [f"{state.word} {self.lights[light]}" for light, state in LIGHTS.items() if light in self.lights]
        return {
            "number": f"{self.rows} 项" + (f"（另有转办 {self.handed_on} 项）" if self.handed_on else ""),
            "progress": "" if mean is None else f"平均完成率{mean}%",
            "done": f"完成 {self.done} 项",
            "light": "，".join(counted),
        }


def why_not_edit(row: Assignment, actor: Actor, column: str) -> Denied | None:
    """Whether the actor may fill in a column of a row now: what is said of the progress only as who reports it on its page."""
    denied: Denied | None = actor.why_not("ledger.import", row.unit.path)
    if denied is not None:
        return denied
    if row.state in {Assignment.State.CLOSED, Assignment.State.WITHDRAWN}:
        return Denied(f"这一项{row.get_state_display()}，不能再改。", "ledger.import")
    if column in SAID:
        return ASSIGNMENT.why_not(row, "assignment.progress", actor)
    return None


def shown(row: Any, key: str) -> str:
    """What the ledger shows in a column that may be filled in. The row comes from ``queries.ledger.rows_by_number``."""
    named = {"report": "last_text", "difficulties": "last_difficulties"}
    return sheets.shown(LEDGER.column(key), getattr(row, named.get(key, key)))


def compare(
    actor: Actor,
    reading: Reading,
    snapshot: Mapping[str, Mapping[str, str]] | None,
    rows: Mapping[int, Assignment],
) -> sheets.Comparison:
    """Compare a ledger with its own copy and with the platform. ``rows`` are those of its numbers that the actor may see."""

    def why_not(row: Assignment, column: Column, text: str) -> str:
        denied = why_not_edit(row, actor, column.key)
        if denied is not None:
            return denied.reason
        if column.key in {"report", "progress", "self_light"} and not text:
            return "报过的进展不能清空；要更正的，填写新的内容。"
        return ""

    rules = sheets.Rules(
        number=row_number,
        label=lambda row: f"{row_number(row)} {row.task.title}（{row.unit}）",
        shown=lambda row, column: (shown(row, column.key),),
        why_not=why_not,
        page="任务页面",
    )
    found = sheets.compare(LEDGER, reading, snapshot, rows, rules)
    told = {change["row"] for change in found.changes if change["column"] == "report"}
    silent = {
        change["line"]
        for change in found.changes
        if change["column"] in SAID and change["row"] not in told and not shown(rows[change["row"]], "report")
    }
    found.problems += [
        line.problem("进展情况", "没有填写：请写明做了什么、到什么程度")
        for line in reading.rows
        if line.number in silent
    ]
    return found


def dated(day: date) -> str:
    return f"填报日期：{chinese_date(day)}"
