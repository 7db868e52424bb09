"""Counts of long lists, kept until something is recorded that may change them.

Counting a hundred thousand rows by state costs more than drawing the page, and between two writes the answer is the same. Every
write is an action and records an event, and events become visible in the order of their numbers (they are appended under one
lock): what was counted after the last event of some verbs holds until the next one. The stamp is read before counting, so a count
can be newer than its stamp, never older. Short lists are counted each time.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from dudao.core.access import VERBS

Counts = tuple[int, list[int]]
LEAST = 2_000
"""Rows from which a count is kept."""
SECONDS = 60.0
"""A count older than this is made again whatever was recorded: a bound for changes made by hand in the database."""
MOST = 500


@dataclass(frozen=True, slots=True)
class _Count:
    value: Counts
    stamp: int
    at: float


class Kept:
    """``areas``: first parts of the verbs («finding») whose events may change what is counted. In the memory of one process."""

    def __init__(self, *areas: str) -> None:
        self._areas = areas
        self._seen, self._stamp = 0, 0
        self._looking = threading.Lock()
        self._found: OrderedDict[Any, _Count] = OrderedDict()

    def counted(self, rows: QuerySet[Any], count: Callable[[], Counts]) -> Counts:
        """What ``count`` answers for ``rows``, or answered for the same rows when nothing has happened since."""
        try:
            sql, parameters = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return count()
        stamp, now = self._now(), time.monotonic()
        key = (sql, repr(parameters), timezone.localdate())
        held = self._found.get(key)
        if held is not None and held.stamp == stamp and now - held.at < SECONDS:
            self._found.move_to_end(key)
            return held.value
        value = count()
        self._found.pop(key, None)
        if value[0] >= LEAST:
            self._found[key] = _Count(value, stamp, now)
            if len(self._found) > MOST:
                self._found.popitem(last=False)
        return value

    def _now(self) -> int:
        """The number of the last event that concerns us: only what is new since the last look is read."""
        # One thread at a time: a slower one must not put an older stamp beside a newer look.
        with self._looking, connection.cursor() as cursor:
            if not self._seen:
                cursor.execute("SELECT max(id), max(id) FROM core_event")
            else:
                verbs = [name for name, verb in VERBS.items() if verb.writes and name.partition(".")[0] in self._areas]
                cursor.execute(
                    "SELECT max(id), max(id) FILTER (WHERE verb = ANY(%s)) FROM core_event WHERE id > %s",
                    [verbs, self._seen],
                )
            last, ours = cursor.fetchone()
            self._seen = last or self._seen
            self._stamp = ours or self._stamp
            return self._stamp
