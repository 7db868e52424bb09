"""The best teams for visits: the model for the solver, and the answer with its proof and what could not be had.

Level «whole»: visits that lack anything, since half a team isn't sent: better some visits whole than all by halves. Level «unmet»:
people, leaders and specialities that are missing. Level «quality»: ways and even loads. Whom recusal, absence or the limit keeps
away from a visit has no variable for it. Members of a visit can be no more than it asks for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dudao.calc.scheduling.cycle import STEEPEST
from dudao.calc.scheduling.solving import DEFAULT_LIMITS, Level, Limits, Objective, solve_levels
from dudao.calc.scheduling.team_reasons import Missing, missing_of
from dudao.calc.scheduling.teams import Inspector, Teams, TeamTask, Visit, cost

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass(frozen=True)
class TeamPlan:
    """Teams, what was reached against what is possible, and what is missing with the reason."""

    teams: Teams
    levels: tuple[Level, ...]
    missing: tuple[Missing, ...]

    @property
    def proved(self) -> bool:
        return all(level.proved for level in self.levels)


@dataclass
class _Model:
    model: cp_model.CpModel
    goes: dict[tuple[str, str], cp_model.IntVar]
    leads: dict[str, cp_model.LinearExprT]
    lacking: list[cp_model.LinearExprT]
    unmet: list[cp_model.LinearExprT]
    quality: list[cp_model.LinearExprT]


def _build(task: TeamTask) -> _Model:
    from ortools.sat.python import cp_model

    made = _Model(cp_model.CpModel(), {}, {}, [], [], [])
    for visit in sorted(task.visits, key=lambda visit: visit.key):
        _visit(task, made, visit)
    for person in sorted(task.inspectors, key=lambda person: person.key):
        _person(task, made, person)
    return made


def _visit(task: TeamTask, made: _Model, visit: Visit) -> None:
    model, weights = made.model, task.weights
    people = [person for person in task.inspectors if task.may_go(person, visit)]
    for person in people:
        goes = model.new_bool_var(f"{person.key}>{visit.key}")
        made.goes[person.key, visit.key] = goes
        made.quality.append(weights.distance * task.way(person, visit) * goes)
    count = sum(made.goes[person.key, visit.key] for person in people)
    model.add(count <= visit.size)
    lacks = model.new_bool_var("")
    model.add(visit.size * lacks >= visit.size - count)
    made.lacking.append(lacks)
    made.unmet.append(weights.short * (visit.size - count))
    leaderless = model.new_bool_var("")
    model.add(sum(made.goes[person.key, visit.key] for person in people if person.may_lead) + leaderless >= 1)
    model.add_implication(leaderless, lacks)
    made.unmet.append(weights.leaderless * leaderless)
    for speciality in sorted(visit.specialities):
        lacking = model.new_bool_var("")
        having = sum(made.goes[person.key, visit.key] for person in people if speciality in person.specialities)
        model.add(having + lacking >= 1)
        model.add_implication(lacking, lacks)
        made.unmet.append(weights.speciality * lacking)


def _person(task: TeamTask, made: _Model, person: Inspector) -> None:
    visits = [visit for visit in task.visits if (person.key, visit.key) in made.goes]
    windows: defaultdict[str, list[cp_model.LinearExprT]] = defaultdict(list)
    dates: defaultdict[int, list[cp_model.LinearExprT]] = defaultdict(list)
    for visit in visits:
        goes = made.goes[person.key, visit.key]
        windows[visit.window].append(visit.days * goes)
        for day in visit.dates:
            dates[day.toordinal()].append(goes)
    for key in sorted(windows):
        made.model.add(sum(windows[key]) <= person.limit)
    for ordinal in sorted(dates):
        made.model.add(sum(dates[ordinal]) <= 1)
    days = sum(days for key in sorted(windows) for days in windows[key])
    most = sum(visit.days for visit in visits)
    uneven = made.model.new_int_var(0, STEEPEST * max(most, task.share[1]), "")
    for step in range(1, STEEPEST + 1):
        below = step * (step - 1) // 2
        made.model.add(uneven >= step * (days - task.share[1]) - below)
        made.model.add(uneven >= step * (task.share[0] - days) - below)
    made.quality.append(task.weights.load * uneven)


def _read(task: TeamTask, made: _Model, solver: cp_model.CpSolver) -> Teams:
    members: dict[str, list[str]] = {visit.key: [] for visit in task.visits}
    for (person, visit), goes in made.goes.items():
        if solver.value(goes):
            members[visit].append(person)
    return with_leaders(task, members)


def with_leaders(task: TeamTask, members: Mapping[str, list[str]]) -> Teams:
    """Teams with a leader each where one may lead: the one who leads least so far, then the nearest, then by key."""
    people = {person.key: person for person in task.inspectors}
    times: defaultdict[str, int] = defaultdict(int)
    leaders: dict[str, str] = {}
    teams: dict[str, tuple[str, ...]] = {}
    for visit in task.visits:
        able = [key for key in members[visit.key] if people[key].may_lead]
        if able:
            leader = min(able, key=lambda key: (times[key], task.way(people[key], visit), key))
            leaders[visit.key] = leader
            times[leader] += 1
        teams[visit.key] = tuple(sorted(members[visit.key], key=lambda key: (key != leaders.get(visit.key), key)))
    return Teams(teams, leaders)


def plan_teams(task: TeamTask, limits: Limits = DEFAULT_LIMITS) -> TeamPlan:
    """The best teams there are, or the best found within the limits with their bound. There always is an answer."""
    made = _build(task)
    teams, levels = solve_levels(
        made.model,
        [
            Objective("whole", "没有排齐的次数", sum(made.lacking)),
            Objective("unmet", "缺少的人员（扣分）", sum(made.unmet)),
            Objective("quality", "路程与负担均衡（扣分）", sum(made.quality)),
        ],
        start=with_leaders(task, {visit.key: [] for visit in task.visits}),
        read=lambda solver: _read(task, made, solver),
        cost=lambda teams: cost(task, teams),
        limits=limits,
    )
    return TeamPlan(teams, levels, missing_of(task, teams))
