"""Rows handed down: who signs, reports, confirms, returns and crosses off, and what each step demands."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.models import StoredFile
from dudao.core.workflow import Conflict
from dudao.plans.actions.assignments import (
    close,
    close_many,
    confirm,
    confirm_many,
    extend,
    mark_quality,
    recall,
    remind,
    remind_many,
    reopen,
    report,
    return_row,
    sign,
    withdraw_report,
)
from dudao.plans.actions.hand_down import hand_on
from dudao.plans.actions.tasks import Target
from dudao.plans.models import Assignment
from dudao.plans.process import ROW
from plans.conftest import a_row, a_task, day, fresh


def finished(city, row=None, **fields):
    """A row that its county has reported as done."""
    row = row or a_row(city, **fields)
    sign(city.county, row=row, leader="张县长", person="刘主任")
    report(city.county, row=row, text="已完成聘任。", progress=100, complete=True)
    return fresh(row)


def test_the_whole_way_from_hand_down_to_crossing_off(city):
    row = a_row(city)
    assert row.state == "issued"
    sign(city.county, row=row, leader="张县长", person="刘主任", measures="分两批聘任")
    first = report(city.county, row=fresh(row), text="聘任 3 名。", progress=60, difficulties="编制不足")
    assert (first.number, fresh(row).state, fresh(row).progress) == (1, "working", 60)
    second = report(city.county2, row=fresh(row), text="全部聘任。", progress=100, complete=True)
    row = fresh(row)
    assert (second.number, row.state, row.finished_on) == (2, "reported", day())
    confirm(city.officer, row=row, opinion="属实", quality="good")
    close(city.officer, row=fresh(row))
    row = fresh(row)
    assert (row.state, row.opinion, row.reviewer, row.quality) == ("closed", "属实", "王科", "good")
    verbs = [event.verb for event in audit.history(row)]
    assert verbs == [
        "assignment.close",
        "assignment.confirm",
        "assignment.report",
        "assignment.progress",
        "assignment.sign",
        "assignment.issue",
    ]


def test_a_returned_row_says_why_and_is_reported_again(city):
    row = finished(city)
    with pytest.raises(Denied, match="需要写明理由"):
        return_row(city.officer, row=row, reason="  ")
    return_row(city.officer, row=row, reason="缺聘书")
    row = fresh(row)
    assert (row.state, row.opinion, row.finished_on) == ("returned", "缺聘书", None)
    report(city.county, row=row, text="补交聘书。", progress=100, complete=True)
    assert fresh(row).state == "reported"


def test_a_confirmed_row_can_still_be_returned(city):
    row = finished(city)
    confirm(city.officer, row=row)
    return_row(city.director, row=fresh(row), reason="抽查不符")
    assert (fresh(row).state, fresh(row).confirmed_at) == ("returned", None)


def test_a_report_can_be_taken_back_until_it_is_confirmed(city):
    row = finished(city)
    withdraw_report(city.county, row=row)
    assert (fresh(row).state, fresh(row).finished_on) == ("working", None)
    report(city.county, row=fresh(row), text="再报。", progress=100, complete=True)
    confirm(city.officer, row=fresh(row))
    with pytest.raises(Denied, match="当前状态为“已确认”，不能撤回报送"):
        withdraw_report(city.county, row=fresh(row))


def test_nobody_confirms_the_row_of_their_own_unit(city):
    row = finished(city)
    with pytest.raises(Denied, match="由某市下达，由某市确认完成"):
        confirm(city.county2, row=row)
    with pytest.raises(Denied):
        confirm(city.stranger, row=row)
    with pytest.raises(Denied):
        confirm(city.leader, row=row)


def test_a_city_officer_does_not_sign_or_report_for_a_county(city):
    row = a_row(city)
    with pytest.raises(Denied, match="只有承办单位（平江县）自己可以签收"):
        sign(city.officer, row=row)


def test_who_reported_does_not_confirm_even_where_the_unit_may(city):
    """The city office does work of its own: its unit is spoken for by the officers, but four eyes still look."""
    from dudao.demo.builders import unit

    office = unit("市督导办", "office", city.city)
    row = a_row(city, unit=office)
    sign(city.officer, row=row)
    report(city.officer, row=fresh(row), text="已修订。", progress=100, complete=True)
    with pytest.raises(Denied, match="您本人报送的"):
        confirm(city.officer, row=fresh(row))
    confirm(city.director, row=fresh(row))
    assert fresh(row).state == "confirmed"


def test_a_county_hands_on_and_confirms_its_schools_rows_while_the_city_confirms_the_countys(city):
    row = a_row(city)
    sign(city.county, row=row)
    (lower,) = hand_on(city.county, row=fresh(row), units=[city.school], deadline=day(20))
    lower = fresh(lower)
    assert (lower.upper_id, lower.deadline) == (row.pk, day(20))
    sign(city.head, row=lower)
    report(city.head, row=fresh(lower), text="已聘。", progress=100, complete=True)
    with pytest.raises(Denied, match="由平江县下达，由平江县确认完成"):
        confirm(city.officer, row=fresh(lower))
    confirm(city.county, row=fresh(lower))
    close(city.county2, row=fresh(lower))
    assert fresh(lower).state == "closed"


def test_handing_on_stays_within_the_county_and_its_deadline(city):
    row = a_row(city)
    with pytest.raises(Denied, match="不在平江县之下"):
        hand_on(city.county, row=row, units=[city.finance])
    with pytest.raises(ValidationError, match="不能晚于"):
        hand_on(city.county, row=row, units=[city.school], deadline=day(31))
    with pytest.raises(Denied):
        hand_on(city.stranger, row=row, units=[city.school])


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"text": " "}, "text", "写明进展"),
        ({"progress": 90, "achieved": Decimal(1)}, "progress", "没有达到目标"),
        ({"achieved": None}, "achieved", "请填写完成值"),
        ({"files": ()}, "files", "聘书扫描件"),
        ({"progress": 101}, "progress", "101"),
    ],
)
def test_a_report_of_completion_must_be_whole(city, given, field, words):
    row = a_row(city, target=Target("不低于 2 名", Decimal(2), unit="名", direction="ge"), evidence_wanted="聘书扫描件")
    sign(city.county, row=row)
    file = (StoredFile.objects.create(digest="a" * 64, size=3, media_type="application/pdf"), "聘书.pdf")
    whole = {"text": "已聘 2 名。", "progress": 100, "achieved": Decimal(2), "files": (file,), **given}
    with pytest.raises(ValidationError) as refusal:
        report(city.county, row=fresh(row), complete=True, **whole)
    assert words in refusal.value.message_dict[field][0]
    assert fresh(row).state == "working"


def test_reaching_the_target_completes_whatever_the_percentage_says(city):
    row = a_row(city, target=Target("不低于 2 名", Decimal(2), unit="名", direction="ge"))
    sign(city.county, row=row)
    report(city.county, row=fresh(row), text="聘 3 名。", progress=80, achieved=Decimal(3), complete=True)
    assert (fresh(row).state, fresh(row).progress) == ("reported", 100)


def test_the_files_of_earlier_reports_count_as_evidence(city):
    row = a_row(city, evidence_wanted="聘书")
    sign(city.county, row=row)
    file = (StoredFile.objects.create(digest="b" * 64, size=3, media_type="application/pdf"), "聘书.pdf")
    report(city.county, row=fresh(row), text="先交聘书。", progress=50, files=[file])
    report(city.county, row=fresh(row), text="完成。", progress=100, complete=True)
    assert fresh(row).state == "reported"


def test_only_the_director_reopens_and_says_why(city):
    row = finished(city)
    confirm(city.officer, row=row)
    close(city.officer, row=fresh(row))
    with pytest.raises(Denied):
        reopen(city.officer, row=fresh(row), reason="群众反映未完成")
    reopen(city.director, row=fresh(row), reason="群众反映未完成")
    row = fresh(row)
    assert (row.state, row.closed_at, row.confirmed_at, row.finished_on) == ("working", None, None, None)


def test_more_time_needs_a_reason_and_keeps_the_first_deadline(city):
    row = a_row(city)
    with pytest.raises(ValidationError, match="延期的理由"):
        extend(city.officer, row=row, deadline=day(40), reason="")
    with pytest.raises(ValidationError, match="应在它之后"):
        extend(city.officer, row=row, deadline=day(30), reason="汛期")
    extend(city.officer, row=row, deadline=day(40), reason="汛期")
    extend(city.officer, row=fresh(row), deadline=day(50), reason="再延")
    row = fresh(row)
    assert (row.deadline, row.first_deadline) == (day(50), day(30))
    assert audit.history(row).first().reason == "再延"
    with pytest.raises(Denied):
        extend(city.county, row=row, deadline=day(60), reason="自己延")


def test_reminding_works_once_a_day_and_only_downwards(city):
    row = a_row(city)
    remind(city.officer, row=row, reason="请抓紧")
    with pytest.raises(Denied, match="今天已经催办过"):
        remind(city.officer, row=fresh(row))
    with pytest.raises(Denied):
        remind(city.county, row=fresh(row))


def test_recalling_a_row_takes_what_was_handed_on_along(city):
    row = a_row(city)
    sign(city.county, row=row)
    (lower,) = hand_on(city.county, row=fresh(row), units=[city.school])
    recall(city.officer, row=fresh(row), reason="不适用")
    assert (fresh(row).state, fresh(lower).state) == ("withdrawn", "withdrawn")


def test_quality_is_marked_by_the_office(city):
    row = finished(city)
    mark_quality(city.officer, row=row, quality="poor", note="材料粗糙")
    assert fresh(row).quality == "poor"
    with pytest.raises(ValidationError):
        mark_quality(city.officer, row=fresh(row), quality="superb")
    with pytest.raises(Denied):
        mark_quality(city.county, row=fresh(row), quality="good")


def test_two_officers_at_once_only_one_decides(city):
    row = finished(city)
    other = fresh(row)
    confirm(city.officer, row=row)
    with pytest.raises(Conflict):
        return_row(city.director, row=other, reason="缺聘书")
    assert fresh(row).state == "confirmed"


def test_bulk_confirmation_tells_what_it_left(city):
    task = a_task(city)
    rows = [finished(city, a_row(city, task=task))]
    rows.append(a_row(city, unit=city.xiangyin, task=task))
    results = confirm_many(city.officer, rows=rows, opinion="属实")
    assert [bool(result.refused) for result in results] == [False, True]
    assert "待签收" in results[1].refused
    assert [fresh(row).state for row in rows] == ["confirmed", "issued"]
    with pytest.raises(Denied, match="没有一项可以确认完成"):
        confirm_many(city.officer, rows=rows[1:])
    done = close_many(city.officer, rows=rows[:1])
    assert fresh(done[0].row).state == "closed"


def test_bulk_acts_take_as_many_queries_for_many_rows_as_for_few(city):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from dudao.demo.builders import unit
    from dudao.plans.actions.hand_down import hand_down

    counts = []
    for most in (2, 12):
        task = a_task(city)
        counties = [unit(f"{most}县{number}", "county", city.city) for number in range(most)]
        officer = city.officer
        with CaptureQueriesContext(connection) as down:
            hand_down(officer, task=task, units=counties)
        rows = list(Assignment.objects.filter(task=task))
        with CaptureQueriesContext(connection) as urged:
            remind_many(officer, rows=rows)
        Assignment.objects.filter(task=task).update(
            state="reported", signed_at="2026-01-01T00:00Z", finished_on=day(), progress=100
        )
        rows = list(Assignment.objects.filter(task=task))
        with CaptureQueriesContext(connection) as sure:
            confirm_many(officer, rows=rows)
        counts.append((len(down), len(urged), len(sure)))
    assert counts[0] == counts[1]


def test_what_is_somebody_elses_turn_is_no_button_and_refused_with_the_reason(city):
    row = finished(city)
    buttons = {button.act.verb: button for button in ROW.buttons(row, city.county2)}
    assert not buttons["assignment.withdraw"].denied
    assert "assignment.confirm" not in buttons
    assert "某市" in ROW.flow.why_not(row, "assignment.confirm", city.county2).reason


def test_less_progress_than_before_is_asked_about_and_said_with_its_reason(city):
    row = a_row(city)
    sign(city.county, row=row)
    report(city.county, row=fresh(row), text="已启动。", progress=45)
    with pytest.raises(ValidationError, match="上次报送的完成率是 45%，这次是 30%") as caught:
        report(city.county, row=fresh(row), text="进展。", progress=30)
    assert list(caught.value.message_dict) == ["progress"] and fresh(row).progress == 45
    report(city.county, row=fresh(row), text="重新核算。", progress=30, difficulties="上次多算了一个责任区。")
    assert fresh(row).progress == 30
