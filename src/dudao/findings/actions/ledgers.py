"""Taking the sheets of findings away and bringing them back: an export is recorded, an import changes all of its cells or none."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, files, jobs, sheets
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.rows import update_rows
from dudao.core.sheets import Problem
from dudao.core.workflow import Conflict
from dudao.findings import ledgers
from dudao.findings.actions.making import create_finding
from dudao.findings.feedback_lists import LIST
from dudao.findings.models import FindingUpload
from dudao.findings.queries.ledgers import Register, home_of, ledger_rows, rows_by_key
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on
from dudao.findings.registering import checked, drafts_of
from dudao.orgs.models import Unit

MOST_ROWS = 20_000
"""Rows of a sheet that comes back; a longer export has no hidden copy, since it can't be brought back in one piece."""

LONG = 3_000
"""Rows from which a sheet is written in the background."""

MANY = 300
"""New findings from which an import is carried out in the background."""

KEEP_DAYS = 7
"""How long the file of a background export waits for its maker."""

CHUNK = 1_000
MOST_EXPORTED = 1_000_000


def _may_export(actor: Actor) -> None:
    if not actor.may_somewhere("finding.export"):
        raise Denied(f"您没有“{VERBS['finding.export'].label}”的权限，如工作需要请联系安全管理员。", "finding.export")


