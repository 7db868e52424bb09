"""A version as its page shows it: rows with depth, points against the sum below, the rule in words, what is to be done.

Pure functions of a loaded version; nothing here reads the database.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dudao.calc.rules import rule_words
from dudao.calc.tree import Finding, Node, Role, Roll, Tree, adjust_words, otherwise_words
from dudao.frameworks.models import Indicator
from dudao.frameworks.trees import shown

MANY = 300
"""From so many indicators on a version opens folded: only the first level, the rest when asked for."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What lies below an indicator adds up to, in words. ``differs``: it is not what it must be."""

    words: str
    differs: bool


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One indicator on the page. ``weighted``: the one above rolls up by weight, so it needs a weight."""

    row: Indicator
    depth: int
    points: str
    weight: str
    weighted: bool
    sums: Sums | None
    role: str
    rule: str
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    children: int
    opened: bool = True

    @property
    def troubles(self) -> int:
        return sum(finding.is_error for finding in self.findings)


_ROLES = {Role.NORMAL: "", Role.BONUS: "加分", Role.PENALTY: "减分"}


def sums_of(node: Node) -> Sums | None:
    """The points (or weights) below an indicator against what they must be; ``None`` if nothing below counts."""
    ordinary = [child for child in node.children if child.role is Role.NORMAL]
    if ordinary and node.roll is Roll.WEIGHTED:
        total = sum((child.weight or Decimal(0) for child in ordinary), Decimal(0))
        return _sums("权重合计", total, Decimal(1))
    if ordinary and any(child.points is not None for child in ordinary):
        total = sum((child.points or Decimal(0) for child in ordinary), Decimal(0))
        if node.role is not Role.NORMAL:
            return Sums(f"下级合计 {shown(total)}", False)
        return _sums("下级合计", total, node.points)
    return None


def _sums(what: str, total: Decimal, wanted: Decimal | None) -> Sums:
    if wanted is None:
        return Sums(f"{what} {shown(total)}，本级没有写分值", True)
    if total == wanted:
        return Sums(f"{what} {shown(total)}", False)
    far = f"多 {shown(total - wanted)}" if total > wanted else f"少 {shown(wanted - total)}"
    return Sums(f"{what} {shown(total)}，{far}", True)


def outline(tree: Tree, rows: Sequence[Indicator], findings: Sequence[Finding]) -> list[OutlineRow]:
    """The lines in the order of the document, the whole first."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.code, []).append(finding)
    lines = []
    for row in rows:
        node = tree.nodes[row.code]
        notes = [adjust_words(adjust) for adjust in node.adjust]
        if node.applies:
            notes.append(f"适用条件：{node.applies}")
        if node.otherwise is not None:
            notes.append(otherwise_words(node.otherwise))
        parent = tree.parents.get(row.code)
        lines.append(
            OutlineRow(
                row=row,
                depth=min(row.path.count(".") - 1, 5),
                points=shown(node.points),
                weight=shown(node.weight),
                weighted=parent is not None and tree.nodes[parent].roll is Roll.WEIGHTED,
                sums=sums_of(node),
                role=_ROLES[node.role],
                rule=rule_words(node.rule) if node.rule is not None else "",
                notes=tuple(notes),
                findings=tuple(found.get(row.code, ())),
                children=len(node.children),
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class ShownRows:
    """The lines that a page shows. ``folded``: large, so that what is below comes when asked for; ``hits``: of a search."""

    lines: tuple[OutlineRow, ...]
    folded: bool
    hits: int | None = None


def shown_lines(
    lines: Sequence[OutlineRow],
    *,
    at: int | None = None,
    below: int | None = None,
    words: str = "",
    everything: bool = False,
) -> ShownRows:
    """Which lines to show: those that hold ``words``, with what they stand under; the children of ``below``; else all of
    a small version, and of a large one the first level, the way to the indicator ``at`` and its children."""
    if below is not None:
        near = [replace(line, opened=False) for line in lines if line.row.parent_id == below]
        return ShownRows(tuple(near), True)
    if words:
        hits = [line for line in lines if _holds(line, words)]
        kept = _with_ways(lines, (line.row.path for line in hits[:MANY]))
        return ShownRows(tuple(line for line in lines if line.row.path in kept), False, len(hits))
    if everything or len(lines) <= MANY:
        return ShownRows(tuple(lines), False)
    opened = {line.row.pk for line in lines if line.row.parent_id is None}
    if at is not None:
        path = next((line.row.path for line in lines if line.row.pk == at), "")
        opened |= {line.row.pk for line in lines if path.startswith(line.row.path)}
    return ShownRows(
        tuple(
            replace(line, opened=line.row.pk in opened)
            for line in lines
            if line.row.parent_id is None or line.row.parent_id in opened
        ),
        True,
    )


def _holds(line: OutlineRow, words: str) -> bool:
    row = line.row
    text = "\n".join((row.code, row.name, row.text, line.rule, *line.notes, *row.evidence)).casefold()
    return all(word in text for word in words.casefold().split())


def _with_ways(lines: Sequence[OutlineRow], paths: Iterable[str]) -> Collection[str]:
    """The paths with those of everything above them."""
    kept = set()
    for path in paths:
        parts = path.rstrip(".").split(".")
        kept |= {".".join(parts[:end]) + "." for end in range(1, len(parts) + 1)}
    return kept


def next_code(parent: str, siblings: Sequence[str], taken: Collection[str]) -> str:
    """A free code in the manner of the siblings: B3 after B2, SF1.4 after SF1.3; below a bare parent its code with «.1»."""
    if siblings:
        found = re.fullmatch(r"(.*?)(\d+)", siblings[-1])
        stem, number = (found[1], int(found[2]) + 1) if found else (f"{siblings[-1]}-", 1)
    else:
        stem, number = f"{parent}.", 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
