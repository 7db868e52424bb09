"""What happens to a row that was handed down: the unit signs and reports, the office confirms, returns and crosses off (销号).

``at`` is the time of the act, now unless told otherwise (the demo year tells it); no page passes it.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Required, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, keys
from dudao.core.access import Actor
from dudao.core.many import Done, each, some, urge
from dudao.core.workflow import Conflict
from dudao.evidence.actions import links
from dudao.evidence.uses import Place
from dudao.plans.flow import ASSIGNMENT, content_problems, meets
from dudao.plans.models import Assignment, Evidence, Light, LightRule, ProgressReport
from dudao.plans.queries.assignments import evidence_count
from dudao.plans.queries.joins import with_units

PROOF = keys.Kind("progress", int, int, int)
"""Where a library's version proves a report: the row, the report's number, the version."""

# What the unit does


@audit.action
def sign(
    actor: Actor, *, row: Assignment, leader: str = "", person: str = "", measures: str = "", at: datetime | None = None
) -> Assignment:
    """The unit takes note and names who is responsible."""
    changes = {"signed_at": at or timezone.now(), "leader": leader.strip(), "person": person.strip()}
    if measures.strip():
        changes["measures"] = measures.strip()
    ASSIGNMENT.move(row, "assignment.sign", actor, changes=changes)
    return row


class Said(TypedDict, total=False):
    """What a unit says of its progress: columns of `ProgressReport`."""

    text: Required[str]
    progress: Required[int]
    achieved: Decimal | None
    difficulties: str
    light: str
    complete: bool


@audit.action
def report(
    actor: Actor,
    *,
    row: Assignment,
    files: Collection[links.Proof] = (),
    at: datetime | None = None,
    **said: Unpack[Said],
) -> ProgressReport:
    """Report how far the work is; ``complete``: that it is finished. Reports never change: a correction is the next one.

    Raises ``FileRefused`` when one of the ``files`` can't be taken.
    """
    now = at or timezone.now()
    fresh = Assignment.objects.select_for_update().get(pk=row.pk)
    if fresh.state != row.state:
        raise Conflict
    made = ProgressReport(assignment=row, at=now, reporter=actor.name, **said)
    verb = "assignment.report" if made.complete else "assignment.progress"
    ASSIGNMENT.require(row, verb, actor)
    problems = content_problems(made, evidence=len(files) + evidence_count(row))
    if problems:
        raise ValidationError(problems)
    if made.complete and meets(row.task, made.achieved):
        made.progress = 100
    made.text, made.difficulties = made.text.strip(), made.difficulties.strip()
    made.light = made.light or Light.GREEN
    made.number = (row.reports.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    made.save()
    place = Place(row.unit, f"{row.task.title} 第 {made.number} 次报送", row.get_absolute_url())
    prefix = PROOF.key(row.pk, made.number)
    count = links.prove(actor, files, Evidence, prefix=prefix, place=place, report=made)
    changes: dict[str, Any] = {
        "progress": made.progress,
        "achieved": made.achieved,
        "self_light": made.light,
        "reported_at": now,
        "reported_by_id": actor.id,
    }
    if made.complete:
        changes["finished_on"] = timezone.localtime(now).date()
    ASSIGNMENT.move(
        row,
        verb,
        actor,
        changes=changes,
        number=made.number,
        progress=made.progress,
        files=count,
        tell_at=row.issuer.path,
    )
    return made


@audit.action
def withdraw_report(actor: Actor, *, row: Assignment) -> Assignment:
    """Take back a report of completion before it is confirmed; what was written stays on record."""
    ASSIGNMENT.move(row, "assignment.withdraw", actor, changes={"finished_on": None})
    return row


# What the unit that handed it down does


@audit.action
def confirm(
    actor: Actor, *, row: Assignment, opinion: str = "", quality: str = "", at: datetime | None = None
) -> Assignment:
    """The work is done as reported. An opinion and a quality mark may be given along."""
    changes: dict[str, Any] = {
        "confirmed_at": at or timezone.now(),
        "opinion": opinion.strip(),
        "reviewer": actor.name,
    }
    if quality:
        changes["quality"] = _quality(quality)
    ASSIGNMENT.move(row, "assignment.confirm", actor, reason=opinion, changes=changes, tell_at=row.unit.path)
    return row


@audit.action
def return_row(actor: Actor, *, row: Assignment, reason: str) -> Assignment:
    """Not done as reported: back to the unit with the reason."""
    ASSIGNMENT.move(
        row,
        "assignment.return",
        actor,
        reason=reason,
        changes={"finished_on": None, "confirmed_at": None, "opinion": reason.strip(), "reviewer": actor.name},
        tell_at=row.unit.path,
    )
    return row


@audit.action
def close(actor: Actor, *, row: Assignment, at: datetime | None = None) -> Assignment:
    """Cross it off (销号)."""
    ASSIGNMENT.move(row, "assignment.close", actor, changes={"closed_at": at or timezone.now()}, tell_at=row.unit.path)
    return row


@audit.action
def reopen(actor: Actor, *, row: Assignment, reason: str) -> Assignment:
    """What was crossed off turns out not to be done."""
    ASSIGNMENT.move(
        row,
        "assignment.reopen",
        actor,
        reason=reason,
        changes={"closed_at": None, "confirmed_at": None, "finished_on": None},
        tell_at=row.unit.path,
    )
    return row


@audit.action
def recall(actor: Actor, *, row: Assignment, reason: str) -> Assignment:
    """Take the row back from one unit. Rows that it had handed on go with it."""
    ASSIGNMENT.move(row, "assignment.recall", actor, reason=reason, tell_at=row.unit.path)
    below = [
        lower
        for lower in with_units(Assignment.objects.select_for_update(of=("self",)).filter(upper=row)).order_by("pk")
        if lower.state in ASSIGNMENT.step("assignment.recall").sources or lower.state == Assignment.State.REPORTED
    ]
    Assignment.objects.filter(pk__in=[lower.pk for lower in below]).update(
        state=Assignment.State.WITHDRAWN, finished_on=None
    )
    for lower in below:
        audit.record(actor, "assignment.recall", lower, reason=reason.strip(), upper=row.pk, tell_at=lower.unit.path)
    return row


@audit.action
def extend(actor: Actor, *, row: Assignment, deadline: date, reason: str) -> Assignment:
    """Give one unit more time. The first deadline stays on record."""
    ASSIGNMENT.require(row, "assignment.extend", actor)
    if not reason.strip():
        raise ValidationError({"reason": "请写明延期的理由。"})
    if deadline <= row.deadline:
        raise ValidationError({"deadline": f"现在的时限是{chinese_date(row.deadline)}，新的时限应在它之后。"})
    values = {"deadline": deadline, "first_deadline": row.first_deadline or row.deadline}
    before = row.deadline
    if Assignment.objects.filter(pk=row.pk, state=row.state, deadline=before).update(**values) != 1:
        raise Conflict
    row.deadline, row.first_deadline = values["deadline"], values["first_deadline"]
    audit.record(
        actor, "assignment.extend", row, reason=reason.strip(), before=before, after=deadline, tell_at=row.unit.path
    )
    return row


@audit.action
def mark_quality(actor: Actor, *, row: Assignment, quality: str, note: str = "") -> Assignment:
    """Judge how well it is done; the light may depend on it. An empty mark takes it away."""
    ASSIGNMENT.require(row, "assignment.mark", actor)
    before, row.quality = row.quality, _quality(quality) if quality else ""
    Assignment.objects.filter(pk=row.pk).update(quality=row.quality)
    audit.record(actor, "assignment.mark", row, reason=note.strip(), before=before, after=row.quality)
    return row


def _quality(value: str) -> str:
    if value not in LightRule.Quality.values:
        raise ValidationError({"quality": f"没有“{value}”这种质量标记，请重新选择。"})
    return value


@audit.action
def remind(actor: Actor, *, row: Assignment, reason: str = "") -> Assignment:
    """Urge the unit (催办): once a day is enough."""
    return remind_many(actor, rows=[row], reason=reason)[0].row


@audit.action
def remind_many(actor: Actor, *, rows: Iterable[Assignment], reason: str = "") -> list[Done[Assignment]]:
    """Urge many units; those that can't be urged come back with the reason."""
    return urge(actor, ASSIGNMENT, "assignment.remind", _loaded(rows), reason)


