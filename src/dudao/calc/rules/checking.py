"""What a rule checks itself with before anybody is scored, and what such a check finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dudao.calc.expr import Formula, Item
from dudao.calc.rules.explaining import shown
from dudao.calc.rules.intervals import Seam


@dataclass(frozen=True, slots=True)
class Finding:
    """``code``: the node, veto or item it is about («» for the whole); ``kind``: a word to filter and count by."""

    kind: str
    code: str
    message: str
    is_error: bool = True

    @property
    def sentence(self) -> str:
        return f"{self.code}：{self.message}" if self.code else self.message


@dataclass(frozen=True, slots=True)
class Use:
    """A formula where it is used: ``what`` names it for messages, ``wanted`` is the kind it must yield, ``field`` the
    form's field in which it is written."""

    what: str
    text: str
    wanted: str
    field: str = "value"


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """The leaf whose rule is checked. ``compiled``: a formula's text, the items bound for it and the wanted kind → the
    formula, ``None`` if it can't be read (which is reported elsewhere)."""

    code: str
    points: Decimal | None
    items: Mapping[str, Item]
    found: list[Finding]
    compiled: Callable[[str, Mapping[str, Item], str], Formula | None]

    @property
    def full(self) -> Decimal:
        return self.points or Decimal(0)

    def error(self, kind: str, message: str) -> None:
        self.found.append(Finding(kind, self.code, message))

    def warning(self, kind: str, message: str) -> None:
        self.found.append(Finding(kind, self.code, message, is_error=False))

    def step(self, step: Decimal | None) -> None:
        if step is not None and step <= 0:
            self.error("rule", "评分的档距应当大于 0。")

    def reach(self, name: str, points: Iterable[Decimal], full: Decimal) -> None:
        """Points between 0 and full, and full points to be had."""
        points = list(points)
        best = max(points, default=Decimal(0))
        if best > full:
            self.error("points", f"{name}最高得 {shown(best)} 分，超过满分 {shown(full)}。")
        elif best < full:
            self.warning("points", f"{name}最高只得 {shown(best)} 分，到不了满分 {shown(full)}。")
        if min(points, default=Decimal(0)) < 0:
            self.error("points", f"{name}得分不能小于 0。")

    def seam(self, name: str, seam: Seam) -> None:
        if seam.kind == "gap":
            self.warning("gap", f"{name}{seam.between} 没有规定。")
        else:
            self.error("overlap", f"{name}{seam.between} 同时属于两档。")

    def measured(self, value: str) -> Formula | None:
        """The formula of a rule's value."""
        return self.compiled(value, self.items, "number")

    def percents(self, measured: Formula | None, limits: Sequence[Decimal]) -> None:
        """Limits of a percentage that were written as if it were a number."""
        if measured is None or not measured.type.percent:
            return
        for limit in limits:
            if abs(limit) > 10:
                self.error("percent", f"计分的数值是百分数，{shown(limit)} 要写成 {shown(limit)}%。")

    def categories(self, by: str, cases: Mapping[str, object]) -> None:
        """Whether the categories are those of the item by which they are told apart."""
        if not by:
            if set(cases) != {""}:
                self.error("rule", "写了几类，却没有写按什么分类。")
            return
        formula = self.compiled(by, {}, "text")
        options = formula.type.options if formula is not None else ()
        missing = [option for option in options if option not in cases]
        unknown = [category for category in cases if options and category not in options]
        if missing:
            self.warning("category", f"没有规定“{'”“'.join(missing)}”怎样计分。")
        if unknown:
            self.error("category", f"没有“{'”“'.join(unknown)}”这一类，只有：{'、'.join(options)}。")
