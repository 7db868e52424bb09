"""Sheets that belong to who brought them: a ledger filled in, a list of new rows.

They are small enough to be checked while the page waits, and what was shown is what is written: the changes wait beside the
upload, every one as it was previewed, until their owner says yes or gives them up. Nobody else sees them. A row with a fault
holds up no other: the good rows can be written, and the faulty ones are given back as a file of their own.
"""

import io
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dudao.core import audit, files, jobs, sheets
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.jobs import JobFailed, Result, Work
from dudao.core.models import SheetImport, StoredFile
from dudao.core.sheets import Comparison, Reading, Table
from dudao.core.sheets.opening import Book
from dudao.core.workflow import Conflict

SHOWN_CHANGES = 500
SHOWN_PROBLEMS = 200

State = SheetImport.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A kind of sheet that one person brings, looks at and confirms."""

    key: str
    verb: str
    page: str
    """The name of the page of one upload; ``errors`` that of its copy with the red column, ``form`` where it is brought."""
    errors: str
    form: str
    table: Table
    max_rows: int
    word: str
    """How a sentence calls it: 表, 台账."""
    told: Callable[[Actor, SheetImport, str], None]
    """Records a step (check, begin, apply, discard) in the words of the app."""
    name: str = ""
    """What the page calls this kind, where an app has several."""
    check: Callable[[Actor, Any, Reading, Book], Comparison] | None = None
    """What the rows would do to ``target``; nothing where only faults are kept, of a sheet that is checked elsewhere."""
    write: Callable[[Actor, SheetImport, list[dict[str, Any]], Callable[[int, int], None] | None], None] | None = None
    """Carries every change out or raises."""
    nothing: str = "与平台里的内容一致，没有需要导入的内容"
    """What is said of a sheet that says nothing new, behind its name."""
    done: str = "已导入 {} 处改动。"
    """What is said when it is written, with the number in braces."""
    after: Callable[[], str] | None = None
    """Where the new rows are to be seen; of changes the upload's own page is shown again."""
    texts: bool = False
    """Whether the check needs the cells as they were shown, beside their values."""
    many: int | None = None
    """The number of changes from which they are written in the background."""
    label: str = ""
    """What the job is called then, with the number in braces; ``doing`` is what it is doing."""
    doing: str = ""


OWNED: dict[str, Owned] = {}


def declare_owned(declared: Owned) -> Owned:
    OWNED[declared.key] = declared
    SheetImport.PAGES[declared.key] = declared.page
    if declared.many is not None:
        jobs.handler(f"{declared.key}.import")(partial(_write_later, declared))
    return declared


def own_uploads(actor: Actor, *kinds: Owned) -> QuerySet[SheetImport]:
    """The sheets of these kinds that a person has brought, newest first; nobody else sees them."""
    if actor.id is None:
        return SheetImport.objects.none()
    rows = SheetImport.objects.filter(owner_id=actor.id, kind__in=[kind.key for kind in kinds])
    return rows.select_related("file", "errors", "job").defer("kept")


def take_own(actor: Actor, *, declared: Owned, target: Any, upload: Any, name: str) -> SheetImport | None:
    """Check a sheet that was brought. Answers what is to be confirmed or corrected; None when it says nothing new, which leaves no
    trace. Raises ``SheetError`` or ``FileRefused`` when the file as a whole is no use.
    """
    assert declared.check is not None
    _require(actor, declared, target)
    data = sheets.read_upload(upload)
    book = sheets.open_book(data)
    reading = sheets.read(book, declared.table, max_rows=declared.max_rows, texts=declared.texts)
    found = declared.check(actor, target, reading, book)
    faulty = {problem.row for problem in found.problems}
    found.changes = [change for change in found.changes if change["line"] not in faulty]
    if not found.changes and not found.problems:
        return None
    kept: SheetImport = keep_own(
        actor, declared=declared, target=target, data=data, name=name, reading=reading, found=found
    )
    return kept


@audit.action
def keep_own(
    actor: Actor, *, declared: Owned, target: Any, data: bytes, name: str, reading: Reading, found: Comparison
) -> SheetImport:
    """Keep a sheet with what its check found; of a faulty one the copy that says what is wrong."""
    _require(actor, declared, target)
    problems = sorted(found.problems, key=lambda one: one.row)
    xlsx = files.KINDS["xlsx"].media_type
    taken = SheetImport.objects.create(
        kind=declared.key,
        owner_id=actor.id,
        target=target.pk if target is not None else 0,
        place=target.path if target is not None else "",
        into=str(target)[:200] if target is not None else "",
        file=files.store(io.BytesIO(data), sheets.modern_name(name), kinds={"xlsx"}, limit=sheets.MAX_BYTES),
        name=name[:200],
        uploaded_by=actor.name,
        state=State.FAULTY if problems else State.READY,
        counts={
            "rows": found.rows,
            "changes": len(found.changes),
            "touched": len({change["row"] for change in found.changes if "row" in change}),
            "problems": len(problems),
            "faulty": len({problem.row for problem in problems}),
        },
        preview=found.changes[:SHOWN_CHANGES],
        problems=[str(problem) for problem in problems[:SHOWN_PROBLEMS]],
        notes=found.notes,
        errors=files.keep(sheets.error_copy(data, reading, problems), xlsx) if problems else None,
        kept=zlib.compress(json.dumps(found.changes, ensure_ascii=False).encode()),
    )
    declared.told(actor, taken, "check")
    return taken


