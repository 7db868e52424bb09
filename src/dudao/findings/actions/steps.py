"""What the actions share: a step on the locked row, files, the day of an act."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from dudao.core import audit
from dudao.core import files as kept
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.findings.flow import FINDING
from dudao.findings.models import Finding, FindingFile, Pause
from dudao.findings.queries.findings import locked


def day_of(at: datetime | None) -> date:
    """The local day of an act; now unless told otherwise."""
    return timezone.localtime(at or timezone.now()).date()


def fresh(finding: Finding, revision: int | None = None) -> Finding:
    """The row, locked. ``revision``: what the person had before them; another one now is a ``Conflict``."""
    row = locked(finding)
    if revision is not None and row.revision != revision:
        raise Conflict
    return row


def step(
    actor: Actor, row: Finding, verb: str, *, reason: str = "", changes: dict[str, Any] | None = None, **data: Any
) -> Finding:
    """Take a step of the flow on a locked row, and count the change."""
    values = {"revision": row.revision + 1, **(changes or {})}
    FINDING.move(row, verb, actor, reason=reason, changes=values, **data)
    return row


def change(actor: Actor, row: Finding, verb: str, *, reason: str = "", changes: dict[str, Any], **data: Any) -> Finding:
    """An act that leaves the state as it is: check it, write, record. The row must be locked."""
    denied: Denied | None = FINDING.why_not(row, verb, actor)
    if denied is not None:
        raise denied
    values = {"revision": row.revision + 1, **changes}
    Finding.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    audit.record(actor, verb, row, reason=reason.strip(), **data)
    return row


def attach(row: Finding, files: Iterable[kept.Attachment], **to: Any) -> int:
    """Keep files with a finding, a report (``report=``) or a verification (``verification=``). Raises ``FileRefused``."""
    return kept.attach(FindingFile, files, finding=row, **to)


def stop_pause(row: Finding, day: date) -> Pause | None:
    """End the pause that is running, if one is; on its first day when the clock was set back. Moves no deadline."""
    pause: Pause | None = row.pauses.filter(until__isnull=True).first()
    if pause is not None:
        pause.until = max(day, pause.since)
        Pause.objects.filter(pk=pause.pk).update(until=pause.until)
    return pause
