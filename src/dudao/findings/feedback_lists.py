"""A superior's list as a sheet and as pasted text: read into rows with what is wrong where, and written with how it stands."""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dudao.calc.numbered import LABELS, Item, items_of
from dudao.core import sheets
from dudao.core.sheets import Cell, Column, Problem, Reading, Table, parse_date
from dudao.findings.labels import LIT
from dudao.findings.models import Feedback
from dudao.findings.queries.feedback import WHOLE, Board, Named
from dudao.orgs.models import Unit

MOST = 500
"""Problems of one list."""


def _number(value: Any) -> Any:
    if value is not None and not 1 <= value <= 9999:
        raise ValueError(f"是 {value}，应在 1 到 9999 之间")
    return value


LIST = Table(
    "反馈问题",
    [
        Column(
            "number", "编号", "integer", width=8, check=_number, aliases=("项号", "问题编号"), help="不填按先后编号。"
        ),
        Column("category", "问题类别", width=14, limit=60, aliases=("类别",), example="师资配备"),
        Column(
            "description",
            "问题描述",
            required=True,
            width=50,
            limit=4000,
            aliases=("反馈问题", "存在问题", "具体表现", "问题"),
            example="义务教育学校音体美教师缺额较大",
        ),
        Column("demand", "整改要求", width=36, limit=4000, aliases=("整改任务", "意见建议")),
        Column("lead", "牵头单位", width=18, limit=120, help="一个单位，写机构里的全称或简称。", example="市委编办"),
        Column(
            "others",
            "责任单位",
            width=26,
            limit=300,
            aliases=("配合单位",),
            help="部门或县市区，几个单位之间用“、”隔开。",
            example="市财政局、平江县",
        ),
        Column("due_on", "完成时限", "date", width=14, aliases=("整改时限",)),
        Column("measures", "整改措施汇总", width=40, limit=4000, help="报告用的汇总，不填取责任单位报的措施。"),
        Column("standing", "进展汇总", width=40, limit=4000, help="报告用的汇总，不填取责任单位报的进展。"),
        Column("state", "整改状态", width=12, read_only=True),
        Column("light", "亮灯", width=12, read_only=True),
        Column("told_measures", "责任单位整改措施", width=40, read_only=True),
        Column("told_standing", "责任单位进展情况", width=40, read_only=True),
    ],
)


@dataclass(slots=True)
class ItemInput:
    """One row as read. ``has`` are the columns that were there: what is not stays as it is. ``told``: units as written."""

    row: int
    number: int | None
    description: str
    has: frozenset[str]
    category: str = ""
    demand: str = ""
    due_on: date | None = None
    measures: str = ""
    standing: str = ""
    lead: Unit | None = None
    others: list[Unit] = field(default_factory=list)

    @property
    def told(self) -> str:
        lead = [f"{self.lead.name}（牵头）"] if self.lead is not None else []
        return "、".join([*lead, *(unit.name for unit in self.others)])[:300]


def _names(text: str) -> list[str]:
    return [piece for piece in re.split(r"[、，,；;\s]+", text) if piece]


def _resolve(
    found: ItemInput, lead: str, others: str, named: Named, fault: Callable[[str, str], Problem]
) -> Iterable[Problem]:
    """Put units in the place of names; faults name the column."""
    for column, text in (("牵头单位", lead), ("责任单位", others)):
        names = _names(text)
        if column == "牵头单位" and len(names) > 1:
            yield fault(column, f"填了 {len(names)} 个单位，牵头单位只能有一个，其余请填在“责任单位”")
            continue
        for name in names:
            unit = named.units.get(name)
            if name in named.many:
                yield fault(column, f"“{name}”有几个单位同名，请写全称或在页面上分解")
            elif unit is None:
                yield fault(column, f"“{name}”不是可以下达整改的单位，请写机构里的全称或简称")
            elif column == "牵头单位":
                found.lead = unit
            elif unit not in found.others:
                found.others.append(unit)
    if found.lead in found.others:
        found.others.remove(found.lead)


