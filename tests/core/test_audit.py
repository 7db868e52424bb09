"""Every write is an action with an event; the log can only grow, and its chain shows what was tampered with."""

import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from dudao.core import audit
from dudao.core.access import SYSTEM
from dudao.core.models import Event
from dudao.core.ui.forms import Form, refused
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
    with audit.once(token):
        first = rename(SYSTEM, target=city, name="丁")
    with audit.once(token):
        again = rename(SYSTEM, target=city, name="戊")
    assert again == first
    assert Event.objects.count() == 1
    city.refresh_from_db()
    assert city.name == "丁"


def test_a_token_is_the_first_actions_alone(city):
    token = uuid.uuid4()
    with audit.once(token):
        rename(SYSTEM, target=city, name="丁")
        rename(SYSTEM, target=city, name="戊")
    rename(SYSTEM, target=city, name="己")
    assert Event.objects.count() == 3, "the second action inside and those after it run as if there were no token"
    with audit.once(token), audit.once(None):
        rename(SYSTEM, target=city, name="庚")
    city.refresh_from_db()
    assert city.name == "己", "a form without a token leaves the one around it"


def test_a_refused_action_leaves_its_token_for_the_next_sending(city):
    token = uuid.uuid4()

    @audit.action
    def refuses(actor, *, target):
        rename(actor, target=target, name="丁")
        raise ValidationError("不行")

    with audit.once(token), pytest.raises(ValidationError):
        refuses(SYSTEM, target=city)
    with audit.once(token):
        rename(SYSTEM, target=city, name="戊")
    city.refresh_from_db()
    assert city.name == "戊"


def test_a_refusing_page_runs_its_action_once_for_the_forms_token(city):
    sent = {"form_token": str(uuid.uuid4())}
    made = [refused(Form(sent), lambda: rename(SYSTEM, target=city, name="丁")) for _ in range(2)]
    assert made[0] == made[1] and Event.objects.count() == 1
    for _ in range(2):
        refused(Form({}), lambda: rename(SYSTEM, target=city, name="戊"))
    assert Event.objects.count() == 3, "without a token each sending acts"


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
