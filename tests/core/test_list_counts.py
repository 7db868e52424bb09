"""Counts of long lists are kept until something is recorded that may change them, and never show what no longer holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import SYSTEM
from dudao.core.models import Event
from dudao.core.ui import list_counts
from dudao.demo.builders import unit
from dudao.orgs.models import Kind, Unit

pytestmark = pytest.mark.django_db


@audit.action
def note(actor, *, verb, at):
    audit.record(actor, verb, at)
    return at


@pytest.fixture
def place(monkeypatch):
    """A city with a long list of schools; how often they were counted."""
    monkeypatch.setattr(list_counts, "LEAST", 2)
    city = unit("某市", Kind.CITY)
    for number in range(3):
        unit(f"第{number}小学", Kind.SCHOOL, city)
    note(SYSTEM, verb="finding.remind", at=city)
    counted = []

    def count(rows):
        def run():
            counted.append(1)
            return rows.count(), [rows.filter(kind=Kind.SCHOOL).count()]

        return run

    return city, counted, count


def ask(keeper, rows, count):
    return keeper.counted(rows, count(rows))


def test_what_was_counted_holds_until_an_event_of_the_area(place):
    city, counted, count = place
    keeper, rows = list_counts.Kept("finding"), Unit.objects.all()
    assert ask(keeper, rows, count) == ask(keeper, rows, count) == (4, [3])
    assert len(counted) == 1
    note(SYSTEM, verb="unit.edit", at=city)
    assert ask(keeper, rows, count) == (4, [3]) and len(counted) == 1, "another area changes nothing here"
    unit("新建小学", Kind.SCHOOL, city)
    note(SYSTEM, verb="finding.create", at=city)
    assert ask(keeper, rows, count) == (5, [4]) and len(counted) == 2
    with CaptureQueriesContext(connection) as queries:
        ask(keeper, rows, count)
    assert len(queries) == 1, "only the events since the last look are asked for"


def test_other_rows_another_day_and_an_old_count_are_counted(place, monkeypatch):
    _, counted, count = place
    keeper = list_counts.Kept("finding")
    schools = Unit.objects.filter(kind=Kind.SCHOOL)
    for rows in (Unit.objects.all(), schools, schools.order_by("-pk")):
        ask(keeper, rows, count)
    assert len(counted) == 2, "the order of the rows is nothing to their number"
    day = timezone.localdate()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day.replace(year=day.year + 1))
    ask(keeper, schools, count)
    assert len(counted) == 3
    monkeypatch.setattr(list_counts, "SECONDS", 0)
    ask(keeper, schools, count)
    assert len(counted) == 4


def test_short_lists_and_empty_ones_are_counted_each_time(place, monkeypatch):
    _, counted, count = place
    keeper = list_counts.Kept("finding")
    monkeypatch.setattr(list_counts, "LEAST", 100)
    ask(keeper, Unit.objects.all(), count)
    ask(keeper, Unit.objects.all(), count)
    assert ask(keeper, Unit.objects.none(), count) == (0, [0])
    assert len(counted) == 3


def test_it_keeps_no_more_than_it_says(place, monkeypatch):
    _, counted, count = place
    monkeypatch.setattr(list_counts, "MOST", 1)
    keeper = list_counts.Kept("finding")
    for rows in (Unit.objects.all(), Unit.objects.filter(kind=Kind.SCHOOL), Unit.objects.all()):
        ask(keeper, rows, count)
    assert len(counted) == 3


def test_before_anything_was_recorded(db):
    rows = Unit.objects.all()
    assert not Event.objects.exists()
    assert list_counts.Kept("finding").counted(rows, lambda: (0, [])) == (0, [])
