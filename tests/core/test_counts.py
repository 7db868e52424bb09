"""Rates name what they are a share of, and rounding hides nobody."""

import pytest

from dudao.core.counts import Rate


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(2999, 3000, "99.9%"), (3000, 3000, "100.0%"), (1, 3000, "0.1%"), (0, 3000, "0.0%"), (2, 3, "66.7%"), (0, 0, "—")],
)
def test_only_all_is_a_hundred_and_only_none_is_nothing(part, whole, shown):
    assert str(Rate(part, whole, "个问题")) == shown


def test_a_rate_says_what_was_divided_by_what():
    assert Rate(62, 66, "个到期问题").said == "62/66 个到期问题"
    assert Rate(0, 0, "个到期问题").said == "没有到期问题"
