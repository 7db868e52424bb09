"""Handing in: which day is the last, whether something came in time, and what changed between two versions handed in. Pure.

What counts is the moment at which the server received the request, by the server's clock. Who had begun to hand in before the end
and is received within the grace that the office has set is in time: a slow line is not a late school.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

KINDS: Final[Mapping[str, str]] = {"answers": "自评", "figures": "数据", "evidence": "材料", "report": "自评报告"}
"""What a version handed in consists of, with the words for it."""


def last_day(closes_on: date, due_on: date | None, freezes: Iterable[tuple[date, date]]) -> date:
    """The last day for handing in: ``due_on`` where there is one, else ``closes_on``; not within a freeze (first and last day,
    both included) but on the first day after it. A freeze that ends before it begins freezes nothing.
    """
    day = due_on or closes_on
    for first, last in sorted(freezes):
        if first <= day <= last:
            day = last + timedelta(days=1)
    return day


def is_late(received: datetime, last: date, *, begun: datetime | None = None, grace: int = 0) -> bool:
    """Whether what was received came after the end of its last day, in the time zone of ``received``.

    ``begun``: when the person opened the form; ``grace``: minutes. Both datetimes are aware; raises ``ValueError`` if not.
    """
    if received.tzinfo is None or (begun is not None and begun.tzinfo is None):
        raise ValueError("moments must know their time zone")
    end = datetime.combine(last + timedelta(days=1), time(), received.tzinfo)
    if received < end:
        return False
    return begun is None or begun >= end or received >= end + timedelta(minutes=grace)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: ``kind`` of `KINDS`, ``key`` (code of the indicator, name of the data item), what was and what is."""

    kind: str
    key: str
    before: Any
    after: Any

    @property
    def is_new(self) -> bool:
        return self.before is None


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two versions: mappings by kind of mappings by key. The order is that of ``after``, what went away last.

    What is empty is as good as absent.
    """
    found = []
    for kind in KINDS:
        old, new = before.get(kind) or {}, after.get(kind) or {}
        for key in dict.fromkeys([*new, *old]):
            was, now = old.get(key) or None, new.get(key) or None
            if was != now:
                found.append(Change(kind, key, was, now))
    return tuple(found)
