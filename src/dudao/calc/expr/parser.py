"""Tokens → syntax, by recursive descent: each token is looked at once, nesting is bounded.

From loose to tight: 或, 且, 非, one comparison, + −, × ÷, a sign, a value. Errors say what was expected and where.
Whether names exist and kinds fit is left to `check`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Final, NoReturn

from dudao.calc.expr.errors import Flaw, FormulaError
from dudao.calc.expr.functions import FUNCTIONS, SCOPES
from dudao.calc.expr.lexer import Token, tokens
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
    deepest,
)

MAX_DEPTH: Final = 32
"""How many brackets, functions and signs may lie inside each other."""
MAX_HEIGHT: Final = 100
"""How many parts of any kind may lie inside each other, the formulas of derived items put in."""
_COMPARISONS: Final = frozenset({"=", "≠", "<", "≤", ">", "≥"})
_VALUE: Final = "应当是数、数据项、函数或左括号"


def parse(text: str) -> Node:
    """Read one formula; raises `FormulaError`. Linear in the length of the text."""
    parser = _Parser(text, tokens(text))
    node = parser.either()
    parser.finish()
    height, innermost = deepest(node)
    if height > MAX_HEIGHT:
        raise FormulaError(
            text, (Flaw(f"公式套得太深，最多 {MAX_HEIGHT} 层。请拆成几个派生数据项。", *innermost.span),)
        )
    return node


@dataclass(slots=True)
class _Parser:
    text: str
    tokens: list[Token]
    index: int = 0
    depth: int = 0

    # ---- tokens ---------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def sign(self, *signs: str) -> bool:
        return self.token.kind == "sign" and self.token.text in signs

    def word(self, word: str) -> bool:
        return self.token.kind == "name" and self.token.text == word

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        token = token or self.token
        raise FormulaError(self.text, (Flaw(message, token.start, token.end),))

    def shown(self) -> str:
        return "公式到此为止" if self.token.kind == "end" else f"这里是“{self.text[self.token.start : self.token.end]}”"

    def finish(self) -> None:
        if self.token.kind == "end":
            return
        if self.sign(")"):
            self.fail("多余的右括号，前面没有与它配对的左括号。")
        self.stray("应当是运算符或公式的结尾")

    def stray(self, expected: str) -> NoReturn:
        if self.sign(","):
            self.fail("逗号只用在函数的括号里；数字不用千分位逗号。")
        if self.sign("%"):
            self.fail("百分号只能直接写在数字后面，例如 95%。")
        self.fail(f"{self.shown()}，{expected}。")

    def nested(self, inner: Callable[[], Node], token: Token) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"括号、函数和正负号套得太深，最多 {MAX_DEPTH} 层。请拆成几个派生数据项。", token)
        node = inner()
        self.depth -= 1
        return node

    # ---- grammar --------------------------------------------------------------------------------------------

    def either(self) -> Node:
        first = self.every()
        parts = [first]
        while self.word("或"):
            self.take()
            parts.append(self.every())
        return first if len(parts) == 1 else Any(tuple(parts), span=(first.span[0], parts[-1].span[1]))

    def every(self) -> Node:
        first = self.negated()
        parts = [first]
        while self.word("且"):
            self.take()
            parts.append(self.negated())
        return first if len(parts) == 1 else All(tuple(parts), span=(first.span[0], parts[-1].span[1]))

    def negated(self) -> Node:
        if not self.word("非"):
            return self.comparison()
        token = self.take()
        part = self.nested(self.negated, token)
        return Not(part, span=(token.start, part.span[1]))

    def comparison(self) -> Node:
        left = self.sum()
        if not self.sign(*_COMPARISONS):
            return left
        operator = self.take().text
        right = self.sum()
        if self.sign(*_COMPARISONS):
            self.fail("比较不能连写；请分成两个比较，中间写“且”，例如 0 ≤ 甲 且 甲 ≤ 5。")
        return Compare(operator, left, right, span=(left.span[0], right.span[1]))

    def sum(self) -> Node:
        first = self.product()
        terms = [("+", first)]
        while self.sign("+", "-"):
            terms.append((self.take().text, self.product()))
        return first if len(terms) == 1 else Sum(tuple(terms), span=(first.span[0], terms[-1][1].span[1]))

    def product(self) -> Node:
        first = self.signed()
        factors = [("*", first)]
        while self.sign("*", "/"):
            factors.append((self.take().text, self.signed()))
        return first if len(factors) == 1 else Product(tuple(factors), span=(first.span[0], factors[-1][1].span[1]))

    def signed(self) -> Node:
        if not self.sign("+", "-"):
            return self.value()
        token = self.take()
        part = self.nested(self.signed, token)
        return part if token.text == "+" else Negative(part, span=(token.start, part.span[1]))

    def value(self) -> Node:
        token = self.token
        match token.kind:
            case "number":
                return self.number()
            case "text":
                self.take()
                return Text(token.text, span=(token.start, token.end))
            case "quoted":
                self.take()
                return Name(token.text, span=(token.start, token.end))
            case "name":
                return self.named()
            case "sign" if token.text == "(":
                self.take()
                inner = self.nested(self.either, token)
                self.close(token)
                return inner
        return self.fail(f"{self.shown()}，{_VALUE}。")

    def close(self, opening: Token) -> None:
        if not self.sign(")"):
            self.stray(f"应当是运算符或右括号（与第 {opening.start + 1} 个字符的左括号配对）")
        self.take()

    def number(self) -> Node:
        token = self.take()
        value = Fraction(token.text)
        if self.sign("%"):
            return Number(value / 100, percent=True, span=(token.start, self.take().end))
        return Number(value, span=(token.start, token.end))

    def named(self) -> Node:
        token = self.take()
        span = (token.start, token.end)
        if self.sign("("):
            return self.call(token)
        if token.text in ("是", "否"):
            return Truth(token.text == "是", span=span)
        if token.text in ("且", "或"):
            self.fail(f"“{token.text}”前面缺少条件，{_VALUE}。", token)
        if token.text in SCOPES:
            self.fail(f"“{token.text}”只能写在统计函数的第一个位置，例如 合计({token.text}, 在校生数)。", token)
        return Name(token.text, span=span)

    def call(self, name: Token) -> Node:
        function = FUNCTIONS.get(name.text)
        if function is None:
            near = get_close_matches(name.text, FUNCTIONS, 1, 0.5) if len(name.text) <= 20 else []
            hint = f"您要写的是“{near[0]}”吗？" if near else f"可用的函数：{'、'.join(FUNCTIONS)}。"
            self.fail(f"没有函数“{name.text[:20]}”。{hint}", name)
        opening = self.take()
        scope = None
        if function.is_group and self.token.kind == "name" and self.token.text in SCOPES:
            scope = self.take().text
            if not self.sign(")") and not self.sign(","):
                self.fail(f"{self.shown()}，“{scope}”后面应当是逗号或右括号。")
        arguments: list[Node] = []
        if scope is not None and self.sign(","):
            self.take()
            arguments.append(self.nested(self.either, opening))
        elif scope is None and not self.sign(")"):
            arguments.append(self.nested(self.either, opening))
        while self.sign(","):
            self.take()
            arguments.append(self.nested(self.either, opening))
        if not self.sign(")"):
            self.stray(f"应当是逗号或右括号（与第 {opening.start + 1} 个字符的左括号配对）")
        end = self.take().end
        if not function.least <= len(arguments) <= function.most or (
            function.name == "计数" and not scope and not arguments
        ):
            count = (
                f"{function.least} 个" if function.least == function.most else f"{function.least}～{function.most} 个"
            )
            self.fail(f"“{function.name}”要 {count}参数，这里有 {len(arguments)} 个。写法：{function.usage}。", name)
        return Call(function.name, tuple(arguments), scope, span=(name.start, end))
