"""The background work of units: checking and importing a sheet."""

from django.urls import reverse

from dudao.core import files, jobs, sheets
from dudao.core.access import Denied
from dudao.core.jobs import JobFailed, Result, Work
from dudao.orgs import actions
from dudao.orgs.actions.importing import ImportRefused
from dudao.orgs.importing import ImportPlan, plan_import
from dudao.orgs.models import UnitImport
from dudao.orgs.queries import today
from dudao.orgs.sheet import MAX_ROWS, UNITS

State = UnitImport.State


def _read(taken: UnitImport) -> tuple[bytes, sheets.Reading]:
    with files.opened(taken.file) as stream:
        data = stream.read()
    return data, sheets.read(data, UNITS, max_rows=MAX_ROWS)


def _note(work: Work, taken: UnitImport, data: bytes, reading: sheets.Reading, plan: ImportPlan) -> None:
    errors = sheets.error_copy(data, reading, plan.problems) if plan.problems else None
    remarks = [f"第 {line.row.number} 行：{remark}" for line in plan.lines for remark in line.remarks]
    actions.note_check(work.actor, taken=taken, plan=plan, notes=[*reading.notes, *remarks[:50]], errors=errors)


def _progress(work: Work, word: str):
    return lambda done, total: work.progress(done, total, word)


@jobs.handler("units.check")
def check_sheet(work: Work) -> Result:
    """Judge every row against the tree of now, and keep the verdict with the upload."""
    taken = UnitImport.objects.select_related("root", "file").get(pk=work.params["import"])
    work.actor.require("unit.import", taken.root.path)
    work.progress(0, None, "正在读取表格")
    try:
        data, reading = _read(taken)
    except sheets.SheetError as error:
        actions.note_failure(work.actor, taken=taken, message=str(error))
        raise
    plan = plan_import(
        taken.root, reading.rows, today=today(), problems=reading.problems, progress=_progress(work, "正在核对")
    )
    work.progress(len(reading.rows), len(reading.rows), "正在整理结果")
    _note(work, taken, data, reading, plan)
    counts = taken.counts
    parts = {"新增": "new", "更新": "changed", "无变化": "same", "有错误": "error"}
    words = "，".join(f"{label} {counts[key]}" for label, key in parts.items())
    return Result(f"共 {len(reading.rows)} 行：{words}。", url=taken.get_absolute_url())


@jobs.handler("units.import")
def import_sheet(work: Work) -> Result:
    """Carry out a confirmed import. Begun again after a kill, it finds either nothing done or all."""
    taken = UnitImport.objects.select_related("root", "file").get(pk=work.params["import"])
    if taken.state == State.DONE:
        return _done(taken)
    work.progress(0, None, "正在读取表格")
    data, reading = _read(taken)
    try:
        actions.run_import(work.actor, taken=taken, reading=reading, progress=_progress(work, "正在导入"))
    except ImportRefused as refused:
        _note(work, taken, data, reading, refused.plan)
        raise JobFailed("检查之后机构有变动，现在有的行不能导入，没有写入任何内容。请看错误说明。") from None
    except Denied as denied:
        actions.note_failure(work.actor, taken=taken, message=denied.reason)
        raise
    return _done(taken)


def _done(taken: UnitImport) -> Result:
    counts = taken.counts
    return Result(
        f"新增 {counts['new']} 个，更新 {counts['changed']} 个，无变化 {counts['same']} 个。",
        url=reverse("orgs:import", args=[taken.pk]),
    )
