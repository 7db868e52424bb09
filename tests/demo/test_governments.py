"""The demo city's own self-evaluation is divided among departments that stand at different steps; two counties prepare."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from dudao.core.access import SYSTEM
from dudao.demo import clock, institutions
from dudao.demo.city import BEFORE, build_units
from dudao.demo.frameworks import build_frameworks
from dudao.demo.governments import PREPARING, build_governments
from dudao.demo.logins import make_logins
from dudao.evaluations.models import Campaign, Part
from dudao.orgs.actions import seed_calendar

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    now = timezone.now()
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.set_to(now - timedelta(BEFORE)):
            units = build_units(scale=0.02)
            seed_calendar(SYSTEM, unit=units[institutions.CITY_CODE], years=(now.year - 1, now.year, now.year + 1))
            logins = make_logins(units, institutions.OPENED, now)
        found = units[institutions.CITY_CODE]
        build_frameworks(found, units.get("430626"), logins, now=now)
        build_governments(found, units, logins, now=now)
        yield found
        transaction.set_rollback(True)


def test_departments_stand_at_different_steps(city):
    row = Campaign.objects.get(objects_kind="city")
    assert row.demo and row.state == "running"
    parts = Part.objects.filter(subject__campaign=row)
    assert set(parts.values_list("state", flat=True)) == {"open", "submitted", "merged"}
    assert parts.filter(unit__name__endswith="财政局", filled__gt=0).exists()
    assert sum(len(part.codes) for part in parts) == len({code for part in parts for code in part.codes})


def test_two_counties_prepare(city):
    rows = Campaign.objects.filter(template__in=["excellent-balance", "preschool-universal"])
    assert rows.count() == 2
    for row in rows:
        codes = set(row.subjects.values_list("unit__region_code", flat=True))
        assert row.demo and codes == set(PREPARING)
