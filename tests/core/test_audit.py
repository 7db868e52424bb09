"""Every write is an action with an event; the log can only grow, and its chain shows what was tampered with."""

import threading
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from dudao.core import audit
from dudao.core.access import SYSTEM
from dudao.core.models import Event
from dudao.demo.builders import unit
from dudao.orgs.models import Kind, Unit


@audit.action
def rename(actor, *, target, name):
    target.name = name
    Unit.objects.filter(pk=target.pk).update(name=name)
    audit.record(actor, "unit.rename", target, name=name)
    return target


@audit.action
def forgetful(actor, *, target):
    Unit.objects.filter(pk=target.pk).update(name="改了却没有记录")


@audit.action
def two_steps(actor, *, target):
    rename(actor, target=target, name="甲")
    rename(actor, target=target, name="乙")


@pytest.fixture
def city(db):
    return unit("某市", Kind.CITY)


def test_an_action_without_an_event_fails_and_changes_nothing(city):
    with pytest.raises(audit.NothingRecorded):
        forgetful(SYSTEM, target=city)
    city.refresh_from_db()
    assert city.name == "某市"


def test_recording_outside_an_action_is_refused(city):
    with pytest.raises(RuntimeError, match="outside an action"):
        audit.record(SYSTEM, "unit.rename", city)


def test_an_action_inside_an_action_commits_with_the_outer_one(city):
    two_steps(SYSTEM, target=city)
    assert [event.data["name"] for event in audit.history(city)] == ["乙", "甲"]
    assert audit.verify() == (2, None)


def test_nothing_stays_of_an_action_that_raises(city):
    @audit.action
    def fails(actor, *, target):
        rename(actor, target=target, name="丙")
        raise ValueError

    with pytest.raises(ValueError):
        fails(SYSTEM, target=city)
    assert not Event.objects.exists()


def test_the_same_token_does_it_once_and_answers_the_same_object(city):
    token = uuid.uuid4()
    first = rename(SYSTEM, target=city, name="丁", token=token)
    again = rename(SYSTEM, target=city, name="戊", token=token)
    assert again == first
    assert Event.objects.count() == 1
    city.refresh_from_db()
    assert city.name == "丁"


@pytest.mark.parametrize(
    "statement", ["UPDATE core_event SET label = 'x'", "DELETE FROM core_event", "TRUNCATE core_event"]
)
def test_the_database_refuses_to_change_the_log(city, statement):
    rename(SYSTEM, target=city, name="己")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # pending checks would refuse TRUNCATE for a reason of their own
        cursor.execute(statement)
    assert Event.objects.count() == 1


def tamper(statement: str) -> None:
    """What only the owner of the database could do: switch the trigger off and change the log."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE core_event DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE core_event ENABLE TRIGGER USER")


def test_verify_names_the_first_broken_link(city):
    for name in "甲乙丙丁":
        rename(SYSTEM, target=city, name=name)
    ids = list(Event.objects.order_by("id").values_list("id", flat=True))
    tamper(f"UPDATE core_event SET label = '伪造' WHERE id = {ids[1]}")
    checked, broken = audit.verify()
    assert (checked, broken.event_id) == (1, ids[1])
    assert "摘要不符" in broken.why


def test_verify_notices_a_missing_event(city):
    for name in "甲乙丙":
        rename(SYSTEM, target=city, name=name)
    ids = list(Event.objects.order_by("id").values_list("id", flat=True))
    tamper(f"DELETE FROM core_event WHERE id = {ids[1]}")
    checked, broken = audit.verify()
    assert (checked, broken.event_id) == (1, ids[2])
    assert "被删除" in broken.why


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_keep_one_chain():
    towns = [unit(f"县{number}") for number in range(4)]

    def write(town):
        try:
            for round_ in range(5):
                rename(SYSTEM, target=town, name=f"{town.pk}-{round_}")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[town]) for town in towns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify() == (20, None)
