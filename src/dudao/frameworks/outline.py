"""A version as its page shows it: rows with depth, points against the sum below, the rule in words, what is to be done.

Pure functions of a loaded version; nothing here reads the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dudao.calc.tree import Finding, Role, Roll, Tree, adjust_words, otherwise_words, rule_words
from dudao.frameworks.models import Indicator
from dudao.frameworks.trees import shown

__all__ = ["Line", "outline"]


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator on the page. ``sum``: of the points (or weights) below, in words; ``differs``: it is not what it must be."""

    row: Indicator
    depth: int
    points: str
    weight: str
    sum: str
    differs: bool
    role: str
    rule: str
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    children: int


_ROLES = {Role.NORMAL: "", Role.BONUS: "加分", Role.PENALTY: "减分"}


def outline(tree: Tree, rows: Sequence[Indicator], findings: Sequence[Finding]) -> list[Line]:
    """The lines in the order of the document, the whole first."""
    lines = []
    for row in rows:
        node = tree.nodes[row.code]
        ordinary = [child for child in node.children if child.role is Role.NORMAL]
        total, differs, words = Decimal(0), False, ""
        if ordinary and node.roll is Roll.WEIGHTED:
            total = sum((child.weight or Decimal(0) for child in ordinary), Decimal(0))
            differs, words = total != 1, f"权重合计 {shown(total)}"
        elif ordinary and any(child.points is not None for child in ordinary):
            total = sum((child.points or Decimal(0) for child in ordinary), Decimal(0))
            differs, words = total != node.points, f"下级合计 {shown(total)}"
        notes = [adjust_words(adjust) for adjust in node.adjust]
        if node.applies:
            notes.append(f"适用条件：{node.applies}")
        if node.otherwise is not None:
            notes.append(otherwise_words(node.otherwise))
        lines.append(
            Line(
                row=row,
                depth=min(row.path.count(".") - 1, 5),
                points=shown(node.points),
                weight=shown(node.weight),
                sum=words,
                differs=differs,
                role=_ROLES[node.role],
                rule=rule_words(node.rule) if node.rule is not None else "",
                notes=tuple(notes),
                findings=tuple(finding for finding in findings if finding.code == row.code),
                children=len(node.children),
            )
        )
    return lines
