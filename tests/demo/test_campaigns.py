"""The demo city's evaluations: one published, the others in progress, all marked as demo."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from dudao.core.access import SYSTEM
from dudao.demo import clock, institutions
from dudao.demo.campaigns import build_campaigns
from dudao.demo.city import BEFORE, build_units
from dudao.demo.frameworks import build_frameworks
from dudao.demo.logins import make_logins
from dudao.evaluations.models import Campaign, Result, Review, Subject
from dudao.evaluations.queries.deciding import final_sheet
from dudao.orgs.actions import seed_calendar

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """What evaluations stand on, and they themselves."""
    now = timezone.now()
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.set_to(now - timedelta(BEFORE)):
            units = build_units(scale=0.02)
            seed_calendar(SYSTEM, unit=units[institutions.CITY_CODE], years=(now.year - 1, now.year, now.year + 1))
            logins = make_logins(units, institutions.OPENED, now)
        found = units[institutions.CITY_CODE]
        build_frameworks(found, units.get("430626"), logins, now=now)
        build_campaigns(found, units, logins, now=now)
        yield found
        transaction.set_rollback(True)


def test_one_is_published_and_the_others_are_in_progress(city):
    rows = {(row.objects_kind, row.year): row for row in Campaign.objects.all()}
    assert all(row.demo for row in rows.values())
    done = next(row for row in rows.values() if row.state == "published")
    assert done.objects_kind == "counties"
    assert Result.objects.filter(sheet=final_sheet(done), rank__isnull=False).count() == done.subjects.count() == 13
    running = [row for row in rows.values() if row.state == "running"]
    assert {row.objects_kind for row in running} >= {"counties"}
    this = next(row for row in running if row.objects_kind == "counties")
    states = set(Subject.objects.filter(campaign=this).values_list("state", flat=True))
    assert states == {"open", "accepted"}
    for row in running:
        assert Subject.objects.filter(campaign=row, filled__gt=0).exists(), row


def test_reviews_are_half_done_where_there_are_kindergartens(city):
    for row in Campaign.objects.filter(objects_kind="kindergartens"):
        states = set(Review.objects.filter(subject__campaign=row).values_list("state", flat=True))
        assert "assigned" in states
