"""Small cycles and team tasks for properties, and every answer they have: what the solver must not be beaten by."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, product

from hypothesis import strategies as st

from dudao.calc.scheduling.cycle import Cycle, School, Spacing, Term, Weights
from dudao.calc.scheduling.teams import Inspector, Teams, TeamTask, TeamWeights, Visit

FIRST = 2 * 2026 + 1


def school(key: str, county: str = "平江", **data) -> School:
    return School(key, f"{key}小学", county, **data)


@st.composite
def cycles(draw, most: int = 5) -> Cycle:
    terms = tuple(
        Term(FIRST + place, draw(st.integers(0 if place else 1, 2))) for place in range(draw(st.integers(1, 3)))
    )
    numbers = [term.number for term in terms]
    schools = tuple(
        School(
            key=f"s{index}",
            name=f"学校{index}",
            county=draw(st.sampled_from("甲乙")),
            risk=draw(st.integers(0, 100)) / 100,
            last_visited=draw(st.none() | st.integers(FIRST - 4, FIRST)),
            fixed=draw(st.none() | st.none() | st.sampled_from(numbers)),
            not_before=draw(st.none() | st.integers(FIRST - 1, FIRST + 3)),
            not_after=draw(st.none() | st.integers(FIRST - 1, FIRST + 3)),
            together=draw(st.none() | st.none() | st.sampled_from(["集团一", "集团二"])),
        )
        for index in range(draw(st.integers(1, most)))
    )
    cells = st.tuples(st.sampled_from("甲乙"), st.sampled_from(numbers))
    shortest = draw(st.integers(0, 3))
    return Cycle(
        terms=terms,
        schools=schools,
        county_capacity=draw(st.dictionaries(cells, st.integers(0, 3), max_size=4)),
        total_capacity=draw(st.dictionaries(st.sampled_from(numbers), st.integers(0, 4), max_size=2)),
        spacing=Spacing(shortest, draw(st.none() | st.integers(shortest, shortest + 3))),
        weights=Weights(county_balance=draw(st.integers(0, 300)), total_balance=draw(st.integers(0, 300))),
        names={"甲": "平江县"},
    )


def every_plan(cycle: Cycle) -> Iterator[dict[str, int]]:
    choices = [[item.fixed] if item.fixed is not None else cycle.numbers for item in cycle.items]
    for terms in product(*choices):
        yield {
            school.key: term for item, term in zip(cycle.items, terms, strict=True) for school in item.schools if term
        }


DAYS = [date(2026, 10, 12) + timedelta(days=index) for index in range(3)]
SKILLS = ("安全", "财务")


@st.composite
def tasks(draw) -> TeamTask:
    people = tuple(
        Inspector(
            key=f"p{index}",
            name=f"督学{index}",
            county=draw(st.sampled_from("甲乙")),
            may_lead=draw(st.booleans()),
            specialities=draw(st.frozensets(st.sampled_from(SKILLS))),
            recusals=draw(st.dictionaries(st.sampled_from(["x", "y"]), st.just("曾在该校任职"), max_size=1)),
            elsewhere=draw(st.frozensets(st.just("z"))),
            limit=draw(st.integers(1, 3)),
            away=draw(st.frozensets(st.sampled_from(DAYS), max_size=1)),
        )
        for index in range(draw(st.integers(0, 4)))
    )
    visits = tuple(
        Visit(
            key=f"v{index}",
            name=f"任务{index}",
            school=draw(st.sampled_from("xyz")),
            county=draw(st.sampled_from("甲乙")),
            window=draw(st.sampled_from(["第1周", "第2周"])),
            days=draw(st.integers(1, 2)),
            dates=draw(st.frozensets(st.sampled_from(DAYS), max_size=2)),
            size=draw(st.integers(1, 3)),
            specialities=draw(st.frozensets(st.sampled_from(SKILLS), max_size=2)),
        )
        for index in range(draw(st.integers(1, 3)))
    )
    return TeamTask(
        visits,
        people,
        distance=draw(
            st.dictionaries(st.tuples(st.sampled_from("甲乙"), st.sampled_from("甲乙")), st.integers(0, 9), max_size=2)
        ),
        far=draw(st.integers(0, 9)),
        weights=TeamWeights(load=draw(st.integers(0, 9))),
    )


def every_team(task: TeamTask) -> Iterator[Teams]:
    keys = [person.key for person in task.inspectors]
    leads = {person.key for person in task.inspectors if person.may_lead}
    groups = [[group for size in range(visit.size + 1) for group in combinations(keys, size)] for visit in task.visits]
    for chosen in product(*groups):
        members = {visit.key: group for visit, group in zip(task.visits, chosen, strict=True)}
        leaders = {
            visit: next(key for key in group if key in leads) for visit, group in members.items() if leads & set(group)
        }
        yield Teams(members, leaders)
