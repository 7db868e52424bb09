"""What the responsible unit does: its plan, how it stands, that it is done, and taking that back."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit, keys
from dudao.core.access import Actor
from dudao.evidence.actions import links
from dudao.evidence.uses import Place
from dudao.findings.actions.clock import run_again
from dudao.findings.actions.issuing import Rules, step_due
from dudao.findings.actions.steps import day_of, step
from dudao.findings.endings import ENDINGS
from dudao.findings.flow import FINDING
from dudao.findings.models import Finding, FindingFile, Report
from dudao.findings.queries.findings import evidence_count

Kind = Report.Kind
PROOF = keys.Kind("rectification", int, int, int)
"""Where a library's version proves a report: the finding, the report's number, the version."""
REPORT_VERBS = {
    Kind.PROGRESS: "finding.progress",
    Kind.PARTLY: "finding.partly",
    Kind.KEEP_ON: "finding.keep_on",
    Kind.DONE: "finding.report",
}


class Plan(TypedDict):
    """What a unit says it will do: columns of `Finding`."""

    measures: str
    target: str
    leader: str
    person: str
    phone: NotRequired[str]


@audit.action
def plan(
    actor: Actor,
    *,
    finding: Finding,
    revision: int | None = None,
    files: Collection[links.Proof] = (),
    at: datetime | None = None,
    **said: Unpack[Plan],
) -> Report:
    """Send the plan: measures, target, who leads and who does it. A later one replaces what stands; each stays on record."""
    row = FINDING.lock(finding, revision)
    words = {"phone": "", **{name: str(text).strip() for name, text in said.items()}}
    missing = {name: "请填写，台账的这一栏不能空着。" for name, text in words.items() if not text and name != "phone"}
    if missing:
        raise ValidationError(missing)
    now = at or timezone.now()
    changes: dict[str, Any] = {**words, "step_by": None}
    _may(row, "finding.plan", actor)
    made = _report(actor, row, now, kind=Kind.PLAN, text=said["measures"], progress=row.progress)
    count = _proved(actor, row, made, files)
    step(actor, row, "finding.plan", changes=changes, number=made.number, files=count, tell_at=row.office.path)
    return made


@audit.action
def report(
    actor: Actor,
    *,
    finding: Finding,
    kind: str,
    text: str,
    progress: int | None = None,
    files: Collection[links.Proof] = (),
    at: datetime | None = None,
) -> Report:
    """Report progress (进展), part completion (部分完成), lasting work (长期坚持) or completion (整改完成).

    Completion is 100 % and, where the route asks for it, proved by a file sent now or before. Reports never change: a correction
    is the next one. Raises ``FileRefused`` for a file that can't be taken.
    """
    row = FINDING.lock(finding)
    verb = REPORT_VERBS.get(Kind(kind)) if kind in Kind.values else None
    if verb is None:
        raise ValidationError({"kind": "请选择这次报告的是哪一种情况。"})
    _may(row, verb, actor)
    done = kind == Kind.DONE
    progress = 100 if done else row.progress if progress is None else progress
    problems = {}
    if not text.strip():
        problems["text"] = "请写明做了什么、到什么程度。"
    if not 0 <= progress <= 100:
        problems["progress"] = f"完成率是 {progress}，应在 0 到 100 之间。"
    elif progress == 100 and not done:
        problems["progress"] = "完成率是 100%，请选“整改完成”；还没有全部完成的填 99 以下。"
    if done and ENDINGS[row.severity].evidence and not files and not evidence_count(row):
        problems["files"] = f"{row.get_severity_display()}报告完成要有佐证材料，请至少上传一个文件。"
    if problems:
        raise ValidationError(problems)
    now = at or timezone.now()
    made = _report(actor, row, now, kind=kind, text=text, progress=progress)
    count = _proved(actor, row, made, files)
    changes: dict[str, Any] = {"progress": progress, "standing": text.strip()[:4000], "step_by": None}
    if done:
        day = day_of(now)
        changes |= run_again(row, day) | {
            "reported_at": now,
            "reported_by_id": actor.id,
            "finished_on": day,
            "step_by": step_due(row, "verify", day, Rules.of(row.office, day)),
        }
    step(
        actor,
        row,
        verb,
        changes=changes,
        number=made.number,
        progress=progress,
        files=count or None,
        tell_at=row.office.path,
    )
    return made


def _may(row: Finding, verb: str, actor: Actor) -> None:
    FINDING.require(row, verb, actor)


def _proved(actor: Actor, row: Finding, made: Report, files: Collection[links.Proof]) -> int:
    place = Place(row.unit, f"{row.code} {row.title} 第 {made.number} 次报告", row.get_absolute_url())
    prefix = PROOF.key(row.pk, made.number)
    return links.prove(actor, files, FindingFile, prefix=prefix, place=place, finding=row, report=made)


def _report(actor: Actor, row: Finding, now: datetime, *, kind: str, text: str, progress: int) -> Report:
    last = row.reports.order_by("-number").values_list("number", flat=True).first() or 0
    if len(text.strip()) > 4000:
        field = "measures" if kind == Kind.PLAN else "text"
        raise ValidationError({field: f"有 {len(text.strip())} 个字，最多 4000 个字，请精简或放到附件里。"})
    return Report.objects.create(
        finding=row,
        number=last + 1,
        kind=kind,
        text=text.strip(),
        progress=progress,
        at=now,
        by_id=actor.id,
        by_name=actor.name[:100],
    )


def unfinished(row: Finding) -> dict[str, Any]:
    """What a finding looks like again when its report of completion no longer stands."""
    before = row.reports.exclude(kind=Kind.DONE).order_by("-number").values_list("progress", flat=True).first()
    return {"finished_on": None, "step_by": None, "progress": min(before or 0, 99)}


@audit.action
def take_back(actor: Actor, *, finding: Finding) -> Finding:
    """Take back a report of completion before it is verified; what was written stays on record."""
    row = FINDING.lock(finding)
    return step(actor, row, "finding.take_back", changes=unfinished(row), tell_at=row.office.path)
