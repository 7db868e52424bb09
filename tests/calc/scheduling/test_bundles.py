"""One door for several campaigns: no fewer visits would do, and every want is served within its days."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.scheduling.bundles import BundleError, Want, bundle_visits

START = date(2026, 10, 12)


@st.composite
def wants(draw) -> list[Want]:
    made = []
    for index in range(draw(st.integers(0, 6))):
        first = draw(st.integers(0, 6))
        last = draw(st.integers(first, 7))
        days = [START + timedelta(days=day) for day in (first, last)]
        made.append(Want(f"w{index}", draw(st.sampled_from("甲乙丙")), draw(st.sampled_from("xy")), *days))
    return made


def fewest(spans: list[Want]) -> int:
    days = sorted({want.latest for want in spans})
    return next(
        size
        for size in range(len(days) + 1)
        for chosen in combinations(days, size)
        if all(any(want.earliest <= day <= want.latest for day in chosen) for want in spans)
    )


@given(wants())
def test_no_fewer_visits_would_serve_all(made):
    bundles = bundle_visits(made)
    assert sorted(want.key for bundle in bundles for want in bundle.wants) == [want.key for want in made]
    for bundle in bundles:
        assert bundle.earliest <= bundle.latest
        for want in bundle.wants:
            assert want.school == bundle.school
            assert want.earliest <= bundle.earliest <= bundle.latest <= want.latest
    assert len(bundles) == sum(fewest([want for want in made if want.school == school]) for school in "xy")


def test_one_visit_serves_several_campaigns():
    spring = Want("a", "食品安全专项", "x", START, START + timedelta(9), 1, frozenset({"安全"}))
    whole = Want("b", "综合督导", "x", START + timedelta(3), START + timedelta(20), 2, frozenset({"财务"}))
    (bundle,) = bundle_visits([whole, spring])
    assert bundle.campaigns == ("综合督导", "食品安全专项")
    assert (bundle.days, bundle.specialities) == (2, {"安全", "财务"})
    assert (bundle.earliest, bundle.latest) == (START + timedelta(3), START + timedelta(9))


def test_a_span_that_ends_before_it_begins_is_refused():
    with pytest.raises(BundleError, match="“综合督导”的时间范围2026年10月13日至2026年10月12日前后颠倒"):
        bundle_visits([Want("a", "综合督导", "x", START + timedelta(1), START)])