@audit.action
def confirm_many(
    actor: Actor, *, rows: Iterable[Assignment], opinion: str = "", at: datetime | None = None
) -> list[Done[Assignment]]:
    """Confirm many rows; one that can't be confirmed comes back with the reason and holds up no other."""
    changes = {"confirmed_at": at or timezone.now(), "opinion": opinion.strip(), "reviewer": actor.name}
    return _move_many(actor, "assignment.confirm", rows, changes, reason=opinion.strip())


@audit.action
def close_many(actor: Actor, *, rows: Iterable[Assignment], at: datetime | None = None) -> list[Done[Assignment]]:
    """Cross off many rows; one that can't be crossed off comes back with the reason."""
    return _move_many(actor, "assignment.close", rows, {"closed_at": at or timezone.now()})


def _loaded(rows: Iterable[Assignment]) -> list[Assignment]:
    """The rows as they stand now, locked until the end: nobody moves them in between."""
    keys = [row.pk for row in rows]
    if not keys:
        raise ValidationError("请先勾选要办理的行。")
    return list(with_units(Assignment.objects.select_for_update(of=("self",)).filter(pk__in=keys)).order_by("pk"))


def _move_many(
    actor: Actor, verb: str, rows: Iterable[Assignment], changes: dict[str, Any], reason: str = ""
) -> list[Done[Assignment]]:
    """One step for many locked rows with one update."""
    step = ASSIGNMENT.step(verb)
    results = each(_loaded(rows), lambda row: ASSIGNMENT.require(row, verb, actor))
    moved = [one.row for one in results if not one.refused]
    values = {"state": step.target, **changes}
    Assignment.objects.filter(pk__in=[row.pk for row in moved]).update(**values)
    for row in moved:
        before = row.state
        for name, value in values.items():
            setattr(row, name, value)
        audit.record(
            actor,
            verb,
            row,
            reason=reason,
            **{"from": before, "to": step.target},
            bulk=len(moved),
            tell_at=row.unit.path,
        )
    return some(results, verb)
