"""Small facts about characters: full and half width, punctuation, what is invisible.

Every mapping here keeps the length of a text, so that an offset found in the mapped text is an offset in the original.
"""

from __future__ import annotations

import re
import unicodedata

# Full-width letters, digits and those marks that carry structure or measure; sentence punctuation stays as it is.
_HALF_WIDTH = {chr(0xFF10 + i): chr(ord("0") + i) for i in range(10)}
_HALF_WIDTH |= {chr(0xFF21 + i): chr(ord("A") + i) for i in range(26)}
_HALF_WIDTH |= {chr(0xFF41 + i): chr(ord("a") + i) for i in range(26)}
_HALF_WIDTH |= dict(zip("（）．％：∶﹕＋＝＜＞～／　\t\xa0", "().%:::+=<>~/   ", strict=True))
_FULL_WIDTH = re.compile("[" + "".join(_HALF_WIDTH) + "]")

TERMINAL = "。！？；：!?;:….．"
OPEN_ENDS = "，、,（(《“‘〔【「『[—－-+＋"
CLOSERS = "”’）)》」』】〕]\"'"
STARTS_NO_LINE = "，。；、：！？,;!?”’）)》」』】〕]%％"
PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "‘": "’", "〔": "〕", "【": "】", "「": "」", "『": "』", "[": "]"}

_WHITE = re.compile(r"\s+")


def half_width(text: str) -> str:
    """Digits, letters, brackets, colon, full stop, percent in half width, every kind of blank as a space; same length."""
    return _FULL_WIDTH.sub(_narrow, text)


def _narrow(match: re.Match[str]) -> str:
    return _HALF_WIDTH[match.group()]


def compact(text: str) -> str:
    """Without any white space, in half width: for comparing."""
    return _WHITE.sub("", half_width(text))


def is_invisible(char: str) -> bool:
    """Control and format characters and unpaired surrogates: nothing a reader sees (a tab counts as white space)."""
    return char != "\t" and unicodedata.category(char) in ("Cc", "Cf", "Cs")


def is_hanzi(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char == "〇"
