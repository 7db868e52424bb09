"""How many to draw of each stratum, as rules and people say it: in proportion, or named one by one. Pure.

In proportion by largest remainders (Hare; 最大余额法): what an office can check with a pocket calculator. `sainte_lague` is the
other method; it never leaves a stratum out and a larger number only adds, but it is no proportion by plain division.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

MOST_NAMED = 5


class AllocationError(ValueError):
    """Numbers that can't be drawn; the message says which and what to do."""


def proportional(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many of each stratum when ``wanted`` are drawn of all; together exactly ``wanted``, by name of stratum.

    A stratum's quota is ``wanted × size / total``. It gets the whole part; what is left goes one by one to the largest fractional
    parts, of equal ones to the larger stratum, then to the smaller name (by code points). Exact: quotas are fractions. No stratum
    gets more than it has, since a quota is at most the size. Raises `AllocationError` for less than one or more than there are.
    """
    total = sum(sizes.values())
    if wanted < 1:
        raise AllocationError(f"要抽取的数量是 {wanted}，至少抽 1 个。")
    if wanted > total:
        raise AllocationError(f"要抽 {wanted} 个，可抽的只有 {total} 个。请减少数量，或扩大范围。")
    quotas = {name: Fraction(wanted * sizes[name], total) for name in sorted(sizes)}
    numbers = {name: int(quota) for name, quota in quotas.items()}
    order = sorted(quotas, key=lambda name: (numbers[name] - quotas[name], -sizes[name], name))
    for name in order[: wanted - sum(numbers.values())]:
        numbers[name] += 1
    return numbers


def proportional_to_size(weights: Mapping[str, Fraction], limits: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many of each stratum when members are drawn by size: in proportion to the strata's whole sizes (``weights``).

    A stratum whose quota reaches its ``limits`` (members with a size) gives all of them, again until there is none; the others
    share what is left by largest remainders, as `proportional` does. Then a member of any stratum has a chance in proportion to its
    size alone. Raises `AllocationError` for less than one or more than there are.
    """
    if wanted < 1:
        raise AllocationError(f"要抽取的数量是 {wanted}，至少抽 1 个。")
    if wanted > sum(limits.values()):
        raise AllocationError(
            f"要抽 {wanted} 个，规模大于 0 的只有 {sum(limits.values())} 个。请减少数量，或扩大范围。"
        )
    numbers: dict[str, int] = {}
    while True:
        rest = [name for name in sorted(limits) if name not in numbers]
        left = wanted - sum(numbers.values())
        total = sum((weights[name] for name in rest), Fraction(0))
        quotas = {name: left * weights[name] / total if total else Fraction(0) for name in rest}
        full = {name: limits[name] for name in rest if quotas[name] >= limits[name]}
        if not full:
            break
        numbers |= full
    numbers |= {name: int(quota) for name, quota in quotas.items()}
    order = sorted(rest, key=lambda name: (numbers[name] - quotas[name], -weights[name], name))
    for name in order[: wanted - sum(numbers.values())]:
        numbers[name] += 1
    return dict(sorted(numbers.items()))


def check_numbers(sizes: Mapping[str, int], numbers: Mapping[str, int]) -> dict[str, int]:
    """The numbers named for each stratum; 0 for those not named. Raises `AllocationError` where they can't be drawn."""
    unknown = [name for name in numbers if name not in sizes]
    if unknown:
        raise AllocationError(f"没有这样的层：{_named(unknown)}。现有：{_named(sorted(sizes))}。")
    for name, number in numbers.items():
        if number < 0:
            raise AllocationError(f"“{name}”要抽 {number} 个，数量不能是负数。")
        if number > sizes[name]:
            raise AllocationError(f"“{name}”要抽 {number} 个，这一层可抽的只有 {sizes[name]} 个。请减少数量。")
    if not sum(numbers.values()):
        raise AllocationError("各层的数量都是 0，至少抽 1 个。")
    return {name: numbers.get(name, 0) for name in sorted(sizes)}


def read_numbers(text: str) -> int | dict[str, int]:
    """«12», or «平江县=5,湘阴县=3» (a full-width comma will do). Raises `AllocationError` for anything else."""
    text = text.strip()
    if _whole(text):
        return int(text)
    numbers: dict[str, int] = {}
    for part in re.split("[,，]", text):
        name, equals, number = (piece.strip() for piece in part.rpartition("="))
        if not equals or not name or not _whole(number):
            raise AllocationError(
                f"数量“{part.strip()}”看不懂。请写总数（如 12），或写各层的数量（如 平江县=5,湘阴县=3）。"
            )
        if name in numbers:
            raise AllocationError(f"“{name}”的数量写了两次，请只留一次。")
        numbers[name] = int(number)
    return numbers


def _whole(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", text) is not None


def _named(names: list[str]) -> str:
    shown = "、".join(name or "（未分层）" for name in names[:MOST_NAMED])
    return f"{shown} 等 {len(names)} 个" if len(names) > MOST_NAMED else shown
