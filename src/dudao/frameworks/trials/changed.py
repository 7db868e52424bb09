"""What-if on a trial: points, weights, rules, grade limits or cells differ, and the system and tables follow. Nothing is stored.

A change is what a person writes in a row of the form: which indicator (or grade, or column of a subject), what about it, the
new value. Pure functions of what was loaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dudao.calc.rules import RuleTextError, read_form, write_form
from dudao.calc.score import (
    InvalidTree,
    Movement,
    Outcome,
    Scores,
    Subjects,
    System,
    carry_over,
    columns_of,
    movements,
    outcomes,
)
from dudao.calc.tree import Role, Roll, Tree, TreeDataError, from_data, to_data

FIELDS: Mapping[str, str] = {
    "points": "分值",
    "weight": "权重",
    "cap": "最高得分",
    "rule": "计分规则",
    "total": "总分线",
    "ratio": "各部分最低得分率",
    "cell": "填报或评分",
}
GRADE = "="
"""Before the name of a grade in ``target``: no code begins with it."""


@dataclass(frozen=True, slots=True)
class Change:
    """``target``: a code, «=优秀» for a grade, or the key of a column («C3@review») of ``subject``."""

    target: str
    field: str
    value: str
    subject: str = ""


class WhatIfError(ValueError):
    """What is wrong with a change; ``place`` is its number in the list, ``None`` if it is about the whole."""

    def __init__(self, message: str, index: int | None = None) -> None:
        super().__init__(message)
        self.index = index


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it. ``notes``: what else had to follow («M1 的分值随下级改为 35»)."""

    names: tuple[str, ...]
    before: Sequence[Outcome]
    after: Sequence[Outcome]
    moves: Sequence[Movement]
    notes: tuple[str, ...]


# ---- the system -----------------------------------------------------------------------------------------------


def targets(tree: Tree) -> list[tuple[str, str]]:
    """What may be changed of a system, as a form offers it."""
    found = [(code, f"{code} {node.name}") for code, node in tree.nodes.items()]
    names = dict.fromkeys(
        grade.name for grades in (tree.scale.grades.values() if tree.scale else ()) for grade in grades
    )
    return found + [(f"{GRADE}{name}", f"等次“{name}”") for name in names]


def present(tree: Tree, target: str, field: str) -> str:
    """The value as it is now, written as the form reads it; «» for none."""
    data = to_data(tree)
    if target.startswith(GRADE):
        return "；".join(dict.fromkeys(str(grade.get(field, "")) for grade in _grades(data, target[1:])))
    node = _nodes(data).get(target, {})
    if field != "rule":
        return str(node.get(field) or "")
    fields = write_form(node.get("rule"))
    return str(fields.get("lines") or fields.get("value") or "")


def changed_tree(tree: Tree, changes: Sequence[Change], *, follow: bool = True) -> tuple[Tree, tuple[str, ...]]:
    """The system with the changes. ``follow``: points above become the sum below, weights beside fill up to 1."""
    data = to_data(tree)
    nodes = _nodes(data)
    notes: list[str] = []
    set_here = {(change.target, change.field) for change in changes}
    for index, change in enumerate(changes):
        if change.field == "cell":
            continue
        _apply(data, nodes, change, index)
    if follow:
        parents = dict(tree.parents)
        for change in changes:
            if change.field == "weight":
                notes += _fill_weights(nodes, parents.get(change.target, ""), set_here)
        for change in changes:
            if change.field == "points":
                notes += _fill_points(nodes, parents, change.target, set_here)
    try:
        return from_data(data), tuple(dict.fromkeys(notes))
    except TreeDataError as error:
        raise WhatIfError(f"改动后的内容读不出来：{error}") from None


