"""Two people act on one thing at once: one of them wins, the other is told, and nothing is lost or mixed."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Event
from dudao.core.workflow import Conflict
from dudao.stats.actions import catalogue_items, catalogue_rules, returns, rounds
from dudao.stats.models import CheckRule, DataItem, ItemSource, Return, Value
from stats.conftest import keyed, make_round

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls in threads that start together; answers what each raised."""
    start = threading.Barrier(len(calls))
    raised = [None] * len(calls)

    def run(number, call):
        try:
            start.wait(10)
            call()
        except (Conflict, Denied) as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def test_two_clerks_of_one_school_save_at_once(place, good):
    ret = place.ret(place.primary)
    one, two = keyed(good), keyed({**good, ("pupils", "primary"): 111, ("rooms", ""): 9})

    def save(numbers):
        return lambda: returns.save_values(SYSTEM, ret=ret, version=0, numbers=numbers)

    raised = at_once(save(one), save(two))
    assert [type(error) for error in raised].count(Conflict) == 1
    won = two if isinstance(raised[0], Conflict) else one
    assert {(v.item_id, v.stage): v.number for v in Value.objects.filter(ret=ret)} == won
    assert place.ret(place.primary).version == 1


def test_a_return_is_accepted_or_sent_back_but_not_both(place, good):
    ret = place.ret(place.primary)
    returns.save_values(SYSTEM, ret=ret, version=0, numbers=keyed(good))
    returns.submit(SYSTEM, ret=ret)
    one, two = place.ret(place.primary), place.ret(place.primary)
    raised = at_once(
        lambda: returns.accept(SYSTEM, ret=one), lambda: returns.send_back(SYSTEM, ret=two, reason="请核对")
    )
    assert sum(error is None for error in raised) == 1
    assert Return.objects.get(pk=ret.pk).state == ("accepted" if raised[0] is None else "returned")


def test_the_same_numbers_sent_twice_are_no_conflict(place, good):
    """A page that saves by itself may send what is submitted a moment later, from the same version."""
    ret = place.ret(place.primary)
    raised = at_once(*[lambda: returns.save_values(SYSTEM, ret=ret, version=0, numbers=keyed(good))] * 2)
    assert raised == [None, None]
    with pytest.raises(Conflict):
        returns.save_values(SYSTEM, ret=ret, version=0, numbers=keyed({**good, ("pupils", "primary"): 7}))
    key = next(iter(keyed(good)))
    with pytest.raises(Conflict):
        returns.save_values(SYSTEM, ret=ret, version=0, numbers=keyed(good), notes={key: "另有说明"})
    assert not Value.objects.filter(ret=ret).exclude(note="").exists()


def test_two_officers_save_the_same_item(place):
    def word(name):
        item = DataItem.objects.get(code="rooms")
        return lambda: catalogue_items.edit_item(SYSTEM, place=place.city, item=item, revision=0, name=name)

    raised = at_once(word("教学用房"), word("辅助用房"))
    assert [type(error) for error in raised].count(Conflict) == 1
    won = "辅助用房" if isinstance(raised[0], Conflict) else "教学用房"
    item = DataItem.objects.get(code="rooms")
    assert (item.name, item.revision) == (won, 1)
    assert Event.objects.filter(verb="item.edit", data__has_key="changes").count() == 1


def test_two_officers_say_where_an_item_stands(place):
    def stand(label):
        item = DataItem.objects.get(code="classes")
        values = {"table": "教基3112", "label": label, "stage": "primary", "year_from": 2022, "year_to": None}
        return lambda: catalogue_items.save_source(SYSTEM, place=place.city, item=item, revision=0, **values)

    raised = at_once(stand("班数合计"), stand("班级总数"))
    assert [type(error) for error in raised].count(Conflict) == 1
    assert ItemSource.objects.filter(label__in=["班数合计", "班级总数"]).count() == 1


def test_two_officers_change_a_rule(place):
    code = CheckRule.objects.filter(kind="range").order_by("code").first().code

    def bound(high):
        rule = CheckRule.objects.select_related("item").get(code=code)
        return lambda: catalogue_rules.edit_rule(SYSTEM, place=place.city, rule=rule, revision=0, high=Decimal(high))

    raised = at_once(bound(50_001), bound(50_002))
    assert [type(error) for error in raised].count(Conflict) == 1
    assert CheckRule.objects.get(code=code).high == (50_002 if isinstance(raised[0], Conflict) else 50_001)


def test_two_officers_edit_a_draft_or_open_it(place):
    asked = make_round(place.city, 2026, "待改")
    items = list(DataItem.objects.filter(code__in=["pupils", "classes"]))

    def edit(title):
        held = type(asked).objects.select_related("unit").get(pk=asked.pk)
        return lambda: rounds.edit_round(SYSTEM, asked=held, revision=0, items=items, regions=[], title=title)

    raised = at_once(edit("甲"), edit("乙"))
    assert [type(error) for error in raised].count(Conflict) == 1
    opened = [type(asked).objects.select_related("unit").get(pk=asked.pk) for _ in range(2)]
    raised = at_once(*[lambda held=held: rounds.open_round(SYSTEM, asked=held) for held in opened])
    assert sum(error is None for error in raised) == 1
    assert Return.objects.filter(round=asked).count() == 4, "every school once"


def test_the_late_are_told_once_although_two_remind_them(place):
    today = timezone.localdate()

    def remind():
        return rounds.remind_late(SYSTEM, asked=place.round, place=place.city, day=today)

    assert at_once(remind, remind) == [None, None]
    told = Event.objects.filter(verb="return.remind").exclude(data__has_key="returns")
    assert told.count() == Return.objects.filter(round=place.round).count() == 4
    assert rounds.remind_late(SYSTEM, asked=place.round, place=place.city, day=today + timedelta(1)) == 4
