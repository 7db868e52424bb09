"""The day counts of a case, each worked out by hand: working days around holidays, month ends, the year of a repetition."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountability_town import now_on
from dudao.accountability.actions import deciding, effects, opening, remedies
from dudao.accountability.models import Case, Remedy
from dudao.accountability.queries import cases
from dudao.accountability.queries.clock import Clock, term_rows
from dudao.calc.accountability import days_past, repeats
from dudao.core.access import Denied
from dudao.findings.actions.terms import set_term
from dudao.orgs.actions import set_special_day
from findings_town import day

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("earlier", "decided", "said"),
    [
        # Within a year: the same day of the year before is the last that counts.
        ([date(2025, 9, 1)], date(2026, 9, 1), date(2025, 9, 1)),
        ([date(2025, 8, 31)], date(2026, 9, 1), None),
        # Over the leap day 2028-02-29 a year has 366 days, and is a year.
        ([date(2027, 6, 1)], date(2028, 6, 1), date(2027, 6, 1)),
        ([date(2027, 5, 31)], date(2028, 6, 1), None),
        ([date(2027, 2, 28)], date(2028, 2, 29), date(2027, 2, 28)),
        ([date(2027, 2, 27)], date(2028, 2, 29), None),
        ([date(2026, 9, 1)], date(2026, 9, 1), date(2026, 9, 1)),
        ([date(2026, 9, 2)], date(2026, 9, 1), None),
        ([date(2025, 10, 1), date(2026, 3, 1)], date(2026, 9, 1), date(2026, 3, 1)),
        ([], date(2026, 9, 1), None),
    ],
)
def test_a_second_case_within_the_year(earlier, decided, said):
    assert repeats(earlier, decided, 365) == said


@given(DAYS, st.integers(0, 800), st.integers(1, 364))
def test_a_repetition_is_a_question_of_days_alone(decided, before, days):
    past = decided - timedelta(days=before)
    assert (repeats([past], decided, days) == past) == (before <= days)
    assert days_past(past, decided) == before and days_past(decided, past) == 0


def test_a_term_of_no_days_is_no_term():
    with pytest.raises(ValueError, match="至少应为 1 天"):
        repeats([], date(2026, 1, 1), 0)


@pytest.fixture
def clock(town):
    """The city's terms on 2026-01-15, with the Labour Day holiday of 1 to 5 May and the Saturday worked for it."""
    for free in range(1, 6):
        if date(2026, 5, free).weekday() < 5:
            set_special_day(town.director, unit=town.city, day=date(2026, 5, free), working=False, name="劳动节")
    set_special_day(town.director, unit=town.city, day=date(2026, 5, 9), working=True, name="调休上班")
    return Clock.of(town.city, date(2026, 1, 15))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("subject", "start", "last"),
    [
        # 60 days after 2 March is 1 May, a holiday up to the 5th: the 6th.
        ("examine", date(2026, 3, 2), date(2026, 5, 6)),
        # 60 days after 10 March is Saturday 9 May, which is worked.
        ("examine", date(2026, 3, 10), date(2026, 5, 9)),
        # 30 days after the end of January is 2 March (28 days in February); in 2028 1 March.
        ("review_ask", date(2026, 1, 31), date(2026, 3, 2)),
        ("review_ask", date(2028, 1, 31), date(2028, 3, 1)),
        ("review_ask", date(2026, 6, 10), date(2026, 7, 10)),
        # 9 August 2026 is a Sunday.
        ("review_decide", date(2026, 7, 10), date(2026, 8, 10)),
        # 15 August 2026 is a Saturday.
        ("appeal_ask", date(2026, 7, 31), date(2026, 8, 17)),
        ("appeal_ask", date(2026, 6, 10), date(2026, 6, 25)),
        ("appeal_decide", date(2026, 8, 17), date(2026, 10, 16)),
        # 31 October 2026 is a Saturday.
        ("correct", date(2026, 10, 16), date(2026, 11, 2)),
    ],
)
def test_the_last_day_is_the_one_worked_out_by_hand(clock, subject, start, last):
    counted = clock.count(subject, start, "起算之日")
    assert counted.last == last, counted.basis
    assert "教育督导问责办法" in counted.basis


@pytest.mark.django_db
def test_working_days_count_around_the_holiday(town, clock):
    set_term(
        town.director, unit=town.city, subject="review_ask", days=5, is_working=True, start="receipt", source="市办法"
    )
    own = Clock.of(town.city, day())
    # After Wednesday 29 April: 30 April is the 1st, 6, 7, 8 May the 2nd to 4th, Saturday 9 May (worked) the 5th.
    assert own.count("review_ask", date(2026, 4, 29), "收到之日").last == date(2026, 5, 9)
    assert "市办法" in own.count("review_ask", date(2026, 4, 29), "收到之日").basis, "the office's own rule counts"


