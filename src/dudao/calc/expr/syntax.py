"""The parts a formula is made of, and writing them back as text.

Sums, products and chains of 且/或 are flat lists, so a long formula is wide and never deep. A node's ``span`` is where
it stood in the text; it plays no part in equality, so two spellings of one formula are equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from dudao.calc.expr.functions import SCOPES

Span = tuple[int, int]
RESERVED: Final = frozenset({"且", "或", "非", "是", "否", *SCOPES})


@dataclass(frozen=True, slots=True)
class _Spanned:
    span: Span = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(_Spanned):
    value: Fraction
    """As it counts: 95% is 0.95."""
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Text(_Spanned):
    value: str


@dataclass(frozen=True, slots=True)
class Truth(_Spanned):
    value: bool


@dataclass(frozen=True, slots=True)
class Name(_Spanned):
    name: str


@dataclass(frozen=True, slots=True)
class Negative(_Spanned):
    part: Node


@dataclass(frozen=True, slots=True)
class Sum(_Spanned):
    terms: tuple[tuple[str, Node], ...]
    """Each with «+» or «-»; the first has «+»."""


@dataclass(frozen=True, slots=True)
class Product(_Spanned):
    factors: tuple[tuple[str, Node], ...]
    """Each with «*» or «/»; the first has «*»."""


@dataclass(frozen=True, slots=True)
class Compare(_Spanned):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class All(_Spanned):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any(_Spanned):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(_Spanned):
    part: Node


@dataclass(frozen=True, slots=True)
class Call(_Spanned):
    function: str
    arguments: tuple[Node, ...]
    scope: str | None = None


Node = Number | Text | Truth | Name | Negative | Sum | Product | Compare | All | Any | Not | Call

# How tightly a form binds; a part that binds less tightly than its place asks for gets brackets.
_BINDING: Final = {Any: 1, All: 2, Not: 3, Compare: 4, Sum: 5, Product: 6, Negative: 7}
_SHOWN: Final = {"*": "×", "/": "÷", "-": "−", "+": "+"}
_DOUBLE_QUOTES: Final = set('"＂“”「」『』')
_PLAIN_NAME: Final = re.compile(r"\w*[^\W\d]\w*")


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Negative() | Not():
            return (node.part,)
        case Sum():
            return tuple(term for _, term in node.terms)
        case Product():
            return tuple(factor for _, factor in node.factors)
        case Compare():
            return (node.left, node.right)
        case All() | Any():
            return node.parts
        case Call():
            return node.arguments
        case _:
            return ()


def deepest(node: Node) -> tuple[int, Node]:
    """How many parts lie inside each other, and the innermost; no recursion, so any depth will do."""
    found, stack = (1, node), [(1, node)]
    while stack:
        height, part = stack.pop()
        if height > found[0]:
            found = (height, part)
        stack += [(height + 1, child) for child in children(part)]
    return found


def names_in(node: Node) -> Iterator[Name]:
    """Every name, in the order of the text, as often as it stands there."""
    if isinstance(node, Name):
        yield node
    for child in children(node):
        yield from names_in(child)


def decimal_text(value: Fraction) -> str:
    """A fraction that is a finite decimal, written without exponent: «0.125», «1000»."""
    places = 0
    while value.denominator != 1 and (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 else text


def write_name(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name) and name not in RESERVED:
        return name
    return f"[{name}]" if "】" in name else f"【{name}】"


Writer = Callable[[Node, int], str]


def write(node: Node, least: int = 0, inner: Writer | None = None) -> str:
    """The formula in its one standard spelling; reading it again gives an equal node.

    ``least``: how tightly it must bind to need no brackets. ``inner`` writes the parts (an explanation puts numbers in).
    """
    binding = _BINDING.get(type(node), 9)
    text = _write(node, binding, inner or write)
    return f"({text})" if binding < least else text


def _write(node: Node, binding: int, inner: Writer) -> str:
    match node:
        case Number():
            return f"{decimal_text(node.value * 100)}%" if node.percent else decimal_text(node.value)
        case Text():
            return f"'{node.value}'" if _DOUBLE_QUOTES & set(node.value) else f'"{node.value}"'
        case Truth():
            return "是" if node.value else "否"
        case Name():
            return write_name(node.name)
        case Negative():
            return f"−{inner(node.part, binding)}"
        case Sum():
            return _chain(node.terms, binding, inner)
        case Product():
            return _chain(node.factors, binding, inner)
        case Compare():
            return f"{inner(node.left, 5)} {node.operator} {inner(node.right, 5)}"
        case All():
            return " 且 ".join(inner(part, binding + 1) for part in node.parts)
        case Any():
            return " 或 ".join(inner(part, binding + 1) for part in node.parts)
        case Not():
            return f"非 {inner(node.part, binding)}"
        case _:
            parts = [*([node.scope] if node.scope else []), *(inner(argument, 0) for argument in node.arguments)]
            return f"{node.function}({', '.join(parts)})"


def _chain(parts: tuple[tuple[str, Node], ...], binding: int, inner: Writer) -> str:
    pieces = [inner(parts[0][1], binding + 1)]
    pieces += [f"{_SHOWN[operator]} {inner(part, binding + 1)}" for operator, part in parts[1:]]
    return " ".join(pieces)