def _require(actor: Actor, declared: Owned, target: Any) -> None:
    if target is not None:
        actor.require(declared.verb, target.path)
    elif not actor.may_somewhere(declared.verb):
        label = VERBS[declared.verb].label
        raise Denied(f"您没有“{label}”的权限，如工作需要请联系安全管理员。", declared.verb)


def changes_of(taken: SheetImport) -> list[dict[str, Any]]:
    """Every change of an upload that waits for its yes."""
    found: list[dict[str, Any]] = json.loads(zlib.decompress(bytes(taken.kept)))
    return found


@audit.action
def apply_own(actor: Actor, *, taken: SheetImport, progress: Callable[[int, int], None] | None = None) -> SheetImport:
    """Carry out a checked sheet: everything as it was previewed, or nothing at all. Of the faulty rows a file is left."""
    held: SheetImport = SheetImport.objects.select_for_update(of=("self",)).get(pk=taken.pk, owner_id=actor.id)
    declared = _ready(held)
    assert declared.write is not None
    declared.write(actor, held, changes_of(held), progress)
    held.state, held.done_at, held.kept = State.DONE, timezone.now(), b""
    held.errors = rest_kept(held)
    held.save(update_fields=["state", "done_at", "kept", "errors"])
    declared.told(actor, held, "apply")
    return held


@audit.action
def begin_own(actor: Actor, *, taken: SheetImport) -> SheetImport:
    """Carry a checked sheet out: at once, or in the background when it changes much."""
    declared = OWNED[taken.kind]
    changes = taken.counts["changes"]
    if declared.many is None or changes <= declared.many:
        return apply_own(actor, taken=taken)
    _ready(taken)
    taken.job = jobs.start(
        actor, kind=f"{taken.kind}.import", label=declared.label.format(changes), params={"import": taken.pk}
    )
    taken.save(update_fields=["job"])
    declared.told(actor, taken, "begin")
    return taken


@audit.action
def discard_own(actor: Actor, *, taken: SheetImport) -> SheetImport:
    """Not to be imported after all."""
    waiting = SheetImport.objects.filter(pk=taken.pk, owner_id=actor.id, state__in=[State.READY, State.FAULTY])
    if waiting.update(state=State.DISCARDED, kept=b"") != 1:
        raise Conflict
    taken.state = State.DISCARDED
    OWNED[taken.kind].told(actor, taken, "discard")
    return taken


def rest_kept(taken: SheetImport) -> StoredFile | None:
    """The faulty rows of an upload as a file of their own, out of the copy that says what is wrong with them."""
    if taken.errors is None:
        return None
    with files.opened(taken.errors) as stream:
        return files.keep(sheets.rest_of(stream.read()), files.KINDS["xlsx"].media_type)


def can_apply(taken: SheetImport) -> bool:
    """Whether anything of a sheet can be written: all of a clean one, the good rows of a faulty one."""
    return bool(taken.counts["changes"]) and taken.state in {State.READY, State.FAULTY}


def _ready(taken: SheetImport) -> Owned:
    declared = OWNED[taken.kind]
    if not can_apply(taken):
        raise Conflict(f"这份{declared.word}{taken.get_state_display()}，不能再导入。")
    return declared


def page_after(taken: SheetImport) -> str:
    """Where a person goes from a sheet that is written."""
    after = OWNED[taken.kind].after
    return after() if after is not None else taken.get_absolute_url()


def _write_later(declared: Owned, work: Work) -> Result:
    """Write the changes of a checked sheet. Run again after it was done, it only says so."""
    taken = own_uploads(work.actor, declared).filter(pk=work.params["import"]).first()
    if taken is None:
        raise JobFailed("这份表已不在了。")
    if taken.state != State.DONE:
        apply_own(work.actor, taken=taken, progress=lambda done, total: work.progress(done, total, declared.doing))
    return Result(declared.done.format(taken.counts["changes"]), url=page_after(taken))


def fill_cells(
    changes: list[dict[str, Any]], rows: Mapping[int, Any], table: Table, why_not: Callable[[dict[str, Any], Any], None]
) -> dict[int, list[str]]:
    """Set the cells of a ledger in its rows (not yet saved); answers the names of the columns by row.

    ``why_not(change, row)`` raises when the cell may not be filled in now. A cell that somebody else has changed since the check
    stops all of it.
    """
    touched: dict[int, list[str]] = {}
    for change in changes:
        row, label = rows.get(change["row"]), table.column(change["column"]).name
        why_not(change, row)
        still(change, getattr(row, change["column"]), table)
        setattr(row, change["column"], change["after"])
        touched.setdefault(change["row"], []).append(label)
    return touched


def still(change: dict[str, Any], now: Any, table: Table) -> None:
    """Raise ``Conflict`` when a cell no longer is what it was at the check."""
    if sheets.normal(now) != change["before"]:
        label = table.column(change["column"]).name
        raise Conflict(f"第 {change['line']} 行“{label}”在核对之后被他人改过，没有导入任何内容。请重新导出台账。")
