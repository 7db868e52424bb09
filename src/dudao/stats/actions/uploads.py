"""A file of numbers on its way in: taken in, checked in the background, confirmed, carried out."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from dudao.core import audit, files, jobs
from dudao.core.access import Actor, Denied
from dudao.core.models import StoredFile
from dudao.core.workflow import Conflict
from dudao.orgs.actions.bulk import refresh_statistics
from dudao.orgs.models import Unit
from dudao.stats.actions.returns import check_returns
from dudao.stats.importing import Plan, shown
from dudao.stats.models import DataUpload, Return, Round, Value
from dudao.stats.queries.returns import with_units

SHOWN = 50
State = DataUpload.State


@audit.action
def take_file(actor: Actor, *, asked: Round, root: Unit, sort: str, file: StoredFile, name: str) -> DataUpload:
    """Take in an uploaded file and queue its check; no number is written."""
    actor.require("return.import", root.path)
    if asked.state != Round.State.OPEN:
        raise Denied("只有报送中的才能导入数据。", "return.import")
    taken = DataUpload.objects.create(
        round=asked, root=root, sort=sort, file=file, name=name[:200], uploaded_by=actor.name
    )
    _queue(actor, taken, "stats.check", f"检查“{taken.name}”")
    audit.record(actor, "return.import", taken, step="upload", file=file.digest)
    return taken


@audit.action
def note_check(actor: Actor, *, taken: DataUpload, plan: Plan, errors: bytes | None) -> DataUpload:
    """Keep what the check found: the counts, the first rows, the error copy."""
    taken.counts = plan.counts
    taken.preview = shown(plan.lines, SHOWN)
    rows = taken.sort in {DataUpload.Sort.TABLE, DataUpload.Sort.COUNTY}
    taken.problems = [str(problem) if rows else problem.text for problem in plan.problems[:100]]
    taken.notes = plan.notes[:50]
    taken.errors = files.keep(errors, files.KINDS["xlsx"].media_type) if errors is not None else None
    taken.state, taken.message = (State.FAULTY if plan.problems else State.READY), ""
    _save(taken, {State.CHECKING, State.READY, State.FAULTY, State.IMPORTING})
    audit.record(actor, "return.import", taken, step="check", counts=taken.counts)
    return taken


@audit.action
def note_failure(actor: Actor, *, taken: DataUpload, message: str) -> DataUpload:
    """The file as a whole is no use: say why."""
    taken.state, taken.message = State.FAULTY, message
    _save(taken, {State.CHECKING, State.IMPORTING, State.READY, State.FAULTY})
    audit.record(actor, "return.import", taken, step="refused", message=message)
    return taken


@audit.action
def confirm_upload(actor: Actor, *, taken: DataUpload) -> DataUpload:
    """Queue the import of a file whose check was clean."""
    actor.require("return.import", taken.root.path)
    taken.state = State.IMPORTING
    _save(taken, {State.READY})
    _queue(actor, taken, "stats.import", f"导入“{taken.name}”")
    audit.record(actor, "return.import", taken, step="confirm", counts=taken.counts)
    return taken


@audit.action
def run_upload(actor: Actor, *, taken: DataUpload, plan: Plan) -> DataUpload:
    """Write the planned numbers, judge the returns anew and mark the file as done, in one transaction.

    The plan must be made just before; returns that were saved since are refused by their version.
    """
    actor.require("return.import", taken.root.path)
    lines = [line for line in plan.lines if line.ret is not None and line.changes]
    versions = {line.ret.pk: line.ret.version for line in lines if line.ret is not None}
    held = list(with_units(Return.objects.select_for_update(of=("self",)).filter(pk__in=versions)).order_by("pk"))
    if any(ret.version != versions[ret.pk] for ret in held):
        raise Conflict("有的学校刚刚保存了报表，没有写入任何内容，请重新上传。")
    Value.objects.bulk_create(
        (
            Value(ret=line.ret, item_id=item, stage=stage, number=number)
            for line in lines
            for (item, stage), (_, _, number) in line.changes.items()
        ),
        update_conflicts=True,
        unique_fields=["ret", "item", "stage"],
        update_fields=["number", "taken"],
        batch_size=5000,
    )
    Return.objects.filter(pk__in=versions).update(
        version=F("version") + 1, saved_at=timezone.now(), saved_by=actor.name
    )
    if len(lines) > SHOWN:
        refresh_statistics(Value, Return)
    check_returns(taken.round, held)
    for line in lines:
        audit.record(actor, "return.import", line.ret, upload=taken.pk, changes=len(line.changes))
    taken.state, taken.counts = State.DONE, plan.counts
    _save(taken, {State.IMPORTING})
    audit.record(actor, "return.import", taken, step="done", counts=taken.counts)
    return taken


def _save(taken: DataUpload, expected: set[str]) -> None:
    """Write the row if nobody has taken it further meanwhile."""
    values: dict[str, Any] = {
        name: getattr(taken, name) for name in ("state", "counts", "preview", "problems", "notes", "message", "errors")
    }
    if DataUpload.objects.filter(pk=taken.pk, state__in=expected).update(**values) != 1:
        raise Conflict


def _queue(actor: Actor, taken: DataUpload, kind: str, label: str) -> None:
    taken.job = jobs.start(actor, kind=kind, label=label, params={"upload": taken.pk})
    DataUpload.objects.filter(pk=taken.pk).update(job=taken.job)
