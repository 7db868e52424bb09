"""Two people act on one return at once: one of them wins, the other is told, and nothing is lost or mixed."""

import threading

import pytest
from django.db import connection

from dudao.core.access import SYSTEM, Denied
from dudao.core.workflow import Conflict
from dudao.stats.actions import returns
from dudao.stats.models import Return, Value
from stats.conftest import keyed

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