def opened(data: bytes) -> Reading:
    """The list in a workbook. Raises ``SheetError`` when the file as a whole is no use."""
    return sheets.read(data, LIST, max_rows=MOST)


def read_sheet(reading: Reading, named: Callable[[Iterable[str]], Named]) -> tuple[list[ItemInput], list[Problem]]:
    """The problems of a list and what is wrong with it."""
    problems = list(reading.problems)
    whole = [row for row in reading.rows if row.values.get("description")]
    units = named(
        name for row in whole for key in ("lead", "others") for name in _names(str(row.values.get(key) or ""))
    )
    has = frozenset(column.key for column in reading.columns)
    found: list[ItemInput] = []
    seen: dict[int, int] = {}
    for row in whole:
        values = row.values
        number = values.get("number")
        if number is not None and number in seen:
            problems.append(row.problem("编号", f"是 {number}，与第 {seen[number]} 行重复"))
            continue
        if number is not None:
            seen[number] = row.number
        made = ItemInput(row.number, number, values["description"], has, due_on=values.get("due_on"))
        for key in ("category", "demand", "measures", "standing"):
            setattr(made, key, values.get(key) or "")
        problems += _resolve(made, values.get("lead") or "", values.get("others") or "", units, row.problem)
        found.append(made)
    return found, sorted(problems, key=lambda problem: problem.row)


def read_text(text: str, named: Callable[[Iterable[str]], Named]) -> tuple[list[ItemInput], list[Problem]]:
    """The items of pasted text; a fault names the line it stands on."""
    items = items_of(text)
    units = named(name for one in items for key in ("lead", "others") for name in _names(one.told.get(key, "")))
    found, problems = [], []
    for one in items[: MOST + 1]:

        def fault(column: str, words: str, one: Item = one) -> Problem:
            return Problem(one.lines.get(LABELS.get(column, ""), one.line), column, f"“{column}”{words}")

        made = ItemInput(one.line, None, one.text, frozenset({"description", *one.told}))
        made.category, made.demand = one.told.get("category", "")[:60], one.told.get("demand", "")
        if len(one.text) > 4000:
            problems.append(fault("问题描述", f"有 {len(one.text)} 个字，最多 4000 个字"))
        if "due_on" in one.told:
            try:
                made.due_on = parse_date(one.told["due_on"])
            except ValueError as reason:
                problems.append(fault("完成时限", str(reason)))
        problems += _resolve(made, one.told.get("lead", ""), one.told.get("others", ""), units, fault)
        found.append(made)
    if len(items) > MOST:
        problems.append(Problem(items[MOST].line, "", f"起超过 {MOST} 项，请分几次登记"))
    return found, problems


def template(title: str) -> bytes:
    return sheets.template(
        LIST, title=title, help_text="一行一个问题。责任单位写机构里的全称或简称，导入后生成待下达的问题。"
    )


def write(row: Feedback, board: Board, target: io.BytesIO, *, mark: str) -> int:
    """The list with how it stands; what is read back is what the office has entered."""
    rows = []
    for line in board.lines:
        light = LIT.get(line.lit)
        rows.append(
            {
                "number": line.item.number,
                "category": line.item.category,
                "description": line.item.description,
                "demand": line.item.demand,
                "lead": next((part.unit.name for part in line.parts if part.leads), ""),
                "others": "、".join(part.unit.name for part in line.parts if not part.leads),
                "due_on": line.item.due_on,
                "measures": line.item.measures,
                "standing": line.item.standing,
                "state": WHOLE[line.state],
                "light": Cell(light[1], str(light[0])) if light is not None else "",
                "told_measures": "" if line.item.measures else line.measures,
                "told_standing": "" if line.item.standing else line.standing,
            }
        )
    return sheets.export(
        LIST,
        rows,
        target,
        title=f"{row.title}整改台账",
        line=[f"填报单位：{row.office.name}", f"反馈机关：{row.superior}", f"文号：{row.number}"],
        mark=mark,
    )
