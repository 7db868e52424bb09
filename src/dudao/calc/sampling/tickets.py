"""The number by which a member is drawn. Pure.

A hash and no generator of random numbers: anybody can compute it with `sha256sum`, today and with any later version of anything.
"""

from __future__ import annotations

import hashlib


def ticket(seed: str, key: int | str) -> str:
    """The 64 hexadecimal digits by which a member is drawn: the smaller, the earlier. SHA-256 of «seed:key» in UTF-8."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def mixed(seed: str, words: str) -> str:
    """The seed with what was said in public at the moment of drawing; the seed itself where nothing was said."""
    return f"{seed}+{words}" if words else seed
