"""A ledger (台账) that comes back: what its cells would change, and how they are written."""

from collections.abc import Callable
from typing import Any

from dudao.core import audit, sheets
from dudao.core.access import Actor
from dudao.core.imports.owned import Owned, declare_owned, fill_cells, still
from dudao.core.models import SheetImport
from dudao.core.rows import update_rows
from dudao.core.sheets import Comparison, Reading
from dudao.core.sheets.opening import Book
from dudao.plans import ledger
from dudao.plans.actions.assignments import report
from dudao.plans.models import Assignment
from dudao.plans.queries.ledger import rows_by_number


def _told(actor: Actor, taken: SheetImport, step: str) -> None:
    if step == "check":
        counts = taken.counts
        audit.record(actor, "ledger.check", taken, changes=counts["changes"], problems=counts["problems"])
    elif step == "discard":
        audit.record(actor, "ledger.discard", taken)


def _check(actor: Actor, target: None, reading: Reading, book: Book) -> Comparison:
    keys = {sheets.key_of(str(row.values.get("number") or "")) for row in reading.rows}
    visible = set(
        Assignment.objects.visible_to(actor, "assignment.view").filter(pk__in=keys).values_list("pk", flat=True)
    )
    return ledger.compare(actor, reading, sheets.read_snapshot(book, ledger.LEDGER), rows_by_number(visible))


def _write(
    actor: Actor, taken: SheetImport, changes: list[dict[str, Any]], progress: Callable[[int, int], None] | None
) -> None:
    rows = rows_by_number({change["row"] for change in changes}, lock=True)

    def why_not(change: dict[str, Any], row: Assignment) -> None:
        denied = ledger.why_not_edit(row, actor, change["column"])
        if denied is not None:
            raise denied

    plain = [change for change in changes if change["column"] not in ledger.SAID]
    touched = fill_cells(plain, rows, ledger.LEDGER, why_not)
    update_rows(
        [rows[key] for key in touched], [column.key for column in ledger.EDITABLE if column.key not in ledger.SAID]
    )
    for key, columns in touched.items():
        # The names of the columns only: who is responsible is a person's name, and the row's own history has it.
        audit.record(actor, "ledger.import", rows[key], columns=columns, upload=taken.pk)
    said: dict[int, dict[str, str]] = {}
    for change in changes:
        if change["column"] in ledger.SAID:
            row = rows[change["row"]]
            why_not(change, row)
            still(change, ledger.shown(row, change["column"]), ledger.LEDGER)
            said.setdefault(row.pk, {})[change["column"]] = change["after"]
    for key, cells in said.items():
        _report(actor, rows[key], cells)


def _report(actor: Actor, row: Assignment, cells: dict[str, str]) -> None:
    """What the ledger says of the progress, as a report of the unit; what it leaves is as it was said last."""
    now = {key: cells.get(key, ledger.shown(row, key)) for key in ledger.SAID}
    light = ledger.LEDGER.column("self_light").parse(now["self_light"])
    report(
        actor,
        row=row,
        text=now["report"],
        progress=int(now["progress"]),
        achieved=row.achieved,
        difficulties=now["difficulties"],
        light=light or "",
    )


LEDGER = declare_owned(
    Owned(
        key="plans.ledger",
        verb="ledger.import",
        page="plans:ledger_upload",
        errors="plans:ledger_errors",
        form="plans:ledger_import",
        word="台账",
        nothing="与平台里的内容一致，没有需要导入的改动",
        table=ledger.LEDGER,
        max_rows=20_000,
        texts=True,
        told=_told,
        check=_check,
        write=_write,
    )
)
sheets.belongs(ledger.LEDGER.name, "请到“承办情况”的“导回台账”上传", ledger.LEDGER)
