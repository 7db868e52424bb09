"""Plain data (what YAML and JSON hold) read field by field, with errors that name the spot.

Numbers are numbers or texts, never binary fractions: a float is read by its shortest decimal form, which is what was
written in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from dudao.calc.rules.intervals import Interval


class TreeDataError(ValueError):
    """Data that are no indicator system; ``path`` leads to the spot, ``reason`` says in Chinese what is wrong."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path or '指标体系'}：{reason}")


T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Reader:
    """One mapping of the data: takes fields out by name and refuses what is left over."""

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, Mapping):
            raise TreeDataError(path, f"应当是一组“名称: 值”，这里是{_what(data)}。")
        self.data: Mapping[str, Any] = data
        self.path = path
        self.left = set(data)

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def raw(self, name: str) -> Any:
        self.left.discard(name)
        return self.data.get(name)

    def text(self, name: str, is_required: bool = False) -> str:
        value = self.raw(name)
        if value is None:
            if is_required:
                raise TreeDataError(self._at(name), "缺少这一项。")
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise TreeDataError(self._at(name), f"应当是文字，这里是{_what(value)}。")
        return str(value).strip()

    def number(self, name: str) -> Decimal | None:
        value = self.raw(name)
        return None if value is None else _decimal(value, self._at(name))

    def required(self, name: str) -> Decimal:
        value = self.number(name)
        if value is None:
            raise TreeDataError(self._at(name), "缺少这个数。")
        return value

    def decimals(self, name: str, default: int | None) -> int | None:
        """To how many decimal places something is rounded; ``None``: not at all."""
        if name not in self.data:
            return default
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 8:
            raise TreeDataError(self._at(name), "小数位数应当是 0～8 的整数，或留空表示不取舍。")
        return value

    def truth(self, name: str, default: bool = False) -> bool:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise TreeDataError(self._at(name), f"应当是 true 或 false，这里是{_what(value)}。")
        return value

    def word(self, name: str, kind: type[E], default: E) -> E:
        return self.optional_word(name, kind) or default

    def optional_word(self, name: str, kind: type[E]) -> E | None:
        value = self.raw(name)
        if value is None:
            return None
        try:
            return kind(value)
        except ValueError:
            raise TreeDataError(self._at(name), f"只能是：{'、'.join(kind)}。") from None

    def interval(self, name: str) -> Interval:
        text = self.text(name, is_required=True)
        try:
            return Interval.parse(text)
        except ValueError as error:
            raise TreeDataError(self._at(name), str(error)) from None

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_text(value, path) for value, path in self.list(name))

    def numbers(self, name: str) -> tuple[Decimal, ...]:
        return tuple(_decimal(value, path) for value, path in self.list(name))

    def list(self, name: str) -> Iterator[tuple[Any, str]]:
        value = self.raw(name)
        if value is None:
            return
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise TreeDataError(self._at(name), f"应当是一个列表，这里是{_what(value)}。")
        for number, entry in enumerate(value, 1):
            yield entry, f"{self._at(name)}[{number}]"

    def many(self, name: str, read: Callable[[Reader], T]) -> tuple[T, ...]:
        return tuple(complete(Reader(entry, path), read) for entry, path in self.list(name))

    def by_category(self, name: str, read: Callable[[Reader], T]) -> dict[str, tuple[T, ...]]:
        """A list, or a mapping from category to list."""
        value = self.data.get(name)
        if not isinstance(value, Mapping):
            return {"": self.many(name, read)}
        self.raw(name)
        inner = Reader(value, self._at(name))
        return {str(category): inner.many(category, read) for category in value}


def complete(reader: Reader, read: Callable[[Reader], T]) -> T:
    """What ``read`` makes of the mapping, of which it must have taken every field."""
    result = read(reader)
    if reader.left:
        unknown = "、".join(sorted(map(str, reader.left)))
        raise TreeDataError(reader.path, f"不认识的名称：{unknown}。")
    return result


def _what(value: Any) -> str:
    return f"“{str(value)[:20]}”" if isinstance(value, str | int | float | Decimal) else "别的东西"


def _text(value: Any, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TreeDataError(path, f"应当是文字，这里是{_what(value)}。")
    return str(value).strip()


def _decimal(value: Any, path: str) -> Decimal:
    text = str(value).strip() if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool) else ""
    percent = text.endswith("%")
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        raise TreeDataError(path, f"应当是数，这里是{_what(value)}。") from None
    if not number.is_finite() or abs(number) >= 10**15 or number.as_tuple().exponent < -12:  # type: ignore[operator]
        raise TreeDataError(path, f"数值过大或小数位过多：{_what(value)}。")
    return number / 100 if percent else number
