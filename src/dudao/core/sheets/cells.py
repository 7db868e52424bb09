"""From what a cell holds to what a column means: text, codes, whole and decimal numbers, dates in four notations, yes/no, choices.

Each parser answers the value or raises ``ValueError`` with the end of a sentence that began with the column's name:
«“在校生数”是文字“三十七”，请填数字».
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from dudao.calc.visible import visible

# ruff: noqa: TRY004  a cell of the wrong type is bad input (ValueError), not a fault of the program

EPOCH = date(1899, 12, 30)


def fold(text: str) -> str:
    """A name as compared: full-width to half-width, without spaces, line breaks and the star of obligatory columns."""
    return re.sub(r"[\s*＊]+", "", unicodedata.normalize("NFKC", text)).lower()


def as_text(value: Any) -> str:
    """What the spreadsheet shows, as text. A float that holds a whole number is written without its point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, time):
        return value.isoformat("minutes")
    return visible(str(value)).strip()


def _shown(value: Any) -> str:
    shown = as_text(value).replace("\n", " ")
    return shown if len(shown) <= 30 else shown[:30] + "…"


def _text(value: Any, limit: int) -> str:
    text = as_text(value)
    if limit and len(text) > limit:
        raise ValueError(f"有 {len(text)} 个字，最多 {limit} 个，请缩短")
    return text


_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


def _code(value: Any, limit: int) -> str:
    """A code: digits and letters without spaces, exact or not at all."""
    if isinstance(value, float) and (abs(value) >= 1e15 or value != int(value)):
        raise ValueError("被当作数字保存，15 位以后已经失真，请把单元格设为“文本”格式后重新填写")
    if isinstance(value, date | datetime | time):
        raise ValueError("被当作日期保存，请把单元格设为“文本”格式后重新填写")
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", as_text(value))).lstrip("'")
    if _SCIENTIFIC.fullmatch(text):
        raise ValueError(f"是科学计数法“{text}”，原来的号码已经失真，请把单元格设为“文本”格式后重新填写")
    return _text(text, limit)


def _decimal(value: Any, limit: int) -> Decimal:
    if isinstance(value, bool):
        raise ValueError(f"是“{_shown(value)}”，请填数字")
    if isinstance(value, int | float):
        return Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    if isinstance(value, date | datetime | time | timedelta):
        raise ValueError(f"是日期“{_shown(value)}”，请填数字")
    text = unicodedata.normalize("NFKC", str(value)).replace(" ", "")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    percent = text.endswith("%")
    try:
        number = Decimal(text.rstrip("%"))
    except InvalidOperation:
        raise ValueError(f"是文字“{_shown(value)}”，请填数字") from None
    if not number.is_finite():
        raise ValueError(f"是文字“{_shown(value)}”，请填数字")
    return number / 100 if percent else number


def _integer(value: Any, limit: int) -> int:
    number = _decimal(value, limit)
    if number != number.to_integral_value():
        raise ValueError(f"是“{_shown(value)}”，请填整数")
    if abs(number) >= 10**15:
        raise ValueError(f"是“{_shown(value)}”，数字太大，请检查")
    return int(number)


_NOTATIONS = re.compile(r"(\d{4})(?:[-./](\d{1,2})[-./](\d{1,2})|年(\d{1,2})月(\d{1,2})日?)(?:[ T]0?0:00(?::00)?)?")


def parse_date(value: Any) -> date:
    """2024-3-5, 2024.3.5 (also 2024/3/5), 2024年3月5日, or Excel's serial number; a date cell of course."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Between 1927 and 2173: a serial outside is rather a year, an amount or a compact date.
        if value == int(value) and 10_000 <= value <= 99_999:
            return EPOCH + timedelta(days=int(value))
        if value == int(value) and 19_000_101 <= value <= 21_991_231:
            return parse_date(str(int(value)))
        raise ValueError(f"是数字“{_shown(value)}”，请填日期，例如 2024-3-5")
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if re.fullmatch(r"\d{5}", text):
        return EPOCH + timedelta(days=int(text))
    match = _NOTATIONS.fullmatch(re.sub(r"\s*([年月日./-])\s*", r"\1", text))
    if not match:
        raise ValueError(f"是“{_shown(value)}”，请填日期，例如 2024-3-5")
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"是“{_shown(value)}”，没有这一天，请填正确的日期") from None


def _date(value: Any, limit: int) -> date:
    return parse_date(value)


_YES = {"是", "有", "y", "yes", "true", "√", "1"}
_NO = {"否", "无", "n", "no", "false", "×", "0"}


def _yes_no(value: Any, limit: int) -> bool:
    if isinstance(value, bool):
        return value
    text = fold(as_text(value))
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValueError(f"是“{_shown(value)}”，请填“是”或“否”")


def choose(value: Any, choices: Mapping[str, str]) -> str:
    """The key of a choice, found by its label or by the key itself."""
    text = fold(as_text(value))
    for key, label in choices.items():
        if text in {fold(label), fold(key)}:
            return key
    known = "、".join(choices.values())
    raise ValueError(f"是“{_shown(value)}”，不在可选范围内，请填：{known if len(known) <= 120 else known[:120] + '…'}")


PARSERS: dict[str, Callable[[Any, int], Any]] = {
    "text": _text,
    "code": _code,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "yes_no": _yes_no,
}
