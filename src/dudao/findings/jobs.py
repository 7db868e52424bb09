"""Daily work of findings: raise what is overdue, then tell everybody once what presses."""

from django.utils import timezone

from dudao.core import jobs
from dudao.findings.actions.pressing import escalate_overdue, tell_pressing

__all__ = ["morning_escalation", "morning_findings"]


@jobs.daily("findings.escalation", hour=7)
def morning_escalation() -> None:
    """Raise overdue findings by the terms of their offices."""
    escalate_overdue(timezone.localdate())


@jobs.daily("findings.pressing", hour=8)
def morning_findings() -> None:
    """Tell everybody once what presses."""
    tell_pressing(timezone.localdate())
