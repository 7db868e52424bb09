"""The sheet of units as a file that is brought in: what it goes into, how its rows are judged and taken, what its page says."""

from typing import Any

from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.imports import Import, Plan, Progress, Words, declare
from dudao.core.models import SheetImport
from dudao.core.sheets import Reading, belongs
from dudao.core.ui.parts import Crumb
from dudao.orgs.actions.importing import import_units
from dudao.orgs.importing import Line, plan_import
from dudao.orgs.models import Kind, Unit
from dudao.orgs.queries import today
from dudao.orgs.sheet import UNITS as TABLE
from dudao.orgs.sheet import heading

_COLUMNS = {column.key: column for column in TABLE.columns}


def _root(taken: SheetImport) -> Unit:
    return Unit.objects.get(pk=taken.target)


def _plan(actor: Actor, taken: SheetImport, reading: Reading, progress: Progress) -> Plan:
    plan = plan_import(
        _root(taken), reading.rows, today=today(), problems=reading.problems,
        progress=lambda done, total: progress(done, total, "正在核对"),
    )  # fmt: skip
    remarks = [f"第 {line.number} 行：{remark}" for line in plan.lines for remark in line.remarks]
    return Plan(plan.lines, plan.problems, [*reading.notes, *remarks[:50]])


def _take(actor: Actor, taken: SheetImport, reading: Reading, progress: Progress) -> Plan:
    done = import_units(
        actor, root=_root(taken), rows=reading.rows, problems=reading.problems, source=taken.name,
        progress=lambda done, total: progress(done, total, "正在导入"),
    )  # fmt: skip
    return done.plan


def _cell(key: str, value: Any) -> str:
    """A value as the sheet would show it."""
    column = _COLUMNS.get(key)
    if value in (None, "", [], ()):
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set):
        return "、".join(_cell(key, item) for item in value)
    return str(column.choices.get(value, value)) if column is not None else str(value)


def _shown(line: Line) -> dict[str, Any]:
    kind = str(Kind(line.kind).label) if line.kind else "—"
    return {
        "row": line.number,
        "name": line.name or "—",
        "sub": f"{kind}，隶属{line.parent if line.parent is not None else '—'}",
        "outcome": str(line.outcome),
        "changes": [
            f"{heading(key)}：{_cell(key, was)} → {_cell(key, now)}" for key, (was, now) in line.changes.items()
        ],
        "problems": [problem.text for problem in line.problems],
        "remarks": line.remarks,
    }


def _summary(taken: SheetImport) -> str:
    new, changed, same, error = (taken.counts[key] for key in ("new", "changed", "same", "error"))
    if taken.state == SheetImport.State.DONE:
        left = f"有错误、没有导入的 {error} 行。" if error else ""
        return f"新增 {new} 个，更新 {changed} 个，无变化 {same} 个。{left}"
    return f"共 {new + changed + same + error} 行：新增 {new}，更新 {changed}，无变化 {same}，有错误 {error}。"


def _words(taken: SheetImport) -> Words:
    new, changed, same, error = (taken.counts.get(key, 0) for key in ("new", "changed", "same", "error"))
    return {
        "crumbs": [Crumb("机构", reverse("orgs:units")), Crumb("导入", reverse("orgs:import_new"))],
        "facts": [("导入到", taken.into)],
        "again": reverse("orgs:import_new"),
        "after": (f"{reverse('orgs:units')}?under={taken.target}", "查看机构"),
        "confirm": f"确认后新增 {new} 个机构、更新 {changed} 个机构；"
        "名称或上级有变化的，按今天更名或变更隶属。导入后不能整批撤回。",
        "done": f"已新增 {new} 个、更新 {changed} 个，无变化 {same} 个。",
        "faulty": f"有 {error} 行有错误，还没有导入任何内容。下载带“错误原因”列的原表，可以看到红色的说明。",
        "one": "行",
        "what": "机构",
    }


UNITS = declare(
    Import(
        key="units",
        verb="unit.import",
        page="orgs:import",
        counted=("new", "changed", "same"),
        target=_root,
        table=lambda taken: TABLE,
        plan=_plan,
        take=_take,
        shown=_shown,
        words=_words,
        summary=_summary,
        stale="检查之后机构有变动，现在有的行不能导入，没有写入任何内容。请看错误说明。",
    )
)
belongs(TABLE.name, "请到“机构”的“导入”上传", TABLE)
