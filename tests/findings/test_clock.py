"""Deadlines of findings over the holidays, more time, pauses, a clock set back, lights, reminders, escalation."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.lights import Light
from dudao.core.models import Event, Notice
from dudao.findings.actions import clock, issuing, judging, rectifying, reminders
from dudao.findings.actions.terms import set_term
from dudao.findings.flow import OPEN
from dudao.findings.labels import LIT, lit_as
from dudao.findings.models import Extension, Finding, Policy
from dudao.findings.queries.board import by_county
from dudao.findings.queries.findings import seen
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on
from dudao.orgs.actions import seed_calendar
from findings_town import again, day, proof

pytestmark = pytest.mark.django_db
State = Finding.State


def noon(on: date) -> datetime:
    return timezone.make_aware(datetime(on.year, on.month, on.day, 12))


@pytest.fixture
def holidays(town):
    """The town keeps the calendar of 2025: 国庆 1–8 October free, 28 September and 11 October worked."""
    seed_calendar(town.director, unit=town.city, years=[2025])
    return town


def test_working_days_over_the_national_day_counted_by_hand(holidays):
    town = holidays
    Policy.objects.create(
        unit=town.pingjiang, subject="general", days=7, is_working=True, start="issue", source="平江〔2025〕1号",
        valid_from=date(2025, 1, 1),
    )  # fmt: skip
    # From Friday 26 September: 28 (worked Sunday), 29, 30, 9, 10, 11 (worked Saturday), 13 October.
    row = town.issued(at=noon(date(2025, 9, 26)), found_on=date(2025, 9, 25))
    assert (
        row.deadline == date(2025, 10, 13)
        and "7 个工作日，自下达之日起（平江县规定：平江〔2025〕1号）" in row.deadline_basis
    )
    row = issuing.sign(town.head, finding=row, at=noon(date(2025, 9, 28)))
    assert row.deadline == date(2025, 10, 13), "from issue: signing moves nothing"
    # Stopped from the 29th to the 10th: 29, 30 September and 9 October stood still.
    clock.pause(town.county, finding=row, reason="等设备", at=noon(date(2025, 9, 29)))
    row = clock.resume(town.county, finding=again(row), at=noon(date(2025, 10, 10)))
    assert row.deadline == date(2025, 10, 16) and row.first_deadline == date(2025, 10, 13)


def test_from_receipt_over_the_spring_festival(holidays):
    town = holidays
    for subject, days, working, start in (("general", 5, True, "receipt"), ("sign", 2, True, "issue")):
        Policy.objects.create(
            unit=town.pingjiang, subject=subject, days=days, is_working=working, start=start, source="平江〔2025〕1号",
            valid_from=date(2025, 1, 1),
        )  # fmt: skip
    # Issued on Friday 24 January: to be signed by 27 January (26th is a worked Sunday); 28 January – 4 February are free.
    row = town.issued(at=noon(date(2025, 1, 24)), found_on=date(2025, 1, 20))
    # At the latest five days after the 27th: 5, 6, 7, 8 (worked Saturday), 10 February.
    assert row.step_by == date(2025, 1, 27) and row.deadline == date(2025, 2, 10)
    late = issuing.sign(town.head, finding=row, at=noon(date(2025, 2, 20)))
    assert late.deadline == date(2025, 2, 10), "who signs late gains nothing"
    second = town.issued(at=noon(date(2025, 1, 24)), found_on=date(2025, 1, 20), description="另一个")
    prompt = issuing.sign(town.head, finding=second, at=noon(date(2025, 1, 24)))
    # From the 24th: 26, 27 January, 5, 6, 7 February.
    assert prompt.deadline == prompt.first_deadline == date(2025, 2, 7)


def test_time_given_and_refused(town):
    row = town.planned()
    with pytest.raises(ValidationError):
        clock.ask_time(town.head, finding=row, until=row.deadline, reason="忙")
    asked = clock.ask_time(town.head, finding=row, until=day(60), reason="设备未到货")
    with pytest.raises(ValidationError, match="在等批复"):
        clock.ask_time(town.head, finding=row, until=day(70), reason="再要一次")
    with pytest.raises(Denied):
        clock.give_time(town.head, extension=asked, given=True)
    row = clock.give_time(town.county, extension=asked, given=True, until=day(50), answer="到此为止")
    assert row.deadline == day(50) and row.first_deadline < day(50) and "同意延期" in row.deadline_basis
    with pytest.raises(ValidationError, match="已经批复"):
        clock.give_time(town.county2, extension=asked, given=False, answer="不行")
    again_asked = clock.ask_time(town.head, finding=row, until=day(90), reason="还要")
    row = clock.give_time(town.county, extension=again_asked, given=False, answer="不再延")
    assert row.deadline == day(50)
    assert [one.state for one in row.extensions.order_by("id")] == ["given", "refused"]


def test_nothing_waits_on_a_finding_that_has_ended(town):
    row = town.planned()
    clock.ask_time(town.head, finding=row, until=day(60), reason="忙")
    clock.pause(town.county, finding=row, reason="停")
    row = judging.waive(town.county, finding=again(row), reason="撤并")
    assert row.paused_since is None and not row.pauses.filter(until__isnull=True).exists()
    assert row.extensions.get().state == Extension.State.REFUSED and row.state not in OPEN


def test_a_paused_finding_asks_for_nothing_and_is_never_red(town):
    row = town.planned()
    Finding.objects.filter(pk=row.pk).update(deadline=day(-3))
    row = clock.pause(town.county, finding=again(row), reason="洪水")
    for act in (
        lambda: clock.pause(town.county, finding=row, reason="再停"),
        lambda: clock.ask_time(town.head, finding=row, until=day(60), reason="忙"),
        lambda: reminders.remind(town.county, finding=row),
    ):
        with pytest.raises(Denied, match="暂停"):
            act()
    assert lit(town, row) == "paused" and reminders.escalate_overdue(day()) == 0
    Finding.objects.filter(pk=row.pk).update(paused_since=day(-10))
    row.pauses.update(since=day(-10))
    row = clock.resume(town.county, finding=again(row))
    assert row.deadline >= day(7) and lit(town, row) != "late"


def test_reporting_ends_a_pause(town):
    row = town.planned()
    before = row.deadline
    clock.pause(town.county, finding=row, reason="停")
    row.pauses.update(since=day(-5))
    rectifying.report(town.head, finding=again(row), kind="done", text="已完成", files=[proof()])
    row = again(row)
    assert row.paused_since is None and row.deadline >= before + timedelta(days=5) and row.state == State.REPORTED


def test_a_clock_set_back_loses_nothing(town):
    row = town.planned()
    clock.pause(town.county, finding=row, reason="停", at=timezone.now() + timedelta(days=4))
    row = clock.resume(town.county, finding=again(row))
    assert row.deadline == row.first_deadline and row.pauses.get().until == row.pauses.get().since
    rectifying.report(
        town.head, finding=row, kind="done", text="完成", files=[proof()], at=timezone.now() + timedelta(days=2)
    )
    assert judging.verify(town.county, finding=again(row), method="paper", opinion="属实").state == State.VERIFIED


def lit(town, row, on=None):
    rows = Lights(terms_on(on or day())).annotate(seen(SYSTEM)).filter(pk=row.pk)
    return rows.get().lit


def test_every_light_and_what_it_rests_on(town):
    row = town.planned()
    end = row.deadline
    assert lit(town, town.draft(description="草稿")) == "draft"
    fresh = town.issued(description="新")
    assert lit(town, fresh) == "issued" and lit(town, fresh, fresh.step_by + timedelta(1)) == "step_late"
    assert lit(town, row) == "running"
    assert lit(town, row, end - timedelta(days=8)) == "running"
    assert lit(town, row, end - timedelta(days=7)) == "near" and lit(town, row, end) == "near"
    assert lit(town, row, end + timedelta(days=1)) == "late"
    set_term(town.county, unit=town.pingjiang, subject="near", days=20, source="县督导办会议确定")
    assert lit(town, row, end - timedelta(days=20)) == "near", "the office's own term counts"
    rectifying.report(town.head, finding=row, kind="done", text="完成", files=[proof()])
    assert lit(town, row, end + timedelta(days=30)) == "done", "done in time stays so"
    row = judging.send_back(town.county, finding=again(row), reason="不行")
    assert lit(town, row) == "returned"
    rectifying.report(town.head, finding=row, kind="done", text="完成")
    judging.verify(town.county, finding=again(row), method="paper", opinion="属实")
    assert lit(town, judging.close(town.county2, finding=again(row))) == "closed"
    late = town.planned(description="晚")
    Finding.objects.filter(pk=late.pk).update(deadline=day(-2))
    rectifying.report(town.head, finding=late, kind="done", text="完成", files=[proof()])
    assert lit(town, late) == "done_late"
    assert lit(town, judging.waive(town.county, finding=again(late), reason="撤并")) == "waived"
    assert {light for light, _ in LIT.values()} == set(Light) and lit_as("red") == ["late"]


def test_lights_say_why(town):
    lights = Lights(terms_on(day()))
    row = lights.annotate(seen(SYSTEM)).get(pk=town.planned().pk)
    assert "还有" in lights.why(row) and "7 天以内为临近" in lights.why(row)
    Finding.objects.filter(pk=row.pk).update(deadline=day(-4))
    row = lights.annotate(seen(SYSTEM)).get(pk=row.pk)
    assert "已过 4 天" in lights.why(row)


def overdue(town, days, **values):
    row = town.planned(**values)
    Finding.objects.filter(pk=row.pk).update(deadline=day(-days))
    return again(row)


def test_overdue_findings_rise_by_the_terms_and_only_once(town):
    rows = [overdue(town, days, description=f"逾期{days}天") for days in (1, 7, 30)]
    rows.append(overdue(town, 0, description="今天到期"))
    assert reminders.escalate_overdue(day()) == 3
    assert [again(row).escalation for row in rows] == [1, 2, 3, 0]
    told = Notice.objects.filter(verb="finding.escalate")
    texts = {(notice.account.name, notice.text) for notice in told.select_related("account")}
    assert texts == {
        ("校长", "3 个问题整改逾期，请尽快整改并报告。"),
        ("填报员", "3 个问题整改逾期，请尽快整改并报告。"),
        ("平江督导办", "1 个问题整改严重逾期，请督促。"),
        ("平江副手", "1 个问题整改严重逾期，请督促。"),
        ("平江督导办", "1 个问题长期逾期，已列为问责线索。"),
        ("平江副手", "1 个问题长期逾期，已列为问责线索。"),
    }
    assert (
        reminders.escalate_overdue(day()) == 0
        and Notice.objects.filter(verb="finding.escalate").count() == told.count()
    )
    assert Event.objects.filter(verb="finding.escalate", actor_id__isnull=True).count() == 3
    assert reminders.escalate_overdue(day(6)) == 2, "days later two of them reach the next level"
    assert [again(row).escalation for row in rows] == [2, 2, 3, 1]


def test_more_time_lets_the_level_fall_back(town):
    row = overdue(town, 9)
    reminders.escalate_overdue(day())
    asked = clock.ask_time(town.head, finding=again(row), until=day(20), reason="设备未到")
    row = clock.give_time(town.county, extension=asked, given=True)
    assert row.escalation == 0 and reminders.escalate_overdue(day()) == 0


def test_a_person_raises_a_level_with_a_reason(town):
    row = town.planned()
    with pytest.raises(ValidationError):
        reminders.escalate(town.county, finding=row, reason=" ")
    for level in (1, 2, 3):
        row = reminders.escalate(town.county, finding=row, reason="拒绝整改")
        assert row.escalation == level
    with pytest.raises(ValidationError, match="不能再升级"):
        reminders.escalate(town.county, finding=row, reason="还不动")
    with pytest.raises(Denied):
        reminders.escalate(town.head, finding=row, reason="自己升")


def test_the_morning_is_told_once(town):
    overdue(town, 3)
    town.reported(description="待核验的")
    asked = town.planned(description="要延期的")
    clock.ask_time(town.head, finding=asked, until=day(90), reason="忙")
    Notice.objects.all().delete()
    assert reminders.tell_pressing(day()) == 4
    texts = {notice.account.name: notice.text for notice in Notice.objects.select_related("account")}
    assert texts["校长"] == "整改问题请整改：逾期 1 个。"
    assert texts["平江督导办"] == "整改问题请办理：待核验 1 个，延期申请待批复 1 个。"
    assert reminders.tell_pressing(day()) == 0
    assert reminders.tell_pressing(day(1)) > 0


def test_the_unit_is_urged_once_a_day(town):
    row = town.planned()
    reminders.remind(town.county, finding=row, reason="请抓紧")
    assert Notice.objects.filter(account=town.accounts["head"], verb="finding.remind").count() == 1
    with pytest.raises(Denied, match="今天已经催办过"):
        reminders.remind(town.county2, finding=row)


def test_a_later_term_waits_for_its_day_and_ends_the_earlier(town):
    set_term(town.county, unit=town.pingjiang, subject="general", days=20, source="一号")
    set_term(town.county, unit=town.pingjiang, subject="general", days=10, source="二号", valid_from=day(5))
    assert terms_on(day()).find(town.pingjiang.path, "general").term.days == 20
    assert terms_on(day(5)).find(town.pingjiang.path, "general").term.days == 10
    assert terms_on(day()).find(town.xiangyin.path, "general").term.days == 30, "the neighbour follows the city"
    set_term(town.county, unit=town.pingjiang, subject="general", days=25, source="改一号")
    assert terms_on(day()).find(town.pingjiang.path, "general").term.days == 25, "the same day again replaces"
    assert terms_on(day(5)).find(town.pingjiang.path, "general").term.days == 10
    with pytest.raises(ValidationError):
        set_term(town.county, unit=town.pingjiang, subject="general", days=10, source="早", valid_from=day(-1))
    with pytest.raises(Denied):
        set_term(town.county, unit=town.city, subject="general", days=10, source="越权")
    with pytest.raises(Denied):
        set_term(town.officer, unit=town.city, subject="general", days=10, source="不是负责人")


def test_the_law_holds_where_nobody_has_said_otherwise(town):
    terms = terms_on(day())
    assert terms.find(town.pingjiang.path, "review_ask").term.days == 30
    assert "国教督〔2021〕2号" in terms.find(town.pingjiang.path, "appeal_ask").basis
    assert terms_on(date(2021, 8, 31)).find(town.pingjiang.path, "review_ask") is None, "not before it was in force"


def test_counts_add_up(town):
    overdue(town, 3)
    judging.close(town.county2, finding=town.verified(description="销"))
    judging.waive(town.county, finding=town.signed(description="免"), reason="撤并")
    lines, total = by_county(town.director, Lights(terms_on(day())))
    assert [str(line.unit) for line in lines] == ["平江县", "湘阴县"]
    count = lines[0].count
    assert (count.issued, count.due, count.closed, count.open, count.late, count.waived) == (3, 2, 1, 1, 1, 1)
    assert total == count and lines[1].count.closed_rate.share is None
