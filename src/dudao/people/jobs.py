"""Nightly tidying of the log-in tables. Nothing here is anybody's act, so nothing is recorded; accounts are never touched.

Accounts unused for ninety days are shown as such in the list (状态「90 天未登录」) and disabled by a person: many schools log in
once a term, and a rule that locks them out over the summer would be switched off within a year.
"""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from dudao.core import jobs
from dudao.people.models import LoginAttempt, LoginSession

KEEP_SESSIONS = timedelta(days=400)  # also what a known device is looked up in (180 days), and a year for questions
KEEP_ATTEMPTS = timedelta(days=1)  # the longest lock is two hours


def tidy(now: datetime) -> int:
    """Remove attempts and sessions that nothing asks for any more; answers how many rows went."""
    gone = LoginAttempt.objects.filter(at__lt=now - KEEP_ATTEMPTS).delete()[0]
    gone += Session.objects.filter(expire_date__lt=now).delete()[0]
    over = LoginSession.objects.filter(ended_at=None, started_at__lt=now - timedelta(hours=24))
    over.exclude(session_key__in=Session.objects.values("session_key")).update(ended_at=now, end=LoginSession.End.LONG)
    return gone + LoginSession.objects.filter(ended_at__lt=now - KEEP_SESSIONS).delete()[0]


@jobs.daily("people.tidy", hour=3)
def tidy_nightly() -> None:
    tidy(timezone.now())
