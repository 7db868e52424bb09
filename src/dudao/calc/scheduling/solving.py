"""Running the solver level by level: what weighs more first, then the best of that among what weighs less.

The solver (OR-Tools CP-SAT, decision 0018) is imported when it is first needed: that alone takes seconds. The same model
gives the same answer on every machine: one worker, a fixed seed, and a limit counted in work done rather than in time.
What a level costs is counted anew from the answer by the caller's own function, never read from the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Limits:
    """How long to look for a better answer, for each level.

    ``work``: in the solver's deterministic units (one is about a second of one core of 2020). ``seconds``: time on the
    clock, a safety net only: an answer cut off by it may differ from one machine to the next.
    """

    work: float = 30.0
    seconds: float = 600.0


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Objective:
    """One level: its key, its name on pages, and the expression of the model to be minimised."""

    key: str
    name: str
    expression: cp_model.LinearExprT


@dataclass(frozen=True)
class Level:
    """What was reached on one level, and below what no answer can be, given the levels above."""

    key: str
    name: str
    value: int
    bound: int

    @property
    def proved(self) -> bool:
        return self.value == self.bound

    @property
    def gap(self) -> float:
        """How much of the value might still be saved at most, 0 to 1."""
        return (self.value - self.bound) / self.value if self.value else 0.0


def solve_levels(
    model: cp_model.CpModel,
    objectives: Sequence[Objective],
    *,
    start: Answer,
    read: Callable[[cp_model.CpSolver], Answer],
    cost: Callable[[Answer], Sequence[int]],
    limits: Limits,
) -> tuple[Answer, tuple[Level, ...]]:
    """The best answer to a model that always has one, with what each level reached.

    ``start``: an answer to fall back on. ``read``: the answer in a solved model. ``cost``: what an answer costs on each
    level, integers of at least 0. A level that is not proved within the limits keeps the best answer known.
    """
    from ortools.sat.python import cp_model

    best = start
    levels: list[Level] = []
    for place, objective in enumerate(objectives):
        model.minimize(objective.expression)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = limits.work
        solver.parameters.max_time_in_seconds = limits.seconds
        found = solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}
        if found:
            best = min(best, read(solver), key=lambda answer: tuple(cost(answer)[: place + 1]))
        value = cost(best)[place]
        bound = min(value, max(0, round(solver.best_objective_bound)))
        levels.append(Level(objective.key, objective.name, value, bound))
        model.add(objective.expression <= value)
    return best, tuple(levels)
