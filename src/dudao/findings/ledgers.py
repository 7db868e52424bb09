"""The sheets of findings: 问题清单, 任务清单, 责任清单, 整改台账. Their columns, a row's values, what stands below. Writes nothing.

Columns after the habit of supervision offices. In the 整改台账 some columns may be filled in in Excel and brought back; the
问题清单 is also what an office fills in to register problems in bulk. A row is the dict that ``queries.ledgers.ledger_rows`` gives.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from dudao.calc.calendar import chinese_date
from dudao.core import sheets
from dudao.core.access import Actor, Denied
from dudao.core.lights import LIGHTS
from dudao.core.sheets import Cell, Column, Reading, Table
from dudao.core.ui.formats import mask_phone
from dudao.findings.flow import FINDING, by_office
from dudao.findings.labels import LIT
from dudao.findings.models import Finding

MOST_ROWS = 20_000
"""Rows of a sheet that comes back; a longer export has no hidden copy, since it can't be brought back in one piece."""

_State = Finding.State
_SEVERITIES: Final = {str(key): str(label) for key, label in Finding.Severity.choices}
_SOURCES: Final = {str(key): str(label) for key, label in Finding.Source.choices}

PROBLEMS = Table(
    "问题清单",
    [
        Column(
            "number",
            "编号",
            "code",
            width=16,
            help="导出的清单里由平台生成，用来认出已登记的问题，请勿修改；登记新问题时留空",
        ),
        Column(
            "category",
            "问题类别",
            width=11,
            limit=60,
            example="校园安全",
            help="台账按它归类，例如“校园安全”“师资配备”",
        ),
        Column(
            "description",
            "问题描述",
            required=True,
            width=36,
            limit=4000,
            aliases=("具体表现", "问题描述(具体表现)", "存在问题"),
            example="食堂食品留样不足48小时",
            help="写具体表现：在哪里、发现什么、与标准差多少，最多 4000 个字",
        ),
        Column(
            "severity", "严重程度", "choice", choices=_SEVERITIES, width=10, help="不填为一般问题", example="一般问题"
        ),
        Column("source", "问题来源", "choice", choices=_SOURCES, width=10, help="不填为其他", example="督导检查"),
        Column("source_label", "来源说明", width=26, limit=300, example="2026年春季开学督导"),
        Column("indicator_code", "指标代码", width=9, limit=40, example="GP7"),
        Column("indicator", "对应指标", width=14, limit=300, aliases=("指标",)),
        Column("found_on", "发现时间", "date", width=14.5, help="不填为导入当天，不能晚于今天", example="2026-3-5"),
        Column("unit", "责任单位", required=True, width=16, limit=120, help="单位全称或简称", example="平江县第一中学"),
        Column(
            "unit_code",
            "单位代码",
            "code",
            width=12,
            aliases=("学校标识码", "学校（机构）标识码"),
            help="单位重名时必填：学校（机构）标识码、统一社会信用代码或本地代码",
        ),
        Column("suggestion", "整改要求", width=24, limit=4000, help="希望责任单位做到什么、怎么做"),
        Column("state", "状态", read_only=True, width=9),
        Column("remark", "备注", width=12, limit=300),
    ],
)

TO_FILL_IN = Table(PROBLEMS.name, PROBLEMS.columns[1:])
"""The list as a template: a new problem has no number."""

TASKS = Table(
    "任务清单",
    [
        Column("number", "编号", read_only=True, width=16),
        Column("description", "问题", read_only=True, width=28),
        Column("suggestion", "整改任务", read_only=True, width=26),
        Column("measures", "整改措施", read_only=True, width=30),
        Column("target", "整改目标", read_only=True, width=20),
        Column("unit", "责任单位", read_only=True, width=16),
        Column("deadline", "完成时限", "date", read_only=True, width=14.5),
        Column("basis", "时限依据", read_only=True, width=32),
        Column("standing", "进展情况", read_only=True, width=26),
        Column("progress", "完成率", "integer", read_only=True, width=8),
        Column("state", "状态", read_only=True, width=9),
    ],
)

DUTIES = Table(
    "责任清单",
    [
        Column("unit", "责任单位", read_only=True, width=18),
        Column("number", "编号", read_only=True, width=16),
        Column("description", "问题", read_only=True, width=34),
        Column("leader", "责任领导", read_only=True, width=10),
        Column("person", "责任人", read_only=True, width=10),
        Column("phone", "联系电话", read_only=True, width=13),
        Column("office", "督办单位", read_only=True, width=14),
        Column("deadline", "完成时限", "date", read_only=True, width=14.5),
        Column("state", "状态", read_only=True, width=9),
        Column("light", "亮灯", read_only=True, width=13),
    ],
)

