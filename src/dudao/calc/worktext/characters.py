"""Small facts about characters: numerals, full and half width, punctuation, what is invisible.

Every mapping here keeps the length of a text, so that an offset found in the mapped text is an offset in the original.
"""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
HANZI_NUMERALS = "零〇一二两三四五六七八九十百千"

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


def number_of(text: str) -> int | None:
    """The whole number that Arabic digits or Chinese numerals say («23», «二十三», «二〇二三»), None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or any(char not in HANZI_NUMERALS for char in text):
        return None
    if not any(char in _UNITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, digit = 0, 0
    last_unit = 10_000
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            continue
        unit = _UNITS[char]
        if unit >= last_unit:  # «十十», «十百»: no number
            return None
        total += (digit or 1) * unit
        digit, last_unit = 0, unit
    return total + digit


def hanzi_of(number: int) -> str:
    """1 → 一, 12 → 十二, 120 → 一百二十; for 0 to 9999."""
    names = "零一二三四五六七八九"
    if number < 10:
        return names[number]
    text, rest, gap = "", number, False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, rest = divmod(rest, unit)
        if digit:
            text += ("零" if gap and text else "") + names[digit] + name
            gap = False
        else:
            gap = bool(text)
    return text[1:] if text.startswith("一十") else text
