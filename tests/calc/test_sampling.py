"""Drawing: the same again by the same seed, whatever the order; in proportion; a larger sample holds the smaller one."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.sampling import allocate, draw, ticket

SIZES = st.dictionaries(st.sampled_from("甲乙丙丁戊己庚"), st.integers(0, 60), max_size=7)
SEEDS = st.text(min_size=1, max_size=12)


def strata_of(sizes):
    found, start = {}, 1
    for name, size in sizes.items():
        found[name] = list(range(start, start + size))
        start += size
    return found


def test_the_worked_example_of_the_documentation():
    assert allocate({"平江县": 60, "湘阴县": 25, "云溪区": 3}, 10) == {"平江县": 6, "湘阴县": 3, "云溪区": 1}
    # Reckoned by hand with sha256sum: printf '2026-01:7' | sha256sum
    assert ticket("2026-01", 7) == hashlib.sha256(b"2026-01:7").hexdigest()
    assert draw({"云溪区": [7, 8, 9]}, 1, "2026-01") == {
        "云溪区": [min((7, 8, 9), key=lambda key: hashlib.sha256(f"2026-01:{key}".encode()).hexdigest())]
    }


@given(SIZES, st.integers(0, 200))
def test_as_many_as_asked_for_and_never_more_than_there_are(sizes, wanted):
    drawn = allocate(sizes, wanted)
    assert sum(drawn.values()) == min(wanted, sum(sizes.values()))
    assert all(0 <= drawn[name] <= sizes[name] for name in sizes)


@given(SIZES, st.integers(0, 200))
def test_no_stratum_is_left_out_while_the_number_suffices(sizes, wanted):
    filled = [name for name, size in sizes.items() if size]
    drawn = allocate(sizes, wanted)
    if wanted >= len(filled):
        assert all(drawn[name] for name in filled)


@given(SIZES, st.integers(0, 200))
def test_the_larger_stratum_never_gives_fewer(sizes, wanted):
    drawn = allocate(sizes, wanted)
    assert all(drawn[one] >= drawn[other] for one in sizes for other in sizes if sizes[one] > sizes[other])


@given(SIZES, st.integers(0, 100), SEEDS)
def test_one_more_keeps_all_that_were_drawn(sizes, wanted, seed):
    strata = strata_of(sizes)
    fewer, more = draw(strata, wanted, seed), draw(strata, wanted + 1, seed)
    assert all(more[name][: len(keys)] == keys for name, keys in fewer.items())


@given(SIZES, st.integers(0, 100), SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_members_and_strata_changes_nothing(sizes, wanted, seed, chance):
    strata = strata_of(sizes)
    shuffled = list(strata.items())
    chance.shuffle(shuffled)
    for _, members in shuffled:
        chance.shuffle(members)
    assert draw(dict(shuffled), wanted, seed) == draw(strata_of(sizes), wanted, seed)


@given(SIZES, st.integers(0, 100), SEEDS)
def test_only_members_are_drawn_each_once(sizes, wanted, seed):
    strata = strata_of(sizes)
    for name, keys in draw(strata, wanted, seed).items():
        assert set(keys) <= set(strata[name]) and len(set(keys)) == len(keys)


def test_another_seed_draws_otherwise_and_everybody_has_the_same_chance():
    counts = Counter(key for seed in range(4000) for key in draw({"甲": range(1, 11)}, 2, str(seed))["甲"])
    # Each of ten is drawn with probability 1/5: 800 of 4000, five standard deviations are 127.
    assert set(counts) == set(range(1, 11)) and all(abs(count - 800) < 127 for count in counts.values())


def test_what_makes_no_sense_is_refused():
    for call in (
        lambda: allocate({"甲": 3}, -1),
        lambda: allocate({"甲": -3}, 1),
        lambda: draw({"甲": [1]}, 1, ""),
        lambda: draw({"甲": [1], "乙": [1]}, 1, "s"),
        lambda: draw({"甲": [1, 1]}, 1, "s"),
    ):
        with pytest.raises(ValueError, match=r"。"):
            call()
    assert draw({}, 5, "s") == {} and allocate({"甲": 0}, 5) == {"甲": 0}
