"""The sentences of a trace: of a leaf (what its rule says, adjustments, rounding), of a roll-up (sums, weights, what does not
apply, extras, caps), and of the grade (each from the best down until one is reached; then the vetoes)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from dudao.calc.expr import Numbers, State, Texts, Truths, explain, show_near, show_number
from dudao.calc.rules import Explaining, shown
from dudao.calc.score.grading import Grading, lowest_rate, normalised_total, rate
from dudao.calc.score.node import NodeScore
from dudao.calc.score.scores import ADOPTED, Scores, Sheet
from dudao.calc.score.system import Plan, share_of
from dudao.calc.tree import Grade, Node, Otherwise, Role, Roll, otherwise_words


def explaining(scores: Scores, sheet: Sheet, row: int, plan: Plan) -> Explaining:
    """What the sentences of one indicator of one subject are made from."""
    labels = {source.key: source.label for source in scores.tree.sources}

    def marked_by(question: str) -> str:
        """Whose answer it is, also where the sheet has the adopted ones."""
        key = scores.source_of(row, question) if sheet.key == ADOPTED else sheet.key
        return labels.get(key or "", "")

    inputs = plan.compiled.inputs(scores.data.row(row), sheet.answers.row(row))
    return Explaining(plan.node.name, scores.tree.catalogue.items, plan.compiled, inputs, marked_by)


# ---- leaves -------------------------------------------------------------------------------------------------


def leaf_lines(scores: Scores, plan: Plan, told: Explaining, score: NodeScore) -> list[str]:
    rule = plan.node.rule
    assert plan.rule is not None and rule is not None
    gone = _applies_lines(plan, told)
    if gone:
        return gone
    outcome = plan.rule(told.inputs)
    judged = outcome.mark if outcome.mark is not None else outcome.level
    otherwise = plan.node.otherwise
    if otherwise is not None and judged is not None and judged.state[0] == State.NOT_APPLICABLE:
        return [otherwise_words(otherwise)]
    lines = rule.explain(told, outcome)
    base = None if outcome.mark is None else outcome.mark.at(0)
    adjusted, base = _adjust_lines(plan, told, base)
    return lines + adjusted + _rounding_lines(scores.tree.places.mark, base, score)


def shortfall(scores: Scores, plan: Plan, told: Explaining, score: NodeScore) -> str:
    """What is missing at a leaf, from its rule and its values; of one at which nobody has said anything, that."""
    rule, mark = plan.node.rule, None if score.mark is None else score.mark.at(0)
    full = score.possible.at(0)
    if plan.rule is None or rule is None or (mark is not None and full is not None and mark >= full):
        return ""
    outcome = plan.rule(told.inputs)
    judged = outcome.mark if outcome.mark is not None else outcome.level
    if judged is not None and judged.state[0] != State.KNOWN:
        return f"没有提供“{plan.node.name}”的材料或者数据"
    causes = [
        f"存在“{adjust.reason or adjust.when}”的情形"
        for adjust, (_, condition) in zip(plan.node.adjust, plan.adjust, strict=True)
        if isinstance(truth := condition(told.inputs), Truths) and truth.true()[0]
    ]
    base = None if outcome.mark is None else outcome.mark.at(0)
    if base is None or base < told.full:
        causes.insert(0, rule.shortfall(told, outcome))
    return "；".join(filter(None, causes))


def _adjust_lines(plan: Plan, told: Explaining, base: Fraction | None) -> tuple[list[str], Fraction | None]:
    """The adjustments that apply, and the mark after them."""
    lines = []
    for adjust, (factor, condition) in zip(plan.node.adjust, plan.adjust, strict=True):
        truth = condition(told.inputs)
        if adjust.when:
            told.calculation(adjust.when, "truth")
        if isinstance(truth, Truths) and truth.true()[0]:
            done = f"得分乘以 {shown(factor)}" if factor else "整项不得分"
            worked = (
                f"：{shown(base)} × {shown(factor)} = {shown(base * factor)}" if factor and base is not None else ""
            )
            lines.append(f"因“{adjust.reason or adjust.when}”，{done}{worked}")
            base = None if base is None else base * factor
        elif truth.state[0] not in (State.KNOWN, State.UNMARKED, State.NOT_APPLICABLE):
            lines.append(f"“{adjust.reason or adjust.when}”是否成立算不出（{State(int(truth.state[0])).words}）")
    return lines, base


def _applies_lines(plan: Plan, told: Explaining) -> list[str]:
    node = plan.node
    if plan.applies is not None:
        applies = plan.applies(told.inputs)
        told.calculation(node.applies, "truth")
        if applies.false()[0]:
            assert node.otherwise is not None
            return [f"不适用（{node.applies}不成立），{otherwise_words(node.otherwise)}"]
        if applies.state[0]:
            return [f"是否适用算不出（{node.applies}）"]
    return []


def _rounding_lines(places: int | None, base: Fraction | None, score: NodeScore) -> list[str]:
    final = None if score.mark is None else score.mark.at(0)
    if final is None:
        return []
    if base is None:
        return ["没有评分，计 0 分"]
    if base != final and places is not None and abs(base - final) * 2 * 10**places <= 1:
        return [f"四舍五入到 {places} 位小数，得 {shown(final)} 分"]
    return []


# ---- roll-ups -----------------------------------------------------------------------------------------------


def rollup_lines(
    scores: Scores, plan: Plan, told: Explaining, score: NodeScore, below: Mapping[str, NodeScore]
) -> list[str]:
    node = plan.node
    normal = [(child, below[child.code]) for child in node.children if child.role is Role.NORMAL]
    lines: list[str] = []
    total: Fraction | None = None
    scored = [(child, part) for child, part in normal if part.mark is not None]
    if scored:
        lines, total = _rolled_up(node, scored)
        total = _extra_lines(lines, node, below, total)
    if score.level is not None:
        lines.append(_level_line(normal, score.level.at(0)))
    adjusted, total = _adjust_lines(plan, told, total)
    lines += adjusted + _applies_lines(plan, told)
    places = scores.tree.places
    digits = places.total if node is scores.tree.root else places.node
    final = None if score.mark is None else score.mark.at(0)
    if total is not None and final is not None and digits is not None and 0 < abs(total - final) * 2 * 10**digits <= 1:
        lines.append(f"四舍五入到 {digits} 位小数，得 {shown(final)} 分")
    return lines


def _rolled_up(node: Node, scored: list[tuple[Node, NodeScore]]) -> tuple[list[str], Fraction | None]:
    """The sum in figures, and its value if nothing is open."""
    lines: list[str] = []
    applying = [(child, part) for child, part in scored if not _is_out(part)]
    gone = [child for child, part in scored if _is_out(part)]
    if not applying:
        return ["下级指标都不适用"], None
    terms: list[str] = []
    total: Fraction | None = Fraction(0)
    for child, part in applying:
        assert part.mark is not None
        mark, possible = part.mark.at(0), part.possible.at(0)
        if node.roll is Roll.WEIGHTED:
            terms.append(f"{shown(child.weight)} × {shown(mark)}{_scaling(node, possible)}")
            worth = None
            if mark is not None and possible:
                worth = Fraction(child.weight or 0) * mark / possible * Fraction(node.points or 0)
        else:
            terms.append(shown(mark))
            worth = mark
        total = None if total is None or worth is None else total + worth
    waiting = [child.code for child, part in applying if part.mark is not None and part.mark.state[0]]
    if waiting:
        lines.append(f"{'、'.join(waiting)} 还没有得分，合计待定")
    lines.append(f"{' + '.join(terms)} = {shown(total)}" if len(terms) > 1 else f"{terms[0]}")
    handed = [child for child in gone if child.otherwise is Otherwise.REDISTRIBUTE]
    dropped = [child for child in gone if child.otherwise is not Otherwise.REDISTRIBUTE]
    if dropped:
        lines.append(f"{'、'.join(child.code for child in dropped)} 不适用，从满分中剔除")
    if handed:
        kept = sum((share_of(node, child) for child, _ in applying), Fraction(0))
        more = kept + sum((share_of(node, child) for child in handed), Fraction(0))
        grown = None if total is None else total * more / kept
        names = "、".join(child.code for child in handed)
        lines.append(f"{names} 不适用，分值由同级分摊：{shown(total)} × {shown(more)} ÷ {shown(kept)} = {shown(grown)}")
        total = grown
    return lines, total


def _is_out(part: NodeScore) -> bool:
    return part.mark is not None and part.mark.state[0] == State.NOT_APPLICABLE


def _scaling(node: Node, possible: Fraction | None) -> str:
    return "" if possible == node.points else f" ÷ {shown(possible)} × {shown(node.points)}"


def _extra_lines(
    lines: list[str], node: Node, below: Mapping[str, NodeScore], total: Fraction | None
) -> Fraction | None:
    """Bonuses, penalties and the cap; returns the total with them."""
    for child in node.children:
        mark = below[child.code].mark
        if child.role is Role.NORMAL or mark is None or mark.state[0] == State.NOT_APPLICABLE:
            continue
        value = mark.at(0)
        sign = 1 if child.role is Role.BONUS else -1
        word = "加分" if sign > 0 else "减分"
        total = None if total is None or value is None else total + sign * value
        if value != 0:
            lines.append(
                f"{child.code}“{child.name}”{word} {shown(value)}（最多 {shown(child.points)}），为 {shown(total)}"
            )
    if total is not None and total < 0:
        lines.append("减到 0 为止")
        total = Fraction(0)
    if total is not None and node.cap is not None and total > node.cap:
        lines.append(f"最高 {shown(node.cap)} 分")
        total = Fraction(node.cap)
    return total


def _level_line(normal: list[tuple[Node, NodeScore]], level: str | None) -> str:
    parts = [
        f"{child.code} {part.level.at(0) or '—'}"
        for child, part in normal
        if part.level is not None and part.level.state[0] != State.NOT_APPLICABLE
    ]
    return f"下级：{'、'.join(parts)}；{'等级待定' if level is None else f'以最低的为准，定为{level}'}"


# ---- grades -------------------------------------------------------------------------------------------------


def grade_lines(scores: Scores, sheet: Sheet, row: int) -> list[str]:
    grading = scores.system.grading
    if sheet.grade is None:
        return []
    data, answers = sheet.data.row(row), sheet.answers.row(row)
    nodes = {code: node.row(row) for code, node in sheet.nodes.items()}
    lines: list[str] = []
    category = ""
    if grading.by is not None:
        found = grading.by.evaluate(data)
        assert isinstance(found, Texts)
        category = found.at(0) or ""
        if category not in grading.rows:
            return [f"定等：{grading.by.standard} {found.at(0) or '—'}，没有这一类的等次"]
        lines.append(f"按“{category}”的等次")
    table = grading.table(data, nodes)
    total = normalised_total(scores.tree, nodes)
    root, full = nodes[scores.tree.root.code], scores.tree.root.points
    possible, mark = root.possible.at(0), None if root.mark is None else root.mark.at(0)
    if total is not None and mark is not None and full is not None and possible not in {None, Fraction(full)}:
        # Why the total beside the grade isn't that above it.
        worked = f"{shown(mark)} ÷ {shown(possible)} × {shown(full)} = {shown(total.at(0))}"
        lines.append(f"适用的满分是 {shown(possible)} 分，总分按比例折算：{worked}")
    for entry in grading.rows[category]:
        condition = grading.condition(entry, table, nodes)
        parts = _grade_parts(grading, entry.grade, total, nodes)
        if entry.when is not None:
            parts.append(explain(entry.when, table).sentence)
        verdict = "达到" if condition.true()[0] else ("未达到" if condition.false()[0] else "待定")
        lines.append(f"{entry.grade.name}：{'；'.join([*parts, verdict])}")
        if not condition.false()[0]:
            break
    for veto, formula in grading.vetoes:
        if grading.raised(veto, formula, table, answers).true()[0]:
            lines.append(f"一票否决：{veto.name}，最高定为{veto.grade or grading.lowest(category)}")
    grade = sheet.grade.at(row)
    lines.append(f"等次：{grade}" if grade is not None else f"等次：—（{State(int(sheet.grade.state[row])).words}）")
    return lines


def _grade_parts(grading: Grading, grade: Grade, total: Numbers | None, nodes: Mapping[str, NodeScore]) -> list[str]:
    parts = []
    if grade.total is not None and grade.total.low is not None and total is not None:
        sign = ">" if grade.total.low_open else "≥"
        parts.append(
            f"总分 {_near(total.at(0), Fraction(grade.total.low), False)}，要求 {sign} {show_number(Fraction(grade.total.low))}"
        )
    if grade.ratio is not None:
        blocks = grade.blocks or grading.blocks
        least = lowest_rate(nodes, blocks)
        value = None if least is None else least.at(0)
        limit = Fraction(grade.ratio)
        lowest = next(
            (code for code in blocks if nodes[code].mark is not None and rate(nodes[code]).at(0) == value), ""
        )
        where = f"（{lowest}）" if value is not None and lowest else ""
        parts.append(f"最低得分率{where} {_near(value, limit, True)}，要求 ≥ {show_number(limit, True)}")
    return parts


def _near(value: Fraction | None, limit: Fraction, percent: bool) -> str:
    return "—" if value is None else show_near(value, limit, percent)
