"""Intervals as tables write them, and the holes between them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.rules import Interval, seams


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("36–40", "36～40"),
        ("36-40", "36～40"),
        ("３６～４０", "36～40"),
        ("36至40", "36～40"),
        ("36——40", "36～40"),
        ("60%–80%", "60%～80%"),
        ("60–80%", "60%～80%"),
        ("≥95", "≥ 95"),
        (">= 95", "≥ 95"),
        ("95以上", "≥ 95"),
        ("不低于 95", "≥ 95"),
        ("＞0.5", "> 0.5"),
        ("超过2000", "> 2000"),
        ("≤25", "≤ 25"),
        ("25以下", "≤ 25"),
        ("不超过25", "≤ 25"),
        ("<60%", "< 60%"),
        ("不足60", "< 60"),
        ("=100", "100"),
        ("100%", "100%"),
        ("[80,100)", "≥ 80 且 < 100"),
        ("（80，100］", "> 80 且 ≤ 100"),
        ("≥80且<100", "≥ 80 且 < 100"),
        ("<100 且 ≥80", "≥ 80 且 < 100"),
        ("-5–-3", "-5～-3"),
        ("[3,3]", "3"),
    ],
)
def test_what_tables_write(text: str, shown: str) -> None:
    interval = Interval.parse(text)
    assert str(interval) == shown
    assert Interval.parse(interval.plain()) == interval


@pytest.mark.parametrize("text", ["", "优", "95分", "≥95以上", "40–36", "(3,3)", "≥80且≥90", "≥100且<80", "1–2–3", "≥"])
def test_what_is_no_interval(text: str) -> None:
    with pytest.raises(ValueError, match=r"不是一个区间|里没有数"):
        Interval.parse(text)


def test_holding() -> None:
    half_open = Interval.parse("[80,100)")
    assert [half_open.holds(Fraction(value)) for value in (79, 80, 99, 100)] == [False, True, True, False]
    assert [Interval.parse(">3").holds(Fraction(value)) for value in (3, 4)] == [False, True]
    assert str(Interval()) == "任何数"


def holes(texts: list[str], **options) -> list[tuple[str, str]]:
    return [(seam.kind, str(seam.between)) for seam in seams([Interval.parse(text) for text in texts], **options)]


ONE = Decimal(1)


@pytest.mark.parametrize(
    ("texts", "options", "found"),
    [
        ([], {}, []),
        (["36–40", "31–35", "≤25"], {"step": ONE, "has_domain": False}, [("gap", "26～30")]),
        (["9–10", "7–8", "5–6", "<5"], {"step": ONE, "has_domain": False}, []),
        (["9–10", "7–8", "5–6", "<5"], {"step": Decimal("0.5"), "has_domain": False}, [("gap", "6.5"), ("gap", "8.5")]),
        (["[60,80)", ">=80", "<60"], {}, []),
        (["≥80", "<60"], {}, [("gap", "≥ 60 且 < 80")]),
        ([">80", "<80"], {}, [("gap", "80")]),
        (["≥80", "≤80"], {}, [("overlap", "80")]),
        (["[60,90]", "≥80"], {"low": Decimal(60)}, [("overlap", "80～90")]),
        (["≥60", "≥80"], {"low": Decimal(60)}, [("overlap", "≥ 80")]),
        (["[60,90]", "[60,80)"], {"low": Decimal(60), "high": Decimal(90)}, [("overlap", "≥ 60 且 < 80")]),
        (
            ["[60,90)", "(60,90)"],
            {"low": Decimal(60), "high": Decimal(90)},
            [("overlap", "> 60 且 < 90"), ("gap", "90")],
        ),
        (["100%", "60%–80%", "<60%"], {"low": Decimal(0), "high": ONE}, [("gap", "> 80% 且 < 100%")]),
        (["[10,20)"], {"low": Decimal(0), "high": Decimal(20)}, [("gap", "≥ 0 且 < 10"), ("gap", "20")]),
        (["(0,20]"], {"low": Decimal(0), "high": Decimal(20)}, [("gap", "0")]),
        (["[1,5]"], {"low": Decimal(0), "step": ONE}, [("gap", "0"), ("gap", "≥ 6")]),
        (["[1,5]"], {"step": ONE}, [("gap", "≤ 0"), ("gap", "≥ 6")]),
        (["[1,5]"], {}, [("gap", "< 1"), ("gap", "> 5")]),
        (["[1,5]", "[2,3]"], {"has_domain": False}, [("overlap", "2～3")]),
    ],
)
def test_gaps_and_overlaps(texts: list[str], options: dict, found: list) -> None:
    assert holes(texts, **options) == found


ends = st.tuples(st.integers(0, 12), st.integers(0, 12), st.booleans(), st.booleans())


@given(st.lists(ends, min_size=1, max_size=4))
def test_a_point_in_no_interval_is_in_a_gap_and_one_in_two_is_in_an_overlap(parts: list) -> None:
    made = [Interval(Decimal(min(a, b)), Decimal(max(a, b)), p, q) for a, b, p, q in parts]
    intervals = [interval for interval in made if not interval.is_empty]
    found = seams(made, low=Decimal(0), high=Decimal(12))
    for tenth in range(0, 121, 5):
        value = Fraction(tenth, 10)
        times = sum(interval.holds(value) for interval in intervals)
        if intervals:
            assert (times == 0) == any(seam.kind == "gap" and seam.between.holds(value) for seam in found)
            assert (times > 1) == any(seam.kind == "overlap" and seam.between.holds(value) for seam in found)
