"""Seats of reviewers: even, without who is barred, the same draw for the same seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.assigning import fill_seats

A, B, C = 101, 102, 103


def test_seats_are_filled_evenly_in_the_order_of_the_subjects():
    found = fill_seats([1, 2, 3], [A, B, C], seats=(1, 2))
    assert Counter(reviewer for _, _, reviewer in found.placed) == {A: 2, B: 2, C: 2}
    assert [(subject, seat) for subject, seat, _ in found.placed] == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]
    assert not found.open


def test_whoever_has_less_to_do_comes_first():
    found = fill_seats([1, 2], [A, B], seats=(1,), loads={A: 5})
    assert [reviewer for _, _, reviewer in found.placed] == [B, B]


def test_nobody_sits_where_they_are_barred_or_twice():
    found = fill_seats([1], [A, B], seats=(1, 2), barred={(A, 1)})
    assert found.placed == [(1, 1, B)] and found.open == [(1, 2)]


def test_the_hardest_subject_chooses_first():
    """B may only review subject 2 and A both: in the order of the subjects both seats would go to whoever is first."""
    found = fill_seats([1, 2], [B, A], seats=(1,), barred={(A, 2)})
    assert found.placed == [(1, 1, A), (2, 1, B)]


def test_taken_seats_stay_and_their_holder_gets_no_second():
    found = fill_seats([1], [A, B], seats=(1, 2), held={1: {1: A}})
    assert found.placed == [(1, 2, B)] and not found.open


def test_a_draw_can_be_repeated_and_another_seed_is_another_draw():
    subjects, reviewers = list(range(40)), [A, B, C]
    first = fill_seats(subjects, reviewers, seats=(1,), seed="2026-11-26")
    assert first == fill_seats(subjects, reviewers, seats=(1,), seed="2026-11-26")
    assert first != fill_seats(subjects, reviewers, seats=(1,), seed="2026-11-27")


@given(
    st.sets(st.integers(1, 12), max_size=8),
    st.sets(st.integers(100, 106), max_size=6),
    st.sets(st.tuples(st.integers(100, 106), st.integers(1, 12)), max_size=20),
    st.integers(1, 2),
)
def test_every_seat_is_filled_or_open_and_no_bar_is_broken(subjects, reviewers, barred, seats):
    found = fill_seats(sorted(subjects), sorted(reviewers), seats=range(1, seats + 1), barred=barred)
    assert len(found.placed) + len(found.open) == len(subjects) * seats
    assert not {(reviewer, subject) for subject, _, reviewer in found.placed} & barred
    at = Counter((subject, reviewer) for subject, _, reviewer in found.placed)
    assert set(at.values()) <= {1}
    for subject, _ in found.open:
        left = [one for one in reviewers if (one, subject) not in barred and (subject, one) not in at]
        assert not left
