"""What the night removes from the log-in tables, and what it leaves."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from dudao.core import jobs
from dudao.people import jobs as own
from dudao.people.models import LoginAttempt, LoginSession


def test_the_night_tidies_and_leaves_what_is_asked_for(town):
    now = timezone.now()
    for hours in (1, 30):
        LoginAttempt.objects.create(name_digest="x", address="10.0.0.1", at=now - timedelta(hours=hours))
        Session.objects.create(session_key=f"s{hours}", session_data="", expire_date=now + timedelta(hours=10 - hours))
    rows = {
        days: LoginSession.objects.create(
            account=town.officer, session_key=f"k{days}", device="d", address="", factor="password",
            started_at=now - timedelta(days=days), last_seen_at=now - timedelta(days=days),
            ended_at=now - timedelta(days=days) if days > 2 else None, end="logout" if days > 2 else "",
        ).pk
        for days in (0, 2, 300, 500)
    }  # fmt: skip
    Session.objects.create(session_key="kept", session_data="", expire_date=now + timedelta(days=5))
    kept = LoginSession.objects.create(
        account=town.officer, session_key="kept", device="d", address="", factor="password",
        started_at=now - timedelta(days=9), last_seen_at=now,
    ).pk  # fmt: skip
    own.tidy(now)
    assert LoginAttempt.objects.get().at == now - timedelta(hours=1)
    assert {row.session_key for row in Session.objects.all()} == {"s1", "kept"}
    left = {row.pk: row.end for row in LoginSession.objects.all()}
    assert left == {kept: "", rows[0]: "", rows[2]: "long", rows[300]: "logout"}


def test_it_is_registered():
    assert jobs.DAILY["people.tidy"][1] is own.tidy_nightly
