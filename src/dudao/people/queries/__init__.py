"""Reads over accounts and appointments. What ``core`` and the pages around every page ask of people stands in ``standing``."""

from dudao.people.queries.actors import (
    Held,
    actor_for,
    actor_of,
    current_appointment,
    held_by,
    held_of,
    holders_of,
    viewing_as,
)
from dudao.people.queries.holders import held_below, holders_at, holds_still, nearest_holders, nobody_at

__all__ = [
    "Held", "actor_for", "actor_of", "current_appointment", "held_below", "held_by", "held_of", "holders_at", "holders_of",
    "holds_still", "nearest_holders", "nobody_at",
    "viewing_as",
]  # fmt: skip
