"""Digests: one value has one text, whatever order it was read in; what has no such text is refused."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.canonical import canonical, digest, inputs_digest, results_digest

WORDS = st.text(max_size=4)
SCALARS = st.none() | st.booleans() | st.integers() | WORDS | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)


def test_the_form():
    assert canonical({"b": 1, "a": ["是", None, True, "25/3"]}) == '{"a":["是",null,true,"25/3"],"b":1}'
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(st.dictionaries(WORDS, VALUES, max_size=4))
def test_the_order_of_keys_does_not_matter(value):
    turned = dict(reversed(value.items()))
    assert canonical(value) == canonical(turned)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: "a"}, [Decimal(1)], {"a": {2, 3}}])
def test_what_has_no_form_is_refused(value):
    with pytest.raises(ValueError, match=r"规范形式|JSON compliant"):
        canonical(value)


ROWS = [(7, "平江县", {"B1": "4.5"}), (3, "湘阴县", {"B1": "5"})]


def test_the_order_of_rows_does_not_matter():
    assert inputs_digest("s", ["online", "review"], ROWS) == inputs_digest("s", ["review", "online"], ROWS[::-1])
    assert results_digest("i", ROWS) == results_digest("i", ROWS[::-1])


@pytest.mark.parametrize(
    ("system", "counts", "rows"),
    [
        ("t", ["online"], ROWS),
        ("s", ["review"], ROWS),
        ("s", ["online"], [(7, "平江县", {"B1": "4.50"}), ROWS[1]]),
        ("s", ["online"], [(8, "平江县", {"B1": "4.5"}), ROWS[1]]),
        ("s", ["online"], [(7, "平江", {"B1": "4.5"}), ROWS[1]]),
        ("s", ["online"], ROWS[:1]),
    ],
)
def test_everything_counts(system, counts, rows):
    assert inputs_digest(system, counts, rows) != inputs_digest("s", ["online"], ROWS)


def test_the_worked_example_of_the_documentation():
    example = inputs_digest("s", ["online"], [(7, "平江县", {"C3@online": "4.5"})])[:12]
    assert f"→ {example}" in (Path(__file__).parents[2] / "docs/calculations/sheets.md").read_text(encoding="utf-8")


def test_results_hang_on_their_inputs():
    assert results_digest("i", ROWS) != results_digest("j", ROWS)