@audit.action
def export_ledger(
    actor: Actor,
    *,
    target: Path | io.BytesIO,
    kind: str,
    ids: Sequence[int] | None = None,
    phones: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write one of the sheets (a key of ``ledgers.SHEETS``) to ``target``; answers the number of rows.

    Only findings for which the actor may export are in it. ``phones`` writes phones in full where the actor may see them, which
    the record then says. Memory doesn't grow with the rows.
    """
    _may_export(actor)
    ledger = ledgers.SHEETS[kind]
    today, now = timezone.localdate(), timezone.localtime()
    rows = ledger_rows(actor, ledger, Lights(terms_on(today)), ids=ids)
    total = rows.count()
    if not total:
        raise ValidationError(f"没有可以列入{ledger.name}的问题。请调整筛选条件后再导出。")
    if total > MOST_EXPORTED:
        raise ValidationError(f"有 {total} 个问题，超过一张表 {MOST_EXPORTED} 行的上限。请按年度或单位筛选后分次导出。")
    home = home_of(actor)
    sums = ledgers.Sums()
    values = ledgers.values_of(ledger, actor=actor, phones=phones)
    place = home.name if home is not None else ""
    sheets.export(
        ledger.table,
        (values(row) for row in sums.watch(rows.iterator(chunk_size=CHUNK))),
        target,
        title=f"{place}教育督导{ledger.name}" if ledger.key != "ledger" else f"{place}教育督导问题整改台账",
        line=[f"填报单位：{place or actor.name}", f"填报人：{actor.name}", "审核人：", ledgers.dated(today)],
        total=sums.line,
        snapshot=ledger.returns and total <= MOST_ROWS,
        foot=["填表人（签字）：", "审核人（签字）：", "单位负责人（签字）：", "（单位盖章）"],
        mark=f"导出人：{actor.name}　导出时间：{chinese_date(today)} {now:%H:%M}",
        progress=None if progress is None else lambda done: progress(done, total),
    )
    audit.record(actor, "finding.export", home, list=ledger.name, rows=total, phones=phones)
    return total


@audit.action
def begin_export(actor: Actor, *, kind: str, ids: Sequence[int] | None, phones: bool, name: str) -> Any:
    """Have a long sheet written in the background; one at a time a person (``Busy`` otherwise). Answers the job."""
    _may_export(actor)
    ledger = ledgers.SHEETS[kind]
    job = jobs.start(
        actor,
        kind="findings.ledger",
        label=f"导出{ledger.name}",
        params={"kind": kind, "ids": None if ids is None else list(ids), "phones": phones, "name": name},
    )
    audit.record(actor, "finding.export", home_of(actor), list=ledger.name, what="开始后台导出", phones=phones)
    return job


def take_sheet(actor: Actor, *, kind: str, office: Unit, upload: Any, name: str) -> FindingUpload | None:
    """Check a sheet that was brought: new problems (``new``) or a 整改台账 filled in (``ledger``).

    Answers what is to be confirmed or corrected; None when it says nothing new, which leaves no trace. Raises ``SheetError`` or
    ``FileRefused`` when the file as a whole is no use.
    """
    actor.require("finding.import", office.path)
    data = sheets.read_upload(upload)
    book = sheets.open_book(data)
    if kind == FindingUpload.Kind.NEW:
        reading = sheets.read(book, ledgers.PROBLEMS, max_rows=MOST_ROWS // 4)
        listed = checked(reading, office, Register(actor, office), timezone.localdate())
        changes, problems, notes = listed.rows, listed.problems, listed.notes
    else:
        reading = sheets.read(book, ledgers.LEDGER, max_rows=MOST_ROWS, texts=True)
        keys = {sheets.key_of(str(row.values.get("number") or "")) for row in reading.rows}
        snapshot = sheets.read_snapshot(book, ledgers.LEDGER)
        compared = ledgers.compare(actor, reading, snapshot, rows_by_key(actor, keys))
        changes, problems, notes = [one.as_dict() for one in compared.changes], compared.problems, compared.notes
    if not changes and not problems:
        return None
    kept: FindingUpload = _keep(
        actor,
        data=data,
        fields={
            "kind": kind,
            "office": office,
            "name": name[:200],
            "rows": len(reading.rows),
            "changes": changes,
            "notes": notes,
        },
        problems=sorted(problems, key=lambda one: one.row),
    )
    return kept


@audit.action
def _keep(actor: Actor, *, data: bytes, fields: dict[str, Any], problems: Sequence[Problem]) -> FindingUpload:
    state = FindingUpload.State.FAULTY if problems else FindingUpload.State.CHECKED
    taken = FindingUpload.objects.create(
        owner_id=actor.id,  # type: ignore[misc]
        file=files.store(io.BytesIO(data), fields["name"], kinds={"xlsx"}, limit=sheets.MAX_BYTES),
        state=state,
        problems=[[problem.row, problem.column, problem.text] for problem in problems],
        **fields,
    )
    _record(actor, taken, "核对", problems=len(problems))
    return taken


def _record(actor: Actor, taken: FindingUpload, what: str, **data: Any) -> None:
    audit.record(
        actor, "finding.import", taken.office, what=f"{taken.get_kind_display()}：{what}", file=taken.name, **data
    )


@audit.action
def apply_upload(
    actor: Actor, *, taken: FindingUpload, progress: Callable[[int, int], None] | None = None
) -> FindingUpload:
    """Carry out a checked sheet: everything as it was previewed, or nothing at all."""
    taken = (
        FindingUpload.objects.select_for_update(of=("self",))
        .select_related("office")
        .get(pk=taken.pk, owner_id=actor.id)
    )
    if taken.state != FindingUpload.State.CHECKED:
        raise Conflict(f"这份表{taken.get_state_display()}，不能再导入。")
    actor.require("finding.import", taken.office.path)
    if taken.kind == FindingUpload.Kind.NEW:
        _register(actor, taken, progress)
    else:
        _fill(actor, taken)
    taken.state, taken.applied_at = FindingUpload.State.APPLIED, timezone.now()
    taken.save(update_fields=["state", "applied_at"])
    _record(actor, taken, "确认导入", rows=len(taken.changes))
    return taken


def _register(actor: Actor, taken: FindingUpload, progress: Callable[[int, int], None] | None) -> None:
    """Every row a draft. One that another import has made meanwhile is found again by its key."""
    rows = drafts_of(taken.office_id, taken.changes)
    units = Unit.objects.in_bulk({unit for unit, _ in rows})
    for done, (unit, values) in enumerate(rows, 1):
        create_finding(actor, office=taken.office, unit=units[unit], **values)
        if progress is not None:
            progress(done, len(rows))


def _fill(actor: Actor, taken: FindingUpload) -> None:
    """Every cell that was filled in; the names of the columns are recorded, the values are the finding's own."""
    rows = rows_by_key(actor, {change["row"] for change in taken.changes}, lock=True)
    touched: dict[int, list[str]] = {}
    for change in taken.changes:
        row, key = rows.get(change["row"]), change["column"]
        label = ledgers.LEDGER.column(key).name
        if row is None:
            raise Conflict(f"第 {change['line']} 行的问题已不在您的范围内，没有导入任何内容。")
        reason = ledgers.why_not_fill(row, actor, key, change["after"])
        if reason:
            raise Denied(f"第 {change['line']} 行“{label}”不能修改：{reason}", "finding.import")
        if sheets.normal(getattr(row, key)) != change["before"]:
            raise Conflict(f"第 {change['line']} 行“{label}”在核对之后被他人改过，没有导入任何内容。请重新导出台账。")
        setattr(row, key, change["after"])
        touched.setdefault(row.pk, []).append(label)
    for pk in touched:
        rows[pk].revision += 1
    filled = [column.key for column in ledgers.LEDGER.readable if column.key != "number"]
    update_rows([rows[pk] for pk in touched], [*filled, "revision"])
    for pk, fields in touched.items():
        audit.record(actor, "finding.import", rows[pk], fields=fields, file=taken.name)


@audit.action
def begin_upload(actor: Actor, *, taken: FindingUpload) -> FindingUpload:
    """Carry a checked sheet out: at once, or in the background when it makes many findings."""
    if taken.kind != FindingUpload.Kind.NEW or len(taken.changes) <= MANY:
        return apply_upload(actor, taken=taken)
    if taken.state != FindingUpload.State.CHECKED:
        raise Conflict(f"这份表{taken.get_state_display()}，不能再导入。")
    label = f"导入 {len(taken.changes)} 个问题"
    taken.job = jobs.start(actor, kind="findings.import", label=label, params={"upload": taken.pk})
    taken.save(update_fields=["job"])
    _record(actor, taken, "开始后台导入", rows=len(taken.changes))
    return taken


@audit.action
def discard_upload(actor: Actor, *, taken: FindingUpload) -> FindingUpload:
    """Not to be imported after all."""
    changed = FindingUpload.objects.filter(
        pk=taken.pk, owner_id=actor.id, state__in=[FindingUpload.State.CHECKED, FindingUpload.State.FAULTY]
    ).update(state=FindingUpload.State.DISCARDED)
    if changed != 1:
        raise Conflict
    taken.state = FindingUpload.State.DISCARDED
    _record(actor, taken, "放弃")
    return taken


_TABLES = {
    FindingUpload.Kind.NEW: ledgers.PROBLEMS,
    FindingUpload.Kind.LEDGER: ledgers.LEDGER,
    FindingUpload.Kind.FEEDBACK: LIST,
}


def error_copy(taken: FindingUpload) -> bytes:
    """The sheet as it was brought, with what is wrong in a red column."""
    with files.opened(taken.file) as stream:
        data = stream.read()
    table = _TABLES[FindingUpload.Kind(taken.kind)]
    reading = sheets.read(data, table, max_rows=1_000_000)
    return sheets.error_copy(data, reading, [Problem(*problem) for problem in taken.problems])
