"""What is wrong, or odd, with an indicator system: everything that can be known before anybody is scored.

Errors forbid publishing. Warnings are for a person to look at: real tables have holes, and this reports them instead of
guessing. Nothing here changes the system.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from dudao.calc.expr import (
    Catalogue,
    Formula,
    FormulaError,
    Item,
    Kind,
    check_catalogue,
    compile_formula,
    items_used,
    normal_name,
)
from dudao.calc.rules import ANSWER, FULL, Finding, Interval, RuleCheck, seams, shown
from dudao.calc.tree.codec import MAX_LEVELS, MAX_NODES
from dudao.calc.tree.model import Grade, Node, Role, Roll, Scale, Tree, answer_items

_ONE: Final = Decimal(1)
RESERVED_SOURCE: Final = "adopted"
"""The name of the sheet of adopted marks (`score.ADOPTED`)."""


def validate(tree: Tree) -> tuple[Finding, ...]:
    """All findings, errors first, in the order of the document."""
    check = _Check(tree)
    check.structure()
    try:
        tree.catalogue  # noqa: B018  # building it is the check
        check.formulas_can_be_read = True
    except ValueError as error:
        check.add("item", "", str(error))
    for node in tree.root.walk():
        check.node(node)
    check.vetoes()
    if tree.scale is not None:
        check.scale(tree.scale)
    check.items()
    return tuple(sorted(check.found, key=lambda finding: not finding.is_error))


def bound_items(node: Node) -> dict[str, Item]:
    """What only the formulas of this node may name: «本项» (if people answer it) and «满分»."""
    bound = {item.name: item for item in answer_items(node)}
    found = {ANSWER: bound[node.code]} if node.code in bound else {}
    return found if node.points is None else {**found, FULL: Item(FULL)}


def grade_catalogue(tree: Tree) -> Catalogue:
    """What conditions of grades and vetoes may name: the data items, and results (总分, C3得分, C3等次, A项数 …)."""
    results = [Item("总分"), Item("满分"), Item("得分率", unit="%"), Item("一级指标最低得分率", unit="%")]
    levels: dict[str, None] = {}
    for node in tree.root.walk():
        results += [Item(f"{node.code}得分"), Item(f"{node.code}得分率", unit="%")]
        results.append(Item(f"{node.code}等次", Kind.TEXT))
        if node.rule is not None:
            levels |= dict.fromkeys(node.levels)
    results += [Item(f"{level}项数", Kind.COUNT) for level in levels]
    # A data item hides a result of its name; two nodes of one code are reported elsewhere.
    items = {normal_name(item.name): item for item in results} | tree.catalogue.items
    return Catalogue(items.values(), tree.catalogue.lower)


@dataclass(slots=True)
class _Check:
    tree: Tree
    found: list[Finding] = field(default_factory=list)
    used: set[tuple[str, str]] = field(default_factory=set)
    formulas_can_be_read: bool = False

    def add(self, kind: str, code: str, message: str, is_error: bool = True) -> None:
        self.found.append(Finding(kind, code, message, is_error))

    # ---- the tree -------------------------------------------------------------------------------------------

    def structure(self) -> None:
        keys = [source.key for source in self.tree.sources]
        if len(set(keys)) != len(keys) or RESERVED_SOURCE in keys:
            self.add("source", "", f"评分来源的代号应当各不相同，也不能用 {RESERVED_SOURCE}。")
        counted = Counter(node.code for node in self.tree.root.walk())
        counted.update(veto.code for veto in self.tree.vetoes)
        for code, times in counted.items():
            if times > 1:
                self.add("code", code, f"编号出现了 {times} 次，应当各不相同。")
        if sum(counted.values()) > MAX_NODES:
            self.add("size", "", f"指标太多，最多 {MAX_NODES} 个。")
        if _levels(self.tree.root) > MAX_LEVELS:
            self.add("size", "", f"层级太多，最多 {MAX_LEVELS} 级。")
        names = Counter(item.name for node in self.tree.root.walk() for item in answer_items(node))
        for name, times in names.items():
            if times > 1:
                self.add("code", name, f"有 {times} 个要填的项目同名，请改要点或扣分项的名称。")

    def node(self, node: Node) -> None:
        keys = {source.key for source in self.tree.sources}
        for source in node.sources:
            if source not in keys:
                self.add("source", node.code, f"没有评分来源“{source}”，只有：{'、'.join(sorted(keys))}。")
        if node.points is not None and node.points <= 0:
            self.add("points", node.code, f"满分是 {shown(node.points)}，应当大于 0。")
        if node.role is not Role.NORMAL and node.points is None:
            self.add("points", node.code, "加分、减分项要写分值，作为上限。")
        if node.applies and node.otherwise is None:
            self.add("condition", node.code, "写了适用条件，还要写明不适用时分值怎么办（剔除、分摊或按满分计）。")
        for adjust in node.adjust:
            if not 0 <= adjust.factor <= 1:
                self.add("rule", node.code, f"调整系数是 {shown(adjust.factor)}，应当在 0 和 1 之间。")
            if not adjust.when and not adjust.reason:
                self.add("rule", node.code, "得分调整要写条件，或写一个由人判断的说明。")
        if node.children:
            self.parent(node)
        elif node.rule is None:
            self.add("rule", node.code, "没有下级指标，也没有计分规则。")
        else:
            self.leaf(node)
        self.formulas(node)

    def parent(self, node: Node) -> None:
        if node.rule is not None:
            self.add("rule", node.code, "有下级指标，不能再有计分规则。")
        normal = [child for child in node.children if child.role is Role.NORMAL]
        levels = {child.levels for child in normal if child.levels}
        longest = {names for names in levels if len(names) == max(map(len, levels))}
        if len(longest) > 1:
            words = "；".join("、".join(names) for names in sorted(longest))
            self.add("levels", node.code, f"下级等级的名称不一致：{words}。", is_error=False)
        if not normal:
            self.add("points", node.code, "下级只有加分或减分项，没有计分的指标。")
        if node.roll is Roll.WEIGHTED:
            self.weights(node, normal)
            return
        weighted = [child.code for child in normal if child.weight is not None]
        if weighted:
            self.add("weights", node.code, f"按合计计分，下级 {'、'.join(weighted)} 的权重不起作用。", is_error=False)
        scored = [child for child in normal if child.points is not None]
        if node.points is None:
            if scored:
                below = sum((child.points or Decimal(0) for child in scored), Decimal(0))
                self.add("points", node.code, f"没有写满分，下级合计 {shown(below)} 分。")
            return
        total = sum((child.points or Decimal(0) for child in scored), Decimal(0))
        if total != node.points and node.role is Role.NORMAL:
            self.add("points", node.code, f"下级分值合计 {shown(total)}，与本级满分 {shown(node.points)} 不符。")

    def weights(self, node: Node, normal: Sequence[Node]) -> None:
        if node.points is None:
            self.add("points", node.code, "按权重计分，要写本级满分。")
        for child in normal:
            if child.weight is None:
                self.add("weights", child.code, "上级按权重计分，要写本项权重。")
            elif child.weight < 0:
                self.add("weights", child.code, f"权重是 {shown(child.weight)}，不能小于 0。")
            if child.points is None:
                self.add("points", child.code, "上级按权重计分，要写本项满分。")
        total = sum((child.weight or Decimal(0) for child in normal), Decimal(0))
        if total != 1:
            self.add("weights", node.code, f"下级权重合计 {shown(total)}，应当是 1。")

    def leaf(self, node: Node) -> None:
        rule = node.rule
        assert rule is not None
        if node.points is None and rule.needs_points:
            self.add("points", node.code, "没有写满分。")
        else:
            rule.check(self.rule_check(node.code, node.points, bound_items(node)))

    def rule_check(
        self, code: str, points: Decimal | None = None, items: Mapping[str, Item] | None = None
    ) -> RuleCheck:
        def compiled(text: str, bound: Mapping[str, Item], wanted: str) -> Formula | None:
            return self.formula(code, text, bound, wanted, silent=True)

        return RuleCheck(code, points, items or {}, self.found, compiled)

    # ---- formulas -------------------------------------------------------------------------------------------

    def formulas(self, node: Node) -> None:
        bound = bound_items(node)
        for use in node.uses:
            self.formula(node.code, use.text, bound, use.wanted, use.what)
        if node.applies:
            self.formula(node.code, node.applies, {}, "truth", "适用条件")
        for adjust in node.adjust:
            if adjust.when:
                self.formula(node.code, adjust.when, bound, "truth", f"调整“{adjust.reason or adjust.when}”")

    def formula(
        self,
        code: str,
        text: str,
        bound: Mapping[str, Item],
        wanted: str,
        what: str = "",
        *,
        catalogue: Catalogue | None = None,
        silent: bool = False,
    ) -> Formula | None:
        if not self.formulas_can_be_read:
            return None
        try:
            formula = compile_formula(text, catalogue or self.tree.catalogue, bound, wanted)
        except FormulaError as error:
            for flaw in () if silent else error.flaws:
                self.add("formula", code, f"{what}“{text}”{flaw.sentence}")
            return None
        self.used |= items_used(formula)
        return formula

    # ---- grades, vetoes, items ------------------------------------------------------------------------------

    def vetoes(self) -> None:
        grades = {grade.name for row in self.tree.scale.grades.values() for grade in row} if self.tree.scale else set()
        for veto in self.tree.vetoes:
            if self.tree.scale is None:
                self.add("grade", veto.code, "有否决项，却没有等次。")
            elif veto.grade and veto.grade not in grades:
                self.add("grade", veto.code, f"没有等次“{veto.grade}”。")
            if veto.when and self.formulas_can_be_read:
                self.formula(veto.code, veto.when, {}, "truth", "否决条件", catalogue=grade_catalogue(self.tree))

    def scale(self, scale: Scale) -> None:
        if not self.formulas_can_be_read:
            return
        if scale.by:
            self.formula("", scale.by, {}, "text", "等次的分类")
        self.rule_check("").categories(scale.by, scale.grades)
        catalogue = grade_catalogue(self.tree)
        for category, row in scale.grades.items():
            self.grades(f"〔{category}〕" if category else "", row)
            for grade in row:
                if grade.when:
                    self.formula(grade.name, grade.when, {}, "truth", "条件", catalogue=catalogue)

    def grades(self, name: str, row: Sequence[Grade]) -> None:
        if not row:
            self.add("grade", "", f"{name}没有写等次。")
            return
        for grade in row:
            for block in grade.blocks:
                if block not in self.tree.nodes:
                    self.add("grade", grade.name, f"没有指标“{block}”。")
            if grade.ratio is not None and not 0 <= grade.ratio <= 1:
                self.add("grade", grade.name, f"最低得分率是 {shown(grade.ratio)}，应当在 0 和 1 之间。")
            full = self.tree.root.points
            if grade.total is not None and full is None:
                self.add("grade", grade.name, "指标体系没有满分，等次不能看总分。")
            elif grade.total is not None and full is not None and (grade.total.low or Decimal(0)) > full:
                self.add("unreachable", grade.name, f"要总分 {grade.total}，满分只有 {shown(full)}。")
        self.unreachable(row)
        totals = [grade.total for grade in row if grade.total is not None]
        places = self.tree.places.total
        for seam in seams(totals, None if places is None else _ONE.scaleb(-places), has_domain=False):
            if seam.kind == "gap":
                message = f"{name}总分 {seam.between} 没有规定，按达到下限的等次处理。"
                self.add("gap", "", message, is_error=False)
        last = row[-1]
        if last.ratio is not None or last.when or (last.total is not None and (last.total.low or Decimal(0)) > 0):
            self.add("gap", last.name, f"{name}达不到“{last.name}”的没有等次。", is_error=False)
        if len({grade.name for grade in row}) != len(row):
            self.add("grade", "", f"{name}等次有同名的。")

    def unreachable(self, row: Sequence[Grade]) -> None:
        """A grade that asks at least as much as a better one, which asks for nothing more, and that no veto gives."""
        given = {veto.grade for veto in self.tree.vetoes}
        for number, grade in enumerate(row):
            if grade.name in given:
                continue
            for better in row[:number]:
                asks_less = _low(better.total) <= _low(grade.total) and (better.ratio or 0) <= (grade.ratio or 0)
                if asks_less and not better.when and (better.ratio is None or better.blocks == grade.blocks):
                    self.add(
                        "unreachable",
                        grade.name,
                        f"达到“{grade.name}”的都先达到“{better.name}”，这一等次没有人能得到。",
                    )
                    break

    def items(self) -> None:
        if not self.formulas_can_be_read:
            return
        for name, error in check_catalogue(self.tree.catalogue):
            is_cycle = "成了圈" in str(error)
            self.add("cycle" if is_cycle else "formula", name, error.flaws[0].message)
        by_scope = {"": self.tree.items, **self.tree.lower}
        for scope, items in by_scope.items():
            for item in items:
                key = next(name for name, known in self._catalogue(scope).items.items() if known is item)
                if (scope, key) not in self.used:
                    self.add("unused", item.name, "没有指标用到这个数据项。", is_error=False)
        codes = set(self.tree.nodes)
        for item in self.tree.items:
            if item.name in codes:
                self.add("code", item.name, "数据项与指标编号同名，读表时分不清。")

    def _catalogue(self, scope: str) -> Catalogue:
        return self.tree.catalogue.lower[scope] if scope else self.tree.catalogue


def _low(total: Interval | None) -> Decimal:
    return Decimal(0) if total is None or total.low is None else total.low


def _levels(root: Node) -> int:
    deepest, stack = 0, [(root, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((child, level + 1) for child in node.children)
    return deepest
