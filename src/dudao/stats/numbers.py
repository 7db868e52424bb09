"""A number of a return as people type it or keep it in a sheet: one reader for the form and for the files."""

from decimal import Decimal, InvalidOperation
from unicodedata import normalize

from dudao.stats import checks
from dudao.stats.models import DataItem

LARGEST = Decimal(10) ** 11
"""What the column holds; nothing a school counts comes near it."""


def parse_number(typed: str | int | Decimal, item: DataItem) -> Decimal | None:
    """A number as people type it (full-width digits, thousands separators); None for nothing. ``ValueError`` says what is wrong.

    What a sheet has typed already stays the number that it is.
    """
    if isinstance(typed, int | Decimal) and item.kind in {DataItem.Kind.INTEGER, DataItem.Kind.DECIMAL}:
        return _checked(Decimal(typed), item)
    text = str(typed)
    plain = normalize("NFKC", text).strip().replace(",", "").replace("，", "")
    if not plain:
        return None
    if item.kind == DataItem.Kind.YES_NO:
        words = {"是": Decimal(1), "否": Decimal(0), "1": Decimal(1), "0": Decimal(0)}
        if plain not in words:
            raise ValueError(f"是“{text.strip()[:20]}”，请填“是”或“否”。")
        return words[plain]
    if item.kind == DataItem.Kind.CHOICE:
        if plain in item.options:
            return Decimal(item.options.index(plain) + 1)
        if plain.isdecimal() and 1 <= int(plain) <= len(item.options):
            return Decimal(int(plain))
        raise ValueError(f"是“{text.strip()[:20]}”，请填{'、'.join(f'“{option}”' for option in item.options)}之一。")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise ValueError(f"是文字“{text.strip()[:20]}”，请填数字。") from None
    if not number.is_finite() or "e" in plain.lower():
        raise ValueError(f"是“{text.strip()[:20]}”，请填普通数字。")
    return _checked(number, item)


def _checked(number: Decimal, item: DataItem) -> Decimal:
    if number < 0:
        raise ValueError(f"是 {number:f}，不能是负数，请核对。")
    if number >= LARGEST:
        raise ValueError(f"是 {number:f}，数太大，请核对单位是不是{item.unit or '填错'}。")
    if number != round(number, item.places):
        what = f"最多 {item.places} 位小数" if item.places else "应为整数"
        raise ValueError(f"是 {number:f}，{what}，请核对。")
    return number


def number_words(number: Decimal, item: DataItem) -> str:
    """A number as people read it: «1,234» stays «1234», yes and no and the options of a choice are words."""
    if item.kind == DataItem.Kind.YES_NO:
        return "是" if number else "否"
    if item.kind == DataItem.Kind.CHOICE:
        place = int(number)
        return str(item.options[place - 1]) if 1 <= place <= len(item.options) else checks.plain(number)
    return checks.plain(number)
