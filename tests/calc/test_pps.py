"""Chances in proportion to size: exact, each at most once, the large ones for certain."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.sampling import pps

SIZES = st.dictionaries(st.from_regex("[a-z]{1,3}", fullmatch=True), st.integers(0, 500), min_size=1, max_size=30)


@given(SIZES, st.data())
def test_as_many_as_wanted_each_once_and_the_chances_sum_to_it(sizes, data):
    filled = [key for key, size in sizes.items() if size]
    if not filled:
        return
    wanted = data.draw(st.integers(1, len(filled)))
    seed = data.draw(st.text("abc", min_size=1))
    order = data.draw(st.sampled_from([None, sorted(sizes)]))
    found = pps(sizes, wanted, seed, order)
    assert len(found.drawn) == len(set(found.drawn)) == wanted and set(found.drawn) <= set(filled)
    assert sum(found.chances.values()) == wanted and all(0 <= chance <= 1 for chance in found.chances.values())
    assert found.certain == {key for key, chance in found.chances.items() if chance == 1}
    assert found.certain <= set(found.drawn)


def test_a_worked_example():
    # 100 of 200 is no less than 200 / 2; the other one is drawn of the rest by size.
    found = pps({"a": 100, "b": 50, "c": 30, "d": 20}, 2, "s", ["a", "b", "c", "d"])
    assert found.certain == {"a"}
    assert found.chances == {"a": 1, "b": Fraction(1, 2), "c": Fraction(3, 10), "d": Fraction(1, 5)}
    # Then b, half of what is left, is not certain; with two more wanted it is.
    assert pps({"a": 100, "b": 50, "c": 30, "d": 20}, 3, "s").certain == {"a", "b"}
    assert pps({"a": 1, "b": 1}, 2, "s").certain == {"a", "b"}


def test_drawn_as_often_as_the_chances_say():
    sizes = {f"k{place}": 10 * place for place in range(1, 10)}
    for order in (None, sorted(sizes)):
        counts = Counter(key for seed in range(3000) for key in pps(sizes, 3, f"s{seed}", order).drawn)
        for key, size in sizes.items():
            chance = 3 * size / 450
            assert abs(counts[key] - 3000 * chance) < 5 * (3000 * chance * (1 - chance)) ** 0.5, key


def test_neighbours_in_the_order_given_dont_come_together():
    found = pps(dict.fromkeys("abcdefghij", 5), 5, "s", list("abcdefghij")).drawn
    places = ["abcdefghij".index(key) for key in found]
    assert [later - earlier for earlier, later in pairwise(places)] == [2, 2, 2, 2]


def test_what_makes_no_sense_is_refused():
    for call in (
        lambda: pps({"a": 1}, 1, ""),
        lambda: pps({"a": -1}, 1, "s"),
        lambda: pps({"a": 1}, 0, "s"),
        lambda: pps({"a": 1, "b": 0}, 2, "s"),
        lambda: pps({"a": 1}, 1, "s", ["a", "a"]),
        lambda: pps({"a": 1}, 1, "s", ["b"]),
    ):
        with pytest.raises(ValueError, match=r"。"):
            call()
