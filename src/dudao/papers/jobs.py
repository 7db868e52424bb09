"""Background work of papers: every morning, those who have to sign for a paper are reminded."""

from django.utils import timezone

from dudao.core import jobs
from dudao.papers.actions.receiving import remind_due

__all__ = ["morning_reminders"]


@jobs.daily("papers.reminders", hour=8)
def morning_reminders() -> None:
    """Remind receivers of papers that are due."""
    remind_due(timezone.localdate())
