"""Drawing by strata so that a larger sample holds the smaller one: what rounds of looking back are drawn by. Pure.

Every member gets a ticket; in each stratum the smallest tickets are drawn. The result depends on the seed and the members alone,
neither on their order nor on a generator of random numbers that a later version may change. How many of each stratum are drawn
is proportional (Sainte-Laguë, each stratum at least one as long as the number suffices). Rounds keep their seed and are drawn
again whenever they are shown, so this method can't change under them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from dudao.calc.sampling.tickets import ticket


def allocate(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many to draw of each stratum: together ``wanted``, or all there are when they are fewer.

    First one of each stratum, the largest first; then one by one to the stratum with the greatest ``size / (2 × drawn + 1)``.
    Equal claims go to the smaller name. No stratum gives more than it has. Raises ``ValueError`` for a negative number.
    """
    if wanted < 0 or any(size < 0 for size in sizes.values()):
        raise ValueError("抽取的数量不能是负数。")
    drawn = dict.fromkeys(sorted(sizes), 0)
    filled = sorted((name for name in drawn if sizes[name]), key=lambda name: (-sizes[name], name))
    left = min(wanted, sum(sizes.values()))
    for name in filled[:left]:
        drawn[name] = 1
    left -= min(left, len(filled))
    while left:
        open_ones = [name for name in filled if drawn[name] < sizes[name]]
        best = max(open_ones, key=lambda name: (Fraction(sizes[name], 2 * drawn[name] + 1), -filled.index(name)))
        drawn[best] += 1
        left -= 1
    return drawn


def draw(strata: Mapping[str, Collection[int]], wanted: int, seed: str) -> dict[str, list[int]]:
    """The members drawn of each stratum, by rising ticket. ``strata``: the keys of its members by the name of each stratum.

    Raises ``ValueError`` for an empty seed, and for a key that stands in two strata or twice in one.
    """
    if not seed:
        raise ValueError("没有随机种子，抽取不能重现。")
    keys = [key for members in strata.values() for key in members]
    if len(set(keys)) != len(keys):
        raise ValueError("同一个对象不能出现两次。")
    numbers = allocate({name: len(members) for name, members in strata.items()}, wanted)
    return {
        name: sorted(strata[name], key=lambda key: (ticket(seed, key), key))[:number]
        for name, number in numbers.items()
    }
