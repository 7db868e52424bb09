from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dudao.core.ui import formats

DAY = date(2026, 3, 5)


def test_dates_are_written_out_without_leading_zeros():
    assert formats.date_cn(DAY) == "2026年3月5日"


def test_a_moment_is_shown_in_local_time():
    assert formats.datetime_cn(datetime(2026, 3, 4, 18, 32, tzinfo=UTC)) == "2026年3月5日 02:32"


@pytest.mark.parametrize("write", [formats.date_cn, formats.datetime_cn, formats.number, formats.percent, formats.wan])
def test_unknown_is_a_dash_and_never_zero(write):
    assert write(None) == "—"


def test_zero_and_false_are_known():
    assert formats.dash(0) == 0
    assert formats.dash(False) is False
    assert formats.number(0) == "0"
    assert formats.yes_no(False) == "否"


@pytest.mark.parametrize(
    ("day", "words", "tone"),
    [
        (date(2026, 3, 8), "还剩 3 天", "amber"),
        (date(2026, 3, 20), "还剩 15 天", "grey"),
        (date(2026, 3, 5), "今天到期", "amber"),
        (date(2026, 3, 3), "逾期 2 天", "red"),
    ],
)
def test_distance_to_a_deadline(day, words, tone):
    far = formats.distance(day, DAY, soon=7)
    assert (far.words, far.tone) == (words, tone)


def test_without_a_rule_nothing_is_near_before_its_day():
    assert formats.distance(date(2026, 3, 6), DAY).tone == "grey"


def test_what_is_done_is_judged_by_its_day():
    assert formats.distance(DAY, date(2026, 9, 1), done_on=date(2026, 3, 4)).words == "按期完成"
    assert formats.distance(DAY, date(2026, 9, 1), done_on=date(2026, 3, 9)).words == "逾期 4 天完成"


def test_amounts_shares_and_numbers():
    assert formats.wan(Decimal("1234567.891")) == "123.46 万元"
    assert formats.percent(Decimal("0.8655")) == "86.6%"
    assert formats.number(Decimal("12.5000")) == "12.5"
    assert formats.number(Decimal("100")) == "100"
    assert formats.number(2.345, 2) == "2.35"


@pytest.mark.parametrize(
    ("phone", "shown"), [("13812345678", "138****5678"), ("8234567", "*****67"), ("", "—"), (None, "—")]
)
def test_phones_are_masked(phone, shown):
    assert formats.mask_phone(phone) == shown
