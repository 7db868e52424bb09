"""How totals, differences and summaries of a trial are shown: decimals, what was adopted, what is alike."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.score import exact_text
from dudao.calc.tree import from_data
from dudao.frameworks.trials.figures import (
    difference,
    exact,
    padded,
    places_of,
    places_of_texts,
    said,
    signed,
    summary,
)


@pytest.mark.parametrize(
    ("totals", "shown"),
    [
        (("94.7", "93.86"), ["94.70", "93.86"]),
        (("80", "92"), ["80", "92"]),
        (("0.00012", "5"), ["0.00012", "5.0000"]),
        (("94.123456", "5.5"), ["94.12", "5.50"]),
    ],
)
def test_a_column_has_one_number_of_decimals(totals, shown):
    values = [Fraction(total) for total in totals]
    assert [padded(value, places_of([*values, None])) for value in values] == shown


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("23/4", 0, "+5.75"),
        ("-23/4", 0, "−5.75"),
        ("12", 0, "+12"),
        ("12", 2, "+12.00"),
        ("5.7", 2, "+5.70"),
        ("0", 2, "0"),
    ],
)
def test_a_difference_keeps_its_decimals(value, places, shown):
    assert signed(Fraction(value), places) == shown


@pytest.mark.parametrize(
    ("adopted", "own", "words"),
    [
        ((Fraction(3), None), (Fraction(9, 2), None), "−1.5"),
        ((None, "合格"), (None, "优"), "低 2 档"),
        ((None, "优"), (None, "良"), "高 1 档"),
        ((None, "良"), (None, "良"), "一致"),
        ((None, "良"), (None, None), "—"),
        ((None, None), (Fraction(1), "良"), "—"),
    ],
)
def test_what_was_adopted_is_set_against_what_was_given(adopted, own, words):
    assert difference(("优", "良", "合格"), adopted, own, 1) == words


def test_a_source_may_give_a_mark_a_level_or_both():
    given = [(Fraction(9, 2), None), (None, "良"), (Fraction(1), "良"), (None, None)]
    assert [said(*one, 1) for one in given] == ["4.5", "良", "1.0 良", "—"]


@given(st.lists(st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6), min_size=1, max_size=20))
def test_exact_texts_are_read_and_shown_as_the_numbers_they_are(values):
    texts = [exact_text(value) for value in values]
    assert [exact(text) for text in texts] == values
    assert places_of_texts(dict.fromkeys(texts)) == places_of(values)


def test_a_summary_counts_alike_results_once_and_means_the_same():
    tree = from_data({"code": "T", "name": "甲", "points": 10, "indicators": [
        {"code": "A", "name": "乙", "points": 10, "rule": "judged"}]})  # fmt: skip
    totals = ["25/3", "8.5", "8.5", None, "0", "25/3", "9"]
    results = [
        (f"校{place}", {"total": text, "possible": "10", "rank": None, "grade": None, "level": None, "vetoes": [],
                       "blocks": {"A": {"mark": text, "possible": "10" if place % 2 else "8"}}})
        for place, text in enumerate(totals)
    ]  # fmt: skip
    found = summary(results, tree)
    known = [Fraction(text) for text in totals if text is not None]
    rates = [Fraction(text) / (10 if place % 2 else 8) for place, text in enumerate(totals) if text is not None]
    assert (found.ranked, found.mean) == (6, sum(known) / 6)
    assert (found.best, found.worst) == (("校6", Fraction(9)), ("校4", Fraction(0)))
    assert found.rates == [("A 乙", sum(rates) / 6)]
    assert not found.is_uneven
    uneven = [(name, result | {"possible": "8" if name == "校1" else "10"}) for name, result in results]
    found = summary(uneven, tree)
    assert (found.is_uneven, found.best) == (True, ("校1", Fraction("8.5"))), "8.5 of 8 points is more than 9 of 10"
