"""When something counts as handed in in time, and what changed between two versions."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.submission import changes_between, is_late, last_day

CHINA = timezone(timedelta(hours=8))
DAY = date(2026, 10, 20)


def at(hour, minute=0, day=DAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


def test_the_last_day_is_the_units_own_else_the_phases():
    assert last_day(DAY, None, []) == DAY
    assert last_day(DAY, date(2026, 10, 25), []) == date(2026, 10, 25)


def test_a_last_day_within_freezes_moves_behind_them():
    freezes = [(date(2026, 10, 21), date(2026, 10, 23)), (date(2026, 10, 19), date(2026, 10, 20))]
    assert last_day(DAY, None, freezes) == date(2026, 10, 24)
    assert last_day(DAY, None, [(date(2026, 10, 21), date(2026, 10, 23))]) == DAY
    assert last_day(DAY, None, [(date(2026, 10, 23), date(2026, 10, 20))]) == DAY


def test_the_day_ends_at_midnight_of_the_servers_zone():
    assert not is_late(at(23, 59), DAY)
    assert is_late(at(0, 0, date(2026, 10, 21)), DAY)
    assert not is_late(datetime(2026, 10, 20, 23, 0, tzinfo=UTC), DAY)


def test_begun_before_the_end_and_received_within_the_grace_is_in_time():
    after = date(2026, 10, 21)
    assert not is_late(at(0, 9, after), DAY, begun=at(23, 50), grace=10)
    assert is_late(at(0, 10, after), DAY, begun=at(23, 50), grace=10)
    assert is_late(at(0, 1, after), DAY, begun=at(0, 0, after), grace=10)
    assert is_late(at(0, 1, after), DAY, begun=at(23, 50), grace=0)


def test_moments_without_a_zone_are_refused():
    with pytest.raises(ValueError, match="zone"):
        is_late(datetime(2026, 10, 20), DAY)
    with pytest.raises(ValueError, match="zone"):
        is_late(at(1), DAY, begun=datetime(2026, 10, 20))


def test_changes_are_told_kind_by_kind():
    before = {"answers": {"A": {"text": "旧"}, "B": {"text": "同"}}, "evidence": {"A": [1]}}
    after = {
        "answers": {"B": {"text": "同"}, "A": {"text": "新"}, "C": {"text": "加"}},
        "figures": {"人数": {"cell": "3"}},
    }
    found = changes_between(before, after)
    assert [(one.kind, one.key) for one in found] == [
        ("answers", "A"), ("answers", "C"), ("figures", "人数"), ("evidence", "A"),
    ]  # fmt: skip
    assert found[1].is_new
    assert found[3].after is None
    assert not found[0].is_new


@given(
    st.dictionaries(st.sampled_from(["A", "B", "C"]), st.integers(0, 3)),
    st.dictionaries(st.sampled_from("ABC"), st.integers(0, 3)),
)
def test_nothing_changed_exactly_where_both_say_the_same(before, after):
    found = {one.key for one in changes_between({"answers": before}, {"answers": after})}
    assert found == {key for key in "ABC" if (before.get(key) or None) != (after.get(key) or None)}
