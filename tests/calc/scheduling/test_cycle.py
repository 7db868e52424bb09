"""Cycles: no plan beats the solver's, what is set is kept, what can't be had is explained, the order of input is nothing."""

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calc.scheduling.cases import FIRST, cycles, every_plan, school
from dudao.calc.scheduling.cycle import (
    Cycle,
    CycleError,
    Spacing,
    Term,
    Weights,
    cost,
    greedy,
    term_label,
    term_number,
    terms_of,
    unevenness,
)
from dudao.calc.scheduling.cycle_model import plan_cycle
from dudao.calc.scheduling.cycle_reasons import UnmetKind
from dudao.calc.scheduling.solving import Level, Limits

AUTUMN_2026, SPRING_2027 = FIRST, FIRST + 1


@settings(max_examples=60, deadline=None)
@given(cycles())
def test_no_plan_is_better_than_the_one_found(cycle):
    plan = plan_cycle(cycle)
    best = min(cost(cycle, other) for other in every_plan(cycle))
    assert cost(cycle, plan.term_of) == best
    assert tuple(level.value for level in plan.levels) == best
    assert plan.proved
    assert [level.bound for level in plan.levels] == list(best)
    assert cost(cycle, greedy(cycle)) >= best


@settings(max_examples=40, deadline=None)
@given(cycles(), st.randoms(use_true_random=False))
def test_order_of_input_does_not_matter(cycle, source):
    schools = list(cycle.schools)
    source.shuffle(schools)
    assert plan_cycle(replace(cycle, schools=tuple(schools))).term_of == plan_cycle(cycle).term_of


@settings(max_examples=60, deadline=None)
@given(cycles())
def test_fixed_terms_are_kept_and_every_violation_is_explained(cycle):
    plan = plan_cycle(cycle)
    for placement in plan.placements:
        fixed = cycle.school_of[placement.school].fixed
        assert fixed in (None, placement.term)
        assert placement.is_fixed == (fixed is not None)
        assert placement.why.endswith("。")
    explained = [unmet for unmet in plan.unmet if unmet.kind is not UnmetKind.TOGETHER]
    assert bool(explained) == bool(plan.levels[0].value)
    assert all(unmet.amount > 0 and unmet.text.endswith("。") for unmet in plan.unmet)
    for item in cycle.items:
        assert len({plan.term_of[school.key] for school in item.schools}) == 1


def flow_optimum(cycle: Cycle) -> int:
    """The best quality of a cycle without groups, found another way: as a flow of least cost from schools to terms."""
    from ortools.graph.python import min_cost_flow

    flow = min_cost_flow.SimpleMinCostFlow()
    nodes: dict[object, int] = {}

    def node(key: object) -> int:
        return nodes.setdefault(key, len(nodes))

    def bent(start: object, end: object, size: int, share: tuple[int, int], weight: int) -> None:
        for count in range(size):
            step = unevenness(count + 1, share) - unevenness(count, share)
            flow.add_arc_with_capacity_and_unit_cost(node(start), node(end), 1, weight * step)

    for each in cycle.schools:
        flow.set_node_supply(node(each.key), 1)
        for place, number in enumerate(cycle.numbers):
            if cycle.misfit(each, number) == 0:
                cell = node((each.county, number))
                flow.add_arc_with_capacity_and_unit_cost(node(each.key), cell, 1, each.risk_points * place)
    base = 0
    for term in cycle.terms:
        for county, size in cycle.sizes.items():
            share = cycle.share(size, term)
            base += cycle.weights.county_balance * unevenness(0, share)
            most = cycle.county_capacity.get((county, term.number), size)
            bent((county, term.number), term.number, most, share, cycle.weights.county_balance)
        share = cycle.share(len(cycle.schools), term)
        base += cycle.weights.total_balance * unevenness(0, share)
        bent(term.number, "end", len(cycle.schools), share, cycle.weights.total_balance)
    flow.set_node_supply(node("end"), -len(cycle.schools))
    assert flow.solve() == flow.OPTIMAL
    return base + flow.optimal_cost()


