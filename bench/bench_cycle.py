"""A five-year cycle of 1,500 schools in 13 counties, 10 terms: time to the proof, beside taking school after school.

The case has what real ones have: capacities a little above the even share, fixed dates, groups that go together, spacing
since the last visit. The area bound is what no plan can be below whatever happens: each county's risks in order over
exactly even terms, everything else forgotten.
"""

import random
import time
from dataclasses import replace

from bench.report import heading, row
from dudao.calc.scheduling.cycle import Cycle, School, Spacing, cost, greedy, terms_of
from dudao.calc.scheduling.cycle_model import plan_cycle
from dudao.calc.scheduling.replanning import Changes, replan
from dudao.calc.scheduling.team_model import plan_teams
from dudao.calc.scheduling.teams import Inspector, TeamTask, Visit

SCHOOLS, COUNTIES, YEARS, FIRST = 1_500, 13, 5, 2 * 2026 + 1


def city(schools: int = SCHOOLS, seed: int = 1) -> Cycle:
    source = random.Random(seed)
    counties = [f"县{index:02}" for index in range(COUNTIES)]
    terms = terms_of(FIRST, YEARS)
    made = [
        School(
            key=f"s{index:05}",
            name=f"学校{index}",
            county=source.choices(counties, weights=range(3, 3 + COUNTIES))[0],
            risk=source.randrange(101) / 100,
            last_visited=None if source.random() < 0.3 else FIRST - source.randint(1, 10),
        )
        for index in range(schools)
    ]
    for index in source.sample(range(schools), schools // 30):
        made[index] = replace(made[index], fixed=FIRST + source.randrange(len(terms)), fixed_reason="换届后首查")
    for group in range(schools // 50):
        first = source.randrange(schools - 3)
        for index in range(first, first + 3):
            if made[index].county == made[first].county:
                made[index] = replace(made[index], together=f"g{group}")
    sizes = {county: sum(school.county == county for school in made) for county in counties}
    return Cycle(
        terms=terms,
        schools=tuple(made),
        county_capacity={
            (county, term.number): size // len(terms) + 2 for county, size in sizes.items() for term in terms
        },
        total_capacity={term.number: schools // len(terms) + 10 for term in terms},
        spacing=Spacing(4, 16),
    )


def area_bound(cycle: Cycle) -> int:
    """Least cost of risk if every county could fill exactly even terms with its risks in order."""
    bound = 0
    for county, size in cycle.sizes.items():
        risks = sorted((school.risk_points for school in cycle.schools if school.county == county), reverse=True)
        places = [place for place in range(len(cycle.terms)) for _ in range(-(-size // len(cycle.terms)))]
        bound += sum(risk * place for risk, place in zip(risks, places, strict=False))
    return bound * cycle.weights.risk


def teams(visits: int = 40, people: int = 60, seed: int = 1) -> TeamTask:
    source = random.Random(seed)
    counties = [f"县{index:02}" for index in range(COUNTIES)]
    skills = ("安全", "财务", "学前", "特教")
    schools = [f"s{index}" for index in range(visits)]
    return TeamTask(
        tuple(
            Visit(
                school,
                f"学校{school}",
                school,
                source.choice(counties),
                f"第{index % 4}周",
                days=source.choice([1, 1, 2]),
                specialities=frozenset(source.sample(skills, source.choice([0, 1, 2]))),
            )
            for index, school in enumerate(schools)
        ),
        tuple(
            Inspector(
                f"p{index:02}",
                f"督学{index}",
                source.choice(counties),
                may_lead=index % 3 == 0,
                specialities=frozenset(source.sample(skills, source.choice([0, 1, 1, 2]))),
                recusals=dict.fromkeys(source.sample(schools, 3), "曾任职"),
                limit=4,
            )
            for index in range(people)
        ),
        distance={(a, b): abs(i - j) for i, a in enumerate(counties) for j, b in enumerate(counties)},
    )


def run() -> None:
    heading(f"Cycle plan: {SCHOOLS:,} schools, {COUNTIES} counties, {2 * YEARS} terms, fixed dates, groups, capacities")
    plan_cycle(city(30))  # the solver is imported once a process
    cycle = city()
    began = time.perf_counter()
    simple = greedy(cycle)
    taken = time.perf_counter() - began
    unmet, quality = cost(cycle, simple)
    row("one school after the other (greedy)", f"{taken:.2f} s", f"{unmet:,} unmet, {quality:,} cost")
    began, used = time.perf_counter(), time.process_time()
    plan = plan_cycle(cycle)
    solved, used = time.perf_counter() - began, time.process_time() - used
    proof = "proved optimal" if plan.proved else f"bound {plan.quality.bound:,}, gap {plan.quality.gap:.2%}"
    row(
        "solver",
        f"{solved:.2f} s ({used:.2f} s of a core)",
        f"{plan.levels[0].value:,} unmet, {plan.quality.value:,} cost, {proof}",
    )
    row("cost of greedy ÷ solver", f"{quality / plan.quality.value:.2f}")
    bound = area_bound(cycle)
    row("solver ÷ area bound", f"{plan.quality.value / bound:.3f}")
    began = time.perf_counter()
    closed = frozenset(school.key for school in cycle.schools[:7])
    opened = tuple(replace(school, key=f"n{school.key}") for school in cycle.schools[100:105])
    again = replan(cycle, plan.term_of, Changes(first_open=FIRST + 2, closed=closed, opened=opened))
    taken = time.perf_counter() - began
    row("re-planned after 7 closed and 5 opened", f"{taken:.2f} s", f"{len(again.moves)} schools moved")
    task = teams()
    heading(f"Teams: {len(task.visits)} visits, {len(task.inspectors)} inspectors")
    began = time.perf_counter()
    found = plan_teams(task)
    taken = time.perf_counter() - began
    last = found.levels[-1]
    row(
        "solver",
        f"{taken:.2f} s",
        f"{found.levels[0].value} not whole, {last.value} cost, bound {last.bound}, gap {last.gap:.1%}",
    )
