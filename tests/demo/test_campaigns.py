"""The demo city's evaluations: one published, the others in progress, all marked as demo."""

import pytest

from dudao.evaluations.models import Campaign, Result, Review, Subject
from dudao.evaluations.queries.scores import final_sheet

pytestmark = pytest.mark.django_db


def test_one_is_published_and_the_others_are_in_progress(city):
    rows = {(row.objects_kind, row.year): row for row in Campaign.objects.all()}
    assert all(row.demo for row in rows.values())
    done = next(row for row in rows.values() if row.state == "published")
    assert done.objects_kind == "counties"
    results = Result.objects.filter(sheet=final_sheet(done))
    assert results.count() == done.subjects.count() == 13
    # In so small a city a zone may be left without a school whose figures could be counted.
    unranked = results.filter(rank=None)
    assert unranked.count() < 3 and not unranked.exclude(total=None).exists()
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
