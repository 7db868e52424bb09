"""What the actions share: a step on the locked row, files, the day of an act."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from dudao.core import files as kept
from dudao.core.access import Actor
from dudao.findings.flow import FINDING
from dudao.findings.models import Finding, FindingFile, Pause


def day_of(at: datetime | None) -> date:
    """The local day of an act; now unless told otherwise."""
    return timezone.localtime(at or timezone.now()).date()


def step(
    actor: Actor, row: Finding, verb: str, *, reason: str = "", changes: dict[str, Any] | None = None, **data: Any
) -> Finding:
    """Take a step of the flow on a locked row."""
    FINDING.move(row, verb, actor, reason=reason, changes=changes, **data)
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