@pytest.mark.django_db
def test_a_review_is_taken_on_its_last_day_and_refused_on_the_next(town):
    row = town.received()
    last = remedies.window_of(row, "review").counted.last
    with now_on(last + timedelta(days=1)), pytest.raises(Denied, match=r"已经超过期限 1 天，不予受理.*申请复核"):
        remedies.ask(town.head, case=row, kind="review", text="迟了")
    assert not Remedy.objects.exists()
    with now_on(last + timedelta(days=3)):
        made = remedies.ask(town.officer, case=row, kind="review", text="邮寄，期内收到", on=last)
    assert made.recorded and made.asked_on == last and made.ask_by == last


@pytest.mark.django_db
def test_an_appeal_runs_from_the_review_or_straight_from_the_decision(town):
    row = town.received()
    straight = remedies.window_of(row, "appeal").counted
    assert straight.start == row.received_on and straight.days == 15
    asked = remedies.ask(town.head, case=row, kind="review", text="过重")
    with now_on(day(12)):
        remedies.decide(town.officer2, remedy=asked, result="upheld", decision="维持")
        window = remedies.window_of(row, "appeal")
    assert window.counted.start == day(12) and window.counted.last >= day(27)
    with now_on(window.counted.last + timedelta(days=1)), pytest.raises(Denied, match="不予受理"):
        remedies.ask(town.head, case=row, kind="appeal", text="迟了")
    with now_on(window.counted.last):
        assert remedies.ask(
            town.head, case=row, kind="appeal", text="及时"
        ).decide_by >= window.counted.last + timedelta(60)


@pytest.mark.django_db
@pytest.mark.parametrize(("gap", "again"), [(0, True), (365, True), (366, False)])
def test_aggravation_is_computed_and_names_the_earlier_case(town, gap, again):
    first = town.decided()
    Case.objects.filter(pk=first.pk).update(decided_on=day(-gap))
    second = town.submitted(facts="又发生")
    assert (second.earlier_id == first.pk) == again and ("repeat" in second.aggravating) == again
    second = deciding.decide(town.leader, case=second, effective_on=day())
    assert (second.earlier_id == first.pk) == again


@pytest.mark.django_db
def test_it_is_asked_again_on_the_day_of_the_decision(town):
    first = town.decided()
    Case.objects.filter(pk=first.pk).update(decided_on=day(-365))
    second = town.submitted(facts="又发生")
    assert second.earlier_id == first.pk
    with now_on(day(1)):
        second = deciding.decide(town.leader, case=second, effective_on=day(1))
    assert second.earlier_id is None and "repeat" not in second.aggravating, "366 days later it is no repetition"


@pytest.mark.django_db
def test_another_unit_or_another_person_is_no_repetition(town):
    town.decided()
    person = town.submitted(person_name="钱多多", person_post="校长", measures={"named": ""})
    assert person.earlier is None
    row = town.consulted(unit=town.pingjiang, party=town.county)
    assert cases.earlier_case(row, day()) is None


@pytest.mark.django_db
def test_the_page_lists_every_term_with_its_sum(town):
    row = town.received()
    asked = remedies.ask(town.head, case=row, kind="review", text="过重")
    remedies.decide(town.officer2, remedy=asked, result="changed", decision="改为公开批评")
    row = town.again(row)
    held = {remedy.kind: remedy for remedy in row.remedies.all()}
    rows = term_rows(row, Clock.of(row.office, day()), held)
    assert [term.name for term in rows] == [
        "成立调查认定工作组", "陈述申辩", "申请复核", "提出申诉", "作出复核决定", "纠正原决定",
    ]  # fmt: skip
    assert all(term.last is not None and term.basis for term in rows)
    assert rows[-1].late(rows[-1].last + timedelta(days=4)) == 4 and rows[0].late(day()) == 0


@pytest.mark.django_db
def test_a_clock_set_back_is_refused_not_counted(town):
    row = town.received()
    from django.core.exceptions import ValidationError

    with now_on(day(-3)), pytest.raises(ValidationError, match="早于"):
        remedies.ask(town.head, case=row, kind="review", text="时钟拨回")
    with pytest.raises(ValidationError, match="早于"):
        effects.execute(town.officer, case=row, measure=row.measures.first().pk, note="已办", on=day(-1))
    late = town.opened(ended_on=day(-61))
    assert opening.set_up_group(town.officer, case=late, members="甲", late_reason="忙").group_on == day()
