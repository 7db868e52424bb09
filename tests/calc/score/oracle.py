"""A slow and plain second opinion on scores: one subject, Python fractions, recursion. Shares only the tree's data."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from calc.expr.oracle import Value, World, compute
from dudao.calc.expr import State
from dudao.calc.rules import Attain, Bands, Computed, Deduct, Judged, Linear, Parts, Pick, YesNo
from dudao.calc.tree import Node, Otherwise, Role, Roll, Tree, answer_items

GONE = State.NOT_APPLICABLE


@dataclass
class Result:
    mark: Fraction | State | None
    possible: Fraction
    level: str | State | None


def half_up(value: Fraction, places: int) -> Fraction:
    whole = floor(abs(value) * 10**places + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**places)


def worst(*values: object) -> State | None:
    return max((value for value in values if isinstance(value, State)), default=None)


class Subject:
    """One subject on one sheet: ``cells`` reported, ``answers`` given, ``source`` whose sheet it is (None: adopted)."""

    def __init__(self, tree: Tree, cells: dict, answers: dict[str, Value], source: str | None = None) -> None:
        self.tree, self.answers, self.source = tree, answers, source
        self.cells = cells
        self.derived = {item.name: item.formula for item in tree.items if item.formula}
        self.results: dict[str, Result] = {}
        self.node(tree.root, False)

    def formula(self, text: str, node: Node | None = None) -> Value:
        bound: dict[str, Value] = {}
        if node is not None:
            bound["本项"] = self.answers.get(node.code, State.UNMARKED)
            bound["满分"] = Fraction(node.points or 0)
        return compute(text, World(self.cells, derived=self.derived, bound=bound))

    def answer(self, node: Node, label: str = "") -> Value:
        return self.answers.get(f"{node.code}·{label}" if label else node.code, State.UNMARKED)

    # ---- nodes ----------------------------------------------------------------------------------------------

    def node(self, node: Node, is_extra: bool) -> Result:
        is_extra = is_extra or node.role is not Role.NORMAL
        for child in node.children:
            self.node(child, is_extra)
        full = Fraction(node.points or 0)
        if node.rule is not None and self.is_foreign(node):
            has_level = isinstance(node.rule, Attain)
            found = Result(None if node.points is None else GONE, full, GONE if has_level else None)
        elif node.rule is not None:
            mark, level = self.rule(node)
            found = self.finish(node, Result(mark, full, level), is_extra)
        else:
            found = self.finish(node, self.roll(node), is_extra)
        self.results[node.code] = found
        return found

    def is_foreign(self, node: Node) -> bool:
        asks = bool(answer_items(node))
        return self.source is not None and asks and self.source not in self.tree.sources_of(node.code)

    def finish(self, node: Node, found: Result, is_extra: bool) -> Result:
        mark, level, possible = found.mark, found.level, found.possible
        applies: Value = self.formula(node.applies) if node.applies else True
        if isinstance(applies, State):
            mark = mark if mark is None else worst(mark, applies)
            level = level if level is None else worst(level, applies)
        out = applies is False or (node.otherwise is not None and is_gone(mark if mark is not None else level))
        for adjust in node.adjust:
            raised = self.formula(adjust.when, node) if adjust.when else self.answer(node, adjust.reason)
            if mark is None or (raised in (State.UNMARKED, GONE) and isinstance(raised, State)):
                continue
            if isinstance(raised, State):
                mark = worst(mark, raised)
            elif raised and not isinstance(mark, State):
                mark *= Fraction(adjust.factor)
        is_silent = mark is State.UNMARKED or (mark is State.ABSENT and self.tree.unmarked_is_zero)
        if is_silent and node.rule is not None and (is_extra or self.tree.unmarked_is_zero):
            mark = Fraction(0)
        if mark is not None and not isinstance(mark, State):
            if node.role is not Role.NORMAL:
                mark = min(max(mark, Fraction(0)), Fraction(node.points))
            places = self.tree.places.mark if node.rule is not None else self.tree.places.node
            places = self.tree.places.total if node is self.tree.root else places
            mark = mark if places is None else half_up(mark, places)
        if out and node.otherwise is Otherwise.FULL:
            labels = levels_of(node)
            full = Fraction(node.points or 0)
            return Result(None if mark is None else full, full, None if level is None else labels[0])
        if out:
            return Result(None if mark is None else GONE, possible, None if level is None else GONE)
        return Result(mark, possible, level)

    def roll(self, node: Node) -> Result:
        normal = [child for child in node.children if child.role is Role.NORMAL]
        scored = [child for child in normal if self.results[child.code].mark is not None]
        level = self.worst_level(node, normal)
        mark: Fraction | State | None = None
        possible = Fraction(node.points or 0)
        if scored:
            mark, possible = self.total(node, scored)
        if mark is not None and not is_gone(mark):
            mark = self.extras(node, mark)
        return Result(mark, possible, level)

    def share(self, node: Node, child: Node) -> Fraction:
        if node.roll is Roll.WEIGHTED:
            return Fraction(node.points) * Fraction(child.weight)
        return Fraction(child.points)

    def total(self, node: Node, scored: list[Node]) -> tuple[Fraction | State, Fraction]:
        here = [child for child in scored if not is_gone(self.results[child.code].mark)]
        handed = [child for child in scored if child not in here and child.otherwise is Otherwise.REDISTRIBUTE]
        if not here:
            return GONE, Fraction(0)
        state = worst(*(self.results[child.code].mark for child in here))
        mark = possible = Fraction(0)
        for child in here:
            result, share = self.results[child.code], self.share(node, child)
            own = Fraction(0) if isinstance(result.mark, State) else result.mark
            if node.roll is Roll.WEIGHTED:
                mark += own / result.possible * share
                possible += share
            else:
                mark += own
                possible += result.possible
        applying = sum(self.share(node, child) for child in here)
        growth = (applying + sum(self.share(node, child) for child in handed)) / applying
        if len(here) == len(scored) and all(self.results[c.code].possible == (c.points or 0) for c in here):
            possible = Fraction(node.points or 0)
        return (state if state is not None else mark * growth), possible * growth

    def extras(self, node: Node, mark: Fraction | State) -> Fraction | State:
        changed = node.cap is not None
        for child in node.children:
            extra = self.results[child.code].mark
            if child.role is Role.NORMAL or extra is None:
                continue
            changed = True
            extra = Fraction(0) if is_gone(extra) else extra
            state = worst(mark, extra)
            mark = state if state is not None else (mark + extra if child.role is Role.BONUS else mark - extra)
        if changed and not isinstance(mark, State):
            mark = max(mark, Fraction(0))
            mark = mark if node.cap is None else min(mark, Fraction(node.cap))
        return mark

    def worst_level(self, node: Node, normal: list[Node]) -> str | State | None:
        labels = levels_of(node)
        found = [
            (child, self.results[child.code].level) for child in normal if self.results[child.code].level is not None
        ]
        if not found:
            return None
        known = [rank(levels_of(child), labels, level) for child, level in found if not isinstance(level, State)]
        if known and max(known) == len(labels) - 1:
            return labels[-1]
        state = worst(*(level for _, level in found if not is_gone(level)))
        if state is not None:
            return state
        return labels[max(known)] if known else GONE

    # ---- rules ----------------------------------------------------------------------------------------------

    def rule(self, node: Node) -> tuple[Fraction | State | None, str | State | None]:
        full = Fraction(node.points or 0)
        match node.rule:
            case Judged():
                answer = self.answer(node)
                return (answer if isinstance(answer, State) or 0 <= answer <= full else State.NO_BAND), None
            case Pick(bands, factor):
                answer = self.answer(node)
                if isinstance(answer, State):
                    return answer, None
                if not any(band.within.holds(answer) for band in bands):
                    return State.NO_BAND, None
                return (answer * full if factor else answer), None
            case Deduct(deductions, floor_):
                counts = [
                    self.formula(d.count, node)
                    if d.count
                    else self.answer(node, "" if len(deductions) == 1 else d.label)
                    for d in deductions
                ]
                if (state := worst(*counts)) is not None:
                    return state, None
                left = full
                for deduction, count in zip(deductions, counts, strict=True):
                    off = max(Fraction(0), count * Fraction(deduction.each))
                    left -= off if deduction.most is None else min(off, Fraction(deduction.most))
                return max(left, Fraction(floor_)), None
            case Parts(parts):
                values = [self.formula(p.when, node) if p.when else self.answer(node, p.label) for p in parts]
                if (state := worst(*values)) is not None:
                    return state, None
                return sum((Fraction(p.points) for p, has in zip(parts, values, strict=True) if has), Fraction(0)), None
            case Bands(value, bands, by):
                row, state = self.case(by, bands)
                if row is None:
                    return state, None
                measured = self.formula(value, node)
                if isinstance(measured, State):
                    return measured, None
                return next((Fraction(b.points) for b in row if b.within.holds(measured)), State.NO_BAND), None
            case Linear(value, knots, by):
                line, state = self.case(by, knots)
                if line is None:
                    return state, None
                measured = self.formula(value, node)
                return (measured if isinstance(measured, State) else along(line, measured)), None
            case YesNo(when, good, otherwise):
                answer = self.formula(when, node)
                return (answer if isinstance(answer, State) else full if answer == good else Fraction(otherwise)), None
            case Attain():
                level = self.attain(node, node.rule)
                if not node.rule.points:
                    return None, level
                points = dict(zip(node.rule.levels, node.rule.points, strict=True))
                return (level if isinstance(level, State) else Fraction(points[level])), level
            case Computed(points):
                value = self.formula(points, node)
                return (value if isinstance(value, State) else min(max(value, Fraction(0)), full)), None

    def case(self, by: str, cases: dict) -> tuple[tuple | None, State | None]:
        if not by:
            return cases[""], None
        category = self.formula(by)
        if isinstance(category, State):
            return None, category
        return (cases[category], None) if category in cases else (None, State.NO_CATEGORY)

    def attain(self, node: Node, rule: Attain) -> str | State:
        if not rule.all_of:
            return self.answer(node)
        firsts = [self.formula(text, node) for text in rule.all_of]
        lasts = [self.formula(text, node) for text in rule.any_of]
        if any(value is True for value in lasts):
            return rule.levels[-1]
        best = False if any(value is False for value in firsts) else worst(*firsts) or True
        bad = worst(*lasts) or False
        if rule.any_of:
            state = worst(best, bad)
            return state if state is not None else rule.levels[0] if best else rule.levels[1]
        return best if isinstance(best, State) else rule.levels[0] if best else rule.levels[-1]

    # ---- grades ---------------------------------------------------------------------------------------------

    def grade(self) -> str | State:
        tree, root = self.tree, self.results[self.tree.root.code]
        scale = tree.scale
        judged = root.mark if root.mark is not None else root.level
        if is_gone(judged):
            return GONE
        category = self.formula(scale.by) if scale.by else ""
        if isinstance(category, State):
            return category
        if category not in scale.grades:
            return State.NO_CATEGORY
        row = scale.grades[category]
        found: str | State = State.NO_BAND
        for grade in row:
            holds = self.reaches(grade, root)
            if holds is True:
                found = grade.name
                break
            if isinstance(holds, State):
                found = holds
                break
        names = [grade.name for grade in row]
        for veto in tree.vetoes:
            raised = self.formula(veto.when) if veto.when else self.answers.get(veto.code, False)
            raised = False if isinstance(raised, State) and not veto.when else raised
            target = veto.grade if veto.grade in names else names[-1]
            if isinstance(raised, State):
                found = max(found, raised) if isinstance(found, State) else raised
            elif raised and isinstance(found, State):
                found = target if target == names[-1] else found
            elif raised and names.index(found) < names.index(target):
                found = target
        return found

    def reaches(self, grade, root: Result) -> bool | State:
        parts: list[bool | State] = []
        if grade.total is not None and grade.total.low is not None:
            mark = root.mark
            if not isinstance(mark, State):
                total = mark * Fraction(self.tree.root.points) / root.possible
                mark = total > grade.total.low if grade.total.low_open else total >= grade.total.low
            parts.append(mark)
        if grade.ratio is not None:
            blocks = grade.blocks or [c.code for c in self.tree.root.children if c.role is Role.NORMAL]
            rates = []
            for code in blocks:
                result = self.results[code]
                if result.mark is None or is_gone(result.mark):
                    continue
                rates.append(result.mark if isinstance(result.mark, State) else result.mark / result.possible)
            state = worst(*rates)
            parts.append(state if state is not None else all(r >= Fraction(grade.ratio) for r in rates))
        if grade.when:
            parts.append(self.formula(grade.when))
        if any(part is False for part in parts):
            return False
        return worst(*parts) or True


def is_gone(value: object) -> bool:
    return value is GONE  # never by equality: a mark of 9 equals the ninth state


def along(line: tuple, value: Fraction) -> Fraction:
    if value <= line[0].at:
        return Fraction(line[0].points)
    for low, high in pairwise(line):
        if value <= high.at:
            share = (value - Fraction(low.at)) / Fraction(high.at - low.at)
            return Fraction(low.points) + share * Fraction(high.points - low.points)
    return Fraction(line[-1].points)


def levels_of(node: Node) -> tuple[str, ...]:
    if isinstance(node.rule, Attain):
        return node.rule.levels
    return max((levels_of(child) for child in node.children if child.role is Role.NORMAL), key=len, default=())


def rank(own: tuple[str, ...], labels: tuple[str, ...], level: str) -> int:
    """The first is the first, the last the last, what is between rounds down to the worse."""
    if own == labels:
        return own.index(level)
    share = Fraction(own.index(level), len(own) - 1) * (len(labels) - 1)
    return -(-share.numerator // share.denominator)
