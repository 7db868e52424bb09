"""Characters → tokens. Full- and half-width forms of every sign mean the same; every token knows its characters.

A name is a run of letters, Chinese characters, digits and «_»; anything else goes in 【】 (or []). A run that begins
with digits and goes on with letters is a name too («5年360学时培训完成率»). Words that are operators (且, 或, 非) are
recognised only as whole runs, so «非在编教师数» stays a name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from dudao.calc.expr.errors import Flaw, FormulaError

MAX_LENGTH: Final = 20_000
MAX_DIGITS: Final = 40

Kind = Literal["number", "text", "name", "quoted", "sign", "end"]

# Every full-width form is one character like its half-width form: positions stay those of what was typed.
_WIDE: Final = str.maketrans(
    "（）［］，；、＋－−–—＊×·⋅／÷＝＜＞﹤﹥！％．＿　\t\r\n≧≦＂＇“”「」『』‘’",
    '()[],,,+----****//=<><>!%._    ≥≤"\'""""""\'\'',
)
_DIGITS: Final = str.maketrans("０１２３４５６７８９", "0123456789")
_SIGNS: Final = {"==": "=", "<>": "≠", "!=": "≠", ">=": "≥", "=>": "≥", "<=": "≤", "=<": "≤"}
_SINGLE: Final = frozenset("()+-*/=<>≠≥≤,%")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?|\.\d+")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    start: int
    end: int


def normal_name(name: str) -> str:
    """The one form under which a name is looked up: full-width letters, digits and brackets become half-width."""
    return unicodedata.normalize("NFKC", name).strip()


def tokens(source: str) -> list[Token]:
    """All tokens and one at the end; raises `FormulaError` at the first character that means nothing."""
    if len(source) > MAX_LENGTH:
        raise FormulaError(
            source,
            (
                Flaw(
                    f"公式有 {len(source)} 个字符，最多 {MAX_LENGTH} 个。请拆成几个派生数据项。",
                    MAX_LENGTH,
                    len(source),
                ),
            ),
        )
    text = source.translate(_WIDE).translate(_DIGITS)
    found: list[Token] = []
    spot = 0
    while spot < len(text):
        if text[spot] == " ":
            spot += 1
            continue
        token = _token(source, text, spot)
        found.append(token)
        spot = token.end
    found.append(Token("end", "", len(text), len(text)))
    return found


def _fail(source: str, message: str, start: int, end: int) -> FormulaError:
    return FormulaError(source, (Flaw(message, start, end),))


def _token(source: str, text: str, spot: int) -> Token:
    character = text[spot]
    pair = text[spot : spot + 2]
    if pair in _SIGNS:
        return Token("sign", _SIGNS[pair], spot, spot + 2)
    if character in _SINGLE:
        return Token("sign", character, spot, spot + 1)
    if character in "\"'":
        end = text.find(character, spot + 1)
        if end < 0:
            raise _fail(source, "引号没有合上，应当在文字后面再写一个引号。", spot, len(text))
        return Token("text", source[spot + 1 : end], spot, end + 1)
    if character in "[【":
        closing = "]" if character == "[" else "】"
        end = text.find(closing, spot + 1)
        if end < 0:
            raise _fail(source, f"方括号没有合上，应当在名称后面写“{closing}”。", spot, len(text))
        name = normal_name(source[spot + 1 : end])
        if not name:
            raise _fail(source, "方括号里应当是数据项的名称。", spot, end + 1)
        return Token("quoted", name, spot, end + 1)
    return _word(source, text, spot)


def _word(source: str, text: str, spot: int) -> Token:
    number = _NUMBER.match(text, spot)
    word = _WORD.match(text, spot)
    if number is not None and (word is None or number.end() >= word.end()):
        end = number.end()
        if end - spot > MAX_DIGITS:
            raise _fail(source, f"这个数有 {end - spot} 位，最多 {MAX_DIGITS} 位。", spot, end)
        if end < len(text) and (text[end].isalnum() or text[end] in "._"):
            raise _fail(source, f"“{source[spot : end + 1]}”不是一个数；数字后面不写单位。", spot, end + 1)
        return Token("number", str(Decimal(number.group())), spot, end)
    if word is not None:
        return Token("name", normal_name(word.group()), spot, word.end())
    if text[spot] in "]】":
        raise _fail(source, f"多余的“{source[spot]}”。", spot, spot + 1)
    raise _fail(source, f"不认识的字符“{source[spot]}”。", spot, spot + 1)
