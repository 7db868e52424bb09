"""A sheet of units on its way in: taken in, checked in the background, confirmed, carried out."""

from typing import Any

from dudao.core import audit, files, jobs, sheets
from dudao.core.access import Actor
from dudao.core.models import StoredFile
from dudao.core.workflow import Conflict
from dudao.orgs.actions.importing import Imported, import_units
from dudao.orgs.importing import ImportPlan, Line, Outcome
from dudao.orgs.models import Kind, Unit, UnitImport
from dudao.orgs.sheet import UNITS, heading

SHOWN_ROWS = 50
SHOWN_PROBLEMS = 100
State = UnitImport.State


@audit.action
def take_sheet(actor: Actor, *, root: Unit, file: StoredFile, name: str) -> UnitImport:
    """Take in an uploaded workbook and queue its check; nothing is written to the tree."""
    actor.require("unit.import", root.path)
    taken = UnitImport.objects.create(root=root, file=file, name=name[:200], uploaded_by=actor.name)
    _queue(actor, taken, "units.check", f"检查“{taken.name}”")
    audit.record(actor, "unit.import", taken, step="upload", file=file.digest)
    return taken


@audit.action
def note_check(
    actor: Actor,
    *,
    taken: UnitImport,
    plan: ImportPlan,
    notes: list[str],
    errors: bytes | None,
) -> UnitImport:
    """Keep what the check found: the counts, the first rows, the error copy."""
    problems = plan.problems
    taken.counts = _counts(plan)
    taken.preview = [_shown(line) for line in _first(plan)]
    taken.problems = [str(problem) for problem in problems[:SHOWN_PROBLEMS]]
    taken.notes = notes
    taken.errors = files.keep(errors, files.KINDS["xlsx"].media_type) if errors is not None else None
    taken.state = State.FAULTY if problems else State.READY
    taken.message = ""
    _save(taken, {State.CHECKING, State.READY, State.FAULTY, State.IMPORTING})
    audit.record(actor, "unit.import", taken, step="check", counts=taken.counts)
    return taken


@audit.action
def note_failure(actor: Actor, *, taken: UnitImport, message: str) -> UnitImport:
    """The file as a whole is no use: say why."""
    taken.state, taken.message = State.FAULTY, message
    _save(taken, {State.CHECKING, State.IMPORTING, State.READY, State.FAULTY})
    audit.record(actor, "unit.import", taken, step="refused", message=message)
    return taken


@audit.action
def confirm_import(actor: Actor, *, taken: UnitImport) -> UnitImport:
    """Queue the import of a sheet whose check was clean."""
    actor.require("unit.import", taken.root.path)
    taken.state = State.IMPORTING
    _save(taken, {State.READY})
    _queue(actor, taken, "units.import", f"导入“{taken.name}”")
    audit.record(actor, "unit.import", taken, step="confirm", counts=taken.counts)
    return taken


@audit.action
def run_import(actor: Actor, *, taken: UnitImport, reading: sheets.Reading, progress: Any = None) -> Imported:
    """Write the sheet and mark it as done, in one transaction. Raises ``ImportRefused`` when the tree has changed against it."""
    done = import_units(
        actor, root=taken.root, rows=reading.rows, problems=reading.problems, source=taken.name, progress=progress
    )
    taken.state = State.DONE
    taken.counts = {"new": done.new, "changed": done.changed, "same": done.same, "error": 0}
    _save(taken, {State.IMPORTING})
    return done


def _save(taken: UnitImport, expected: set[str]) -> None:
    """Write the row if nobody has taken it further meanwhile."""
    values = {
        name: getattr(taken, name) for name in ("state", "counts", "preview", "problems", "notes", "message", "errors")
    }
    if UnitImport.objects.filter(pk=taken.pk, state__in=expected).update(**values) != 1:
        raise Conflict


def _queue(actor: Actor, taken: UnitImport, kind: str, label: str) -> None:
    taken.job = jobs.start(actor, kind=kind, label=label, params={"import": taken.pk})
    UnitImport.objects.filter(pk=taken.pk).update(job=taken.job)


def _counts(plan: ImportPlan) -> dict[str, int]:
    counts = plan.counts
    faulty = {problem.row for problem in plan.problems}
    told = sum(1 for line in plan.lines if line.row.number in faulty)
    # Rows whose cells could not even be read count as faulty, whatever else they would do.
    clean = [line for line in plan.lines if line.row.number not in faulty]
    for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.SAME):
        counts[str(outcome)] = sum(1 for line in clean if line.outcome == outcome)
    counts[str(Outcome.ERROR)] = told
    return counts


def _first(plan: ImportPlan) -> list[Line]:
    """The rows worth looking at: faulty ones first, then new and changed ones, in the order of the file."""
    faulty = {problem.row for problem in plan.problems}
    order = {Outcome.ERROR: 0, Outcome.NEW: 1, Outcome.CHANGED: 1, Outcome.SAME: 2}
    ranked = sorted(
        plan.lines, key=lambda line: (0 if line.row.number in faulty else order[line.outcome], line.row.number)
    )
    return ranked[:SHOWN_ROWS]


def _shown(line: Line) -> dict[str, Any]:
    columns = {column.key: column for column in UNITS.columns}

    def words(key: str, value: Any) -> str:
        column = columns.get(key)
        if value in (None, "", [], ()):
            return "—"
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, list | tuple | set):
            return "、".join(words(key, item) for item in value)
        return str(column.choices.get(value, value)) if column is not None else str(value)

    return {
        "row": line.row.number,
        "name": line.name or "—",
        "kind": str(Kind(line.kind).label) if line.kind else "—",
        "parent": str(line.parent) if line.parent is not None else "—",
        "outcome": str(line.outcome),
        "changes": [
            f"{heading(key)}：{words(key, was)} → {words(key, now)}" for key, (was, now) in line.changes.items()
        ],
        "problems": [problem.text for problem in line.problems],
        "remarks": line.remarks,
    }
