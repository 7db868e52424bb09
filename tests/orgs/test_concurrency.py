"""Two people change the tree at once: one after the other, and never a ring or a lost child."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from dudao.core.access import SYSTEM
from dudao.demo import builders
from dudao.orgs import actions
from dudao.orgs.models import Kind, Unit
from dudao.orgs.queries import today

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls in threads that start together; answers what each raised."""
    start = threading.Barrier(len(calls))
    raised: list[Exception | None] = [None] * len(calls)

    def run(place, call):
        try:
            start.wait(10)
            call()
        except ValidationError as error:
            raised[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def assert_paths_hold():
    units = {unit.pk: unit for unit in Unit.objects.all()}
    for unit in units.values():
        above = units[unit.parent_id].path if unit.parent_id else ""
        assert unit.path == f"{above}{unit.pk}."


def test_two_moves_never_make_a_ring():
    for _ in range(5):
        city = builders.unit("某市", Kind.CITY)
        one, two = (builders.unit(name, Kind.OTHER, city) for name in ("甲", "乙"))
        raised = at_once(
            lambda one=one, two=two: actions.move_unit(SYSTEM, unit=one, parent=two, day=today()),
            lambda one=one, two=two: actions.move_unit(SYSTEM, unit=two, parent=one, day=today()),
        )
        assert sum(error is None for error in raised) == 1
        assert_paths_hold()


def test_a_child_opened_during_a_move_is_carried_along():
    city = builders.unit("某市", Kind.CITY)
    east, west = (builders.unit(name, Kind.COUNTY, city) for name in ("东县", "西区"))
    town = builders.unit("三阳乡", Kind.TOWNSHIP, east)
    openings = [
        lambda number=number: actions.open_unit(
            SYSTEM, parent=town, kind=Kind.SCHOOL, name=f"第{number}小学", day=today()
        )
        for number in range(4)
    ]
    assert at_once(*openings, lambda: actions.move_unit(SYSTEM, unit=town, parent=west, day=today())) == [None] * 5
    assert_paths_hold()
    assert Unit.objects.filter(path__startswith=west.path, kind=Kind.SCHOOL).count() == 4


def test_the_same_code_is_given_once():
    city = builders.unit("某市", Kind.CITY)
    raised = at_once(
        *(
            lambda name=name: actions.open_unit(
                SYSTEM, parent=city, kind=Kind.SCHOOL, name=name, day=today(), institution_code="2143000001"
            )
            for name in ("甲校", "乙校")
        )
    )
    assert sum(error is None for error in raised) == 1
    assert Unit.objects.filter(institution_code="2143000001").count() == 1
