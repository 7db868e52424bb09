"""Piles on a desk: counted in one statement, shown most pressing first, laid out without asking the database."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.core.waiting import SHOWN, Kind, Pile, laid_out
from dudao.dashboards.queries.todos import desk, piles_of, todo_groups
from dudao.demo.builders import account
from dudao.people.models import Appointment
from dudao.people.queries import actor_for
from dudao.people.roles import ROLES
from dudao.plans.actions.assignments import sign
from dudao.plans.models import Assignment, Task
from plans.conftest import a_row, a_task, day, fresh
from signing import signed_in


def row_todo(row: Assignment) -> Todo:
    return Todo(row.task.title, row.get_absolute_url(), deadline=row.deadline)


def queries(client) -> int:
    client.get("/")
    with CaptureQueriesContext(connection) as found:
        assert client.get("/").status_code == 200
    return len(found)


def test_the_workbench_asks_as_much_with_thirty_rows_as_with_three(city):
    officer, county = (signed_in(city.account(name)) for name in ("officer", "county"))
    counts = []
    for number in (3, 27):
        for place in range(number):
            a_task(city, title=f"待下达{place}")
            a_row(city, title=f"待签收{place}", deadline=place % 9)
            sign(city.county, row=a_row(city, title=f"办理{place}"), leader="张", person="刘")
        counts.append((queries(officer), queries(county)))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 14


def test_the_most_pressing_stand_first_and_the_rest_is_counted(city):
    for place in (5, 3, 9, 1, 8, 2, 7):
        a_row(city, title=f"{place} 天后到期", deadline=place)
    groups, due = desk(city.county, True, day(8))
    (group,) = groups
    assert (group.title, group.total) == ("待签收", 7)
    words = [item.title.partition(" ")[2] for item in group.items]
    assert words == [f"{place} 天后到期" for place in (1, 2, 3, 5, 7, 8)]
    assert [item.title for item in due.items] == words and due.total == 6
    assert all(item.act == "" for item in due.items), (
        "what is due leads to the row; what to do there stands on the left"
    )


def test_kinds_of_one_pile_stay_apart_and_may_be_told_backwards(city):
    for place in range(3):
        a_row(city, title=f"甲{place}", deadline=place)
    sign(city.county, row=fresh(Assignment.objects.order_by("pk")[0]), leader="张", person="刘")
    read = Assignment.objects.select_related("task")
    kinds = tuple(Kind(state, "", "", row_todo, Q(state=state)) for state in ("issued", "working"))
    found = laid_out([Pile(Assignment.objects.all(), kinds, ("-deadline",), read)]).groups()
    assert [(group.total, [item.title for item in group.items]) for group in found] == [
        (2, ["甲2", "甲1"]),
        (1, ["甲0"]),
    ]


def test_piles_that_show_the_same_table_read_it_once_and_empty_ones_nothing(city):
    for place in range(SHOWN + 2):
        a_row(city, title=f"甲{place}")
    read = Assignment.objects.select_related("task")
    full = Pile(Assignment.objects.all(), (Kind("全部", "", "", row_todo),), read=read)
    none = Pile(Assignment.objects.none(), (Kind("没有", "", "", row_todo),), read=read)
    tasks = Pile(Task.objects.filter(title="不存在"), (Kind("任务", "", "", row_todo),), read=Task.objects.all())
    laid = laid_out([full, none, tasks, full])
    with CaptureQueriesContext(connection) as found:
        groups = laid.groups()
    assert [(group.title, group.total, len(group.items)) for group in groups] == [
        ("全部", SHOWN + 2, SHOWN), ("没有", 0, 0), ("任务", 0, 0), ("全部", SHOWN + 2, SHOWN),
    ]  # fmt: skip
    assert len(found) == 2
    assert laid_out([]).groups() == [] and [group.total for group in laid_out([none]).groups()] == [0]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_laying_out_asks_nothing_so_that_it_can_be_kept(city, role):
    actor = actor_for(account("某人", city.city, role, at=city.pingjiang))
    with CaptureQueriesContext(connection) as found:
        first, second = (laid_out(piles_of(actor)) for _ in range(2))
    assert not len(found)
    assert (first.sql, repr(first.values)) == (second.sql, repr(second.values))
    titles = [kind.title for _, kind in first.lots]
    assert len(titles) == len(set(titles))


def test_a_kept_desk_knows_of_every_change_of_rows_and_of_rights(city):
    person = city.account("county")
    assert desk(city.county, True, day(8))[0] == []
    row = a_row(city)
    assert [group.title for group in desk(city.county, True, day(8))[0]] == ["待签收"]
    sign(city.county, row=row, leader="张", person="刘")
    assert [group.title for group in desk(city.county, True, day(8))[0]] == ["正在办理"]
    Appointment.objects.filter(account=person).update(valid_to=day(-1))
    assert desk(actor_for(person), True, day(8))[0] == [] and todo_groups(actor_for(person)) == []
    assert todo_groups(Actor(id=None, name="没有人")) == []


def test_people_of_one_role_share_a_plan_that_the_database_keeps(city):
    connection.connection.execute("DEALLOCATE ALL")
    connection.connection._prepared.clear()
    a_row(city, title="待签收")
    for _ in range(2):
        for name in ("county", "county2"):
            assert signed_in(city.account(name)).get("/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT kind, count%'")
        assert cursor.fetchone() == (1,)
