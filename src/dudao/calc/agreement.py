"""A published number beside the same number computed anew: what `dudao selfcheck` reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison: ``printed`` as published, ``computed`` in the same form."""

    name: str
    quantity: str
    source: str
    printed: str
    computed: str
    agrees: bool
