"""A file of numbers that is brought in: how each sort of file is read and judged, what its page says."""

from collections.abc import Callable, Mapping

from django.db import models
from django.urls import reverse

from dudao.core.access import Actor, Denied
from dudao.core.imports import Import, Plan, Progress, Words, declare
from dudao.core.imports.declared import MAX_ROWS
from dudao.core.models import SheetImport
from dudao.core.sheets import Reading, Table, belongs, read
from dudao.core.ui.parts import Crumb
from dudao.orgs.models import Unit
from dudao.stats.actions.uploads import write_numbers
from dudao.stats.bundles import read_bundle, read_workbook
from dudao.stats.importing import plan_counties, plan_files, plan_table, shown
from dudao.stats.models import Round
from dudao.stats.tables import COUNTY_SHEET, SCHOOL_SHEET, county_table, table_of


class Sort(models.TextChoices):
    TABLE = "table", "一行一校的汇总表"
    COUNTY = "county", "一行一县的县级数据表"
    WORKBOOK = "workbook", "一校一册的教育事业统计报表"
    ZIP = "zip", "多所学校的工作簿（ZIP 压缩包）"


_JUDGES: Mapping[str, Callable[[Actor, Round, Unit, Reading], Plan]] = {
    Sort.TABLE: plan_table,
    Sort.COUNTY: plan_counties,
    Sort.WORKBOOK: plan_files,
    Sort.ZIP: plan_files,
}


def _root(taken: SheetImport) -> Unit:
    return Unit.objects.get(pk=taken.target)


def _round(taken: SheetImport) -> Round:
    return Round.objects.select_related("unit").get(pk=taken.params["round"])


def _guard(taken: SheetImport) -> None:
    if _round(taken).state != Round.State.OPEN:
        raise Denied("只有报送中的才能导入数据。", "return.import")


def _table(taken: SheetImport) -> Table:
    asked = _round(taken)
    return county_table(asked) if taken.params["sort"] == Sort.COUNTY else table_of(asked)


def _read(taken: SheetImport, data: bytes, progress: Progress) -> Reading:
    sort = taken.params["sort"]
    if sort == Sort.WORKBOOK:
        return read_workbook(_round(taken), data, taken.name)
    if sort == Sort.ZIP:
        return read_bundle(_round(taken), data, lambda done, total: progress(done, total, "正在读取各校的工作簿"))
    return read(data, _table(taken), max_rows=MAX_ROWS)


def _plan(actor: Actor, taken: SheetImport, reading: Reading, progress: Progress) -> Plan:
    plan = _JUDGES[taken.params["sort"]](actor, _round(taken), _root(taken), reading)
    plan.notes = plan.notes[:50]
    return plan


def _take(actor: Actor, taken: SheetImport, reading: Reading, progress: Progress) -> Plan:
    actor.require("return.import", _root(taken).path)
    plan = _plan(actor, taken, reading, progress)
    write_numbers(actor, asked=_round(taken), taken=taken, plan=plan)
    return plan


def _summary(taken: SheetImport) -> str:
    counts = taken.counts
    return f"更新 {counts['changed']} 份，无变化 {counts['same']} 份，有错误 {counts['error']} 份。"


def _words(taken: SheetImport) -> Words:
    asked, sort = _round(taken), Sort(taken.params["sort"])
    changed, same, error = (taken.counts.get(key, 0) for key in ("changed", "same", "error"))
    one = "个文件" if sort in {Sort.ZIP, Sort.WORKBOOK} else "行"
    return {
        "crumbs": [Crumb("数据报送", reverse("stats:rounds")), Crumb(asked.title, asked.get_absolute_url())],
        "facts": [("导入范围", taken.into), ("文件种类", sort.label)],
        "again": reverse("stats:import_new", args=[asked.pk]),
        "after": (asked.get_absolute_url(), "查看报表"),
        "confirm": f"确认后更新 {changed} 份报表，填报单位会看到新的数。",
        "done": f"已更新 {changed} 份，无变化 {same} 份。",
        "faulty": f"有 {error} {one}有错误，还没有导入任何内容。",
        "one": one,
        "what": "县市区" if sort == Sort.COUNTY else "学校",
    }


NUMBERS = declare(
    Import(
        key="stats",
        verb="return.import",
        page="stats:import",
        counted=("changed", "same"),
        target=_root,
        guard=_guard,
        table=_table,
        reader=_read,
        plan=_plan,
        take=_take,
        shown=shown,
        words=_words,
        summary=_summary,
        stale="检查之后报表有变动，现在有的行不能导入，没有写入任何内容。请看错误说明。",
    )
)
belongs(SCHOOL_SHEET, "请到“数据报送”里对应的一次报送，用“导入数据”上传，种类选一行一校的汇总表")
belongs(COUNTY_SHEET, "请到“数据报送”里对应的一次报送，用“导入数据”上传，种类选一行一县的县级数据表")
