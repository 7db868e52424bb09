"""Chinese numerals, read and written."""

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
HANZI_NUMERALS = "零〇一二两三四五六七八九十百千"


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
