"""What waits for somebody, as one shape for all trades: piles of rows, each with the kinds of to-dos that lie in it.

However many piles there are, one statement counts them all and names the first few rows of each kind; only what is shown is read,
one query a table. An empty pile costs no query of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo

SHOWN = 6
MOST = 8
"""Rows of a kind that are named with the count: the most that any card shows."""
ALL = Q()


@dataclass(frozen=True, slots=True)
class TodoGroup:
    """Things of one kind: the most pressing ones, how many there are in all, and the list that shows them all."""

    title: str
    icon: str
    items: Sequence[Todo]
    total: int
    url: str

    @property
    def count_words(self) -> str:
        return f"{self.total} 项"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of to-do: how the card is called, the list behind it, how a row reads. ``when`` picks its rows out of the pile."""

    title: str
    icon: str
    url: str
    todo: Callable[[Any], Todo] | None = None
    when: Q = ALL
    shown: int = SHOWN


@dataclass(frozen=True, slots=True)
class Pile:
    """Rows of one table that wait for somebody, in kinds that exclude each other.

    ``order``: the most pressing first. ``read``: the table with what its lines need; piles with the very same one are read
    together. ``listed`` instead: the lines of a pile that are no rows of it (so many tasks of a plan, returns of a round).
    """

    rows: QuerySet[Any]
    kinds: tuple[Kind, ...]
    order: tuple[str, ...] = ()
    read: QuerySet[Any] | None = None
    listed: Callable[[], Sequence[Todo]] | None = None

    def counted(self, number: int) -> tuple[str, tuple[Any, ...]]:
        """The statement that answers (number of the kind, its rows, the keys of the first); kinds count from ``number`` on."""
        rows = self.rows.prefetch_related(None).order_by().filter(reduce(or_, (kind.when for kind in self.kinds)))
        which: Any = Value(number)
        if len(self.kinds) > 1:
            which = Case(*(When(kind.when, then=Value(number + place)) for place, kind in enumerate(self.kinds)))
        by = [name.removeprefix("-") for name in self.order]
        sql, values = rows.values_list(which, "pk", *by).query.sql_with_params()
        names = [f"c{place}" for place in range(len(by))]
        ways = [f"{name} DESC" if way.startswith("-") else name for name, way in zip(names, self.order, strict=True)]
        first = f"(array_agg(key ORDER BY {', '.join([*ways, 'key'])}))[1:{MOST}]"
        columns = ", ".join(["kind", "key", *names])
        return f"SELECT kind, count(*), {first} FROM ({sql}) AS pile ({columns}) GROUP BY kind", values  # noqa: S608


PLANS = 8
"""Plans that a connection keeps, each of a role and its number of units: one takes some 9 MB of the database's memory."""


class _Prepared(psycopg.Cursor[Any]):
    """Sends values beside the statement instead of inside it, and has PostgreSQL keep its plan: people of one role ask the same,
    and with forty piles planning takes five times as long as looking.
    """

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=True)


@contextmanager
def _preparing() -> Iterator[Any]:
    if connection.queries_logged:  # what is logged is written out whole
        with connection.cursor() as cursor:
            yield cursor
        return
    connection.ensure_connection()
    connection.connection.prepared_max = PLANS
    with connection.make_cursor(_Prepared(connection.connection)) as cursor:  # type: ignore[arg-type]
        yield cursor


@dataclass(frozen=True, slots=True)
class Laid:
    """Piles laid out: their kinds, and the statement that counts them all. It holds nothing of what it finds, so it may be kept."""

    lots: tuple[tuple[Pile, Kind], ...]
    sql: str
    values: tuple[Any, ...]

    def groups(self) -> list[TodoGroup]:
        """All kinds as groups, in their order, empty ones among them: one query, and one a table that has something."""
        found = self._counted()
        read = self._read(found)
        groups = []
        for number, (pile, kind) in enumerate(self.lots):
            total, keys = found.get(number, (0, ()))
            items: Sequence[Todo] = ()
            if total and pile.listed is not None:
                items = pile.listed()
            elif total and kind.todo is not None:
                rows = read[id(pile.read)]
                items = [kind.todo(rows[key]) for key in keys if key in rows]
            groups.append(TodoGroup(kind.title, kind.icon, items[: kind.shown], total, kind.url))
        return groups

    def _counted(self) -> dict[int, tuple[int, list[int]]]:
        if not self.sql:
            return {}
        with _preparing() as cursor:
            cursor.execute(self.sql, self.values)
            return {kind: (total, keys) for kind, total, keys in cursor.fetchall()}

    def _read(self, found: dict[int, tuple[int, list[int]]]) -> dict[int, dict[int, Any]]:
        """By table: the rows that are shown."""
        wanted: dict[int, tuple[QuerySet[Any], set[int]]] = {}
        for number, (pile, kind) in enumerate(self.lots):
            if pile.read is not None and number in found:
                wanted.setdefault(id(pile.read), (pile.read, set()))[1].update(found[number][1][: kind.shown])
        return {name: rows.in_bulk(keys) for name, (rows, keys) in wanted.items()}


def laid_out(piles: Iterable[Pile]) -> Laid:
    """Asks nothing of the database."""
    lots: list[tuple[Pile, Kind]] = []
    arms: list[str] = []
    values: list[Any] = []
    for pile in piles:
        with suppress(EmptyResultSet):  # a pile that nothing can lie in
            sql, own = pile.counted(len(lots))
            arms.append(sql)
            values += own
        lots += ((pile, kind) for kind in pile.kinds)
    return Laid(tuple(lots), " UNION ALL ".join(arms), tuple(values))


def at(actor: Actor, verb: str, lookup: str) -> Q:
    """At the very places at which one is appointed: that a city's officers see every county's cases doesn't make them theirs."""
    return Q(**{f"{lookup}__in": {grant.path for grant in actor.grants if verb in grant.verbs}})
