"""The coefficient by itself: the published example, what it must not depend on, and what it refuses."""

import pytest

from dudao.calc.balance import coefficient_of_variation

PUPILS = [45, 37, 89, 76, 55]
BOOKS = [279, 137, 935, 160, 402]


def test_the_published_example_of_five_schools():
    assert coefficient_of_variation(BOOKS, PUPILS) == pytest.approx(0.5152566298844764, rel=1e-14)
    assert round(coefficient_of_variation(BOOKS, PUPILS), 7) == 0.5152566