def _nodes(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The plain data of every node by code; the whole is the root."""
    found: dict[str, dict[str, Any]] = {}
    stack: list[Any] = [data]
    while stack:
        node = stack.pop()
        found[str(node["code"])] = node
        stack.extend(_below(node))
    return found


def _below(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(node.get("indicators") or node.get("children") or ())


def _grades(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    grades = data.get("grades") or []
    lists = [rows for key, rows in grades.items() if key != "by"] if isinstance(grades, Mapping) else [grades]
    return [grade for rows in lists for grade in rows if grade["name"] == name]


def _apply(data: dict[str, Any], nodes: Mapping[str, dict[str, Any]], change: Change, index: int) -> None:
    value = change.value.strip()
    if change.target.startswith(GRADE):
        grades = _grades(data, change.target[1:])
        if not grades or change.field not in {"total", "ratio"}:
            raise WhatIfError(f"等次可以改“{FIELDS['total']}”和“{FIELDS['ratio']}”", index)
        for grade in grades:
            grade[change.field] = value
        _check(data, f"{change.target[1:]}的{FIELDS[change.field]}", index)
        return
    node = nodes.get(change.target)
    if node is None:
        raise WhatIfError(f"没有代码为“{change.target}”的指标", index)
    if change.field == "rule":
        node["rule"] = _rule(node, value, index)
    elif change.field in {"points", "weight", "cap"}:
        node[change.field] = _decimal(value, FIELDS[change.field], index)
    else:
        raise WhatIfError(
            f"指标可以改：{'、'.join(FIELDS[name] for name in ('points', 'weight', 'cap', 'rule'))}", index
        )
    _check(data, f"{change.target} 的{FIELDS[change.field]}", index)


def _decimal(value: str, name: str, index: int) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0 or number > 10**9:
        raise WhatIfError(f"{name}应当是 0 以上的数，写的是“{value[:20]}”", index)
    return f"{number.normalize():f}"


def _rule(node: Mapping[str, Any], value: str, index: int) -> dict[str, Any] | None:
    fields = write_form(node.get("rule"))
    name = "lines" if fields.get("lines") else "value"
    if not fields.get(name):
        raise WhatIfError(f"{node['code']} 没有可以改写的计分规则", index)
    try:
        return read_form({**fields, name: value})
    except RuleTextError as error:
        raise WhatIfError(str(error), index) from None


def _check(data: Mapping[str, Any], what: str, index: int) -> None:
    try:
        from_data(data)
    except TreeDataError as error:
        raise WhatIfError(f"{what}：{error.reason}", index) from None


def _ordinary(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [child for child in _below(node) if child.get("role", Role.NORMAL) == Role.NORMAL]


def _fill_points(
    nodes: Mapping[str, dict[str, Any]], parents: Mapping[str, str], code: str, set_here: set[tuple[str, str]]
) -> list[str]:
    """The points of all above become what is below them, up to one that is weighted or was itself changed."""
    notes = []
    role = nodes[code].get("role", Role.NORMAL)
    while code in parents and role == Role.NORMAL:
        code = parents[code]
        node = nodes[code]
        role = node.get("role", Role.NORMAL)
        if node.get("roll", Roll.SUM) != Roll.SUM or (code, "points") in set_here or node.get("points") is None:
            break
        total = sum((Decimal(str(child.get("points") or 0)) for child in _ordinary(node)), Decimal(0))
        if total != Decimal(str(node["points"])):
            node["points"] = f"{total.normalize():f}"
            notes.append(f"{code} 的分值随下级改为 {node['points']}。")
    return notes


def _fill_weights(nodes: Mapping[str, dict[str, Any]], above: str, set_here: set[tuple[str, str]]) -> list[str]:
    """The other weights of a weighted parent in their old proportion, so that all are 1 again; to four places."""
    if not above:
        return []
    children = [child for child in _ordinary(nodes[above]) if child.get("weight") is not None]
    fixed = [child for child in children if (child["code"], "weight") in set_here]
    free = [child for child in children if (child["code"], "weight") not in set_here]
    rest = 1 - sum((Decimal(str(child["weight"])) for child in fixed), Decimal(0))
    old = sum((Decimal(str(child["weight"])) for child in free), Decimal(0))
    if not free or old == 0 or rest < 0 or rest == old:
        return []
    left = rest
    for child in free[:-1]:
        share = (Decimal(str(child["weight"])) * rest / old).quantize(Decimal("0.0001"))
        child["weight"] = f"{share.normalize():f}"
        left -= share
    free[-1]["weight"] = f"{left.normalize():f}"
    return [f"{child['code']} 的权重随之改为 {child['weight']}。" for child in free]


# ---- the whole ------------------------------------------------------------------------------------------------


def play(subjects: Subjects, changes: Sequence[Change], *, follow: bool) -> Played:
    """Score everything again with the changes."""
    tree, notes = changed_tree(subjects.system.tree, changes, follow=follow)
    system = subjects.system
    if tree != system.tree:
        try:
            system = System(tree)
        except InvalidTree as error:
            words = "".join(finding.sentence for finding in error.findings[:3])
            raise WhatIfError(f"这样改以后不能计分：{words}") from None
    before = subjects.scores()
    changed = _with_cells(subjects, before, changes)
    taken = carry_over(changed, system)
    told = [*notes, *(f"{code} 由人评分，分值变了，原来的评分按得分率折算。" for code in taken.scaled)]
    return Played(
        names=subjects.names,
        before=outcomes(before, subjects.main),
        after=outcomes(taken.scores, subjects.main),
        moves=movements(before, taken.scores, subjects.main),
        notes=tuple(told),
    )


def _with_cells(subjects: Subjects, scores: Scores, changes: Sequence[Change]) -> Scores:
    """The scores with some cells changed, each read as it would be from a table."""
    known = {column.key: column for column in columns_of(subjects.system, apart=True)}
    known |= {column.key: column for column in columns_of(subjects.system)}
    for index, change in enumerate(changes):
        if change.field != "cell":
            continue
        row, column = subjects.row_of(change.subject), known.get(change.target)
        if row is None:
            raise WhatIfError(f"没有单位“{change.subject}”", index)
        if column is None:
            raise WhatIfError(f"没有“{change.target}”这一项", index)
        try:
            if column.source:
                scores = scores.with_answer(row, column.source, column.name, change.value)
            else:
                scores = scores.with_data(row, {column.name: change.value})
        except ValueError as error:
            raise WhatIfError(f"{change.subject}的“{column.header}”{error}", index) from None
    return scores
