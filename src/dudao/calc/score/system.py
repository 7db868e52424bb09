"""A valid indicator system, made ready to score: `System`. One pass over the tree, leaves first, whole columns at once.

    leaf:   rule → adjustments → rounding → does it apply?
    above:  children rolled up → bonus, penalty, cap → adjustments → rounding → does it apply?

The same functions score three thousand subjects, one subject, and the one row that a changed mark touches. Putting
sheets together, grades and deviations are in `scores` and `grading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce

import numpy as np

from dudao.calc.expr import Column, Numbers, State, Table, Texts, Truths, items_used, normal_name
from dudao.calc.expr.ints import Bools, Ints
from dudao.calc.rules import Compiled, Compute, Inputs, Result
from dudao.calc.score.grading import Grading
from dudao.calc.score.node import NodeScore
from dudao.calc.tree import Finding, Node, Otherwise, Role, Roll, Tree, answer_items, bound_items, validate


class InvalidTree(ValueError):
    """An indicator system with errors can't be scored; ``findings`` are the errors."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("；".join(finding.sentence for finding in findings[:5]))


@dataclass(slots=True)
class Plan:
    """How one node is computed. ``asks``: people answer for it; ``is_extra``: in a bonus or penalty, where silence is 0."""

    node: Node
    compiled: Compiled
    rule: Compute | None
    adjust: list[tuple[Fraction, Callable[[Inputs], Column]]]
    applies: Callable[[Inputs], Truths] | None
    asks: bool
    is_extra: bool
    levels: tuple[str, ...]
    possible: Numbers
    """Its full points."""
    shares: Mapping[str, Fraction]
    """Of a weighted node: what one point of a child is worth."""


