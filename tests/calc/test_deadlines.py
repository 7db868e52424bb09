"""Deadlines against days counted by hand around 国庆 and 春节, and the laws that pauses and receipts obey."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao import packs
from dudao.calc.calendar import calendar_from, seed_day_exceptions
from dudao.calc.deadlines import SUBJECTS, Term, due, received_on, resumed, terms_from, urge_again
from dudao.calc.declared import RulesError

SEED = seed_day_exceptions([2025, 2026])
CALENDAR = calendar_from(SEED.exceptions, known_from=SEED.known_from, known_to=SEED.known_to)

# 2025: 国庆中秋 1–8 October free, 28 September (Sunday) and 11 October (Saturday) worked.
# 2025: 春节 28 January – 4 February free, 26 January (Sunday) and 8 February (Saturday) worked.
BY_HAND = [
    # Working days. 26 September 2025 is a Friday: 28 (Sun, worked), 29, 30, then 9, 10, 11 (Sat, worked), 13 October.
    (date(2025, 9, 26), 1, True, date(2025, 9, 28)),
    (date(2025, 9, 26), 3, True, date(2025, 9, 30)),
    (date(2025, 9, 26), 4, True, date(2025, 10, 9)),
    (date(2025, 9, 26), 6, True, date(2025, 10, 11)),
    (date(2025, 9, 26), 7, True, date(2025, 10, 13)),
    # Issued in the middle of the holiday: the first day that counts is 9 October.
    (date(2025, 10, 3), 1, True, date(2025, 10, 9)),
    # 24 January 2025 is a Friday: 26 (Sun, worked), 27, then 5, 6, 7, 8 (Sat, worked), 10 February.
    (date(2025, 1, 24), 2, True, date(2025, 1, 27)),
    (date(2025, 1, 24), 3, True, date(2025, 2, 5)),
    (date(2025, 1, 24), 6, True, date(2025, 2, 8)),
    (date(2025, 1, 24), 7, True, date(2025, 2, 10)),
    # Calendar days: 30 days after 2 September is 2 October, which is free; the next working day is the 9th.
    (date(2025, 9, 2), 30, False, date(2025, 10, 9)),
    # 25 days after 3 September is Sunday the 28th, which is worked.
    (date(2025, 9, 3), 25, False, date(2025, 9, 28)),
    # 30 days after 1 January is 31 January, in the Spring Festival; the next working day is 5 February.
    (date(2025, 1, 1), 30, False, date(2025, 2, 5)),
    # An ordinary Saturday moves to Monday; an ordinary Wednesday stays.
    (date(2025, 5, 8), 30, False, date(2025, 6, 9)),
    (date(2025, 6, 2), 30, False, date(2025, 7, 2)),
]


@pytest.mark.parametrize(("start", "days", "working", "expected"), BY_HAND)
def test_days_counted_by_hand(start, days, working, expected):
    assert due(start, days, working, CALENDAR) == expected


def test_a_pause_over_the_national_day_moves_working_days_only():
    # Paused from 29 September to 10 October: 29, 30 September and 9 October stood still, three working days.
    deadline = date(2025, 10, 17)
    assert resumed(deadline, date(2025, 9, 29), date(2025, 10, 10), True, CALENDAR) == date(2025, 10, 22)
    # In calendar days eleven: 28 October, a Tuesday.
    assert resumed(deadline, date(2025, 9, 29), date(2025, 10, 10), False, CALENDAR) == date(2025, 10, 28)


def test_a_pause_of_holidays_alone_moves_no_working_day():
    assert resumed(date(2025, 10, 17), date(2025, 10, 1), date(2025, 10, 9), True, CALENDAR) == date(2025, 10, 17)


def test_who_signs_late_gains_nothing():
    issued, sign_by = date(2025, 9, 1), date(2025, 9, 4)
    assert received_on(issued, date(2025, 9, 2), sign_by) == date(2025, 9, 2)
    assert received_on(issued, date(2025, 9, 20), sign_by) == sign_by
    assert received_on(issued, date(2025, 9, 20), None) == date(2025, 9, 20)
    assert received_on(issued, date(2025, 8, 1), sign_by) == issued, "a clock set back"


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(days, st.integers(1, 400), st.booleans())
def test_a_deadline_is_a_working_day_after_the_start(start, count, working):
    last = due(start, count, working, CALENDAR)
    assert CALENDAR.is_workday(last)
    assert last > start
    if working:
        assert CALENDAR.workdays_between(start, last) == count
    else:
        assert last >= start + timedelta(count)
        assert not any(
            CALENDAR.is_workday(start + timedelta(count + gap)) for gap in range((last - start).days - count)
        )


@given(days, st.integers(1, 200), st.booleans())
def test_more_days_are_never_due_earlier(start, count, working):
    assert due(start, count, working, CALENDAR) <= due(start, count + 1, working, CALENDAR)


@given(days, days, st.integers(-30, 120), st.booleans())
def test_a_pause_never_takes_days_away(deadline, since, length, working):
    until = since + timedelta(length)
    after = resumed(deadline, since, until, working, CALENDAR)
    assert after >= deadline
    if length <= 0:
        assert after == deadline


@given(days, days, st.integers(0, 60), st.integers(0, 60))
def test_two_pauses_on_end_are_one_in_working_days(deadline, since, first, second):
    deadline = CALENDAR.shift_to_workday(deadline)
    middle, end = since + timedelta(first), since + timedelta(first + second)
    stepwise = resumed(resumed(deadline, since, middle, True, CALENDAR), middle, end, True, CALENDAR)
    assert stepwise == resumed(deadline, since, end, True, CALENDAR)


def test_every_pack_of_terms_can_be_read_and_says_where_each_comes_from():
    for name in packs.names("terms"):
        for term in terms_from(packs.read("terms", name)):
            assert term.source, (name, term.subject)
            assert term.subject in SUBJECTS


def test_the_rules_of_accountability_are_those_of_the_document():
    terms = {term.subject: term for term in terms_from(packs.read("terms", "accountability-2021"))}
    counted = {subject: term.days for subject, term in terms.items()}
    assert counted == {
        "examine": 60, "review_ask": 30, "review_decide": 30, "appeal_ask": 15, "appeal_decide": 60, "correct": 15,
        "aggravate": 365,
    }  # fmt: skip
    assert terms["appeal_ask"].source == "教育督导问责办法（国教督〔2021〕2号）"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "缺少 .*terms"),
        ({"terms": []}, "terms 只有 0 项，至少要有 1 项"),
        ({"terms": [{"subject": "general", "days": "30"}]}, r"terms\[1\].days 是“30”，应当是整数"),
        ({"terms": [{"subject": "general", "days": 0}]}, r"terms\[1\].days 是 0，不能小于 1"),
        ({"terms": [{"subject": "lunch", "days": 3}]}, r"terms\[1\].subject 是“lunch”，只能是：sign"),
        ({"terms": [{"subject": "sign", "days": 3, "start": "later"}]}, "start 是“later”，只能是：issue、receipt"),
        (
            {"terms": [{"subject": "sign", "days": 3}, {"subject": "sign", "days": 4}]},
            r"terms\[2\]：“签收整改通知”重复",
        ),
    ],
)
def test_a_wrong_pack_is_told(data, said):
    with pytest.raises(RulesError, match=said):
        terms_from({**packs.read("terms", "platform"), **data} if data else data)


def test_terms_read_as_an_office_says_them():
    assert Term("plan", 10, True).length == "10 个工作日"
    assert Term("general", 30).length == "30 日"
    for wrong in (("lunch", 3), ("sign", 0), ("sign", 3, False, "later")):
        with pytest.raises(RulesError, match=r"没有“lunch”|1 到 3650|issue 或 receipt"):
            Term(*wrong)
    with pytest.raises(ValueError):
        due(date(2025, 1, 1), 0, False, CALENDAR)


def test_who_is_waited_for_is_reminded_three_times():
    """Seven days before the 20th, on the day before it, and once when it has passed, whoever asks every day."""
    due_on, urged, days = date(2026, 3, 20), None, []
    for day in range(1, 31):
        today = date(2026, 3, day)
        if urge_again(due_on, 7, urged, today):
            urged = today
            days.append(day)
    assert days == [13, 19, 21]


@pytest.mark.parametrize(
    ("urged", "day", "again"),
    [
        (None, 15, True),  # the platform stood still on the 13th
        (14, 15, False),  # somebody reminded them since
        (12, 15, True),
        (15, 20, True),
        (19, 20, False),
        (None, 12, False),
    ],
)
def test_a_missed_reminder_is_made_up_for(urged, day, again):
    urged_on = date(2026, 3, urged) if urged else None
    assert urge_again(date(2026, 3, 20), 7, urged_on, date(2026, 3, day)) is again
