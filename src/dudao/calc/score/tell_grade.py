"""Sentences on one subject's grade: each grade from the best down, until one is reached; then the vetoes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from dudao.calc.expr import Numbers, State, Texts, explain, show_near, show_number
from dudao.calc.score.grading import Grading, lowest_rate, normalised_total, rate
from dudao.calc.score.node import NodeScore
from dudao.calc.score.scores import Scores, Sheet
from dudao.calc.tree import Grade


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
    for entry in grading.rows[category]:
        condition = grading.condition(entry, table, nodes)
        parts = _parts(grading, entry.grade, total, nodes)
        if entry.when is not None:
            parts.append(explain(entry.when, table).sentence)
        verdict = "达到" if condition.true()[0] else ("未达到" if condition.false()[0] else "待定")
        lines.append(f"{entry.grade.name}：{'；'.join([*parts, verdict])}")
        if not condition.false()[0]:
            break
    for veto, formula in grading.vetoes:
        if grading.raised(veto, formula, table, answers).true()[0]:
            lines.append(f"一票否决：{veto.name}，最高定为{veto.grade or grading.rows[category][-1].grade.name}")
    grade = sheet.grade.at(row)
    lines.append(f"等次：{grade}" if grade is not None else f"等次：—（{State(int(sheet.grade.state[row])).words}）")
    return lines


def _parts(grading: Grading, grade: Grade, total: Numbers | None, nodes: Mapping[str, NodeScore]) -> list[str]:
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
