"""What is wrong, or odd, with an indicator system: everything that can be known before anybody is scored.

Errors forbid publishing. Warnings are for a person to look at: real tables have holes, and this reports them instead of
guessing. Nothing here changes the system.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Final

from dudao.calc.expr import (
    Catalogue,
    Formula,
    FormulaError,
    Item,
    Kind,
    Name,
    check_catalogue,
    compile_formula,
    items_used,
    normal_name,
)
from dudao.calc.tree.codec import MAX_LEVELS, MAX_NODES
from dudao.calc.tree.intervals import Interval, Seam, seams
from dudao.calc.tree.model import Grade, Node, Role, Roll, Scale, Tree, answer_items
from dudao.calc.tree.rules import (
    ANSWER,
    FULL,
    Attain,
    Band,
    Bands,
    Deduct,
    Judged,
    Linear,
    Parts,
    Pick,
    YesNo,
    formulas_of,
)
from dudao.calc.tree.words import number

FindingKind = str
_ONE: Final = Decimal(1)
RESERVED_SOURCE: Final = "adopted"
"""The name of the sheet of adopted marks (`score.ADOPTED`)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``code``: the node, veto or item it is about («» for the whole); ``kind``: a word to filter and count by."""

    kind: FindingKind
    code: str
    message: str
    is_error: bool = True

    @property
    def sentence(self) -> str:
        return f"{self.code}：{self.message}" if self.code else self.message


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
        if isinstance(node.rule, Attain):
            levels |= dict.fromkeys(node.rule.levels)
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

    def add(self, kind: FindingKind, code: str, message: str, is_error: bool = True) -> None:
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
            self.add("points", node.code, f"满分是 {number(node.points)}，应当大于 0。")
        if node.role is not Role.NORMAL and node.points is None:
            self.add("points", node.code, "加分、减分项要写分值，作为上限。")
        if node.applies and node.otherwise is None:
            self.add("condition", node.code, "写了适用条件，还要写明不适用时分值怎么办（剔除、分摊或按满分计）。")
        for adjust in node.adjust:
            if not 0 <= adjust.factor <= 1:
                self.add("rule", node.code, f"调整系数是 {number(adjust.factor)}，应当在 0 和 1 之间。")
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
                self.add("points", node.code, f"没有写满分，下级合计 {number(below)} 分。")
            return
        total = sum((child.points or Decimal(0) for child in scored), Decimal(0))
        if total != node.points and node.role is Role.NORMAL:
            self.add("points", node.code, f"下级分值合计 {number(total)}，与本级满分 {number(node.points)} 不符。")

    def weights(self, node: Node, normal: Sequence[Node]) -> None:
        if node.points is None:
            self.add("points", node.code, "按权重计分，要写本级满分。")
        for child in normal:
            if child.weight is None:
                self.add("weights", child.code, "上级按权重计分，要写本项权重。")
            elif child.weight < 0:
                self.add("weights", child.code, f"权重是 {number(child.weight)}，不能小于 0。")
            if child.points is None:
                self.add("points", child.code, "上级按权重计分，要写本项满分。")
        total = sum((child.weight or Decimal(0) for child in normal), Decimal(0))
        if total != 1:
            self.add("weights", node.code, f"下级权重合计 {number(total)}，应当是 1。")

    # ---- rules ----------------------------------------------------------------------------------------------

    def leaf(self, node: Node) -> None:
        rule = node.rule
        if node.points is None and not (isinstance(rule, Attain) and not rule.points):
            self.add("points", node.code, "没有写满分。")
            return
        full = node.points or Decimal(0)
        match rule:
            case Judged(step):
                self.step(node, step)
            case Pick():
                self.pick(node, rule, full)
            case Deduct():
                self.deduct(node, rule, full)
            case Parts(parts):
                total = sum((part.points for part in parts), Decimal(0))
                if not parts or total != full:
                    self.add("points", node.code, f"要点分值合计 {number(total)}，与满分 {number(full)} 不符。")
                if any(part.points < 0 for part in parts):
                    self.add("points", node.code, "要点的分值不能小于 0。")
            case Bands(_, bands, by):
                self.categories(node.code, by, bands)
                for category, row in bands.items():
                    self.bands(node, category, row, full)
            case Linear(_, knots, by):
                self.categories(node.code, by, knots)
                measured = self.measured(node)
                if measured is not None and measured.type.percent:
                    self.percents(node, [knot.at for line in knots.values() for knot in line])
                for category, line in knots.items():
                    name = f"〔{category}〕" if category else ""
                    ats = [knot.at for knot in line]
                    if len(line) < 2 or any(low >= high for low, high in pairwise(ats)):
                        self.add("rule", node.code, f"{name}线性计分至少要两个点，数值从小到大。")
                    self.reach(node, name, [knot.points for knot in line], full)
            case YesNo(_, _, otherwise):
                if not 0 <= otherwise <= full:
                    self.add("points", node.code, f"“否则”的得分 {number(otherwise)} 应当在 0 和满分之间。")
            case Attain():
                self.attain(node, rule)

    def step(self, node: Node, step: Decimal | None) -> None:
        if step is not None and step <= 0:
            self.add("rule", node.code, "评分的档距应当大于 0。")

    def reach(self, node: Node, name: str, points: Iterable[Decimal], full: Decimal) -> None:
        """Points between 0 and full, and full points to be had."""
        best = max(points, default=Decimal(0))
        if best > full:
            self.add("points", node.code, f"{name}最高得 {number(best)} 分，超过满分 {number(full)}。")
        elif best < full:
            self.add(
                "points", node.code, f"{name}最高只得 {number(best)} 分，到不了满分 {number(full)}。", is_error=False
            )
        if min(points, default=Decimal(0)) < 0:
            self.add("points", node.code, f"{name}得分不能小于 0。")

    def seam(self, code: str, name: str, seam: Seam) -> None:
        if seam.kind == "gap":
            self.add("gap", code, f"{name}{seam.between} 没有规定。", is_error=False)
        else:
            self.add("overlap", code, f"{name}{seam.between} 同时属于两档。")

    def pick(self, node: Node, rule: Pick, full: Decimal) -> None:
        self.step(node, rule.step)
        most = _ONE if rule.factor else full
        ranges = [band.within for band in rule.bands if not band.within.is_point]
        points = [band.within for band in rule.bands if band.within.is_point]
        step = None if rule.factor or rule.step <= 0 else rule.step
        if not rule.bands:
            self.add("rule", node.code, "没有写档次。")
        for seam in seams(ranges, step, has_domain=False):
            self.seam(node.code, "评分 ", seam)
        for place, point in enumerate(points):
            others = ranges + points[:place]
            if any(point.low is not None and other.holds(point.low) for other in others):
                self.seam(node.code, "评分 ", Seam("overlap", point))
        highs = [band.within.high for band in rule.bands if band.within.high is not None]
        lows = [band.within.low for band in rule.bands if band.within.low is not None]
        self.reach(node, "", highs + lows, most)

    def bands(self, node: Node, category: str, row: Sequence[Band], full: Decimal) -> None:
        name = f"〔{category}〕" if category else ""
        if any(band.points is None for band in row):
            self.add("points", node.code, f"{name}有档次没有写得分。")
            return
        self.reach(node, name, [band.points or Decimal(0) for band in row], full)
        measured = self.measured(node)
        if measured is not None and measured.type.percent:
            ends = [(band.within, end) for band in row for end in (band.within.low, band.within.high)]
            self.percents(node, [end for within, end in ends if end is not None and not within.percent])
        low, high = _domain(measured)
        for seam in seams([band.within for band in row], low=low, high=high):
            self.seam(node.code, f"{name}数值 ", seam)

    def measured(self, node: Node) -> Formula | None:
        """The formula of a rule's value; what is wrong with it is said elsewhere."""
        return self.formula(node.code, next(formulas_of(node.rule)).text, bound_items(node), "number", silent=True)

    def percents(self, node: Node, limits: Sequence[Decimal]) -> None:
        """Limits of a percentage that were written as if it were a number."""
        for limit in limits:
            if abs(limit) > 10:
                self.add("percent", node.code, f"计分的数值是百分数，{number(limit)} 要写成 {number(limit)}%。")

    def deduct(self, node: Node, rule: Deduct, full: Decimal) -> None:
        if not rule.deductions:
            self.add("rule", node.code, "没有写扣分项。")
        for deduction in rule.deductions:
            if deduction.each <= 0:
                self.add("points", node.code, f"每项扣 {number(deduction.each)} 分，应当大于 0。")
            if len(rule.deductions) > 1 and not deduction.count and not deduction.label:
                self.add("rule", node.code, "有几个扣分项时，由人填写的扣分项要有名称。")
        if not 0 <= rule.floor <= full:
            self.add("points", node.code, f"最低分 {number(rule.floor)} 应当在 0 和满分之间。")

    def attain(self, node: Node, rule: Attain) -> None:
        if not 2 <= len(rule.levels) <= 6 or len(set(rule.levels)) != len(rule.levels):
            self.add("rule", node.code, "等级应当有 2～6 个，名称各不相同，从好到差。")
        if (rule.all_of or rule.any_of) and len(rule.levels) > 3:
            self.add("rule", node.code, "按条件定等级时只能有 2 个或 3 个等级。")
        if rule.any_of and (not rule.all_of or len(rule.levels) != 3):
            self.add("rule", node.code, "写了末等条件时，还要写首等条件，并且有 3 个等级。")
        if not rule.points and node.points is not None:
            self.add("points", node.code, "写了满分，却没有写每个等级的得分。")
        if rule.points:
            if len(rule.points) != len(rule.levels):
                self.add("points", node.code, f"有 {len(rule.levels)} 个等级，写了 {len(rule.points)} 个得分。")
            self.reach(node, "", rule.points, node.points or Decimal(0))

    def categories(self, code: str, by: str, cases: Mapping[str, object]) -> None:
        """Whether the categories are those of the item by which they are told apart."""
        if not by:
            if set(cases) != {""}:
                self.add("rule", code, "写了几类，却没有写按什么分类。")
            return
        formula = self.formula(code, by, {}, "text", silent=True)
        options = formula.type.options if formula is not None else ()
        missing = [option for option in options if option not in cases]
        unknown = [category for category in cases if options and category not in options]
        if missing:
            self.add("category", code, f"没有规定“{'”“'.join(missing)}”怎样计分。", is_error=False)
        if unknown:
            self.add("category", code, f"没有“{'”“'.join(unknown)}”这一类，只有：{'、'.join(options)}。")

    # ---- formulas -------------------------------------------------------------------------------------------

    def formulas(self, node: Node) -> None:
        bound = bound_items(node)
        for use in formulas_of(node.rule):
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
        self.categories("", scale.by, scale.grades)
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
                self.add("grade", grade.name, f"最低得分率是 {number(grade.ratio)}，应当在 0 和 1 之间。")
            full = self.tree.root.points
            if grade.total is not None and full is None:
                self.add("grade", grade.name, "指标体系没有满分，等次不能看总分。")
            elif grade.total is not None and full is not None and (grade.total.low or Decimal(0)) > full:
                self.add("unreachable", grade.name, f"要总分 {grade.total}，满分只有 {number(full)}。")
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
        """A grade that asks at least as much as a better one, which asks for nothing more."""
        for place, grade in enumerate(row):
            for better in row[:place]:
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


def _domain(formula: Formula | None) -> tuple[Decimal | None, Decimal | None]:
    """The values a measured number can have, as far as its item says; a calculated one is taken to start at 0."""
    if formula is None or not isinstance(formula.node, Name):
        return Decimal(0), None
    item = formula.catalogue.items.get(formula.node.name)
    if item is None or item.formula:
        return Decimal(0), None
    share = 100 if item.is_percent else 1
    least = Decimal(0) if item.least is None else item.least
    return least / share, None if item.most is None else item.most / share