_PROBLEM, _DUTY, _PLAN, _PROGRESS, _CHECK = "问题", "责任", "整改", "进展", "核验销号"
LEDGER = Table(
    "整改台账",
    [
        Column("number", "编号", "code", required=True, width=16, help="平台生成，用来对应问题，请勿修改"),
        Column("unit", "责任单位", read_only=True, width=12),
        Column("category", "问题类别", read_only=True, width=9, group=_PROBLEM),
        Column("description", "问题描述", read_only=True, width=26, group=_PROBLEM),
        Column("source", "问题来源", read_only=True, width=22, group=_PROBLEM),
        Column("indicator", "对应指标", read_only=True, width=10, group=_PROBLEM),
        Column("severity", "严重程度", "choice", choices=_SEVERITIES, read_only=True, width=9, group=_PROBLEM),
        Column("found_on", "发现时间", "date", read_only=True, width=14.5, group=_PROBLEM),
        Column("leader", "责任领导", width=8, limit=60, group=_DUTY),
        Column("person", "责任人", width=8, limit=60, group=_DUTY),
        Column("phone", "联系电话", width=12, limit=30, group=_DUTY),
        Column("measures", "整改措施", width=24, limit=4000, group=_PLAN),
        Column("target", "整改目标", width=14, limit=1000, group=_PLAN),
        Column("deadline", "完成时限", "date", read_only=True, width=14.5, group=_PLAN),
        Column("standing", "进展情况", read_only=True, width=22, group=_PROGRESS),
        Column("progress", "完成率", "integer", read_only=True, width=8, group=_PROGRESS),
        Column("evidence", "佐证材料", read_only=True, width=13, group=_PROGRESS),
        Column("state", "状态", read_only=True, width=8, group=_PROGRESS),
        Column("done", "是否完成", "yes_no", read_only=True, width=8, group=_PROGRESS),
        Column("reviewer", "复核人", read_only=True, width=8, group=_CHECK),
        Column("opinion", "复核意见", read_only=True, width=13, group=_CHECK),
        Column("closed_on", "销号时间", "date", read_only=True, width=14.5, group=_CHECK),
        Column("light", "亮灯", read_only=True, width=12),
        Column("remark", "备注", width=13, limit=300),
    ],
    named=2,
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One of the sheets. ``drafts``: problems not yet handed down are in it; ``returns``: it may be brought back."""

    key: str
    table: Table
    drafts: bool = False
    returns: bool = False

    @property
    def name(self) -> str:
        return self.table.name


SHEETS: Final[Mapping[str, Ledger]] = {
    ledger.key: ledger
    for ledger in (
        Ledger("problems", PROBLEMS, drafts=True, returns=True),
        Ledger("tasks", TASKS),
        Ledger("duties", DUTIES),
        Ledger("ledger", LEDGER, returns=True),
    )
}


def number_of(code: str, pk: int) -> str:
    """The number of a finding in sheets: its code, which is unique in its office only, and its own key. A draft has no code yet."""
    return f"{code or FINDING.states[_State.DRAFT].word}-{pk}"


def numbers_of(row: Finding) -> set[str]:
    """The numbers that a finding has or had in sheets: that of today, and that of the draft it was."""
    return {number_of(row.code, row.pk), number_of("", row.pk)}


def _source(row: Mapping[str, Any]) -> str:
    word = _SOURCES.get(row["source"], row["source"])
    return f"{word}：{row['source_label']}" if row["source_label"] else word


def _light(row: Mapping[str, Any]) -> Cell:
    light, word = LIT[row["lit"]]
    return Cell(f"{LIGHTS[light].word}·{word}", LIGHTS[light].tone)


_VALUES: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    "number": lambda row: number_of(row["code"], row["pk"]),
    "unit": lambda row: row["unit__name"],
    "unit_code": lambda row: row["unit__institution_code"] or row["unit__uscc"] or row["unit__local_code"],
    "office": lambda row: row["office__name"],
    "basis": lambda row: row["deadline_basis"],
    "state": lambda row: FINDING.states[row["state"]].word,
    "done": lambda row: row["state"] == _State.CLOSED,
    "evidence": lambda row: "、".join(row["evidence"]),
    "light": _light,
}
"""Values that are not simply the column of that name."""


def values_of(ledger: Ledger, *, actor: Actor, phones: bool) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """The function from a row to its values. Phones are masked unless asked for and allowed."""

    def phone(row: Mapping[str, Any]) -> str:
        shown = phones and actor.may("contact.reveal", row["unit__path"])
        return str(row["phone"] if shown or not row["phone"] else mask_phone(row["phone"]))

    def source(row: Mapping[str, Any]) -> str:
        return _source(row) if ledger.key == "ledger" else row["source"]

    def plain(key: str) -> Callable[[Mapping[str, Any]], Any]:
        return lambda row: row[key]

    def indicator(row: Mapping[str, Any]) -> str:
        code = row["indicator_code"] if ledger.key == "ledger" else ""
        return f"{code} {row['indicator']}".strip()

    own = {**_VALUES, "phone": phone, "source": source, "indicator": indicator}
    getters = [(column.key, own.get(column.key) or plain(column.key)) for column in ledger.table.columns]
    return lambda row: {key: get(row) for key, get in getters}


@dataclass(slots=True)
class Sums:
    """What stands in the last line, in the words of audits: how many, how many done, the mean, the lights."""

    rows: int = 0
    states: dict[str, int] = field(default_factory=dict)
    progress: int = 0
    lights: dict[str, int] = field(default_factory=dict)

    def watch(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Pass rows through and count them."""
        for row in rows:
            self.rows += 1
            self.progress += row["progress"]
            self.states[row["state"]] = self.states.get(row["state"], 0) + 1
            light = LIT[row["lit"]][0]
            self.lights[light] = self.lights.get(light, 0) + 1
            yield row

    @property
    def words(self) -> str:
        """«共 50 项，已整改 40 项，正在整改 10 项（含部分完成 3 项）»."""
        closed, waived = self.states.get(_State.CLOSED, 0), self.states.get(_State.WAIVED, 0)
        drafts, partly = self.states.get(_State.DRAFT, 0), self.states.get(_State.PARTLY, 0)
        parts = [f"共 {self.rows} 项", f"已整改 {closed} 项"]
        going = f"正在整改 {self.rows - closed - waived - drafts} 项"
        parts.append(f"{going}（含部分完成 {partly} 项）" if partly else going)
        parts += [f"待下达 {drafts} 项"] if drafts else []
        parts += [f"免予整改 {waived} 项"] if waived else []
        return "，".join(parts)

    def line(self) -> dict[str, Any]:
        mean = (Decimal(self.progress) / self.rows).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.rows else None
        counted = [f"{state.word} {self.lights[light]}" for light, state in LIGHTS.items() if light in self.lights]
        return {
            "description": self.words,
            "progress": "" if mean is None else f"平均完成率{mean}%",
            "done": f"完成 {self.states.get(_State.CLOSED, 0)} 项",
            "light": "，".join(counted),
        }


def dated(day: date) -> str:
    return f"填报日期：{chinese_date(day)}"


def why_not_fill(row: Finding, actor: Actor, key: str, text: str) -> str:
    """The reason against a text in a column of the 整改台账 now; empty when there is none.

    The office that issued a finding, or one above it, fills in for its units; what was reported done is no longer rewritten.
    """
    denied: Denied | None = actor.why_not("finding.import", row.unit.path) or by_office(row, actor, "finding.import")
    if denied is not None:
        return denied.reason
    if row.state in {_State.CLOSED, _State.WAIVED}:
        return f"这个问题{row.get_state_display()}，不能再改。"
    if key in {"measures", "target"} and row.state in {_State.REPORTED, _State.VERIFIED}:
        return f"这个问题{row.get_state_display()}，整改措施和目标不能再改。"
    if not text and key in {"measures", "target", "leader", "person"} and getattr(row, key):
        return "台账的这一栏不能空着，请填写。"
    if key == "phone" and "*" in text:
        return "是隐藏后的号码，请填写完整的号码，或恢复导出时的内容。"
    return ""


def cell_of(row: Finding, column: Column) -> str:
    """What the 问题清单 shows of a finding in a column."""
    unit = row.unit
    value = {
        "unit": unit.name,
        "unit_code": unit.institution_code or unit.uscc or unit.local_code,
    }.get(column.key) or getattr(row, column.key, "")
    return sheets.shown(column, value)


def compare(
    actor: Actor, reading: Reading, snapshot: Mapping[str, Mapping[str, str]] | None, rows: Mapping[int, Finding]
) -> sheets.Comparison:
    """Compare a 整改台账 with its own copy and with the platform. ``rows`` are those of its numbers that the actor may see."""

    def shown(row: Finding, column: Column) -> tuple[str, ...]:
        text = str(getattr(row, column.key))
        return (text, mask_phone(text)) if column.key == "phone" and text else (text,)

    rules = sheets.Rules(
        number=lambda row: number_of(row.code, row.pk),
        label=lambda row: f"{row}（{row.unit}）",
        shown=shown,
        why_not=lambda row, column, text: why_not_fill(row, actor, column.key, text),
        page="问题页面",
    )
    return sheets.compare(LEDGER, reading, snapshot, rows, rules)
