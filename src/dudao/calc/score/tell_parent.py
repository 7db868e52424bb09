"""Sentences on how one indicator's mark comes from those below it: sums, weights, what does not apply, extras, caps."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from dudao.calc.expr import State
from dudao.calc.score.node import NodeScore
from dudao.calc.score.tell_leaf import Telling, adjust_lines, apply_lines, shown
from dudao.calc.tree import Node, Otherwise, Role, Roll


def parent_lines(telling: Telling, score: NodeScore, below: Mapping[str, NodeScore]) -> list[str]:
    node = telling.plan.node
    normal = [(child, below[child.code]) for child in node.children if child.role is Role.NORMAL]
    lines: list[str] = []
    total: Fraction | None = None
    scored = [(child, part) for child, part in normal if part.mark is not None]
    if scored:
        told, total = _rolled(node, scored)
        lines += told
        total = _extra_lines(lines, node, below, total)
    if score.level is not None:
        lines.append(_level_line(normal, score.level.at(0)))
    told, total = adjust_lines(telling, total)
    lines += told
    lines += apply_lines(telling, score)
    places = telling.scores.tree.places
    digits = places.total if node is telling.scores.tree.root else places.node
    final = None if score.mark is None else score.mark.at(0)
    if total is not None and final is not None and digits is not None and 0 < abs(total - final) * 2 * 10**digits <= 1:
        lines.append(f"四舍五入到 {digits} 位小数，得 {shown(final)} 分")
    return lines


def _rolled(node: Node, scored: list[tuple[Node, NodeScore]]) -> tuple[list[str], Fraction | None]:
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
            terms.append(f"{shown(child.weight)} × {_term(mark)}{_scaling(node, possible)}")
            worth = None
            if mark is not None and possible:
                worth = Fraction(child.weight or 0) * mark / possible * Fraction(node.points or 0)
        else:
            terms.append(_term(mark))
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
        kept = sum((_share(node, child) for child, _ in applying), Fraction(0))
        more = kept + sum((_share(node, child) for child in handed), Fraction(0))
        grown = None if total is None else total * more / kept
        names = "、".join(child.code for child in handed)
        lines.append(f"{names} 不适用，分值由同级分摊：{shown(total)} × {shown(more)} ÷ {shown(kept)} = {shown(grown)}")
        total = grown
    return lines, total


def _is_out(part: NodeScore) -> bool:
    return part.mark is not None and part.mark.state[0] == State.NOT_APPLICABLE


def _term(mark: Fraction | None) -> str:
    return "—" if mark is None else shown(mark)


def _scaling(node: Node, possible: Fraction | None) -> str:
    return "" if possible == node.points else f" ÷ {shown(possible)} × {shown(node.points)}"


def _share(node: Node, child: Node) -> Fraction:
    if node.roll is Roll.WEIGHTED:
        return Fraction(node.points or 0) * Fraction(child.weight or 0)
    return Fraction(child.points or 0)


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
                f"{child.code}“{child.name}”{word} {_term(value)}（最多 {shown(child.points)}），为 {shown(total)}"
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
