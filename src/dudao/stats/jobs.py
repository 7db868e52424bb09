"""The background work of statistics: checking and importing a file of numbers."""

from functools import partial

from dudao.core import files, jobs, sheets
from dudao.core.jobs import JobFailed, Result, Work
from dudao.stats.actions import uploads
from dudao.stats.importing import Plan, plan_bundle, plan_counties, plan_table, plan_workbook
from dudao.stats.models import DataUpload
from dudao.stats.tables import county_table, table_of

MAX_ROWS = 60_000


def _planned(work: Work, taken: DataUpload) -> tuple[Plan, bytes, sheets.Reading | None]:
    work.actor.require("return.import", taken.root.path)
    work.progress(0, None, "正在读取表格")
    with files.opened(taken.file) as stream:
        data: bytes = stream.read()
    if taken.sort == DataUpload.Sort.WORKBOOK:
        return plan_workbook(work.actor, taken.round, taken.root, data, taken.name), data, None
    if taken.sort == DataUpload.Sort.ZIP:
        told = partial(work.progress, message="正在读取各校的工作簿")
        return plan_bundle(work.actor, taken.round, taken.root, data, told), data, None
    if taken.sort == DataUpload.Sort.COUNTY:
        reading = sheets.read(data, county_table(taken.round), max_rows=MAX_ROWS)
        return plan_counties(work.actor, taken.round, taken.root, reading), data, reading
    reading = sheets.read(data, table_of(taken.round), max_rows=MAX_ROWS)
    return plan_table(work.actor, taken.round, taken.root, reading), data, reading


def _note(work: Work, taken: DataUpload, plan: Plan, data: bytes, reading: sheets.Reading | None) -> None:
    wrong = bool(plan.problems) and reading is not None
    errors = sheets.error_copy(data, reading, plan.problems) if wrong and reading is not None else None
    uploads.note_check(work.actor, taken=taken, plan=plan, errors=errors)


def _upload(work: Work) -> DataUpload:
    return DataUpload.objects.select_related("root", "file", "round__unit").get(pk=work.params["upload"])


def _words(taken: DataUpload) -> str:
    counts = taken.counts
    return f"更新 {counts['changed']} 份，无变化 {counts['same']} 份，有错误 {counts['error']} 份。"


@jobs.handler("stats.check")
def check_file(work: Work) -> Result:
    """Judge every row against the returns of now, and keep the verdict with the upload."""
    taken = _upload(work)
    try:
        plan, data, reading = _planned(work, taken)
    except sheets.SheetError as error:
        uploads.note_failure(work.actor, taken=taken, message=str(error))
        raise
    _note(work, taken, plan, data, reading)
    return Result(_words(taken), url=taken.get_absolute_url())


@jobs.handler("stats.import")
def import_file(work: Work) -> Result:
    """Carry out a confirmed import. Begun again after a kill, it finds either nothing done or all."""
    taken = _upload(work)
    if taken.state != DataUpload.State.DONE:
        plan, data, reading = _planned(work, taken)
        if plan.problems:
            _note(work, taken, plan, data, reading)
            raise JobFailed("检查之后报表有变动，现在有的行不能导入，没有写入任何内容。请看错误说明。")
        uploads.run_upload(work.actor, taken=taken, plan=plan)
    return Result(_words(taken), url=taken.get_absolute_url())
