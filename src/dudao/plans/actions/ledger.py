"""Taking ledgers away and bringing them back: an export is recorded, an import changes all of its cells or none."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit, files, sheets
from dudao.core.access import Actor, Denied
from dudao.core.rows import update_rows
from dudao.core.workflow import Conflict
from dudao.orgs.models import Contact
from dudao.plans import ledger
from dudao.plans.models import Assignment, LedgerUpload, WorkPlan
from dudao.plans.queries.ledger import contacts_of, home_of, ledger_rows, rows_by_number
from dudao.plans.queries.lights import lights_on

MOST_ROWS = 20_000


@audit.action
def export_ledger(
    actor: Actor,
    *,
    target: Path | io.BytesIO,
    plan: WorkPlan | None = None,
    ids: Sequence[int] | None = None,
    phones: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the ledger of a plan, or of chosen rows, to ``target``; answers the number of rows.

    Only rows for which the actor may export are in it. ``phones`` writes phones in full where the actor may see them, which
    the record then says.
    """
    today = timezone.localdate()
    lights = lights_on(today)
    rows = ledger_rows(actor, lights, plan=plan.pk if plan else None, ids=ids)
    total = rows.count()
    if not total:
        raise ValidationError("没有您可以导出的任务。请调整筛选条件后再导出。")
    contacts: dict[int, Contact] = contacts_of(rows.order_by().values_list("unit_id", flat=True).distinct())
    home = home_of(actor)
    sums = ledger.Sums()
    values = (
        ledger.ledger_values(row, lights, contacts, actor=actor, phones=phones)
        for row in sums.watch(rows.iterator(chunk_size=1000), lights)
    )
    sheets.export(
        ledger.LEDGER,
        values,
        target,
        title=f"{plan.title}任务台账" if plan else "教育督导任务台账",
        line=[
            f"填报单位：{home.name if home else actor.name}",
            f"填报人：{actor.name}",
            "审核人：",
            ledger.dated(today),
        ],
        total=sums.line,
        snapshot=True,
        progress=None if progress is None else lambda done: progress(done, total),
    )
    audit.record(actor, "ledger.export", plan or home or rows[0].task.plan, rows=total, phones=phones)
    return total


def take_ledger(actor: Actor, *, upload: Any, name: str) -> LedgerUpload | None:
    """Check a ledger that came back. Answers what is to be confirmed or corrected; None when it says nothing new.

    Raises ``SheetError`` or ``FileRefused`` when the file as a whole is no use. A ledger without any change leaves no trace.
    """
    if not actor.may_somewhere("ledger.import"):
        raise Denied("您没有“导回台账”的权限，如工作需要请联系安全管理员。", "ledger.import")
    data = sheets.read_upload(upload)
    book = sheets.open_book(data)
    reading = sheets.read(book, ledger.LEDGER, max_rows=MOST_ROWS, texts=True)
    snapshot = sheets.read_snapshot(book, ledger.LEDGER)
    found = _compared(actor, reading, snapshot)
    if not found.changes and not found.problems:
        return None
    taken: LedgerUpload = _keep(actor, data=data, name=name, found=found)
    return taken


def _compared(actor: Actor, reading: sheets.Reading, snapshot: Any) -> sheets.Comparison:
    keys = {sheets.key_of(str(row.values.get("number") or "")) for row in reading.rows}
    visible = set(
        Assignment.objects.visible_to(actor, "assignment.view").filter(pk__in=keys).values_list("pk", flat=True)
    )
    return ledger.compare(actor, reading, snapshot, rows_by_number(visible))


@audit.action
def _keep(actor: Actor, *, data: bytes, name: str, found: sheets.Comparison) -> LedgerUpload:
    stored = files.store(io.BytesIO(data), name, kinds={"xlsx"}, limit=sheets.MAX_BYTES)
    taken: Any = LedgerUpload.objects.create(  # a person's: nobody else uploads
        owner_id=actor.id,  # type: ignore[misc]
        file=stored,
        name=name[:200],
        state=LedgerUpload.State.FAULTY if found.problems else LedgerUpload.State.CHECKED,
        rows=found.rows,
        changes=[change.as_dict() for change in found.changes],
        problems=[
            [problem.row, problem.column, problem.text] for problem in sorted(found.problems, key=lambda one: one.row)
        ],
        notes=found.notes,
    )
    audit.record(actor, "ledger.check", taken, changes=len(found.changes), problems=len(found.problems))
    return taken


@audit.action
def apply_ledger(actor: Actor, *, taken: LedgerUpload) -> LedgerUpload:
    """Carry out the changes of a checked ledger: every cell as it was previewed, or nothing at all."""
    taken = LedgerUpload.objects.select_for_update().get(pk=taken.pk, owner_id=actor.id)
    if taken.state != LedgerUpload.State.CHECKED:
        raise Conflict(f"这份台账{taken.get_state_display()}，不能再导入。")
    rows = rows_by_number({change["row"] for change in taken.changes}, lock=True)
    touched: dict[int, list[str]] = {}
    for change in taken.changes:
        row = rows[change["row"]]
        denied = ledger.why_not_edit(row, actor)
        if denied is not None:
            raise denied
        if sheets.normal(getattr(row, change["column"])) != change["before"]:
            label = ledger.LEDGER.column(change["column"]).name
            raise Conflict(f"第 {change['line']} 行“{label}”在核对之后被他人改过，没有导入任何内容。请重新导出台账。")
        setattr(row, change["column"], change["after"])
        touched.setdefault(row.pk, []).append(ledger.LEDGER.column(change["column"]).name)
    update_rows([rows[key] for key in touched], [column.key for column in ledger.EDITABLE])
    for key, columns in touched.items():
        # The names of the columns only: who is responsible is a person's name, and the row's own history has it.
        audit.record(actor, "ledger.import", rows[key], columns=columns, upload=taken.pk)
    taken.state, taken.applied_at = LedgerUpload.State.APPLIED, timezone.now()
    taken.save(update_fields=["state", "applied_at"])
    return taken


@audit.action
def discard_ledger(actor: Actor, *, taken: LedgerUpload) -> LedgerUpload:
    """Not to be imported after all."""
    changed = LedgerUpload.objects.filter(
        pk=taken.pk, owner_id=actor.id, state__in=[LedgerUpload.State.CHECKED, LedgerUpload.State.FAULTY]
    ).update(state=LedgerUpload.State.DISCARDED)
    if changed != 1:
        raise Conflict
    taken.state = LedgerUpload.State.DISCARDED
    audit.record(actor, "ledger.discard", taken)
    return taken
