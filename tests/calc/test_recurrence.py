"""A problem that comes back: what is recognised, what is not, and that the measure obeys its laws."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao import packs
from dudao.calc.recurrence import Likeness, Told, bare, likeness, likeness_from, matches

BOUNDS = likeness_from(packs.read("terms", "platform"))
NEW = Told("new", "学校食堂食品留样不足48小时，留样记录不完整。", "GP7", date(2026, 3, 5))


def test_the_same_problem_in_other_words_is_recognised_and_explained():
    earlier = Told(1, "食堂食品留样不足 48 小时；留样记录缺签名", "GP7", date(2025, 10, 12))
    (match,) = matches(NEW, [earlier], BOUNDS)
    assert match.same_indicator and match.earlier.key == 1
    assert "指标相同" in match.why and f"{match.percent}%" in match.why and "食堂食品留样不足48小时" in match.why


def test_another_problem_under_the_same_indicator_is_not():
    assert not matches(NEW, [Told(1, "宿舍卫生清扫不及时", "GP7", date(2025, 10, 12))], BOUNDS)


def test_without_an_indicator_more_likeness_is_asked_for():
    like = Told(1, "学校食堂食品留样不足48小时，台账没有签名，库房堆放杂乱无章。", "", date(2025, 1, 1))
    percent = likeness(NEW.text, like.text)
    assert BOUNDS.same <= percent < BOUNDS.other
    assert not matches(NEW, [like], BOUNDS)
    assert matches(NEW, [Told(1, like.text, "GP7", like.found_on)], BOUNDS)


def test_what_was_found_later_is_no_earlier_problem():
    assert not matches(NEW, [Told(1, NEW.text, "GP7", date(2026, 3, 6))], BOUNDS)
    assert matches(NEW, [Told(1, NEW.text, "GP7", date(2026, 3, 5))], BOUNDS)


def test_the_likest_comes_first_and_only_a_few():
    others = [Told(n, NEW.text + "尾首鼎" * n, "GP7", date(2026, 1, 1 + n)) for n in range(9)]
    found = matches(NEW, others, BOUNDS, most=3)
    assert [match.earlier.key for match in found] == [0, 1, 8], "alike: the latest first"


@pytest.mark.parametrize(("one", "other"), [("", ""), ("", "某校"), ("，。！", "？"), ("校", "园")])
def test_nothing_to_compare_is_not_alike(one, other):
    assert likeness(one, other) == 0


def test_bounds_are_data_and_checked():
    for wrong in ({}, {"likeness": {"same": 40}}, {"likeness": {"same": 0, "other": 60}}):
        with pytest.raises(ValueError):
            likeness_from(wrong)
    assert likeness_from({"likeness": {"same": 40, "other": 60}}) == Likeness(40, 60)


texts = st.text(st.characters(codec="utf-8"), max_size=60)


@given(texts, texts)
def test_likeness_is_symmetric_and_a_percentage(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 100


@given(texts)
def test_a_text_is_wholly_like_itself(text):
    assert likeness(text, text) == (100 if bare(text) else 0)


@given(texts, st.sampled_from([" ", "\n", "，", "。", "“", "（）"]), st.integers(0, 60))
def test_blanks_and_marks_change_nothing(text, mark, place):
    assert likeness(text, text[:place] + mark + text[place:]) == (100 if bare(text) else 0)


@given(texts, texts, st.lists(texts, max_size=4))
def test_every_match_keeps_its_bound_and_says_why(text, indicator, others):
    for match in matches(
        Told(0, text, indicator), [Told(n, other, indicator) for n, other in enumerate(others)], BOUNDS
    ):
        assert match.percent >= (BOUNDS.same if match.same_indicator else BOUNDS.other)
        assert match.why.endswith("。")
