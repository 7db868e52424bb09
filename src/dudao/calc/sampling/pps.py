"""Drawing with chances in proportion to size: systematic, exact, from a seed. Pure.

Source: Madow (1949), systematic sampling with unequal probabilities; units larger than the interval are taken for certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from dudao.calc.sampling.tickets import ticket


@dataclass(frozen=True, slots=True)
class Pps:
    """``drawn`` in the order of the list, those taken for certain (``certain``) among them; ``chances`` of being drawn, of all."""

    drawn: tuple[str, ...]
    certain: frozenset[str]
    chances: Mapping[str, Fraction]


def pps(sizes: Mapping[str, int | Fraction], wanted: int, seed: str, order: Sequence[str] | None = None) -> Pps:
    """``wanted`` of the keys of ``sizes`` (pupils, say), each with a chance in proportion to its size.

    A key with ``size ≥ rest / number still wanted`` is taken for certain, again until there is none. The others lie end to end
    on a line, in ``order`` (so that neighbours don't come together: an implicit stratification) or else by their tickets; of the
    line's length *T* the points ``(u + i) × T / m`` for ``i = 0 … m−1`` say who is drawn, with ``u = SHA-256(seed:pps) / 2²⁵⁶``.

    All arithmetic is exact. A size of 0 is never drawn. Raises ``ValueError`` for an empty seed, a negative size, an order that
    isn't the keys, and a number below one or above the number of keys with a size.
    """
    if not seed:
        raise ValueError("没有随机种子，抽取不能重现。")
    if any(size < 0 for size in sizes.values()):
        raise ValueError("规模不能是负数。")
    keys = sorted(sizes, key=lambda key: (ticket(seed, key), key)) if order is None else list(order)
    if len(keys) != len(sizes) or set(keys) != set(sizes):
        raise ValueError("排列的顺序要恰好包含每个对象一次。")
    filled = [key for key in keys if sizes[key]]
    if not 1 <= wanted <= len(filled):
        raise ValueError(f"要抽 {wanted} 个，规模大于 0 的有 {len(filled)} 个。")
    certain: set[str] = set()
    while True:
        rest = [key for key in filled if key not in certain]
        left = wanted - len(certain)
        total = sum((Fraction(sizes[key]) for key in rest), Fraction(0))
        large = [key for key in rest if left and left * sizes[key] >= total]
        if not large:
            break
        certain.update(large)
    chances = {key: Fraction(left * sizes[key]) / total if left else Fraction(0) for key in rest}
    chosen = set(certain)
    start = Fraction(int(ticket(seed, "pps"), 16), 2**256)
    ends = [Fraction(0)]
    for key in rest:
        ends.append(ends[-1] + chances[key])
    for key, (low, high) in zip(rest, pairwise(ends), strict=True):
        # The points u, u+1, … in units of the interval: one lies in [low, high) if the next at or after low does.
        if left and start + max(-((start - low) // 1), 0) < high:
            chosen.add(key)
    return Pps(
        tuple(key for key in keys if key in chosen),
        frozenset(certain),
        {key: Fraction(1) if key in certain else chances.get(key, Fraction(0)) for key in sizes},
    )
