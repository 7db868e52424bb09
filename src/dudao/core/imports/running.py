"""A file on its way in: taken, checked in the background, confirmed, carried out in the background.

Each step changes the upload only where it finds the state before it, so that two people, a double click or a job begun again
after a kill can't do it twice. What a step can't do it says on the upload itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dudao.core import audit, files, jobs, sheets
from dudao.core.access import Actor, Denied
from dudao.core.imports.declared import DECLARED, Import, Plan, Progress, Refused
from dudao.core.imports.owned import rest_kept
from dudao.core.imports.packing import packed, unpacked
from dudao.core.jobs import JobFailed, Result, Work
from dudao.core.models import SheetImport, StoredFile
from dudao.core.sheets import Problem, Reading, SheetError
from dudao.core.workflow import Conflict

SHOWN_ROWS = 50
SHOWN_PROBLEMS = 100
KEEP_DAYS = 7
"""How long the rows of an upload wait for a yes. After that the file itself would be read again."""

State = SheetImport.State


def seen(actor: Actor, declared: Import) -> QuerySet[SheetImport]:
    """The uploads of a kind at the places for which the actor holds its verb, newest first."""
    rows = SheetImport.objects.visible_to(actor, declared.verb).filter(kind=declared.key)
    return rows.select_related("job", "errors", "file").defer("kept")


@audit.action
def take_in(
    actor: Actor, *, declared: Import, target: Any, file: StoredFile, name: str, params: dict[str, Any] | None = None
) -> SheetImport:
    """Take in an uploaded file that goes into ``target`` and queue its check; nothing of it is written."""
    actor.require(declared.verb, target.path)
    taken = SheetImport(
        kind=declared.key, target=target.pk, place=target.path, into=str(target)[:200], params=params or {}, file=file,
        name=name[:200], uploaded_by=actor.name,
    )  # fmt: skip
    if declared.guard is not None:
        declared.guard(taken)
    taken.save()
    _queue(actor, taken, "check", "检查")
    audit.record(actor, declared.verb, taken, step="upload", file=file.digest)
    return taken


@audit.action
def confirm(actor: Actor, *, taken: SheetImport) -> SheetImport:
    """Queue the import of a file: all of a clean one, of one with faults the rows that have none."""
    declared = DECLARED[taken.kind]
    actor.require(declared.verb, declared.target(taken).path)
    if taken.state == State.FAULTY and not good_rows(taken):
        raise Conflict("没有可以导入的行，请改好后重新上传。")
    taken.state = State.IMPORTING
    _save(taken, {State.READY, State.FAULTY})
    _queue(actor, taken, "import", "导入")
    audit.record(actor, declared.verb, taken, step="confirm", counts=taken.counts)
    return taken


def good_rows(taken: SheetImport) -> int:
    """How many rows of a faulty file could be taken without the others."""
    return sum(taken.counts.get(word, 0) for word in ("new", "changed"))


def declare(declared: Import) -> Import:
    """Make a kind of file known, with its two jobs."""
    if DECLARED.setdefault(declared.key, declared) is not declared:
        raise ValueError(f"import {declared.key} is declared twice")
    SheetImport.PAGES[declared.key] = declared.page
    jobs.handler(f"{declared.key}.check")(partial(_check, declared))
    jobs.handler(f"{declared.key}.import")(partial(_import, declared))
    return declared


def _check(declared: Import, work: Work) -> Result:
    """Judge every row against what is there now, and keep the verdict with the upload."""
    taken = _taken(declared, work)
    if taken.state == State.CHECKING:
        work.actor.require(declared.verb, declared.target(taken).path)
        work.progress(0, None, "正在读取表格")
        data = _data(taken)
        try:
            reading = declared.read(taken, data, work.progress)
            plan = declared.plan(work.actor, taken, reading, work.progress)
            good = _sound(declared, work, taken, reading, plan)
        except SheetError as error:
            _note_failure(work.actor, taken=taken, message=str(error))
            raise
        work.progress(len(reading.rows), len(reading.rows), "正在整理结果")
        _note(work.actor, taken=taken, plan=plan, good=good, errors=_error_copy(data, reading, plan))
    return Result(declared.summary(taken), url=taken.get_absolute_url())


def _sound(declared: Import, work: Work, taken: SheetImport, reading: Reading, plan: Plan) -> Reading:
    """The rows that can be taken without the others. What needs a faulty row (a school its township) is a fault of ``plan`` too."""
    good = reading
    while plan.problems:
        faulty = plan.faulty
        good = replace(reading, rows=[row for row in reading.rows if row.number not in faulty], problems=[])
        found = declared.plan(work.actor, taken, good, work.progress).problems if good.rows else []
        if not {problem.row for problem in found} - faulty:
            break
        plan.problems.extend(found)
    return good


def _import(declared: Import, work: Work) -> Result:
    """Carry out a confirmed import. Begun again after a kill, it finds either nothing done or all."""
    taken = _taken(declared, work)
    if taken.state not in {State.IMPORTING, State.DONE}:
        raise JobFailed(taken.message or declared.stale)
    if taken.state == State.IMPORTING:
        try:
            reading = _reading(declared, taken, work)
            _carry_out(work.actor, taken=taken, reading=reading, progress=work.progress)
        except Refused:
            # Judged again as a whole: a file of which only the good rows were to be taken has others.
            data = _data(taken)
            reading = declared.read(taken, data, work.progress)
            plan = declared.plan(work.actor, taken, reading, work.progress)
            good = _sound(declared, work, taken, reading, plan)
            _note(work.actor, taken=taken, plan=plan, good=good, errors=_error_copy(data, reading, plan))
            raise JobFailed(declared.stale) from None
        except (Denied, Conflict, SheetError) as error:
            _note_failure(work.actor, taken=taken, message=getattr(error, "reason", "") or str(error))
            raise
    return Result(declared.summary(taken), url=taken.get_absolute_url())


def _taken(declared: Import, work: Work) -> SheetImport:
    return SheetImport.objects.select_related("file").get(pk=work.params["import"], kind=declared.key)


def _data(taken: SheetImport) -> bytes:
    with files.opened(taken.file) as stream:
        data: bytes = stream.read()
    return data


def _reading(declared: Import, taken: SheetImport, work: Work) -> Reading:
    """The rows as the check typed them; of an upload that waited too long they are read again."""
    if taken.kept:
        return unpacked(bytes(taken.kept), declared.table(taken))
    work.progress(0, None, "正在读取表格")
    reading = declared.read(taken, _data(taken), work.progress)
    if not taken.counts.get("error"):
        return reading
    plan = declared.plan(work.actor, taken, reading, work.progress)
    return _sound(declared, work, taken, reading, plan)


def _error_copy(data: bytes, reading: Reading, plan: Plan) -> bytes | None:
    """The upload with its red column, where it is a table."""
    return sheets.error_copy(data, reading, plan.problems) if plan.problems and reading.header_row else None


@audit.action
def _note(actor: Actor, *, taken: SheetImport, plan: Plan, good: Reading, errors: bytes | None) -> None:
    """Keep what was found: the counts, the first rows, the error copy; and the good rows themselves."""
    declared = DECLARED[taken.kind]
    before = taken.state
    taken.counts = plan.counts(declared.counted)
    faults = Problem.by_row(plan.problems)
    taken.preview = [_shown(declared.shown(line), faults.get(line.number, ())) for line in plan.first(SHOWN_ROWS)]
    told = plan.problems[:SHOWN_PROBLEMS]
    taken.problems = [str(problem) if good.header_row else problem.text for problem in told]
    taken.notes, taken.message = plan.notes, ""
    taken.errors = files.keep(errors, files.KINDS["xlsx"].media_type) if errors is not None else None
    taken.state = State.FAULTY if plan.problems else State.READY
    taken.kept = packed(good)
    _save(taken, {before})
    audit.record(actor, declared.verb, taken, step="check", counts=taken.counts)


def _shown(row: dict[str, Any], faults: Sequence[Problem]) -> dict[str, Any]:
    """A row of the preview; one that only needs a faulty row says so as well."""
    if not faults or row["problems"]:
        return row
    return {**row, "outcome": "error", "problems": [problem.text for problem in faults]}


@audit.action
def _note_failure(actor: Actor, *, taken: SheetImport, message: str) -> None:
    """The file as a whole is no use: say why."""
    before = taken.state
    taken.state, taken.message, taken.kept = State.FAULTY, message, b""
    _save(taken, {before})
    audit.record(actor, DECLARED[taken.kind].verb, taken, step="refused", message=message)


@audit.action
def _carry_out(actor: Actor, *, taken: SheetImport, reading: Reading, progress: Progress) -> None:
    """Write the rows and mark the upload as done, in one transaction. Of the faulty rows a file is left."""
    declared = DECLARED[taken.kind]
    plan = declared.take(actor, taken, reading, progress)
    taken.counts = plan.counts(declared.counted) | {"error": taken.counts.get("error", 0)}
    taken.state, taken.kept, taken.errors = State.DONE, b"", rest_kept(taken)
    _save(taken, {State.IMPORTING})


_WRITTEN = ("state", "counts", "preview", "problems", "notes", "message", "errors", "kept")


def _save(taken: SheetImport, expected: set[str]) -> None:
    """Write the row if nobody has taken it further meanwhile."""
    deferred = taken.get_deferred_fields()
    values = {name: getattr(taken, name) for name in _WRITTEN if name not in deferred}
    if SheetImport.objects.filter(pk=taken.pk, state__in=expected).update(**values) != 1:
        raise Conflict


def _queue(actor: Actor, taken: SheetImport, step: str, word: str) -> None:
    taken.job = jobs.start(
        actor, kind=f"{taken.kind}.{step}", label=f"{word}“{taken.name}”", params={"import": taken.pk}
    )
    SheetImport.objects.filter(pk=taken.pk).update(job=taken.job)


@jobs.daily("imports.kept", hour=3)
def drop_kept() -> None:
    """Throw away the rows that waited too long; the upload and its verdict stay."""
    old = timezone.now() - timedelta(days=KEEP_DAYS)
    SheetImport.objects.filter(owner=None, uploaded_at__lt=old).exclude(kept=b"").update(kept=b"")