def a_city(schools: int, counties: int = 5) -> Cycle:
    source = random.Random(7)
    made = tuple(
        school(
            f"s{index:04}",
            f"县{source.randrange(counties)}",
            risk=source.randrange(101) / 100,
            last_visited=None if source.random() < 0.3 else FIRST - source.randint(1, 12),
        )
        for index in range(schools)
    )
    sizes = {f"县{index}": sum(each.county == f"县{index}" for each in made) for index in range(counties)}
    terms = terms_of(FIRST, 5)
    return Cycle(
        terms=terms,
        schools=made,
        county_capacity={(county, term.number): size // 10 + 3 for county, size in sizes.items() for term in terms},
        spacing=Spacing(4, 16),
    )


def test_a_city_is_planned_as_well_as_a_flow_of_least_cost_does():
    city = a_city(200)
    plan = plan_cycle(city)
    assert plan.levels[0] == Level("unmet", "未满足的要求", 0, 0)
    assert plan.proved
    assert plan.quality.value == flow_optimum(city)
    assert cost(city, greedy(city)) > (0, plan.quality.value)


def test_without_time_to_search_there_is_a_plan_and_an_honest_bound():
    city = a_city(60)
    plan = plan_cycle(city, Limits(work=0.0))
    assert set(plan.term_of) == {each.key for each in city.schools}
    assert not plan.proved
    assert plan.quality.bound < plan.quality.value
    assert 0 < plan.quality.gap <= 1
    assert Level("unmet", "", 0, 0).gap == 0


def test_high_risk_comes_first_and_terms_are_even():
    cycle = Cycle(terms_of(FIRST, 1), tuple(school(f"s{index}", risk=index / 10) for index in range(6)))
    plan = plan_cycle(cycle)
    assert plan.term_of == {"s5": AUTUMN_2026, "s4": AUTUMN_2026, "s3": AUTUMN_2026} | dict.fromkeys(
        ("s0", "s1", "s2"), SPRING_2027
    )
    assert plan.placements[5].why == "风险 50 分，在平江列第 1 位；没有督导过的记录。"


def test_what_cannot_be_avoided_is_spread():
    """30 schools fixed in one term leave the other nine terms even."""
    schools = [school(f"f{index:02}", fixed=FIRST) for index in range(30)]
    schools += [school(f"s{index:02}") for index in range(90)]
    plan = plan_cycle(Cycle(terms_of(FIRST, 5), tuple(schools)))
    counts = [list(plan.term_of.values()).count(number) for number in range(FIRST, FIRST + 10)]
    assert counts == [30] + [10] * 9


def test_too_many_fixed_schools_are_named_as_the_reason():
    schools = tuple(school(f"s{index}", fixed=SPRING_2027, fixed_reason="换届后首查") for index in range(3))
    cycle = Cycle(terms_of(FIRST, 1), schools, {("平江", SPRING_2027): 2}, {SPRING_2027: 1}, names={"平江": "平江县"})
    plan = plan_cycle(cycle)
    assert [unmet.text for unmet in plan.unmet] == [
        "平江县2027年春季容量 2 所，固定日期已占 3 所，超出 1 所；请放开几所的固定日期或提高容量。",
        "全部地区2027年春季容量 1 所，固定日期已占 3 所，超出 2 所；请放开几所的固定日期或提高容量。",
    ]
    assert plan.placements[0].why == "固定在这一学期：换届后首查。"


def test_too_few_places_in_all_are_named_as_the_reason():
    schools = tuple(school(f"s{index}") for index in range(5))
    cycle = Cycle(terms_of(FIRST, 1), schools, {("平江", FIRST): 2, ("平江", SPRING_2027): 2})
    (unmet,) = plan_cycle(cycle).unmet
    assert unmet.text.endswith("排了 3 所：本轮应督导 5 所，各学期容量合计 4 所，还差 1 所。")


def test_schools_that_can_go_nowhere_else_are_named_as_the_reason():
    schools = tuple(school(f"s{index}", not_after=FIRST) for index in range(3))
    (unmet,) = plan_cycle(Cycle(terms_of(FIRST, 1), schools, {("平江", FIRST): 2})).unmet
    assert "其他有空的学期不符合这些学校的时间范围" in unmet.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"not_before": FIRST + 5}, "应不早于2029年春季，现排在2027年春季，因为本轮没有一个学期在它的时间范围内"),
        ({"not_after": FIRST - 1}, "应不晚于2026年春季，现排在2026年秋季，因为本轮没有一个学期在它的时间范围内"),
        ({"not_before": SPRING_2027, "fixed": FIRST}, "因为日期已固定；请放开固定日期或改时间范围"),
        ({"last_visited": FIRST - 1, "fixed": FIRST}, "间隔 1 个学期，少于最短间隔 4 个，因为日期已固定"),
        ({"last_visited": FIRST - 1}, "间隔 2 个学期，少于最短间隔 4 个，本轮没有一个学期符合间隔要求"),
        ({"last_visited": FIRST - 12}, "间隔 12 个学期，超过最长间隔 10 个，本轮没有一个学期符合间隔要求"),
    ],
)
def test_a_school_outside_its_own_wishes_says_why(data, words):
    cycle = Cycle(terms_of(FIRST, 1), (school("s", **data),), spacing=Spacing(4, 10))
    (unmet,) = plan_cycle(cycle).unmet
    assert words in unmet.text


