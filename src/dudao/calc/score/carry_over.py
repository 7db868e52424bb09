"""Results carried over to another version of a system: what its new questions lack is said, nothing becomes 0 unseen.

What people gave (评估人员评分) for an indicator whose points changed is taken over by its rate: 8 of 10 is 4 of 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from dudao.calc.expr import Column, Numbers, Table, normal_name
from dudao.calc.score.columns import SubjectColumn, columns_of
from dudao.calc.score.scores import Scores
from dudao.calc.score.system import System
from dudao.calc.tree import Node


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """``scores``: under the other version. ``scaled``: codes whose marks were taken over by their rate. ``asked``: what the
    other version asks and the old tables don't have; ``left``: what they have and it does not ask."""

    scores: Scores
    scaled: tuple[str, ...]
    asked: tuple[SubjectColumn, ...]
    left: tuple[str, ...]


def carry_over(scores: Scores, system: System) -> CarriedOver:
    plain = scores.under(system)
    factors = _factors(scores.system, system)
    answers = {key: _scaled(table, factors) for key, table in plain.answers.items()}
    found = Scores(system, plain.data, answers)
    reported = set(found.data.names())
    answered = {name for table in answers.values() for name in table.names()}
    given = {name for table in scores.answers.values() for name in table.names()}
    return CarriedOver(
        scores=found,
        scaled=tuple(
            code for code in system.tree.nodes if normal_name(code) in factors and normal_name(code) in answered
        ),
        asked=tuple(
            column
            for column in columns_of(system)
            if column.is_needed and column.name not in (answered if column.source else reported)
        ),
        left=tuple(name for name in [*scores.data.names(), *sorted(given)] if name not in reported | answered),
    )


def _factors(old: System, new: System) -> Mapping[str, Fraction]:
    """New points ÷ old points of the leaves that people judge in both versions and whose points changed."""
    found = {}
    for code, node in new.tree.nodes.items():
        before = old.tree.nodes.get(code)
        if before is None or not (_follows(node) and _follows(before)):
            continue
        if node.points and before.points and node.points != before.points:
            found[normal_name(code)] = Fraction(node.points) / Fraction(before.points)
    return found


def _follows(node: Node) -> bool:
    return node.rule is not None and node.rule.follows_points


def _scaled(table: Table, factors: Mapping[str, Fraction]) -> Table:
    names = [name for name in table.names() if name in factors]
    if not names:
        return table
    columns: dict[str, Column] = {name: table.column(name) for name in table.names()}
    for name in names:
        column = columns[name]
        assert isinstance(column, Numbers)
        columns[name] = column.times(factors[name])
    return Table(table.catalogue, table.size, columns)
