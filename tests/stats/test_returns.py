"""A return on its way: saved, checked, submitted, judged, locked; and what may not happen."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.stats.actions import returns, rounds
from dudao.stats.models import CheckHit, Return, Value
from stats.conftest import keyed, make_round, school


def fill(place, unit, numbers, who="clerk", **more):
    ret = place.ret(unit)
    actor = place.actor(who) if isinstance(who, str) else who
    return returns.save_values(actor, ret=ret, version=ret.version, numbers=keyed(numbers), **more)


def test_opening_gives_every_school_of_the_stages_a_return_and_tells_it(place):
    asked = {ret.unit.name: ret.expected for ret in Return.objects.select_related("unit")}
    assert asked == {"三阳小学": 16, "长寿学校": 27, "平江二中": 17, "西岭教学点": 16}
    school("新星小学", place.west, "211", "primary")
    assert rounds.sync_round(place.actor("officer"), asked=place.round) == 1
    assert rounds.sync_round(place.actor("officer"), asked=place.round) == 0
    told = Event.objects.filter(verb="return.ask").values_list("label", flat=True)
    assert len(told) == 5


def test_the_school_is_told_and_a_point_without_clerk_through_its_county(place):
    second = make_round(place.city, 2026, "第二次")
    rounds.open_round(SYSTEM, asked=second)
    told = set(Notice.objects.filter(verb="return.ask").values_list("account__name", flat=True))
    assert {"三阳校长", "三阳填报员", "长寿填报员", "湘阴办"} <= told
    assert not {"科员", "督学"} & told


def test_numbers_are_exact_and_every_change_is_recorded(place, good):
    ret = fill(place, place.primary, good)
    assert Value.objects.get(ret=ret, item__code="equipment").number == Decimal("110.25")
    assert (ret.filled, ret.expected, ret.errors, ret.warnings) == (16, 16, 0, 0)
    fill(place, place.primary, {("pupils", "primary"): 481})
    event = Event.objects.filter(verb="return.fill").latest("id")
    assert event.data["changes"] == {"小学在校生数": ["480", "481"]}
    versions = list(Value.pgh_event_model.objects.filter(item__code="pupils").values_list("number", flat=True))
    assert versions == [480], "what it was; what it is stands in the return"


def test_an_empty_cell_takes_the_number_out(place, good):
    fill(place, place.primary, good)
    ret = fill(place, place.primary, {("rooms", ""): None})
    assert ret.filled == 15
    with pytest.raises(Denied, match="还有 1 项没有填"):
        returns.submit(place.actor("clerk"), ret=ret)


def test_an_error_blocks_and_says_school_stage_and_item(place, good):
    ret = fill(place, place.primary, good | {("degree", "primary"): 31})
    assert CheckHit.objects.get(ret=ret).message == (
        "三阳小学 小学 “高于规定学历教师数”是 31 人，大于“专任教师数”的 30，请核对。"
    )
    with pytest.raises(Denied, match="还有 1 处错误"):
        returns.submit(place.actor("clerk"), ret=place.ret(place.primary))


def test_a_warning_wants_an_explanation_that_holds_only_for_what_it_explains(place, good):
    ret = fill(place, place.primary, good | {("equipment", ""): 30000})
    hit = CheckHit.objects.get(ret=ret)
    assert hit.severity == "warning"
    with pytest.raises(Denied, match="没有说明"):
        returns.submit(place.actor("clerk"), ret=ret)
    ret = fill(place, place.primary, {}, explanations={hit.key: "新建智慧校园，已核对资产账"})
    assert ret.warnings == 0
    ret = fill(place, place.primary, {("equipment", ""): 40000})
    assert ret.warnings == 1, "another number, another explanation"


def test_the_way_to_the_lock_and_back(place, good):
    ret = returns.submit(place.actor("clerk"), ret=fill(place, place.primary, good))
    assert ret.state == "submitted"
    with pytest.raises(Denied, match="不能再改"):
        fill(place, place.primary, good)
    for nobody in ("head", "inspector", "west"):
        with pytest.raises(Denied):
            returns.accept(place.actor(nobody), ret=place.ret(place.primary))
    returns.send_back(place.actor("east"), ret=place.ret(place.primary), reason="面积与房产证不符")
    assert place.ret(place.primary).opinion == "面积与房产证不符"
    ret = returns.submit(place.actor("clerk"), ret=fill(place, place.primary, {("rooms", ""): 2500}))
    assert ret.opinion == ""
    returns.accept(place.actor("east"), ret=place.ret(place.primary))
    returns.lock(place.actor("officer"), ret=place.ret(place.primary))
    with pytest.raises(Denied):
        returns.send_back(place.actor("east"), ret=place.ret(place.primary), reason="想改")
    for nobody in ("east", "officer", "head"):
        with pytest.raises(Denied):
            returns.reopen(place.actor(nobody), ret=place.ret(place.primary), reason="想改")
    with pytest.raises(Denied, match="写明理由"):
        returns.reopen(place.actor("director"), ret=place.ret(place.primary), reason=" ")
    returns.reopen(place.actor("director"), ret=place.ret(place.primary), reason="面积重新测绘")
    assert place.ret(place.primary).state == "returned"


def test_who_submitted_for_a_school_does_not_judge_it(place, good):
    ret = returns.submit(place.actor("east"), ret=fill(place, place.primary, good, who="east"))
    with pytest.raises(Denied, match="您本人提交"):
        returns.accept(place.actor("east"), ret=ret)
    returns.accept(place.actor("east2"), ret=ret)


def test_a_submission_is_told_to_the_county_and_a_return_to_the_school(place, good):
    ret = returns.submit(place.actor("clerk"), ret=fill(place, place.primary, good))
    assert set(Notice.objects.filter(verb="return.submit").values_list("account__name", flat=True)) == {
        "平江办", "平江办二",
    }  # fmt: skip
    returns.send_back(place.actor("east"), ret=ret, reason="请核对")
    assert set(Notice.objects.filter(verb="return.send_back").values_list("account__name", flat=True)) == {
        "三阳校长", "三阳填报员",
    }  # fmt: skip


def test_two_clerks_of_one_school_do_not_overwrite_each_other(place, good):
    first, second = place.ret(place.primary), place.ret(place.primary)
    returns.save_values(place.actor("clerk"), ret=first, version=first.version, numbers=keyed(good))
    with pytest.raises(Conflict, match=r"三阳填报员在.*保存了这份报表"):
        returns.save_values(
            place.actor("head"), ret=second, version=second.version, numbers=keyed({("pupils", "primary"): 9})
        )
    assert Value.objects.get(item__code="pupils", ret=first).number == 480


def test_a_closed_round_takes_no_more_numbers_but_from_those_sent_back(place, good):
    returns.submit(place.actor("clerk"), ret=fill(place, place.primary, good))
    returns.send_back(place.actor("east"), ret=place.ret(place.primary), reason="请核对")
    rounds.close_round(place.actor("officer"), asked=place.round)
    with pytest.raises(Denied, match="已经结束"):
        fill(place, place.nine, {("rooms", ""): 5}, who="nine")
    returns.submit(place.actor("clerk"), ret=fill(place, place.primary, good))


def test_a_stage_that_left_the_register_is_found_and_its_numbers_go(place, good):
    fill(place, place.nine, {("pupils", "junior"): 300}, who="nine")
    place.nine.stages.filter(level="junior").delete()
    ret = place.ret(place.nine)
    with transaction.atomic():
        returns.check_returns(place.round, [ret])
    found = {hit.rule.kind: hit.message for hit in CheckHit.objects.filter(ret=ret)}
    assert "没有登记初中学段" in found["register"]
    assert "办学类型是九年一贯制学校，机构信息里却没有登记初中学段" in found["type"]
    ret = fill(place, place.nine, {("pupils", "primary"): 200}, who="nine")
    assert not CheckHit.objects.filter(ret=ret, severity="error").exists()
    assert not Value.objects.filter(ret=ret, stage="junior").exists()
    with pytest.raises(Denied, match="不在这份报表里"):
        fill(place, place.nine, {("pupils", "junior"): 1}, who="nine")


def test_last_year_is_beside_and_a_leap_is_noticed(place, good):
    before = make_round(place.city, 2024, "上年报送")
    rounds.open_round(SYSTEM, asked=before)
    old = Return.objects.get(round=before, unit=place.primary)
    old = returns.save_values(SYSTEM, ret=old, version=0, numbers=keyed(good | {("pupils", "primary"): 300}))
    Return.objects.filter(pk=old.pk).update(state="submitted", submitted_at=timezone.now())
    ret = fill(place, place.primary, good)
    message = CheckHit.objects.get(ret=ret).message
    assert message == (
        "三阳小学 小学 “在校生数”是 480 人，比上年的 300 增加 60.0%，超过 20%，请核对；确实如此请说明情况。"
    )


def test_many_are_accepted_and_locked_with_few_queries(place, good):
    for unit in (place.primary, place.nine, place.complete):
        Return.objects.filter(unit=unit).update(state="submitted", submitted_at=timezone.now())
    rows = [place.ret(unit) for unit in (place.primary, place.nine, place.complete, place.point)]
    with CaptureQueriesContext(connection) as few:
        moved = returns.move_many(place.actor("officer"), returns=rows[:1], verb="return.accept", place=place.city)
    assert [one.refused for one in moved] == [""]
    with CaptureQueriesContext(connection) as many:
        moved = returns.move_many(place.actor("officer"), returns=rows[1:], verb="return.accept", place=place.city)
    left = [(str(one.row.unit), one.refused) for one in moved if one.refused]
    assert len(moved) == 3 and left == [("西岭教学点", "当前状态为“填报中”，不能审核通过。")]
    assert len(many) <= len(few) + 1


def test_the_number_of_queries_of_a_check_does_not_grow(place):
    returns_ = [place.ret(unit) for unit in (place.primary, place.nine, place.complete, place.point)]
    with transaction.atomic():
        with CaptureQueriesContext(connection) as one:
            returns.check_returns(place.round, returns_[:1])
        with CaptureQueriesContext(connection) as four:
            returns.check_returns(place.round, returns_)
    assert len(four) == len(one)


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked", "returned"])
def test_the_database_holds_states_to_their_facts(place, state):
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.filter(unit=place.primary).update(state=state)


def test_the_database_takes_no_negative_number(place):
    with pytest.raises(IntegrityError), transaction.atomic():
        fill(place, place.primary, {("rooms", ""): -1})
