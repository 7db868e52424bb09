"""A flow checks right, state and guard, and changes a row only if nobody else did."""

import threading
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import SYSTEM, Denied
from dudao.core.workflow import Conflict, Flow, Step
from dudao.demo.builders import actor, unit
from dudao.orgs.models import Kind
from dudao.plans.models import WorkPlan

FLOW = Flow(
    Step(
        "plan.publish",
        {"draft"},
        "published",
        guard=lambda plan, actor, verb: None if plan.preamble else Denied("总体要求为空。"),
    ),
    Step("plan.discard", {"draft"}, "discarded", needs_reason=True),
)


@audit.action
def publish(who, *, plan):
    FLOW.move(plan, "plan.publish", who, changes={"published_at": timezone.now()})


@audit.action
def discard(who, *, plan, reason):
    FLOW.move(plan, "plan.discard", who, reason=reason)


def a_plan(city, **fields):
    return WorkPlan.objects.create(unit=city, year=2026, title="工作要点", **{"preamble": "总体要求", **fields})


@pytest.fixture
def city(db):
    return unit("某市", Kind.CITY)


def test_a_step_changes_the_row_and_leaves_an_event(city):
    plan = a_plan(city)
    publish(SYSTEM, plan=plan)
    plan.refresh_from_db()
    assert plan.state == "published"
    event = audit.history(plan).get()
    assert event.data == {"from": "draft", "to": "published"}


def test_wrong_state_guard_right_and_reason_refuse_in_words(city):
    director = actor("主任", city, "city_director")
    officer = actor("科员", city, "city_officer")
    with pytest.raises(Denied, match="没有“发布计划”的权限"):
        publish(officer, plan=a_plan(city))
    with pytest.raises(Denied, match="总体要求为空"):
        publish(director, plan=a_plan(city, preamble=""))
    with pytest.raises(Denied, match="当前状态为“已作废”"):
        publish(director, plan=a_plan(city, state="discarded"))
    with pytest.raises(Denied, match="需要写明理由"):
        discard(director, plan=a_plan(city), reason="  ")


def test_buttons_and_enforcement_say_the_same(city):
    plan = a_plan(city, preamble="")
    director = actor("主任", city, "city_director")
    denied = FLOW.why_not(plan, "plan.publish", director)
    assert denied is not None and denied.reason == "总体要求为空。"
    assert FLOW.why_not(plan, "plan.discard", director) is None
    assert not FLOW.concerns(plan, "plan.publish", actor("填报员", city, "school_reporter"))


def test_a_stale_object_is_a_conflict(city):
    plan = a_plan(city)
    stale = WorkPlan.objects.get(pk=plan.pk)
    discard(SYSTEM, plan=plan, reason="重复导入")
    with pytest.raises(Conflict, match="刷新"):
        publish(SYSTEM, plan=stale)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_exactly_one_wins():
    plan = a_plan(unit("某市", Kind.CITY, valid_from=date(2026, 1, 1)))
    results = []
    barrier = threading.Barrier(2)

    def race(act):
        mine = WorkPlan.objects.get(pk=plan.pk)
        barrier.wait()
        try:
            act(mine)
            results.append("done")
        except Conflict:
            results.append("conflict")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=race, args=[lambda mine: publish(SYSTEM, plan=mine)]),
        threading.Thread(target=race, args=[lambda mine: discard(SYSTEM, plan=mine, reason="重复")]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["conflict", "done"]
