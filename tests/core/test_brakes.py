"""Brakes count over all processes, let go, and keep no address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from dudao.core.brakes import Brake, purge_brakes
from dudao.core.models import BrakeCount
from dudao.core.readonly import ReadOnlyGetMiddleware

HERE, THERE = "192.0.2.7", "192.0.2.8"


def later(seconds):
    """As if so many seconds had passed since everything that was asked."""
    span = timedelta(seconds=seconds)
    for row in BrakeCount.objects.all():
        row.times, row.until = [at - span for at in row.times], row.until - span
        row.save()


@pytest.mark.django_db
def test_a_brake_counts_within_any_minute_and_lets_go():
    brake = Brake("page", 3)
    assert [brake.lets(HERE) for _ in range(5)] == [True, True, True, False, False]
    later(59)
    assert not brake.lets(HERE)
    later(1)
    assert brake.lets(HERE)
    # What was refused didn't count, what was let through does.
    later(30)
    assert [brake.lets(HERE) for _ in range(3)] == [True, True, False]
    later(31)
    assert [brake.lets(HERE) for _ in range(2)] == [True, False]


@pytest.mark.django_db
def test_each_address_and_each_page_counts_by_itself():
    assert Brake("page", 1).lets(HERE)
    assert Brake("page", 1).lets(THERE)
    assert Brake("other", 1).lets(HERE)
    assert not Brake("page", 1).lets(HERE)


@pytest.mark.django_db
def test_neither_address_nor_page_is_kept_and_all_goes_when_it_no_longer_counts():
    Brake("page", 2).lets(HERE)
    row = BrakeCount.objects.get()
    assert len(row.key) == 64 and not {"page", HERE} & {str(value) for value in vars(row).values()}
    purge_brakes()
    assert BrakeCount.objects.exists()
    later(61)
    purge_brakes()
    assert not BrakeCount.objects.exists()


@pytest.mark.django_db
def test_a_page_that_is_looked_at_may_count():
    view = ReadOnlyGetMiddleware(lambda request: HttpResponse(str(Brake("page", 1).lets(HERE))))
    assert [view(RequestFactory().get("/")).content for _ in range(2)] == [b"True", b"False"]
    assert BrakeCount.objects.get().until > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_askings_at_the_same_moment_over_several_connections_count_together():
    def ask(_):
        # A brake of its own, as every web process has one.
        try:
            return [Brake("page", 30).lets(HERE) for _ in range(10)]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as clients:
        answers = [answer for found in clients.map(ask, range(6)) for answer in found]
    assert (len(answers), sum(answers)) == (60, 30)
