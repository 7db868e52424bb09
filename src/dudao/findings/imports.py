"""The sheets of findings that come in: new problems in bulk, a 整改台账 filled in, a superior's list with faults."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from dudao.core import audit, sheets
from dudao.core.access import Actor, Denied
from dudao.core.imports.owned import Owned, declare_owned, fill_cells
from dudao.core.models import SheetImport
from dudao.core.rows import update_rows
from dudao.core.sheets import Comparison, Reading
from dudao.core.sheets.opening import Book
from dudao.core.workflow import Conflict
from dudao.findings import ledgers
from dudao.findings.actions.making import create_finding
from dudao.findings.feedback_lists import LIST
from dudao.findings.feedback_lists import MOST as MOST_OF_LIST
from dudao.findings.queries.ledgers import Register, rows_by_key
from dudao.findings.registering import checked, drafts_of, parted
from dudao.orgs.models import Unit

MANY = 300
"""New findings from which an import is carried out in the background."""

_STEPS = {"check": "核对", "begin": "开始后台导入", "apply": "确认导入", "discard": "放弃"}


def _told(actor: Actor, taken: SheetImport, step: str) -> None:
    office = Unit.objects.get(pk=taken.target)
    if taken.kind == FEEDBACK.key and step == "check":
        audit.record(
            actor, "feedback.register", office, what="清单有错误，没有写入", file=taken.name,
            problems=taken.counts["problems"],
        )  # fmt: skip
        return
    counted = {"check": "problems", "begin": "changes", "apply": "changes"}.get(step)
    data = {"problems" if step == "check" else "rows": taken.counts[counted]} if counted else {}
    what = f"{KINDS[taken.kind].name}：{_STEPS[step]}"
    audit.record(actor, "finding.import", office, what=what, file=taken.name, **data)


def _check_new(actor: Actor, office: Unit, reading: Reading, book: Book) -> Comparison:
    """New problems; rows that carry the number of an export are registered already, and only looked at."""
    held = rows_by_key(actor, {sheets.key_of(str(row.values.get("number") or "")) for row in reading.rows})
    snapshot = sheets.read_snapshot(book, ledgers.PROBLEMS)
    fresh, known = parted(reading, held, snapshot)
    found = checked(fresh, office, Register(actor, office), timezone.localdate())
    found.rows = len(reading.rows)
    found.problems += known.problems
    found.notes += known.notes
    return found


def _register(
    actor: Actor, taken: SheetImport, changes: list[dict[str, Any]], progress: Callable[[int, int], None] | None
) -> None:
    """Every row a draft. One that another import has made meanwhile is found again by its key."""
    office = Unit.objects.get(pk=taken.target)
    actor.require("finding.import", office.path)
    rows = drafts_of(office.pk, changes)
    units = Unit.objects.in_bulk({unit for unit, _ in rows})
    for done, (unit, values) in enumerate(rows, 1):
        create_finding(actor, office=office, unit=units[unit], **values)
        if progress is not None:
            progress(done, len(rows))


def _check_ledger(actor: Actor, office: Unit, reading: Reading, book: Book) -> Comparison:
    keys = {sheets.key_of(str(row.values.get("number") or "")) for row in reading.rows}
    snapshot = sheets.read_snapshot(book, ledgers.LEDGER)
    return ledgers.compare(actor, reading, snapshot, rows_by_key(actor, keys))


def _fill(
    actor: Actor, taken: SheetImport, changes: list[dict[str, Any]], progress: Callable[[int, int], None] | None
) -> None:
    """Every cell that was filled in; the names of the columns are recorded, the values are the finding's own."""
    actor.require("finding.import", Unit.objects.get(pk=taken.target).path)
    rows = rows_by_key(actor, {change["row"] for change in changes}, lock=True)

    def why_not(change: dict[str, Any], row: Any) -> None:
        if row is None:
            raise Conflict(f"第 {change['line']} 行的问题已不在您的范围内，没有导入任何内容。")
        reason = ledgers.why_not_fill(row, actor, change["column"], change["after"])
        if reason:
            label = ledgers.LEDGER.column(change["column"]).name
            raise Denied(f"第 {change['line']} 行“{label}”不能修改：{reason}", "finding.import")

    touched = fill_cells(changes, rows, ledgers.LEDGER, why_not)
    for pk in touched:
        rows[pk].revision += 1
    filled = [column.key for column in ledgers.LEDGER.readable if column.key != "number"]
    update_rows([rows[pk] for pk in touched], [*filled, "revision"])
    for pk, fields in touched.items():
        audit.record(actor, "finding.import", rows[pk], fields=fields, file=taken.name)


_PAGES: dict[str, Any] = {
    "page": "findings:upload", "errors": "findings:upload_errors", "form": "findings:import", "word": "表", "told": _told,
}  # fmt: skip

NEW = declare_owned(
    Owned(
        key="findings.new",
        name="登记新问题",
        verb="finding.import",
        table=ledgers.PROBLEMS,
        max_rows=ledgers.MOST_ROWS // 4,
        texts=True,
        check=_check_new,
        write=_register,
        many=MANY,
        label="导入 {} 个问题",
        doing="正在登记问题",
        nothing="里的问题都已经登记过，没有需要导入的内容",
        done="已登记 {} 个问题，核对后下达。",
        after=lambda: reverse("findings:findings", query={"state": "draft"}),
        **_PAGES,
    )
)
LEDGER = declare_owned(
    Owned(
        key="findings.ledger",
        name="导回整改台账",
        verb="finding.import",
        table=ledgers.LEDGER,
        max_rows=ledgers.MOST_ROWS,
        texts=True,
        check=_check_ledger,
        write=_fill,
        **_PAGES,
    )
)
FEEDBACK = declare_owned(
    Owned(
        key="findings.feedback",
        name="上级反馈清单",
        verb="feedback.register",
        table=LIST,
        max_rows=MOST_OF_LIST,
        **_PAGES,
    )
)
KINDS = {kind.key: kind for kind in (NEW, LEDGER, FEEDBACK)}

sheets.belongs(ledgers.PROBLEMS.name, "请到“问题整改”的“导入”，种类选“登记新问题”", ledgers.PROBLEMS)
sheets.belongs(ledgers.LEDGER.name, "请到“问题整改”的“导入”，种类选“导回整改台账”", ledgers.LEDGER)
for _printed in (ledgers.TASKS, ledgers.DUTIES):
    sheets.belongs(_printed.name, "只供查看和打印，不能导入；要填写后导回的，请导出整改台账")
sheets.belongs(LIST.name, "请到“上级反馈”登记或更新反馈时上传", LIST)
