"""Does a formula fit its data items? Kinds, units, options, scopes: everything that can be known before any data.

All flaws are found in one pass, in the order of the text. The result is the formula's `Type`, and the type of every
part (by identity), which explanations use to show percents as percents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from typing import Final

from dudao.calc.expr.catalogue import Catalogue, Item, Kind, Unit, multiplied, unit_of, unit_text
from dudao.calc.expr.errors import Flaw, FormulaError
from dudao.calc.expr.parser import MAX_HEIGHT
from dudao.calc.expr.syntax import (
    All,
    Any,
    Call,
    Compare,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Product,
    Sum,
    Text,
    Truth,
    decimal_text,
)

_KINDS: Final = {"number": "数", "truth": "条件（是或否）", "text": "文字"}
_DERIVED: Final = "派生数据项"
_WEIGHTED: Final = frozenset({"平均", "占比", "标准差", "差异系数"})


@dataclass(frozen=True, slots=True)
class Type:
    """``kind`` is "number", "truth", "text", or "wrong" after a flaw that has been reported already."""

    kind: str
    unit: Unit | None = None
    percent: bool = False
    options: tuple[str, ...] = ()
    height: int = 1

    @property
    def words(self) -> str:
        return _KINDS[self.kind]


_WRONG: Final = Type("wrong")


def type_of_item(item: Item) -> Type:
    if item.kind.is_number:
        return Type("number", unit_of(item.unit), item.is_percent)
    if item.kind is Kind.TRUTH:
        return Type("truth")
    return Type("text", options=item.options)


@dataclass(slots=True)
class Checker:
    """``bound``: names that the place of the formula gives it («本项»). ``derive`` returns a derived item's type."""

    catalogue: Catalogue
    bound: Mapping[str, Item]
    derive: Callable[[Catalogue, str], Type]
    flaws: list[Flaw] = field(default_factory=list)
    types: dict[int, Type] = field(default_factory=dict)

    def flaw(self, node: Node, message: str) -> Type:
        self.flaws.append(Flaw(message, *node.span))
        return _WRONG

    def check(self, node: Node) -> Type:
        found = self._check(node)
        if found.height > MAX_HEIGHT:
            found = self.flaw(node, f"公式连同它用到的派生数据项太深，最多 {MAX_HEIGHT} 层。")
        self.types[id(node)] = found
        return found

    def _check(self, node: Node) -> Type:
        match node:
            case Number():
                return Type("number", None, node.percent)
            case Text():
                return Type("text")
            case Truth():
                return Type("truth")
            case Name():
                return self.name(node)
            case Negative():
                found = self.number(node.part, "负号后面")
                return Type("number", found.unit, found.percent, height=found.height + 1)
            case Sum():
                return self.alike(node, [term for _, term in node.terms], "相加减")
            case Product():
                types = [(operator, self.number(part, "乘除")) for operator, part in node.factors]
                unit = multiplied((operator, found.unit) for operator, found in types)
                return Type("number", unit, height=1 + max(found.height for _, found in types))
            case Compare():
                return self.compare(node)
            case All() | Any():
                word = "且" if isinstance(node, All) else "或"
                return Type("truth", height=1 + max(self.truth(part, f"“{word}”的两边").height for part in node.parts))
            case Not():
                return Type("truth", height=1 + self.truth(node.part, "“非”后面").height)
            case _:
                return self.call(node)

    # ---- parts of one kind ----------------------------------------------------------------------------------

    def _kind(self, node: Node, kind: str, where: str) -> Type:
        found = self.check(node)
        if found.kind in (kind, "wrong"):
            return found
        return self.flaw(node, f"{where}应当是{_KINDS[kind]}，这里是{found.words}。")

    def number(self, node: Node, where: str) -> Type:
        return self._kind(node, "number", where)

    def truth(self, node: Node, where: str) -> Type:
        return self._kind(node, "truth", where)

    def alike(self, node: Node, parts: Sequence[Node], doing: str) -> Type:
        """Numbers of one unit (sums, extremes, comparisons): their common type."""
        types = [self.number(part, doing) for part in parts]
        return self.one_unit(node, parts, types, doing)

    def one_unit(self, node: Node, parts: Sequence[Node], types: Sequence[Type], doing: str) -> Type:
        unit: Unit | None = None
        for part, found in zip(parts, types, strict=True):
            if found.unit is None:
                continue
            if unit is not None and unit != found.unit:
                self.flaw(part, f"{doing}的单位不同：{unit_text(unit)} 和 {unit_text(found.unit)}。")
                break
            unit = found.unit
        percent = any(found.percent for found in types)
        if percent:
            for part in parts:
                if isinstance(part, Number) and not part.percent and abs(part.value) > 1:
                    self.flaw(part, f"与它{doing}的是百分数：请写 {decimal_text(part.value)}%，或写成小数。")
        return Type("number", unit, percent, height=1 + max(found.height for found in types))

    # ---- forms ----------------------------------------------------------------------------------------------

    def name(self, node: Name) -> Type:
        if node.name in self.bound:
            return type_of_item(self.bound[node.name])
        item = self.catalogue.items.get(node.name)
        if item is None:
            return self.flaw(node, self._unknown(node.name))
        if not item.formula:
            return type_of_item(item)
        try:
            return self.derive(self.catalogue, node.name)
        except FormulaError as error:
            message = error.flaws[0].message
            return self.flaw(
                node, message if message.startswith(_DERIVED) else f"{_DERIVED}“{item.name}”的公式有误：{message}"
            )

    def _unknown(self, name: str) -> str:
        if name in ("本项", "满分"):
            return f"这里不能用“{name}”。"
        known = [*self.catalogue.items, *self.bound]
        message = f"没有数据项“{name[:30]}”。"
        for scope, below in self.catalogue.lower.items():
            if name in below.items:
                return f"“{name}”是{scope}的数据项，要写在统计函数里，例如 合计({scope}, {name})。"
        for operator in "且或":
            before, found, after = name.partition(operator)
            if found and before in known and after in known:
                return f"{message}“{operator}”的前后请加空格：{before} {operator} {after}。"
        number = name.rstrip("人元个间所年次项分％班册㎡亩台座万亿")
        if number.isdecimal() and number != name:
            return f"{message}数字后面不写单位：请写 {number}。"
        near = get_close_matches(name, known, 3, 0.5) if len(name) <= 60 else []
        return f"{message}您要写的是{'或'.join(f'“{word}”' for word in near)}吗？" if near else message

    def compare(self, node: Compare) -> Type:
        left, right = self.check(node.left), self.check(node.right)
        height = 1 + max(left.height, right.height)
        if "wrong" in (left.kind, right.kind):
            return Type("truth", height=height)
        if left.kind != right.kind:
            self.flaw(node, f"“{node.operator}”的左边是{left.words}，右边是{right.words}，不能比较。")
        elif left.kind == "number":
            self.one_unit(node, (node.left, node.right), (left, right), "比较")
        elif node.operator not in "=≠":
            self.flaw(node, f"{left.words}只能用 = 或 ≠ 比较。")
        else:
            self.option(node.left, right)
            self.option(node.right, left)
        return Type("truth", height=height)

    def option(self, literal: Node, of: Type) -> None:
        if isinstance(literal, Text) and of.options and literal.value not in of.options:
            self.flaw(literal, f"没有选项“{literal.value}”，只能是：{'、'.join(of.options)}。")

    def same(self, node: Call, parts: Sequence[Node]) -> Type:
        """Branches that must agree in kind and unit."""
        types = [self.check(part) for part in parts]
        height = 1 + max(found.height for found in types)
        if any(found.kind == "wrong" for found in types):
            return _WRONG
        if types[0].kind != types[1].kind:
            return self.flaw(node, f"“{node.function}”的两个结果要同类，这里是{types[0].words}和{types[1].words}。")
        if types[0].kind == "number":
            found = self.one_unit(node, parts, types, f"“{node.function}”两个结果")
            return Type("number", found.unit, found.percent, height=height)
        options = tuple(dict.fromkeys(types[0].options + types[1].options))
        return Type(types[0].kind, options=options, height=height)

    def call(self, node: Call) -> Type:
        arguments = node.arguments
        match node.function:
            case "如果":
                condition = self.truth(arguments[0], "“如果”的条件")
                found = self.same(node, arguments[1:])
                return Type(
                    found.kind, found.unit, found.percent, found.options, max(found.height, condition.height + 1)
                )
            case "缺失时":
                return self.same(node, arguments)
            case "缺失":
                return Type("truth", height=1 + self.check(arguments[0]).height)
            case "上年":
                found = self.elsewhere(self.catalogue, arguments)[0]
                return Type(found.kind, found.unit, found.percent, found.options, found.height + 1)
            case "增长率" if len(arguments) == 1:
                # The argument is read twice: in this year with its own place's names, and in the year before.
                found = self.number(arguments[0], "“增长率”里")
                self.elsewhere(self.catalogue, arguments, silent=found.kind == "wrong")
                return Type("number", (), percent=True, height=found.height + 1)
            case "增长率":
                found = self.alike(node, arguments, "“增长率”本期与基期")
                return Type("number", (), percent=True, height=found.height)
            case "比例":
                found = self.alike(node, arguments, "“比例”部分与全体")
                return Type("number", (), percent=True, height=found.height + 1)
            case "四舍五入":
                if len(arguments) == 2 and not _is_places(arguments[1]):
                    self.flaw(arguments[1], "小数位数应当是 0～12 的整数。")
                found = self.number(arguments[0], "“四舍五入”里")
                return Type("number", found.unit, found.percent, height=found.height + 1)
            case "进一" | "去尾" | "绝对值":
                found = self.number(arguments[0], f"“{node.function}”里")
                return Type("number", found.unit, found.percent, height=found.height + 1)
            case "属于":
                found = self._kind(arguments[0], "text", "“属于”的第一个参数")
                for argument in arguments[1:]:
                    self.check(argument)
                    if not isinstance(argument, Text):
                        self.flaw(argument, "应当是引号里的文字。")
                    self.option(argument, found)
                return Type("truth", height=found.height + 1)
            case _:
                return self.group(node)

    def elsewhere(self, catalogue: Catalogue, parts: Sequence[Node], silent: bool = False) -> list[Type]:
        """Check parts where the names of this place are not to be had: in another year, at units below."""
        inner = Checker(catalogue, {}, self.derive, [] if silent else self.flaws, self.types)
        return [inner.check(part) for part in parts]

    # ---- group functions ------------------------------------------------------------------------------------

    def group(self, node: Call) -> Type:
        if node.scope is None:
            return self.group_of_arguments(node)
        below = self.catalogue.lower.get(node.scope)
        if below is None:
            return self.flaw(node, f"这里没有“{node.scope}”可以统计。")
        types = self.elsewhere(below, node.arguments)
        if any(found.kind == "wrong" for found in types):
            return _WRONG
        height = 1 + max((found.height for found in types), default=0)
        counts = node.function in ("计数", "占比")
        wanted = "truth" if counts else "number"
        if types and types[0].kind != wanted:
            return self.flaw(
                node.arguments[0], f"“{node.function}”的对象应当是{_KINDS[wanted]}，这里是{types[0].words}。"
            )
        self.options_of_group(node, types)
        return self.group_type(node, types[0] if types else Type("truth"), height)

    def options_of_group(self, node: Call, types: Sequence[Type]) -> None:
        """After the value: one weight (a number) and one filter (a condition), in any order."""
        if node.function == "计数" and len(types) > 1:
            self.flaw(node.arguments[1], "“计数”只要一个条件；几个条件用“且”连起来。")
            return
        taken: set[str] = set()
        for argument, found in zip(node.arguments[1:], types[1:], strict=True):
            if found.kind == "number" and node.function not in _WEIGHTED:
                self.flaw(argument, f"“{node.function}”不能加权；这里只能写条件。")
            elif found.kind == "text" or found.kind in taken:
                self.flaw(argument, "统计函数在对象之后只能写一个权重（数）和一个条件。")
            taken.add(found.kind)

    def group_of_arguments(self, node: Call) -> Type:
        if node.function in ("计数", "占比"):
            height = 1 + max(self.truth(part, f"“{node.function}”里").height for part in node.arguments)
            return self.group_type(node, Type("truth"), height)
        found = self.alike(node, node.arguments, f"“{node.function}”各项")
        return self.group_type(node, found, found.height)

    def group_type(self, node: Call, value: Type, height: int) -> Type:
        match node.function:
            case "计数":
                return Type("number", None, height=height)
            case "占比":
                return Type("number", (), percent=True, height=height)
            case "差异系数":
                return Type("number", (), height=height)
            case _:
                return Type("number", value.unit, value.percent, height=height)


def _is_places(node: Node) -> bool:
    return isinstance(node, Number) and not node.percent and node.value in {Fraction(n) for n in range(13)}
