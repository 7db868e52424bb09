"""A title broken by meaning: lines that hold whole words, in the shape of a trapezoid or a diamond (GB/T 9704, 7.3.1).

Every place between two characters has a price; the lines with the least sum win. It is dear inside a name, a book title or a
number, cheap before «关于» and «的», and uneven lines cost. A title that already holds line breaks is left as a person broke it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache

FORBIDDEN = 10_000
_HOURGLASS = 60
_MOST_SHAPED = 5
"""Titles of more lines have no shape to look for."""
_INSIDE_A_WORD = 300
_BETWEEN_WORDS = 15
_CLOSING = "，。、；：！？）》〉」』”’】〕…—"
_OPENING = "（《〈「『“‘【〔"


def title_lines(title: str, most: int, together: Sequence[str] = (), words: Collection[str] = frozenset()) -> list[str]:
    """The lines of a title of which one holds ``most`` characters.

    ``together`` are names that stay whole where they fit; ``words`` are known ones: a line rather ends between them than inside.
    """
    if "\n" in title:
        return [line.strip() for line in title.splitlines() if line.strip()]
    text = title.strip()
    if len(text) <= most:
        return [text] if text else []
    if most < 2:
        raise ValueError("a line of a title holds two characters or more")
    prices = _prices(text, [name for name in together if 1 < len(name) <= most], words)
    best: tuple[int, list[int]] | None = None
    least = -(-len(text) // most)
    for count in range(least, least + 2):
        found = _broken(text, count, most, tuple(prices))
        if found is not None:
            cost = found[0] + 60 * (count - least)
            if best is None or cost < best[0]:
                best = cost, found[1]
    ends = best[1] if best is not None else [*range(most, len(text), most), len(text)]
    return [text[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _prices(text: str, names: Sequence[str], words: Collection[str]) -> list[int]:
    """What a break before each character costs."""
    prices = [40] * (len(text) + 1)
    prices[0] = prices[-1] = 0
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        if after in _CLOSING or before in _OPENING or after == "的":
            # «……情况的 / 通报» reads worse than «……情况 / 的通报», which nobody writes: the ending takes its «的» along.
            prices[place] = FORBIDDEN
        elif text.startswith("关于", place) or (before in _CLOSING and before != "—"):
            prices[place] = 0
        elif before == "的":
            prices[place] = 15
        elif before in "和与及对在将把" or text.startswith(("开展", "进行", "做好", "落实", "督导", "工作"), place):
            prices[place] = 25
    for start, end in _words(text, words):
        for place in range(start + 1, end):
            prices[place] = max(prices[place], _INSIDE_A_WORD)
        for place in (start, end):
            if prices[place] < _INSIDE_A_WORD:
                prices[place] = min(prices[place], _BETWEEN_WORDS)
    for match in re.finditer(
        r"[0-9A-Za-z.%—-]+年?(?:度|春季|秋季)?|第[一二三四五六七八九十百]+\w?|《[^》]*》|〔[^〕]*〕", text
    ):
        for place in range(match.start() + 1, match.end()):
            prices[place] = max(prices[place], 400)
    for name in names:
        start = text.find(name)
        while start >= 0:
            for place in range(start + 1, start + len(name)):
                prices[place] = max(prices[place], 500)
            start = text.find(name, start + 1)
    return prices


def _words(text: str, known: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where the known words of a text stand, read from the left, the longest first."""
    longest = max(map(len, known), default=0)
    start = 0
    while start < len(text):
        for length in range(min(longest, len(text) - start), 1, -1):
            if text[start : start + length] in known:
                yield start, start + length
                start += length
                break
        else:
            start += 1


def _broken(text: str, count: int, most: int, prices: tuple[int, ...]) -> tuple[int, list[int]] | None:
    """The cheapest breaking into ``count`` lines: prices, unevenness, and shapes that are no trapezoid or diamond.

    In a trapezoid the lines get longer or shorter all the way, in a diamond first longer, then shorter: once a line is shorter
    than the one above, no longer one should follow.
    """
    even = len(text) / count
    shaped = count <= _MOST_SHAPED

    @cache
    def cheapest(start: int, lines: int, above: int, fell: bool) -> tuple[int, tuple[int, ...]] | None:
        rest = len(text) - start
        ends = (len(text),) if lines == 1 else range(start + 1, min(start + most, len(text) - lines + 1) + 1)
        if lines == 1 and not 0 < rest <= most:
            return None
        best: tuple[int, tuple[int, ...]] | None = None
        for end in ends:
            length = end - start
            falls = shaped and (fell or length < above)
            later = cheapest(end, lines - 1, length if shaped else 0, falls) if lines > 1 else (0, ())
            if later is None:
                continue
            cost = prices[end] + round((length - even) ** 2) + later[0]
            if fell and length > above:
                cost += _HOURGLASS
            if best is None or cost < best[0]:
                best = cost, (end, *later[1])
        return best

    found = cheapest(0, count, 0, False)
    return None if found is None else (found[0], list(found[1]))
