"""The demo city's own self-evaluation is divided among departments that stand at different steps; two counties prepare."""

import pytest

from dudao.demo.governments import PREPARING
from dudao.evaluations.models import Campaign, Part

pytestmark = pytest.mark.django_db


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
