"""A subject that answers everything of an indicator system as well as can be, typed as people type it; and its scores."""

import json
from collections.abc import Mapping

from dudao.calc.expr import read_table
from dudao.calc.rules import Attain, Computed, Deduct, Judged, Parts, Pick, YesNo
from dudao.calc.score import Scores, score
from dudao.calc.tree import Node, Role, Tree, answer_items, from_data
from dudao.packs import read


def pack(name: str) -> Tree:
    # Dates become texts, as the database keeps them.
    return from_data(json.loads(json.dumps(dict(read("frameworks", name)), default=str)))


def best(node: Node) -> dict[str, object]:
    """The best answers to the questions of one node; a bonus is left alone."""
    rule = node.rule
    answers: dict[str, object] = {}
    for item in answer_items(node):
        reason = item.name.partition("·")[2]
        if any(adjust.reason == reason for adjust in node.adjust if not adjust.when):
            continue  # nobody raised it
        match rule:
            case Judged():
                answers[item.name] = str(node.points)
            case Pick(bands):
                top = max(bands, key=lambda band: band.within.low or 0)
                answers[item.name] = top.label if top.within.is_point else str(top.within.high)
            case Deduct():
                answers[item.name] = "0"
            case Parts():
                answers[item.name] = "有"
            case YesNo(good=good):
                answers[item.name] = "是" if good else "否"
            case Attain(levels=levels):
                answers[item.name] = levels[0]
            case Computed():
                answers[item.name] = "100"
    return answers


def best_answers(tree: Tree) -> dict[str, object]:
    """All but bonuses and penalties, which nobody has to enter."""
    found: dict[str, object] = {}
    stack = [tree.root]
    while stack:
        node = stack.pop()
        if node.role is Role.NORMAL:
            found |= best(node)
            stack += node.children
    return found


def scored(tree: Tree, row: Mapping[str, object], source: str = "review") -> Scores:
    """One subject. Every cell must be a data item or a question of the tree, and readable."""
    known = {item.name for item in tree.items} | {item.name for item in tree.answers.items.values()}
    assert set(row) <= known, set(row) - known
    data, answers = read_table(tree.catalogue, [row]), read_table(tree.answers, [row])
    assert not data.problems + answers.problems
    return score(tree, data.table, {source: answers.table})


def result(tree: Tree, row: Mapping[str, object]) -> tuple[object, object]:
    """Total and grade of the adopted marks."""
    sheet = scored(tree, row).sheet()
    return sheet.total.at(0), None if sheet.grade is None else sheet.grade.at(0)