class System:
    """``tree`` compiled. Raises `InvalidTree` if `validate` finds errors."""

    def __init__(self, tree: Tree) -> None:
        errors = tuple(finding for finding in validate(tree) if finding.is_error)
        if errors:
            raise InvalidTree(errors)
        self.tree = tree
        self.plans: dict[str, Plan] = {}
        """By code, children before their parents."""
        self.answered_by: dict[str, str] = {}
        """Question → code."""
        self.reading: dict[str, set[str]] = {}
        """Data item → codes whose formulas read it, at its own level."""
        self.sources = {code: tree.sources_of(code) for code in tree.nodes}
        self._plan(tree.root, is_extra=False)
        self.has_conditions = any(plan.applies is not None for plan in self.plans.values())
        """Whether some indicators apply to some subjects only."""

    @cached_property
    def grading(self) -> Grading:
        return Grading(self.tree)

    # ---- compiling ------------------------------------------------------------------------------------------

    def _plan(self, node: Node, is_extra: bool) -> None:
        is_extra = is_extra or node.role is not Role.NORMAL
        for child in node.children:
            self._plan(child, is_extra)
        questions = answer_items(node)
        for question in questions:
            self.answered_by[normal_name(question.name)] = node.code
        compiled = Compiled(node.code, node.points, self.tree.catalogue, bound_items(node))
        plan = Plan(
            node=node,
            compiled=compiled,
            rule=None if node.rule is None else node.rule.compute(compiled),
            adjust=[
                (
                    Fraction(adjust.factor),
                    compiled.truth(adjust.when) if adjust.when else compiled.answered(adjust.reason),
                )
                for adjust in node.adjust
            ],
            applies=compiled.truth(node.applies) if node.applies else None,
            asks=bool(questions),
            is_extra=is_extra,
            levels=node.levels,
            possible=Numbers.constant(node.points or 0),
            shares={child.code: share_of(node, child) / Fraction(child.points or 1) for child in node.children},
        )
        self.plans[node.code] = plan
        for formula in compiled.formulas.values():
            for scope, name in items_used(formula):
                if not scope:
                    self.reading.setdefault(name, set()).add(node.code)

    def is_foreign(self, code: str, source: str) -> bool:
        plan = self.plans[code]
        return plan.rule is not None and plan.asks and source not in self.sources[code]

    def foreign(self, source: str, size: int) -> dict[str, NodeScore]:
        """Leaves that people answer, but not this source: on its sheet they do not apply."""
        gone = np.full(size, State.NOT_APPLICABLE, np.uint8)
        found: dict[str, NodeScore] = {}
        for code, plan in self.plans.items():
            if self.is_foreign(code, source):
                mark = None
                level = None
                if plan.node.points is not None:
                    mark = Numbers.unknown(size, State.NOT_APPLICABLE)
                if plan.levels:
                    level = Texts(np.zeros(size, np.int32), plan.levels, gone)
                found[code] = NodeScore(mark, Numbers.constant(plan.node.points or 0), level, may_be_out=True)
        return found

    def above(self, codes: Iterable[str]) -> list[str]:
        """The codes and all above them, in the order of computing."""
        wanted: set[str] = set()
        for code in codes:
            step: str | None = code
            while step is not None and step not in wanted:
                wanted.add(step)
                step = self.tree.parents.get(step)
        if len(wanted) > 50:
            return [code for code in self.plans if code in wanted]
        depth = {code: self._depth(code) for code in wanted}
        return sorted(wanted, key=lambda code: -depth[code])

    def _depth(self, code: str) -> int:
        depth = 0
        while code in self.tree.parents:
            code = self.tree.parents[code]
            depth += 1
        return depth

    # ---- computing ------------------------------------------------------------------------------------------

    def leaf(self, plan: Plan, data: Table, answers: Table) -> NodeScore:
        assert plan.rule is not None
        inputs = plan.compiled.inputs(data, answers)
        return self._finished(plan, inputs, plan.rule(inputs), plan.possible, may_be_out=False)

    def rolled_up(self, plan: Plan, below: Mapping[str, NodeScore], data: Table, answers: Table) -> NodeScore:
        """A node from the results of its children."""
        node = plan.node
        normal = [(child, below[child.code]) for child in node.children if child.role is Role.NORMAL]
        scored = [(child, score) for child, score in normal if score.mark is not None]
        level = _worst([score.level for _, score in normal if score.level is not None], plan.levels)
        mark: Numbers | None = None
        possible = plan.possible
        may_be_out = any(score.may_be_out for _, score in normal)
        if scored:
            mark, possible = _shared(node, scored) if may_be_out else (_summed(plan, scored), plan.possible)
            mark = _extras(node, mark, below)
        inputs = plan.compiled.inputs(data, answers)
        return self._finished(plan, inputs, Result(mark, level), possible, may_be_out)

    def _finished(self, plan: Plan, inputs: Inputs, result: Result, possible: Numbers, may_be_out: bool) -> NodeScore:
        """Adjusted, rounded, silent where it may be, and taken out where it does not apply."""
        node, size = plan.node, inputs.data.size
        mark, level = result.mark, result.level
        places = self._places(plan)
        out: Bools | None = None
        if plan.applies is not None:
            applies = plan.applies(inputs)
            out = applies.false()
            if mark is not None:
                mark = mark.with_state(np.maximum(mark.state, applies.state))
            if level is not None:
                level = level.with_state(np.maximum(level.state, applies.state))
        judged = mark if mark is not None else level
        if node.otherwise is not None and judged is not None:
            said: Bools = judged.state == State.NOT_APPLICABLE
            out = said if out is None else out | said
        if mark is not None:
            mark = mark.spread(size)
            for factor, condition in plan.adjust:
                mark = _adjusted(mark, factor, condition(inputs))
            if self._is_silent(plan):
                mark = _silent(mark, self.tree.unmarked_is_zero)
            if node.role is not Role.NORMAL and node.points is not None:
                mark = mark.clamped(Fraction(0), Fraction(node.points))
            if places is not None:
                mark = mark.rounded(places)
        if out is not None and out.any():
            found = NodeScore(mark, possible, level, may_be_out)
            return _taken_out(node, found, out)
        return NodeScore(mark, possible, None if level is None else level.spread(size), may_be_out)

    def _places(self, plan: Plan) -> int | None:
        if plan.node is self.tree.root:
            return self.tree.places.total
        return self.tree.places.mark if plan.rule is not None else self.tree.places.node

    def _is_silent(self, plan: Plan) -> bool:
        return plan.rule is not None and (plan.is_extra or self.tree.unmarked_is_zero)

    def score(self, data: Table, answers: Table, known: Mapping[str, NodeScore] | None = None) -> dict[str, NodeScore]:
        """Every node, children first. ``known``: leaves computed already."""
        found: dict[str, NodeScore] = {}
        for code, plan in self.plans.items():
            if known is not None and code in known:
                found[code] = known[code]
            elif plan.rule is not None:
                found[code] = self.leaf(plan, data, answers)
            else:
                found[code] = self.rolled_up(plan, found, data, answers)
        return found


def _taken_out(node: Node, found: NodeScore, out: Bools) -> NodeScore:
    """Rows in which a node does not apply: full points if it says so, else left to the parent."""
    mark, possible, level = found.mark, found.possible, found.level
    if node.otherwise is Otherwise.FULL:
        full = Numbers.constant(node.points or 0)
        return NodeScore(
            None if mark is None else full.choose(out, mark),
            full.choose(out, possible),
            None if level is None else Texts.constant(level.labels[0]).choose(out, level),
            found.may_be_out,
        )
    gone = np.uint8(State.NOT_APPLICABLE)
    return NodeScore(
        None if mark is None else mark.with_state(np.where(out, gone, mark.state)),
        possible,
        None if level is None else level.with_state(np.where(out, gone, level.state)),
        may_be_out=True,
    )


