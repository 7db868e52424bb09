"""Places in a text follow the text: examples, and what must hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.plans.spans import changes_between, cut_origin, move_origin, move_span, places, shift_origin

WORDS = st.text("督导评估，。一二", max_size=30)


def applied(old, new):
    text = old
    for change in changes_between(old, new):
        text = text[: change.start] + new_piece(change, new, old) + text[change.old_end :]
    return text


def new_piece(change, new, old):
    """The new words of one change: its place in ``new`` is its start moved by all changes before it."""
    before = sum(
        other.shift for other in changes_between(old, new) if other.old_end <= change.start and other != change
    )
    return new[change.start + before : change.new_end + before]


@given(WORDS, WORDS)
def test_the_changes_make_the_new_text_of_the_old(old, new):
    assert applied(old, new) == new


@given(WORDS, WORDS, st.integers(0, 30), st.integers(0, 30))
def test_a_moved_span_lies_in_the_new_text_and_keeps_what_was_not_touched(old, new, one, other):
    start, end = sorted((min(one, len(old)), min(other, len(old))))
    if start == end:
        return
    moved = move_span((start, end), changes_between(old, new))
    if moved is not None:
        assert 0 <= moved[0] < moved[1] <= len(new)
    untouched = [change.old_end <= start or change.start >= end for change in changes_between(old, new)]
    if all(untouched):
        assert moved is not None
        assert new[moved[0] : moved[1]] == old[start:end]


@pytest.mark.parametrize(
    ("old", "new", "words", "found"),
    [
        ("一是核查清单。二是配备人员。", "一是逐项核查清单。二是配备人员。", "核查清单", "核查清单"),
        ("一是核查清单。二是配备人员。", "一是核对清单。二是配齐人员。", "核查清单", "核对清单"),
        ("一是核查清单。二是配备人员。", "一是核对清单。二是配齐人员。", "配备人员", "配齐人员"),
        ("教育督導網絡建设", "教育督导网络建设", "網絡", "网络"),
    ],
)
def test_words_changed_within_stay_found(old, new, words, found):
    at = old.index(words)
    start, end = move_span((at, at + len(words)), changes_between(old, new))
    assert new[start:end] == found


def test_words_taken_out_are_found_no_more():
    assert move_span((2, 6), changes_between("一是核查清单。完", "一是。完")) is None


def test_words_put_in_at_the_edge_belong_to_a_span_that_says_so():
    changes = changes_between("一是核查。二是", "一是逐项核查。并公开二是")
    assert move_span((2, 5), changes) == (4, 7)
    assert move_span((2, 5), changes, first=True, last=True) == (2, 10)


def test_a_very_long_rewrite_counts_as_one_change():
    assert len(changes_between("督" * 4000, "导" * 4000)) == 1


def test_an_origin_is_cut_shifted_and_moved():
    origin = [[0, 11, 5, 10], [10, 13, 1, 6]]
    assert cut_origin(origin, 8, 12) == [[0, 11, 13, 2], [2, 13, 1, 2]]
    assert shift_origin(origin, 3) == [[3, 11, 5, 10], [13, 13, 1, 6]]
    assert places(origin, (9, 11)) == [[11, 14, 1], [13, 1, 1]]
    old = "0123456789abcdef"
    moved = move_origin(origin, changes_between(old, "0123XX456789abcdef"))
    assert moved == [[0, 11, 5, 4], [6, 11, 9, 6], [12, 13, 1, 6]]
