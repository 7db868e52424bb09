"""Plans that change while they run: as few schools move as can be, and what was carried out stays."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calc.scheduling.cases import FIRST, cycles, every_plan, school
from dudao.calc.scheduling.cycle import Cycle, CycleError, Spacing, cost, terms_of
from dudao.calc.scheduling.cycle_model import plan_cycle
from dudao.calc.scheduling.replanning import Changes, Merger, changed, replan


def moved(before, after) -> int:
    return sum(after[key] != term for key, term in before.items())


@settings(max_examples=40, deadline=None)
@given(cycles(), st.data())
def test_no_plan_meets_as_much_with_fewer_moves(cycle, data):
    old = {each.key: data.draw(st.sampled_from(cycle.numbers)) for each in cycle.schools}
    replanned = replan(cycle, old)
    plan = replanned.plan.term_of
    best = min((cost(cycle, other)[0], moved(old, other), cost(cycle, other)[1]) for other in every_plan(cycle))
    assert (cost(cycle, plan)[0], moved(old, plan), cost(cycle, plan)[1]) == best
    assert [level.value for level in replanned.plan.levels] == list(best)
    assert replanned.plan.proved
    assert len(replanned.moves) == best[1]
    assert all(old[move.school] == move.before != move.after == plan[move.school] for move in replanned.moves)


def a_county(schools: int = 20, **data) -> Cycle:
    made = tuple(school(f"s{index:02}", risk=index / 100) for index in range(schools))
    return Cycle(terms_of(FIRST, 2), made, names={"平江": "平江县"}, **data)


def test_nothing_changed_moves_nothing():
    cycle = a_county()
    old = plan_cycle(cycle).term_of
    replanned = replan(cycle, old)
    assert replanned.plan.term_of == old
    assert not replanned.moves


def test_schools_that_close_and_open_move_no_other():
    cycle = a_county()
    old = plan_cycle(cycle).term_of
    changes = Changes(opened=(school("new", risk=1),), closed=frozenset({"s19", "s18"}))
    replanned = replan(cycle, old, changes)
    assert not replanned.moves
    assert set(replanned.plan.term_of) == set(old) - {"s18", "s19"} | {"new"}
    assert replanned.plan.term_of["new"] == FIRST


def test_a_smaller_capacity_moves_only_what_does_not_fit():
    cycle = a_county()
    old = plan_cycle(cycle).term_of
    replanned = replan(cycle, old, Changes(county_capacity={("平江", FIRST): 3}))
    assert len(replanned.moves) == 2
    assert {move.why for move in replanned.moves} == {"平江县2026年秋季容量 3 所，原排 5 所。"}
    whole = replan(cycle, old, Changes(total_capacity={FIRST: 4}))
    assert [move.why for move in whole.moves] == ["2026年秋季总容量 4 所，原排 5 所。"]


def test_a_school_fixed_anew_pushes_another_only_where_it_must():
    cycle = a_county(county_capacity={("平江", FIRST + place): 5 for place in range(4)})
    old = plan_cycle(cycle).term_of
    late = next(key for key, term in old.items() if term == FIRST + 3)
    replanned = replan(cycle, old, Changes(fixed={late: (FIRST, "群众反映集中")}))
    assert len(replanned.moves) == 2
    reasons = {move.school: move.why for move in replanned.moves}
    assert reasons.pop(late) == "按要求固定：群众反映集中。"
    assert list(reasons.values()) == ["为变动的学校让出位置，或与同组学校同一学期。"]
    plain = replan(cycle, old, Changes(fixed={late: (FIRST, "")}))
    assert {move.school: move.why for move in plain.moves}[late] == "按要求固定。"


def test_terms_that_have_begun_stay_as_they_are():
    cycle = a_county()
    old = plan_cycle(cycle).term_of
    now = FIRST + 2
    changes = Changes(first_open=now, opened=(school("new"),), county_capacity={("平江", now): 0}, released=frozenset())
    replanned = replan(cycle, old, changes)
    begun = {key: term for key, term in old.items() if term < now}
    assert {key: replanned.plan.term_of[key] for key in begun} == begun
    assert all(replanned.plan.term_of[key] == FIRST + 3 for key in replanned.plan.term_of if key not in begun)
    fixed = next(each for each in replanned.plan.placements if each.school in begun)
    assert fixed.why in {
        "固定在这一学期：2026年秋季已经开始，不再变动。",
        "固定在这一学期：2027年春季已经开始，不再变动。",
    }


def test_own_window_later_than_the_first_open_term_stays():
    cycle = Cycle(terms_of(FIRST, 2), (school("a", not_before=FIRST + 3), school("b", fixed=FIRST + 2)))
    now, _ = changed(cycle, {}, Changes(first_open=FIRST + 1))
    assert [each.not_before for each in now.schools] == [FIRST + 3, None]
    freed, _ = changed(cycle, {}, Changes(released=frozenset({"b"})))
    assert freed.school_of["b"].fixed is None


def test_a_merged_school_keeps_the_earliest_term_of_its_parts():
    cycle = a_county()
    old = plan_cycle(cycle).term_of
    early = next(key for key, term in old.items() if term == FIRST)
    late = next(key for key, term in old.items() if term == FIRST + 3)
    merger = Merger((early, late), school(late, risk=0.9))
    replanned = replan(cycle, old, Changes(merged=(merger,)))
    assert replanned.plan.term_of[late] == FIRST
    assert early not in replanned.plan.term_of
    assert not replanned.moves
    unknown = replan(cycle, {}, Changes(merged=(merger,)))
    assert not unknown.moves


def test_a_term_that_no_longer_suits_is_given_as_reason():
    cycle = Cycle(terms_of(FIRST, 2), (school("a", last_visited=FIRST - 1),), spacing=Spacing(3))
    (move,) = replan(cycle, {"a": FIRST}).moves
    assert move.why == "原学期不符合它的时间范围或间隔要求。"
    assert move.after == FIRST + 2


@pytest.mark.parametrize(
    "changes",
    [
        Changes(closed=frozenset({"none"})),
        Changes(fixed={"none": (FIRST, "")}),
        Changes(released=frozenset({"none"})),
        Changes(merged=(Merger(("none",), school("x")),)),
    ],
)
def test_changes_of_unknown_schools_are_refused(changes):
    with pytest.raises(CycleError, match="标识为“none”的学校不在本轮周期规划之内"):
        changed(a_county(), {}, changes)


def test_terms_run_on():
    assert all(after.number - before.number == 1 for before, after in pairwise(terms_of(FIRST, 5)))