def _adjusted(mark: Numbers, factor: Fraction, condition: Column) -> Numbers:
    assert isinstance(condition, Truths)
    # What a person was asked about and did not raise changes nothing; data that are absent leave the mark open.
    is_quiet = (condition.state == State.UNMARKED) | (condition.state == State.NOT_APPLICABLE)
    state = np.maximum(mark.state, np.where(is_quiet, np.uint8(0), condition.state))
    true = condition.true()
    if true.any():
        mark = mark.times(factor).choose(true, mark)
    return mark.with_state(state)


def _silent(mark: Numbers, also_data: bool) -> Numbers:
    """Zero where nobody has marked; where the system says so, also where data are absent."""
    silent: Bools = mark.state == State.UNMARKED
    if also_data:
        silent = silent | (mark.state == State.ABSENT)
    if not silent.any():
        return mark
    return Numbers.constant(0).choose(silent, mark)


def _worst(levels: Sequence[Texts], labels: tuple[str, ...]) -> Texts | None:
    """The worst level of the children that apply: any last decides, all first make the first."""
    if not levels:
        return None
    worst, state = None, None
    for level in levels:
        out = level.state == State.NOT_APPLICABLE
        code = np.where(out, -1, rank_levels(level.labels, labels)[level.code])
        known = np.where(out, np.uint8(0), level.state)
        worst = code if worst is None else np.maximum(worst, code)
        state = known if state is None else np.maximum(state, known)
    assert worst is not None and state is not None
    nothing = worst < 0
    state = np.where(nothing, np.uint8(State.NOT_APPLICABLE), state)
    # A last level decides whatever is still open.
    state = np.where((worst == len(labels) - 1) & _known_last(levels, labels), np.uint8(0), state)
    return Texts(np.where(nothing, 0, worst).astype(np.int32), labels, state)


def _known_last(levels: Sequence[Texts], labels: tuple[str, ...]) -> Bools:
    last = len(labels) - 1
    return reduce(
        np.logical_or,
        ((level.state == 0) & (rank_levels(level.labels, labels)[level.code] == last) for level in levels),
    )


def rank_levels(own: Sequence[str], labels: Sequence[str]) -> Ints:
    """The number of each of one's own levels among ``labels``: the first is the first, the last the last."""
    last = max(len(own) - 1, 1)
    return np.array([-(-number * (len(labels) - 1) // last) for number in range(len(own))], np.int64)


def share_of(node: Node, child: Node) -> Fraction:
    """The points of the parent that a child stands for."""
    if node.roll is Roll.WEIGHTED:
        return Fraction(node.points or 0) * Fraction(child.weight or 0)
    return Fraction(child.points or 0)


def _summed(plan: Plan, scored: Sequence[tuple[Node, NodeScore]]) -> Numbers:
    """Where everything applies: the sum, or the weighted sum, of the children."""
    is_weighted = plan.node.roll is Roll.WEIGHTED
    total: Numbers | None = None
    for child, score in scored:
        assert score.mark is not None
        mark = score.mark.times(plan.shares[child.code]) if is_weighted else score.mark
        total = mark if total is None else total + mark
    assert total is not None
    return total


def _shared(node: Node, scored: Sequence[tuple[Node, NodeScore]]) -> tuple[Numbers, Numbers]:
    """Where some items don't apply: what applies, enlarged by what its siblings hand over."""
    zero = Numbers.constant(0)
    mark = possible = applying = handed = zero
    gone = np.uint8(State.NOT_APPLICABLE)
    for child, score in scored:
        assert score.mark is not None
        out: Bools = score.mark.state == State.NOT_APPLICABLE
        share = Numbers.constant(share_of(node, child))
        child_mark, child_possible = score.mark, score.possible
        if node.roll is Roll.WEIGHTED:
            child_mark, child_possible = child_mark / child_possible * share, share
        mark = mark + zero.choose(out, child_mark)
        possible = possible + zero.choose(out, child_possible)
        applying = applying + zero.choose(out, share)
        if child.otherwise is Otherwise.REDISTRIBUTE:
            handed = handed + share.choose(out, zero)
    nothing = (applying.compare("=", zero)).value
    growth = (applying + handed) / applying
    growth = Numbers.constant(1).choose(nothing, growth)
    mark, possible = mark * growth, possible * growth
    return mark.with_state(np.where(nothing, gone, mark.state)), possible


def _extras(node: Node, mark: Numbers, below: Mapping[str, NodeScore]) -> Numbers:
    """Bonuses on top, penalties off, not below 0 and not above the cap."""
    out: Bools = mark.state == State.NOT_APPLICABLE
    changed = False
    total = mark
    for child in node.children:
        extra = below[child.code].mark
        if child.role is Role.NORMAL or extra is None:
            continue
        extra = Numbers.constant(0).choose(extra.state == State.NOT_APPLICABLE, extra)
        total = total + extra if child.role is Role.BONUS else total - extra
        changed = True
    if changed or node.cap is not None:
        total = total.clamped(Fraction(0), None if node.cap is None else Fraction(node.cap))
        total = mark.choose(out, total) if out.any() else total
    return total