def test_a_group_pulls_a_school_out_of_its_wishes():
    schools = (
        school("a", together="集团", fixed=FIRST),
        school("b", together="集团", not_before=SPRING_2027, last_visited=FIRST - 3),
    )
    plan = plan_cycle(Cycle(terms_of(FIRST, 1), schools, spacing=Spacing(4)))
    assert [unmet.text for unmet in plan.unmet] == [
        "“b小学”应不早于2027年春季，现排在2026年秋季，因为须与同组学校同一学期，或范围内的学期已满。",
        "“b小学”上次督导是2025年春季，现排在2026年秋季，间隔 3 个学期，少于最短间隔 4 个，"
        "因为符合间隔的学期已满，或不在它的时间范围内，或须与同组学校同行。",
    ]
    assert plan.placements[1].why.endswith("上次督导是2025年春季，间隔 3 个学期；与“a小学”同一学期。")


def test_a_group_fixed_apart_is_reported():
    schools = tuple(school(key, together="集团", fixed=FIRST + index % 2) for index, key in enumerate("abcd"))
    plan = plan_cycle(Cycle(terms_of(FIRST, 1), (*schools, school("e", together="集团"))))
    (unmet,) = plan.unmet
    assert unmet.text == (
        "“a小学”、“b小学”、“c小学”等 4 所应在同一学期督导，但分别固定在2026年秋季、2027年春季；请改成同一学期。"
    )
    assert plan.term_of["e"] == FIRST
    assert plan.placements[0].why == "固定在这一学期。"


def test_two_schools_fixed_apart_are_both_named():
    schools = (school("a", together="集团", fixed=FIRST), school("b", together="集团", fixed=FIRST + 1))
    (unmet,) = plan_cycle(Cycle(terms_of(FIRST, 1), schools)).unmet
    assert unmet.text.startswith("“a小学”、“b小学”应在同一学期督导")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"terms": ()}, "至少要有一个学期"),
        ({"terms": (Term(3), Term(2))}, "按先后排列"),
        ({"terms": (Term(FIRST, 0),)}, "不能全部是 0"),
        ({"terms": (Term(FIRST, -1), Term(FIRST + 1, 2))}, "不能是负数"),
        ({"spacing": Spacing(5, 4)}, "最长间隔 4 个学期小于最短间隔 5 个学期"),
        ({"schools": (school("a"), school("a"))}, "出现了 2 次"),
        ({"schools": (school("a", risk=1.5),)}, "风险值是 1.5"),
        ({"schools": (school("a", fixed=FIRST + 9),)}, "固定在2031年春季，不在本轮的学期之内"),
        ({"county_capacity": {("平江", FIRST): -1}}, "平江2026年秋季的容量是 -1 所"),
        ({"total_capacity": {FIRST: -2}}, "2026年秋季的总容量是 -2 所"),
    ],
)
def test_input_without_meaning_is_refused(data, words):
    with pytest.raises(CycleError, match=words):
        Cycle(**{"terms": terms_of(FIRST, 1), "schools": (school("a"),)} | data)


def test_terms_lie_on_one_axis():
    assert [term_label(term_number(day)) for day in (date(2027, 1, 9), date(2027, 2, 1), date(2027, 8, 31))] == [
        "2026年秋季",
        "2027年春季",
        "2027年秋季",
    ]
    assert [term.label for term in terms_of(FIRST, 1)] == ["2026年秋季", "2027年春季"]


def test_unevenness_grows_with_every_school():
    assert [unevenness(10 + off, (9, 10)) for off in range(9)] == [0, 1, 3, 6, 10, 15, 21, 27, 33]
    assert unevenness(8, (9, 10)) == 1


def test_weights_are_data():
    """With little weight on even terms, all high risks come at once."""
    schools = tuple(school(f"s{index}", risk=1) for index in range(4))
    cycle = Cycle(terms_of(FIRST, 1), schools, weights=Weights(county_balance=1, total_balance=1))
    assert set(plan_cycle(cycle).term_of.values()) == {FIRST}
